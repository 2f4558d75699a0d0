//! A text may have fewer lengths than before.
//!
//! # What
//!
//! MINLENGTH is higher or MAXLENGTH is lower than in the old version, or one is new. For a list it is the length of
//! each element.
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
//! -{ PROPERTY = Path; EXTENSION; STRING; DEFAULT = ""; }
//! +{ PROPERTY = Path; EXTENSION; STRING; MINLENGTH = 1; DEFAULT = "/"; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Path; EXTENSION; STRING; DEFAULT = "/"; }
//! +{ PROPERTY = Path; EXTENSION; STRING; MINLENGTH = 0; DEFAULT = "/"; }
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::limits::{Family, changes};
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for change in changes(pair, Family::Length).iter().filter(|change| change.narrower) {
        report.add(pair.new.attribute(change.new, change.keyword), change.words(), |draft| {
            draft.also(pair.old.attribute(change.old, change.keyword), "the old limit").help(change.help())
        });
    }
}
