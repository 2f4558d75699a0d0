//! `rtreg node`: the nodes of the cluster. Words come from the registry.

use clap::{Args, Subcommand};
use rtreg_registry::commands::changes::ChangeReport;
use rtreg_registry::commands::node::{self, NodeList, NodeRequest};
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
    command: Node,
}

#[derive(Debug, Subcommand)]
enum Node {
    /// Add a node, which is up.
    Add(Name),
    /// Remove a node that is declared down and that nothing names.
    Remove(Name),
    /// List the nodes.
    List,
    /// Record that a node is a member of the cluster again; one that was down has booted.
    Up(Name),
    /// Declare a node down and fenced: nothing runs there any more. Ends, with one write, the recorded state of
    /// every resource there; say it only of a node that is really stopped.
    Down(Name),
}

#[derive(Debug, Args)]
struct Name {
    /// The node.
    #[arg(value_name = "NODE")]
    name: String,
}

/// What boots a node.
type Boots = fn(NodeRequest) -> StateCommand;

type Change = fn(&mut Transaction<'_>, &NodeRequest) -> Result<ChangeReport, CommandError>;

/// Does it.
///
/// # Errors
/// What the registry says.
pub fn run(arguments: Arguments, app: &App) -> Result<Exit, CliError> {
    let (change, command, name): (Change, Option<Boots>, Name) = match arguments.command {
        Node::Add(name) => (node::add, Some(StateCommand::AddNode), name),
        Node::Remove(name) => (node::remove, None, name),
        Node::Up(name) => (node::up, Some(StateCommand::NodeUp), name),
        Node::Down(name) => (node::down, None, name),
        Node::List => {
            let list = inspect(app.store_for_reading()?, node::list)?;
            return output::answer(app, &list, NodeList::text);
        }
    };
    let request = NodeRequest { name: name.name };
    if let Some(command) = command {
        return record_or_run(app, ("nodes", 1), &command(request.clone()), |tx| change(tx, &request));
    }
    let (report, _) = transact(app.store()?, &app.context(), ("nodes", 1), |tx| change(tx, &request))?;
    output::answer(app, &report, ChangeReport::text)
}
