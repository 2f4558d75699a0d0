//! What holds for any input: checked by the fuzz target and by the seeded property test, written once. Not part of the
//! crate's promise to users.

use rtreg_model::{FileId, Finding, Level, Span};

use crate::syntax::{AttributeValue, Entry, Item, Rtr, Values};
use crate::{SYNTAX_RULES, lower, parse, print};

/// Checks that the tokens cover the source and give it back, that spans lie in bounds and in their parents, that findings
/// are known and in order, and that the printed type reads as the same type.
///
/// # Errors
/// What does not hold.
pub fn check(source: &[u8]) -> Result<(), String> {
    let rtr = parse(source, FileId(0));
    check_tokens(&rtr)?;
    check_items(&rtr)?;
    rtr.findings.iter().try_for_each(|finding| check_finding(finding, source))?;
    ensure(rtr.findings.is_sorted_by_key(|finding| finding.primary.span.start), || "findings are sorted".to_owned())?;
    check_print(&rtr)
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn check_tokens(rtr: &Rtr<'_>) -> Result<(), String> {
    let mut end = 0;
    for token in &rtr.tokens {
        ensure(token.span.start == end && token.span.end > end, || format!("{token:?} does not follow {end}"))?;
        end = token.span.end;
    }
    ensure(end as usize == rtr.source.len(), || format!("tokens end at {end} of {}", rtr.source.len()))?;
    ensure(rtr.to_bytes() == rtr.source, || "tokens give back other bytes".to_owned())
}

fn check_items(rtr: &Rtr<'_>) -> Result<(), String> {
    let mut end = 0;
    for item in &rtr.items {
        let span = match item {
            Item::Declaration(declaration) => {
                inside(declaration.name.span, declaration.span)?;
                declaration.values.iter().try_for_each(|values| check_values(rtr, values, declaration.span))?;
                declaration.span
            }
            Item::Directive(directive) => {
                inside(directive.word.span, directive.span)?;
                directive.span
            }
            Item::Entry(entry) => {
                check_entry(rtr, entry)?;
                entry.span
            }
            Item::Stray(stray) => stray.span,
        };
        ensure(span.start >= end && !span.is_empty(), || format!("{item:?} starts before {end} or is empty"))?;
        end = span.end;
    }
    ensure(end as usize <= rtr.source.len(), || format!("items end at {end}"))
}

fn check_entry(rtr: &Rtr<'_>, entry: &Entry<'_>) -> Result<(), String> {
    entry.strays.iter().try_for_each(|stray| inside(stray.span, entry.span))?;
    let mut end = entry.span.start;
    for attribute in &entry.attributes {
        ensure(attribute.span.start >= end, || format!("{attribute:?} starts before {end}"))?;
        end = attribute.span.end;
        inside(attribute.span, entry.span)?;
        inside(attribute.name.span, attribute.span)?;
        match &attribute.value {
            AttributeValue::Flag => {}
            AttributeValue::Values(values) | AttributeValue::Literals(values) => {
                check_values(rtr, values, attribute.span)?;
            }
        }
    }
    Ok(())
}

fn check_values(rtr: &Rtr<'_>, values: &Values<'_>, parent: Span) -> Result<(), String> {
    inside(values.span, parent)?;
    for value in &values.list {
        inside(value.span, values.span)?;
        let written = rtr.text(value.span);
        ensure(written.len() >= value.text.len(), || format!("{value:?} is longer than what is written"))?;
    }
    Ok(())
}

fn inside(span: Span, parent: Span) -> Result<(), String> {
    ensure(parent.start <= span.start && span.end <= parent.end, || format!("{span:?} is not inside of {parent:?}"))
}

fn check_finding(finding: &Finding, source: &[u8]) -> Result<(), String> {
    let known = SYNTAX_RULES.iter().any(|(id, _)| *id == finding.rule);
    ensure(known, || format!("{} is not in the table", finding.rule))?;
    let labels = std::iter::once(&finding.primary).chain(&finding.secondary).map(|label| label.span);
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
    let mut end = 0;
    for edit in edits.clone() {
        ensure(edit.span.start >= end, || format!("edits of {finding:?} overlap"))?;
        end = edit.span.end;
    }
    for span in labels.chain(edits.map(|edit| edit.span)) {
        ensure(span.start <= span.end && span.end as usize <= source.len(), || format!("{span:?} of {finding:?}"))?;
    }
    Ok(())
}

fn check_print(rtr: &Rtr<'_>) -> Result<(), String> {
    let has_errors = rtr.findings.iter().any(|finding| finding.level == Level::Error);
    let Some(resource_type) = lower(rtr).filter(|_| !has_errors) else {
        return Ok(());
    };
    let text = print(&resource_type);
    let again = parse(text.as_bytes(), FileId(0));
    ensure(again.findings.is_empty(), || format!("the printed type has findings: {:?}\n{text}", again.findings))?;
    ensure(lower(&again).as_ref() == Some(&resource_type), || format!("the printed type is another:\n{text}"))?;
    let twice = lower(&again).map(|resource_type| print(&resource_type));
    ensure(twice.as_ref() == Some(&text), || "printing is no fixed point".to_owned())
}
