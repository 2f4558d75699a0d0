//! A property that had no default has one.
//!
//! # What
//!
//! The administrator had to give a value for the property, and need not any more.
//!
//! # Why
//!
//! Resources keep the values that they have; new ones may do without. Source: developer's guide, "Upgrading a Resource
//! Type", "What an upgrade does".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Port; EXTENSION; INT; }
//! +{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Port; EXTENSION; INT; }
//! +{ PROPERTY = Port; EXTENSION; INT; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::{Pair, default_words};

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for (old, new) in pair.both.iter().filter(|(old, new)| old.is_required() && !new.is_required()) {
        let message = format!("`{}` had no default, and has {} now", new.name.value, default_words(new));
        report.add(pair.new.attribute(new, "DEFAULT"), message, |draft| {
            draft.also(pair.old.entry(old), "a value had to be given")
        });
    }
}
