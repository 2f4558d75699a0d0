//! An extension property has more than one type.
//!
//! # What
//!
//! An entry names two different ones of STRING, BOOLEAN, INT, ENUM and STRINGARRAY.
//!
//! # Why
//!
//! Which of them counts is not defined. Source: rt_reg(4), "Resource Property Declarations".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; INT; STRING; DEFAULT = 80; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! ```

use rtreg_model::Level;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for entry in context.entries.iter().filter(|entry| !entry.is_system()) {
        let Some(first) = entry.kinds().next() else { continue };
        let Some(second) = entry.kinds().find(|kind| kind.sound && kind.keyword != first.keyword) else { continue };
        let message = format!(
            "expected one type for `{}`, found {} and {}",
            entry.name_text(),
            first.keyword.unwrap_or_default(),
            second.keyword.unwrap_or_default()
        );
        report.add(second.node.span, message, |draft| {
            draft.also(first.node.span, "the first type is here").help("keep the type that is meant")
        });
    }
}
