//! What holds for the rules about two versions as a whole: a rule is a file, a line of the list and a folder of fixtures;
//! its explanation is true; it is silent on a version and itself; and what is narrower one way is wider the other way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rtreg_checker::promise::{Knowledge, derive};
use rtreg_checker::{CompatRule, Version, compare, compat_rules};
use rtreg_model::{FileId, Finding};
use rtreg_tests::{compare_texts, compat_for, rtr_files, suite};

const HEAD: [(&str, &str, &str); 6] = [
    ("resource_type", "Resource_type = \"web\";", "Resource_type = \"web\";"),
    ("vendor_id", "Vendor_id = ACME;", "Vendor_id = ACME;"),
    ("rt_version", "RT_version = \"1.0\";", "RT_version = \"2.0\";"),
    ("failover", "Failover = TRUE;", "Failover = TRUE;"),
    ("start", "Start = /opt/ACMEweb/1.0/start;", "Start = /opt/ACMEweb/2.0/start;"),
    ("stop", "Stop = /opt/ACMEweb/1.0/stop;", "Stop = /opt/ACMEweb/2.0/stop;"),
];

fn stems(folder: &Path, is_folder: bool) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("a folder can be read").path());
    let wanted = paths.filter(|path| path.is_dir() == is_folder);
    wanted.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect()
}

/// The folders with a pair.
fn pairs() -> Vec<PathBuf> {
    let news = rtr_files(&suite("compat")).into_iter().filter(|path| path.ends_with("new.rtr"));
    news.filter_map(|path| path.parent().map(Path::to_path_buf)).collect()
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn rule_file_list_and_fixtures_agree() {
    let listed: BTreeSet<String> = compat_rules().map(|rule| rule.id().to_owned()).collect();
    let sources = suite("..").join("checker/src/compat");
    assert_eq!(
        listed,
        stems(&sources, false),
        "every file in checker/src/compat is in the list, and the other way round"
    );
    assert!(compat_rules().map(CompatRule::id).is_sorted(), "the list is sorted");
    assert!(
        listed.iter().all(|id| rtreg_checker::rule(id).is_none()),
        "a rule about two versions has the name of another"
    );
    assert_eq!(
        listed,
        stems(&suite("compat"), true),
        "every rule has a folder in tests/compat, and the other way round"
    );
    for id in &listed {
        let folder = suite("compat").join(id);
        let own: Vec<PathBuf> = pairs().into_iter().filter(|pair| pair.starts_with(&folder)).collect();
        let near_misses = own.iter().filter(|pair| is_ok(pair)).count();
        assert!(folder.join("old.rtr").exists() && near_misses > 0, "{id} has no pair, or no near miss");
    }
    assert!(pairs().len() >= 40, "{} pairs", pairs().len());
}

fn is_ok(pair: &Path) -> bool {
    pair.to_string_lossy().ends_with("_ok")
}

#[test]
fn snapshots_belong_to_pairs_that_speak() {
    for pair in pairs() {
        assert!(pair.join("old.rtr").exists(), "{}", pair.display());
        assert_ne!(pair.join("compat.snap").exists(), is_ok(&pair), "{}", pair.display());
    }
}

#[test]
fn explanations_are_complete_and_true() {
    for rule in compat_rules() {
        let doc = rule.doc();
        assert!(rule.summary().ends_with('.') && rule.summary().len() <= 120, "{}: {}", rule.id(), rule.summary());
        for section in ["# What", "# Why", "# Example", "# Instead"] {
            assert!(doc.contains(&format!("\n{section}\n\n")), "{}: {section} is missing", rule.id());
        }
        assert!(doc.replace('\n', " ").contains("Source: "), "{}: no source", rule.id());
        let found = |section: &str| {
            let diff = block(&doc, section);
            let (findings, rendered) =
                compat_for(rule.id(), rule.id(), side(diff, '-').as_bytes(), side(diff, '+').as_bytes());
            (findings.iter().filter(|finding| finding.rule == rule.id()).count(), rendered)
        };
        assert_eq!(found("# Example").0, 1, "the example of {}:\n{}", rule.id(), found("# Example").1);
        assert_eq!(found("# Instead").0, 0, "what {} recommends:\n{}", rule.id(), found("# Instead").1);
    }
}

fn block<'d>(doc: &'d str, section: &str) -> &'d str {
    let behind = doc.split(section).nth(1).and_then(|rest| rest.split("```diff\n").nth(1));
    behind.and_then(|rest| rest.split("\n```").next()).unwrap_or_else(|| panic!("{section} has no diff block"))
}

