//! A literal stands twice in one ENUM.
//!
//! # What
//!
//! The braces of an ENUM name the same literal more than once; case does not count.
//!
//! # Why
//!
//! A value could not be told from its double: values of properties are compared in any case. Source: property_attributes(5),
//! "Enumlist"; our reading, the manuals are silent.
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Mode; EXTENSION; ENUM { auto, manual, Auto }; DEFAULT = auto; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Mode; EXTENSION; ENUM { auto, manual }; DEFAULT = auto; }
//! ```

use std::collections::BTreeMap;

use rtreg_model::{Applicability, Level, Span};

use crate::context::{Context, TableEntry, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    for literals in entry.sound().filter_map(|attribute| attribute.literals()) {
        let mut seen = BTreeMap::new();
        let mut before = literals.span;
        for literal in &literals.list {
            // From the end of the literal before: the comma goes too.
            let gap = Span::new(before.end, literal.span.end);
            before = literal.span;
            let seen = seen.insert(literal.text.to_ascii_lowercase(), (literal.span, literal.text));
            if let Some((first, text)) = seen {
                let message = format!("expected each literal once, found {} again", quote(literal.text));
                report.add(literal.span, message, |draft| {
                    let draft = draft.also(first, "the first one is here").help("remove one of the two");
                    let sure = if text == literal.text { Applicability::Safe } else { Applicability::Unsafe };
                    draft.replace("delete the second one", sure, gap, "")
                });
            }
        }
    }
}
