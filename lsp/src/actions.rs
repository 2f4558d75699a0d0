//! What can be done about the findings at a place: their cures, the comment that allows them, all sure cures of the file. A cure
//! is offered under the same conditions under which the command line applies it.

use gen_lsp_types::{CodeAction, CodeActionContext, CodeActionKind, CodeActionTriggerKind, Range};
use rtreg_checker::{assist, fix};
use rtreg_model::{Applicability, Finding, Fix, Span};

use crate::document::Document;
use crate::{diagnostics, edits};

/// The kind of "all sure cures of the file"; clients that ask for `source.fixAll` get it, too.
pub(crate) const FIX_ALL: &str = "source.fixAll.rtreg";

/// Of so many findings of a range the cures are offered; where there are more, all sure ones together are what is wanted. Each
/// costs some looks at the whole text, and editors ask whenever the cursor moves.
const FINDINGS_MAX: usize = 30;

/// The actions for a range. `check` tells what is found in a text.
pub(crate) fn actions(
    document: &Document,
    range: Range,
    context: &CodeActionContext,
    check: impl FnMut(&str) -> Vec<Finding>,
) -> Vec<CodeAction> {
    let only = context.only.as_deref();
    let wanted = |kind: &str| only.is_none_or(|only| only.iter().any(|parent| is_of(kind, &parent.to_string())));
    let is_asked = only.is_some() || context.trigger_kind != Some(CodeActionTriggerKind::Automatic);
    let mut actions = Vec::new();
    if wanted("quickfix") {
        let span = document.text.span(range);
        let here = document.findings.iter().filter(|finding| reach(finding).touches(span));
        let here: Vec<&Finding> = here.take(FINDINGS_MAX).collect();
        actions.extend(here.iter().filter_map(|finding| cure(document, finding)));
        actions.extend(here.iter().filter_map(|finding| allow(document, finding)));
    }
    if wanted(FIX_ALL) && is_asked {
        actions.extend(fix_all(document, check));
    }
    actions
}

/// Where a cursor is at a finding: what is missing is reached from both sides, because a cursor may not be able to stand behind
/// the last character of a line.
fn reach(finding: &Finding) -> Span {
    let span = finding.primary.span;
    if span.is_empty() { Span::new(span.start.saturating_sub(1), span.end.saturating_add(1)) } else { span }
}

/// Whether a kind is another one or one of its kinds: `source.fixAll` of `source`.
fn is_of(kind: &str, parent: &str) -> bool {
    parent.is_empty() || kind.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn quick_fix(document: &Document, finding: &Finding, title: String, fix: &Fix) -> CodeAction {
    CodeAction {
        title,
        kind: Some(CodeActionKind::QuickFix),
        diagnostics: Some(vec![diagnostics::one(document, finding)]),
        edit: Some(document.workspace_edit(edits::of_fix(&document.text, &fix.edits))),
        ..CodeAction::default()
    }
}

/// The cure of a finding, unless a comment would be lost by it or the text be worse.
fn cure(document: &Document, finding: &Finding) -> Option<CodeAction> {
    let cure = fix::applicable(finding, Applicability::Unsafe)?;
    let one = std::slice::from_ref(finding);
    if fix::apply(document.text.as_str().as_bytes(), one, Applicability::Unsafe).applied.is_empty() {
        return None;
    }
    let is_safe = cure.applicability == Applicability::Safe;
    let title = if is_safe { cure.title.clone() } else { format!("{} (unsafe)", cure.title) };
    let action = quick_fix(document, finding, title, cure);
    Some(CodeAction { is_preferred: Some(is_safe), ..action })
}

fn allow(document: &Document, finding: &Finding) -> Option<CodeAction> {
    let fix = assist::allow(&document.rtr(), &document.options, finding)?;
    let action = quick_fix(document, finding, fix.title.clone(), &fix);
    Some(CodeAction { is_preferred: Some(false), ..action })
}

fn fix_all(document: &Document, mut check: impl FnMut(&str) -> Vec<Finding>) -> Option<CodeAction> {
    let find = |text: &[u8]| check(&String::from_utf8_lossy(text));
    let fixed = fix::converge(document.text.as_str().as_bytes(), Applicability::Safe, find);
    let text = String::from_utf8(fixed.bytes).ok().filter(|_| !fixed.applied.is_empty())?;
    let title = match fixed.applied.len() {
        1 => "rtreg: 1 safe fix of the file".to_owned(),
        count => format!("rtreg: all {count} safe fixes of the file"),
    };
    Some(CodeAction {
        title,
        kind: Some(CodeActionKind::Custom(FIX_ALL.into())),
        edit: Some(document.workspace_edit(edits::between(&document.text, &text))),
        ..CodeAction::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_of_themselves_and_of_those_above() {
        for (kind, parent, expected) in [
            (FIX_ALL, "source", true),
            (FIX_ALL, "source.fixAll", true),
            (FIX_ALL, FIX_ALL, true),
            (FIX_ALL, "", true),
            (FIX_ALL, "source.fix", false),
            (FIX_ALL, "quickfix", false),
            ("quickfix", "quickfix", true),
            ("quickfix", "quickfix.more", false),
        ] {
            assert_eq!(is_of(kind, parent), expected, "{kind} {parent}");
        }
    }
}
