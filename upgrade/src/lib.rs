//! The upgrade compiler: which versions of a type can be reached from which, and by which path a resource gets to one with
//! the least disruption. Pure: what it decides on is handed in. The gate of `registry` has the last word on every hop.

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod commands;
pub mod graph;
pub mod path;
