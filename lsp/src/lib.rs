//! An editor server for RTR files: the map between what parser and checker say and the Language Server Protocol (3.17). It
//! words no finding, reads no settings and writes no file: what holds for a file is the [`Host`]'s to say, so that the editor
//! shows what the command line would. Only this crate knows the types of the protocol.

mod actions;
mod client;
mod completion;
mod definition;
mod diagnostics;
mod document;
mod edits;
mod folding;
mod frame;
mod host;
mod hover;
mod initialize;
mod server;
mod symbols;
mod text;
mod tokens;
mod uri;

pub use host::{Checked, Host};
pub use server::{Ended, serve};
pub use text::{Encoding, Text};
