//! What gets there: the least disturbing row of steps after which the gate would say yes. Rows are tried on a copy of the
//! state by the event table of design section 4, so that no row is printed which would not help.

use rtreg_model::{Method, MonitorState, NodeStatus, Origin, ResourceState, Tunability};

use super::demand::{self, Assessment};
use super::edge::Edges;
use super::predicate::{self, Truth};
use super::state::{Member, NodeView, State};

/// Something to do before the upgrade, or after it. Empty nodes mean all of the node list.
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
        resource: String,
        node: String,
    },
    Monitor {
        nodes: Vec<String>,
    },
    Unmonitor,
    Restart {
        nodes: Vec<String>,
    },
    /// Disable these resources, in this order.
    Disable {
        resources: Vec<String>,
    },
    Enable {
        resource: String,
        nodes: Vec<String>,
    },
    GroupOnline {
        nodes: Vec<String>,
    },
    GroupOffline {
        nodes: Vec<String>,
    },
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
        Some(row_to(need, state, Tunability::WhenUnmonitored)),
        restart(need, state, &[]),
        restart(need, state, &[Step::Unmonitor]),
        Some(row_to(need, state, Tunability::WhenOffline)),
        Some(row_to(need, state, Tunability::WhenUnmanaged)),
    ];
    rows.into_iter().flatten().find(|row| is_enough(need, &after(need, state, row)))
}

/// The steps that take the resource into the state which a tunability needs.
pub(super) fn row_to(need: &Need<'_>, state: &State, tunability: Tunability) -> Vec<Step> {
    match tunability {
        Tunability::Anytime | Tunability::AtCreation => Vec::new(),
        Tunability::WhenUnmonitored => [node_ups(predicate::node_list(state).iter()), vec![Step::Unmonitor]].concat(),
        Tunability::WhenOffline | Tunability::WhenDisabled => switch_off(need, state, enabled_dependents(need, state)),
        Tunability::WhenUnmanaged => unmanage(need, state),
    }
}

/// The state after steps.
pub(super) fn after(need: &Need<'_>, state: &State, steps: &[Step]) -> State {
    let mut after = state.clone();
    steps.iter().for_each(|step| simulate(need, step, &mut after));
    after
}

/// Whether the gate would say yes, and the properties of the command would be permitted.
pub(super) fn is_enough(need: &Need<'_>, state: &State) -> bool {
    let Assessment { truth, .. } = demand::assess(need.edges, state);
    let disabled = !need.disabled || demand::is_given(need.edges, state, Tunability::WhenDisabled) == Truth::Holds;
    truth == Truth::Holds && disabled
}

/// The nodes that keep a trace of Init which no Fini can end, because none of T runs there: only a statement does.
pub(super) fn left_behind(need: &Need<'_>, state: &State) -> Vec<NodeView> {
    let keepers = demand::keepers(need.edges, state).into_iter();
    keepers.filter(|view| !demand::is_init_node(need.edges, state, &view.node)).collect()
}

/// The state in which those traces have been said to be none.
pub(super) fn without_left_behind(need: &Need<'_>, state: &State) -> State {
    let left_behind = left_behind(need, state);
    let mut without = state.clone();
    let views = without.nodes.iter_mut().filter(|view| left_behind.iter().any(|left| left.node == view.node));
    views.for_each(|view| view.traces().set(Origin::None));
    without
}

/// What it takes to set Maximum_primaries to 1: the group is online on one node at most.
pub(super) fn one_primary(resource: &str, state: &State) -> Vec<Step> {
    let surplus: Vec<String> = state.group.online_on.iter().skip(1).cloned().collect();
    if surplus.is_empty() {
        return vec![Step::OnePrimary];
    }
    // Of other groups nothing is stopped by it.
    let names = members_off_first(resource, state).into_iter().filter(|name| is_in_group(state, name));
    let views = all_views(resource, state, &names.collect::<Vec<_>>());
    let there = views.iter().filter(|(_, view)| surplus.contains(&view.node));
    let mut steps = node_ups(there.clone().map(|(_, view)| view));
    steps.extend(clears(there.clone().map(|(name, view)| (name.as_str(), view))));
    steps.extend([Step::GroupOffline { nodes: surplus }, Step::OnePrimary]);
    steps
}

/// What it takes to be rid of other resources: they are deleted only when they are offline and disabled everywhere.
pub(super) fn delete(resource: &str, state: &State, resources: &[String]) -> Vec<Step> {
    let views = all_views(resource, state, resources);
    let mut steps = node_ups(views.iter().map(|(_, view)| view));
    steps.extend(clears(views.iter().map(|(name, view)| (name.as_str(), view))));
    // Of one in another group nothing is known here; to disable it once more does no harm.
    steps.extend([Step::Disable { resources: resources.to_vec() }, Step::Delete { resources: resources.to_vec() }]);
    steps
}

