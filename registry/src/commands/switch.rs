//! The state commands of one resource: enable, disable, monitor, unmonitor, restart, clear. They record what the
//! administrator says, as the event table has it, and never run a method.

use std::rc::Rc;

use rtreg_model::{Method, MonitorState, NodeStatus, ResourceState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::changes::ChangeReport;
use super::driver::check_runs_no_method;
use super::event;
use super::scene::{Member, Scene};
use crate::error::{CommandError, Refusal};
use crate::history::Object;
use crate::records::{NodeRecord, ResourceNodeRecord};
use crate::transaction::Transaction;
use crate::view::View;

/// A state command about one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SwitchRequest {
    /// Name of the resource.
    pub name: String,
    /// What to do.
    pub action: Action,
    /// `--node`; empty means all nodes of the node list, for [`Action::Restart`] all nodes where it is online.
    pub nodes: Vec<String>,
}

/// What a state command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// On_off_switch on; where the group is online, the resource comes online.
    Enable,
    /// The resource goes offline; On_off_switch off.
    Disable,
    /// Monitored_switch on; where the resource is online, its monitor starts.
    Monitor,
    /// The monitor stops; Monitored_switch off.
    Unmonitor,
    /// Stopped and started again where it is online.
    Restart,
    /// A failed start or stop has been cleaned up: offline.
    Clear,
}

impl Action {
    /// The word of the command line, and of the history.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::Monitor => "monitor",
            Self::Unmonitor => "unmonitor",
            Self::Restart => "restart",
            Self::Clear => "clear",
        }
    }
}

/// Carries out a state command.
///
/// # Errors
/// Refusals `not_found`, `not_in_node_list`, `node_unknown`, `node_down`, `state_in_the_way`, `not_online`, `not_failed`;
/// [`CommandError::Usage`] for a clear without a node; [`CommandError::Store`].
pub fn switch(tx: &mut Transaction<'_>, request: &SwitchRequest) -> Result<ChangeReport, CommandError> {
    let Switched { scene, nodes } = decide(&tx.view, request)?;
    check_runs_no_method(&scene.group, &format!("resource {}", request.action.as_str()))?;
    report(tx, &scene, request, &nodes)
}

/// What a state command leads to.
pub(super) struct Switched {
    /// The group and the resource as they are to be.
    pub scene: Scene,
    /// The nodes that are meant.
    pub nodes: Vec<NodeRecord>,
}

/// All that a state command checks, and what it leads to. Writes nothing.
pub(super) fn decide(view: &View<'_>, request: &SwitchRequest) -> Result<Switched, CommandError> {
    let mut scene = Scene::of_resource(view, &request.name)?;
    let nodes = chosen_nodes(&scene, request)?;
    check_known(&scene, &nodes, request.action)?;
    let online = scene.online_nodes();
    let member = scene.resource()?;
    let loaded = Rc::clone(&member.loaded);
    let mut in_the_way = InTheWay::default();
    for node in &nodes {
        let resource = member.now.name.clone();
        let entry = member.entry(&node.name)?;
        let group_online = online.contains(&node.name);
        let place = Place { resource: &resource, node, group_online };
        match request.action {
            Action::Enable => enable(entry, &loaded.resource_type, &place, &mut in_the_way),
            Action::Disable => disable(entry, &place, &mut in_the_way),
            Action::Monitor => monitor(entry, &loaded.resource_type, &place, &mut in_the_way),
            Action::Unmonitor => {
                entry.monitored = false;
                event::stop_monitor(entry);
            }
            Action::Restart => restart(entry, &loaded.resource_type, &place, &mut in_the_way),
            Action::Clear => clear(entry, &place)?,
        }
    }
    in_the_way.check(&format!("resource `{}`", request.name), request.action.as_str())?;
    Ok(Switched { scene, nodes })
}

/// Where an event happens.
struct Place<'a> {
    resource: &'a str,
    node: &'a NodeRecord,
    group_online: bool,
}

