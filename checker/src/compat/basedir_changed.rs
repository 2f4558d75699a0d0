//! RT_basedir differs.
//!
//! # What
//!
//! RT_basedir has another value than in the old version, or only one version has one.
//!
//! # Why
//!
//! Methods that are declared without a full path move with it. That is how two versions can be installed beside each
//! other. Source: rt_properties(5), "RT_basedir"; developer's guide, "Upgrading a Resource Type", "Packaging".
//!
//! # Example
//!
//! ```diff
//! -RT_basedir = /opt/ACMEweb/1.0;
//! +RT_basedir = /opt/ACMEweb/2.0;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -RT_basedir = /opt/ACMEweb;
//! +RT_basedir = /opt/ACMEweb;
//! ```

use rtreg_model::{Level, Spanned};

use crate::compat::Report;
use crate::pair::{Pair, Version};

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.rt_basedir, &pair.new.resource_type.rt_basedir);
    if old == new {
        return;
    }
    let words = |basedir: &Option<Spanned<String>>| basedir.as_ref().map_or("none".to_owned(), |it| format!("`{}`", it.value));
    let place = |version: &Version<'_>, basedir: &Option<Spanned<String>>| {
        basedir.as_ref().map_or_else(|| version.place(), |basedir| version.at(basedir.span))
    };
    let moved = pair.methods().filter(|(_, old, new)| old.declared == new.declared && old.absolute != new.absolute).count();
    let with_it = match moved {
        0 => String::new(),
        1 => ", and 1 method moves with it".to_owned(),
        moved => format!(", and {moved} methods move with it"),
    };
    let message = format!("RT_basedir was {}, and is {} now{with_it}", words(old), words(new));
    report.add(place(pair.new, new), message, |draft| draft.also(place(pair.old, old), "the old version"));
}
