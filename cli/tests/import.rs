//! `rtreg import solaris-cluster`: a cluster that exists is taken over from what its own commands print. Here rtreg itself
//! prints it, by the vendor's names, on a store of another folder.

mod common;

use common::{Cluster, rtr, valid};

const METHODS: &[&str] = &["Init", "Start", "Stop", "Update", "Monitor_start", "Monitor_stop"];
const OPTIONS: &str = "--as-of 2026-01-01T12:00:00+01:00 --origins";

/// What prints the cluster, in the order of the files.
const SHOWING: [&str; 6] = [
    "clresourcetype show -v",
    "clresourcegroup show -v",
    "clresource show -v",
    "clresource status",
    "clresourcegroup status",
    "clnode status",
];

fn files(cluster: &Cluster) {
    cluster.write("1.rtr", &rtr("web", "1.0", METHODS, &[]));
    cluster.write("2.rtr", &rtr("web", "2.0", METHODS, &["\"1.0\" ANYTIME"]));
    cluster.write("3.rtr", &rtr("web", "3.0", METHODS, &["\"2.0\" ANYTIME", "\"1.0\" WHEN_OFFLINE"]));
}

/// A cluster with `groups` groups of two resources each, the second dependent on the first, all online on n1.
fn running(groups: usize) -> Cluster {
    let cluster = Cluster::new();
    files(&cluster);
    std::fs::create_dir(cluster.path().join("bin")).expect("a folder");
    cluster.ok("install-links bin");
    cluster.ok("register 1.rtr 2.rtr");
    cluster.ok("node add n1");
    cluster.ok("node add n2");
    for group in 0..groups {
        cluster.ok(&format!("group create g{group} --node n1,n2"));
        cluster.ok(&format!("resource create a{group} --group g{group} --type XMPL.web:2.0 -p Start_timeout=77"));
        cluster.ok(&format!(
            "resource create b{group} --group g{group} --type XMPL.web:2.0 -p Resource_dependencies=a{group}"
        ));
        cluster.ok(&format!("resource unmonitor b{group} --node n2"));
        cluster.ok(&format!("group manage g{group}"));
        cluster.ok(&format!("group online g{group}"));
    }
    cluster
}

/// A store of its own, beside files with all that the cluster prints; returns the names of the files.
fn printed(from: &Cluster) -> (Cluster, String) {
    let to = Cluster::new();
    files(&to);
    let mut names = String::new();
    for (number, words) in SHOWING.into_iter().enumerate() {
        let text = match words {
            // rtreg has no command of this name.
            "clnode status" => "=== Cluster Nodes ===\n\n--- Node Status ---\n\nNode Name    Status\n---------    ------\nn1    Online\nn2    Online\n".to_owned(),
            words => {
                let answer = from.vendor(words);
                assert_eq!(answer.code, 0, "{words}: {}", answer.err);
                answer.out
            }
        };
        let name = format!("shown{number}.txt");
        to.write(&name, &text);
        names.push_str(&name);
        names.push(' ');
    }
    (to, names)
}

/// What is known of the resources, without what only the new store says.
fn resources(cluster: &Cluster, groups: usize) -> Vec<serde_json::Value> {
    let names = (0..groups).flat_map(|group| [format!("a{group}"), format!("b{group}")]);
    let shown = |name: String| {
        let mut report = cluster.json(&format!("show resource {name}"));
        report.as_object_mut().expect("an object").remove("imported");
        report
    };
    names.map(shown).collect()
}

#[test]
fn what_rtreg_shows_is_imported_as_it_was() {
    let from = running(2);
    let (to, names) = printed(&from);
    let preview =
        to.ok(&format!("import solaris-cluster {names} {OPTIONS} type_version --rtr 1.rtr --rtr 2.rtr --preview"));
    assert!(preview.contains("this was a preview: 10 would be made, in one commit"), "{preview}");
    assert!(!to.path().join("store.db").exists(), "a preview writes nothing");
    std::fs::create_dir(to.path().join("types")).expect("a folder");
    for file in ["1.rtr", "2.rtr"] {
        std::fs::copy(to.path().join(file), to.path().join("types").join(file)).expect("a copy");
    }
    let import = format!("import solaris-cluster {names} {OPTIONS} type_version --rtr types --reason takeover");
    let report = valid(&to, "import", &import);
    assert_eq!((&report["commits"], &report["as_of"]), (&1.into(), &"2026-01-01T11:00:00Z".into()));
    assert_eq!(resources(&to, 2), resources(&from, 2));
    for group in ["g0", "g1"] {
        assert_eq!(to.json(&format!("show group {group}")), from.json(&format!("show group {group}")));
    }
    to.ok("history verify");
    let history = to.ok("history resource:a0");
    for part in ["import by", "reason: takeover", "as_of: 2026-01-01T11:00:00Z", "origins: type_version"] {
        assert!(history.contains(part), "`{part}` is not in\n{history}");
    }
    let status = to.json("status");
    let again = to.ok(&import);
    assert!(again.contains("all of it is recorded already; nothing changed"), "{again}");
    assert_eq!(to.json("status"), status);
}

