//! A property may be changed in more states than before.
//!
//! # What
//!
//! TUNABLE of the property is weaker: NONE, AT_CREATION, WHEN_DISABLED, ANYTIME, in this order. A file that leaves it
//! out has the vendor's default.
//!
//! # Why
//!
//! The new Validate and Update must then cope with changes that the old ones never saw; on a resource that is upgraded
//! while it runs, with a service that the old Start began. Source: property_attributes(5), "Tunable"; developer's
//! guide, "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; TUNABLE = AT_CREATION; }
//! +{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; TUNABLE = ANYTIME; }
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

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for (old, new) in pair.both.iter().filter(|(old, new)| new.tunable < old.tunable) {
        let message = format!("TUNABLE of `{}` was {}, and is {} now", new.name.value, old.tunable, new.tunable);
        report.add(pair.new.attribute(new, "TUNABLE"), message, |draft| {
            draft
                .also(pair.old.attribute(old, "TUNABLE"), "the old version's")
                .help("the new Update must be able to apply the change to a service that the old Start began")
        });
    }
}
