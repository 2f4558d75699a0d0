//! A property has another type.
//!
//! # What
//!
//! The property is in both versions, with types that are not the same.
//!
//! # Why
//!
//! Values of the old type may mean nothing in the new one, and must then be given anew in the command that upgrades
//! the resource. Source: developer's guide, "Upgrading a Resource Type", "What an upgrade does".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Size; EXTENSION; STRING; DEFAULT = "64"; }
//! +{ PROPERTY = Size; EXTENSION; INT; DEFAULT = 64; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Size; EXTENSION; INT; DEFAULT = 64; }
//! +{ PROPERTY = Size; EXTENSION; INT; DEFAULT = "64"; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::{Pair, is_same_kind};

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for (old, new) in pair.both.iter().filter(|(old, new)| !is_same_kind(old, new)) {
        let (name, before, after) = (&new.name.value, old.kind.as_str(), new.kind.as_str());
        report.add(pair.new.attribute(new, after), format!("`{name}` was {before}, and is {after} now"), |draft| {
            let draft = draft.also(pair.old.attribute(old, before), "the old type");
            draft.help("a resource with a value of its own may need a new one in the command that upgrades it: tell the administrators")
        });
    }
}
