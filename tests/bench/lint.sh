#!/bin/sh
# How fast `rtreg lint` is, beside linters of other languages: installs the peers, builds, measures processes on one core
# and on two, then the checker inside of one process. Run at the root, on a machine that does nothing else.
set -eu
cargo=${CARGO:-cargo}
peers=target/bench-peers
mkdir -p "$peers"

# Programs of Debian, where root; what is missing is said in the table.
debian() {
    missing=
    for pair in shellcheck:shellcheck xmllint:libxml2-utils crm_verify:pacemaker-cli-utils taskset:util-linux \
        /usr/bin/time:time; do
        command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
    done
    python3 -c 'import ensurepip' >/dev/null 2>&1 || missing="$missing python3-venv"
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "bench-lint: installing$missing" >&2
        # shellcheck disable=SC2086
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } \
            >/dev/null 2>&1 || echo "bench-lint: could not install$missing" >&2
    else
        echo "bench-lint: not root, and missing:$missing" >&2
    fi
}

# Programs of PyPI, in a folder of their own.
pypi() {
    [ -x "$peers/bin/ruff" ] && [ -x "$peers/bin/taplo" ] && return 0
    echo "bench-lint: installing ruff and taplo into $peers" >&2
    { python3 -m venv "$peers" && "$peers/bin/pip" install --quiet --disable-pip-version-check ruff taplo; } ||
        echo "bench-lint: could not install ruff and taplo" >&2
}

debian
pypi
for needed in taskset /usr/bin/time; do
    command -v "$needed" >/dev/null 2>&1 || { echo "bench-lint: expected $needed, found none" >&2; exit 1; }
done
# crm_verify lives where only root looks.
PATH=$PATH:/usr/sbin
"$cargo" build --quiet --release -p rtreg-cli
"$cargo" build --quiet --release -p rtreg-tests --bin bench-lint
target=$("$cargo" metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')

echo "## Measured"
echo
echo "$(nproc) processors, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sort -u | head -n 1);" \
    "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo | awk '{ printf "%.0f GiB", $1 / 1048576 }') of memory;" \
    "Linux $(uname -r); load before the run $(cut -d ' ' -f 1 /proc/loadavg)"
for version in "$peers/bin/ruff --version" "$peers/bin/taplo --version" "shellcheck --version" "xmllint --version" \
    "crm_verify --version"; do
    # shellcheck disable=SC2086
    command -v ${version%% *} >/dev/null 2>&1 && echo "- ${version##*/}: $($version 2>&1 | grep -m 1 '[0-9]')"
done
# One core for this process and all that it starts, unless a case says two.
taskset -c 0 "$target/release/bench-lint" "$peers/files" "$target/release" "$peers/bin"
echo
echo "### Inside of one process, one core"
echo
taskset -c 0 "$cargo" bench --quiet -p rtreg-checker --bench lint
