//! Init_nodes was RT_INSTALLED_NODES, and is RG_PRIMARIES now.
//!
//! # What
//!
//! Init_nodes differs. A file without it means RG_PRIMARIES.
//!
//! # Why
//!
//! The old Init has run on all nodes where the type is installed, and the new Fini runs only on the node list of the
//! group. What Init did elsewhere stays. Source: rt_properties(5), "Init_nodes".
//!
//! # Example
//!
//! ```diff
//! -Init_nodes = RT_INSTALLED_NODES;
//! +Init_nodes = RG_PRIMARIES;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Init_nodes = RT_INSTALLED_NODES;
//! +Init_nodes = RT_INSTALLED_NODES;
//! ```

use rtreg_model::{InitNodes, Level};

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.init_nodes, &pair.new.resource_type.init_nodes);
    if (old.value, new.value) != (InitNodes::RtInstalledNodes, InitNodes::RgPrimaries) {
        return;
    }
    let message = "Init_nodes was RT_INSTALLED_NODES, and is RG_PRIMARIES now: on nodes outside of the group's node list no Fini undoes what the old Init did";
    report.add(pair.new.place_of(new), message, |draft| {
        draft
            .also(pair.old.place_of(old), "the old version")
            .help("promise WHEN_UNMANAGED: then the old Fini has run on all nodes before the upgrade")
    });
}
