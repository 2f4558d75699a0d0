//! What the gate reads of the cluster: the resource, its group, its nodes, what depends on it. Plain data, put together
//! by the caller from the records; it decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::{Driver, MonitorState, NodeStatus, Origin, ResourceState, RtVersion};

use crate::migration::StoredValue;
use crate::traces::Traces;

/// All that a decision reads of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The resource.
    pub resource: ResourceView,
    /// Its group.
    pub group: GroupView,
    /// The nodes of the group's node list, and any further node where `initialised_by` is not none. A node of the node
    /// list that is missing here is taken as unknown in every respect.
    pub nodes: Vec<NodeView>,
    /// Resources whose strong, offline-restart or restart dependencies name this one, transitively.
    pub dependents: Vec<String>,
}

/// The resource, without its state on nodes. Its Type_version is that of [`super::Request::present`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResourceView {
    /// Created under Sun Cluster 3.0: it keeps old defaults (spec section 11, point 7).
    pub created_under_3_0: bool,
    /// Its version was changed outside of rtreg at least once: what that change left running was gated by no file.
    pub type_version_stated: bool,
    /// The values that are not the default, by property name.
    pub values: BTreeMap<String, StoredValue>,
}

/// The resource's group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    /// Name.
    pub name: String,
    /// Whether it is managed.
    pub managed: bool,
    /// Who carries out its state commands.
    pub driver: Driver,
    /// Nodelist.
    pub node_list: Vec<String>,
    /// Maximum_primaries.
    pub maximum_primaries: u32,
    /// The nodes where it is online.
    pub online_on: Vec<String>,
    /// The resources of the group, and those of other groups that depend on one of them, each after all that it depends
    /// on; whether the resource to be upgraded is among them makes no difference but for the order.
    pub members: Vec<Member>,
}

/// A resource beside the one to be upgraded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Name.
    pub name: String,
    /// Its group.
    pub group: String,
    /// The resource on the nodes of its group's node list.
    pub nodes: Vec<NodeView>,
}

impl Member {
    /// Whether its enabled switch is on, on a node at least.
    pub fn is_enabled(&self) -> bool {
        self.nodes.iter().any(|view| view.enabled)
    }

    /// Whether it is not known to be offline, on a node at least.
    pub fn may_run(&self) -> bool {
        self.nodes.iter().any(|view| view.status != NodeStatus::Down && view.state != ResourceState::Offline)
    }
}

/// The resource on a node: effective values, the incarnation of the node already resolved. `initialised_by` outlives a
/// boot and is passed on as recorded, whatever the status of the node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeView {
    /// Name of the node.
    pub node: String,
    /// Whether the node is up.
    pub status: NodeStatus,
    /// State of the resource.
    pub state: ResourceState,
    /// State of its monitor.
    pub monitor: MonitorState,
    /// On_off_switch.
    pub enabled: bool,
    /// Monitored_switch.
    pub monitored: bool,
    /// The version whose methods started the resource.
    pub started_by: Origin,
    /// The version whose methods started the monitor.
    pub monitor_started_by: Origin,
    /// The version whose Init ran last without a Fini.
    pub initialised_by: Origin,
    /// The other versions whose Init or Boot ran there too without a Fini since.
    pub also_initialised_by: BTreeSet<RtVersion>,
}

impl NodeView {
    /// A node of which nothing is known; both switches count as on.
    pub fn unknown(node: impl Into<String>) -> Self {
        Self {
            node: node.into(),
            status: NodeStatus::Unknown,
            state: ResourceState::Unknown,
            monitor: MonitorState::Unknown,
            enabled: true,
            monitored: true,
            started_by: Origin::Unknown,
            monitor_started_by: Origin::Unknown,
            initialised_by: Origin::Unknown,
            also_initialised_by: BTreeSet::new(),
        }
    }

    /// A node that is up, where the resource is offline, enabled and monitored, and no method has left a trace.
    pub fn offline(node: impl Into<String>) -> Self {
        Self {
            node: node.into(),
            status: NodeStatus::Up,
            state: ResourceState::Offline,
            monitor: MonitorState::Stopped,
            enabled: true,
            monitored: true,
            started_by: Origin::None,
            monitor_started_by: Origin::None,
            initialised_by: Origin::None,
            also_initialised_by: BTreeSet::new(),
        }
    }

    /// All that initialised the resource without a Fini since: `initialised_by`, then the other versions.
    pub fn initialised(&self) -> impl Iterator<Item = Origin> {
        let also = self.also_initialised_by.iter().cloned().map(Origin::Version);
        std::iter::once(self.initialised_by.clone()).chain(also)
    }

    /// The same in words: `1.0`, or `1.0, also by 2.0` where more than one version did.
    pub(crate) fn initialised_words(&self) -> String {
        let also = self.also_initialised_by.iter().map(|version| format!(", also by {version}"));
        std::iter::once(self.initialised_by.to_string()).chain(also).collect()
    }

    /// The same, to be changed.
    pub(crate) fn traces(&mut self) -> Traces<'_> {
        Traces { origin: &mut self.initialised_by, also: &mut self.also_initialised_by }
    }
}
