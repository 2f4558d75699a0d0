//! A version that was listed is not listed any more.
//!
//! # What
//!
//! The old version lists a version with `#$upgrade_from`, and the new one, which has `#$upgrade`, does not.
//!
//! # Why
//!
//! Resources that still have that version can then only be upgraded as unlisted ones: when their group is unmanaged,
//! or as the line for `""` says. Source: rt_reg(4), "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//!  #$upgrade
//! -#$upgrade_from "0.9" ANYTIME
//! ```
//!
//! # Instead
//!
//! ```diff
//!  #$upgrade
//!  #$upgrade_from "0.9" ANYTIME
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let new = &pair.new.resource_type;
    if new.upgrade.is_none() {
        return;
    }
    for line in &pair.old.resource_type.upgrade_from {
        let is_listed = new.upgrade_from.iter().any(|other| other.version.value == line.version.value);
        if is_listed || line.version.value == new.version.value {
            continue;
        }
        let version = line.version.value.as_str().unwrap_or_default();
        report.add(pair.new.place(), format!("`#$upgrade_from \"{version}\"` is gone"), |draft| {
            draft
                .label(format!("this version does not list \"{version}\""))
                .also(pair.old.at(line.line), "the old version's line")
                .help("keep a line for every version that may still be in use")
        });
    }
}
