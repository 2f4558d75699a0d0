//! The timeout of a method has a MAX.
//!
//! # What
//!
//! The entry of a `<method>_timeout` property has the attribute MAX, whatever its value.
//!
//! # Why
//!
//! An administrator must be able to give a slow method more time; MAX is not allowed there. Source: property_attributes(5),
//! "Max".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Start_timeout; MIN = 60; MAX = 300; DEFAULT = 120; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Start_timeout; MIN = 60; DEFAULT = 120; }
//! ```

use rtreg_model::{Applicability, Keyword, Level};

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    if entry.timeout_of().is_none() {
        return;
    }
    if let Some(max) = entry.get(Keyword::Max) {
        let message = format!("expected no MAX for the method timeout `{}`", entry.name_text());
        report.add(max.node.span, message, |draft| {
            draft.help("remove MAX").fix("delete MAX", Applicability::Safe, vec![context.delete(max.node.span)])
        });
    }
}
