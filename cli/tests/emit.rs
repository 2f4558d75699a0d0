//! Emitted scripts run by a shell against the very links that `rtreg install-links` makes. The scenarios of `tests/plan/` are
//! taken as if an administrator drove all their groups: behind the script the store must be as the simulation of the plan says;
//! with each of its commands failing in turn it must be as it was; and in a state that the plan was not made of nothing is done.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Cluster, answers};
use serde_json::{Value, json};

const DIALECTS: [&str; 2] = ["solaris-cluster-4", "solaris-cluster-3.1"];

/// A scenario, set up in a store.
struct Scene {
    cluster: Cluster,
    plan: String,
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the project")
}

/// Sets a scenario up with the commands of an administrator; none of one that they cannot make.
fn scene(name: &str) -> Option<Scene> {
    let folder = project().join("tests/plan").join(name);
    let text = std::fs::read_to_string(folder.join("scenario.txt")).expect(name);
    let cluster = Cluster::new();
    std::fs::create_dir(cluster.path().join("bin")).expect("a folder");
    cluster.ok("install-links bin");
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.first() == Some(&"plan") {
            return Some(Scene { cluster, plan: line.to_owned() });
        }
        for command in commands(&folder, &words)? {
            cluster.ok(&command);
        }
    }
    panic!("{name} has no line `plan`");
}

/// A line of a scenario as commands.
fn commands(folder: &Path, words: &[&str]) -> Option<Vec<String>> {
    Some(match words {
        ["type", file] if file.starts_with("./") => {
            let target = if file.ends_with("unversioned") { " --target 3.0" } else { "" };
            vec![format!("register {}{target}", folder.join(file).display())]
        }
        ["type", name] => {
            let (of, version) = name.split_once('/')?;
            let target = if version == "unversioned" { " --target 3.0" } else { "" };
            let file = project().join("rtr-examples").join(name).join(format!("XMPL.{of}.rtr"));
            vec![format!("register {}{target}", file.display())]
        }
        // Digests count where rtreg runs the methods.
        ["digests", _] => Vec::new(),
        ["node", names @ ..] => names.iter().map(|name| format!("node add {name}")).collect(),
        ["group", name, "on", nodes, more @ ..] => {
            let primaries = more.iter().position(|word| *word == "primaries").and_then(|at| more.get(at + 1));
            let primaries = primaries.map(|count| format!(" -p Maximum_primaries={count}")).unwrap_or_default();
            vec![format!("group create {name} --node {nodes}{primaries}")]
        }
        ["resource", name, "in", group, "of", of, more @ ..] => {
            let option = |word: &&str| match *word {
                "disabled" => " --disabled".to_owned(),
                "3.0" => " --created-under 3.0".to_owned(),
                value => format!(" -p {value}"),
            };
            let options: String = more.iter().map(option).collect();
            vec![format!("resource create {name} --group {group} --type {of}{options}")]
        }
        ["do", action @ ("manage" | "online" | "offline" | "unmanage"), group, nodes @ ..] => {
            vec![format!("group {action} {group}{}", on(nodes))]
        }
        ["do", action @ ("down" | "up"), node] => vec![format!("node {action} {node}")],
        ["do", "upgrade", resource, to] => vec![format!("upgrade {resource} --to {to}")],
        ["do", "register"] => Vec::new(),
        ["do", action @ ("enable" | "disable" | "monitor" | "unmonitor" | "restart"), resource, nodes @ ..] => {
            vec![format!("resource {action} {resource}{}", on(nodes))]
        }
        ["state", resource, node, state, more @ ..] => {
            let option = |word: &&str| {
                let (name, value) = word.split_once('=').unwrap_or_default();
                format!(" --{} {value}", name.replace('_', "-"))
            };
            let options: String = more.iter().map(option).collect();
            vec![format!("resource state {resource} --node {node} {state}{options}")]
        }
        _ => return None,
    })
}

fn on(nodes: &[&str]) -> String {
    if nodes.is_empty() { String::new() } else { format!(" --node {}", nodes.join(",")) }
}

