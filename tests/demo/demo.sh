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

say 'A file with a mistake: one fault, one finding, with the place and the cure'
run 1 rtreg lint broken/manual_missing_closing_brace.rtr
run 1 rtreg lint broken/misspelt_system_property.rtr

say 'Three versions of a type'
run 0 rtreg register gateway/1.0/XMPL.gateway.rtr gateway/2.0/XMPL.gateway.rtr gateway/3.0/XMPL.gateway.rtr
run 0 rtreg list XMPL.gateway

say 'A cluster of two nodes, and a service of version 1.0, online and monitored'
run 0 rtreg node add tokyo
run 0 rtreg node add osaka
run 0 rtreg group create gw-rg --node tokyo,osaka
run 0 rtreg resource create gw-rs --group gw-rg --type XMPL.gateway:1.0
run 0 rtreg group manage gw-rg
run 0 rtreg group online gw-rg

say 'To 2.0: its file says that this may be done at any time'
run 0 rtreg upgrade gw-rs --to 2.0

say 'To 3.0: refused, for what runs was started by 1.0, and 3.0 promises nothing for that while it is online'
run 11 rtreg upgrade gw-rs --to 3.0

say 'A restart under 2.0 ends what 1.0 started; then 3.0 may come'
run 0 rtreg resource restart gw-rs
run 0 rtreg upgrade gw-rs --to 3.0 --preview
run 0 rtreg upgrade gw-rs --to 3.0 --reason 'change 4711'

say 'The history, and that nobody has changed it'
run 0 rtreg history resource:gw-rs
run 0 rtreg history verify
printf '\nThe demo is over; its store is removed.\n'
