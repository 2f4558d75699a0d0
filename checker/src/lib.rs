//! Checks of RTR files: what makes a type ambiguous or unregistrable, and what is probably a mistake; with places, words
//! and cures. One rule is one file in `lint/`. This crate never does IO.
//!
//! ```
//! use rtreg_checker::{LintOptions, lint};
//! use rtreg_model::FileId;
//!
//! let rtr = rtreg_parser::parse(b"Resource_type = web; RT_version = \"1\"; Start = /opt/web/start;", FileId(0));
//! let findings = lint(&rtr, &LintOptions::default());
//! assert_eq!(findings.first().map(|finding| finding.rule), Some("missing_stop_method"));
//! ```

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod assist;
pub mod baseline;
pub mod catalogue;
mod compat;
mod context;
mod edits;
mod explain;
pub mod fix;
pub mod levels;
mod limits;
mod lint;
mod notes;
mod pair;
mod placeholders;
pub mod promise;
pub mod report;
mod rule_text;
pub mod suppress;

use rtreg_model::Finding;
use rtreg_parser::Rtr;

use levels::Levels;

pub use compat::{CompatRule, compare, compat_rule, compat_rules, overwrites};
pub use context::LintOptions;
pub use explain::{Explanation, explanation, explanations, page, page_url};
pub use lint::{Rule, Set, lint, rule, rules};
pub use notes::admin_notes;
pub use pair::{MethodFiles, Version};

/// What a person is to see of a file: [`lint`] with all rules, without what comments take out, and of that what is wanted,
/// at its level.
pub fn check(rtr: &Rtr<'_>, options: &LintOptions, levels: &Levels) -> Vec<Finding> {
    levels.apply(suppress::apply(rtr, lint(rtr, &options.set(Set::All))))
}
