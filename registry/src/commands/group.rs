//! Resource groups: create, delete, manage, unmanage, online, offline; see also [`set`] and [`move_to`]. They record what the administrator
//! says, as the event table has it, and never run a method.

use std::collections::BTreeMap;
use std::rc::Rc;

use rtreg_model::{Driver, NodeStatus, name, suggest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use super::group_move::move_to;
pub use super::group_set::{SetRequest, set};

use super::changes::{self, ChangeReport};
use super::driver::{self, check_runs_no_method};
use super::event;
use super::resource::not_disabled;
use super::scene::{Member, Scene, find_group, find_node, is_init_node, lines};
use super::switch::{InTheWay, node_down, node_unknown};
use crate::effective;
use crate::error::{CommandError, Refusal};
use crate::history::Object;
use crate::keys;
use crate::records::GroupRecord;
use crate::store::KeyRange;
use crate::transaction::Transaction;
use crate::view::View;

/// Most resources of a group. What a command about a group changes of each is its record, an entry of the history and an
/// index or two; all of it must fit one commit ([`crate::store::CHANGES_MAX`]).
pub const RESOURCES_MAX: usize = 30;

/// A group to be created.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CreateRequest {
    /// Name.
    pub name: String,
    /// Nodelist, in order of preference.
    pub nodes: Vec<String>,
    /// `-p`, as written.
    pub properties: Vec<String>,
    /// `--driver`; none is the administrator.
    pub driver: Option<Driver>,
}

/// A command about a group as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GroupRequest {
    /// Name.
    pub name: String,
}

/// A group to be brought online or offline.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct NodesRequest {
    /// Name.
    pub name: String,
    /// `--node`; empty lets the command choose.
    pub nodes: Vec<String>,
}

/// How many resources a group has: what a command about all of them is made of.
///
/// # Errors
/// [`CommandError::Store`].
pub fn member_count(view: &View<'_>, group: &str) -> Result<usize, CommandError> {
    Ok(view.peek(&KeyRange::prefix(&keys::by_group_all(group)), usize::MAX)?.len())
}

/// Creates a group. It is unmanaged, and online nowhere.
///
/// # Errors
/// Refusals `group_name`, `group_exists`, `not_found`, those of the node list and the properties;
/// [`CommandError::Usage`] for a node list or properties that say something twice or nothing; [`CommandError::Store`].
pub fn create(tx: &mut Transaction<'_>, request: &CreateRequest) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    let report = create_as(tx, request, None)?;
    let then = match request.driver {
        Some(Driver::Rgm) => "rtreg then runs the methods of its resources",
        _ => "add `--already` if the cluster manages it already",
    };
    Ok(report.note(format!("`rtreg group manage {name}` brings it under management; {then}")))
}

/// How an existing group is.
pub(super) struct Seen {
    /// Whether it is managed.
    pub managed: bool,
    /// Where it is online.
    pub online_on: Vec<String>,
}

/// Creates a group: a new one, or one that was seen in a cluster.
pub(super) fn create_as(
    tx: &mut Transaction<'_>,
    request: &CreateRequest,
    seen: Option<&Seen>,
) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    name::check_name(name).map_err(|why| {
        Refusal::new("group_name", format!("`{}` is no name of a group: {why}", name.escape_debug()))
            .help("choose a name of ASCII letters, digits, `-` and `_` that starts with a letter")
    })?;
    let key = keys::group(name);
    if let Some(group) = tx.view.record::<GroupRecord>(&key)? {
        let nodes = group.node_list.join(",");
        return Err(Refusal::new("group_exists", format!("there is a group `{name}` already, on {nodes}"))
            .help(format!("choose another name, or change it with `rtreg group set {name} …`"))
            .into());
    }
    check_node_list(&tx.view, &request.nodes)?;
    let group = GroupRecord {
        name: name.clone(),
        node_list: request.nodes.clone(),
        maximum_primaries: maximum_primaries(&request.properties)?.unwrap_or(1),
        managed: seen.is_some_and(|seen| seen.managed),
        driver: request.driver.unwrap_or(Driver::Recorded),
        online_on: online_on(&tx.view, seen)?,
        reserved_by: None,
    };
    for node in &group.node_list {
        tx.put(keys::by_node_group(node, name), &json!({}));
    }
    tx.put(key, &group);
    driver::index(tx, None, Some(&group));
    let nothing = GroupRecord {
        node_list: Vec::new(),
        maximum_primaries: 1,
        managed: false,
        online_on: BTreeMap::new(),
        reserved_by: None,
        ..group.clone()
    };
    let changes = changes::of_group(&nothing, &group);
    let detail = json!({ "driver": group.driver, "maximum_primaries": group.maximum_primaries,
        "changes": lines(&changes) });
    let event = if seen.is_some() { "import" } else { "create" };
    tx.log(Object::new("group", name), event, detail)?;
    let managed = if group.managed { "managed" } else { "unmanaged" };
    let summary = format!("group `{name}` is created on {}; it is {managed}", group.node_list.join(", "));
    Ok(ChangeReport::new(Object::new("group", name), event, summary).with(changes))
}

