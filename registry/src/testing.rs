//! The conformance suite of stores: what [`crate::store`] promises, as cases that any implementation can be put through.
//! It never looks at an implementation but through the contract. Its cases panic where the contract is broken.

#![expect(clippy::disallowed_methods, reason = "what a store promises to several at once is asked by several threads")]

mod races;
mod reads;
mod rules;
mod waits;

use std::any::Any;

use crate::store::{Change, Commit, Condition, KeyRange, Outcome, Revision, Snapshot, Store, StoreError, Stored};

pub use races::{Race, attempt, race_rounds};

/// Two handles on one fresh, empty store. Where the implementation is shared by processes, let them be as separate as two
/// processes would have them.
pub struct Handles {
    /// The first handle.
    pub one: Box<dyn Store>,
    /// The second handle.
    pub two: Box<dyn Store>,
    /// What has to live as long as the store, such as its folder.
    pub keep: Box<dyn Any>,
}

/// A case of the suite.
#[derive(Clone, Copy)]
pub struct Case {
    /// The name, as a test has it.
    pub name: &'static str,
    /// Panics where the store breaks its contract.
    pub run: fn(&Handles),
}

macro_rules! cases {
    ($($module:ident::$name:ident,)+) => {
        /// All cases.
        pub const CASES: &[Case] = &[$(Case { name: stringify!($name), run: $module::$name },)+];

        /// Makes each case of the suite a test: `store_conformance!(open)`, where `open` is a function without arguments
        /// that returns [`Handles`](crate::testing::Handles).
        #[macro_export]
        macro_rules! store_conformance {
            ($open:path) => {
                $(
                    #[test]
                    fn $name() {
                        $crate::testing::run(stringify!($name), &$open());
                    }
                )+
            };
        }
    };
}

cases! {
    reads::an_empty_store_has_revision_0,
    reads::a_snapshot_sees_one_revision,
    reads::snapshots_see_whole_commits_while_others_commit,
    reads::revisions_count_commits_that_changed_something,
    reads::created_and_modified_follow_deletion_and_recreation,
    reads::ranges_are_in_the_order_of_bytes,
    reads::ranges_obey_limit_and_bounds,
    reads::prefixes_end_where_they_should,
    reads::any_bytes_come_back,
    rules::unchanged_holds_and_fails,
    rules::absent_holds_and_fails,
    rules::range_empty_holds_and_fails,
    rules::range_unchanged_sees_creation_and_modification_but_not_deletion,
    rules::the_first_condition_that_fails_is_reported,
    rules::conditions_are_about_the_state_before_the_commit,
    rules::a_conflict_changes_nothing,
    rules::limits_are_exact,
    rules::limits_are_checked_before_the_store_is_looked_at,
    waits::a_wait_returns_what_has_already_happened,
    waits::a_wait_ends_with_creation_modification_and_deletion,
    waits::a_wait_ignores_other_keys_until_its_timeout,
    races::one_of_two_wins_each_round,
    races::increments_of_eight_threads_add_up,
    races::create_against_unregister_in_every_order,
    races::online_against_upgrade_in_every_order,
    races::create_against_unregister_by_threads,
    races::online_against_upgrade_by_threads,
}

/// Runs the case of this name.
///
/// # Panics
/// If there is no such case, or the store breaks its contract.
pub fn run(name: &str, handles: &Handles) {
    let case = CASES.iter().find(|case| case.name == name).expect("a case of this name");
    (case.run)(handles);
}

fn put(key: &str, value: &str) -> Change {
    Change::Put { key: key.to_owned(), value: value.as_bytes().to_vec() }
}

fn delete(key: &str) -> Change {
    Change::Delete { key: key.to_owned() }
}

fn unchanged(key: &str, modified: Revision) -> Condition {
    Condition::Unchanged { key: key.to_owned(), modified }
}

fn absent(key: &str) -> Condition {
    Condition::Absent { key: key.to_owned() }
}

fn empty(prefix: &str) -> Condition {
    Condition::RangeEmpty { range: KeyRange::prefix(prefix) }
}

fn range_unchanged(prefix: &str, since: Revision) -> Condition {
    Condition::RangeUnchanged { range: KeyRange::prefix(prefix), since }
}

fn commit(store: &dyn Store, conditions: Vec<Condition>, changes: Vec<Change>) -> Outcome {
    store.commit(&Commit { conditions, changes }).expect("the store takes the commit")
}

/// Commits without conditions and returns the revision.
fn write(store: &dyn Store, changes: Vec<Change>) -> Revision {
    match commit(store, vec![], changes) {
        Outcome::Done(revision) => revision,
        Outcome::Conflict(condition) => panic!("a commit without conditions failed on {condition:?}"),
    }
}

fn snapshot(store: &dyn Store) -> Box<dyn Snapshot + '_> {
    store.snapshot().expect("a snapshot")
}

fn get(store: &dyn Store, key: &str) -> Option<Stored> {
    snapshot(store).get(key).expect("a read")
}

fn text(store: &dyn Store, key: &str) -> Option<String> {
    get(store, key).map(|stored| String::from_utf8(stored.value).expect("text"))
}

fn keys(snapshot: &dyn Snapshot, range: &KeyRange, limit: usize) -> Vec<String> {
    snapshot.range(range, limit).expect("a range").into_iter().map(|stored| stored.key).collect()
}

fn refused(store: &dyn Store, commit: &Commit) -> (&'static str, usize, usize) {
    match store.commit(commit) {
        Err(StoreError::Limit { what, limit, found }) => (what, limit, found),
        other => panic!("expected a limit, found {other:?}"),
    }
}
