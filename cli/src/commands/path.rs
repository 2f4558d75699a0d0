//! `rtreg path`: the least disruptive path of a resource to a version. Words come from the search and the gate.

use clap::Args;
use rtreg_registry::commands::properties::parse_assignments;
use rtreg_registry::inspect;
use rtreg_upgrade::commands::{PathAnswer, PathRequest, path};

use super::upgrade::exit_of;
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
}

/// Shows it; exits like `rtreg upgrade --preview` for the best path.
///
/// # Errors
/// An unknown resource or version; a store that fails.
pub fn run(arguments: Arguments, app: &App) -> Result<Exit, CliError> {
    let Arguments { resource, to, properties } = arguments;
    let properties = parse_assignments(properties.iter().map(String::as_str))?;
    let request = PathRequest { resource, to, properties };
    let answer = inspect(app.store_for_reading()?, |view| path(view, &request))?;
    if app.json() {
        output::json(&answer.json())?;
    } else {
        output::text(&answer.text())?;
    }
    Ok(exit(&answer))
}

fn exit(answer: &PathAnswer) -> Exit {
    let best = &answer.paths.best;
    match best.deciding().or(best.hops.last()) {
        Some(hop) => exit_of(&hop.decision),
        None => Exit::Done,
    }
}
