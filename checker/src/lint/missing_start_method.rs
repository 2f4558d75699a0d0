//! The type has no method that starts anything.
//!
//! # What
//!
//! The file declares neither Start nor Prenet_start.
//!
//! # Why
//!
//! A type needs a method that starts the service; Prenet_start may take the place of Start. Source: rt_callbacks(1HA),
//! rt_properties(5), Start.
//!
//! # Example
//!
//! ```text
//! Resource_type = "web";
//! Stop = bin/stop;
//! ```
//!
//! # Instead
//!
//! ```text
//! Resource_type = "web";
//! Start = bin/start;
//! Stop = bin/stop;
//! ```

use rtreg_model::Level;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    if context.may_declare("Start") || context.may_declare("Prenet_start") {
        return;
    }
    let Some(resource_type) = context.find("Resource_type") else { return };
    report.add(resource_type.node.span, "expected a Start or Prenet_start method, found neither", |draft| {
        draft.label("this type cannot be started").help("declare the path of the program that starts the service: `Start = path;`")
    });
}
