//! The timeout of a method has a MIN of 0.
//!
//! # What
//!
//! The entry of a `<method>_timeout` property has MIN = 0, or less.
//!
//! # Why
//!
//! A method with no time to run would always fail; MIN = 0 is not allowed there. Source: property_attributes(5), "Min".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Start_timeout; MIN = 0; DEFAULT = 120; }
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

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    if entry.timeout_of().is_none() {
        return;
    }
    let Some((min, span)) = entry.limit(Keyword::Min).filter(|&(min, _)| min <= 0) else { return };
    let message = format!("expected a MIN of at least 1 second for the method timeout `{}`, found {min}", entry.name_text());
    report.add(span, message, |draft| {
        draft
            .help("give the shortest time in which the method can succeed, in seconds")
            .replace("write `1`", Applicability::Unsafe, span, "1")
    });
}
