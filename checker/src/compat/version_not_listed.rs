//! The old version is not listed.
//!
//! # What
//!
//! The new version has `#$upgrade` and no line `#$upgrade_from` for the old one.
//!
//! # Why
//!
//! Resources of the old version then need an unmanaged group, or what the line for `""` asks. A line says what was
//! thought of. Source: rt_reg(4), "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//!  #$upgrade
//! ```
//!
//! # Instead
//!
//! ```diff
//!  #$upgrade
//! +#$upgrade_from "1.0" WHEN_UNMANAGED
//! ```

use rtreg_model::{Level, RtVersion, Tunability};

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (pair.old.version(), &pair.new.resource_type);
    let lists = |version: &RtVersion| new.upgrade_from.iter().find(|line| line.version.value == *version);
    let Some(upgrade) = new.upgrade.as_ref().filter(|_| old != pair.new.version() && lists(old).is_none()) else { return };
    let message = match lists(&RtVersion::UNVERSIONED) {
        Some(line) => format!("the old version is not listed: the line for `\"\"` holds, with {}", line.tunability.value),
        None => format!("the old version is not listed: {} holds", Tunability::DEFAULT),
    };
    let name = old.as_str().unwrap_or_default();
    report.add(pair.new.at(upgrade.span), message, |draft| {
        draft
            .also(pair.old.place(), "the old version")
            .help(format!("add a line `#$upgrade_from \"{name}\"` with the promise that is meant"))
    });
}
