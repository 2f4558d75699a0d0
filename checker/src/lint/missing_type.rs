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

use rtreg_model::{Applicability, Keyword, Level};

use crate::context::{Context, TableEntry, boolean};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    if !entry.extension || entry.standard.is_some() || entry.name.is_none() {
        return;
    }
    if !entry.may_have_kind() {
        let message = format!("expected a type for the extension property `{}`, found none", entry.name_text());
        report.add(entry.name_span(), message, |draft| {
            let draft =
                draft.help("add one of `STRING;`, `BOOLEAN;`, `INT;`, `ENUM { literal, … };` and `STRINGARRAY;`");
            match entry.get(Keyword::Extension).zip(guess(entry)) {
                Some((extension, kind)) => draft.fix(
                    format!("make it {kind} like its other attributes"),
                    Applicability::Unsafe,
                    vec![context.insert_behind(extension.node.span, &format!("{kind};"))],
                ),
                None => draft,
            }
        });
    }
}

/// The type that the other attributes speak for.
fn guess(entry: &TableEntry<'_>) -> Option<&'static str> {
    let has = |keywords: [Keyword; 2]| keywords.into_iter().any(|keyword| entry.get(keyword).is_some());
    let values = entry.get(Keyword::Default).and_then(|attribute| attribute.values());
    let default = values.and_then(|values| values.single()).filter(|value| !value.quoted).map(|value| value.to_text());
    if has([Keyword::ArrayMinsize, Keyword::ArrayMaxsize]) || values.is_some_and(|values| values.list.len() > 1) {
        Some("STRINGARRAY")
    } else if has([Keyword::Minlength, Keyword::Maxlength]) {
        Some("STRING")
    } else if has([Keyword::Min, Keyword::Max]) || default.as_ref().is_some_and(|text| text.parse::<i64>().is_ok()) {
        Some("INT")
    } else {
        default.and_then(|text| boolean(&text)).map(|_| "BOOLEAN")
    }
}
