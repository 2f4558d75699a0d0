#!/bin/sh
# Installs the Debian package in the machine, uses it as somebody would who has nothing but it, and removes it. As root: on a machine
# that may be changed so. Otherwise, or where dpkg has an rtreg already, it unpacks the package and uses it from there.
set -eu
package=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "deb-test: $*" >&2
    exit 1
}

installed() {
    dpkg-query --show --showformat '${db:Status-Status}' rtreg 2>/dev/null | grep -q '^installed$'
}

# Uses what is installed below $1.
try() {
    root=$1
    PATH="$root/usr/bin:/usr/bin:/bin"
    export PATH
    [ "$(command -v rtreg)" = "$root/usr/bin/rtreg" ] || fail "another rtreg is found before the package's"
    rtreg --version | grep -q '^rtreg [0-9]' || fail "rtreg --version"
    for page in rtreg rtreg-lint rtreg-group-create; do
        MANPATH="$root/usr/share/man" man -w "$page" >/dev/null || fail "no page $page"
    done
    for file in bash-completion/completions/rtreg zsh/vendor-completions/_rtreg fish/vendor_completions.d/rtreg.fish \
        doc/rtreg/copyright doc/rtreg/changelog.Debian.gz doc/rtreg/changelog.gz doc/rtreg/docs/adoption.md doc/rtreg/docs/rules/README.md; do
        [ -s "$root/usr/share/$file" ] || fail "no $file"
    done
    [ -s "$root/usr/lib/systemd/system/rtreg-agent@.service" ] || fail "no unit of the agent"
    examples="$root/usr/share/doc/rtreg/examples"
    rtreg lint "$examples/web" "$examples/gateway" >"$work/good" || fail "the good examples: $(cat "$work/good")"
    code=0
    rtreg lint "$examples/broken/missing_semicolon.rtr" >"$work/broken" || code=$?
    [ "$code" = 1 ] || fail "the broken example: exit $code"
    grep -q 'error\[missing_semicolon\]' "$work/broken" || fail "the broken example: $(cat "$work/broken")"
    [ "$(find "$examples" -path "*/bin/*" -perm -100 | wc -l)" -ge 200 ] || fail "the methods of the examples are not executable"
    for bin in "$examples"/*/*/bin; do
        [ -f "$bin/lib.sh" ] || fail "no $bin/lib.sh"
        [ ! -x "$bin/lib.sh" ] || fail "$bin/lib.sh is no command"
    done
    [ -z "$(find "$examples" -name '*.snap')" ] || fail "snapshots of the tests are no examples"
    store="sqlite:$work/store.db"
    rtreg --store "$store" register "$examples/web/1.0/XMPL.web.rtr" >/dev/null || fail "register"
    [ "$(rtreg --store "$store" list | wc -l)" = 2 ] || fail "list"
}

if [ "$(id -u)" != 0 ] || installed; then
    echo "deb-test: not root, or rtreg is installed: the package is unpacked and not installed"
    dpkg-deb --extract "$package" "$work/root"
    (try "$work/root")
    echo "deb-test: ok"
    exit 0
fi

# Images without documents tell dpkg to leave them out; here they are wanted.
dpkg --path-include '/usr/share/doc/rtreg/*' --path-include '/usr/share/man/man1/rtreg*' --install "$package" >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; fail "dpkg --install"; }
dpkg -L rtreg | while read -r path; do [ -d "$path" ] || echo "$path"; done >"$work/files"
[ "$(wc -l <"$work/files")" -gt 100 ] || fail "only $(wc -l <"$work/files") files"
result=0
(try "") || result=$?
dpkg --purge rtreg >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "dpkg --purge"; }
while read -r path; do
    [ ! -e "$path" ] || fail "$path is left"
done <"$work/files"
! installed || fail "it is still installed"
[ ! -e /usr/share/doc/rtreg ] || fail "/usr/share/doc/rtreg is left"
[ "$result" = 0 ] || exit "$result"
echo "deb-test: ok, installed and removed"
