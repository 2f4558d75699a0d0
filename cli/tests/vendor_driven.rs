//! The vendor's commands on a group that rtreg drives: they run the methods, print in the vendor's form and end with the vendor's codes.

mod common;

use std::fs;

use common::Answer;
use common::driven::Driven;

fn driven(nodes: &[&str]) -> Driven {
    let driven = Driven::new(nodes);
    fs::create_dir(driven.path().join("bin")).expect("a folder");
    driven.ok("install-links bin");
    driven
}

/// Runs a command that must succeed without a word; what ran.
fn ran(driven: &Driven, words: &str) -> Vec<String> {
    driven.clear();
    let Answer { code, out, err } = driven.vendor(words);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""), "{words}");
    driven.log()
}

fn fails(driven: &Driven, code: i32, words: &str) -> String {
    driven.clear();
    let answer = driven.vendor(words);
    assert_eq!((answer.code, answer.out.as_str()), (code, ""), "{words}\n{}", answer.err);
    answer.err
}

#[test]
fn every_state_command_runs_its_methods() {
    let driven = driven(&["n1"]);
    let none: [&str; 0] = [];
    for (words, methods) in [
        ("clrs unmonitor r", &["Monitor_stop r on n1"][..]),
        ("clrs monitor r", &["Monitor_start r on n1"]),
        ("clrs monitor r", &none),
        ("clresource disable r", &["Monitor_stop r on n1", "Stop r on n1"]),
        ("scswitch -e -j r", &["Start r on n1", "Monitor_start r on n1"]),
        ("scswitch -n -M -j r", &["Monitor_stop r on n1"]),
        ("scswitch -e -M -j r", &["Monitor_start r on n1"]),
        ("clrs set -p Failover_mode=SOFT r", &["Validate r on n1"]),
        ("clrs set -p Failover_mode=SOFT r", &none),
        ("scrgadm -c -j r -y Failover_mode=NONE", &["Validate r on n1"]),
        ("clrg offline g", &["Monitor_stop r on n1", "Stop r on n1"]),
        ("clrs disable r", &none),
        ("clrg unmanage g", &["Fini r on n1"]),
        ("scswitch -o -g g", &["Init r on n1"]),
        ("clresourcegroup online -e g", &["Start r on n1", "Monitor_start r on n1"]),
        ("scswitch -F -g g", &["Monitor_stop r on n1", "Stop r on n1"]),
        ("scswitch -z -g g -h n1", &["Monitor_check r on n1", "Start r on n1", "Monitor_start r on n1"]),
        ("clrg set -p Maximum_primaries=2 g", &none),
        ("clrs create -d -g g -t svc:1.0 s", &["Validate s on n1", "Init s on n1"]),
        ("clrs delete s", &["Fini s on n1"]),
        ("scrgadm -a -j s -t svc:1.0 -g g", &["Validate s on n1", "Init s on n1"]),
        ("scrgadm -r -j s", &["Fini s on n1"]),
    ] {
        assert_eq!(ran(&driven, words), methods, "{words}");
    }
    let told = driven.vendor("clrs disable -v r");
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.out.starts_with("Run r") && told.out.contains("Stop of 1.0 (r) on n1: done"), "{told:?}");
    driven.ok("history verify");
}

#[test]
fn a_switch_is_a_move_with_monitor_check_on_the_target() {
    let driven = driven(&["n1", "n2"]);
    let expected =
        ["Monitor_check r on n2", "Monitor_stop r on n1", "Stop r on n1", "Start r on n2", "Monitor_start r on n2"];
    assert_eq!(ran(&driven, "clresourcegroup switch -n n2 g"), expected);
    driven.let_fail("Monitor_check", "n1");
    let said = fails(&driven, 10, "scswitch -z -g g -h n1");
    assert!(said.contains("Monitor_check of XMPL.svc:1.0 for r on n1 ended with code 1"), "{said}");
    assert_eq!((driven.log(), driven.online()), (vec!["Monitor_check r on n1".to_owned()], vec!["n2".to_owned()]));
    fs::remove_file(driven.path().join("fail-Monitor_check-n1")).expect("it was there");
    driven.clear();
    driven.ok("group move g --node n1");
    assert_eq!(driven.log(), expected.map(|line| line.replace("n1", "n0").replace("n2", "n1").replace("n0", "n2")));
    driven.ok("history verify");
}

#[test]
fn a_method_that_fails_ends_with_the_vendors_code() {
    let driven = driven(&["n1"]);
    ran(&driven, "clrs disable r");
    driven.let_fail("Start", "n1");
    let said = fails(&driven, 10, "clrs enable r");
    assert!(said.contains("Start of XMPL.svc:1.0 for r on n1 ended with code 1"), "{said}");
    assert!(said.contains("`rtreg runs show r"), "{said}");
    assert_eq!(driven.state("n1"), "start_failed");
    assert_eq!(ran(&driven, "clrs clear -n n1 r"), ["Stop r on n1"]);
    driven.let_fail("Validate", "n1");
    fails(&driven, 10, "clrs create -g g -t svc:1.0 s");
    assert!(driven.run("show resource s").code == 4);
    // What the registry refuses ends as everywhere.
    fails(&driven, 36, "clrs enable nobody");
    fails(&driven, 9, "clrs delete r");
    fails(&driven, 14, "scswitch -e -j nobody");
}

#[test]
fn type_version_is_the_upgrade_by_a_plan() {
    let driven = driven(&["n1"]);
    let said = fails(&driven, 9, "clrs set -p Type_version=2.0 r");
    assert!(said.contains("is refused") && said.contains("WHEN_OFFLINE") && !said.contains("preview"), "{said}");
    assert!(driven.log().is_empty());
    fails(&driven, 9, "scrgadm -c -j r -y Type_version=2.0");
    ran(&driven, "clrs disable r");
    assert_eq!(ran(&driven, "scrgadm -c -j r -y Type_version=2.0 -y Stop_timeout=61"), ["Validate r on n1"]);
    let shown = driven.json("show resource r");
    assert_eq!(shown["type_version"], "2.0");
    let stop = shown["properties"].as_array().expect("properties").iter().find(|it| it["name"] == "Stop_timeout");
    assert_eq!(stop.expect("the property")["value"], 61);
    assert_eq!(driven.runs()[0], ("upgrade r to 2.0".to_owned(), "done".to_owned()));
    assert_eq!(ran(&driven, "clrs enable r"), ["Start r on n1", "Monitor_start r on n1"]);
    driven.ok("history verify");
}
