//! What the vendor's rule does not see: a service that still runs under an older version than its Type_version says.

mod common;

use common::{Cluster, rtr};

const METHODS: &[&str] = &["Start", "Stop", "Update", "Monitor_start", "Monitor_stop"];

/// 1.0 → 2.0 → 3.0 of one type, two nodes, a group with a resource of 1.0, online and monitored on n1.
fn chain(second_has_monitor: bool) -> Cluster {
    let cluster = Cluster::new();
    let second = if second_has_monitor { METHODS } else { &METHODS[..3] };
    cluster.write("1.rtr", &rtr("web", "1.0", METHODS, &[]));
    cluster.write("2.rtr", &rtr("web", "2.0", second, &["\"1.0\" ANYTIME"]));
    cluster.write("3.rtr", &rtr("web", "3.0", METHODS, &["\"2.0\" ANYTIME", "\"1.0\" WHEN_OFFLINE"]));
    cluster.write("4.rtr", &rtr("web", "4.0", METHODS, &["\"2.0\" ANYTIME", "\"1.0\" WHEN_UNMONITORED"]));
    cluster.ok("register 1.rtr 2.rtr 3.rtr 4.rtr");
    cluster.ok("node add n1");
    cluster.ok("node add n2");
    cluster.ok("group create web-rg --node n1,n2");
    cluster.ok("resource create web-rs --group web-rg --type XMPL.web:1.0");
    cluster.ok("group manage web-rg");
    cluster.ok("group online web-rg");
    cluster
}

#[test]
fn the_process_of_a_version_before_the_last_is_still_alive() {
    let cluster = chain(true);
    cluster.ok("upgrade web-rs --to 2.0");
    let refusal = cluster.fails(11, "upgrade web-rs --to 3.0");
    for part in ["1.0", "n1", "WHEN_OFFLINE", "rtreg resource restart web-rs", "vendor"] {
        assert!(refusal.contains(part), "`{part}` is not in\n{refusal}");
    }
    let decision = cluster.json("upgrade web-rs --to 3.0");
    assert_eq!(decision["decision"], "blocked");
    assert_eq!(decision["vendor_tunability"], "ANYTIME");
    assert_eq!(decision["tunability"], "WHEN_OFFLINE");
    assert_eq!(decision["because"][0]["origin"], "started_by");
    assert_eq!(decision["because"][0]["live_version"], "1.0");
    assert_eq!(decision["because"][0]["nodes"], serde_json::json!(["n1"]));
    assert_eq!(decision["because"][0]["file"], "registry:XMPL.web:3.0");
    assert_eq!(cluster.json("show resource web-rs")["type_version"], "2.0", "a refusal changes nothing");
    cluster.ok("resource restart web-rs");
    cluster.ok("upgrade web-rs --to 3.0");
    cluster.ok("history verify");
}

#[test]
fn a_monitor_of_an_older_version_counts_although_the_present_one_has_none() {
    let cluster = chain(false);
    cluster.ok("upgrade web-rs --to 2.0");
    cluster.ok("resource state web-rs --node n1 online --started-by 2.0");
    let decision = cluster.json("upgrade web-rs --to 4.0");
    assert_eq!(decision["decision"], "blocked", "{decision:#}");
    let because = decision["because"].as_array().expect("because");
    let monitor = because.iter().find(|reason| reason["origin"] == "monitor_started_by").expect("the old monitor asks");
    assert_eq!(monitor["live_version"], "1.0");
}

#[test]
fn a_cluster_recorded_without_origins_gets_useful_answers() {
    let cluster = chain(true);
    cluster.ok("group offline web-rg");
    cluster.ok("resource state web-rs --node n1 online");
    // 1.0 has no line at all: nothing but 1.0 can have started it.
    assert_eq!(cluster.json("upgrade web-rs --to 2.0 --preview")["decision"], "allowed");
    cluster.ok("upgrade web-rs --to 2.0");
    let decision = cluster.json("upgrade web-rs --to 3.0");
    assert_eq!(decision["decision"], "blocked", "{decision:#}");
    assert!(decision["because"].as_array().expect("because").iter().any(|reason| reason["origin"] == "started_by"));
    let statements = decision["statements"].to_string();
    assert!(statements.contains("--started-by"), "the way to state what is not known: {decision:#}");
    cluster.ok("resource state web-rs --node n1 online --started-by 2.0 --monitor running --monitor-started-by 2.0");
    assert_eq!(cluster.json("upgrade web-rs --to 3.0 --preview")["decision"], "allowed");
}
