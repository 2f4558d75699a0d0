//! A number may have more values than before.
//!
//! # What
//!
//! MIN is lower or MAX is higher than in the old version, or one is gone.
//!
//! # Why
//!
//! All limits come from the new version as soon as a resource is upgraded; values that fit before fit still. After a
//! downgrade they may not. Source: developer's guide, "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Retry_count; MIN = 0; MAX = 20; DEFAULT = 2; }
//! +{ PROPERTY = Retry_count; MIN = 0; MAX = 30; DEFAULT = 2; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Retry_count; MIN = 0; MAX = 20; DEFAULT = 2; }
//! +{ PROPERTY = Retry_count; MIN = 0; MAX = 10; DEFAULT = 2; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::limits::{Family, changes};
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for change in changes(pair, Family::Range).iter().filter(|change| !change.narrower) {
        report.add(pair.new.attribute(change.new, change.keyword), change.words(), |draft| {
            draft.also(pair.old.attribute(change.old, change.keyword), "the old limit")
        });
    }
}
