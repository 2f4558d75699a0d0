//! API_version is higher than the target release knows.
//!
//! # What
//!
//! The file asks for a version of the interface between cluster and methods that the release it is meant for does not have.
//!
//! # Why
//!
//! A type whose API_version is above the highest of the release is refused at installation. The highest is 2 in 3.0, 6 in
//! 3.1 8/05 and 9 in 3.2 1/09; none is known for 4.x. Source: rt_properties(5), API_version.
//!
//! # Example
//!
//! ```text
//! API_version = 7;      # with --target 3.1
//! ```
//!
//! # Instead
//!
//! ```text
//! API_version = 2;
//! ```

use rtreg_model::{Applicability, Level};

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let (Some(max), Some(value)) =
        (context.target.api_version_max(), context.find("API_version").and_then(|declaration| declaration.single()))
    else {
        return;
    };
    let Ok(version) = value.to_text().parse::<i64>() else { return };
    if version > max {
        let message = format!("expected an API_version of at most {max} for release {}, found {version}", context.target);
        report.add(value.span, message, |draft| {
            draft
                .label(format!("release {} refuses it", context.target))
                .help("lower API_version to what the methods really need; without a declaration it is 2")
                .replace(format!("lower it to {max}"), Applicability::Unsafe, value.span, max.to_string())
        });
    }
}
