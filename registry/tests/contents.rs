//! `history verify` beside the chains: whoever changes or removes a key of the store by hand is seen, whatever the key.

#[allow(dead_code, reason = "the cluster of another suite; this one uses a part of it")]
#[path = "cluster/fixture.rs"]
mod fixture;

use fixture::{Cluster, context, rtr};
use rtreg_model::RtVersion;
use rtreg_registry::commands::history_verify::{Expectation, verify};
use rtreg_registry::commands::history_view::head;
use rtreg_registry::commands::type_set::{InstalledNodes, Request, type_set};
use rtreg_registry::commands::{settings, unregister};
use rtreg_registry::history::{Entry, Object, sha256_hex};
use rtreg_registry::{
    Change, Commit, KeyRange, Revision, Snapshot, Store, StoreError, Stored, View, inspect, keys, transact,
};

/// Everything that a store can hold: types on some nodes and on all, resources that depend on others, one by the default
/// of its type, a setting; and of each kind an object that was deleted, but of the last.
fn cluster() -> Cluster {
    let cluster = Cluster::with_resource();
    let by_default = "----{ PROPERTY = Resource_dependencies; DEFAULT = r; }";
    cluster
        .register(&[&rtr("gone", "1.0", &["Start", "Stop"], ""), &rtr("needy", "1.0", &["Start", "Stop"], by_default)]);
    cluster.ok("resource create s --group g --type web:1.0 -p Resource_dependencies=r -p Resource_dependencies_weak=r");
    cluster.ok("resource create d --group g --type needy");
    cluster.ok("resource create t --group g --type plain --disabled");
    cluster.ok("resource delete t");
    cluster.ok("group create h --node n3");
    cluster.ok("group delete h");
    cluster.ok("node add n4");
    cluster.ok("node down n4");
    cluster.ok("node remove n4");
    cluster.ok("group online g");
    let nodes = InstalledNodes::Nodes(vec!["n1".to_owned(), "n2".to_owned()]);
    let request = Request { name: "plain".to_owned(), installed_nodes: Some(nodes), properties: Vec::new() };
    cluster.change(|tx| type_set(tx, &request)).unwrap();
    cluster.change(|tx| unregister::unregister(tx, &unregister::Request { name: "gone".to_owned() })).unwrap();
    let reason = context(Some("a reason"));
    transact(&cluster.store, &reason, ("settings", 1), |tx| {
        settings::set(tx, "empty-upgrade-from", "unversioned-only")
    })
    .unwrap();
    cluster.verify();
    cluster
}

/// A store as somebody left it who writes to its file.
struct Forged {
    revision: Revision,
    keys: Vec<Stored>,
}

impl Forged {
    fn of(cluster: &Cluster) -> Self {
        let snapshot = cluster.store.snapshot().unwrap();
        let keys = snapshot.range(&KeyRange::prefix(""), usize::MAX).unwrap();
        Self { revision: snapshot.revision(), keys }
    }

    fn value(&mut self, key: &str) -> &mut Vec<u8> {
        &mut self.keys.iter_mut().find(|stored| stored.key == key).expect("the key exists").value
    }

    fn add(&mut self, key: &str, value: &str) {
        let stored = Stored { key: key.to_owned(), value: value.as_bytes().to_vec(), created: 1, modified: 1 };
        self.keys.push(stored);
        self.keys.sort_by(|a, b| a.key.cmp(&b.key));
    }

    fn without(&self, key: &str) -> Self {
        let keys = self.keys.iter().filter(|stored| stored.key != key).cloned().collect();
        Self { revision: self.revision, keys }
    }

    /// The faults in words; empty if there is none.
    fn faults(&self) -> String {
        let report = verify(&View::new(self), None).unwrap();
        assert_eq!(report.refusal().is_some(), report.faults > 0);
        if report.faults == 0 { String::new() } else { report.text() }
    }
}

impl Snapshot for Forged {
    fn revision(&self) -> Revision {
        self.revision
    }

    fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        Ok(self.keys.iter().find(|stored| stored.key == key).cloned())
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Vec<Stored>, StoreError> {
        Ok(self.keys.iter().filter(|stored| range.contains(&stored.key)).take(limit).cloned().collect())
    }
}

const RECORDS: [&str; 5] = ["types/", "resources/", "groups/", "nodes/", "settings/"];

