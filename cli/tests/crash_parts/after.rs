//! What must be true when a run has ended, whatever happened to it: each bundle fully new or fully old, in the store and in what
//! the methods have left; a history that verifies; an order that the table allows; nothing that is held or still at work.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::{Method, MonitorState, Origin, ResourceState};
use rtreg_registry::commands::{history_verify, planning};
use rtreg_registry::records::{GroupRecord, NodeRecord, ResourceRecord};
use rtreg_registry::store::KeyRange;
use rtreg_registry::{Store, View, effective, inspect, keys};
use rtreg_upgrade::plan::{Bundle, OnNode, Resource, State, plan};

use super::order::{self, Table};
use super::processes::{self, Agents};
use super::scenario::Failed;
use super::scenery::Scenery;
use super::scripts;

/// What became of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Old,
    New,
    /// New and old are the same, as far as can be seen.
    Both,
}

/// A run that has ended.
pub struct After {
    pub sides: Vec<Side>,
}

/// Looks at everything. `new` is the state that the plan leads to; where a failure that lets the bundle go on has made it another one,
/// sides are not looked at.
pub fn look(table: &Table, scenery: &Scenery, new: Option<&State>, agents: &Agents) -> Result<After, Failed> {
    processes::quiet(scenery, agents)?;
    let held = processes::held(scenery)?;
    if !held.is_empty() {
        return Err(format!("locks are held: {held:?}").into());
    }
    let store = scenery.store()?;
    verified(&store)?;
    let state = state(&store, scenery)?;
    is_free(&store)?;
    let lines = order::read(&scenery.live().join(scripts::LOG))?;
    let world = order::check(table, scenery, &lines)?;
    world.agrees(&state)?;
    marks(scenery, &state)?;
    let bundles = scenery.plan.bundles().filter_map(|bundle| Some((bundle, new?)));
    let sides = bundles.map(|(bundle, new)| side(scenery, bundle, &state, new)).collect::<Result<_, _>>()?;
    plans_again(&store, scenery)?;
    Ok(After { sides })
}

/// The history and all that the store has beside it.
pub fn verified(store: &dyn Store) -> Result<(), Failed> {
    let report = inspect(store, |view| history_verify::verify(view, None)).map_err(|error| error.to_string())?;
    if report.faults > 0 {
        return Err(format!("the history does not verify: {:?}", report.listed).into());
    }
    Ok(())
}

/// The state as it is recorded, of what the plan is about.
pub fn state(store: &dyn Store, scenery: &Scenery) -> Result<State, Failed> {
    let mut state = scenery.plan.state.clone();
    let missing = |name: &str| rtreg_registry::CommandError::Internal(format!("no record of {name}"));
    let read = inspect(store, |view| {
        for (name, group) in &mut state.groups {
            let record: GroupRecord = view.record(&keys::group(name))?.ok_or_else(|| missing(name))?;
            group.managed = record.managed;
            let mut nodes: BTreeMap<String, NodeRecord> = BTreeMap::new();
            for node in &group.node_list {
                nodes.extend(view.record(&keys::node(node))?.map(|on: NodeRecord| (node.clone(), on)));
            }
            group.online_on = planning::online_on(&record, &nodes).into_iter().cloned().collect();
        }
        for (name, resource) in &mut state.resources {
            let record: ResourceRecord = view.record(&keys::resource(name))?.ok_or_else(|| missing(name))?;
            (resource.type_version, resource.values) = (record.type_version, record.values);
            let nodes: BTreeSet<String> = resource.nodes.keys().chain(record.nodes.keys()).cloned().collect();
            for node in nodes {
                let on: NodeRecord = view.record(&keys::node(&node))?.ok_or_else(|| missing(&node))?;
                let entry = OnNode::of_view(&effective::node_view(record.nodes.get(&node), &on, None));
                resource.nodes.insert(node, entry);
            }
        }
        Ok(())
    });
    read.map_err(|error| error.to_string())?;
    Ok(state)
}

/// Nothing is reserved, nothing waits for an agent, no run is open.
fn is_free(store: &dyn Store) -> Result<(), Failed> {
    let left = inspect(store, |view| {
        let mut left = Vec::new();
        for prefix in ["work/", "open-runs/"] {
            left.extend(view.peek(&KeyRange::prefix(prefix), usize::MAX)?.into_iter().map(|stored| stored.key));
        }
        for prefix in ["resources/", "groups/"] {
            let stored = view.peek(&KeyRange::prefix(prefix), usize::MAX)?;
            let is_reserved = |value: &[u8]| {
                let record: Option<serde_json::Value> = serde_json::from_slice(value).ok();
                record.is_none_or(|record| record.get("reserved_by").is_some_and(|by| !by.is_null()))
            };
            left.extend(stored.into_iter().filter(|stored| is_reserved(&stored.value)).map(|stored| stored.key));
        }
        Ok(left)
    });
    let left = left.map_err(|error| error.to_string())?;
    if left.is_empty() { Ok(()) } else { Err(format!("something is left: {left:?}").into()) }
}

