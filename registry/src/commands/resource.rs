//! Resources: create, set, delete. None of these commands runs a method: they record what the administrator says.

use std::collections::BTreeMap;
use std::rc::Rc;

use rtreg_model::{Method, MonitorState, NodeStatus, Origin, PropertyTunable, ResourceState, ResourceType, name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::changes::ChangeReport;
use super::driver::{self, MethodsRun, check_runs_no_method};
use super::group::RESOURCES_MAX;
use super::properties::{self, Table, all_at_once, not_tunable, parse_assignments};
use super::scene::{Member, Scene, find_group, is_init_node, lines, read_installed};
use super::{changes, dependencies, event, told, type_index};
use crate::effective;
use crate::error::{CommandError, Refusal};
use crate::gate::{Assignment, NodeView};
use crate::history::Object;
use crate::import::ShownOn;
use crate::keys;
use crate::migration::StoredValue;
use crate::records::{GroupRecord, ImportOrigins, ImportRecord, Imported, ResourceNodeRecord, ResourceRecord};
use crate::store::KeyRange;
use crate::transaction::Transaction;
use crate::types::{LoadedType, load_type, resolve_type};
use crate::view::View;

/// A resource to be created.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct CreateRequest {
    /// Name.
    pub name: String,
    /// Its group.
    pub group: String,
    /// Its type, as the user writes it.
    pub resource_type: String,
    /// `-p`, as written.
    pub properties: Vec<String>,
    /// `--created-under 3.0`.
    pub created_under_3_0: bool,
    /// `--disabled`: both switches off.
    pub disabled: bool,
}

/// Properties to be set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct SetRequest {
    /// Name of the resource.
    pub name: String,
    /// `-p`, as written.
    pub properties: Vec<String>,
    /// `--default NAME`: properties that are to follow the default of the type again.
    pub defaults: Vec<String>,
}

/// A resource to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeleteRequest {
    /// Name.
    pub name: String,
}

/// Creates a resource. It is enabled and monitored unless `disabled` says otherwise; where its group is online it comes
/// online, and where its group is managed it is initialised on the Init_nodes that are up.
///
/// # Errors
/// Refusals: `resource_name`, `resource_exists`, `not_found`, `group_full`, those of [`resolve_type`], of the rules of the registry
/// (`not_installed`, `failover`, `single_instance`) and of the properties; [`CommandError::Store`].
pub fn create(tx: &mut Transaction<'_>, request: &CreateRequest) -> Result<ChangeReport, CommandError> {
    create_as(tx, request, None, MethodsRun::ByThemselves)
}

/// An existing resource, as it was seen in a cluster.
pub(super) struct Seen {
    /// Its values that are not the default.
    pub values: Vec<Assignment>,
    /// How it is on the nodes of the node list.
    pub nodes: Vec<ShownOn>,
    /// Where that comes from.
    pub import: ImportRecord,
}

/// Creates a resource: a new one, or one that was seen in a cluster.
pub(super) fn create_as(
    tx: &mut Transaction<'_>,
    request: &CreateRequest,
    seen: Option<&Seen>,
    methods: MethodsRun,
) -> Result<ChangeReport, CommandError> {
    let Drafted { resource, loaded, needed } = decide_create(&tx.view, request, seen, methods)?;
    let name = &request.name;
    let group = find_group(&tx.view, &request.group)?;
    match methods {
        MethodsRun::ByThemselves => check_runs_no_method(&group, "resource create")?,
        MethodsRun::AsSteps => driver::index(tx, None, Some(&group)),
    }
    tx.put(keys::resource(name), &resource);
    type_index::update(tx, None, Some(&resource));
    tx.put(keys::by_group(&resource.group, name), &json!({}));
    dependencies::index(tx, name, &BTreeMap::new(), &needed);
    let nothing = ResourceRecord { values: BTreeMap::new(), nodes: BTreeMap::new(), ..resource.clone() };
    let changes = changes::of_resource(&nothing, &resource);
    let mut detail = json!({ "group": resource.group, "type": loaded.record.name, "type_version": resource.type_version,
        "created_under_3_0": resource.created_under_3_0, "changes": lines(&changes) });
    if let (Some(import), Some(detail)) = (&resource.imported, detail.as_object_mut()) {
        detail.insert("as_of".to_owned(), json!(import.as_of));
        detail.insert("origins".to_owned(), json!(import.origins));
    }
    let event = if seen.is_some() { "import" } else { "create" };
    tx.log(Object::new("resource", name), event, detail)?;
    let summary = format!("resource `{name}` of `{}` is created in group `{}`", loaded.record.name, resource.group);
    Ok(ChangeReport::new(Object::new("resource", name), event, summary).with(changes))
}

