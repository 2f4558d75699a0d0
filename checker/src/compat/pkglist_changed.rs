//! Pkglist differs.
//!
//! # What
//!
//! The packages that the type is in are not the same.
//!
//! # Why
//!
//! Administrators look there for what to install. Source: rt_properties(5), "Pkglist".
//!
//! # Example
//!
//! ```diff
//! -Pkglist = ACMEweb;
//! +Pkglist = ACMEweb, ACMElib;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Pkglist = ACMEweb;
//! +Pkglist = "ACMEweb";
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.pkglist, &pair.new.resource_type.pkglist);
    if old.value == new.value {
        return;
    }
    let words = |list: &Vec<String>| if list.is_empty() { "empty".to_owned() } else { list.join(", ") };
    let message = format!("Pkglist was {}, and is {} now", words(&old.value), words(&new.value));
    report.add(pair.new.place_of(new), message, |draft| draft.also(pair.old.place_of(old), "the old version"));
}
