//! The contract of a store: keys and ranges read at one revision, changes committed by compare-and-swap. It is the model
//! of etcd; every implementation passes one conformance suite and enforces the same limits.

use std::time::Duration;

/// Counts the commits of a store that changed something: 0 is the empty store, each such commit is the next number. A
/// [`Change::Put`] always changes something, even with the value that was there; a [`Change::Delete`] does only if there
/// was such a key (as in etcd).
pub type Revision = u64;

/// Most conditions of one commit.
pub const CONDITIONS_MAX: usize = 100;
/// Most changes of one commit.
pub const CHANGES_MAX: usize = 100;
/// Most bytes of one value: 256 KiB.
pub const VALUE_BYTES_MAX: usize = 256 * 1024;
/// Most bytes of one commit, keys and values of all its changes together: 1 MiB.
pub const COMMIT_BYTES_MAX: usize = 1024 * 1024;
/// Most bytes of a key.
pub const KEY_BYTES_MAX: usize = 1024;

/// A store of keys and values. Synchronous; shared by several threads and, where the implementation says so, processes.
pub trait Store: Send + Sync {
    /// All reads of the snapshot see the store at one revision, the newest one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError>;

    /// Applies all changes if all conditions hold, at one instant; otherwise changes nothing. When it returns
    /// [`Outcome::Done`], the changes survive a crash of the process and of the machine.
    ///
    /// # Errors
    /// [`StoreError::Limit`] without looking at the store; [`StoreError::Unavailable`]: whether the commit took effect is
    /// then not known.
    fn commit(&self, commit: &Commit) -> Result<Outcome, StoreError>;

    /// Blocks until a key with `prefix` has been created, modified or deleted after revision `since`, and returns the
    /// newest revision; none after `timeout`. May return early without a change to such a key, never miss one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    fn wait(&self, prefix: &str, since: Revision, timeout: Duration) -> Result<Option<Revision>, StoreError>;

    /// Work that need not happen before an answer is given (in SQLite, moving a long log into the database); called after
    /// the answer. Does nothing by default.
    ///
    /// # Errors
    /// As [`Store::snapshot`]; nothing is lost.
    fn maintain(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A view of a store at one revision.
pub trait Snapshot {
    /// The revision.
    fn revision(&self) -> Revision;

    /// The value of a key.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    fn get(&self, key: &str) -> Result<Option<Stored>, StoreError>;

    /// The keys of a range in the order of their bytes, at most `limit` of them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    fn range(&self, range: &KeyRange, limit: usize) -> Result<Vec<Stored>, StoreError>;
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Vec<u8>,
    /// The revision that created the key (after its last deletion).
    pub created: Revision,
    /// The revision that wrote the value.
    pub modified: Revision,
}

/// A half-open range of keys in the order of their bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyRange {
    /// The first key.
    pub start: String,
    /// The first key behind the range; none means to the end of the store.
    pub end: Option<String>,
}

impl KeyRange {
    /// All keys that start with `prefix`; the empty prefix means all keys.
    pub fn prefix(prefix: &str) -> Self {
        // The order of strings by their bytes is the order by their characters. The first string behind all that start
        // with the prefix is the prefix with its last character raised by one; the very last character cannot be raised.
        let mut head = prefix.to_owned();
        let mut end = None;
        while let Some(last) = head.pop() {
            if let Some(next) = (last..=char::MAX).nth(1) {
                head.push(next);
                end = Some(head);
                break;
            }
        }
        Self { start: prefix.to_owned(), end }
    }

    /// Whether the key is in the range.
    pub fn contains(&self, key: &str) -> bool {
        self.start.as_str() <= key && self.end.as_deref().is_none_or(|end| key < end)
    }
}

/// What must hold for a commit to take effect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// The key was last written at this very revision.
    Unchanged {
        /// The key.
        key: String,
        /// [`Stored::modified`] as it was read.
        modified: Revision,
    },
    /// There is no such key.
    Absent {
        /// The key.
        key: String,
    },
    /// The range has no key.
    RangeEmpty {
        /// The range.
        range: KeyRange,
    },
    /// No key that is now in the range was created or modified after this revision. A deletion is seen only by a
    /// condition on the key itself, as in etcd.
    RangeUnchanged {
        /// The range.
        range: KeyRange,
        /// The revision of the read.
        since: Revision,
    },
}

/// A change of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Writes a value, whether or not the key exists.
    Put {
        /// The key.
        key: String,
        /// The value.
        value: Vec<u8>,
    },
    /// Removes a key; nothing happens if there is none.
    Delete {
        /// The key.
        key: String,
    },
}

impl Change {
    /// The key.
    pub fn key(&self) -> &str {
        match self {
            Self::Put { key, .. } | Self::Delete { key } => key,
        }
    }
}

/// Changes and what must hold for them. No key may be changed twice in one commit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Commit {
    /// What must hold.
    pub conditions: Vec<Condition>,
    /// What then changes.
    pub changes: Vec<Change>,
}

/// What became of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It took effect, as this revision (the present one if it changed nothing).
    Done(Revision),
    /// It did not: this condition, the first of those that do not hold.
    Conflict(Condition),
}

/// Why a store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A commit is larger than every store takes.
    #[error("a commit takes at most {limit} {what}, this one has {found}; split the command")]
    Limit {
        /// What is limited: `conditions`, `changes`, `bytes a value`, `bytes`, `bytes a key`, `changes a key`.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// What the commit has.
        found: usize,
    },
    /// The store cannot be reached, opened, read or written.
    #[error("the store at {place} cannot be used: {reason}")]
    Unavailable {
        /// Which store.
        place: String,
        /// Why, and what to do.
        reason: String,
    },
    /// The store holds something that rtreg did not write.
    #[error("the store at {place} is damaged: {reason}")]
    Corrupt {
        /// Which store.
        place: String,
        /// What was found.
        reason: String,
    },
}

impl Commit {
    /// Holds a commit against the limits that every store enforces; each implementation calls it first.
    ///
    /// # Errors
    /// [`StoreError::Limit`] with the first limit that is passed.
    pub fn check_limits(&self) -> Result<(), StoreError> {
        let check = |what, limit, found| {
            if found > limit { Err(StoreError::Limit { what, limit, found }) } else { Ok(()) }
        };
        check("conditions", CONDITIONS_MAX, self.conditions.len())?;
        check("changes", CHANGES_MAX, self.changes.len())?;
        let mut bytes = 0;
        let mut keys = std::collections::BTreeSet::new();
        for change in &self.changes {
            let value = match change {
                Change::Put { value, .. } => value.len(),
                Change::Delete { .. } => 0,
            };
            check("bytes a key", KEY_BYTES_MAX, change.key().len())?;
            check("bytes a value", VALUE_BYTES_MAX, value)?;
            check("changes a key", 1, if keys.insert(change.key()) { 1 } else { 2 })?;
            bytes += change.key().len() + value;
        }
        check("bytes", COMMIT_BYTES_MAX, bytes)
    }
}
