//! The commands about types, history and settings at the command line: exit codes, bytes, and every JSON answer against
//! its schema.

mod common;

use common::{Cluster, rtr, valid};
use serde_json::Value;

fn cluster() -> Cluster {
    let cluster = Cluster::new();
    let methods = ["Start", "Stop"];
    for version in ["1.0", "2.0"] {
        cluster.write(&format!("web-{version}.rtr"), &rtr("web", version, &methods, &["\"\" WHEN_UNMANAGED"]));
    }
    cluster
}

#[test]
fn every_answer_is_as_its_schema_says() {
    let cluster = cluster();
    let status = valid(&cluster, "status", "status");
    assert_eq!((&status["place"]["exists"], &status["place"]["bytes"]), (&Value::Bool(false), &Value::Null));
    valid(&cluster, "list", "list");
    assert!(!cluster.path().join("store.db").exists(), "reading makes no store");
    let registered = valid(&cluster, "register", "register web-1.0.rtr web-2.0.rtr");
    assert_eq!(registered["types"][1]["name"], "XMPL.web:2.0");
    valid(&cluster, "register", "register web-1.0.rtr");
    assert_eq!(valid(&cluster, "list", "list web:>=2")["types"][0]["rt_version"], "2.0");
    valid(&cluster, "show-type", "show type web:1.0");
    valid(&cluster, "type-set", "type set web:1.0 -p RT_system=TRUE");
    valid(&cluster, "type-set", "type set web:1.0 -p RT_system=FALSE");
    valid(&cluster, "unregister", "unregister web:1.0");
    valid(&cluster, "setting-list", "setting list");
    valid(&cluster, "setting-set", "setting set empty-upgrade-from unversioned-only --reason old");
    assert_eq!(valid(&cluster, "history", "history --limit 3")["entries"].as_array().map(Vec::len), Some(3));
    valid(&cluster, "history", "history type:XMPL.web:1.0");
    let head = valid(&cluster, "history-head", "history head");
    let expect = format!("history verify --expect {}:{}", head["revision"], head["hash"].as_str().expect("a hash"));
    assert_eq!(valid(&cluster, "history-verify", &expect)["as_expected"], true);
    assert_eq!(valid(&cluster, "status", "status")["types"]["count"], 1);
}

#[test]
fn exit_codes() {
    let cluster = cluster();
    cluster.write("broken.rtr", "Resource_type = web;\n");
    cluster.write("changed.rtr", &rtr("web", "1.0", &["Start", "Stop", "Update"], &[]));
    assert!(cluster.fails(1, "register web-1.0.rtr broken.rtr").contains("missing_stop_method"));
    assert_eq!(cluster.json("register broken.rtr")["summary"]["files"], 1);
    assert_eq!(cluster.ok("list"), "no registered type matches\n");
    cluster.ok("register web-1.0.rtr");
    cluster.ok("register web-1.0.rtr");
    assert!(cluster.fails(4, "register changed.rtr").contains("+ Update = /opt/XMPLweb/1.0/update;"));
    assert!(cluster.fails(3, "register absent.rtr").contains("absent.rtr cannot be read"));
    cluster.fails(2, "register");
    cluster.fails(2, "type set web");
    cluster.fails(2, "list web:>=");
    cluster.fails(2, "setting set empty-upgrade-from unversioned-only");
    cluster.fails(2, "history verify --expect 1:2");
    cluster.fails(4, "register web-2.0.rtr --node n1,n2");
    cluster.fails(4, "show type zebra");
    cluster.fails(4, "unregister web:7");
    cluster.fails(4, "history zebra");
    let wrong = format!("history verify --expect 1:{}", "0".repeat(64));
    assert!(cluster.fails(3, &wrong).contains("NOT as expected"));
    cluster.ok("history verify");
    cluster.ok("unregister web");
}

#[test]
fn the_source_comes_back_byte_for_byte_and_methods_have_digests() {
    let cluster = cluster();
    let start = cluster.write("start", "#!/bin/sh\n");
    let text = rtr("db", "1.0", &["Stop"], &[]).replace("Stop =", &format!("Start = {};\r\nStop =", start.display()));
    let text = format!("# caf\u{e9}\n{text}");
    cluster.write("db.rtr", &text);
    cluster.ok("register db.rtr");
    assert_eq!(cluster.ok("show type db --rtr"), text);
    let shown = cluster.json("show type db");
    let digests = |method: usize| shown["methods"][method]["digests"].clone();
    // SHA-256 of the ten bytes of the script.
    let expected = "a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf";
    assert_eq!(digests(0)["n1"], expected);
    assert_eq!(digests(1), serde_json::json!({}));
}
