//! EXTENSION or PER_NODE is neither TRUE nor FALSE.
//!
//! # What
//!
//! The attribute has a value, and it is not a boolean.
//!
//! # Why
//!
//! A boolean attribute is declared as `NAME;` or with TRUE or FALSE. Source: rt_reg(4), the paragraph on boolean
//! properties.
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Port; EXTENSION = YES; INT; DEFAULT = 80; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! ```

use rtreg_model::{Applicability, Keyword, Level};

use crate::context::{Context, TableEntry, did_you_mean};
use crate::edits::meant_boolean;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    for attribute in entry.sound() {
        let Some(keyword @ (Keyword::Extension | Keyword::PerNode)) = attribute.keyword else { continue };
        let Some(values) = attribute.values() else { continue };
        if attribute.flag().is_none() && values.list.len() <= 1 {
            let found = values.single().map(|value| value.to_text()).unwrap_or_default();
            let message = match found.is_empty() {
                true => format!("expected {keyword} alone or with TRUE or FALSE, found no value behind `=`"),
                false => format!("expected {keyword} alone or with TRUE or FALSE, found `{found}`"),
            };
            let help = did_you_mean(&found, ["TRUE", "FALSE"]).unwrap_or_else(|| format!("write `{keyword};`"));
            report.add(attribute.node.span, message, |draft| {
                let draft = draft.help(help);
                let text = match meant_boolean(&found) {
                    _ if found.is_empty() => format!("{keyword};"),
                    Some("TRUE") => format!("{keyword};"),
                    Some(word) => format!("{keyword} = {word};"),
                    None => return draft,
                };
                draft.replace(format!("write `{text}`"), Applicability::Unsafe, attribute.node.span, text)
            });
        }
    }
}
