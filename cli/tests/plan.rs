//! `rtreg plan`, `rtreg simulate` and the driver of groups at the command line: exit codes, files, schemas, scripts.

mod common;

use common::{Cluster, rtr, valid};

/// A resource of 1.0, online on n1 of two nodes; 2.0 takes it offline, 3.0 at any time.
fn cluster() -> Cluster {
    let cluster = Cluster::new();
    let methods = ["Start", "Stop", "Update", "Validate"];
    for (version, from) in [("1.0", &[][..]), ("2.0", &["\"1.0\" WHEN_OFFLINE"]), ("3.0", &["\"1.0\" ANYTIME"])] {
        cluster.write(&format!("web-{version}.rtr"), &rtr("web", version, &methods, from));
        cluster.ok(&format!("register {}/web-{version}.rtr", cluster.path().display()));
    }
    for command in
        ["node add n1", "node add n2", "group create g --node n1,n2", "resource create r --group g --type web:1.0"]
    {
        cluster.ok(command);
    }
    cluster.ok("group manage g");
    cluster.ok("group online g");
    cluster
}

#[test]
fn every_answer_is_as_its_schema_says() {
    let cluster = cluster();
    let plan = valid(&cluster, "plan", "plan r --to 2.0 --allow offline");
    assert_eq!(
        (&plan["version"], plan["waves"][0]["bundles"][0]["steps"].as_array().map(Vec::len)),
        (&1.into(), Some(3))
    );
    let held_back = valid(&cluster, "plan", "plan r --to 2.0");
    assert_eq!(held_back["held_back"][0]["kind"], "blocked");
    let file = cluster.path().join("plan.json");
    cluster.ok(&format!("plan r --to 2.0 --allow offline --out {}", file.display()));
    let runs = valid(&cluster, "simulate", &format!("simulate {} --fail-each", file.display()));
    assert_eq!(runs["runs"].as_array().map(Vec::len), Some(3));
    assert_eq!(runs["runs"][2]["unwinding"]["b1"]["tasks"].as_array().map(Vec::len), Some(2));
}

#[test]
fn exit_codes() {
    let cluster = cluster();
    cluster.ok("plan r --to 1.0");
    cluster.ok("plan r --to 3.0");
    assert!(cluster.fails(10, "plan r --to 3.0 --detailed-exitcode").contains("stays as it runs"));
    cluster.ok("plan r --to 1.0 --detailed-exitcode");
    assert!(cluster.fails(11, "plan r --to 2.0").contains("rtreg plan r --to 2.0 --allow offline"));
    cluster.fails(11, "plan --type web --to 2.0");
    cluster.fails(10, "plan --group g --to 2.0 --allow offline --detailed-exitcode");
    cluster.fails(2, "plan r --to 1.0 -p Network_resources_used=x");
    cluster.fails(4, "plan nobody --to 2.0");
    cluster.fails(4, "plan r --to 9.9");
    cluster.fails(2, "plan --to 2.0");
    cluster.fails(2, "plan r --to 2.0 --allow happy");
    cluster.fails(2, "plan r --to 2.0 --format tsv");
}

#[test]
fn planning_and_simulating_change_nothing() {
    let cluster = cluster();
    let head = cluster.ok("history head");
    let file = cluster.path().join("plan.json");
    cluster.ok(&format!("plan r --to 2.0 --allow offline --out {}", file.display()));
    let text = cluster.ok(&format!("simulate {} --fail b1.3", file.display()));
    assert!(text.contains("b1.2-u1: restore r 2.0 -> 1.0"), "{text}");
    assert!(text.contains("b1.1-u1: enable r"), "{text}");
    assert!(cluster.ok(&format!("simulate {}", file.display())).contains("Every step is done."));
    assert_eq!(cluster.ok("history head"), head);
}

#[test]
fn a_plan_that_was_changed_is_refused() {
    let cluster = cluster();
    let file = cluster.path().join("plan.json");
    cluster.ok(&format!("plan r --to 2.0 --allow offline --out {}", file.display()));
    let text = std::fs::read_to_string(&file).expect("a plan was written");
    cluster.write("plan.json", &text.replacen("\"n1\"", "\"n2\"", 1));
    assert!(cluster.fails(2, &format!("simulate {}", file.display())).contains("was changed since it was made"));
    cluster.write("plan.json", "{}");
    assert!(cluster.fails(2, &format!("simulate {}", file.display())).contains("expected a plan of version 1"));
    cluster.fails(3, "simulate /nowhere/plan.json");
    cluster.write("plan.json", &text);
    let answer = cluster.fails(2, &format!("simulate {} --fail b1.9", file.display()));
    assert!(answer.contains("expected the name of a step"), "{answer}");
}

#[test]
fn graphs_are_drawn() {
    let cluster = cluster();
    let dot = cluster.ok("plan r --to 2.0 --allow offline --format dot");
    assert!(dot.starts_with("digraph plan {") && dot.contains("\"b1.1\" -> \"b1.2\""), "{dot}");
    let svg = cluster.ok("plan r --to 2.0 --allow offline --format svg");
    roxmltree::Document::parse(&svg).expect("SVG is XML");
}

#[test]
fn nothing_pretends_that_methods_ran() {
    let cluster = cluster();
    assert!(cluster.fails(4, "group driver g rgm").contains("only while it is recorded as offline or unmanaged"));
    cluster.ok("group offline g");
    // Nobody answers for n2, so Stop does not run there.
    assert!(cluster.fails(4, "group driver g rgm").contains("rtreg agent --node n2"));
    cluster.ok("group create own --node n1 --driver rgm");
    assert!(cluster.ok("show group own").contains("rgm"));
    // Its Validate is not there.
    assert!(cluster.fails(4, "resource create s --group own --type web:1.0").contains("cannot be read"));
    cluster.fails(4, "show resource s");
    cluster.ok("group driver own recorded");
    assert!(cluster.ok("group driver own recorded").contains("nothing changed"));
    cluster.ok("resource create s --group own --type web:1.0");
    assert!(cluster.fails(13, "group driver own rgm").contains("Stop of 1.0 (s)"));
    assert!(cluster.ok("show group own").contains("recorded"));
    valid(&cluster, "change", "group driver own recorded");
    cluster.ok("history verify");
}