/// The old (`-`) or new (`+`) file of a block of changes, with what makes the lines a file.
fn side(diff: &str, sign: char) -> String {
    let own = |line: &&str| line.starts_with([sign, ' ']);
    let all: Vec<&str> = diff.lines().filter(|line| !line.is_empty()).collect();
    let text = |line: &str| line.get(1..).unwrap_or_default().to_owned();
    let name = |line: &str| text(line).split('=').next().unwrap_or_default().trim().to_ascii_lowercase();
    let declared: BTreeSet<String> = all.iter().map(|line| name(line)).collect();
    let lines: Vec<String> = all.iter().filter(|line| own(line)).map(|line| text(line)).collect();
    let part = |wanted: fn(&str) -> bool| lines.iter().filter(move |line| wanted(line)).cloned();
    let base = HEAD.iter().filter(|(name, ..)| !declared.contains(*name));
    let base = base.map(|(_, old, new)| if sign == '-' { old } else { new }).map(|line| (*line).to_owned());
    let is_first = |line: &str| line.starts_with("Resource_type");
    let mut file: Vec<String> = part(|line| line.starts_with('#') && !line.starts_with("#$")).collect();
    file.extend(
        part(is_first)
            .chain(base)
            .chain(part(|line| !line.starts_with(['#', '{']) && !line.starts_with("Resource_type"))),
    );
    if all.iter().all(|line| !text(line).starts_with("#$")) {
        file.push("#$upgrade".to_owned());
    }
    file.extend(part(|line| line.starts_with("#$")));
    file.extend(part(|line| line.starts_with('{')));
    file.join("\n") + "\n"
}

#[test]
fn every_rule_is_silent_on_a_version_and_itself() {
    let mut tried = 0;
    for folder in ["compat", "lint", "../rtr-examples"] {
        for path in rtr_files(&suite(folder)) {
            let text = read(&path);
            if rtreg_parser::lower(&rtreg_parser::parse(&text, FileId(0))).is_none() {
                continue;
            }
            let found = compare_texts(&text, &text, compare);
            assert!(found.is_empty(), "{}: {:?}", path.display(), found[0]);
            tried += 1;
        }
    }
    assert!(tried > 400, "only {tried} files");
}

/// Rules that see the same difference from its two sides.
const OPPOSITES: [(&[&str], &[&str]); 9] = [
    (&["range_narrowed"], &["range_widened"]),
    (&["length_narrowed"], &["length_widened"]),
    (&["array_size_narrowed"], &["array_size_widened"]),
    (&["enum_narrowed"], &["enum_widened"]),
    (&["tunable_narrowed"], &["tunable_widened"]),
    (&["init_nodes_narrowed"], &["init_nodes_widened"]),
    (&["default_added"], &["default_removed"]),
    (&["method_added", "init_added"], &["method_removed"]),
    (&["property_added", "required_property_added"], &["property_removed"]),
];

#[test]
fn every_rule_runs_on_every_old_and_every_new_file() {
    let texts: Vec<(Vec<u8>, Vec<u8>)> =
        pairs().iter().map(|pair| (read(&pair.join("old.rtr")), read(&pair.join("new.rtr")))).collect();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (old, _) in &texts {
        for (_, new) in &texts {
            let (there, back) = (compare_texts(old, new, compare), compare_texts(new, old, compare));
            for finding in &there {
                *seen.entry(finding.rule).or_default() += 1;
                assert_eq!(finding.primary.file, FileId(1), "{finding:?}");
                assert!(
                    finding.secondary.iter().any(|label| label.file == FileId(0)),
                    "no place in the old file: {finding:?}"
                );
                for label in finding.secondary.iter().chain([&finding.primary]) {
                    let text = if label.file == FileId(0) { old } else { new };
                    assert!(!label.span.is_empty() && (label.span.end as usize) <= text.len(), "{finding:?}");
                }
            }
            let count =
                |findings: &[Finding], rules: &[&str]| findings.iter().filter(|it| rules.contains(&it.rule)).count();
            for (one, other) in OPPOSITES {
                assert_eq!(count(&there, one), count(&back, other), "{one:?} there, {other:?} back");
                assert_eq!(count(&there, other), count(&back, one), "{other:?} there, {one:?} back");
            }
        }
    }
    assert_eq!(seen.len(), compat_rules().count(), "each rule spoke: {seen:?}");
}

#[test]
fn wounded_files_are_compared_without_a_panic_and_within_their_bounds() {
    let texts: Vec<Vec<u8>> =
        pairs().iter().flat_map(|pair| [read(&pair.join("old.rtr")), read(&pair.join("new.rtr"))]).collect();
    let wound =
        (0..texts.len(), 0..texts.len(), any::<prop::sample::Index>(), 0..12usize, "[;{}=,#\"$\n a-zA-Z0-9_-]{0,4}");
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() });
    let outcome = runner.run(&wound, |(old, new, at, gone, put)| {
        let mut text = texts[new].clone();
        let at = at.index(text.len());
        let end = (at + gone).min(text.len());
        text.splice(at..end, put.into_bytes());
        let (old, new) = (rtreg_parser::parse(&texts[old], FileId(0)), rtreg_parser::parse(&text, FileId(1)));
        let Some((old, new)) = Version::new(&old).zip(Version::new(&new)) else { return Ok(()) };
        let mut findings = compare(&old, &new);
        if let Some(promise) = derive(&old, &new, &Knowledge::default()) {
            prop_assert!(promise.at_least <= promise.at_most);
            findings.extend(promise.findings(&new));
        }
        for finding in &findings {
            prop_assert!(finding.primary.span.end as usize <= text.len() && !finding.message.is_empty(), "{finding:?}");
        }
        prop_assert!(compare(&new, &new).is_empty());
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
