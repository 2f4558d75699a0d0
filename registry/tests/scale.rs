//! No command about one object reads the whole store: keys and bytes that `show` and `upgrade --preview` of one resource
//! read with 10,000 types and 100,000 resources, beside those with two types and ten resources.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use rtreg_registry::commands::register::{self, RtrFile};
use rtreg_registry::commands::{group, node, resource, show, upgrade};
use rtreg_registry::history::sha256_hex;
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::{
    Change, Commit, Context, KeyRange, Outcome, Revision, Snapshot, Store, StoreError, Stored, Who, inspect, transact,
};

/// Copies of the small store: each has two versions of a type and twenty resources in two groups.
const UNITS: usize = 5_000;

/// What was read.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Reads {
    keys: usize,
    bytes: usize,
}

/// A store that counts what is read from it.
struct Counting {
    store: MemoryStore,
    reads: Mutex<Reads>,
}

struct CountingSnapshot<'s> {
    snapshot: Box<dyn Snapshot + 's>,
    reads: &'s Mutex<Reads>,
}

impl CountingSnapshot<'_> {
    fn count<'k>(&self, read: impl IntoIterator<Item = &'k Stored>) {
        let mut reads = self.reads.lock().unwrap();
        for stored in read {
            reads.keys += 1;
            reads.bytes += stored.key.len() + stored.value.len();
        }
    }
}

impl Snapshot for CountingSnapshot<'_> {
    fn revision(&self) -> Revision {
        self.snapshot.revision()
    }

    fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        let stored = self.snapshot.get(key)?;
        self.count(&stored);
        // A key that is not there is looked for as well.
        self.reads.lock().unwrap().keys += usize::from(stored.is_none());
        Ok(stored)
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let found = self.snapshot.range(range, limit)?;
        self.count(&found);
        Ok(found)
    }
}

impl Store for Counting {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
        Ok(Box::new(CountingSnapshot { snapshot: self.store.snapshot()?, reads: &self.reads }))
    }

    fn commit(&self, commit: &Commit) -> Result<Outcome, StoreError> {
        self.store.commit(commit)
    }

    fn wait(&self, prefix: &str, since: Revision, timeout: Duration) -> Result<Option<Revision>, StoreError> {
        self.store.wait(prefix, since, timeout)
    }
}

fn context() -> Context {
    Context {
        at: "2026-01-02T03:04:05.678Z".to_owned(),
        who: Who { user: "mara".to_owned(), sudo_user: None, host: "adm1".to_owned() },
        why: None,
        local_node: "n1".to_owned(),
    }
}

fn rtr(version: &str, directive: &str) -> String {
    format!(
        "Resource_type = t00000;\nVendor_id = TEST;\nRT_version = \"{version}\";\nRT_basedir = /opt/t/{version};\n\
         Start = start;\nStop = stop;\nMonitor_start = mstart;\nMonitor_stop = mstop;\n#$upgrade\n{directive}\n\
         {{ PROPERTY = Start_timeout; MIN = 5; DEFAULT = 60; }}\n"
    )
}

/// Two nodes, two versions of a type, two groups of ten resources of the older version, online.
fn unit() -> MemoryStore {
    let store = MemoryStore::default();
    let ctx = context();
    let file = |text: String| RtrFile { name: "x.rtr".to_owned(), bytes: text.into_bytes(), digests: BTreeMap::new() };
    let files = vec![file(rtr("1", "")), file(rtr("2", "#$upgrade_from \"1\" WHEN_OFFLINE"))];
    register::run(&store, &ctx, &register::Request { files, ..Default::default() }).expect("registers");
    for name in ["n1", "n2"] {
        let request = node::NodeRequest { name: name.to_owned() };
        transact(&store, &ctx, ("nodes", 1), |tx| node::add(tx, &request)).expect("a node");
    }
    for name in ["g00000-0", "g00000-1"] {
        let nodes = vec!["n1".to_owned(), "n2".to_owned()];
        let request = group::CreateRequest { name: name.to_owned(), nodes, properties: Vec::new(), driver: None };
        transact(&store, &ctx, ("groups", 1), |tx| group::create(tx, &request)).expect("a group");
        for number in 0..10 {
            let request = resource::CreateRequest {
                name: format!("r{}-{number}", &name[1..]),
                group: name.to_owned(),
                resource_type: "TEST.t00000:1".to_owned(),
                properties: Vec::new(),
                created_under_3_0: false,
                disabled: false,
            };
            transact(&store, &ctx, ("resources", 1), |tx| resource::create(tx, &request)).expect("a resource");
        }
        let request = group::GroupRequest { name: name.to_owned() };
        transact(&store, &ctx, ("resources", 10), |tx| group::manage(tx, &request)).expect("managed");
        let request = group::NodesRequest { name: name.to_owned(), nodes: Vec::new() };
        transact(&store, &ctx, ("resources", 10), |tx| group::online(tx, &request)).expect("online");
    }
    store
}

