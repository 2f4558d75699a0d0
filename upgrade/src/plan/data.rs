//! A plan as data, version 1 of its form (`plan-v1`): what was asked, what is done in which order, what is held back and
//! why, and all that the decision rests on. It is never changed; its name is the hash of its content.

use std::collections::BTreeMap;

use rtreg_model::RtVersion;
use rtreg_registry::gate::Needs;
use rtreg_registry::migration::{PropertyChange, StoredValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::digest::digest;
use super::state::State;
use super::step::{IfFailed, Step, Why};
use crate::states::StateCommand;

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// Version of this form: 1.
    pub version: u32,
    /// SHA-256 of the plan's content.
    pub id: String,
    /// What was asked.
    pub request: Asked,
    /// What is done, in waves: one begins when the one before is done.
    pub waves: Vec<Wave>,
    /// How long it takes: its waves run one behind the other.
    pub expected: Expected,
    /// The resources that are left as they are although they were asked for.
    pub held_back: Vec<HeldBack>,
    /// The resources that have the version already.
    pub nothing_to_do: Vec<String>,
    /// What whoever carries it out should know.
    pub notices: Vec<Notice>,
    /// What the choice of resources and bundles rests on; each bundle has its own beside it.
    pub basis: Basis,
    /// The state that the plan was made of.
    pub state: State,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Asked {
    /// The resources named, or those of the type or group.
    pub resources: Vec<String>,
    /// `--type`; null if resources or a group were named.
    pub resource_type: Option<String>,
    /// `--group`; null if resources or a type were named.
    pub group: Option<String>,
    /// `--to`, or `before`.
    pub to: String,
    /// `--allow`: what may happen to the named resources; null for nothing.
    pub allow: Option<Needs>,
    /// `--also`: what else may go down.
    pub also: Also,
    /// `-p`.
    pub properties: Vec<String>,
    /// `--direct`: no way over other versions.
    pub direct: bool,
    /// `--strict`: a failed Update or Monitor_start unwinds, too.
    pub strict: bool,
    /// `--max-unavailable`.
    pub max_unavailable: usize,
    /// `--max-failures`.
    pub max_failures: usize,
    /// The command about the state of the cluster that is asked for, in place of an upgrade; left out for upgrades.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<StateCommand>,
    /// What each resource goes back to, if that is what was asked: then `to` is the word `before`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub back: BTreeMap<String, Back>,
    /// The run that is taken back, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// What a resource was before its version was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Back {
    /// The version.
    #[schemars(with = "Option<String>")]
    pub version: RtVersion,
    /// The values that did not follow the default.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub values: BTreeMap<String, StoredValue>,
    /// The number of the entry of its history that is taken back.
    pub undoes: u64,
}

/// What else may go down.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Also {
    /// Only these.
    Resources(Vec<String>),
    /// Whatever must.
    All,
    /// Nothing.
    #[default]
    Nothing,
}

impl Also {
    /// Whether a resource may go down.
    pub fn covers(&self, resource: &str) -> bool {
        match self {
            Self::Resources(names) => names.iter().any(|name| name == resource),
            Self::All => true,
            Self::Nothing => false,
        }
    }
}

/// How long something takes, from how long the methods took before. It decides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Expected {
    /// Seconds along the longest way of steps that wait for each other; null if nothing is known of one of the steps.
    pub seconds: Option<u64>,
    /// The same seconds, with the steps of which nothing is known left out.
    pub at_least_seconds: u64,
    /// How many steps nothing is known of.
    pub unknown_steps: usize,
}

/// Bundles that may be carried out at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wave {
    /// The bundles.
    pub bundles: Vec<Bundle>,
    /// How long it takes: its bundles run beside each other.
    pub expected: Expected,
}

/// What is done, and undone, as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Bundle {
    /// Its name, unique in the plan: `b1`.
    pub id: String,
    /// The upgrades.
    pub upgrades: Vec<Upgrade>,
    /// The other resources that move with them, each with the reason.
    pub moves: BTreeMap<String, String>,
    /// The groups in which something goes down.
    pub disrupts: Vec<String>,
    /// Whether rtreg can carry it out; not where an administrator drives one of the groups.
    pub carried_out_by: Driver,
    /// The steps, in an order that respects what each waits for.
    pub steps: Vec<Step>,
    /// How long each resource that goes down is down.
    pub blackouts: Vec<Blackout>,
    /// How long it takes: steps that need not wait for each other run beside each other.
    pub expected: Expected,
    /// What the bundle rests on.
    pub basis: Basis,
}

impl Bundle {
    /// Whether a failure undoes what was done: not of a state command, where each step says itself what it comes to.
    pub fn unwinds(&self) -> bool {
        self.steps.iter().any(|step| !step.undo.is_empty() || step.operation.if_failed == IfFailed::Unwind)
    }
}

/// Who carries out a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Driver {
    /// rtreg.
    Rgm,
    /// The administrator.
    Recorded,
    /// Partly rtreg, partly the administrator: by nobody as one.
    Mixed,
}

/// The upgrade of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Upgrade {
    /// The resource.
    pub resource: String,
    /// Full name of the version that it has.
    pub from: String,
    /// Full names of the versions that it gets, one after the other; the last is the one asked for.
    pub to: Vec<String>,
    /// What it takes now: WHEN_… or ANYTIME.
    pub tunability: String,
    /// What happens to it; null if it stays as it runs.
    pub needs: Option<Needs>,
    /// What decided: first what decides.
    pub because: Vec<Why>,
    /// What becomes of its properties.
    pub changes: Vec<PropertyChange>,
}

