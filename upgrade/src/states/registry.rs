//! Commands that change the registry and run methods around that: a resource is created, changed or deleted, a node list
//! changes, a node boots. What is no method is the registry's own command, as one step.

use std::collections::BTreeMap;

use rtreg_control::rgm::Event;
use rtreg_model::{InitNodes, Method, NodeStatus, ResourceState};
use rtreg_registry::commands::driven::{self, Command, GroupSetting};
use rtreg_registry::commands::node::NodeRequest;
use rtreg_registry::commands::resource::{CreateRequest, DeleteRequest, SetRequest};
use rtreg_registry::commands::{group, planning};
use rtreg_registry::records::ResourceRecord;
use rtreg_registry::{CommandError, effective};

use super::build::{Builder, Reason, Wait};
use super::chain::{Actor, Monitor};
use crate::plan::{Becomes, NoticeKind, OnNode, Phase, SwitchChange};

/// Validate -c on the up Init_nodes; the resource; Init where the group is managed, and the start methods where it is online.
pub(super) fn create(builder: &mut Builder<'_, '_, '_>, request: &CreateRequest) -> Result<(), CommandError> {
    let (name, group) = (&request.name, &request.group);
    let (record, _) = driven::created(builder.reader.view, request)?;
    builder.check_driven(group, &format!("resource create {name}"))?;
    let resource = builder.reader.settle(record)?;
    let actor = Actor::of(builder, name, resource.clone())?;
    let of_group = builder.reader.group(group)?;
    let properties =
        [("Nodelist", of_group.node_list.join(",")), ("Maximum_primaries", of_group.maximum_primaries.to_string())];
    let up = actor.up_init_nodes(builder)?;
    let sentence = format!("Validate sees the properties of `{name}` before it exists.");
    let validate = Reason::new(Phase::Validate, Event::ResourceCreate, sentence);
    let mut wait = Wait::default();
    for node in &up {
        if let Some(operation) = actor.callee().validate_creation(node, &properties) {
            wait.and(&Wait::on(builder.push(operation, &validate, &Wait::default())));
        }
    }
    builder.uses(&actor.of);
    let reason = Reason::new(Phase::Set, Event::ResourceCreate, format!("`{name}` is created in group `{group}`."));
    let becomes = Becomes::Created { resource: name.clone(), state: resource };
    let wait = Wait::on(builder.registry(Command::CreateResource(request.clone()), becomes, (&reason, &wait)));
    let mut inits: BTreeMap<String, Wait> = BTreeMap::new();
    if of_group.managed {
        let sentence = format!("Group `{group}` is managed: `{name}` is initialised.");
        let init = Reason::new(Phase::Up, Event::ResourceCreateInManagedGroup, sentence);
        for node in &up {
            let id = builder.chain(&actor, node, (&[Method::Init], Monitor::AsRecorded), (&init, &wait))?;
            inits.extend(id.map(|id| (node.clone(), Wait::on(id))));
        }
    }
    starts(builder, &actor, (&inits, &wait))
}

/// Where the group is online a new resource comes online, unless it is disabled.
fn starts(
    builder: &mut Builder<'_, '_, '_>,
    actor: &Actor,
    (inits, created): (&BTreeMap<String, Wait>, &Wait),
) -> Result<(), CommandError> {
    let (name, group) = (&actor.name, &actor.resource.group);
    let online_on = builder.reader.state.groups.get(group).map(|group| group.online_on.clone()).unwrap_or_default();
    let reason = Reason::new(Phase::Up, Event::BringOnline, format!("`{name}` is enabled, and its group is online."));
    for node in online_on.iter().filter(|node| actor.on(node).is_some_and(|entry| entry.enabled)) {
        let wait = inits.get(node).unwrap_or(created);
        let alone = actor.starts_alone(node);
        if !alone.is_empty() {
            let at = (SwitchChange::Online, std::slice::from_ref(node));
            builder.switch(name, at, alone, (&reason, wait));
        }
        builder.bring_up(actor, node, (&reason, wait))?;
    }
    Ok(())
}

/// Fini on the up Init_nodes where the group is managed; then the resource is gone.
pub(super) fn delete(builder: &mut Builder<'_, '_, '_>, request: &DeleteRequest) -> Result<(), CommandError> {
    let name = &request.name;
    let actor = Actor::read(builder, name)?;
    builder.check_driven(&actor.resource.group, &format!("resource delete {name}"))?;
    driven::check_delete(builder.reader.view, request)?;
    let reason = Reason::new(
        Phase::Down,
        Event::ResourceDeleteInManagedGroup,
        format!("`{name}` is deleted, and cleans up before."),
    );
    let mut wait = Wait::default();
    if builder.reader.group(&actor.resource.group)?.managed {
        for node in actor.up_init_nodes(builder)? {
            let wanted = (&[Method::Fini][..], Monitor::AsRecorded);
            let id = builder.chain(&actor, &node, wanted, (&reason, &Wait::default()))?;
            id.into_iter().for_each(|id| wait.and(&Wait::on(id)));
        }
    }
    let becomes = Becomes::Deleted { resource: name.clone() };
    let gone = Reason { phase: Phase::Set, ..reason };
    builder.registry(Command::DeleteResource(request.clone()), becomes, (&gone, &wait));
    Ok(())
}

