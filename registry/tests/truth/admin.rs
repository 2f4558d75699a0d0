//! The honest administrator: registers the types, says what is there when rtreg comes in, records each event, asks the gate.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::Release;
use rtreg_registry::CommandError;
use rtreg_registry::commands::register::{self, RtrFile};
use rtreg_registry::commands::type_set::{self, InstalledNodes};
use rtreg_registry::commands::{settings, upgrade};
use rtreg_registry::gate::{AliveThrough, Verdict};
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::transact;

use crate::events::{self, Event};
use crate::fixture::{Cluster, context};
use crate::world::{Family, NODES, Need, Version, World};

/// The RTR file of a version.
pub fn file(family: &Family, version: &Version) -> String {
    let mut text = "Resource_type = t;\nVendor_id = TEST;\n".to_owned();
    if let Some(number) = version.number {
        text.push_str(&format!("RT_version = \"{number}\";\n"));
    }
    text.push_str(&format!("RT_basedir = /opt/t/{};\nStart = start;\nStop = stop;\n", version.number.unwrap_or("0")));
    let methods = [
        (version.init, "Init = init;\nFini = fini;\n"),
        (version.boot, "Boot = boot;\n"),
        (version.monitor, "Monitor_start = monitor_start;\nMonitor_stop = monitor_stop;\n"),
        (version.everywhere, "Init_nodes = RT_INSTALLED_NODES;\n"),
        (version.aware, "#$upgrade\n"),
    ];
    text.extend(methods.iter().filter(|(has, _)| *has).map(|(_, line)| *line));
    for (from, need) in &version.lines {
        let from = from.and_then(|from| family.versions[from].number).unwrap_or_default();
        text.push_str(&format!("#$upgrade_from \"{from}\" {}\n", tunability(*need)));
    }
    text
}

fn tunability(need: Need) -> &'static str {
    match need {
        Need::Anytime => "ANYTIME",
        Need::Unmonitored => "WHEN_UNMONITORED",
        Need::Offline => "WHEN_OFFLINE",
        Need::Disabled => "WHEN_DISABLED",
        Need::Unmanaged => "WHEN_UNMANAGED",
        Need::AtCreation => "AT_CREATION",
    }
}

/// A store with the versions of the type and the setting of the store, and nothing else.
pub fn register(family: &Family) -> Cluster {
    let cluster = Cluster { store: MemoryStore::default() };
    for version in &family.versions {
        let bytes = file(family, version).into_bytes();
        // Only files for 3.0 may leave out RT_version.
        let target = if version.number.is_none() { Release::V3_0 } else { Release::V4 };
        let files = vec![RtrFile { name: "t.rtr".to_owned(), bytes, digests: BTreeMap::new() }];
        let request = register::Request { files, installed_nodes: None, target };
        register::run(&cluster.store, &context(None), &request).expect("the file registers");
    }
    if !family.catch_all {
        let set = |tx: &mut rtreg_registry::Transaction<'_>| {
            settings::set(tx, "empty-upgrade-from", "unversioned-only").map(|_| ())
        };
        transact(&cluster.store, &context(Some("as the cluster reads it")), ("settings", 1), set).expect("a setting");
    }
    cluster
}

/// Records an event. False: rtreg refuses.
pub fn record(cluster: &Cluster, line: &str) -> Result<(), CommandError> {
    let Some(words) = line.strip_prefix("type set ") else { return cluster.run(line).map(|_| ()) };
    let mut words = words.split(' ');
    let name = words.next().unwrap_or_default().to_owned();
    let nodes = words.nth(1).map(|nodes| nodes.split(',').map(str::to_owned).collect());
    let installed_nodes = Some(nodes.map_or(InstalledNodes::All, InstalledNodes::Nodes));
    let request = type_set::Request { name, installed_nodes, properties: Vec::new() };
    cluster.change(|tx| type_set::type_set(tx, &request)).map(|_| ())
}

/// What the gate said.
pub struct Answer {
    pub verdict: Verdict,
    /// Whether rtreg has done it.
    pub done: bool,
    /// The nodes where the answer says that it rests on this: what initialised the resource is not recorded and can only
    /// be Type_version.
    pub settled: BTreeSet<String>,
}

