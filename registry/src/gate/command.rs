//! Steps as command lines: those of rtreg, and in a group that rtreg only records those of the vendor. It decides nothing.

use rtreg_model::{Driver, MonitorState, NodeStatus, ResourceState};

use super::decision::AliveThrough;
use super::demand::{Ask, Assessment};
use super::predicate;
use super::remedy::{self, Need, Step};
use super::request::Request;
use super::state::{NodeView, State};
use crate::migration::{PropertyChange, given_back};

/// The command lines of a row. For a recorded group those of the vendor, each followed by the one that records it.
pub(super) fn commands(need: &Need<'_>, state: &State, steps: &[Step]) -> Vec<String> {
    let recorded = state.group.driver == Driver::Recorded;
    steps
        .iter()
        .flat_map(|step| {
            let vendor = if recorded { vendor(need, state, step) } else { Vec::new() };
            vendor.into_iter().chain(own(need, state, step))
        })
        .collect()
}

/// The vendor's command for the upgrade itself; none where rtreg carries it out.
pub(super) fn vendor_upgrade(request: &Request<'_>, state: &State, changes: &[PropertyChange]) -> Option<String> {
    let version = request.target.resource_type.version.value.as_str().unwrap_or_default();
    let type_version = format!("Type_version={version}");
    let restored = request.restored.map(|_| given_back(changes, &state.resource.values));
    let values = restored.as_deref().unwrap_or(request.properties).iter().map(ToString::to_string);
    let options: String = std::iter::once(type_version).chain(values).map(|p| format!(" -p {}", quote(&p))).collect();
    (state.group.driver == Driver::Recorded).then(|| format!("clresource set{options} {}", request.resource))
}

/// Commands that say what is unknown; for the reader to choose from, never to be run as they stand.
pub(super) fn statements(need: &Need<'_>, state: &State, assessment: &Assessment) -> Vec<String> {
    let resource = need.resource;
    let mut lines = Vec::new();
    for view in predicate::node_list(state) {
        let node = &view.node;
        match (view.status, view.state) {
            (NodeStatus::Unknown, _) => lines.push(format!("rtreg node down {node}")),
            (NodeStatus::Up, ResourceState::Unknown) => {
                lines.push(format!("rtreg resource state {resource} --node {node} offline"));
            }
            _ => {}
        }
    }
    let is_unknown = |ask: &Ask, through, view: &NodeView| {
        ask.version.is_none() && ask.through == through && ask.nodes.contains(&view.node)
    };
    for view in predicate::node_list(state).iter().filter(|view| view.status == NodeStatus::Up) {
        let is_asked = |through| assessment.asks.iter().any(|ask| is_unknown(ask, through, view));
        let state = format!("rtreg resource state {resource} --node {} {}", view.node, seen(view));
        if is_asked(AliveThrough::StartedBy) {
            lines.push(format!("{state} --started-by VERSION"));
        }
        if view.monitor == MonitorState::Unknown && predicate::offline(view) != predicate::Truth::Holds {
            lines.push(format!("{state} --monitor stopped"));
        }
        if is_asked(AliveThrough::MonitorStartedBy) && predicate::offline(view) != predicate::Truth::Holds {
            let running = if view.monitor == MonitorState::Unknown { " --monitor running" } else { "" };
            lines.push(format!("{state}{running} --monitor-started-by VERSION"));
        }
        if is_asked(AliveThrough::InitialisedBy) {
            lines.push(format!("{state} --initialised-by VERSION"));
            lines.push(format!("{state} --initialised-by none"));
        }
    }
    let left_behind = remedy::left_behind(need, state).into_iter();
    lines.extend(
        left_behind
            .map(|view| format!("rtreg resource state {resource} --node {} offline --initialised-by none", view.node)),
    );
    lines
}

/// The state to be said beside what is said of an origin.
fn seen(view: &NodeView) -> ResourceState {
    if view.state == ResourceState::Unknown { ResourceState::Online } else { view.state }
}

