//! From the store to the facts that one question is about. It only reads.

use std::collections::BTreeMap;

use rtreg_model::{MonitorState, NodeStatus, PropertyValue, ResourceState};
use rtreg_registry::commands::{told, users};
use rtreg_registry::migration::{Scope, StoredValue};
use rtreg_registry::records::{GroupRecord, NameRecord, NodeRecord, ResourceNodeRecord, ResourceRecord, TypeRecord};
use rtreg_registry::types::type_version;
use rtreg_registry::{CommandError, KeyRange, LoadedType, StoreError, View, keys, load_type};

use super::Caller;
use crate::scha::control::Situation;
use crate::scha::facts::{Facts, GroupFacts, OnNode, ResourceFacts, TypeFacts};
use crate::scha::reply::{Code, Reply};
use crate::scha::request::{Command, Request};

/// Reads a view for a caller.
pub(super) struct Reader<'r> {
    view: &'r View<'r>,
    caller: Caller<'r>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(view: &'r View<'r>, caller: Caller<'r>) -> Self {
        Self { view, caller }
    }

    fn node(&self) -> &'r str {
        &self.caller.context.local_node
    }

    /// What the question is about, if it is there.
    pub(super) fn facts(&self, command: Command, request: &Request) -> Result<Facts, CommandError> {
        let mut facts = Facts { node: self.node().to_owned(), ..Facts::default() };
        let tag = request.tag.as_deref().unwrap_or_default().to_ascii_uppercase();
        match (command, &request.resource_type, &request.group, &request.resource) {
            (Command::TypeGet, Some(name), _, _) => {
                if let Some(found) = self.view.record::<NameRecord>(&keys::name(name))? {
                    let loaded = load_type(self.view, &found.read(self.view)?)?;
                    facts.types.insert(name.clone(), self.type_facts(&loaded, &tag)?);
                }
            }
            (Command::GroupGet, _, Some(name), _) => {
                if let Some(group) = self.view.record::<GroupRecord>(&keys::group(name))? {
                    facts.groups.insert(name.clone(), self.group_facts(&group, &tag, request)?);
                }
            }
            (Command::ResourceGet | Command::SetStatus | Command::Control, _, _, Some(name)) => {
                if let Some(record) = self.view.record::<ResourceRecord>(&keys::resource(name))? {
                    self.resource_facts(&record, (&tag, request), &mut facts)?;
                }
            }
            _ => {}
        }
        Ok(facts)
    }

    fn type_facts(&self, loaded: &LoadedType, tag: &str) -> Result<TypeFacts, CommandError> {
        let TypeRecord { name, version, installed_nodes, rt_system, .. } = &loaded.record;
        let mut facts = TypeFacts::new(&loaded.resource_type);
        if let Some(nodes) = installed_nodes {
            facts.values.insert("INSTALLED_NODES".to_owned(), nodes.clone());
        }
        let system = if *rt_system { "TRUE" } else { "FALSE" };
        facts.values.insert("RT_SYSTEM".to_owned(), vec![system.to_owned()]);
        if tag == "RESOURCE_LIST" {
            let users = users(self.view, &keys::by_type_version(name.base(), version))?;
            facts.values.insert(tag.to_owned(), users);
        }
        Ok(facts)
    }

    fn resource_facts(
        &self,
        record: &ResourceRecord,
        (tag, request): (&str, &Request),
        facts: &mut Facts,
    ) -> Result<(), CommandError> {
        let loaded = self.type_of(record)?;
        let group = self.group_of(record)?;
        let name = loaded.record.name.to_string();
        let mut resource = ResourceFacts::new(&loaded.resource_type, &record.group, &given(&record.values));
        resource.resource_type.clone_from(&name);
        for property in &mut resource.properties {
            if let Some(StoredValue { value: Scope::PerNode(values), .. }) = record.values.get(&property.name) {
                property.on_nodes.clone_from(values);
            }
        }
        for node in self.nodes_asked(&group, request) {
            if let Some(node) = self.view.record::<NodeRecord>(&keys::node(&node))? {
                let retry_interval = number(&resource, "Retry_interval");
                let on = self.on_node(record, &node, (tag, retry_interval))?;
                resource.on_nodes.insert(node.name, on);
            }
        }
        facts.types.insert(name, self.type_facts(&loaded, tag)?);
        facts.resources.insert(record.name.clone(), resource);
        Ok(())
    }

    /// The node that one is on, and those of the group that the question names.
    fn nodes_asked(&self, group: &GroupRecord, request: &Request) -> Vec<String> {
        let named = request.operands.iter().filter(|node| group.node_list.contains(node)).cloned();
        std::iter::once(self.node().to_owned()).chain(named).collect()
    }

    fn on_node(
        &self,
        record: &ResourceRecord,
        node: &NodeRecord,
        (tag, retry_interval): (&str, Option<u64>),
    ) -> Result<OnNode, StoreError> {
        let entry = record.nodes.get(&node.name);
        let switches = entry.map_or((true, true), |entry| (entry.enabled, entry.monitored));
        let state = told::state_on(entry, node);
        let mut on = OnNode {
            enabled: switches.0,
            monitored: switches.1,
            state: state.as_ref().map_or("UNKNOWN", state_word).to_owned(),
            status: state.as_ref().map_or("UNKNOWN", |entry| status_word(entry.state)).to_owned(),
            ..OnNode::default()
        };
        if tag.starts_with("STATUS")
            && let Some(entry) = &state
            && let Some(told) = told::status_on(self.view, &record.name, node, entry.state)?
        {
            (on.status, on.status_msg) = (told.word, told.message);
        }
        if tag.starts_with("NUM_") {
            let interval = retry_interval.map_or(u64::MAX, |seconds| seconds.saturating_mul(1000));
            let since = self.caller.now_ms.saturating_sub(interval);
            (on.resource_restarts, on.group_restarts) =
                told::restarts_since(self.view, &record.name, &node.name, since)?;
        }
        Ok(on)
    }

    fn group_facts(&self, group: &GroupRecord, tag: &str, request: &Request) -> Result<GroupFacts, CommandError> {
        let mut facts = GroupFacts {
            node_list: group.node_list.clone(),
            managed: group.managed,
            maximum_primaries: u64::from(group.maximum_primaries),
            ..GroupFacts::default()
        };
        if tag == "RESOURCE_LIST" || tag.starts_with("RG_STATE") {
            let stored = self.view.range(&KeyRange::prefix(&keys::by_group_all(&group.name)), usize::MAX)?;
            facts.resources = stored.iter().filter_map(|stored| keys::last_part(&stored.key)).collect();
        }
        if tag.starts_with("RG_STATE") {
            let mut resources = Vec::new();
            for name in &facts.resources {
                resources.extend(self.view.record::<ResourceRecord>(&keys::resource(name))?);
            }
            for node in self.nodes_asked(group, request) {
                if let Some(node) = self.view.record::<NodeRecord>(&keys::node(&node))? {
                    let word = group_word(group, &resources, &node);
                    facts.on_nodes.insert(node.name, word.to_owned());
                }
            }
        }
        Ok(facts)
    }

    /// What a request of a resource is judged by; the resource is in the group.
    pub(super) fn situation(&self, resource: &str, group: &str) -> Result<Result<Situation, Reply>, CommandError> {
        let missing = |what: &str| Ok(Err(Reply::refused(Code::Node, format!("scha_control: {what}"))));
        let Some(record) = self.view.record::<ResourceRecord>(&keys::resource(resource))? else {
            return missing(&format!("there is no resource {resource}"));
        };
        let group = match self.view.record::<GroupRecord>(&keys::group(group))? {
            Some(group) if group.node_list.iter().any(|node| node == self.node()) => group,
            _ => return missing(&format!("{} is no node of {group}; RTREG_NODE names it", self.node())),
        };
        let mut others = Vec::new();
        let mut here = None;
        for name in &group.node_list {
            let Some(node) = self.view.record::<NodeRecord>(&keys::node(name))? else { continue };
            if name == self.node() {
                here = Some(node);
            } else if node.status == NodeStatus::Up && !is_online(&group, &node) {
                others.push(name.clone());
            }
        }
        let loaded = self.type_of(&record)?;
        let facts = ResourceFacts::new(&loaded.resource_type, &record.group, &given(&record.values));
        let failover_mode = facts.property("Failover_mode").and_then(|property| property.value.as_ref());
        let state = here.as_ref().and_then(|node| told::state_on(record.nodes.get(&node.name), node));
        Ok(Ok(Situation {
            resource: resource.to_owned(),
            group: group.name.clone(),
            node: self.node().to_owned(),
            driver: group.driver,
            group_online: here.as_ref().is_some_and(|node| is_online(&group, node)),
            resource_up: state.is_some_and(|entry| entry.state != ResourceState::Offline),
            failover_mode: failover_mode.map(PropertyValue::to_string).unwrap_or_default(),
            proxy: loaded.resource_type.proxy.value,
            others,
            reserved: record.reserved_by.or(group.reserved_by),
            run: self.caller.run.map(str::to_owned),
        }))
    }

    fn type_of(&self, record: &ResourceRecord) -> Result<LoadedType, CommandError> {
        let key = keys::type_version(&record.base, &record.type_version);
        let found = type_version(self.view, &record.base, &record.type_version)?;
        load_type(self.view, &found.ok_or_else(|| damaged(key, &record.name))?)
    }

    fn group_of(&self, record: &ResourceRecord) -> Result<GroupRecord, StoreError> {
        let key = keys::group(&record.group);
        self.view.record(&key)?.ok_or_else(|| damaged(key, &record.name))
    }
}