#[test]
fn a_key_that_is_gone_is_seen() {
    let cluster = cluster();
    let whole = Forged::of(&cluster);
    let left_over = sha256_hex(rtr("gone", "1.0", &["Start", "Stop"], "").as_bytes());
    let folders = ["history/", "names/", "by-short/", "by-type/", "by-group/", "by-dependency/", "by-node/", "blobs/"];
    for folder in RECORDS.iter().chain(&folders) {
        assert!(whole.keys.iter().any(|stored| stored.key.starts_with(folder)), "no key in {folder}");
    }
    for stored in &whole.keys {
        let seen = !whole.without(&stored.key).faults().is_empty();
        assert_eq!(seen, !stored.key.starts_with(&keys::blob_all(&left_over)), "{}", stored.key);
    }
}

#[test]
fn a_record_that_was_changed_is_seen() {
    let cluster = cluster();
    let whole = Forged::of(&cluster);
    let records = whole.keys.iter().filter(|stored| RECORDS.iter().any(|folder| stored.key.starts_with(folder)));
    let records: Vec<&Stored> = records.collect();
    assert!(records.len() > 10);
    for stored in records {
        let mut forged = Forged::of(&cluster);
        forged.value(&stored.key).push(b' ');
        let faults = forged.faults();
        assert!(faults.contains("changed past the history"), "{}: {faults}", stored.key);
    }
}