/// What is known of resources and groups, in the form of a plan's state: what a script can change.
fn known(cluster: &Cluster, like: &Value) -> Value {
    let mut resources = BTreeMap::new();
    for name in like["resources"].as_object().expect("resources").keys() {
        let shown = cluster.json(&format!("show resource {name}"));
        let nodes: BTreeMap<String, Value> = answers(&shown["nodes"])
            .into_iter()
            .map(|node| (node["node"].as_str().expect("a name").to_owned(), on_node(&node)))
            .collect();
        let values: BTreeMap<String, Value> = answers(&shown["properties"])
            .into_iter()
            .filter(|it| matches!(it["source"].as_str(), Some("explicit" | "pinned")))
            .map(|it| (format!("{}{}", it["name"].as_str().expect("a name"), it["node"]), it["value"].clone()))
            .collect();
        resources
            .insert(name.clone(), json!({ "type_version": shown["type_version"], "nodes": nodes, "values": values }));
    }
    let groups: BTreeMap<String, Value> = like["groups"]
        .as_object()
        .expect("groups")
        .keys()
        .map(|name| {
            let shown = cluster.json(&format!("show group {name}"));
            let online: Vec<Value> = answers(&shown["nodes"])
                .into_iter()
                .filter(|it| it["online"] == true)
                .map(|it| it["node"].clone())
                .collect();
            (name.clone(), json!({ "managed": shown["managed"], "online_on": online }))
        })
        .collect();
    json!({ "resources": resources, "groups": groups })
}

fn on_node(node: &Value) -> Value {
    let fields = ["state", "monitor", "enabled", "monitored", "started_by", "monitor_started_by"];
    fields.iter().map(|field| ((*field).to_owned(), node[*field].clone())).collect::<serde_json::Map<_, _>>().into()
}

/// The same of a state as plans and simulations have it.
fn said(state: &Value) -> Value {
    let mut resources = BTreeMap::new();
    for (name, resource) in state["resources"].as_object().expect("resources") {
        let nodes: BTreeMap<&String, Value> =
            resource["nodes"].as_object().expect("nodes").iter().map(|(node, it)| (node, on_node(it))).collect();
        let mut values = BTreeMap::new();
        for (name, stored) in resource["values"].as_object().expect("values") {
            let value = &stored["value"];
            match value.get("per_node").and_then(Value::as_object) {
                Some(nodes) => {
                    values.extend(nodes.iter().map(|(node, value)| (format!("{name}\"{node}\""), plain(value))))
                }
                None => _ = values.insert(format!("{name}null"), plain(value.get("global").unwrap_or(value))),
            }
        }
        resources.insert(
            name.clone(),
            json!({ "type_version": resource["type_version"], "nodes": nodes, "values": values }),
        );
    }
    let groups: BTreeMap<&String, Value> = state["groups"]
        .as_object()
        .expect("groups")
        .iter()
        .map(|(name, it)| (name, json!({ "managed": it["managed"], "online_on": it["online_on"] })))
        .collect();
    json!({ "resources": resources, "groups": groups })
}

/// A value without the word for its kind.
fn plain(value: &Value) -> Value {
    match value.as_object().and_then(|of| of.values().next()) {
        Some(inner) => inner.clone(),
        None => value.clone(),
    }
}

/// A script run by a shell, its commands the links; the `failing`th command that changes something fails.
fn run(cluster: &Cluster, script: &str, failing: usize) -> (Option<i32>, String) {
    let script = cluster.write("plan.sh", script);
    let path = cluster.path();
    cluster.write("count", "0\n");
    for name in ["clresource", "clresourcegroup", "scswitch", "scrgadm"] {
        let count = "case \"$*\" in -V) ;; *)\nread -r n <\"$COUNT\"; n=$((n + 1)); echo \"$n\" >\"$COUNT\"\n\
                     [ \"$n\" = \"$FAILING\" ] && exit 1 ;;\nesac\n";
        let tool = cluster
            .write(&format!("first/{name}"), &format!("#!/bin/sh\n{count}exec {}/bin/{name} \"$@\"\n", path.display()));
        executable(&tool);
    }
    let rtreg = Path::new(env!("CARGO_BIN_EXE_rtreg")).parent().expect("a folder");
    let mut folders = vec![path.join("bin"), rtreg.to_path_buf()];
    if failing > 0 {
        folders.insert(0, path.join("first"));
    }
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let run = Command::new("/bin/sh")
        .arg(&script)
        .env_clear()
        .envs(cluster.command().get_envs().filter_map(|(name, value)| Some((name, value?))))
        .env("PATH", std::env::join_paths(folders).expect("a PATH"))
        .env("COUNT", path.join("count"))
        .env("FAILING", failing.to_string())
        .output()
        .expect("a shell");
    let text = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    (run.status.code(), text)
}

fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("a mode can be set");
}

/// Another cluster with a copy of the store.
fn copy(of: &Cluster) -> Cluster {
    let copy = Cluster::new();
    std::fs::create_dir(copy.path().join("bin")).expect("a folder");
    copy.ok("install-links bin");
    for file in ["store.db", "store.db-wal"] {
        let from = of.path().join(file);
        if from.exists() {
            std::fs::copy(from, copy.path().join(file)).expect("a copy");
        }
    }
    copy
}

