//! API_version differs.
//!
//! # What
//!
//! The new version asks for another API_version than the old one.
//!
//! # Why
//!
//! A release of the cluster software installs only types whose API_version it knows: a higher one may keep the new
//! version out of clusters where the old one runs. Source: rt_properties(5), "API_version".
//!
//! # Example
//!
//! ```diff
//! -API_version = 2;
//! +API_version = 5;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -API_version = 2;
//! +API_version = 2;
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.api_version, &pair.new.resource_type.api_version);
    if old.value == new.value {
        return;
    }
    let message = format!("API_version was {}, and is {} now", old.value, new.value);
    report.add(pair.new.place_of(new), message, |draft| {
        let draft = draft.also(pair.old.place_of(old), "the old version");
        if new.value < old.value {
            return draft;
        }
        draft.help("tell the administrators which release of the cluster software the new version needs")
    });
}
