//! The commands that methods call, by the links that `rtreg install-links` makes, on a real store: each tag with the value
//! that it must have, what is told and asked for, and a monitor's script as people have them.

mod common;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use common::{Answer, Cluster, valid};
use rtreg_registry::{Change, Commit, Context, Outcome, Store, Who};
use rtreg_runtime::scha::stored::{Caller, answer, counted};
use rtreg_runtime::scha::{Asked, Command as Name, Reply, table};
use rtreg_store::SqliteStore;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scha");

/// Three nodes, the last one down. `all-rs` declares everything and is online on n1; `plain-rs`, whose type's name carries no
/// version, is disabled.
fn cluster() -> Cluster {
    let cluster = Cluster::new();
    std::fs::create_dir(cluster.path().join("bin")).expect("a folder");
    for words in [
        "install-links bin",
        "node add n1",
        "node add n2",
        "node add n3",
        "node down n3",
        "group create all-rg --node n1,n2,n3",
        "group create idle-rg --node n2,n1",
        "group create wide-rg --node n2,n1 -p Maximum_primaries=2",
    ] {
        cluster.ok(words);
    }
    cluster.ok(&format!("register {FIXTURES}/XMPL.all.rtr"));
    cluster.ok(&format!("register --node n1,n2,n3 {FIXTURES}/XMPL.plain.rtr"));
    cluster.write("XMPL.all:2.0", &second());
    cluster.ok("register XMPL.all:2.0");
    for words in [
        "resource create plain-rs --group all-rg --type XMPL.plain --disabled",
        "resource create all-rs --group all-rg --type XMPL.all:1.0 -p Confdir_list=/a,/b -p Weight{n2}=20 \
         -p Resource_dependencies_weak=plain-rs{LOCAL_NODE} -p Stop_timeout=77",
        "resource create idle-rs --group idle-rg --type XMPL.all:2.0 -p Confdir_list=/c",
        "group manage all-rg",
        "group online all-rg",
        "resource unmonitor all-rs --node n2",
        "resource disable all-rs --node n2",
    ] {
        cluster.ok(words);
    }
    cluster
}

/// The second version of the type.
fn second() -> String {
    let first = std::fs::read_to_string(format!("{FIXTURES}/XMPL.all.rtr")).expect("the fixture");
    let second = first.replace("RT_version = \"1.0\"", "RT_version = \"2.0\"");
    second
        .replace("#$upgrade\n", "#$upgrade\n#$upgrade_from \"1.0\" ANYTIME\n")
        .replace("DEFAULT = 8080", "DEFAULT = 9090")
}

/// The answer of a command on a node: exit code, then the lines, then the complaint.
fn ask(cluster: &Cluster, node: &str, words: &[&str]) -> String {
    let Answer { code, out, err } = call(cluster, node, words);
    let mut parts = vec![code.to_string()];
    // An empty line is an answer, no line is none.
    parts.extend(out.lines().chain(err.lines()).map(str::to_owned));
    parts.join("|")
}

fn call(cluster: &Cluster, node: &str, words: &[&str]) -> Answer {
    let (name, arguments) = words.split_first().expect("a command");
    let output = command(cluster, node, name).args(arguments).output().expect("the link runs");
    Answer {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A program of the folder of links, with that folder in front of PATH.
fn command(cluster: &Cluster, node: &str, program: &str) -> Command {
    let bin = cluster.path().join("bin");
    let mut command = Command::new(if program.starts_with('/') { program.into() } else { bin.join(program) });
    command.env_clear().current_dir(cluster.path());
    command.envs(cluster.command().get_envs().filter_map(|(name, value)| Some((name, value?))));
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("RTREG_NODE", node).env("PATH", format!("{}:{path}", bin.display()));
    command
}

/// Words separated by blanks.
fn on(cluster: &Cluster, node: &str, line: &str) -> String {
    ask(cluster, node, &line.split_whitespace().collect::<Vec<_>>())
}

/// The rows of `tags.tsv`: command line, and what it must answer.
fn rows() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(format!("{FIXTURES}/tags.tsv")).expect("the table");
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|line| line.split_once('\t').expect("two columns"))
        .map(|(line, expected)| (line.to_owned(), expected.to_owned()))
        .collect()
}

