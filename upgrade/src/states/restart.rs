//! A restart: of one resource, and behind it of what depends on it by Resource_dependencies_restart, where that is online
//! (r_properties(5)).

use std::collections::{BTreeMap, BTreeSet};

use rtreg_control::rgm::Event;
use rtreg_model::{Driver, Method, ResourceState};
use rtreg_registry::CommandError;
use rtreg_registry::migration::Scope;

use super::build::{Builder, Reason, Wait};
use super::chain::{Actor, Monitor, STARTS, STOPS};
use crate::plan::{NoticeKind, Phase, SwitchChange};

const RESTART: &str = "Resource_dependencies_restart";

/// By resource, what its restart ends with on each node.
type Ends = BTreeMap<String, BTreeMap<String, Wait>>;

/// Restarts a resource on these nodes, and what is restarted with it; the names of all that is.
pub(super) fn restart(
    builder: &mut Builder<'_, '_, '_>,
    actor: &Actor,
    nodes: &[String],
) -> Result<BTreeSet<String>, CommandError> {
    let name = &actor.name;
    let reason = Reason::new(Phase::Up, Event::ResourceRestart, format!("`{name}` is restarted where it is online."));
    let mut ends = Ends::new();
    for node in nodes {
        let last = restart_on(builder, actor, node, (&reason, &Wait::default()))?;
        let end = last.map_or_else(Wait::default, Wait::on);
        ends.entry(name.clone()).or_default().insert(node.clone(), end);
    }
    let mut open = followers(builder, name)?;
    while let Some(next) = next(builder, &open)? {
        open.remove(&next);
        follow(builder, &next, &mut ends)?;
    }
    Ok(ends.into_keys().collect())
}

/// All that depends on a resource by restart, also over others.
fn followers(builder: &mut Builder<'_, '_, '_>, name: &str) -> Result<BTreeSet<String>, CommandError> {
    let (mut open, mut found) = (vec![name.to_owned()], BTreeSet::new());
    while let Some(name) = open.pop() {
        for (dependent, properties) in builder.reader.dependents(&name)? {
            if properties.contains(RESTART) && found.insert(dependent.clone()) {
                open.push(dependent);
            }
        }
    }
    Ok(found)
}

/// One that depends on none of the others: it comes first.
fn next(builder: &mut Builder<'_, '_, '_>, open: &BTreeSet<String>) -> Result<Option<String>, CommandError> {
    for name in open {
        if !builder.reader.dependencies(name)?.keys().any(|on| open.contains(on)) {
            return Ok(Some(name.clone()));
        }
    }
    // A circle by weak dependencies, which only order.
    Ok(open.first().cloned())
}

/// Restarts what depends on resources that are restarted, behind them: in their group on the same nodes, in another one wherever it is
/// online.
fn follow(builder: &mut Builder<'_, '_, '_>, name: &str, ends: &mut Ends) -> Result<(), CommandError> {
    let actor = Actor::read(builder, name)?;
    let mut waits: BTreeMap<String, (Wait, BTreeSet<String>)> = BTreeMap::new();
    let online = |node: &&String| actor.on(node).is_some_and(|entry| entry.state == ResourceState::Online);
    let nodes: Vec<String> = actor.resource.nodes.keys().filter(online).cloned().collect();
    for (on, properties) in builder.reader.dependencies(name)? {
        let Some(restarted) = ends.get(&on).filter(|_| properties.contains(RESTART)) else { continue };
        let is_local = builder.reader.resource(&on)?.group == actor.resource.group || is_local(&actor, &on);
        for node in &nodes {
            for (_, end) in restarted.iter().filter(|(at, _)| !is_local || *at == node) {
                let (wait, because) = waits.entry(node.clone()).or_default();
                wait.and(end);
                because.insert(on.clone());
            }
        }
    }
    if waits.is_empty() {
        return Ok(());
    }
    let group = &actor.resource.group;
    if builder.reader.group(group)?.driver != Driver::Rgm {
        let sentence = format!(
            "`{name}` of group `{group}` is to be restarted with what it depends on ({RESTART}), but the administrator drives its \
             group: restart it in the cluster, then `rtreg resource restart {name}`."
        );
        builder.notice(NoticeKind::Dependency, sentence);
        return Ok(());
    }
    for (node, (wait, because)) in waits {
        let on = because.iter().map(|on| format!("`{on}`")).collect::<Vec<_>>().join(" and ");
        let sentence = format!("`{name}` depends on {on} by {RESTART}: it is restarted behind.");
        let reason = Reason::new(Phase::Up, Event::ResourceRestart, sentence);
        let last = restart_on(builder, &actor, &node, (&reason, &wait))?;
        ends.entry(name.to_owned()).or_default().insert(node, last.map_or(wait, Wait::on));
    }
    Ok(())
}

/// Whether the dependency is on what runs on the same node: `NAME{LOCAL_NODE}`.
fn is_local(actor: &Actor, on: &str) -> bool {
    let wanted = format!("{on}{{LOCAL_NODE}}");
    let values = &actor.resource.values;
    let own = values.iter().find(|(property, _)| property.eq_ignore_ascii_case(RESTART));
    own.is_some_and(|(_, stored)| match &stored.value {
        Scope::Global(value) => {
            value.to_string().split(',').any(|element| element.trim().eq_ignore_ascii_case(&wanted))
        }
        Scope::PerNode(_) => false,
    })
}

/// The methods of a restart in place. Where Start and Stop do not pair up, it is taken offline and brought online.
fn restart_on(
    builder: &mut Builder<'_, '_, '_>,
    actor: &Actor,
    node: &str,
    (reason, wait): (&Reason, &Wait),
) -> Result<Option<String>, CommandError> {
    if actor.of.has(Method::Start) && actor.of.has(Method::Stop) {
        let wanted = [Method::MonitorStop, Method::Stop, Method::Start, Method::MonitorStart];
        return builder.chain(actor, node, (&wanted, Monitor::AsRecorded), (reason, wait));
    }
    let down = Reason { event: Event::TakeOffline, ..reason.clone() };
    let mut last = builder.chain(actor, node, (STOPS, Monitor::AsRecorded), (&down, wait))?;
    let alone = actor.starts_alone(node);
    if !alone.is_empty() {
        let wait = last.clone().map_or_else(|| wait.clone(), Wait::on);
        let at = [node.to_owned()];
        last = Some(builder.switch(&actor.name, (SwitchChange::Restart, &at), alone, (reason, &wait)));
    }
    let up = Reason { event: Event::BringOnline, ..reason.clone() };
    let wait = last.clone().map_or_else(|| wait.clone(), Wait::on);
    Ok(builder.chain(actor, node, (STARTS, Monitor::Stopped), (&up, &wait))?.or(last))
}
