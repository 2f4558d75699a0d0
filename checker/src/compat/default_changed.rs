//! A property has another default.
//!
//! # What
//!
//! The property has a default in both versions, and it is not the same. A property without an entry has the vendor's
//! default.
//!
//! # Why
//!
//! Resources that follow the default get the new one with the upgrade, whatever the TUNABLE of the property. A new
//! default can by itself make an unchanged Stop, Postnet_stop or Fini fail on a running resource. Source: developer's
//! guide, "Upgrading a Resource Type", "What an upgrade does".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Run_dir; EXTENSION; STRING; DEFAULT = "/var/run/a"; }
//! +{ PROPERTY = Run_dir; EXTENSION; STRING; DEFAULT = "/var/run/b"; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Run_dir; EXTENSION; STRING; DEFAULT = "/var/run/a"; }
//! +{ PROPERTY = Run_dir; EXTENSION; STRING; DEFAULT = /var/run/a; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::{Pair, default_words};

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for (old, new) in pair.alike() {
        if old.is_required() || new.is_required() || old.default == new.default {
            continue;
        }
        let (name, before, after) = (&new.name.value, default_words(old), default_words(new));
        let message = format!("the default of `{name}` was {before}, and is {after} now");
        report.add(pair.new.attribute(new, "DEFAULT"), message, |draft| {
            let draft = draft.also(pair.old.attribute(old, "DEFAULT"), "the old default");
            draft.help("resources without a value of their own get it with the upgrade, while they run where that is permitted")
        });
    }
}
