//! A property without a default is new.
//!
//! # What
//!
//! The new version has an entry for a property that the old one does not have, without DEFAULT.
//!
//! # Why
//!
//! The administrator must give a value in the command that upgrades the resource, or it fails. What the old methods
//! started has never seen that value: the vendor's table of packages promises WHEN_DISABLED for it. Source:
//! developer's guide, "Upgrading a Resource Type", "What an upgrade does" and table 4-1.
//!
//! # Example
//!
//! ```diff
//! +{ PROPERTY = Port; EXTENSION; INT; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! +{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for property in pair.added.iter().filter(|property| property.is_required()) {
        let message = format!("`{}` is new, and has no default", property.name.value);
        report.add(pair.new.entry(property), message, |draft| {
            draft
                .also(pair.old.place(), "the old version does not have it")
                .help("give it a DEFAULT, or promise WHEN_DISABLED and tell the administrators which value to give")
        });
    }
}
