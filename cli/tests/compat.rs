//! `rtreg compat` at the command line: sides, digests, evidence, statements, formats, exit codes; and neighbours in `lint`.

mod common;

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use common::{Cluster, corpus, rtr, valid};
use serde_json::{Value, json};

const METHODS: [&str; 4] = ["Start", "Stop", "Monitor_start", "Monitor_stop"];

fn cluster(promise: &str) -> Cluster {
    let cluster = Cluster::new();
    cluster.write("old.rtr", &rtr("web", "1.0", &METHODS, &[]));
    cluster.write("new.rtr", &rtr("web", "2.0", &METHODS, &[&format!("\"1.0\" {promise}")]));
    cluster
}

fn rules(report: &Value) -> Vec<String> {
    let findings = report["pairs"][0]["findings"].as_array().expect("findings").clone();
    findings.iter().map(|finding| finding["rule"].as_str().expect("a rule").to_owned()).collect()
}

/// A folder with a file for each method.
fn methods(cluster: &Cluster, folder: &str, stop: &str) {
    std::fs::create_dir_all(cluster.path().join(folder)).expect("a folder");
    for method in METHODS {
        let text = if method == "Stop" { stop } else { method };
        let name = format!("{folder}/{}", method.to_lowercase());
        cluster.write(&name, text);
        mode(cluster, &name, 0o755);
    }
}

fn mode(cluster: &Cluster, name: &str, mode: u32) {
    std::fs::set_permissions(cluster.path().join(name), std::fs::Permissions::from_mode(mode)).expect("a mode");
}

#[test]
fn the_real_pair_says_what_was_shipped_and_nothing_else() {
    let Some(corpus) = corpus() else { return };
    let cluster = Cluster::new();
    let words =
        format!("compat {} {}", corpus.join("SUNW.qfs-4.6.rtr").display(), corpus.join("SUNW.qfs-5.rtr").display());
    let report = valid(&cluster, "compat", &words);
    assert_eq!(cluster.run(&words).code, 3, "without the scripts nobody knows");
    let mut found = rules(&report);
    let shared = found.iter().filter(|rule| *rule == "method_path_shared").count();
    found.retain(|rule| rule != "method_path_shared");
    assert_eq!(
        (shared, found),
        (
            12,
            ["version_changed", "upgrade_from_added", "promise_undecided", "default_changed"].map(str::to_owned).into()
        )
    );
    let messages = cluster.ok_or(3, &format!("{words} --format concise"));
    assert!(messages.contains("RT_version was `4.6`, and is `5` now"), "{messages}");
    assert!(messages.contains("`#$upgrade_from \"4.6\"` is new, with ANYTIME"), "{messages}");
    assert!(messages.contains("the default of `Prenet_start_timeout` was `300`, and is `360` now"), "{messages}");
    let promise = &report["pairs"][0]["promise"];
    assert_eq!(promise["verdict"], "undecided");
    assert_eq!((&promise["at_least"], &promise["at_most"]), (&json!("ANYTIME"), &json!("WHEN_UNMANAGED")));
    let all = ["stop", "postnet_stop", "update", "monitor_check", "fini", "monitor_stop", "old_monitor"];
    assert_eq!(promise["open"], json!(all));

    let said = "[compat.\"SUNW.qfs:4.6\"]\nto = \"5\"\nstop = \"understands-start\"\npostnet_stop = \"understands-start\"\n\
        update = \"understands-start\"\nmonitor_check = \"understands-start\"\nfini = \"understands-init\"\n\
        monitor_stop = \"understands-monitor-start\"\nold_monitor = \"lives-beside-new-methods\"\n";
    cluster.write("said.toml", said);
    let report = valid(&cluster, "compat", &format!("{words} --config said.toml"));
    assert_eq!(report["pairs"][0]["promise"]["weakest_safe"], "ANYTIME");
    assert_eq!(cluster.run(&format!("{words} --config said.toml")).code, 0);
    cluster.write("said.toml", &said.replace("understands-init", "does-not-understand-init"));
    let text = cluster.ok_or(1, &format!("{words} --config said.toml --format concise"));
    assert!(
        text.contains("error[promise_too_weak] expected WHEN_UNMANAGED or stricter for version 4.6, found ANYTIME"),
        "{text}"
    );
    cluster.write("said.toml", &said.replace("to = \"5\"", "to = \"6\""));
    assert_eq!(cluster.run(&format!("{words} --config said.toml")).code, 3, "said of another version");
}

