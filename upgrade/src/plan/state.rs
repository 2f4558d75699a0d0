//! The state of the cluster that a plan is made of and that a simulation changes: what the gate sees, and nothing of
//! records, incarnations or keys. What steps record are [`Effect`]s; [`State::apply`] is their only meaning.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::{Driver, MonitorState, NodeStatus, Origin, ResourceState, RtVersion};
pub use rtreg_registry::commands::effects::Effect;
use rtreg_registry::gate::{self, GroupView, NodeView, OriginReport, ResourceView};
use rtreg_registry::migration::StoredValue;
use rtreg_registry::traces::Traces;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The part of the cluster that a plan is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct State {
    /// Nodes: `up`, `down` or `unknown`.
    #[schemars(with = "BTreeMap<String, String>")]
    pub nodes: BTreeMap<String, NodeStatus>,
    /// Groups.
    pub groups: BTreeMap<String, Group>,
    /// Resources.
    pub resources: BTreeMap<String, Resource>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// Whether it is managed.
    pub managed: bool,
    /// Who carries out its state commands.
    #[schemars(with = "String")]
    pub driver: Driver,
    /// Nodelist.
    pub node_list: Vec<String>,
    /// Maximum_primaries.
    pub maximum_primaries: u32,
    /// Where it is online, in the order of the node list.
    pub online_on: Vec<String>,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resource {
    /// Its group.
    pub group: String,
    /// `vendor-id.resource-type` of its type.
    pub base: String,
    /// Type_version; null is unversioned.
    #[schemars(with = "Option<String>")]
    pub type_version: RtVersion,
    /// Created under Sun Cluster 3.0.
    pub created_under_3_0: bool,
    /// Its version was changed outside of rtreg at least once.
    pub type_version_stated: bool,
    /// The values that do not follow the default.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub values: BTreeMap<String, StoredValue>,
    /// The resource on each node.
    pub nodes: BTreeMap<String, OnNode>,
}

/// A resource on a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OnNode {
    /// State.
    #[schemars(with = "String")]
    pub state: ResourceState,
    /// State of its monitor.
    #[schemars(with = "String")]
    pub monitor: MonitorState,
    /// On_off_switch.
    pub enabled: bool,
    /// Monitored_switch.
    pub monitored: bool,
    /// The version whose methods started it.
    #[schemars(with = "OriginReport")]
    pub started_by: Origin,
    /// The version whose methods started its monitor.
    #[schemars(with = "OriginReport")]
    pub monitor_started_by: Origin,
    /// The version whose Init ran last without a Fini.
    #[schemars(with = "OriginReport")]
    pub initialised_by: Origin,
    /// The other versions whose Init or Boot ran there too without a Fini since.
    #[schemars(with = "BTreeSet<Option<String>>")]
    pub also_initialised_by: BTreeSet<RtVersion>,
}

impl OnNode {
    /// What the gate sees of a resource on a node.
    pub fn of_view(view: &NodeView) -> Self {
        Self {
            state: view.state,
            monitor: view.monitor,
            enabled: view.enabled,
            monitored: view.monitored,
            started_by: view.started_by.clone(),
            monitor_started_by: view.monitor_started_by.clone(),
            initialised_by: view.initialised_by.clone(),
            also_initialised_by: view.also_initialised_by.clone(),
        }
    }

    /// The same, as the gate takes it.
    pub fn view(&self, node: &str, status: NodeStatus) -> NodeView {
        NodeView {
            node: node.to_owned(),
            status,
            state: self.state,
            monitor: self.monitor,
            enabled: self.enabled,
            monitored: self.monitored,
            started_by: self.started_by.clone(),
            monitor_started_by: self.monitor_started_by.clone(),
            initialised_by: self.initialised_by.clone(),
            also_initialised_by: self.also_initialised_by.clone(),
        }
    }

    /// Nothing has been there yet.
    pub(crate) fn untouched() -> Self {
        Self::of_view(&NodeView::offline(""))
    }

    fn traces(&mut self) -> Traces<'_> {
        Traces { origin: &mut self.initialised_by, also: &mut self.also_initialised_by }
    }

    /// The node has booted: nothing of the resource runs, and Boot of the version has run, or may have.
    pub(crate) fn booted(mut self, version: &RtVersion) -> Self {
        self.end();
        self.traces().run_on_top(version);
        self
    }

    /// Nothing of the resource runs any more.
    fn end(&mut self) {
        self.state = ResourceState::Offline;
        self.monitor = MonitorState::Stopped;
        self.started_by = Origin::None;
        self.monitor_started_by = Origin::None;
    }
}

impl State {
    /// The status of a node; one that is not there is unknown.
    pub fn status(&self, node: &str) -> NodeStatus {
        self.nodes.get(node).copied().unwrap_or(NodeStatus::Unknown)
    }

    /// The group of a resource.
    pub fn group_of(&self, resource: &str) -> Option<&Group> {
        self.groups.get(&self.resources.get(resource)?.group)
    }

