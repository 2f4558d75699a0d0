//! A resource's version of its type: what the gate reads of the cluster, and the change of Type_version that it allowed.
//! Whether a change is allowed is decided elsewhere.

use std::collections::BTreeMap;

use rtreg_model::Origin;
use serde_json::{Value, json};

use super::changes::ChangeReport;
use super::imported::ImportReport;
use super::properties::Table;
use super::scene::{Scene, find_resource, is_init_node, load_type_of, read_installed};
use super::{dependencies, resource, type_index};
use crate::effective;
use crate::error::CommandError;
use crate::gate::{GroupView, Member, ResourceView, State, Version};
use crate::history::Object;
use crate::keys;
use crate::migration::{self, StoredValue};
use crate::records::{GroupRecord, NodeRecord, ResourceRecord};
use crate::store::KeyRange;
use crate::transaction::Transaction;
use crate::types::LoadedType;
use crate::view::View;

/// What the gate reads of the cluster for a resource.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GateState {
    /// The resource.
    pub resource: ResourceRecord,
    /// Its group.
    pub group: GroupRecord,
    /// The version of the type that it has.
    pub present: LoadedType,
    /// The gate's own view of it all.
    pub state: State,
    /// What of the resource still rests on an import.
    pub imported: Option<ImportReport>,
}

/// Reads what the gate needs for a resource. All that can make the answer another one becomes a condition; what only
/// words depend on (other resources of the group, dependents) does not.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn gate_state(view: &View<'_>, name: &str) -> Result<GateState, CommandError> {
    let mut scene = Scene::of_resource(view, name)?;
    scene.read_init_nodes(view)?;
    scene.read_traces(view)?;
    let member = scene.resource_ref()?;
    let mut nodes = scene.views(member);
    let further = scene.nodes.values().filter(|node| !scene.group.node_list.contains(&node.name));
    nodes.extend(further.map(|node| scene.view_on(member, node)).filter(|view| view.initialised_by != Origin::None));
    let state = State {
        resource: ResourceView {
            created_under_3_0: member.stored.created_under_3_0,
            type_version_stated: member.stored.type_version_stated,
            values: member.stored.values.clone(),
        },
        group: GroupView {
            name: scene.group.name.clone(),
            managed: scene.group.managed,
            driver: scene.group.driver,
            node_list: scene.group.node_list.clone(),
            maximum_primaries: scene.group.maximum_primaries,
            online_on: scene.online_nodes(),
            members: members(view, &scene)?,
        },
        nodes,
        dependents: dependencies::all_dependents(view, name)?,
    };
    Ok(GateState {
        resource: member.stored.clone(),
        group: scene.group.clone(),
        present: (*member.loaded).clone(),
        imported: ImportReport::of(&member.settled),
        state,
    })
}

/// The resources of the group and what depends on them, as the gate wants them: for its words only.
fn members(view: &View<'_>, scene: &Scene) -> Result<Vec<Member>, CommandError> {
    let stored = view.peek(&KeyRange::prefix(&keys::by_group_all(&scene.group.name)), usize::MAX)?;
    let names: Vec<String> = stored.iter().filter_map(|stored| keys::last_part(&stored.key)).collect();
    let mut nodes = scene.nodes.clone();
    let mut groups = BTreeMap::from([(scene.group.name.clone(), scene.group.node_list.clone())]);
    let mut members = Vec::new();
    for name in dependencies::with_dependents(view, &names)? {
        let Some(record) = view.peek_record::<ResourceRecord>(&keys::resource(&name))? else { continue };
        if !groups.contains_key(&record.group) {
            let group = view.peek_record::<GroupRecord>(&keys::group(&record.group))?;
            groups.insert(record.group.clone(), group.map(|group| group.node_list).unwrap_or_default());
        }
        let mut views = Vec::new();
        for name in groups.get(&record.group).into_iter().flatten() {
            if !nodes.contains_key(name)
                && let Some(node) = view.peek_record::<NodeRecord>(&keys::node(name))?
            {
                nodes.insert(name.clone(), node);
            }
            // Neither switches nor states depend on what boots run.
            views.extend(nodes.get(name).map(|node| effective::node_view(record.nodes.get(name), node, None)));
        }
        members.push(Member { name, group: record.group, nodes: views });
    }
    Ok(members)
}

/// What the gate reads of a version for a resource; where it has Single_instance, that no other resource has any version
/// of the type becomes a condition.
///
/// # Errors
/// [`CommandError::Store`].
pub fn gate_version<'t>(view: &View<'_>, loaded: &'t LoadedType, resource: &str) -> Result<Version<'t>, CommandError> {
    let mut other_resources = Vec::new();
    if loaded.resource_type.single_instance.value {
        other_resources = type_index::users(view, &keys::by_type_base(loaded.record.name.base()))?;
        other_resources.retain(|other| other != resource);
    }
    Ok(Version {
        resource_type: &loaded.resource_type,
        name: loaded.record.name.to_string(),
        installed_nodes: loaded.record.installed_nodes.clone(),
        other_resources,
    })
}

