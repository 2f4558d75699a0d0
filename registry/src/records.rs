//! The records of the store, as JSON values. Fields may be added; a field that is missing reads as its default.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::{Driver, Method, MonitorState, NodeStatus, Origin, ResourceState, RtVersion, TypeName};
use serde::{Deserialize, Serialize};

use crate::history::Object;
use crate::traces::Traces;

/// What the indexes of types point to: a registered version of a type. It stands under the full name, the name without
/// vendor and each of the Installed_nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NameRecord {
    /// The full name.
    pub name: TypeName,
    /// RT_version, whether or not the name carries it.
    pub version: RtVersion,
}

impl NameRecord {
    /// What the indexes of this record say.
    pub fn of(record: &TypeRecord) -> Self {
        Self { name: record.name.clone(), version: record.version.clone() }
    }

    /// The key of the record.
    pub fn key(&self) -> String {
        crate::keys::type_version(self.name.base(), &self.version)
    }
}

/// A registered version of a type; its RTR source is a blob, and what the source says is read from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TypeRecord {
    /// The full name.
    pub name: TypeName,
    /// RT_version, whether or not the name carries it.
    pub version: RtVersion,
    /// Whether the file has `#$upgrade`.
    #[serde(default)]
    pub upgrade_aware: bool,
    /// SHA-256 of the RTR source.
    pub rtr_hash: String,
    /// Bytes of the RTR source.
    pub rtr_bytes: u64,
    /// Installed_nodes; none means all nodes.
    #[serde(default)]
    pub installed_nodes: Option<Vec<String>>,
    /// RT_system: TRUE forbids to change or unregister the type.
    #[serde(default)]
    pub rt_system: bool,
    /// The declared methods.
    #[serde(default)]
    pub methods: BTreeMap<Method, MethodRecord>,
}

/// A method of a registered version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MethodRecord {
    /// Absolute path.
    pub path: String,
    /// SHA-256 of the file on each node where a process has looked; a node where it did not exist is left out.
    #[serde(default)]
    pub digests: BTreeMap<String, String>,
}

/// The key of an object's record; none of an object that does not exist. A type's name says where its record is.
///
/// # Errors
/// What `read` returns.
pub fn record_key<E>(object: &Object, read: impl Fn(&str) -> Result<Option<Vec<u8>>, E>) -> Result<Option<String>, E> {
    let Some(key) = crate::keys::object_key(object) else { return Ok(None) };
    if object.kind != "type" {
        return Ok(Some(key));
    }
    let name = read(&key)?.and_then(|value| serde_json::from_slice::<NameRecord>(&value).ok());
    Ok(name.map(|name| name.key()))
}

/// A node of the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NodeRecord {
    /// Name.
    pub name: String,
    /// What is known of it.
    pub status: NodeStatus,
    /// The revision that was newest when the node was added: what ran on an older node of that name has ended.
    pub added: u64,
    /// The revision that was newest when the node last went down, or was added: per-node state of a resource that was
    /// recorded under another incarnation has ended.
    pub incarnation: u64,
    /// The incarnation under which the node last booted: the present one while it is up. State that was recorded under an
    /// older one has seen a boot since.
    #[serde(default)]
    pub booted: u64,
}

/// A resource group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupRecord {
    /// Name.
    pub name: String,
    /// Nodelist, in order of preference.
    pub node_list: Vec<String>,
    /// Maximum_primaries: on how many nodes it may be online at once.
    pub maximum_primaries: u32,
    /// Whether the group is managed.
    pub managed: bool,
    /// Who carries out its state commands.
    pub driver: Driver,
    /// The nodes where it is online, each with the incarnation under which that was recorded.
    #[serde(default)]
    pub online_on: BTreeMap<String, u64>,
    /// The run that alone may change it; none if everybody may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_by: Option<String>,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResourceRecord {
    /// Name.
    pub name: String,
    /// Its group.
    pub group: String,
    /// `vendor-id.resource-type` of its type.
    pub base: String,
    /// Type_version.
    pub type_version: RtVersion,
    /// Created under Sun Cluster 3.0: keeps old defaults.
    #[serde(default)]
    pub created_under_3_0: bool,
    /// Its version was changed outside of rtreg at least once, which no gate has seen. Stays for good.
    #[serde(default)]
    pub type_version_stated: bool,
    /// Values that do not follow the default, by the name as the type's file spells it.
    #[serde(default)]
    pub values: BTreeMap<String, crate::migration::StoredValue>,
    /// State per node.
    #[serde(default)]
    pub nodes: BTreeMap<String, ResourceNodeRecord>,
    /// Where the record comes from, if it was imported; what of it still rests on that, the nodes say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<ImportRecord>,
    /// The run that alone may change it; none if everybody may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_by: Option<String>,
}

