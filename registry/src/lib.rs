//! What is registered, the rules of registering, and the gate of upgrades. Pure: a [`store::Store`] is handed in, and so
//! are time, user and host name.

#[cfg(any(test, feature = "testing"))]
#[macro_use]
pub mod testing;
pub mod memory;
pub mod store;

pub use store::{Change, Commit, Condition, KeyRange, Outcome, Revision, Snapshot, Store, StoreError, Stored};
