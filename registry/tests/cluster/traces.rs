//! Traces of Init: what a version initialised on a node stands in the way of an upgrade until its Fini has really run, or
//! somebody states that nothing is left.

use rtreg_registry::gate::Verdict;

use crate::fixture::{Cluster, METHODS, rtr};

/// `r` of web 1.0, disabled, on n1 and n2; version 5.0 lists nothing, so any trace of 1.0 is in its way.
fn cluster() -> Cluster {
    let cluster = Cluster::new();
    cluster.register(&[&rtr("web", "5.0", METHODS, "")]);
    cluster.ok("group create g --node n1,n2");
    cluster.ok("resource create r --group g --type web:1.0 --disabled");
    cluster
}

const TRACE: &str = "offline, initialised by 1.0, disabled, unmonitored";

/// n2 was down when the group was unmanaged, and is up again: its trace of 1.0 has seen no Fini.
fn missed_fini() -> Cluster {
    let cluster = cluster();
    for line in ["group manage g", "node down n2", "group unmanage g", "node up n2"] {
        cluster.ok(line);
    }
    blocked(&cluster, "to begin with");
    cluster
}

fn blocked(cluster: &Cluster, when: &str) {
    let decision = cluster.decide("r", "web:5.0");
    assert_eq!(decision.verdict, Verdict::Blocked, "{when}");
    assert_eq!(cluster.at("r", "n2"), TRACE, "{when}");
    cluster.verify();
}

#[test]
fn leaving_the_node_list_of_an_unmanaged_group_runs_no_fini() {
    let cluster = missed_fini();
    cluster.ok("group set g --node n1");
    blocked(&cluster, "n2 has left");
    cluster.ok("group set g --node n1,n2");
    blocked(&cluster, "n2 is back");
}

#[test]
fn leaving_the_node_list_of_a_managed_group_runs_fini() {
    let cluster = cluster();
    cluster.ok("group manage g");
    assert_eq!(cluster.at("r", "n2"), TRACE);
    cluster.ok("group set g --node n1");
    assert_eq!(cluster.at("r", "n2"), "-");
    cluster.ok("group unmanage g");
    assert_eq!(cluster.decide("r", "web:5.0").verdict, Verdict::Allowed);
}

#[test]
fn joining_the_node_list_keeps_an_older_trace() {
    let cluster = cluster();
    for line in [
        "group manage g",
        "node down n2",
        "group set g --node n1",
        "node up n2",
        "resource state r --type-version 2.0 --reason seen",
        "group set g --node n1,n2",
    ] {
        cluster.ok(line);
    }
    assert_eq!(cluster.at("r", "n2"), TRACE, "Init of 2.0 ran on top of what 1.0 left");
    cluster.ok("group set g --node n1,n2,n3");
    assert_eq!(cluster.at("r", "n3"), "offline, initialised by 2.0, disabled, unmonitored");
    cluster.verify();
}

/// Types whose Init_nodes are their Installed_nodes.
fn everywhere() -> Cluster {
    let cluster = Cluster::new();
    let more = "Init_nodes = RT_INSTALLED_NODES;";
    cluster.register(&[&rtr("all", "1.0", METHODS, more), &rtr("all", "5.0", METHODS, more)]);
    cluster.ok("group create g --node n1");
    cluster.ok("resource create r --group g --type all:1.0 --disabled");
    cluster
}

fn installed(cluster: &Cluster, name: &str, nodes: &[&str]) {
    use rtreg_registry::commands::type_set::{InstalledNodes, Request, type_set};
    let nodes = nodes.iter().map(|&node| node.to_owned()).collect();
    let request =
        Request { name: name.to_owned(), installed_nodes: Some(InstalledNodes::Nodes(nodes)), ..Default::default() };
    cluster.change(|tx| type_set(tx, &request)).unwrap();
}

#[test]
fn leaving_the_installed_nodes_runs_fini_only_in_a_managed_group() {
    let cluster = everywhere();
    for line in ["group manage g", "node down n2", "group unmanage g", "node up n2"] {
        cluster.ok(line);
    }
    assert_eq!(cluster.at("r", "n2"), TRACE);
    for nodes in [&["n1", "n3"][..], &["n1", "n2", "n3"]] {
        installed(&cluster, "all:1.0", nodes);
        assert_eq!(cluster.at("r", "n2"), TRACE, "{nodes:?}");
        assert_eq!(cluster.decide("r", "all:5.0").verdict, Verdict::Blocked, "{nodes:?}");
    }
    let managed = everywhere();
    managed.ok("group manage g");
    assert_eq!(managed.at("r", "n2"), TRACE);
    installed(&managed, "all:1.0", &["n1", "n3"]);
    assert_eq!(managed.at("r", "n2"), "-");
}

#[test]
fn joining_the_installed_nodes_keeps_an_older_trace() {
    let cluster = everywhere();
    installed(&cluster, "all:5.0", &["n1", "n3"]);
    for line in [
        "group manage g",
        "resource state r --type-version 5.0 --reason seen",
    ] {
        cluster.ok(line);
    }
    assert_eq!(cluster.at("r", "n2"), TRACE);
    installed(&cluster, "all:5.0", &["n1", "n2", "n3"]);
    assert_eq!(cluster.at("r", "n2"), TRACE);
    cluster.verify();
}

/// The machine under the name may be the old one: what was initialised on its disk is still there.
#[test]
fn a_node_that_is_removed_and_added_again_keeps_its_traces() {
    for (change, origin) in [("node up n1", "1.0"), ("resource state r --node n2 offline --initialised-by unknown", "unknown")] {
        let cluster = cluster();
        for line in ["group manage g", change, "node down n2", "group set g --node n1"] {
            cluster.ok(line);
        }
        cluster.ok("group unmanage g");
        let removed = cluster.ok("node remove n2");
        assert_eq!(cluster.decide("r", "web:5.0").verdict, Verdict::Allowed, "what is removed is not looked at: {removed:?}");
        cluster.ok("node add n2");
        let decision = cluster.decide("r", "web:5.0");
        assert_eq!(decision.verdict, Verdict::Blocked, "{origin}");
        let on_n2 = decision.nodes.iter().find(|view| view.node == "n2").unwrap();
        assert_eq!(on_n2.initialised_by.to_string(), origin);
        assert_eq!(on_n2.state.to_string(), "offline");
        cluster.verify();
    }
}
