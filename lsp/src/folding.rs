//! What can be folded: entries and other statements of several lines, directives in a row, comments in a row.

use gen_lsp_types::{FoldingRange, FoldingRangeKind};
use rtreg_model::Span;
use rtreg_parser::{Item, Rtr, TokenKind};

use crate::document::Document;

/// The ranges, by their first line.
pub(crate) fn folding(document: &Document) -> Vec<FoldingRange> {
    let rtr = document.rtr();
    let mut ranges = Vec::new();
    let mut add = |span: Span, kind: Option<FoldingRangeKind>| {
        let range = document.text.range(span);
        if range.start.line < range.end.line {
            ranges.push(FoldingRange {
                start_line: range.start.line,
                end_line: range.end.line,
                kind,
                ..FoldingRange::default()
            });
        }
    };
    for item in &rtr.items {
        match item {
            Item::Declaration(declaration) => add(declaration.span, None),
            Item::Entry(entry) => add(entry.span, None),
            _ => {}
        }
    }
    rows(&rtr, TokenKind::Directive).into_iter().for_each(|row| add(row, Some(FoldingRangeKind::Region)));
    rows(&rtr, TokenKind::Comment).into_iter().for_each(|row| add(row, Some(FoldingRangeKind::Comment)));
    ranges.sort_by_key(|range| (range.start_line, range.end_line));
    ranges
}

/// Tokens of a kind that stand on lines of their own, one below the other.
fn rows(rtr: &Rtr<'_>, kind: TokenKind) -> Vec<Span> {
    let mut rows: Vec<Span> = Vec::new();
    let mut is_next = false;
    let mut on_line = false;
    for token in &rtr.tokens {
        if token.kind == TokenKind::White {
            let ends = rtr.text(token.span).iter().filter(|&&byte| byte == b'\n').count();
            is_next &= ends <= 1;
            on_line &= ends == 0;
        } else if token.kind == kind && !on_line {
            match rows.last_mut().filter(|_| is_next) {
                Some(row) => row.end = token.span.end,
                None => rows.push(token.span),
            }
            (is_next, on_line) = (true, true);
        } else {
            (is_next, on_line) = (false, true);
        }
    }
    rows
}
