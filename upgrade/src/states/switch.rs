//! The state commands of one resource, by their methods.

use std::collections::BTreeSet;

use rtreg_control::rgm::Event;
use rtreg_model::{Method, MonitorState, Origin, ResourceState};
use rtreg_registry::CommandError;
use rtreg_registry::commands::driven;
use rtreg_registry::commands::switch::{Action, SwitchRequest};

use super::build::{Builder, Reason, Wait};
use super::chain::{Actor, Monitor};
use super::restart::restart;
use crate::plan::{Effect, NoticeKind, OnNode, Phase, SwitchChange};

pub(super) fn switch(builder: &mut Builder<'_, '_, '_>, request: &SwitchRequest) -> Result<(), CommandError> {
    let actor = Actor::read(builder, &request.name)?;
    let command = format!("resource {} {}", request.action.as_str(), request.name);
    builder.check_driven(&actor.resource.group, &command)?;
    let nodes = driven::switched_nodes(builder.reader.view, request)?;
    match request.action {
        Action::Enable => enable(builder, &actor, &nodes)?,
        Action::Disable => disable(builder, &actor, &nodes)?,
        Action::Monitor => monitor(builder, &actor, &nodes)?,
        Action::Unmonitor => unmonitor(builder, &actor, &nodes)?,
        Action::Restart => {
            let restarted = restart(builder, &actor, &nodes)?;
            dependents_up(builder, &actor, ("is restarted", &restarted))?;
        }
        Action::Clear => clear(builder, &actor, &nodes)?,
    }
    if builder.is_empty() {
        let (name, action, on) = (&request.name, request.action.as_str(), nodes.join(", "));
        let sentence = format!("resource `{name}`: {action} on {on} changes nothing, it is so already");
        builder.notice(NoticeKind::NothingToDo, sentence);
    }
    Ok(())
}

/// The nodes where something is so of the resource.
fn nodes_where(actor: &Actor, nodes: &[String], is_so: impl Fn(&OnNode) -> bool) -> Vec<String> {
    nodes.iter().filter(|node| actor.on(node).is_some_and(&is_so)).cloned().collect()
}

/// The switch, then the start methods where the group is online.
fn enable(builder: &mut Builder<'_, '_, '_>, actor: &Actor, nodes: &[String]) -> Result<(), CommandError> {
    let name = &actor.name;
    let group = &actor.resource.group;
    let online_on = builder.reader.state.groups.get(group).map(|group| group.online_on.clone()).unwrap_or_default();
    let may_start = |entry: &OnNode| matches!(entry.state, ResourceState::Offline | ResourceState::StartFailed);
    let mut starts = nodes_where(actor, nodes, may_start);
    starts.retain(|node| online_on.contains(node));
    let reason = Reason::new(
        Phase::Up,
        Event::ResourceEnable,
        format!("`{name}` is enabled: it runs where its group is online."),
    );
    let off = nodes_where(actor, nodes, |entry| !entry.enabled);
    let alone: Vec<Effect> = starts.iter().flat_map(|node| actor.starts_alone(node)).collect();
    let mut wait = Wait::default();
    if !off.is_empty() {
        let id = builder.switch(name, (SwitchChange::Enable, &off), alone, (&reason, &wait));
        wait = Wait::on(id);
    } else if !alone.is_empty() {
        wait = Wait::on(builder.switch(name, (SwitchChange::Online, &starts), alone, (&reason, &wait)));
    }
    for node in &starts {
        builder.bring_up(actor, node, (&reason, &wait))?;
    }
    if !starts.is_empty() {
        dependencies_down(builder, actor)?;
    }
    Ok(())
}

/// The stop methods where it runs, and the switch of each node behind them.
fn disable(builder: &mut Builder<'_, '_, '_>, actor: &Actor, nodes: &[String]) -> Result<(), CommandError> {
    let name = &actor.name;
    let reason = Reason::new(Phase::Down, Event::ResourceDisable, format!("`{name}` is disabled: it goes offline."));
    let mut rest = Vec::new();
    for node in nodes {
        let Some(entry) = actor.on(node) else { continue };
        let alone = if entry.state == ResourceState::Offline { Vec::new() } else { actor.stops_alone(node) };
        match builder.take_down(actor, node, (&reason, &Wait::default()))? {
            Some(last) if entry.enabled => {
                let node = std::slice::from_ref(node);
                builder.switch(name, (SwitchChange::Disable, node), alone, (&reason, &Wait::on(last)));
            }
            Some(_) => {}
            None if entry.enabled || !alone.is_empty() => rest.push((node.clone(), alone)),
            None => {}
        }
    }
    if !rest.is_empty() {
        let (nodes, alone): (Vec<String>, Vec<Vec<Effect>>) = rest.into_iter().unzip();
        let alone = alone.into_iter().flatten().collect();
        builder.switch(name, (SwitchChange::Disable, &nodes), alone, (&reason, &Wait::default()));
    }
    dependents_up(builder, actor, ("goes offline", &BTreeSet::new()))
}

