#!/bin/sh
# The main job on real files, a real service and a temporary store: each command is printed, run, and held against the exit
# code that it must have. $1: the binary. Leaves nothing behind, whatever happens.
set -eu
parts=$(cd "$(dirname "$0")" && pwd)
here=$(cd "$parts/../../rtr-examples" && pwd)
case $1 in
/*) rtreg=$1 ;;
*) rtreg=$PWD/$1 ;;
esac
place=$(mktemp -d)
RTREG_STORE=sqlite:$place/store.db
RTREG_NODE=tokyo
PATH=$place/bin:$PATH
export RTREG_STORE RTREG_NODE PATH
mkdir "$place/bin"
ln -s "$rtreg" "$place/bin/rtreg"
ln -s "$parts/ask.pl" "$place/bin/ask"

# shellcheck source=lib.sh
. "$parts/lib.sh"

# shellcheck source=service.sh
. "$parts/service.sh"

trap 'cd /; end_service; rm -rf "$place"' EXIT
trap 'exit 130' INT TERM HUP
cd "$here"

say 'A file with a mistake: one fault, one finding, with the place and the cure'
run 1 rtreg lint broken/misspelt_system_property.rtr

the_service
cd "$here"
say 'A group that the administrator drives: rtreg keeps the books, and runs nothing'
run 0 rtreg register gateway/1.0/XMPL.gateway.rtr gateway/2.0/XMPL.gateway.rtr gateway/3.0/XMPL.gateway.rtr
run 0 rtreg group create gw-rg --node tokyo
run 0 rtreg resource create gw-rs --group gw-rg --type XMPL.gateway:1.0
run 0 rtreg group manage gw-rg
run 0 rtreg group online gw-rg
run 0 rtreg upgrade gw-rs --to 2.0

say 'To 3.0: refused, for what runs was started by 1.0, and 3.0 promises nothing for that while it is online'
run 11 rtreg upgrade gw-rs --to 3.0

say 'A restart under 2.0 ends what 1.0 started; then 3.0 may come'
run 0 rtreg resource restart gw-rs
run 0 rtreg upgrade gw-rs --to 3.0 --reason 'change 4711'

say 'Nobody has changed the history'
run 0 rtreg history verify
printf '\nThe demo is over; its store is removed, and nothing of it runs.\n'
