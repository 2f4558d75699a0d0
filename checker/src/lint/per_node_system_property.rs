//! PER_NODE stands on a system-defined property.
//!
//! # What
//!
//! An entry without EXTENSION has PER_NODE.
//!
//! # Why
//!
//! Only extension properties can be declared per node; which system-defined ones are is predetermined. Source:
//! property_attributes(5) of 3.2, "Per_node".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_count; PER_NODE; DEFAULT = 2; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; }
//! ```

use rtreg_model::{Applicability, Keyword, Level, Release};

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    if !entry.is_system() || context.target < Release::V3_2 {
        return;
    }
    let Some(per_node) = entry.get(Keyword::PerNode).filter(|attribute| attribute.flag() == Some(true)) else { return };
    let message = format!("expected PER_NODE only on extension properties, but `{}` is system-defined", entry.name_text());
    report.add(per_node.node.span, message, |draft| {
        draft
            .help("remove PER_NODE")
            .fix("delete PER_NODE", Applicability::Unsafe, vec![context.delete(per_node.node.span)])
    });
}
