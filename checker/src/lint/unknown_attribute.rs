//! An entry has an attribute that does not exist.
//!
//! # What
//!
//! The keyword is none of those that an entry of the property table knows.
//!
//! # Why
//!
//! The cluster refuses the file. Source: property_attributes(5).
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_count; DEFUALT = 2; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; }
//! ```

use rtreg_model::{Applicability, Keyword, Level, suggest};
use rtreg_model::standard::{ATTRIBUTES, KIND_KEYWORDS, type_property};

use crate::context::{Context, TableAttribute, TableEntry, quote};
use crate::edits::is_one_word;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    for attribute in entry.sound().filter(|attribute| attribute.keyword.is_none()) {
        let message = format!("expected an attribute of a property, found {}", quote(attribute.node.name.text));
        report.add(attribute.node.name.span, message, |draft| {
            let draft = draft.help(cure(entry, attribute));
            match misspelt(entry, attribute) {
                Some(meant) => {
                    draft.replace(format!("write `{meant}`"), Applicability::Safe, attribute.node.name.span, meant)
                }
                None => draft,
            }
        });
    }
}

/// The keyword that is surely meant: no other is as near, and the entry does not have it.
fn misspelt(entry: &TableEntry<'_>, attribute: &TableAttribute<'_>) -> Option<&'static str> {
    let name = attribute.node.name;
    let keywords = ATTRIBUTES.iter().chain(&KIND_KEYWORDS).copied();
    suggest::only_nearest(&name.to_text(), keywords)
        .filter(|meant| attribute.meant.map(Keyword::as_str) == Some(*meant) && is_one_word(name.text))
        .filter(|_| !entry.attributes.iter().any(|other| other.keyword == attribute.meant))
}

fn cure(entry: &TableEntry<'_>, attribute: &TableAttribute<'_>) -> String {
    if let Some(meant) = attribute.meant {
        return format!("did you mean `{meant}`?");
    }
    if entry.in_place_of_property().is_some_and(|first| first.node.span == attribute.node.span) {
        return "begin the entry with the name of the property: `{ PROPERTY = name;`".to_owned();
    }
    if entry.extension && attribute.stands_for_kind() && entry.kinds().next().is_none() {
        return "write one of `STRING;`, `BOOLEAN;`, `INT;`, `ENUM { literal, … };` and `STRINGARRAY;` for the type".to_owned();
    }
    match type_property(&attribute.node.name.to_text()) {
        Some(property) => format!("{} is a type property: declare it above the property table", property.name),
        None => format!("the attributes are {} and the types {}", ATTRIBUTES.join(", "), KIND_KEYWORDS.join(", ")),
    }
}