/// More than one commit holds: a commit an object, in an order that leaves a consistent store at any time.
#[test]
fn what_does_not_fit_one_commit_goes_object_by_object() {
    let from = running(9);
    let (to, names) = printed(&from);
    to.ok("register 1.rtr 2.rtr");
    let import = format!("import solaris-cluster {names} {OPTIONS} type_version");
    let preview = to.json(&format!("{import} --preview"));
    assert_eq!(preview["commits"], 2 + 9 + 18, "{preview:#}");
    let report = to.json(&import);
    assert_eq!(report["objects"], preview["objects"]);
    assert_eq!(resources(&to, 9), resources(&from, 9));
    to.ok("history verify");
    // As if it had been cut short: what is missing is made, what is there stays.
    for words in ["resource disable b8", "resource delete b8"] {
        to.ok(words);
    }
    let again = to.json(&import);
    assert_eq!(again["commits"], 1, "{again:#}");
    assert_eq!(resources(&to, 9), resources(&from, 9));
    to.ok("history verify");
}

/// Killed at any object, the store is consistent, and the same command makes what is missing.
#[test]
fn an_import_that_is_killed_is_completed() {
    let from = running(9);
    let mut killed = 0;
    for object in ["group g0", "group g8", "resource a0", "resource a4", "resource b7"] {
        let (to, names) = printed(&from);
        to.ok("register 1.rtr 2.rtr");
        let import = format!("import solaris-cluster {names} {OPTIONS} type_version");
        let mut child = to.command();
        child.args(import.split_whitespace()).stdout(std::process::Stdio::null());
        let mut child = child.spawn().expect("the binary runs");
        while to.run(&format!("show {object}")).code != 0 && child.try_wait().expect("a child").is_none() {}
        child.kill().expect("a signal");
        let ended = child.wait().expect("an end");
        killed += usize::from(!ended.success());
        to.ok("history verify");
        to.ok(&import);
        assert_eq!(resources(&to, 9), resources(&from, 9), "{object}");
        to.ok("history verify");
    }
    assert!(killed > 0, "no import was caught in the middle");
}

#[test]
fn decisions_say_what_they_rest_on() {
    let from = running(1);
    let (to, names) = printed(&from);
    to.ok("register 1.rtr 2.rtr 3.rtr");
    to.ok(&format!("import solaris-cluster {names} {OPTIONS} type_version"));
    let shown = to.ok("show resource a0");
    let line = "imported as of 2026-01-01T11:00:00Z, origins type_version: state on n1, n2; initialisation on n1, n2";
    assert!(shown.contains(line), "{shown}");
    let allowed = to.ok("upgrade a0 --to 3.0 --preview");
    for part in [
        "is allowed now (ANYTIME)",
        "This rests on an import:",
        "The state on n1, n2 is what the cluster printed as of 2026-01-01T11:00:00Z (",
        " days old).",
        "`--origins type_version`, the word of who imported it",
    ] {
        assert!(allowed.contains(part), "`{part}` is not in\n{allowed}");
    }
    assert_eq!(valid(&to, "upgrade", "upgrade a0 --to 3.0")["rests_on"].as_array().map(Vec::len), Some(2));
    assert!(to.ok("history resource:a0 --limit 1").contains("rests_on"));
    // By the vendor's name success is silent, but for that.
    std::fs::create_dir(to.path().join("bin")).expect("a folder");
    to.ok("install-links bin");
    let silent = to.vendor("clrs set -p Type_version=3.0 b0");
    assert_eq!((silent.code, silent.out.as_str()), (0, ""), "{}", silent.err);
    assert!(silent.err.starts_with("note: The state on n1, n2 is what the cluster printed"), "{}", silent.err);
    // What rtreg has seen itself rests on nothing else.
    to.ok("resource disable b0");
    to.ok("resource disable a0");
    assert!(to.ok("show resource a0").contains("origins type_version: initialisation on n1, n2"));
    to.ok("group offline g0");
    to.ok("group unmanage g0");
    assert!(!to.ok("show resource a0").contains("imported"));
    assert!(to.json("upgrade a0 --to 2.0 --preview")["rests_on"].is_null());
}

