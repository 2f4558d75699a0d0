//! The commands by which methods ask the cluster and tell it something, by the vendor's names. The answers are pure functions
//! of [`Facts`]; [`folder`] feeds them from the files of a sandbox, [`stored`] from a store.

pub mod control;
mod facts;
pub mod folder;
mod reply;
mod request;
pub mod stored;
pub mod table;
mod tags;
#[cfg(test)]
mod tags_tests;
mod tell;

use std::io::Write;

pub use control::Asked;
pub use facts::{Facts, GroupFacts, OnNode, PropertyFact, ResourceFacts, TypeFacts};
pub use folder::{Folder, Heard};
pub use reply::{Code, Reply};
pub use request::{Command, Request};
pub use tags::answer;
pub use tell::{Tell, tell};

/// Answers a command that was called by its own name: from the folder of the sandbox that the process is in, else as `otherwise`
/// says; the exit status.
pub fn main(command: Command, arguments: &[String], otherwise: impl FnOnce() -> Reply) -> u8 {
    let reply = match Folder::of_environment() {
        Some(folder) => folder.answer(command, arguments),
        None => otherwise(),
    };
    let mut text = reply.lines.join("\n");
    if !reply.lines.is_empty() {
        text.push('\n');
    }
    // Who closed the pipe wants no more.
    _ = std::io::stdout().write_all(text.as_bytes());
    if !reply.complaint.is_empty() {
        _ = writeln!(std::io::stderr(), "{}", reply.complaint);
    }
    reply.code.number()
}
