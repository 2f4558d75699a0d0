//! RT_version differs.
//!
//! # What
//!
//! The files have different values of RT_version, or only one has a value.
//!
//! # Why
//!
//! So they are two versions of the type, which can be registered beside each other. Source: rt_reg(4);
//! rt_properties(5), "RT_version".
//!
//! # Example
//!
//! ```diff
//! -RT_version = "1.0";
//! +RT_version = "2.0";
//! ```
//!
//! # Instead
//!
//! ```diff
//!  RT_version = "1.0";
//! ```

use rtreg_model::{Level, RtVersion};

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (pair.old.version(), pair.new.version());
    if old == new {
        return;
    }
    let words = |version: &RtVersion| version.as_str().map_or("none".to_owned(), |version| format!("`{version}`"));
    report.add(pair.new.place(), format!("RT_version was {}, and is {} now", words(old), words(new)), |draft| {
        draft.also(pair.old.place(), "the old version")
    });
}
