//! The state commands of a group, by the methods of its resources.

use std::collections::BTreeMap;

use rtreg_control::rgm::Event;
use rtreg_model::{Method, ResourceState};
use rtreg_registry::CommandError;
use rtreg_registry::commands::driven::{self, Command};
use rtreg_registry::commands::driver::DriverRequest;
use rtreg_registry::commands::group::{GroupRequest, NodesRequest};

use super::build::{Builder, Reason, Wait};
use super::chain::{Actor, Monitor, STOPS};
use super::members::Members;
use crate::plan::{Becomes, Effect, GroupEvent, NoticeKind, Phase, SwitchChange};

/// The group is managed, then Init.
pub(super) fn manage(builder: &mut Builder<'_, '_, '_>, request: &GroupRequest) -> Result<(), CommandError> {
    let name = &request.name;
    builder.check_driven(name, &format!("group manage {name}"))?;
    if builder.reader.group(name)?.managed {
        builder.notice(NoticeKind::NothingToDo, format!("group `{name}` is managed already; nothing changed"));
        return Ok(());
    }
    let members = Members::read(builder, name)?;
    let sentence = format!("Group `{name}` comes under management: its resources are initialised.");
    let reason = Reason::new(Phase::Up, Event::GroupManage, sentence);
    let wait = Wait::on(builder.group(name, (GroupEvent::Manage, &[]), Vec::new(), (&reason, &Wait::default())));
    for actor in &members.actors {
        for node in actor.up_init_nodes(builder)? {
            builder.chain(actor, &node, (&[Method::Init], Monitor::AsRecorded), (&reason, &wait))?;
        }
    }
    Ok(())
}

/// Fini, then the group is unmanaged.
pub(super) fn unmanage(builder: &mut Builder<'_, '_, '_>, request: &GroupRequest) -> Result<(), CommandError> {
    let name = &request.name;
    builder.check_driven(name, &format!("group unmanage {name}"))?;
    if !driven::is_to_unmanage(builder.reader.view, request)? {
        builder.notice(NoticeKind::NothingToDo, format!("group `{name}` is unmanaged already; nothing changed"));
        return Ok(());
    }
    let members = Members::read(builder, name)?;
    let sentence = format!("Group `{name}` leaves management: what initialised its resources is taken back.");
    let reason = Reason::new(Phase::Down, Event::GroupUnmanage, sentence);
    let (mut wait, mut ends) = (Wait::default(), Vec::new());
    for actor in members.actors.iter().rev() {
        for node in actor.up_init_nodes(builder)? {
            let wanted = (&[Method::Fini][..], Monitor::AsRecorded);
            match builder.chain(actor, &node, wanted, (&reason, &Wait::default()))? {
                Some(id) => wait.and(&Wait::on(id)),
                None => ends.push(Effect::NotInitialised { resource: actor.name.clone(), node }),
            }
        }
    }
    builder.group(name, (GroupEvent::Unmanage, &[]), ends, (&reason, &wait));
    Ok(())
}

/// The group is online on each node, then its resources start there.
pub(super) fn online(builder: &mut Builder<'_, '_, '_>, request: &NodesRequest) -> Result<(), CommandError> {
    let name = &request.name;
    builder.check_driven(name, &format!("group online {name}"))?;
    let nodes = driven::online_nodes(builder.reader.view, request)?;
    let members = Members::read(builder, name)?;
    bring_online(builder, (name, &members), &nodes, &Wait::default())?;
    if builder.is_empty() {
        let sentence = format!("group `{name}` is online on {} already; nothing changed", nodes.join(", "));
        builder.notice(NoticeKind::NothingToDo, sentence);
    }
    Ok(())
}

fn online_on(builder: &Builder<'_, '_, '_>, group: &str) -> Vec<String> {
    builder.reader.state.groups.get(group).map(|group| group.online_on.clone()).unwrap_or_default()
}

