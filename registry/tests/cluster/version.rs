//! Versions of a resource's type: what the gate sees, what an upgrade writes, and what one outside of rtreg leaves.

use rtreg_model::{Origin, RtVersion};
use rtreg_registry::commands::version::gate_state;
use rtreg_registry::commands::{list, show_type, type_set};
use rtreg_registry::gate::{Possible, Verdict};
use rtreg_registry::{Store, keys};

use crate::fixture::{Cluster, METHODS, rtr, words};

#[test]
fn the_chain_without_a_restart_is_refused_and_a_restart_helps() {
    let cluster = Cluster::with_resource();
    let lines = "--#$upgrade_from \"2.0\" ANYTIME\n#$upgrade_from \"1.0\" WHEN_OFFLINE--";
    cluster.register(&[&rtr("web", "4.0", METHODS, lines)]);
    cluster.ok("group online g");
    cluster.ok("upgrade r --to web:2.0");
    let decision = cluster.decide("r", "web:4.0");
    assert_eq!(decision.verdict, Verdict::Blocked);
    assert!(decision.vendor_allows);
    assert_eq!(decision.because[0].live_version, Some(RtVersion::new("1.0")));
    assert_eq!(decision.because[0].nodes, ["n1"]);
    cluster.ok("resource restart r");
    assert_eq!(cluster.decide("r", "web:4.0").verdict, Verdict::Allowed);
    cluster.verify();
}

/// The commands of a refusal are commands that work, in their order, and then the gate says yes.
#[test]
fn the_commands_of_a_refusal_help() {
    for (setup, target) in [
        (vec!["group online g"], "web:3.0"),
        (vec!["group set g -p Maximum_primaries=2", "group online g"], "web:3.0"),
        (vec!["group online g", "resource state r --node n1 stop_failed"], "web:3.0"),
        (vec!["group online g", "resource create s --group g --type web:1.0"], "web:5.0"),
        (vec!["node down n2", "group online g"], "web:5.0"),
    ] {
        let cluster = Cluster::with_resource();
        cluster.register(&[&rtr("web", "5.0", METHODS, "")]);
        for line in &setup {
            cluster.ok(line);
        }
        let decision = cluster.decide("r", target);
        assert_eq!((decision.verdict, decision.possible), (Verdict::Blocked, Possible::AfterCommands), "{setup:?}");
        let own: Vec<&String> = decision.commands.iter().filter(|line| line.starts_with("rtreg ")).collect();
        assert!(!own.is_empty());
        for line in own {
            cluster.ok(line.strip_prefix("rtreg ").unwrap());
        }
        assert_eq!(cluster.decide("r", target).verdict, Verdict::Allowed, "{setup:?}: {:?}", decision.commands);
        cluster.ok(&format!("upgrade r --to {target}"));
        cluster.verify();
    }
}

#[test]
fn the_gate_sees_the_group_and_what_depends() {
    let cluster = Cluster::with_resource();
    cluster.ok("resource create a --group g --type plain -p Resource_dependencies=r");
    cluster.ok("resource create b --group g --type plain -p Resource_dependencies_restart=a --disabled");
    cluster.ok("resource create c --group g --type plain -p Resource_dependencies_weak=a");
    cluster.ok("group online g");
    let read = cluster.inspect(|view| gate_state(view, "r")).unwrap();
    assert_eq!(read.state.dependents, ["a", "b"]);
    assert_eq!(read.state.group.online_on, ["n1"]);
    let flags: Vec<(&str, bool, bool)> = read
        .state
        .group
        .members
        .iter()
        .map(|member| (member.name.as_str(), member.is_enabled(), member.may_run()))
        .collect();
    assert_eq!(flags, [("c", true, true), ("r", true, true), ("a", true, true), ("b", false, false)]);
    assert_eq!(read.state.nodes[0].started_by, Origin::Version(RtVersion::new("1.0")));
}

