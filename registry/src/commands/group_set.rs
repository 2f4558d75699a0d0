//! `group set`: another node list or Maximum_primaries, with what that means for the resources of the group.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rtreg_model::{InitNodes, Method, NodeStatus, Origin, ResourceState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::changes::ChangeReport;
use super::driver::MethodsRun;
use super::event;
use super::group::{check_has_methods, check_node_list, maximum_primaries};
use super::resource::check_fits_group;
use super::scene::{Member, Scene, find_node};
use crate::effective;
use crate::error::{CommandError, Refusal};
use crate::history::Object;
use crate::keys;
use crate::migration::{Scope, StoredValue};
use crate::records::ResourceNodeRecord;
use crate::transaction::Transaction;
use crate::view::View;

/// What is to be set of a group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct SetRequest {
    /// Name.
    pub name: String,
    /// `--node`: the new node list, in order of preference; empty leaves it as it is.
    pub nodes: Vec<String>,
    /// `-p`, as written.
    pub properties: Vec<String>,
}

/// Changes the node list or Maximum_primaries. In a managed group Fini runs on up nodes that leave the list, and Init on up
/// nodes that join it; what an older version initialised there, or anything while the group is unmanaged, stays. On a new node a resource has the switches that it has on the first node
/// of the old list, and the values that are for all nodes; properties with values for single nodes only have their default
/// there.
///
/// # Errors
/// Refusals `not_found`, `not_offline`, `too_many_primaries`, `not_installed`, `failover`; [`CommandError::Usage`] if
/// nothing is to be set; [`CommandError::Store`].
pub fn set(tx: &mut Transaction<'_>, request: &SetRequest) -> Result<ChangeReport, CommandError> {
    set_as(tx, request, MethodsRun::ByThemselves)
}

/// What a change of a group leads to.
pub(super) struct Setting {
    /// The group and its resources as they are to be.
    pub scene: Scene,
    /// The nodes that join the node list.
    pub added: Vec<String>,
    /// The nodes that leave it.
    pub removed: Vec<String>,
    other_nodes: bool,
    notes: Vec<String>,
}

/// All that `group set` checks, and what it leads to. Writes nothing.
pub(super) fn decide(view: &View<'_>, request: &SetRequest, methods: MethodsRun) -> Result<Setting, CommandError> {
    let name = &request.name;
    if request.nodes.is_empty() && request.properties.is_empty() {
        let refusal = Refusal::new("nothing_to_set", "expected something to set, found nothing");
        return Err(CommandError::usage(refusal.help("add `--node N,…` or `-p Maximum_primaries=N`")));
    }
    let maximum = maximum_primaries(&request.properties)?;
    let mut scene = Scene::of_group(view, name)?;
    if let Some(maximum) = maximum {
        scene.group.maximum_primaries = maximum;
    }
    let other_nodes = !request.nodes.is_empty() && request.nodes != scene.group.node_list;
    let mut setting = Setting { scene, added: Vec::new(), removed: Vec::new(), other_nodes, notes: Vec::new() };
    if other_nodes {
        check_node_list(view, &request.nodes)?;
        setting.scene.read_init_nodes(view)?;
        change_node_list(view, &mut setting, &request.nodes, methods)?;
    }
    let scene = &setting.scene;
    let online = scene.online_nodes();
    if online.len() > usize::try_from(scene.group.maximum_primaries).unwrap_or(usize::MAX) {
        return Err(Refusal::new(
            "too_many_primaries",
            format!(
                "group `{name}` is online on {}; Maximum_primaries={} permits fewer",
                online.join(", "),
                scene.group.maximum_primaries
            ),
        )
        .help(format!("first `rtreg group offline {name} --node N`"))
        .into());
    }
    for member in &scene.members {
        check_fits_group(&scene.group, &member.loaded, &member.now.name)?;
    }
    Ok(setting)
}

/// Changes a group; where Fini and Init are steps of their own, they record themselves.
pub(super) fn set_as(
    tx: &mut Transaction<'_>,
    request: &SetRequest,
    methods: MethodsRun,
) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    let Setting { scene, added, removed, other_nodes, notes } = decide(&tx.view, request, methods)?;
    if methods == MethodsRun::ByThemselves && scene.group.managed && !(added.is_empty() && removed.is_empty()) {
        check_has_methods(&scene, "group set")?;
    }
    for node in &added {
        tx.put(keys::by_node_group(node, name), &json!({}));
    }
    for node in &removed {
        tx.delete(keys::by_node_group(node, name));
    }
    let changes = scene.save(tx, "set", other_nodes)?;
    let summary = match changes.is_empty() {
        true => format!("group `{name}` is so already; nothing changed"),
        false => format!("group `{name}` is changed"),
    };
    let report = ChangeReport::new(Object::new("group", name), "set", summary).with(changes);
    Ok(notes.into_iter().fold(report, ChangeReport::note))
}

