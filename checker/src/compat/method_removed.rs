//! A method is gone.
//!
//! # What
//!
//! The old version declares a method that the new one does not have.
//!
//! # Why
//!
//! What it did is not done any more for resources that the old methods started: without Stop nothing ends them,
//! without Monitor_stop their monitor runs on, without Fini what Init did stays. Source: rt_callbacks(1HA).
//!
//! # Example
//!
//! ```diff
//! -Update = /opt/ACMEweb/1.0/update;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Update = /opt/ACMEweb/1.0/update;
//! +Update = /opt/ACMEweb/2.0/update;
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for (method, path) in &pair.old.resource_type.methods {
        if pair.new.method(*method).is_some() {
            continue;
        }
        report.add(pair.new.place(), format!("{method} is gone"), |draft| {
            draft.label(format!("this version has no {method}")).also(pair.old.at(path.declared.span), "the old version's")
        });
    }
}
