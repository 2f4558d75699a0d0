//! What the server asks of the one who runs it: what is to be said of a file under the settings that hold for it. It knows
//! no settings itself.

use std::path::Path;

use rtreg_checker::LintOptions;
use rtreg_model::Finding;

/// What is found in a text.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Checked {
    /// The findings about the text, as a person is to see them, in the order of their places.
    pub findings: Vec<Finding>,
    /// What the rules were asked.
    pub options: LintOptions,
    /// Why the settings could not be used; the findings are then those of the defaults.
    pub trouble: Option<String>,
}

impl Checked {
    /// Findings under settings that could be used.
    pub const fn new(findings: Vec<Finding>, options: LintOptions) -> Self {
        Self { findings, options, trouble: None }
    }

    /// With words about settings that could not be used.
    #[must_use]
    pub fn trouble(mut self, words: impl Into<String>) -> Self {
        self.trouble = Some(words.into());
        self
    }
}

/// Says what holds for files.
pub trait Host {
    /// What is found in a text that is, or is about to be, the content of `path`; none for a text without a file. Settings
    /// that changed since the last call are seen.
    fn check(&mut self, path: Option<&Path>, text: &str) -> Checked;
}
