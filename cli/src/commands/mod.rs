//! The commands, one file each: arguments, the call of the pure crates, the printing of what they say.

mod group;
mod lint;
mod node;
mod resource;
mod schema;
mod show;
mod upgrade;

use clap::Subcommand;

use crate::app::App;
use crate::error::{CliError, Exit};

/// What rtreg can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Resource groups: create, set, delete, manage, unmanage, online, offline.
    Group(group::Arguments),
    /// Check RTR files: one finding a fault, with its place and its cure.
    Lint(lint::Arguments),
    /// Upgrade a resource to another version of its type, if that is allowed now; say why, and what helps, if not.
    Upgrade(upgrade::Arguments),
    /// Nodes: add, remove, list, up, down.
    Node(node::Arguments),
    /// Resources: create, delete, set, and their recorded state.
    Resource(Box<resource::Arguments>),
    /// Print the JSON Schema of an answer, or the names of all schemas.
    Schema(schema::Arguments),
    /// Show one resource, group or node.
    Show(show::Arguments),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// What the command says.
    pub fn run(self, app: &App) -> Result<Exit, CliError> {
        match self {
            Self::Group(arguments) => group::run(arguments, app),
            Self::Lint(arguments) => lint::run(&arguments, app),
            Self::Upgrade(arguments) => upgrade::run(arguments, app),
            Self::Node(arguments) => node::run(arguments, app),
            Self::Resource(arguments) => resource::run(*arguments, app),
            Self::Schema(arguments) => schema::run(&arguments),
            Self::Show(arguments) => show::run(&arguments, app),
        }
    }
}
