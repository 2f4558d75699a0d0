//! What follows when a resource has failed to start or to stop: Failover_mode decides (r_properties(5)), by the control model's
//! table. Nothing here does it.

use rtreg_control::rgm::{self, Consequence, FailoverMode, StartOrStop};
use rtreg_model::{Method, NodeStatus};
use rtreg_registry::commands::group::NodesRequest;
use rtreg_registry::migration::Scope;
use rtreg_registry::{CommandError, View};

use super::StateCommand;
use crate::plan::read::Reader;

/// The property.
const FAILOVER_MODE: &str = "Failover_mode";

/// What follows a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowUp {
    /// Nothing, until a person does something; with a sentence that says so.
    Waits(String),
    /// The group moves to the next node of its node list.
    Moves {
        /// The command.
        command: StateCommand,
        /// Why.
        sentence: String,
    },
    /// The vendor's cluster would reboot the node. rtreg does not; with a sentence that says so.
    WouldReboot(String),
}

/// What follows the failure of a method of a resource on a node; none where the method is none that starts or stops.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn follow_up(
    view: &View<'_>,
    resource: &str,
    node: &str,
    failed: Method,
) -> Result<Option<FollowUp>, CommandError> {
    let failed = match failed {
        Method::PrenetStart | Method::Start => StartOrStop::Start,
        Method::MonitorStop | Method::Stop | Method::PostnetStop => StartOrStop::Stop,
        _ => return Ok(None),
    };
    let mut reader = Reader::new(view)?;
    let mode = failover_mode(&mut reader, resource)?;
    let (what, is) = match failed {
        StartOrStop::Start => ("start", mode.as_str()),
        StartOrStop::Stop => ("stop", mode.as_str()),
    };
    let happened = format!("`{resource}` has failed to {what} on {node}, and its Failover_mode is {is}");
    Ok(Some(match rgm::consequence(mode, failed) {
        Consequence::WaitsForPerson => FollowUp::Waits(format!(
            "{happened}: it stays as it is until `rtreg resource clear {resource} --node {node}`."
        )),
        Consequence::NodeReboots => FollowUp::WouldReboot(format!(
            "{happened}: the vendor's cluster would reboot {node} now. rtreg does not; stop it by hand and then `rtreg \
             resource clear {resource} --node {node}`, or reboot the node and declare it down with `rtreg node down {node}`."
        )),
        Consequence::GroupMoves => moves(&mut reader, resource, node, &happened)?,
    }))
}

/// The value of the resource, or the default of its type; NONE is the system's.
fn failover_mode(reader: &mut Reader<'_, '_>, resource: &str) -> Result<FailoverMode, CommandError> {
    let of = reader.present(resource)?;
    let is_mode = |name: &str| name.eq_ignore_ascii_case(FAILOVER_MODE);
    let values = &reader.resource(resource)?.values;
    let own = values.iter().find(|(name, _)| is_mode(name)).and_then(|(_, stored)| match &stored.value {
        Scope::Global(value) => Some(value.to_string()),
        Scope::PerNode(_) => None,
    });
    let declared = || {
        let decl = of.properties.iter().find(|decl| is_mode(&decl.name.value))?;
        decl.default.as_ref().map(|default| default.value.to_string())
    };
    Ok(own.or_else(declared).and_then(|text| FailoverMode::parse(&text)).unwrap_or(FailoverMode::None))
}

/// The next node of the node list that is up and where the group is not online, behind the one that failed, then from the
/// beginning.
fn moves(reader: &mut Reader<'_, '_>, resource: &str, node: &str, happened: &str) -> Result<FollowUp, CommandError> {
    let group = reader.resource(resource)?.group.clone();
    let found = reader.state.groups.get(&group);
    let (list, online) = found.map(|group| (group.node_list.clone(), group.online_on.clone())).unwrap_or_default();
    let at = list.iter().position(|listed| listed == node).unwrap_or(0);
    let around = list.iter().cycle().skip(at + 1).take(list.len());
    let is_free =
        |next: &&String| reader.state.status(next) == NodeStatus::Up && !online.contains(next) && next.as_str() != node;
    let Some(next) = around.into_iter().find(is_free) else {
        return Ok(FollowUp::Waits(format!(
            "{happened}: group `{group}` would move, but no other node of its node list is up and free."
        )));
    };
    let nodes = online.iter().filter(|on| on.as_str() != node).chain([next]).cloned().collect();
    let command = StateCommand::Move(NodesRequest { name: group.clone(), nodes });
    Ok(FollowUp::Moves { command, sentence: format!("{happened}: group `{group}` moves to {next}.") })
}
