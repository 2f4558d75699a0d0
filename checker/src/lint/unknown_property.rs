//! A property is neither system-defined nor declared with EXTENSION.
//!
//! # What
//!
//! The name behind PROPERTY is not that of a system-defined property, and the entry has no EXTENSION.
//!
//! # Why
//!
//! Without EXTENSION an entry sets attributes of a property that the cluster knows. Source: property_attributes(5),
//! "Extension"; r_properties(5) for the names.
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_cuont; DEFAULT = 2; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; }
//! ```

use rtreg_model::Level;
use rtreg_model::standard::{STANDARD_PROPERTIES, type_property};

use crate::context::{Context, TableEntry, did_you_mean, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for entry in context.entries.iter().filter(|entry| entry.standard.is_none() && !entry.may_be_extension()) {
        let Some(name) = entry.name else { continue };
        if name.text.is_empty() {
            continue;
        }
        let message = format!("expected a system-defined property or EXTENSION, found {} without EXTENSION", quote(name.text));
        report.add(name.span, message, |draft| draft.help(cure(entry)));
    }
}

fn cure(entry: &TableEntry<'_>) -> String {
    let name = entry.name_text();
    if let Some(property) = type_property(&name) {
        return format!("{} is a type property: declare it above the property table", property.name);
    }
    let declares_type = entry.kinds().next().is_some() || entry.get("DESCRIPTION").is_some();
    did_you_mean(&name, STANDARD_PROPERTIES.iter().map(|property| property.name))
        .filter(|_| !declares_type)
        .unwrap_or_else(|| "if it is a property of your own, add `EXTENSION;` behind PROPERTY".to_owned())
}
