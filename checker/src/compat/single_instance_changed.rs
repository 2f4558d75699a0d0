//! Single_instance differs.
//!
//! # What
//!
//! Single_instance is TRUE in one version and FALSE in the other.
//!
//! # Why
//!
//! With TRUE only one resource of the type may exist in the cluster: where there are several, they cannot be upgraded.
//! Source: rt_properties(5), "Single_instance".
//!
//! # Example
//!
//! ```diff
//! -Single_instance = FALSE;
//! +Single_instance = TRUE;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Single_instance = FALSE;
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.single_instance, &pair.new.resource_type.single_instance);
    if old.value == new.value {
        return;
    }
    let message = format!("Single_instance was {}, and is {} now", if old.value { "TRUE" } else { "FALSE" }, if new.value { "TRUE" } else { "FALSE" });
    report.add(pair.new.place_of(new), message, |draft| {
        draft.also(pair.old.place_of(old), "the old version").help("tell the administrators how many resources of the new version there may be")
    });
}
