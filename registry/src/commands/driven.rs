//! What a plan needs of the commands where rtreg runs the methods itself: what each command checks and leads to, in the very
//! words of the recorded command; who is driven; and the part of a command that is no method, to be carried out as one step of
//! a plan. Nothing here runs a method.

use std::collections::BTreeMap;
use std::rc::Rc;

use rtreg_model::{Driver, NodeStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::changes::ChangeReport;
use super::driver::{DriverRequest, MethodsRun, set_driver_as};
use super::group::{GroupRequest, NodesRequest};
use super::node::NodeRequest;
use super::resource::{CreateRequest, DeleteRequest, SetRequest};
use super::scene::{Scene, boot_of, find_group, find_node, find_resource};
use super::switch::{self, SwitchRequest};
use super::{driver, group, group_move, group_set, node, resource};
use crate::error::CommandError;
use crate::keys;
use crate::migration::StoredValue;
use crate::records::{GroupRecord, NodeRecord, ResourceRecord};
use crate::store::KeyRange;
use crate::transaction::Transaction;
use crate::types::LoadedType;
use crate::view::View;

/// The part of a command that is no method: one step of a plan, one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// The resource is there, offline and not initialised: Init and the start methods are steps behind.
    CreateResource(CreateRequest),
    /// The resource is gone: Fini is a step before.
    DeleteResource(DeleteRequest),
    /// Its properties change: Validate is a step before, Update one behind.
    SetResource(SetRequest),
    /// Node list or Maximum_primaries change: Fini on nodes that leave is a step before, Init on those that join one behind.
    SetGroup(group::SetRequest),
    /// The group is driven by another: Stop is a step before.
    SetDriver(DriverRequest),
    /// The node is added: Boot is a step behind.
    AddNode(NodeRequest),
    /// The node is a member again: Boot is a step behind.
    NodeUp(NodeRequest),
}

impl Command {
    /// The group that it changes; none if it changes none, or is about a node.
    pub const fn group(&self) -> Option<&String> {
        match self {
            Self::CreateResource(request) => Some(&request.group),
            Self::SetGroup(request) => Some(&request.name),
            Self::SetDriver(request) => Some(&request.name),
            Self::DeleteResource(_) | Self::SetResource(_) | Self::AddNode(_) | Self::NodeUp(_) => None,
        }
    }

    /// The resource that it changes.
    pub const fn resource(&self) -> Option<&String> {
        match self {
            Self::CreateResource(request) => Some(&request.name),
            Self::DeleteResource(request) => Some(&request.name),
            Self::SetResource(request) => Some(&request.name),
            Self::SetGroup(_) | Self::SetDriver(_) | Self::AddNode(_) | Self::NodeUp(_) => None,
        }
    }
}

/// Carries out that part. It decides anew, so all that the recorded command refuses is refused here, too.
///
/// # Errors
/// Those of the command itself.
pub fn carry_out(tx: &mut Transaction<'_>, command: &Command) -> Result<ChangeReport, CommandError> {
    let as_steps = MethodsRun::AsSteps;
    match command {
        Command::CreateResource(request) => resource::create_as(tx, request, None, as_steps),
        Command::DeleteResource(request) => resource::delete_as(tx, request, as_steps),
        Command::SetResource(request) => resource::set_as(tx, request, as_steps),
        Command::SetGroup(request) => group_set::set_as(tx, request, as_steps),
        Command::SetDriver(request) => set_driver_as(tx, request, as_steps),
        Command::AddNode(request) => node::add_with(tx, request, as_steps),
        Command::NodeUp(request) => node::up_as(tx, request, as_steps),
    }
}