#[test]
fn an_index_says_what_the_records_say() {
    let cluster = cluster();
    let one = RtVersion::new("1.0");
    for (key, value) in [
        (keys::by_type("TEST.web", &RtVersion::new("2.0"), "r"), "{}"),
        (keys::by_type("TEST.web", &one, "zebra"), "{}"),
        (keys::by_group("h", "r"), "{}"),
        (keys::by_dependency("s", "r"), r#"["Resource_dependencies"]"#),
        (keys::by_node_group("n3", "g"), "{}"),
        (keys::by_node_type("n3", "TEST.plain", &one), r#"{"name":"TEST.plain:1.0","version":"1.0"}"#),
        (keys::by_short("webb", "TEST.web", &one), r#"{"name":"TEST.web:1.0","version":"1.0"}"#),
        (keys::name("TEST.web"), r#"{"name":"TEST.web:1.0","version":"1.0"}"#),
    ] {
        let mut forged = Forged::of(&cluster);
        forged.add(&key, value);
        let faults = forged.faults();
        assert!(faults.contains("no record asks for this entry of the index"), "{key}: {faults}");
    }
    for (key, value) in [
        (keys::by_type("TEST.web", &one, "r"), r#"{"origin":true}"#),
        (keys::by_dependency("r", "s"), r#"["Resource_dependencies_weak"]"#),
        (keys::by_dependency("r", "d"), r"[]"),
        (keys::name("TEST.web:1.0"), r#"{"name":"TEST.web:2.0","version":"2.0"}"#),
        (keys::by_node_type("n2", "TEST.plain", &one), "{}"),
    ] {
        let mut forged = Forged::of(&cluster);
        *forged.value(&key) = value.as_bytes().to_vec();
        let faults = forged.faults();
        assert!(faults.contains("does not say what the record says"), "{key}: {faults}");
    }
}

/// A version that is alive in a resource, but not its Type_version, may be in the index, and says so.
#[test]
fn an_index_may_name_origins() {
    let cluster = cluster();
    cluster.ok("upgrade r --to web:2.0");
    cluster.verify();
    let key = keys::by_type("TEST.web", &RtVersion::new("1.0"), "r");
    let mut forged = Forged::of(&cluster).without(&key);
    forged.add(&key, r#"{"origin":true}"#);
    assert_eq!(forged.faults(), "");
    *forged.value(&key) = b"{}".to_vec();
    assert!(forged.faults().contains("no record asks for this entry"), "{}", forged.faults());
}

#[test]
fn a_file_that_is_not_what_was_registered_is_seen() {
    let cluster = cluster();
    let mut forged = Forged::of(&cluster);
    let source = rtr("plain", "1.0", &["Start", "Stop"], "");
    *forged.value(&keys::blob(&sha256_hex(source.as_bytes()), 0)) = source.replace("start", "stapt").into_bytes();
    let faults = forged.faults();
    assert!(faults.contains("type `TEST.plain:1.0`: expected an RTR file of"), "{faults}");
}

#[test]
fn what_a_record_names_exists() {
    let cluster = cluster();
    let whole = Forged::of(&cluster);
    for (key, words) in [
        (keys::type_version("TEST.web", &RtVersion::new("1.0")), "the record names version 1.0 of `TEST.web`, which"),
        (keys::group("g"), "the record names group `g`, which does not exist"),
        (keys::node("n2"), "the record names node `n2`, which does not exist"),
    ] {
        let faults = whole.without(&key).faults();
        assert!(faults.contains(words), "{key}: {faults}");
    }
}

#[test]
fn a_store_that_is_empty_or_behind_its_keys_is_damaged() {
    let cluster = cluster();
    let mut forged = Forged::of(&cluster);
    forged.revision -= 1;
    assert!(forged.faults().contains("but the store says that it is at 20"), "{}", forged.faults());
    forged.keys.clear();
    assert!(forged.faults().contains("but has no key at all: everything was deleted"), "{}", forged.faults());
    forged.revision = 0;
    assert_eq!(forged.faults(), "");
}

/// Whoever changes a record and writes its chain anew is seen by a hash that was kept elsewhere.
#[test]
fn the_hash_of_the_heads_is_about_the_records_too() {
    let cluster = cluster();
    let kept = inspect(&cluster.store, head).unwrap();
    let expect = Expectation::parse(kept.text().trim()).unwrap();
    let mut forged = Forged::of(&cluster);
    let record = String::from_utf8(forged.value(&keys::node("n3")).clone()).unwrap().replace("up", "down");
    assert!(record.contains("down"));
    *forged.value(&keys::node("n3")) = record.clone().into_bytes();
    let object = Object::new("node", "n3");
    let entry = keys::history(&object.kind, &object.name, 1);
    let head: Entry = serde_json::from_slice(forged.value(&entry)).unwrap();
    assert_eq!(head.record.as_deref(), cluster_record(&cluster, &keys::node("n3")).as_deref());
    let head = head.sealed(None, Some(sha256_hex(record.as_bytes())));
    *forged.value(&entry) = serde_json::to_vec(&head).unwrap();
    assert_eq!(forged.faults(), "", "the chain was written anew as a whole");
    let report = verify(&View::new(&forged), Some(&expect)).unwrap();
    assert_eq!(report.as_expected, Some(false));
}

fn cluster_record(cluster: &Cluster, key: &str) -> Option<String> {
    let stored = cluster.store.snapshot().unwrap().get(key).unwrap();
    stored.map(|stored| sha256_hex(&stored.value))
}

#[test]
fn entries_of_deleted_objects_have_no_record_and_all_of_one_commit_the_same() {
    let cluster = cluster();
    let newest = |object: &Object| -> Entry {
        let range = KeyRange::prefix(&keys::history_all(&object.kind, &object.name));
        let found = cluster.store.snapshot().unwrap().range(&range, 1).unwrap();
        serde_json::from_slice(&found[0].value).unwrap()
    };
    for (kind, name) in [("type", "TEST.gone:1.0"), ("resource", "t"), ("group", "h"), ("node", "n4")] {
        assert_eq!(newest(&Object::new(kind, name)).record, None, "{kind} {name}");
    }
    let node = Object::new("node", "n3");
    cluster
        .change(|tx| {
            tx.log(node.clone(), "first", serde_json::Value::Null)?;
            tx.put(
                keys::node("n3"),
                &serde_json::json!({ "name": "n3", "status": "up", "added": 1, "incarnation": 1 }),
            );
            tx.log(node.clone(), "second", serde_json::Value::Null)
        })
        .unwrap();
    cluster.verify();
    let record = cluster_record(&cluster, &keys::node("n3"));
    assert_eq!((newest(&node).number, newest(&node).record), (3, record.clone()));
    let before = cluster.store.snapshot().unwrap().get(&keys::history("node", "n3", 2)).unwrap().unwrap();
    let before: Entry = serde_json::from_slice(&before.value).unwrap();
    assert_eq!((before.record, Some(before.hash)), (record, newest(&node).previous));
}

/// Deleting an entry of the index of types no longer goes unseen, although the type can then be unregistered.
#[test]
fn a_type_in_use_that_was_unregistered_is_seen() {
    let cluster = cluster();
    let key = keys::by_type("TEST.plain", &RtVersion::new("1.0"), "p");
    cluster.ok("resource create p --group g --type plain --disabled");
    cluster.store.commit(&Commit { conditions: Vec::new(), changes: vec![Change::Delete { key }] }).unwrap();
    cluster.change(|tx| unregister::unregister(tx, &unregister::Request { name: "plain".to_owned() })).unwrap();
    let faults = Forged::of(&cluster).faults();
    assert!(faults.contains("resource `p`: the record names version 1.0 of `TEST.plain`, which"), "{faults}");
}