/// What the methods have left on the nodes is what is recorded.
fn marks(scenery: &Scenery, state: &State) -> Result<(), Failed> {
    for (name, resource) in &state.resources {
        for (node, entry) in &resource.nodes {
            let path = scenery.live().join(format!("service.{name}.{node}"));
            let mark = std::fs::read_to_string(path).unwrap_or_default();
            let starts = scenery.has(&resource.base, &resource.type_version, Method::Start);
            let is_wrong = match entry.state {
                ResourceState::Online => !mark.starts_with("up ") && starts,
                ResourceState::Offline => mark.starts_with("up "),
                _ => false,
            };
            if is_wrong {
                return Err(
                    format!("{name} is recorded as {} on {node}, and its mark says `{mark}`", entry.state).into()
                );
            }
        }
    }
    Ok(())
}

/// Whether a bundle is new or old: all that belongs to it, in all that it is.
fn side(scenery: &Scenery, bundle: &Bundle, state: &State, new: &State) -> Result<Side, Failed> {
    let is_member = |name: &&String| {
        bundle.moves.contains_key(*name) || bundle.upgrades.iter().any(|upgrade| upgrade.resource == **name)
    };
    let members: Vec<&String> = state.resources.keys().filter(is_member).collect();
    let all = |is_same: &dyn Fn(&Resource, &Resource) -> bool, of: &State| {
        members.iter().all(|name| match (state.resources.get(*name), of.resources.get(*name)) {
            (Some(is), Some(wanted)) => is_same(is, wanted),
            _ => false,
        })
    };
    let is_new = all(&|is, wanted| trimmed(is) == trimmed(wanted), new);
    let is_old = all(&|is, was| is_as_before(scenery, is, was), &scenery.plan.state);
    let groups = |of: &State| {
        let names = members.iter().filter_map(|name| state.resources.get(*name)).map(|resource| &resource.group);
        names.clone().all(|name| state.groups.get(name) == of.groups.get(name))
    };
    match (is_new && groups(new), is_old && groups(&scenery.plan.state)) {
        (true, true) => Ok(Side::Both),
        (true, false) => Ok(Side::New),
        (false, true) => Ok(Side::Old),
        (false, false) => {
            let show =
                |of: &State| members.iter().map(|name| format!("{:?}", of.resources.get(*name))).collect::<Vec<_>>();
            let (is, new, old) = (show(state), show(new), show(&scenery.plan.state));
            Err(format!("{} is neither new nor old:\n is {is:#?}\nnew {new:#?}\nold {old:#?}", bundle.id).into())
        }
    }
}

/// Without the nodes where nothing is and nothing has been.
fn trimmed(resource: &Resource) -> Resource {
    let mut trimmed = resource.clone();
    trimmed.nodes.retain(|_, entry| !is_untouched(entry));
    trimmed
}

fn is_untouched(entry: &OnNode) -> bool {
    let is_nothing = (entry.state, entry.monitor) == (ResourceState::Offline, MonitorState::Stopped);
    is_nothing && entry.enabled && entry.initialised_by == Origin::None && entry.also_initialised_by.is_empty()
}

/// Started anew by the old version it is as before but for who started it. A monitor that another version had started is not started
/// again by one that has none; the plan says so.
fn is_as_before(scenery: &Scenery, is: &Resource, was: &Resource) -> bool {
    let monitors = scenery.has(&was.base, &was.type_version, Method::MonitorStart);
    let same = |(node, is): (&String, &OnNode)| {
        was.nodes.get(node).map_or(is_untouched(is), |was| {
            let is_monitored = is.monitor == was.monitor || (!monitors && is.monitor == MonitorState::Stopped);
            (is.state, is.enabled, is.monitored) == (was.state, was.enabled, was.monitored) && is_monitored
        })
    };
    is.type_version == was.type_version && is.values == was.values && is.nodes.iter().all(same)
}

/// The same can be asked again: each resource is planned, held back with a reason, or done.
fn plans_again(store: &dyn Store, scenery: &Scenery) -> Result<(), Failed> {
    let snapshot = store.snapshot()?;
    let view = View::new(&*snapshot);
    let again = plan(&view, &scenery.asked.request).map_err(|error| format!("it cannot be planned again: {error}"))?;
    for name in &again.request.resources {
        let planned = again.bundles().any(|bundle| bundle.upgrades.iter().any(|of| of.resource == *name));
        let held = again.held_back.iter().any(|of| of.resource == *name && !of.because.is_empty());
        if !planned && !held && !again.nothing_to_do.contains(name) {
            return Err(format!("planned again, {name} has no fate").into());
        }
    }
    Ok(())
}
