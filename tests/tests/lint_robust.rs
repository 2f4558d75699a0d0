//! What must hold for any text, tried on every fixture and on seeded mutations of them: no panic, findings in order and
//! inside of the text, and a text without errors is a type that survives printing.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use rtreg_checker::report::{Sources, json, text};
use rtreg_checker::{LintOptions, Set, lint};
use rtreg_model::{FileId, Finding, Level, Release, Span};
use rtreg_parser::{lower, parse, print};
use rtreg_tests::{fixture_options, rtr_files, suite};

/// The tokens that a mutation puts in.
const TOKENS: [&[u8]; 16] = [
    b";",
    b"=",
    b"{",
    b"}",
    b"\"",
    b",",
    b"#",
    b"\n",
    b" ENUM ",
    b" EXTENSION; ",
    b" DEFAULT = ; ",
    b"#$upgrade\n",
    b"\xff",
    b"\0",
    b" TRUE ",
    b" Start ",
];

#[derive(Debug, Clone)]
enum Wound {
    Drop(prop::sample::Index, usize),
    Insert(prop::sample::Index, usize),
    Double(prop::sample::Index, usize),
}

fn wound() -> impl Strategy<Value = Wound> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        (place(), 1..12_usize).prop_map(|(at, length)| Wound::Drop(at, length)),
        (place(), 0..TOKENS.len()).prop_map(|(at, token)| Wound::Insert(at, token)),
        (place(), 1..40_usize).prop_map(|(at, length)| Wound::Double(at, length)),
    ]
}

fn apply(source: &mut Vec<u8>, wound: &Wound) {
    let range = |at: &prop::sample::Index, length: usize, all: usize| {
        let start = at.index(all + 1);
        start..(start + length).min(all)
    };
    match wound {
        Wound::Drop(at, length) => drop(source.drain(range(at, *length, source.len()))),
        Wound::Insert(at, token) => {
            let start = at.index(source.len() + 1);
            source.splice(start..start, TOKENS[*token].iter().copied());
        }
        Wound::Double(at, length) => {
            let range = range(at, *length, source.len());
            let (end, copy) = (range.end, source[range].to_vec());
            source.splice(end..end, copy);
        }
    }
}

fn fixtures() -> Vec<Vec<u8>> {
    let files = rtr_files(&suite("lint"));
    assert!(files.len() > 100, "there are fixtures to wound");
    files.iter().map(|path| std::fs::read(path).expect("a fixture can be read")).collect()
}

/// Lints, checks what must hold for any text, and gives the findings.
fn judge(source: &[u8], options: &LintOptions) -> Vec<Finding> {
    let rtr = parse(source, FileId(0));
    let findings = lint(&rtr, options);
    assert!(findings.is_sorted_by_key(|finding| finding.primary.span.start));
    for label in findings.iter().flat_map(|finding| std::iter::once(&finding.primary).chain(&finding.secondary)) {
        assert!(label.span.end as usize <= source.len(), "{label:?} lies outside of the text");
        assert!(label.span.start <= label.span.end, "{label:?} ends before it starts");
    }
    if findings.iter().all(|finding| finding.level != Level::Error) {
        let shown = String::from_utf8_lossy(source);
        let lowered = lower(&rtr).unwrap_or_else(|| panic!("no error and no type:\n{shown}"));
        let printed = print(&lowered);
        let again = parse(printed.as_bytes(), FileId(0));
        assert_eq!(lower(&again).as_ref(), Some(&lowered), "printing changed the type:\n{shown}\n->\n{printed}");
        let worse = lint(&again, options);
        assert!(
            worse.iter().all(|finding| finding.level != Level::Error),
            "printing made an error:\n{printed}\n{worse:?}"
        );
    }
    findings
}

#[test]
fn every_fixture_holds() {
    for source in fixtures() {
        judge(&source, &fixture_options(&source));
        for release in Release::ALL {
            judge(&source, &LintOptions::default().target(release).zone_root(true).set(Set::All));
        }
    }
}

#[test]
fn wounded_fixtures_hold() {
    let fixtures = fixtures();
    let config = Config { cases: 3000, rng_seed: RngSeed::Fixed(20), failure_persistence: None, ..Config::default() };
    let strategy = (any::<prop::sample::Index>(), prop::collection::vec(wound(), 1..4));
    let outcome = TestRunner::new(config).run(&strategy, |(which, wounds)| {
        let mut source = which.get(&fixtures).clone();
        wounds.iter().for_each(|wound| apply(&mut source, wound));
        let findings = judge(&source, &LintOptions::default());
        let mut sources = Sources::default();
        sources.add("wounded", source);
        for unicode in [false, true] {
            let rendered =
                text::render(&findings, &sources, &text::TextOptions::default().unicode(unicode).colour(unicode));
            prop_assert_eq!(rendered.is_empty(), findings.is_empty());
        }
        let report = json::JsonReport::new(&findings, &sources, 1);
        prop_assert_eq!(report.findings.len(), findings.len());
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn large_values_and_many_faults_are_judged_in_time() {
    let head = "Resource_type = web;\nRT_version = \"1\";\nStart = /s;\nStop = /p;\n#$upgrade\n";
    let long = format!("{head}{{ PROPERTY = Text; EXTENSION; STRING; DEFAULT = \"{}\"; }}\n", "x".repeat(5 << 20));
    let findings = judge(long.as_bytes(), &LintOptions::default());
    assert_eq!(findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["illegal_value"]);
    let mut sources = Sources::default();
    sources.add("long", long.into_bytes());
    let rendered = text::render(&findings, &sources, &text::TextOptions::default());
    assert!(rendered.len() < 4000 && rendered.contains("DEFAULT"), "{}", rendered.len());
    let faults = format!("{head}{}", "{ PROPERTY = X DEFUALT = }\n".repeat(20_000));
    let findings = judge(faults.as_bytes(), &LintOptions::default());
    assert!(findings.len() >= 20_000);
    let mut sources = Sources::default();
    sources.add("faults", faults.into_bytes());
    assert!(text::render(&findings, &sources, &text::TextOptions::default()).len() > 20_000);
}

/// A line that a renderer may stumble over.
fn hard_line() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"x".to_vec()),
        Just(b"\t".to_vec()),
        Just("\u{e9}".as_bytes().to_vec()),
        Just("\u{4e00}".as_bytes().to_vec()),
        Just(b"\xff\xc3".to_vec()),
        Just(b"\r".to_vec()),
    ];
    let length = prop_oneof![6 => 0..90_usize, 2 => 300..2500_usize, 1 => 60_000..80_000_usize];
    (piece, length).prop_map(|(piece, length)| piece.repeat(length))
}