/// The nodes where a group was seen online, each with its present incarnation.
fn online_on(view: &View<'_>, seen: Option<&Seen>) -> Result<BTreeMap<String, u64>, CommandError> {
    let nodes = seen.map(|seen| seen.online_on.as_slice()).unwrap_or_default();
    nodes.iter().map(|name| Ok((name.clone(), find_node(view, name)?.incarnation))).collect()
}

/// The nodes exist, and none is named twice.
pub(super) fn check_node_list(view: &View<'_>, nodes: &[String]) -> Result<(), CommandError> {
    if nodes.is_empty() {
        return Err(CommandError::usage(
            Refusal::new("node_list", "expected at least one node in the node list, found none")
                .help("add `--node N,…`, the preferred node first"),
        ));
    }
    for (index, node) in nodes.iter().enumerate() {
        if node.is_empty() {
            return Err(CommandError::usage(
                Refusal::new("node_list", format!("a name in the node list is empty: `{}`", nodes.join(",")))
                    .help("name the nodes with one comma between two: `--node n1,n2`"),
            ));
        }
        if nodes.iter().take(index).any(|other| other == node) {
            return Err(CommandError::usage(
                Refusal::new("node_list", format!("node `{node}` is named twice in the node list"))
                    .help("name each node once, the preferred one first"),
            ));
        }
        find_node(view, node)?;
    }
    Ok(())
}

/// The value of Maximum_primaries in `-p`, the only property of a group that rtreg keeps.
pub(super) fn maximum_primaries(properties: &[String]) -> Result<Option<u32>, CommandError> {
    let mut found = None;
    for text in properties {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        if !name.eq_ignore_ascii_case("Maximum_primaries") {
            let near = suggest::nearest(name, ["Maximum_primaries"]).map(|near| format!("did you mean `{near}`?"));
            return Err(Refusal::new(
                "unknown_property",
                format!("rtreg keeps only the property Maximum_primaries of a group, found `{name}`"),
            )
            .help(near.unwrap_or_else(|| "leave it out".to_owned()))
            .into());
        }
        if found.is_some() {
            return Err(CommandError::usage(
                Refusal::new("assigned_twice", "`Maximum_primaries` is given twice in one command")
                    .help("give it once"),
            ));
        }
        let number = value.parse::<u32>().ok().filter(|&number| number > 0 && number <= 65_535);
        found = Some(number.ok_or_else(|| {
            Refusal::new("bad_value", format!("Maximum_primaries: expected a number from 1 to 65535, found `{value}`"))
                .help("write, for example, `-p Maximum_primaries=1`")
        })?);
    }
    Ok(found)
}

/// Deletes a group without resources.
///
/// # Errors
/// Refusals `not_found`, `group_in_use`; [`CommandError::Store`].
pub fn delete(tx: &mut Transaction<'_>, request: &GroupRequest) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    let group = find_group(&tx.view, name)?;
    let members = tx.view.range(&KeyRange::prefix(&keys::by_group_all(name)), usize::MAX)?;
    if !members.is_empty() {
        let names: Vec<String> = members.iter().filter_map(|stored| keys::last_part(&stored.key)).collect();
        let help =
            format!("delete them first: `rtreg resource delete {}` …", names.first().map_or("R", String::as_str));
        return Err(Refusal::new("group_in_use", format!("group `{name}` cannot be deleted: it has resources"))
            .details(names)
            .help(help)
            .into());
    }
    tx.delete(keys::group(name));
    driver::index(tx, Some(&group), None);
    for node in &group.node_list {
        tx.delete(keys::by_node_group(node, name));
    }
    let nothing = GroupRecord { node_list: Vec::new(), managed: false, online_on: BTreeMap::new(), ..group.clone() };
    let changes = changes::of_group(&group, &nothing);
    tx.log(Object::new("group", name), "delete", json!({ "changes": lines(&changes) }))?;
    let mut report = ChangeReport::new(Object::new("group", name), "delete", format!("group `{name}` is deleted"));
    report.changed = true;
    Ok(report)
}