/// All that creation checks, and the resource that it leads to. Writes nothing.
pub(super) fn decide_create(
    view: &View<'_>,
    request: &CreateRequest,
    seen: Option<&Seen>,
    methods: MethodsRun,
) -> Result<Drafted, CommandError> {
    let name = &request.name;
    name::check_name(name).map_err(|why| {
        Refusal::new("resource_name", format!("`{}` is no name of a resource: {why}", name.escape_debug()))
            .help("choose a name of ASCII letters, digits, `-` and `_` that starts with a letter")
    })?;
    if let Some(other) = view.record::<ResourceRecord>(&keys::resource(name))? {
        return Err(exists(view, &other)?.into());
    }
    find_group(view, &request.group)?;
    check_room(view, &request.group)?;
    draft(view, request, seen, methods)
}

/// A resource as it would be created.
pub(super) struct Drafted {
    /// The record.
    pub resource: ResourceRecord,
    /// Its type.
    pub loaded: Rc<LoadedType>,
    needed: dependencies::Dependencies,
}

/// What a resource would be, with all rules but those about other resources of its name and group.
pub(super) fn draft(
    view: &View<'_>,
    request: &CreateRequest,
    seen: Option<&Seen>,
    methods: MethodsRun,
) -> Result<Drafted, CommandError> {
    let name = &request.name;
    let mut scene = Scene::bare(view, find_group(view, &request.group)?)?;
    let record = resolve_type(view, &request.resource_type)?;
    let loaded = Rc::new(load_type(view, &record)?);
    check_fits_group(&scene.group, &loaded, name)?;
    if let Some(refusal) = single_instance(view, &loaded, Some(name))? {
        return Err(refusal.into());
    }
    let assignments = match seen {
        Some(seen) => seen.values.clone(),
        None => parse_assignments(request.properties.iter().map(String::as_str))?,
    };
    let values = properties::for_creation(&Table::new(&loaded.resource_type, &scene.group.node_list), &assignments)?;
    let needed = dependencies::of_values(&loaded.resource_type, &values)?;
    dependencies::check(view, name, &BTreeMap::new(), &needed)?;

    read_installed(view, &loaded, &mut scene.nodes)?;
    let mut resource = new_resource(&scene, &loaded, (request, methods), values);
    if let Some(seen) = seen {
        as_seen(&mut resource, &scene, (&loaded, seen));
    }
    Ok(Drafted { resource, loaded, needed })
}

/// The states, switches and origins that were seen, in place of those of a new resource.
fn as_seen(resource: &mut ResourceRecord, scene: &Scene, (loaded, seen): (&LoadedType, &Seen)) {
    let resource_type = &loaded.resource_type;
    let origin = match seen.import.origins {
        ImportOrigins::TypeVersion => event::origin(resource_type),
        ImportOrigins::Unknown => Origin::Unknown,
    };
    resource.imported = Some(seen.import.clone());
    let first = seen.nodes.first().map(|on| (on.enabled, on.monitored));
    for (name, entry) in &mut resource.nodes {
        let Some(node) = scene.nodes.get(name) else { continue };
        let shown = seen.nodes.iter().find(|on| on.node == *name);
        let (enabled, monitored) = shown.map(|on| (on.enabled, on.monitored)).or(first).unwrap_or((true, true));
        *entry =
            ResourceNodeRecord { incarnation: entry.incarnation, ..effective::untouched(node, enabled, monitored) };
        if node.status != NodeStatus::Down {
            // What was seen on a node that is not known counts again when it is.
            entry.incarnation = node.incarnation;
        }
        if let Some(on) = shown {
            see(entry, on, resource_type, &origin);
            entry.imported.insert(Imported::State);
        }
        // On a node that is not up no Fini has run when the group was unmanaged.
        if (scene.group.managed || node.status != NodeStatus::Up) && is_init_node(&scene.group.node_list, loaded, name)
        {
            // That nothing older is left is the administrator's word; without it any version may have run Init.
            let has_init = resource_type.has(Method::Init) || resource_type.has(Method::Boot);
            if has_init || origin == Origin::Unknown {
                entry.traces().set(origin.clone());
            }
            entry.imported.insert(Imported::Initialisation);
        }
    }
}

