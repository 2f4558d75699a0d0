//! The type can start a monitor and cannot stop it.
//!
//! # What
//!
//! The file declares Monitor_start and no Monitor_stop.
//!
//! # Why
//!
//! The monitor would go on when the resource is stopped, unmonitored or upgraded. Source: rt_callbacks(1HA), Monitor_start
//! and Monitor_stop; that both belong together is our reading.
//!
//! # Example
//!
//! ```text
//! Monitor_start = bin/monitor_start;
//! ```
//!
//! # Instead
//!
//! ```text
//! Monitor_start = bin/monitor_start;
//! Monitor_stop = bin/monitor_stop;
//! ```

use rtreg_model::Level;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(start) = context.find("Monitor_start") else { return };
    if !context.may_declare("Monitor_stop") {
        report.add(start.node.span, "expected Monitor_stop beside Monitor_start, found none", |draft| {
            draft.help("declare the program that ends the monitor: `Monitor_stop = path;`")
        });
    }
}
