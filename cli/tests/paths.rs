//! `rtreg graph`, `rtreg path` and `rtreg upgrade` by a path, through the binary: on the examples, and on small types where
//! a path of several hops wins.

mod common;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{Cluster, rtr, valid};
use serde_json::{Value, json};

/// An example of a type with all its versions, and a resource of one of them, online on n1 of n1 and n2.
fn example(name: &str, version: &str, values: &str) -> Cluster {
    let cluster = Cluster::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rtr-examples").join(name);
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the example")
        .map(|entry| entry.expect("a version").path().join(format!("XMPL.{name}.rtr")).display().to_string())
        .collect();
    files.sort();
    assert!(files.len() >= 2, "{files:?}");
    cluster.ok(&format!("register {}", files.join(" ")));
    with_resource(&cluster, &format!("XMPL.{name}:{version}{values}"));
    cluster
}

fn with_resource(cluster: &Cluster, of: &str) {
    cluster.ok("node add n1");
    cluster.ok("node add n2");
    cluster.ok("group create g --node n1,n2 -p Maximum_primaries=1");
    cluster.ok(&format!("resource create r --group g --type {of}"));
    cluster.ok("group manage g");
    cluster.ok("group online g");
}

/// 1.0 to 4.0 of a type without Init, each listing only the one before with ANYTIME.
fn chain() -> Cluster {
    let cluster = Cluster::new();
    let methods = ["Start", "Stop", "Monitor_start", "Monitor_stop"];
    let limit = "{ PROPERTY = Limit; EXTENSION; INT; MAX = 50; DEFAULT = 1; TUNABLE = ANYTIME; DESCRIPTION = \"\"; }\n";
    for (version, from) in [("1.0", "0.9"), ("2.0", "1.0"), ("3.0", "2.0"), ("4.0", "3.0")] {
        let line = format!("\"{from}\" ANYTIME");
        cluster.write(&format!("{version}.rtr"), &format!("{}{limit}", rtr("web", version, &methods, &[&line])));
    }
    cluster.ok("register 1.0.rtr 2.0.rtr 3.0.rtr 4.0.rtr");
    with_resource(&cluster, "web:1.0 -p Limit=7");
    cluster
}

fn versions(path: &Value) -> Vec<&str> {
    path["versions"].as_array().expect("versions").iter().map(|version| version.as_str().expect("a version")).collect()
}

#[test]
fn gateway_is_not_led_around_what_its_process_asks_for() {
    let cluster = example("gateway", "1.0", "");
    // 2.0 takes it at any time, and 3.0 takes what 2.0 began; but 1.0 began it, so the hops win nothing.
    assert_eq!(cluster.run("path r --to 3.0").code, 11);
    let paths = valid(&cluster, "path", "path r --to 3.0");
    assert_eq!((versions(&paths["best"]), &paths["best"]["direct"]), (vec!["1.0", "3.0"], &json!(true)));
    assert_eq!(paths["best"]["strictest"], "WHEN_OFFLINE");
    let because = &paths["best"]["hops"][0]["because"][0];
    assert_eq!((&because["file"], &because["span"]["line"]), (&json!("registry:XMPL.gateway:3.0"), &json!(20)));
    let refused = cluster.fails(11, "upgrade r --to 3.0");
    assert!(refused.contains("from XMPL.gateway:1.0 to XMPL.gateway:3.0 is refused"), "{refused}");
    cluster.ok("upgrade r --to 2.0");
    let text = cluster.fails(11, "path r --to 3.0");
    assert!(
        text.contains("Least disruptive: 2.0 -> 3.0 (direct): needs the resource offline (WHEN_OFFLINE).\n"),
        "{text}"
    );
    assert!(text.contains("The methods of version 1.0 started the resource on n1"), "{text}");
    cluster.ok("resource restart r");
    assert!(cluster.ok("path r --to 3.0").contains("2.0 -> 3.0 (direct): allowed now (ANYTIME)"));
}

#[test]
fn archive_goes_straight() {
    let cluster = example("archive", "1.0", " -p Source_dir=/a -p Archive_dir=/b");
    let paths = valid(&cluster, "path", "path r --to 2.0");
    assert_eq!((&paths["decision"], &paths["best"]["strictest"]), (&json!("allowed"), &json!("ANYTIME")));
    assert_eq!(paths["alternatives"], json!([]));
    let kept = paths["best"]["hops"][0]["changes"].as_array().expect("changes");
    assert!(kept.iter().any(|change| change["property"] == "Source_dir" && change["kind"] == "kept"), "{kept:?}");
    cluster.ok("upgrade r --to 2.0");
    // The file of 1.0 lists nothing, and it is older.
    let back = valid(&cluster, "path", "path r --to 1.0");
    assert_eq!(back["best"]["strictest"], "WHEN_UNMANAGED");
    // What it has is no way: the same version.
    assert_eq!(cluster.ok("path r --to 2.0"), "r is of XMPL.archive:2.0 already; there is nothing to do.\n");
}

