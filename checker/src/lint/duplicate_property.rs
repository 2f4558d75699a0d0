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

use rtreg_model::{Applicability, Level};
use rtreg_parser::Entry;

use crate::context::{Context, TableEntry, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let mut seen = BTreeMap::new();
    for (entry, name) in context.entries.iter().filter_map(|entry| entry.name.map(|name| (entry, name))) {
        let first: &TableEntry<'_> = seen.entry(name.text.to_ascii_lowercase()).or_insert(entry);
        if first.node.span != entry.node.span {
            let message = format!("expected one entry for each property, found a second one for {}", quote(name.text));
            report.add(name.span, message, |draft| {
                let draft = draft.also(first.name_span(), "the first entry is here");
                let draft = draft.help("keep one entry, with the attributes of both");
                match first.whole && entry.whole && says_the_same(first.node, entry.node) {
                    true => draft.fix("delete the second entry", Applicability::Safe, vec![context.delete(entry.node.span)]),
                    false => draft,
                }
            });
        }
    }
}

/// Whether two entries have the same attributes in the same order.
fn says_the_same(first: &Entry<'_>, second: &Entry<'_>) -> bool {
    first.attributes.len() == second.attributes.len()
        && first.attributes.iter().zip(&second.attributes).all(|(first, second)| first.says(second))
}
