//! RT_system differs.
//!
//! # What
//!
//! RT_system is TRUE in one version and FALSE in the other.
//!
//! # Why
//!
//! With TRUE the type cannot be unregistered or changed until an administrator sets it to FALSE. Source:
//! rt_properties(5), "RT_system".
//!
//! # Example
//!
//! ```diff
//! -RT_system = FALSE;
//! +RT_system = TRUE;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -RT_system = FALSE;
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.rt_system, &pair.new.resource_type.rt_system);
    if old.value == new.value {
        return;
    }
    let message = format!("RT_system was {}, and is {} now", if old.value { "TRUE" } else { "FALSE" }, if new.value { "TRUE" } else { "FALSE" });
    report.add(pair.new.place_of(new), message, |draft| {
        draft.also(pair.old.place_of(old), "the old version").help("tell the administrators what to set before they unregister the version")
    });
}
