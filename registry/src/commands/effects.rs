//! What the steps of a plan record: the closed set of effects, and how they are written into the records of resources and
//! groups. What a step means for a simulation is `upgrade`'s business; both follow the table of events.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::{MonitorState, NodeStatus, Origin, ResourceState, RtVersion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::scene::{Member, Scene};
use crate::effective;
use crate::error::CommandError;
use crate::gate::OriginReport;
use crate::migration::StoredValue;
use crate::records::{Imported, NodeRecord, ResourceNodeRecord};
use crate::transaction::Transaction;

/// Something that is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Effect {
    /// The state of a resource on a node.
    State {
        /// The resource.
        resource: String,
        /// The node.
        node: String,
        /// The state.
        #[schemars(with = "String")]
        state: ResourceState,
        /// `started_by` then; null leaves it.
        #[schemars(with = "Option<OriginReport>")]
        started_by: Option<Origin>,
    },
    /// The state of its monitor.
    Monitor {
        /// The resource.
        resource: String,
        /// The node.
        node: String,
        /// The state.
        #[schemars(with = "String")]
        monitor: MonitorState,
        /// `monitor_started_by` then; null leaves it.
        #[schemars(with = "Option<OriginReport>")]
        started_by: Option<Origin>,
    },
    /// Init of a version has run, or has begun to: it leaves its trace.
    Initialised {
        /// The resource.
        resource: String,
        /// The node.
        node: String,
        /// The version.
        #[schemars(with = "Option<String>")]
        version: RtVersion,
    },
    /// Fini has run: no trace is left.
    NotInitialised {
        /// The resource.
        resource: String,
        /// The node.
        node: String,
    },
    /// On_off_switch.
    Enabled {
        /// The resource.
        resource: String,
        /// The nodes.
        nodes: Vec<String>,
        /// On.
        on: bool,
    },
    /// Monitored_switch.
    Monitored {
        /// The resource.
        resource: String,
        /// The nodes.
        nodes: Vec<String>,
        /// On.
        on: bool,
    },
    /// A group comes under management or leaves it.
    Managed {
        /// The group.
        group: String,
        /// Under management.
        managed: bool,
    },
    /// A group is online or offline on nodes.
    GroupOnline {
        /// The group.
        group: String,
        /// The nodes.
        nodes: Vec<String>,
        /// Online.
        online: bool,
    },
    /// A resource has another version of its type, and these values.
    TypeVersion {
        /// The resource.
        resource: String,
        /// The version.
        #[schemars(with = "Option<String>")]
        version: RtVersion,
        /// All values that do not follow the default.
        #[schemars(with = "BTreeMap<String, serde_json::Value>")]
        values: BTreeMap<String, StoredValue>,
    },
}

impl Effect {
    /// The resource that it is about; none if it is about a group.
    pub fn resource(&self) -> Option<&str> {
        match self {
            Self::State { resource, .. }
            | Self::Monitor { resource, .. }
            | Self::Initialised { resource, .. }
            | Self::NotInitialised { resource, .. }
            | Self::Enabled { resource, .. }
            | Self::Monitored { resource, .. }
            | Self::TypeVersion { resource, .. } => Some(resource),
            Self::Managed { .. } | Self::GroupOnline { .. } => None,
        }
    }

    /// The group that it is about; none if it is about a resource.
    pub fn group(&self) -> Option<&str> {
        match self {
            Self::Managed { group, .. } | Self::GroupOnline { group, .. } => Some(group),
            _ => None,
        }
    }
}