/// What a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A resource, by its group.
    Resource(&'a str),
    /// A group.
    Group(&'a str),
    /// A node that boots.
    Boot(&'a str),
}

/// Whether a command about this runs methods, so that it is a plan: the group is driven by rtreg; of a boot, Boot of some
/// resource of such a group runs.
///
/// # Errors
/// A refusal `not_found` for a resource or group that is not there; [`CommandError::Store`].
pub fn is_driven_by_rgm(view: &View<'_>, subject: Subject<'_>) -> Result<bool, CommandError> {
    let group = match subject {
        Subject::Resource(name) => find_group(view, &find_resource(view, name)?.group)?,
        Subject::Group(name) => find_group(view, name)?,
        Subject::Boot(node) => return Ok(!boots(view, node)?.is_empty()),
    };
    Ok(group.driver == Driver::Rgm)
}

/// The resources whose Boot a boot of the node runs in groups that rtreg drives. Whether the node exists does not matter.
///
/// # Errors
/// [`CommandError::Store`].
pub fn boots(view: &View<'_>, node: &str) -> Result<Vec<ResourceRecord>, CommandError> {
    let mut found = Vec::new();
    for stored in view.range(&KeyRange::prefix(&keys::by_driver_rgm_all()), usize::MAX)? {
        let scene = Scene::of_group(view, &keys::last_part(&stored.key).unwrap_or_default())?;
        let boots = scene.members.into_iter().filter(|member| boot_of(&scene.group, &member.loaded, node).is_some());
        found.extend(boots.map(|member| member.stored));
    }
    Ok(found)
}

/// The nodes that a state command of a resource is about.
///
/// # Errors
/// As [`switch::switch`].
pub fn switched_nodes(view: &View<'_>, request: &SwitchRequest) -> Result<Vec<String>, CommandError> {
    Ok(switch::decide(view, request)?.nodes.into_iter().map(|node| node.name).collect())
}

/// Whether the group is to be unmanaged at all: false if it is so already.
///
/// # Errors
/// As [`group::unmanage`].
pub fn is_to_unmanage(view: &View<'_>, request: &GroupRequest) -> Result<bool, CommandError> {
    let scene = Scene::of_group(view, &request.name)?;
    if !scene.group.managed {
        return Ok(false);
    }
    group::check_offline_and_disabled(&scene)?;
    Ok(true)
}

/// The nodes where a group is to be online: those where it is so already among them.
///
/// # Errors
/// As [`group::online`].
pub fn online_nodes(view: &View<'_>, request: &NodesRequest) -> Result<Vec<String>, CommandError> {
    group::bring_online(&mut Scene::of_group(view, &request.name)?, &request.nodes)
}

/// The nodes where a group is to be offline.
///
/// # Errors
/// As [`group::offline`].
pub fn offline_nodes(view: &View<'_>, request: &NodesRequest) -> Result<Vec<String>, CommandError> {
    group::take_offline(&mut Scene::of_group(view, &request.name)?, &request.nodes)
}

/// A group that moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where it goes offline.
    pub leaves: Vec<String>,
    /// Where it is to be online: those where it is so already among them.
    pub online: Vec<String>,
}

/// How a group comes to be online on the named nodes and no others: as `offline` on the others and `online` on these.
///
/// # Errors
/// As [`group::offline`] and [`group::online`]; [`CommandError::Usage`] if no node is named.
pub fn moved(view: &View<'_>, request: &NodesRequest) -> Result<Moved, CommandError> {
    group_move::decide(&mut Scene::of_group(view, &request.name)?, request)
}

/// Whether the driver is to change at all: false if it is so already.
///
/// # Errors
/// As [`driver::set_driver`], without the refusal of what is a plan.
pub fn is_to_drive(view: &View<'_>, request: &DriverRequest) -> Result<bool, CommandError> {
    Ok(driver::decide(view, request)?.group.driver != request.driver)
}

/// A resource that is to be created, as it is before Init and the start methods, with its type.
///
/// # Errors
/// As [`resource::create`].
pub fn created(view: &View<'_>, request: &CreateRequest) -> Result<(ResourceRecord, Rc<LoadedType>), CommandError> {
    let drafted = resource::decide_create(view, request, None, MethodsRun::AsSteps)?;
    Ok((drafted.resource, drafted.loaded))
}

/// The values that a resource is to have.
///
/// # Errors
/// As [`resource::set`].
pub fn values_set(view: &View<'_>, request: &SetRequest) -> Result<BTreeMap<String, StoredValue>, CommandError> {
    Ok(resource::decide_set(view, request)?.scene.resource_ref()?.now.values.clone())
}

/// Checks that a resource can be deleted.
///
/// # Errors
/// As [`resource::delete`].
pub fn check_delete(view: &View<'_>, request: &DeleteRequest) -> Result<(), CommandError> {
    resource::decide_delete(view, request).map(drop)
}

/// A group that is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSetting {
    /// The group as it is to be.
    pub group: GroupRecord,
    /// Its resources as they are then, before Init runs on nodes that join.
    pub resources: Vec<ResourceRecord>,
    /// The nodes that join the node list.
    pub added: Vec<String>,
    /// The nodes that leave it.
    pub removed: Vec<String>,
    /// Whether anything changes.
    pub changes: bool,
}

/// What `group set` leads to.
///
/// # Errors
/// As [`group::set`].
pub fn group_setting(view: &View<'_>, request: &group::SetRequest) -> Result<GroupSetting, CommandError> {
    let before = find_group(view, &request.name)?;
    let group_set::Setting { scene, added, removed, .. } = group_set::decide(view, request, MethodsRun::AsSteps)?;
    let changes =
        before.node_list != scene.group.node_list || before.maximum_primaries != scene.group.maximum_primaries;
    let resources = scene.members.into_iter().map(|member| member.now).collect();
    Ok(GroupSetting { group: scene.group, resources, added, removed, changes })
}

/// A node that boots, as it is then; none if it is up already, with whether it boots: an unknown one does not.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn node_comes_up(view: &View<'_>, request: &NodeRequest) -> Result<Option<(NodeRecord, bool)>, CommandError> {
    let found = find_node(view, &request.name)?;
    Ok(match found.status {
        NodeStatus::Up => None,
        status => Some((node::comes_up(&found), status == NodeStatus::Down)),
    })
}
