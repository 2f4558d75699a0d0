//! What holds for the rules as a whole: a rule is a file, a line of the list and a folder of fixtures, and its
//! explanation is true.

use std::collections::BTreeSet;
use std::path::Path;

use rtreg_checker::{Rule, rule, rules};
use rtreg_tests::{lint_for, rtr_files, suite};

/// Findings that no file of reasonable size can show.
const WITHOUT_FIXTURE: [&str; 1] = ["file_too_large"];

const BASE: [(&str, &str); 6] = [
    ("Resource_type", "Resource_type = \"web\";"),
    ("Vendor_id", "Vendor_id = ACME;"),
    ("RT_version", "RT_version = \"2.0\";"),
    ("RT_basedir", "RT_basedir = /opt/ACMEweb/bin;"),
    ("Start", "Start = start;"),
    ("Stop", "Stop = stop;"),
];

fn stems(folder: &Path, extension: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("a folder can be read").path());
    let wanted = paths.filter(|path| path.extension().unwrap_or_default() == extension);
    wanted
        .filter(|path| path.is_dir() == extension.is_empty())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

#[test]
fn rule_file_list_and_fixtures_agree() {
    let listed: BTreeSet<String> = rules().map(|rule| rule.id().to_owned()).collect();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../checker/src/lint");
    assert_eq!(listed, stems(&sources, "rs"), "every file in checker/src/lint is in the list, and the other way round");
    assert!(rules().map(Rule::id).is_sorted(), "the list is sorted");
    let syntax = rtreg_parser::SYNTAX_RULES.iter().map(|(id, _)| (*id).to_owned());
    let syntax: BTreeSet<String> = syntax.filter(|id| !WITHOUT_FIXTURE.contains(&id.as_str())).collect();
    assert!(listed.is_disjoint(&syntax), "a rule of the checker has the name of a rule of the parser");
    let wanted: BTreeSet<String> = listed.union(&syntax).cloned().collect();
    assert_eq!(wanted, stems(&suite("lint"), ""), "every rule has a folder in tests/lint, and the other way round");
    for id in &wanted {
        let files = rtr_files(&suite("lint").join(id));
        let near_misses = files.iter().filter(|file| file.to_string_lossy().ends_with("_ok.rtr")).count();
        assert!(near_misses < files.len(), "{id} has no fixture that makes it speak");
        assert!(near_misses > 0 || rule(id).is_none(), "{id} has no near miss");
    }
}

#[test]
fn snapshots_belong_to_fixtures() {
    for id in stems(&suite("lint"), "") {
        let folder = suite("lint").join(&id);
        for snapshot in stems(&folder, "snap") {
            assert!(folder.join(&snapshot).exists(), "{id}/{snapshot}.snap has no fixture");
        }
        for file in rtr_files(&folder) {
            let near_miss = file.to_string_lossy().ends_with("_ok.rtr");
            assert_ne!(file.with_extension("rtr.snap").exists(), near_miss, "{}", file.display());
        }
    }
}

#[test]
fn explanations_are_complete_and_true() {
    for rule in rules() {
        let doc = rule.doc();
        assert!(rule.summary().ends_with('.') && rule.summary().len() <= 120, "{}: {}", rule.id(), rule.summary());
        for section in ["# What", "# Why", "# Example", "# Instead"] {
            assert!(doc.contains(&format!("\n{section}\n\n")), "{}: {section} is missing", rule.id());
        }
        let (example, instead) = (block(&doc, "# Example"), block(&doc, "# Instead"));
        let (wrong, right) = (in_a_file(example, example, instead), in_a_file(example, instead, instead));
        let fires = |source: &str| {
            let (findings, rendered) = lint_for(rule.id(), rule.id(), source.as_bytes());
            (findings.iter().filter(|finding| finding.rule == rule.id()).count(), findings.len(), rendered)
        };
        let (count, all, rendered) = fires(&wrong);
        assert!(
            count == 1 && all == 1,
            "the example of {} must be one finding of it and no other:\n{wrong}\n{rendered}",
            rule.id()
        );
        let (_, all, rendered) = fires(&right);
        assert_eq!(all, 0, "what {} recommends must have no finding:\n{right}\n{rendered}", rule.id());
    }
}