fn change_node_list(
    view: &View<'_>,
    setting: &mut Setting,
    nodes: &[String],
    methods: MethodsRun,
) -> Result<(), CommandError> {
    let scene = &mut setting.scene;
    let old: BTreeSet<String> = scene.group.node_list.iter().cloned().collect();
    let new: BTreeSet<String> = nodes.iter().cloned().collect();
    let removed: Vec<String> = old.difference(&new).cloned().collect();
    let added: Vec<String> = new.difference(&old).cloned().collect();
    check_offline_on(scene, &removed)?;
    let first = scene.group.node_list.first().cloned();
    for node in &added {
        scene.nodes.insert(node.clone(), find_node(view, node)?);
    }
    let mut members = std::mem::take(&mut scene.members);
    for member in &mut members {
        // The first node may be among those that leave.
        let like = first.as_ref().and_then(|first| member.now.nodes.get(first));
        let switches = like.map_or((true, true), |entry| (entry.enabled, entry.monitored));
        for node in &removed {
            leave(scene, member, (node, methods), &mut setting.notes);
        }
        for node in &added {
            join(scene, member, (node, switches), methods)?;
            setting.notes.extend(follows_default(member, node));
        }
    }
    scene.members = members;
    scene.group.node_list = nodes.to_vec();
    (setting.added, setting.removed) = (added, removed);
    Ok(())
}

/// A node leaves the list only when nothing of the group runs there.
fn check_offline_on(scene: &Scene, removed: &[String]) -> Result<(), Refusal> {
    let mut in_the_way = Vec::new();
    for member in &scene.members {
        for view in scene.views(member).into_iter().filter(|view| removed.contains(&view.node)) {
            if view.status != NodeStatus::Down && view.state != ResourceState::Offline {
                in_the_way.push(format!("resource {} on {}: {}", member.now.name, view.node, view.state));
            }
        }
    }
    let online = scene.online_nodes();
    let online: Vec<&String> = online.iter().filter(|node| removed.contains(node)).collect();
    in_the_way.extend(online.iter().map(|node| format!("group {} is online on {node}", scene.group.name)));
    if in_the_way.is_empty() {
        return Ok(());
    }
    let options: Vec<String> = removed.iter().map(|node| format!("--node {node}")).collect();
    Err(Refusal::new(
        "not_offline",
        format!(
            "a node leaves the node list of group `{}` only when everything of the group is offline there",
            scene.group.name
        ),
    )
    .details(in_the_way)
    .help(format!("first `rtreg group offline {} {}`", scene.group.name, options.join(" "))))
}

/// What becomes of a resource on a node that leaves the node list.
fn leave(scene: &Scene, member: &mut Member, (node, methods): (&str, MethodsRun), notes: &mut Vec<String>) {
    let up = scene.nodes.get(node).is_some_and(|record| record.status == NodeStatus::Up);
    let stays_init_node = member.loaded.resource_type.init_nodes.value == InitNodes::RtInstalledNodes;
    // A Fini that is a step of its own has recorded itself, or has failed.
    let ends = methods == MethodsRun::ByThemselves || !member.loaded.resource_type.has(Method::Fini);
    if let Some(entry) = member.now.nodes.get_mut(node) {
        if ends && up && scene.group.managed && !stays_init_node {
            event::fini(entry);
        }
        if entry.initialised_by == Origin::None && !stays_init_node {
            member.now.nodes.remove(node);
        }
    }
    let resource = &member.now.name;
    let mut left = BTreeMap::new();
    for (name, stored) in std::mem::take(&mut member.now.values) {
        let (stays, lost) = stored.without_node(node);
        left.extend(stays.map(|stays| (name.clone(), stays)));
        notes.extend(lost.map(|lost| format!("resource `{resource}` loses its value `{name}{{{node}}}={lost}`")));
    }
    member.now.values = left;
}

/// The properties that have values for single nodes only, and so none of them on a node that joins.
fn follows_default(member: &Member, node: &str) -> Vec<String> {
    let resource = &member.now.name;
    let alone = |stored: &StoredValue| matches!(stored.value, Scope::PerNode(_)) && stored.others.is_none();
    let names = member.now.values.iter().filter(|(_, stored)| alone(stored)).map(|(name, _)| name);
    let decl = |name: &str| member.loaded.resource_type.declared_property(name);
    names
        .map(|name| match decl(name).is_some_and(rtreg_model::PropertyDecl::is_required) {
            true => {
                format!("`{name}` has no default: `rtreg resource set {resource} -p '{name}{{{node}}}=…'` for {node}")
            }
            false => {
                format!("`{name}` of resource `{resource}` has its default on {node}: its values are for other nodes")
            }
        })
        .collect()
}

/// What becomes of a resource on a node that joins the node list.
fn join(
    scene: &Scene,
    member: &mut Member,
    (node, (enabled, monitored)): (&str, (bool, bool)),
    methods: MethodsRun,
) -> Result<(), CommandError> {
    let Some(record) = scene.nodes.get(node) else { return Ok(()) };
    // Until now boots of a node outside of the Init_nodes ran nothing for the resource.
    let settled = effective::settled(member.now.nodes.get(node), record, None);
    member.now.nodes.insert(node.to_owned(), ResourceNodeRecord { enabled, monitored, ..settled });
    if methods == MethodsRun::AsSteps {
        return Ok(());
    }
    let becomes_init_node = member.loaded.resource_type.init_nodes.value == InitNodes::RgPrimaries;
    if scene.group.managed && record.status == NodeStatus::Up && becomes_init_node {
        let loaded = Rc::clone(&member.loaded);
        event::init_on_top(member.entry(node)?, &loaded.resource_type);
    }
    Ok(())
}
