//! State commands of a group that rtreg drives, through the binary: real methods write what they were called as into a log.

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::{Cluster, valid};
use serde_json::json;

const METHODS: [&str; 10] =
    ["Init", "Fini", "Boot", "Start", "Stop", "Monitor_start", "Monitor_stop", "Monitor_check", "Update", "Validate"];

/// A type with real scripts, and `r` of it in `g` on n1, which rtreg drives; managed and offline.
fn service() -> Cluster {
    let cluster = Cluster::new();
    let base = cluster.path().join("1.0");
    let mut text = "Resource_type = svc;\nVendor_id = XMPL;\nRT_version = \"1.0\";\n".to_owned();
    text.push_str(&format!("RT_basedir = {};\n", base.display()));
    for method in METHODS {
        let name = method.to_lowercase();
        text.push_str(&format!("{method} = {name};\n"));
        let path = cluster.write(&format!("1.0/{name}"), &script(&cluster, method));
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it may run");
    }
    text.push_str("#$upgrade\n");
    for method in METHODS {
        text.push_str(&format!("{{ PROPERTY = {method}_timeout; MIN = 1; DEFAULT = 60; }}\n"));
    }
    text.push_str("{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; TUNABLE = ANYTIME; }\n");
    cluster.write("1.0.rtr", &text);
    cluster.ok("register 1.0.rtr");
    cluster.ok("node add n1");
    cluster.ok("group create g --node n1");
    cluster.ok("resource create r --group g --type svc:1.0");
    cluster.ok("group manage g");
    assert!(log(&cluster).is_empty(), "the administrator drives");
    cluster.ok("group driver g rgm");
    assert_eq!(log(&cluster), ["Monitor_stop r", "Stop r"], "what is recorded as offline is made so");
    assert!(cluster.ok("show group g").contains("rgm"));
    clear(&cluster);
    cluster
}

fn script(cluster: &Cluster, method: &str) -> String {
    let folder = cluster.path().display();
    let option = if method == "Validate" { " $1" } else { "" };
    let resource = if method == "Validate" { "$3" } else { "$2" };
    format!(
        "#!/bin/sh\necho \"{method}{option} {resource}\" >> {folder}/log\necho 'I am {method}'\ntest ! -e {folder}/fail-{method}\n"
    )
}

