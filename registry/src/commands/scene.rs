//! What the commands read together: a group, its nodes, and one or all of its resources with their types; each resource
//! settled to what its records mean now, so that writing it back keeps the promise of [`crate::effective`].

use std::collections::BTreeMap;
use std::rc::Rc;

use rtreg_model::{InitNodes, Method, NodeStatus, Origin, RtVersion, suggest};
use serde_json::json;

use super::before::{self, Before};
use super::changes::{self, Change};
use super::type_index;
use crate::effective::{self, BootOf};
use crate::error::{CommandError, Refusal};
use crate::gate::NodeView;
use crate::history::Object;
use crate::keys;
use crate::records::{GroupRecord, NodeRecord, ResourceNodeRecord, ResourceRecord};
use crate::store::{KeyRange, StoreError};
use crate::transaction::Transaction;
use crate::types::{CANDIDATES_MAX, LoadedType, load_type, type_version};
use crate::view::View;

/// Most names that a refusal lists.
const LISTED_MAX: usize = 20;

/// A group with its nodes and resources.
pub(super) struct Scene {
    /// The group as it is to be.
    pub group: GroupRecord,
    /// The group as it was read, without the nodes where it is online no longer.
    settled_group: GroupRecord,
    /// The nodes of the node list, and further ones if [`Scene::read_init_nodes`] or [`Scene::read_traces`] was called.
    pub nodes: BTreeMap<String, NodeRecord>,
    /// The resources.
    pub members: Vec<Member>,
}

/// A resource of the scene.
pub(super) struct Member {
    /// As it is stored.
    pub stored: ResourceRecord,
    /// What is stored, settled.
    pub settled: ResourceRecord,
    /// As it is to be.
    pub now: ResourceRecord,
    /// Its type.
    pub loaded: Rc<LoadedType>,
}

impl Scene {
    /// A group with all its resources.
    pub fn of_group(view: &View<'_>, name: &str) -> Result<Self, CommandError> {
        let group = find_group(view, name)?;
        let mut scene = Self::bare(view, group)?;
        let mut types = BTreeMap::new();
        for stored in view.range(&KeyRange::prefix(&keys::by_group_all(name)), usize::MAX)? {
            let resource = keys::last_part(&stored.key).unwrap_or_default();
            let record = indexed_resource(view, &stored.key, &resource)?;
            scene.add(view, record, &mut types)?;
        }
        Ok(scene)
    }

    /// A group with one of its resources.
    pub fn of_resource(view: &View<'_>, name: &str) -> Result<Self, CommandError> {
        let record = find_resource(view, name)?;
        let missing = || damaged(&keys::group(&record.group), &format!("resource `{name}` names this group"));
        let group = view.record(&keys::group(&record.group))?.ok_or_else(missing)?;
        let mut scene = Self::bare(view, group)?;
        scene.add(view, record, &mut BTreeMap::new())?;
        Ok(scene)
    }

    /// A group with its nodes only.
    pub fn bare(view: &View<'_>, group: GroupRecord) -> Result<Self, CommandError> {
        let mut nodes = BTreeMap::new();
        for name in &group.node_list {
            let missing = || damaged(&keys::node(name), &format!("group `{}` names this node", group.name));
            nodes.insert(name.clone(), view.record(&keys::node(name))?.ok_or_else(missing)?);
        }
        let mut scene = Self { settled_group: group.clone(), group, nodes, members: Vec::new() };
        // Where a node went down since, the group is online no longer.
        let online = scene.online_nodes();
        scene.group.online_on.retain(|node, _| online.contains(node));
        scene.settled_group = scene.group.clone();
        Ok(scene)
    }

    fn add(
        &mut self,
        view: &View<'_>,
        record: ResourceRecord,
        types: &mut BTreeMap<(String, RtVersion), Rc<LoadedType>>,
    ) -> Result<(), CommandError> {
        let key = (record.base.clone(), record.type_version.clone());
        let loaded = match types.get(&key) {
            Some(loaded) => Rc::clone(loaded),
            None => Rc::new(load_type_of(view, &record)?),
        };
        types.insert(key, Rc::clone(&loaded));
        self.members.push(self.settle(record, loaded));
        Ok(())
    }

    /// The resource with what its records mean now.
    pub fn settle(&self, stored: ResourceRecord, loaded: Rc<LoadedType>) -> Member {
        let mut settled = stored.clone();
        for node in self.nodes.values() {
            let entry = stored.nodes.get(&node.name);
            let now = effective::settled(entry, node, boot_of(&self.group, &loaded, &node.name));
            let listed = self.group.node_list.contains(&node.name);
            if listed || entry.is_some() || now.initialised_by != Origin::None {
                settled.nodes.insert(node.name.clone(), now);
            }
        }
        Member { now: settled.clone(), settled, stored, loaded }
    }

