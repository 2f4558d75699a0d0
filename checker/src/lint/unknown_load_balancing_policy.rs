//! The default of Load_balancing_policy is none of its three words.
//!
//! # What
//!
//! The DEFAULT of Load_balancing_policy is not LB_WEIGHTED, LB_STICKY or LB_STICKY_WILD.
//!
//! # Why
//!
//! The property is a string, so no list of literals guards it, and the mistake shows only when a scalable resource is created.
//! Source: r_properties(5), "Load_balancing_policy".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Load_balancing_policy; DEFAULT = LB_WEIGHT; TUNABLE = AT_CREATION; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Load_balancing_policy; DEFAULT = LB_WEIGHTED; TUNABLE = AT_CREATION; }
//! ```

use rtreg_model::{Applicability, Level, suggest};

use crate::context::{Context, did_you_mean, has_placeholder, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

const POLICIES: [&str; 3] = ["LB_WEIGHTED", "LB_STICKY", "LB_STICKY_WILD"];

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let value = context.system_default("Load_balancing_policy").and_then(|values| values.single());
    let Some(value) = value.filter(|value| !value.text.is_empty() && !has_placeholder(value)) else { return };
    let text = value.to_text();
    if POLICIES.iter().any(|policy| policy.eq_ignore_ascii_case(&text)) {
        return;
    }
    let message = format!("expected LB_WEIGHTED, LB_STICKY or LB_STICKY_WILD, found {}", quote(value.text));
    let help = did_you_mean(&text, POLICIES).unwrap_or_else(|| "choose one of the three".to_owned());
    report.add(value.span, message, |draft| {
        let draft = draft.help(help);
        match suggest::only_nearest(&text, POLICIES) {
            Some(meant) => draft.replace(format!("write `{meant}`"), Applicability::Unsafe, value.span, meant),
            None => draft,
        }
    });
}