/// Writes what effects record, with one entry of history for each object. A change of Type_version is none of them: it has
/// its own command, [`crate::commands::version::set_type_version`].
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`]; [`CommandError::Internal`] for a change of Type_version.
pub fn record(tx: &mut Transaction<'_>, effects: &[Effect], event: &str, detail: &Value) -> Result<(), CommandError> {
    let groups: BTreeSet<&str> = effects.iter().filter_map(Effect::group).collect();
    let mut of: BTreeMap<&str, Vec<&Effect>> = BTreeMap::new();
    for effect in effects {
        if let Some(resource) = effect.resource() {
            of.entry(resource).or_default().push(effect);
        }
    }
    for group in groups {
        let mut scene = Scene::of_group(&tx.view, group)?;
        scene.read_init_nodes(&tx.view)?;
        for effect in effects.iter().filter(|effect| effect.group() == Some(group)) {
            in_group(&mut scene, effect)?;
        }
        let nodes = scene.nodes.clone();
        for member in &mut scene.members {
            let name = member.now.name.clone();
            for effect in of.remove(name.as_str()).into_iter().flatten() {
                on_resource(member, &nodes, effect)?;
            }
        }
        scene.save_with(tx, event, true, detail)?;
    }
    for (resource, effects) in of {
        let mut scene = Scene::of_resource(&tx.view, resource)?;
        scene.read_init_nodes(&tx.view)?;
        let nodes = scene.nodes.clone();
        let member = scene.resource()?;
        for effect in effects {
            on_resource(member, &nodes, effect)?;
        }
        member.save_with(tx, event, false, detail.clone())?;
    }
    Ok(())
}

fn in_group(scene: &mut Scene, effect: &Effect) -> Result<(), CommandError> {
    match effect {
        Effect::Managed { managed, .. } => scene.group.managed = *managed,
        Effect::GroupOnline { nodes, online, .. } => {
            for node in nodes {
                let record = scene.listed_node(node)?;
                let (incarnation, is_up) = (record.incarnation, record.status == NodeStatus::Up);
                if *online && !is_up {
                    // Nothing came up on a node that is not there.
                } else if *online {
                    scene.group.online_on.insert(node.clone(), incarnation);
                } else {
                    scene.group.online_on.remove(node);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn on_resource(member: &mut Member, nodes: &BTreeMap<String, NodeRecord>, effect: &Effect) -> Result<(), CommandError> {
    match effect {
        Effect::State { node, state, started_by, .. } => on_node(member, nodes, node, |entry| {
            entry.imported.remove(&Imported::State);
            entry.state = *state;
            entry.started_by = started_by.clone().unwrap_or_else(|| entry.started_by.clone());
        }),
        Effect::Monitor { node, monitor, started_by, .. } => on_node(member, nodes, node, |entry| {
            entry.monitor = *monitor;
            entry.monitor_started_by = started_by.clone().unwrap_or_else(|| entry.monitor_started_by.clone());
        }),
        Effect::Initialised { node, version, .. } => {
            on_node(member, nodes, node, |entry| entry.traces().run(version));
        }
        Effect::NotInitialised { node, .. } => on_node(member, nodes, node, |entry| {
            entry.imported.remove(&Imported::Initialisation);
            entry.traces().set(Origin::None);
        }),
        Effect::Enabled { nodes: on_nodes, on, .. } => {
            on_nodes.iter().for_each(|node| on_node(member, nodes, node, |entry| entry.enabled = *on));
        }
        Effect::Monitored { nodes: on_nodes, on, .. } => {
            on_nodes.iter().for_each(|node| on_node(member, nodes, node, |entry| entry.monitored = *on));
        }
        Effect::TypeVersion { resource, .. } => {
            return Err(CommandError::Internal(format!("the version of `{resource}` is no plain effect")));
        }
        Effect::Managed { .. } | Effect::GroupOnline { .. } => {}
    }
    Ok(())
}

/// Changes the entry of a node; a node that is no part of the cluster any more has none.
fn on_node(
    member: &mut Member,
    nodes: &BTreeMap<String, NodeRecord>,
    node: &str,
    change: impl FnOnce(&mut ResourceNodeRecord),
) {
    let Some(record) = nodes.get(node) else { return };
    let entry = member.now.nodes.entry(node.to_owned());
    change(entry.or_insert_with(|| effective::settled(None, record, None)));
}
