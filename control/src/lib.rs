//! Control models as tables: which methods are called at an event, on which nodes, of which version, whether a call may be
//! repeated after a crash, and what a failure does. Pure data and small, total functions on it; nothing here calls anything.

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod rgm;
