//! Resource_type differs: these are two types.
//!
//! # What
//!
//! The two files do not have the same Resource_type.
//!
//! # Why
//!
//! An upgrade leads from one version of a type to another version of the same type. Resources of one type never become
//! resources of another. Source: rt_reg(4), "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//! -Resource_type = "web";
//! +Resource_type = "webd";
//! ```
//!
//! # Instead
//!
//! ```diff
//!  Resource_type = "web";
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.resource_type, &pair.new.resource_type.resource_type);
    if old.value == new.value {
        return;
    }
    let message = format!("expected the same Resource_type as before, `{}`, found `{}`", old.value, new.value);
    report.add(pair.new.at(new.span), message, |draft| {
        draft.also(pair.old.at(old.span), "the old type").help("compare two versions of one type, or take the old name back")
    });
}
