//! Findings for people and for programs: the map from findings and source texts to output, one module a format. No
//! wording of findings is here; only `text` knows miette.

pub mod checkstyle;
pub mod concise;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
mod path;
mod run;
pub mod sarif;
mod sources;
#[cfg(feature = "render")]
pub mod text;
mod xml;

use rtreg_model::{Finding, Level};

pub(crate) use path::item_span;
pub use path::{Outline, path};
pub use run::Run;
pub use sources::Sources;

/// How many findings there are of each level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// At error level.
    pub errors: usize,
    /// At warning level.
    pub warnings: usize,
    /// At note level.
    pub notes: usize,
}

/// Counts findings by level.
///
/// ```
/// use rtreg_checker::{LintOptions, lint, report::summary};
/// let rtr = rtreg_parser::parse(b"Resource_type = web; RT_version = \"1\"; Start = /opt/start;", rtreg_model::FileId(0));
/// let counts = summary(&lint(&rtr, &LintOptions::default()));
/// assert_eq!(counts.errors, 1);
/// ```
pub fn summary(findings: &[Finding]) -> Counts {
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    Counts { errors: count(Level::Error), warnings: count(Level::Warning), notes: count(Level::Note) }
}
