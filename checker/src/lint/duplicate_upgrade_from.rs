//! A version stands in two `#$upgrade_from` lines.
//!
//! # What
//!
//! Two lines name the same version to upgrade from. Versions are compared exactly.
//!
//! # Why
//!
//! Which tunability counts is not defined by the manuals: whether an upgrade is safe would depend on the reader. Source: our
//! reading of rt_reg(4), "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```text
//! #$upgrade
//! #$upgrade_from "1.0" ANYTIME
//! #$upgrade_from "1.0" WHEN_OFFLINE
//! ```
//!
//! # Instead
//!
//! ```text
//! #$upgrade
//! #$upgrade_from "1.0" WHEN_OFFLINE
//! ```

use std::collections::BTreeMap;

use rtreg_model::{Applicability, Level, Tunability};
use rtreg_parser::{Directive, DirectiveKind};

use crate::context::{Context, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let mut seen = BTreeMap::new();
    for (directive, version) in context.upgrade_from() {
        let first: &Directive<'_> = seen.entry(version.text).or_insert(directive);
        if first.span != directive.span {
            let message = format!("expected each version once, found a second line for {}", quote(context.text(version)));
            report.add(version.span, message, |draft| {
                let draft = draft.also(first.span, "the first line is here").help("keep the stricter one of the two lines");
                match (tunability(first), tunability(directive)) {
                    (Some(one), Some(other)) if one == other => {
                        draft.fix("delete the second line", Applicability::Safe, vec![context.delete(directive.span)])
                    }
                    (Some(one), Some(other)) => {
                        let weaker = if one < other { first } else { directive };
                        draft.fix("delete the weaker line", Applicability::Unsafe, vec![context.delete(weaker.span)])
                    }
                    _ => draft,
                }
            });
        }
    }
}

fn tunability(directive: &Directive<'_>) -> Option<Tunability> {
    match &directive.kind {
        DirectiveKind::UpgradeFrom { tunability: Some(word), .. } => Tunability::parse(&word.to_text()),
        _ => None,
    }
}