    /// Reads the Init_nodes outside of the node list too, and settles the resources there. Needed by what changes the
    /// rule of boots.
    pub fn read_init_nodes(&mut self, view: &View<'_>) -> Result<(), CommandError> {
        for member in &self.members {
            read_installed(view, &member.loaded, &mut self.nodes)?;
        }
        self.settle_again();
        Ok(())
    }

    /// Reads the nodes where something is still recorded as initialised, wherever they are. A node that was removed is
    /// left out: while it is no part of the cluster nothing runs there.
    pub fn read_traces(&mut self, view: &View<'_>) -> Result<(), CommandError> {
        let entries = self.members.iter().flat_map(|member| &member.stored.nodes);
        let traces = entries.filter(|(_, entry)| entry.initialised_by != Origin::None).map(|(name, _)| name);
        let further: Vec<String> = traces.filter(|name| !self.nodes.contains_key(*name)).cloned().collect();
        for name in further {
            if let Some(node) = view.record(&keys::node(&name))? {
                self.nodes.insert(name, node);
            }
        }
        self.settle_again();
        Ok(())
    }

    fn settle_again(&mut self) {
        let members = std::mem::take(&mut self.members);
        self.members = members.into_iter().map(|member| self.settle(member.stored, member.loaded)).collect();
    }

    /// A node of the node list.
    pub fn listed_node(&self, name: &str) -> Result<&NodeRecord, Refusal> {
        let listed = self.group.node_list.iter().any(|listed| listed == name);
        self.nodes.get(name).filter(|_| listed).ok_or_else(|| {
            let refusal = Refusal::new(
                "not_in_node_list",
                format!(
                    "node `{name}` is not in the node list of group `{}`, which is {}",
                    self.group.name,
                    self.group.node_list.join(", ")
                ),
            );
            match suggest::nearest(name, self.group.node_list.iter().map(String::as_str)) {
                Some(near) => refusal.help(format!("did you mean `{near}`?")),
                None => refusal.help(format!(
                    "name one of these nodes, or change the list with `rtreg group set {} --node …`",
                    self.group.name
                )),
            }
        })
    }

    /// The named nodes of the node list, each once; all of them if none is named.
    pub fn chosen(&self, names: &[String]) -> Result<Vec<String>, Refusal> {
        if names.is_empty() {
            return Ok(self.group.node_list.clone());
        }
        let mut chosen: Vec<String> = Vec::new();
        for name in names {
            self.listed_node(name)?;
            if !chosen.contains(name) {
                chosen.push(name.clone());
            }
        }
        Ok(chosen)
    }

    /// Where the group is online, in the order of the node list: what was recorded under the node's incarnation.
    pub fn online_nodes(&self) -> Vec<String> {
        let online = |name: &&String| {
            self.nodes.get(*name).is_some_and(|node| self.group.online_on.get(*name) == Some(&node.incarnation))
        };
        self.group.node_list.iter().filter(online).cloned().collect()
    }

    /// The only resource of a scene that was read with [`Scene::of_resource`], beside the rest of the scene.
    pub fn resource(&mut self) -> Result<&mut Member, CommandError> {
        self.members.first_mut().ok_or_else(|| CommandError::Internal("a scene without its resource".to_owned()))
    }

    /// As [`Scene::resource`], to be read only.
    pub fn resource_ref(&self) -> Result<&Member, CommandError> {
        self.members.first().ok_or_else(|| CommandError::Internal("a scene without its resource".to_owned()))
    }

    /// What the gate and the predicates see of a resource on the nodes of the node list.
    pub fn views(&self, member: &Member) -> Vec<NodeView> {
        let listed = self.group.node_list.iter().filter_map(|name| self.nodes.get(name));
        listed.map(|node| self.view_on(member, node)).collect()
    }

    /// What the gate and the predicates see of a resource on a node.
    pub fn view_on(&self, member: &Member, node: &NodeRecord) -> NodeView {
        let boot = boot_of(&self.group, &member.loaded, &node.name);
        effective::node_view(member.now.nodes.get(&node.name), node, boot)
    }

    /// The up Init_nodes of a resource.
    pub fn up_init_nodes(&self, loaded: &LoadedType) -> Vec<String> {
        let up = |node: &&NodeRecord| {
            node.status == NodeStatus::Up && is_init_node(&self.group.node_list, loaded, &node.name)
        };
        self.nodes.values().filter(up).map(|node| node.name.clone()).collect()
    }