/// Validate -u on the up Init_nodes; all properties in one commit; Update where it is online.
pub(super) fn set(builder: &mut Builder<'_, '_, '_>, request: &SetRequest) -> Result<(), CommandError> {
    let name = &request.name;
    let before = Actor::read(builder, name)?;
    builder.check_driven(&before.resource.group, &format!("resource set {name}"))?;
    let values = driven::values_set(builder.reader.view, request)?;
    if values == before.resource.values {
        builder.notice(NoticeKind::NothingToDo, format!("resource `{name}` has these values already; nothing changed"));
        return Ok(());
    }
    let mut resource = before.resource.clone();
    resource.values.clone_from(&values);
    let actor = Actor::of(builder, name, resource)?;
    let sentence = format!("Validate sees the properties of `{name}` before anything changes.");
    let validate = Reason::new(Phase::Validate, Event::PropertyUpdate, sentence);
    let mut wait = Wait::default();
    for node in actor.up_init_nodes(builder)? {
        if let Some(operation) = actor.callee().validate_set(&node, &before.resource.values) {
            wait.and(&Wait::on(builder.push(operation, &validate, &Wait::default())));
        }
    }
    builder.uses(&actor.of);
    let reason = Reason::new(Phase::Set, Event::PropertyUpdate, format!("The properties of `{name}` change together."));
    let becomes = Becomes::Values { resource: name.clone(), values };
    let wait = Wait::on(builder.registry(Command::SetResource(request.clone()), becomes, (&reason, &wait)));
    let sentence = format!("`{name}` stays online and is told that its properties have changed.");
    let update = Reason::new(Phase::Up, Event::PropertyUpdate, sentence);
    let online = actor.resource.nodes.iter().filter(|(_, entry)| entry.state == ResourceState::Online);
    for node in online.map(|(node, _)| node).filter(|node| builder.is_up(node)).cloned().collect::<Vec<_>>() {
        builder.chain(&actor, &node, (&[Method::Update], Monitor::AsRecorded), (&update, &wait))?;
    }
    Ok(())
}

/// Fini on up nodes that leave; the group; Init on up nodes that join.
pub(super) fn set_group(builder: &mut Builder<'_, '_, '_>, request: &group::SetRequest) -> Result<(), CommandError> {
    let name = &request.name;
    builder.check_driven(name, &format!("group set {name}"))?;
    let setting = driven::group_setting(builder.reader.view, request)?;
    if !setting.changes {
        builder.notice(NoticeKind::NothingToDo, format!("group `{name}` is so already; nothing changed"));
        return Ok(());
    }
    let mut change = Changing::default();
    for record in &setting.resources {
        change.resource(builder, &setting, record)?;
    }
    let leave =
        Reason::new(Phase::Down, Event::NodelistShrinks, format!("Nodes leave the node list of group `{name}`."));
    let mut wait = Wait::default();
    for (actor, node) in change.finis() {
        let wanted = (&[Method::Fini][..], Monitor::AsRecorded);
        let id = builder.chain(actor, node, wanted, (&leave, &Wait::default()))?;
        id.into_iter().for_each(|id| wait.and(&Wait::on(id)));
    }
    let reason = Reason::new(Phase::Set, Event::NodelistGrows, format!("Group `{name}` changes."));
    let becomes = change.becomes(builder, &setting)?;
    let wait = Wait::on(builder.registry(Command::SetGroup(request.clone()), becomes, (&reason, &wait)));
    let join = Reason::new(Phase::Up, Event::NodelistGrows, format!("Nodes join the node list of group `{name}`."));
    for (actor, node) in change.inits() {
        builder.chain(actor, node, (&[Method::Init], Monitor::AsRecorded), (&join, &wait))?;
    }
    Ok(())
}

/// What a change of a node list does to the resources.
#[derive(Default)]
struct Changing {
    /// Each resource as it is before and behind, with the nodes where Fini runs and those where Init does.
    resources: Vec<(Actor, Actor, [Vec<String>; 2])>,
}

