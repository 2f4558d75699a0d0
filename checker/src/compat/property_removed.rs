//! A property is gone.
//!
//! # What
//!
//! The old version has an entry for a property that the new one does not have.
//!
//! # Why
//!
//! Its values are deleted from the resources that are upgraded, without a question, and they do not come back with a
//! downgrade. A method that reads the property fails. Source: developer's guide, "Upgrading a Resource Type", "What an
//! upgrade does".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! +{ PROPERTY = port; EXTENSION; INT; DEFAULT = 80; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for property in &pair.removed {
        let name = &property.name.value;
        report.add(pair.new.place(), format!("`{name}` is gone"), |draft| {
            draft
                .label(format!("this version does not have `{name}`"))
                .also(pair.old.entry(property), "the old version's")
                .help("its values are deleted with the upgrade: tell the administrators what to note before")
        });
    }
}
