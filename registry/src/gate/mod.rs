//! The gate: types that the records share with it.

use std::collections::BTreeMap;

use rtreg_model::{MonitorState, NodeStatus, Origin, PropertyValue, ResourceState};
use serde::{Deserialize, Serialize};

/// A value that a resource does not take from the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredValue {
    /// Kept from an old default of Sun Cluster 3.0: neither default nor explicit.
    #[serde(default)]
    pub pinned: bool,
    /// The value, of a property that is the same on all nodes.
    #[serde(default)]
    pub value: Option<PropertyValue>,
    /// Values per node, of a per-node property.
    #[serde(default)]
    pub per_node: BTreeMap<String, PropertyValue>,
}

/// The state of a resource on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeView {
    /// Name of the node.
    pub node: String,
    /// What is known of the node.
    pub status: NodeStatus,
    /// Whether it is in the group's node list.
    pub in_node_list: bool,
    /// State.
    pub state: ResourceState,
    /// State of the monitor.
    pub monitor: MonitorState,
    /// On_off_switch.
    pub enabled: bool,
    /// Monitored_switch.
    pub monitored: bool,
    /// Who started it.
    pub started_by: Origin,
    /// Who started its monitor.
    pub monitor_started_by: Origin,
    /// Who initialised it.
    pub initialised_by: Origin,
}