/// The plan as JSON and as a script; none where nothing is to be done, or the dialect cannot say it.
fn emitted(scene: &Scene, dialect: &str) -> Option<(Value, String)> {
    let file = scene.cluster.path().join("plan.json");
    let answer = scene.cluster.run(&format!("{} --out {} --emit {dialect}", scene.plan, file.display()));
    let plan: Value = serde_json::from_slice(&std::fs::read(file).expect("a plan")).expect("JSON");
    if answers(&plan["waves"]).is_empty() {
        return None;
    }
    if answer.code == 2 {
        assert!(dialect.ends_with("3.1") && answer.err.contains("one for all nodes"), "{}", answer.err);
        return None;
    }
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    Some((plan, answer.out))
}

/// Whether a cluster can be so: a resource runs only where its group is online, and fails only by methods.
fn is_possible(state: &Value) -> bool {
    let resources = state["resources"].as_object().expect("resources");
    resources.values().all(|resource| {
        let online = answers(&state["groups"][resource["group"].as_str().expect("a group")]["online_on"]);
        let nodes = resource["nodes"].as_object().expect("nodes");
        nodes.iter().all(|(node, it)| it["state"] != "online" || online.iter().any(|on| on == node))
    })
}

fn simulated(cluster: &Cluster, fail: &str) -> Value {
    cluster.json(&format!("simulate {}{fail}", cluster.path().join("plan.json").display()))["runs"][0]["state"].clone()
}

fn checked(name: &str, script: &Path) {
    match Command::new("shellcheck").arg(script).output() {
        Ok(checked) => assert!(checked.status.success(), "{name}: {}", String::from_utf8_lossy(&checked.stdout)),
        Err(_) => eprintln!("skipped: shellcheck is not there"),
    }
}

fn scenarios() -> Vec<String> {
    let entries =
        std::fs::read_dir(project().join("tests/plan")).expect("scenarios").map(|entry| entry.expect("an entry"));
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().join("scenario.txt").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Does it for all, several at once: it is the disk that is waited for. What each has counted, added up.
fn each(names: &[String], check: impl Fn(&str) -> [usize; 2] + Sync) -> [usize; 2] {
    std::thread::scope(|scope| {
        let check = &check;
        let share = |number: usize| names.iter().skip(number).step_by(4).map(|name| check(name)).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|number| scope.spawn(move || share(number))).collect();
        let counts = threads.into_iter().flat_map(|thread| thread.join().expect("no check has failed"));
        counts.fold([0, 0], |sum, of| [sum[0] + of[0], sum[1] + of[1]])
    })
}

#[test]
fn behind_the_script_the_store_is_as_the_simulation_says() {
    let ran = each(&scenarios(), |name| {
        let Some(scene) = scene(name) else { return [0, 0] };
        // The dialects differ in how a command is written, so the older one has a third of the time.
        let is_short = ["recorded", "hops", "unmanaged", "property"].iter().any(|part| name.contains(part));
        DIALECTS.map(|dialect| {
            if dialect.ends_with("3.1") && !is_short {
                return 0;
            }
            let Some((plan, script)) = emitted(&scene, dialect) else { return 0 };
            if !is_possible(&plan["state"]) {
                return 0;
            }
            let expected = simulated(&scene.cluster, "");
            let cluster = copy(&scene.cluster);
            let (code, text) = run(&cluster, &script, 0);
            assert_eq!(code, Some(0), "{name} {dialect}\n{text}");
            assert_eq!(known(&cluster, &expected), said(&expected), "{name} {dialect}\n{text}\n{script}");
            cluster.ok("history verify");
            if name.contains("recorded") {
                checked(name, &cluster.path().join("plan.sh"));
            }
            1
        })
    });
    eprintln!("scripts run: {ran:?}");
    assert!(ran[0] >= 80 && ran[1] >= 10, "{ran:?}");
}

/// Scenarios, and at which of the commands a failure cannot be undone: where the group would have to be unmanaged for the older
/// version, and something of it still runs.
const UNDONE: [(&str, &[usize]); 12] = [
    ("recorded_anytime", &[]),
    ("recorded_unmonitored", &[3]),
    ("recorded_offline", &[]),
    ("recorded_unmanaged", &[]),
    ("recorded_dependents", &[4, 5]),
    ("recorded_scalable", &[]),
    ("hops_recorded", &[]),
    ("unmanaged_two_upgrades", &[]),
    ("property_made_to_fit", &[]),
    ("strong_across_groups", &[]),
    ("fleet_one_by_one", &[]),
    ("disabled_allowed", &[]),
];

