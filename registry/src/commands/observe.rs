//! `resource state`: what somebody saw on a node, or did outside of rtreg. It is believed and never gated; what it does not
//! say and cannot be known becomes unknown.

use rtreg_model::{Method, MonitorState, NodeStatus, Origin, ResourceState, RtVersion};

use super::changes::ChangeReport;
use super::scene::{Scene, is_init_node};
use super::switch::{node_down, node_unknown};
use super::version;
use crate::error::{CommandError, Refusal};
use crate::history::Object;
use crate::keys;
use crate::records::{Imported, NameRecord, NodeRecord, ResourceNodeRecord};
use crate::store::KeyRange;
use crate::transaction::Transaction;
use crate::types::{CANDIDATES_MAX, type_version};
use crate::view::{View, decode};

/// An observation of a resource on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRequest {
    /// Name of the resource.
    pub name: String,
    /// The node.
    pub node: String,
    /// Its state there.
    pub state: ResourceState,
    /// `--monitor`: the state of its monitor.
    pub monitor: Option<MonitorState>,
    /// `--started-by`: a version, `unversioned` or `unknown`.
    pub started_by: Option<String>,
    /// `--monitor-started-by`: a version, `unversioned` or `unknown`.
    pub monitor_started_by: Option<String>,
    /// `--initialised-by`: a version, `unversioned`, `none` or `unknown`.
    pub initialised_by: Option<String>,
}

/// An upgrade that was done outside of rtreg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeVersionRequest {
    /// Name of the resource.
    pub name: String,
    /// The version that its type has now: a version or `unversioned`.
    pub version: String,
}

/// Records the state of a resource on a node.
///
/// A known origin of a resource that is not offline is kept; otherwise it is unknown unless given. The state of the
/// monitor, unless given, is kept where the resource was not offline; where it was, the monitor is stopped if its switch
/// is off or T started the resource and has no Monitor_start, else unknown.
///
/// What initialised the resource may be stated, with the state offline, of a node that is down, and of one outside of
/// the node list where something is recorded.
///
/// # Errors
/// Refusals `not_found`, `not_in_node_list`, `node_down`, `node_unknown`, `group_unmanaged`; [`CommandError::Usage`] for
/// statements that contradict each other; [`CommandError::Store`].
pub fn state(tx: &mut Transaction<'_>, request: &StateRequest) -> Result<ChangeReport, CommandError> {
    check_consistent(request)?;
    let mut scene = Scene::of_resource(&tx.view, &request.name)?;
    let of_init = request.state == ResourceState::Offline && request.initialised_by.is_some();
    let node = observed_node(&tx.view, &mut scene, request)?;
    match node.status {
        NodeStatus::Up => {}
        NodeStatus::Down if of_init => {}
        NodeStatus::Down => return Err(node_down(&node.name, &scene.group.name).into()),
        NodeStatus::Unknown => return Err(node_unknown(&node.name).into()),
    }
    if !scene.group.managed && request.state != ResourceState::Offline {
        return Err(Refusal::new(
            "group_unmanaged",
            format!(
                "group `{}` is unmanaged, so resource `{}` cannot be {}",
                scene.group.name, request.name, request.state
            ),
        )
        .help(format!("if the cluster manages it already: `rtreg group manage {} --already`", scene.group.name))
        .into());
    }
    let group_online = scene.online_nodes().contains(&node.name);
    let member = scene.resource()?;
    let loaded = std::rc::Rc::clone(&member.loaded);
    let entry = member.entry(&node.name)?;
    *entry = observed(entry, request, &loaded.resource_type);
    let entry = entry.clone();
    if !scene.group.node_list.contains(&node.name) && !is_init_node(&scene.group.node_list, &loaded, &node.name) {
        // Outside of node list and Init_nodes an entry is there only for what it keeps of an Init.
        let member = scene.resource()?;
        member.now.nodes.retain(|name, entry| *name != node.name || entry.initialised_by != Origin::None);
    }
    let base = scene.resource_ref()?.now.base.clone();
    let changes = scene.save(tx, "state", false)?;
    let summary = match changes.is_empty() {
        true => format!(
            "resource `{}` is recorded as {} on {} already; nothing changed",
            request.name, entry.state, node.name
        ),
        false => format!("resource `{}` is recorded as {} on {}", request.name, entry.state, node.name),
    };
    let mut report = ChangeReport::new(Object::new("resource", &request.name), "state", summary).with(changes);
    for version in stated(request) {
        if let Some(note) = not_registered(&tx.view, &base, &version)? {
            report = report.note(note);
        }
    }
    if entry.state == ResourceState::Online && !group_online {
        report = report.note(format!(
            "group `{0}` is not recorded as online on {1}; `rtreg group online {0} --node {1}` records that",
            scene.group.name, node.name
        ));
    }
    Ok(report)
}