/// The other resources that a row disturbs.
pub(super) fn affects(need: &Need<'_>, state: &State, steps: &[Step]) -> Vec<String> {
    let takes_down = |step: &Step| match step {
        Step::Restart { .. } | Step::GroupOffline { .. } | Step::GroupManage | Step::GroupUnmanage => true,
        Step::Disable { resources } => resources.iter().any(|name| name == need.resource),
        _ => false,
    };
    let mut affected: Vec<String> = Vec::new();
    if steps.iter().any(takes_down) {
        affected.extend(state.dependents.iter().cloned());
    }
    // Members are those of the group, which go offline with it, and those that depend on one of these.
    if steps.iter().any(|step| matches!(step, Step::GroupOffline { .. })) {
        let disturbed = state.group.members.iter().filter(|member| member.may_run());
        affected.extend(disturbed.map(|member| member.name.clone()));
    }
    for step in steps {
        match step {
            Step::Delete { resources } | Step::Disable { resources } => affected.extend(resources.iter().cloned()),
            Step::Clear { resource, .. } => affected.push(resource.clone()),
            _ => {}
        }
    }
    affected.retain(|name| name != need.resource);
    affected.sort();
    affected.dedup();
    affected
}

/// The steps that bring back after the upgrade what a row that was found takes down in this state. What cures a broken
/// rule stays as it is: brought back, it would break the rule again.
pub(super) fn afterwards(need: &Need<'_>, state: &State, steps: &[Step]) -> Vec<Step> {
    let comes_back =
        |name: &String| steps.iter().any(|step| matches!(step, Step::Enable { resource, .. } if resource == name));
    let mut back = Vec::new();
    for step in steps.iter().rev() {
        match step {
            Step::Disable { resources } => {
                let resources = resources.iter().rev().filter(|name| !comes_back(name));
                back.extend(resources.filter_map(|name| enable(need.resource, state, name)));
            }
            Step::Unmonitor => {
                let views = predicate::node_list(state);
                let monitored = |view: &NodeView| view.monitored;
                back.extend(nodes_where(&views, monitored).map(|nodes| Step::Monitor { nodes }));
            }
            Step::GroupUnmanage if state.group.managed => back.push(Step::GroupManage),
            Step::GroupOffline { .. } => back.push(Step::GroupOnline { nodes: state.group.online_on.clone() }),
            _ => {}
        }
    }
    back
}

/// Whether a restart is a restart: on every node it is known whether the resource runs, and where it runs its switch is on,
/// so that disabling and enabling it there changes no switch.
fn is_settled(state: &State) -> bool {
    predicate::node_list(state).iter().all(|view| match view.status {
        NodeStatus::Up => match view.state {
            ResourceState::Online => view.enabled,
            state => state == ResourceState::Offline,
        },
        NodeStatus::Down => true,
        NodeStatus::Unknown => false,
    })
}

/// A restart where the resource is online; what depends on it is disabled before and enabled after. Where the resource is
/// enabled on every node, no node needs to be named.
fn restart(need: &Need<'_>, state: &State, before: &[Step]) -> Option<Vec<Step>> {
    let views = predicate::node_list(state);
    let is_online = |view: &NodeView| view.status == NodeStatus::Up && view.state == ResourceState::Online;
    let online: Vec<String> = views.iter().filter(|view| is_online(view)).map(|view| view.node.clone()).collect();
    if !is_settled(state) || online.is_empty() {
        return None;
    }
    let nodes = if views.iter().all(|view| view.enabled) { Vec::new() } else { online };
    let dependents = enabled_dependents(need, state);
    let mut steps = before.to_vec();
    steps.extend(quiet(need.resource, state, &dependents));
    steps.push(Step::Restart { nodes });
    steps.extend(dependents.iter().rev().filter_map(|name| enable(need.resource, state, name)));
    Some(steps)
}

/// The resource disabled, and before it what depends on it.
fn switch_off(need: &Need<'_>, state: &State, dependents: Vec<String>) -> Vec<Step> {
    let names: Vec<String> = dependents.into_iter().chain([need.resource.to_owned()]).collect();
    quiet(need.resource, state, &names)
}

