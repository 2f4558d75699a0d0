//! What methods ask for with `scha_control` in a group that rtreg drives, and what Failover_mode makes of failures, through the binary:
//! real monitors ask, and are ended by what they ask for.

mod common;

use common::driven::Driven;
use common::service::wait_until;
use common::valid;

#[test]
fn a_monitor_has_its_resource_restarted_and_ends_with_it() {
    let driven = Driven::new(&["n1"]);
    driven.settle("n1");
    let runs = driven.runs().len();
    driven.ask("n1", "RESOURCE_RESTART");
    wait_until(|| driven.runs().len() > runs && driven.runs()[0].1 == "done");
    driven.settle("n1");
    let restart = ["Monitor_stop r on n1", "Stop r on n1", "Start r on n1", "Monitor_start r on n1"];
    assert_eq!(driven.log(), restart);
    assert_eq!(driven.runs().len(), runs + 1, "{:?}", driven.runs());
    assert_eq!(driven.runs()[0].0, "resource restart r --node n1");
    let count = || driven.scha("n1", &["scha_resource_get", "-O", "NUM_RESOURCE_RESTARTS", "-R", "r", "-G", "g"]).out;
    assert_eq!(count(), "1\n");
    // The new monitor can ask as the old one could.
    driven.ask("n1", "RESOURCE_RESTART");
    wait_until(|| driven.log().len() == 8);
    driven.settle("n1");
    assert_eq!(driven.log()[4..], restart);
    assert_eq!(count(), "2\n");
    driven.ok("history verify");
}

#[test]
fn a_monitor_has_its_group_restarted() {
    let driven = Driven::new(&["n1"]);
    driven.ask("n1", "RESTART");
    wait_until(|| driven.log().len() == 4);
    driven.settle("n1");
    assert_eq!(driven.log(), ["Monitor_stop r on n1", "Stop r on n1", "Start r on n1", "Monitor_start r on n1"]);
    assert_eq!(
        driven.runs()[..2],
        [
            ("group online g --node n1".to_owned(), "done".to_owned()),
            ("group offline g --node n1".to_owned(), "done".to_owned())
        ]
    );
    driven.ok("history verify");
}

#[test]
fn a_monitor_gives_its_group_to_the_first_node_that_takes_it() {
    let driven = Driven::new(&["n1", "n2", "n3"]);
    driven.let_fail("Monitor_check", "n2");
    driven.ask("n1", "GIVEOVER");
    wait_until(|| driven.online() == ["n3"]);
    driven.settle("n3");
    assert_eq!(
        driven.log(),
        [
            "Monitor_check r on n2",
            "Monitor_check r on n3",
            "Monitor_stop r on n1",
            "Stop r on n1",
            "Start r on n3",
            "Monitor_start r on n3"
        ]
    );
    driven.ok("history verify");
}

#[test]
fn where_no_node_takes_the_group_it_stays() {
    let driven = Driven::new(&["n1", "n2"]);
    driven.let_fail("Monitor_check", "n2");
    let (code, said) = driven.control("n1", "GIVEOVER");
    assert_eq!((code, said.contains("`rtreg runs` says more")), (9, true), "{said}");
    assert_eq!((driven.online(), driven.log()), (vec!["n1".to_owned()], vec!["Monitor_check r on n2".to_owned()]));
    driven.settle("n1");
}

#[test]
fn nothing_is_asked_for_during_an_upgrade() {
    let driven = Driven::new(&["n1"]);
    let made = std::process::Command::new("mkfifo").arg(driven.path().join("hold")).status();
    assert!(made.expect("mkfifo").success());
    let start = driven.path().join("2.0/start");
    let text = std::fs::read_to_string(&start).expect("the script");
    std::fs::write(
        &start,
        text.replacen("#!/bin/sh\n", &format!("#!/bin/sh\nread line < {}/hold\n", driven.path().display()), 1),
    )
    .expect("it waits");
    driven.ok("unregister svc:2.0");
    driven.ok("register 2.0.rtr");
    let mut command = driven.command();
    command.args(["upgrade", "r", "--to", "2.0", "--allow", "offline"]);
    let upgrade = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn();
    let upgrade = upgrade.expect("it runs");
    wait_until(|| driven.log().iter().any(|line| line == "Stop r on n1"));
    for tag in ["RESTART", "RESOURCE_RESTART", "GIVEOVER"] {
        let (code, said) = driven.control("n1", tag);
        assert_eq!(code, 9, "{tag}: {said}");
        assert!(said.contains("is at work on r or its group g"), "{tag}: {said}");
    }
    std::fs::write(driven.path().join("hold"), "\n").expect("it waits");
    let ended = upgrade.wait_with_output().expect("it ends");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(valid(&driven, "show-resource", "show resource r")["type_version"], "2.0");
}

#[test]
fn a_start_that_fails_moves_the_group_on_where_failover_mode_says_so() {
    let driven = Driven::new(&["n1", "n2"]);
    driven.ok("resource set r -p Failover_mode=SOFT");
    driven.ok("group offline g");
    driven.let_fail("Start", "n1");
    driven.clear();
    let said = driven.fails(13, "group online g --node n1");
    assert!(said.contains("note: ") && said.contains("group `g` moves to n2"), "{said}");
    assert_eq!((driven.online(), driven.state("n2").as_str()), (vec!["n2".to_owned()], "online"), "{said}");
    let log = driven.log();
    assert_eq!(log.first().map(String::as_str), Some("Start r on n1"));
    assert_eq!(log[log.len() - 2..], ["Start r on n2", "Monitor_start r on n2"], "{log:?}");
    // Each node is tried once.
    driven.ok("group offline g");
    driven.let_fail("Start", "n2");
    driven.clear();
    let said = driven.fails(13, "group online g --node n1");
    let starts: Vec<String> = driven.log().into_iter().filter(|line| line.starts_with("Start")).collect();
    assert_eq!(starts[..2], ["Start r on n1", "Start r on n2"], "{said}");
    assert!(starts.len() <= 3, "{starts:?}");
    driven.ok("history verify");
}

#[test]
fn without_a_failover_mode_it_stays_as_it_is() {
    let driven = Driven::new(&["n1", "n2"]);
    driven.ok("group offline g");
    driven.let_fail("Start", "n1");
    let said = driven.fails(13, "group online g --node n1");
    assert!(said.contains("note: ") && said.contains("rtreg resource clear r --node n1"), "{said}");
    assert_eq!((driven.state("n1").as_str(), driven.online()), ("start_failed", vec!["n1".to_owned()]), "{said}");
    assert!(!driven.log().iter().any(|line| line.ends_with("on n2")), "{:?}", driven.log());
}

#[test]
fn a_stop_that_fails_would_reboot_the_vendors_node() {
    let driven = Driven::new(&["n1", "n2"]);
    driven.ok("resource set r -p Failover_mode=HARD");
    driven.let_fail("Stop", "n1");
    let said = driven.fails(13, "group offline g");
    assert!(said.contains("the vendor's cluster would reboot n1 now"), "{said}");
    assert_eq!(driven.state("n1"), "stop_failed");
}

#[test]
fn a_restart_that_fails_moves_the_group_on_too() {
    let driven = Driven::new(&["n1", "n2"]);
    driven.ok("resource set r -p Failover_mode=SOFT");
    driven.let_fail("Start", "n1");
    driven.ask("n1", "RESOURCE_RESTART");
    wait_until(|| driven.online() == ["n2"]);
    driven.settle("n2");
    assert_eq!((driven.state("n1").as_str(), driven.state("n2").as_str()), ("offline", "online"));
    driven.ok("history verify");
}
