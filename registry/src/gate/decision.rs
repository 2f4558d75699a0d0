//! The answer of the gate: plain data with its words. Reports and texts only map it; it never holds source text.

use std::collections::BTreeMap;

use rtreg_model::{RtVersion, Span, Tunability};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::state::NodeView;
use crate::migration::{PropertyChange, StoredValue};

/// The answer to a request, and all that it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// Name of the resource.
    pub resource: String,
    /// Full name of the version that the resource has.
    pub present: String,
    /// Full name of the version asked for.
    pub target: String,
    /// The answer.
    pub verdict: Verdict,
    /// Whether the upgrade can be had.
    pub possible: Possible,
    /// The strictest tunability that anything asked for.
    pub tunability: Tunability,
    /// What the vendor's rule asks for: it looks at Type_version only.
    pub vendor_tunability: Tunability,
    /// Whether the vendor's rule alone would allow the upgrade in the present state.
    pub vendor_allows: bool,
    /// The state that the tunability needs; none where no state is needed, or none helps.
    pub needs: Option<Needs>,
    /// First what decides, then all that asked, strictest first.
    pub because: Vec<Reason>,
    /// The nodes that are not in the needed state, or not known to be.
    pub in_the_way: Vec<InTheWay>,
    /// The commands that get there, in order; empty if nothing is in the way or nothing helps.
    pub commands: Vec<String>,
    /// Commands that say what is unknown, to be used only where they are true.
    pub statements: Vec<String>,
    /// The commands that bring back, after the upgrade, what `commands` take down.
    pub afterwards: Vec<String>,
    /// Other resources that the commands would disturb.
    pub affects: Vec<String>,
    /// What happens to the properties.
    pub changes: Vec<PropertyChange>,
    /// The values after the upgrade; they mean something only where it is allowed.
    pub values: BTreeMap<String, StoredValue>,
    /// The vendor's command for the upgrade itself; none unless it is allowed in a group whose driver is `recorded`.
    pub vendor_command: Option<String>,
    /// What it rests on that nobody has seen lately: full sentences; empty unless something was imported.
    pub rests_on: Vec<String>,
    /// The group.
    pub group: String,
    /// Whether the group is managed.
    pub managed: bool,
    /// The nodes that were read: those of the node list first.
    pub nodes: Vec<NodeView>,
}

impl Decision {
    /// Whether the resource has the version already: nothing to do, or, with values in the command, a wrong command.
    pub fn is_same_version(&self) -> bool {
        self.because.first().is_some_and(|reason| reason.kind == ReasonKind::SameVersion)
    }
}

/// Yes, no, or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may be done now.
    Allowed,
    /// It may not be done now.
    Blocked,
    /// What is needed to tell is not known.
    Undecided,
}

/// Whether an upgrade can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Possible {
    /// As things are.
    Now,
    /// After the commands of the answer.
    AfterCommands,
    /// Not for a resource that exists.
    Never,
    /// Not known.
    Unknown,
}

/// The state that a tunability needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// The monitor runs nowhere and is not to run.
    Unmonitored,
    /// The resource runs nowhere.
    Offline,
    /// It runs nowhere and is switched off everywhere.
    Disabled,
    /// Its group is unmanaged, and no trace of Init is left that the new Fini does not understand.
    Unmanaged,
}

impl Needs {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unmonitored => "unmonitored",
            Self::Offline => "offline",
            Self::Disabled => "disabled",
            Self::Unmanaged => "unmanaged",
        }
    }
}

/// Something that asked for a state, or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason {
    /// What it is.
    pub kind: ReasonKind,
    /// Through which origin a version is alive.
    pub origin: Option<AliveThrough>,
    /// The version that is alive; none if not known, or if the reason is not about a version.
    pub live_version: Option<RtVersion>,
    /// The record does not know the version, but by the file of the resource's own version it can only be that one.
    pub settled: bool,
    /// What it asks for; none for reasons that no state cures.
    pub asks: Option<Tunability>,
    /// Where: for an origin the nodes where it is alive, otherwise the nodes in the way.
    pub nodes: Vec<String>,
    /// The line or entry of a file that says so; none means "not listed" or not a matter of a file.
    pub place: Option<Place>,
    /// One full sentence.
    pub sentence: String,
}

/// What a reason is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonKind {
    /// The target's file lists the version.
    Listed,
    /// The line with `""` of the target's file covers the version.
    Empty,
    /// No line covers the version.
    Default,
    /// The target's file has no `#$upgrade`.
    NotUpgradeAware,
    /// The target is older.
    Downgrade,
    /// The resource has the target's version already.
    SameVersion,
    /// A property stands in the way.
    Property,
    /// A rule of the registry stands in the way.
    RegistryRule,
    /// An origin or a state is not known.
    UnknownState,
}

/// Through what a version is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AliveThrough {
    /// The resource's Type_version.
    TypeVersion,
    /// Its methods started the resource.
    StartedBy,
    /// Its methods started the monitor.
    MonitorStartedBy,
    /// Its Init ran.
    InitialisedBy,
}

/// Bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `registry:NAME`.
    pub file: String,
    /// The bytes.
    pub span: Span,
}

/// A node in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InTheWay {
    /// The node.
    pub node: String,
    /// How it is there: a half-sentence.
    pub how: String,
    /// Not known to be in the needed state, rather than known not to be.
    pub unknown: bool,
}
