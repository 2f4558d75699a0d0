//! Versions of a resource's type: what the gate sees, what an upgrade writes, and what one outside of rtreg leaves.

use rtreg_model::{Origin, RtVersion};
use rtreg_registry::commands::version::gate_state;
use rtreg_registry::gate::{Possible, Verdict};
use rtreg_registry::{Store, keys};

use crate::fixture::{Cluster, METHODS, rtr};

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
        .map(|member| (member.name.as_str(), member.enabled_anywhere, member.online_anywhere))
        .collect();
    assert_eq!(flags, [("a", true, true), ("b", false, false), ("c", true, true), ("r", true, true)]);
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
    let index = |version: &str| snapshot.get(&keys::by_type("TEST.web", &RtVersion::new(version), "r")).unwrap();
    assert!(index("1.0").is_none() && index("2.0").is_some());
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
