//! `rtreg schema`: the JSON Schemas of all answers, made from the types that write them.

use clap::Args;
use schemars::{Schema, schema_for};

use crate::error::{CliError, Exit};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Name of the schema; none lists them.
    name: Option<String>,
}

/// Every schema with its name; one line for each answer that has `--format json`.
const SCHEMAS: &[(&str, fn() -> Schema)] = &[
    ("fmt", || schema_for!(super::fmt::FmtReport)),
    ("history-entry", || schema_for!(rtreg_registry::history::Entry)),
    ("lint", || schema_for!(rtreg_checker::report::json::JsonReport)),
    ("upgrade", || schema_for!(rtreg_registry::gate::DecisionReport)),
];

/// Prints a schema, or the names of all.
///
/// # Errors
/// An unknown name (usage).
pub fn run(arguments: &Arguments) -> Result<Exit, CliError> {
    let names = || SCHEMAS.iter().map(|(name, _)| *name);
    let Some(wanted) = &arguments.name else {
        output::text(&names().collect::<Vec<_>>().join("\n"))?;
        return Ok(Exit::Done);
    };
    match SCHEMAS.iter().find(|(name, _)| name == wanted) {
        Some((_, schema)) => output::json(&schema()).map(|()| Exit::Done),
        None => {
            let hint = match rtreg_model::suggest::nearest(wanted, names()) {
                Some(near) => format!("did you mean `{near}`? `rtreg schema` lists all"),
                None => "`rtreg schema` lists all".to_owned(),
            };
            Err(CliError::usage(format!("expected the name of a schema, found `{wanted}`")).help(hint))
        }
    }
}
