//! Every row of the event table: what was, what happens, what is then. Expected values by hand.

use crate::fixture::Cluster;

/// Setup after `with_resource`, the event, and `r` on n1 and n2 afterwards.
type Row = (&'static [&'static str], &'static str, &'static str, &'static str);

const RUNS: &str = "online by 1.0, monitor running by 1.0, initialised by 1.0";
const READY: &str = "offline, initialised by 1.0";

const ROWS: &[Row] = &[
    // online
    (&[], "group online g", RUNS, READY),
    (&["node down n1"], "group online g", READY, RUNS),
    (&[], "group online g --node n2", READY, RUNS),
    (&["group set g -p Maximum_primaries=2"], "group online g", RUNS, RUNS),
    (
        &["resource unmonitor r"],
        "group online g",
        "online by 1.0, initialised by 1.0, unmonitored",
        "offline, initialised by 1.0, unmonitored",
    ),
    (
        &["resource disable r"],
        "group online g",
        "offline, initialised by 1.0, disabled",
        "offline, initialised by 1.0, disabled",
    ),
    (&["resource state r --node n1 start_failed"], "group online g", RUNS, READY),
    (
        &["resource state r --node n1 online --started-by 0.9"],
        "group online g",
        "online by 0.9, monitor unknown by ?, initialised by 1.0",
        READY,
    ),
    // offline
    (&["group online g"], "group offline g", READY, READY),
    (&["group set g -p Maximum_primaries=2", "group online g"], "group offline g --node n1", READY, RUNS),
    (&["resource state r --node n1 unknown"], "group offline g", READY, READY),
    // enable, disable
    (&["resource disable r", "group online g"], "resource enable r", RUNS, READY),
    (&["resource disable r"], "resource enable r", READY, READY),
    (
        &["group online g"],
        "resource disable r",
        "offline, initialised by 1.0, disabled",
        "offline, initialised by 1.0, disabled",
    ),
    (&["group online g"], "resource disable r --node n2", RUNS, "offline, initialised by 1.0, disabled"),
    (
        &["group online g", "node down n2"],
        "resource disable r",
        "offline, initialised by 1.0, disabled",
        "offline, initialised by 1.0, disabled",
    ),
    // restart: T's methods, not those it ran under
    (
        &["group online g", "upgrade r --to web:2.0"],
        "resource restart r",
        "online by 2.0, monitor running by 2.0, initialised by 1.0",
        READY,
    ),
    (
        &["group online g", "resource unmonitor r", "upgrade r --to web:2.0"],
        "resource restart r",
        "online by 2.0, initialised by 1.0, unmonitored",
        "offline, initialised by 1.0, unmonitored",
    ),
    // monitor, unmonitor: the monitor part only
    (
        &["group online g"],
        "resource unmonitor r",
        "online by 1.0, initialised by 1.0, unmonitored",
        "offline, initialised by 1.0, unmonitored",
    ),
    (
        &["group online g", "resource unmonitor r", "upgrade r --to web:2.0"],
        "resource monitor r",
        "online by 1.0, monitor running by 2.0, initialised by 1.0",
        READY,
    ),
    (&["resource unmonitor r --node n1"], "resource monitor r", READY, READY),
    // clear
    (&["resource state r --node n1 stop_failed"], "resource clear r --node n1", READY, READY),
    (&["resource state r --node n1 start_failed"], "resource clear r --node n1", READY, READY),
    // nodes: one key, all that was there has ended; Init outlives it
    (&["group online g"], "node down n1", READY, READY),
    (&["group online g", "node down n1"], "node up n1", READY, READY),
    (&["group online g", "node down n1"], "group online g", READY, RUNS),
    (&["group online g", "node down n1", "node up n1"], "group online g", RUNS, READY),
    // manage, unmanage: initialised_by on up Init_nodes only
    (&["resource disable r"], "group unmanage g", "offline, disabled", "offline, disabled"),
    (
        &["resource disable r", "node down n1"],
        "group unmanage g",
        "offline, initialised by 1.0, disabled",
        "offline, disabled",
    ),
    (
        &["resource disable r", "node down n1", "group unmanage g", "node up n1"],
        "group manage g",
        "offline, initialised by 1.0, disabled",
        "offline, initialised by 1.0, disabled",
    ),
    (
        &[
            "resource disable r",
            "node down n1",
            "group unmanage g",
            "resource state r --type-version 2.0 --reason seen",
        ],
        "group manage g",
        "offline, initialised by 1.0, disabled",
        "offline, initialised by 2.0, disabled",
    ),
    // observations
    (&[], "resource state r --node n1 online", "online by ?, monitor unknown by ?, initialised by 1.0", READY),
    (
        &[],
        "resource state r --node n1 online --started-by 1.0",
        "online by 1.0, monitor unknown by ?, initialised by 1.0",
        READY,
    ),
    (
        &[],
        "resource state r --node n1 online --monitor running",
        "online by ?, monitor running by ?, initialised by 1.0",
        READY,
    ),
    (
        &[],
        "resource state r --node n1 online --started-by 1.0 --monitor running --monitor-started-by unversioned",
        "online by 1.0, monitor running by unversioned, initialised by 1.0",
        READY,
    ),
    (&[], "resource state r --node n1 online --monitor stopped", "online by ?, initialised by 1.0", READY),
    (
        &["resource unmonitor r"],
        "resource state r --node n1 online",
        "online by ?, initialised by 1.0, unmonitored",
        "offline, initialised by 1.0, unmonitored",
    ),
    (
        &["group online g"],
        "resource state r --node n1 stop_failed",
        "stop_failed by 1.0, monitor running by 1.0, initialised by 1.0",
        READY,
    ),
    (&["group online g", "upgrade r --to web:2.0"], "resource state r --node n1 online", RUNS, READY),
    (
        &["group online g"],
        "resource state r --node n1 online --started-by unknown",
        "online by ?, monitor running by 1.0, initialised by 1.0",
        READY,
    ),
    (&["group online g"], "resource state r --node n1 offline", READY, READY),
    (&[], "resource state r --node n1 offline --initialised-by none", "offline", READY),
    (&[], "resource state r --node n1 offline --initialised-by 0.5", "offline, initialised by 0.5", READY),
    // an upgrade outside rtreg: origins stay
    (&["group online g"], "resource state r --type-version 2.0 --reason seen", RUNS, READY),
    (&["group online g"], "resource state r --type-version 3.0 --reason seen", RUNS, READY),
    (
        &["group online g", "resource state r --type-version 3.0 --reason seen"],
        "resource restart r",
        "online by 3.0, initialised by 1.0",
        READY,
    ),
    (
        &["group online g", "resource state r --type-version 3.0 --reason seen"],
        "resource unmonitor r",
        "online by 1.0, initialised by 1.0, unmonitored",
        "offline, initialised by 1.0, unmonitored",
    ),
    (
        &["group online g", "resource state r --type-version 3.0 --reason seen"],
        "resource state r --node n1 online",
        RUNS,
        READY,
    ),
    // node lists
    (&["resource disable r"], "group set g --node n1", "offline, initialised by 1.0, disabled", "-"),
    (&["node down n2"], "group set g --node n1", READY, "-"),
    (&["group set g --node n2,n3"], "group set g --node n1,n2", READY, READY),
    (&["group set g --node n2", "node down n1"], "group set g --node n1,n2", "offline", READY),
    (&["group set g --node n2", "node down n1", "group set g --node n1,n2"], "node up n1", READY, READY),
];

