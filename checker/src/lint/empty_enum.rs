//! An ENUM has no literals.
//!
//! # What
//!
//! `ENUM;` or `ENUM { };`.
//!
//! # Why
//!
//! No value of the property would be permitted. Source: property_attributes(5), "Enumlist".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Mode; EXTENSION; ENUM { }; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Mode; EXTENSION; ENUM { auto, manual }; }
//! ```

use rtreg_model::{Keyword, Level};
use rtreg_parser::AttributeValue;

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    for attribute in entry.sound() {
        let empty = match &attribute.node.value {
            AttributeValue::Flag => true,
            AttributeValue::Literals(literals) => literals.list.iter().all(|literal| literal.text.is_empty()),
            _ => false,
        };
        if empty && attribute.keyword == Some(Keyword::Enum) {
            report.add(attribute.node.span, "expected the literals of the enumeration, found none", |draft| {
                draft.help("write `ENUM { first, second };`")
            });
        }
    }
}
