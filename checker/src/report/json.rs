//! Findings as JSON, version 1: fields may be added; a removal or another meaning is another version. The JSON Schema
//! comes from the types.

use rtreg_model::{Applicability, Edit, FileId, Finding, Fix, Label, Level, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sources::{Lines, Sources};

/// All findings of a run.
///
/// ```
/// use rtreg_checker::report::{Sources, json::JsonReport};
/// use rtreg_checker::{LintOptions, lint};
///
/// let mut sources = Sources::default();
/// let file = sources.add("SUNW.web", b"Resource_type = web;".to_vec());
/// let findings = lint(&rtreg_parser::parse(sources.text(file), file), &LintOptions::default());
/// let report = JsonReport::new(&findings, &sources, 1);
/// assert_eq!(report.summary.files, 1);
/// assert!(serde_json::to_string(&report).unwrap().starts_with(r#"{"version":1,"findings":["#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct JsonReport {
    /// Of this form: 1.
    pub version: u32,
    /// The findings, by file and place.
    pub findings: Vec<JsonFinding>,
    /// How many there are.
    pub summary: JsonSummary,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct JsonFinding {
    /// Identifier of the rule.
    pub rule: String,
    /// The page about the rule.
    pub url: String,
    /// How much it matters.
    pub level: JsonLevel,
    /// What was expected and what was found.
    pub message: String,
    /// What to do next.
    pub help: Option<String>,
    /// Name of the file, as it was given.
    pub file: String,
    /// Where it is.
    pub span: JsonSpan,
    /// Places that explain it.
    pub related: Vec<JsonRelated>,
    /// A cure that a tool can apply; null where there is none.
    pub fix: Option<JsonFix>,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JsonLevel {
    /// The type is ambiguous or cannot be registered.
    Error,
    /// Probably a mistake.
    Warning,
    /// Worth knowing.
    Note,
}

/// A place that explains a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct JsonRelated {
    /// What is to be said there.
    pub message: String,
    /// Name of the file.
    pub file: String,
    /// Where it is.
    pub span: JsonSpan,
}

/// A cure: edits of the finding's file, in the order of their places, not overlapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct JsonFix {
    /// What it does.
    pub title: String,
    /// How safe it is to apply it without a person looking.
    pub applicability: JsonApplicability,
    /// The edits.
    pub edits: Vec<JsonEdit>,
}

/// How safe it is to apply a cure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JsonApplicability {
    /// Keeps or restores what the author meant.
    Safe,
    /// May change what the file means.
    Unsafe,
    /// To be shown, not applied.
    DisplayOnly,
}

/// The bytes of `span` are replaced by `text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct JsonEdit {
    /// What is replaced; empty for an insertion.
    pub span: JsonSpan,
    /// What stands there afterwards.
    pub text: String,
}

/// A place: bytes from 0, half-open; lines and columns from 1, columns in Unicode scalar values, an invalid byte as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct JsonSpan {
    /// First byte.
    pub start: u32,
    /// First byte behind.
    pub end: u32,
    /// Line of the first byte.
    pub line: u32,
    /// Column of the first byte.
    pub column: u32,
    /// Line of the first byte behind.
    pub end_line: u32,
    /// Column of the first byte behind.
    pub end_column: u32,
}

/// How many files and findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct JsonSummary {
    /// Files that were checked.
    pub files: u64,
    /// Findings at error level.
    pub errors: u64,
    /// Findings at warning level.
    pub warnings: u64,
    /// Findings at note level.
    pub notes: u64,
    /// Findings that a baseline holds; they are not among the others.
    pub known: u64,
}

impl JsonReport {
    /// The report about findings in the order given, after `files` files were checked.
    pub fn new(findings: &[Finding], sources: &Sources, files: usize) -> Self {
        let counts = super::summary(findings);
        Self {
            version: 1,
            findings: findings.iter().map(|finding| JsonFinding::new(finding, sources)).collect(),
            summary: JsonSummary {
                files: files as u64,
                errors: counts.errors as u64,
                warnings: counts.warnings as u64,
                notes: counts.notes as u64,
                known: 0,
            },
        }
    }
}

impl JsonReport {
    /// With the number of findings that a baseline holds.
    #[must_use]
    pub const fn known(mut self, known: u64) -> Self {
        self.summary.known = known;
        self
    }
}

impl JsonFinding {
    fn new(finding: &Finding, sources: &Sources) -> Self {
        Self {
            rule: finding.rule.to_owned(),
            url: crate::page_url(finding.rule),
            level: finding.level.into(),
            message: finding.message.clone(),
            help: finding.help.clone(),
            file: sources.name(finding.primary.file).to_owned(),
            span: sources.span(finding.primary.file, finding.primary.span),
            related: finding.secondary.iter().map(|label| JsonRelated::new(label, sources)).collect(),
            fix: finding.fix.as_ref().map(|fix| JsonFix::new(fix, finding.primary.file, sources)),
        }
    }
}

impl JsonRelated {
    fn new(label: &Label, sources: &Sources) -> Self {
        Self {
            message: label.text.clone(),
            file: sources.name(label.file).to_owned(),
            span: sources.span(label.file, label.span),
        }
    }
}

impl JsonFix {
    fn new(fix: &Fix, file: FileId, sources: &Sources) -> Self {
        let edit = |edit: &Edit| JsonEdit { span: sources.span(file, edit.span), text: edit.text.clone() };
        Self {
            title: fix.title.clone(),
            applicability: match fix.applicability {
                Applicability::Safe => JsonApplicability::Safe,
                Applicability::Unsafe => JsonApplicability::Unsafe,
                Applicability::DisplayOnly => JsonApplicability::DisplayOnly,
            },
            edits: fix.edits.iter().map(edit).collect(),
        }
    }
}

impl From<Level> for JsonLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Note => Self::Note,
        }
    }
}

/// A place in a text that is not among [`Sources`].
///
/// ```
/// let span = rtreg_checker::report::json::span("a = é;\nb".as_bytes(), rtreg_model::Span::new(4, 9));
/// assert_eq!((span.line, span.column, span.end_line, span.end_column), (1, 5, 2, 2));
/// ```
pub fn span(text: &[u8], span: Span) -> JsonSpan {
    Lines::new(text).locate(text, span)
}
