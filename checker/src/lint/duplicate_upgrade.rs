//! The directive `#$upgrade` stands twice.
//!
//! # What
//!
//! The file has more than one `#$upgrade` line.
//!
//! # Why
//!
//! The line marks the beginning of the upgrade section, of which a file has one. Source: rt_reg(4), "Upgrading a Resource
//! Type"; that a second one is wrong is our reading, the manuals are silent.
//!
//! # Example
//!
//! ```text
//! #$upgrade
//! #$upgrade_from "1.0" ANYTIME
//! #$upgrade
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
    let mut upgrades = context.directives.iter().filter(|directive| directive.kind == DirectiveKind::Upgrade);
    let Some(first) = upgrades.next() else { return };
    for again in upgrades {
        report.add(again.span, "expected `#$upgrade` once, found it again", |draft| {
            draft
                .also(first.span, "the first one is here")
                .help("remove this line; to name a version to upgrade from write `#$upgrade_from \"version\" tunability`")
                .fix("delete the line", Applicability::Safe, vec![context.delete(again.span)])
        });
    }
}
