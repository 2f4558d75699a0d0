//! Steps in groups that the administrator drives: his commands, with what they mean for the state. rtreg runs no method there
//! and never says that one ran; what the cluster does by itself at a command belongs to the command.

use std::collections::BTreeSet;

use rtreg_model::{Driver, Method, MonitorState, Origin, ResourceState};

use rtreg_registry::gate::quote;

use super::bundle::Mode;
use super::lower::{Draft, Lowering, plain, switch};
use super::read::Type;
use super::state::Effect;
use super::step::{Commands, GroupEvent, Operation, Phase, SetResource, SwitchChange, Undo};

/// The resource goes down, or its monitor does.
pub(super) fn down(l: &mut Lowering<'_>, name: &str, mode: Mode, after: &BTreeSet<String>) -> BTreeSet<String> {
    let (change, nodes) = match mode {
        Mode::Unmonitored => (SwitchChange::Unmonitor, l.nodes_where(name, |entry| entry.monitored)),
        Mode::Follows => (SwitchChange::FollowDown, l.online(name)),
        Mode::Disabled => (SwitchChange::Disable, l.nodes_where(name, |entry| entry.enabled)),
        Mode::Stays | Mode::Restarted => return BTreeSet::new(),
    };
    if nodes.is_empty() {
        return BTreeSet::new();
    }
    let mut operation = switch(name, change, &nodes);
    operation.on_done.splice(0..0, ended(l, name, mode));
    let mut undo = vec![opposite(l, name, change, &nodes)];
    undo.extend(l.restarts(name));
    step(l, name, (Phase::Down, after), (change, &nodes, operation, undo))
}

/// The resource comes up, or its monitor does.
pub(super) fn up(l: &mut Lowering<'_>, name: &str, mode: Mode, after: &BTreeSet<String>) -> BTreeSet<String> {
    let (change, nodes) = match mode {
        Mode::Stays => return BTreeSet::new(),
        Mode::Restarted => (SwitchChange::Restart, l.online(name)),
        Mode::Unmonitored => (SwitchChange::Monitor, l.nodes_where(name, |entry| entry.monitored)),
        Mode::Follows => (SwitchChange::FollowUp, l.online(name)),
        Mode::Disabled => (SwitchChange::Enable, l.nodes_where(name, |entry| entry.enabled)),
    };
    if nodes.is_empty() {
        return BTreeSet::new();
    }
    let mut operation = switch(name, change, &nodes);
    if let Some(of) = l.behind(name) {
        operation.on_done.extend(begun(l, name, &of, mode));
    }
    let mut undo = Vec::new();
    if let Some(back) = super::lower::undo_of_switch(change) {
        let mut back = switch(name, back, &nodes);
        back.on_done.splice(0..0, ended(l, name, mode));
        undo.push(plain(back));
    }
    step(l, name, (Phase::Up, after), (change, &nodes, operation, undo))
}

/// A restart that the cluster does by itself.
pub(super) fn restart(l: &Lowering<'_>, name: &str) -> Option<Operation> {
    let of = l.present.get(name)?;
    let mut operation = switch(name, SwitchChange::Restart, &l.online(name));
    operation.on_done.extend(begun(l, name, of, Mode::Restarted));
    Some(operation)
}

/// The administrator's part of a change of version; none where rtreg drives all of it.
pub(super) fn set(l: &Lowering<'_>, sets: &[(SetResource, SetResource)]) -> Option<Commands> {
    let recorded: Vec<&SetResource> =
        sets.iter().map(|(set, _)| set).filter(|set| l.is_recorded(&set.resource)).collect();
    let version = |set: &SetResource| set.to.as_str().unwrap_or_default().to_owned();
    let values =
        |set: &SetResource| -> String { set.properties.iter().map(|value| format!(" -p {}", quote(value))).collect() };
    let run = |set: &&SetResource| {
        format!("clresource set -p Type_version={}{} {}", quote(&version(set)), values(set), set.resource)
    };
    let record = |set: &&SetResource| {
        if set.undoes.is_some() {
            return format!("rtreg rollback {}", set.resource);
        }
        let version = set.to.as_str().unwrap_or("unversioned");
        format!("rtreg upgrade {} --to {}{}", set.resource, quote(version), values(set))
    };
    (!recorded.is_empty())
        .then(|| Commands { run: recorded.iter().map(run).collect(), record: recorded.iter().map(record).collect() })
}

/// What is done to a group.
pub(super) fn group(l: &Lowering<'_>, group: &str, change: GroupEvent, nodes: &[String]) -> Commands {
    let all = l.state.groups.get(group).is_some_and(|group| group.online_on == nodes);
    let (short, long) = match change {
        GroupEvent::Online => (format!(" -n {}", nodes.join(",")), format!(" --node {}", nodes.join(","))),
        GroupEvent::Offline if !all => (format!(" -n {}", nodes.join(",")), format!(" --node {}", nodes.join(","))),
        _ => (String::new(), String::new()),
    };
    Commands {
        run: vec![format!("clresourcegroup {}{short} {group}", change.as_str())],
        record: vec![format!("rtreg group {} {group}{long}", change.as_str())],
    }
}

