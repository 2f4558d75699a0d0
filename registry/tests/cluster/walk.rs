//! Random walks: whatever the commands, after each of them the promises of the registry hold.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::{InitNodes, Method, Origin, RtVersion};
use rtreg_registry::commands::show;
use rtreg_registry::effective;
use rtreg_registry::history::Entry;
use rtreg_registry::records::{GroupRecord, NodeRecord, ResourceNodeRecord, ResourceRecord};
use rtreg_registry::{Change, Commit, KeyRange, Outcome, Store, keys};
use serde::de::DeserializeOwned;

use crate::fixture::Cluster;

const STEPS: usize = 400;

/// The numbers of Knuth's MMIX.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    pub fn one<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[usize::try_from(self.next()).unwrap() % words.len()]
    }
}

const RESOURCES: &[&str] = &["a", "b", "c", "d"];
const NODES: &[&str] = &["n1", "n2", "n3"];
const TYPES: &[&str] = &["web:1.0", "web:1.0", "web:2.0", "web:3.0", "plain", "sys", "fail", "one"];

/// A command line, most often one that can be carried out.
pub fn line(random: &mut Random) -> String {
    let (r, s) = (random.one(RESOURCES), random.one(RESOURCES));
    let (g, n, m) = (random.one(&["g", "h"]), random.one(NODES), random.one(NODES));
    let on = random.one(&["", " --node"]);
    let on = if on.is_empty() { String::new() } else { format!("{on} {n}") };
    let kind = random.one(&[
        "node", "node", "group", "group", "online", "online", "online", "create", "create", "delete", "set", "switch",
        "switch", "switch", "switch", "switch", "clear", "clear", "state", "state", "state", "version", "manage",
        "disable", "unmanage",
    ]);
    match kind {
        "node" => format!(
            "node {} {}",
            random.one(&["up", "up", "up", "down", "add", "remove"]),
            random.one(&["n1", "n2", "n3", "n4"])
        ),
        "group" => match random.one(&["create", "set", "primaries", "delete", "offline"]) {
            "create" => format!("group create {g} --node {}", random.one(&["n1,n2", "n2", "n3,n1"])),
            "set" => format!("group set {g} --node {}", random.one(&["n1,n2", "n2,n3", "n3", "n1,n2,n3"])),
            "primaries" => format!("group set {g} -p Maximum_primaries={}", random.one(&["1", "2"])),
            "delete" => format!("group delete {g}"),
            _ => format!("group offline {g}{on}"),
        },
        "online" => format!("group online {g}{on}"),
        "manage" => format!("group manage {g}{}", random.one(&["", " --already"])),
        "unmanage" => format!("group unmanage {g}"),
        "disable" => format!("resource disable {r}"),
        "clear" => format!("resource clear {r} --node {n}"),
        "create" => format!(
            "resource create {r} --group {g} --type {}{}{}",
            random.one(TYPES),
            random.one(&["", "", " --disabled"]),
            random.one(&["", "", &format!(" -p Resource_dependencies={s}")])
        ),
        "delete" => format!("resource delete {r}"),
        "set" => match random.one(&["-p Start_timeout=7", "--default Start_timeout", "depend", "forget"]) {
            "depend" => format!(
                "resource set {r} -p {}={s}",
                random.one(&["Resource_dependencies", "Resource_dependencies_weak"])
            ),
            "forget" => format!("resource set {r} -p Resource_dependencies="),
            option => format!("resource set {r} {option}"),
        },
        "switch" => {
            let verb = random.one(&["enable", "enable", "disable", "monitor", "unmonitor", "restart"]);
            format!("resource {verb} {r}{on}")
        }
        "state" => format!(
            "resource state {r} --node {m} {}",
            random.one(&[
                "online",
                "online --started-by 1.0 --monitor stopped",
                "offline",
                "offline --initialised-by 0.9",
                "offline --initialised-by none",
                "unknown",
                "start_failed",
                "stop_failed",
                "starting",
                "online --monitor running --monitor-started-by 2.0",
            ])
        ),
        _ => match random.one(&["upgrade", "outside"]) {
            "upgrade" => format!("upgrade {r} --to {}", random.one(&["web:2.0", "web:3.0"])),
            _ => format!("resource state {r} --type-version {} --reason seen", random.one(&["1.0", "2.0", "3.0"])),
        },
    }
}

fn all<T: DeserializeOwned>(cluster: &Cluster, prefix: &str) -> Vec<T> {
    let stored = cluster.store.snapshot().unwrap().range(&KeyRange::prefix(prefix), usize::MAX).unwrap();
    stored.iter().map(|stored| serde_json::from_slice(&stored.value).unwrap()).collect()
}

