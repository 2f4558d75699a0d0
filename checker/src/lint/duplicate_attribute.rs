//! An attribute stands twice in one entry.
//!
//! # What
//!
//! The same keyword occurs more than once between two braces; case does not count.
//!
//! # Why
//!
//! Which of the two counts is not defined by the manuals. Source: our reading of rt_reg(4), which describes one value per
//! attribute. A second PROPERTY usually means that `}` and `{` are missing between two entries.
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; DEFAULT = 3; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 3; }
//! ```

use rtreg_model::{Applicability, Keyword, Level, Span};

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    if let (Some(second), Some(first)) = (entry.second_property, entry.get(Keyword::Property)) {
        report.add(second.span, "expected one PROPERTY in an entry, found a second one", |draft| {
            draft
                .also(first.node.span, "the first one is here")
                .help("if another entry starts here, end the first one with `}` and open this one with `{`")
                .replace("begin another entry", Applicability::Unsafe, Span::at(second.span.start), "}\n{ ")
        });
    }
    if !entry.repeats {
        return;
    }
    for (index, attribute) in entry.attributes.iter().enumerate().filter(|(_, attribute)| attribute.sound) {
        let Some(keyword) = attribute.keyword else { continue };
        let mut earlier = entry.attributes.iter().take(index);
        let Some(first) = earlier.find(|earlier| earlier.sound && earlier.keyword == Some(keyword)) else { continue };
        let message = format!("expected {keyword} once in the entry of `{}`, found it again", entry.name_text());
        report.add(attribute.node.span, message, |draft| {
            let draft = draft.also(first.node.span, "the first one is here").help("remove one of the two");
            match first.node.says(attribute.node) {
                true => draft.fix("delete the second one", Applicability::Safe, vec![context.delete(attribute.node.span)]),
                false => draft,
            }
        });
    }
}