/// Adds copies of the unit: every `00000` is the copy's number, and texts are found under the hash that they have then.
fn multiply(store: &MemoryStore) {
    let all = store.snapshot().unwrap().range(&KeyRange::prefix(""), usize::MAX).unwrap();
    let mut batch: Vec<Change> = Vec::new();
    for copy in 1..UNITS {
        let number = format!("{copy:05}");
        let renamed = |text: &str| text.replace("00000", &number);
        let mut hashes: Vec<(String, String)> = Vec::new();
        for stored in all.iter().filter(|stored| stored.key.starts_with("blobs/")) {
            let old = stored.key.split('/').nth(1).unwrap().to_owned();
            hashes.push((old, sha256_hex(renamed(&String::from_utf8(stored.value.clone()).unwrap()).as_bytes())));
        }
        for stored in all.iter().filter(|stored| stored.key.contains("00000") || stored.key.starts_with("blobs/")) {
            let rename = |text: &str| {
                let mut text = text.to_owned();
                hashes.iter().for_each(|(old, new)| text = text.replace(old, new));
                if hashes.iter().any(|(_, new)| text.contains(new)) { text } else { renamed(&text) }
            };
            let value = String::from_utf8(stored.value.clone()).unwrap();
            // A record that names a hash has other names in it too; a hash never holds five zeros in this store.
            let value = renamed(&hashes.iter().fold(value, |value, (old, new)| value.replace(old, new)));
            batch.push(Change::Put { key: rename(&stored.key), value: value.into_bytes() });
            if batch.len() == 100 {
                store.commit(&Commit { conditions: Vec::new(), changes: std::mem::take(&mut batch) }).unwrap();
            }
        }
    }
    store.commit(&Commit { conditions: Vec::new(), changes: batch }).unwrap();
}

/// What each command reads.
fn measure(store: MemoryStore) -> Vec<(&'static str, Reads)> {
    let store = Counting { store, reads: Mutex::default() };
    let mut measured = Vec::new();
    let mut read = |what, run: &dyn Fn()| {
        *store.reads.lock().unwrap() = Reads::default();
        run();
        measured.push((what, *store.reads.lock().unwrap()));
    };
    read("show resource", &|| {
        let report = inspect(&store, |view| show::resource(view, "r00000-0-3")).expect("the resource");
        assert_eq!(report.type_version.as_deref(), Some("1"));
    });
    read("show group", &|| {
        inspect(&store, |view| show::group(view, "g00000-0")).expect("the group");
    });
    read("upgrade --preview", &|| {
        let request = upgrade::Request {
            resource: "r00000-0-3".to_owned(),
            to: "2".to_owned(),
            properties: Vec::new(),
            preview: true,
        };
        let (report, _) = transact(&store, &context(), ("upgrades", 1), |tx| upgrade::upgrade(tx, &request)).unwrap();
        assert_eq!(report.json().tunability, "WHEN_OFFLINE");
    });
    measured
}

#[test]
fn what_one_object_needs_does_not_grow_with_the_store() {
    let small = measure(unit());
    let store = unit();
    multiply(&store);
    let count = |prefix: &str| store.snapshot().unwrap().range(&KeyRange::prefix(prefix), usize::MAX).unwrap().len();
    assert_eq!((count("types/"), count("resources/")), (2 * UNITS, 20 * UNITS));
    let large = measure(store);
    println!("small {small:?}\nlarge {large:?}");
    for ((what, small), (_, large)) in small.into_iter().zip(large) {
        assert!(small.keys > 0 && small.bytes > 0, "{what} reads something");
        assert!(large.keys <= 2 * small.keys, "{what}: {small:?} {large:?}");
        assert!(large.bytes <= 2 * small.bytes, "{what}: {small:?} {large:?}");
    }
}
