//! An upgrade by a path while others work on the same store: each hop is gated anew in its own commit, and what is done is
//! said exactly.

#[allow(dead_code, reason = "a part of the fixture is enough")]
#[path = "../../registry/tests/cluster/fixture.rs"]
mod fixture;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rtreg_registry::commands::properties::parse_assignments;
use rtreg_registry::gate::Verdict;
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::{Commit, Outcome, Revision, Snapshot, Store, StoreError};
use rtreg_upgrade::commands::{PathRequest, UpgradeRequest, Upgraded, upgrade};

use fixture::{Cluster, context, rtr};

/// Somebody else works on the store, too: a command line is run before the n-th commit.
struct Shared<'s> {
    store: &'s MemoryStore,
    before: usize,
    line: &'s str,
    commits: AtomicUsize,
    fails: bool,
}

impl Store for Shared<'_> {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
        self.store.snapshot()
    }

    fn commit(&self, commit: &Commit) -> Result<Outcome, StoreError> {
        if self.commits.fetch_add(1, Ordering::SeqCst) + 1 == self.before {
            if self.fails {
                return Err(StoreError::Unavailable {
                    place: "store".to_owned(),
                    reason: "the disk is full".to_owned(),
                });
            }
            fixture::run(self.store, self.line).expect(self.line);
        }
        self.store.commit(commit)
    }

    fn wait(&self, prefix: &str, since: Revision, timeout: Duration) -> Result<Option<Revision>, StoreError> {
        self.store.wait(prefix, since, timeout)
    }
}

/// 1.0 → 2.0 → 3.0 → 4.0, each listing the one before with ANYTIME; a resource of 1.0, offline; no version has Init.
fn cluster() -> Cluster {
    let cluster = Cluster { store: MemoryStore::default() };
    let methods = ["Start", "Stop"];
    let property = "{ PROPERTY = Limit; EXTENSION; INT; DEFAULT = 1; TUNABLE = ANYTIME; }";
    let file = |version: &str, from: &str| {
        rtr("web", version, &methods, &format!("--#$upgrade_from \"{from}\" ANYTIME--{property}"))
    };
    cluster.register(&[&file("1.0", "0.9"), &file("2.0", "1.0"), &file("3.0", "2.0"), &file("4.0", "3.0")]);
    for line in [
        "node add n1",
        "group create g --node n1",
        "resource create r --group g --type web:1.0 -p Limit=7",
        "group manage g",
    ] {
        cluster.ok(line);
    }
    cluster
}

fn request(values: &[&str]) -> UpgradeRequest {
    let properties = parse_assignments(values.iter().copied()).expect("NAME=VALUE");
    let path = PathRequest { resource: "r".to_owned(), to: "4.0".to_owned(), properties };
    UpgradeRequest { path, preview: false, direct: false }
}

fn shared<'s>(cluster: &'s Cluster, before: usize, line: &'s str) -> Shared<'s> {
    Shared { store: &cluster.store, before, line, commits: AtomicUsize::new(0), fails: false }
}

fn type_version(cluster: &Cluster) -> serde_json::Value {
    let report = cluster.inspect(|view| rtreg_registry::commands::show::resource(view, "r")).expect("it is there");
    serde_json::to_value(&report).expect("JSON")["type_version"].clone()
}

#[test]
fn hop_by_hop_each_with_its_entry_and_the_values_in_the_last_one() {
    let cluster = cluster();
    let upgraded = upgrade(&cluster.store, &context(None), &request(&["Limit=9"])).expect("the gate answers");
    let text = upgraded.text();
    assert_eq!(text.matches("Done: r has the type").count(), 3, "{text}");
    assert!(text.contains("clresource set -p Type_version=3.0 r\n"), "{text}");
    assert!(text.contains("clresource set -p Type_version=4.0 -p Limit=9 r\n"), "{text}");
    let json = serde_json::to_value(upgraded.json()).expect("JSON");
    assert_eq!((&json["decision"], &json["by_path"]["done"]), (&"allowed".into(), &true.into()));
    assert_eq!(json["by_path"]["versions"], serde_json::json!(["1.0", "2.0", "3.0", "4.0"]));
    assert_eq!(type_version(&cluster), "4.0");
    cluster.verify();
}

#[test]
fn what_was_changed_between_two_hops_is_seen_by_the_next() {
    // It comes online before a commit, under the version that it has then; no later file lists that one but the next.
    for (before, stops_at) in [(1, "2.0"), (2, "3.0"), (3, "4.0")] {
        let cluster = cluster();
        let store = shared(&cluster, before, "group online g");
        let upgraded = upgrade(&store, &context(None), &request(&[])).expect("the gate answers");
        let Upgraded::ByPath(by_path) = &upgraded else { panic!("{}", upgraded.text()) };
        assert_eq!(type_version(&cluster), stops_at, "{}", upgraded.text());
        assert_eq!(by_path.done(), stops_at == "4.0");
        if stops_at != "4.0" {
            assert_eq!(upgraded.decision().verdict, Verdict::Blocked);
            let expected = format!("Stopped on the way: r has version {stops_at} now, and not that of TEST.web:4.0");
            assert!(upgraded.text().contains(&expected), "{}", upgraded.text());
            let json = serde_json::to_value(upgraded.json()).expect("JSON");
            assert_eq!((&json["decision"], &json["by_path"]["reached"]), (&"blocked".into(), &stops_at.into()));
        }
        cluster.verify();
    }
}

#[test]
fn a_store_that_fails_on_the_way_is_said_with_how_far_it_came() {
    for (before, reached) in [(1, "1.0"), (2, "2.0")] {
        let cluster = cluster();
        let store = Shared { fails: true, ..shared(&cluster, before, "") };
        let upgraded = upgrade(&store, &context(None), &request(&[]));
        assert_eq!(type_version(&cluster), reached);
        match upgraded {
            Err(error) => assert_eq!(before, 1, "{error}"),
            Ok(mut upgraded) => {
                let expected = format!("r has version {reached} now");
                assert!(upgraded.text().contains(&expected), "{}", upgraded.text());
                assert!(upgraded.text().contains("the disk is full"), "{}", upgraded.text());
                assert!(upgraded.take_error().is_some());
            }
        }
        cluster.verify();
    }
}

#[test]
fn straight_only_where_that_is_asked_for() {
    let cluster = cluster();
    let direct = UpgradeRequest { direct: true, ..request(&[]) };
    let upgraded = upgrade(&cluster.store, &context(None), &direct).expect("the gate answers");
    assert!(matches!(upgraded, Upgraded::Direct(_)));
    assert_eq!(upgraded.decision().verdict, Verdict::Blocked);
    let preview = UpgradeRequest { preview: true, ..request(&[]) };
    let upgraded = upgrade(&cluster.store, &context(None), &preview).expect("the gate answers");
    assert_eq!(upgraded.decision().verdict, Verdict::Allowed);
    assert!(upgraded.text().ends_with("This was a preview: nothing was changed.\n"), "{}", upgraded.text());
    assert_eq!(type_version(&cluster), "1.0");
}
