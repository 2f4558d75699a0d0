//! The fixes of all rules on every fixture and every broken example: each cures its finding, none loses a comment or adds a
//! fault, and applied together they come to an end.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use rtreg_checker::fix;
use rtreg_checker::{LintOptions, lint};
use rtreg_model::{Applicability, FileId, Finding, Level};
use rtreg_parser::{TokenKind, parse};
use rtreg_tests::{fixture_options, rtr_files, suite};

/// Fixes that change comments on purpose, by making some.
const MAKE_COMMENTS: [&str; 3] = ["stray_words", "text_after_directive", "unknown_directive"];

/// Rules whose fix shows the checker what it could not judge before: how many errors there are may grow.
const UNCOVER: [&str; 3] = ["unknown_property", "unknown_type_property", "unknown_attribute"];

fn broken_examples() -> PathBuf {
    suite("..").join("rtr-examples/broken")
}

fn files() -> Vec<(String, Vec<u8>, LintOptions)> {
    let mut paths = rtr_files(&suite("lint"));
    paths.extend(rtr_files(&broken_examples()));
    assert!(paths.len() > 200, "{} files", paths.len());
    let read = |path: PathBuf| {
        let source = std::fs::read(&path).expect("a fixture can be read");
        let options = fixture_options(&source);
        (path.display().to_string(), source, options)
    };
    paths.into_iter().map(read).collect()
}

fn findings(source: &[u8], options: &LintOptions) -> Vec<Finding> {
    lint(&parse(source, FileId(0)), options)
}

fn errors(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.level == Level::Error).count()
}

fn faults(source: &[u8]) -> usize {
    errors(&parse(source, FileId(0)).findings)
}

fn comments(source: &[u8]) -> BTreeMap<Vec<u8>, usize> {
    let rtr = parse(source, FileId(0));
    let mut counts = BTreeMap::new();
    for token in rtr.tokens.iter().filter(|token| token.kind == TokenKind::Comment) {
        *counts.entry(rtr.text(token.span).trim_ascii_end().to_vec()).or_default() += 1;
    }
    counts
}

fn assert_comments_kept(before: &[u8], after: &[u8], may_make: bool, what: &str) {
    let (old, new) = (comments(before), comments(after));
    for (comment, count) in &old {
        let there = new.get(comment).copied().unwrap_or_default();
        assert!(there >= *count, "{what}: lost {}", String::from_utf8_lossy(comment));
    }
    assert!(may_make || old == new, "{what}: made a comment");
}

#[test]
fn each_fix_cures_its_finding() {
    let mut seen: BTreeSet<(&str, Applicability)> = BTreeSet::new();
    for (name, source, options) in files() {
        let before = findings(&source, &options);
        for finding in before.iter().filter(|finding| finding.fix.is_some()) {
            let what = format!("{name}: {}", finding.rule);
            let applied = fix::apply(&source, std::slice::from_ref(finding), Applicability::Unsafe);
            assert!(applied.skipped.is_empty(), "{what}: {:?}", applied.skipped);
            assert_eq!(applied.applied, [0], "{what}");
            let after = findings(&applied.bytes, &options);
            let shown = String::from_utf8_lossy(&applied.bytes);
            let count = |findings: &[Finding]| findings.iter().filter(|other| other.rule == finding.rule).count();
            assert!(count(&after) < count(&before), "{what} is not cured:\n{shown}\n{after:#?}");
            assert!(faults(&applied.bytes) <= faults(&source), "{what}");
            let uncovers = UNCOVER.contains(&finding.rule) || finding.level != Level::Error;
            let uncovers = uncovers || rtreg_checker::rule(finding.rule).is_none();
            assert!(uncovers || errors(&after) < errors(&before), "{what} brings another error:\n{shown}\n{after:#?}");
            assert_comments_kept(&source, &applied.bytes, MAKE_COMMENTS.contains(&finding.rule), &what);
            seen.insert((
                finding.rule,
                finding.fix.as_ref().map_or(Applicability::DisplayOnly, |fix| fix.applicability),
            ));
        }
    }
    assert!(seen.len() > 50, "{} kinds of fixes", seen.len());
}

#[test]
fn words_where_one_value_belongs_are_quoted_and_in_a_list_parted_by_commas() {
    for (line, cured) in [
        ("Start = start -f -v;", Some("Start = \"start -f -v\";")),
        ("RT_description = Where it is ;", Some("RT_description = \"Where it is\" ;")),
        ("RT_description = \"Where\" it;", None),
        ("RT_description = Where\nit;", None),
        ("Pkglist = one two three;", Some("Pkglist = one, two, three;")),
        (
            "{ PROPERTY = X; EXTENSION; ENUM { a b }; DEFAULT = a; }",
            Some("{ PROPERTY = X; EXTENSION; ENUM { a, b }; DEFAULT = a; }"),
        ),
    ] {
        let rtr = parse(line.as_bytes(), FileId(0));
        let finding = rtr.findings.iter().find(|finding| finding.rule == "missing_comma").expect("the finding");
        let found = finding.fix.as_ref().map(|fix| {
            assert_eq!(fix.applicability, Applicability::Unsafe, "{line}");
            let mut text = line.to_owned();
            fix.edits.iter().rev().for_each(|edit| text.insert_str(edit.span.start as usize, &edit.text));
            text
        });
        assert_eq!(found.as_deref(), cured, "{line}");
    }
}

