//! A version is listed with another tunability.
//!
//! # What
//!
//! Both versions list a version with `#$upgrade_from`, with different words.
//!
//! # Why
//!
//! Each file promises for its own methods only, so both may be right. Source: rt_reg(4), "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//!  #$upgrade
//! -#$upgrade_from "0.9" WHEN_OFFLINE
//! +#$upgrade_from "0.9" ANYTIME
//! ```
//!
//! # Instead
//!
//! ```diff
//!  #$upgrade
//! -#$upgrade_from "0.9" WHEN_OFFLINE
//! +#$upgrade_from "0.9" when_offline
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for line in &pair.new.resource_type.upgrade_from {
        let mut same = pair.old.resource_type.upgrade_from.iter().filter(|other| other.version.value == line.version.value);
        let Some(before) = same.next().filter(|before| before.tunability.value != line.tunability.value) else { continue };
        let (version, was, is) =
            (line.version.value.as_str().unwrap_or_default(), before.tunability.value, line.tunability.value);
        report.add(pair.new.at(line.line), format!("`#$upgrade_from \"{version}\"` was {was}, and is {is} now"), |draft| {
            draft.also(pair.old.at(before.line), "the old version's line")
        });
    }
}
