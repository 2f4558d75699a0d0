//! A type property that needs a value is empty.
//!
//! # What
//!
//! A type property is declared without a value, or with `""`, though it may only be declared with one.
//!
//! # Why
//!
//! Properties that are required, or "conditional/explicit", must not be blank. Source: rt_properties(5), "Property
//! Categories".
//!
//! # Example
//!
//! ```text
//! Validate = "";
//! ```
//!
//! # Instead
//!
//! ```text
//! Validate = bin/validate;
//! ```

use rtreg_model::{Applicability, Level};
use rtreg_model::standard::Category;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

/// What most types cannot do without: an empty declaration is one that was never completed.
const NEEDED: [&str; 6] = ["RT_basedir", "RT_version", "Start", "Stop", "Prenet_start", "Postnet_stop"];

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (declaration, property) in context.sound() {
        if matches!(property.category, Category::Required | Category::ConditionalExplicit) && declaration.is_blank() {
            let message = format!("expected a value for {}, found none", property.name);
            report.add(declaration.node.span, message, |draft| {
                let draft = draft.help(match property.category {
                    Category::Required => format!("write `{} = value;`", property.name),
                    _ => format!("give a value, or remove the declaration if the type has no {}", property.name),
                });
                match property.category == Category::ConditionalExplicit && !NEEDED.contains(&property.name) {
                    true => {
                        let delete = context.delete(declaration.node.span);
                        draft.fix("delete the declaration", Applicability::Unsafe, vec![delete])
                    }
                    false => draft,
                }
            });
        }
    }
}
