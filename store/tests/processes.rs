//! Several processes on one store, and processes that are killed.

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use common::{Numbers, child, everything, increment, job, put, say, text};
use rtreg_registry::testing::{Race, attempt, race_rounds};
use rtreg_registry::{Change, Commit, Condition, KeyRange, Outcome, Store};
use rtreg_store::SqliteStore;

fn join(children: Vec<Child>) {
    for mut child in children {
        assert!(child.wait().unwrap().success(), "a child failed; its words are above");
    }
}

#[test]
fn processes_create_one_store_and_their_increments_add_up() {
    if let Some((_, path)) = job() {
        let store = SqliteStore::create(&path).unwrap();
        (0..25).for_each(|_| increment(&store, "counter"));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/store.db");
    let start = |_| child("processes_create_one_store_and_their_increments_add_up", "count", &path).spawn().unwrap();
    join((0..8).map(start).collect());
    let store = SqliteStore::open_existing(&path).unwrap().unwrap();
    let (revision, keys) = everything(&store).unwrap();
    assert_eq!(revision, 200);
    assert_eq!(keys.iter().map(text).collect::<Vec<_>>(), ["200"]);
    store.verify().unwrap();
}

const ROUNDS: usize = 100;

fn race_by_processes(test: &str, race: Race) {
    if let Some((side, path)) = job() {
        let store = SqliteStore::open_existing(&path).unwrap().unwrap();
        let side: usize = side.parse().unwrap();
        // They meet at each round: who is there first waits for the other.
        for round in 0..ROUNDS {
            let (mine, other) = (format!("met/{side}/{round}"), format!("met/{}/{round}", 1 - side));
            let since = common::write(&store, vec![put(&mine, "")]);
            let mut since = since - 1;
            while store.snapshot().unwrap().get(&other).unwrap().is_none() {
                since = store.wait(&other, since, std::time::Duration::from_secs(20)).unwrap().expect("the other side");
            }
            attempt(race, side, &store, round);
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::create(&path).unwrap();
    race_rounds(race, &store, ROUNDS, || {
        join(["0", "1"].map(|side| child(test, side, &path).spawn().unwrap()).into_iter().collect());
    });
    let met = store.snapshot().unwrap().range(&KeyRange::prefix("met/"), usize::MAX).unwrap();
    assert_eq!(met.len(), 2 * ROUNDS, "both sides took part in all rounds");
}

#[test]
fn create_against_unregister_by_processes() {
    race_by_processes("create_against_unregister_by_processes", Race::CreateAgainstUnregister);
}

#[test]
fn online_against_upgrade_by_processes() {
    race_by_processes("online_against_upgrade_by_processes", Race::OnlineAgainstUpgrade);
}

/// Commits one counter after the other and says so, until it is killed. The filler makes the log long enough for
/// `maintain` to have something to do every twenty commits.
fn count_until_killed(path: &Path) {
    let store = SqliteStore::create(path).unwrap();
    let mut next = store.snapshot().unwrap().revision() + 1;
    loop {
        let key = format!("counter/{next:06}");
        let filler = Change::Put { key: "filler".to_owned(), value: vec![b'x'; 200_000] };
        let changes = vec![put(&key, &next.to_string()), filler];
        let outcome = store.commit(&Commit { conditions: vec![Condition::Absent { key }], changes }).unwrap();
        assert_eq!(outcome, Outcome::Done(next));
        say(&format!("committed {next}"));
        store.maintain().unwrap();
        next += 1;
    }
}

/// Returns the last commit that the child acknowledged before it was killed behind its `kill_after`th.
fn kill(path: &Path, kill_after: u64) -> Option<u64> {
    let test = "what_was_acknowledged_before_a_kill_is_there";
    let mut child = child(test, "count", path).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut last = None;
    let mut note = |line: Option<std::io::Result<String>>| {
        let line = line?.unwrap();
        let number = line.strip_prefix("committed ").unwrap_or_else(|| panic!("the child said: {line}"));
        last = Some(number.parse::<u64>().unwrap());
        Some(())
    };
    for _ in 0..kill_after {
        note(lines.next()).expect("the child goes on until it is killed");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    while note(lines.next()).is_some() {}
    last
}

#[test]
fn what_was_acknowledged_before_a_kill_is_there() {
    if let Some((_, path)) = job() {
        return count_until_killed(&path);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut numbers = Numbers(1);
    let mut acknowledged = 0;
    for round in 0..50 {
        // The first is killed wherever it is in creating the store.
        let kill_after = if round == 0 { 0 } else { numbers.below(30) };
        acknowledged = kill(&path, kill_after).unwrap_or(acknowledged);
        let store = SqliteStore::create(&path).unwrap();
        store.verify().unwrap();
        let snapshot = store.snapshot().unwrap();
        let revision = snapshot.revision();
        assert!(revision >= acknowledged, "round {round}: {acknowledged} was acknowledged, the store is at {revision}");
        assert!(revision <= acknowledged + 1, "round {round}: only the last commit may lack its acknowledgement");
        let counters = snapshot.range(&KeyRange::prefix("counter/"), usize::MAX).unwrap();
        assert_eq!(counters.len() as u64, revision, "round {round}");
        for (counter, number) in counters.iter().zip(1..) {
            assert_eq!(counter.key, format!("counter/{number:06}"));
            assert_eq!((counter.created, counter.modified, text(counter)), (number, number, &*number.to_string()));
        }
        acknowledged = revision;
    }
    assert!(acknowledged > 100, "only {acknowledged} commits in all");
}
