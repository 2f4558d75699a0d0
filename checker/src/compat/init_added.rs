//! Init is new: it will not have run where the new methods do.
//!
//! # What
//!
//! The new version declares Init, and the old one does not.
//!
//! # Why
//!
//! An upgrade runs no Init while the group is managed. The new Start, Stop and Fini then work where Init has never
//! run. Source: rt_callbacks(1HA), "Init" and "Fini"; developer's guide, "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//! +Init = /opt/ACMEweb/2.0/init;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Init = /opt/ACMEweb/1.0/init;
//! +Init = /opt/ACMEweb/2.0/init;
//! ```

use rtreg_model::{Level, Method};

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (None, Some(init)) = (pair.old.method(Method::Init), pair.new.method(Method::Init)) else { return };
    let message = match pair.new.method(Method::Fini) {
        Some(_) => "Init is new: where a resource was not unmanaged, it has not run when the new Fini runs",
        None => "Init is new: where a resource was not unmanaged, it has not run when the new Start runs",
    };
    report.add(pair.new.at(init.declared.span), message, |draft| {
        draft
            .also(pair.old.place(), "the old version has no Init")
            .help("promise WHEN_UNMANAGED, or make the new methods work without what Init does")
    });
}
