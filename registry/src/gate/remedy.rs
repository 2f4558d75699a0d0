//! What gets there: the least disturbing row of commands after which the gate would say yes. Rows are tried on a copy of
//! the state by the event table of design section 4, so that no row is printed which would not help.

use rtreg_model::{Driver, Method, MonitorState, NodeStatus, Origin, ResourceState, Tunability};

use super::decision::AliveThrough;
use super::demand::{self, Assessment};
use super::edge::Edges;
use super::predicate::{self, Truth};
use super::state::{NodeView, State};

/// Something to do before the upgrade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Have the new version installed on more nodes.
    InstallOn {
        installed: Vec<String>,
        missing: Vec<String>,
    },
    /// Set Maximum_primaries to 1.
    OnePrimary,
    /// Delete other resources.
    Delete {
        resources: Vec<String>,
    },
    /// Bring a node up, or say that it is.
    NodeUp {
        node: String,
    },
    /// Clear a failed Stop.
    Clear {
        node: String,
    },
    Unmonitor,
    Restart,
    Disable,
    /// Disable these resources of the group.
    DisableAll {
        resources: Vec<String>,
    },
    GroupOffline,
    GroupManage,
    GroupUnmanage,
}

/// What a remedy is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need<'a> {
    pub edges: &'a Edges<'a>,
    pub resource: &'a str,
    /// A property of the command needs the resource disabled.
    pub disabled: bool,
}

/// The least disturbing row of steps after which everything needed holds; none if no row does.
pub(super) fn find(need: &Need<'_>, state: &State) -> Option<Vec<Step>> {
    let rows = [
        Some(with_nodes(state, vec![Step::Unmonitor])),
        is_settled(state).then(|| vec![Step::Restart]),
        is_settled(state).then(|| vec![Step::Unmonitor, Step::Restart]),
        Some(with_nodes(state, clear_then(state, vec![Step::Disable]))),
        Some(unmanage(need, state)),
    ];
    rows.into_iter().flatten().find(|row| {
        let mut after = state.clone();
        row.iter().for_each(|step| simulate(need, step, &mut after));
        is_enough(need, &after)
    })
}

/// Whether the gate would say yes, and the properties of the command would be permitted.
fn is_enough(need: &Need<'_>, state: &State) -> bool {
    let Assessment { truth, .. } = demand::assess(need.edges, state);
    let disabled = !need.disabled || demand::is_given(need.edges, state, Tunability::WhenDisabled) == Truth::Holds;
    truth == Truth::Holds && disabled
}

/// The command lines of a row. For a recorded group those of the vendor, each followed by the one that records it.
pub(super) fn commands(need: &Need<'_>, state: &State, steps: &[Step]) -> Vec<String> {
    let recorded = state.group.driver == Driver::Recorded;
    steps
        .iter()
        .flat_map(|step| {
            let vendor = if recorded { vendor_commands(need, state, step) } else { Vec::new() };
            vendor.into_iter().chain(own_commands(need, state, step))
        })
        .collect()
}

/// The other resources that a row disturbs.
pub(super) fn affects(need: &Need<'_>, state: &State, steps: &[Step]) -> Vec<String> {
    let touches_group = |step: &Step| matches!(step, Step::GroupManage | Step::GroupUnmanage);
    let takes_down = |step: &Step| matches!(step, Step::Restart | Step::Disable | Step::DisableAll { .. });
    let mut affected: Vec<String> = Vec::new();
    if steps.iter().any(|step| takes_down(step) || touches_group(step)) {
        affected.extend(state.dependents.iter().cloned());
    }
    if steps.iter().any(touches_group) {
        let disturbed = state.group.members.iter().filter(|member| member.enabled_anywhere || member.online_anywhere);
        affected.extend(disturbed.map(|member| member.name.clone()));
    }
    for step in steps {
        if let Step::Delete { resources } = step {
            affected.extend(resources.iter().cloned());
        }
    }
    affected.retain(|name| name != need.resource);
    affected.sort();
    affected.dedup();
    affected
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
    let unknown = assessment.asks.iter().find(|ask| ask.version.is_none() && ask.through == AliveThrough::StartedBy);
    for view in predicate::node_list(state) {
        let is_asked = unknown.is_some_and(|ask| ask.nodes.contains(&view.node));
        if is_asked && view.status == NodeStatus::Up {
            let now = if view.state == ResourceState::Unknown { ResourceState::Online } else { view.state };
            lines.push(format!("rtreg resource state {resource} --node {} {now} --started-by VERSION", view.node));
        }
    }
    lines
}