/// The node of an observation: of the node list, or another one where the resource has an entry and only what initialised
/// it is stated.
fn observed_node(view: &View<'_>, scene: &mut Scene, request: &StateRequest) -> Result<NodeRecord, CommandError> {
    let name = &request.node;
    if !scene.group.node_list.contains(name) {
        scene.read_init_nodes(view)?;
        scene.read_traces(view)?;
        let has_entry = scene.resource_ref()?.now.nodes.contains_key(name);
        if let Some(node) = scene.nodes.get(name).filter(|_| has_entry) {
            if request.state == ResourceState::Offline && request.initialised_by.is_some() {
                return Ok(node.clone());
            }
            let message = format!(
                "node `{name}` is not in the node list of group `{}`, so only what initialised resource `{}` there can be \
                 stated",
                scene.group.name, request.name
            );
            let help =
                format!("`rtreg resource state {} --node {name} offline --initialised-by VERSION`", request.name);
            return Err(Refusal::new("not_in_node_list", message).help(format!("{help}, or `none`")).into());
        }
    }
    Ok(scene.listed_node(name)?.clone())
}

fn check_consistent(request: &StateRequest) -> Result<(), CommandError> {
    let wrong = |message: &str, help: &str| Err(CommandError::usage(Refusal::new("contradiction", message).help(help)));
    if request.state == ResourceState::Offline {
        if request.started_by.is_some() || request.monitor_started_by.is_some() {
            return wrong("what is offline was started by nothing", "leave out --started-by and --monitor-started-by");
        }
        if request.monitor.is_some_and(|monitor| monitor != MonitorState::Stopped) {
            return wrong("what is offline has no monitor that runs", "leave out --monitor");
        }
    }
    if request.monitor == Some(MonitorState::Stopped) && request.monitor_started_by.is_some() {
        return wrong(
            "a stopped monitor was started by nothing",
            "leave out --monitor-started-by, or --monitor stopped",
        );
    }
    if [&request.started_by, &request.monitor_started_by].into_iter().flatten().any(|word| word == "none") {
        return wrong("what is not offline was started by some version", "give the version, or `unknown`");
    }
    Ok(())
}

fn observed(
    was: &ResourceNodeRecord,
    request: &StateRequest,
    resource_type: &rtreg_model::ResourceType,
) -> ResourceNodeRecord {
    let mut now = was.clone();
    now.state = request.state;
    // Seen with one's own eyes, it rests on the import only as far as what started it is taken from there.
    if request.started_by.is_some() {
        now.imported.remove(&Imported::State);
    }
    if let Some(word) = &request.initialised_by {
        now.imported.remove(&Imported::Initialisation);
        match origin(word) {
            // Who does not know takes nothing away of what else is known to have run there.
            Origin::Unknown => now.initialised_by = Origin::Unknown,
            known => now.traces().set(known),
        }
    }
    if request.state == ResourceState::Offline {
        super::event::offline(&mut now);
        return now;
    }
    let was_offline = was.state == ResourceState::Offline;
    let kept = |known: &Origin, ended: bool| match known {
        Origin::Version(_) if !ended => known.clone(),
        _ => Origin::Unknown,
    };
    now.started_by = request.started_by.as_deref().map_or_else(|| kept(&was.started_by, was_offline), origin);
    let own = Origin::Version(resource_type.version.value.clone());
    now.monitor = request.monitor.unwrap_or_else(|| match was_offline {
        false => was.monitor,
        true if !was.monitored => MonitorState::Stopped,
        true if now.started_by == own && !resource_type.has(Method::MonitorStart) => MonitorState::Stopped,
        true => MonitorState::Unknown,
    });
    // Who started a monitor says that there is one.
    if request.monitor.is_none() && request.monitor_started_by.is_some() && now.monitor == MonitorState::Stopped {
        now.monitor = MonitorState::Running;
    }
    now.monitor_started_by = match (now.monitor, request.monitor_started_by.as_deref()) {
        (MonitorState::Stopped, _) => Origin::None,
        (_, Some(word)) => origin(word),
        _ => kept(&was.monitor_started_by, was.monitor == MonitorState::Stopped),
    };
    now
}

