//! A property is per node in one version only.
//!
//! # What
//!
//! PER_NODE is declared for the property in one version and not in the other.
//!
//! # Why
//!
//! Values that were set for single nodes do not fit a property that is one for all nodes: the administrator must give
//! one value in the command that upgrades the resource. The other way round each node has the value that all had.
//! Source: property_attributes(5), "Per_node"; developer's guide, "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Slots; EXTENSION; PER_NODE; INT; DEFAULT = 2; }
//! +{ PROPERTY = Slots; EXTENSION; INT; DEFAULT = 2; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Slots; EXTENSION; PER_NODE; INT; DEFAULT = 2; }
//! +{ PROPERTY = Slots; EXTENSION; PER_NODE = TRUE; INT; DEFAULT = 2; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for (old, new) in pair.both.iter().filter(|(old, new)| old.per_node != new.per_node) {
        let name = &new.name.value;
        let (message, help) = if new.per_node {
            (format!("`{name}` was one for all nodes, and is per node now"), "each node starts with the value that all had")
        } else {
            let message = format!("`{name}` was per node, and is one for all nodes now");
            (message, "a resource with values for single nodes needs one value in the command that upgrades it: tell the administrators")
        };
        report.add(pair.new.attribute(new, "PER_NODE"), message, |draft| {
            draft.also(pair.old.attribute(old, "PER_NODE"), "the old version's").help(help)
        });
    }
}
