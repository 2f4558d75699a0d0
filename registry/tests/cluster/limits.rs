//! What fits one commit: a group that is full can be driven by every command about it.

use rtreg_registry::commands::group::{self, RESOURCES_MAX};
use rtreg_registry::transact;

use crate::fixture::{Cluster, context, words};

#[test]
fn a_full_group_can_be_driven() {
    let cluster = Cluster::new();
    cluster.ok("group create g --node n1,n2");
    for number in 0..RESOURCES_MAX {
        cluster.ok(&format!("resource create r{number} --group g --type web:1.0"));
    }
    insta::assert_snapshot!(cluster.refused("resource create more --group g --type plain"));
    for line in ["group manage g", "group online g"] {
        cluster.ok(line);
    }
    // Each resource has an origin of an older version, which is one more entry of an index.
    for number in 0..RESOURCES_MAX {
        cluster.ok(&format!("upgrade r{number} --to web:2.0"));
    }
    for line in ["node down n1", "group online g", "node up n1", "group offline g", "group set g --node n1,n3"] {
        cluster.ok(line);
    }
    cluster.ok("group online g");
    for number in 0..RESOURCES_MAX {
        cluster.ok(&format!("resource disable r{number}"));
    }
    for line in ["group offline g", "group unmanage g", "group manage g", "group set g --node n2"] {
        cluster.ok(line);
    }
    cluster.verify();
}

#[test]
fn a_group_with_too_many_nodes_is_refused_in_words() {
    let cluster = Cluster::new();
    let nodes: Vec<String> = (1..=120).map(|number| format!("m{number}")).collect();
    for node in &nodes {
        cluster.ok(&format!("node add {node}"));
    }
    let request = group::CreateRequest { name: "g".to_owned(), nodes, properties: Vec::new(), driver: None };
    let created = transact(&cluster.store, &context(None), ("nodes", 120), |tx| group::create(tx, &request));
    insta::assert_snapshot!(words(&created.unwrap_err()));
}

/// A restart that changes nothing else and another change at the same moment: neither entry of the history is lost.
#[test]
fn an_entry_without_a_change_is_not_written_over() {
    let cluster = Cluster::with_resource();
    cluster.ok("group online g");
    let mut raced = false;
    let result = cluster.change(|tx| {
        let report = crate::fixture::apply(tx, &crate::fixture::Line::parse("resource unmonitor r"));
        if !std::mem::replace(&mut raced, true) {
            cluster.ok("resource restart r");
        }
        report
    });
    assert!(result.unwrap().changed);
    let history = rtreg_registry::keys::history_all("resource", "r");
    let snapshot = rtreg_registry::Store::snapshot(&cluster.store).unwrap();
    let entries = snapshot.range(&rtreg_registry::KeyRange::prefix(&history), usize::MAX).unwrap();
    let event = |stored: &rtreg_registry::Stored| {
        serde_json::from_slice::<rtreg_registry::history::Entry>(&stored.value).unwrap().event
    };
    let events: Vec<String> = entries.iter().map(event).collect();
    assert_eq!(events[..2], ["unmonitor", "restart"]);
    cluster.verify();
}
