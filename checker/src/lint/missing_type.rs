//! An extension property has no type.
//!
//! # What
//!
//! An entry with EXTENSION names none of STRING, BOOLEAN, INT, ENUM and STRINGARRAY.
//!
//! # Why
//!
//! The type of an extension property is not predetermined, so the entry must say it. Source: rt_reg(4), "Resource Property
//! Declarations".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; DEFAULT = 80; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! ```

use rtreg_model::Level;
use rtreg_model::standard::KIND_KEYWORDS;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for entry in context.entries.iter().filter(|entry| entry.extension && entry.standard.is_none()) {
        if !KIND_KEYWORDS.iter().any(|keyword| entry.may_have(keyword)) {
            let message = format!("expected a type for the extension property `{}`, found none", entry.name_text());
            report.add(entry.name_span(), message, |draft| {
                draft.help("add one of `STRING;`, `BOOLEAN;`, `INT;`, `ENUM { literal, … };` and `STRINGARRAY;`")
            });
        }
    }
}