/// The switch, then Monitor_start where it is online and no monitor runs; one that failed to start is stopped first.
fn monitor(builder: &mut Builder<'_, '_, '_>, actor: &Actor, nodes: &[String]) -> Result<(), CommandError> {
    let name = &actor.name;
    let reason = Reason::new(Phase::Up, Event::ResourceMonitor, format!("`{name}` is monitored where it is online."));
    let off = nodes_where(actor, nodes, |entry| !entry.monitored);
    let mut wait = Wait::default();
    if !off.is_empty() {
        wait = Wait::on(builder.switch(name, (SwitchChange::Monitor, &off), Vec::new(), (&reason, &wait)));
    }
    let missing = |entry: &OnNode| entry.state == ResourceState::Online && entry.monitor != MonitorState::Running;
    for node in nodes_where(actor, nodes, missing) {
        let mut wait = wait.clone();
        if actor.on(&node).is_some_and(|entry| entry.monitor == MonitorState::StartFailed) {
            let sentence = format!("The last start of the monitor on {node} failed: what it began is stopped first.");
            let stop = Reason { event: Event::ResourceUnmonitor, sentence, ..reason.clone() };
            let stopped = builder.chain(actor, &node, (&[Method::MonitorStop], Monitor::AsRecorded), (&stop, &wait))?;
            wait = stopped.map_or(wait, Wait::on);
        }
        builder.chain(actor, &node, (&[Method::MonitorStart], Monitor::Stopped), (&reason, &wait))?;
    }
    Ok(())
}

/// Monitor_stop where a monitor runs, and the switch of each node behind it.
fn unmonitor(builder: &mut Builder<'_, '_, '_>, actor: &Actor, nodes: &[String]) -> Result<(), CommandError> {
    let name = &actor.name;
    let reason = Reason::new(Phase::Down, Event::ResourceUnmonitor, format!("`{name}` is not monitored any more."));
    let mut rest = Vec::new();
    for node in nodes {
        let Some(entry) = actor.on(node) else { continue };
        let runs = entry.monitor != MonitorState::Stopped && builder.is_up(node);
        let wanted = (&[Method::MonitorStop][..], Monitor::AsRecorded);
        let last = if runs { builder.chain(actor, node, wanted, (&reason, &Wait::default()))? } else { None };
        match last {
            Some(last) if entry.monitored => {
                let node = std::slice::from_ref(node);
                builder.switch(name, (SwitchChange::Unmonitor, node), Vec::new(), (&reason, &Wait::on(last)));
            }
            None if entry.monitored => rest.push(node.clone()),
            _ => {}
        }
    }
    if !rest.is_empty() {
        builder.switch(name, (SwitchChange::Unmonitor, &rest), Vec::new(), (&reason, &Wait::default()));
    }
    Ok(())
}

/// What a failed start began is stopped; that a failed stop is cleaned up is the administrator's word.
fn clear(builder: &mut Builder<'_, '_, '_>, actor: &Actor, nodes: &[String]) -> Result<(), CommandError> {
    let name = &actor.name;
    let stops = actor.of.has(Method::Stop) || actor.of.has(Method::PostnetStop);
    let reason = Reason::new(Phase::Down, Event::TakeOffline, format!("`{name}` is cleared: what failed has ended."));
    let mut said = Vec::new();
    for node in nodes {
        if stops && actor.on(node).is_some_and(|entry| entry.state == ResourceState::StartFailed) {
            builder.take_down(actor, node, (&reason, &Wait::default()))?;
        } else {
            said.push(node.clone());
        }
    }
    if !said.is_empty() {
        let effects =
            said.iter().flat_map(|node| actor.is(node, ResourceState::Offline, Origin::None)).collect::<Vec<_>>();
        builder.switch(name, (SwitchChange::Clear, &said), effects, (&reason, &Wait::default()));
    }
    Ok(())
}

/// Says of what the resource depends on and that is online nowhere.
fn dependencies_down(builder: &mut Builder<'_, '_, '_>, actor: &Actor) -> Result<(), CommandError> {
    let name = &actor.name;
    for (on, properties) in builder.reader.dependencies(name)? {
        if is_strong(&properties) && !is_online(builder, &on)? {
            let sentence = format!("`{name}` depends on `{on}`, which is online nowhere; it is started all the same.");
            builder.notice(NoticeKind::Dependency, sentence);
        }
    }
    Ok(())
}

/// Says of what depends on the resource, is online and is not restarted with it.
fn dependents_up(
    builder: &mut Builder<'_, '_, '_>,
    actor: &Actor,
    (what, restarted): (&str, &BTreeSet<String>),
) -> Result<(), CommandError> {
    let name = &actor.name;
    for (dependent, properties) in builder.reader.dependents(name)? {
        let stays = is_strong(&properties) && !restarted.contains(&dependent);
        if stays && !builder.is_empty() && is_online(builder, &dependent)? {
            let sentence = format!("`{dependent}` depends on `{name}`, which {what}; it stays as it is.");
            builder.notice(NoticeKind::Dependency, sentence);
        }
    }
    Ok(())
}

fn is_strong(properties: &BTreeSet<String>) -> bool {
    properties.iter().any(|property| property != "Resource_dependencies_weak")
}

fn is_online(builder: &mut Builder<'_, '_, '_>, name: &str) -> Result<bool, CommandError> {
    let nodes = &builder.reader.resource(name)?.nodes;
    Ok(nodes.values().any(|entry| entry.state == ResourceState::Online))
}
