//! What is refused before it can do harm: files that are none, stores that are none or were changed by hand; and that a
//! refused command leaves nothing behind.

mod common;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{Cluster, rtr, valid};

const METHODS: &[&str] = &["Start", "Stop"];

fn fifo(cluster: &Cluster, name: &str) -> String {
    let path = cluster.path().join(name);
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).expect("a FIFO");
    path.display().to_string()
}

/// Runs a command that must end with `code` although it names what never ends; returns what it printed as errors.
fn ends(cluster: &Cluster, code: i32, words: &str) -> String {
    let mut command = cluster.command();
    let command = command.args(words.split_whitespace()).stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn().expect("the binary runs");
    let deadline = Instant::now() + Duration::from_secs(60);
    while child.try_wait().expect("a child").is_none() {
        if Instant::now() > deadline {
            child.kill().expect("the child is killed");
            panic!("rtreg {words}: it does not end");
        }
        std::thread::yield_now();
    }
    let output = child.wait_with_output().expect("its output");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "rtreg {words}: {error}");
    error
}

#[test]
fn a_method_that_is_no_regular_file_is_not_read() {
    let cluster = Cluster::new();
    let pipe = fifo(&cluster, "pipe");
    let link = cluster.path().join("link");
    std::os::unix::fs::symlink("/dev/zero", &link).expect("a link");
    let text = rtr("web", "1.0", METHODS, &[])
        .replace("Start = start", &format!("Start = {pipe}"))
        .replace("Stop = stop", &format!("Stop = {}", link.display()));
    cluster.write("web.rtr", &text);
    let notes = ends(&cluster, 0, "register web.rtr");
    for path in [&pipe, &link.display().to_string()] {
        let note = format!("the method {path} cannot be read, so its digest is not recorded: expected a regular file");
        assert!(notes.contains(&note), "{notes}");
    }
    assert_eq!(cluster.json("show type web")["methods"][0]["digests"], serde_json::json!({}));
}

#[test]
fn methods_of_a_file_with_errors_are_not_looked_at() {
    let cluster = Cluster::new();
    let text = rtr("web", "1.0", &["Start"], &[]).replace("Start = start", "Start = /dev/zero");
    cluster.write("web.rtr", &text);
    let errors = ends(&cluster, 1, "register web.rtr");
    assert!(!errors.contains("/dev/zero cannot be read"), "{errors}");
}

#[test]
fn a_named_file_is_a_regular_one() {
    let cluster = Cluster::new();
    let pipe = fifo(&cluster, "pipe.rtr");
    for words in [format!("lint {pipe}"), format!("register {pipe}"), "lint /dev/zero".to_owned()] {
        let error = ends(&cluster, 3, &words);
        assert!(error.contains("expected a regular file, found a pipe, socket or device"), "{error}");
        assert!(error.contains("`-` for what comes through a pipe"), "{error}");
    }
    let large = std::fs::File::create(cluster.path().join("large.rtr")).expect("a file");
    large.set_len(u64::from(u32::MAX) + 1).expect("a file with a hole");
    assert!(ends(&cluster, 3, "lint large.rtr").contains("larger than 4 GiB"));
    cluster.write("web.rtr", &rtr("web", "1.0", METHODS, &[]));
    std::os::unix::fs::symlink("web.rtr", cluster.path().join("link.rtr")).expect("a link");
    cluster.ok("register link.rtr");
}

#[test]
fn a_refused_command_leaves_no_store() {
    let cluster = Cluster::new();
    cluster.write("broken.rtr", "Resource_type = web;\n");
    cluster.write("web.rtr", &rtr("web", "1.0", METHODS, &[]));
    let store = format!("--store sqlite:{}", cluster.path().join("below/store.db").display());
    for (code, words) in [
        (1, "register broken.rtr"),
        (4, "register web.rtr --node n1"),
        (4, "unregister web"),
        (4, "group create g --node n1"),
        (4, "resource enable r"),
        (4, "upgrade r --to 2.0"),
        (2, "setting set empty-upgrade-from unversioned-only"),
        (3, "history verify"),
        (3, "history head"),
    ] {
        cluster.fails(code, &format!("{words} {store}"));
        assert!(!cluster.path().join("below").exists(), "rtreg {words}");
    }
    cluster.ok(&format!("register web.rtr {store}"));
    assert!(cluster.path().join("below/store.db").exists());
}

