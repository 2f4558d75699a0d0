//! A limit stands on a property whose type it does not fit.
//!
//! # What
//!
//! MIN or MAX on something that is no INT, MINLENGTH or MAXLENGTH on something that is neither STRING nor STRINGARRAY, or
//! ARRAY_MINSIZE or ARRAY_MAXSIZE on something that is no STRINGARRAY.
//!
//! # Why
//!
//! The limit cannot be checked, so it is not what the author thinks. Source: property_attributes(5), the types named at each
//! attribute.
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Confdir_list; EXTENSION; STRINGARRAY; MIN = 1; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Confdir_list; EXTENSION; STRINGARRAY; ARRAY_MINSIZE = 1; }
//! ```

use rtreg_model::{Applicability, Level, PropertyKind};

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for entry in &context.entries {
        let Some(kind) = &entry.kind else { continue };
        for attribute in entry.attributes.iter().filter(|attribute| attribute.sound) {
            let Some(keyword) = attribute.keyword else { continue };
            let (fits, wanted) = match keyword {
                "MIN" | "MAX" => (matches!(kind, PropertyKind::Int), "INT"),
                "MINLENGTH" | "MAXLENGTH" => {
                    (matches!(kind, PropertyKind::String | PropertyKind::StringArray), "STRING or STRINGARRAY")
                }
                "ARRAY_MINSIZE" | "ARRAY_MAXSIZE" => (matches!(kind, PropertyKind::StringArray), "STRINGARRAY"),
                _ => continue,
            };
            if !fits {
                let name = entry.name_text();
                let message = format!("expected {keyword} only on type {wanted}, but `{name}` is of type {}", kind.as_str());
                report.add(attribute.node.span, message, |draft| {
                    let draft = draft.help(match (keyword, kind) {
                        ("MIN" | "MAX", PropertyKind::String) => format!("for the length of a STRING write {keyword}LENGTH"),
                        ("MIN" | "MAX", PropertyKind::StringArray) => {
                            format!("for the number of elements write ARRAY_{keyword}SIZE, for their length {keyword}LENGTH")
                        }
                        _ => format!("remove {keyword}"),
                    });
                    let length = format!("{keyword}LENGTH");
                    match (keyword, kind) {
                        ("MIN" | "MAX", PropertyKind::String) if !entry.may_have(&length) => draft.replace(
                            format!("write `{length}`"),
                            Applicability::Unsafe,
                            attribute.node.name.span,
                            length,
                        ),
                        ("MIN" | "MAX", PropertyKind::StringArray) => draft,
                        _ => draft.fix(
                            format!("delete {keyword}"),
                            Applicability::Unsafe,
                            vec![context.delete(attribute.node.span)],
                        ),
                    }
                });
            }
        }
    }
}
