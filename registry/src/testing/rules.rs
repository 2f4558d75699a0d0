//! Conditions, conflicts and limits of commits.

use super::{
    Handles, absent, commit, delete, empty, get, put, range_unchanged, refused, snapshot, text, unchanged, write,
};
use crate::store::{
    CHANGES_MAX, COMMIT_BYTES_MAX, CONDITIONS_MAX, Change, Commit, Condition, KEY_BYTES_MAX, Outcome, Store,
    VALUE_BYTES_MAX,
};

/// Commits nothing but the condition.
fn holds(store: &dyn Store, condition: Condition) -> bool {
    match commit(store, vec![condition.clone()], vec![]) {
        Outcome::Done(_) => true,
        Outcome::Conflict(failed) => {
            assert_eq!(failed, condition);
            false
        }
    }
}

pub(super) fn unchanged_holds_and_fails(handles: &Handles) {
    let store = &*handles.one;
    assert!(!holds(store, unchanged("a", 0)), "a missing key is not unchanged since 0");
    write(store, vec![put("a", "1")]);
    write(store, vec![put("b", "1")]);
    assert!(holds(store, unchanged("a", 1)));
    assert!(!holds(store, unchanged("a", 0)));
    assert!(!holds(store, unchanged("a", 2)), "the revision of the key, not of the store");
    assert!(!holds(store, unchanged("a", u64::MAX)));
    write(&*handles.two, vec![put("a", "1")]);
    assert!(!holds(store, unchanged("a", 1)), "the same value again");
    assert!(holds(store, unchanged("a", 3)));
    write(store, vec![delete("a")]);
    assert!(!holds(store, unchanged("a", 3)));
    write(store, vec![put("a", "1")]);
    assert!(!holds(store, unchanged("a", 3)), "deleted and created again");
    assert!(holds(store, unchanged("a", 5)));
}

pub(super) fn absent_holds_and_fails(handles: &Handles) {
    let store = &*handles.one;
    assert!(holds(store, absent("a")));
    write(&*handles.two, vec![put("a", "")]);
    assert!(!holds(store, absent("a")), "an empty value is a value");
    assert!(holds(store, absent("a/")));
    assert!(holds(store, absent("")));
    write(&*handles.two, vec![delete("a")]);
    assert!(holds(store, absent("a")));
}

pub(super) fn range_empty_holds_and_fails(handles: &Handles) {
    let store = &*handles.one;
    assert!(holds(store, empty("")));
    write(store, vec![put("a/1", ""), put("b", "")]);
    assert!(!holds(store, empty("a/")));
    assert!(!holds(store, empty("a/1")));
    assert!(!holds(store, empty("")));
    assert!(holds(store, empty("a/2")));
    assert!(holds(store, empty("b/")));
    write(&*handles.two, vec![delete("a/1")]);
    assert!(holds(store, empty("a/")));
}

pub(super) fn range_unchanged_sees_creation_and_modification_but_not_deletion(handles: &Handles) {
    let store = &*handles.one;
    assert!(holds(store, range_unchanged("r/", 0)), "an empty range");
    write(store, vec![put("r/1", "a"), put("r/2", "a"), put("s", "a")]);
    assert!(holds(store, range_unchanged("r/", 1)));
    assert!(holds(store, range_unchanged("r/", u64::MAX)));
    assert!(!holds(store, range_unchanged("r/", 0)));

    write(&*handles.two, vec![put("s", "b")]);
    assert!(holds(store, range_unchanged("r/", 1)), "a key beside the range");
    write(&*handles.two, vec![put("r/2", "a")]);
    assert!(!holds(store, range_unchanged("r/", 2)), "modified, with the same value");
    assert!(holds(store, range_unchanged("r/", 3)));
    assert!(holds(store, range_unchanged("r/1", 1)));

    write(&*handles.two, vec![delete("r/1")]);
    assert!(holds(store, range_unchanged("r/", 3)), "a deletion is not seen");
    write(&*handles.two, vec![put("r/1", "a")]);
    assert!(!holds(store, range_unchanged("r/", 4)), "created");
    write(&*handles.two, vec![delete("r/1")]);
    assert!(holds(store, range_unchanged("r/", 4)), "created and deleted again: not in the range now");
    assert!(!holds(store, range_unchanged("", 1)));
    assert!(holds(store, range_unchanged("", 6)));
}

pub(super) fn the_first_condition_that_fails_is_reported(handles: &Handles) {
    let store = &*handles.one;
    write(store, vec![put("a", "1"), put("r/1", "1")]);
    let good = [unchanged("a", 1), absent("b"), empty("x/"), range_unchanged("r/", 1)];
    let bad = [unchanged("a", 7), absent("a"), empty("r/"), range_unchanged("r/", 0), unchanged("b", 1)];
    for first in &bad {
        for second in &bad {
            let mut conditions = good.to_vec();
            conditions.extend([first.clone(), second.clone()]);
            conditions.extend(good.clone());
            assert_eq!(commit(store, conditions, vec![put("never", "")]), Outcome::Conflict(first.clone()));
        }
    }
    assert_eq!(get(store, "never"), None);
    assert_eq!(commit(store, good.to_vec(), vec![put("b", "1")]), Outcome::Done(2));
}