pub fn ask(cluster: &Cluster, resource: usize, target: &str, preview: bool) -> Answer {
    let request = upgrade::Request {
        resource: format!("r{}", resource + 1),
        to: target.to_owned(),
        properties: Vec::new(),
        preview,
    };
    let report: Result<_, CommandError> = cluster.change(|tx| upgrade::upgrade(tx, &request));
    let report = report.expect("a registered version is answered");
    let reasons = report.decision.because.iter();
    let settled = reasons.filter(|reason| reason.settled && reason.origin == Some(AliveThrough::InitialisedBy));
    let settled = settled.flat_map(|reason| reason.nodes.clone()).collect();
    Answer { verdict: report.decision.verdict, done: report.done, settled }
}

/// What the administrator types when rtreg comes to a cluster: all that is there, and nothing that he cannot know. In a
/// cluster that is `new` nothing has happened yet.
pub fn import(world: &World, new: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (node, here) in world.nodes.iter().enumerate().filter(|(_, here)| here.member) {
        lines.push(format!("node add n{}", node + 1));
        if !here.up {
            lines.push(format!("node down n{}", node + 1));
        }
    }
    for (version, set) in world.installed.iter().enumerate().filter(|(_, set)| set.is_some()) {
        lines.push(Event::Installed(version, set.clone()).line(world));
    }
    for (index, group) in world.groups.iter().enumerate() {
        let nodes = events::nodes(&group.nodes);
        lines.push(format!("group create g{} --node {nodes} -p Maximum_primaries={NODES}", index + 1));
    }
    for (index, resource) in world.resources.iter().enumerate() {
        let Some(resource) = resource else { continue };
        let (name, group) = (format!("r{}", index + 1), &world.groups[resource.group]);
        let of_type = events::type_name(world, resource.version);
        lines.push(format!("resource create {name} --group g{} --type {of_type}", resource.group + 1));
        for &node in &group.nodes {
            let place = &resource.places[node];
            for (on, verb) in [(place.enabled, "disable"), (place.monitored, "unmonitor")] {
                if !on {
                    lines.push(format!("resource {verb} {name} --node n{}", node + 1));
                }
            }
        }
    }
    if !new {
        lines.extend(unmanaged(world));
    }
    for (index, group) in world.groups.iter().enumerate().filter(|(_, group)| group.managed) {
        lines.push(format!("group manage g{} --already", index + 1));
        let members = |resource: &usize| world.resources[*resource].as_ref().is_some_and(|r| r.group == index);
        let members: Vec<usize> = (0..world.resources.len()).filter(members).collect();
        // What is online is said first: bringing the group online would be recorded as a start. What is not, afterwards.
        let say = |online: bool, lines: &mut Vec<String>| {
            for (&resource, &node) in members.iter().flat_map(|r| group.nodes.iter().map(move |n| (r, n))) {
                let place = world.resources[resource].as_ref().map(|resource| &resource.places[node]);
                let is_online = place.is_some_and(|place| place.process.is_some() && place.failed.is_none());
                let failed = place.is_some_and(|place| place.failed.is_some());
                if is_online == online && world.nodes[node].up {
                    let origin = if failed { " --started-by unknown" } else { "" };
                    lines.push(format!("{}{origin}", events::seen(world, resource, node)));
                }
            }
        };
        say(true, &mut lines);
        if !group.online.is_empty() {
            lines.push(format!("group online g{} --node {}", index + 1, events::nodes(&group.online)));
        }
        say(false, &mut lines);
    }
    lines
}

/// Nobody knows what ran in an unmanaged group when it was managed.
fn unmanaged(world: &World) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, resource) in world.resources.iter().enumerate() {
        let Some(resource) = resource else { continue };
        let group = &world.groups[resource.group];
        for &node in group.nodes.iter().filter(|&&node| !group.managed && world.nodes[node].up) {
            lines.push(format!("{} --initialised-by unknown", events::seen(world, index, node)));
        }
    }
    lines
}