trait Ends {
    fn ok_or(&self, code: i32, words: &str) -> String;
}

impl Ends for Cluster {
    /// Standard output of a command that must end with `code`.
    fn ok_or(&self, code: i32, words: &str) -> String {
        let answer = self.run(words);
        assert_eq!(answer.code, code, "rtreg {words}\n{}{}", answer.out, answer.err);
        answer.out
    }
}

#[test]
fn digests_decide_where_nothing_else_changed() {
    let cluster = cluster("ANYTIME");
    let new = std::fs::read_to_string(cluster.path().join("new.rtr")).expect("a file");
    cluster.write("new.rtr", &new.replace("/opt/XMPLweb/2.0", "/opt/XMPLweb/1.0"));
    assert_eq!(cluster.run("compat old.rtr new.rtr").code, 3);
    methods(&cluster, "a", "stop it");
    methods(&cluster, "b", "stop it");
    let words = "compat old.rtr new.rtr --methods OLD=a --methods NEW=b";
    let report = valid(&cluster, "compat", words);
    assert_eq!(report["pairs"][0]["promise"]["weakest_safe"], "ANYTIME", "{report:#}");
    assert_eq!(report["pairs"][0]["packaging"][0]["change"], "the RTR file only");
    cluster.ok(words);
    // What nobody can call is not as it was, whatever its content.
    mode(&cluster, "b/stop", 0o644);
    let text = cluster.fails(3, words);
    assert!(
        text.contains("note: Stop of the new version was not found: /opt/XMPLweb/1.0/stop, which is not executable"),
        "{text}"
    );
    mode(&cluster, "b/stop", 0o755);
    // What the methods call is a part of them.
    cluster.write("b/lib.sh", "new");
    assert_eq!(cluster.run(words).code, 3);
    std::fs::remove_file(cluster.path().join("b/lib.sh")).expect("a file");
    // A folder elsewhere is the same only if both lead to it.
    std::fs::create_dir(cluster.path().join("lib")).expect("a folder");
    std::os::unix::fs::symlink("../lib", cluster.path().join("b/lib")).expect("a link");
    assert_eq!(cluster.run(words).code, 3);
    std::os::unix::fs::symlink("../lib", cluster.path().join("a/lib")).expect("a link");
    cluster.ok(words);
    // Other methods under the same RTR file are nothing to register, and nothing stands between them and what runs.
    cluster.write("b/stop", "stop it otherwise");
    let text = cluster.ok("compat old.rtr old.rtr --methods OLD=a --methods NEW=b");
    assert!(
        text.contains("note[method_content_changed]") && text.contains("with the same RT_version no upgrade"),
        "{text}"
    );
    assert!(text.contains("Packaging: methods only, and the RTR file is the same: no new registration;"), "{text}");
    cluster.write("b/stop", "stop it");
    // Scripts know what is theirs by their own place.
    cluster.write("moved.rtr", &new);
    let text = cluster.fails(3, "compat old.rtr moved.rtr --methods OLD=a --methods NEW=b");
    assert!(text.contains("the file of Stop is unchanged, but the path of Monitor_start is not"), "{text}");
    assert!(text.contains("Packaging: methods: ANYTIME"), "{text}");
    // The whole path below the folder comes before the bare name.
    let deep = cluster.path().join("b/opt/XMPLweb/1.0");
    std::fs::create_dir_all(&deep).expect("a folder");
    std::fs::write(deep.join("stop"), "stop it otherwise").expect("a file");
    mode(&cluster, "b/opt/XMPLweb/1.0/stop", 0o755);
    let found = rules(&valid(&cluster, "compat", words));
    assert!(found.contains(&"method_content_changed".to_owned()), "{found:?}");
    std::fs::remove_file(cluster.path().join("a/stop")).expect("a file");
    let text = cluster.fails(3, words);
    assert!(text.contains("note: Stop of the old version was not found: /opt/XMPLweb/1.0/stop"), "{text}");
    assert!(
        cluster
            .fails(2, "compat old.rtr new.rtr --methods MID=a")
            .contains("expected OLD=DIR or NEW=DIR, found `MID=a`")
    );
    assert!(cluster.fails(2, "compat old.rtr new.rtr --methods OLD=zebra").contains("there is no folder zebra"));
}

