//! How a resource gets into the state that a tunability needs, and back: for whoever has several hops to do in it. A single
//! hop's remedy may be milder (a restart ends an origin); this one takes the resource there and keeps it there.

use rtreg_model::Tunability;

use super::command;
use super::demand;
use super::edge::Edges;
use super::predicate::Truth;
use super::remedy::{self, Need};
use super::request::{Request, Settings};
use super::state::State;

/// The way into a state.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reached {
    /// The commands that get there, in order; none if it is given.
    pub commands: Vec<String>,
    /// The commands that bring back, after the upgrade, what those take down.
    pub afterwards: Vec<String>,
    /// Other resources that the commands would disturb.
    pub affects: Vec<String>,
    /// The state after the commands.
    pub state: State,
    /// Whether the state is known to give the tunability then.
    pub is_enough: bool,
}

/// The way into the state that a tunability needs, for a resource that has the request's present version. Nothing leads
/// to AT_CREATION.
pub fn reach(request: &Request<'_>, state: &State, settings: &Settings, tunability: Tunability) -> Reached {
    let edges = Edges::new(request, state, settings);
    let need = Need { edges: &edges, resource: request.resource, disabled: false };
    let is_given = |state: &State| demand::is_given(&edges, state, tunability) == Truth::Holds;
    let steps = if is_given(state) { Vec::new() } else { remedy::row_to(&need, state, tunability) };
    let after = remedy::after(&need, state, &steps);
    let back = remedy::afterwards(&need, state, &steps);
    Reached {
        commands: command::commands(&need, state, &steps),
        afterwards: command::commands(&need, state, &back),
        affects: remedy::affects(&need, state, &steps),
        is_enough: is_given(&after),
        state: after,
    }
}
