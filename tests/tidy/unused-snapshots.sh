#!/bin/sh
# Fails for each committed snapshot that no test of the last run has read. $1: the list that insta wrote.
set -eu
[ -s "$1" ] || { echo "no snapshot was read: $1 is empty" >&2; exit 1; }
sort -u "$1" >"$1.sorted"
unused=0
for snapshot in $(git ls-files '*.snap'); do
    grep -qxF "$(pwd -P)/$snapshot" "$1.sorted" || {
        echo "unused snapshot: $snapshot" >&2
        unused=1
    }
done
exit "$unused"
