//! A property has lost its default.
//!
//! # What
//!
//! The old version has a default for the property, and the new one has none.
//!
//! # Why
//!
//! A resource that followed the default has no value any more: the administrator must give one in the command that
//! upgrades it. Source: developer's guide, "Upgrading a Resource Type", "What an upgrade does".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! +{ PROPERTY = Port; EXTENSION; INT; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! +{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 8080; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::{Pair, default_words};

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for (old, new) in pair.both.iter().filter(|(old, new)| !old.is_required() && new.is_required()) {
        let message = format!("the default of `{}` was {}, and is gone", new.name.value, default_words(old));
        report.add(pair.new.entry(new), message, |draft| {
            let draft = draft.also(pair.old.attribute(old, "DEFAULT"), "the old default");
            draft.help("a resource that followed it needs a value in the command that upgrades it: tell the administrators")
        });
    }
}
