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
/// 2.0 ran on top of it.
const BOTH: &str = "offline, initialised by 1.0 and 2.0, disabled, unmonitored";

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
    assert_eq!(cluster.at("r", "n2"), BOTH, "Init of 2.0 ran on top of what 1.0 left");
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
    for line in ["group manage g", "resource state r --type-version 5.0 --reason seen"] {
        cluster.ok(line);
    }
    assert_eq!(cluster.at("r", "n2"), TRACE);
    installed(&cluster, "all:5.0", &["n1", "n2", "n3"]);
    assert_eq!(cluster.at("r", "n2"), "offline, initialised by 1.0 and 5.0, disabled, unmonitored");
    cluster.verify();
}

/// The machine under the name may be the old one: what was initialised on its disk is still there.
#[test]
fn a_node_that_is_removed_and_added_again_keeps_its_traces() {
    for (change, origin) in
        [("node up n1", "1.0"), ("resource state r --node n2 offline --initialised-by unknown", "unknown")]
    {
        let cluster = cluster();
        for line in ["group manage g", change, "node down n2", "group set g --node n1"] {
            cluster.ok(line);
        }
        cluster.ok("group unmanage g");
        let removed = cluster.ok("node remove n2");
        assert_eq!(
            cluster.decide("r", "web:5.0").verdict,
            Verdict::Allowed,
            "what is removed is not looked at: {removed:?}"
        );
        cluster.ok("node add n2");
        let decision = cluster.decide("r", "web:5.0");
        assert_eq!(decision.verdict, Verdict::Blocked, "{origin}");
        let on_n2 = decision.nodes.iter().find(|view| view.node == "n2").unwrap();
        assert_eq!(on_n2.initialised_by.to_string(), origin);
        assert_eq!(on_n2.state.to_string(), "offline");
        cluster.verify();
    }
}

/// A cluster that exists already: nobody knows which version's Init ran.
#[test]
fn a_group_that_was_managed_all_along_is_initialised_by_something_unknown() {
    let cluster = cluster();
    // T could have come from 1.0 while its trace was there, so an unknown trace may be 1.0's.
    cluster.register(&[&rtr("web", "6.0", METHODS, "--#$upgrade_from \"2.0\" ANYTIME--")]);
    cluster.ok("resource state r --type-version 2.0 --reason seen");
    cluster.ok("resource create plain --group g --type plain");
    cluster.ok("resource state r --node n1 offline --initialised-by 0.9");
    cluster.ok("node down n2");
    let report = cluster.ok("group manage g --already");
    insta::assert_snapshot!(report.text());
    assert_eq!(cluster.at("r", "n1"), "offline, initialised by 0.9, disabled, unmonitored");
    assert_eq!(
        cluster.at("r", "n2"),
        "offline, initialised by ?, disabled, unmonitored",
        "Init may have run before n2 went down"
    );
    assert_eq!(cluster.at("plain", "n1"), "offline, initialised by ?", "an older version may have had an Init");
    cluster.ok("node up n2");
    assert_eq!(
        cluster.at("r", "n2"),
        "offline, initialised by ? and 2.0, disabled, unmonitored",
        "a boot does not end it"
    );
    assert_eq!(cluster.decide("r", "web:6.0").verdict, Verdict::Blocked);
    cluster.ok("resource state r --node n1 offline --initialised-by 2.0");
    assert_eq!(cluster.decide("r", "web:6.0").verdict, Verdict::Blocked, "n2 is still unknown");
    cluster.ok("resource state r --node n2 offline --initialised-by 2.0");
    assert_eq!(cluster.decide("r", "web:6.0").verdict, Verdict::Allowed);
    let again = cluster.ok("group manage g --already");
    assert!(!again.changed);
    insta::assert_snapshot!("managed_already_twice", again.text());
    cluster.verify();
}

#[test]
fn what_initialised_a_resource_outside_of_the_node_list_can_be_stated() {
    let cluster = missed_fini();
    cluster.ok("group set g --node n1");
    blocked(&cluster, "n2 has left");
    let mut shown = String::new();
    for line in [
        "resource state r --node n2 offline",
        "resource state r --node n2 online --initialised-by none",
        "resource state r --node n3 offline --initialised-by none",
    ] {
        shown.push_str(&format!("$ {line}\n{}\n\n", cluster.refused(line)));
    }
    insta::assert_snapshot!(shown);
    cluster.ok("node down n2");
    cluster.ok("resource state r --node n2 offline --initialised-by 5.0");
    assert_eq!(cluster.decide("r", "web:5.0").verdict, Verdict::Allowed);
    cluster.ok("node up n2");
    cluster.ok("resource state r --node n2 offline --initialised-by none");
    assert_eq!(cluster.at("r", "n2"), "-");
    assert!(cluster.refused("resource state r --node n2 offline --initialised-by none").contains("not_in_node_list"));
    cluster.verify();
}

/// Where a yes rests on the version that must have initialised the resource, it says so.
#[test]
fn a_yes_that_rests_on_what_is_not_recorded_says_so() {
    let cluster = cluster();
    cluster.ok("group manage g --already");
    let decision = cluster.decide("r", "web:2.0");
    assert_eq!(decision.verdict, Verdict::Allowed);
    let text = rtreg_registry::gate::render(&decision, &|_| None);
    assert!(
        text.contains(
            "initialised the resource on n1, n2 is not recorded, but by the file of TEST.web:1.0 it can only be"
        ),
        "{text}"
    );
    let known = cluster.ok("resource state r --node n1 offline --initialised-by 1.0");
    assert!(known.changed);
    let text = rtreg_registry::gate::render(&cluster.decide("r", "web:2.0"), &|_| None);
    assert!(text.contains("initialised the resource on n2 is not recorded"), "{text}");
}

