//! A line `#$upgrade_from` is new.
//!
//! # What
//!
//! The new version lists a version that the old one does not list.
//!
//! # Why
//!
//! It promises when resources of that version may be upgraded. Source: rt_reg(4), "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//!  #$upgrade
//! +#$upgrade_from "1.0" WHEN_OFFLINE
//! ```
//!
//! # Instead
//!
//! ```diff
//!  #$upgrade
//!  #$upgrade_from "0.9" WHEN_OFFLINE
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let old = &pair.old.resource_type.upgrade_from;
    for line in &pair.new.resource_type.upgrade_from {
        if old.iter().any(|other| other.version.value == line.version.value) {
            continue;
        }
        let version = line.version.value.as_str().unwrap_or_default();
        let message = format!("`#$upgrade_from \"{version}\"` is new, with {}", line.tunability.value);
        report.add(pair.new.at(line.line), message, |draft| {
            draft.also(pair.old.place(), "the old version does not list it")
        });
    }
}
