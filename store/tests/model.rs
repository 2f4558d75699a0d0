//! Random commits: the SQLite store does what the in-memory store does, through reopening and maintenance.

mod common;

use std::time::Duration;

use common::everything;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::{Change, Commit, Condition, KeyRange, Store};
use rtreg_store::SqliteStore;

#[derive(Debug, Clone)]
enum Step {
    Commit(Commit),
    Wait(String, u64),
    Range(KeyRange, usize),
    Reopen,
    Maintain,
}

/// Few keys, so that commits meet.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![Just(""), Just("a"), Just("a/"), Just("a/b"), Just("a/c"), Just("a0"), Just("b/é"), Just("c\u{7f}")]
        .prop_map(str::to_owned)
}

fn range() -> impl Strategy<Value = KeyRange> {
    prop_oneof![
        key().prop_map(|prefix| KeyRange::prefix(&prefix)),
        (key(), proptest::option::of(key())).prop_map(|(start, end)| KeyRange { start, end }),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    prop_oneof![
        (key(), 0..25_u64).prop_map(|(key, modified)| Condition::Unchanged { key, modified }),
        key().prop_map(|key| Condition::Absent { key }),
        range().prop_map(|range| Condition::RangeEmpty { range }),
        (range(), 0..25_u64).prop_map(|(range, since)| Condition::RangeUnchanged { range, since }),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => (key(), proptest::collection::vec(any::<u8>(), 0..40)).prop_map(|(key, value)| Change::Put { key, value }),
        1 => (key(), 3_000..9_000_usize).prop_map(|(key, bytes)| Change::Put { key, value: vec![7; bytes] }),
        3 => key().prop_map(|key| Change::Delete { key }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let commit = |conditions| {
        (proptest::collection::vec(condition(), conditions), proptest::collection::vec(change(), 0..4))
            .prop_map(|(conditions, changes)| Step::Commit(Commit { conditions, changes }))
    };
    prop_oneof![
        6 => commit(0..1),
        6 => commit(1..3),
        2 => (key(), 0..25_u64).prop_map(|(prefix, since)| Step::Wait(prefix, since)),
        2 => (range(), 0..5_usize).prop_map(|(range, limit)| Step::Range(range, limit)),
        1 => Just(Step::Reopen),
        1 => Just(Step::Maintain),
    ]
}

fn both_agree(steps: &[Step]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let model = MemoryStore::default();
    let mut store = SqliteStore::create(&path).unwrap();
    for step in steps {
        match step {
            Step::Commit(commit) => prop_assert_eq!(store.commit(commit), model.commit(commit)),
            Step::Wait(prefix, since) => {
                let wait = |store: &dyn Store| store.wait(prefix, *since, Duration::ZERO);
                prop_assert_eq!(wait(&store), wait(&model));
            }
            Step::Range(range, limit) => {
                let read = |store: &dyn Store| store.snapshot().unwrap().range(range, *limit);
                prop_assert_eq!(read(&store), read(&model));
            }
            Step::Reopen => store = SqliteStore::open_existing(&path).unwrap().unwrap(),
            Step::Maintain => prop_assert_eq!(store.maintain(), Ok(())),
        }
        prop_assert_eq!(everything(&store), everything(&model));
    }
    prop_assert_eq!(store.verify(), Ok(()));
    Ok(())
}

#[test]
fn random_commits_do_the_same_to_both_stores() {
    let config = ProptestConfig {
        cases: 96,
        rng_seed: RngSeed::Fixed(2),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let steps = proptest::collection::vec(step(), 1..50);
    TestRunner::new(config).run(&steps, |steps| both_agree(&steps)).unwrap();
}
