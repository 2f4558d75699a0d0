//! What editors are told, on every example: each name that stands in a good file is offered where it stands and described, and no
//! place in any file, or in any beginning of one, is too odd to be asked about.

use rtreg_checker::assist::{complete, describe};
use rtreg_model::standard::{STANDARD_PROPERTIES, TYPE_PROPERTIES};
use rtreg_model::{FileId, Release, Span};
use rtreg_parser::{DirectiveKind, Rtr, parse};
use rtreg_tests::{good_examples, rtr_files, suite};

/// The closed words of a file: where each stands.
fn words(rtr: &Rtr<'_>) -> Vec<Span> {
    let is_type_property = |name: &str| TYPE_PROPERTIES.iter().any(|row| row.name.eq_ignore_ascii_case(name));
    let is_standard = |name: &str| STANDARD_PROPERTIES.iter().any(|row| row.name.eq_ignore_ascii_case(name));
    let names = rtr.declarations().filter(|it| is_type_property(&it.name.to_text())).map(|it| it.name.span);
    let booleans = rtr.declarations().filter(|it| it.boolean().is_some());
    let booleans = booleans.filter_map(|it| Some(it.values.as_ref()?.single()?.span));
    let tunabilities = rtr.directives().filter_map(|directive| match &directive.kind {
        DirectiveKind::UpgradeFrom { tunability, .. } => tunability.map(|word| word.span),
        _ => None,
    });
    let entries = rtr.entries().flat_map(|entry| {
        let keywords = entry.attributes.iter().map(|attribute| attribute.name.span);
        let property = entry.property().filter(|name| !entry.is_extension() && is_standard(&name.to_text()));
        let tunable = entry.attribute("TUNABLE").and_then(|attribute| attribute.single());
        keywords.chain(property.map(|name| name.span)).chain(tunable.map(|word| word.span)).collect::<Vec<_>>()
    });
    names.chain(booleans).chain(tunabilities).chain(entries).collect()
}

#[test]
fn every_closed_word_of_a_good_example_is_offered_where_it_stands_and_described() {
    let mut looked_at = 0;
    for path in good_examples() {
        let source = std::fs::read(&path).expect("an example can be read");
        let rtr = parse(&source, FileId(0));
        for span in words(&rtr) {
            let word = String::from_utf8_lossy(rtr.text(span)).into_owned();
            let place = format!("{}: {word} at byte {}", path.display(), span.start);
            // Behind its first letter, as if it were being written.
            let offered = complete(&rtr, Release::V4, span.start + 1);
            assert!(offered.iter().any(|it| it.text.eq_ignore_ascii_case(&word)), "{place}: {offered:?}");
            let text = describe(&rtr, span.start + 1).map(|it| it.text).unwrap_or_default();
            assert!(!text.is_empty(), "{place}");
            looked_at += 1;
        }
    }
    assert!(looked_at > 1000, "{looked_at} words");
}

#[test]
fn every_place_of_every_file_can_be_asked_about() {
    let mut answered = 0;
    for path in rtr_files(&suite("..").join("rtr-examples/broken")) {
        let source = std::fs::read(&path).expect("an example can be read");
        let rtr = parse(&source, FileId(0));
        let end = u32::try_from(source.len()).expect("a small file");
        for at in (0..=end).chain([end + 1, u32::MAX]) {
            let described = describe(&rtr, at);
            assert!(
                described.iter().all(|it| it.span.start <= it.span.end && it.span.end <= end),
                "{}",
                path.display()
            );
            let offered = complete(&rtr, Release::V3_0, at);
            assert!(offered.iter().all(|it| it.span.start <= at && at <= it.span.end), "{}: {at}", path.display());
            answered += offered.len() + usize::from(described.is_some());
        }
    }
    assert!(answered > 10_000, "{answered} answers");
}

#[test]
fn a_file_that_is_being_written_can_be_asked_about_at_its_end() {
    let path = suite("..").join("rtr-examples/web/2.0/XMPL.web.rtr");
    let source = std::fs::read(path).expect("an example can be read");
    let mut answered = 0;
    for end in 0..=source.len() {
        let rtr = parse(&source[..end], FileId(0));
        let at = u32::try_from(end).expect("a small file");
        answered += complete(&rtr, Release::V4, at).len();
        let _ = describe(&rtr, at);
    }
    assert!(answered > 1000, "{answered} answers");
}
