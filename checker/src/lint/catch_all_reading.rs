//! The releases read `#$upgrade_from ""` differently, and here the difference matters.
//!
//! # What
//!
//! A `#$upgrade_from ""` line has a tunability other than WHEN_UNMANAGED.
//!
//! # Why
//!
//! Up to 3.1 9/04 the empty version means "a type without a version"; from 3.1 8/05 on it also means every version that no
//! other line lists. With WHEN_UNMANAGED both readings agree, because an unlisted version gets WHEN_UNMANAGED anyway. With
//! any other word the same file permits different upgrades on different releases. Source: the upgrade chapter of the
//! developer's guides of 3.1 and of 3.2, "Type_version".
//!
//! # Example
//!
//! ```text
//! #$upgrade
//! #$upgrade_from "" ANYTIME
//! ```
//!
//! # Instead
//!
//! ```text
//! #$upgrade
//! #$upgrade_from "1.0" ANYTIME
//! #$upgrade_from "" WHEN_UNMANAGED
//! ```

use rtreg_model::{Level, Tunability};
use rtreg_parser::DirectiveKind;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (directive, version) in context.upgrade_from().filter(|(_, version)| version.text.is_empty()) {
        let DirectiveKind::UpgradeFrom { tunability: Some(word), .. } = &directive.kind else { continue };
        let Some(tunability) = Tunability::parse(&word.to_text()) else { continue };
        if tunability == Tunability::WhenUnmanaged {
            continue;
        }
        let message = format!("`\"\"` with {tunability} means different things to different releases");
        report.add(word.span, message, |draft| {
            draft
                .also(version.span, "up to 3.1 9/04: no version; later: no version or any that is not listed")
                .help("list the versions that you mean by number, and keep `\"\"` for WHEN_UNMANAGED")
        });
    }
}
