//! The file declares no RT_version.
//!
//! # What
//!
//! The file has no RT_version, and the release it is meant for is 3.1 or later.
//!
//! # Why
//!
//! RT_version is optional in 3.0 and mandatory from 3.1 on. Source: rt_properties(5), RT_version; the developer's guide of
//! 3.1, "RT_version".
//!
//! # Example
//!
//! ```text
//! Resource_type = "web";
//! Vendor_id = ACME;
//! ```
//!
//! # Instead
//!
//! ```text
//! Resource_type = "web";
//! Vendor_id = ACME;
//! RT_version = "1.0";
//! ```

use rtreg_model::{Applicability, Level, Release};

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    if context.target < Release::V3_1 || context.may_declare("RT_version") {
        return;
    }
    let Some(resource_type) = context.find("Resource_type") else { return };
    let message = format!("expected a declaration of RT_version for release {}, found none", context.target);
    report.add(resource_type.node.span, message, |draft| {
        draft
            .label("this type has no version")
            .help("add `RT_version = \"1.0\";` behind Resource_type; a new version of the type needs another value")
            .fix(
                "declare the version 1.0",
                Applicability::Unsafe,
                vec![context.insert_behind(resource_type.node.span, "RT_version = \"1.0\";")],
            )
    });
}
