//! The file declares a type property that only the administrator or the cluster sets.
//!
//! # What
//!
//! Installed_nodes, or another type property that a file cannot set, is declared.
//!
//! # Why
//!
//! Where a type is installed is decided when it is registered, not by its author. Source: rt_properties(5), Installed_nodes
//! ("cannot be declared in the RTR file") and the category "Query-only".
//!
//! # Example
//!
//! ```text
//! Installed_nodes = "node1", "node2";
//! ```
//!
//! # Instead
//!
//! ```text
//! Init_nodes = RT_INSTALLED_NODES;
//! ```

use rtreg_model::{Applicability, Level};
use rtreg_model::standard::Category;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (declaration, property) in context.sound() {
        if property.category == Category::QueryOnly {
            let message = format!("expected no declaration of {}: an RTR file cannot set it", property.name);
            report.add(declaration.node.span, message, |draft| {
                let draft = draft.help(match property.name {
                    "Installed_nodes" => "remove it; the administrator names the nodes when the type is registered",
                    _ => "remove it; the property can only be read",
                });
                draft.fix("delete the declaration", Applicability::Unsafe, vec![context.delete(declaration.node.span)])
            });
        }
    }
}
