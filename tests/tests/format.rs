//! The formatter on every file there is: formatted twice is formatted once, the type, the comments and the findings are the
//! same; the good examples are in the style.

use std::path::{Path, PathBuf};

use rtreg_checker::lint;
use rtreg_model::{FileId, Level};
use rtreg_parser::{FormatFault, Rtr, TokenKind, format, lower, parse};
use rtreg_tests::{fixture_options, rtr_files, suite};

fn examples() -> PathBuf {
    suite("..").join("rtr-examples")
}

fn comments(rtr: &Rtr<'_>) -> Vec<Vec<u8>> {
    let comments = rtr.tokens.iter().filter(|token| token.kind == TokenKind::Comment);
    comments.map(|token| rtr.text(token.span).trim_ascii_end().to_vec()).collect()
}

/// The rules that speak, sorted: how often each, wherever.
fn rules(source: &[u8]) -> Vec<&'static str> {
    // The formatter writes directives in lower case and mends the bytes of the file as a whole.
    let mended = ["byte_order_mark", "directive_case", "windows_line_ends"];
    let findings = lint(&parse(source, FileId(0)), &fixture_options(source));
    let mut rules: Vec<&str> =
        findings.iter().map(|finding| finding.rule).filter(|rule| !mended.contains(rule)).collect();
    rules.sort_unstable();
    rules
}

/// Checks a file; whether it has no fault of syntax and could be formatted.
fn check(path: &Path) -> bool {
    let name = path.display();
    let source = std::fs::read(path).expect("a file can be read");
    let rtr = parse(&source, FileId(0));
    let text = match format(&rtr) {
        Ok(text) => text,
        Err(FormatFault::Syntax { first, .. }) => {
            assert_eq!(first.level, Level::Error, "{name}");
            return false;
        }
        Err(fault) => panic!("{name}: {fault}"),
    };
    let shown = String::from_utf8_lossy(&text);
    let again = parse(&text, FileId(0));
    assert_eq!(lower(&again), lower(&rtr), "{name}:\n{shown}");
    assert_eq!(comments(&again), comments(&rtr), "{name}:\n{shown}");
    assert_eq!(rules(&text), rules(&source), "{name}:\n{shown}");
    assert_eq!(format(&again).as_deref(), Ok(&*text), "{name}: formatted twice:\n{shown}");
    true
}

#[test]
fn fixtures_and_examples_say_the_same_in_the_style() {
    let mut files = rtr_files(&suite("lint"));
    files.extend(rtr_files(&examples()));
    let formatted = files.iter().filter(|path| check(path)).count();
    assert!(files.len() > 200 && formatted > 150, "{formatted} of {} files formatted", files.len());
    assert!(formatted < files.len(), "some files are broken, and must be left alone");
}

#[test]
fn real_files_say_the_same_in_the_style() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let corpus =
        if corpus.is_dir() { corpus } else { Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus") };
    if !corpus.is_dir() {
        eprintln!("skipped: no corpus");
        return;
    }
    let files = rtr_files(&corpus);
    assert!(!files.is_empty(), "the corpus has files");
    for path in files {
        assert!(check(&path), "{} has no fault of syntax", path.display());
    }
}

#[test]
fn good_examples_are_in_the_style() {
    let broken = examples().join("broken");
    let good: Vec<PathBuf> = rtr_files(&examples()).into_iter().filter(|path| !path.starts_with(&broken)).collect();
    assert!(good.len() >= 16, "{} good examples", good.len());
    for path in good {
        let source = std::fs::read(&path).expect("an example can be read");
        let text = format(&parse(&source, FileId(0))).expect("a good example has no fault of syntax");
        assert!(text == source, "{} is not in the style: `rtreg fmt rtr-examples` brings it into it", path.display());
    }
}