impl Changing {
    fn resource(
        &mut self,
        builder: &mut Builder<'_, '_, '_>,
        setting: &GroupSetting,
        record: &ResourceRecord,
    ) -> Result<(), CommandError> {
        let before = Actor::read(builder, &record.name)?;
        let mut resource = before.resource.clone();
        resource.values.clone_from(&record.values);
        let mut added_up = Vec::new();
        for node in &setting.added {
            let found = planning::listed_node(builder.reader.view, node, "the command")?;
            if found.status == NodeStatus::Up {
                added_up.push(node.clone());
            }
            let boot = planning::boot_of(&setting.group, &before.of.loaded, node);
            let view = effective::node_view(record.nodes.get(node), &found, boot);
            resource.nodes.insert(node.clone(), OnNode::of_view(&view));
        }
        let primaries = before.of.loaded.resource_type.init_nodes.value == InitNodes::RgPrimaries;
        let runs = primaries && setting.group.managed;
        let mut removed_up = setting.removed.clone();
        removed_up.retain(|node| builder.is_up(node));
        let nodes = if runs { [removed_up, added_up] } else { [Vec::new(), Vec::new()] };
        let behind = Actor { name: record.name.clone(), resource, of: before.of.clone() };
        self.resources.push((before, behind, nodes));
        Ok(())
    }

    fn finis(&self) -> impl Iterator<Item = (&Actor, &String)> {
        self.resources.iter().flat_map(|(before, _, [removed, _])| removed.iter().map(move |node| (before, node)))
    }

    fn inits(&self) -> impl Iterator<Item = (&Actor, &String)> {
        self.resources.iter().flat_map(|(_, behind, [_, added])| added.iter().map(move |node| (behind, node)))
    }

    fn becomes(&self, builder: &Builder<'_, '_, '_>, setting: &GroupSetting) -> Result<Becomes, CommandError> {
        let mut joins = BTreeMap::new();
        for node in &setting.added {
            joins.insert(node.clone(), planning::listed_node(builder.reader.view, node, "the command")?.status);
        }
        let (mut resources, mut values) = (BTreeMap::new(), BTreeMap::new());
        let (mut leaves, mut ends) = (BTreeMap::new(), BTreeMap::new());
        for (before, behind, [removed_up, _]) in &self.resources {
            let name = &before.name;
            let new = setting.added.iter().filter_map(|node| Some((node.clone(), behind.on(node)?.clone())));
            resources.insert(name.clone(), new.collect::<BTreeMap<_, _>>());
            values.insert(name.clone(), behind.resource.values.clone());
            if before.of.loaded.resource_type.init_nodes.value == InitNodes::RgPrimaries {
                leaves.insert(name.clone(), setting.removed.clone());
            }
            if !before.of.has(Method::Fini) {
                ends.insert(name.clone(), removed_up.clone());
            }
        }
        let GroupSetting { group, .. } = setting;
        Ok(Becomes::Group {
            group: group.name.clone(),
            node_list: group.node_list.clone(),
            maximum_primaries: group.maximum_primaries,
            joins,
            resources,
            values,
            leaves,
            ends,
        })
    }
}

/// The node is there, then Boot.
pub(super) fn add_node(builder: &mut Builder<'_, '_, '_>, request: &NodeRequest) -> Result<(), CommandError> {
    boot(builder, Command::AddNode(request.clone()), &request.name, true)
}

/// The node is a member again, then Boot, if it was down.
pub(super) fn node_up(builder: &mut Builder<'_, '_, '_>, request: &NodeRequest) -> Result<(), CommandError> {
    let name = &request.name;
    match driven::node_comes_up(builder.reader.view, request)? {
        Some((_, boots)) => boot(builder, Command::NodeUp(request.clone()), name, boots),
        None => {
            builder.notice(NoticeKind::NothingToDo, format!("node `{name}` is up already; nothing changed"));
            Ok(())
        }
    }
}

fn boot(builder: &mut Builder<'_, '_, '_>, command: Command, node: &str, boots: bool) -> Result<(), CommandError> {
    let records = if boots { driven::boots(builder.reader.view, node)? } else { Vec::new() };
    let (mut actors, mut resources) = (Vec::new(), BTreeMap::new());
    for record in records {
        let mut actor = Actor::read(builder, &record.name)?;
        let entry = actor.resource.nodes.entry(node.to_owned()).or_insert_with(OnNode::untouched);
        resources.insert(record.name, entry.clone().booted(actor.of.version()));
        actors.push(actor);
    }
    let reason = Reason::new(Phase::Up, Event::NodeUp, format!("Node {node} has booted."));
    let becomes = Becomes::NodeUp { node: node.to_owned(), resources };
    let wait = Wait::on(builder.registry(command, becomes, (&reason, &Wait::default())));
    for actor in &actors {
        builder.chain(actor, node, (&[Method::Boot], Monitor::AsRecorded), (&reason, &wait))?;
    }
    Ok(())
}