#[test]
fn what_is_no_store_is_not_called_damaged() {
    let cluster = Cluster::new();
    for text in [String::new(), "x".repeat(130), "x".repeat(5000)] {
        let path = cluster.write("store.db", &text);
        for words in ["list", "node add n1", "history verify"] {
            let error = cluster.fails(3, words);
            assert!(error.contains("is not a store of rtreg") && error.contains("check the path"), "{error}");
            assert!(!error.contains("damaged") && !error.contains("remove"), "{error}");
        }
        assert_eq!(std::fs::read_to_string(path).expect("the file"), text);
    }
}

fn sql(cluster: &Cluster, statement: &str) -> bool {
    let store = cluster.path().join("store.db");
    Command::new("sqlite3").arg(store).arg(statement).status().is_ok_and(|status| status.success())
}

#[test]
fn a_store_that_was_changed_by_hand_does_not_verify() {
    let cluster = Cluster::new();
    assert!(cluster.fails(3, "history verify").contains("there is no store at"));
    assert!(cluster.fails(3, "history head").contains("there is no store at"));
    cluster.write("web.rtr", &rtr("web", "1.0", METHODS, &[]));
    cluster.ok("register web.rtr");
    for words in ["node add n1", "group create g --node n1", "resource create r --group g --type web"] {
        cluster.ok(words);
    }
    cluster.ok("history verify");
    if Command::new("sqlite3").arg("-version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: no sqlite3");
        return;
    }
    let whole = std::fs::read(cluster.path().join("store.db")).expect("the store");
    let log = std::fs::read(cluster.path().join("store.db-wal")).expect("its log");
    for (statement, words) in [
        ("DELETE FROM kv WHERE key LIKE 'by-type/%'", "the index has no entry"),
        ("DELETE FROM kv WHERE key LIKE 'blobs/%'", "expected an RTR file"),
        ("UPDATE meta SET value = 2 WHERE name = 'revision'", "but the store says that it is at 2"),
        ("DELETE FROM kv", "has no key at all"),
    ] {
        assert!(sql(&cluster, statement), "{statement}");
        assert!(cluster.fails(3, "history verify").contains(words), "{statement}");
        let _ = std::fs::remove_file(cluster.path().join("store.db-shm"));
        std::fs::write(cluster.path().join("store.db-wal"), &log).expect("the log comes back");
        std::fs::write(cluster.path().join("store.db"), &whole).expect("the store comes back");
        cluster.ok("history verify");
    }
}

#[test]
fn the_source_of_a_type_as_json() {
    let cluster = Cluster::new();
    let text = rtr("web", "1.0", METHODS, &[]);
    cluster.write("web.rtr", &text);
    cluster.ok("register web.rtr web.rtr ./web.rtr");
    let shown = valid(&cluster, "show-type-rtr", "show type web --rtr");
    assert_eq!((&shown["name"], &shown["encoding"]), (&"XMPL.web:1.0".into(), &"utf8".into()));
    assert_eq!(shown["rtr"], text);
    let bytes = [b"# caf\xe9\n", rtr("db", "1.0", METHODS, &[]).as_bytes()].concat();
    std::fs::write(cluster.path().join(Path::new("db.rtr")), bytes).expect("a file");
    cluster.ok("register db.rtr");
    let shown = valid(&cluster, "show-type-rtr", "show type db --rtr");
    assert_eq!(shown["encoding"], "base64");
    // `# caf`, the byte 0xe9, a line end, `Re`.
    assert!(shown["rtr"].as_str().is_some_and(|rtr| rtr.starts_with("IyBjYWbpClJl")), "{shown}");
}
