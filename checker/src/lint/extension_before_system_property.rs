//! An extension property stands before a system-defined one.
//!
//! # What
//!
//! The property table has the entry of a system-defined property behind that of an extension property.
//!
//! # Why
//!
//! The manual describes the table as two parts, the system-defined properties first. Files in another order are registered, and
//! shipped files have one; a reader looks for a property in its part. Source: rt_reg(4) and the overview of the file's format in
//! the developer's guide.
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Log_level; EXTENSION; INT; DEFAULT = 1; DESCRIPTION = "How much is logged"; }
//! { PROPERTY = Retry_count; DEFAULT = 2; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; }
//! { PROPERTY = Log_level; EXTENSION; INT; DEFAULT = 1; DESCRIPTION = "How much is logged"; }
//! ```

use rtreg_model::Level;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let mut last = context.standard_entries().rev();
    let Some((index, system)) = last.find(|(_, entry)| entry.is_system() && entry.whole) else { return };
    let mut before = context.entries.iter().take(index);
    let Some(extension) = before.find(|entry| entry.extension && entry.whole) else { return };
    let message = format!(
        "expected the system-defined properties first, found the extension property `{}` before `{}`",
        extension.name_text(),
        system.name_text()
    );
    report.add(extension.name_span(), message, |draft| {
        draft.also(system.name_span(), "this property is system-defined").help("move the entry behind it")
    });
}
