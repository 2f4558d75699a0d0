//! An `#$upgrade_from` line names the version of the file itself.
//!
//! # What
//!
//! The version behind `#$upgrade_from` is the RT_version of the same file.
//!
//! # Why
//!
//! The line says what to do with resources of the *old* version; for the file's own version there is nothing to upgrade, so
//! it has no effect. Often RT_version was not raised. Source: rt_reg(4), "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```text
//! RT_version = "2.0";
//! #$upgrade
//! #$upgrade_from "2.0" ANYTIME
//! ```
//!
//! # Instead
//!
//! ```text
//! RT_version = "2.0";
//! #$upgrade
//! #$upgrade_from "1.0" ANYTIME
//! ```

use rtreg_model::Level;

use crate::context::{Context, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(own) = context.find("RT_version").and_then(|declaration| declaration.single()) else { return };
    for (_, version) in context.upgrade_from().filter(|(_, version)| version.text == own.text && !own.text.is_empty()) {
        let message = format!("expected an older version behind `#$upgrade_from`, found the file's own, {}", quote(own.text));
        report.add(version.span, message, |draft| {
            draft.also(own.span, "RT_version is here").help("raise RT_version, or name the version to upgrade from")
        });
    }
}
