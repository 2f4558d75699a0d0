//! Races: whatever the order of reads and commits, compare-and-swap lets no two decisions win that exclude each other.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Handles, absent, commit, delete, empty, get, put, range_unchanged, snapshot, text, unchanged, write};
use crate::store::{Commit, KeyRange, Outcome, Snapshot, Store};

/// Two commands that exclude each other; each reads, decides and commits under all that it read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Race {
    /// `resource create` against `unregister` of its type.
    CreateAgainstUnregister,
    /// `resource state online` against an upgrade that needs the resource offline.
    OnlineAgainstUpgrade,
}

/// Which of the two commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    First,
    Second,
}

impl Race {
    /// Brings the keys of a round to where both commands are possible.
    fn prepare(self, store: &dyn Store, round: usize) {
        match self {
            Self::CreateAgainstUnregister => write(store, vec![put(&format!("types/t{round}"), "registered")]),
            Self::OnlineAgainstUpgrade => write(
                store,
                vec![put(&format!("resources/r{round}"), "1"), put(&format!("state/r{round}/n1"), "offline")],
            ),
        };
    }

    /// Reads, and decides what to commit; none if the rules refuse.
    fn decide(self, side: Side, view: &dyn Snapshot, round: usize) -> Option<Commit> {
        match (self, side) {
            (Self::CreateAgainstUnregister, Side::First) => create(view, round),
            (Self::CreateAgainstUnregister, Side::Second) => unregister(view, round),
            (Self::OnlineAgainstUpgrade, Side::First) => online(view, round),
            (Self::OnlineAgainstUpgrade, Side::Second) => upgrade(view, round),
        }
    }

    /// Panics if the store shows that both commands won though one excludes the other.
    fn check(self, store: &dyn Store, round: usize) {
        match self {
            Self::CreateAgainstUnregister => {
                let registered = get(store, &format!("types/t{round}")).is_some();
                let created = get(store, &format!("resources/r{round}")).is_some();
                let indexed = get(store, &format!("by-type/t{round}/r{round}")).is_some();
                assert_eq!(created, indexed, "round {round}: the index goes with the resource");
                assert_ne!(created, !registered, "round {round}: exactly one wins");
            }
            Self::OnlineAgainstUpgrade => {
                let version = text(store, &format!("resources/r{round}")).expect("the resource");
                let state = text(store, &format!("state/r{round}/n1")).expect("the state");
                let allowed = [("1", "online, started by 1"), ("2", "offline"), ("2", "online, started by 2")];
                assert!(allowed.contains(&(&*version, &*state)), "round {round}: version {version} is {state}");
            }
        }
    }
}

fn create(view: &dyn Snapshot, round: usize) -> Option<Commit> {
    let (kind, resource) = (format!("types/t{round}"), format!("resources/r{round}"));
    let registered = view.get(&kind).unwrap()?;
    if view.get(&resource).unwrap().is_some() {
        return None;
    }
    let conditions = vec![unchanged(&kind, registered.modified), absent(&resource)];
    let changes = vec![put(&resource, "created"), put(&format!("by-type/t{round}/r{round}"), "")];
    Some(Commit { conditions, changes })
}

fn unregister(view: &dyn Snapshot, round: usize) -> Option<Commit> {
    let (kind, index) = (format!("types/t{round}"), format!("by-type/t{round}/"));
    let registered = view.get(&kind).unwrap()?;
    if !view.range(&KeyRange::prefix(&index), 1).unwrap().is_empty() {
        return None;
    }
    Some(Commit {
        conditions: vec![unchanged(&kind, registered.modified), empty(&index)],
        changes: vec![delete(&kind)],
    })
}

fn online(view: &dyn Snapshot, round: usize) -> Option<Commit> {
    let (resource, state) = (format!("resources/r{round}"), format!("state/r{round}/n1"));
    let version = view.get(&resource).unwrap()?;
    let before = view.get(&state).unwrap()?;
    let started_by = String::from_utf8(version.value).expect("text");
    let conditions = vec![unchanged(&resource, version.modified), unchanged(&state, before.modified)];
    Some(Commit { conditions, changes: vec![put(&state, &format!("online, started by {started_by}"))] })
}

/// Reads a range of per-node states, as the gate does, and commits under a condition on the whole range.
fn upgrade(view: &dyn Snapshot, round: usize) -> Option<Commit> {
    let (resource, states) = (format!("resources/r{round}"), format!("state/r{round}/"));
    let version = view.get(&resource).unwrap()?;
    let nodes = view.range(&KeyRange::prefix(&states), 100).unwrap();
    if nodes.is_empty() || nodes.iter().any(|node| node.value != b"offline") {
        return None;
    }
    let mut conditions = vec![unchanged(&resource, version.modified), range_unchanged(&states, view.revision())];
    conditions.extend(nodes.iter().map(|node| unchanged(&node.key, node.modified)));
    Some(Commit { conditions, changes: vec![put(&resource, "2")] })
}

/// Reads, decides and commits one side of a race once; the sides are 0 and 1. Returns whether it won. For tests that run
/// the two sides in processes of their own.
///
/// # Panics
/// If the store fails.
pub fn attempt(race: Race, side: usize, store: &dyn Store, round: usize) -> bool {
    let side = if side == 0 { Side::First } else { Side::Second };
    let decided = race.decide(side, &*snapshot(store), round);
    decided.is_some_and(|commit| won(store, &commit))
}

