//! The type has no Vendor_id.
//!
//! # What
//!
//! The file does not declare Vendor_id.
//!
//! # Why
//!
//! The name of the type is then the Resource_type alone, and two vendors can choose the same one. The manual calls Vendor_id
//! optional and recommends the stock symbol of the company. Source: rt_reg(4), rt_properties(5), "Vendor_id".
//!
//! # Example
//!
//! ```text
//! Resource_type = web;
//! ```
//!
//! # Instead
//!
//! ```text
//! Resource_type = web;
//! Vendor_id = ACME;
//! ```

use rtreg_model::Level;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    if context.may_declare("Vendor_id") {
        return;
    }
    let Some(resource_type) = context.find("Resource_type") else { return };
    report.add(resource_type.node.span, "expected a declaration of Vendor_id, found none", |draft| {
        draft.help("add `Vendor_id = NAME;` with a short name of your company")
    });
}
