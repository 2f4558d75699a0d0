//! `rtreg upgrade`: asks the gate and, where it allows, upgrades. Words come from the gate.

use clap::Args;
use rtreg_registry::commands::properties::parse_assignments;
use rtreg_registry::commands::upgrade::{Report, Request, upgrade};
use rtreg_registry::gate::Verdict;
use rtreg_registry::transact;

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The resource.
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// The version that it is to have: RT_version (or `unversioned`), or a name that means this version of the type.
    #[arg(long, value_name = "VERSION")]
    to: String,
    /// A value that it is to have then: NAME=VALUE, or NAME{node}=VALUE for one node.
    #[arg(short = 'p', value_name = "NAME=VALUE")]
    properties: Vec<String>,
    /// Say what would be; change nothing.
    #[arg(long)]
    preview: bool,
}

/// Asks the gate and does what it allows.
///
/// # Errors
/// An unknown resource or version; a store that fails.
pub fn run(arguments: Arguments, app: &App) -> Result<Exit, CliError> {
    let Arguments { resource, to, properties, preview } = arguments;
    let properties = parse_assignments(properties.iter().map(String::as_str))?;
    let report = perform(app, &Request { resource, to, properties, preview })?;
    if app.json() {
        output::json(&report.json())?;
    } else {
        output::text(&report.text())?;
    }
    Ok(exit(&report))
}

/// Asks the gate and does what it allows; also what the vendor's names do.
///
/// # Errors
/// An unknown resource or version; a store that fails.
pub fn perform(app: &App, request: &Request) -> Result<Report, CliError> {
    let store = if request.preview { app.store_for_reading()? } else { app.store()? };
    Ok(transact(store, &app.context(), ("upgrades", 1), |tx| upgrade(tx, request))?.0)
}

fn exit(report: &Report) -> Exit {
    match report.decision.verdict {
        Verdict::Allowed => Exit::Done,
        // The version is the same and values were given: that is what `resource set` is for.
        Verdict::Blocked if report.decision.is_same_version() => Exit::Usage,
        Verdict::Blocked => Exit::UpgradeRefused,
        _ => Exit::Failed,
    }
}