fn see(entry: &mut ResourceNodeRecord, on: &ShownOn, resource_type: &ResourceType, origin: &Origin) {
    entry.state = on.state;
    if on.state == ResourceState::Offline {
        return;
    }
    entry.started_by = origin.clone();
    entry.monitor = match on.monitor {
        Some(monitor) => monitor,
        None if on.state != ResourceState::Online => MonitorState::Unknown,
        None if on.monitored && resource_type.has(Method::MonitorStart) => MonitorState::Running,
        // That of an older version may go on.
        None if on.monitored && *origin == Origin::Unknown => MonitorState::Unknown,
        None => MonitorState::Stopped,
    };
    if entry.monitor != MonitorState::Stopped {
        entry.monitor_started_by = origin.clone();
    }
}

/// Every command about a group must fit one commit.
fn check_room(view: &View<'_>, group: &str) -> Result<(), CommandError> {
    let members = view.range(&KeyRange::prefix(&keys::by_group_all(group)), RESOURCES_MAX)?;
    if members.len() < RESOURCES_MAX {
        return Ok(());
    }
    let message = format!("group `{group}` has {RESOURCES_MAX} resources, and a group has at most {RESOURCES_MAX}");
    let help = "make another group for it: `rtreg group create G --node N,…`";
    Err(Refusal::new("group_full", message).help(help).into())
}

fn new_resource(
    scene: &Scene,
    loaded: &Rc<LoadedType>,
    (request, methods): (&CreateRequest, MethodsRun),
    values: BTreeMap<String, StoredValue>,
) -> ResourceRecord {
    let on = !request.disabled;
    let mut resource = ResourceRecord {
        name: request.name.clone(),
        group: scene.group.name.clone(),
        base: loaded.record.name.base().to_owned(),
        type_version: loaded.record.version.clone(),
        created_under_3_0: request.created_under_3_0,
        type_version_stated: false,
        values,
        nodes: BTreeMap::new(),
        imported: None,
        reserved_by: None,
    };
    let online = scene.online_nodes();
    for node in scene.nodes.values() {
        let listed = scene.group.node_list.contains(&node.name);
        let init = is_init_node(&scene.group.node_list, loaded, &node.name);
        if !listed && !init {
            continue;
        }
        let mut entry = effective::untouched(node, on, on);
        if node.status == NodeStatus::Up && methods == MethodsRun::ByThemselves {
            if scene.group.managed && init {
                event::init(&mut entry, &loaded.resource_type);
            }
            if on && online.contains(&node.name) {
                event::online(&mut entry, &loaded.resource_type);
            }
        } else if node.status != NodeStatus::Up {
            // The record must stay older than the boot that is to come, and be no older than the last one.
            entry.incarnation = node.booted;
        }
        resource.nodes.insert(node.name.clone(), entry);
    }
    resource
}

fn exists(view: &View<'_>, other: &ResourceRecord) -> Result<Refusal, CommandError> {
    let of = super::scene::load_type_of(view, other)?.record.name;
    Ok(Refusal::new(
        "resource_exists",
        format!("there is a resource `{}` already, of `{of}` in group `{}`", other.name, other.group),
    )
    .help(format!(
        "choose another name; `rtreg resource set {0} -p …` changes it, `rtreg resource delete {0}` deletes it",
        other.name
    )))
}

