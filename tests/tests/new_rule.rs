//! `make new-rule` writes what the house asks of a rule: tried in a copy of the places that it touches.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rtreg_tests::suite;

/// A copy of what the script reads, in a folder of its own.
fn copy(name: &str) -> PathBuf {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&to);
    for file in ["checker/src/lint.rs", "tests/tidy/new-rule.sh", "tests/tidy/rule-template.rs.txt"] {
        let target = to.join(file);
        fs::create_dir_all(target.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::copy(suite("..").join(file), target).expect("a file can be copied");
    }
    fs::create_dir_all(to.join("checker/src/lint")).expect("a folder can be made");
    to
}

fn new_rule(root: &Path, id: &str) -> Output {
    Command::new("sh").args(["tests/tidy/new-rule.sh", id]).current_dir(root).output().expect("sh can be run")
}

fn list(root: &Path) -> Vec<String> {
    let text = fs::read_to_string(root.join("checker/src/lint.rs")).expect("the list can be read");
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
