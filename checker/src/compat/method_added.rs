//! A method is new.
//!
//! # What
//!
//! The new version declares a method that the old one does not have. Init has a rule of its own.
//!
//! # Why
//!
//! It is called for resources that the methods of the old version started. Source: rt_callbacks(1HA).
//!
//! # Example
//!
//! ```diff
//! +Update = /opt/ACMEweb/2.0/update;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Update = /opt/ACMEweb/1.0/update;
//! +Update = /opt/ACMEweb/2.0/update;
//! ```

use rtreg_model::{Level, Method};

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for (method, path) in &pair.new.resource_type.methods {
        if *method == Method::Init || pair.old.method(*method).is_some() {
            continue;
        }
        report.add(pair.new.at(path.declared.span), format!("{method} is new"), |draft| {
            draft.also(pair.old.place(), format!("the old version has no {method}"))
        });
    }
}