/// Brings a group under management: Init runs on the Init_nodes that are up.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn manage(tx: &mut Transaction<'_>, request: &GroupRequest) -> Result<ChangeReport, CommandError> {
    manage_with(tx, request, "is managed", |scene| {
        each_init_node(scene, |member, node| {
            let loaded = Rc::clone(&member.loaded);
            event::init(member.entry(node)?, &loaded.resource_type);
            Ok(())
        })
    })
}

/// Records that a group was managed before rtreg knew it: some version's Init has run, nobody can say which. On the
/// Init_nodes, those that are down among them, `initialised_by` is unknown where none was known, whatever methods the
/// present version has: the Init of an older one may have run.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn manage_already(tx: &mut Transaction<'_>, request: &GroupRequest) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    let report = manage_with(tx, request, "was managed before rtreg knew it", |scene| {
        each_init_node(scene, |_, _| Ok(()))?;
        let node_list = &scene.group.node_list;
        for member in &mut scene.members {
            let loaded = Rc::clone(&member.loaded);
            let init_nodes = scene.nodes.keys().filter(|node| is_init_node(node_list, &loaded, node));
            for node in init_nodes {
                event::init_by_some(member.entry(node)?);
            }
        }
        Ok(())
    })?;
    let unknown = report.changes.iter().any(|change| change.what == "initialised_by");
    Ok(match (report.changed, unknown) {
        (true, true) => report.note(
            "which version initialised the resources is not known; state it with `rtreg resource state R --node N STATE \
             --initialised-by VERSION`",
        ),
        (true, false) => report,
        (false, _) => report.note(format!(
            "what is recorded as initialised in group `{name}` stays; to state it otherwise: `rtreg resource state R \
             --node N STATE --initialised-by VERSION`, or `unknown`"
        )),
    })
}

fn manage_with(
    tx: &mut Transaction<'_>,
    request: &GroupRequest,
    is_managed: &str,
    init: impl FnOnce(&mut Scene) -> Result<(), CommandError>,
) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    let mut scene = Scene::of_group(&tx.view, name)?;
    check_has_methods(&scene, "group manage")?;
    if scene.group.managed {
        let summary = format!("group `{name}` is managed already; nothing changed");
        return Ok(ChangeReport::new(Object::new("group", name), "manage", summary));
    }
    scene.read_init_nodes(&tx.view)?;
    init(&mut scene)?;
    scene.group.managed = true;
    let changes = scene.save(tx, "manage", true)?;
    Ok(ChangeReport::new(Object::new("group", name), "manage", format!("group `{name}` {is_managed}")).with(changes))
}

/// Takes a group out of management: Fini runs on the Init_nodes that are up. Nodes that are down keep what was
/// initialised there.
///
/// # Errors
/// Refusals `not_found`, `not_offline_and_disabled`; [`CommandError::Store`].
pub fn unmanage(tx: &mut Transaction<'_>, request: &GroupRequest) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    let mut scene = Scene::of_group(&tx.view, name)?;
    check_has_methods(&scene, "group unmanage")?;
    if !scene.group.managed {
        let summary = format!("group `{name}` is unmanaged already; nothing changed");
        return Ok(ChangeReport::new(Object::new("group", name), "unmanage", summary));
    }
    check_offline_and_disabled(&scene)?;
    scene.read_init_nodes(&tx.view)?;
    each_init_node(&mut scene, |member, node| {
        event::fini(member.entry(node)?);
        Ok(())
    })?;
    scene.group.managed = false;
    let changes = scene.save(tx, "unmanage", true)?;
    Ok(ChangeReport::new(Object::new("group", name), "unmanage", format!("group `{name}` is unmanaged")).with(changes))
}