fn key_set(cluster: &Cluster, prefixes: &[&str]) -> BTreeSet<String> {
    let snapshot = cluster.store.snapshot().unwrap();
    let range = |prefix: &&str| snapshot.range(&KeyRange::prefix(prefix), usize::MAX).unwrap();
    prefixes.iter().flat_map(range).map(|stored| stored.key).collect()
}

/// The indexes are what a scan of all resources and groups says.
fn check_indexes(cluster: &Cluster) {
    let mut expected = BTreeSet::new();
    for resource in all::<ResourceRecord>(cluster, "resources/") {
        expected.insert(keys::by_type(&resource.base, &resource.type_version, &resource.name));
        let origins = resource.nodes.values().flat_map(|entry| {
            let one = [entry.started_by.clone(), entry.monitor_started_by.clone(), entry.initialised_by.clone()];
            one.into_iter().chain(entry.also_initialised_by.iter().cloned().map(Origin::Version))
        });
        for origin in origins {
            if let Origin::Version(version) = origin {
                let key = keys::by_type(&resource.base, &version, &resource.name);
                let stored = cluster.store.snapshot().unwrap().get(&key).unwrap().unwrap_or_else(|| panic!("no {key}"));
                let for_origin = if version == resource.type_version { "{}" } else { r#"{"origin":true}"# };
                assert_eq!(stored.value, for_origin.as_bytes(), "{key}");
                expected.insert(key);
            }
        }
        expected.insert(keys::by_group(&resource.group, &resource.name));
        for (property, value) in &resource.values {
            if property.starts_with("Resource_dependencies") {
                let value = serde_json::to_value(value).unwrap();
                for name in value["value"]["global"].as_array().unwrap() {
                    expected.insert(keys::by_dependency(name.as_str().unwrap(), &resource.name));
                }
            }
        }
    }
    for group in all::<GroupRecord>(cluster, "groups/") {
        expected.extend(group.node_list.iter().map(|node| keys::by_node_group(node, &group.name)));
    }
    assert_eq!(key_set(cluster, &["by-type/", "by-group/", "by-dependency/", "by-node/"]), expected);
}

/// What is offline was started by nothing; what is unmanaged is offline; no more primaries than permitted.
fn check_states(cluster: &Cluster) {
    for group in all::<GroupRecord>(cluster, "groups/") {
        let report = cluster.inspect(|view| show::group(view, &group.name)).unwrap();
        let online = report.nodes.iter().filter(|node| node.online).count();
        assert!(online <= usize::try_from(report.maximum_primaries).unwrap());
        assert!(report.managed || online == 0);
        for member in &report.resources {
            for node in &member.nodes {
                let origins = [node.started_by.kind, node.monitor_started_by.kind];
                if node.state == "offline" {
                    assert_eq!((origins, node.monitor.as_str()), (["none", "none"], "stopped"), "{}", member.name);
                } else {
                    assert!(report.managed, "{} is {} in an unmanaged group", member.name, node.state);
                    assert_ne!(origins[0], "none");
                }
                assert_eq!(node.monitor == "stopped", origins[1] == "none", "{}", member.name);
                assert!(node.node_state != "down" || node.state == "offline");
            }
        }
    }
}

/// Following a resource's history from its first entry gives the resource as it is stored.
fn check_histories(cluster: &Cluster) {
    for resource in all::<ResourceRecord>(cluster, "resources/") {
        let mut entries: Vec<Entry> = all(cluster, &keys::history_all("resource", &resource.name));
        entries.reverse();
        let mut known: BTreeMap<(String, String), String> = BTreeMap::new();
        for entry in entries {
            if entry.event == "create" {
                let version = entry.detail["type_version"].as_str().unwrap().to_owned();
                known = BTreeMap::from([((String::new(), "Type_version".to_owned()), version)]);
            }
            for change in ["by_node", "changes"].iter().flat_map(|key| entry.detail[key].as_array()).flatten() {
                let text = |field: &str| change[field].as_str().unwrap_or_default().to_owned();
                let key = (text("node"), text("what"));
                let was = known.get(&key).cloned().unwrap_or_else(|| never_of(&key.1));
                let from = change["from"].as_str().map_or_else(|| never_of(&key.1), str::to_owned);
                assert_eq!(was, from, "{}: entry {} ({}) {key:?}", resource.name, entry.number, entry.event);
                known.insert(key.clone(), change["to"].as_str().map_or_else(|| never_of(&key.1), str::to_owned));
            }
        }
        let version = &known[&(String::new(), "Type_version".to_owned())];
        assert_eq!(*version, resource.type_version.to_string());
        for (node, entry) in &resource.nodes {
            let fields = [
                ("state", entry.state.to_string()),
                ("monitor", entry.monitor.to_string()),
                ("started_by", entry.started_by.to_string()),
                ("monitor_started_by", entry.monitor_started_by.to_string()),
                ("initialised_by", entry.initialised_by.to_string()),
                ("also_initialised_by", also(entry)),
                ("enabled", if entry.enabled { "on" } else { "off" }.to_owned()),
            ];
            for (what, value) in fields {
                let key = (node.clone(), what.to_owned());
                let told = known.get(&key).cloned().unwrap_or_else(|| never_of(what));
                assert_eq!(told, value, "{} on {node}: {what}", resource.name);
            }
        }
    }
}

fn also(entry: &ResourceNodeRecord) -> String {
    let versions: Vec<String> = entry.also_initialised_by.iter().map(ToString::to_string).collect();
    if versions.is_empty() { "none".to_owned() } else { versions.join(",") }
}

/// What stands where nothing was ever said.
fn never_of(what: &str) -> String {
    match what {
        "state" => "offline",
        "monitor" => "stopped",
        "started_by" | "monitor_started_by" | "initialised_by" | "also_initialised_by" => "none",
        _ => "",
    }
    .to_owned()
}

#[test]
fn whatever_is_done_the_promises_hold() {
    let mut done: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..8 {
        let mut random = Random(seed);
        let cluster = Cluster::new();
        cluster.ok("group create g --node n1,n2");
        cluster.ok("group create h --node n2,n3 -p Maximum_primaries=2");
        cluster.ok("group manage g");
        for _ in 0..STEPS {
            let line = line(&mut random);
            if cluster.run(&line).is_ok_and(|report| report.changed) {
                let verb = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
                *done.entry(verb).or_default() += 1;
                check_indexes(&cluster);
                check_states(&cluster);
            }
        }
        check_histories(&cluster);
        cluster.verify();
    }
    // A walk that is refused everywhere proves nothing.
    for verb in [
        "node up",
        "node down",
        "group create",
        "group set",
        "group manage",
        "group unmanage",
        "group online",
        "group offline",
        "resource create",
        "resource delete",
        "resource set",
        "resource enable",
        "resource disable",
        "resource monitor",
        "resource unmonitor",
        "resource restart",
        "resource clear",
        "resource state",
    ] {
        assert!(done.get(verb).is_some_and(|&times| times > 2), "{verb} was hardly ever done: {done:?}");
    }
}

/// Writes back what the records mean now, for every resource: what others do only when they write anyway.
fn settle_all(cluster: &Cluster) {
    let nodes: Vec<NodeRecord> = all(cluster, "nodes/");
    let groups: BTreeMap<String, GroupRecord> =
        all::<GroupRecord>(cluster, "groups/").into_iter().map(|group| (group.name.clone(), group)).collect();
    for mut resource in all::<ResourceRecord>(cluster, "resources/") {
        let group = &groups[&resource.group];
        let loaded = cluster.load(&format!("{}:{}", resource.base, resource.type_version));
        let everywhere = loaded.resource_type.init_nodes.value == InitNodes::RtInstalledNodes;
        for node in &nodes {
            let init = everywhere || group.node_list.contains(&node.name);
            let boots = group.managed && init && loaded.resource_type.has(Method::Boot);
            let version: Option<&RtVersion> = boots.then_some(&resource.type_version);
            let entry = resource.nodes.get(&node.name);
            if entry.is_some() || init {
                let settled = effective::settled(entry, node, version);
                resource.nodes.insert(node.name.clone(), settled);
            }
        }
        let value = serde_json::to_vec(&resource).unwrap();
        let change = Change::Put { key: keys::resource(&resource.name), value };
        let outcome = cluster.store.commit(&Commit { conditions: Vec::new(), changes: vec![change] }).unwrap();
        assert!(matches!(outcome, Outcome::Done(_)));
    }
}

fn all_texts(cluster: &Cluster) -> String {
    let mut text = String::new();
    for group in ["g", "h"] {
        text.push_str(
            &cluster.inspect(|view| show::group(view, group)).map_or_else(|_| "-\n".to_owned(), |report| report.text()),
        );
    }
    for resource in RESOURCES {
        text.push_str(
            &cluster
                .inspect(|view| show::resource(view, resource))
                .map_or_else(|_| "-\n".to_owned(), |report| report.text()),
        );
    }
    text
}

/// That a node's going up and down is read, not written, is never seen.
#[test]
fn settling_at_once_or_late_makes_no_difference() {
    let mut compared = 0;
    for seed in 100..106 {
        let (mut random, late, at_once) = (Random(seed), Cluster::new(), Cluster::new());
        for cluster in [&late, &at_once] {
            cluster.ok("group create g --node n1,n2");
            cluster.ok("group manage g");
        }
        for _ in 0..STEPS {
            let line = line(&mut random);
            let (one, two) = (late.run(&line), at_once.run(&line));
            settle_all(&at_once);
            assert_eq!(one.is_ok(), two.is_ok(), "{line}");
            assert_eq!(all_texts(&late), all_texts(&at_once), "seed {seed}, after {line}");
            compared += usize::from(one.is_ok());
        }
    }
    assert!(compared > 100);
}