/// Without the word of somebody who knows, everything is as strict as what may have run.
#[test]
fn unknown_origins_are_unknown() {
    let from = running(1);
    let (to, names) = printed(&from);
    to.ok("register 1.rtr 2.rtr 3.rtr");
    to.ok(&format!("import solaris-cluster {names} {OPTIONS} unknown"));
    let node = &to.json("show resource a0")["nodes"][0];
    for origin in ["started_by", "monitor_started_by", "initialised_by"] {
        assert_eq!(node[origin]["kind"], "unknown", "{origin}: {node:#}");
    }
    let refusal = to.fails(11, "upgrade a0 --to 3.0");
    assert!(refusal.contains("`--origins unknown`") && refusal.contains("WHEN_OFFLINE"), "{refusal}");
}

#[test]
fn without_states_nothing_is_taken_for_granted() {
    let from = running(1);
    let (to, _) = printed(&from);
    to.ok("register 1.rtr 2.rtr 3.rtr");
    let report = to.ok(&format!("import solaris-cluster shown1.txt {OPTIONS} type_version"));
    assert!(report.contains("rtreg node up n1"), "{report}");
    assert_eq!(to.json("show resource a0")["nodes"][0]["state"], "unknown");
    assert_eq!(to.json("node list")["nodes"][0]["status"], "unknown");
    to.fails(3, "upgrade a0 --to 3.0 --preview");
}

#[test]
fn what_contradicts_the_store_is_refused() {
    let from = running(1);
    let (to, names) = printed(&from);
    let import = format!("import solaris-cluster {names} {OPTIONS} type_version");
    let refusal = to.fails(4, &import);
    for part in ["`a0` is of type `XMPL.web:2.0`, version 2.0, which is not registered", "--rtr FILE"] {
        assert!(refusal.contains(part), "`{part}` is not in\n{refusal}");
    }
    assert!(!to.path().join("store.db").exists(), "nothing is written before all is decided");
    to.write("2.rtr", &rtr("web", "2.0", METHODS, &[]).replace("/opt/XMPLweb", "/opt/OTHERweb"));
    let refusal = to.fails(4, &format!("{import} --rtr 1.rtr --rtr 2.rtr"));
    assert!(refusal.contains("RT_basedir: `/opt/OTHERweb/2.0` in the registered file"), "{refusal}");
    files(&to);
    to.ok(&format!("{import} --rtr 1.rtr --rtr 2.rtr"));
    for (change, part, back) in [
        ("resource disable b0", "state on n1: recorded as offline, shown as online", "resource enable b0"),
        (
            "resource set a0 -p Start_timeout=78",
            "Start_timeout: recorded as 78, shown as 77",
            "resource set a0 -p Start_timeout=77",
        ),
        (
            "group set g0 -p Maximum_primaries=2",
            "Maximum_primaries: recorded as 2, shown as 1",
            "group set g0 -p Maximum_primaries=1",
        ),
        ("node down n2", "node `n2` is recorded as down", "node up n2"),
    ] {
        to.ok(change);
        let refusal = to.fails(4, &import);
        assert!(refusal.contains(part), "{change}: `{part}` is not in\n{refusal}");
        to.ok(back);
    }
    assert!(to.ok(&import).contains("nothing changed"));
}

#[test]
fn an_unknown_line_is_an_error_with_its_place() {
    let from = running(1);
    let (to, names) = printed(&from);
    to.ok("register 1.rtr 2.rtr");
    let text = std::fs::read_to_string(to.path().join("shown2.txt")).expect("the file");
    to.write("shown2.txt", &text.replacen("  Type_version:", "  Type_colour:", 1));
    let out = to.fails(1, &format!("import solaris-cluster {names} {OPTIONS} type_version"));
    assert!(out.contains("shown2.txt:6:3") && out.contains("nothing is imported: 1 error"), "{out}");
}

#[test]
fn time_and_origins_are_required() {
    let cluster = Cluster::new();
    cluster.write("shown.txt", "");
    for (words, part) in [
        ("import solaris-cluster shown.txt --origins unknown", "--as-of"),
        ("import solaris-cluster shown.txt --as-of 2026-01-01T00:00:00Z", "--origins"),
        ("import solaris-cluster shown.txt --origins unknown --as-of yesterday", "RFC 3339"),
        ("import solaris-cluster shown.txt --origins unknown --as-of 2999-01-01T00:00:00Z", "a time that has passed"),
        ("import solaris-cluster shown.txt --origins known --as-of 2026-01-01T00:00:00Z", "type_version"),
    ] {
        let message = cluster.fails(2, words);
        assert!(message.contains(part), "{words}: {message}");
    }
}