/// Faults that no plain text can show.
const NOT_TEXT: [&str; 7] = [
    "byte_order_mark",
    "dos_end_of_file",
    "file_too_large",
    "nul_byte",
    "unusual_space",
    "windows_line_ends",
    "wrong_encoding",
];

#[test]
fn explanations_of_the_syntax_are_complete_and_true() {
    let mut tried = 0;
    for (id, _) in rtreg_parser::SYNTAX_RULES {
        let doc = rtreg_parser::syntax_doc(id).unwrap_or_default();
        for section in ["# What", "# Why", "# Example", "# Instead"] {
            assert!(doc.contains(&format!("\n{section}\n\n")), "{id}: {section} is missing");
        }
        if NOT_TEXT.contains(id) {
            continue;
        }
        let (example, instead) = (block(doc, "# Example"), block(doc, "# Instead"));
        let file = |lines: &str| match lines.contains("Resource_type") {
            true => format!("{lines}\n"),
            false => in_a_file(example, lines, instead),
        };
        let (wrong, right) = (file(example), file(instead));
        let rules = |source: &str| {
            let findings = lint_for(id, id, source.as_bytes()).0;
            findings.iter().map(|finding| finding.rule).collect::<Vec<_>>()
        };
        assert_eq!(rules(&wrong), [*id], "the example of {id}:\n{wrong}");
        assert!(rules(&right).is_empty(), "what {id} recommends: {:?}\n{right}", rules(&right));
        tried += 1;
    }
    assert!(tried > 20);
}

fn block<'d>(doc: &'d str, section: &str) -> &'d str {
    let behind = doc.split(section).nth(1).and_then(|rest| rest.split("```text\n").nth(1));
    behind.and_then(|rest| rest.split("\n```").next()).unwrap_or_else(|| panic!("{section} has no text block"))
}

/// The lines of an explanation with what makes them a file: the parts of a small type that neither the lines nor the
/// recommended ones declare.
fn in_a_file(example: &str, lines: &str, instead: &str) -> String {
    let (declarations, directives, entries) = split(lines);
    let (recommended, recommended_directives, _) = split(instead);
    let own = names(&declarations);
    let declared: BTreeSet<String> = own.union(&names(&recommended)).cloned().collect();
    let base = BASE.iter().filter(|(name, _)| !declared.contains(&name.to_ascii_lowercase())).map(|(_, line)| *line);
    let mut file = String::new();
    if let Some((_, target)) = example.split_once("--target ") {
        file.push_str(&format!("# target: {}\n", target.split_whitespace().next().unwrap_or_default()));
    }
    if example.contains("--zone-root") {
        file.push_str("# zone-root\n");
    }
    let mut text: Vec<&str> = if own.contains("resource_type") {
        declarations.iter().copied().chain(base).collect()
    } else {
        let mut base = base;
        base.next().into_iter().chain(declarations).chain(base).collect()
    };
    if directives.is_empty() && recommended_directives.is_empty() {
        text.push("#$upgrade");
    }
    text.extend(directives);
    text.extend(entries);
    file + &text.join("\n") + "\n"
}

fn split(lines: &str) -> (Vec<&str>, Vec<&str>, Vec<&str>) {
    let (directives, rest): (Vec<&str>, Vec<&str>) = lines.lines().partition(|line| line.starts_with("#$"));
    let (entries, declarations) = rest.into_iter().partition(|line| line.starts_with('{'));
    (declarations, directives, entries)
}

fn names(declarations: &[&str]) -> BTreeSet<String> {
    declarations.iter().filter_map(|line| line.split('=').next()).map(|name| name.trim().to_ascii_lowercase()).collect()
}
