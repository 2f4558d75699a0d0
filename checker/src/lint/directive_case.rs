//! A directive is not written in lower case.
//!
//! # What
//!
//! The word behind `#$` is `upgrade` or `upgrade_from` in another case than the manuals print.
//!
//! # Why
//!
//! Names of properties are compared in any case; of directives the manuals do not say so, and print them in lower case only.
//! A release that compares exactly would take the line for an error. Source: rt_reg(4), "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```text
//! #$Upgrade
//! ```
//!
//! # Instead
//!
//! ```text
//! #$upgrade
//! ```

use rtreg_model::{Applicability, Level};
use rtreg_parser::DirectiveKind;

use crate::context::{Context, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for directive in &context.directives {
        let expected = match &directive.kind {
            DirectiveKind::Upgrade => "upgrade",
            DirectiveKind::UpgradeFrom { .. } => "upgrade_from",
            _ => continue,
        };
        if directive.word.text != expected.as_bytes() {
            let message = format!("expected `#${expected}` in lower case, found {}", quote(directive.word.text));
            report.add(directive.word.span, message, |draft| {
                draft.help(format!("write `#${expected}`")).replace(
                    "write it in lower case",
                    Applicability::Safe,
                    directive.word.span,
                    expected,
                )
            });
        }
    }
}
