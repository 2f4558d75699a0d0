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

mod embedded;

pub use embedded::SqliteStore;
