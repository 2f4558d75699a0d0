//! What is registered, the rules of registering, and the gate of upgrades. Pure: a [`store::Store`] is handed in, and so
//! are time, user and host name.

#![warn(clippy::print_stdout, clippy::print_stderr)]

#[cfg(any(test, feature = "testing"))]
#[macro_use]
pub mod testing;

pub mod commands;
pub mod declarations;
pub mod durations;
pub mod effective;
pub mod error;
pub mod gate;
pub mod history;
pub mod import;
pub mod keys;
pub mod memory;
pub mod migration;
pub mod overlay;
pub mod records;
pub mod runs;
pub mod store;
pub mod traces;
pub mod transaction;
pub mod types;
pub mod view;

pub use error::{CommandError, Refusal};
pub use history::{Context, Who};
pub use store::{Change, Commit, Condition, KeyRange, Outcome, Revision, Snapshot, Store, StoreError, Stored};
pub use transaction::{Transaction, inspect, transact};
pub use types::{LoadedType, load_type, resolve_type};
pub use view::View;
