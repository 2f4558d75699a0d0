//! `rtreg import`: reads what a cluster's own commands have printed and takes it over. Words come from the registry.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use rtreg_checker::report::Sources;
use rtreg_model::{Finding, Release};
use rtreg_registry::CommandError;
use rtreg_registry::Refusal;
use rtreg_registry::commands::import::{self, Report, Request, prepare};
use rtreg_registry::commands::register::{self, RtrFile};
use rtreg_registry::import::{Cluster, Lines, parse, read};
use rtreg_registry::records::ImportOrigins;

use super::{lint, register as registering};
use crate::app::App;
use crate::error::{CliError, Exit};
use crate::files;
use crate::output;

/// What can be imported.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// A Sun Cluster or Solaris Cluster: what `clresource show -v`, `clresourcegroup show -v`, `clresourcetype show -v`,
    /// `clresource status`, `clresourcegroup status` and `clnode status` print.
    SolarisCluster(Arguments),
}

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Files with the output of these commands, one or several a file; `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// When the cluster printed it (RFC 3339, such as 2026-03-01T12:00:00Z); every decision says how old it is.
    #[arg(long, value_name = "TIME", value_parser = time)]
    as_of: jiff::Timestamp,
    /// The version that started and initialised what runs: `type_version` if you know that it is the present Type_version of
    /// each resource, else `unknown`, which only makes answers stricter.
    #[arg(long, value_name = "WORD", value_enum, hide_possible_values = true)]
    origins: Origins,
    /// RTR files, or folders of them, to be registered with it.
    #[arg(long, value_name = "PATH")]
    rtr: Vec<PathBuf>,
    /// The release that the RTR files are meant for: 3.0 (the only one without RT_version), 3.1, 3.2 or 4.x.
    #[arg(long, value_name = "RELEASE", default_value = "4.x", value_parser = crate::config::release)]
    target: Release,
    /// Say what would be; change nothing.
    #[arg(long)]
    preview: bool,
}

/// `--origins`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Origins {
    /// The present Type_version of each resource.
    #[value(name = "type_version")]
    TypeVersion,
    /// Not known.
    #[value(name = "unknown")]
    Unknown,
}

fn time(text: &str) -> Result<jiff::Timestamp, String> {
    text.parse().map_err(|_| "expected a time with its offset, such as 2026-03-01T12:00:00Z (RFC 3339)".to_owned())
}

/// Imports it.
///
/// # Errors
/// A file that cannot be read; lines that are not known; what contradicts the store.
pub fn run(command: ImportCommand, app: &App) -> Result<Exit, CliError> {
    let ImportCommand::SolarisCluster(arguments) = command;
    if arguments.as_of > jiff::Timestamp::now() {
        return Err(CliError::usage(format!(
            "expected a time that has passed behind --as-of, found {}",
            arguments.as_of
        ))
        .help("say when the cluster printed what is to be imported"));
    }
    let cluster = shown(app, &arguments.files)?;
    let rtr_files: Vec<RtrFile> = match arguments.rtr.is_empty() {
        true => Vec::new(),
        false => files::read_all(&arguments.rtr)?.into_iter().map(registering::rtr_file).collect(),
    };
    let prepared = match prepare(rtr_files.clone(), &cluster, arguments.target) {
        Ok(prepared) => prepared,
        Err(CommandError::Findings(findings)) => return Err(bad_rtr(app, &rtr_files, findings, arguments.target)),
        Err(error) => return Err(error.into()),
    };
    let request = Request {
        cluster,
        as_of: arguments.as_of.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        origins: match arguments.origins {
            Origins::TypeVersion => ImportOrigins::TypeVersion,
            Origins::Unknown => ImportOrigins::Unknown,
        },
        types: prepared.into_iter().map(|prepared| prepared.with_digests(registering::digest)).collect(),
        preview: arguments.preview,
    };
    let store = if request.preview { app.store_for_reading()? } else { app.store()? };
    let report = import::run(store, &app.context(), &request)?;
    output::answer(app, &report, Report::text)
}

/// What the files show; lines that are not known, and what contradicts itself, are printed.
fn shown(app: &App, paths: &[PathBuf]) -> Result<Cluster, CliError> {
    let mut sources = Sources::default();
    let (mut lines, mut findings) = (Lines::default(), Vec::new());
    for path in paths {
        let input = files::Place { path: path.clone(), named: true }.read()?;
        let file = sources.add(input.name, input.bytes);
        let (found, wrong) = parse(sources.text(file), file);
        lines.extend([found]);
        findings.extend(wrong);
    }
    let (cluster, wrong) = read(&lines);
    // What does not fit together may be missing only because its line could not be read.
    let findings = if findings.is_empty() { wrong } else { findings };
    if findings.is_empty() {
        return Ok(cluster);
    }
    lint::print(app, &findings, &sources, paths.len())?;
    Err(not_read(findings.len()))
}

fn not_read(count: usize) -> CliError {
    let message = format!("nothing is imported: {count} error{} in the files", if count == 1 { "" } else { "s" });
    CliError::new(Exit::Findings, Refusal::new("import_findings", message))
}

/// The findings of the RTR files, all of them: each file is prepared alone, so their numbers are not those of the list.
fn bad_rtr(app: &App, files: &[RtrFile], found: Vec<Finding>, target: Release) -> CliError {
    let all = register::Request { files: files.to_vec(), installed_nodes: None, target };
    let findings = match register::prepare(&all) {
        Err(CommandError::Findings(findings)) => findings,
        _ => found,
    };
    match lint::print(app, &findings, &register::sources(&all), files.len()) {
        Ok(()) => not_read(findings.len()),
        Err(error) => error,
    }
}
