//! There is an `#$upgrade_from` line and no `#$upgrade`.
//!
//! # What
//!
//! The file names versions to upgrade from, but does not have the line `#$upgrade` before them.
//!
//! # Why
//!
//! Only `#$upgrade` makes a type upgrade-aware: the guide says to include it and then any number of `#$upgrade_from`. Source:
//! rt_reg(4), "Upgrading a Resource Type"; that the lines alone are wrong is our reading.
//!
//! # Example
//!
//! ```text
//! #$upgrade_from "1.0" ANYTIME
//! ```
//!
//! # Instead
//!
//! ```text
//! #$upgrade
//! #$upgrade_from "1.0" ANYTIME
//! ```

use rtreg_model::{Applicability, Level};
use rtreg_parser::DirectiveKind;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let from = context.directives.iter().find(|directive| matches!(directive.kind, DirectiveKind::UpgradeFrom { .. }));
    let Some(from) = from.filter(|_| !context.head_broken) else { return };
    match context.upgrade() {
        Some(upgrade) if upgrade.span.start < from.span.start => {}
        Some(upgrade) => report.add(from.span, "expected `#$upgrade` before `#$upgrade_from`, found it behind", |draft| {
            let draft = draft.also(upgrade.span, "`#$upgrade` is here").help("move `#$upgrade` before this line");
            match context.move_before(upgrade.span, from.span) {
                Some(edits) => draft.fix("move `#$upgrade` before it", Applicability::Safe, edits),
                None => draft,
            }
        }),
        None => report.add(from.span, "expected `#$upgrade` before `#$upgrade_from`, found none", |draft| {
            draft
                .help("add a line `#$upgrade` before this one")
                .fix("add `#$upgrade`", Applicability::Safe, vec![context.insert_before(from.span, "#$upgrade")])
        }),
    }
}
