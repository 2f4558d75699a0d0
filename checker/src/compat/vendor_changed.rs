//! Vendor_id differs: these are two types.
//!
//! # What
//!
//! The two files do not have the same Vendor_id, or one has none.
//!
//! # Why
//!
//! Vendor_id is part of the name of a type: resources of one never become resources of the other. Source: rt_reg(4);
//! rt_properties(5), "Vendor_id".
//!
//! # Example
//!
//! ```diff
//! -Vendor_id = ACME;
//! +Vendor_id = XMPL;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Vendor_id = ACME;
//! +Vendor_id = "ACME";
//! ```

use rtreg_model::{Level, Spanned};

use crate::compat::Report;
use crate::pair::{Pair, Version};

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type.vendor_id, &pair.new.resource_type.vendor_id);
    if old == new {
        return;
    }
    let words = |vendor: &Option<Spanned<String>>| vendor.as_ref().map_or("none".to_owned(), |it| format!("`{}`", it.value));
    let place = |version: &Version<'_>, vendor: &Option<Spanned<String>>| {
        let span = vendor.as_ref().map_or(version.resource_type.resource_type.span, |vendor| vendor.span);
        version.at(span)
    };
    let message = format!("expected the same Vendor_id as before, {}, found {}", words(old), words(new));
    report.add(place(pair.new, new), message, |draft| {
        draft.also(place(pair.old, old), "the old vendor").help("compare two versions of one type, or take the old Vendor_id back")
    });
}
