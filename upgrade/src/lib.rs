//! The upgrade compiler: which versions of a type can be reached from which, what an upgrade does, step by step, decided
//! beforehand; the same steps on a simulator, and what undoes them. Pure: what it decides on is handed in. The gate of
//! `registry` has the last word on every change of version.

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod back;
pub mod commands;
pub mod execute;
pub mod graph;
pub mod path;
pub mod plan;
pub mod render;
pub mod run;
pub mod states;