fn bring_online(
    builder: &mut Builder<'_, '_, '_>,
    (group, members): (&str, &Members),
    nodes: &[String],
    before: &Wait,
) -> Result<(), CommandError> {
    let online = online_on(builder, group);
    let reason = Reason::new(Phase::Up, Event::BringOnline, format!("Group `{group}` comes online."));
    for node in nodes {
        let starts = |actor: &&Actor| {
            let may_start = |state| matches!(state, ResourceState::Offline | ResourceState::StartFailed);
            actor.on(node).is_some_and(|entry| entry.enabled && may_start(entry.state))
        };
        let starting: Vec<&Actor> = members.actors.iter().filter(starts).collect();
        let mut wait = before.clone();
        let alone: Vec<Effect> = starting.iter().flat_map(|actor| actor.starts_alone(node)).collect();
        if !online.contains(node) {
            let at = (GroupEvent::Online, std::slice::from_ref(node));
            wait = Wait::on(builder.group(group, at, alone, (&reason, &wait)));
        } else {
            for actor in starting.iter().filter(|actor| !actor.starts_alone(node).is_empty()) {
                let at = (SwitchChange::Online, std::slice::from_ref(node));
                builder.switch(&actor.name, at, actor.starts_alone(node), (&reason, &wait));
            }
        }
        let mut exits: BTreeMap<String, Wait> = BTreeMap::new();
        for actor in &members.actors {
            let wait = members.wait_up(&actor.name, &exits, &wait);
            let is_starting = starting.iter().any(|of| of.name == actor.name);
            let last = if is_starting { builder.bring_up(actor, node, (&reason, &wait))? } else { None };
            exits.insert(actor.name.clone(), last.map_or(wait, Wait::on));
        }
        disabled(builder, (group, members), &starting, node);
    }
    Ok(())
}

/// Says what is disabled, and what depends on that.
fn disabled(builder: &mut Builder<'_, '_, '_>, (group, members): (&str, &Members), starting: &[&Actor], node: &str) {
    let is_off = |actor: &&Actor| actor.on(node).is_some_and(|entry| !entry.enabled);
    let off: Vec<&str> = members.actors.iter().filter(is_off).map(|actor| actor.name.as_str()).collect();
    if !off.is_empty() {
        let sentence = format!(
            "Of group `{group}` these resources are disabled on {node} and stay as they are: {}.",
            off.join(", ")
        );
        builder.notice(NoticeKind::Disabled, sentence);
    }
    for actor in starting {
        for on in members.strong_of(&actor.name).filter(|on| off.contains(&on.name.as_str())) {
            let (name, on) = (&actor.name, &on.name);
            let sentence =
                format!("`{name}` depends on `{on}`, which is disabled on {node}; it is started all the same.");
            builder.notice(NoticeKind::Dependency, sentence);
        }
    }
}

/// The resources stop on each node, then the group is offline there.
pub(super) fn offline(builder: &mut Builder<'_, '_, '_>, request: &NodesRequest) -> Result<(), CommandError> {
    let name = &request.name;
    builder.check_driven(name, &format!("group offline {name}"))?;
    let nodes = driven::offline_nodes(builder.reader.view, request)?;
    let members = Members::read(builder, name)?;
    let sentence = format!("Group `{name}` goes offline.");
    let reason = Reason::new(Phase::Down, Event::TakeOffline, sentence);
    take_offline(builder, (name, &members), &nodes, (&reason, &Wait::default()))?;
    if builder.is_empty() {
        let sentence = format!("group `{name}` is offline on {} already; nothing changed", nodes.join(", "));
        builder.notice(NoticeKind::NothingToDo, sentence);
    }
    Ok(())
}

