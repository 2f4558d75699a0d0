//! A property has two entries in the table.
//!
//! # What
//!
//! Two entries have the same name behind PROPERTY; case does not count.
//!
//! # Why
//!
//! Which of the two counts is not defined by the manuals, and names of properties are compared in any case. Source: our
//! reading of rt_reg(4), "Resource Property Declarations".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; }
//! { PROPERTY = Retry_Count; DEFAULT = 3; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 3; }
//! ```

use std::collections::BTreeMap;

use rtreg_model::Level;

use crate::context::{Context, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let mut seen = BTreeMap::new();
    for name in context.entries.iter().filter_map(|entry| entry.name) {
        let first = *seen.entry(name.text.to_ascii_lowercase()).or_insert(name.span);
        if first != name.span {
            let message = format!("expected one entry for each property, found a second one for {}", quote(name.text));
            report.add(name.span, message, |draft| {
                draft.also(first, "the first entry is here").help("keep one entry, with the attributes of both")
            });
        }
    }
}
