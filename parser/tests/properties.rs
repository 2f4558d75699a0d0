//! Seeded property tests: what the fuzz target checks, on bytes, on soups of tokens, on damaged files and on generated
//! types. The seed is fixed: each run makes the same cases.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use rtreg_model::standard::STANDARD_PROPERTIES;
use rtreg_model::{FileId, Level, Method, Tunability};
use rtreg_parser::{invariants, lower, parse, print};

/// Pieces that files are made of, right and wrong.
const PIECES: &[&str] = &[
    "Resource_type = web;",
    "Resource_type",
    "Vendor_id = ACME;",
    "RT_version = \"1.0\";",
    "Failover",
    "Pkglist",
    "Start",
    "#$upgrade\n",
    "#$upgrade",
    "#$upgrade_from \"1.0\" ANYTIME\n",
    "#$upgrade_from",
    "#$other",
    "# comment\n",
    "#",
    "{",
    "}",
    "{ PROPERTY = X;",
    "PROPERTY",
    "EXTENSION;",
    "EXTENSION",
    "ENUM {",
    "ENUM",
    "INT;",
    "STRING",
    "DEFAULT = ",
    "MIN = 5;",
    "TUNABLE = ANYTIME;",
    "DESCRIPTION = \"a b\";",
    "=",
    ";",
    ",",
    "\"",
    "\"\"",
    "\"a",
    "'",
    "'a'",
    "\u{201c}",
    "\u{201d}",
    "\u{2018}",
    "\u{2019}",
    "\u{a0}",
    "\0",
    "\r\n",
    "\n",
    "\n",
    " ",
    "\t",
    "word",
    "words of prose\n",
    "5",
    "-1",
    "TRUE",
];

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, b"rtreg parser: one fixed seed 001"))
}

fn check(source: &[u8]) -> Result<(), TestCaseError> {
    invariants::check(source)
        .map_err(|broken| TestCaseError::fail(format!("{broken}\nof {:?}", String::from_utf8_lossy(source))))
}

#[test]
fn any_bytes() {
    let bytes = prop::collection::vec(any::<u8>(), 0..300);
    runner(2000).run(&bytes, |bytes| check(&bytes)).unwrap();
}

#[test]
fn bytes_of_the_language() {
    let alphabet = select(b"{};=,#\"$ \n\r\tA\xE2\x80\x9C\x9D\xC2\xA0\0'a1".to_vec());
    runner(3000).run(&prop::collection::vec(alphabet, 0..60), |bytes| check(&bytes)).unwrap();
}

#[test]
fn soups_of_tokens() {
    let soup = prop::collection::vec(select(PIECES), 0..60);
    runner(4000).run(&soup, |pieces| check(pieces.concat().as_bytes())).unwrap();
}

/// What is done to a file: at a place, some bytes are replaced by a piece.
fn damage() -> impl Strategy<Value = Vec<(Index, usize, &'static str)>> {
    prop::collection::vec((any::<Index>(), 0..8_usize, select(PIECES)), 1..4)
}

#[test]
fn damaged_files() {
    runner(2000)
        .run(&(file(), damage()), |(text, damage)| {
            let mut bytes = text.into_bytes();
            for (at, length, piece) in damage {
                let start = at.index(bytes.len() + 1);
                let end = (start + length).min(bytes.len());
                bytes.splice(start..end, piece.bytes());
            }
            check(&bytes)
        })
        .unwrap();
}

#[test]
fn generated_files_are_clean_and_print_as_themselves() {
    runner(2000)
        .run(&file(), |text| {
            check(text.as_bytes())?;
            let rtr = parse(text.as_bytes(), FileId(0));
            let errors: Vec<_> = rtr.findings.iter().filter(|finding| finding.level == Level::Error).collect();
            prop_assert!(errors.is_empty(), "{:?}\n{}", errors, text);
            let Some(resource_type) = lower(&rtr) else {
                return Err(TestCaseError::fail(format!("no type in {text}")));
            };
            prop_assert_eq!(resource_type.properties.is_empty(), !text.contains("{PROPERTY"));
            let printed = print(&resource_type);
            prop_assert_eq!(lower(&parse(printed.as_bytes(), FileId(0))), Some(resource_type));
            Ok(())
        })
        .unwrap();
}

#[test]
fn long_lines_of_faults_take_linear_time() {
    // Each took minutes if a fault looked at the rest of its line or file; there is no clock here, only the wait.
    let faults =
        ["“a;", "'a;‘b;", "\"a; b c; ", "a\nMIN\n", "{", "a=", "ENUM{a", ",a b", "\"a, ", "a b\n", "x y; ", "#$x\n"];
    for fault in faults {
        check(fault.repeat(30_000).as_bytes()).unwrap();
    }
}