pub(super) fn conditions_are_about_the_state_before_the_commit(handles: &Handles) {
    let store = &*handles.one;
    assert_eq!(commit(store, vec![absent("a"), empty("")], vec![put("a", "1")]), Outcome::Done(1));
    let conditions = vec![unchanged("a", 1), range_unchanged("", 1), absent("b")];
    assert_eq!(commit(store, conditions, vec![delete("a"), put("b", "1")]), Outcome::Done(2));
    assert_eq!(text(store, "b").as_deref(), Some("1"));
}

pub(super) fn a_conflict_changes_nothing(handles: &Handles) {
    let store = &*handles.one;
    write(store, vec![put("a", "1"), put("b", "1")]);
    let before = get(store, "a");
    let conditions = vec![unchanged("a", 1), absent("b")];
    let outcome = commit(store, conditions, vec![put("a", "2"), delete("b"), put("c", "2")]);
    assert_eq!(outcome, Outcome::Conflict(absent("b")));
    let view = snapshot(&*handles.two);
    assert_eq!(view.revision(), 1);
    assert_eq!(view.get("a").unwrap(), before);
    assert!(view.get("b").unwrap().is_some());
    assert_eq!(view.get("c"), Ok(None));
}

fn sized(key: &str, bytes: usize) -> Change {
    Change::Put { key: key.to_owned(), value: vec![b'x'; bytes] }
}

/// Changes whose keys and values together have this many bytes.
fn filled(bytes: usize) -> Vec<Change> {
    let mut changes = vec![];
    let mut left = bytes;
    while left > 0 {
        let value = left.saturating_sub(4).min(VALUE_BYTES_MAX);
        changes.push(sized(&format!("k{:03}", changes.len()), value));
        left = left.saturating_sub(4 + value);
    }
    changes
}

pub(super) fn limits_are_exact(handles: &Handles) {
    let store = &*handles.one;
    let changes = |changes: Vec<Change>| Commit { conditions: vec![], changes };
    let many = |count: usize| changes((0..count).map(|index| put(&format!("many/{index}"), "")).collect());
    let asking = |count: usize| Commit { conditions: vec![absent("nothing"); count], changes: vec![] };
    let key = "k".repeat(KEY_BYTES_MAX);
    let twice = |one, two| changes(vec![one, put("between", ""), two]);

    assert_eq!(refused(store, &asking(CONDITIONS_MAX + 1)), ("conditions", 100, 101));
    assert_eq!(refused(store, &many(CHANGES_MAX + 1)), ("changes", 100, 101));
    assert_eq!(refused(store, &changes(vec![sized("k", VALUE_BYTES_MAX + 1)])), ("bytes a value", 262_144, 262_145));
    assert_eq!(refused(store, &changes(filled(COMMIT_BYTES_MAX + 1))), ("bytes", 1_048_576, 1_048_577));
    assert_eq!(refused(store, &changes(vec![put(&format!("{key}k"), "")])), ("bytes a key", 1024, 1025));
    assert_eq!(refused(store, &changes(vec![delete(&format!("{key}k"))])), ("bytes a key", 1024, 1025));
    assert_eq!(refused(store, &twice(put("k", "1"), put("k", "2"))), ("changes a key", 1, 2));
    assert_eq!(refused(store, &twice(put("k", "1"), delete("k"))), ("changes a key", 1, 2));
    assert_eq!(refused(store, &twice(delete("k"), delete("k"))), ("changes a key", 1, 2));
    assert_eq!(snapshot(&*handles.two).revision(), 0, "nothing of all that took effect");

    assert_eq!(store.commit(&asking(CONDITIONS_MAX)), Ok(Outcome::Done(0)));
    assert_eq!(store.commit(&many(CHANGES_MAX)), Ok(Outcome::Done(1)));
    assert_eq!(store.commit(&changes(vec![sized("large", VALUE_BYTES_MAX)])), Ok(Outcome::Done(2)));
    let full = filled(COMMIT_BYTES_MAX);
    assert_eq!(full.len(), 4);
    assert_eq!(store.commit(&changes(full.clone())), Ok(Outcome::Done(3)));
    assert_eq!(store.commit(&changes(vec![put(&key, "long")])), Ok(Outcome::Done(4)));
    assert_eq!(get(&*handles.two, "large").map(|stored| stored.value), Some(vec![b'x'; VALUE_BYTES_MAX]));
    assert_eq!(text(&*handles.two, &key).as_deref(), Some("long"));
    for change in full {
        let Change::Put { key, value } = change else { panic!("only puts") };
        assert_eq!(get(&*handles.two, &key).map(|stored| stored.value), Some(value));
    }
}

pub(super) fn limits_are_checked_before_the_store_is_looked_at(handles: &Handles) {
    let failing = Commit { conditions: vec![unchanged("missing", 1)], changes: vec![sized("k", VALUE_BYTES_MAX + 1)] };
    assert_eq!(refused(&*handles.one, &failing), ("bytes a value", 262_144, 262_145));
    let failing = Commit { conditions: vec![unchanged("missing", 1); CONDITIONS_MAX + 1], changes: vec![] };
    assert_eq!(refused(&*handles.two, &failing), ("conditions", 100, 101));
}
