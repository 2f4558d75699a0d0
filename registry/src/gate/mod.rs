//! The gate: whether a resource may be moved to another version of its type now, why, and what it takes. Pure and total:
//! it never does IO, never changes anything, and never says yes where something it needs is not known.

mod decision;
mod request;
mod state;

pub use decision::{AliveThrough, Decision, InTheWay, Needs, Place, Possible, Reason, ReasonKind, Verdict};
pub use request::{Assignment, EmptyUpgradeFrom, Request, Settings, Version};
pub use state::{GroupView, Member, NodeView, ResourceView, State};

use rtreg_model::Tunability;

/// Decides whether the upgrade may be done now.
pub fn decide(request: &Request<'_>, state: &State, settings: &Settings) -> Decision {
    let _ = settings;
    Decision {
        resource: request.resource.to_owned(),
        present: request.present.name.clone(),
        target: request.target.name.clone(),
        verdict: Verdict::Undecided,
        possible: Possible::Unknown,
        tunability: Tunability::AtCreation,
        vendor_tunability: Tunability::AtCreation,
        vendor_allows: false,
        needs: None,
        because: Vec::new(),
        in_the_way: Vec::new(),
        commands: Vec::new(),
        statements: Vec::new(),
        affects: Vec::new(),
        changes: Vec::new(),
        values: state.resource.values.clone(),
        group: state.group.name.clone(),
        managed: state.group.managed,
        nodes: state.nodes.clone(),
    }
}
