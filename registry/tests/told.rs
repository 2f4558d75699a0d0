//! What methods tell: it lives as long as its resource, also where both change at once, and only as long as what it is about.

#[allow(dead_code, reason = "the cluster of another suite; this one uses a part of it")]
#[path = "cluster/fixture.rs"]
mod fixture;

use fixture::{Cluster, Line, apply, context, words};
use rtreg_model::ResourceState;
use rtreg_registry::commands::told::{self, RESTARTS_MAX, Restarted, StatusRequest};
use rtreg_registry::records::{NodeRecord, StatusRecord};
use rtreg_registry::{Change, CommandError, Commit, KeyRange, Store, keys, transact};

fn request(message: &str) -> StatusRequest {
    StatusRequest {
        resource: "r".to_owned(),
        node: "n1".to_owned(),
        word: "OK".to_owned(),
        message: message.to_owned(),
    }
}

fn say(store: &dyn Store, message: &str) -> Result<(), CommandError> {
    transact(store, &context(None), ("resources", 1), |tx| told::set_status(tx, &request(message))).map(|_| ())
}

fn left(cluster: &Cluster) -> Vec<String> {
    let snapshot = cluster.store.snapshot().expect("the store");
    let keys = |prefix: &str| snapshot.range(&KeyRange::prefix(prefix), usize::MAX).expect("the store");
    [keys("status/"), keys("restarts/")].concat().into_iter().map(|stored| stored.key).collect()
}

fn disabled() -> Cluster {
    let cluster = Cluster::with_resource();
    cluster.ok("resource disable r");
    cluster
}

#[test]
fn it_goes_with_the_resource() {
    let cluster = disabled();
    say(&cluster.store, "answers").expect("it is kept");
    cluster.change(|tx| told::count_restart(tx, ("r", "n2"), Restarted::Group, 7)).expect("it is counted");
    assert_eq!(left(&cluster), [keys::status("r", "n1"), keys::restarts("r", "n2")]);
    cluster.verify();
    cluster.ok("resource delete r");
    assert_eq!(left(&cluster), [""; 0]);
    let refused = say(&cluster.store, "still there").expect_err("there is no resource");
    assert!(words(&refused).contains("there is no resource `r`"), "{}", words(&refused));
    cluster.verify();
}

/// Each of the two is decided before the other takes effect.
#[test]
fn told_while_the_resource_is_deleted() {
    let cluster = disabled();
    let mut attempts = 0;
    transact(&cluster.store, &context(None), ("resources", 1), |tx| {
        attempts += 1;
        let report = apply(tx, &Line::parse("resource delete r"));
        if attempts == 1 {
            say(&cluster.store, "meanwhile").expect("it is kept");
        }
        report
    })
    .expect("it is deleted");
    assert_eq!((attempts, left(&cluster)), (2, Vec::new()));

    let cluster = disabled();
    let mut attempts = 0;
    let refused = transact(&cluster.store, &context(None), ("resources", 1), |tx| {
        attempts += 1;
        let told = told::set_status(tx, &request("too late"));
        if attempts == 1 {
            cluster.ok("resource delete r");
        }
        told
    });
    assert!(words(&refused.expect_err("it is gone")).contains("there is no resource `r`"));
    assert_eq!((attempts, left(&cluster)), (2, Vec::new()));
}

#[test]
fn what_is_told_of_nothing_is_seen_by_verify() {
    let cluster = disabled();
    say(&cluster.store, "answers").expect("it is kept");
    for (key, value) in [(keys::status("zebra", "n1"), &b"{}"[..]), (keys::restarts("zebra", "n1"), b"{}")] {
        let cluster = cluster.copy();
        let change = Change::Put { key: key.clone(), value: value.to_vec() };
        cluster.store.commit(&Commit { conditions: Vec::new(), changes: vec![change] }).expect("a commit");
        let report = cluster.inspect(|view| rtreg_registry::commands::history_verify::verify(view, None));
        assert!(report.expect("it is looked at").faults > 0, "{key}");
    }
}

#[test]
fn a_status_holds_on_its_side_of_the_resources_life() {
    use ResourceState::{Offline, Online, StartFailed, Starting, StopFailed, Stopping, Unknown};
    let cluster = Cluster::with_resource();
    say(&cluster.store, "as it is").expect("it is kept");
    let record = |state: ResourceState| {
        let view = cluster.inspect(|view| Ok(view.record::<StatusRecord>(&keys::status("r", "n1"))?));
        let mut record = view.expect("the store").expect("it was kept");
        record.state = state;
        record
    };
    let node: NodeRecord =
        cluster.inspect(|view| Ok(view.record(&keys::node("n1"))?)).expect("the store").expect("the node");
    for (said, now, holds) in [
        (Online, Online, true),
        (Starting, Online, true),
        (Starting, Starting, true),
        (Online, Stopping, true),
        (Online, Offline, false),
        (Starting, Offline, false),
        (Stopping, Offline, true),
        (Offline, Offline, true),
        (Offline, Starting, true),
        (Offline, Online, false),
        (Stopping, Online, false),
        (StopFailed, Offline, false),
        (StartFailed, Online, false),
        (Unknown, Online, false),
        (Starting, StartFailed, true),
        (Stopping, StopFailed, true),
    ] {
        assert_eq!(record(said).holds(now, node.incarnation), holds, "{said} {now}");
        assert!(!record(said).holds(now, node.incarnation + 1), "the node was down since");
    }
}

#[test]
fn restarts_are_counted_within_a_time_and_not_without_end() {
    let cluster = Cluster::with_resource();
    for now in 0..150 {
        cluster.change(|tx| told::count_restart(tx, ("r", "n1"), Restarted::Resource, now)).expect("it is counted");
    }
    let since =
        |time: u64| cluster.inspect(|view| Ok(told::restarts_since(view, "r", "n1", time)?)).expect("the store");
    assert_eq!(since(0), (RESTARTS_MAX as u64, 0));
    assert_eq!(since(149), (1, 0));
    assert_eq!(since(150), (0, 0));
}
