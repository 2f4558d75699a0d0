//! TUNABLE has a word that it does not know.
//!
//! # What
//!
//! The value is none of NONE, FALSE, ANYTIME, TRUE, AT_CREATION and WHEN_DISABLED. In particular WHEN_UNMONITORED,
//! WHEN_OFFLINE and WHEN_UNMANAGED are words of `#$upgrade_from` only.
//!
//! # Why
//!
//! When a property may be changed and when a type may be upgraded are two things with two lists of words. Source:
//! property_attributes(5), "Tunable"; the upgrade chapter of the developer's guide, "Type_version".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; TUNABLE = WHEN_OFFLINE; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; TUNABLE = WHEN_DISABLED; }
//! ```

use rtreg_model::{Applicability, Keyword, Level, PropertyTunable, Tunability, suggest};

use crate::context::{Context, TableEntry, did_you_mean};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

const WORDS: [&str; 6] = ["NONE", "FALSE", "ANYTIME", "TRUE", "AT_CREATION", "WHEN_DISABLED"];

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    let Some(attribute) = entry.get(Keyword::Tunable) else { return };
    let Some(values) = attribute.values().filter(|values| values.list.len() <= 1) else { return };
    let found = values.single().map(|value| value.as_text()).unwrap_or_default();
    if PropertyTunable::parse(&found).is_some() {
        return;
    }
    let name = entry.name_text();
    let span = values.single().map_or(attribute.node.span, |value| value.span);
    let message = match found.is_empty() {
        true => format!("expected a word for TUNABLE of `{name}`, found none"),
        false => format!("expected a word that says when `{name}` may be changed, found `{found}`"),
    };
    let help = match Tunability::parse(&found) {
        Some(word) => format!("{word} belongs to `#$upgrade_from`; here write WHEN_DISABLED, AT_CREATION, ANYTIME or NONE"),
        None => did_you_mean(&found, WORDS).unwrap_or_else(|| format!("write one of {}", WORDS.join(", "))),
    };
    let meant = match Tunability::parse(&found) {
        // The strictest word that an entry can have for a state of the resource.
        Some(_) => Some("WHEN_DISABLED"),
        None => suggest::only_nearest(&found, WORDS),
    };
    report.add(span, message, |draft| {
        let draft = draft.help(help);
        match meant.filter(|_| !found.is_empty()) {
            Some(word) => draft.replace(format!("write `{word}`"), Applicability::Unsafe, span, word),
            None => draft,
        }
    });
}