#[test]
fn every_tag_has_the_value_that_the_table_says() {
    let cluster = cluster();
    on(&cluster, "n1", "scha_resource_setstatus -R all-rs -G all-rg -s DEGRADED -m slow");
    on(&cluster, "n1", "scha_control -O RESOURCE_IS_RESTARTED -R all-rs -G all-rg");
    let mut asked: BTreeSet<(String, String)> = BTreeSet::new();
    let mut wrong = Vec::new();
    for (line, expected) in rows() {
        let answer = on(&cluster, "n1", &line);
        if answer != expected {
            wrong.push(format!("{line}\n  expected {expected}\n  found    {answer}"));
        }
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default().to_owned();
        let tag = words.skip_while(|word| *word != "-O").nth(1).unwrap_or_default().to_ascii_uppercase();
        asked.insert((name, tag));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for command in [Name::ResourceGet, Name::TypeGet, Name::GroupGet] {
        let tags = table::tags(command);
        assert!(tags.len() > 5, "{}", command.as_str());
        for tag in tags {
            let key = (command.as_str().to_owned(), tag.name.clone());
            assert!(asked.contains(&key), "tags.tsv does not ask {} for {}", command.as_str(), tag.name);
        }
    }
}

#[test]
fn other_nodes_see_their_own_state() {
    let cluster = cluster();
    for (node, line, expected) in [
        ("n2", "scha_resource_get -O RESOURCE_STATE -R all-rs", "0|OFFLINE"),
        ("n2", "scha_resource_get -O ON_OFF_SWITCH -R all-rs", "0|DISABLED"),
        ("n2", "scha_resource_get -O EXTENSION -R all-rs Weight", "0|INT|20"),
        ("n2", "scha_resourcegroup_get -O RG_STATE -G all-rg", "0|OFFLINE"),
        ("n3", "scha_resource_get -O RESOURCE_STATE -R all-rs", "0|OFFLINE"),
        ("n3", "scha_resourcegroup_get -O RG_STATE -G idle-rg", "11|scha_resourcegroup_get: n3 is no node of idle-rg"),
        // What does not depend on the node is answered anywhere.
        ("elsewhere", "scha_resource_get -O EXTENSION -R all-rs Port", "0|INT|8080"),
        ("elsewhere", "scha_resource_get -O TYPE -R all-rs", "0|XMPL.all:1.0"),
        (
            "elsewhere",
            "scha_resource_get -O STATUS -R all-rs",
            "11|scha_resource_get: this node is called elsewhere, and the cluster has no such node; RTREG_NODE says which \
             one is meant",
        ),
        (
            "elsewhere",
            "scha_resource_get -O EXTENSION -R all-rs Weight",
            "11|scha_resource_get: this node is called elsewhere, and the cluster has no such node; RTREG_NODE says which \
             one is meant",
        ),
    ] {
        assert_eq!(on(&cluster, node, line), expected, "{node}: {line}");
    }
}

#[test]
fn states_are_the_vendors_words() {
    let cluster = cluster();
    let seen = |observed: &str, resource: &str, group: &str| {
        cluster.ok(&format!("resource state all-rs --node n1 {observed}"));
        assert_eq!(on(&cluster, "n1", "scha_resource_get -O RESOURCE_STATE -R all-rs"), format!("0|{resource}"));
        assert_eq!(on(&cluster, "n1", "scha_resourcegroup_get -O RG_STATE -G all-rg"), format!("0|{group}"));
    };
    seen("starting", "STARTING", "PENDING_ONLINE");
    seen("stopping", "STOPPING", "PENDING_OFFLINE");
    seen("start_failed", "START_FAILED", "ONLINE_FAULTED");
    seen("stop_failed", "STOP_FAILED", "ERROR_STOP_FAILED");
    seen("unknown", "UNKNOWN", "ONLINE");
    seen("online --monitor start_failed", "MONITOR_FAILED", "ONLINE");
    seen("online --monitor running", "ONLINE", "ONLINE");
    cluster.ok("resource unmonitor all-rs --node n1");
    seen("online", "ONLINE_NOT_MONITORED", "ONLINE");
    cluster.ok("node down n1");
    assert_eq!(on(&cluster, "n2", "scha_resource_get -O RESOURCE_STATE_NODE -R all-rs n1"), "0|OFFLINE");
    assert_eq!(on(&cluster, "n2", "scha_resourcegroup_get -O RG_STATE_NODE -G all-rg n1"), "0|OFFLINE");
}

/// Of the two names of a version exactly one answers with that version (the guide, "implementing resource type monitor code").
#[test]
fn a_type_answers_to_its_full_name_only() {
    let cluster = cluster();
    let version = |name: &str| on(&cluster, "n1", &format!("scha_resourcetype_get -O RT_VERSION -T {name}"));
    let missing = |name: &str| format!("13|scha_resourcetype_get: there is no type {name}");
    // The file has #$upgrade, so the version is in the name; both versions are there during an upgrade.
    assert_eq!(version("XMPL.all"), missing("XMPL.all"));
    assert_eq!(version("XMPL.all:1.0"), "0|1.0");
    assert_eq!(version("XMPL.all:2.0"), "0|2.0");
    // The file has none.
    assert_eq!(version("XMPL.plain"), "0|3.2");
    assert_eq!(version("XMPL.plain:3.2"), missing("XMPL.plain:3.2"));
    assert_eq!(version("plain"), missing("plain"));
    assert_eq!(version("all:1.0"), missing("all:1.0"));
    cluster.ok("upgrade all-rs --to 2.0");
    assert_eq!(on(&cluster, "n1", "scha_resource_get -O TYPE -R all-rs"), "0|XMPL.all:2.0");
    assert_eq!(on(&cluster, "n1", "scha_resource_get -O EXTENSION -R all-rs Port"), "0|INT|9090");
    assert_eq!(version("XMPL.all:1.0"), "0|1.0");
    assert_eq!(on(&cluster, "n1", "scha_resourcetype_get -O RESOURCE_LIST -T XMPL.all:1.0"), "0");
    assert_eq!(on(&cluster, "n1", "scha_resourcetype_get -O RESOURCE_LIST -T XMPL.all:2.0"), "0|all-rs|idle-rs");
}

#[test]
fn unknown_tags_are_named() {
    let cluster = cluster();
    for (line, expected) in [
        ("scha_resource_get -O COLOUR -R all-rs", "4|scha_resource_get: there is no tag COLOUR"),
        (
            "scha_resource_get -O Retry_cont -R all-rs",
            "4|scha_resource_get: there is no tag RETRY_CONT; did you mean RETRY_COUNT?",
        ),
        ("scha_resourcetype_get -O RG_STATE -T XMPL.all:1.0", "4|scha_resourcetype_get: there is no tag RG_STATE"),
        ("scha_resourcegroup_get -O NODES -G all-rg", "4|scha_resourcegroup_get: there is no tag NODES"),
        (
            "scha_resourcegroup_get -O failback -G all-rg",
            "4|scha_resourcegroup_get: rtreg keeps nothing that answers the tag FAILBACK",
        ),
        ("scha_control -O REBOOT -R all-rs -G all-rg", "4|scha_control: there is no tag REBOOT"),
        ("scha_resource_get -O TYPE -R none-rs", "14|scha_resource_get: there is no resource none-rs"),
        ("scha_resource_get -O TYPE -R all-rs -G idle-rg", "12|scha_resource_get: all-rs is in all-rg, not idle-rg"),
        ("scha_resourcegroup_get -O NODELIST -G none-rg", "12|scha_resourcegroup_get: there is no group none-rg"),
        ("scha_resource_get -O PORT_LIST -R plain-rs", "15|scha_resource_get: XMPL.plain has no property PORT_LIST"),
    ] {
        assert_eq!(on(&cluster, "n1", line), expected, "{line}");
    }
}

#[test]
fn a_status_is_kept_until_the_state_changes() {
    let cluster = cluster();
    let status = || on(&cluster, "n1", "scha_resource_get -O STATUS -R all-rs");
    let said = |node: &str, words: &[&str]| {
        let mut line = vec!["scha_resource_setstatus", "-R", "all-rs", "-G", "all-rg"];
        line.extend(words);
        ask(&cluster, node, &line)
    };
    assert_eq!(status(), "0|OK|");
    assert_eq!(said("n1", &["-s", "degraded", "-m", "one of\ntwo answers"]), "0");
    assert_eq!(status(), "0|DEGRADED|one of two answers");
    assert_eq!(on(&cluster, "n1", "scha_resource_get -O STATUS_MSG -R all-rs"), "0|one of two answers");
    assert_eq!(on(&cluster, "n2", "scha_resource_get -O STATUS -R all-rs"), "0|OFFLINE|");
    let shown = valid(&cluster, "show-resource", "show resource all-rs");
    assert_eq!(shown["nodes"][0]["status"]["word"], "DEGRADED");
    assert_eq!(shown["nodes"][0]["status"]["message"], "one of two answers");
    assert_eq!(shown["nodes"][1].get("status"), None);
    assert!(cluster.ok("show resource all-rs").contains("; status DEGRADED: one of two answers\n"));
    // Without -m the message is empty; what is not a status is refused, and nothing is changed.
    assert_eq!(said("n1", &["-s", "FAULTED"]), "0");
    assert_eq!(status(), "0|FAULTED|");
    assert!(said("n1", &["-s", "GOOD"]).starts_with("3|there is no status GOOD; usage: scha_resource_setstatus"));
    assert!(said("nowhere", &["-s", "OK"]).starts_with("11|scha_resource_setstatus: there is no node `nowhere`"));
    assert_eq!(status(), "0|FAULTED|");
    // What was said of a process that is gone says nothing.
    cluster.ok("group offline all-rg");
    assert_eq!(status(), "0|OFFLINE|");
    assert_eq!(said("n1", &["-s", "OFFLINE", "-m", "as wanted"]), "0");
    assert_eq!(status(), "0|OFFLINE|as wanted");
    cluster.ok("group online all-rg --node n1");
    assert_eq!(status(), "0|OK|");
    cluster.ok("history verify");
}

#[test]
fn a_status_is_outside_of_history_and_plans_and_goes_with_the_resource() {
    let cluster = cluster();
    let plan = |out: &str| cluster.run(&format!("plan all-rs --to 2.0 --out {out}"));
    assert_eq!(plan("before").code, 0);
    let entries = cluster.json("history resource:all-rs --limit 100")["entries"].clone();
    on(&cluster, "n1", "scha_resource_setstatus -R all-rs -G all-rg -s OK -m answers");
    assert_eq!(cluster.json("history resource:all-rs --limit 100")["entries"], entries);
    assert_eq!(plan("after").code, 0);
    let read = |name: &str| std::fs::read(cluster.path().join(name)).expect("a plan");
    assert_eq!(read("before"), read("after"), "the same plan with the same basis");
    cluster.ok("group offline all-rg");
    cluster.ok("resource disable all-rs");
    on(&cluster, "n1", "scha_resource_setstatus -R all-rs -G all-rg -s OFFLINE -m old");
    cluster.ok("resource delete all-rs");
    cluster.ok("resource create all-rs --group all-rg --type XMPL.all:1.0 -p Confdir_list=/a --disabled");
    assert_eq!(on(&cluster, "n1", "scha_resource_get -O STATUS -R all-rs"), "0|OFFLINE|");
    cluster.ok("history verify");
}

#[test]
fn many_statuses_at_once_lose_nothing() {
    let cluster = cluster();
    let resources: Vec<String> = (0..25).map(|number| format!("r{number}")).collect();
    cluster.ok("group create many-rg --node n1,n2");
    for name in &resources {
        cluster.ok(&format!("resource create {name} --group many-rg --type XMPL.all:1.0 -p Confdir_list=/x"));
    }
    let calls: Vec<(&str, &str)> =
        resources.iter().flat_map(|name| [(name.as_str(), "n1"), (name.as_str(), "n2")]).collect();
    assert_eq!(calls.len(), 50);
    let children: Vec<_> = calls
        .iter()
        .map(|(name, node)| {
            let mut command = command(&cluster, node, "scha_resource_setstatus");
            command.args(["-R", name, "-G", "many-rg", "-s", "OFFLINE", "-m", &format!("{name} on {node}")]);
            command.spawn().expect("the link runs")
        })
        .collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    for (name, node) in calls {
        let answer = on(&cluster, node, &format!("scha_resource_get -O STATUS -R {name}"));
        assert_eq!(answer, format!("0|OFFLINE|{name} on {node}"));
    }
}

#[test]
fn requests_in_a_recorded_group_are_written_down() {
    let cluster = cluster();
    let control = |tag: &str| on(&cluster, "n1", &format!("scha_control -O {tag} -R all-rs -G all-rg"));
    let newest = || cluster.json("history resource:all-rs --limit 1")["entries"][0].clone();
    let before = newest();
    for tag in ["CHECK_RESTART", "check_giveover"] {
        assert_eq!(control(tag), "0", "{tag}");
        assert_eq!(newest(), before, "{tag} asks and changes nothing");
    }
    for (tag, to) in [
        ("RESTART", vec![]),
        ("RESOURCE_RESTART", vec![]),
        ("RESOURCE_IS_RESTARTED", vec![]),
        ("IGNORE_FAILED_START", vec![]),
        ("GIVEOVER", vec!["n2"]),
    ] {
        assert_eq!(control(tag), "0", "{tag}");
        let entry = newest();
        assert_eq!(entry["event"], "asked");
        let detail = serde_json::json!({ "request": tag, "on": "n1", "to": to });
        assert_eq!(entry["detail"], detail, "{tag}");
    }
    let count = |tag: &str| on(&cluster, "n1", &format!("scha_resource_get -O {tag} -R all-rs"));
    assert_eq!(count("NUM_RESOURCE_RESTARTS"), "0|2");
    assert_eq!(count("NUM_RG_RESTARTS"), "0|1");
    cluster.ok("history verify");
}

#[test]
fn requests_that_cannot_be_are_refused() {
    let cluster = cluster();
    let control = |node: &str, tag: &str| on(&cluster, node, &format!("scha_control -O {tag} -R all-rs -G all-rg"));
    assert_eq!(control("n2", "RESTART"), "9|scha_control: group all-rg is not online on n2");
    assert_eq!(
        control("n1", "CHANGE_STATE_ONLINE"),
        "13|scha_control: CHANGE_STATE_ONLINE is for types with Proxy=TRUE; that of all-rs has not"
    );
    cluster.ok("resource set all-rs -p Failover_mode=RESTART_ONLY");
    assert_eq!(
        control("n1", "GIVEOVER"),
        "16|scha_control: GIVEOVER is denied: Failover_mode of all-rs is RESTART_ONLY"
    );
    assert_eq!(control("n1", "RESOURCE_RESTART"), "0");
    cluster.ok("resource set all-rs -p Failover_mode=SOFT");
    cluster.ok("node down n2");
    for tag in ["GIVEOVER", "CHECK_GIVEOVER"] {
        let denied = "16|scha_control: no other node of the node list of all-rg is up and free for it";
        assert_eq!(control("n1", tag), denied);
    }
    assert_eq!(control("n1", "RESTART"), "0");
}

/// A script for Sun Cluster, unchanged: two restarts within Retry_interval, then another node.
#[test]
fn a_monitors_script_runs_unchanged() {
    let cluster = cluster();
    let round = |probe: &str, as_type: &str| {
        let mut monitor = command(&cluster, "n1", "/bin/sh");
        monitor.arg(format!("{FIXTURES}/monitor.sh")).args(["-R", "all-rs", "-T", as_type, "-G", "all-rg"]);
        let output = monitor.env("PROBE", probe).output().expect("sh runs");
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&text).into_owned())
    };
    let status = || on(&cluster, "n1", "scha_resource_get -O STATUS -R all-rs");
    let head = "base /opt/XMPLall/bin port 8080 timeout 300 directories /a /b\n";
    assert_eq!(round("good", "XMPL.all:1.0"), (Some(0), head.to_owned()));
    assert_eq!(status(), "0|OK|answers on 8080");
    for restart in 1..=2 {
        assert_eq!(round("bad", "XMPL.all:1.0"), (Some(0), format!("{head}asked for a restart\n")));
        assert_eq!(status(), format!("0|DEGRADED|restart {restart}"));
    }
    assert_eq!(round("bad", "XMPL.all:1.0"), (Some(0), format!("{head}asked for another node\n")));
    assert_eq!(status(), "0|FAULTED|");
    assert_eq!(round("bad", "XMPL.all").0, Some(1), "it knows its own name");
}

