//! An `#$upgrade_from` line has a tunability that does not exist.
//!
//! # What
//!
//! The word behind the version is none of ANYTIME, WHEN_UNMONITORED, WHEN_OFFLINE, WHEN_DISABLED, WHEN_UNMANAGED and
//! AT_CREATION, in any case.
//!
//! # Why
//!
//! When the upgrade is safe would be left open. Source: rt_reg(4), "Upgrading a Resource Type"; the developer's guides,
//! "Type_version".
//!
//! # Example
//!
//! ```text
//! #$upgrade
//! #$upgrade_from "1.0" WHEN_OFLINE
//! ```
//!
//! # Instead
//!
//! ```text
//! #$upgrade
//! #$upgrade_from "1.0" WHEN_OFFLINE
//! ```

use rtreg_model::{Applicability, Level, PropertyTunable, Tunability, suggest};
use rtreg_parser::DirectiveKind;

use crate::context::{Context, did_you_mean, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for directive in &context.directives {
        let DirectiveKind::UpgradeFrom { tunability: Some(word), .. } = &directive.kind else { continue };
        let text = word.to_text();
        if Tunability::parse(&text).is_some() {
            continue;
        }
        let words = Tunability::ALL.map(Tunability::as_str);
        let help = match PropertyTunable::parse(&text) {
            Some(_) => format!("that is a word for TUNABLE of a property; here write one of {}", words.join(", ")),
            None => did_you_mean(&text, words).unwrap_or_else(|| format!("write one of {}", words.join(", "))),
        };
        let message = format!("expected a word that says when the upgrade is safe, found {}", quote(word.text));
        report.add(word.span, message, |draft| {
            let draft = draft.help(help);
            match suggest::only_nearest(&text, words).filter(|_| PropertyTunable::parse(&text).is_none()) {
                // A wrong guess would permit or forbid upgrades.
                Some(meant) => draft.replace(format!("write `{meant}`"), Applicability::Unsafe, word.span, meant),
                None => draft,
            }
        });
    }
}
