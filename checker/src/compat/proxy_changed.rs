//! Proxy differs.
//!
//! # What
//!
//! Proxy is TRUE in one version and FALSE in the other.
//!
//! # Why
//!
//! A proxy resource takes its state from outside; with the other value the state of running resources is found in
//! another way. Source: rt_properties(5), "Proxy".
//!
//! # Example
//!
//! ```diff
//! -Proxy = FALSE;
//! +Proxy = TRUE;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Proxy = FALSE;
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.proxy, &pair.new.resource_type.proxy);
    if old.value == new.value {
        return;
    }
    let message = format!("Proxy was {}, and is {} now", if old.value { "TRUE" } else { "FALSE" }, if new.value { "TRUE" } else { "FALSE" });
    report.add(pair.new.place_of(new), message, |draft| {
        draft.also(pair.old.place_of(old), "the old version").help("tell the administrators how the state of resources is found now")
    });
}
