//! A scalable type has no Port_list.
//!
//! # What
//!
//! The entry of Scalable has the DEFAULT TRUE and the table has no entry for Port_list.
//!
//! # Why
//!
//! Port_list exists only if the file declares it, and a scalable resource is refused unless its Port_list names the ports that
//! the cluster is to balance. Source: r_properties(5), "Port_list", "Scalable"; the checks at creation in the developer's guide.
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Scalable; DEFAULT = TRUE; TUNABLE = AT_CREATION; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Scalable; DEFAULT = TRUE; TUNABLE = AT_CREATION; }
//! { PROPERTY = Port_list; DEFAULT = 80/tcp; TUNABLE = AT_CREATION; }
//! ```

use rtreg_model::{Level, suggest};

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(scalable) = context.scalable_default() else { return };
    // A failover type was not meant to be scalable: `failover_and_scalable`.
    if context.find("Failover").is_some_and(|failover| failover.node.boolean() == Some(true)) {
        return;
    }
    let may_be = |name: &str| suggest::nearest(name, ["Port_list"]).is_some();
    if !context.table_is_readable() || context.entries.iter().any(|entry| may_be(&entry.name_text())) {
        return;
    }
    report.add(scalable, "expected an entry for Port_list in a scalable type, found none", |draft| {
        draft.help("add `{ PROPERTY = Port_list; TUNABLE = AT_CREATION; }` to the property table")
    });
}
