//! Global_zone is TRUE in a file that lies in a zone.
//!
//! # What
//!
//! The file lies under the root of a zone and says that its methods run in the global zone.
//!
//! # Why
//!
//! Whoever administers the zone could run programs in the global zone; the cluster refuses such a file. Source:
//! clresourcetype(1CL), rt_properties(5), Global_zone.
//!
//! # Example
//!
//! ```text
//! Global_zone = TRUE;      # with --zone-root on a folder above the file
//! ```
//!
//! # Instead
//!
//! ```text
//! Global_zone = FALSE;
//! ```

use rtreg_model::{Applicability, Level};

use crate::context::{Context, boolean};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(declaration) = context.find("Global_zone").filter(|_| context.zone_root) else { return };
    let is_true = match &declaration.node.values {
        None => true,
        Some(values) => values.single().is_some_and(|value| boolean(&value.to_text()) == Some(true)),
    };
    if is_true {
        let message = "expected Global_zone to be FALSE in a file under the root of a zone, found TRUE";
        report.add(declaration.node.span, message, |draft| {
            draft
                .help("remove the declaration, or keep the file outside of the zone")
                .fix("delete the declaration", Applicability::Unsafe, vec![context.delete(declaration.node.span)])
        });
    }
}
