//! Scalable differs.
//!
//! # What
//!
//! Scalable is declared in one version only, or has another default.
//!
//! # Why
//!
//! It decides whether resources share the load of the network or run on one node at a time, and is tunable at creation
//! only; yet a changed default reaches resources that follow it. Source: r_properties(5), "Scalable"; developer's
//! guide, "Upgrading a Resource Type".
//!
//! # Example
//!
//! ```diff
//! -{ PROPERTY = Scalable; DEFAULT = FALSE; }
//! +{ PROPERTY = Scalable; DEFAULT = TRUE; }
//! ```
//!
//! # Instead
//!
//! ```diff
//! -{ PROPERTY = Scalable; DEFAULT = TRUE; }
//! +{ PROPERTY = SCALABLE; DEFAULT = TRUE; }
//! ```

use rtreg_model::{Level, PropertyDecl};

use crate::compat::Report;
use crate::pair::{Pair, Version, default_words};

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (pair.old.property("Scalable"), pair.new.property("Scalable"));
    let value = |property: Option<&PropertyDecl>| property.map(|property| property.default.clone());
    if value(old) == value(new) {
        return;
    }
    let words = |property: Option<&PropertyDecl>| match property {
        Some(property) => format!("declared with the default {}", default_words(property)),
        None => "not declared".to_owned(),
    };
    let place = |version: &Version<'_>, property: Option<&PropertyDecl>| {
        property.map_or_else(|| version.place(), |property| version.attribute(property, "DEFAULT"))
    };
    let message = format!("Scalable was {}, and is {} now", words(old), words(new));
    report.add(place(pair.new, new), message, |draft| {
        draft
            .also(place(pair.old, old), "the old version")
            .help("make a new type instead: resources of one kind cannot become resources of the other while they exist")
    });
}
