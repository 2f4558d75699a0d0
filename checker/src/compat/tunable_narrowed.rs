//! A property may be changed in fewer states than before.
//!
//! # What
//!
//! TUNABLE of the property is stricter: ANYTIME, WHEN_DISABLED, AT_CREATION, NONE, in this order. A file that leaves
//! it out has the vendor's default.
//!
//! # Why
//!
//! Administrators and their scripts that change it on running resources will be refused. Source:
//! property_attributes(5), "Tunable"; developer's guide, "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; TUNABLE = ANYTIME; }
//! +{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; TUNABLE = AT_CREATION; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; TUNABLE = ANYTIME; }
//! +{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; TUNABLE; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for (old, new) in pair.both.iter().filter(|(old, new)| new.tunable > old.tunable) {
        let message = format!("TUNABLE of `{}` was {}, and is {} now", new.name.value, old.tunable, new.tunable);
        report.add(pair.new.attribute(new, "TUNABLE"), message, |draft| {
            draft
                .also(pair.old.attribute(old, "TUNABLE"), "the old version's")
                .help("tell the administrators: what they changed at any time they may not be able to change any more")
        });
    }
}
