//! The commands by which methods ask the cluster and tell it something, by the vendor's names. The answers are pure functions
//! of [`Facts`]; [`folder`] feeds them from files.

mod facts;
pub mod folder;
mod reply;
mod request;
mod tags;
#[cfg(test)]
mod tags_tests;
mod tell;

use std::io::Write;

pub use facts::{Facts, GroupFacts, OnNode, PropertyFact, ResourceFacts, TypeFacts};
pub use folder::{Folder, Heard};
pub use reply::{Code, Reply};
pub use request::{Command, Request};
pub use tags::answer;
pub use tell::{Tell, tell};

/// Prints an answer: lines to standard output, what is wrong to standard error; the exit status.
pub fn print(reply: &Reply) -> u8 {
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