fn damaged(key: String, resource: &str) -> StoreError {
    let reason = format!("resource {resource} names it, and it is not there; restore the store from a copy");
    StoreError::Corrupt { place: key, reason }
}

/// What the nodes have that have no value of their own.
fn given(values: &BTreeMap<String, StoredValue>) -> BTreeMap<String, PropertyValue> {
    let on_all = |(name, stored): (&String, &StoredValue)| {
        let value = match (&stored.value, &stored.others) {
            (Scope::Global(value), _) => value,
            (Scope::PerNode(_), Some(others)) => &others.value,
            (Scope::PerNode(_), None) => return None,
        };
        Some((name.clone(), value.clone()))
    };
    values.iter().filter_map(on_all).collect()
}

fn number(resource: &ResourceFacts, property: &str) -> Option<u64> {
    match resource.property(property)?.value {
        Some(PropertyValue::Int(number)) => u64::try_from(number).ok(),
        _ => None,
    }
}

fn is_online(group: &GroupRecord, node: &NodeRecord) -> bool {
    node.status == NodeStatus::Up && group.online_on.get(&node.name) == Some(&node.incarnation)
}

/// Resource_state (r_properties(5)), in the words of scha_resource_get(1HA).
fn state_word(entry: &ResourceNodeRecord) -> &'static str {
    match (entry.state, entry.monitor) {
        (ResourceState::Online, MonitorState::StartFailed | MonitorState::StopFailed) => "MONITOR_FAILED",
        (ResourceState::Online, _) if !entry.monitored => "ONLINE_NOT_MONITORED",
        (ResourceState::Online, _) => "ONLINE",
        (ResourceState::Offline, _) => "OFFLINE",
        (ResourceState::Starting, _) => "STARTING",
        (ResourceState::Stopping, _) => "STOPPING",
        (ResourceState::StartFailed, _) => "START_FAILED",
        (ResourceState::StopFailed, _) => "STOP_FAILED",
        (ResourceState::Unknown, _) => "UNKNOWN",
    }
}