#[test]
fn an_upgrade_moves_index_and_history_in_one_commit() {
    let cluster = Cluster::with_resource();
    cluster.ok("group online g");
    let before = cluster.store.snapshot().unwrap().revision();
    cluster.ok("upgrade r --to web:2.0");
    let snapshot = cluster.store.snapshot().unwrap();
    assert_eq!(snapshot.revision(), before + 1);
    let index =
        |version: &str| snapshot.get(&keys::by_type("TEST.web", &RtVersion::new(version), "r")).unwrap().unwrap();
    assert_eq!(index("1.0").value, br#"{"origin":true}"#, "1.0 started it");
    assert_eq!(index("2.0").value, b"{}");
    let newest = rtreg_registry::KeyRange::prefix(&keys::history_all("resource", "r"));
    let head: serde_json::Value = serde_json::from_slice(&snapshot.range(&newest, 1).unwrap()[0].value).unwrap();
    assert_eq!(
        (&head["event"], &head["detail"]["from"], &head["detail"]["to"]),
        (&"upgrade".into(), &"1.0".into(), &"2.0".into())
    );
}

#[test]
fn an_upgrade_outside_reports_what_does_not_fit() {
    let cluster = Cluster::new();
    let old = "----{ PROPERTY = Gone; EXTENSION; STRING; DEFAULT = \"x\"; }\n{ PROPERTY = Small; EXTENSION; INT; DEFAULT = 1; }";
    let new = "Failover = TRUE;----{ PROPERTY = small; EXTENSION; INT; MAX = 5; DEFAULT = 1; }\n{ PROPERTY = Wanted; EXTENSION; STRING; TUNABLE = AT_CREATION; }";
    cluster.register(&[&rtr("t", "1", METHODS, old), &rtr("t", "2", METHODS, new)]);
    cluster.ok("group create g --node n1,n2 -p Maximum_primaries=2");
    cluster.ok("resource create r --group g --type t:1 -p Gone=y -p Small=9");
    insta::assert_snapshot!(cluster.ok("resource state r --type-version 2 --reason seen").text());
    // What is needed may be given whatever its TUNABLE; what is given then obeys it.
    assert!(cluster.ok("resource set r -p Wanted=x").changed);
    assert!(cluster.refused("resource set r -p Wanted=y").contains("AT_CREATION"));
    cluster.verify();
}

/// What was done outside of rtreg was not gated, so that T's file promises nothing says nothing about what runs.
#[test]
fn a_stated_version_settles_no_unknown_origin() {
    let cluster = Cluster::with_resource();
    cluster.register(&[
        &rtr("app", "1.0", &["Start", "Stop"], ""),
        &rtr("app", "2.0", &["Start", "Stop"], ""),
        &rtr(
            "app",
            "3.0",
            &["Start", "Stop"],
            "--#$upgrade_from \"2.0\" ANYTIME\n#$upgrade_from \"1.0\" WHEN_OFFLINE--",
        ),
    ]);
    cluster.ok("resource create a --group g --type app:1.0");
    cluster.ok("resource state a --node n1 online --monitor stopped");
    // Nobody says anything else: only 1.0 can have started it.
    assert!(cluster.decide("a", "app:2.0").because.iter().any(|reason| reason.settled));
    cluster.ok("resource state a --type-version 2.0 --reason seen");
    let decision = cluster.decide("a", "app:3.0");
    assert_eq!((decision.verdict, decision.vendor_allows), (Verdict::Blocked, true));
    assert_eq!(decision.because[0].live_version, None);
    assert!(decision.because[0].sentence.contains("outside of rtreg"), "{}", decision.because[0].sentence);
    // It stays so after an upgrade that the gate allowed.
    cluster.ok("resource restart a");
    cluster.ok("upgrade a --to app:3.0");
    cluster.ok("resource state a --node n1 unknown");
    assert!(cluster.inspect(|view| gate_state(view, "a")).unwrap().state.resource.type_version_stated);
}

fn unregister(cluster: &Cluster, name: &str) -> Result<(), String> {
    use rtreg_registry::commands::unregister::{Request, unregister};
    let request = Request { name: name.to_owned() };
    cluster.change(|tx| unregister(tx, &request)).map(|_| ()).map_err(|error| words(&error))
}

#[test]
fn a_version_that_is_alive_stays_registered() {
    let cluster = Cluster::with_resource();
    cluster.ok("group online g");
    cluster.ok("upgrade r --to web:2.0");
    insta::assert_snapshot!(unregister(&cluster, "web:1.0").unwrap_err());
    let listed = cluster.inspect(|view| list::list(view, Some("web:1.0"))).unwrap();
    assert_eq!(listed.types[0].resources.count, 0, "a resource is counted where its Type_version is");
    let shown = cluster.inspect(|view| show_type::show(view, "web:1.0")).unwrap();
    assert_eq!((shown.resources.count, shown.resource_names.len()), (0, 0));
    // Its Installed_nodes and resources are the other version's business.
    let nodes = type_set::InstalledNodes::Nodes(vec!["n3".to_owned()]);
    let request = type_set::Request { name: "web:1.0".to_owned(), installed_nodes: Some(nodes), ..Default::default() };
    cluster.change(|tx| type_set::type_set(tx, &request)).unwrap();
    cluster.ok("resource restart r");
    assert!(unregister(&cluster, "web:1.0").unwrap_err().contains("r on n2: was initialised by it"));
    for line in ["group offline g", "resource disable r", "group unmanage g"] {
        cluster.ok(line);
    }
    unregister(&cluster, "web:1.0").unwrap();
    cluster.verify();
}

/// What a node's going down has ended is alive no longer, also where the resource was not written since.
#[test]
fn what_ended_with_its_node_is_alive_no_longer() {
    let cluster = Cluster::new();
    cluster.register(&[&rtr("plain", "2.0", &["Start", "Stop"], "--#$upgrade_from \"1.0\" ANYTIME--")]);
    cluster.ok("group create g --node n1,n2");
    cluster.ok("resource create r --group g --type plain:1.0");
    cluster.ok("group manage g");
    cluster.ok("group online g");
    cluster.ok("upgrade r --to plain:2.0");
    assert!(unregister(&cluster, "plain:1.0").is_err());
    cluster.ok("node down n1");
    unregister(&cluster, "plain:1.0").unwrap();
}

/// Single_instance counts the resources of all versions of the type, but not those that only were started by one.
#[test]
fn single_instance_is_of_the_type() {
    let cluster = Cluster::new();
    let single = "Single_instance = TRUE;--#$upgrade_from \"\" ANYTIME--";
    cluster.register(&[&rtr("solo", "1", METHODS, ""), &rtr("solo", "2", METHODS, single)]);
    cluster.ok("group create g --node n1,n2");
    cluster.ok("resource create a --group g --type solo:1");
    cluster.ok("resource create b --group g --type solo:1");
    assert!(cluster.refused("resource create c --group g --type solo:2").contains("single_instance"));
    assert_eq!(cluster.decide("a", "solo:2").verdict, Verdict::Blocked, "b has version 1");
    let report = cluster.ok("resource state a --type-version 2 --reason seen");
    assert!(report.notes.iter().any(|note| note.contains("Single_instance=TRUE, and resource `b`")), "{report:?}");
    cluster.ok("resource state a --type-version 1 --reason seen");
    cluster.ok("resource disable b");
    cluster.ok("resource delete b");
    assert_eq!(cluster.decide("a", "solo:2").verdict, Verdict::Allowed);
    assert!(cluster.ok("resource state a --type-version 2 --reason seen").notes.is_empty());
    cluster.verify();
}