fn log(cluster: &Cluster) -> Vec<String> {
    let text = fs::read_to_string(cluster.path().join("log")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn clear(cluster: &Cluster) {
    fs::write(cluster.path().join("log"), "").expect("the log");
}

/// Runs a command that must succeed; what ran.
fn ran(cluster: &Cluster, line: &str) -> Vec<String> {
    clear(cluster);
    cluster.ok(line);
    log(cluster)
}

fn on_n1(cluster: &Cluster, resource: &str) -> serde_json::Value {
    valid(cluster, "show-resource", &format!("show resource {resource}"))["nodes"][0].clone()
}

#[test]
fn every_state_command_runs_its_methods() {
    let cluster = service();
    let none: [&str; 0] = [];
    for (line, methods) in [
        ("group online g", &["Start r", "Monitor_start r"][..]),
        ("group online g", &none),
        ("resource restart r", &["Monitor_stop r", "Stop r", "Start r", "Monitor_start r"]),
        ("resource unmonitor r", &["Monitor_stop r"]),
        ("resource monitor r", &["Monitor_start r"]),
        ("resource set r -p Port=81", &["Validate -u r", "Update r"]),
        ("resource set r -p Port=81", &none),
        ("resource create s --group g --type svc:1.0", &["Validate -c s", "Init s", "Start s", "Monitor_start s"]),
        ("resource disable s", &["Monitor_stop s", "Stop s"]),
        ("resource delete s", &["Fini s"]),
        ("resource disable r", &["Monitor_stop r", "Stop r"]),
        ("resource enable r", &["Start r", "Monitor_start r"]),
        ("group offline g", &["Monitor_stop r", "Stop r"]),
        ("resource disable r", &none),
        ("group unmanage g", &["Fini r"]),
        ("group manage g", &["Init r"]),
        ("node down n1", &none),
        ("node up n1", &["Boot r"]),
        ("group set g -p Maximum_primaries=2", &none),
    ] {
        assert_eq!(ran(&cluster, line), methods, "{line}");
    }
    let state = on_n1(&cluster, "r");
    assert_eq!((&state["state"], &state["enabled"]), (&json!("offline"), &json!(false)), "{state:#}");
    assert_eq!(state["initialised_by"]["version"], "1.0", "{state:#}");
    cluster.ok("history verify");
    let last = valid(&cluster, "runs", "runs")["runs"][0].clone();
    assert_eq!((&last["what"], &last["state"]), (&json!("node up n1"), &json!("done")), "{last:#}");
    cluster.ok("group driver g recorded");
    assert_eq!(ran(&cluster, "resource enable r"), none, "the administrator drives again");
}

#[test]
fn what_is_said_of_a_group_that_rtreg_drives_fits_it() {
    let cluster = service();
    let said = cluster.run("group create h --node n1 --driver rgm");
    let said = said.out + &said.err;
    let note = "brings it under management; rtreg then runs the methods of its resources";
    assert!(said.contains(note) && !said.contains("--already"), "{said}");
    let said = cluster.run("resource disable r").err;
    assert!(said.contains("run r2: resource disable r: 1 step;"), "{said}");
    cluster.ok("group online g");
    let history = cluster.ok("history resource:r");
    assert!(history.contains(" release by ") && !history.contains("step: \n"), "{history}");
}

#[test]
fn a_failed_start_is_recorded_and_not_undone() {
    let cluster = service();
    cluster.write("fail-Start", "");
    let text = cluster.fails(13, "group online g");
    assert_eq!(log(&cluster), ["Start r"], "{text}");
    assert_eq!(on_n1(&cluster, "r")["state"], "start_failed");
    let run = valid(&cluster, "run", "runs show r2");
    assert_eq!((&run["state"], &run["state_command"]), (&json!("failed"), &json!(true)), "{run:#}");
    assert_eq!(run["commands"], json!([]), "nothing of it can be undone");
    fs::remove_file(cluster.path().join("fail-Start")).expect("it was there");
    assert_eq!(ran(&cluster, "resource clear r --node n1"), ["Stop r"]);
    assert_eq!(ran(&cluster, "group online g"), ["Start r", "Monitor_start r"], "it can be tried again");
    cluster.ok("history verify");
}

#[test]
fn a_failed_stop_stays_until_it_is_cleared() {
    let cluster = service();
    cluster.ok("group online g");
    cluster.write("fail-Stop", "");
    cluster.fails(13, "resource disable r");
    let state = on_n1(&cluster, "r");
    assert_eq!((&state["state"], &state["enabled"]), (&json!("stop_failed"), &json!(true)), "{state:#}");
    assert!(cluster.fails(4, "resource disable r").contains("rtreg resource clear r --node n1"));
    assert!(
        ran(&cluster, "resource clear r --node n1").is_empty(),
        "that it is cleaned up is the administrator's word"
    );
    fs::remove_file(cluster.path().join("fail-Stop")).expect("it was there");
    cluster.ok("resource disable r");
    cluster.ok("history verify");
}

#[test]
fn validate_refuses_and_nothing_changes() {
    let cluster = service();
    cluster.write("fail-Validate", "");
    cluster.fails(4, "resource set r -p Port=81");
    cluster.fails(4, "resource create s --group g --type svc:1.0");
    assert!(!cluster.ok("show resource r").contains("81"));
    cluster.fails(4, "show resource s");
    cluster.ok("history verify");
}

#[test]
fn a_changed_file_is_warned_of_and_runs() {
    let cluster = service();
    cluster.ok("group online g");
    let stop = cluster.path().join("1.0/stop");
    let text = fs::read_to_string(&stop).expect("the script");
    fs::write(&stop, format!("{text}\n")).expect("it changes");
    let shown = cluster.ok("resource disable r");
    assert!(shown.contains("warning: The file of Stop of XMPL.svc:1.0 for r is not the one"), "{shown}");
    assert_eq!(on_n1(&cluster, "r")["state"], "offline");
}

/// Where nobody can run the methods nothing is recorded as if they had.
#[test]
fn a_node_without_an_agent_is_refused() {
    let cluster = service();
    cluster.ok("node add n2");
    cluster.ok("resource disable r");
    clear(&cluster);
    let said = cluster.fails(4, "group set g --node n1,n2");
    assert!(said.contains("rtreg agent --node n2"), "{said}");
    assert!(log(&cluster).is_empty());
    assert!(!cluster.ok("show group g").contains("n2"));
}
