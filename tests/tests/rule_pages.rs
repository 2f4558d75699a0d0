//! The pages in `docs/rules/` say what the rules' own files say, word for word. `make docs-rules` writes them; without that
//! a page that differs fails. `COVERAGE.md` beside them is written by hand; here is held that the rules it names exist, and
//! that it names every rule.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rtreg_checker::catalogue::Kind;
use rtreg_checker::{Explanation, Set, explanations, page};
use rtreg_tests::suite;

fn folder() -> PathBuf {
    suite("..").join("docs/rules")
}

/// What each page has to be, by file name.
fn pages() -> BTreeMap<String, String> {
    let all = explanations();
    let mut pages: BTreeMap<String, String> =
        all.iter().map(|rule| (format!("{}.md", rule.id), one_page(rule))).collect();
    pages.insert("README.md".to_owned(), index(&all));
    pages
}

fn one_page(rule: &Explanation) -> String {
    let (summary, sections) = rule.text.split_once('\n').unwrap_or((&rule.text, ""));
    let sections = sections.replace("\n# ", "\n## ");
    let kind = rule.kind.words();
    let (id, level, set) = (rule.id, rule.level.as_str(), rule.set().as_str());
    format!("# {id}\n\n{summary}\n\nLevel: {level}. Set: `{set}`. Kind: {kind}.\n{}\n", sections.trim_end())
}

fn index(all: &[Explanation]) -> String {
    let mut text = String::from(
        "# Rules\n\nEach finding carries one of these identifiers; `rtreg explain ID` prints its page. What each sentence \
         of the language's\ndescription became is in [COVERAGE.md](COVERAGE.md). Made by `make docs-rules` from the rules' \
         own files.\n\nRules marked \"two versions\" are asked by `rtreg compat`, all of them unless `select` says otherwise \
         ([compat.md](../compat.md));\nregistering never asks them.\n",
    );
    let sets = [
        (Set::Errors, "What makes the type ambiguous or unregistrable: level error. Registering asks for these."),
        (Set::Recommended, "Probable mistakes: level warning. `rtreg lint` asks for these and those above."),
        (Set::All, "Worth knowing: level note. Only with the set `all`."),
    ];
    for (set, about) in sets {
        text.push_str(&format!("\n## {}\n\n{about}\n\n| rule | finds |\n|---|---|\n", set.as_str()));
        for rule in all.iter().filter(|rule| rule.set() == set) {
            let syntax = match rule.kind {
                Kind::Syntax => " (syntax)",
                Kind::Compat => " (two versions)",
                _ => "",
            };
            let summary = rule.summary().replace('|', "\\|");
            text.push_str(&format!("| [{id}]({id}.md) | {summary}{syntax} |\n", id = rule.id));
        }
    }
    text
}

#[test]
fn pages_say_what_the_rules_say() {
    let pages = pages();
    assert!(pages.len() > 80, "{} pages", pages.len());
    let write = std::env::var("RTREG_DOCS").is_ok_and(|value| value == "write");
    if write {
        std::fs::create_dir_all(folder()).expect("docs/rules can be made");
    }
    for (name, text) in &pages {
        let path = folder().join(name);
        if write {
            std::fs::write(&path, text).expect("a page can be written");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == *text, "{name} differs from the rule's file: run `make docs-rules`");
    }
    let entries = std::fs::read_dir(folder()).expect("docs/rules is there");
    for entry in entries {
        let name = entry.expect("docs/rules can be read").file_name().to_string_lossy().into_owned();
        assert!(pages.contains_key(&name) || name == "COVERAGE.md", "docs/rules/{name} is about no rule");
    }
    assert!(explanations().iter().all(|rule| pages.keys().any(|name| page(rule.id).ends_with(name))));
}

#[test]
fn coverage_names_rules_that_exist_and_every_rule() {
    let coverage = std::fs::read_to_string(folder().join("COVERAGE.md")).expect("docs/rules/COVERAGE.md is there");
    let known: BTreeSet<&str> = explanations().iter().map(|rule| rule.id).collect();
    let mut named = BTreeSet::new();
    for row in coverage.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| the text says")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [fact, became] = cells.as_slice() else { panic!("two cells expected: {row}") };
        assert!(!fact.is_empty() && became.len() > 3, "no rule and no reason: {row}");
        named.extend(became.split('`').skip(1).step_by(2).filter(|word| known.contains(word)).map(str::to_owned));
        let links = became.split("](").skip(1).filter_map(|rest| rest.split(".md)").next());
        for link in links {
            assert!(known.contains(link), "{link} is no rule: {row}");
            named.insert(link.to_owned());
        }
    }
    let missing: Vec<&str> = known.iter().copied().filter(|id| !named.contains(*id)).collect();
    assert!(missing.is_empty(), "COVERAGE.md does not say what these come from: {missing:?}");
}
