//! Nodes, groups and resources over the store in memory: the event table, the refusals, random walks, races.

mod events;
mod fixture;
mod limits;
mod properties;
mod races;
mod refusals;
mod remedies;
mod reports;
mod traces;
mod version;
mod walk;
