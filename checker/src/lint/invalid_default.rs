//! The DEFAULT is no value of the property's type.
//!
//! # What
//!
//! The default of an INT is no integer, that of a BOOLEAN neither TRUE nor FALSE, that of an ENUM none of its literals.
//!
//! # Why
//!
//! Every resource that sets no value would have one that no command accepts. Source: property_attributes(5), "Default",
//! "Enumlist"; for system-defined properties r_properties(5).
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Mode; EXTENSION; ENUM { auto, manual }; DEFAULT = atuo; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Mode; EXTENSION; ENUM { auto, manual }; DEFAULT = auto; }
//! ```

use rtreg_model::{Applicability, Keyword, Level, PropertyKind, PropertyValue, suggest};
use rtreg_parser::Value;

use crate::context::{Context, TableEntry, did_you_mean, has_placeholder};
use crate::edits::{NO_MINUS, is_one_word, meant_boolean, meant_number};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    let (Some(kind), Some(attribute)) = (&entry.kind, entry.get(Keyword::Default)) else { return };
    let Some(value) = attribute.node.single() else { return };
    if is_left_to_others(value, kind) {
        return;
    }
    if let Err(fault) = PropertyValue::parse(kind, &value.as_text()) {
        let of = entry.name.map_or_else(|| "an entry".to_owned(), |name| format!("`{}`", name.to_text()));
        let message = format!("the default of {of} is no {}: {fault}", kind.as_str());
        report.add(value.span, message, |draft| {
            let draft = match entry.kinds().next().filter(|_| entry.extension) {
                Some(declared) => draft.also(declared.node.span, "the type is declared here"),
                None => draft,
            };
            let draft = draft.help(cure(entry, kind, value));
            match meant(kind, value) {
                Some(word) => draft.replace(format!("write `{word}`"), Applicability::Unsafe, value.span, word),
                None => draft,
            }
        });
    }
}

/// Empty defaults and placeholders are the business of other rules.
fn is_left_to_others(value: &Value<'_>, kind: &PropertyKind) -> bool {
    let null = value.text.eq_ignore_ascii_case(b"NULL");
    let empty_literals = matches!(kind, PropertyKind::Enum(literals) if literals.is_empty());
    value.text.is_empty() || null || empty_literals || has_placeholder(value)
}

/// The value of the type that is probably meant.
fn meant(kind: &PropertyKind, value: &Value<'_>) -> Option<String> {
    let text = value.to_text();
    match kind {
        PropertyKind::Boolean => meant_boolean(&text).map(str::to_owned),
        PropertyKind::Int => meant_number(&text),
        PropertyKind::Enum(literals) => {
            let literals = literals.iter().map(String::as_str);
            suggest::only_nearest(&text, literals).filter(|literal| is_one_word(literal.as_bytes())).map(str::to_owned)
        }
        _ => None,
    }
}

fn cure(entry: &TableEntry<'_>, kind: &PropertyKind, value: &Value<'_>) -> String {
    let near = match kind {
        PropertyKind::Enum(literals) => did_you_mean(&value.to_text(), literals.iter().map(String::as_str)),
        PropertyKind::Boolean => did_you_mean(&value.to_text(), ["TRUE", "FALSE"]),
        PropertyKind::Int if meant_number(&value.to_text()).is_some() => Some(NO_MINUS.to_owned()),
        _ => None,
    };
    near.unwrap_or_else(|| match entry.extension {
        true => format!("give a value of type {}, or change the type", kind.as_str()),
        false => format!("give a value of type {}: the type of a system-defined property is fixed", kind.as_str()),
    })
}