#[test]
fn any_labels_on_any_lines_are_rendered() {
    let config = Config { cases: 300, rng_seed: RngSeed::Fixed(21), failure_persistence: None, ..Config::default() };
    let place = any::<prop::sample::Index>;
    let labels = prop::collection::vec((place(), place()), 1..6);
    let strategy = (prop::collection::vec(hard_line(), 0..8), prop::collection::vec(labels, 1..4));
    let outcome = TestRunner::new(config).run(&strategy, |(lines, all)| {
        let source = lines.join(&b'\n');
        let span = |(a, b): &(prop::sample::Index, prop::sample::Index)| {
            let (a, b) = (a.index(source.len() + 1) as u32, b.index(source.len() + 1) as u32);
            Span::new(a.min(b), a.max(b))
        };
        let findings: Vec<Finding> = (0..)
            .zip(&all)
            .map(|(number, labels)| {
                let finding =
                    Finding::new("rule", Level::Error, FileId(0), span(&labels[0]), format!("MESSAGE{number}."))
                        .label(format!("PRIMARY{number}."));
                (0..).zip(&labels[1..]).fold(finding, |finding, (label, place)| {
                    finding.also(FileId(0), span(place), format!("LABEL{number}-{label}."))
                })
            })
            .collect();
        let mut sources = Sources::default();
        sources.add("hard", source);
        for unicode in [false, true] {
            let rendered = text::render(&findings, &sources, &text::TextOptions::default().unicode(unicode));
            for finding in &findings {
                prop_assert!(rendered.contains(&finding.message), "{} lacks in {rendered}", finding.message);
                for label in std::iter::once(&finding.primary).chain(&finding.secondary) {
                    prop_assert!(rendered.contains(&label.text), "{} lacks in {rendered}", label.text);
                }
            }
            let longest = rendered.lines().map(str::len).max();
            prop_assert!(longest < Some(20_000), "{longest:?}");
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn labels_far_apart_on_one_line_are_rendered() {
    let head = "Resource_type=web; Vendor_id=X; Start=/s; Stop=/t; RT_version=1;\n#$upgrade\n";
    let long = "x".repeat(70_000);
    for tail in [
        format!("{{ PROPERTY=A; EXTENSION; STRING; DEFAULT=\"{long}\"; MAXLENGTH=5; }}"),
        format!("{{ PROPERTY=A; EXTENSION; STRING; DEFAULT=\"{long}\"; EXTENSION; }}"),
        format!("{{ PROPERTY=A; EXTENSION; STRING; DEFAULT=\"{long}\";"),
        format!("{{ PROPERTY=A; EXTENSION; STRING; DEFAULT=a; DESCRIPTION=\"{long}\" }}"),
    ] {
        let source = format!("{head}{tail}\n");
        let findings = judge(source.as_bytes(), &LintOptions::default());
        assert!(!findings.is_empty());
        let mut sources = Sources::default();
        sources.add("far", source.into_bytes());
        let rendered = text::render(&findings, &sources, &text::TextOptions::default());
        let rules = findings.iter().filter(|finding| rendered.contains(&format!("[{}]", finding.rule))).count();
        assert_eq!(rules, findings.len(), "{rendered}");
        assert!(rendered.len() < 4000 * findings.len(), "{}", rendered.len());
    }
}

#[test]
fn many_findings_of_one_file_are_rendered_in_time() {
    for source in ["} ".repeat(300_000), "#$upgrade_from \"1\" x\n".repeat(20_000)] {
        let findings = judge(source.as_bytes(), &LintOptions::default());
        assert!(findings.len() >= 20_000);
        let more = findings.len() - 1000;
        let mut sources = Sources::default();
        sources.add("many", source.into_bytes());
        let rendered = text::render(&findings, &sources, &text::TextOptions::default());
        assert!(
            rendered
                .ends_with(&format!("many has {more} more findings than are shown here; `--format json` has all\n\n"))
        );
        assert!(rendered.len() < 2000 * 1000, "{}", rendered.len());
    }
}

#[test]
fn json_report_is_what_its_schema_says() {
    let schema = serde_json::to_value(schemars::schema_for!(json::JsonReport)).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is valid");
    let mut sources = Sources::default();
    let mut findings = Vec::new();
    for source in fixtures() {
        let file = sources.add(format!("{}.rtr", sources.len()), source);
        findings.extend(lint(&parse(sources.text(file), file), &LintOptions::default()));
    }
    let report =
        serde_json::to_value(json::JsonReport::new(&findings, &sources, sources.len())).expect("a report is JSON");
    assert!(validator.is_valid(&report), "{:?}", validator.iter_errors(&report).next());
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(findings.len()));
    assert!(findings.len() > 50 && report["findings"][0]["fix"].is_null());
}
