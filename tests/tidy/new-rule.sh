#!/bin/sh
# Writes the three places of a new lint rule: its file, its line in the list, its folder of fixtures.
set -eu
rule=${1:-}
case "$rule" in
    '' | *[!a-z0-9_]*) echo "usage: make new-rule RULE=<snake_case id that reads well after \"allow\">" >&2; exit 2 ;;
esac
file=checker/src/lint/$rule.rs
[ ! -e "$file" ] || { echo "$file exists already" >&2; exit 1; }
list=checker/src/lint/mod.rs
[ -e "$list" ] || list=checker/src/lint.rs
sed "s/@RULE@/$rule/g" tests/tidy/rule-template.rs.txt >"$file"
awk -v rule="$rule" '
    /^rules! *\{/ { inside = 1 }
    inside && /^    [a-z0-9_]+,$/ { name = $1; sub(",", "", name); if (!done && name > rule) { print "    " rule ","; done = 1 } }
    inside && /^\}/ { if (!done) { print "    " rule ","; done = 1 } inside = 0 }
    { print }' "$list" >"$list.new" && mv "$list.new" "$list"
mkdir -p "tests/lint/$rule"
printf 'Resource_type = "example";\n' >"tests/lint/$rule/$rule.rtr"
echo "wrote $file, a line in $list, tests/lint/$rule/$rule.rtr"
