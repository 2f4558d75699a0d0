//! Stores of rtreg that outlive the process. They implement [`rtreg_registry::Store`] and know nothing of what is stored:
//! values are bytes.
//!
//! ```
//! use rtreg_registry::{Change, Commit, Condition, Outcome, Store};
//! use rtreg_store::SqliteStore;
//!
//! let folder = tempfile::tempdir()?;
//! let store = SqliteStore::create(&folder.path().join("store.db"))?;
//! let register = Commit {
//!     conditions: vec![Condition::Absent { key: "nodes/n1".to_owned() }],
//!     changes: vec![Change::Put { key: "nodes/n1".to_owned(), value: b"up".to_vec() }],
//! };
//! assert_eq!(store.commit(&register)?, Outcome::Done(1));
//! assert_eq!(store.commit(&register)?, Outcome::Conflict(register.conditions[0].clone()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The file
//! Beside `store.db` lie its log `store.db-wal` and the index of the log `store.db-shm`. The three belong together: the log
//! holds the newest commits. To copy a store use `sqlite3 store.db ".backup copy.db"`, which reads all of it at one
//! revision; a copy of `store.db` alone is an older store, and a log beside another `store.db` damages it. It must not lie
//! on a network file system.
//!
//! `PRAGMA application_id` is 0x72747267 (`rtrg`), `PRAGMA user_version` is the version of the format, 1:
//!
//! | table | columns | holds |
//! |---|---|---|
//! | `kv` | `key`, `created`, `modified`, `sum`, `value` | the keys; the revisions that created and last wrote each; its checksum |
//! | `meta` | `name`, `value` | `revision`: the newest; `deletion`: the newest that deleted a key |
//!
//! The small columns of `kv` stand before the value, so that conditions are checked without reading values. `sum` is FNV-1a
//! of key, revisions and value: SQLite notices damage to its own structure but not to a value, and a changed value must not
//! become an answer. Damage inside a page can still hide a key from a read; [`SqliteStore::verify`] finds that, and the
//! history's hash chains do. Damage inside the log reads as the end of the log.
//!
//! # Promises
//! A commit is one immediate transaction and one fsync, that of the log, before it is acknowledged (a new log costs a few
//! more); readers never see a commit that is not yet on the disk. Nothing is moved from the log into the database when a
//! process ends; that is done by [`maintain`](rtreg_registry::Store::maintain), once the log is larger than 4 MiB. After a
//! crash the next process to open the store reads the log. A writer waits 30 s for other writers. The files get the
//! permissions that the umask of their creator leaves (usually all may read them); who may not write to them can still read.

mod embedded;
mod lazy;

pub use embedded::SqliteStore;
pub use lazy::LazyStore;
