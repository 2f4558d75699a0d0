//! The file uses something that the target release does not know yet.
//!
//! # What
//!
//! A type property, a resource property or the attribute PER_NODE appeared in a later release than the one the file is meant
//! for.
//!
//! # Why
//!
//! An older release takes the name for an unknown one. Source: rt_properties(5), r_properties(5) and property_attributes(5),
//! compared between releases. Where the first release is only known from recollection, this is a warning for that reason.
//!
//! # Example
//!
//! ```text
//! Global_zone = FALSE;      # with --target 3.1
//! ```
//!
//! # Instead
//!
//! ```text
//! Failover = TRUE;
//! ```

use rtreg_model::{Keyword, Level, Release};

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let declared = context.sound().filter(|(_, property)| property.since > context.target && property.name != "RT_system");
    for (declaration, property) in declared {
        let message = message(property.name, property.since, context);
        report.add(declaration.node.name.span, message, |draft| draft.help(HELP));
    }
}

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    if let Some(standard) = entry.standard.filter(|standard| standard.since > context.target && !entry.extension) {
        let message = message(standard.name, standard.since, context);
        report.add(entry.name_span(), message, |draft| draft.help(HELP));
    }
    if let Some(per_node) = entry.get(Keyword::PerNode).filter(|_| context.target < Release::V3_2) {
        report.add(per_node.node.span, message("PER_NODE", Release::V3_2, context), |draft| draft.help(HELP));
    }
}

const HELP: &str = "remove it, or check the file for a later release with --target";

fn message(name: &str, since: Release, context: &Context<'_>) -> String {
    format!("expected what release {} knows, found {name}, which is known since {since}", context.target)
}
