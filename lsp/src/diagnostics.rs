//! Findings as diagnostics. It words nothing.

use gen_lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location, Uri,
};
use rtreg_model::{Applicability, FileId, Finding, Label, Level};

use crate::document::Document;

/// The diagnostics of a document, in the order of their places.
pub(crate) fn all(document: &Document) -> Vec<Diagnostic> {
    document.findings.iter().map(|finding| one(document, finding)).collect()
}

/// A finding as a diagnostic.
pub(crate) fn one(document: &Document, finding: &Finding) -> Diagnostic {
    let message = match &finding.help {
        Some(help) => format!("{}\n{help}", finding.message),
        None => finding.message.clone(),
    };
    let related: Vec<DiagnosticRelatedInformation> =
        finding.secondary.iter().filter_map(|label| related(document, label)).collect();
    Diagnostic {
        range: document.text.range(finding.primary.span),
        severity: Some(severity(finding.level)),
        code: Some(finding.rule.to_owned().into()),
        code_description: Some(CodeDescription { href: Uri(rtreg_checker::page_url(finding.rule)) }),
        source: Some("rtreg".to_owned()),
        message: message.into(),
        tags: is_superfluous(finding).then(|| vec![DiagnosticTag::Unnecessary]),
        related_information: (!related.is_empty()).then_some(related),
        data: None,
    }
}

fn severity(level: Level) -> DiagnosticSeverity {
    match level {
        Level::Error => DiagnosticSeverity::Error,
        Level::Warning => DiagnosticSeverity::Warning,
        Level::Note => DiagnosticSeverity::Information,
    }
}

/// A place with words; labels without words only mark.
fn related(document: &Document, label: &Label) -> Option<DiagnosticRelatedInformation> {
    if label.text.is_empty() || label.file != FileId(0) {
        return None;
    }
    let location = Location { uri: document.uri.clone(), range: document.text.range(label.span) };
    Some(DiagnosticRelatedInformation { location, message: label.text.clone() })
}

/// Whether the file means the same without what the finding is about, which editors fade: no error, and a sure cure takes it
/// away.
fn is_superfluous(finding: &Finding) -> bool {
    let Some(fix) = finding.fix.as_ref().filter(|fix| fix.applicability == Applicability::Safe) else { return false };
    let place = finding.primary.span;
    let takes = fix.edits.iter().any(|edit| edit.span.start <= place.start && place.end <= edit.span.end);
    finding.level < Level::Error && takes && !place.is_empty() && fix.edits.iter().all(|edit| edit.text.is_empty())
}