/// An import: what the cluster's own commands printed, and what was said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImportRecord {
    /// When the cluster printed it: RFC 3339 in UTC.
    pub as_of: String,
    /// What the origins rest on.
    pub origins: ImportOrigins,
}

impl ImportRecord {
    /// An import.
    pub const fn new(as_of: String, origins: ImportOrigins) -> Self {
        Self { as_of, origins }
    }
}

/// What the origins of imported state rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportOrigins {
    /// The word of the administrator that what ran was started and initialised by Type_version.
    TypeVersion,
    /// Nothing: they are unknown.
    Unknown,
}

impl ImportOrigins {
    /// Both.
    pub const ALL: [Self; 2] = [Self::TypeVersion, Self::Unknown];

    /// The word of the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TypeVersion => "type_version",
            Self::Unknown => "unknown",
        }
    }
}

/// What of the state of a resource on a node still rests on an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Imported {
    /// State and monitor, with the versions that started them.
    State,
    /// What initialised it.
    Initialisation,
}

/// The state of a resource on a node, as it was when last written; what it means now is [`crate::effective`]'s business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResourceNodeRecord {
    /// The node's incarnation when this was written.
    pub incarnation: u64,
    /// On_off_switch: Enabled.
    pub enabled: bool,
    /// Monitored_switch: Enabled.
    pub monitored: bool,
    /// State.
    pub state: ResourceState,
    /// State of the fault monitor.
    pub monitor: MonitorState,
    /// The version whose Start it runs under.
    pub started_by: Origin,
    /// The version whose Monitor_start its monitor runs under.
    pub monitor_started_by: Origin,
    /// The version whose Init or Boot it is initialised by.
    pub initialised_by: Origin,
    /// The other versions whose Init or Boot ran there too without a Fini since; empty where nothing initialised it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub also_initialised_by: BTreeSet<RtVersion>,
    /// What of it still rests on an import: nothing has happened to it since that rtreg knows of.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub imported: BTreeSet<Imported>,
}

impl ResourceNodeRecord {
    /// What initialised the resource, to be changed.
    pub(crate) fn traces(&mut self) -> Traces<'_> {
        Traces { origin: &mut self.initialised_by, also: &mut self.also_initialised_by }
    }
}

/// What a method last said of a resource on a node (scha_resource_setstatus(1HA)). It is no part of the history, of the basis of
/// a plan, or of what a run reserves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StatusRecord {
    /// OK, DEGRADED, FAULTED, UNKNOWN or OFFLINE.
    pub word: String,
    /// The message with it.
    pub message: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The node's incarnation then.
    pub incarnation: u64,
    /// The state of the resource then.
    pub state: ResourceState,
}

impl StatusRecord {
    /// Whether it still says something of a resource that has this state under this incarnation of the node. What was said while
    /// the resource was up ends when it is offline, and the other way round.
    pub fn holds(&self, state: ResourceState, incarnation: u64) -> bool {
        let life = match state {
            ResourceState::Online => matches!(self.state, ResourceState::Starting | ResourceState::Online),
            ResourceState::Offline => matches!(self.state, ResourceState::Stopping | ResourceState::Offline),
            _ => true,
        };
        life && self.incarnation == incarnation
    }
}

/// When methods of a resource on a node have asked for restarts (scha_control(1HA)): milliseconds of Unix time, oldest first. It
/// is no part of the history, of the basis of a plan, or of what a run reserves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RestartsRecord {
    /// Restarts of the resource: RESOURCE_RESTART, RESOURCE_IS_RESTARTED.
    #[serde(default)]
    pub resource: Vec<u64>,
    /// Restarts of its group: RESTART.
    #[serde(default)]
    pub group: Vec<u64>,
}

/// A setting of the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SettingRecord {
    /// Its value.
    pub value: String,
}
