//! The default of Retry_interval is no multiple of 60.
//!
//! # What
//!
//! The DEFAULT of Retry_interval is a number of seconds that is not a whole number of minutes.
//!
//! # Why
//!
//! The library that fault monitors are built on hands the interval to the process monitor in minutes and rounds up, so 750
//! seconds count as 780. The sample data service of the developer's guide asks for multiples of 60 in a comment beside the
//! property. Nothing fails; the interval is another than the file says. Source: r_properties(5), "Retry_interval"; developer's
//! guide of 3.1, sample data service.
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_interval; MAX = 3600; DEFAULT = 750; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_interval; MAX = 3600; DEFAULT = 780; }
//! ```

use rtreg_model::{Applicability, Level};

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

/// Seconds of a minute.
const MINUTE: i64 = 60;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some((seconds, place)) = context.integer_default("Retry_interval") else { return };
    if seconds <= 0 || seconds % MINUTE == 0 {
        return;
    }
    let minutes = seconds / MINUTE + 1;
    report.add(place, format!("expected a multiple of 60 for Retry_interval, found {seconds}"), |draft| {
        let taken_for = minutes * MINUTE;
        draft
            .help(format!("write {taken_for}, which is what {seconds} is taken for: {minutes} minutes"))
            .replace(format!("write `{taken_for}`"), Applicability::Unsafe, place, taken_for.to_string())
    });
}
