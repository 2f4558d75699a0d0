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

use rtreg_model::{Applicability, Keyword, Level, suggest};
use rtreg_model::standard::{STANDARD_PROPERTIES, type_property};

use crate::context::{Context, TableEntry, did_you_mean, quote};
use crate::edits::is_one_word;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    if entry.standard.is_some() || entry.may_be_extension() {
        return;
    }
    let Some(name) = entry.name else { return };
    if name.text.is_empty() {
        return;
    }
    let message = format!("expected a system-defined property or EXTENSION, found {} without EXTENSION", quote(name.text));
    report.add(name.span, message, |draft| {
        let draft = draft.help(cure(entry));
        let words = STANDARD_PROPERTIES.iter().map(|property| property.name);
        match (misses_extension(entry), suggest::only_nearest(&entry.name_text(), words), entry.get(Keyword::Property)) {
            (true, _, Some(property)) => draft.fix(
                "add `EXTENSION;`",
                Applicability::Safe,
                vec![context.insert_behind(property.node.span, "EXTENSION;")],
            ),
            (false, Some(meant), _) if is_one_word(name.text) && type_property(&name.to_text()).is_none() => {
                draft.replace(format!("write `{meant}`"), Applicability::Unsafe, name.span, meant)
            }
            _ => draft,
        }
    });
}

fn cure(entry: &TableEntry<'_>) -> String {
    let name = entry.name_text();
    if let Some(property) = type_property(&name) {
        return format!("{} is a type property: declare it above the property table", property.name);
    }
    did_you_mean(&name, STANDARD_PROPERTIES.iter().map(|property| property.name))
        .filter(|_| !misses_extension(entry))
        .unwrap_or_else(|| "if it is a property of your own, add `EXTENSION;` behind PROPERTY".to_owned())
}

/// Whether the entry has what only properties of one's own have.
fn misses_extension(entry: &TableEntry<'_>) -> bool {
    entry.kinds().next().is_some() || entry.get(Keyword::Description).is_some()
}