/// A value as an author may write it: bare or quoted, with any bytes that quotes can hold.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9_./:@+()-]{1,12}",
        "[ -!#-~]{0,20}".prop_map(|text| format!("\"{text}\"")),
        "[a-z\u{201c}\u{e9}\u{0}\r;, =#{}]{0,12}[a-z]".prop_map(|text| format!("\"{text}\"")),
    ]
}

fn values() -> impl Strategy<Value = String> {
    prop::collection::vec(value(), 0..4).prop_map(|values| values.join(" , "))
}

fn keyword(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    (select(words), any::<bool>())
        .prop_map(|(word, lower)| if lower { word.to_ascii_lowercase() } else { word.to_owned() })
}

fn declaration() -> impl Strategy<Value = String> {
    let flags = &["Failover", "Single_instance", "RT_system", "Global_zone", "Proxy"];
    let texts =
        &["Vendor_id", "RT_version", "RT_description", "RT_basedir", "Sysdefined_type", "Init_nodes", "API_version"];
    prop_oneof![
        (keyword(flags), select(vec!["", " = TRUE", " = false", " = "]))
            .prop_map(|(name, value)| format!("{name}{value};")),
        (keyword(texts), value()).prop_map(|(name, value)| format!("{name} = {value};")),
        (-9..9_i64).prop_map(|number| format!("API_version={number};")),
        Just("Init_nodes = rt_installed_nodes;".to_owned()),
        values().prop_map(|values| format!("Pkglist = {values};")),
        (select(Method::ALL.to_vec()), value()).prop_map(|(method, path)| format!("{method} = {path};")),
    ]
}

fn directive() -> impl Strategy<Value = String> {
    ("[a-z0-9. :-]{0,6}", select(Tunability::ALL.to_vec()))
        .prop_map(|(version, tunability)| format!("#$upgrade_from \"{version}\" {tunability}"))
}

fn attribute() -> impl Strategy<Value = String> {
    let limits = &["MIN", "MAX", "MINLENGTH", "MAXLENGTH", "ARRAY_MINSIZE", "ARRAY_MAXSIZE", "DEFAULT"];
    prop_oneof![
        (keyword(&["EXTENSION", "PER_NODE", "TUNABLE"]), select(vec!["", "=TRUE", " = FALSE"]))
            .prop_map(|(name, value)| format!("{name}{value};")),
        keyword(&["STRING", "INT", "BOOLEAN", "STRINGARRAY"]).prop_map(|kind| format!("{kind};")),
        prop::collection::vec(value(), 0..4).prop_map(|literals| format!("ENUM {{ {} }};", literals.join(", "))),
        (keyword(limits), any::<i64>()).prop_map(|(name, number)| format!("{name} = {number};")),
        values().prop_map(|values| format!("DEFAULT = {values};")),
        keyword(&["ANYTIME", "NONE", "AT_CREATION", "WHEN_DISABLED", "SOMETIMES"])
            .prop_map(|word| format!("TUNABLE = {word};")),
        value().prop_map(|text| format!("DESCRIPTION = {text};")),
    ]
}

fn entry() -> impl Strategy<Value = String> {
    let standard: Vec<&str> = STANDARD_PROPERTIES.iter().map(|row| row.name).collect();
    let name = prop_oneof![select(standard).prop_map(str::to_owned), "[A-C]{1,2}", value()];
    let blank = select(vec![" ", "\n\t", " # comment\n"]);
    (name, prop::collection::vec(attribute(), 0..7), blank).prop_map(|(name, attributes, blank)| {
        // A standard entry in front, so that a table with an entry is never an empty one.
        format!(
            "{{PROPERTY = Start_timeout;}}\n{{{blank}PROPERTY = {name};{blank}{}{blank}}}\n",
            attributes.join(blank)
        )
    })
}

/// A whole file whose syntax is right; what it means may be wrong.
fn file() -> impl Strategy<Value = String> {
    let declarations = prop::collection::vec(declaration(), 0..8);
    let directives = prop::collection::vec(directive(), 0..4);
    let end = select(vec!["\n", "\r\n", " # comment\n"]);
    (declarations, any::<bool>(), directives, prop::collection::vec(entry(), 0..5), end).prop_map(
        |(declarations, upgrade, directives, entries, end)| {
            let mut text = format!("RESOURCE_TYPE = web;{end}{}{end}", declarations.join(end));
            text.push_str(if upgrade { "#$upgrade\n" } else { "" });
            directives.iter().for_each(|directive| text.push_str(&format!("{directive}\n")));
            text + &entries.concat()
        },
    )
}
