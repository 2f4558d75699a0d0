//! Comments that take findings out: what each covers, what is said about it, and that its cure is one.

use rtreg_checker::levels::Levels;
use rtreg_checker::{LintOptions, check, lint, suppress};
use rtreg_model::{Applicability, FileId, Finding};

const HEAD: &str = "Resource_type = web;\nVendor_id = ACME;\nRT_version = \"1\";\nRT_basedir = /opt/ACMEweb;\n\
    Start = start;\nStop = stop;\n";

fn findings(text: &str) -> Vec<Finding> {
    let rtr = rtreg_parser::parse(text.as_bytes(), FileId(0));
    suppress::apply(&rtr, lint(&rtr, &LintOptions::default()))
}

fn rules(text: &str) -> Vec<&'static str> {
    findings(text).into_iter().map(|finding| finding.rule).collect()
}

/// The text after all safe fixes of comments.
fn cured(text: &str) -> String {
    let mut text = text.to_owned();
    let safe = |finding: &Finding| finding.fix.clone().filter(|fix| fix.applicability == Applicability::Safe);
    let mut edits: Vec<_> = findings(&text)
        .iter()
        .filter(|finding| finding.rule == "unused_suppression")
        .filter_map(safe)
        .flat_map(|fix| fix.edits)
        .collect();
    edits.sort();
    for edit in edits.iter().rev() {
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    text
}

/// `HEAD`, `#$upgrade` and a table.
fn with_table(table: &str) -> String {
    format!("{HEAD}#$upgrade\n{table}")
}

#[test]
fn without_comments_the_finding_is_there() {
    assert_eq!(
        rules(&with_table("{ PROPERTY = Start_timeout; MIN = 60; MAX = 300; DEFAULT = 120; }\n")),
        ["timeout_max"]
    );
}

#[test]
fn a_comment_covers_its_line_what_is_below_the_entry_or_the_file() {
    let because = "because the site asks for it";
    for table in [
        format!(
            "{{ PROPERTY = Start_timeout; MIN = 60; MAX = 300; DEFAULT = 120; }} # rtreg: allow(timeout_max) {because}"
        ),
        format!(
            "{{\n PROPERTY = Start_timeout;\n MAX = 300; # rtreg: allow(timeout_max) {because}\n DEFAULT = 120; }}"
        ),
        format!(
            "{{\n PROPERTY = Start_timeout;\n # rtreg: allow(timeout_max) {because}\n\n # x\n MAX = 300;\n DEFAULT = 120; }}"
        ),
        format!(
            "# rtreg: allow(timeout_max) {because}\n\n# other\n{{\n PROPERTY = Start_timeout;\n MAX = 300; DEFAULT = 120;\n}}"
        ),
        format!("{{ # rtreg: allow(timeout_max) {because}\n PROPERTY = Start_timeout;\n MAX = 300; DEFAULT = 120;\n}}"),
        format!(
            "{{\n PROPERTY = Start_timeout;\n MAX = 300;\n DEFAULT = 120;\n}}  # rtreg: allow(timeout_max) {because}\n"
        ),
        format!(
            "{{ PROPERTY = Start_timeout; MAX = 300; DEFAULT = 120; }}\n#rtreg:allow-file( timeout_max )  {because}\n"
        ),
        format!(
            "{{\n PROPERTY = Start_timeout;\n MAX # rtreg: allow(timeout_max) {because}\n = 300; DEFAULT = 120; }}"
        ),
    ] {
        assert_eq!(rules(&with_table(&table)), Vec::<&str>::new(), "{table}");
    }
}

#[test]
fn a_comment_covers_no_more() {
    let because = "because the site asks for it";
    let entry = "{ PROPERTY = Start_timeout; MAX = 300; DEFAULT = 120; }";
    let other = "{ PROPERTY = Stop_timeout; MAX = 300; DEFAULT = 120; }";
    for (table, expected) in [
        (format!("# rtreg: allow(timeout_max) {because}\n{entry}\n{other}"), vec!["timeout_max"]),
        (format!("{entry} # rtreg: allow(timeout_max) {because}\n{other}"), vec!["timeout_max"]),
        (
            format!(
                "{entry}\n{{ PROPERTY = Stop_timeout;\n MAX = 300; DEFAULT = 120;\n}} # rtreg: allow(timeout_max) {because}\n"
            ),
            vec!["timeout_max"],
        ),
        (format!("{entry}\n# rtreg: allow(timeout_max) {because}\n"), vec!["timeout_max", "unused_suppression"]),
        (
            format!(
                "{{\n# rtreg: allow(timeout_max) {because}\nPROPERTY = Start_timeout; MAX = 300; DEFAULT = 120; }}"
            ),
            vec!["unused_suppression", "timeout_max"],
        ),
        (
            format!(
                "{{ PROPERTY = Start_timeout; MAX = 300; DEFAULT = 120;\n# rtreg: allow(timeout_max) {because}\n}}"
            ),
            vec!["timeout_max", "unused_suppression"],
        ),
        (format!("# rtreg: allow(timeout_min_zero) {because}\n{entry}"), vec!["unused_suppression", "timeout_max"]),
        (format!("# a word about rtreg: allow(timeout_max) {because}\n{entry}"), vec!["timeout_max"]),
        (
            format!("# rtreg: allow(timeout_max) {because}\n# rtreg: allow(timeout_max) {because}\n{entry}"),
            vec!["unused_suppression"],
        ),
        (
            format!(
                "# rtreg: allow-file(timeout_max) {because}\n# rtreg: allow(timeout_max) {because}\n{entry}\n{other}"
            ),
            vec![],
        ),
    ] {
        assert_eq!(rules(&with_table(&table)), expected, "{table}");
    }
}

#[test]
fn what_is_wrong_with_a_comment_is_said() {
    let entry = "{ PROPERTY = Start_timeout; MAX = 300; DEFAULT = 120; }";
    for (comment, rule, help) in [
        ("# rtreg: allow(timeout_max)", "suppression_without_reason", "say why"),
        ("# rtreg: allow(timeout_max) because", "suppression_without_reason", "say why"),
        ("# rtreg: allow(timeout_max) : old", "suppression_without_reason", "say why"),
        ("# rtreg: allow(timeout_max, timeout_mix) because old", "unknown_rule", "did you mean `timeout_max`?"),
        ("# rtreg: allow(timeout_max, zebra_crossing) because old", "unknown_rule", "behind the level"),
        ("# rtreg: allow(timeout_max, placeholder) because old", "unused_suppression", "remove `placeholder`"),
    ] {
        let found = findings(&with_table(&format!("{comment}\n{entry}\n")));
        let [finding] = found.as_slice() else { panic!("{comment}: {found:?}") };
        assert_eq!(finding.rule, rule, "{comment}");
        assert!(finding.help.as_deref().unwrap_or_default().contains(help), "{comment}: {:?}", finding.help);
    }
    for (comment, help) in [
        ("# rtreg: alow(timeout_max) because old", "did you mean `allow`?"),
        ("# rtreg: allow timeout_max because old", "for rtreg"),
        ("# rtreg: allow() because old", "for rtreg"),
        ("# rtreg: allow(timeout_max,) because old", "for rtreg"),
        ("# rtreg:", "for rtreg"),
    ] {
        let found = findings(&with_table(&format!("{comment}\n{entry}\n")));
        let [finding, _] = found.as_slice() else { panic!("{comment}: {found:?}") };
        assert_eq!(finding.rule, "malformed_suppression", "{comment}");
        assert!(finding.help.as_deref().unwrap_or_default().contains(help), "{comment}: {:?}", finding.help);
    }
}

#[test]
fn the_cure_of_an_unused_comment_removes_it_and_nothing_else() {
    let because = "because it is old";
    for (text, expected) in [
        (format!("{HEAD}# rtreg: allow(placeholder) {because}\n#$upgrade\n"), format!("{HEAD}#$upgrade\n")),
        (format!("{HEAD}#$upgrade\n\t# rtreg: allow(placeholder) {because}"), format!("{HEAD}#$upgrade\n")),
        (
            with_table(&format!(
                "{{ PROPERTY = Start_timeout; DEFAULT = 120; }}  # rtreg: allow(placeholder) {because}\r\n"
            )),
            with_table("{ PROPERTY = Start_timeout; DEFAULT = 120; }\r\n"),
        ),
        (
            with_table(&format!(
                "# rtreg: allow(placeholder, timeout_max,timeout_min_zero) {because}\n{{ PROPERTY = Start_timeout; MAX = 9; }}\n"
            )),
            with_table(&format!("# rtreg: allow(timeout_max) {because}\n{{ PROPERTY = Start_timeout; MAX = 9; }}\n")),
        ),
    ] {
        assert!(rules(&text).contains(&"unused_suppression"), "{text}");
        assert_eq!(cured(&text), expected);
        assert!(!rules(&expected).contains(&"unused_suppression"), "{expected}");
    }
}

#[test]
fn registering_does_not_see_comments_and_a_broken_file_can_have_them() {
    let text = "# rtreg: allow(missing_semicolon) because it is a draft\nResource_type = web\nRT_version = \"1\";\n\
        Start = /opt/start;\nStop = /opt/stop;\n#$upgrade\n";
    let rtr = rtreg_parser::parse(text.as_bytes(), FileId(0));
    assert_eq!(lint(&rtr, &LintOptions::default()).len(), 1);
    assert_eq!(check(&rtr, &LintOptions::default(), &Levels::default()), Vec::new());
    let bytes = b"# rtreg: allow(stray_brace) because \xFF\n}\n# rtreg: \xFF\n";
    let rtr = rtreg_parser::parse(bytes, FileId(0));
    let rules: Vec<_> = suppress::apply(&rtr, rtr.findings.clone()).into_iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["suppression_without_reason", "malformed_suppression"]);
}

#[test]
fn many_comments_and_findings_take_linear_time() {
    let entry = |i: usize| format!("# rtreg: allow(illegal_name) because x\n{{ PROPERTY = a{i}%; EXTENSION; INT; }}\n");
    let text = with_table(&(0..20_000).map(entry).collect::<String>());
    assert_eq!(rules(&text), Vec::<&str>::new());
}
