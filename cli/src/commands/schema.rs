//! `rtreg schema`: the JSON Schemas of all answers, made from the types that write them.

use clap::Args;
use rtreg_registry::commands;
use schemars::{Schema, schema_for};

use crate::completed::any_word;
use crate::error::{CliError, Exit};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The name of a schema; without it the names of all are listed.
    #[arg(value_name = "NAME", value_parser = any_word(names), hide_possible_values = true)]
    name: Option<String>,
}

/// Makes a schema.
type Make = fn() -> Schema;

/// Every schema with its name; one line for each answer that has `--format json`.
const SCHEMAS: &[(&str, Make)] = &[
    ("change", || schema_for!(commands::changes::ChangeReport)),
    ("compat", || schema_for!(super::compat::CompatReport)),
    ("config-show", || schema_for!(super::config::ConfigReport)),
    ("control-show", || schema_for!(super::control::ControlReport)),
    ("error", || schema_for!(output::ErrorReport)),
    ("evidence", super::try_versions::schema),
    ("explain", || schema_for!(super::explain::RuleReport)),
    ("fmt", || schema_for!(super::fmt::FmtReport)),
    ("graph", || schema_for!(rtreg_upgrade::graph::report::GraphReport)),
    ("history", || schema_for!(commands::history_view::Report)),
    ("history-head", || schema_for!(commands::history_view::Head)),
    ("history-verify", || schema_for!(commands::history_verify::Report)),
    ("import", || schema_for!(commands::import::Report)),
    ("install-links", || schema_for!(super::install_links::LinksReport)),
    ("lint", || schema_for!(rtreg_checker::report::json::JsonReport)),
    ("list", || schema_for!(commands::list::Report)),
    ("man", || schema_for!(super::man::ManReport)),
    ("node-list", || schema_for!(commands::node::NodeList)),
    ("path", || schema_for!(rtreg_upgrade::path::report::PathsReport)),
    ("plan", || schema_for!(rtreg_upgrade::plan::Plan)),
    ("register", || schema_for!(commands::register::Report)),
    ("rules", || schema_for!(super::rules::RulesReport)),
    ("event", || schema_for!(rtreg_runtime::live::Event)),
    ("run", || schema_for!(rtreg_upgrade::run::RunReport)),
    ("runs", || schema_for!(rtreg_upgrade::run::RunsReport)),
    ("setting-list", || schema_for!(commands::settings::Report)),
    ("setting-set", || schema_for!(commands::settings::SetReport)),
    ("show-group", || schema_for!(commands::show::GroupReport)),
    ("show-node", || schema_for!(commands::show::NodeReport)),
    ("show-resource", || schema_for!(commands::show::ResourceReport)),
    ("show-type", || schema_for!(commands::show_type::Report)),
    ("show-type-rtr", || schema_for!(commands::show_type::RtrReport)),
    ("simulate", || schema_for!(super::plan::SimulateReport)),
    ("status", || schema_for!(commands::status::Report)),
    ("type-set", || schema_for!(commands::type_set::Report)),
    ("unregister", || schema_for!(commands::unregister::Report)),
    ("upgrade", || schema_for!(rtreg_upgrade::commands::UpgradeReport)),
];

fn names() -> Vec<&'static str> {
    SCHEMAS.iter().map(|(name, _)| *name).collect()
}

/// Prints a schema, or the names of all.
///
/// # Errors
/// An unknown name (usage).
pub fn run(arguments: &Arguments) -> Result<Exit, CliError> {
    let Some(wanted) = &arguments.name else {
        output::text(&names().join("\n"))?;
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