/// Boot, joining and managing over the trace of another version: both are in the way until a Fini has run.
#[test]
fn two_versions_that_initialised_a_resource_are_both_kept() {
    assert!(METHODS.contains(&"Boot"));
    let lines = |version: &str| format!("--#$upgrade_from \"{version}\" ANYTIME--");
    let cluster = cluster();
    cluster.register(&[
        &rtr("web", "3.5", METHODS, &lines("1.0")),
        &rtr("web", "6.0", METHODS, &lines("1.0")),
        &rtr("web", "7.0", METHODS, &lines("3.5")),
    ]);
    cluster.ok("group manage g");
    cluster.ok("upgrade r --to web:3.5");
    for line in ["node down n2", "node up n2", "node down n2", "node up n2"] {
        cluster.ok(line);
    }
    let both = "offline, initialised by 1.0 and 3.5, disabled, unmonitored";
    assert_eq!(cluster.at("r", "n2"), both, "Boot of 3.5 ran too");
    assert_eq!(cluster.at("r", "n1"), TRACE);
    for target in ["web:6.0", "web:7.0"] {
        let decision = cluster.decide("r", target);
        assert_eq!(decision.verdict, Verdict::Blocked, "{target}");
    }
    // No Fini has run on n2 when the group is managed once more: the order changes, nothing is lost.
    for line in ["node down n2", "group unmanage g", "node up n2"] {
        cluster.ok(line);
    }
    assert_eq!(
        (cluster.at("r", "n1").as_str(), cluster.at("r", "n2").as_str()),
        ("offline, disabled, unmonitored", both)
    );
    let decision = cluster.decide("r", "web:6.0");
    assert_eq!(decision.in_the_way[0].how, "node up, keeps what Init of version 3.5 did");
    assert_eq!(
        cluster.decide("r", "web:5.0").in_the_way[0].how,
        "node up, keeps what Init of version 1.0 and of version 3.5 did"
    );
    let managed = cluster.ok("group manage g").text();
    let change = "resource r on n2: initialised_by 1.0 -> 3.5; also_initialised_by 3.5 -> 1.0";
    assert!(managed.contains(change), "{managed}");
    assert_eq!(cluster.at("r", "n2"), "offline, initialised by 3.5 and 1.0, disabled, unmonitored");
    let shown = cluster.inspect(|view| rtreg_registry::commands::show::resource(view, "r")).unwrap().text();
    assert!(shown.contains("; initialised by 3.5, also by 1.0\n"), "{shown}");
    assert!(shown.contains("; initialised by 3.5\n"), "{shown}");
    cluster.verify();
    // Fini ends it all.
    cluster.ok("group unmanage g");
    assert_eq!(cluster.at("r", "n2"), "offline, disabled, unmonitored");
    assert_eq!(cluster.decide("r", "web:6.0").verdict, Verdict::Allowed);
    cluster.verify();
}

#[test]
fn a_statement_replaces_all_that_initialised_a_resource() {
    let cluster = missed_fini();
    cluster.ok("resource state r --type-version 2.0 --reason seen");
    cluster.ok("group manage g");
    assert_eq!(cluster.at("r", "n2"), "offline, initialised by 2.0 and 1.0, disabled, unmonitored");
    for (word, after) in [
        // Who does not know takes nothing away.
        ("unknown", "offline, initialised by ? and 1.0, disabled, unmonitored"),
        ("2.0", "offline, initialised by 2.0, disabled, unmonitored"),
        ("none", "offline, disabled, unmonitored"),
    ] {
        cluster.ok(&format!("resource state r --node n2 offline --initialised-by {word}"));
        assert_eq!(cluster.at("r", "n2"), after, "{word}");
        cluster.verify();
    }
}

/// Init of a known version over an unknown trace: it stays unknown, and the known one is there for sure.
#[test]
fn an_unknown_trace_stays_unknown_when_init_runs_over_it() {
    let cluster = cluster();
    cluster.ok("resource state r --node n1 offline --initialised-by unknown");
    cluster.ok("group manage g");
    assert_eq!(cluster.at("r", "n1"), "offline, initialised by ? and 1.0, disabled, unmonitored");
    assert_eq!(cluster.at("r", "n2"), TRACE);
    cluster.verify();
    cluster.ok("group unmanage g");
    assert_eq!(cluster.at("r", "n1"), "offline, disabled, unmonitored");
}

/// A version that only runs beside another one in the traces is alive too.
#[test]
fn a_version_that_also_initialised_a_resource_stays_registered() {
    let cluster = missed_fini();
    cluster.ok("resource state r --type-version 2.0 --reason seen");
    cluster.ok("group manage g");
    let unregister = |cluster: &Cluster| {
        let request = rtreg_registry::commands::unregister::Request { name: "web:1.0".to_owned() };
        cluster.change(|tx| rtreg_registry::commands::unregister::unregister(tx, &request).map(|_| ()))
    };
    let refused = crate::fixture::words(&unregister(&cluster).unwrap_err());
    assert!(refused.contains("r on n2: was initialised by it"), "{refused}");
    cluster.ok("group unmanage g");
    unregister(&cluster).unwrap();
    cluster.verify();
}
