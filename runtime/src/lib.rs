//! Runs what a resource type brings. One method is run by [`method`]; a place where methods run and can be watched is a
//! [`cell`], in a [`sandbox`] of namespaces or in the open; [`scha`] answers the commands that methods ask with; [`trial`]
//! puts two versions of a type together and sees what happens; [`live`] carries out plans. Decides nothing, and is handed the store.

pub mod cell;
pub mod children;
pub mod crash;
pub mod files;
pub mod live;
pub mod method;
pub mod processes;
pub mod sandbox;
pub mod scha;
pub mod trial;
