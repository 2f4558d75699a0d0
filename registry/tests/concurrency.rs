//! Several threads register at once on one store: different types never get into each other's way, and of different
//! contents under one name exactly one wins.

#![expect(clippy::disallowed_methods, reason = "several threads are what this suite is about")]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use common::{aware, look, rtr, try_register, words};
use rtreg_registry::commands::{history_verify, list};
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::{Commit, Outcome, Revision, Snapshot, Store, StoreError};

const THREADS: usize = 10;
const TYPES_EACH: usize = 100;

/// A store that counts the commits that had to be decided anew.
struct Counting<S> {
    store: S,
    conflicts: AtomicUsize,
}

impl<S: Store> Store for Counting<S> {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
        self.store.snapshot()
    }

    fn commit(&self, commit: &Commit) -> Result<Outcome, StoreError> {
        let outcome = self.store.commit(commit)?;
        if matches!(outcome, Outcome::Conflict(_)) {
            self.conflicts.fetch_add(1, Ordering::Relaxed);
        }
        Ok(outcome)
    }

    fn wait(
        &self,
        prefix: &str,
        since: Revision,
        timeout: std::time::Duration,
    ) -> Result<Option<Revision>, StoreError> {
        self.store.wait(prefix, since, timeout)
    }
}

fn counting() -> Counting<impl Store> {
    Counting { store: MemoryStore::default(), conflicts: AtomicUsize::new(0) }
}

#[test]
fn different_types_never_conflict() {
    let store = counting();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = &store;
            scope.spawn(move || {
                for number in 0..TYPES_EACH {
                    // Half of them are versions of one type.
                    let text = if number % 2 == 0 {
                        aware(&format!("t{thread}x{number}"), "1")
                    } else {
                        aware("common", &format!("{thread}.{number}"))
                    };
                    assert!(try_register(store, &[&text], None).is_ok());
                }
            });
        }
    });
    assert_eq!(store.conflicts.load(Ordering::Relaxed), 0);
    assert_eq!(look(&store, |view| list::list(view, None)).unwrap().types.len(), THREADS * TYPES_EACH);
    let report = look(&store, |view| history_verify::verify(view, None)).unwrap();
    assert_eq!((report.chains, report.faults), ((THREADS * TYPES_EACH) as u64, 0));
}

#[test]
fn of_different_contents_under_one_name_one_wins() {
    let store = counting();
    let refused = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (store, refused) = (&store, &refused);
            scope.spawn(move || {
                // A name of its own beside the common one: all or nothing.
                let own = aware(&format!("own{thread}"), "1");
                let common = rtr("web", "1", &format!("RT_description = \"by {thread}\";\n#$upgrade\n"));
                let result = try_register(store, &[&own, &common], None);
                if result.is_err() {
                    assert!(words(result).starts_with("refused other_content"));
                    refused.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(refused.load(Ordering::Relaxed), THREADS - 1);
    assert_eq!(look(&store, |view| list::list(view, Some("own*"))).unwrap().types.len(), 1);
    assert_eq!(look(&store, |view| list::list(view, Some("web"))).unwrap().types.len(), 1);
}