/// Unmanaging the group, with all that it needs; where it is unmanaged already, managing it once more so that Fini runs on
/// the nodes that missed it.
fn unmanage(need: &Need<'_>, state: &State) -> Vec<Step> {
    let keepers = demand::keepers(need.edges, state);
    let ends = |view: &&NodeView| demand::is_init_node(need.edges, state, &view.node) && view.status != NodeStatus::Up;
    let mut steps: Vec<Step> =
        keepers.iter().filter(ends).map(|view| Step::NodeUp { node: view.node.clone() }).collect();
    let is_needed = |name: &String| is_in_group(state, name) || is_enabled(state, name);
    let names: Vec<String> = members_off_first(need.resource, state).into_iter().filter(is_needed).collect();
    for step in quiet(need.resource, state, &names) {
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    if !state.group.online_on.is_empty() {
        steps.push(Step::GroupOffline { nodes: Vec::new() });
    }
    if !state.group.managed {
        steps.push(Step::GroupManage);
    }
    steps.push(Step::GroupUnmanage);
    // Nothing can be cleared or disabled on a node that is not known: first the nodes.
    steps.sort_by_key(|step| !matches!(step, Step::NodeUp { .. }));
    steps
}

/// What depends on the resource and is enabled somewhere, first what nothing else depends on.
fn enabled_dependents(need: &Need<'_>, state: &State) -> Vec<String> {
    let names = members_off_first(need.resource, state).into_iter();
    names.filter(|name| state.dependents.contains(name) && is_enabled(state, name)).collect()
}

fn is_enabled(state: &State, name: &str) -> bool {
    state.group.members.iter().any(|member| member.name == name && member.is_enabled())
}

/// Whether a resource, the one to be upgraded or a member, is in the group.
fn is_in_group(state: &State, name: &str) -> bool {
    !state.group.members.iter().any(|member| member.name == name && member.group != state.group.name)
}

/// The resource and all members in the order in which they are switched off: what depends on others before these.
fn members_off_first(resource: &str, state: &State) -> Vec<String> {
    let mut names: Vec<String> = state.group.members.iter().rev().map(|member| member.name.clone()).collect();
    if !names.iter().any(|name| name == resource) {
        let behind = names.iter().rposition(|name| state.dependents.contains(name)).map_or(0, |at| at + 1);
        names.insert(behind, resource.to_owned());
    }
    names
}

/// What it takes to have resources offline and disabled everywhere.
fn quiet(resource: &str, state: &State, names: &[String]) -> Vec<Step> {
    let views = all_views(resource, state, names);
    let mut steps = node_ups(views.iter().map(|(_, view)| view));
    steps.extend(clears(views.iter().map(|(name, view)| (name.as_str(), view))));
    let is_on = |view: &NodeView| {
        let runs = !matches!(view.state, ResourceState::Offline | ResourceState::StopFailed);
        view.enabled || (view.status != NodeStatus::Down && runs) || view.status == NodeStatus::Unknown
    };
    let on = |name: &&String| views.iter().any(|(of, view)| of == *name && is_on(view));
    let resources: Vec<String> = names.iter().filter(on).cloned().collect();
    if !resources.is_empty() {
        steps.push(Step::Disable { resources });
    }
    steps
}

fn node_ups<'v>(views: impl Iterator<Item = &'v NodeView>) -> Vec<Step> {
    let mut steps = Vec::new();
    for view in views.filter(|view| view.status == NodeStatus::Unknown) {
        let step = Step::NodeUp { node: view.node.clone() };
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    steps
}

fn clears<'v>(views: impl Iterator<Item = (&'v str, &'v NodeView)>) -> Vec<Step> {
    let failed = views.filter(|(_, view)| view.status == NodeStatus::Up && view.state == ResourceState::StopFailed);
    failed.map(|(name, view)| Step::Clear { resource: name.to_owned(), node: view.node.clone() }).collect()
}

fn enable(resource: &str, state: &State, name: &str) -> Option<Step> {
    let views = views_of(resource, state, name);
    nodes_where(&views, |view| view.enabled).map(|nodes| Step::Enable { resource: name.to_owned(), nodes })
}

/// The nodes where something is so; empty for all, none for no node.
fn nodes_where(views: &[NodeView], is_so: impl Fn(&NodeView) -> bool) -> Option<Vec<String>> {
    let nodes: Vec<String> = views.iter().filter(|view| is_so(view)).map(|view| view.node.clone()).collect();
    match nodes.len() {
        0 => None,
        count if count == views.len() => Some(Vec::new()),
        _ => Some(nodes),
    }
}

/// A resource on the nodes of its node list; nothing where it is not known.
fn views_of(resource: &str, state: &State, name: &str) -> Vec<NodeView> {
    if name == resource {
        return predicate::node_list(state);
    }
    let member = state.group.members.iter().find(|member| member.name == name);
    member.map(|member| member.nodes.clone()).unwrap_or_default()
}