/// Whether a restart is a restart: on every node it is known whether the resource runs, and it runs or does not.
fn is_settled(state: &State) -> bool {
    predicate::node_list(state).iter().all(|view| match view.status {
        NodeStatus::Up => matches!(view.state, ResourceState::Online | ResourceState::Offline),
        NodeStatus::Down => true,
        NodeStatus::Unknown => false,
    })
}

fn with_nodes(state: &State, steps: Vec<Step>) -> Vec<Step> {
    let unknown = predicate::node_list(state).into_iter().filter(|view| view.status == NodeStatus::Unknown);
    unknown.map(|view| Step::NodeUp { node: view.node }).chain(steps).collect()
}

fn clear_then(state: &State, steps: Vec<Step>) -> Vec<Step> {
    let failed = predicate::node_list(state)
        .into_iter()
        .filter(|view| view.status == NodeStatus::Up && view.state == ResourceState::StopFailed);
    failed.map(|view| Step::Clear { node: view.node }).chain(steps).collect()
}

/// Unmanaging the group; where it is unmanaged already, managing it once more so that Fini runs on the nodes that missed
/// it.
fn unmanage(need: &Need<'_>, state: &State) -> Vec<Step> {
    let keepers = demand::keepers(need.edges, state).into_iter().filter(|view| view.status != NodeStatus::Up);
    let ups: Vec<Step> = keepers.map(|view| Step::NodeUp { node: view.node }).collect();
    if !state.group.managed {
        return ups.into_iter().chain([Step::GroupManage, Step::GroupUnmanage]).collect();
    }
    let mut steps = with_nodes(state, Vec::new());
    steps.extend(ups.into_iter().filter(|step| !steps.contains(step)).collect::<Vec<_>>());
    steps.extend(clear_then(state, Vec::new()));
    let resources = to_disable(need, state);
    if !resources.is_empty() {
        steps.push(Step::DisableAll { resources });
    }
    if !state.group.online_on.is_empty() {
        steps.push(Step::GroupOffline);
    }
    steps.push(Step::GroupUnmanage);
    steps
}

/// The resources of the group that are enabled: dependents first, then the resource, then the others.
fn to_disable(need: &Need<'_>, state: &State) -> Vec<String> {
    let others = || {
        let enabled = state.group.members.iter().filter(|member| member.enabled_anywhere);
        enabled.map(|member| member.name.clone()).filter(|name| name != need.resource)
    };
    let itself = predicate::node_list(state)
        .iter()
        .any(|view| predicate::disabled(view) != Truth::Holds)
        .then(|| need.resource.to_owned());
    let depends = |name: &String| state.dependents.contains(name);
    others().filter(depends).chain(itself).chain(others().filter(|name| !depends(name))).collect()
}

