//! RT_system is declared for a release that may refuse it.
//!
//! # What
//!
//! The file declares RT_system and is meant for release 3.0 or 3.1.
//!
//! # Why
//!
//! The guides of 3.1 9/04 and 8/05 say that RT_system cannot be declared in the file; from 3.2 on a file may give its first
//! value; earlier ones are silent. Source: rt_properties(5), RT_system, in these releases. The texts disagree, hence a warning.
//!
//! # Example
//!
//! ```text
//! RT_system = TRUE;      # with --target 3.1
//! ```
//!
//! # Instead
//!
//! ```text
//! Failover = TRUE;
//! ```

use rtreg_model::{Applicability, Level, Release};

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(declaration) = context.find("RT_system").filter(|_| context.target < Release::V3_2) else { return };
    let message = format!("release {} may refuse a file that declares RT_system", context.target);
    report.add(declaration.node.span, message, |draft| {
        draft
            .help("remove it; the administrator can set RT_system after the type is registered")
            .fix("delete the declaration", Applicability::Unsafe, vec![context.delete(declaration.node.span)])
    });
}
