//! A method has no entry for its timeout, so it may run for an hour.
//!
//! # What
//!
//! The file declares a method and has no entry for its `<method>_timeout` property.
//!
//! # Why
//!
//! The property exists all the same, with a default of 3600 seconds. A Stop that hangs keeps the service from moving for that
//! hour, and the limit that fits is known to nobody better than to the author. Source: r_properties(5), `<method>_timeout`.
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Start_timeout; DEFAULT = 300; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Start_timeout; DEFAULT = 300; }
//! { PROPERTY = Stop_timeout; DEFAULT = 120; }
//! ```

use rtreg_model::Level;

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    if !context.table_is_readable() {
        return;
    }
    for (declaration, _) in context.sound() {
        let Some(method) = declaration.method() else { continue };
        let timeout = method.timeout_property();
        let is_its = |entry: &TableEntry<'_>| entry.standard.is_some_and(|standard| standard.name == timeout);
        if context.standard_entries().any(|(_, entry)| is_its(entry)) {
            continue;
        }
        let message = format!("expected an entry for {timeout}, found none: {method} may run for 3600 seconds");
        report.add(declaration.node.name.span, message, |draft| {
            draft.help(format!("add `{{ PROPERTY = {timeout}; DEFAULT = seconds; }}` to the property table"))
        });
    }
}
