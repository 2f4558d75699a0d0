//! What a change of Installed_nodes does to the resources of a type whose Init_nodes they are (Init_nodes =
//! RT_INSTALLED_NODES): Fini runs on up nodes that leave, Init on up nodes that join, in managed groups. What boots meant
//! until now is written down first, because the rule of boots changes with the set.

use std::collections::BTreeMap;
use std::rc::Rc;

use rtreg_model::{Driver, InitNodes, Method, NodeStatus, Origin};

use super::scene::{Member, Scene, find_group, find_resource};
use super::{event, installed, type_index};
use crate::effective;
use crate::error::{CommandError, Refusal};
use crate::keys;
use crate::records::{NodeRecord, TypeRecord};
use crate::store::KeyRange;
use crate::transaction::Transaction;
use crate::types::{LoadedType, load_type};
use crate::view::{View, decode};

/// Most resources that one command changes: each is a record and an entry of the history.
const RESOURCES_MAX: usize = 30;

/// Writes what the change means for the resources of the type.
///
/// # Errors
/// A refusal `too_many_resources`; [`CommandError::Store`].
pub(super) fn apply(tx: &mut Transaction<'_>, before: &TypeRecord, after: &TypeRecord) -> Result<(), CommandError> {
    let loaded = load_type(&tx.view, before)?;
    if loaded.resource_type.init_nodes.value != InitNodes::RtInstalledNodes {
        return Ok(());
    }
    let users = type_index::users(&tx.view, &keys::by_type_version(before.name.base(), &before.version))?;
    if users.len() > RESOURCES_MAX {
        return Err(too_many(before).into());
    }
    if users.is_empty() {
        return Ok(());
    }
    let nodes = read_nodes(&tx.view, before, after)?;
    let loaded = Rc::new(loaded);
    for name in users {
        change_resource(tx, &name, &loaded, (after, &nodes))?;
    }
    Ok(())
}

fn too_many(before: &TypeRecord) -> Refusal {
    Refusal::new(
        "too_many_resources",
        format!(
            "more than {RESOURCES_MAX} resources use `{}`, whose Init_nodes are its Installed_nodes: what changes for them \
             does not fit one commit",
            before.name
        ),
    )
    .help("upgrade some of them to another version first")
}

fn read_nodes(
    view: &View<'_>,
    before: &TypeRecord,
    after: &TypeRecord,
) -> Result<BTreeMap<String, NodeRecord>, CommandError> {
    let mut nodes = BTreeMap::new();
    if before.installed_nodes.is_none() || after.installed_nodes.is_none() {
        for stored in view.range(&KeyRange::prefix(&keys::node("")), usize::MAX)? {
            let node: NodeRecord = decode(&stored)?;
            nodes.insert(node.name.clone(), node);
        }
    }
    for name in before.installed_nodes.iter().chain(&after.installed_nodes).flatten() {
        if let Some(node) = view.record::<NodeRecord>(&keys::node(name))? {
            nodes.insert(name.clone(), node);
        }
    }
    Ok(nodes)
}

fn change_resource(
    tx: &mut Transaction<'_>,
    name: &str,
    loaded: &Rc<LoadedType>,
    (after, nodes): (&TypeRecord, &BTreeMap<String, NodeRecord>),
) -> Result<(), CommandError> {
    let record = find_resource(&tx.view, name)?;
    let mut scene = Scene::bare(&tx.view, find_group(&tx.view, &record.group)?)?;
    scene.nodes.extend(nodes.clone());
    let mut member = scene.settle(record, Rc::clone(loaded));
    for (name, node) in nodes {
        match (installed::names(&loaded.record, name), installed::names(after, name)) {
            (true, false) => {
                check(&scene, &member, (node, Method::Fini))?;
                leave(&scene, &mut member, node);
            }
            (false, true) => {
                check(&scene, &member, (node, Method::Init))?;
                join(&scene, &mut member, node);
            }
            _ => {}
        }
    }
    member.save(tx, "type_set", true).map(|_| ())
}

/// In a group that rtreg drives the method would have to run.
fn check(scene: &Scene, member: &Member, (node, method): (&NodeRecord, Method)) -> Result<(), Refusal> {
    let runs = scene.group.managed && node.status == NodeStatus::Up && member.loaded.resource_type.has(method);
    if !runs || scene.group.driver == Driver::Recorded {
        return Ok(());
    }
    let (name, group, method, node) = (&member.now.name, &scene.group.name, method.as_str(), &node.name);
    let message = format!(
        "resource `{name}` of group `{group}`, which rtreg drives, is initialised on all Installed_nodes of its type, so \
         {method} of `{name}` would have to run on `{node}`"
    );
    let help =
        format!("unmanage the group meanwhile: `rtreg group unmanage {group}`, then `rtreg group manage {group}`");
    Err(Refusal::new("initialised", message).help(help))
}

fn leave(scene: &Scene, member: &mut Member, node: &NodeRecord) {
    let Some(entry) = member.now.nodes.get_mut(&node.name) else {
        return;
    };
    if node.status == NodeStatus::Up && scene.group.managed {
        event::fini(entry);
    }
    if entry.initialised_by == Origin::None && !scene.group.node_list.contains(&node.name) {
        member.now.nodes.remove(&node.name);
    }
}

fn join(scene: &Scene, member: &mut Member, node: &NodeRecord) {
    // Until now boots of the node ran nothing for the resource.
    let settled = effective::settled(member.now.nodes.get(&node.name), node, None);
    let entry = member.now.nodes.entry(node.name.clone()).or_insert(settled.clone());
    *entry = settled;
    if scene.group.managed && node.status == NodeStatus::Up {
        event::init_on_top(entry, &member.loaded.resource_type);
    }
}
