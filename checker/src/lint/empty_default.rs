//! The DEFAULT of a BOOLEAN, INT or ENUM is empty.
//!
//! # What
//!
//! `DEFAULT = ;`, `DEFAULT = "";` or `DEFAULT = NULL;` on a property that is no string and no list.
//!
//! # Why
//!
//! "NULL and the empty string are not allowed" for these types. Source: property_attributes(5), "Default".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = ""; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; }
//! ```

use rtreg_model::{Applicability, Keyword, Level, PropertyKind};
use rtreg_parser::{Value, Values};

use crate::context::{Context, TableEntry, is_blank};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    let Some(kind @ (PropertyKind::Boolean | PropertyKind::Int | PropertyKind::Enum(_))) = &entry.kind else { return };
    let Some(attribute) = entry.get(Keyword::Default) else { return };
    if attribute.values().is_some_and(|values| is_blank(values) || is_null(values, kind)) {
        let name = entry.name_text();
        let message = format!("expected a default of type {} for `{name}`, found an empty one", kind.as_str());
        report.add(attribute.node.span, message, |draft| {
            draft
                .help("give a value, or leave DEFAULT out")
                .fix("delete DEFAULT", Applicability::Unsafe, vec![context.delete(attribute.node.span)])
        });
    }
}

/// An ENUM may have a literal NULL of its own.
fn is_null(values: &Values<'_>, kind: &PropertyKind) -> bool {
    let null = |value: &Value<'_>| value.text.eq_ignore_ascii_case(b"NULL");
    let literal = matches!(kind, PropertyKind::Enum(literals) if literals.iter().any(|literal| literal == "NULL"));
    values.single().is_some_and(null) && !literal
}
