//! A number may have fewer values than before.
//!
//! # What
//!
//! MIN is higher or MAX is lower than in the old version, or one is new.
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
//! -{ PROPERTY = Retry_count; MIN = 0; MAX = 20; DEFAULT = 2; }
//! +{ PROPERTY = Retry_count; MIN = 0; MAX = 10; DEFAULT = 2; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Retry_count; MIN = 0; MAX = 20; DEFAULT = 2; }
//! +{ PROPERTY = Retry_count; MIN = 0; MAX = 30; DEFAULT = 2; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::limits::{Family, changes};
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for change in changes(pair, Family::Range).iter().filter(|change| change.narrower) {
        report.add(pair.new.attribute(change.new, change.keyword), change.words(), |draft| {
            draft.also(pair.old.attribute(change.old, change.keyword), "the old limit").help(change.help())
        });
    }
}
