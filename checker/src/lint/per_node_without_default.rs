//! A property per node has no DEFAULT.
//!
//! # What
//!
//! An extension property is declared with PER_NODE and without DEFAULT.
//!
//! # Why
//!
//! A node that joins later needs a value, so the default is mandatory. Source: property_attributes(5) of 3.2, "Per_node".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; PER_NODE; INT; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; PER_NODE; INT; DEFAULT = 80; }
//! ```

use rtreg_model::{Level, Release};

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for entry in context.entries.iter().filter(|entry| entry.extension && context.target >= Release::V3_2) {
        let Some(per_node) = entry.get("PER_NODE").filter(|attribute| attribute.flag() == Some(true)) else { continue };
        if !entry.may_have("DEFAULT") {
            let message = format!("expected a DEFAULT for `{}`, which is declared per node, found none", entry.name_text());
            report.add(per_node.node.span, message, |draft| draft.help("add `DEFAULT = value;` to the entry"));
        }
    }
}
