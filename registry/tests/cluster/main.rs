//! Nodes, groups and resources over the store in memory: the event table, the refusals, random walks, races.

mod events;
mod fixture;
mod properties;
mod races;
mod refusals;
mod reports;
mod version;
mod walk;
