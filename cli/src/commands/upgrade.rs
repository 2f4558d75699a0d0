//! `rtreg upgrade`: asks the gate and, where it allows, upgrades: straight, or by the least disruptive path. Words come
//! from the gate and the search.

use clap::Args;
use rtreg_registry::commands::properties::parse_assignments;
use rtreg_registry::gate::{Decision, Verdict};
use rtreg_upgrade::commands::{PathRequest, UpgradeRequest, upgrade};

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The resource.
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
    /// Go straight to the version, also where a path through others would disrupt less.
    #[arg(long)]
    direct: bool,
}

/// Asks the gate and does what it allows.
///
/// # Errors
/// An unknown resource or version; a store that fails, also after a part of a path is done.
pub fn run(arguments: Arguments, app: &App) -> Result<Exit, CliError> {
    let store = if arguments.preview { app.store_for_reading()? } else { app.store()? };
    let Arguments { resource, to, properties, preview, direct } = arguments;
    let properties = parse_assignments(properties.iter().map(String::as_str))?;
    let request = UpgradeRequest { path: PathRequest { resource, to, properties }, preview, direct };
    let mut upgraded = upgrade(store, &app.context(), &request)?;
    if app.json() {
        output::json(&upgraded.json())?;
    } else {
        output::text(&upgraded.text())?;
    }
    match upgraded.take_error() {
        Some(error) => Err(error.into()),
        None => Ok(exit_of(upgraded.decision())),
    }
}

/// How a command ends that asked the gate.
pub(super) fn exit_of(decision: &Decision) -> Exit {
    match decision.verdict {
        Verdict::Allowed => Exit::Done,
        // The version is the same and values were given: that is what `resource set` is for.
        Verdict::Blocked if decision.is_same_version() => Exit::Usage,
        Verdict::Blocked => Exit::UpgradeRefused,
        _ => Exit::Failed,
    }
}
