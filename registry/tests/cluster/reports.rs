//! What commands and `show` print, and how much they read.

use std::cell::Cell;
use std::time::Duration;

use rtreg_registry::commands::{node, show};
use rtreg_registry::{Commit, KeyRange, Outcome, Revision, Snapshot, Store, StoreError, Stored, inspect};

use crate::fixture::{Cluster, decide};

fn story() -> Cluster {
    let cluster = Cluster::with_resource();
    cluster.ok("resource create dep --group g --type sys -p Resource_dependencies=r{LOCAL_NODE} -p R_description=x");
    cluster.ok("resource create weak --group g --type plain --disabled -p Resource_dependencies_weak=r,dep --created-under 3.0");
    cluster
}

#[test]
fn changes_in_words() {
    let cluster = story();
    let mut shown = String::new();
    for line in [
        "group online g",
        "resource set r -p Start_timeout=9 -p R_description=",
        "resource set r --default R_description",
        "resource unmonitor r",
        "resource monitor weak",
        "resource state weak --node n2 online --started-by 0.9",
        "resource state r --type-version 3.0 --reason seen",
        "resource restart r",
        "node down n1",
        "group online g",
        "node up n1",
        "resource enable weak",
        "group offline g",
        "group set g --node n2,n3 -p Maximum_primaries=2",
        "resource disable r",
        "resource disable dep",
        "resource disable weak",
        "group unmanage g",
        "resource delete weak",
        "resource delete dep",
        "resource delete r",
        "group delete g",
        "node down n3",
        "node remove n3",
    ] {
        shown.push_str(&format!("$ {line}\n{}\n", cluster.ok(line).text()));
    }
    cluster.verify();
    insta::assert_snapshot!(shown);
}

#[test]
fn objects_in_words_and_as_json() {
    let cluster = story();
    cluster.ok("group online g");
    cluster.ok("node down n2");
    let resource = cluster.inspect(|view| show::resource(view, "r")).unwrap();
    let dependent = cluster.inspect(|view| show::resource(view, "dep")).unwrap();
    let weak = cluster.inspect(|view| show::resource(view, "weak")).unwrap();
    let group = cluster.inspect(|view| show::group(view, "g")).unwrap();
    let node = cluster.inspect(|view| show::node(view, "n1")).unwrap();
    let nodes = cluster.inspect(node::list).unwrap();
    let texts = [resource.text(), dependent.text(), weak.text(), group.text(), node.text(), nodes.text()].join("\n");
    insta::assert_snapshot!(texts);
    let mut json = serde_json::to_value(&resource).unwrap();
    let properties = json["properties"].as_array().unwrap().len();
    assert!(properties > 10);
    json["properties"].as_array_mut().unwrap().truncate(1);
    insta::assert_snapshot!("resource_as_json", serde_json::to_string_pretty(&json).unwrap());
}

/// A store that counts what is read of it.
struct Counting<'s> {
    store: &'s dyn Store,
    keys: Cell<usize>,
}

struct CountingSnapshot<'s> {
    snapshot: Box<dyn Snapshot + 's>,
    keys: &'s Cell<usize>,
}

impl Counting<'_> {
    fn snapshot(&self) -> CountingSnapshot<'_> {
        CountingSnapshot { snapshot: self.store.snapshot().unwrap(), keys: &self.keys }
    }
}

impl Snapshot for CountingSnapshot<'_> {
    fn revision(&self) -> Revision {
        self.snapshot.revision()
    }

    fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        self.keys.set(self.keys.get() + 1);
        self.snapshot.get(key)
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let found = self.snapshot.range(range, limit)?;
        self.keys.set(self.keys.get() + 1 + found.len());
        Ok(found)
    }
}

fn keys_read(cluster: &Cluster, read: impl Fn(&rtreg_registry::View<'_>)) -> usize {
    let counting = Counting { store: &cluster.store, keys: Cell::new(0) };
    let snapshot = counting.snapshot();
    read(&rtreg_registry::View::new(&snapshot));
    counting.keys.get()
}

#[test]
fn one_resource_costs_the_same_in_a_large_store() {
    let small = story();
    let large = story();
    for number in 0..200 {
        large.ok(&format!("group create g{number} --node n1,n2"));
        large.ok(&format!("resource create r{number} --group g{number} --type web:1.0"));
    }
    let show = |view: &rtreg_registry::View<'_>| drop(show::resource(view, "r").unwrap());
    let preview = |view: &rtreg_registry::View<'_>| drop(decide(view, "r", "web:2.0").unwrap());
    assert!(keys_read(&small, show) > 3);
    assert_eq!(keys_read(&small, show), keys_read(&large, show));
    assert_eq!(keys_read(&small, preview), keys_read(&large, preview));
}

/// The store is as it was: what only reads commits nothing.
#[test]
fn reading_commits_nothing() {
    struct Sealed<'s>(&'s dyn Store);
    impl Store for Sealed<'_> {
        fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
            self.0.snapshot()
        }
        fn commit(&self, _: &Commit) -> Result<Outcome, StoreError> {
            panic!("a commit of a command that only reads")
        }
        fn wait(&self, _: &str, _: Revision, _: Duration) -> Result<Option<Revision>, StoreError> {
            Ok(None)
        }
    }
    let cluster = story();
    let sealed = Sealed(&cluster.store);
    assert_eq!(inspect(&sealed, |view| show::group(view, "g")).unwrap().resources.len(), 3);
    assert_eq!(
        crate::fixture::run(&sealed, "group manage g").unwrap().summary,
        "group `g` is managed already; nothing changed"
    );
}
