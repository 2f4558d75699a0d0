//! `rtreg register`: reads the RTR files and the methods that they name, and registers the types.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use rtreg_model::Release;
use rtreg_registry::CommandError;
use rtreg_registry::commands::register::{Report, Request, RtrFile, prepare, run_prepared, sources};

use super::lint;
use crate::app::App;
use crate::completed::{self, completed};
use crate::config::release;
use crate::error::{CliError, Exit};
use crate::files;
use crate::output;
use crate::regular;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// RTR files; all of them are registered, or none.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Installed_nodes: the nodes on which the types may be used; all nodes without it.
    #[arg(long = "node", value_name = "NODE[,NODE]", value_delimiter = ',')]
    nodes: Vec<String>,
    /// The release that the files are meant for: 3.0 (the only one without RT_version), 3.1, 3.2 or 4.x.
    #[arg(long, value_name = "RELEASE", default_value = "4.x", value_parser = completed(release, completed::releases), hide_possible_values = true)]
    target: Release,
}

/// Registers the files.
///
/// # Errors
/// A file that cannot be read; files with errors; what the registry refuses.
pub fn run(arguments: Arguments, app: &App) -> Result<Exit, CliError> {
    let files = files::read_all(&arguments.files)?.into_iter().map(rtr_file).collect();
    let installed_nodes = (!arguments.nodes.is_empty()).then_some(arguments.nodes);
    let request = Request { files, installed_nodes, target: arguments.target };
    let report = perform(app, &request)?;
    print(app, &request, &report)
}

/// Registers what was read; findings that stand in the way are printed. Also what the vendor's names do.
///
/// # Errors
/// Files with errors; what the registry refuses.
pub fn perform(app: &App, request: &Request) -> Result<Report, CliError> {
    // The methods are looked at only when the files that name them have passed.
    match prepare(request) {
        Ok(prepared) => {
            let prepared = prepared.with_digests(digest);
            Ok(run_prepared(app.store()?, &app.context(), &prepared)?.0)
        }
        Err(CommandError::Findings(findings)) => {
            lint::print(app, &findings, &sources(request), request.files.len())?;
            Err(CommandError::Findings(findings).into())
        }
        Err(error) => Err(error.into()),
    }
}

fn print(app: &App, request: &Request, report: &Report) -> Result<Exit, CliError> {
    if !app.json() && !report.findings.is_empty() {
        lint::print(app, &report.findings, &sources(request), request.files.len())?;
    }
    output::answer(app, report, Report::text)
}

/// A file that was read, as the registry takes it.
pub fn rtr_file(input: files::Input) -> RtrFile {
    RtrFile { name: input.name, bytes: input.bytes, digests: BTreeMap::new() }
}

/// SHA-256 of a method's file; none where there is none, or none that can be read.
pub fn digest(path: &str) -> Option<String> {
    match regular::sha256(Path::new(path)) {
        Ok(digest) => Some(digest),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            eprintln!("note: the method {path} cannot be read, so its digest is not recorded: {error}");
            None
        }
    }
}
