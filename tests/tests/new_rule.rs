//! `make new-rule` writes what the house asks of a rule: tried in a copy of the places that it touches.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rtreg_tests::suite;

/// A copy of what the script reads, in a folder of its own.
fn copy(name: &str) -> PathBuf {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&to);
    let templates = ["tests/tidy/rule-template.rs.txt", "tests/tidy/compat-template.rs.txt"];
    for file in ["checker/src/lint.rs", "checker/src/compat.rs", "tests/tidy/new-rule.sh"].into_iter().chain(templates)
    {
        let target = to.join(file);
        fs::create_dir_all(target.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::copy(suite("..").join(file), target).expect("a file can be copied");
    }
    for folder in ["checker/src/lint", "checker/src/compat"] {
        fs::create_dir_all(to.join(folder)).expect("a folder can be made");
    }
    to
}

fn new_rule(root: &Path, id: &str) -> Output {
    new_rule_of(root, id, "lint")
}

fn new_rule_of(root: &Path, id: &str, kind: &str) -> Output {
    Command::new("sh").args(["tests/tidy/new-rule.sh", id, kind]).current_dir(root).output().expect("sh can be run")
}

fn list(root: &Path) -> Vec<String> {
    list_of(root, "lint")
}

fn list_of(root: &Path, kind: &str) -> Vec<String> {
    let text = fs::read_to_string(root.join(format!("checker/src/{kind}.rs"))).expect("the list can be read");
    let rules = text.split("\nrules! {\n").nth(1).and_then(|rest| rest.split("\n}").next()).expect("the list is there");
    rules.lines().filter_map(|line| line.trim().split(['(', ',']).next()).map(str::to_owned).collect()
}

#[test]
fn three_places_are_written() {
    let root = copy("new-rule");
    let before = list(&root);
    for id in ["aaa_first", "missing_method", "zzz_last"] {
        let output = new_rule(&root, id);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let rule = fs::read_to_string(root.join(format!("checker/src/lint/{id}.rs"))).expect("the rule's file");
        for part in ["# What", "# Why", "# Example", "# Instead", "pub(super) const LEVEL", "pub(super) fn check("] {
            assert!(rule.contains(part), "{id}: {part}");
        }
        assert!(!rule.contains("@RULE@") && rule.contains(id));
        for fixture in ["example", "instead_ok"] {
            let text = fs::read(root.join(format!("tests/lint/{id}/{fixture}.rtr"))).expect("a fixture");
            assert!(rtreg_parser::parse(&text, rtreg_model::FileId(0)).findings.is_empty());
        }
    }
    let after = list(&root);
    assert!(after.is_sorted() && after.len() == before.len() + 3, "{after:?}");
    assert_eq!(new_rule(&root, "zzz_last").status.code(), Some(1), "an id that is taken");
}

#[test]
fn a_rule_about_two_versions_has_its_places_too() {
    let root = copy("new-rule-compat");
    let before = list_of(&root, "compat");
    let output = new_rule_of(&root, "monitor_changed", "compat");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rule = fs::read_to_string(root.join("checker/src/compat/monitor_changed.rs")).expect("the rule's file");
    for part in ["# What", "# Why", "# Example", "# Instead", "```diff", "pub(super) fn check(pair: &Pair<'_>"] {
        assert!(rule.contains(part), "{part}");
    }
    for fixture in ["old", "new", "instead_ok/old", "instead_ok/new"] {
        let text = fs::read(root.join(format!("tests/compat/monitor_changed/{fixture}.rtr"))).expect("a fixture");
        assert!(rtreg_parser::parse(&text, rtreg_model::FileId(0)).findings.is_empty());
    }
    let after = list_of(&root, "compat");
    assert!(after.is_sorted() && after.len() == before.len() + 1, "{after:?}");
    assert_eq!(new_rule(&root, "monitor_changed").status.code(), Some(1), "an id that is taken by the other kind");
    assert_eq!(new_rule_of(&root, "x", "zebra").status.code(), Some(2), "no such kind");
}

#[test]
fn template_has_the_form_of_the_rules() {
    let template = fs::read_to_string(suite("tidy").join("rule-template.rs.txt")).expect("the template");
    let rule = fs::read_to_string(suite("..").join("checker/src/lint/query_only_type_property.rs")).expect("a rule");
    let signature = |text: &str| text.lines().find(|line| line.contains("fn check(")).map(str::to_owned);
    assert!(signature(&rule).is_some());
    assert_eq!(signature(&template), signature(&rule));
    for line in ["use crate::context::Context;", "use crate::lint::Report;"] {
        assert!(template.contains(line) && rule.contains(line), "{line}");
    }
}

#[test]
fn ids_are_snake_case() {
    let root = copy("new-rule-ids");
    for id in ["", "Missing", "missing-stop", "1st", "missing_", "a__b", "../x"] {
        assert_eq!(new_rule(&root, id).status.code(), Some(2), "`{id}`");
    }
    assert!(fs::read_dir(root.join("checker/src/lint")).expect("the folder").next().is_none());
}