/// The rules that hold between a resource's type and its group: Installed_nodes and Failover.
pub(super) fn check_fits_group(group: &GroupRecord, loaded: &LoadedType, resource: &str) -> Result<(), Refusal> {
    let type_name = &loaded.record.name;
    if let Some(installed) = &loaded.record.installed_nodes {
        let missing: Vec<&str> =
            group.node_list.iter().filter(|node| !installed.contains(node)).map(String::as_str).collect();
        if !missing.is_empty() {
            return Err(Refusal::new(
                "not_installed",
                format!(
                    "resource `{resource}`: `{type_name}` is not installed on {} of the node list of group `{}`; its \
                     Installed_nodes are {}",
                    missing.join(", "),
                    group.name,
                    installed.join(", ")
                ),
            )
            .help(format!(
                "install it there and add the nodes with `rtreg type set {type_name} --node {}`, or use other nodes",
                installed.iter().map(String::as_str).chain(missing.iter().copied()).collect::<Vec<_>>().join(",")
            )));
        }
    }
    if loaded.resource_type.failover.value && group.maximum_primaries > 1 {
        return Err(Refusal::new(
            "failover",
            format!(
                "resource `{resource}`: `{type_name}` has Failover=TRUE, so it can be online on one node only; group `{}` \
                 has Maximum_primaries={}",
                group.name, group.maximum_primaries
            ),
        )
        .help("use a group with Maximum_primaries=1 for it"));
    }
    Ok(())
}

/// The rule Single_instance: the refusal where the type has it and a resource beside `resource` has any of its versions.
pub(super) fn single_instance(
    view: &View<'_>,
    loaded: &LoadedType,
    resource: Option<&str>,
) -> Result<Option<Refusal>, CommandError> {
    if !loaded.resource_type.single_instance.value {
        return Ok(None);
    }
    let base = loaded.record.name.base();
    let users = type_index::users(view, &keys::by_type_base(base))?;
    let Some(other) = users.into_iter().find(|user| Some(user.as_str()) != resource) else {
        return Ok(None);
    };
    let message =
        format!("`{}` has Single_instance=TRUE, and resource `{other}` of `{base}` exists", loaded.record.name);
    Ok(Some(Refusal::new("single_instance", message).help(format!("use `{other}`, or delete it first"))))
}

/// Sets properties, each as its TUNABLE permits in the present state.
///
/// # Errors
/// Refusals of the properties, `not_tunable`, `no_default`, and of dependencies; [`CommandError::Usage`] if nothing is to
/// be set; [`CommandError::Store`].
pub fn set(tx: &mut Transaction<'_>, request: &SetRequest) -> Result<ChangeReport, CommandError> {
    set_as(tx, request, MethodsRun::ByThemselves)
}

/// Sets properties; where Validate and Update are steps of their own, nothing says that they have to run.
pub(super) fn set_as(
    tx: &mut Transaction<'_>,
    request: &SetRequest,
    methods: MethodsRun,
) -> Result<ChangeReport, CommandError> {
    let Setting { scene, before, after } = decide_set(&tx.view, request)?;
    if methods == MethodsRun::ByThemselves {
        check_runs_no_method(&scene.group, "resource set")?;
    }
    let name = &request.name;
    let views = scene.views(scene.resource_ref()?);
    let online = views.iter().any(|view| view.state == ResourceState::Online);
    let changes = scene.save(tx, "set", false)?;
    dependencies::index(tx, name, &before, &after);
    let summary = match changes.len() {
        0 => format!("resource `{name}` has these values already; nothing changed"),
        1 => format!("a property of resource `{name}` is set"),
        count => format!("{count} properties of resource `{name}` are set"),
    };
    let report = ChangeReport::new(Object::new("resource", name), "set", summary);
    let update = online && !changes.is_empty() && methods == MethodsRun::ByThemselves;
    let report = report.with(changes);
    Ok(if update {
        report.note("the resource is online: its Update method, if its type has one, has to run where it is")
    } else {
        report
    })
}

/// What setting properties leads to.
pub(super) struct Setting {
    /// The group and the resource as they are to be.
    pub scene: Scene,
    before: dependencies::Dependencies,
    after: dependencies::Dependencies,
}

