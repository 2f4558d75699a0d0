//! `#$upgrade` is new.
//!
//! # What
//!
//! The new version has `#$upgrade`, and the old one does not.
//!
//! # Why
//!
//! The name of the new version carries RT_version, as `ACME.web:2.0`; the old one's does not. What looks for the type
//! by its name must know both. Source: rt_reg(4), "Upgrading a Resource Type"; developer's guide, "Upgrading a
//! Resource Type".
//!
//! # Example
//!
//! ```diff
//! +#$upgrade
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

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (None, Some(upgrade)) = (&pair.old.resource_type.upgrade, &pair.new.resource_type.upgrade) else { return };
    let (before, after) = (pair.old.resource_type.name(), pair.new.resource_type.name());
    let message = format!("`#$upgrade` is new: the name was `{before}`, and is `{after}` now");
    report.add(pair.new.at(upgrade.span), message, |draft| {
        draft.also(pair.old.place(), "the old version has none")
    });
}
