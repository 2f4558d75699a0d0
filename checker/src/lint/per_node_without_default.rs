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

use rtreg_model::{Keyword, Level, Release};

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    if !entry.extension || context.target < Release::V3_2 {
        return;
    }
    let Some(per_node) = entry.get(Keyword::PerNode).filter(|attribute| attribute.flag() == Some(true)) else { return };
    if !entry.may_have(Keyword::Default) {
        let message = format!("expected a DEFAULT for `{}`, which is declared per node, found none", entry.name_text());
        report.add(per_node.node.span, message, |draft| draft.help("add `DEFAULT = value;` to the entry"));
    }
}