fn won(store: &dyn Store, commit: &Commit) -> bool {
    matches!(store.commit(commit).expect("the store takes the commit"), Outcome::Done(_))
}

/// Prepares this many rounds of a race, has `both` run the two sides of all of them, and looks at what came of it.
///
/// # Panics
/// If in any round two commands won that exclude each other.
pub fn race_rounds(race: Race, store: &dyn Store, rounds: usize, both: impl FnOnce()) {
    for round in 0..rounds {
        race.prepare(store, round);
    }
    both();
    for round in 0..rounds {
        race.check(store, round);
    }
}

/// Every order of the two reads and the two commits.
fn in_every_order(race: Race, handles: &Handles) {
    let (first, second) = (Side::First, Side::Second);
    let orders = [
        [first, first, second, second],
        [first, second, first, second],
        [first, second, second, first],
        [second, first, first, second],
        [second, first, second, first],
        [second, second, first, first],
    ];
    race_rounds(race, &*handles.one, orders.len(), || {
        for (round, order) in orders.into_iter().enumerate() {
            let mut decided = [None, None];
            let mut wins = 0;
            for side in order {
                let (store, slot) = match side {
                    Side::First => (&*handles.one, &mut decided[0]),
                    Side::Second => (&*handles.two, &mut decided[1]),
                };
                match slot.take() {
                    None => *slot = Some(race.decide(side, &*snapshot(store), round)),
                    Some(None) => {}
                    Some(Some(commit)) => wins += usize::from(won(store, &commit)),
                }
            }
            assert!(wins >= 1, "round {round}: somebody wins");
            let apart = order[0] == order[1];
            assert!(apart || wins == 1, "round {round}: both read before the first commit, and both won");
        }
    });
}

pub(super) fn create_against_unregister_in_every_order(handles: &Handles) {
    in_every_order(Race::CreateAgainstUnregister, handles);
}

pub(super) fn online_against_upgrade_in_every_order(handles: &Handles) {
    in_every_order(Race::OnlineAgainstUpgrade, handles);
}

/// Runs both sides of each round at the same time. The threads are new in each round, so that a side that panics leaves
/// nobody waiting.
fn both_sides(handles: &Handles, rounds: usize, side: impl Fn(usize, &dyn Store, usize) + Sync) {
    for round in 0..rounds {
        let barrier = Barrier::new(2);
        std::thread::scope(|scope| {
            for (number, store) in [&*handles.one, &*handles.two].into_iter().enumerate() {
                let (side, barrier) = (&side, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    side(number, store, round);
                });
            }
        });
    }
}

fn by_threads(race: Race, handles: &Handles) {
    const ROUNDS: usize = 60;
    let wins = AtomicUsize::new(0);
    race_rounds(race, &*handles.one, ROUNDS, || {
        both_sides(handles, ROUNDS, |side, store, round| {
            wins.fetch_add(usize::from(attempt(race, side, store, round)), Ordering::SeqCst);
        });
    });
    assert!(wins.into_inner() >= ROUNDS, "somebody wins each round");
}

pub(super) fn create_against_unregister_by_threads(handles: &Handles) {
    by_threads(Race::CreateAgainstUnregister, handles);
}

pub(super) fn online_against_upgrade_by_threads(handles: &Handles) {
    by_threads(Race::OnlineAgainstUpgrade, handles);
}

pub(super) fn one_of_two_wins_each_round(handles: &Handles) {
    const ROUNDS: usize = 100;
    let wins = AtomicUsize::new(0);
    write(&*handles.one, vec![put("prize", "nobody")]);
    both_sides(handles, ROUNDS, |side, store, round| {
        let before = round as u64 + 1;
        match commit(store, vec![unchanged("prize", before)], vec![put("prize", &side.to_string())]) {
            Outcome::Done(revision) => {
                assert_eq!(revision, before + 1);
                wins.fetch_add(1, Ordering::SeqCst);
            }
            Outcome::Conflict(condition) => assert_eq!(condition, unchanged("prize", before)),
        }
    });
    assert_eq!(wins.into_inner(), ROUNDS, "exactly one wins each round");
    assert_eq!(snapshot(&*handles.one).revision(), 101);
}

pub(super) fn increments_of_eight_threads_add_up(handles: &Handles) {
    const EACH: usize = 25;
    write(&*handles.one, vec![put("counter", "0")]);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let store = if thread % 2 == 0 { &*handles.one } else { &*handles.two };
            scope.spawn(move || (0..EACH).for_each(|_| increment(store)));
        }
    });
    assert_eq!(text(&*handles.two, "counter").as_deref(), Some("200"));
    assert_eq!(snapshot(&*handles.one).revision(), 201, "a lost race is no revision");
}

fn increment(store: &dyn Store) {
    loop {
        let stored = get(store, "counter").expect("the counter");
        let number: usize = String::from_utf8(stored.value).expect("text").parse().expect("a number");
        let changes = vec![put("counter", &(number + 1).to_string())];
        if let Outcome::Done(_) = commit(store, vec![unchanged("counter", stored.modified)], changes) {
            return;
        }
    }
}
