//! A text may have more lengths than before.
//!
//! # What
//!
//! MINLENGTH is lower or MAXLENGTH is higher than in the old version, or one is gone.
//!
//! # Why
//!
//! All limits come from the new version as soon as a resource is upgraded; values that fit before fit still. After a
//! downgrade they may not. Source: developer's guide, "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Path; EXTENSION; STRING; MAXLENGTH = 10; DEFAULT = "/"; }
//! +{ PROPERTY = Path; EXTENSION; STRING; MAXLENGTH = 20; DEFAULT = "/"; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Path; EXTENSION; STRING; MAXLENGTH = 20; DEFAULT = "/"; }
//! +{ PROPERTY = Path; EXTENSION; STRING; MAXLENGTH = 10; DEFAULT = "/"; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::limits::{Family, changes};
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for change in changes(pair, Family::Length).iter().filter(|change| !change.narrower) {
        report.add(pair.new.attribute(change.new, change.keyword), change.words(), |draft| {
            draft.also(pair.old.attribute(change.old, change.keyword), "the old limit")
        });
    }
}
