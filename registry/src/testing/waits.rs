//! Waiting for changes. Time is only ever an upper bound here: no case depends on how fast a machine is.

use std::time::Duration;

use super::{Handles, delete, put, write};
use crate::store::{Change, Store};

/// Longer than any machine needs; reached only by a store that misses a change.
const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(60);

pub(super) fn a_wait_returns_what_has_already_happened(handles: &Handles) {
    let store = &*handles.one;
    write(store, vec![put("a/1", "")]);
    write(store, vec![put("b/1", "")]);
    assert_eq!(store.wait("a/", 0, Duration::ZERO), Ok(Some(2)), "the newest revision, not that of the key");
    assert_eq!(store.wait("b/", 1, LONG), Ok(Some(2)));
    assert_eq!(store.wait("a/", 2, Duration::ZERO), Ok(None));
    write(&*handles.two, vec![delete("a/1")]);
    assert_eq!(store.wait("a/", 2, LONG), Ok(Some(3)), "a deletion");
    assert_eq!(store.wait("a/", 3, Duration::ZERO), Ok(None));
    assert_eq!(store.wait("", 2, LONG), Ok(Some(3)), "the empty prefix is every key");
}

/// Waits on one handle while the other commits; whichever comes first, the change is seen.
fn sees(waiting: &dyn Store, committing: &dyn Store, since: u64, change: Change) {
    std::thread::scope(|scope| {
        let waiter = scope.spawn(move || waiting.wait("a/", since, LONG));
        assert_eq!(write(committing, vec![change]), since + 1);
        assert_eq!(waiter.join().expect("the waiter"), Ok(Some(since + 1)));
    });
}

pub(super) fn a_wait_ends_with_creation_modification_and_deletion(handles: &Handles) {
    let pairs = [(&*handles.one, &*handles.two), (&*handles.two, &*handles.one), (&*handles.one, &*handles.one)];
    let mut since = 0;
    for (waiting, committing) in pairs {
        for change in [put("a/1", "1"), put("a/1", "1"), delete("a/1")] {
            sees(waiting, committing, since, change);
            since += 1;
        }
    }
    assert_eq!(since, 9);
}

pub(super) fn a_wait_ignores_other_keys_until_its_timeout(handles: &Handles) {
    write(&*handles.one, vec![put("a/1", ""), put("b", "")]);
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| handles.one.wait("a/", 1, SHORT));
        for _ in 0..5 {
            write(&*handles.two, vec![put("a", ""), put("a0", ""), put("b", "")]);
        }
        assert_eq!(waiter.join().expect("the waiter"), Ok(None));
    });
    assert_eq!(handles.one.wait("a/", 1, Duration::ZERO), Ok(None));
}