/// A change of Type_version that is allowed.
#[derive(Debug, Clone)]
pub struct SetTypeVersion<'a> {
    /// Name of the resource.
    pub resource: &'a str,
    /// The version that it gets.
    pub target: &'a LoadedType,
    /// Its values afterwards, all of them.
    pub values: BTreeMap<String, StoredValue>,
    /// What the history says beside from, to and changes: an object, such as `{"because": …}`.
    pub detail: Value,
}

/// Gives a resource another version of its type, with all its values, in one commit. Origins stay: only real starts, stops
/// and initialisations move them.
///
/// # Errors
/// A refusal `not_found`, or of dependencies; [`CommandError::Store`].
pub fn set_type_version(tx: &mut Transaction<'_>, change: SetTypeVersion<'_>) -> Result<ChangeReport, CommandError> {
    change_version(tx, "upgrade", change)
}

/// An upgrade that was done outside of rtreg: values that the version does not declare are dropped, values that do not fit
/// stay and are reported, and so is every rule of the registry that is now broken.
pub(super) fn set_outside(
    tx: &mut Transaction<'_>,
    name: &str,
    target: &LoadedType,
) -> Result<ChangeReport, CommandError> {
    let record = find_resource(&tx.view, name)?;
    let group: GroupRecord = super::scene::find_group(&tx.view, &record.group)?;
    let table = Table::new(&target.resource_type, &group.node_list);
    let mut values = record.values.clone();
    values.retain(|name, _| table.decl(name).is_some());
    // The new file's spelling is the one that counts.
    values = values
        .into_iter()
        .map(|(name, value)| (table.decl(&name).map_or(name, |decl| decl.name.value.clone()), value))
        .collect();
    if record.created_under_3_0 {
        let present = load_type_of(&tx.view, &record)?;
        values.extend(migration::pinned_defaults(&present.resource_type, &target.resource_type, &values));
    }
    let mut notes: Vec<String> =
        table.misfits(&values).into_iter().map(|why| format!("this value stays but does not fit: {why}")).collect();
    notes.extend(table.missing(&values).into_iter().map(|decl| {
        format!("property `{0}` needs a value now: `rtreg resource set {name} -p {0}=…`", decl.name.value)
    }));
    notes.extend(resource::single_instance(&tx.view, target, Some(name))?.map(|refusal| refusal.message));
    notes.extend(resource::check_fits_group(&group, target, name).err().map(|refusal| refusal.message));
    let change = SetTypeVersion { resource: name, target, values, detail: json!({ "outside": true }) };
    let mut report = change_version(tx, "type_version", change)?;
    report.notes.extend(notes);
    Ok(report)
}

fn change_version(
    tx: &mut Transaction<'_>,
    event: &str,
    change: SetTypeVersion<'_>,
) -> Result<ChangeReport, CommandError> {
    let name = change.resource;
    let target = change.target;
    let mut scene = Scene::of_resource(&tx.view, name)?;
    // What boots have done until now they have done for the version that the resource had.
    scene.read_init_nodes(&tx.view)?;
    let mut init_nodes = BTreeMap::new();
    read_installed(&tx.view, target, &mut init_nodes)?;
    let node_list = scene.group.node_list.clone();
    let member = scene.resource()?;
    let from = member.stored.type_version.clone();
    let to = target.record.version.clone();
    let before = dependencies::of_values(&member.loaded.resource_type, &member.now.values)?;
    let after = dependencies::of_values(&target.resource_type, &change.values)?;
    dependencies::check(&tx.view, name, &before, &after)?;
    member.now.type_version = to.clone();
    member.now.type_version_stated |= event != "upgrade";
    member.now.values = change.values;
    for node in init_nodes.values().filter(|node| is_init_node(&node_list, target, &node.name)) {
        // A node that is an Init_node only now: boots before this moment ran nothing for the resource.
        member.now.nodes.entry(node.name.clone()).or_insert_with(|| effective::settled(None, node, None));
    }
    let mut detail = change.detail;
    if let Some(detail) = detail.as_object_mut() {
        detail.insert("from".to_owned(), json!(from));
        detail.insert("to".to_owned(), json!(to));
    }
    let base = member.now.base.clone();
    let changes = scene.resource_ref()?.save_with(tx, event, true, detail)?;
    dependencies::index(tx, name, &before, &after);
    let object = Object::new("resource", name);
    let summary = match event {
        "upgrade" => format!("resource `{name}` is upgraded from version {from} to {to} of `{base}`"),
        _ => format!("resource `{name}` is recorded as having version {to} of `{base}`, no longer {from}"),
    };
    Ok(ChangeReport::new(object, event, summary).with(changes))
}
