//! Init_nodes was RG_PRIMARIES, and is RT_INSTALLED_NODES now.
//!
//! # What
//!
//! Init_nodes differs. A file without it means RG_PRIMARIES.
//!
//! # Why
//!
//! The new Init, Fini, Boot and Validate run on all nodes where the type is installed. For a resource that is upgraded
//! while its group is managed, Init has not run on the nodes outside of the node list, and Fini will. Source:
//! rt_properties(5), "Init_nodes".
//!
//! # Example
//!
//! ```diff
//! -Init_nodes = RG_PRIMARIES;
//! +Init_nodes = RT_INSTALLED_NODES;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Init_nodes = RG_PRIMARIES;
//! +Init_nodes = RG_PRIMARIES;
//! ```

use rtreg_model::{InitNodes, Level};

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.init_nodes, &pair.new.resource_type.init_nodes);
    if (old.value, new.value) != (InitNodes::RgPrimaries, InitNodes::RtInstalledNodes) {
        return;
    }
    let message = "Init_nodes was RG_PRIMARIES, and is RT_INSTALLED_NODES now: the new Fini runs on nodes where no Init has run";
    report.add(pair.new.place_of(new), message, |draft| {
        draft
            .also(pair.old.place_of(old), "the old version")
            .help("promise WHEN_UNMANAGED, or make Fini and Validate work on nodes where Init has not run")
    });
}