    /// Writes what changed, with one entry of history for each object, and returns the changes: the group's first.
    /// Resources are written too where only their records have settled, if `settle` is set.
    pub fn save(&self, tx: &mut Transaction<'_>, event: &str, settle: bool) -> Result<Vec<Change>, CommandError> {
        self.save_with(tx, event, settle, &json!({}))
    }

    /// As [`Scene::save`], with more to say in the history.
    pub fn save_with(
        &self,
        tx: &mut Transaction<'_>,
        event: &str,
        settle: bool,
        detail: &serde_json::Value,
    ) -> Result<Vec<Change>, CommandError> {
        let mut all = Vec::new();
        if self.group != self.settled_group {
            let changes = changes::of_group(&self.settled_group, &self.group);
            tx.put(keys::group(&self.group.name), &self.group);
            if !changes.is_empty() {
                let mut detail = detail.clone();
                if let Some(detail) = detail.as_object_mut() {
                    detail.insert("changes".to_owned(), json!(lines(&changes)));
                }
                tx.log(Object::new("group", &self.group.name), event, detail)?;
            }
            all.extend(changes);
        }
        for member in &self.members {
            all.extend(member.save_with(tx, event, settle, detail.clone())?);
        }
        Ok(all)
    }
}

impl Member {
    /// The entry of a node.
    pub fn entry(&mut self, node: &str) -> Result<&mut ResourceNodeRecord, CommandError> {
        let name = self.now.name.clone();
        let missing = || CommandError::Internal(format!("resource `{name}` has no state on node `{node}`"));
        self.now.nodes.get_mut(node).ok_or_else(missing)
    }

    /// What nodes that went down or booted have changed since the resource was last written, as the history has it.
    pub fn by_node(&self) -> Vec<serde_json::Value> {
        lines(&changes::of_resource(&self.stored, &self.settled))
    }

    /// Writes the resource if it changed, or, if `settle` is set, if its records have settled.
    pub fn save(&self, tx: &mut Transaction<'_>, event: &str, settle: bool) -> Result<Vec<Change>, CommandError> {
        self.save_with(tx, event, settle, json!({}))
    }

    /// As [`Member::save`], with more to say in the history.
    pub fn save_with(
        &self,
        tx: &mut Transaction<'_>,
        event: &str,
        settle: bool,
        mut detail: serde_json::Value,
    ) -> Result<Vec<Change>, CommandError> {
        let changes = changes::of_resource(&self.settled, &self.now);
        if self.now == self.stored || (self.now == self.settled && !settle) {
            return Ok(changes);
        }
        tx.put(keys::resource(&self.now.name), &self.now);
        type_index::update(tx, Some(&self.stored), Some(&self.now));
        let by_node = self.by_node();
        if changes.is_empty() && by_node.is_empty() {
            return Ok(changes);
        }
        if let Some(detail) = detail.as_object_mut() {
            if !by_node.is_empty() {
                detail.insert("by_node".to_owned(), json!(by_node));
            }
            detail.insert("changes".to_owned(), json!(lines(&changes)));
            if self.settled.type_version != self.now.type_version {
                // What `rollback` goes back to.
                detail.insert(before::FIELD.to_owned(), json!(Before::of(&self.settled)));
            }
        }
        tx.log(Object::new("resource", &self.now.name), event, detail)?;
        Ok(changes)
    }
}

/// Changes as the history has them: without the object, which the entry names.
pub(super) fn lines(changes: &[Change]) -> Vec<serde_json::Value> {
    let line = |change: &Change| {
        let mut line = json!({ "what": change.what, "from": change.from, "to": change.to });
        if let (Some(node), Some(line)) = (&change.node, line.as_object_mut()) {
            line.insert("node".to_owned(), json!(node));
        }
        line
    };
    changes.iter().map(line).collect()
}

/// Whether Init, Fini, Boot and Validate of the type run on the node.
pub(super) fn is_init_node(node_list: &[String], loaded: &LoadedType, node: &str) -> bool {
    match loaded.resource_type.init_nodes.value {
        InitNodes::RgPrimaries => node_list.iter().any(|listed| listed == node),
        InitNodes::RtInstalledNodes => {
            loaded.record.installed_nodes.as_ref().is_none_or(|installed| installed.iter().any(|name| name == node))
        }
    }
}

/// What a boot of the node runs for a resource of the type.
pub(super) fn boot_of<'t>(group: &GroupRecord, loaded: &'t LoadedType, node: &str) -> BootOf<'t> {
    let runs = group.managed && loaded.resource_type.has(Method::Boot) && is_init_node(&group.node_list, loaded, node);
    runs.then_some(&loaded.record.version)
}

