//! PER_NODE stands on a STRINGARRAY.
//!
//! # What
//!
//! An extension property is declared per node and as a list of strings.
//!
//! # Why
//!
//! A property per node cannot be a string array. Source: property_attributes(5) of 3.2, "Per_node".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Paths; EXTENSION; PER_NODE; STRINGARRAY; DEFAULT = "/a"; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Paths; EXTENSION; PER_NODE; STRING; DEFAULT = "/a"; }
//! ```

use rtreg_model::{Applicability, Keyword, Level, PropertyKind, Release};

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    if !entry.extension || context.target < Release::V3_2 {
        return;
    }
    let Some(per_node) = entry.get(Keyword::PerNode).filter(|attribute| attribute.flag() == Some(true)) else { return };
    if entry.kind == Some(PropertyKind::StringArray) {
        let message = format!("expected no PER_NODE on the STRINGARRAY `{}`", entry.name_text());
        report.add(per_node.node.span, message, |draft| {
            let draft = match entry.get(Keyword::StringArray) {
                Some(kind) => draft.also(kind.node.span, "the type is declared here"),
                None => draft,
            };
            draft
                .help("remove PER_NODE, or make the property a STRING")
                .fix("delete PER_NODE", Applicability::Unsafe, vec![context.delete(per_node.node.span)])
        });
    }
}
