//! What a check found: plain data, with words, without source text. Reports and editors only map it.

use serde::{Deserialize, Serialize};

use crate::span::{FileId, Span};

/// How much a finding matters.
///
/// ```
/// use rtreg_model::Level;
/// assert!(Level::Note < Level::Warning && Level::Warning < Level::Error);
/// assert_eq!(Level::Error.as_str(), "error");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth knowing; nothing is wrong.
    Note,
    /// Probably a mistake; the file can be registered.
    Warning,
    /// The type is ambiguous or cannot be registered.
    Error,
}

impl Level {
    /// The word used in every output: `error`, `warning`, `note`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A place in a file and what is to be said there; the text may be empty for a primary label.
///
/// ```
/// use rtreg_model::{FileId, Label, Span};
/// let label = Label::new(FileId(0), Span::new(0, 12), "the declaration starts here");
/// assert_eq!(label.span.len(), 12);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Label {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub span: Span,
    /// What is to be said there.
    pub text: String,
}

impl Label {
    /// A place and what is to be said there.
    pub fn new(file: FileId, span: Span, text: impl Into<String>) -> Self {
        Self { file, span, text: text.into() }
    }
}

/// How safe it is to apply a fix without a person looking.
///
/// ```
/// use rtreg_model::Applicability;
/// assert!(Applicability::DisplayOnly < Applicability::Safe);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applicability {
    /// Shown, never applied by a command.
    DisplayOnly,
    /// May change what the file means.
    Unsafe,
    /// Keeps or restores what the author meant.
    Safe,
}

/// Replace the bytes of `span` by `text`.
///
/// ```
/// use rtreg_model::{Edit, Span};
/// let semicolon = Edit::new(Span::at(19), ";");
/// assert!(semicolon.span.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Puts `text` in the place of the bytes of `span`.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }
}

/// A cure: edits of the finding's primary file, in the order of their spans, not overlapping.
///
/// ```
/// use rtreg_model::{Applicability, Edit, FileId, Finding, Level, Span};
/// let finding = Finding::new("missing_semicolon", Level::Error, FileId(0), Span::at(19), "expected `;` behind `web`")
///     .fix("add `;`", Applicability::Safe, vec![Edit::new(Span::at(19), ";")]);
/// let fix = finding.fix.unwrap();
/// assert_eq!((fix.title.as_str(), fix.edits.len()), ("add `;`", 1));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Fix {
    /// What the fix does, for an editor's menu.
    pub title: String,
    /// The edits.
    pub edits: Vec<Edit>,
    /// How safe it is.
    pub applicability: Applicability,
}

impl Fix {
    /// A cure with its words for a menu.
    pub fn new(title: impl Into<String>, applicability: Applicability, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), edits, applicability }
    }
}

/// One fault, where it is, and what to do about it.
///
/// ```
/// use rtreg_model::{FileId, Finding, Level, Span};
/// let finding = Finding::new("missing_semicolon", Level::Error, FileId(0), Span::at(12), "expected `;` behind the value")
///     .help("end the declaration with `;`")
///     .also(FileId(0), Span::new(0, 12), "the declaration starts here");
/// assert_eq!(finding.secondary.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Identifier of the rule, snake_case.
    pub rule: &'static str,
    /// How much it matters.
    pub level: Level,
    /// One sentence: what was expected and what was found.
    pub message: String,
    /// Where it is.
    pub primary: Label,
    /// Places that explain it.
    pub secondary: Vec<Label>,
    /// What to do next.
    pub help: Option<String>,
    /// A cure that a tool can apply.
    pub fix: Option<Fix>,
}

impl Finding {
    /// A finding at a place; further parts are added by the methods below.
    pub fn new(rule: &'static str, level: Level, file: FileId, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            level,
            message: message.into(),
            primary: Label::new(file, span, ""),
            secondary: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// The short text at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// A further place that explains the finding.
    #[must_use]
    pub fn also(mut self, file: FileId, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label::new(file, span, text));
        self
    }

    /// What to do next.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// A cure that a tool can apply.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, applicability: Applicability, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix::new(title, applicability, edits));
        self
    }
}
