//! What a commit costs and what makes it durable, counted with strace: one fsync, that of the log.

mod common;

use std::path::Path;
use std::process::{Command, Stdio};

use common::{child_under, job, put, say, this_program, write};
use rtreg_registry::{Commit, Condition, Outcome, Store};
use rtreg_store::SqliteStore;

/// Runs the test once more under strace; the calls in their order, each with the file it was for. None without strace.
fn trace(test: &str, store: &Path) -> Option<Vec<String>> {
    if !Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        say(&format!(
            "{test} skipped: no strace. Install it (apt-get install strace): what makes commits durable is not tested."
        ));
        return None;
    }
    let output = store.with_extension("trace");
    let mut strace = Command::new("strace");
    strace.args([
        "-f",
        "-y",
        "-s",
        "64",
        "-e",
        "trace=fsync,fdatasync,sync_file_range,openat,write,pwrite64,unlink",
        "-o",
    ]);
    strace.arg(&output).arg(this_program());
    let child = child_under(strace, test, "traced", store).output().unwrap();
    assert!(child.status.success(), "{}: {}", child.status, String::from_utf8_lossy(&child.stderr));
    let text = std::fs::read_to_string(output).unwrap();
    // Each line begins with the number of the thread.
    Some(text.lines().filter_map(|line| line.split_once(' ')).map(|(_, call)| call.trim().to_owned()).collect())
}

/// The calls between two lines that the child said.
fn between<'a>(calls: &'a [String], from: &str, to: &str) -> &'a [String] {
    let said = |line: &str| {
        let found =
            calls.iter().position(|call| call.starts_with("write(2<") && call.contains(&format!("\"{line}\\n\"")));
        found.unwrap_or_else(|| panic!("the child never said {line:?}: {calls:#?}"))
    };
    &calls[said(from) + 1..said(to)]
}

fn syncs(calls: &[String]) -> Vec<&str> {
    calls.iter().filter(|call| call.contains("sync") && call.contains('(')).map(String::as_str).collect()
}

fn writes_to<'a>(calls: &'a [String], path: &Path) -> Vec<&'a str> {
    let file = format!("<{}>", path.display());
    let written = |call: &&String| (call.starts_with("write") || call.starts_with("pwrite64")) && call.contains(&file);
    calls.iter().filter(written).map(String::as_str).collect()
}

fn commit_and_say(store: &SqliteStore, number: usize) {
    say(&format!("commit {number}"));
    write(store, vec![put(&format!("key/{number}"), &"x".repeat(number * 5_000)), put("last", &number.to_string())]);
    say(&format!("acknowledged {number}"));
}

fn commits_on_an_existing_log(path: &Path) {
    say("open");
    let store = SqliteStore::open_existing(path).unwrap().unwrap();
    (1..=5).for_each(|number| commit_and_say(&store, number));
    say("conflict");
    let condition = Condition::Absent { key: "last".to_owned() };
    let commit = Commit { conditions: vec![condition.clone()], changes: vec![put("never", "")] };
    assert_eq!(store.commit(&commit), Ok(Outcome::Conflict(condition)));
    store.snapshot().unwrap().get("last").unwrap();
    store.maintain().unwrap();
    drop(store);
    say("closed");
}

#[test]
fn a_commit_on_an_existing_log_is_one_fsync_and_closing_none() {
    if let Some((_, path)) = job() {
        return commits_on_an_existing_log(&path);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join("store.db");
    let store = SqliteStore::create(&path).unwrap();
    write(&store, vec![put("last", "0")]);
    drop(store);
    let log = path.with_extension("db-wal");
    let log_bytes = std::fs::metadata(&log).unwrap().len();
    assert!(log_bytes > 0, "closing left the log");
    let Some(calls) = trace("a_commit_on_an_existing_log_is_one_fsync_and_closing_none", &path) else { return };

    let whole = between(&calls, "open", "closed");
    assert_eq!(syncs(between(&calls, "open", "commit 1")), [""; 0], "opening");
    for number in 1..=5 {
        let during = between(&calls, &format!("commit {number}"), &format!("acknowledged {number}"));
        let syncs = syncs(during);
        assert_eq!(syncs.len(), 1, "commit {number}: {during:#?}");
        assert!(syncs[0].contains(&format!("<{}>) = 0", log.display())), "{}", syncs[0]);
        assert!(!writes_to(during, &log).is_empty(), "commit {number} wrote to the log: {during:#?}");
        assert!(
            during.iter().rposition(|call| call == syncs[0])
                > during.iter().rposition(|call| { writes_to(std::slice::from_ref(call), &log).len() == 1 }),
            "the log is synced after it is written: {during:#?}"
        );
    }
    assert_eq!(syncs(between(&calls, "acknowledged 5", "closed")), [""; 0], "a conflict, a read and closing");
    assert_eq!(writes_to(whole, &path), [""; 0], "nothing moved from the log into the database");
    assert!(std::fs::metadata(&log).unwrap().len() > log_bytes + 75_000, "the log holds what was committed");
    let store = SqliteStore::open_existing(&path).unwrap().unwrap();
    assert_eq!(store.snapshot().unwrap().revision(), 6);
}

#[test]
fn the_names_of_a_new_store_are_durable_before_the_first_acknowledgement() {
    if let Some((_, path)) = job() {
        say("create");
        let store = SqliteStore::create(&path).unwrap();
        commit_and_say(&store, 1);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap().join("new");
    let path = folder.join("store.db");
    // The trace goes beside the store.
    std::fs::create_dir(&folder).unwrap();
    let test = "the_names_of_a_new_store_are_durable_before_the_first_acknowledgement";
    let Some(calls) = trace(test, &path) else { return };
    let calls = between(&calls, "create", "acknowledged 1");
    let created = calls.iter().position(|call| call.contains("store.db-wal\"") && call.contains("O_CREAT"));
    let synced =
        calls.iter().rposition(|call| call.contains(&format!("<{}>)", folder.display())) && call.contains("sync"));
    let written =
        calls.iter().position(|call| !writes_to(std::slice::from_ref(call), &path.with_extension("db-wal")).is_empty());
    assert!(created.is_some() && created < synced && synced < written, "{created:?} {synced:?} {written:?} {calls:#?}");
}
