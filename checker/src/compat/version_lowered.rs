//! The new version comes before the old one.
//!
//! # What
//!
//! RT_version of the new file sorts before that of the old one.
//!
//! # Why
//!
//! That is a downgrade, for which the group must be unmanaged unless the file lists the other version by its number;
//! or the two files were given in the wrong order. The vendor defines no order of versions: rtreg's is described in
//! its documentation. Source: developer's guide, "Upgrading a Resource Type", "Downgrading".
//!
//! # Example
//!
//! ```diff
//! -RT_version = "2.0";
//! +RT_version = "1.10";
//! ```
//!
//! # Instead
//!
//! ```diff
//! -RT_version = "1.9";
//! +RT_version = "1.10";
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (pair.old.version(), pair.new.version());
    if new >= old {
        return;
    }
    let message = format!("expected a version behind the old one, {old}, found {new}, which comes before it");
    report.add(pair.new.place(), message, |draft| {
        draft.also(pair.old.place(), "the old version").help("give the older file first, or raise RT_version")
    });
}