#[test]
fn the_event_table() {
    assert!(ROWS.len() > 40);
    for (setup, event, on_n1, on_n2) in ROWS {
        let cluster = Cluster::with_resource();
        for line in *setup {
            cluster.ok(line);
        }
        let before = (cluster.at("r", "n1"), cluster.at("r", "n2"));
        let report = cluster.ok(event);
        let differs = before != (cluster.at("r", "n1"), cluster.at("r", "n2"));
        assert!(report.changed || !differs, "{setup:?}, {event}: {}", report.text());
        assert_eq!(
            (cluster.at("r", "n1").as_str(), cluster.at("r", "n2").as_str()),
            (*on_n1, *on_n2),
            "{setup:?}, {event}"
        );
        cluster.verify();
    }
}

/// What is so already changes nothing: no commit, and the words say so.
const NO_OPS: &[(&[&str], &str)] = &[
    (&[], "node add n1"),
    (&[], "node up n1"),
    (&["node down n1"], "node down n1"),
    (&[], "group manage g"),
    (&["resource disable r", "group unmanage g"], "group unmanage g"),
    (&["group online g"], "group online g"),
    (&["group online g"], "group online g --node n1"),
    (&[], "group offline g"),
    (&["node down n1"], "group offline g"),
    (&[], "group set g --node n1,n2"),
    (&[], "group set g -p Maximum_primaries=1"),
    (&["group online g"], "resource enable r"),
    (&["resource disable r"], "resource disable r"),
    (&["group online g"], "resource monitor r"),
    (&["group online g", "upgrade r --to web:2.0"], "resource monitor r"),
    (&["resource unmonitor r"], "resource unmonitor r"),
    (&["group online g"], "resource state r --node n1 online"),
    (&[], "resource state r --node n1 offline"),
    (&[], "resource state r --type-version 1.0 --reason seen"),
    (&["resource set r -p Start_timeout=9"], "resource set r -p start_timeout=9"),
    (&[], "resource set r --default Start_timeout"),
];