#[test]
fn all_fixes_together_come_to_an_end() {
    for (name, source, options) in files() {
        for least in [Applicability::Safe, Applicability::Unsafe] {
            let fixed = fix::converge(&source, least, |text| findings(text, &options));
            assert!(fixed.converged, "{name}: {:?}", fixed.applied);
            let shown = String::from_utf8_lossy(&fixed.bytes);
            let left: Vec<&Finding> =
                fixed.remaining.iter().filter(|finding| fix::applicable(finding, least).is_some()).collect();
            assert!(left.is_empty(), "{name}: {left:#?}\n{shown}");
            assert_eq!(fixed.remaining, findings(&fixed.bytes, &options));
            assert!(faults(&fixed.bytes) <= faults(&source), "{name}:\n{shown}");
            let makes = fixed.applied.iter().any(|(rule, _)| MAKE_COMMENTS.contains(rule));
            assert_comments_kept(&source, &fixed.bytes, makes, &name);
            let again = fix::converge(&fixed.bytes, least, |text| findings(text, &options));
            assert!(again.applied.is_empty(), "{name}");
        }
    }
}

#[test]
fn safe_fixes_never_change_a_file_without_errors_into_another_type() {
    let mut fixed_files = 0;
    for (name, source, options) in files() {
        let before = parse(&source, FileId(0));
        if errors(&lint(&before, &options)) > 0 {
            continue;
        }
        let fixed = fix::converge(&source, Applicability::Safe, |text| findings(text, &options));
        fixed_files += usize::from(!fixed.applied.is_empty());
        let after = parse(&fixed.bytes, FileId(0));
        assert_eq!(rtreg_parser::lower(&before), rtreg_parser::lower(&after), "{name}");
    }
    assert!(fixed_files > 2, "{fixed_files} files");
}

/// Pieces that are put into files; no comment, which would be one more to keep.
const PIECES: [&str; 14] = [
    ";",
    "=",
    "{",
    "}",
    "\"",
    ",",
    "\n",
    " ENUM ",
    " EXTENSION; ",
    "\n#$upgrade\n",
    "\u{201c}",
    "'",
    "\r\n",
    " Start ",
];

#[test]
fn fixes_of_wounded_files_keep_comments_and_end() {
    let files = files();
    let config = Config { cases: 3000, rng_seed: RngSeed::Fixed(31), failure_persistence: None, ..Config::default() };
    let wound = (any::<Index>(), 0..8_usize, select(&PIECES[..]));
    let strategy = (any::<Index>(), prop::collection::vec(wound, 1..4));
    let applied = Cell::new(0);
    let outcome = TestRunner::new(config).run(&strategy, |(which, wounds)| {
        let (name, source, options) = which.get(&files);
        let mut source = source.clone();
        for (at, length, piece) in wounds {
            let start = at.index(source.len() + 1);
            let end = (start + length).min(source.len());
            source.splice(start..end, piece.bytes());
        }
        for least in [Applicability::Safe, Applicability::Unsafe] {
            let fixed = fix::converge(&source, least, |text| findings(text, options));
            let shown =
                format!("{name}\n{}\n->\n{}", String::from_utf8_lossy(&source), String::from_utf8_lossy(&fixed.bytes));
            prop_assert!(faults(&fixed.bytes) <= faults(&source), "{shown}");
            prop_assert!(fixed.converged, "{:?}\n{}", fixed.applied, shown);
            assert_comments_kept(&source, &fixed.bytes, true, &shown);
            applied.set(applied.get() + fixed.applied.len());
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(applied.get() > 3000, "{} fixes", applied.get());
}

/// What becomes of the mistakes that people make: the changed lines, and what remains.
#[test]
fn broken_examples_and_their_cures() {
    let mut report = String::new();
    for path in rtr_files(&broken_examples()) {
        let source = std::fs::read(&path).expect("an example can be read");
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut text = source;
        for (least, word) in [(Applicability::Safe, "safe"), (Applicability::Unsafe, "unsafe")] {
            let fixed = fix::converge(&text, least, |text| findings(text, &LintOptions::default()));
            for (rule, title) in &fixed.applied {
                writeln!(report, "{name}: {word}: {rule}: {title}").expect("a string takes text");
            }
            report.push_str(&changed_lines(&text, &fixed.bytes));
            if least == Applicability::Unsafe {
                for finding in &fixed.remaining {
                    writeln!(report, "{name}: remains: {}", finding.rule).expect("a string takes text");
                }
            }
            text = fixed.bytes;
        }
    }
    insta::with_settings!({ snapshot_path => suite("fixes"), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("broken_examples", report);
    });
}

/// The lines that are only in one of the two, with a line before them.
fn changed_lines(old: &[u8], new: &[u8]) -> String {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let visible = |line: &str| line.replace('\r', "␍").replace('\u{feff}', "<BOM>");
    let (mut old, mut new): (Vec<_>, Vec<_>) = (old.split('\n').collect(), new.split('\n').collect());
    let mut report = String::new();
    while let (Some(a), Some(b)) = (old.last(), new.last())
        && a == b
    {
        old.pop();
        new.pop();
    }
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    for (sign, lines) in [('-', &old), ('+', &new)] {
        for line in lines.iter().skip(same) {
            writeln!(report, "    {sign}{}", visible(line)).expect("a string takes text");
        }
    }
    report
}
