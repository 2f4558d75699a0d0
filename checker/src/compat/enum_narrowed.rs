//! A literal of an enumeration is gone.
//!
//! # What
//!
//! The enumeration of the old version has a literal that the new one does not have. Upper and lower case count.
//!
//! # Why
//!
//! All limits come from the new version as soon as a resource is upgraded, and the command that upgrades it checks the
//! values. A value that no longer fits must be given anew in that command, or the upgrade fails. Source: developer's
//! guide, "Upgrading a Resource Type", "What an upgrade does".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Policy; EXTENSION; ENUM { Fair, Random }; DEFAULT = Fair; }
//! +{ PROPERTY = Policy; EXTENSION; ENUM { Fair }; DEFAULT = Fair; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Policy; EXTENSION; ENUM { Fair, Random }; DEFAULT = Fair; }
//! +{ PROPERTY = Policy; EXTENSION; ENUM { Random, Fair }; DEFAULT = Fair; }
//! ```

use rtreg_model::{Level, PropertyKind};

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for (old, new) in pair.alike() {
        let (PropertyKind::Enum(before), PropertyKind::Enum(after)) = (&old.kind, &new.kind) else { continue };
        let literals: Vec<String> = before
            .iter()
            .filter(|literal| !after.contains(literal))
            .map(|literal| format!("`{literal}`"))
            .collect();
        if literals.is_empty() {
            continue;
        }
        let message = format!("`{}` may no longer be {}", new.name.value, literals.join(" or "));
        report.add(pair.new.attribute(new, "ENUM"), message, |draft| {
            let draft = draft.also(pair.old.attribute(old, "ENUM"), "the old literals");
            draft.help("a resource with such a value needs another one in the command that upgrades it: tell the administrators")
        });
    }
}
