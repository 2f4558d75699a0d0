//! The commands, one file each: arguments, the call of the pure crates, the printing of what they say.

mod fmt;
mod lint;
mod schema;
mod upgrade;

use clap::Subcommand;

use crate::app::App;
use crate::error::{CliError, Exit};

/// What rtreg can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check RTR files: one finding a fault, with its place and its cure.
    Lint(lint::Arguments),
    /// Format RTR files: one style, comments kept, nothing that the file says changed.
    Fmt(fmt::Arguments),
    /// Upgrade a resource to another version of its type, if that is allowed now; say why, and what helps, if not.
    Upgrade(upgrade::Arguments),
    /// Print the JSON Schema of an answer, or the names of all schemas.
    Schema(schema::Arguments),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// What the command says.
    pub fn run(self, app: &App) -> Result<Exit, CliError> {
        match self {
            Self::Lint(arguments) => lint::run(&arguments, app),
            Self::Fmt(arguments) => fmt::run(&arguments, app),
            Self::Upgrade(arguments) => upgrade::run(arguments, app),
            Self::Schema(arguments) => schema::run(&arguments),
        }
    }
}
