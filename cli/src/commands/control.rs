//! `rtreg control`: the tables of the control models, as they are compiled in.

use clap::{Args, Subcommand, ValueEnum};
use rtreg_control::rgm;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::{App, Format};
use crate::error::{CliError, Exit};
use crate::output;

/// What can be done with a control model.
#[derive(Debug, Subcommand)]
pub enum ControlCommand {
    /// Show a control model: which method is called when, where, of which version, and what its failure does. Formats: text,
    /// json, tsv; tsv says where each row is known from.
    Show(Show),
}

/// Which model.
#[derive(Debug, Args)]
pub struct Show {
    /// The model: rgm, the twelve callbacks of the Resource Group Manager.
    #[arg(value_enum, hide_possible_values = true)]
    model: Model,
}

/// A control model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Model {
    /// The Resource Group Manager of Sun Cluster.
    Rgm,
}

/// The answer as JSON, version 1.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ControlReport {
    /// Of this form: 1.
    version: u32,
    /// The model.
    model: String,
    /// The rows, in their order.
    rows: Vec<ControlRow>,
}

/// One row.
#[derive(Debug, Serialize, JsonSchema)]
struct ControlRow {
    /// What happens.
    event: String,
    /// The place among the rows of the event.
    order: u8,
    /// What is done.
    action: String,
    /// The methods that are called, in their order; none where it is about addresses, records or another event.
    methods: Vec<String>,
    /// Where.
    nodes: String,
    /// With which version's methods.
    whose: String,
    /// Whether the call may be made again when its outcome is not known.
    repeat_after_crash: String,
    /// What the vendor's cluster does on failure.
    vendor_on_failure: String,
    /// What a run of rtreg does on failure.
    in_a_run: String,
    /// How well it is known, and from where.
    provenance: String,
}

impl ControlRow {
    fn new(row: &rgm::Row) -> Self {
        Self {
            event: row.event.to_string(),
            order: row.order,
            action: row.action.to_string(),
            methods: row.action.methods().iter().map(|method| method.as_str().to_owned()).collect(),
            nodes: row.nodes.to_string(),
            whose: row.whose.to_string(),
            repeat_after_crash: row.repeat.to_string(),
            vendor_on_failure: row.vendor_on_failure.to_string(),
            in_a_run: row.in_run.to_string(),
            provenance: row.provenance.to_owned(),
        }
    }
}

/// Prints the model.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(command: &ControlCommand, app: &App) -> Result<Exit, CliError> {
    let ControlCommand::Show(show) = command;
    match show.model {
        Model::Rgm if app.options.format == Some(Format::Tsv) => {
            output::text(rgm::tsv().trim_end()).map(|()| Exit::Done)
        }
        Model::Rgm => {
            let rows = rgm::ROWS.iter().map(ControlRow::new).collect();
            output::answer(app, &ControlReport { version: 1, model: "rgm".to_owned(), rows }, |_| text())
        }
    }
}

/// The rows under their events.
fn text() -> String {
    let mut lines = Vec::new();
    for event in rgm::Event::ALL {
        lines.push(event.to_string());
        for row in rgm::rows(*event) {
            let parts = [
                ("on", row.nodes.as_str()),
                ("of", row.whose.as_str()),
                ("again after a crash:", row.repeat.as_str()),
                ("the vendor's cluster on failure:", row.vendor_on_failure.as_str()),
                ("a run on failure:", row.in_run.as_str()),
            ];
            lines.push(format!("  {}. {}", row.order, row.action));
            lines.extend(
                parts.iter().filter(|(_, value)| *value != "-").map(|(name, value)| format!("     {name} {value}")),
            );
        }
    }
    lines.join("\n")
}
