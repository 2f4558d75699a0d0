//! The cure of what stands in the wrong part of the file: its lines are moved, comments between them too. Finds nothing itself.

use rtreg_model::{Applicability, Edit, Finding, Span};

use crate::syntax::Item;

/// Gives a fix to each finding about a run of declarations or directives in the wrong place; `table` is where the property
/// table starts.
pub(crate) fn add_fixes(source: &[u8], items: &[Item<'_>], table: Option<Span>, findings: &mut [Finding]) {
    let misplaced = |finding: &&mut Finding| finding.rule.starts_with("misplaced_");
    for finding in findings.iter_mut().filter(misplaced) {
        let directive = finding.rule == "misplaced_directive";
        let run = finding.primary.span;
        let is_anchor = |item: &&Item<'_>| match item {
            Item::Declaration(_) => true,
            Item::Directive(it) => directive && (it.span.end <= run.start || it.span.start >= run.end),
            _ => false,
        };
        let end = table.map_or(u32::MAX, |table| table.start);
        let anchor = items.iter().filter(is_anchor).map(span_of).take_while(|span| span.end <= end).last();
        if let Some(edits) = anchor.and_then(|anchor| moved(source, run, anchor, directive)) {
            let title =
                if directive { "move it behind the type properties" } else { "move it above the property table" };
            *finding = finding.clone().fix(title, Applicability::Safe, edits);
        }
    }
}

fn span_of(item: &Item<'_>) -> Span {
    match item {
        Item::Declaration(it) => it.span,
        Item::Directive(it) => it.span,
        Item::Entry(it) => it.span,
        Item::Stray(it) => it.span,
    }
}

/// The edits that move the lines of a run behind the line of the anchor.
fn moved(source: &[u8], run: Span, anchor: Span, directive: bool) -> Option<Vec<Edit>> {
    let taken = lines_of(source, run);
    let text = std::str::from_utf8(Span::new(run.start, taken.end.max(run.end)).slice(source)).ok()?.trim_end();
    let is_comment = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    if directive && !text.lines().all(is_comment) {
        return None;
    }
    let behind = Span::new(anchor.end, u32::MAX).slice(source);
    let rest = behind.get(..line_length(behind)).unwrap_or_default().trim_ascii();
    let alone = rest.is_empty() || (rest.starts_with(b"#") && !rest.starts_with(b"#$"));
    let edit = if alone {
        let trailing = behind.get(..line_length(behind)).unwrap_or_default().trim_ascii_end().len();
        Edit::new(Span::at(anchor.end + number(trailing)), format!("\n{text}"))
    } else {
        Edit::new(Span::at(anchor.end), format!("\n{text}\n"))
    };
    let mut edits = vec![edit, Edit::new(taken, String::new())];
    edits.sort_unstable_by_key(|edit| edit.span.start);
    Some(edits)
}

/// The whole lines of a span with the comment behind it, if nothing else is on them; else the span.
fn lines_of(source: &[u8], span: Span) -> Span {
    let before = Span::new(0, span.start).slice(source);
    let blanks = before.iter().rev().take_while(|byte| b" \t".contains(byte)).count();
    let behind = Span::new(span.end, u32::MAX).slice(source);
    let length = line_length(behind);
    let rest = behind.get(..length).unwrap_or_default().trim_ascii();
    let starts = before.len() == blanks || before.get(before.len() - blanks - 1) == Some(&b'\n');
    if starts && (rest.is_empty() || (rest.starts_with(b"#") && !rest.starts_with(b"#$"))) {
        let line_end = usize::from(behind.len() > length);
        Span::new(span.start - number(blanks), span.end + number(length + line_end))
    } else {
        span
    }
}

/// The length of the first line without its end.
fn line_length(text: &[u8]) -> usize {
    text.iter().position(|&byte| byte == b'\n').unwrap_or(text.len())
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