#[test]
fn a_path_is_shown_then_taken_hop_by_hop() {
    let cluster = chain();
    let text = cluster.fails(11, "path r --to 4.0");
    for part in [
        "Least disruptive: 1.0 -> 2.0 -> 3.0 -> 4.0: needs the resource offline (WHEN_OFFLINE).\n",
        "1.0 -> 2.0: ANYTIME\n",
        "2.0 -> 3.0: WHEN_OFFLINE\n",
        "  The methods of version 1.0 started the resource on n1, and the file of XMPL.web:3.0 has no line for it",
        "    --> not listed in registry:XMPL.web:3.0\n",
        "  clresource disable r\n  rtreg resource disable r\n  rtreg upgrade r --to 4.0\n",
        "Alternatives:\n  1.0 -> 4.0 (direct): needs group g unmanaged (WHEN_UNMANAGED)\n",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    // Now nothing runs: a path that needs more than is given is not begun.
    let refused = valid(&cluster, "upgrade", "upgrade r --to 4.0");
    assert_eq!((&refused["decision"], &refused["possible"]), (&json!("blocked"), &json!("after_commands")));
    assert_eq!(refused["commands"], json!(["clresource disable r", "rtreg resource disable r"]));
    assert_eq!((&refused["by_path"]["reached"], &refused["by_path"]["done"]), (&json!("1.0"), &json!(false)));
    assert!(cluster.fails(11, "upgrade r --to 4.0").ends_with("\nNothing was changed.\n"));
    assert_eq!(cluster.json("show resource r")["type_version"], "1.0");

    cluster.ok("resource disable r");
    assert!(cluster.ok("upgrade r --to 4.0 --preview").contains("1.0 -> 2.0 -> 3.0 -> 4.0: allowed now (ANYTIME)"));
    assert_eq!(cluster.json("show resource r")["type_version"], "1.0");
    assert!(cluster.fails(11, "upgrade r --to 4.0 --direct").contains("it needs group g unmanaged (WHEN_UNMANAGED)"));
    let done = valid(&cluster, "upgrade", "upgrade r --to 4.0 -p Limit=9 --reason shift");
    assert_eq!((&done["by_path"]["reached"], &done["by_path"]["done"]), (&json!("4.0"), &json!(true)));
    assert_eq!(done["vendor_command"], "clresource set -p Type_version=4.0 -p Limit=9 r");
    cluster.ok("resource enable r");
    let shown = cluster.json("show resource r");
    assert_eq!((&shown["type_version"], &shown["nodes"][0]["started_by"]["version"]), (&json!("4.0"), &json!("4.0")));
    let history = cluster.ok("history resource:r");
    assert_eq!(history.matches("upgrade by").count(), 3, "{history}");
    assert!(history.contains("reason: shift"), "{history}");
    cluster.ok("history verify");
}

#[test]
fn a_version_that_loses_a_value_comes_last_and_one_that_asks_for_a_value_is_left_out() {
    let cluster = chain();
    let methods = ["Start", "Stop", "Monitor_start", "Monitor_stop"];
    let one = |version: &str, lines: &[&str], property: &str| {
        cluster.write(&format!("{version}.rtr"), &format!("{}{property}", rtr("web", version, &methods, lines)));
        cluster.ok(&format!("register {version}.rtr"));
    };
    let limit = "{ PROPERTY = Limit; EXTENSION; INT; DEFAULT = 1; TUNABLE = ANYTIME; DESCRIPTION = \"\"; }\n";
    let token = "{ PROPERTY = Token; EXTENSION; STRING; TUNABLE = ANYTIME; DESCRIPTION = \"\"; }\n";
    one("2.5", &["\"1.0\" WHEN_OFFLINE"], "");
    one("2.6", &["\"1.0\" WHEN_OFFLINE"], &format!("{limit}{token}"));
    one("9.0", &["\"2.5\" WHEN_OFFLINE", "\"2.6\" WHEN_OFFLINE"], limit);
    let paths = valid(&cluster, "path", "path r --to 9.0");
    assert_eq!((versions(&paths["best"]), &paths["best"]["strictest"]), (vec!["1.0", "9.0"], &json!("WHEN_UNMANAGED")));
    let losing = &paths["alternatives"][0];
    assert_eq!((versions(losing), &losing["loses"]), (vec!["1.0", "2.5", "9.0"], &json!(["Limit"])));
    assert_eq!(losing["strictest"], "WHEN_OFFLINE");
    assert_eq!(losing["differs"], json!([{ "property": "Limit", "direct": "7", "here": null }]));
    assert_eq!(losing["upgrade"], "rtreg upgrade r --to 2.5 --direct && rtreg upgrade r --to 9.0 --direct");
    assert_eq!(paths["left_out"][0]["version"], "2.6");
    let text = cluster.fails(11, "path r --to 9.0");
    assert!(
        text.contains("1.0 -> 2.5 -> 9.0: needs the resource offline (WHEN_OFFLINE), and loses the value of Limit\n"),
        "{text}"
    );
    assert!(
        text.contains("2.6: XMPL.web:2.6 would need a value for `Token`, which XMPL.web:9.0 does not have"),
        "{text}"
    );
    // With the value it may lead there, and nothing is lost.
    cluster.ok("resource disable r");
    cluster.ok("upgrade r --to 9.0 -p Token=abc");
    assert_eq!(cluster.json("show resource r")["type_version"], "9.0");
    let properties = cluster.json("show resource r")["properties"].to_string();
    assert!(properties.contains("\"Limit\"") && !properties.contains("Token"), "{properties}");
    assert!(cluster.ok("show resource r").lines().any(|line| line.contains("Limit") && line.contains('7')));
    cluster.ok("history verify");
}

#[test]
fn what_is_not_there_is_said() {
    let cluster = chain();
    assert!(cluster.fails(4, "path r --to 7.0").contains("has no registered version `7.0`"));
    assert!(cluster.fails(4, "path nosuch --to 2.0").contains("there is no resource `nosuch`"));
    assert!(cluster.fails(4, "graph nosuch").contains("no registered resource type is called `nosuch`"));
    cluster.write("other.rtr", &rtr("mail", "2.0", &["Start", "Stop"], &[]));
    cluster.ok("register other.rtr");
    assert!(cluster.fails(11, "path r --to mail:2.0").contains("not possible"));
    assert!(
        cluster
            .fails(2, "graph web --format sarif")
            .contains("expected `text`, `json`, `dot` or `svg` behind --format")
    );
    assert!(cluster.fails(2, "list --format dot").contains("only `rtreg graph` writes dot"));
    assert!(cluster.fails(2, "lint . --format svg").contains("only `rtreg graph` writes svg"));
    assert!(cluster.fails(2, "lint . --output dot").contains("expected one of"));
}

#[test]
fn a_graph_in_every_format() {
    let cluster = chain();
    assert!(
        cluster.ok("graph web").contains("4.0\n  3.0 --> ANYTIME         line 10\n"),
        "{}",
        cluster.ok("graph web")
    );
    let graph = valid(&cluster, "graph", "graph XMPL.web");
    assert_eq!((graph["type"].as_str(), graph["versions"].as_array().map(Vec::len)), (Some("XMPL.web"), Some(4)));
    assert_eq!(graph["edges"].as_array().map(Vec::len), Some(6));
    assert_eq!(valid(&cluster, "graph", "graph web:4.0 --all")["edges"].as_array().map(Vec::len), Some(12));

    let svg = cluster.ok("graph web --all --format svg");
    let document = roxmltree::Document::parse(&svg).expect("XML");
    let texts: Vec<&str> =
        document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text()).collect();
    let count = |text: &str| texts.iter().filter(|found| **found == text).count();
    assert_eq!((count("4.0"), count("ANYTIME"), count("WHEN_UNMANAGED")), (1, 3, 9), "{texts:?}");
    let dotted =
        document.descendants().filter(|node| node.has_tag_name("path") && node.has_attribute("stroke-dasharray"));
    assert_eq!(dotted.count(), 9);
    let inside = |node: &roxmltree::Node<'_, '_>| {
        let number = |name: &str| node.attribute(name).and_then(|text| text.parse::<u32>().ok());
        number("x").zip(number("width")).is_none_or(|(x, width)| {
            x + width <= document.root_element().attribute("width").and_then(|text| text.parse().ok()).expect("a width")
        })
    };
    assert!(document.descendants().all(|node| inside(&node)));
}

/// Graphviz itself reads what is written for it.
#[test]
fn graphviz_reads_the_dot() {
    if Command::new("dot").arg("-V").output().is_err() {
        eprintln!("skipped: dot of Graphviz is not there; tests/setup.sh tools installs it");
        return;
    }
    let cluster = chain();
    let text = cluster.ok("graph web --format dot");
    let mut dot =
        Command::new("dot").arg("-Tplain").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("dot runs");
    dot.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = dot.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{text}");
    let plain = String::from_utf8(output.stdout).expect("UTF-8");
    let lines = |start: &str| plain.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!((lines("node "), lines("edge ")), (4, 6), "{plain}");
    let solid = plain
        .lines()
        .filter(|line| line.starts_with("edge ") && line.contains(" ANYTIME ") && line.contains(" solid "));
    assert_eq!(solid.count(), 3, "{plain}");
    let dotted = plain.lines().filter(|line| line.contains(" WHEN_UNMANAGED ") && line.contains(" dotted "));
    assert_eq!(dotted.count(), 3, "{plain}");
}
