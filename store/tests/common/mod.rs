//! What several test files need: a test that runs itself once more as another process, and small commits.

#![allow(dead_code, reason = "each test file uses its part")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rtreg_registry::{Change, Commit, Condition, KeyRange, Outcome, Revision, Store, Stored};
use rtreg_store::SqliteStore;

const JOB: &str = "RTREG_STORE_TEST_JOB";
const STORE: &str = "RTREG_STORE_TEST_STORE";

/// The test of this name, once more, in a process of its own that has a job to do.
pub fn child(test: &str, job: &str, store: &Path) -> Command {
    child_under(Command::new(this_program()), test, job, store)
}

/// The same, where `command` runs this program with the arguments that follow.
pub fn child_under(mut command: Command, test: &str, job: &str, store: &Path) -> Command {
    command.args([test, "--exact", "--nocapture"]).env(JOB, job).env(STORE, store).stdout(Stdio::null());
    command
}

pub fn this_program() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// The job and the store of this process, if it is a child.
pub fn job() -> Option<(String, PathBuf)> {
    Some((std::env::var(JOB).ok()?, std::env::var_os(STORE)?.into()))
}

/// A line for the parent. Written at once and in one piece; the test harness writes nothing to standard error.
pub fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

pub fn put(key: &str, value: &str) -> Change {
    Change::Put { key: key.to_owned(), value: value.as_bytes().to_vec() }
}

pub fn write(store: &SqliteStore, changes: Vec<Change>) -> Revision {
    match store.commit(&Commit { conditions: vec![], changes }) {
        Ok(Outcome::Done(revision)) => revision,
        other => panic!("the commit was {other:?}"),
    }
}

/// Adds one to the number under the key, however often another is faster.
pub fn increment(store: &SqliteStore, key: &str) {
    loop {
        let before = store.snapshot().unwrap().get(key).unwrap();
        let number: u64 = before.as_ref().map_or(0, |stored| text(stored).parse().unwrap());
        let condition = match before {
            Some(stored) => Condition::Unchanged { key: stored.key, modified: stored.modified },
            None => Condition::Absent { key: key.to_owned() },
        };
        let commit = Commit { conditions: vec![condition], changes: vec![put(key, &(number + 1).to_string())] };
        if let Outcome::Done(_) = store.commit(&commit).unwrap() {
            return;
        }
    }
}

pub fn text(stored: &Stored) -> &str {
    std::str::from_utf8(&stored.value).unwrap()
}

/// The revision and all keys.
pub fn everything(store: &dyn Store) -> Result<(Revision, Vec<Stored>), rtreg_registry::StoreError> {
    let snapshot = store.snapshot()?;
    Ok((snapshot.revision(), snapshot.range(&KeyRange::prefix(""), usize::MAX)?))
}

/// A seeded sequence of numbers, the same on every machine: a linear congruential generator (Knuth's MMIX constants).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}
