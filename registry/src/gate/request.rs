//! What is asked of the gate: the resource, the two versions of its type, the values given in the command, and the
//! settings of the store that the answer depends on. Plain data; it decides nothing.

use std::collections::BTreeMap;
use std::fmt;

use rtreg_model::ResourceType;

use crate::migration::StoredValue;

/// An upgrade that somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Name of the resource.
    pub resource: &'a str,
    /// The version that the resource is to have.
    pub target: &'a Version<'a>,
    /// The version that it has: its Type_version, T in the design.
    pub present: &'a Version<'a>,
    /// Values given in the command.
    pub properties: &'a [Assignment],
    /// What is wrong with the dependencies that the resource would have: which resources there are, only the caller knows.
    pub dependency_faults: &'a [DependencyFault],
    /// The values that the resource had when it had the target, if it is to go back: it gets these and no others, whatever the
    /// command says.
    pub restored: Option<&'a BTreeMap<String, StoredValue>>,
}

/// A property whose value names resources that do not exist, or closes a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependencyFault {
    /// The property.
    pub property: String,
    /// What was expected and found, and what to do next, in one full sentence.
    pub message: String,
}

/// A registered version of a type, with what the registry knows beside its file.
#[derive(Debug, Clone)]
pub struct Version<'a> {
    /// The file, lowered. Its spans are places in the source that is shown as `registry:NAME`.
    pub resource_type: &'a ResourceType,
    /// The full name under which the version is registered.
    pub name: String,
    /// Installed_nodes; none means all nodes.
    pub installed_nodes: Option<Vec<String>>,
    /// Other resources that have this or another version of the type. Read for Single_instance only, so one name is enough.
    pub other_resources: Vec<String>,
}

impl Version<'_> {
    /// The name by which messages and reports show the version's file.
    pub fn file(&self) -> String {
        format!("registry:{}", self.name)
    }
}

/// A value given in the command: `-p NAME=VALUE`, or `-p NAME{node}=VALUE` for one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The property, in any case.
    pub name: String,
    /// The node, if the value is for one node only.
    pub node: Option<String>,
    /// The value as written.
    pub value: String,
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Some(node) => write!(f, "{}{{{node}}}={}", self.name, self.value),
            None => write!(f, "{}={}", self.name, self.value),
        }
    }
}

/// Settings of the store that the gate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// What `""` in a `#$upgrade_from` line means.
    pub empty_upgrade_from: EmptyUpgradeFrom,
}

/// The two readings of `#$upgrade_from ""` (spec section 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum EmptyUpgradeFrom {
    /// No version, or any version that is not listed: the text of 3.1 8/05 and later.
    #[default]
    CatchAll,
    /// No version only: the text of earlier 3.1.
    UnversionedOnly,
}

impl EmptyUpgradeFrom {
    /// Both.
    pub const ALL: [Self; 2] = [Self::CatchAll, Self::UnversionedOnly];

    /// The word of the setting `empty-upgrade-from`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CatchAll => "catch-all",
            Self::UnversionedOnly => "unversioned-only",
        }
    }

    /// Reads the word of the setting, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reading| reading.as_str().eq_ignore_ascii_case(word))
    }
}