#[test]
fn what_is_so_already_changes_nothing() {
    assert!(NO_OPS.len() > 10);
    for (setup, line) in NO_OPS {
        let cluster = Cluster::with_resource();
        for line in *setup {
            cluster.ok(line);
        }
        let before = rtreg_registry::Store::snapshot(&cluster.store).unwrap().revision();
        let report = cluster.ok(line);
        assert_eq!(rtreg_registry::Store::snapshot(&cluster.store).unwrap().revision(), before, "{line}");
        assert!(!report.changed && report.changes.is_empty(), "{line}: {}", report.text());
        assert!(report.summary.contains("already"), "{line}: {}", report.summary);
    }
}

#[test]
fn a_restart_under_the_same_version_leaves_a_trace() {
    let cluster = Cluster::with_resource();
    cluster.ok("group online g");
    assert!(cluster.ok("resource restart r").changed);
    assert_eq!(cluster.at("r", "n1"), RUNS);
    cluster.verify();
}

#[test]
fn creation_in_every_state_of_the_group() {
    let cluster = Cluster::new();
    cluster.ok("group create g --node n1,n2");
    cluster.ok("resource create unmanaged --group g --type web:1.0");
    assert_eq!(cluster.at("unmanaged", "n1"), "offline");
    cluster.ok("node down n2");
    cluster.ok("group manage g");
    assert_eq!(cluster.at("unmanaged", "n1"), READY);
    assert_eq!(cluster.at("unmanaged", "n2"), "offline", "Init did not run where the node is down");
    cluster.ok("resource create managed --group g --type web:1.0");
    assert_eq!((cluster.at("managed", "n1").as_str(), cluster.at("managed", "n2").as_str()), (READY, "offline"));
    cluster.ok("group online g");
    cluster.ok("resource create online --group g --type web:1.0");
    assert_eq!(cluster.at("online", "n1"), RUNS);
    cluster.ok("resource create off --group g --type web:1.0 --disabled");
    assert_eq!(cluster.at("off", "n1"), "offline, initialised by 1.0, disabled, unmonitored");
    cluster.ok("resource create plain --group g --type plain");
    assert_eq!(cluster.at("plain", "n1"), "online by 1.0");
    cluster.ok("node up n2");
    for resource in ["unmanaged", "managed", "online"] {
        assert_eq!(cluster.at(resource, "n2"), READY, "Boot initialises what Init missed");
    }
    assert_eq!(cluster.at("plain", "n2"), "offline");
    cluster.verify();
}