/// Reads the Installed_nodes of a type whose Init_nodes they are.
pub(super) fn read_installed(
    view: &View<'_>,
    loaded: &LoadedType,
    nodes: &mut BTreeMap<String, NodeRecord>,
) -> Result<(), StoreError> {
    if loaded.resource_type.init_nodes.value != InitNodes::RtInstalledNodes {
        return Ok(());
    }
    let names = match &loaded.record.installed_nodes {
        Some(names) => names.clone(),
        None => {
            let stored = view.range(&KeyRange::prefix(&keys::node("")), usize::MAX)?;
            stored.iter().filter_map(|stored| keys::last_part(&stored.key)).collect()
        }
    };
    for name in names {
        if let Some(node) = view.record::<NodeRecord>(&keys::node(&name))? {
            nodes.insert(name, node);
        }
    }
    Ok(())
}

/// A node by its name.
pub(super) fn find_node(view: &View<'_>, name: &str) -> Result<NodeRecord, CommandError> {
    match view.record(&keys::node(name))? {
        Some(node) => Ok(node),
        None => Err(not_found(view, ("node", &keys::node("")), name)?.into()),
    }
}

/// A group by its name.
pub(super) fn find_group(view: &View<'_>, name: &str) -> Result<GroupRecord, CommandError> {
    match view.record(&keys::group(name))? {
        Some(group) => Ok(group),
        None => Err(not_found(view, ("group", &keys::group("")), name)?.into()),
    }
}

/// A resource by its name.
pub(super) fn find_resource(view: &View<'_>, name: &str) -> Result<ResourceRecord, CommandError> {
    match view.record(&keys::resource(name))? {
        Some(resource) => Ok(resource),
        None => Err(not_found(view, ("resource", &keys::resource("")), name)?.into()),
    }
}

fn not_found(view: &View<'_>, (kind, prefix): (&str, &str), name: &str) -> Result<Refusal, StoreError> {
    let refusal = Refusal::new("not_found", format!("there is no {kind} `{name}`"));
    let stored = view.peek(&KeyRange::prefix(prefix), CANDIDATES_MAX)?;
    let (create, list) = match kind {
        "node" => ("rtreg node add N", "`rtreg node list` lists all nodes"),
        "group" => ("rtreg group create G --node N,…", "`rtreg show node N` lists the groups of a node"),
        _ => ("rtreg resource create R --group G --type T", "`rtreg show group G` lists the resources of a group"),
    };
    if stored.is_empty() {
        return Ok(refusal.help(format!("none exists yet; `{create}` makes one")));
    }
    let names: Vec<String> = stored.iter().filter_map(|stored| keys::last_part(&stored.key)).collect();
    // Of a large store only the first names were read: a near one among them would be chance.
    let near =
        if stored.len() < CANDIDATES_MAX { suggest::nearest(name, names.iter().map(String::as_str)) } else { None };
    if let Some(near) = near {
        return Ok(refusal.help(format!("did you mean `{near}`? {list}")));
    }
    let more = (names.len() > LISTED_MAX).then(|| "and more".to_owned());
    let lines = names.into_iter().take(LISTED_MAX).chain(more);
    Ok(refusal.details(lines.collect::<Vec<_>>()).help(list))
}

/// The resource that an index names.
fn indexed_resource(view: &View<'_>, index: &str, name: &str) -> Result<ResourceRecord, CommandError> {
    let missing = || damaged(&keys::resource(name), &format!("the index `{index}` names it"));
    Ok(view.record(&keys::resource(name))?.ok_or_else(missing)?)
}

/// The type of a resource.
pub(super) fn load_type_of(view: &View<'_>, record: &ResourceRecord) -> Result<LoadedType, CommandError> {
    load_version(view, &record.base, &record.type_version)?.ok_or_else(|| {
        let key = keys::type_version(&record.base, &record.type_version);
        damaged(&key, &format!("resource `{}` is of this version", record.name)).into()
    })
}

/// A registered version; none if it is not registered.
pub(super) fn load_version(
    view: &View<'_>,
    base: &str,
    version: &RtVersion,
) -> Result<Option<LoadedType>, CommandError> {
    type_version(view, base, version)?.map(|record| load_type(view, &record)).transpose()
}

/// A record that another one names is gone.
pub(super) fn damaged(key: &str, why: &str) -> StoreError {
    StoreError::Corrupt {
        place: key.to_owned(),
        reason: format!("there is no such record, but {why}; restore the store from a copy"),
    }
}
