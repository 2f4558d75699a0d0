#!/bin/sh
# The time of one `rtreg compat`, and of `buf breaking` on as many declarations: a declaration is an entry of the property table
# here, a field of a message there. Prints what it measures and judges nothing.
# usage: compat.sh RTREG FOLDER
set -eu
rtreg=$1
folder=$2
# The version of buf that is measured.
buf_version=1.75.0
command -v hyperfine >/dev/null 2>&1 || { echo "skipped: no hyperfine" >&2; exit 0; }
rm -rf "$folder/rtr" "$folder/proto"
mkdir -p "$folder/rtr" "$folder/proto/old" "$folder/proto/new"

# One type or message with COUNT declarations; the new one drops the last and changes the first.
rtr() {
    printf 'Resource_type = "web";\nVendor_id = ACME;\nRT_version = "%s";\nRT_basedir = /opt/ACMEweb/%s;\n' "$1" "$1"
    printf 'Start = start;\nStop = stop;\n#$upgrade\n%s' "$4"
    seq "$2" "$3" | awk '{ printf "{ PROPERTY = Limit_%d; EXTENSION; INT; MIN = 0; MAX = 100; DEFAULT = 1; TUNABLE = ANYTIME; }\n", $1 }'
}
proto() {
    printf 'syntax = "proto3";\npackage acme.web.v1;\nmessage Web {\n'
    seq "$1" "$2" | awk '{ printf "  int32 limit_%d = %d;\n", $1, $1 }'
    printf '}\n'
}
for count in 15 1000; do
    rtr 1.0 1 "$count" '' >"$folder/rtr/old$count.rtr"
    rtr 2.0 2 "$count" '#$upgrade_from "1.0" WHEN_OFFLINE
' >"$folder/rtr/new$count.rtr"
    mkdir -p "$folder/proto/old$count/acme/web/v1" "$folder/proto/new$count/acme/web/v1"
    proto 1 "$count" >"$folder/proto/old$count/acme/web/v1/web.proto"
    proto 2 "$count" >"$folder/proto/new$count/acme/web/v1/web.proto"
done
time_of() {
    hyperfine --style basic --shell none --warmup 5 --ignore-failure "$@" 2>/dev/null
}
time_of -n "rtreg compat, 15 declarations" "$rtreg compat $folder/rtr/old15.rtr $folder/rtr/new15.rtr" \
    -n "rtreg compat, 1000 declarations" "$rtreg compat $folder/rtr/old1000.rtr $folder/rtr/new1000.rtr"

buf=$folder/npm/node_modules/@bufbuild/buf-linux-x64/bin/buf
[ -x "$buf" ] || buf=$folder/npm/node_modules/.bin/buf
if [ ! -x "$buf" ]; then
    command -v npm >/dev/null 2>&1 || { echo "skipped: no npm to install buf with" >&2; exit 0; }
    npm install --silent --no-audit --no-fund --prefix "$folder/npm" "@bufbuild/buf@$buf_version" >/dev/null ||
        { echo "skipped: buf could not be installed" >&2; exit 0; }
    buf=$folder/npm/node_modules/@bufbuild/buf-linux-x64/bin/buf
    [ -x "$buf" ] || buf=$folder/npm/node_modules/.bin/buf
fi
for count in 15 1000; do
    # A cache of its own, and no network: nothing here is fetched.
    time_of -n "buf breaking, $count declarations" \
        "env BUF_CACHE_DIR=$folder/cache $buf breaking $folder/proto/new$count --against $folder/proto/old$count"
done