fn all_views(resource: &str, state: &State, names: &[String]) -> Vec<(String, NodeView)> {
    let mut all = Vec::new();
    for name in names {
        all.extend(views_of(resource, state, name).into_iter().map(|view| (name.clone(), view)));
    }
    all
}

fn simulate(need: &Need<'_>, step: &Step, state: &mut State) {
    let present = need.edges.present.resource_type;
    let type_version = Origin::Version(need.edges.type_version().clone());
    let monitored = present.has(Method::MonitorStart);
    match step {
        Step::Unmonitor => {
            state.nodes.iter_mut().for_each(|view| view.monitored = false);
            on_up_nodes(&mut state.nodes, stop_monitor);
        }
        Step::Restart { .. } => on_up_nodes(&mut state.nodes, |view| {
            if view.state == ResourceState::Online {
                view.started_by = type_version.clone();
                stop_monitor(view);
                if view.monitored && monitored {
                    view.monitor = MonitorState::Running;
                    view.monitor_started_by = type_version.clone();
                }
            }
        }),
        Step::Disable { resources } => {
            for name in resources {
                if let Some(views) = views_mut(need, state, name) {
                    views.iter_mut().for_each(|view| view.enabled = false);
                    on_up_nodes(views, stop);
                }
            }
        }
        Step::Clear { resource, node } => {
            if let Some(views) = views_mut(need, state, resource) {
                let there = views.iter_mut().filter(|view| view.node == *node);
                there.for_each(stop);
            }
        }
        Step::NodeUp { node } => node_up(state, node),
        Step::GroupOffline { nodes } => group_offline(state, nodes),
        Step::OnePrimary => state.group.maximum_primaries = 1,
        // What Init leaves is ended by the unmanaging that follows.
        Step::GroupManage => state.group.managed = true,
        Step::GroupUnmanage => {
            state.group.managed = false;
            end_traces(need, state);
        }
        Step::Delete { resources } => state.group.members.retain(|member| !resources.contains(&member.name)),
        Step::InstallOn { .. } => {}
        // These come after the upgrade, or concern others only.
        Step::Monitor { .. } | Step::Enable { .. } | Step::GroupOnline { .. } => {}
    }
}

/// The views of a resource; none if it is not known.
fn views_mut<'s>(need: &Need<'_>, state: &'s mut State, name: &str) -> Option<&'s mut Vec<NodeView>> {
    if name == need.resource {
        return Some(&mut state.nodes);
    }
    state.group.members.iter_mut().find(|member| member.name == name).map(|member| &mut member.nodes)
}

/// A node that was down comes up with nothing running; of one that was unknown nothing more is known than before. What
/// Boot of T leaves asks for nothing that Type_version does not ask for.
fn node_up(state: &mut State, node: &str) {
    let of_members = state.group.members.iter_mut().flat_map(|member: &mut Member| member.nodes.iter_mut());
    for view in state.nodes.iter_mut().chain(of_members).filter(|view| view.node == node) {
        if view.status == NodeStatus::Down {
            stop(view);
        } else {
            view.state = ResourceState::Unknown;
            view.monitor = MonitorState::Unknown;
        }
        view.status = NodeStatus::Up;
    }
}

fn group_offline(state: &mut State, nodes: &[String]) {
    let is_meant = |node: &String| nodes.is_empty() || nodes.contains(node);
    state.group.online_on.retain(|node| !is_meant(node));
    let members = state.group.members.iter_mut().filter(|member| member.group == state.group.name);
    let of_members = members.flat_map(|member| member.nodes.iter_mut());
    let views = state.nodes.iter_mut().chain(of_members);
    views.filter(|view| view.status == NodeStatus::Up && is_meant(&view.node)).for_each(stop);
}

/// Fini of T runs.
fn end_traces(need: &Need<'_>, state: &mut State) {
    let is_init = |view: &NodeView| demand::is_init_node(need.edges, state, &view.node);
    let nodes: Vec<String> = state.nodes.iter().filter(|view| is_init(view)).map(|view| view.node.clone()).collect();
    let views = state.nodes.iter_mut().filter(|view| view.status == NodeStatus::Up && nodes.contains(&view.node));
    views.for_each(|view| view.traces().set(Origin::None));
}

fn on_up_nodes(views: &mut [NodeView], change: impl Fn(&mut NodeView)) {
    views.iter_mut().filter(|view| view.status == NodeStatus::Up).for_each(change);
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
