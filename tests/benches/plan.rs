//! Planning fleets: a thousand resources, how the time grows up to a hundred thousand, and beside it `crm_simulate` of
//! Pacemaker on as many resources. Prints, and asserts nothing about time.

use std::process::Command;
use std::time::{Duration, Instant};

use divan::Bencher;
use rtreg_registry::commands::{group, node, register, resource};
use rtreg_registry::gate::Needs;
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::records::GroupRecord;
use rtreg_registry::{Change, CommandError, Commit, Context, Store, Transaction, Who, inspect, keys, transact};
use rtreg_upgrade::plan::{Plan, Request, Scope, plan};

/// Resources of a group.
const MEMBERS: usize = 10;

fn main() {
    divan::main();
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    growth();
    peer(1000);
}

/// Each of a thousand resources goes offline, changes and comes back: one bundle a resource, one group a wave.
#[divan::bench(args = [1000])]
fn offline(bencher: Bencher<'_, '_>, count: usize) {
    let store = fleet(count);
    bencher.bench_local(|| make(&store, &request("3.0")));
}

/// Each of a thousand resources stays online: all in one wave.
#[divan::bench(args = [1000])]
fn anytime(bencher: Bencher<'_, '_>, count: usize) {
    let store = fleet(count);
    bencher.bench_local(|| make(&store, &request("2.0")));
}

fn request(to: &str) -> Request {
    let mut request = Request::new(Scope::Type("XMPL.gateway".to_owned()), to);
    request.allow = Some(Needs::Offline);
    request.direct = true;
    request
}

fn make(store: &MemoryStore, request: &Request) -> Plan {
    let made = inspect(store, |view| plan(view, request)).expect("a plan");
    assert!(made.held_back.is_empty() && !made.is_empty());
    made
}

/// The best of three, and the straight line through all of them.
fn growth() {
    println!("\nresources   offline, ms   µs a resource");
    let mut points = Vec::new();
    for count in [1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000] {
        let store = fleet(count);
        let times = (0..3).map(|_| timed(|| drop(make(&store, &request("3.0")))));
        let best = times.min().unwrap_or_default().as_secs_f64() * 1e3;
        let each = best * 1e3 / count as f64;
        println!("{count:>9} {best:>13.1} {each:>15.2}");
        points.push((count as f64, best));
    }
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / n, y + point.1 / n));
    let (xy, xx, yy) = points.iter().fold((0.0, 0.0, 0.0), |(xy, xx, yy), point| {
        let (dx, dy) = (point.0 - x, point.1 - y);
        (xy + dx * dy, xx + dx * dx, yy + dy * dy)
    });
    let slope = xy / xx;
    println!("fit: {:.2} ms + {:.3} µs a resource, R² {:.4}", y - slope * x, slope * 1e3, xy * xy / (xx * yy));
}

