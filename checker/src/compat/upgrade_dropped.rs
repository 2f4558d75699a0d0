//! `#$upgrade` is gone: no resource can be upgraded to the new version.
//!
//! # What
//!
//! The old version has `#$upgrade`, and the new one does not.
//!
//! # Why
//!
//! A version without it cannot be reached by an upgrade: every resource must be deleted and made anew. Its name loses
//! the version, too. Source: rt_reg(4), "Upgrading a Resource Type"; the 4.x guide asks to include it always.
//!
//! # Example
//!
//! ```diff
//! -#$upgrade
//! ```
//!
//! # Instead
//!
//! ```diff
//!  #$upgrade
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (Some(upgrade), None) = (&pair.old.resource_type.upgrade, &pair.new.resource_type.upgrade) else { return };
    let message = "expected `#$upgrade` as in the old version, found none: no resource can be upgraded to this version";
    report.add(pair.new.place(), message, |draft| {
        draft
            .label("this version has no `#$upgrade`")
            .also(pair.old.at(upgrade.span), "the old version has it")
            .help("add `#$upgrade` behind the type properties, and a line `#$upgrade_from` for each version")
    });
}
