//! The type is a failover type and scalable at the same time.
//!
//! # What
//!
//! Failover is TRUE and the entry of Scalable has the DEFAULT TRUE.
//!
//! # Why
//!
//! A failover service runs on one node, a scalable one on several at once. A resource that keeps the default of Scalable can
//! then not be created. Source: rt_properties(5), "Failover"; r_properties(5), "Scalable"; "Implementing a Scalable Resource" in
//! the developer's guide, which asks for Failover=FALSE.
//!
//! # Example
//!
//! ```text
//! Failover = TRUE;
//! { PROPERTY = Scalable; DEFAULT = TRUE; TUNABLE = AT_CREATION; }
//! { PROPERTY = Port_list; TUNABLE = AT_CREATION; }
//! ```
//!
//! # Instead
//!
//! ```text
//! Failover = FALSE;
//! { PROPERTY = Scalable; DEFAULT = TRUE; TUNABLE = AT_CREATION; }
//! { PROPERTY = Port_list; TUNABLE = AT_CREATION; }
//! ```

use rtreg_model::Level;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(failover) = context.find("Failover").filter(|failover| failover.node.boolean() == Some(true)) else { return };
    let Some(scalable) = context.scalable_default() else { return };
    report.add(scalable, "expected FALSE as the default of Scalable in a failover type, found TRUE", |draft| {
        draft
            .also(failover.node.span, "Failover is here")
            .help("write `Failover = FALSE;` for a scalable type, or `DEFAULT = FALSE;` for a failover type")
    });
}