#[test]
fn without_a_store_or_with_a_sandbox_the_store_is_not_asked() {
    let cluster = Cluster::new();
    std::fs::create_dir(cluster.path().join("bin")).expect("a folder");
    cluster.ok("install-links bin");
    let answer = call(&cluster, "n1", &["scha_resource_get", "-O", "TYPE", "-R", "all-rs"]);
    assert_eq!(answer.code, 18);
    assert!(answer.err.starts_with("scha_resource_get: there is no store at "), "{}", answer.err);
    assert!(!cluster.path().join("store.db").exists(), "asking makes no store");
    let cluster = self::cluster();
    let mut inside = command(&cluster, "n1", "scha_resource_get");
    inside.args(["-O", "TYPE", "-R", "all-rs"]).env("RTREG_SCHA", cluster.path().join("gone"));
    let output = inside.output().expect("the link runs");
    assert_eq!(output.status.code(), Some(18), "a sandbox never reaches the cluster's own store");
    assert!(output.stdout.is_empty());
}

/// Changes a field of a record in the store, as only the carrying out of plans does.
fn patch(cluster: &Cluster, key: &str, field: &str, value: serde_json::Value) {
    let store = store(cluster);
    let stored = store.snapshot().and_then(|snapshot| snapshot.get(key)).expect("the store").expect("the record");
    let mut record: serde_json::Value = serde_json::from_slice(&stored.value).expect("JSON");
    record.as_object_mut().expect("an object").insert(field.to_owned(), value);
    let changes = vec![Change::Put { key: key.to_owned(), value: record.to_string().into_bytes() }];
    let outcome = store.commit(&Commit { conditions: Vec::new(), changes }).expect("a commit");
    assert!(matches!(outcome, Outcome::Done(_)));
}

