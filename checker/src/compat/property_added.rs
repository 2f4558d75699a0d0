//! A property with a default is new.
//!
//! # What
//!
//! The new version has an entry for a property that the old one does not have, and it has a default.
//!
//! # Why
//!
//! Resources get the default with the upgrade; nobody needs to do anything. Source: developer's guide, "Upgrading a
//! Resource Type", "What an upgrade does".
//!
//! # Example
//!
//! ```diff
//! +{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! +{ PROPERTY = PORT; EXTENSION; INT; DEFAULT = 80; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::{Pair, default_words};

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for property in pair.added.iter().filter(|property| !property.is_required()) {
        let message = format!("`{}` is new, with the default {}", property.name.value, default_words(property));
        report.add(pair.new.entry(property), message, |draft| {
            draft.also(pair.old.place(), "the old version does not have it")
        });
    }
}
