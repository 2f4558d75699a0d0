//! A store that is created by its first commit: a command that is refused leaves none behind.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rtreg_registry::{Commit, KeyRange, Outcome, Revision, Snapshot, Store, StoreError, Stored};

use crate::SqliteStore;
use crate::embedded::{PAUSE_MAX, rest};

/// The store in a file that need not exist yet. Until somebody commits it reads as an empty one.
#[derive(Debug)]
pub struct LazyStore {
    path: PathBuf,
    opened: OnceLock<SqliteStore>,
    /// Whoever opens it does so alone.
    opening: Mutex<()>,
}

impl LazyStore {
    /// Opens the store if there is one.
    ///
    /// # Errors
    /// Those of [`SqliteStore::open_existing`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let store = Self { path: path.to_owned(), opened: OnceLock::new(), opening: Mutex::new(()) };
        store.existing()?;
        Ok(store)
    }

    /// The store, if there is one now: another process may have created it.
    fn existing(&self) -> Result<Option<&SqliteStore>, StoreError> {
        self.open_with(SqliteStore::open_existing)
    }

    fn open_with(
        &self,
        open: impl FnOnce(&Path) -> Result<Option<SqliteStore>, StoreError>,
    ) -> Result<Option<&SqliteStore>, StoreError> {
        let _alone = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = self.opened.get() {
            return Ok(Some(store));
        }
        Ok(open(&self.path)?.map(|store| self.opened.get_or_init(|| store)))
    }
}

impl Store for LazyStore {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
        match self.existing()? {
            Some(store) => store.snapshot(),
            None => Ok(Box::new(Nothing)),
        }
    }

    fn commit(&self, commit: &Commit) -> Result<Outcome, StoreError> {
        commit.check_limits()?;
        match self.open_with(|path| SqliteStore::create(path).map(Some))? {
            Some(store) => store.commit(commit),
            None => unreachable!("a store that was created is there"),
        }
    }

    fn wait(&self, prefix: &str, since: Revision, timeout: Duration) -> Result<Option<Revision>, StoreError> {
        // None: later than any clock goes.
        let deadline = Instant::now().checked_add(timeout);
        loop {
            let left = deadline.map_or(timeout, |deadline| deadline.saturating_duration_since(Instant::now()));
            if let Some(store) = self.existing()? {
                return store.wait(prefix, since, left);
            }
            if left.is_zero() {
                return Ok(None);
            }
            rest(PAUSE_MAX.min(left));
        }
    }

    fn maintain(&self) -> Result<(), StoreError> {
        self.opened.get().map_or(Ok(()), Store::maintain)
    }
}

/// A store that does not exist.
struct Nothing;

impl Snapshot for Nothing {
    fn revision(&self) -> Revision {
        0
    }

    fn get(&self, _key: &str) -> Result<Option<Stored>, StoreError> {
        Ok(None)
    }

    fn range(&self, _range: &KeyRange, _limit: usize) -> Result<Vec<Stored>, StoreError> {
        Ok(Vec::new())
    }
}
