//! Several commands as one commit: an [`Overlay`] takes the commits of commands and keeps them to itself, each command
//! seeing what those before it have written. What they have written together can then be committed to the store below at
//! once, or be dropped: nothing is written there before.
//!
//! The overlay stays at the revision of the store below, so that what commands derive from revisions (incarnations) is the
//! same as in one commit.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::store::{Change, Commit, Condition, KeyRange, Outcome, Revision, Snapshot, Store, StoreError, Stored};

/// A store on top of another one.
pub struct Overlay<'s> {
    below: &'s dyn Store,
    revision: Revision,
    written: Mutex<Written>,
}

/// Values by their keys; none is a deletion.
type Keys = BTreeMap<String, Option<Vec<u8>>>;

/// What was committed to the overlay.
#[derive(Debug, Clone, Default)]
struct Written {
    /// Snapshots share it; a commit copies it only while a snapshot still looks at it.
    keys: Arc<Keys>,
    /// The keys that commands have read.
    read: BTreeSet<String>,
    /// The store below was changed meanwhile: what was decided rests on two revisions.
    moved: bool,
}

struct OverlaySnapshot<'s> {
    below: Box<dyn Snapshot + 's>,
    revision: Revision,
    keys: Arc<Keys>,
}

impl<'s> Overlay<'s> {
    /// An overlay on the newest revision of a store.
    ///
    /// # Errors
    /// As [`Store::snapshot`].
    pub fn new(below: &'s dyn Store) -> Result<Self, StoreError> {
        let revision = below.snapshot()?.revision();
        Ok(Self { below, revision, written: Mutex::default() })
    }

    /// All that was written, as one commit for the store below: it takes effect only if nothing there was created or
    /// modified since, and nothing that was read was deleted. It may be larger than a store takes. None if the store below
    /// was changed meanwhile: then what was decided rests on two revisions and counts for nothing.
    ///
    /// # Errors
    /// As [`Store::snapshot`].
    pub fn commit_below(&self) -> Result<Option<Commit>, StoreError> {
        let below = self.below.snapshot()?;
        let written = self.written();
        if written.moved || below.revision() != self.revision {
            return Ok(None);
        }
        let mut conditions = vec![Condition::RangeUnchanged { range: KeyRange::prefix(""), since: self.revision }];
        for key in &written.read {
            if let Some(stored) = below.get(key)? {
                conditions.push(Condition::Unchanged { key: key.clone(), modified: stored.modified });
            }
        }
        let change = |(key, value): (&String, &Option<Vec<u8>>)| match value {
            Some(value) => Change::Put { key: key.clone(), value: value.clone() },
            None => Change::Delete { key: key.clone() },
        };
        Ok(Some(Commit { conditions, changes: written.keys.iter().map(change).collect() }))
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        // Nothing panics between two writes of one commit, so contents behind a poisoned lock are whole.
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Overlay<'_> {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
        let below = self.below.snapshot()?;
        let mut written = self.written();
        written.moved |= below.revision() != self.revision;
        Ok(Box::new(OverlaySnapshot { below, revision: self.revision, keys: Arc::clone(&written.keys) }))
    }

    /// Only one command at a time uses an overlay, so its conditions hold; they are kept for the commit below.
    fn commit(&self, commit: &Commit) -> Result<Outcome, StoreError> {
        commit.check_limits()?;
        let mut written = self.written();
        for condition in &commit.conditions {
            if let Condition::Unchanged { key, .. } | Condition::Absent { key } = condition {
                written.read.insert(key.clone());
            }
        }
        for change in &commit.changes {
            let value = match change {
                Change::Put { value, .. } => Some(value.clone()),
                Change::Delete { .. } => None,
            };
            Arc::make_mut(&mut written.keys).insert(change.key().to_owned(), value);
        }
        Ok(Outcome::Done(self.revision))
    }

    fn wait(&self, prefix: &str, since: Revision, timeout: Duration) -> Result<Option<Revision>, StoreError> {
        self.below.wait(prefix, since, timeout)
    }
}

impl OverlaySnapshot<'_> {
    fn stored(&self, key: &str, value: &[u8]) -> Stored {
        Stored { key: key.to_owned(), value: value.to_vec(), created: self.revision, modified: self.revision }
    }
}

impl Snapshot for OverlaySnapshot<'_> {
    fn revision(&self) -> Revision {
        self.revision
    }

    fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        match self.keys.get(key) {
            Some(value) => Ok(value.as_ref().map(|value| self.stored(key, value))),
            None => self.below.get(key),
        }
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let from = (Bound::Included(range.start.as_str()), Bound::Unbounded);
        let over: Vec<_> = self.keys.range::<str, _>(from).take_while(|(key, _)| range.contains(key)).collect();
        // Each key of the overlay hides at most one below.
        let below = self.below.range(range, limit.saturating_add(over.len()))?;
        let mut found: BTreeMap<String, Stored> =
            below.into_iter().map(|stored| (stored.key.clone(), stored)).collect();
        for (key, value) in over {
            match value {
                Some(value) => found.insert(key.clone(), self.stored(key, value)),
                None => found.remove(key),
            };
        }
        Ok(found.into_values().take(limit).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryStore;

    fn put(key: &str) -> Change {
        Change::Put { key: key.to_owned(), value: key.as_bytes().to_vec() }
    }

    fn commit(store: &dyn Store, conditions: Vec<Condition>, change: Change) -> Outcome {
        store.commit(&Commit { conditions, changes: vec![change] }).expect("a commit")
    }

    fn names(store: &dyn Store, limit: usize) -> Vec<String> {
        let snapshot = store.snapshot().expect("a snapshot");
        snapshot.range(&KeyRange::prefix(""), limit).expect("a range").into_iter().map(|stored| stored.key).collect()
    }

    #[test]
    fn what_is_written_is_seen_above_and_not_below() {
        let below = MemoryStore::default();
        for key in ["a", "c", "e"] {
            commit(&below, Vec::new(), put(key));
        }
        let overlay = Overlay::new(&below).expect("an overlay");
        commit(&overlay, Vec::new(), put("b"));
        commit(&overlay, Vec::new(), Change::Delete { key: "a".to_owned() });
        assert_eq!(names(&overlay, 9), ["b", "c", "e"]);
        assert_eq!(names(&overlay, 2), ["b", "c"]);
        assert_eq!(names(&below, 9), ["a", "c", "e"]);
        assert_eq!(overlay.snapshot().expect("a snapshot").revision(), 3);
        let all = overlay.commit_below().expect("a commit").expect("nothing changed below");
        assert_eq!(below.commit(&all), Ok(Outcome::Done(4)));
        assert_eq!(names(&below, 9), ["b", "c", "e"]);
    }

    /// What was created, changed or deleted below after it was read makes the commit fail.
    #[test]
    fn a_change_below_is_seen() {
        for change in [put("a"), put("z"), Change::Delete { key: "a".to_owned() }] {
            let below = MemoryStore::default();
            commit(&below, Vec::new(), put("a"));
            let overlay = Overlay::new(&below).expect("an overlay");
            let read = Condition::Unchanged { key: "a".to_owned(), modified: 1 };
            commit(&overlay, vec![read], put("b"));
            let all = overlay.commit_below().expect("a commit").expect("nothing changed below");
            commit(&below, Vec::new(), change.clone());
            assert!(matches!(below.commit(&all), Ok(Outcome::Conflict(_))), "{change:?}");
            assert_eq!(overlay.commit_below(), Ok(None), "{change:?}");
        }
    }
}
