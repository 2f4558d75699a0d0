//! The table has an entry for a property that the cluster makes itself.
//!
//! # What
//!
//! An entry names Type_version or another resource property that can only be read.
//!
//! # Why
//!
//! Type_version is created by the cluster and must not appear in an RTR file; state and status are reported, not declared.
//! Source: the upgrade chapter of the developer's guide of 3.1, "Type_version"; r_properties(5), category "Query-only".
//!
//! # Example
//!
//! ```text
//! RT_version = "2.0";
//! { PROPERTY = Type_version; DEFAULT = "2.0"; }
//! ```
//!
//! # Instead
//!
//! ```text
//! RT_version = "2.0";
//! ```

use rtreg_model::{Applicability, Level};
use rtreg_model::standard::Presence;

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    if !entry.is_system() {
        return;
    }
    let Some(standard) = entry.standard.filter(|standard| standard.presence == Presence::QueryOnly) else { return };
    let message = format!("expected no entry for {}: the cluster creates this property itself", standard.name);
    report.add(entry.name_span(), message, |draft| {
        let draft = draft.help(match standard.name {
            "Type_version" => "remove the entry; declare the version of the type with RT_version and `#$upgrade_from`",
            _ => "remove the entry; the property can only be read",
        });
        draft.fix("delete the entry", Applicability::Unsafe, vec![context.delete(entry.node.span)])
    });
}
