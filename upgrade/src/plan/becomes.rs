//! The part of a command that is no method and no effect of one: the registry's own command, as one step of a plan, and what
//! it means for the state that a simulation changes. Whoever carries the plan out asks the registry; nothing here does.

use std::collections::BTreeMap;

use rtreg_model::{Driver, NodeStatus, Origin};
use rtreg_registry::commands::driven;
use rtreg_registry::migration::StoredValue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::state::{Effect, OnNode, Resource, State};

/// What a command changes in the registry beside the methods that it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RegistryChange {
    /// What is carried out: it decides anew, in the commit.
    pub command: driven::Command,
    /// What that means for the state that the plan was made of.
    pub becomes: Becomes,
}

/// What a change of the registry means for the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Becomes {
    /// A resource is there.
    Created {
        /// Its name.
        resource: String,
        /// As it is then.
        #[serde(rename = "as")]
        state: Resource,
    },
    /// A resource is gone.
    Deleted {
        /// Its name.
        resource: String,
    },
    /// A resource has these values that do not follow the default.
    Values {
        /// The resource.
        resource: String,
        /// All of them.
        #[schemars(with = "BTreeMap<String, serde_json::Value>")]
        values: BTreeMap<String, StoredValue>,
    },
    /// A group has another node list or Maximum_primaries.
    Group {
        /// The group.
        group: String,
        /// Nodelist.
        node_list: Vec<String>,
        /// Maximum_primaries.
        maximum_primaries: u32,
        /// The nodes that join, with their status.
        #[schemars(with = "BTreeMap<String, String>")]
        joins: BTreeMap<String, NodeStatus>,
        /// The resources as they are then on nodes that join, before Init.
        resources: BTreeMap<String, BTreeMap<String, OnNode>>,
        /// The values of resources that are left then.
        #[schemars(with = "BTreeMap<String, BTreeMap<String, serde_json::Value>>")]
        values: BTreeMap<String, BTreeMap<String, StoredValue>>,
        /// The nodes that leave, by resource, where nothing of it is kept but what is still initialised.
        leaves: BTreeMap<String, Vec<String>>,
        /// The nodes that leave, by resource, where it is initialised no longer although its type has no Fini.
        ends: BTreeMap<String, Vec<String>>,
    },
    /// A group is driven by another.
    Driven {
        /// The group.
        group: String,
        /// By whom.
        #[schemars(with = "String")]
        driver: Driver,
    },
    /// A node is up.
    NodeUp {
        /// The node.
        node: String,
        /// The resources as they are there then: what Boot may have done counts from its beginning.
        resources: BTreeMap<String, OnNode>,
    },
}

impl State {
    /// What a change of the registry means.
    pub fn become_after(&mut self, becomes: &Becomes) {
        match becomes {
            Becomes::Created { resource, state } => drop(self.resources.insert(resource.clone(), state.clone())),
            Becomes::Deleted { resource } => drop(self.resources.remove(resource)),
            Becomes::Values { resource, values } => self.values_are(resource, values),
            Becomes::Group { group, node_list, maximum_primaries, joins, resources, values, leaves, ends } => {
                if let Some(group) = self.groups.get_mut(group) {
                    group.node_list.clone_from(node_list);
                    group.maximum_primaries = *maximum_primaries;
                }
                self.nodes.extend(joins.iter().map(|(node, status)| (node.clone(), *status)));
                resources.iter().for_each(|(resource, nodes)| self.nodes_are(resource, nodes));
                values.iter().for_each(|(resource, values)| self.values_are(resource, values));
                ends.iter().for_each(|(resource, nodes)| self.ends(resource, nodes));
                leaves.iter().for_each(|(resource, nodes)| self.leaves(resource, nodes));
            }
            Becomes::Driven { group, driver } => {
                if let Some(group) = self.groups.get_mut(group) {
                    group.driver = *driver;
                }
            }
            Becomes::NodeUp { node, resources } => {
                self.nodes.insert(node.clone(), NodeStatus::Up);
                for (resource, entry) in resources {
                    self.nodes_are(resource, &BTreeMap::from([(node.clone(), entry.clone())]));
                }
            }
        }
    }

    fn nodes_are(&mut self, resource: &str, nodes: &BTreeMap<String, OnNode>) {
        if let Some(resource) = self.resources.get_mut(resource) {
            resource.nodes.extend(nodes.iter().map(|(node, entry)| (node.clone(), entry.clone())));
        }
    }

    fn values_are(&mut self, resource: &str, values: &BTreeMap<String, StoredValue>) {
        if let Some(resource) = self.resources.get_mut(resource) {
            resource.values.clone_from(values);
        }
    }

    fn ends(&mut self, resource: &str, nodes: &[String]) {
        for node in nodes {
            self.apply(&Effect::NotInitialised { resource: resource.to_owned(), node: node.clone() });
        }
    }

    fn leaves(&mut self, resource: &str, nodes: &[String]) {
        if let Some(resource) = self.resources.get_mut(resource) {
            resource.nodes.retain(|node, entry| !nodes.contains(node) || entry.initialised_by != Origin::None);
        }
    }
}
