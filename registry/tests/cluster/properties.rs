//! Properties of resources: values, limits, nodes, TUNABLE, defaults.

use rtreg_registry::commands::properties::parse_assignment;
use rtreg_registry::commands::show;

use crate::fixture::{Cluster, METHODS, rtr, words};

const TABLE: &str = "----
{ PROPERTY = Text; EXTENSION; STRING; MINLENGTH = 2; MAXLENGTH = 4; DEFAULT = \"ab\"; TUNABLE = ANYTIME; }
{ PROPERTY = Number; EXTENSION; INT; MIN = 1; MAX = 10; DEFAULT = 5; TUNABLE = WHEN_DISABLED; }
{ PROPERTY = Truth; EXTENSION; BOOLEAN; DEFAULT = FALSE; TUNABLE = AT_CREATION; }
{ PROPERTY = Choice; EXTENSION; ENUM { Red, Green }; DEFAULT = Red; TUNABLE = ANYTIME; }
{ PROPERTY = Fixed; EXTENSION; STRING; DEFAULT = \"as is\"; TUNABLE = NONE; }
{ PROPERTY = Many; EXTENSION; STRINGARRAY; ARRAY_MINSIZE = 1; ARRAY_MAXSIZE = 2; DEFAULT = \"a\"; TUNABLE = ANYTIME; }
{ PROPERTY = Local; EXTENSION; PER_NODE; INT; MIN = 0; DEFAULT = 0; TUNABLE = ANYTIME; }
{ PROPERTY = Retry_count; DEFAULT = 2; }
";

fn cluster() -> Cluster {
    let cluster = Cluster::new();
    cluster.register(&[&rtr("props", "1.0", METHODS, TABLE)]);
    cluster.ok("group create g --node n1,n2");
    cluster.ok("group manage g");
    cluster
}

/// `NAME=value (source)` of the properties with these names.
fn values(cluster: &Cluster, names: &[&str]) -> Vec<String> {
    let report = cluster.inspect(|view| show::resource(view, "r")).unwrap();
    let wanted = report.properties.iter().filter(|line| names.contains(&line.name.as_str()));
    wanted
        .map(|line| {
            let node = line.node.as_ref().map(|node| format!("{{{node}}}")).unwrap_or_default();
            format!("{}{node}={} ({})", line.name, line.value, line.source)
        })
        .collect()
}

#[test]
fn wrong_values_are_refused_in_words() {
    let cluster = cluster();
    let mut shown = String::new();
    for value in [
        "Text=a",
        "Text=abcde",
        "Text=a;b",
        "Number=11",
        "Number=0",
        "Number=ten",
        "Truth=maybe",
        "Choice=Blue",
        "Fixed=x",
        "Many=",
        "Many=a,b,c",
        "Local=-1",
        "Local{n3}=1",
        "Number{n1}=1",
        "Nubmer=1",
        "Cheap_probe_interval=1",
        "Nothing=1",
        "Type_version=2",
        "On_off_switch=Disabled",
        "Resource_name=x",
        "Start_timeout=soon",
    ] {
        let line = format!("resource create r --group g --type props -p {value}");
        shown.push_str(&format!("$ -p {value}\n{}\n\n", cluster.refused(&line)));
    }
    let several = "resource create r --group g --type props -p Text=a -p Number=11 -p Nubmer=1";
    shown.push_str(&format!("$ {several}\n{}\n\n", cluster.refused(several)));
    for twice in ["-p Text=ab -p text=cd", "-p Local=1 -p Local{n1}=2"] {
        let line = format!("resource create r --group g --type props {twice}");
        shown.push_str(&format!("$ {twice}\n{}\n\n", cluster.refused(&line)));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn assignments_are_read() {
    let mut shown = String::new();
    for text in ["A=b", "A=", "A=b=c", "A{n1}=b", "A{n1,n2}=b", "A{ n1 }=", "=b", "A", "A{n1=b", "A{}=b", "A{n1,}=b"] {
        let read = match parse_assignment(text) {
            Ok(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            Err(error) => words(&error),
        };
        shown.push_str(&format!("{text}: {read}\n"));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn values_are_read_in_any_case_and_kept() {
    let cluster = cluster();
    cluster.ok("resource create r --group g --type props -p TEXT=abc -p truth=TRUE -p choice=Green -p many=x,y -p retry_count=3");
    let expected = [
        "Text=\"abc\" (explicit)",
        "Truth=true (explicit)",
        "Choice=\"Green\" (explicit)",
        "Many=[\"x\",\"y\"] (explicit)",
        "Retry_count=3 (explicit)",
    ];
    assert_eq!(values(&cluster, &["Text", "Truth", "Choice", "Many", "Retry_count"]), expected);
    assert_eq!(values(&cluster, &["Number", "Start_timeout"]), ["Number=5 (default)", "Start_timeout=3600 (default)"]);
    let refusal = cluster.refused("resource set r -p Choice=green");
    assert!(refusal.contains("expected `Green` in just these letters"), "{refusal}");
    cluster.ok("resource set r -p Failover_mode=soft");
    assert_eq!(values(&cluster, &["Failover_mode"]), ["Failover_mode=\"SOFT\" (explicit)"]);
}

#[test]
fn per_node_values() {
    let cluster = cluster();
    cluster.ok("resource create r --group g --type props -p Local{n1}=1");
    assert_eq!(values(&cluster, &["Local"]), ["Local{n1}=1 (explicit)", "Local{n2}=0 (default)"]);
    cluster.ok("resource set r -p Local=7");
    assert_eq!(values(&cluster, &["Local"]), ["Local=7 (explicit)"]);
    assert!(!cluster.ok("resource set r -p Local{n2}=7").changed);
    cluster.ok("resource set r -p Local{n2}=8");
    assert_eq!(values(&cluster, &["Local"]), ["Local{n1}=7 (explicit)", "Local{n2}=8 (explicit)"]);
    // A value for all nodes is for those that join, too; what a node loses when it leaves is said.
    let changed = cluster.ok("group set g --node n1,n3");
    insta::assert_snapshot!(changed.text());
    assert_eq!(values(&cluster, &["Local"]), ["Local=7 (explicit)"]);
    cluster.ok("resource set r --default local");
    assert_eq!(values(&cluster, &["Local"]), ["Local=0 (default)"]);
    cluster.ok("resource set r -p Local{n1}=4");
    insta::assert_snapshot!("a_node_joins_without_a_value", cluster.ok("group set g --node n1,n2,n3").text());
    assert_eq!(
        values(&cluster, &["Local"]),
        ["Local{n1}=4 (explicit)", "Local{n2}=0 (default)", "Local{n3}=0 (default)"]
    );
    cluster.verify();
}

/// A resource created under 3.0 keeps its old defaults, whoever does the upgrade.
#[test]
fn an_upgrade_outside_pins_old_defaults() {
    let of = |default: u8, line: &str| {
        format!("--{line}--{{ PROPERTY = Local; EXTENSION; PER_NODE; INT; DEFAULT = {default}; TUNABLE = ANYTIME; }}")
    };
    for how in ["resource state r --type-version 2.0 --reason seen", "upgrade r --to props:2.0"] {
        let cluster = Cluster::new();
        let (old, new) = (of(1, ""), of(2, "#$upgrade_from \"1.0\" ANYTIME"));
        cluster.register(&[&rtr("props", "1.0", METHODS, &old), &rtr("props", "2.0", METHODS, &new)]);
        cluster.ok("group create g --node n1,n2");
        cluster.ok("resource create r --group g --type props:1.0 --created-under 3.0");
        cluster.ok(how);
        assert_eq!(values(&cluster, &["Local"]), ["Local=1 (pinned)"], "{how}");
        cluster.ok("resource set r -p Local{n1}=7");
        assert_eq!(values(&cluster, &["Local"]), ["Local{n1}=7 (explicit)", "Local{n2}=1 (pinned)"], "{how}");
        cluster.verify();
    }
}

#[test]
fn tunable_in_the_present_state() {
    let cluster = cluster();
    cluster.ok("resource create r --group g --type props");
    cluster.ok("group online g");
    let mut shown = String::new();
    for line in [
        "resource set r -p Number=6",
        "resource set r -p Retry_count=6",
        "resource set r -p Truth=TRUE",
        "resource set r -p Fixed=x",
        "resource set r --default Nubmer",
        "resource set r -p Text=cd --default Text",
        "resource set r",
    ] {
        shown.push_str(&format!("$ {line}\n{}\n\n", cluster.refused(line)));
    }
    cluster.ok("resource set r -p Text=cd");
    cluster.ok("resource disable r --node n1");
    shown.push_str(&format!("disabled on n1: {}\n\n", cluster.refused("resource set r -p Number=6")));
    cluster.ok("resource disable r");
    cluster.ok("resource state r --node n2 unknown");
    shown.push_str(&format!("unknown on n2: {}\n", cluster.refused("resource set r -p Number=6")));
    cluster.ok("node down n2");
    cluster.ok("resource set r -p Number=6 -p Retry_count=7");
    assert_eq!(values(&cluster, &["Number", "Retry_count"]), ["Number=6 (explicit)", "Retry_count=7 (explicit)"]);
    cluster.ok("resource set r --default Number");
    assert_eq!(values(&cluster, &["Number"]), ["Number=5 (default)"]);
    cluster.ok("resource enable r");
    assert!(cluster.refused("resource set r --default Retry_count").contains("WHEN_DISABLED"));
    insta::assert_snapshot!(shown);
    cluster.verify();
}

#[test]
fn the_same_value_again_needs_no_permission() {
    let cluster = cluster();
    cluster.ok("resource create r --group g --type props -p Truth=TRUE");
    cluster.ok("group online g");
    assert!(!cluster.ok("resource set r -p Truth=true").changed);
}