fn simulate(need: &Need<'_>, step: &Step, state: &mut State) {
    let present = need.edges.present.resource_type;
    let type_version = Origin::Version(need.edges.type_version().clone());
    let monitored = present.has(Method::MonitorStart);
    match step {
        Step::Unmonitor => on_up_nodes(state, |view| {
            view.monitored = false;
            stop_monitor(view);
        }),
        Step::Restart => on_up_nodes(state, |view| {
            if view.state == ResourceState::Online {
                view.started_by = type_version.clone();
                stop_monitor(view);
                if view.monitored && monitored {
                    view.monitor = MonitorState::Running;
                    view.monitor_started_by = type_version.clone();
                }
            }
        }),
        Step::Disable | Step::DisableAll { .. } => {
            state.nodes.iter_mut().for_each(|view| view.enabled = false);
            on_up_nodes(state, stop);
        }
        Step::NodeUp { node } => node_up(state, node),
        Step::GroupManage => {
            state.group.managed = true;
            if present.has(Method::Init) {
                on_up_nodes(state, |view| view.initialised_by = type_version.clone());
            }
        }
        Step::GroupUnmanage => {
            state.group.managed = false;
            on_up_nodes(state, |view| view.initialised_by = Origin::None);
        }
        // What is cleared is disabled next, and that says where it gets.
        Step::Clear { .. } | Step::GroupOffline | Step::InstallOn { .. } | Step::OnePrimary | Step::Delete { .. } => {}
    }
}

/// A node that was down comes up with nothing running; of one that was unknown nothing more is known than before.
fn node_up(state: &mut State, node: &str) {
    for view in state.nodes.iter_mut().filter(|view| view.node == node) {
        if view.status == NodeStatus::Down {
            stop(view);
        } else {
            view.state = ResourceState::Unknown;
            view.monitor = MonitorState::Unknown;
        }
        view.status = NodeStatus::Up;
    }
}

fn on_up_nodes(state: &mut State, change: impl Fn(&mut NodeView)) {
    state.nodes.iter_mut().filter(|view| view.status == NodeStatus::Up).for_each(change);
}

fn stop(view: &mut NodeView) {
    view.state = ResourceState::Offline;
    view.started_by = Origin::None;
    stop_monitor(view);
}

fn stop_monitor(view: &mut NodeView) {
    view.monitor = MonitorState::Stopped;
    view.monitor_started_by = Origin::None;
}

fn own_commands(need: &Need<'_>, state: &State, step: &Step) -> Vec<String> {
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
        Step::Clear { node } => vec![format!("rtreg resource clear {resource} --node {node}")],
        Step::Unmonitor => vec![format!("rtreg resource unmonitor {resource}")],
        Step::Restart => vec![format!("rtreg resource restart {resource}")],
        Step::Disable => vec![format!("rtreg resource disable {resource}")],
        Step::DisableAll { resources } => each(resources, "disable"),
        Step::GroupOffline => vec![format!("rtreg group offline {group}")],
        Step::GroupManage => vec![format!("rtreg group manage {group}")],
        Step::GroupUnmanage => vec![format!("rtreg group unmanage {group}")],
    }
}

/// The vendor's commands (clresource(1CL), clresourcegroup(1CL), clresourcetype(1CL), since 3.2). A resource is restarted
/// by disabling and enabling it; a node comes up by itself.
fn vendor_commands(need: &Need<'_>, state: &State, step: &Step) -> Vec<String> {
    let (resource, group) = (need.resource, &state.group.name);
    match step {
        Step::InstallOn { missing, .. } => {
            vec![format!("clresourcetype add-node -n {} {}", missing.join(","), need.edges.target.name)]
        }
        Step::OnePrimary => vec![format!("clresourcegroup set -p Maximum_primaries=1 {group}")],
        Step::Delete { resources } => vec![format!("clresource delete {}", resources.join(" "))],
        Step::NodeUp { .. } => Vec::new(),
        Step::Clear { node } => vec![format!("clresource clear -n {node} {resource}")],
        Step::Unmonitor => vec![format!("clresource unmonitor {resource}")],
        Step::Restart => vec![format!("clresource disable {resource}"), format!("clresource enable {resource}")],
        Step::Disable => vec![format!("clresource disable {resource}")],
        Step::DisableAll { resources } => vec![format!("clresource disable {}", resources.join(" "))],
        Step::GroupOffline => vec![format!("clresourcegroup offline {group}")],
        Step::GroupManage => vec![format!("clresourcegroup manage {group}")],
        Step::GroupUnmanage => vec![format!("clresourcegroup unmanage {group}")],
    }
}
