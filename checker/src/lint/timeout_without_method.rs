//! There is a timeout for a method that the type does not have.
//!
//! # What
//!
//! The table has an entry for a `<method>_timeout` property, and the file does not declare the method. Where the type
//! lacks what starts or stops it, or stops its monitor, that alone is the finding.
//!
//! # Why
//!
//! The property exists only for declared methods, so the entry has no effect; often the declaration was forgotten. Source:
//! r_properties(5), `<method>_timeout`.
//!
//! # Example
//!
//! ```text
//! Start = /opt/ACMEweb/bin/start;
//! { PROPERTY = Validate_timeout; DEFAULT = 60; }
//! ```
//!
//! # Instead
//!
//! ```text
//! Start = /opt/ACMEweb/bin/start;
//! { PROPERTY = Start_timeout; DEFAULT = 60; }
//! ```

use rtreg_model::{Applicability, Level, Method};

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check_entry(entry: &TableEntry<'_>, context: &Context<'_>, report: &mut Report<'_>) {
    let Some(method) = entry.timeout_of().filter(|method| !context.may_declare(method.as_str())) else { return };
    if is_found_elsewhere(context, method) {
        return;
    }
    let message = format!("expected {method} to be declared, because its timeout has an entry, found no such method");
    report.add(entry.name_span(), message, |draft| {
        draft
            .help(format!("declare the method with `{method} = path;`, or remove the entry"))
            .fix("delete the entry", Applicability::Unsafe, vec![context.delete(entry.node.span)])
    });
}

/// Whether the missing method is itself the finding: of `missing_start_method`, `missing_stop_method` or
/// `monitor_start_without_stop`.
fn is_found_elsewhere(context: &Context<'_>, method: Method) -> bool {
    let neither = |pair: [&str; 2]| !pair.iter().any(|name| context.may_declare(name));
    match method {
        Method::Start | Method::PrenetStart => neither(["Start", "Prenet_start"]),
        Method::Stop | Method::PostnetStop => neither(["Stop", "Postnet_stop"]),
        Method::MonitorStop => context.find("Monitor_start").is_some(),
        _ => false,
    }
}
