//! `rtreg graph`: the registered versions of a type and the ways between them, as text, JSON, DOT or SVG.

use clap::Args;
use rtreg_registry::inspect;
use rtreg_upgrade::commands::graph;
use rtreg_upgrade::graph::{dot, svg};

use crate::app::{App, Format};
use crate::error::{CliError, Exit};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The type: its name without version, or a name that means versions of one type.
    #[arg(value_name = "TYPE")]
    name: String,
    /// Show also the ways to older versions that no file lists.
    #[arg(long)]
    all: bool,
}

/// Shows it.
///
/// # Errors
/// A type that is not registered, or a name that means several.
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    let report = inspect(app.store_for_reading()?, |view| graph(view, &arguments.name, arguments.all))?;
    match app.options.format {
        Some(Format::Json) => output::json(&report)?,
        Some(Format::Dot) => output::text(&dot::render(&report))?,
        Some(Format::Svg) => output::text(&svg::render(&report))?,
        _ => output::text(&report.text())?,
    }
    Ok(Exit::Done)
}
