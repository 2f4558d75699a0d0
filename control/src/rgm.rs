//! The control model of the Resource Group Manager of Sun Cluster: twelve callbacks (rt_callbacks(1HA)). The table is the
//! whole truth; what it does not say is not done. Nothing here runs a method or knows a store.

mod calls;
mod failover;
mod state;
mod table;
mod words;

pub use calls::{Attributes, Call, calls, row_of};
pub use failover::{Consequence, FailoverMode, StartOrStop, consequence};
pub use state::{Change, during, failed, succeeded};
pub use table::{ROWS, Row, TSV_HEAD, rows, tsv};
pub use words::{Action, Event, InRun, Nodes, Repeat, VendorOnFailure, Whose};