fn chosen_nodes(scene: &Scene, request: &SwitchRequest) -> Result<Vec<NodeRecord>, CommandError> {
    let name = &request.name;
    let mut names = scene.chosen(&request.nodes)?;
    match request.action {
        Action::Clear if request.nodes.is_empty() => {
            let refusal =
                Refusal::new("node_missing", "expected the node where the resource is to be cleared, found none");
            return Err(CommandError::usage(refusal.help(format!("`rtreg resource clear {name} --node N`"))));
        }
        Action::Restart if request.nodes.is_empty() => {
            let views = scene.views(scene.resource_ref()?);
            let online =
                |node: &String| views.iter().any(|view| view.node == *node && view.state == ResourceState::Online);
            names.retain(online);
            if names.is_empty() {
                let states = views.iter().map(|view| format!("on {}: {}", view.node, view.state));
                return Err(Refusal::new(
                    "not_online",
                    format!("resource `{name}` is online nowhere, so it cannot be restarted"),
                )
                .details(states)
                .help(format!("`rtreg group online {}` brings it online if it is enabled", scene.group.name))
                .into());
            }
        }
        _ => {}
    }
    names.iter().map(|name| Ok(scene.listed_node(name)?.clone())).collect()
}

/// Nothing can be said about what runs on a node that is unknown; what starts or is cleaned up needs a node that is up.
fn check_known(scene: &Scene, nodes: &[NodeRecord], action: Action) -> Result<(), Refusal> {
    for node in nodes {
        match (node.status, action) {
            (NodeStatus::Unknown, _) => return Err(node_unknown(&node.name)),
            (NodeStatus::Down, Action::Restart | Action::Clear) => {
                return Err(node_down(&node.name, &scene.group.name));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The refusal of what cannot be said about a node that is not known.
pub(super) fn node_unknown(node: &str) -> Refusal {
    Refusal::new("node_unknown", format!("node `{node}` is unknown, and so is what runs there")).help(format!(
        "say what it is with `rtreg node up {node}` or `rtreg node down {node}`, or leave it out with --node"
    ))
}

/// The refusal of what needs a running node.
pub(super) fn node_down(node: &str, group: &str) -> Refusal {
    Refusal::new("node_down", format!("node `{node}` is declared down: everything of group `{group}` is offline there"))
        .help(format!("when it is back: `rtreg node up {node}`"))
}

fn enable(
    entry: &mut ResourceNodeRecord,
    resource_type: &rtreg_model::ResourceType,
    place: &Place<'_>,
    in_the_way: &mut InTheWay,
) {
    entry.enabled = true;
    if place.group_online && in_the_way.may_start(entry, place.resource, &place.node.name) {
        event::online(entry, resource_type);
    }
}

fn disable(entry: &mut ResourceNodeRecord, place: &Place<'_>, in_the_way: &mut InTheWay) {
    entry.enabled = false;
    if in_the_way.may_stop(entry, place.resource, &place.node.name) {
        event::offline(entry);
    }
}

fn monitor(
    entry: &mut ResourceNodeRecord,
    resource_type: &rtreg_model::ResourceType,
    place: &Place<'_>,
    in_the_way: &mut InTheWay,
) {
    entry.monitored = true;
    let unclear = matches!(entry.monitor, MonitorState::StopFailed | MonitorState::Unknown);
    if entry.state == ResourceState::Online && resource_type.has(Method::MonitorStart) && unclear {
        let (resource, node) = (place.resource, &place.node.name);
        in_the_way.add(
            format!("on {node}: the monitor of {resource} is {}", entry.monitor),
            format!("say what it is with `rtreg resource state {resource} --node {node} online --monitor STATE`"),
        );
        return;
    }
    event::start_monitor(entry, resource_type);
}

fn restart(
    entry: &mut ResourceNodeRecord,
    resource_type: &rtreg_model::ResourceType,
    place: &Place<'_>,
    in_the_way: &mut InTheWay,
) {
    let (resource, node) = (place.resource, &place.node.name);
    match entry.state {
        ResourceState::Online => event::online(entry, resource_type),
        ResourceState::StopFailed => in_the_way.stop_failed(resource, node),
        state => in_the_way.add(
            format!("on {node}: {resource} is {state}"),
            format!("only what is online is restarted; if it is online, say so with `rtreg resource state {resource} --node {node} online`"),
        ),
    }
}

fn clear(entry: &mut ResourceNodeRecord, place: &Place<'_>) -> Result<(), Refusal> {
    if matches!(entry.state, ResourceState::StartFailed | ResourceState::StopFailed) {
        event::offline(entry);
        return Ok(());
    }
    let (resource, node) = (place.resource, &place.node.name);
    Err(Refusal::new(
        "not_failed",
        format!(
            "resource `{resource}` is {} on node `{node}`; only start_failed and stop_failed are cleared",
            entry.state
        ),
    )
    .help(format!("to record another state: `rtreg resource state {resource} --node {node} STATE`")))
}

fn report(
    tx: &mut Transaction<'_>,
    scene: &Scene,
    request: &SwitchRequest,
    nodes: &[NodeRecord],
) -> Result<ChangeReport, CommandError> {
    let (name, action) = (&request.name, request.action.as_str());
    let changes = scene.save(tx, action, false)?;
    let on: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
    let on = on.join(", ");
    let summary = match request.action {
        _ if changes.is_empty() => format!("resource `{name}`: {action} on {on} changes nothing, it is so already"),
        Action::Enable => format!("resource `{name}` is enabled on {on}"),
        Action::Disable => format!("resource `{name}` is disabled on {on}"),
        Action::Monitor => format!("resource `{name}` is monitored on {on}"),
        Action::Unmonitor => format!("resource `{name}` is not monitored on {on}"),
        Action::Restart => format!("resource `{name}` is restarted on {on}"),
        Action::Clear => format!("resource `{name}` is cleared on {on}"),
    };
    let mut report = ChangeReport::new(Object::new("resource", name), action, summary);
    if request.action == Action::Restart {
        // A restart under the same version leaves no other trace than its history.
        report.changed = true;
        if changes.is_empty() {
            let nodes: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
            tx.log(Object::new("resource", name), action, serde_json::json!({ "nodes": nodes, "changes": [] }))?;
            report.summary = format!("resource `{name}` is restarted on {on}");
        }
    }
    let member = scene.resource_ref()?;
    if request.action == Action::Monitor && !member.loaded.resource_type.has(Method::MonitorStart) {
        report = report.note(format!("`{}` has no Monitor_start: only the switch is set", member.loaded.record.name));
    }
    if request.action == Action::Enable && nodes.iter().all(|node| !is_online(member, &node.name)) {
        report = report
            .note(format!("it is offline until its group is online there: `rtreg group online {}`", scene.group.name));
    }
    Ok(report.with(changes))
}

fn is_online(member: &Member, node: &str) -> bool {
    member.now.nodes.get(node).is_some_and(|entry| entry.state == ResourceState::Online)
}

/// States that keep an event from being recorded, with what to do about each.
#[derive(Debug, Default)]
pub(super) struct InTheWay {
    lines: Vec<String>,
    cures: Vec<String>,
}

impl InTheWay {
    /// Adds one.
    pub fn add(&mut self, line: String, cure: String) {
        self.lines.push(line);
        if !self.cures.contains(&cure) {
            self.cures.push(cure);
        }
    }

    /// Whether Start runs for the resource: it is offline, or its last start failed. What is online stays as it is; any
    /// other state is in the way.
    pub fn may_start(&mut self, entry: &ResourceNodeRecord, resource: &str, node: &str) -> bool {
        match entry.state {
            ResourceState::Offline | ResourceState::StartFailed => true,
            ResourceState::Online => false,
            ResourceState::StopFailed => {
                self.stop_failed(resource, node);
                false
            }
            state @ (ResourceState::Starting | ResourceState::Stopping | ResourceState::Unknown) => {
                self.add(
                    format!("on {node}: {resource} is {state}"),
                    format!("record what it is with `rtreg resource state {resource} --node {node} STATE`"),
                );
                false
            }
        }
    }

    /// Whether the resource can be recorded as stopped: anything but a failed stop, which must be cleared.
    pub fn may_stop(&mut self, entry: &ResourceNodeRecord, resource: &str, node: &str) -> bool {
        if entry.state == ResourceState::StopFailed {
            self.stop_failed(resource, node);
            return false;
        }
        true
    }

    /// A failed stop.
    pub fn stop_failed(&mut self, resource: &str, node: &str) {
        self.add(
            format!("on {node}: {resource} is stop_failed"),
            format!("stop it by hand, then `rtreg resource clear {resource} --node {node}`"),
        );
    }

    /// Refuses if anything is in the way.
    pub fn check(self, subject: &str, event: &str) -> Result<(), Refusal> {
        if self.lines.is_empty() {
            return Ok(());
        }
        Err(Refusal::new("state_in_the_way", format!("{subject}: {event} is not possible in the present state"))
            .details(self.lines)
            .help(self.cures.join("; ")))
    }
}
