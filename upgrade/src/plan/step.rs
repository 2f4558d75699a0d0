//! A step of a plan as data: what is done, where, what it records, what undoes it, and what its failure does. A step names
//! everything that carrying it out needs, so that nothing is left to choose (INV-3). Nothing here decides.

use std::collections::BTreeMap;

use rtreg_checker::report::json::JsonSpan;
use rtreg_model::{Method, RtVersion};
use rtreg_registry::migration::StoredValue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::becomes::RegistryChange;
use super::state::Effect;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Its name, unique in the plan: the bundle's and a number, `b1.3`.
    pub id: String,
    /// The steps of the same bundle that must be done before.
    pub after: Vec<String>,
    /// Those that must have ended before, well or not, or have been left out: what only the order asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after_end: Vec<String>,
    /// The part of the bundle that it belongs to.
    pub phase: Phase,
    /// What is done.
    #[serde(flatten)]
    pub operation: Operation,
    /// What undoes it, in order.
    pub undo: Vec<Undo>,
    /// Why it is there.
    pub reason: Why,
    /// How many seconds it takes, from how long the method took before, rounded up; null if nothing is known.
    pub expected_seconds: Option<u64>,
    /// In a group that the administrator drives: what he does. Null where rtreg runs it.
    pub administrator: Option<Commands>,
}

/// The parts of a bundle, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The new versions look at the properties; nothing has changed yet.
    Validate,
    /// What must not run goes down, by the methods of the version that it has.
    Down,
    /// The change of Type_version.
    Set,
    /// What went down comes up, by the methods of the version that it has then.
    Up,
}

impl Phase {
    /// The word of every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Validate => "validate",
            Self::Down => "down",
            Self::Set => "set",
            Self::Up => "up",
        }
    }
}

/// Something that is done: by a step, or to undo one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Operation {
    /// What.
    pub what: What,
    /// On which node; null for what is done in the store alone.
    pub node: Option<String>,
    /// What is recorded when it begins, before anything else happens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_begin: Vec<Effect>,
    /// What is recorded when it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_done: Vec<Effect>,
    /// What is recorded when it has failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_failed: Vec<Effect>,
    /// What a failure does to the bundle.
    pub if_failed: IfFailed,
    /// Whether it may be done again when its outcome is not known.
    pub repeat: Repeat,
}

/// The closed set of things that are done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// A hook of a live update.
    Hook(Program),
    /// A callback method of a version of a type.
    Method(MethodCall),
    /// A script.
    Script(Program),
    /// A switch of a resource changes.
    Switch(Switch),
    /// A group changes.
    Group(GroupChange),
    /// What a command changes in the registry beside the methods that it runs, in one commit.
    Registry(RegistryChange),
    /// Resources get another version of their type, with all their properties, in one commit.
    SetTypeVersion(SetTypeVersion),
    /// Something is done to a node as a whole.
    NodeAction(NodeAction),
    /// The point of no return: what was done before is not undone once this has been passed.
    Mark {
        /// Why there is none.
        why: String,
    },
}

/// A callback method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MethodCall {
    /// The resource.
    pub resource: String,
    /// Which of the twelve.
    #[schemars(with = "String")]
    pub method: Method,
    /// The full name of the version whose method it is.
    pub type_name: String,
    /// That version; null is unversioned.
    #[schemars(with = "Option<String>")]
    pub version: RtVersion,
    /// Absolute path.
    pub path: String,
    /// The arguments behind the path, as the Resource Group Manager passes them (rt_callbacks(1HA)).
    pub arguments: Vec<String>,
    /// When it is ended, in seconds: the value of the resource's timeout property.
    pub timeout_seconds: u64,
    /// SHA-256 of the version's file on the node; null where no process on the node has seen it.
    pub digest: Option<String>,
    /// What is done where the file is not that one, or nobody has seen it.
    #[serde(default, skip_serializing_if = "DigestCheck::is_refuse")]
    pub digest_check: DigestCheck,
}

/// What is done where a method's file is not the one of its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DigestCheck {
    /// The step fails.
    #[default]
    Refuse,
    /// It is said, and the method runs: an emergency Stop must work.
    Warn,
}

impl DigestCheck {
    /// Whether it is the rule of upgrades.
    pub const fn is_refuse(&self) -> bool {
        matches!(self, Self::Refuse)
    }
}

/// A program of the administrator's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Program {
    /// Absolute path.
    pub path: String,
    /// The arguments behind it.
    pub arguments: Vec<String>,
    /// When it is ended, in seconds.
    pub timeout_seconds: u64,
    /// SHA-256 of the file; null if not known.
    pub digest: Option<String>,
    /// The arguments with which it says whether it has been done; null if it cannot.
    pub probe: Option<Vec<String>>,
}

/// A change of a resource's switches, on these nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Switch {
    /// The resource.
    pub resource: String,
    /// What.
    pub change: SwitchChange,
    /// Where.
    pub nodes: Vec<String>,
}