/// What boots did is settled before anything changes that says what boots do.
#[test]
fn a_boot_belongs_to_the_version_of_its_time() {
    let start = || {
        let cluster = Cluster::new();
        cluster.ok("group create g --node n1,n2");
        cluster.ok("node down n2");
        cluster.ok("resource create r --group g --type web:1.0 --disabled");
        cluster.ok("group manage g");
        cluster.ok("node up n2");
        cluster
    };
    let on_n2 = "offline, initialised by 1.0, disabled, unmonitored";
    for change in ["upgrade r --to web:2.0", "resource state r --type-version 2.0 --reason seen"] {
        let cluster = start();
        cluster.ok(change);
        assert_eq!(cluster.at("r", "n2"), on_n2, "{change}: Boot of 1.0 ran, not of 2.0");
    }
    let cluster = start();
    cluster.ok("node down n2");
    cluster.ok("group unmanage g");
    cluster.ok("node up n2");
    assert_eq!(cluster.at("r", "n2"), on_n2, "unmanaged while it was down: what was initialised there stays");
    let cluster = start();
    cluster.ok("group set g --node n2,n3");
    cluster.ok("node down n3");
    cluster.ok("group set g --node n2");
    assert_eq!((cluster.at("r", "n2").as_str(), cluster.at("r", "n1").as_str()), (on_n2, "-"));
}

/// Boots count only from when the node is one of the Init_nodes, and the group managed.
#[test]
fn a_boot_outside_of_its_time_ran_nothing() {
    let cluster = Cluster::new();
    cluster.ok("group create g --node n1,n2");
    cluster.ok("resource create r --group g --type web:3.0 --disabled");
    for line in ["node down n2", "node up n2", "group manage g", "resource state r --type-version 1.0 --reason seen"] {
        cluster.ok(line);
    }
    assert_eq!(cluster.at("r", "n2"), "offline, disabled, unmonitored", "the boot was before Boot was there");
    for line in ["node down n2", "node up n2"] {
        cluster.ok(line);
    }
    assert_eq!(cluster.at("r", "n2"), "offline, initialised by 1.0, disabled, unmonitored");
}

#[test]
fn init_nodes_of_all_nodes_reach_beyond_the_node_list() {
    let cluster = Cluster::new();
    cluster.ok("group create g --node n1");
    cluster.ok("resource create r --group g --type sys --disabled");
    assert_eq!(cluster.at("r", "n3"), "-");
    cluster.ok("node down n2");
    cluster.ok("group manage g");
    assert_eq!(cluster.at("r", "n3"), "offline, initialised by 1.0, disabled, unmonitored");
    assert_eq!(cluster.at("r", "n2"), "-");
    cluster.ok("node up n2");
    assert_eq!(cluster.at("r", "n2"), "offline, initialised by 1.0, disabled, unmonitored");
    cluster.ok("node add n4");
    assert!(cluster.at("r", "n4").starts_with("offline, initialised by 1.0"), "a node that joins has run Boot");
    cluster.ok("node down n4");
    cluster.ok("group unmanage g");
    for node in ["n2", "n3"] {
        assert_eq!(cluster.at("r", node), "-");
    }
    assert!(
        cluster.at("r", "n4").starts_with("offline, initialised by 1.0"),
        "Fini did not run where the node is down"
    );
    let decision = cluster.inspect(|view| rtreg_registry::commands::version::gate_state(view, "r")).unwrap();
    let nodes: Vec<&str> = decision.state.nodes.iter().map(|view| view.node.as_str()).collect();
    assert_eq!(nodes, ["n1", "n4"], "the gate sees the node list and what is still initialised");
    cluster.ok("node remove n4");
    cluster.ok("node add n4");
    assert_eq!(cluster.at("r", "n4"), "-", "a new node of an old name has nothing of the old one");
}

#[test]
fn a_node_up_or_down_is_one_key_however_many_resources() {
    let cluster = Cluster::with_resource();
    for number in 0..30 {
        cluster.ok(&format!("resource create r{number} --group g --type web:1.0"));
    }
    cluster.ok("group online g");
    for (line, state) in [("node down n1", READY), ("node up n1", READY)] {
        let before = keys(&cluster);
        cluster.ok(line);
        let after = keys(&cluster);
        let changed = after.iter().filter(|(key, modified)| before.get(*key) != Some(modified)).count();
        assert_eq!(changed, 2, "{line}: the node and its history");
        assert_eq!(cluster.at("r7", "n1"), state);
    }
}

fn keys(cluster: &Cluster) -> std::collections::BTreeMap<String, u64> {
    let snapshot = rtreg_registry::Store::snapshot(&cluster.store).unwrap();
    let all = snapshot.range(&rtreg_registry::KeyRange::prefix(""), usize::MAX).unwrap();
    all.into_iter().map(|stored| (stored.key, stored.modified)).collect()
}
