//! A service with real methods: versions 1.0 and 2.0 of a type, whose scripts write down what was called and where, wait while they are
//! held and fail where that is wanted.

use std::fs;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::process::Command;
use std::time::{Duration, Instant};

use rtreg_model::Driver;
use rtreg_registry::history::Object;
use rtreg_registry::records::GroupRecord;
use rtreg_registry::{Context, Who, keys, transact};
use rtreg_store::SqliteStore;
use serde_json::json;

use super::Cluster;

const METHODS: [&str; 7] = ["Init", "Fini", "Start", "Stop", "Monitor_start", "Monitor_stop", "Update"];

/// Versions 1.0 and 2.0 of a type with real scripts; `r` of 1.0 is online on n1 in `g`.
pub fn service(promise: &str) -> Cluster {
    let cluster = Cluster::new();
    add_service(&cluster, promise, &["n1"]);
    cluster
}

/// As [`service`], online on several nodes.
pub fn add_service(cluster: &Cluster, promise: &str, nodes: &[&str]) {
    write_versions(cluster, promise);
    cluster.ok("register 1.0.rtr 2.0.rtr");
    for node in nodes {
        cluster.ok(&format!("node add {node}"));
    }
    let (list, count) = (nodes.join(","), nodes.len());
    cluster.ok(&format!("group create g --node {list} -p Maximum_primaries={count}"));
    cluster.ok("resource create r --group g --type svc:1.0");
    cluster.ok("group manage g");
    cluster.ok("group online g");
    drive(cluster);
}

/// The files of both versions.
pub fn write_versions(cluster: &Cluster, promise: &str) {
    for (version, from) in [("1.0", "0.9"), ("2.0", "1.0")] {
        let base = cluster.path().join(version);
        let mut text = format!("Resource_type = svc;\nVendor_id = XMPL;\nRT_version = \"{version}\";\n");
        text.push_str(&format!("RT_basedir = {};\n", base.display()));
        for method in METHODS.iter().chain(&["Validate"]) {
            let name = method.to_lowercase();
            text.push_str(&format!("{method} = {name};\n"));
            let path = cluster.write(&format!("{version}/{name}"), &script(cluster, method, version));
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it may run");
        }
        text.push_str(&format!("#$upgrade\n#$upgrade_from \"{from}\" {promise}\n"));
        for method in METHODS.iter().chain(&["Validate"]) {
            text.push_str(&format!("{{ PROPERTY = {method}_timeout; MIN = 1; DEFAULT = 60; }}\n"));
        }
        cluster.write(&format!("{version}.rtr"), &text);
    }
}

fn script(cluster: &Cluster, method: &str, version: &str) -> String {
    let folder = cluster.path().display();
    format!(
        "#!/bin/sh\necho \"{method} $* by $RTREG_NODE\"\necho '{method} {version}' >> {folder}/log\n\
         echo \"{method} {version} on $RTREG_NODE\" >> {folder}/where\n\
         for held in {folder}/hold-{method}-{version} {folder}/hold-{method}-{version}-$RTREG_NODE\n\
         do if test -p $held; then read line < $held; fi; done\n\
         test ! -e {folder}/fail-{method}-{version}\n"
    )
}

/// The group is put under rtreg's driver while its resource is recorded online, as if rtreg had started it.
fn drive(cluster: &Cluster) {
    let store = SqliteStore::open_existing(&cluster.path().join("store.db")).expect("a store").expect("it is there");
    let who = Who { user: "test".to_owned(), sudo_user: None, host: "here".to_owned() };
    let ctx = Context { at: "2026-01-01T00:00:00Z".to_owned(), who, why: None, local_node: "n1".to_owned() };
    transact(&store, &ctx, ("groups", 1), |tx| {
        let mut record: GroupRecord = tx.view.record(&keys::group("g"))?.expect("the group");
        record.driver = Driver::Rgm;
        tx.put(keys::group("g"), &record);
        tx.log(Object::new("group", "g"), "driver", json!({}))
    })
    .expect("it is driven");
}

/// What was called, in this order.
pub fn log(cluster: &Cluster) -> Vec<String> {
    let text = fs::read_to_string(cluster.path().join("log")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// A method waits until it is released.
pub fn hold(cluster: &Cluster, of: &str) {
    let made = Command::new("mkfifo").arg(cluster.path().join(format!("hold-{of}"))).status();
    assert!(made.expect("mkfifo").success());
}

/// Whoever is held goes on.
pub fn release(cluster: &Cluster, of: &str) {
    let path = cluster.path().join(format!("hold-{of}"));
    let gone = cluster.path().join(format!("was-{of}"));
    fs::rename(&path, &gone).expect("it is held");
    // Whoever waits is let go; where nobody does any more nobody must be waited for.
    _ = fs::File::options().write(true).custom_flags(nix::fcntl::OFlag::O_NONBLOCK.bits()).open(gone);
}

/// What was called, and where.
pub fn log_of_nodes(cluster: &Cluster) -> Vec<String> {
    let text = fs::read_to_string(cluster.path().join("where")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Until a method has been called.
pub fn wait_for(cluster: &Cluster, line: &str) {
    wait_until(|| log(cluster).iter().any(|found| found == line));
}

/// Until something is so; a minute at most.
pub fn wait_until(mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "it never became so");
        std::thread::yield_now();
    }
}
