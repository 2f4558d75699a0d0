//! The comment that takes a finding out, where it works.

use rtreg_model::{Applicability, Edit, Finding, Fix, Span};
use rtreg_parser::{Item, Rtr, parse};

use crate::catalogue;
use crate::context::LintOptions;
use crate::lint::{Set, lint};
use crate::report::item_span;
use crate::suppress;

/// A comment that takes the finding out, on a line of its own above what the finding is about; the reason is left to the
/// author. None where no comment can: what is said about comments themselves, and places that a comment does not reach.
///
/// ```
/// use rtreg_checker::{LintOptions, assist::allow, lint};
/// let rtr = rtreg_parser::parse(b"Resource_type = web;\nRT_basedir = bin;\n", rtreg_model::FileId(0));
/// let findings = lint(&rtr, &LintOptions::default());
/// let relative = findings.iter().find(|finding| finding.rule == "relative_basedir").unwrap();
/// let fix = allow(&rtr, &LintOptions::default(), relative).unwrap();
/// assert_eq!(fix.edits[0].text, "# rtreg: allow(relative_basedir) because \n");
/// ```
pub fn allow(rtr: &Rtr<'_>, options: &LintOptions, finding: &Finding) -> Option<Fix> {
    if suppress::RULES.iter().any(|(id, _)| *id == finding.rule) || catalogue::find(finding.rule).is_none() {
        return None;
    }
    let places = places(rtr, finding.primary.span.start);
    let mut edits = places.into_iter().filter_map(|place| comment_above(rtr, place, finding.rule));
    let edit = edits.find(|edit| takes_out(rtr, options, finding, edit))?;
    let title = format!("allow {} here, with a reason", finding.rule);
    Some(Fix::new(title, Applicability::Unsafe, vec![edit]))
}

/// What a comment could stand above: the attribute, and else the whole item.
fn places(rtr: &Rtr<'_>, at: u32) -> Vec<Span> {
    let behind = rtr.items.partition_point(|item| item_span(item).start <= at);
    let item = behind.checked_sub(1).and_then(|index| rtr.items.get(index)).filter(|item| at <= item_span(item).end);
    let Some(item) = item.or_else(|| rtr.items.get(behind)) else { return Vec::new() };
    let attribute = match item {
        Item::Entry(entry) => entry.attributes.iter().find(|it| it.span.start <= at && at <= it.span.end),
        _ => None,
    };
    attribute.map(|attribute| attribute.span).into_iter().chain([item_span(item)]).collect()
}

/// The comment as a line above the place, if nothing stands before it on its line.
fn comment_above(rtr: &Rtr<'_>, place: Span, rule: &str) -> Option<Edit> {
    let before = Span::new(0, place.start).slice(rtr.source);
    let indent: Vec<u8> = before.iter().rev().take_while(|byte| b" \t".contains(byte)).copied().collect();
    let starts = before.len() == indent.len() || before.get(before.len() - indent.len() - 1) == Some(&b'\n');
    let indent = String::from_utf8_lossy(&indent).chars().rev().collect::<String>();
    starts.then(|| Edit::new(Span::at(place.start), format!("# rtreg: allow({rule}) because \n{indent}")))
}

/// Whether there is one finding of the rule less with the comment.
fn takes_out(rtr: &Rtr<'_>, options: &LintOptions, finding: &Finding, edit: &Edit) -> bool {
    let at = edit.span.start as usize;
    let (Some(before), Some(behind)) = (rtr.source.get(..at), rtr.source.get(at..)) else { return false };
    let text = [before, edit.text.as_bytes(), behind].concat();
    let count = |rtr: &Rtr<'_>| {
        let findings = suppress::apply(rtr, lint(rtr, &options.set(Set::All)));
        findings.iter().filter(|other| other.rule == finding.rule).count()
    };
    count(&parse(&text, rtr.file)) < count(rtr)
}
