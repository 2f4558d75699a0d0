//! A list may have fewer numbers of elements than before.
//!
//! # What
//!
//! ARRAY_MINSIZE is higher or ARRAY_MAXSIZE is lower than in the old version, or one is new.
//!
//! # Why
//!
//! All limits come from the new version as soon as a resource is upgraded, and the command that upgrades it checks the
//! values. A value that no longer fits must be given anew in that command, or the upgrade fails. Source: developer's
//! guide, "Upgrading a Resource Type", "What an upgrade does".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Hosts; EXTENSION; STRINGARRAY; ARRAY_MAXSIZE = 8; DEFAULT = "a"; }
//! +{ PROPERTY = Hosts; EXTENSION; STRINGARRAY; ARRAY_MAXSIZE = 4; DEFAULT = "a"; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Hosts; EXTENSION; STRINGARRAY; ARRAY_MAXSIZE = 8; DEFAULT = "a"; }
//! +{ PROPERTY = Hosts; EXTENSION; STRINGARRAY; ARRAY_MAXSIZE = 8; ARRAY_MINSIZE = 0; DEFAULT = "a"; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::limits::{Family, changes};
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for change in changes(pair, Family::ArraySize).iter().filter(|change| change.narrower) {
        report.add(pair.new.attribute(change.new, change.keyword), change.words(), |draft| {
            draft.also(pair.old.attribute(change.old, change.keyword), "the old limit").help(change.help())
        });
    }
}
