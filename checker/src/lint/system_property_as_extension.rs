//! A system-defined property is declared as an extension property.
//!
//! # What
//!
//! An entry has EXTENSION and the name of a system-defined property; case does not count.
//!
//! # Why
//!
//! Two properties of one name could not be told apart in a command. Source: r_properties(5) for the names; that redeclaring
//! one is wrong is our reading.
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_count; EXTENSION; INT; DEFAULT = 2; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; }
//! ```

use rtreg_model::{Applicability, Keyword, Level};

use crate::context::{Context, TableAttribute, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    if !entry.extension {
        return;
    }
    let (Some(standard), Some(extension)) = (entry.standard, entry.get(Keyword::Extension)) else { return };
    let message = format!("expected no EXTENSION on {}, which is a system-defined property", standard.name);
    report.add(entry.name_span(), message, |draft| {
        let own = |attribute: &&TableAttribute<'_>| {
            attribute.keyword.is_some_and(|keyword| {
                matches!(keyword, Keyword::Extension | Keyword::Description | Keyword::PerNode) || keyword.is_kind()
            })
        };
        let edits = entry.attributes.iter().filter(own).map(|attribute| context.delete(attribute.node.span));
        draft
            .also(extension.node.span, "EXTENSION is here")
            .help("remove EXTENSION, type and DESCRIPTION, or choose a name of your own")
            .fix("make it an entry of the system-defined property", Applicability::Unsafe, edits.collect())
    });
}
