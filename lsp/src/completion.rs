//! The words that could stand at the cursor, in the words of the checker.

use gen_lsp_types::{CompletionItem, CompletionItemKind, Documentation, MarkupContent, MarkupKind, Position, TextEdit};
use rtreg_checker::assist::{self, Candidate, CandidateKind};

use crate::document::Document;

/// The candidates at a place. A blank asks only for what comes behind one: who indents a line wants no list of names.
pub(crate) fn complete(document: &Document, position: Position, trigger: Option<&str>) -> Vec<CompletionItem> {
    let at = document.text.at(position);
    let candidates = assist::complete(&document.rtr(), document.options.target, at);
    let is_name = |kind| matches!(kind, CandidateKind::TypeProperty | CandidateKind::Method | CandidateKind::Attribute);
    let wanted = |candidate: &Candidate| trigger != Some(" ") || !is_name(candidate.kind);
    candidates
        .into_iter()
        .filter(wanted)
        .enumerate()
        .map(|(number, candidate)| item(document, number, candidate))
        .collect()
}

fn item(document: &Document, number: usize, candidate: Candidate) -> CompletionItem {
    let about = MarkupContent { kind: MarkupKind::Markdown, value: candidate.about };
    let documentation = (!about.value.is_empty()).then_some(Documentation::MarkupContent(about));
    let range = document.text.range(candidate.span);
    CompletionItem {
        label: candidate.text.clone(),
        kind: Some(kind(candidate.kind)),
        detail: (!candidate.detail.is_empty()).then_some(candidate.detail),
        documentation,
        // The order of the tables; editors sort by label otherwise.
        sort_text: Some(format!("{number:04}")),
        filter_text: Some(candidate.text.clone()),
        text_edit: Some(TextEdit { range, new_text: candidate.text }.into()),
        ..CompletionItem::default()
    }
}

fn kind(kind: CandidateKind) -> CompletionItemKind {
    match kind {
        CandidateKind::TypeProperty => CompletionItemKind::Field,
        CandidateKind::Method => CompletionItemKind::Method,
        CandidateKind::Property => CompletionItemKind::Property,
        CandidateKind::Attribute | CandidateKind::Directive => CompletionItemKind::Keyword,
        CandidateKind::Value => CompletionItemKind::EnumMember,
        _ => CompletionItemKind::Text,
    }
}