/// Returns what waits for the group to be offline.
fn take_offline(
    builder: &mut Builder<'_, '_, '_>,
    (group, members): (&str, &Members),
    nodes: &[String],
    (reason, before): (&Reason, &Wait),
) -> Result<Wait, CommandError> {
    let online = online_on(builder, group);
    let mut all = before.clone();
    for node in nodes {
        let mut exits: BTreeMap<String, Wait> = BTreeMap::new();
        let (mut alone, mut wait) = (Vec::new(), before.clone());
        for actor in members.actors.iter().rev() {
            let before = members.wait_down(&actor.name, &exits, before);
            let last = builder.take_down(actor, node, (reason, &before))?;
            let exit = last.map_or(before, Wait::on);
            wait.and(&exit);
            exits.insert(actor.name.clone(), exit);
            let runs = actor.on(node).is_some_and(|entry| entry.state != ResourceState::Offline);
            alone.extend(if runs { actor.stops_alone(node) } else { Vec::new() });
        }
        if online.contains(node) || !alone.is_empty() {
            let at = (GroupEvent::Offline, std::slice::from_ref(node));
            wait = Wait::on(builder.group(group, at, alone, (reason, &wait)));
        }
        all.and(&wait);
    }
    Ok(all)
}

/// Monitor_check where the group is to come online; then offline where it is not to be, then online.
pub(super) fn moves(builder: &mut Builder<'_, '_, '_>, request: &NodesRequest) -> Result<(), CommandError> {
    let name = &request.name;
    builder.check_driven(name, &format!("group move {name}"))?;
    let moved = driven::moved(builder.reader.view, request)?;
    let members = Members::read(builder, name)?;
    let online = online_on(builder, name);
    let sentence = format!(
        "Group `{name}` moves to {}, unless its resources find that they could not run there.",
        request.nodes.join(", ")
    );
    let check = Reason::new(Phase::Validate, Event::GroupMove, sentence);
    let mut wait = Wait::default();
    for node in moved.online.iter().filter(|node| !online.contains(node)) {
        for actor in members.actors.iter().filter(|actor| actor.on(node).is_some_and(|entry| entry.enabled)) {
            let wanted = (&[Method::MonitorCheck][..], Monitor::AsRecorded);
            let id = builder.chain(actor, node, wanted, (&check, &Wait::default()))?;
            id.into_iter().for_each(|id| wait.and(&Wait::on(id)));
        }
    }
    let leave = Reason::new(Phase::Down, Event::TakeOffline, format!("Group `{name}` moves away."));
    let wait = take_offline(builder, (name, &members), &moved.leaves, (&leave, &wait))?;
    bring_online(builder, (name, &members), &moved.online, &wait)?;
    if builder.is_empty() {
        let sentence = format!("group `{name}` is online on {} already; nothing changed", moved.online.join(", "));
        builder.notice(NoticeKind::NothingToDo, sentence);
    }
    Ok(())
}

/// Stop on every up node makes true that the group is offline; then rtreg drives it.
pub(super) fn drive(builder: &mut Builder<'_, '_, '_>, request: &DriverRequest) -> Result<(), CommandError> {
    let name = &request.name;
    if !driven::is_to_drive(builder.reader.view, request)? {
        let sentence = format!("group `{name}` is driven by `{}` already; nothing changed", request.driver);
        builder.notice(NoticeKind::NothingToDo, sentence);
        return Ok(());
    }
    let members = Members::read(builder, name)?;
    let sentence = format!("rtreg takes over group `{name}`: Stop makes true what is recorded as offline.");
    let reason = Reason::new(Phase::Down, Event::TakeOffline, sentence);
    let mut wait = Wait::default();
    let group = builder.reader.group(name)?;
    for node in &group.node_list {
        if !builder.is_up(node) {
            continue;
        }
        let mut exits: BTreeMap<String, Wait> = BTreeMap::new();
        for actor in members.actors.iter().rev() {
            let before = members.wait_down(&actor.name, &exits, &Wait::default());
            let last = builder.chain(actor, node, (STOPS, Monitor::MayRun), (&reason, &before))?;
            let exit = last.map_or(before, Wait::on);
            wait.and(&exit);
            exits.insert(actor.name.clone(), exit);
        }
    }
    let becomes = Becomes::Driven { group: name.clone(), driver: request.driver };
    builder.registry(Command::SetDriver(request.clone()), becomes, (&reason, &wait));
    Ok(())
}