/// All that setting properties checks, and what it leads to. Writes nothing.
pub(super) fn decide_set(view: &View<'_>, request: &SetRequest) -> Result<Setting, CommandError> {
    let assignments = parse_assignments(request.properties.iter().map(String::as_str))?;
    check_set_request(request, &assignments)?;
    let mut scene = Scene::of_resource(view, &request.name)?;
    let views = scene.views(scene.resource_ref()?);
    let node_list = scene.group.node_list.clone();
    let member = scene.resource()?;
    let loaded = Rc::clone(&member.loaded);
    let table = Table::new(&loaded.resource_type, &node_list);
    let mut values = member.now.values.clone();
    let mut refusals = Vec::new();
    for assignment in &assignments {
        match table.resolve(assignment) {
            Ok((decl, value)) => {
                table.set(&mut values, decl, (assignment.node.as_deref(), value));
                let present = member.now.values.get(&decl.name.value);
                // A value that is needed, or does not fit, must be given before anything else: whatever the TUNABLE.
                let amiss = match present {
                    None => decl.is_required(),
                    Some(present) => table.misfit(&decl.name.value, present).is_some(),
                };
                if !amiss && values.get(&decl.name.value) != present {
                    refusals.extend(check_tunable(&table, decl, &request.name, &views).err());
                }
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    for name in &request.defaults {
        refusals.extend(reset(&table, &mut values, &request.name, (name, &views)).err());
    }
    all_at_once(refusals)?;
    let before = dependencies::of_values(&loaded.resource_type, &member.now.values)?;
    let after = dependencies::of_values(&loaded.resource_type, &values)?;
    dependencies::check(view, &request.name, &before, &after)?;
    member.now.values = values;
    Ok(Setting { scene, before, after })
}

fn check_set_request(request: &SetRequest, assignments: &[Assignment]) -> Result<(), CommandError> {
    if assignments.is_empty() && request.defaults.is_empty() {
        let refusal = Refusal::new("nothing_to_set", "expected a property to set, found none");
        return Err(CommandError::usage(refusal.help("add `-p NAME=VALUE`, or `--default NAME` for the default")));
    }
    let both = |name: &&String| assignments.iter().any(|assignment| assignment.name.eq_ignore_ascii_case(name));
    match request.defaults.iter().find(both) {
        Some(name) => Err(CommandError::usage(
            Refusal::new("assigned_twice", format!("`{name}` is given a value and set to its default in one command"))
                .help("choose one"),
        )),
        None => Ok(()),
    }
}

fn reset(
    table: &Table<'_>,
    values: &mut BTreeMap<String, StoredValue>,
    resource: &str,
    (name, views): (&str, &[NodeView]),
) -> Result<(), Refusal> {
    // The refusal for an unknown name is that of a value for it.
    let Some(decl) = table.decl(name) else {
        let probe = Assignment { name: name.to_owned(), node: None, value: String::new() };
        return table.resolve(&probe).map(|_| ());
    };
    if !values.contains_key(&decl.name.value) {
        return Ok(());
    }
    if decl.is_required() {
        return Err(Refusal::new("no_default", format!("property `{}` has no default to return to", decl.name.value))
            .help(format!("give it a value: `rtreg resource set {resource} -p {}=…`", decl.name.value)));
    }
    check_tunable(table, decl, resource, views)?;
    values.remove(&decl.name.value);
    Ok(())
}

fn check_tunable(
    table: &Table<'_>,
    decl: &rtreg_model::PropertyDecl,
    resource: &str,
    views: &[NodeView],
) -> Result<(), Refusal> {
    match decl.tunable {
        PropertyTunable::Anytime => Ok(()),
        PropertyTunable::None => {
            Err(not_tunable(table, decl, "it can never be set").help("its value comes from the RTR file"))
        }
        PropertyTunable::AtCreation => Err(not_tunable(table, decl, "it can be set only when a resource is created")
            .help(format!(
                "to have another value, delete `{resource}` and create it again with `-p {}=…`",
                decl.name.value
            ))),
        PropertyTunable::WhenDisabled => {
            let in_the_way = not_disabled(views);
            if in_the_way.is_empty() {
                return Ok(());
            }
            Err(not_tunable(table, decl, "it can be set only while the resource is disabled and offline on every node")
                .details(in_the_way)
                .help(format!("disable it first: `rtreg resource disable {resource}`")))
        }
    }
}

/// Where the predicate "disabled" does not definitely hold, and how it is there; empty means it holds.
pub(super) fn not_disabled(views: &[NodeView]) -> Vec<String> {
    let how = |view: &NodeView| {
        let mut how = Vec::new();
        if view.status != NodeStatus::Down && view.state != ResourceState::Offline {
            how.push(match view.status {
                NodeStatus::Unknown => "not known, because the node is unknown".to_owned(),
                _ => view.state.to_string(),
            });
        }
        if view.enabled {
            how.push("enabled".to_owned());
        }
        (!how.is_empty()).then(|| format!("on {}: {}", view.node, how.join(", ")))
    };
    views.iter().filter_map(how).collect()
}

/// Deletes a resource that is disabled and offline everywhere and that no other depends on.
///
/// # Errors
/// Refusals `not_found`, `not_disabled`, `has_dependents`; [`CommandError::Store`].
pub fn delete(tx: &mut Transaction<'_>, request: &DeleteRequest) -> Result<ChangeReport, CommandError> {
    delete_as(tx, request, MethodsRun::ByThemselves)
}

/// All that deletion checks. Writes nothing.
pub(super) fn decide_delete(view: &View<'_>, request: &DeleteRequest) -> Result<Scene, CommandError> {
    let name = &request.name;
    let mut scene = Scene::of_resource(view, name)?;
    scene.read_init_nodes(view)?;
    let member = scene.resource_ref()?;
    let in_the_way = not_disabled(&scene.views(member));
    if !in_the_way.is_empty() {
        return Err(Refusal::new(
            "not_disabled",
            format!("resource `{name}` is deleted only when it is disabled and offline on every node"),
        )
        .details(in_the_way)
        .help(format!("disable it first: `rtreg resource disable {name}`"))
        .into());
    }
    dependencies::check_no_dependents(view, name)?;
    Ok(scene)
}

/// Deletes a resource; where Fini is a step of its own, it has run.
pub(super) fn delete_as(
    tx: &mut Transaction<'_>,
    request: &DeleteRequest,
    methods: MethodsRun,
) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    let scene = decide_delete(&tx.view, request)?;
    if methods == MethodsRun::ByThemselves && scene.group.managed {
        check_runs_no_method(&scene.group, "resource delete")?;
    }
    let member = scene.resource_ref()?;
    let Member { stored, loaded, .. } = member;
    let needed = dependencies::of_values(&loaded.resource_type, &stored.values)?;
    tx.delete(keys::resource(name));
    told::forget(tx, name)?;
    type_index::update(tx, Some(stored), None);
    tx.delete(keys::by_group(&stored.group, name));
    dependencies::index(tx, name, &needed, &BTreeMap::new());
    let nothing = ResourceRecord { values: BTreeMap::new(), nodes: BTreeMap::new(), ..member.settled.clone() };
    let changes = changes::of_resource(&member.settled, &nothing);
    let fini: Vec<String> = scene
        .up_init_nodes(loaded)
        .into_iter()
        .filter(|_| scene.group.managed && loaded.resource_type.has(rtreg_model::Method::Fini))
        .collect();
    let detail = json!({ "group": stored.group, "type": loaded.record.name, "type_version": stored.type_version,
        "by_node": member.by_node(), "changes": lines(&changes), "fini_on": fini });
    tx.log(Object::new("resource", name), "delete", detail)?;
    let summary = format!("resource `{name}` of `{}` is deleted from group `{}`", loaded.record.name, stored.group);
    let mut report = ChangeReport::new(Object::new("resource", name), "delete", summary);
    report.changed = true;
    if !fini.is_empty() && methods == MethodsRun::ByThemselves {
        report = report.note(format!("its Fini has to run on {}", fini.join(", ")));
    }
    Ok(report)
}
