//! The entry of a system-defined property has a type or a DESCRIPTION.
//!
//! # What
//!
//! An entry without EXTENSION names a type (STRING, BOOLEAN, INT, ENUM, STRINGARRAY) or has a DESCRIPTION, though the name
//! behind PROPERTY is that of a system-defined property.
//!
//! # Why
//!
//! For system-defined properties only range, default and tunability can be declared; type and description are
//! predetermined. Source: property_attributes(5), "Type" and "Description"; rt_reg(4).
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_count; INT; DEFAULT = 2; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; }
//! ```

use rtreg_model::{Applicability, Keyword, Level, PropertyKind};

use crate::context::{Context, TableAttribute, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    if !entry.is_system() {
        return;
    }
    let predetermined = |keyword: Keyword| keyword == Keyword::Description || keyword.is_kind();
    let faults: Vec<&TableAttribute<'_>> = entry
        .attributes
        .iter()
        .filter(|attribute| attribute.sound && attribute.keyword.is_some_and(predetermined))
        .collect();
    let Some((first, others)) = faults.split_first() else { return };
    // The type that the property has anyway says nothing.
    let own = entry.kind.as_ref().map(PropertyKind::as_str);
    let sure = match faults.iter().all(|fault| fault.keyword.map(Keyword::as_str) == own && fault.keyword != Some(Keyword::Enum)) {
        true => Applicability::Safe,
        false => Applicability::Unsafe,
    };
    let message = format!(
        "expected only default, limits and TUNABLE for the system-defined property `{}`, found {}",
        entry.name_text(),
        first.keyword.map_or("", Keyword::as_str)
    );
    report.add(first.node.span, message, |draft| {
        others
            .iter()
            .fold(draft, |draft, fault| draft.also(fault.node.span, "this is predetermined, too"))
            .help("remove it; a property of your own needs a name of its own and EXTENSION")
            .fix("delete what is predetermined", sure, faults.iter().map(|fault| context.delete(fault.node.span)).collect())
    });
}
