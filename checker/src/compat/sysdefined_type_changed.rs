//! Sysdefined_type differs.
//!
//! # What
//!
//! Sysdefined_type has another value, or is in one version only.
//!
//! # Why
//!
//! It makes a type one of logical host names or shared addresses, which the cluster treats in a way of its own.
//! Source: rt_properties(5).
//!
//! # Example
//!
//! ```diff
//! -Sysdefined_type = LOGICAL_HOSTNAME;
//! +Sysdefined_type = SHARED_ADDRESS;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Sysdefined_type = LOGICAL_HOSTNAME;
//! +Sysdefined_type = logical_hostname;
//! ```

use rtreg_model::{Level, Spanned};

use crate::compat::Report;
use crate::pair::{Pair, Version};

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.sysdefined_type, &pair.new.resource_type.sysdefined_type);
    let word = |value: &Option<Spanned<String>>| value.as_ref().map(|value| value.value.to_ascii_uppercase());
    if word(old) == word(new) {
        return;
    }
    let words = |value: &Option<Spanned<String>>| word(value).unwrap_or_else(|| "none".to_owned());
    let place = |version: &Version<'_>, value: &Option<Spanned<String>>| {
        value.as_ref().map_or_else(|| version.place(), |value| version.at(value.span))
    };
    let message = format!("Sysdefined_type was {}, and is {} now", words(old), words(new));
    report.add(place(pair.new, new), message, |draft| {
        draft.also(place(pair.old, old), "the old version").help("make a new type instead")
    });
}
