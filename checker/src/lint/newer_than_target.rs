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

use rtreg_model::{Level, Release, Span};

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let target = context.target;
    let mut add = |name: &str, since: Release, span: Span| {
        let message = format!("expected what release {target} knows, found {name}, which is known since {since}");
        report.add(span, message, |draft| draft.help("remove it, or check the file for a later release with --target"));
    };
    let declared = context.sound().filter(|(_, property)| property.since > target && property.name != "RT_system");
    for (declaration, property) in declared {
        add(property.name, property.since, declaration.node.name.span);
    }
    for entry in &context.entries {
        if let Some(standard) = entry.standard.filter(|standard| standard.since > target && !entry.extension) {
            add(standard.name, standard.since, entry.name_span());
        }
        if let Some(per_node) = entry.get("PER_NODE").filter(|_| target < Release::V3_2) {
            add("PER_NODE", Release::V3_2, per_node.node.span);
        }
    }
}
