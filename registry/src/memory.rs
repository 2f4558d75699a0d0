//! A store in memory: the model that the other implementations are held against, and the store of tests and previews.
//! It never writes anything anywhere; its contents end with the last handle.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::store::{Change, Commit, Condition, KeyRange, Outcome, Revision, Snapshot, Store, StoreError, Stored};

/// A store in memory. A clone is another handle on the same contents.
///
/// ```
/// use rtreg_registry::memory::MemoryStore;
/// use rtreg_registry::{Change, Commit, Outcome, Store};
///
/// let store = MemoryStore::default();
/// let put = Change::Put { key: "nodes/n1".to_owned(), value: b"up".to_vec() };
/// assert_eq!(store.commit(&Commit { conditions: vec![], changes: vec![put] }), Ok(Outcome::Done(1)));
/// let read = store.snapshot()?.get("nodes/n1")?;
/// assert_eq!(read.map(|stored| stored.value), Some(b"up".to_vec()));
/// # Ok::<(), rtreg_registry::StoreError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    contents: Mutex<Arc<Contents>>,
    changed: Condvar,
}

/// One revision of everything. Snapshots share it; a commit copies it only while a snapshot still looks at it.
#[derive(Debug, Clone, Default)]
struct Contents {
    revision: Revision,
    /// The newest revision that deleted a key. Which one is not kept: a wait may return early.
    deletion: Revision,
    keys: BTreeMap<String, Arc<Stored>>,
}

struct MemorySnapshot {
    contents: Arc<Contents>,
}

impl MemoryStore {
    /// A store of its own with the same contents at the same revision; what is committed to one is not in the other.
    #[must_use]
    pub fn fork(&self) -> Self {
        let contents = Mutex::new(Arc::clone(&self.contents()));
        Self { shared: Arc::new(Shared { contents, changed: Condvar::new() }) }
    }

    fn contents(&self) -> MutexGuard<'_, Arc<Contents>> {
        // Nothing panics between two writes of one commit, so contents behind a poisoned lock are whole.
        self.shared.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
        Ok(Box::new(MemorySnapshot { contents: Arc::clone(&self.contents()) }))
    }

    fn commit(&self, commit: &Commit) -> Result<Outcome, StoreError> {
        commit.check_limits()?;
        let mut contents = self.contents();
        if let Some(condition) = commit.conditions.iter().find(|condition| !contents.holds(condition)) {
            return Ok(Outcome::Conflict(condition.clone()));
        }
        if !contents.would_change(&commit.changes) {
            return Ok(Outcome::Done(contents.revision));
        }
        let revision = Arc::make_mut(&mut contents).apply(&commit.changes);
        self.shared.changed.notify_all();
        Ok(Outcome::Done(revision))
    }

    fn wait(&self, prefix: &str, since: Revision, timeout: Duration) -> Result<Option<Revision>, StoreError> {
        let range = KeyRange::prefix(prefix);
        let (contents, _) = self
            .shared
            .changed
            .wait_timeout_while(self.contents(), timeout, |contents| !contents.touched(&range, since))
            .unwrap_or_else(PoisonError::into_inner);
        Ok(contents.touched(&range, since).then_some(contents.revision))
    }
}

impl Snapshot for MemorySnapshot {
    fn revision(&self) -> Revision {
        self.contents.revision
    }

    fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        Ok(self.contents.keys.get(key).map(|stored| Stored::clone(stored)))
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Vec<Stored>, StoreError> {
        Ok(self.contents.range(range).take(limit).cloned().collect())
    }
}

impl Contents {
    fn range(&self, range: &KeyRange) -> impl Iterator<Item = &Stored> {
        // Not `range(start..end)`, which panics where the start lies behind the end.
        self.keys
            .range::<str, _>((Bound::Included(range.start.as_str()), Bound::Unbounded))
            .map(|(_, stored)| stored.as_ref())
            .take_while(|stored| range.contains(&stored.key))
    }

    fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Unchanged { key, modified } => {
                self.keys.get(key).is_some_and(|stored| stored.modified == *modified)
            }
            Condition::Absent { key } => !self.keys.contains_key(key),
            Condition::RangeEmpty { range } => self.range(range).next().is_none(),
            Condition::RangeUnchanged { range, since } => self.range(range).all(|stored| stored.modified <= *since),
        }
    }

    fn would_change(&self, changes: &[Change]) -> bool {
        changes.iter().any(|change| match change {
            Change::Put { .. } => true,
            Change::Delete { key } => self.keys.contains_key(key),
        })
    }

    fn apply(&mut self, changes: &[Change]) -> Revision {
        self.revision += 1;
        let modified = self.revision;
        for change in changes {
            match change {
                Change::Put { key, value } => {
                    let created = self.keys.get(key).map_or(modified, |stored| stored.created);
                    let stored = Stored { key: key.clone(), value: value.clone(), created, modified };
                    self.keys.insert(key.clone(), Arc::new(stored));
                }
                Change::Delete { key } => {
                    if self.keys.remove(key).is_some() {
                        self.deletion = modified;
                    }
                }
            }
        }
        modified
    }

    /// Whether a key of the range may have been created, modified or deleted after the revision.
    fn touched(&self, range: &KeyRange, since: Revision) -> bool {
        self.deletion > since || (self.revision > since && self.range(range).any(|stored| stored.modified > since))
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;
    use crate::testing::Handles;

    fn open() -> Handles {
        let store = MemoryStore::default();
        Handles { one: Box::new(store.clone()), two: Box::new(store), keep: Box::new(()) }
    }

    store_conformance!(open);
}