#[test]
fn when_a_command_fails_what_was_done_is_undone() {
    let names: Vec<String> = UNDONE.iter().map(|(name, _)| (*name).to_owned()).collect();
    let ran = each(&names, |name| {
        let by_hand = UNDONE.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, by_hand)| by_hand);
        let scene = scene(name).expect("a scenario that commands can make");
        DIALECTS.map(|dialect| {
            emitted(&scene, dialect).map_or(0, |(_, script)| {
                let steps = script.lines().filter(|line| line.starts_with("step ")).count();
                for failing in 1..=steps {
                    failed_and_undone(&scene, (name, dialect), &script, (failing, by_hand.contains(&failing)));
                }
                steps
            })
        })
    });
    eprintln!("commands that failed: {ran:?}");
    assert!(ran[0] >= 40 && ran[1] >= 40, "{ran:?}");
}

fn failed_and_undone(scene: &Scene, (name, dialect): (&str, &str), script: &str, (failing, by_hand): (usize, bool)) {
    let cluster = copy(&scene.cluster);
    let (code, text) = run(&cluster, script, failing);
    let place = format!("{name} {dialect}, command {failing}\n{text}\n{script}");
    let failed = text.lines().find_map(|line| line.strip_suffix(" failed")).expect(&place).replacen('_', ".", 1);
    assert_eq!(code, Some(if by_hand { 14 } else { 13 }), "{place}");
    if by_hand {
        assert!(
            text.contains("can be taken back only while") && text.contains("still to be undone, in this order: b1_"),
            "{place}"
        );
        return;
    }
    let expected = simulated(&scene.cluster, &format!(" --fail {failed}"));
    assert_eq!(known(&cluster, &expected), said(&expected), "{place}");
    cluster.ok("history verify");
}

#[test]
fn in_another_state_nothing_is_done() {
    let scene = scene("recorded_dependents").expect("a scenario that commands can make");
    for (change, words) in [
        ("upgrade r --to 2.0", "expected Type_version of r to be 1.0, found 2.0: the plan is stale"),
        ("resource disable r --node n1", "expected state of r on n1 to be ONLINE, found OFFLINE"),
        ("resource disable d --node n2", "expected On_off_switch of d on n2 to be ENABLED, found DISABLED"),
        ("resource unmonitor e", "expected Monitored_switch of e on n1 to be ENABLED, found DISABLED"),
        ("resource state f --node n1 start_failed", "expected state of f on n1 to be ONLINE, found START_FAILED"),
        ("group offline g --node n1", "expected state of d on n1 to be ONLINE, found OFFLINE"),
        ("group online g --node n2", "expected state of d on n1 to be ONLINE, found OFFLINE"),
        ("resource state r --type-version 2.0 --reason outside", "expected Type_version of r to be 1.0, found 2.0"),
    ] {
        for dialect in DIALECTS {
            let (_, script) = emitted(&scene, dialect).expect("a plan");
            let cluster = copy(&scene.cluster);
            if change.contains("2.0") {
                cluster
                    .ok(&format!("register {}", project().join("rtr-examples/gateway/2.0/XMPL.gateway.rtr").display()));
            }
            if change.starts_with("group online") {
                cluster.ok("group offline g");
            }
            // A switch on one node is nothing that 3.1 knows.
            if dialect.ends_with("3.1") && change.contains("disable d") {
                continue;
            }
            cluster.ok(change);
            let before = cluster.ok("history head");
            let (code, text) = run(&cluster, &script, 0);
            assert_eq!(code, Some(5), "{change}, {dialect}\n{text}\n{script}");
            assert!(text.contains("nothing was done; make a new plan"), "{change}, {dialect}\n{text}");
            let monitored = text.replace(" on n1", "");
            let is_named = text.contains(words) || monitored.contains(&words.replace(" on n1", ""));
            assert!(is_named, "{change}, {dialect}: `{words}` is not in\n{text}");
            assert_eq!(cluster.ok("history head"), before, "{change}, {dialect}");
        }
    }
}

#[test]
fn what_a_dialect_cannot_say_is_refused() {
    let scene = scene("recorded_scalable").expect("a scenario that commands can make");
    let refused = scene.cluster.fails(2, &format!("{} --emit solaris-cluster-3.1", scene.plan));
    assert!(refused.contains("one for all nodes: solaris-cluster-4 can say it"), "{refused}");
    scene.cluster.ok(&format!("{} --emit solaris-cluster-4", scene.plan));
}
