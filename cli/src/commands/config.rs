//! `rtreg config`: which settings hold, where each comes from, and the schema of `rtreg.toml`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use schemars::{JsonSchema, schema_for};
use serde::Serialize;

use crate::app::App;
use crate::config::{Resolver, Row, Schema, SettingArguments};
use crate::error::{CliError, Exit};
use crate::output;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show the settings that hold for a file or folder, and where each comes from.
    Show(ShowArguments),
    /// Print the JSON Schema of `rtreg.toml`.
    Schema,
}

/// The arguments.
#[derive(Debug, Args)]
pub struct ShowArguments {
    /// The file or folder.
    #[arg(default_value = ".", value_name = "PATH")]
    path: PathBuf,
    #[command(flatten)]
    settings: SettingArguments,
}

/// The settings that hold for a path.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConfigReport {
    /// Of this form: 1.
    version: u32,
    /// The file or folder.
    path: String,
    /// Each value and where it comes from.
    values: Vec<Row>,
}

/// Does it.
///
/// # Errors
/// Settings that cannot be used.
pub fn run(command: &ConfigCommand, app: &App) -> Result<Exit, CliError> {
    match command {
        ConfigCommand::Show(arguments) => show(arguments, app),
        ConfigCommand::Schema => output::json(&schema_for!(Schema)).map(|()| Exit::Done),
    }
}

fn show(arguments: &ShowArguments, app: &App) -> Result<Exit, CliError> {
    let settings = Resolver::new(&arguments.settings)?.of(&arguments.path)?;
    let path = arguments.path.display().to_string();
    let report = ConfigReport { version: 1, path, values: settings.rows.clone() };
    output::answer(app, &report, |report| table(&report.values))
}

fn table(rows: &[Row]) -> String {
    let width = |column: fn(&Row) -> &str| rows.iter().map(|row| column(row).chars().count()).max().unwrap_or(0);
    let (key, value) = (width(|row| &row.key), width(|row| &row.value));
    rows.iter().map(|row| format!("{:key$}  {:value$}  {}\n", row.key, row.value, row.origin)).collect()
}