fn store(cluster: &Cluster) -> SqliteStore {
    SqliteStore::open_existing(&cluster.path().join("store.db")).expect("the store").expect("there is one")
}

#[test]
fn a_run_that_has_reserved_it_refuses_requests_and_takes_statuses() {
    for key in ["resources/all-rs", "groups/all-rg"] {
        let cluster = cluster();
        patch(&cluster, key, "reserved_by", "r7".into());
        let control = |tag: &str| on(&cluster, "n1", &format!("scha_control -O {tag} -R all-rs -G all-rg"));
        for tag in table::tags(Name::Control) {
            let expected =
                format!("9|scha_control: {} is refused: run r7 is at work on all-rs or its group all-rg", tag.name);
            assert_eq!(control(&tag.name), expected, "{key}");
        }
        let line = "scha_resource_setstatus -R all-rs -G all-rg -s OK -m meanwhile";
        assert_eq!(on(&cluster, "n1", line), "0", "{key}");
        assert_eq!(on(&cluster, "n1", "scha_resource_get -O STATUS -R all-rs"), "0|OK|meanwhile");
    }
}

#[test]
fn in_a_group_that_rtreg_drives_what_is_asked_for_is_handed_back() {
    let cluster = cluster();
    patch(&cluster, "groups/all-rg", "driver", "rgm".into());
    let before = cluster.json("history resource:all-rs --limit 1");
    let store = store(&cluster);
    let who = Who { user: "root".to_owned(), sudo_user: None, host: "n1".to_owned() };
    let context = Context { at: "2026-01-01T00:00:00.000Z".to_owned(), who, why: None, local_node: "n1".to_owned() };
    let caller = Caller { context: &context, now_ms: 1_000_000, run: None };
    let asked = |tag: &str| {
        let words = ["-O", tag, "-R", "all-rs", "-G", "all-rg"].map(str::to_owned);
        let answered = answer(&store, caller, Name::Control, &words);
        assert_eq!(answered.reply, Reply::lines(Vec::new()), "{tag}");
        answered.asked
    };
    let (group, resource, node) = ("all-rg".to_owned(), "all-rs".to_owned(), "n1".to_owned());
    let to = vec!["n2".to_owned()];
    assert_eq!(asked("CHECK_RESTART"), None);
    assert_eq!(asked("CHECK_GIVEOVER"), Some(Asked::CheckGiveover { group: group.clone(), to: to.clone() }));
    let giveover = Asked::Giveover { group: group.clone(), resource: resource.clone(), from: node.clone(), to };
    assert_eq!(asked("GIVEOVER"), Some(giveover));
    let restart = Asked::Restart { group, resource: resource.clone(), node: node.clone() };
    assert_eq!(asked("RESTART"), Some(restart.clone()));
    assert_eq!(asked("RESOURCE_RESTART"), Some(Asked::ResourceRestart { resource, node }));
    assert_eq!(cluster.json("history resource:all-rs --limit 1"), before, "nothing is written down");
    let count = |tag: &str, now_ms: u64| {
        let words = ["-O", tag, "-R", "all-rs"].map(str::to_owned);
        answer(&store, Caller { now_ms, ..caller }, Name::ResourceGet, &words).reply.lines.join("|")
    };
    // What was only asked for does not count; what was carried out does, for as long as Retry_interval, 300 s, says.
    assert_eq!(count("NUM_RG_RESTARTS", 1_000_000), "0");
    counted(&store, caller, &restart).expect("it is counted");
    assert_eq!(asked("RESOURCE_IS_RESTARTED"), None);
    assert_eq!(count("NUM_RG_RESTARTS", 1_300_000), "1");
    assert_eq!(count("NUM_RESOURCE_RESTARTS", 1_300_000), "1");
    assert_eq!(count("NUM_RG_RESTARTS", 1_300_001), "0");
    assert_eq!(count("NUM_RESOURCE_RESTARTS", 1_300_001), "0");
}