/// A resource that is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldBack {
    /// The resource.
    pub resource: String,
    /// What kind of reason.
    pub kind: HeldBackKind,
    /// Full sentences, the first is the one that decides.
    pub because: Vec<Why>,
    /// What helps, in order: commands.
    pub commands: Vec<String>,
}

/// Why a resource is left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeldBackKind {
    /// Its state is in the way, and the request does not permit to change it.
    Blocked,
    /// No state and no command helps.
    Never,
    /// What is needed to tell is not known.
    Undecided,
    /// Properties or rules of the registry are in the way.
    Refused,
    /// Something else would go down that the request does not name.
    NotNamed,
    /// A resource that must move is in a state from which it cannot.
    State,
    /// Dependencies form a circle.
    Cycle,
    /// It takes more groups down than `--max-unavailable` permits.
    TooManyGroups,
    /// It does not fit one commit.
    TooLarge,
}

/// Something that whoever carries out the plan should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// One full sentence.
    pub sentence: String,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Two versions name the same method files.
    SharedPaths,
    /// The methods of a version have been overwritten by another's: steps or undoing would run the wrong ones.
    Overwritten,
    /// No process on a node has seen a method: a run refuses it.
    NoDigest,
    /// A group is driven by the administrator: rtreg runs nothing there.
    Recorded,
    /// A weak dependency is left out of the order because it would close a circle.
    WeakLeftOut,
    /// What cannot be undone.
    Irreversible,
    /// Why there is nothing to do.
    NothingToDo,
    /// What a resource depends on, or what depends on it, is not as one would expect.
    Dependency,
    /// Resources are left as they are because they are disabled.
    Disabled,
}

/// How long a resource is down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Blackout {
    /// The resource.
    pub resource: String,
    /// The step with which it goes down.
    pub from: String,
    /// The step with which it is up again; null if it does not come up in this bundle.
    pub to: Option<String>,
    /// Seconds, from how long the methods took before; null if nothing is known of one of the steps between.
    pub expected_seconds: Option<u64>,
    /// The same, with what is known where not all is.
    pub expected: Expected,
    /// Seconds, if every step between takes as long as its timeout permits; null if the administrator's part has none.
    pub at_most_seconds: Option<u64>,
}

/// What a decision rests on: it is stale as soon as one of these has changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Basis {
    /// Each key with the revision that wrote it; null: there is no such key.
    pub keys: BTreeMap<String, Option<u64>>,
    /// Each range.
    pub ranges: Vec<RangeBasis>,
    /// The files of the versions, by full name.
    pub types: BTreeMap<String, TypeBasis>,
}

/// A range of keys that was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct RangeBasis {
    /// The first key.
    pub start: String,
    /// The first key behind it; null is the end of the store.
    pub end: Option<String>,
    /// The newest revision in it; null: it is empty.
    pub revision: Option<u64>,
}

/// The files of a version of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TypeBasis {
    /// SHA-256 of the RTR file.
    pub rtr: String,
    /// SHA-256 of each method file by path, then by node; a node that has not seen it is left out.
    pub methods: BTreeMap<String, BTreeMap<String, String>>,
}

impl Expected {
    /// One behind the other.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        let sum = |(one, other): (u64, u64)| one.saturating_add(other);
        Self {
            seconds: self.seconds.zip(next.seconds).map(sum),
            at_least_seconds: sum((self.at_least_seconds, next.at_least_seconds)),
            unknown_steps: self.unknown_steps + next.unknown_steps,
        }
    }

    /// One beside the other.
    #[must_use]
    pub fn beside(self, other: Self) -> Self {
        Self {
            seconds: self.seconds.zip(other.seconds).map(|(one, other)| one.max(other)),
            at_least_seconds: self.at_least_seconds.max(other.at_least_seconds),
            unknown_steps: self.unknown_steps + other.unknown_steps,
        }
    }

    /// What takes no time.
    pub const NOTHING: Self = Self { seconds: Some(0), at_least_seconds: 0, unknown_steps: 0 };
}

impl Wave {
    /// Bundles beside each other.
    pub fn new(bundles: Vec<Bundle>) -> Self {
        let expected = bundles.iter().fold(Expected::NOTHING, |all, bundle| all.beside(bundle.expected));
        Self { bundles, expected }
    }
}

impl Plan {
    /// The plan with its name.
    #[must_use]
    pub(crate) fn named(mut self) -> Self {
        self.id = digest(&self);
        self
    }

    /// The hash of its content: what `id` must be.
    pub fn computed_id(&self) -> String {
        digest(&Self { id: String::new(), ..self.clone() })
    }

    /// The bundles of all waves in their order.
    pub fn bundles(&self) -> impl Iterator<Item = &Bundle> {
        self.waves.iter().flat_map(|wave| &wave.bundles)
    }

    /// Whether it changes the state of the cluster and upgrades nothing.
    pub fn is_state_command(&self) -> bool {
        self.request.command.is_some()
    }

    /// The step of this name, with its bundle.
    pub fn step(&self, id: &str) -> Option<(&Bundle, &Step)> {
        self.bundles().find_map(|bundle| Some((bundle, bundle.steps.iter().find(|step| step.id == id)?)))
    }

    /// Whether there is anything to do.
    pub fn is_empty(&self) -> bool {
        self.waves.is_empty()
    }
}
