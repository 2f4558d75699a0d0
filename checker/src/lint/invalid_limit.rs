//! A limit is no integer, or no possible one.
//!
//! # What
//!
//! MIN or MAX is no integer; MINLENGTH, MAXLENGTH, ARRAY_MINSIZE or ARRAY_MAXSIZE is no integer of at least 0.
//!
//! # Why
//!
//! Without a number there is no limit to check values against. Source: property_attributes(5), "Min" to "Array_maxsize".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; INT; MIN = one; DEFAULT = 80; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; INT; MIN = 1; DEFAULT = 80; }
//! ```

use rtreg_model::{Applicability, Keyword, Level};

use crate::context::{Context, TableEntry, quote};
use crate::edits::{NO_MINUS, meant_number};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    for attribute in entry.sound() {
        let (keyword, least, expected) = match attribute.keyword {
            Some(keyword @ (Keyword::Min | Keyword::Max)) => (keyword, i64::MIN, "an integer"),
            Some(
                keyword @ (Keyword::Minlength | Keyword::Maxlength | Keyword::ArrayMinsize | Keyword::ArrayMaxsize),
            ) => {
                (keyword, 0, "an integer of at least 0")
            }
            _ => continue,
        };
        let Some(values) = attribute.values() else { continue };
        let (text, span) = match values.list.as_slice() {
            [] => (&b""[..], attribute.node.span),
            [value] => (value.text, value.span),
            _ => continue,
        };
        let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<i64>().ok());
        if number.is_none_or(|number| number < least) {
            let found = if text.is_empty() { "nothing".to_owned() } else { quote(text) };
            report.add(span, format!("expected {expected} for {keyword}, found {found}"), |draft| {
                match std::str::from_utf8(text).ok().and_then(meant_number) {
                    Some(number) => draft.help(NO_MINUS).replace(
                        format!("write `{number}`"),
                        Applicability::Unsafe,
                        span,
                        number,
                    ),
                    None => draft.help(format!("write `{keyword} = number;`, or remove the attribute")),
                }
            });
        }
    }
}
