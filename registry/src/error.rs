//! Why a command of the registry is not carried out.

use std::fmt;

use rtreg_model::Finding;

use crate::store::{Condition, StoreError};

/// A refusal in words: what was expected and found, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// Stable identifier of the rule, snake_case.
    pub rule: &'static str,
    /// One sentence: what was expected and what was found.
    pub message: String,
    /// Objects that it is about, one a line: resources in use, candidates.
    pub details: Vec<String>,
    /// What to do next.
    pub help: Option<String>,
}

impl Refusal {
    /// A refusal; further parts are added by the methods below.
    pub fn new(rule: &'static str, message: impl Into<String>) -> Self {
        Self { rule, message: message.into(), details: Vec::new(), help: None }
    }

    /// What to do next.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// The objects that it is about.
    #[must_use]
    pub fn details(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(lines);
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Why a command of the registry is not carried out. Nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// A rule of the registry refuses (exit 4).
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The request itself is wrong (exit 2).
    #[error("{0}")]
    Usage(Box<Refusal>),
    /// A file has findings at error level (exit 1).
    #[error("the file has errors")]
    Findings(Vec<Finding>),
    /// Others changed what the command had read, again and again (exit 5).
    #[error("the store is busy: others changed what this command had read {attempts} times in a row; try again")]
    Busy {
        /// How often it was tried.
        attempts: u32,
        /// What had changed last.
        condition: Condition,
    },
    /// rtreg contradicts itself (exit 3).
    #[error("internal error: {0}; nothing was changed; please report it with the file that shows it")]
    Internal(String),
    /// The store failed (exit 3).
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CommandError {
    /// The request itself is wrong.
    pub fn usage(refusal: Refusal) -> Self {
        Self::Usage(Box::new(refusal))
    }
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}
