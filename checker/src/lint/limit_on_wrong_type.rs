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

use rtreg_model::{Applicability, Keyword, Level, PropertyKind};

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    let Some(kind) = &entry.kind else { return };
    for attribute in entry.sound() {
        let Some(keyword) = attribute.keyword else { continue };
        let (fits, wanted) = match keyword {
            Keyword::Min | Keyword::Max => (matches!(kind, PropertyKind::Int), "INT"),
            Keyword::Minlength | Keyword::Maxlength => {
                (matches!(kind, PropertyKind::String | PropertyKind::StringArray), "STRING or STRINGARRAY")
            }
            Keyword::ArrayMinsize | Keyword::ArrayMaxsize => (matches!(kind, PropertyKind::StringArray), "STRINGARRAY"),
            _ => continue,
        };
        if !fits {
            let name = entry.name_text();
            let message = format!("expected {keyword} only on type {wanted}, but `{name}` is of type {}", kind.as_str());
            report.add(attribute.node.span, message, |draft| {
                let draft = draft.help(match (keyword, kind) {
                    (Keyword::Min | Keyword::Max, PropertyKind::String) => format!("for the length of a STRING write {keyword}LENGTH"),
                    (Keyword::Min | Keyword::Max, PropertyKind::StringArray) => {
                        format!("for the number of elements write ARRAY_{keyword}SIZE, for their length {keyword}LENGTH")
                    }
                    _ => format!("remove {keyword}"),
                });
                let length = if keyword == Keyword::Min { Keyword::Minlength } else { Keyword::Maxlength };
                match (keyword, kind) {
                    (Keyword::Min | Keyword::Max, PropertyKind::String) if !entry.may_have(length) => draft.replace(
                        format!("write `{length}`"),
                        Applicability::Unsafe,
                        attribute.node.name.span,
                        length.as_str(),
                    ),
                    (Keyword::Min | Keyword::Max, PropertyKind::StringArray) => draft,
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
