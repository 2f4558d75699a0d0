#!/bin/sh
# The main job on real files and a temporary store: each command is printed, run, and held against the exit code that it
# must have. $1: the binary.
set -eu
rtreg=$1
here=$(cd "$(dirname "$0")/../../rtr-examples" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
RTREG_STORE=sqlite:$place/store.db
RTREG_NODE=tokyo
export RTREG_STORE RTREG_NODE
cd "$here"

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }

# run EXPECTED-EXIT COMMAND…
run() {
    expected=$1
    shift
    printf '\033[36m$ %s\033[0m\n' "$*"
    code=0
    if [ "$1" = rtreg ]; then shift; "$rtreg" "$@" || code=$?; else "$@" || code=$?; fi
    [ "$code" = 0 ] || printf '(exit %s)\n' "$code"
    if [ "$code" != "$expected" ]; then
        printf 'demo: expected exit %s, found %s\n' "$expected" "$code" >&2
        exit 1
    fi
}
