//! Every refusal, with the words that are shown. Nothing changes where a command is refused: `refused` checks that.

use crate::fixture::{Cluster, rtr};

/// Runs lines that must succeed, then lines that must be refused, and shows the words of these.
fn words(cluster: &Cluster, setup: &[&str], refused: &[&str]) -> String {
    for line in setup {
        cluster.ok(line);
    }
    let one = |line: &&str| format!("$ {line}\n{}\n", cluster.refused(line));
    refused.iter().map(one).collect::<Vec<_>>().join("\n")
}

#[test]
fn nodes() {
    let cluster = Cluster::with_resource();
    let shown = words(
        &cluster,
        &["group create h --node n1"],
        &["node add .x", "node add a/b", "node up n9", "node down N1", "node remove n1", "node remove n3"],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn an_empty_store() {
    let cluster = Cluster { store: Default::default() };
    let refused = ["node up n1", "group create g --node n1", "group manage g", "resource enable r"];
    insta::assert_snapshot!(words(&cluster, &[], &refused));
}

#[test]
fn groups() {
    let cluster = Cluster::with_resource();
    let shown = words(
        &cluster,
        &["group create empty --node n3"],
        &[
            "group create g --node n1",
            "group create 1g --node n1",
            "group create h",
            "group create h --node n1,n1",
            "group create h --node n1,n4",
            "group create h --node n1 -p Maximum_primaries=0",
            "group create h --node n1 -p Maximum_primarys=1",
            "group create h --node n1 -p Failback=TRUE",
            "group set g",
            "group delete g",
            "group online empty",
            "group online g --node n3",
            "group online g --node n1,n2",
            "group unmanage g",
        ],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn groups_that_are_online() {
    let cluster = Cluster::with_resource();
    let shown = words(
        &cluster,
        &["resource create s --group g --type plain --disabled", "group online g"],
        &["group online g --node n2", "group set g --node n2", "group unmanage g", "resource delete r"],
    );
    insta::assert_snapshot!(shown);
    let cluster = Cluster::with_resource();
    let setup = ["group set g -p Maximum_primaries=2", "group online g", "resource disable r"];
    let refused = ["group set g -p Maximum_primaries=1", "group unmanage g"];
    insta::assert_snapshot!("group_online_with_disabled_resources", words(&cluster, &setup, &refused));
}

#[test]
fn nodes_that_are_down() {
    let cluster = Cluster::with_resource();
    let shown = words(
        &cluster,
        &["node down n1", "node down n2"],
        &[
            "group online g",
            "group online g --node n1",
            "resource restart r",
            "resource restart r --node n1",
            "resource clear r --node n1",
            "resource state r --node n1 online",
        ],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn states_in_the_way() {
    let mut shown = String::new();
    for state in ["starting", "stopping", "unknown", "stop_failed", "start_failed"] {
        let cluster = Cluster::with_resource();
        cluster.ok("resource create s --group g --type web:1.0");
        for resource in ["r", "s"] {
            cluster.ok(&format!("resource state {resource} --node n1 {state}"));
        }
        let lines = match state {
            "stop_failed" => vec![
                "group online g",
                "group offline g",
                "resource disable r",
                "resource restart r --node n1",
                "group set g --node n2",
            ],
            "start_failed" => vec!["resource restart r"],
            _ => vec!["group online g"],
        };
        shown.push_str(&words(&cluster, &[], &lines));
        shown.push('\n');
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn monitors_and_clear() {
    let cluster = Cluster::with_resource();
    let setup = ["resource unmonitor r", "group online g", "resource state r --node n1 online --monitor stop_failed"];
    let refused = [
        "resource monitor r",
        "resource clear r --node n1",
        "resource clear r",
        "resource clear r --node n3",
        "resource enable rr",
        "resource enable r --node m1",
    ];
    insta::assert_snapshot!(words(&cluster, &setup, &refused));
}

#[test]
fn observations() {
    let cluster = Cluster::with_resource();
    let shown = words(
        &cluster,
        &["group create u --node n1", "resource create s --group u --type web:1.0"],
        &[
            "resource state s --node n1 online",
            "resource state r --node n3 online",
            "resource state r --node n1 offline --started-by 1.0",
            "resource state r --node n1 offline --monitor running",
            "resource state r --node n1 online --monitor stopped --monitor-started-by 1.0",
            "resource state r --node n1 online --started-by none",
            "resource state r --type-version 2.0",
            "resource state r --type-version 9 --reason seen",
        ],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn creation_of_resources() {
    let cluster = Cluster::with_resource();
    cluster.register(&[&rtr(
        "needy",
        "1.0",
        &["Start", "Stop"],
        "----{ PROPERTY = Confdir; EXTENSION; STRING; }\n{ PROPERTY = Port_list; }",
    )]);
    let shown = words(
        &cluster,
        &["resource create o --group g --type one", "group create wide --node n1,n2 -p Maximum_primaries=2"],
        &[
            "resource create r --group g --type plain",
            "resource create r.1 --group g --type plain",
            "resource create s --group h --type plain",
            "resource create s --group g --type web",
            "resource create s --group g --type wbe:1.0",
            "resource create s --group wide --type fail",
            "resource create o2 --group g --type one",
            "resource create s --group g --type needy",
            "resource create s --group g --type plain -p Resource_dependencies=q",
            "resource create s --group g --type plain -p Resource_dependencies_weak=s",
            "resource create s --group g --type plain -p Resource_dependencies=r{SOMEWHERE}",
        ],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn rules_between_types_and_groups() {
    let cluster = Cluster::with_resource();
    let installed = rtreg_registry::commands::type_set::Request {
        name: "plain".to_owned(),
        installed_nodes: Some(rtreg_registry::commands::type_set::InstalledNodes::Nodes(vec!["n1".to_owned()])),
        properties: Vec::new(),
    };
    cluster.change(|tx| rtreg_registry::commands::type_set::type_set(tx, &installed)).unwrap();
    let shown = words(
        &cluster,
        &[
            "group create one --node n1",
            "resource create p --group one --type plain",
            "group create f --node n2",
            "resource create f --group f --type fail",
        ],
        &[
            "resource create q --group g --type plain",
            "group set one --node n1,n2",
            "group set f -p Maximum_primaries=2",
        ],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn dependencies() {
    let cluster = Cluster::with_resource();
    let shown = words(
        &cluster,
        &[
            "resource create a --group g --type plain --disabled",
            "resource create b --group g --type plain -p Resource_dependencies=a",
            "resource create c --group g --type plain -p Resource_dependencies_restart=b{ANY_NODE}",
            "resource create d --group g --type plain -p Resource_dependencies_weak=c",
            "resource set a -p Resource_dependencies_weak=c",
            "resource set a -p Resource_dependencies=d",
        ],
        &[
            "resource set a -p Resource_dependencies=c",
            "resource set a -p Resource_dependencies_offline_restart=a",
            "resource delete a",
        ],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn deletion_of_resources() {
    let cluster = Cluster::with_resource();
    let shown = words(&cluster, &["node down n2"], &["resource delete r", "resource delete x"]);
    insta::assert_snapshot!(shown);
    cluster.ok("resource disable r");
    assert!(cluster.ok("resource delete r").changed);
    cluster.ok("group unmanage g");
    cluster.ok("group delete g");
    cluster.verify();
}
