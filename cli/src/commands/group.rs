//! `rtreg group`: resource groups. Words come from the registry.

use clap::{Args, Subcommand, ValueEnum};
use rtreg_model::Driver;
use rtreg_registry::commands::changes::ChangeReport;
use rtreg_registry::commands::driver::{DriverRequest, set_driver};
use rtreg_registry::commands::group::{self, CreateRequest, GroupRequest, NodesRequest, SetRequest};
use rtreg_registry::{CommandError, Transaction, inspect, transact};
use rtreg_upgrade::states::StateCommand;

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::live::record_or_run;
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Group,
}

#[derive(Debug, Subcommand)]
enum Group {
    /// Create a group, which is unmanaged.
    Create {
        /// The group.
        #[arg(value_name = "GROUP")]
        name: String,
        /// The node list, the preferred node first.
        #[arg(long = "node", value_name = "NODE[,NODE]", required = true, value_delimiter = ',')]
        nodes: Vec<String>,
        /// Maximum_primaries=N: on how many nodes it may be online at once; 1 if not given.
        #[arg(short = 'p', value_name = "NAME=VALUE")]
        properties: Vec<String>,
        /// Who carries out its state commands: `recorded` (the default), the administrator, whose word rtreg records; or `rgm`,
        /// rtreg, which runs the methods.
        #[arg(
            long,
            value_name = "DRIVER",
            default_value = "recorded",
            hide_default_value = true,
            hide_possible_values = true
        )]
        driver: DriverWord,
    },
    /// Change who carries out the state commands of a group.
    Driver {
        /// The group.
        #[arg(value_name = "GROUP")]
        name: String,
        /// `recorded`: the administrator; `rgm`: rtreg.
        #[arg(value_name = "DRIVER", hide_possible_values = true)]
        driver: DriverWord,
    },
    /// Change the node list or Maximum_primaries.
    Set {
        /// The group.
        #[arg(value_name = "GROUP")]
        name: String,
        /// The new node list, the preferred node first.
        #[arg(long = "node", value_name = "NODE[,NODE]", value_delimiter = ',')]
        nodes: Vec<String>,
        /// Maximum_primaries=N.
        #[arg(short = 'p', value_name = "NAME=VALUE")]
        properties: Vec<String>,
    },
    /// Delete a group without resources.
    Delete(Name),
    /// Record that the group is managed: Init has run.
    Manage {
        /// The group.
        #[arg(value_name = "GROUP")]
        name: String,
        /// It was managed before rtreg knew it: which version's Init has run is not known.
        #[arg(long)]
        already: bool,
    },
    /// Record that the group is unmanaged: Fini has run. Only when it is offline and all its resources are disabled.
    Unmanage(Name),
    /// Record that the group is online; without --node on the first Maximum_primaries up nodes of the node list.
    Online(Nodes),
    /// Record that the group is offline; without --node everywhere.
    Offline(Nodes),
    /// Record that the group is online on these nodes and offline on all others, as one change. Where rtreg drives the group it moves,
    /// unless a Monitor_check on a node where it is to come online refuses.
    Move {
        /// The group.
        #[arg(value_name = "GROUP")]
        name: String,
        /// The nodes where it is to be online.
        #[arg(long = "node", value_name = "NODE[,NODE]", required = true, value_delimiter = ',')]
        nodes: Vec<String>,
    },
}

/// A driver on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DriverWord {
    /// The administrator.
    Recorded,
    /// rtreg.
    Rgm,
}

impl From<DriverWord> for Driver {
    fn from(word: DriverWord) -> Self {
        match word {
            DriverWord::Recorded => Self::Recorded,
            DriverWord::Rgm => Self::Rgm,
        }
    }
}

#[derive(Debug, Args)]
struct Name {
    /// The group.
    #[arg(value_name = "GROUP")]
    name: String,
}

#[derive(Debug, Args)]
struct Nodes {
    /// The group.
    #[arg(value_name = "GROUP")]
    name: String,
    /// The nodes, where not all that the command would take.
    #[arg(long = "node", value_name = "NODE[,NODE]", value_delimiter = ',')]
    nodes: Vec<String>,
}

/// Does it.
///
/// # Errors
/// What the registry says.
pub fn run(arguments: Arguments, app: &App) -> Result<Exit, CliError> {
    match arguments.command {
        Group::Create { name, nodes, properties, driver } => {
            let request = CreateRequest { name, nodes, properties, driver: Some(driver.into()) };
            let units = ("nodes", request.nodes.len());
            let (report, _) = transact(app.store()?, &app.context(), units, |tx| group::create(tx, &request))?;
            output::answer(app, &report, ChangeReport::text)
        }
        Group::Set { name, nodes, properties } => {
            let request = SetRequest { name, nodes, properties };
            change(app, &request.name, &StateCommand::SetGroup(request.clone()), |tx| group::set(tx, &request))
        }
        Group::Driver { name, driver } => {
            let request = DriverRequest { name, driver: driver.into() };
            let command = StateCommand::Drive(GroupRequest { name: request.name.clone() });
            change(app, &request.name, &command, |tx| set_driver(tx, &request))
        }
        Group::Delete(name) => recorded(app, name, group::delete),
        Group::Manage { name, already: false } => whole(app, Name { name }, (StateCommand::Manage, group::manage)),
        Group::Manage { name, already: true } => recorded(app, Name { name }, group::manage_already),
        Group::Unmanage(name) => whole(app, name, (StateCommand::Unmanage, group::unmanage)),
        Group::Online(nodes) => on_nodes(app, nodes, (StateCommand::Online, group::online)),
        Group::Offline(nodes) => on_nodes(app, nodes, (StateCommand::Offline, group::offline)),
        Group::Move { name, nodes } => on_nodes(app, Nodes { name, nodes }, (StateCommand::Move, group::move_to)),
    }
}

type Recorded<R> = fn(&mut Transaction<'_>, &R) -> Result<ChangeReport, CommandError>;

/// A command that runs no method, whoever drives the group.
fn recorded(app: &App, Name { name }: Name, command: Recorded<GroupRequest>) -> Result<Exit, CliError> {
    let request = GroupRequest { name };
    let count = inspect(app.store()?, |view| group::member_count(view, &request.name))?;
    let (report, _) = transact(app.store()?, &app.context(), ("resources", count), |tx| command(tx, &request))?;
    output::answer(app, &report, ChangeReport::text)
}

fn whole(
    app: &App,
    Name { name }: Name,
    (command, recorded): (fn(GroupRequest) -> StateCommand, Recorded<GroupRequest>),
) -> Result<Exit, CliError> {
    let request = GroupRequest { name };
    change(app, &request.name, &command(request.clone()), |tx| recorded(tx, &request))
}

fn on_nodes(
    app: &App,
    Nodes { name, nodes }: Nodes,
    (command, recorded): (fn(NodesRequest) -> StateCommand, Recorded<NodesRequest>),
) -> Result<Exit, CliError> {
    let request = NodesRequest { name, nodes };
    change(app, &request.name, &command(request.clone()), |tx| recorded(tx, &request))
}

/// A change of a group is made of changes of its resources.
fn change(
    app: &App,
    group: &str,
    command: &StateCommand,
    recorded: impl FnMut(&mut Transaction<'_>) -> Result<ChangeReport, CommandError>,
) -> Result<Exit, CliError> {
    let count = inspect(app.store()?, |view| group::member_count(view, group))?;
    record_or_run(app, ("resources", count), command, recorded)
}