    /// What the gate reads of a resource. Other resources are left out: they are for its words.
    pub fn gate_state(&self, name: &str) -> Option<gate::State> {
        let resource = self.resources.get(name)?;
        let group = self.groups.get(&resource.group)?;
        let view = |node: &String| Some(resource.nodes.get(node)?.view(node, self.status(node)));
        let further = resource.nodes.keys().filter(|node| !group.node_list.contains(node));
        let further = further.filter_map(view).filter(|view| view.initialised_by != Origin::None);
        Some(gate::State {
            resource: ResourceView {
                created_under_3_0: resource.created_under_3_0,
                type_version_stated: resource.type_version_stated,
                values: resource.values.clone(),
            },
            group: GroupView {
                name: resource.group.clone(),
                managed: group.managed,
                driver: group.driver,
                node_list: group.node_list.clone(),
                maximum_primaries: group.maximum_primaries,
                online_on: group.online_on.clone(),
                members: Vec::new(),
            },
            nodes: group.node_list.iter().filter_map(view).chain(further).collect(),
            dependents: Vec::new(),
        })
    }

    /// The part of it that is about these resources.
    pub fn part<'r>(&self, resources: impl IntoIterator<Item = &'r String>) -> Self {
        let mut part = Self::default();
        for name in resources {
            let Some(resource) = self.resources.get(name) else { continue };
            let group = self.groups.get(&resource.group);
            let listed = group.iter().flat_map(|group| &group.node_list);
            for node in listed.chain(resource.nodes.keys()) {
                part.nodes.insert(node.clone(), self.status(node));
            }
            part.groups.extend(group.map(|group| (resource.group.clone(), group.clone())));
            part.resources.insert(name.clone(), resource.clone());
        }
        part
    }

    /// The nodes that these resources are about: those of the node lists of their groups, and where else they have left something.
    pub(super) fn nodes_of<'s>(&'s self, resources: impl IntoIterator<Item = &'s String>) -> BTreeSet<&'s str> {
        let resources = resources.into_iter().filter_map(|name| self.resources.get(name));
        let nodes = resources.flat_map(|resource| {
            let group = self.groups.get(&resource.group);
            group.into_iter().flat_map(|group| &group.node_list).chain(resource.nodes.keys())
        });
        nodes.map(String::as_str).collect()
    }

    /// Only these resources, their groups, and these nodes, of which those that are not there are unknown.
    #[must_use]
    pub(super) fn only(mut self, resources: &BTreeSet<String>, nodes: &BTreeSet<String>) -> Self {
        self.resources.retain(|name, _| resources.contains(name));
        let groups: BTreeSet<&String> = self.resources.values().map(|resource| &resource.group).collect();
        self.groups.retain(|name, _| groups.contains(name));
        self.nodes = nodes.iter().map(|node| (node.clone(), self.status(node))).collect();
        self
    }

    /// What something that is recorded means.
    pub fn apply(&mut self, effect: &Effect) {
        match effect {
            Effect::State { resource, node, state, started_by } => self.on(resource, node, |entry| {
                entry.state = *state;
                entry.started_by = started_by.clone().unwrap_or_else(|| entry.started_by.clone());
            }),
            Effect::Monitor { resource, node, monitor, started_by } => self.on(resource, node, |entry| {
                entry.monitor = *monitor;
                entry.monitor_started_by = started_by.clone().unwrap_or_else(|| entry.monitor_started_by.clone());
            }),
            Effect::Initialised { resource, node, version } => {
                // An Init_node of the new version may be none of the old one's.
                if let Some(resource) = self.resources.get_mut(resource) {
                    resource.nodes.entry(node.clone()).or_insert_with(OnNode::untouched).traces().run(version);
                }
            }
            Effect::NotInitialised { resource, node } => {
                self.on(resource, node, |entry| entry.traces().set(Origin::None));
            }
            Effect::Enabled { resource, nodes, on } => {
                nodes.iter().for_each(|node| self.on(resource, node, |entry| entry.enabled = *on));
            }
            Effect::Monitored { resource, nodes, on } => {
                nodes.iter().for_each(|node| self.on(resource, node, |entry| entry.monitored = *on));
            }
            Effect::Managed { group, managed } => self.in_group(group, |group| group.managed = *managed),
            Effect::GroupOnline { group, nodes, online } => {
                let is_up = |node: &&String| self.status(node) == rtreg_model::NodeStatus::Up;
                let up: Vec<String> = nodes.iter().filter(is_up).cloned().collect();
                self.in_group(group, |group| {
                    let is_online = |node: &&String| match nodes.contains(node) {
                        true => *online && up.contains(node),
                        false => group.online_on.contains(node),
                    };
                    group.online_on = group.node_list.iter().filter(is_online).cloned().collect();
                });
            }
            Effect::TypeVersion { resource, version, values } => {
                if let Some(resource) = self.resources.get_mut(resource) {
                    resource.type_version = version.clone();
                    resource.values = values.clone();
                }
            }
        }
    }

    /// A node has gone down: what ran there has ended, what Init left stays.
    pub fn node_down(&mut self, node: &str) {
        self.nodes.insert(node.to_owned(), NodeStatus::Down);
        for group in self.groups.values_mut() {
            group.online_on.retain(|online| online != node);
        }
        self.resources.values_mut().filter_map(|resource| resource.nodes.get_mut(node)).for_each(OnNode::end);
    }

    fn on(&mut self, resource: &str, node: &str, change: impl FnOnce(&mut OnNode)) {
        let entry = self.resources.get_mut(resource).and_then(|resource| resource.nodes.get_mut(node));
        if let Some(entry) = entry {
            change(entry);
        }
    }

    fn in_group(&mut self, group: &str, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.groups.get_mut(group) {
            change(group);
        }
    }
}
