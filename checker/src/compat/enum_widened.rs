//! An enumeration has a new literal.
//!
//! # What
//!
//! The enumeration of the new version has a literal that the old one does not have.
//!
//! # Why
//!
//! All limits come from the new version as soon as a resource is upgraded; values that fit before fit still. After a
//! downgrade they may not. Source: developer's guide, "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Policy; EXTENSION; ENUM { Fair }; DEFAULT = Fair; }
//! +{ PROPERTY = Policy; EXTENSION; ENUM { Fair, Random }; DEFAULT = Fair; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Policy; EXTENSION; ENUM { Fair, Random }; DEFAULT = Fair; }
//! +{ PROPERTY = Policy; EXTENSION; ENUM { Fair }; DEFAULT = Fair; }
//! ```

use rtreg_model::{Level, PropertyKind};

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for (old, new) in pair.alike() {
        let (PropertyKind::Enum(before), PropertyKind::Enum(after)) = (&old.kind, &new.kind) else { continue };
        let literals: Vec<String> = after
            .iter()
            .filter(|literal| !before.contains(literal))
            .map(|literal| format!("`{literal}`"))
            .collect();
        if literals.is_empty() {
            continue;
        }
        let message = format!("`{}` may also be {} now", new.name.value, literals.join(" or "));
        report.add(pair.new.attribute(new, "ENUM"), message, |draft| {
            draft.also(pair.old.attribute(old, "ENUM"), "the old literals")
        });
    }
}
