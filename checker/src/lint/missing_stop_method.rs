//! The type has no method that stops anything.
//!
//! # What
//!
//! The file declares neither Stop nor Postnet_stop.
//!
//! # Why
//!
//! A type needs a method that stops the service; Postnet_stop may take the place of Stop. Source: rt_callbacks(1HA),
//! rt_properties(5), Stop.
//!
//! # Example
//!
//! ```text
//! Resource_type = "web";
//! Start = bin/start;
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
    if context.may_declare("Stop") || context.may_declare("Postnet_stop") {
        return;
    }
    let Some(resource_type) = context.find("Resource_type") else { return };
    report.add(resource_type.node.span, "expected a Stop or Postnet_stop method, found neither", |draft| {
        draft.label("this type cannot be stopped").help("declare the path of the program that stops the service: `Stop = path;`")
    });
}
