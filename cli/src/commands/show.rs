//! `rtreg show`: one object with all that the registry knows of it. Words come from the registry.

use clap::{Args, Subcommand};
use rtreg_registry::commands::show::{self, GroupReport, NodeReport, ResourceReport};
use rtreg_registry::inspect;

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Show,
}

#[derive(Debug, Subcommand)]
enum Show {
    /// A resource: state on each node, properties, dependencies.
    Resource(Name),
    /// A group: node list, where it is online, its resources.
    Group(Name),
    /// A node: its groups, and the types that are installed there.
    Node(Name),
}

#[derive(Debug, Args)]
struct Name {
    /// Its name.
    #[arg(value_name = "NAME")]
    name: String,
}

/// Shows it.
///
/// # Errors
/// What the registry says.
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    let store = app.store_for_reading()?;
    match &arguments.command {
        Show::Resource(Name { name }) => {
            let report = inspect(store, |view| show::resource(view, name))?;
            output::answer(app, &report, ResourceReport::text)
        }
        Show::Group(Name { name }) => {
            let report = inspect(store, |view| show::group(view, name))?;
            output::answer(app, &report, GroupReport::text)
        }
        Show::Node(Name { name }) => {
            let report = inspect(store, |view| show::node(view, name))?;
            output::answer(app, &report, NodeReport::text)
        }
    }
}
