//! The commands of the registry, one file each: a request, the rules, a report. A command decides on a
//! [`crate::Transaction`] or [`crate::View`]; it never commits and never prints.

pub mod installed;
pub mod register;
pub mod type_set;
pub mod unregister;
