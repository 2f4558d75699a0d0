//! An extension property has more than one type.
//!
//! # What
//!
//! An entry names two different ones of STRING, BOOLEAN, INT, ENUM and STRINGARRAY.
//!
//! # Why
//!
//! Which of them counts is not defined. Source: rt_reg(4), "Resource Property Declarations".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; INT; STRING; DEFAULT = 80; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! ```

use rtreg_model::{Keyword, Level};

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    if entry.is_system() {
        return;
    }
    let Some(first) = entry.kinds().next() else { return };
    let Some(second) = entry.kinds().find(|kind| kind.sound && kind.keyword != first.keyword) else { return };
    let message = format!(
        "expected one type for `{}`, found {} and {}",
        entry.name_text(),
        first.keyword.map_or("", Keyword::as_str),
        second.keyword.map_or("", Keyword::as_str)
    );
    report.add(second.node.span, message, |draft| {
        draft.also(first.node.span, "the first type is here").help("keep the type that is meant")
    });
}