/// What each method writes down: who it is, what it is told of its version, of the resource's, of its state, and how a request for
/// a restart ends.
const METHOD: &str = r#"#!/bin/sh
while getopts cur:x:g:R:T:G: option; do
    case $option in
        R) r=$OPTARG ;;
        T) t=$OPTARG ;;
        G) g=$OPTARG ;;
    esac
done
version=$(scha_resourcetype_get -O RT_VERSION -T "$t")
has=$(scha_resource_get -O TYPE_VERSION -R "$r" -G "$g")
state=$(scha_resource_get -O RESOURCE_STATE -R "$r" -G "$g")
scha_resource_setstatus -R "$r" -G "$g" -s OK -m "@METHOD@ of $version" || exit 1
scha_control -O RESTART -R "$r" -G "$g" 2>/dev/null
echo "@METHOD@ $t: $version $has $state $?" >>"@FOLDER@/log"
"#;

/// The methods of the old version and those of the new one ask by their own names, and what they say is kept while the run has
/// reserved the resource.
#[test]
fn in_a_run_both_versions_ask_and_tell() {
    let cluster = Cluster::new();
    std::fs::create_dir(cluster.path().join("bin")).expect("a folder");
    cluster.ok("install-links bin");
    for (version, from) in [("1.0", "0.9"), ("2.0", "1.0")] {
        let mut text = format!("Resource_type = svc;\nVendor_id = XMPL;\nRT_version = \"{version}\";\n");
        text.push_str(&format!("RT_basedir = {};\n", cluster.path().join(version).display()));
        for method in ["Start", "Stop", "Validate"] {
            text.push_str(&format!("{method} = {method};\n"));
            let folder = cluster.path().display().to_string();
            let script = METHOD.replace("@METHOD@", method).replace("@FOLDER@", &folder);
            let path = cluster.write(&format!("{version}/{method}"), &script);
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it may run");
        }
        cluster.write(&format!("{version}.rtr"), &format!("{text}#$upgrade\n#$upgrade_from \"{from}\" WHEN_OFFLINE\n"));
    }
    for words in [
        "register 1.0.rtr 2.0.rtr",
        "node add n1",
        "group create g --node n1",
        "resource create r --group g --type svc:1.0",
        "group manage g",
        "group online g",
    ] {
        cluster.ok(words);
    }
    patch(&cluster, "groups/g", "driver", "rgm".into());
    cluster.ok("upgrade r --to 2.0 --allow offline");
    let log = std::fs::read_to_string(cluster.path().join("log")).expect("the methods ran");
    assert_eq!(
        log,
        "Validate XMPL.svc:2.0: 2.0 1.0 ONLINE 9\n\
         Stop XMPL.svc:1.0: 1.0 1.0 STOPPING 9\n\
         Start XMPL.svc:2.0: 2.0 2.0 STARTING 9\n"
    );
    assert_eq!(on(&cluster, "n1", "scha_resource_get -O STATUS -R r"), "0|OK|Start of 2.0");
}
