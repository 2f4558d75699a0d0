//! The commands about nodes, groups and resources at the command line: exit codes, and every JSON answer against its
//! schema.

mod common;

use common::{Cluster, rtr, valid};
use serde_json::{Value, json};

fn cluster() -> Cluster {
    let cluster = Cluster::new();
    let methods = ["Start", "Stop", "Init", "Monitor_start", "Monitor_stop"];
    cluster.write("web.rtr", &rtr("web", "1.0", &methods, &[]));
    cluster.ok("register web.rtr");
    cluster.ok("node add n1");
    cluster.ok("node add n2");
    cluster
}

#[test]
fn every_answer_is_as_its_schema_says() {
    let cluster = cluster();
    let change = |words: &str| valid(&cluster, "change", words);
    change("node add n3");
    assert_eq!(change("node add n3")["changed"], false);
    change("node down n3");
    change("node up n3");
    assert_eq!(valid(&cluster, "node-list", "node list")["nodes"][2]["status"], "up");
    change("group create g --node n1,n2 -p Maximum_primaries=1");
    change("group set g --node n1,n2,n3");
    change("group manage g");
    change("resource create r --group g --type web -p Start_timeout=30");
    change("resource create s --group g --type web --disabled --created-under 3.0 -p Resource_dependencies=r");
    let online = change("group online g");
    assert_eq!(online["event"], "online");
    assert!(online["changes"].as_array().is_some_and(|changes| changes.len() == 5), "{online:#}");
    change("resource set r -p Start_timeout=40 --default Stop_timeout");
    for verb in ["unmonitor", "monitor", "restart", "disable", "enable"] {
        change(&format!("resource {verb} r --node n1"));
    }
    change("resource state r --node n2 stop_failed --started-by unversioned --monitor stopped");
    change("resource clear r --node n2");
    let shown = valid(&cluster, "show-resource", "show resource r");
    assert_eq!(shown["nodes"][0]["started_by"], json!({ "kind": "version", "version": "1.0" }));
    assert_eq!(shown["dependents"][0]["resource"], "s");
    assert_eq!(valid(&cluster, "show-group", "show group g")["nodes"][0]["online"], true);
    assert_eq!(valid(&cluster, "show-node", "show node n1")["groups"][0]["name"], "g");
    let moved = change("group move g --node n2");
    assert_eq!(moved["summary"], "group `g` has moved from n1 to n2");
    let states = |resource: &str| {
        let nodes = valid(&cluster, "show-resource", &format!("show resource {resource}"))["nodes"].clone();
        [0, 1].map(|node| nodes[node]["state"].as_str().expect("a state").to_owned())
    };
    assert_eq!(states("r"), ["offline", "online"]);
    let entries = cluster.json("history resource:r --limit 2");
    assert_eq!(
        entries["entries"].as_array().expect("entries").iter().filter(|entry| entry["event"] == "move").count(),
        1
    );
    assert_eq!(change("group move g --node n2")["changed"], false);
    cluster.ok("node down n3");
    assert!(cluster.fails(4, "group move g --node n3").contains("`rtreg node up n3`"));
    assert!(cluster.fails(4, "group move g --node n1,n2").contains("Maximum_primaries=1"));
    assert_eq!(states("r"), ["offline", "online"], "what is refused changes nothing");
    change("group offline g");
    for words in ["resource disable r", "group unmanage g", "resource delete s", "resource delete r", "group delete g"]
    {
        assert_eq!(change(words)["changed"], true, "{words}");
    }
    change("node remove n3");
    cluster.ok("history verify");
}

#[test]
fn exit_codes() {
    let cluster = cluster();
    cluster.ok("group create g --node n1");
    cluster.ok("resource create r --group g --type web");
    cluster.fails(2, "group create h");
    cluster.fails(2, "group set g");
    cluster.fails(2, "group move g");
    cluster.fails(2, "resource set r");
    cluster.fails(2, "resource set r -p Start_timeout");
    cluster.fails(2, "resource clear r");
    cluster.fails(2, "resource state r");
    cluster.fails(2, "resource state r --node n1 sleeping");
    cluster.fails(2, "resource state r --type-version 2.0");
    cluster.fails(2, "resource create q --group g --type web --created-under 3.2");
    for words in [
        "node up n9",
        "node remove n1",
        "group create g --node n1",
        "group online g",
        "group delete g",
        "resource create r --group g --type web",
        "resource create q --group g --type zebra",
        "resource set r -p Start_timeout=soon",
        "resource delete r",
        "resource state r --node n1 online",
        "resource state r --type-version 9 --reason seen",
        "show resource q",
        "show group q",
        "show node q",
    ] {
        cluster.fails(4, words);
    }
    let error: Value =
        serde_json::from_str(&cluster.run("group online g --format json").err).expect("an error as JSON");
    assert_eq!(error["error"]["rule"], "group_unmanaged");
    assert_eq!(cluster.ok("node list"), "n1  up\nn2  up\n");
}

#[test]
fn per_node_values_and_reasons_come_through() {
    let cluster = Cluster::new();
    let text = rtr("web", "1.0", &["Start", "Stop"], &[]);
    cluster.write("web.rtr", &format!("{text}{{ PROPERTY = Weight; EXTENSION; PER_NODE; INT; DEFAULT = 1; }}\n"));
    for words in ["register web.rtr", "node add n1", "node add n2", "group create g --node n1 --node n2"] {
        cluster.ok(words);
    }
    cluster.run_words(&["resource", "create", "r", "--group", "g", "--type", "web", "-p", "Weight{n1,n2}=3"]);
    let set = ["resource", "set", "r", "-p", "Weight{n2}=5", "--reason", "n2 is the larger machine"];
    assert_eq!(cluster.run_words(&set).code, 0);
    let shown = cluster.ok("show resource r");
    assert!(shown.contains("Weight{n1} = 3 (explicit)") && shown.contains("Weight{n2} = 5 (explicit)"), "{shown}");
    assert!(cluster.ok("history resource:r").contains("n2 is the larger machine"));
}
