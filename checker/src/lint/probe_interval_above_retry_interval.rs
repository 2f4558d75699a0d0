//! The monitor probes less often than failures are counted for.
//!
//! # What
//!
//! The DEFAULT of Thorough_probe_interval or Cheap_probe_interval is above the DEFAULT of Retry_interval.
//!
//! # Why
//!
//! A monitor counts failures within Retry_interval. If the next probe comes later than that, every failure is the first one: the
//! service is restarted for ever and Retry_count is never reached, so it never moves to another node. Source: r_properties(5),
//! "Retry_count", "Retry_interval", "Thorough_probe_interval"; that the two do not fit is our reading.
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Thorough_probe_interval; DEFAULT = 600; }
//! { PROPERTY = Retry_interval; DEFAULT = 300; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Thorough_probe_interval; DEFAULT = 60; }
//! { PROPERTY = Retry_interval; DEFAULT = 300; }
//! ```

use rtreg_model::Level;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some((retry, retry_place)) = context.integer_default("Retry_interval") else { return };
    for name in ["Thorough_probe_interval", "Cheap_probe_interval"] {
        let Some((probe, place)) = context.integer_default(name).filter(|(probe, _)| *probe > retry) else { continue };
        let message = format!("expected at most the {retry} seconds of Retry_interval for {name}, found {probe}");
        report.add(place, message, |draft| {
            draft.also(retry_place, "Retry_interval is here").help("several probes should fit into one Retry_interval")
        });
    }
}