/// The origin that a word of the command line means.
fn origin(word: &str) -> Origin {
    match word {
        "none" => Origin::None,
        "unknown" => Origin::Unknown,
        _ => Origin::Version(parse_version(word)),
    }
}

/// The version that a word of the command line means.
fn parse_version(word: &str) -> RtVersion {
    if word == "unversioned" { RtVersion::UNVERSIONED } else { RtVersion::new(word) }
}

/// The versions that the observation names.
fn stated(request: &StateRequest) -> Vec<RtVersion> {
    let words = [&request.started_by, &request.monitor_started_by, &request.initialised_by];
    let mut versions: Vec<RtVersion> = words
        .into_iter()
        .flatten()
        .filter_map(|word| match origin(word) {
            Origin::Version(version) => Some(version),
            _ => None,
        })
        .collect();
    versions.sort();
    versions.dedup();
    versions
}

fn not_registered(view: &View<'_>, base: &str, version: &RtVersion) -> Result<Option<String>, CommandError> {
    if type_version(view, base, version)?.is_some() {
        return Ok(None);
    }
    Ok(Some(format!(
        "version {version} of `{base}` is not registered; the statement is kept, but rtreg cannot know what that version \
         promises"
    )))
}

/// Records an upgrade that was done outside of rtreg. It is not gated and keeps the origins; values of properties that the
/// version does not declare are dropped, values that do not fit stay and are reported.
///
/// # Errors
/// Refusals `not_found`, `version_not_registered`; [`CommandError::Usage`] without a reason; [`CommandError::Store`].
pub fn type_version_is(tx: &mut Transaction<'_>, request: &TypeVersionRequest) -> Result<ChangeReport, CommandError> {
    if tx.context().why.as_deref().is_none_or(|why| why.trim().is_empty()) {
        let refusal = Refusal::new(
            "reason_missing",
            "expected a reason for a version that was changed outside of rtreg, found none",
        );
        return Err(CommandError::usage(refusal.help("add `--reason TEXT`; it goes into the history")));
    }
    let record = super::scene::find_resource(&tx.view, &request.name)?;
    let to = parse_version(&request.version);
    if to == record.type_version {
        let summary = format!("resource `{}` has version {to} already; nothing changed", request.name);
        return Ok(ChangeReport::new(Object::new("resource", &request.name), "type_version", summary));
    }
    let Some(target) = super::scene::load_version(&tx.view, &record.base, &to)? else {
        return Err(unknown_version(&tx.view, &record.base, &to)?.into());
    };
    version::set_outside(tx, &request.name, &target)
}

fn unknown_version(view: &View<'_>, base: &str, version: &RtVersion) -> Result<Refusal, CommandError> {
    let range = KeyRange::prefix(&keys::type_versions(base));
    let mut names = Vec::new();
    for stored in view.peek(&range, CANDIDATES_MAX)? {
        let record: crate::records::TypeRecord = decode(&stored)?;
        names.push(NameRecord::of(&record).label());
    }
    Ok(Refusal::new("version_not_registered", format!("version {version} of `{base}` is not registered"))
        .details(names)
        .help("register its RTR file first with `rtreg register FILE`, or name one of these versions"))
}
