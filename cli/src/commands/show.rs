//! `rtreg show`: all that is known of a type, resource, group or node.

use clap::{Args, Subcommand};
use rtreg_registry::commands::{show, show_type};
use rtreg_registry::inspect;

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

/// What can be shown.
#[derive(Debug, Subcommand)]
pub enum ShowCommand {
    /// Show a registered type: properties, methods, `#$upgrade_from` lines, resources that use it.
    Type(TypeArguments),
    /// Show a resource: its type, properties and state on each node.
    Resource(Name),
    /// Show a group: its nodes and resources.
    Group(Name),
    /// Show a node: its groups and types.
    Node(Name),
}

/// The arguments of `show type`.
#[derive(Debug, Args)]
pub struct TypeArguments {
    /// The type: its full name, or an abbreviation that means only one.
    #[arg(value_name = "TYPE")]
    name: String,
    /// Print the RTR file, byte for byte, and nothing else.
    #[arg(long)]
    rtr: bool,
}

/// A name.
#[derive(Debug, Args)]
pub struct Name {
    /// Its name, in full.
    #[arg(value_name = "NAME")]
    name: String,
}

/// Shows it.
///
/// # Errors
/// What is not there.
pub fn run(command: &ShowCommand, app: &App) -> Result<Exit, CliError> {
    let store = app.store_for_reading()?;
    match command {
        ShowCommand::Type(TypeArguments { name, rtr: true }) => {
            let report = inspect(store, |view| show_type::rtr(view, name))?;
            if app.json() {
                return output::answer(app, &report, |_| String::new());
            }
            output::bytes(&report.bytes).map(|()| Exit::Done)
        }
        ShowCommand::Type(TypeArguments { name, rtr: false }) => {
            let report = inspect(store, |view| show_type::show(view, name))?;
            output::answer(app, &report, show_type::Report::text)
        }
        ShowCommand::Resource(Name { name }) => {
            let report = inspect(store, |view| show::resource(view, name))?;
            output::answer(app, &report, show::ResourceReport::text)
        }
        ShowCommand::Group(Name { name }) => {
            let report = inspect(store, |view| show::group(view, name))?;
            output::answer(app, &report, show::GroupReport::text)
        }
        ShowCommand::Node(Name { name }) => {
            let report = inspect(store, |view| show::node(view, name))?;
            output::answer(app, &report, show::NodeReport::text)
        }
    }
}
