#!/bin/sh
# Writes the three places of a new rule: its file, its line in the list, its folder of fixtures. Run at the root.
# The second word is `lint`, a rule about one file, or `compat`, a rule about two versions.
set -eu
rule=${1:-}
kind=${2:-lint}
case "$kind" in lint | compat) ;; *) echo "usage: make new-rule RULE=<id> [KIND=lint|compat]" >&2; exit 2 ;; esac
case "$rule" in
    '' | [!a-z]* | *[!a-z0-9_]* | *_ | *__*)
        echo "usage: make new-rule RULE=<snake_case id that reads well after \"allow\">" >&2
        exit 2
        ;;
esac
file=checker/src/$kind/$rule.rs
list=checker/src/$kind.rs
fixtures=tests/$kind/$rule
template=tests/tidy/rule-template.rs.txt
[ "$kind" = lint ] || template=tests/tidy/compat-template.rs.txt
for place in "$fixtures" "checker/src/lint/$rule.rs" "checker/src/compat/$rule.rs" "parser/src/faults/$rule.md"; do
    [ ! -e "$place" ] || { echo "expected a new id, found $place" >&2; exit 1; }
done
sed "s/@RULE@/$rule/g" "$template" >"$file"
awk -v rule="$rule" '
    /^rules! *\{/ { inside = 1 }
    inside && /^    [a-z0-9_]+(\([a-z, ]+\))?,$/ { name = $1; sub(/[(,].*/, "", name); if (!done && name > rule) { print "    " rule ","; done = 1 } }
    inside && /^\}/ { if (!done) { print "    " rule ","; done = 1 } inside = 0 }
    { print }' "$list" >"$list.new" && mv "$list.new" "$list"
mkdir -p "$fixtures"
fixture() {
    printf '%s\n' 'Resource_type = "web";' 'Vendor_id = ACME;' 'RT_version = "2.0";' 'RT_basedir = /opt/ACMEweb/bin;' \
        "$2" 'Start = start;' 'Stop = stop;' '' '#$upgrade' >"$fixtures/$1.rtr"
}
if [ "$kind" = lint ]; then
    fixture example 'Failover = TRUE;'
    fixture instead_ok 'Failover = FALSE;'
else
    mkdir -p "$fixtures/instead_ok"
    fixture old 'Failover = TRUE;'
    fixture new 'Failover = FALSE;'
    fixture instead_ok/old 'Failover = TRUE;'
    fixture instead_ok/new 'Failover = TRUE;'
fi
cat <<END
wrote $file, its line in $list, and fixtures in $fixtures
next: write the rule and its explanation, a row in docs/rules/COVERAGE.md, then
  INSTA_UPDATE=always cargo test -p rtreg-tests --test $kind --test ${kind}_tidy && make docs-rules
and read the snapshots
END