/// What becomes of a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SwitchChange {
    /// On_off_switch on.
    Enable,
    /// On_off_switch off.
    Disable,
    /// Monitored_switch on.
    Monitor,
    /// Monitored_switch off.
    Unmonitor,
    /// No switch: the cluster takes the resource offline because one that it depends on goes.
    FollowDown,
    /// No switch: the cluster brings the resource online because one that it depends on comes.
    FollowUp,
    /// No switch: the cluster restarts the resource because one that it depends on was.
    Restart,
    /// No switch: somebody says that a failed stop is cleaned up.
    Clear,
    /// No switch: a resource of a type without start methods is online with its group.
    Online,
}

impl SwitchChange {
    /// The word of every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::Monitor => "monitor",
            Self::Unmonitor => "unmonitor",
            Self::FollowDown => "follows down",
            Self::FollowUp => "follows up",
            Self::Restart => "is restarted",
            Self::Clear => "clear",
            Self::Online => "online",
        }
    }
}

/// A change of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GroupChange {
    /// The group.
    pub group: String,
    /// What.
    pub change: GroupEvent,
    /// Where it comes online or goes offline; empty for the others.
    pub nodes: Vec<String>,
}

/// What becomes of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupEvent {
    /// It comes under management.
    Manage,
    /// It leaves management.
    Unmanage,
    /// It is online there.
    Online,
    /// It is offline there.
    Offline,
}

impl GroupEvent {
    /// The word of every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manage => "manage",
            Self::Unmanage => "unmanage",
            Self::Online => "online",
            Self::Offline => "offline",
        }
    }
}

/// Changes of Type_version in one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetTypeVersion {
    /// Whether the gate is asked again in that commit. Not when what the journal holds is restored.
    pub gated: bool,
    /// The resources.
    pub resources: Vec<SetResource>,
}

/// A change of one resource's Type_version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetResource {
    /// The resource.
    pub resource: String,
    /// The version that it has before.
    #[schemars(with = "Option<String>")]
    pub from: RtVersion,
    /// The version that it gets.
    #[schemars(with = "Option<String>")]
    pub to: RtVersion,
    /// The full name of that version.
    pub type_name: String,
    /// The values given in the request, `NAME=VALUE` or `NAME{node}=VALUE`: what the gate is asked with. On the way back: the values
    /// that an administrator gives the vendor's command.
    pub properties: Vec<String>,
    /// All values that it has then and that do not follow the default.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub values: BTreeMap<String, StoredValue>,
    /// The entry of the resource's history that is taken back, if this is the way back: then the gate is asked with these very
    /// values (`restored`), and the new entry names the old one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u64>,
}

/// Something done to a node as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeAction {
    /// What, in the platform's words.
    pub action: String,
    /// The program that says whether it has been done; null if there is none.
    pub probe: Option<Program>,
}

/// What a failure does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IfFailed {
    /// The bundle is refused: nothing has changed.
    Refuse,
    /// It is recorded, and the bundle goes on.
    GoOn,
    /// It is recorded, what waits for the step is left out, and the rest goes on; the bundle has failed in the end. Nothing
    /// is undone.
    LeaveOut,
    /// What the bundle has done is undone.
    Unwind,
    /// The run stops and needs a person.
    Halt,
}

/// Whether something may be done again when its outcome is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Repeat {
    /// It is one commit, with its outcome in it: the outcome is always known.
    OneCommit,
    /// It may be done again.
    Yes,
    /// Not before these have been done.
    After {
        /// Methods of the same version.
        first: Vec<Operation>,
    },
    /// It says itself whether it has been done.
    Probe,
    /// Never: a person must say whether it has been done.
    No,
}

/// What undoes a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Undo {
    /// What is done.
    #[serde(flatten)]
    pub operation: Operation,
    /// It is done behind all that undoes other steps: an Update of what stayed online, a restart of what depends on it.
    pub last: bool,
    /// Why it cannot be done, as far as can be told before; null if nothing is in its way.
    pub impossible: Option<String>,
}

/// Why a step is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Why {
    /// The rule: an event of the control model, a kind of reason of the gate, or a property of a dependency.
    pub rule: String,
    /// One full sentence.
    pub sentence: String,
    /// The line that says so; null if none does.
    pub place: Option<At>,
}

/// A place in a registered file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct At {
    /// `registry:TYPE`.
    pub file: String,
    /// Where.
    pub span: JsonSpan,
}

/// What an administrator does in a group that he drives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Commands {
    /// In the cluster.
    pub run: Vec<String>,
    /// Afterwards, so that rtreg knows it.
    pub record: Vec<String>,
}

impl Step {
    /// The name of one of the things that undo it.
    pub fn undo_id(&self, number: usize) -> String {
        format!("{}-u{}", self.id, number + 1)
    }
}

impl Operation {
    /// The method, if it is one.
    pub fn method(&self) -> Option<&MethodCall> {
        match &self.what {
            What::Method(call) => Some(call),
            _ => None,
        }
    }
}
