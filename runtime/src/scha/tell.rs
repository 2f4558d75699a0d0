//! The two commands that tell the cluster something: what they mean, checked against the facts. Carries nothing out. Pure.

use super::facts::Facts;
use super::reply::{Code, Reply};
use super::request::{Command, Request, invalid};
use super::table;

/// The words of scha_resource_setstatus(1HA).
const STATUS_WORDS: [&str; 5] = ["OK", "DEGRADED", "FAULTED", "UNKNOWN", "OFFLINE"];

/// What the cluster is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tell {
    /// A status of a resource, and the message with it.
    Status {
        /// The resource.
        resource: String,
        /// The word.
        word: String,
        /// The message.
        message: String,
    },
    /// A request about a resource and its group.
    Control {
        /// What is wanted.
        tag: String,
        /// The resource.
        resource: String,
        /// Its group.
        group: String,
    },
}

/// Reads what is told.
///
/// # Errors
/// A reply that names what is wrong.
pub fn tell(command: Command, request: &Request, facts: &Facts) -> Result<Tell, Reply> {
    let resource = request.resource.clone().ok_or_else(|| invalid(command, "expected a resource behind -R"))?;
    let group = request.group.clone().ok_or_else(|| invalid(command, "expected a group behind -G"))?;
    let refused = |code, what: String| Err(Reply::refused(code, format!("{}: {what}", command.as_str())));
    match facts.resources.get(&resource) {
        None => return refused(Code::Resource, format!("there is no resource {resource}")),
        Some(known) if known.group != group => {
            return refused(Code::Group, format!("{resource} is in {}, not {group}", known.group));
        }
        Some(_) => {}
    }
    if command == Command::SetStatus {
        let word = request.status.clone().ok_or_else(|| invalid(command, "expected a status behind -s"))?;
        let word = word.to_ascii_uppercase();
        if !STATUS_WORDS.contains(&word.as_str()) {
            return Err(invalid(command, &format!("there is no status {word}")));
        }
        return Ok(Tell::Status { resource, word, message: request.message.clone().unwrap_or_default() });
    }
    let tag = request.tag.clone().ok_or_else(|| invalid(command, "expected a tag behind -O"))?.to_ascii_uppercase();
    if !table::has(command, &tag) {
        return Err(table::no_tag(command, &tag));
    }
    Ok(Tell::Control { tag, resource, group })
}