fn own(need: &Need<'_>, state: &State, step: &Step) -> Vec<String> {
    let (resource, group) = (need.resource, &state.group.name);
    let target = &need.edges.target.name;
    let each = |resources: &[String], verb: &str| {
        resources.iter().map(|resource| format!("rtreg resource {verb} {resource}")).collect()
    };
    match step {
        Step::InstallOn { installed, missing } => {
            let nodes: Vec<&str> = installed.iter().chain(missing).map(String::as_str).collect();
            vec![format!("rtreg type set {target} --node {}", nodes.join(","))]
        }
        Step::OnePrimary => vec![format!("rtreg group set {group} -p Maximum_primaries=1")],
        Step::Delete { resources } => each(resources, "delete"),
        Step::NodeUp { node } => vec![format!("rtreg node up {node}")],
        Step::Clear { resource, node } => vec![format!("rtreg resource clear {resource} --node {node}")],
        Step::Monitor { nodes } => vec![format!("rtreg resource monitor {resource}{}", on(" --node ", nodes))],
        Step::Unmonitor => vec![format!("rtreg resource unmonitor {resource}")],
        Step::Restart { nodes } => vec![format!("rtreg resource restart {resource}{}", on(" --node ", nodes))],
        Step::Disable { resources } => each(resources, "disable"),
        Step::Enable { resource, nodes } => {
            vec![format!("rtreg resource enable {resource}{}", on(" --node ", nodes))]
        }
        Step::GroupOnline { nodes } => vec![format!("rtreg group online {group}{}", on(" --node ", nodes))],
        Step::GroupOffline { nodes } => vec![format!("rtreg group offline {group}{}", on(" --node ", nodes))],
        Step::GroupManage => vec![format!("rtreg group manage {group}")],
        Step::GroupUnmanage => vec![format!("rtreg group unmanage {group}")],
    }
}

/// The vendor's commands (clresource(1CL), clresourcegroup(1CL), clresourcetype(1CL), since 3.2). A resource is restarted
/// by disabling and enabling it; a node comes up by itself.
fn vendor(need: &Need<'_>, state: &State, step: &Step) -> Vec<String> {
    let (resource, group) = (need.resource, &state.group.name);
    match step {
        Step::InstallOn { missing, .. } => {
            vec![format!("clresourcetype add-node -n {} {}", missing.join(","), need.edges.target.name)]
        }
        Step::OnePrimary => vec![format!("clresourcegroup set -p Maximum_primaries=1 {group}")],
        Step::Delete { resources } => vec![format!("clresource delete {}", resources.join(" "))],
        Step::NodeUp { .. } => Vec::new(),
        Step::Clear { resource, node } => vec![format!("clresource clear -n {node} {resource}")],
        Step::Monitor { nodes } => vec![format!("clresource monitor{} {resource}", on(" -n ", nodes))],
        Step::Unmonitor => vec![format!("clresource unmonitor {resource}")],
        Step::Restart { nodes } => {
            let nodes = on(" -n ", nodes);
            vec![format!("clresource disable{nodes} {resource}"), format!("clresource enable{nodes} {resource}")]
        }
        Step::Disable { resources } => vec![format!("clresource disable {}", resources.join(" "))],
        Step::Enable { resource, nodes } => vec![format!("clresource enable{} {resource}", on(" -n ", nodes))],
        Step::GroupOnline { nodes } => vec![format!("clresourcegroup online{} {group}", on(" -n ", nodes))],
        Step::GroupOffline { nodes } => vec![format!("clresourcegroup offline{} {group}", on(" -n ", nodes))],
        Step::GroupManage => vec![format!("clresourcegroup manage {group}")],
        Step::GroupUnmanage => vec![format!("clresourcegroup unmanage {group}")],
    }
}

/// An option for nodes; nothing for all.
fn on(option: &str, nodes: &[String]) -> String {
    if nodes.is_empty() { String::new() } else { format!("{option}{}", nodes.join(",")) }
}

/// A word for a shell: in single quotes unless it needs none.
pub fn quote(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-=.,:/@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
