//! There are several values where one is expected.
//!
//! # What
//!
//! A type property that is no list, or an attribute other than the DEFAULT of a STRINGARRAY, has values separated by commas.
//!
//! # Why
//!
//! Which of them counts is not defined. Source: rt_reg(4): `name = value [, value];` is for properties that are lists.
//!
//! # Example
//!
//! ```text
//! Failover = TRUE, FALSE;
//! ```
//!
//! # Instead
//!
//! ```text
//! Failover = TRUE;
//! ```

use rtreg_model::standard::TypePropertyKind;
use rtreg_model::{Keyword, Level, PropertyKind};
use rtreg_parser::Values;

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (declaration, property) in context.sound().filter(|(_, property)| property.kind != TypePropertyKind::StringArray) {
        if let Some(values) = &declaration.node.values {
            judge(values, property.name, report);
        }
    }
}

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    for attribute in entry.sound() {
        let (Some(keyword), Some(values)) = (attribute.keyword, attribute.values()) else { continue };
        let list = keyword == Keyword::Default && matches!(entry.kind, None | Some(PropertyKind::StringArray));
        if !list {
            judge(values, keyword.as_str(), report);
        }
    }
}

fn judge(values: &Values<'_>, name: &str, report: &mut Report<'_>) {
    if let [_, second, ..] = values.list.as_slice() {
        let message = format!("expected one value for {name}, found {}", values.list.len());
        report.add(second.span.to(values.span), message, |draft| {
            draft.help("keep the value that is meant; only properties that are lists have several")
        });
    }
}
