//! What a command answers: lines and an exit status with the vendor's meaning. Pure.

use serde::{Deserialize, Serialize};

/// The vendor's error numbers (scha_calls(3HA)) that the commands here end with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Code {
    /// SCHA_ERR_NOERR.
    Done,
    /// SCHA_ERR_INVAL: the command line is wrong.
    Invalid,
    /// SCHA_ERR_TAG: there is no such tag.
    Tag,
    /// SCHA_ERR_ACCESS: not from here.
    Access,
    /// SCHA_ERR_STATE: not in the present state of the object.
    State,
    /// SCHA_ERR_NODE: there is no such node.
    Node,
    /// SCHA_ERR_RG: there is no such group.
    Group,
    /// SCHA_ERR_RT: there is no such type.
    ResourceType,
    /// SCHA_ERR_RSRC: there is no such resource.
    Resource,
    /// SCHA_ERR_PROP: the object has no such property.
    Property,
    /// SCHA_ERR_CHECKS: what is asked for was looked at, and is denied.
    Checks,
    /// SCHA_ERR_INTERNAL: the facts cannot be read.
    Internal,
}

impl Code {
    /// All that the commands here end with, by their numbers.
    pub const ALL: [Self; 12] = [
        Self::Done,
        Self::Invalid,
        Self::Tag,
        Self::Access,
        Self::State,
        Self::Node,
        Self::Group,
        Self::ResourceType,
        Self::Resource,
        Self::Property,
        Self::Checks,
        Self::Internal,
    ];

    /// The vendor's name for it, and what it means here.
    pub const fn meaning(self) -> (&'static str, &'static str) {
        match self {
            Self::Done => ("SCHA_ERR_NOERR", "done"),
            Self::Invalid => ("SCHA_ERR_INVAL", "the command line is wrong; the usage is printed"),
            Self::Tag => ("SCHA_ERR_TAG", "there is no such tag, or rtreg has no answer for it; the tag is named"),
            Self::Access => ("SCHA_ERR_ACCESS", "not from here"),
            Self::State => {
                ("SCHA_ERR_STATE", "not now: the resource or its group is not online here, or a run has reserved it")
            }
            Self::Node => ("SCHA_ERR_NODE", "the node that is asked about, or asked on, is no node of the group"),
            Self::Group => ("SCHA_ERR_RG", "there is no such group, or the resource is in another one"),
            Self::ResourceType => {
                ("SCHA_ERR_RT", "no type is registered under exactly this name, or the type permits no such request")
            }
            Self::Resource => ("SCHA_ERR_RSRC", "there is no such resource"),
            Self::Property => ("SCHA_ERR_PROP", "resources of this type do not have the property"),
            Self::Checks => (
                "SCHA_ERR_CHECKS",
                "the request is denied: Failover_mode forbids it, or no other node can take the group",
            ),
            Self::Internal => ("SCHA_ERR_INTERNAL", "the store, or the facts of the sandbox, cannot be used"),
        }
    }

    /// The number, which is the exit status.
    pub const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Invalid => 3,
            Self::Tag => 4,
            Self::Access => 6,
            Self::State => 9,
            Self::Node => 11,
            Self::Group => 12,
            Self::ResourceType => 13,
            Self::Resource => 14,
            Self::Property => 15,
            Self::Checks => 16,
            Self::Internal => 18,
        }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Lines for standard output.
    pub lines: Vec<String>,
    /// The exit status.
    pub code: Code,
    /// A sentence for standard error; empty if all is well.
    pub complaint: String,
}

impl Reply {
    /// These lines.
    pub fn lines(lines: Vec<String>) -> Self {
        Self { lines, code: Code::Done, complaint: String::new() }
    }

    /// One line.
    pub fn line(line: impl Into<String>) -> Self {
        Self::lines(vec![line.into()])
    }

    /// TRUE or FALSE.
    pub fn boolean(value: bool) -> Self {
        Self::line(if value { "TRUE" } else { "FALSE" })
    }

    /// No answer, and why.
    pub fn refused(code: Code, complaint: impl Into<String>) -> Self {
        Self { lines: Vec::new(), code, complaint: complaint.into() }
    }
}