/// A group without resources runs nothing.
pub(super) fn check_has_methods(scene: &Scene, command: &str) -> Result<(), Refusal> {
    if scene.members.is_empty() { Ok(()) } else { check_runs_no_method(&scene.group, command) }
}

fn each_init_node(
    scene: &mut Scene,
    mut each: impl FnMut(&mut Member, &str) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let mut members = std::mem::take(&mut scene.members);
    for member in &mut members {
        let loaded = Rc::clone(&member.loaded);
        for node in scene.nodes.values() {
            if is_init_node(&scene.group.node_list, &loaded, &node.name) {
                // Boots until now ran nothing for the resource on a node where nothing is recorded.
                let never = || effective::settled(None, node, None);
                member.now.nodes.entry(node.name.clone()).or_insert_with(never);
            }
        }
        for node in scene.up_init_nodes(&loaded) {
            each(member, &node)?;
        }
    }
    scene.members = members;
    Ok(())
}

pub(super) fn check_offline_and_disabled(scene: &Scene) -> Result<(), Refusal> {
    let name = &scene.group.name;
    let mut in_the_way = Vec::new();
    let mut commands = Vec::new();
    for member in &scene.members {
        let here = not_disabled(&scene.views(member));
        if !here.is_empty() {
            commands.push(format!("`rtreg resource disable {}`", member.now.name));
            in_the_way.extend(here.into_iter().map(|line| format!("resource {} {line}", member.now.name)));
        }
    }
    let online = scene.online_nodes();
    if !online.is_empty() {
        commands.push(format!("`rtreg group offline {name}`"));
        in_the_way.push(format!("group {name} is online on {}", online.join(", ")));
    }
    if in_the_way.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(
        "not_offline_and_disabled",
        format!("group `{name}` is unmanaged only when it is offline and all its resources are offline and disabled"),
    )
    .details(in_the_way)
    .help(format!("first {}", commands.join(", "))))
}

/// Brings a group online: without nodes on the first Maximum_primaries up nodes of the node list, those counted where it is
/// online already. Its enabled resources that are offline there come online.
///
/// # Errors
/// Refusals `not_found`, `not_in_node_list`, `node_down`, `node_unknown`, `group_unmanaged`, `no_node_up`,
/// `too_many_primaries`, `state_in_the_way`; [`CommandError::Store`].
pub fn online(tx: &mut Transaction<'_>, request: &NodesRequest) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    let mut scene = Scene::of_group(&tx.view, name)?;
    check_has_methods(&scene, "group online")?;
    let targets = bring_online(&mut scene, &request.nodes)?;
    let changes = scene.save(tx, "online", false)?;
    let on = targets.join(", ");
    let summary = match changes.is_empty() {
        true => format!("group `{name}` is online on {on} already; nothing changed"),
        false => format!("group `{name}` is online on {on}"),
    };
    let report = ChangeReport::new(Object::new("group", name), "online", summary).with(changes);
    Ok(note_disabled(report, &scene, &targets))
}

/// Notes what does not come online with its group.
pub(super) fn note_disabled(report: ChangeReport, scene: &Scene, targets: &[String]) -> ChangeReport {
    let disabled: Vec<&str> = scene
        .members
        .iter()
        .filter(|member| targets.iter().any(|node| member.now.nodes.get(node).is_some_and(|entry| !entry.enabled)))
        .map(|member| member.now.name.as_str())
        .collect();
    match disabled.as_slice() {
        [] => report,
        names => report.note(format!("these resources are disabled and stay as they are: {}", names.join(", "))),
    }
}

/// The group is online on the named nodes, or on those that the command chooses: checks all, and writes nothing. Returns
/// the nodes.
pub(super) fn bring_online(scene: &mut Scene, named: &[String]) -> Result<Vec<String>, CommandError> {
    check_managed(scene)?;
    let targets = online_targets(scene, named)?;
    let mut in_the_way = InTheWay::default();
    let mut members = std::mem::take(&mut scene.members);
    for node in &targets {
        let incarnation = scene.listed_node(node)?.incarnation;
        scene.group.online_on.insert(node.clone(), incarnation);
        for member in &mut members {
            let (resource, loaded) = (member.now.name.clone(), Rc::clone(&member.loaded));
            let entry = member.entry(node)?;
            if entry.enabled && in_the_way.may_start(entry, &resource, node) {
                event::online(entry, &loaded.resource_type);
            }
        }
    }
    scene.members = members;
    in_the_way.check(&format!("group `{}`", scene.group.name), "online")?;
    Ok(targets)
}

