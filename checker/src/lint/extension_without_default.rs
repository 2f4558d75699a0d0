//! An extension property has no DEFAULT, so everyone who creates a resource must give a value.
//!
//! # What
//!
//! The entry of an extension property has no DEFAULT.
//!
//! # Why
//!
//! That is legal, and right for what only the administrator can know. It also means that no resource is created and, if the
//! property is new in this version, none is upgraded without that value in the command. Source: property_attributes(5),
//! "Default"; the upgrade chapter of the developer's guide on new properties.
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Log_level; EXTENSION; INT; DESCRIPTION = "How much is logged"; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Log_level; EXTENSION; INT; DEFAULT = 1; DESCRIPTION = "How much is logged"; }
//! ```

use rtreg_model::{Keyword, Level};

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    if !entry.extension || entry.standard.is_some() {
        return;
    }
    if entry.may_have(Keyword::Default) || entry.name.is_none() || entry.get(Keyword::PerNode).is_some() {
        return;
    }
    let message = format!("`{}` has no DEFAULT: every resource needs a value at creation", entry.name_text());
    report.add(entry.name_span(), message, |draft| {
        draft.help("add DEFAULT, unless only the administrator can know the value")
    });
}
