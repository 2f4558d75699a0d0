//! An entry does not begin with PROPERTY.
//!
//! # What
//!
//! The first attribute behind `{` is not PROPERTY, or the entry has none.
//!
//! # Why
//!
//! The name of the property must be the first attribute of an entry. Source: rt_reg(4), "Resource Property Declarations".
//!
//! # Example
//!
//! ```text
//! { DEFAULT = 2; PROPERTY = Retry_count; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; }
//! ```

use rtreg_model::{Applicability, Keyword, Level};

use crate::context::{Context, TableEntry, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    match entry.attributes.iter().position(|attribute| attribute.keyword == Some(Keyword::Property)) {
        Some(0) => {}
        Some(at) => {
            let Some((property, first)) = entry.attributes.get(at).zip(entry.attributes.first()) else { return };
            if first.sound && property.sound {
                let found = quote(first.node.name.text);
                let message = format!("expected PROPERTY as the first attribute of the entry, found {found}");
                report.add(first.node.span, message, |draft| {
                    let draft = draft.also(property.node.span, "PROPERTY is here").help("move PROPERTY behind the `{`");
                    match context.move_before(property.node.span, first.node.span) {
                        Some(edits) => draft.fix("move PROPERTY to the front", Applicability::Safe, edits),
                        None => draft,
                    }
                });
            }
        }
        // The unknown attribute is the finding, and its cure names PROPERTY.
        None if entry.in_place_of_property().is_some() => {}
        None if !entry.may_have(Keyword::Property) => {
            report.add(entry.name_span(), "expected PROPERTY in the entry, found none", |draft| {
                draft.help("begin the entry with the name of the property: `{ PROPERTY = name;`")
            });
        }
        None => {}
    }
}
