//! Failover differs.
//!
//! # What
//!
//! Failover is TRUE in one version and FALSE in the other.
//!
//! # Why
//!
//! With TRUE the type cannot be in a group that is online on several nodes: a resource in such a group cannot be
//! upgraded, and what was failover data may be written on several nodes after the way back. Source: rt_properties(5),
//! "Failover".
//!
//! # Example
//!
//! ```diff
//! -Failover = FALSE;
//! +Failover = TRUE;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Failover = FALSE;
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.failover, &pair.new.resource_type.failover);
    if old.value == new.value {
        return;
    }
    let message = format!("Failover was {}, and is {} now", if old.value { "TRUE" } else { "FALSE" }, if new.value { "TRUE" } else { "FALSE" });
    report.add(pair.new.place_of(new), message, |draft| {
        draft.also(pair.old.place_of(old), "the old version").help("tell the administrators which groups may hold resources of the new version")
    });
}