pub(super) fn check_managed(scene: &Scene) -> Result<(), Refusal> {
    let name = &scene.group.name;
    if scene.group.managed {
        return Ok(());
    }
    Err(Refusal::new("group_unmanaged", format!("group `{name}` is unmanaged, so it cannot be online"))
        .help(format!("`rtreg group manage {name}` first")))
}

fn online_targets(scene: &Scene, named: &[String]) -> Result<Vec<String>, Refusal> {
    let group = &scene.group;
    let online = scene.online_nodes();
    let maximum = usize::try_from(group.maximum_primaries).unwrap_or(usize::MAX);
    if named.is_empty() {
        let up = |name: &&String| scene.nodes.get(*name).is_some_and(|node| node.status == NodeStatus::Up);
        if let Some(name) = online.iter().find(|name| !up(name)) {
            return Err(node_unknown(name));
        }
        let free = group.node_list.iter().filter(up).filter(|name| !online.contains(name));
        let more = free.take(maximum.saturating_sub(online.len())).cloned();
        let targets: Vec<String> = online.iter().cloned().chain(more).collect();
        if targets.is_empty() {
            let statuses = scene.nodes.values().map(|node| format!("{}: {}", node.name, node.status));
            return Err(Refusal::new(
                "no_node_up",
                format!("no node of the node list of group `{}` is up", group.name),
            )
            .details(statuses)
            .help("`rtreg node up N` when a node is back"));
        }
        return Ok(targets);
    }
    let targets = scene.chosen(named)?;
    for name in &targets {
        match scene.listed_node(name)?.status {
            NodeStatus::Up => {}
            NodeStatus::Down => return Err(node_down(name, &group.name)),
            NodeStatus::Unknown => return Err(node_unknown(name)),
        }
    }
    let others: Vec<&str> = online.iter().filter(|name| !targets.contains(name)).map(String::as_str).collect();
    if targets.len() + others.len() > maximum {
        let also = if others.is_empty() { String::new() } else { format!(", beside {}", others.join(", ")) };
        let refusal = Refusal::new(
            "too_many_primaries",
            format!(
                "group `{}` has Maximum_primaries={maximum}, so it cannot be online on {}{also}",
                group.name,
                targets.join(", ")
            ),
        );
        return Err(match others.first() {
            Some(other) => refusal.help(format!("first `rtreg group offline {} --node {other}`", group.name)),
            None => refusal.help("name fewer nodes"),
        });
    }
    Ok(targets)
}

/// Takes a group offline, without nodes everywhere: all its resources there are offline.
///
/// # Errors
/// Refusals `not_found`, `not_in_node_list`, `node_unknown`, `state_in_the_way`; [`CommandError::Store`].
pub fn offline(tx: &mut Transaction<'_>, request: &NodesRequest) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    let mut scene = Scene::of_group(&tx.view, name)?;
    check_has_methods(&scene, "group offline")?;
    let targets = take_offline(&mut scene, &request.nodes)?;
    let changes = scene.save(tx, "offline", false)?;
    let on = targets.join(", ");
    let summary = match changes.is_empty() {
        true => format!("group `{name}` is offline on {on} already; nothing changed"),
        false => format!("group `{name}` is offline on {on}"),
    };
    Ok(ChangeReport::new(Object::new("group", name), "offline", summary).with(changes))
}

/// The group is offline on the named nodes, or on all: checks all, and writes nothing. Returns the nodes.
pub(super) fn take_offline(scene: &mut Scene, named: &[String]) -> Result<Vec<String>, CommandError> {
    let targets = scene.chosen(named)?;
    let mut in_the_way = InTheWay::default();
    let mut members = std::mem::take(&mut scene.members);
    for node in &targets {
        if scene.listed_node(node)?.status == NodeStatus::Unknown {
            return Err(node_unknown(node).into());
        }
        scene.group.online_on.remove(node);
        for member in &mut members {
            let resource = member.now.name.clone();
            let entry = member.entry(node)?;
            if in_the_way.may_stop(entry, &resource, node) {
                event::offline(entry);
            }
        }
    }
    scene.members = members;
    in_the_way.check(&format!("group `{}`", scene.group.name), "offline")?;
    Ok(targets)
}
