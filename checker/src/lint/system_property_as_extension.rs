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

use rtreg_model::{Applicability, Level};
use rtreg_model::standard::KIND_KEYWORDS;

use crate::context::{Context, TableAttribute};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for entry in context.entries.iter().filter(|entry| entry.extension) {
        let (Some(standard), Some(extension)) = (entry.standard, entry.get("EXTENSION")) else { continue };
        let message = format!("expected no EXTENSION on {}, which is a system-defined property", standard.name);
        report.add(entry.name_span(), message, |draft| {
            let own = |attribute: &&TableAttribute<'_>| {
                let keyword = attribute.keyword.unwrap_or_default();
                matches!(keyword, "EXTENSION" | "DESCRIPTION" | "PER_NODE") || KIND_KEYWORDS.contains(&keyword)
            };
            let edits = entry.attributes.iter().filter(own).map(|attribute| context.delete(attribute.node.span));
            draft
                .also(extension.node.span, "EXTENSION is here")
                .help("remove EXTENSION, type and DESCRIPTION, or choose a name of your own")
                .fix("make it an entry of the system-defined property", Applicability::Unsafe, edits.collect())
        });
    }
}