/// The status of a resource of which nothing was said since it came to this state.
fn status_word(state: ResourceState) -> &'static str {
    match state {
        ResourceState::Online => "OK",
        ResourceState::Offline => "OFFLINE",
        ResourceState::StartFailed | ResourceState::StopFailed => "FAULTED",
        ResourceState::Starting | ResourceState::Stopping | ResourceState::Unknown => "UNKNOWN",
    }
}

/// RG_state (rg_properties(5)) of a managed group, in the words of scha_resourcegroup_get(1HA).
fn group_word(group: &GroupRecord, resources: &[ResourceRecord], node: &NodeRecord) -> &'static str {
    if node.status == NodeStatus::Unknown {
        return "UNKNOWN";
    }
    let states: Vec<ResourceState> = resources
        .iter()
        .filter_map(|resource| told::state_on(resource.nodes.get(&node.name), node))
        .map(|entry| entry.state)
        .collect();
    let some = |state| states.contains(&state);
    match () {
        () if some(ResourceState::StopFailed) => "ERROR_STOP_FAILED",
        () if some(ResourceState::Stopping) => "PENDING_OFFLINE",
        () if some(ResourceState::Starting) => "PENDING_ONLINE",
        () if is_online(group, node) && some(ResourceState::StartFailed) => "ONLINE_FAULTED",
        () if is_online(group, node) => "ONLINE",
        () => "OFFLINE",
    }
}
