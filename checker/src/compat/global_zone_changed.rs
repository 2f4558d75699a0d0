//! Global_zone differs.
//!
//! # What
//!
//! Global_zone is TRUE in one version and FALSE in the other.
//!
//! # Why
//!
//! With TRUE the methods run in the global zone, wherever the group is: what the old methods began in a zone the new
//! ones do not see, and the other way round. Source: rt_properties(5), "Global_zone".
//!
//! # Example
//!
//! ```diff
//! -Global_zone = FALSE;
//! +Global_zone = TRUE;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Global_zone = TRUE;
//! +Global_zone = TRUE;
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.global_zone, &pair.new.resource_type.global_zone);
    if old.value == new.value {
        return;
    }
    let message = format!("Global_zone was {}, and is {} now", if old.value { "TRUE" } else { "FALSE" }, if new.value { "TRUE" } else { "FALSE" });
    report.add(pair.new.place_of(new), message, |draft| {
        draft.also(pair.old.place_of(old), "the old version").help("make sure that the new methods find what the old ones began")
    });
}
