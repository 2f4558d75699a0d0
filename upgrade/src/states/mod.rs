//! Commands about the state of groups that rtreg drives, as plans: the methods that the control model's table has for the event,
//! in the order of the dependencies, and beside them what the command records. What it checks and refuses is the recorded
//! command's own. A step that fails is not undone: its effect is recorded, what waits for it is left out, the rest goes on.

mod build;
mod chain;
mod follow_up;
mod group;
mod members;
mod registry;
mod restart;
mod switch;

use rtreg_model::Driver;
use rtreg_registry::commands::driver::DriverRequest;
use rtreg_registry::commands::group::{self as groups, GroupRequest, NodesRequest};
use rtreg_registry::commands::node::NodeRequest;
use rtreg_registry::commands::resource::{CreateRequest, DeleteRequest, SetRequest};
use rtreg_registry::commands::switch::SwitchRequest;
use rtreg_registry::{CommandError, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use follow_up::{FollowUp, follow_up};

use crate::plan::Plan;
use crate::plan::read::Reader;
use build::Builder;

/// A command about the state of groups that rtreg drives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum StateCommand {
    /// enable, disable, monitor, unmonitor, restart, clear.
    Switch(SwitchRequest),
    /// Init, and the group is managed.
    Manage(GroupRequest),
    /// Fini, and the group is unmanaged.
    Unmanage(GroupRequest),
    /// The group comes online.
    Online(NodesRequest),
    /// The group goes offline.
    Offline(NodesRequest),
    /// The group comes online on these nodes and goes offline on all others, unless a Monitor_check there refuses.
    Move(NodesRequest),
    /// rtreg takes over: Stop makes true that the group is offline.
    Drive(GroupRequest),
    /// Node list or Maximum_primaries change.
    SetGroup(groups::SetRequest),
    /// A resource is created.
    Create(CreateRequest),
    /// A resource is deleted.
    Delete(DeleteRequest),
    /// Properties of a resource change.
    Set(SetRequest),
    /// A node is added: it has booted.
    AddNode(NodeRequest),
    /// A node is a member again.
    NodeUp(NodeRequest),
}

impl StateCommand {
    /// The command in the words of the command line, without its properties.
    pub fn words(&self) -> String {
        let on = |nodes: &[String]| match nodes {
            [] => String::new(),
            nodes => format!(" --node {}", nodes.join(",")),
        };
        match self {
            Self::Switch(SwitchRequest { name, action, nodes }) => {
                format!("resource {} {name}{}", action.as_str(), on(nodes))
            }
            Self::Manage(request) => format!("group manage {}", request.name),
            Self::Unmanage(request) => format!("group unmanage {}", request.name),
            Self::Online(NodesRequest { name, nodes }) => format!("group online {name}{}", on(nodes)),
            Self::Offline(NodesRequest { name, nodes }) => format!("group offline {name}{}", on(nodes)),
            Self::Move(NodesRequest { name, nodes }) => format!("group move {name}{}", on(nodes)),
            Self::Drive(request) => format!("group driver {} rgm", request.name),
            Self::SetGroup(request) => format!("group set {}{}", request.name, on(&request.nodes)),
            Self::Create(request) => format!("resource create {} --group {}", request.name, request.group),
            Self::Delete(request) => format!("resource delete {}", request.name),
            Self::Set(request) => format!("resource set {}", request.name),
            Self::AddNode(request) => format!("node add {}", request.name),
            Self::NodeUp(request) => format!("node up {}", request.name),
        }
    }
}

/// The plan of a state command. It has one bundle; none where there is nothing to do, which a notice then says.
///
/// # Errors
/// The refusals of the recorded command, in its words; `not_driven` for a group that the administrator drives;
/// [`CommandError::Usage`] for what the recorded command does not understand; [`CommandError::Store`].
pub fn state_plan(view: &View<'_>, command: &StateCommand) -> Result<Plan, CommandError> {
    let mut reader = Reader::new(view)?;
    let mut builder = Builder::new(&mut reader);
    match command {
        StateCommand::Switch(request) => switch::switch(&mut builder, request)?,
        StateCommand::Manage(request) => group::manage(&mut builder, request)?,
        StateCommand::Unmanage(request) => group::unmanage(&mut builder, request)?,
        StateCommand::Online(request) => group::online(&mut builder, request)?,
        StateCommand::Offline(request) => group::offline(&mut builder, request)?,
        StateCommand::Move(request) => group::moves(&mut builder, request)?,
        StateCommand::Drive(request) => {
            let request = DriverRequest { name: request.name.clone(), driver: Driver::Rgm };
            group::drive(&mut builder, &request)?;
        }
        StateCommand::SetGroup(request) => registry::set_group(&mut builder, request)?,
        StateCommand::Create(request) => registry::create(&mut builder, request)?,
        StateCommand::Delete(request) => registry::delete(&mut builder, request)?,
        StateCommand::Set(request) => registry::set(&mut builder, request)?,
        StateCommand::AddNode(request) => registry::add_node(&mut builder, request)?,
        StateCommand::NodeUp(request) => registry::node_up(&mut builder, request)?,
    }
    builder.plan(command)
}
