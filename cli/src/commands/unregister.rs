//! `rtreg unregister`: removes a version of a type that no resource uses.

use clap::Args;
use rtreg_registry::commands::unregister::{Report, Request, unregister};
use rtreg_registry::transact;

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The type: its full name, or an abbreviation that means only one.
    #[arg(value_name = "TYPE")]
    name: String,
}

/// Unregisters the type.
///
/// # Errors
/// What the registry refuses.
pub fn run(arguments: Arguments, app: &App) -> Result<Exit, CliError> {
    let request = Request { name: arguments.name };
    let (report, _) = transact(app.store()?, &app.context(), ("types", 1), |tx| unregister(tx, &request))?;
    output::answer(app, &report, Report::text)
}
