#!/bin/sh
# Writes the three places of a new lint rule: its file, its line in the list, its folder of fixtures. Run at the root.
set -eu
rule=${1:-}
case "$rule" in
    '' | [!a-z]* | *[!a-z0-9_]* | *_ | *__*)
        echo "usage: make new-rule RULE=<snake_case id that reads well after \"allow\">" >&2
        exit 2
        ;;
esac
file=checker/src/lint/$rule.rs
list=checker/src/lint.rs
fixtures=tests/lint/$rule
for place in "$file" "$fixtures" "parser/src/faults/$rule.md"; do
    [ ! -e "$place" ] || { echo "expected a new id, found $place" >&2; exit 1; }
done
sed "s/@RULE@/$rule/g" tests/tidy/rule-template.rs.txt >"$file"
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
fixture example 'Failover = TRUE;'
fixture instead_ok 'Failover = FALSE;'
cat <<END
wrote $file, its line in $list, $fixtures/example.rtr and instead_ok.rtr
next: write the rule and its explanation, a row in docs/rules/COVERAGE.md, then
  INSTA_UPDATE=always cargo test -p rtreg-tests --test lint --test lint_tidy && make docs-rules
and read the snapshots
END