fn step(
    l: &mut Lowering<'_>,
    name: &str,
    (phase, after): (Phase, &BTreeSet<String>),
    (change, nodes, operation, undo): (SwitchChange, &[String], Operation, Vec<Undo>),
) -> BTreeSet<String> {
    let administrator = Some(commands(l, name, change, nodes));
    let draft = Draft { phase, operation, undo, reason: l.why(name), administrator };
    BTreeSet::from([l.push(after, draft)])
}

fn commands(l: &Lowering<'_>, name: &str, change: SwitchChange, nodes: &[String]) -> Commands {
    let all = l.state.group_of(name).is_some_and(|group| group.node_list == nodes);
    let on = |option: &str| if all { String::new() } else { format!(" {option} {}", nodes.join(",")) };
    let state =
        |state: &str| nodes.iter().map(|node| format!("rtreg resource state {name} --node {node} {state}")).collect();
    match change {
        SwitchChange::FollowDown => Commands { run: Vec::new(), record: state("offline") },
        SwitchChange::FollowUp => Commands { run: Vec::new(), record: followed_up(l, name, nodes) },
        SwitchChange::Restart => Commands { run: Vec::new(), record: vec![format!("rtreg resource restart {name}")] },
        _ => Commands {
            run: vec![format!("clresource {}{} {name}", change.as_str(), on("-n"))],
            record: vec![format!("rtreg resource {} {name}{}", change.as_str(), on("--node"))],
        },
    }
}

/// What the cluster has brought up by itself is of the version that the resource has then, its monitor too.
fn followed_up(l: &Lowering<'_>, name: &str, nodes: &[String]) -> Vec<String> {
    let Some(of) = l.behind(name) else { return Vec::new() };
    let version = quote(of.version().as_str().unwrap_or("unversioned"));
    let command = |node: &String| {
        let entry = l.resource(name).and_then(|resource| resource.nodes.get(node));
        let is_monitored = entry.is_some_and(|entry| entry.monitored) && of.has(Method::MonitorStart);
        let monitor = if is_monitored {
            format!("--monitor running --monitor-started-by {version}")
        } else {
            "--monitor stopped".to_owned()
        };
        format!("rtreg resource state {name} --node {node} online --started-by {version} {monitor}")
    };
    nodes.iter().map(command).collect()
}

/// What takes a step down back: the same version comes up.
fn opposite(l: &Lowering<'_>, name: &str, change: SwitchChange, nodes: &[String]) -> Undo {
    let back = super::lower::undo_of_switch(change).unwrap_or(change);
    let mut operation = switch(name, back, nodes);
    if let Some(of) = l.present.get(name) {
        operation.on_done.extend(begun(l, name, of, l.mode(name)));
    }
    plain(operation)
}

/// The resource has ended, or only its monitor.
fn ended(l: &Lowering<'_>, name: &str, mode: Mode) -> Vec<Effect> {
    let mut effects = Vec::new();
    if mode.is_down() {
        effects.extend(l.online(name).into_iter().map(|node| Effect::State {
            resource: name.to_owned(),
            node,
            state: ResourceState::Offline,
            started_by: Some(Origin::None),
        }));
    }
    effects.extend(l.monitored(name).into_iter().map(|node| monitor(name, node, MonitorState::Stopped, Origin::None)));
    effects
}

/// The resource has begun where it ran, and its monitor where that is switched on; or only the monitor.
fn begun(l: &Lowering<'_>, name: &str, of: &Type, mode: Mode) -> Vec<Effect> {
    let own = Origin::Version(of.version().clone());
    let mut effects = Vec::new();
    for node in l.online(name) {
        if mode.is_down() {
            effects.push(Effect::State {
                resource: name.to_owned(),
                node: node.clone(),
                state: ResourceState::Online,
                started_by: Some(own.clone()),
            });
        }
        let entry = l.resource(name).and_then(|resource| resource.nodes.get(&node));
        let is_wanted = entry.is_some_and(|entry| entry.monitored) && of.has(Method::MonitorStart);
        if is_wanted {
            effects.push(monitor(name, node, MonitorState::Running, own.clone()));
        } else {
            effects.push(monitor(name, node, MonitorState::Stopped, Origin::None));
        }
    }
    effects
}

fn monitor(name: &str, node: String, monitor: MonitorState, started_by: Origin) -> Effect {
    Effect::Monitor { resource: name.to_owned(), node, monitor, started_by: Some(started_by) }
}

/// Who carries a bundle out.
pub(super) fn driver(l: &Lowering<'_>) -> super::data::Driver {
    let drivers: BTreeSet<bool> = l.state.groups.values().map(|group| group.driver == Driver::Recorded).collect();
    match (drivers.contains(&true), drivers.contains(&false)) {
        (true, true) => super::data::Driver::Mixed,
        (true, false) => super::data::Driver::Recorded,
        _ => super::data::Driver::Rgm,
    }
}
