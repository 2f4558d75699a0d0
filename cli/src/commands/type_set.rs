//! `rtreg type set`: Installed_nodes and RT_system of a registered type.

use clap::{Args, Subcommand};
use rtreg_registry::commands::type_set::{InstalledNodes, Report, Request, type_set};
use rtreg_registry::transact;

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

/// What can be done to a registered type.
#[derive(Debug, Subcommand)]
pub enum TypeCommand {
    /// Change Installed_nodes or RT_system of a registered type.
    Set(Arguments),
}

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The type: its full name, or an abbreviation that means only one.
    #[arg(value_name = "TYPE")]
    name: String,
    /// Installed_nodes: the nodes on which the type may be used.
    #[arg(long = "node", value_name = "NODE[,NODE]", value_delimiter = ',', conflicts_with = "all_nodes")]
    nodes: Vec<String>,
    /// Installed_nodes: all nodes, also those that are added later.
    #[arg(long)]
    all_nodes: bool,
    /// RT_system=TRUE or FALSE, or Installed_nodes and its nodes, separated by commas
    #[arg(short = 'p', value_name = "NAME=VALUE", value_parser = property)]
    properties: Vec<(String, String)>,
}

fn property(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// Does it.
///
/// # Errors
/// What the registry refuses.
pub fn run(command: TypeCommand, app: &App) -> Result<Exit, CliError> {
    let TypeCommand::Set(Arguments { name, nodes, all_nodes, properties }) = command;
    let installed_nodes = match (all_nodes, nodes.is_empty()) {
        (true, _) => Some(InstalledNodes::All),
        (false, false) => Some(InstalledNodes::Nodes(nodes)),
        (false, true) => None,
    };
    let request = Request { name, installed_nodes, properties };
    let (report, _) = transact(app.store()?, &app.context(), ("types", 1), |tx| type_set(tx, &request))?;
    output::answer(app, &report, Report::text)
}