fn timed(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

/// Pacemaker's planner on as many resources, all of which are to be stopped and started again.
fn peer(count: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("cib.xml");
    std::fs::write(&file, cib(count)).expect("a file");
    let mut command = Command::new("crm_simulate");
    command.arg("--xml-file").arg(&file).args(["--run", "--quiet"]);
    let mut times = Vec::new();
    for _ in 0..3 {
        let begin = Instant::now();
        match command.output() {
            Ok(answer) if answer.status.success() => times.push(begin.elapsed()),
            Ok(answer) => return eprintln!("skipped: crm_simulate: {}", String::from_utf8_lossy(&answer.stderr)),
            Err(error) => return eprintln!("skipped: crm_simulate (Debian package pacemaker-cli-utils): {error}"),
        }
    }
    let best = times.iter().min().copied().unwrap_or_default().as_secs_f64() * 1e3;
    println!("crm_simulate, {count} resources: {best:.1} ms, with its start as a process and the reading of its XML");
}

fn cib(count: usize) -> String {
    let primitives: String = (0..count)
        .map(|at| format!("<primitive id=\"r{at}\" class=\"ocf\" provider=\"pacemaker\" type=\"Dummy\"/>"))
        .collect();
    let nodes: String = (1..=2).map(|node| format!("<node id=\"{node}\" uname=\"n{node}\"/>")).collect();
    let states: String = (1..=2)
        .map(|node| {
            format!(
                "<node_state id=\"{node}\" uname=\"n{node}\" in_ccm=\"true\" crmd=\"online\" join=\"member\" \
                 expected=\"member\"><lrm id=\"{node}\"><lrm_resources/></lrm></node_state>"
            )
        })
        .collect();
    format!(
        "<cib validate-with=\"pacemaker-3.0\" admin_epoch=\"0\" epoch=\"1\" num_updates=\"0\" have-quorum=\"1\" \
         dc-uuid=\"1\"><configuration><crm_config><cluster_property_set id=\"o\"><nvpair id=\"o-s\" \
         name=\"stonith-enabled\" value=\"false\"/></cluster_property_set></crm_config><nodes>{nodes}</nodes>\
         <resources>{primitives}</resources><constraints/></configuration><status>{states}</status></cib>"
    )
}

/// Groups of resources of 1.0, online on the first of two nodes, driven by rtreg.
fn fleet(count: usize) -> MemoryStore {
    let store = MemoryStore::default();
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../rtr-examples/gateway");
    let files = ["1.0", "2.0", "3.0"].map(|version| register::RtrFile {
        name: version.to_owned(),
        bytes: std::fs::read(examples.join(version).join("XMPL.gateway.rtr")).expect("an example"),
        digests: Default::default(),
    });
    let request = register::Request { files: files.into(), ..register::Request::default() };
    register::run(&store, &context(), &request).expect("the examples are registered");
    for name in ["n1", "n2"] {
        run(&store, |tx| node::add(tx, &node::NodeRequest { name: name.to_owned() }));
    }
    let nodes = vec!["n1".to_owned(), "n2".to_owned()];
    let one = group::CreateRequest { name: "g0".to_owned(), nodes, properties: Vec::new(), driver: None };
    run(&store, |tx| group::create(tx, &one));
    let (name, group) = ("r0".to_owned(), "g0".to_owned());
    let one = resource::CreateRequest { name, group, resource_type: "gateway:1.0".to_owned(), ..Default::default() };
    run(&store, |tx| resource::create(tx, &one));
    run(&store, |tx| group::manage(tx, &group::GroupRequest { name: "g0".to_owned() }));
    run(&store, |tx| group::online(tx, &group::NodesRequest { name: "g0".to_owned(), nodes: Vec::new() }));
    run(&store, |tx| {
        let mut record: GroupRecord = tx.view.record(&keys::group("g0"))?.expect("the group");
        record.driver = rtreg_model::Driver::Rgm;
        tx.put(keys::group("g0"), &record);
        Ok(())
    });
    copy(&store, count);
    store
}

/// Copies the one group and its one resource: through the commands it would take hours.
fn copy(store: &MemoryStore, count: usize) {
    let read = |key: &str| {
        let found = store.snapshot().and_then(|snapshot| snapshot.get(key)).expect("the store").expect("a record");
        String::from_utf8(found.value).expect("a record is text")
    };
    let (group, resource) = (read(&keys::group("g0")), read(&keys::resource("r0")));
    let version = rtreg_model::RtVersion::new("1.0");
    let index = read(&keys::by_type("XMPL.gateway", &version, "r0"));
    let mut changes = Vec::new();
    let put = |changes: &mut Vec<Change>, key: String, value: String| {
        changes.push(Change::Put { key, value: value.into_bytes() });
        if changes.len() >= 90 {
            store.commit(&Commit { conditions: Vec::new(), changes: std::mem::take(changes) }).expect("a commit");
        }
    };
    for at in 1..count {
        let (name, of) = (format!("r{at}"), format!("g{}", at / MEMBERS));
        if at % MEMBERS == 0 {
            put(&mut changes, keys::group(&of), group.replace("\"g0\"", &format!("\"{of}\"")));
        }
        let record = resource.replace("\"r0\"", &format!("\"{name}\"")).replace("\"g0\"", &format!("\"{of}\""));
        put(&mut changes, keys::resource(&name), record);
        put(&mut changes, keys::by_group(&of, &name), "{}".to_owned());
        put(&mut changes, keys::by_type("XMPL.gateway", &version, &name), index.clone());
    }
    store.commit(&Commit { conditions: Vec::new(), changes }).expect("a commit");
}

fn run<R>(store: &MemoryStore, decide: impl FnMut(&mut Transaction<'_>) -> Result<R, CommandError>) {
    transact(store, &context(), ("resources", 1), decide).expect("the command is carried out");
}

fn context() -> Context {
    Context {
        at: "2026-01-02T03:04:05.678Z".to_owned(),
        who: Who { user: "mara".to_owned(), sudo_user: None, host: "adm1".to_owned() },
        why: None,
        local_node: "n1".to_owned(),
    }
}
