//! What an editor asks of a place in a file: what the word there means, which words could stand there, and the comment that
//! takes a finding out. The words of the answers stand here; who asks only maps them. It judges nothing.

mod about;
mod allow;
mod complete;
mod describe;
mod statement;

use rtreg_model::Span;

pub use allow::allow;
pub use complete::complete;
pub use describe::describe;

/// What the word at a place means.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Description {
    /// The word, or the part of the file that is described.
    pub span: Span,
    /// In Markdown.
    pub text: String,
}

/// A word that could stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// What is put there.
    pub text: String,
    /// What it replaces: the word that is being written.
    pub span: Span,
    /// What it is.
    pub kind: CandidateKind,
    /// A few words for a list.
    pub detail: String,
    /// In Markdown; may be empty.
    pub about: String,
}

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CandidateKind {
    /// A type property.
    TypeProperty,
    /// A callback method.
    Method,
    /// A resource property.
    Property,
    /// A keyword of an entry.
    Attribute,
    /// A directive.
    Directive,
    /// One of a closed list of values.
    Value,
    /// A part of a comment for rtreg: its verb, or a rule.
    Comment,
}