#[test]
fn evidence_counts_where_its_digests_match() {
    let cluster = cluster("ANYTIME");
    methods(&cluster, "a", "old");
    methods(&cluster, "b", "new");
    let words = "compat old.rtr new.rtr --methods OLD=a --methods NEW=b --evidence tried.json";
    let digest = |path: &str| {
        use sha2::{Digest, Sha256};
        let text = std::fs::read(cluster.path().join(path)).expect("a file");
        Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let side = |name: &str, file: &str, folder: &str| {
        let methods: serde_json::Map<String, Value> = METHODS
            .iter()
            .map(|it| it.to_lowercase())
            .map(|it| (it.clone(), digest(&format!("{folder}/{it}")).into()))
            .collect();
        json!({ "name": name, "rtr_sha256": digest(file), "methods": methods, "beside": {} })
    };
    let evidence = |verdict: &str| {
        let run = |question: &str, verdict: &str| json!({ "question": question, "verdict": verdict, "why": "It was seen.", "calls": [] });
        let runs = json!([run("stop", verdict), run("monitor_stop", "supported"), run("old_monitor", "supported")]);
        json!({ "version": "evidence-v1", "old": side("XMPL.web:1.0", "old.rtr", "a"), "new": side("XMPL.web:2.0", "new.rtr", "b"), "runs": runs })
    };
    cluster.write("tried.json", &evidence("supported").to_string());
    let report = valid(&cluster, "compat", words);
    assert_eq!(report["pairs"][0]["promise"]["weakest_safe"], "ANYTIME", "{report:#}");
    assert_eq!(report["pairs"][0]["promise"]["reasons"][0]["why"], "supported by 1 run");
    cluster.ok(words);
    cluster.write("tried.json", &evidence("refuted").to_string());
    cluster.write("rtreg.toml", "[compat.\"1.0\"]\nstop = \"understands-start\"\n");
    let text = cluster.ok_or(1, &format!("{words} --format concise"));
    assert!(text.contains("promise_too_weak] expected WHEN_OFFLINE or stricter"), "{text}");
    assert!(
        text.contains(
            "statement_refuted] expected a statement that is not refuted, found `understands-start` in rtreg.toml:2"
        ),
        "{text}"
    );
    std::fs::remove_file(cluster.path().join("rtreg.toml")).expect("a file");
    cluster.write("b/stop", "newer");
    let text = cluster.ok_or(3, &format!("{words} --format concise"));
    assert!(
        text.contains("evidence_void] the evidence does not count: the runs had another Stop of the new version"),
        "{text}"
    );
    assert!(cluster.fails(3, "compat old.rtr new.rtr --evidence tried.json").contains("give `--methods OLD=DIR`"));
    let other = evidence("refuted").to_string().replace("XMPL.web:1.0", "XMPL.web:0.9");
    cluster.write("tried.json", &other);
    let text = cluster.fails(3, &format!("{words} --format concise"));
    assert!(text.contains("the evidence does not count: it is about XMPL.web:0.9 and XMPL.web:2.0"), "{text}");
    cluster.write("tried.json", "{}");
    assert!(cluster.fails(2, words).contains("expected evidence in tried.json"));
}

#[test]
fn statements_are_checked_and_shown() {
    let cluster = cluster("ANYTIME");
    cluster.write("rtreg.toml", "[compat.\"1.0\"]\nstop = \"understand-start\"\nstopp = \"x\"\nzebra = 1\n");
    let text = cluster.fails(2, "compat old.rtr new.rtr");
    for words in ["did you mean `understands-start`?", "did you mean `stop`?", "the keys are stop, postnet_stop"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    cluster.write("rtreg.toml", "compat = 1\n");
    assert!(cluster.fails(2, "config show").contains("expected a table of versions"));
    cluster.write("rtreg.toml", "[compat.\"1.0\"]\nto = \"2.0\"\nstop = \"does-not-understand-start\"\n");
    let shown = cluster.ok("config show");
    assert!(shown.contains("compat.\"1.0\".stop") && shown.contains("rtreg.toml:3"), "{shown}");
    assert!(shown.contains("does-not-understand-start (to 2.0)"), "{shown}");
    for (table, code) in [("XMPL.web:1.0", 1), ("XMPL.web:1.1", 3), ("YMPL.web:1.0", 3), ("", 3)] {
        cluster.write("rtreg.toml", &format!("[compat.\"{table}\"]\nstop = \"does-not-understand-start\"\n"));
        cluster.ok_or(code, "compat old.rtr new.rtr");
    }
    for (to, code) in [("2.0", 1), ("XMPL.web:2.0", 1), ("3.0", 3)] {
        cluster
            .write("rtreg.toml", &format!("[compat.\"1.0\"]\nto = \"{to}\"\nstop = \"does-not-understand-start\"\n"));
        cluster.ok_or(code, "compat old.rtr new.rtr");
    }
    cluster.write("rtreg.toml", "[compat.\"1.0\"]\nto = \"2.0\"\nstop = \"does-not-understand-start\"\n");
    let text = cluster.ok_or(1, "compat old.rtr new.rtr");
    assert!(text.contains("rtreg.toml:3 says that it does not"), "{text}");
}

/// Calls git in a folder; false where there is none.
fn call_git(cluster: &Cluster, words: &[&str]) -> bool {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=n", "-c", "user.email=e@x"]).args(words).current_dir(cluster.path());
    let Ok(output) = command.output() else { return false };
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    true
}

#[test]
fn files_that_are_gone_since_a_revision_are_said() {
    let cluster = Cluster::new();
    let git = |words: &[&str]| call_git(&cluster, words);
    if !git(&["init", "--quiet"]) {
        eprintln!("skipped: no git");
        return;
    }
    std::fs::create_dir(cluster.path().join("types")).expect("a folder");
    for name in ["types/XMPL.web", "types/web.rtr", "types/notes", "types/deep/web.rtr"] {
        std::fs::create_dir_all(cluster.path().join(name).parent().expect("a folder")).expect("a folder");
        let text = if name == "types/notes" { "prose".to_owned() } else { rtr("web", "1.0", &["Start", "Stop"], &[]) };
        cluster.write(name, &text);
    }
    git(&["add", "types"]);
    git(&["commit", "--quiet", "-m", "types"]);
    let gone = |words: &str| cluster.run(words).err.lines().filter(|line| line.contains("is gone")).count();
    assert_eq!(gone("compat --against git:HEAD types"), 0);
    for name in ["types/XMPL.web", "types/notes", "types/deep/web.rtr"] {
        std::fs::remove_file(cluster.path().join(name)).expect("a file");
    }
    std::fs::remove_dir(cluster.path().join("types/deep")).expect("a folder");
    let said = cluster.run("compat --against git:HEAD types").err;
    assert!(said.contains("types/XMPL.web is in the revision HEAD and is gone"), "{said}");
    assert!(said.contains("types/deep/web.rtr is in the revision HEAD and is gone"), "{said}");
    assert_eq!(gone("compat --against git:HEAD types"), 2);
}

#[test]
fn versions_come_from_git_the_registry_and_standard_input() {
    let cluster = cluster("WHEN_UNMANAGED");
    let git = |words: &[&str]| call_git(&cluster, words);
    cluster.ok("register old.rtr");
    assert_eq!(valid(&cluster, "compat", "compat registry:web new.rtr")["pairs"][0]["old"]["name"], "XMPL.web:1.0");
    cluster.ok("compat registry:XMPL.web:1.0 new.rtr");
    assert!(cluster.fails(4, "compat registry:zebra new.rtr").contains("zebra"));
    assert!(cluster.fails(2, "compat - -").contains("standard input can be read only once"));
    assert!(cluster.fails(2, "compat old.rtr").contains("expected two versions"));
    cluster.fails(3, "compat old.rtr zebra.rtr");
    if !git(&["init", "--quiet"]) {
        eprintln!("skipped: no git");
        return;
    }
    git(&["add", "old.rtr", "new.rtr"]);
    git(&["commit", "--quiet", "-m", "both"]);
    cluster.ok("compat git:HEAD:old.rtr new.rtr");
    assert!(cluster.fails(2, "compat git:zebra:old.rtr new.rtr").contains("expected a revision that git knows"));
    assert!(
        cluster.fails(2, "compat git:HEAD:zebra.rtr new.rtr").contains("there is no zebra.rtr in the revision HEAD")
    );
    assert!(cluster.fails(2, "compat git:HEAD new.rtr").contains("expected `git:REV:PATH`"));
    cluster.fails(2, "compat git:--help:old.rtr new.rtr");

    // What git keeps is no file of the folder.
    let sarif: Value =
        serde_json::from_str(&cluster.ok("compat git:HEAD:old.rtr new.rtr --format sarif")).expect("SARIF is JSON");
    let artifact = &sarif["runs"][0]["results"][0]["relatedLocations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(*artifact, json!({ "uri": "git:HEAD:old.rtr" }));

    let words = "compat --against git:HEAD old.rtr new.rtr";
    let report = valid(&cluster, "compat", words);
    let pairs = report["pairs"]
        .as_array()
        .expect("pairs")
        .iter()
        .map(|pair| (pair["old"]["file"].clone(), pair["new"]["file"].clone()));
    let expected = [("git:HEAD:old.rtr", "old.rtr"), ("git:HEAD:new.rtr", "new.rtr"), ("old.rtr", "new.rtr")];
    assert_eq!(pairs.collect::<Vec<_>>(), expected.map(|(old, new)| (json!(old), json!(new))));
    cluster.ok(words);
    cluster.write("new.rtr", &rtr("web", "2.0", &["Start", "Stop"], &["\"1.0\" WHEN_UNMANAGED"]));
    let text = cluster.ok_or(1, &format!("{words} --format concise"));
    assert!(text.contains("new.rtr:3:14: error[version_not_raised]"), "{text}");
    cluster.write("more.rtr", &rtr("more", "1.0", &["Start", "Stop"], &[]));
    assert!(
        cluster.run("compat --against git:HEAD more.rtr").err.contains("note: more.rtr is not in the revision HEAD")
    );
    assert!(cluster.fails(2, "compat --against git:HEAD -").contains("found `-`"));
    assert!(cluster.fails(2, "compat --against HEAD old.rtr").contains("expected `git:REV` behind --against"));
}

#[test]
fn every_format_and_every_exit_code() {
    let cluster = cluster("ANYTIME");
    for format in ["text", "concise", "json", "sarif", "github", "gitlab", "junit", "checkstyle"] {
        let out = cluster.ok_or(3, &format!("compat old.rtr new.rtr --format {format}"));
        assert!(out.contains("promise_undecided"), "{format}:\n{out}");
    }
    cluster.fails(3, "compat old.rtr new.rtr --output sarif=out.sarif");
    let sarif: Value =
        serde_json::from_slice(&std::fs::read(cluster.path().join("out.sarif")).expect("a report")).expect("JSON");
    assert_eq!(
        sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "new.rtr"
    );
    // Settings choose among differences as they do among the findings of lint.
    assert_eq!(cluster.ok("compat old.rtr new.rtr --ignore promise_undecided --select errors --format concise"), "");
    cluster.fails(1, "compat old.rtr new.rtr --level basedir_changed=error");
    assert!(cluster.fails(2, "compat old.rtr new.rtr --baseline x.json").contains("rtreg: allow(RULE)"));
    // A comment in the new file takes out what is known.
    let new = rtr("web", "2.0", &METHODS, &["\"1.0\" ANYTIME"]);
    let comment = "# rtreg: allow(promise_undecided) because it was tried by hand\n";
    cluster.write("new.rtr", &new.replace("#$upgrade_from", &format!("{comment}#$upgrade_from")));
    cluster.ok("compat old.rtr new.rtr");
    cluster.ok("lint new.rtr");
    // What cannot be read for sure is not compared.
    cluster.write("new.rtr", &new.replace("Stop = stop;", "Stop = stop"));
    let report = valid(&cluster, "compat", "compat old.rtr new.rtr");
    assert_eq!((&report["pairs"][0]["compared"], &report["pairs"][0]["promise"]), (&json!(false), &Value::Null));
    assert!(cluster.fails(1, "compat old.rtr new.rtr").contains("Not compared"));
    assert!(cluster.fails(2, "compat old.rtr new.rtr --admin-notes").contains("found errors in new.rtr"));
    assert!(
        cluster.fails(1, "compat old.rtr new.rtr --ignore all").contains("Not compared"),
        "the syntax counts whatever the settings"
    );
    cluster.write("new.rtr", "prose");
    cluster.fails(1, "compat old.rtr new.rtr");
}

#[test]
fn one_version_and_itself_has_nothing_to_say() {
    let cluster = cluster("ANYTIME");
    let report = valid(&cluster, "compat", "compat old.rtr old.rtr");
    assert_eq!(report["pairs"][0]["findings"], json!([]));
    assert_eq!(report["pairs"][0]["promise"], Value::Null);
    assert_eq!(cluster.ok("compat old.rtr old.rtr"), "XMPL.web:1.0 to XMPL.web:1.0\n\n\nno findings in 2 files\n");
}

#[test]
fn administrators_are_told_what_they_need() {
    let cluster = Cluster::new();
    let old = rtr("web", "1.0", &METHODS, &[]);
    cluster.write("old.rtr", &format!("{old}{{ PROPERTY = Gone; EXTENSION; INT; DEFAULT = 1; }}\n{{ PROPERTY = Size; EXTENSION; INT; MAX = 9; DEFAULT = 1; }}\n"));
    let new = rtr("web", "2.0", &METHODS, &["\"1.0\" WHEN_DISABLED", "\"\" AT_CREATION"])
        .replace("/opt/XMPLweb/2.0", "/opt/XMPLweb/1.0");
    cluster.write("new.rtr", &format!("{new}{{ PROPERTY = Port; EXTENSION; INT; MIN = 1; }}\n{{ PROPERTY = Size; EXTENSION; INT; MAX = 5; DEFAULT = 2; }}\n"));
    let notes = cluster.ok("compat old.rtr new.rtr --admin-notes");
    insta::assert_snapshot!(notes);
    // What the file promises is printed, and that it may not be safe is said beside it.
    cluster.write("new.rtr", &rtr("web", "2.0", &METHODS, &["\"1.0\" ANYTIME"]));
    let text = cluster.fails(3, "compat old.rtr new.rtr --admin-notes");
    assert!(text.contains("note: the file promises ANYTIME for version 1.0") && text.contains("at any time"), "{text}");
    cluster.write("rtreg.toml", "[compat.\"1.0\"]\nstop = \"does-not-understand-start\"\n");
    assert!(cluster.fails(1, "compat old.rtr new.rtr --admin-notes").contains("weaker than WHEN_OFFLINE"));
}

#[test]
fn lint_compares_neighbours_and_takes_up_broken_promises() {
    let cluster = Cluster::new();
    std::fs::create_dir_all(cluster.path().join("types/copy")).expect("a folder");
    cluster.write("types/a.rtr", &rtr("web", "1.9", &METHODS, &[]));
    cluster.write("types/b.rtr", &rtr("web", "1.10", &["Start", "Stop"], &["\"1.9\" ANYTIME"]));
    cluster.write("types/c.rtr", &rtr("web", "2.0", &["Start", "Stop"], &["\"1.10\" ANYTIME"]));
    let text = cluster.ok_or(1, "lint types --format concise");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(
        text.starts_with(
            "types/b.rtr:8:1: error[promise_too_weak] expected WHEN_UNMONITORED or stricter for version 1.9"
        ),
        "{text}"
    );
    // What is not known is no mistake, and one file alone has no neighbour.
    cluster.ok("lint types/b.rtr");
    // Of two texts of one version nobody knows which is meant; a copy is the same.
    cluster.write("types/copy/a.rtr", &rtr("web", "1.9", &METHODS, &[]));
    cluster.fails(1, "lint types");
    cluster.write("types/copy/a.rtr", &rtr("web", "1.9", &["Start", "Stop"], &[]));
    cluster.ok("lint types");
    std::fs::remove_file(cluster.path().join("types/copy/a.rtr")).expect("a file");
    // Settings cannot make a broken file certain.
    let broken = rtr("web", "1.10", &["Start", "Stop"], &["\"1.9\" ANYTIME"]).replace("Stop = stop;", "Stop = stop");
    cluster.write("types/b.rtr", &broken);
    cluster.ok("lint types --ignore missing_semicolon");
    cluster.write("types/b.rtr", &rtr("web", "1.10", &["Start", "Stop"], &["\"1.9\" ANYTIME"]));
    // A baseline takes it out as any other finding.
    cluster.ok("lint types --baseline base.json --update-baseline");
    cluster.ok("lint types --baseline base.json");
    // Dropped ways are errors, too.
    cluster.write("types/c.rtr", &rtr("web", "2.0", &["Start", "Stop"], &[]).replace("#$upgrade\n", ""));
    assert!(cluster.fails(1, "lint types --format concise").contains("error[upgrade_dropped]"));
    cluster.ok("lint types --ignore upgrade_dropped,promise_too_weak");
}

#[test]
fn resources_of_the_registry_are_witnesses() {
    let cluster = Cluster::new();
    let table = |max: u32, more: &str| {
        format!("{{ PROPERTY = Retry_count; MIN = 0; MAX = {max}; DEFAULT = 2; TUNABLE = ANYTIME; }}\n{more}")
    };
    let old = rtr("web", "1.0", &["Start", "Stop"], &[])
        + &table(20, "{ PROPERTY = Page; EXTENSION; STRING; DEFAULT = a; TUNABLE = ANYTIME; }\n");
    let new = rtr("web", "2.0", &["Start", "Stop"], &["\"1.0\" WHEN_UNMANAGED"])
        + &table(10, "{ PROPERTY = Port; EXTENSION; INT; }\n");
    cluster.write("old.rtr", &old);
    cluster.write(
        "new.rtr",
        &new.replacen("DEFAULT = 60", "DEFAULT = 90", 1).replace("#$upgrade\n", "Single_instance = TRUE;\n#$upgrade\n"),
    );
    let words = "compat old.rtr new.rtr --registry";
    assert!(cluster.ok(words).contains("Resources: the old version is not registered in the store"));
    cluster.ok("register old.rtr");
    assert!(cluster.ok(words).contains("Resources: 0 of 0 with the old version would notice."));
    cluster.ok("node add n1");
    cluster.ok("group create g --node n1");
    cluster.ok("resource create web-rs --group g --type web -p Retry_count=20 -p Page=b -p Start_timeout=30");
    cluster.ok("resource create quiet-rs --group g --type web -p Retry_count=10");
    let text = cluster.ok(words);
    for line in [
        "Resources: 2 of 2 with the old version would notice.",
        "web-rs is one of 2 resources of the type, and the new version permits one.",
        "web-rs sets Retry_count = 20: `Retry_count` needs a value in the command: its value no longer fits: expected a value of at most 10, found 20.",
        "web-rs sets Page = b, and the new version has no Page.",
        "quiet-rs: `Port` needs a value in the command: it is new and has no default.",
        "quiet-rs follows the default of Start_timeout, 60, and gets 90.",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("quiet-rs sets") && !text.contains("web-rs follows"), "{text}");
    let report = valid(&cluster, "compat", words);
    let found = &report["pairs"][0]["witnesses"];
    assert_eq!((&found["registered"], &found["resources"]), (&json!(true), &json!(2)));
    let kinds: std::collections::BTreeSet<&str> = found["witnesses"]
        .as_array()
        .expect("witnesses")
        .iter()
        .filter_map(|witness| witness["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["default_inherited", "dropped", "forbidden", "needs_value"].into());
    assert_eq!(valid(&cluster, "compat", "compat old.rtr new.rtr")["pairs"][0]["witnesses"], Value::Null);
}

#[test]
fn a_version_that_overwrites_all_methods_of_one_that_it_upgrades_from_is_said_once() {
    let cluster = Cluster::new();
    let at = |version: &str, folder: &str, lines: &[&str]| {
        rtr("web", version, &["Start", "Stop"], lines)
            .replace(&format!("/opt/XMPLweb/{version}"), &format!("/opt/XMPLweb/{folder}"))
    };
    cluster.write("v/1.rtr", &at("1.0", "all", &[]));
    cluster.write("v/2.rtr", &at("2.0", "all", &["\"1.0\" WHEN_UNMANAGED"]));
    let found = cluster.ok("lint v --format concise");
    assert_eq!(found.matches("method_path_shared").count(), 1, "{found}");
    assert!(found.contains("v/2.rtr:") && found.contains("all methods have paths of version 1.0"), "{found}");
    // Neither where the new version has a folder of its own, nor where it does not list the old one.
    cluster.write("v/2.rtr", &at("2.0", "2", &["\"1.0\" WHEN_UNMANAGED"]));
    assert_eq!(cluster.ok("lint v --format concise").matches("method_path_shared").count(), 0);
    cluster.write("v/2.rtr", &at("2.0", "all", &[]));
    assert_eq!(cluster.ok("lint v --format concise").matches("method_path_shared").count(), 0);
}
