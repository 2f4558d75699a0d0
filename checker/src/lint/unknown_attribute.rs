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

use rtreg_model::Level;
use rtreg_model::standard::{ATTRIBUTES, KIND_KEYWORDS, type_property};

use crate::context::{Context, TableAttribute, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let attributes = context.entries.iter().flat_map(|entry| &entry.attributes);
    for attribute in attributes.filter(|attribute| attribute.sound && attribute.keyword.is_none()) {
        let message = format!("expected an attribute of a property, found {}", quote(attribute.node.name.text));
        report.add(attribute.node.name.span, message, |draft| draft.help(cure(attribute)));
    }
}

fn cure(attribute: &TableAttribute<'_>) -> String {
    if let Some(meant) = attribute.meant {
        return format!("did you mean `{meant}`?");
    }
    match type_property(&attribute.node.name.to_text()) {
        Some(property) => format!("{} is a type property: declare it above the property table", property.name),
        None => format!("the attributes are {} and the types {}", ATTRIBUTES.join(", "), KIND_KEYWORDS.join(", ")),
    }
}
