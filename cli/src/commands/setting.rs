//! `rtreg setting`: choices that hold for a whole store.

use clap::{Args, Subcommand};
use rtreg_registry::commands::settings::{self, Report, SetReport};
use rtreg_registry::{inspect, transact};

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

/// What can be done with settings.
#[derive(Debug, Subcommand)]
pub enum SettingCommand {
    /// List all settings, their values and what they decide.
    List,
    /// Change a setting; needs `--reason TEXT`.
    Set(Arguments),
}

/// The arguments of `setting set`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The setting; `rtreg setting list` names them.
    name: String,
    /// Its new value; `rtreg setting list` says which there are.
    value: String,
}

/// Does it.
///
/// # Errors
/// What the registry refuses.
pub fn run(command: &SettingCommand, app: &App) -> Result<Exit, CliError> {
    match command {
        SettingCommand::List => {
            let report = inspect(app.store_for_reading()?, settings::list)?;
            output::answer(app, &report, Report::text)
        }
        SettingCommand::Set(Arguments { name, value }) => {
            let set = |tx: &mut rtreg_registry::Transaction<'_>| settings::set(tx, name, value);
            let (report, _) = transact(app.store()?, &app.context(), ("settings", 1), set)?;
            output::answer(app, &report, SetReport::text)
        }
    }
}
