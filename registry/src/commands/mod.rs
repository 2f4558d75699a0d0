//! The commands of the registry: each reads through a transaction, decides, and collects its changes and its history. None
//! ever runs anything on a node, prints, or asks the clock.

pub mod changes;
mod dependencies;
mod event;
pub mod group;
mod group_set;
pub mod node;
pub mod observe;
pub mod properties;
pub mod resource;
mod scene;
pub mod show;
pub mod switch;
pub mod version;
