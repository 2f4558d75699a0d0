//! The value of a type property does not have its type.
//!
//! # What
//!
//! A boolean type property is neither TRUE nor FALSE, API_version is no integer, or Init_nodes or Sysdefined_type is none of
//! its words.
//!
//! # Why
//!
//! What the type would do is not defined. Source: rt_properties(5), the type of each property.
//!
//! # Example
//!
//! ```text
//! Failover = YES;
//! ```
//!
//! # Instead
//!
//! ```text
//! Failover = TRUE;
//! ```

use rtreg_model::{Applicability, Level, suggest};
use rtreg_model::standard::TypePropertyKind;

use crate::context::{Context, boolean, did_you_mean, has_placeholder, quote};
use crate::edits::meant_boolean;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (declaration, property) in context.sound() {
        let Some(value) = declaration.single().filter(|value| !value.text.is_empty() && !has_placeholder(value)) else {
            continue;
        };
        let text = value.to_text();
        let words: &[&str] = match property.kind {
            TypePropertyKind::Boolean if boolean(&text).is_none() => &["TRUE", "FALSE"],
            TypePropertyKind::Enum(words) if !words.iter().any(|word| word.eq_ignore_ascii_case(&text)) => words,
            TypePropertyKind::Int if text.parse::<i64>().is_err() => &[],
            _ => continue,
        };
        let expected = if words.is_empty() { "an integer".to_owned() } else { words.join(" or ") };
        let message = format!("expected {expected} for {}, found {}", property.name, quote(value.text));
        let help = did_you_mean(&text, words.iter().copied())
            .unwrap_or_else(|| format!("write {expected}, or remove the declaration to get the default"));
        let meant = match property.kind {
            TypePropertyKind::Boolean => meant_boolean(&text),
            _ => suggest::only_nearest(&text, words.iter().copied()),
        };
        report.add(value.span, message, |draft| {
            let draft = draft.help(help);
            match meant {
                Some(word) => draft.replace(format!("write `{word}`"), Applicability::Unsafe, value.span, word),
                None => draft,
            }
        });
    }
}
