//! The command line of rtreg. This crate is the only wiring: it reads files, clock, user and environment, hands them to
//! the pure crates, and prints what they say. It words nothing that they found.

mod app;
mod commands;
mod completed;
mod config;
mod error;
mod examples;
mod files;
mod fixing;
mod irreversible;
mod live;
mod manual;
mod output;
mod outputs;
mod parallel;
mod regular;
mod rewrite;
mod scha;
mod vendor;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser};
use rtreg_runtime::sandbox;
use rtreg_runtime::scha::Command as MethodCommand;

use app::{App, Options};
use commands::Command;
use error::CliError;

/// Registry and upgrade compiler for cluster resource types: says when a running service may move to a new version of its
/// type, and why.
#[derive(Debug, Parser)]
#[command(name = "rtreg", version, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
struct Arguments {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    if let Some(code) = other_names() {
        return code;
    }
    let arguments = match parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, not errors; all else is wrong usage (exit 2).
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let app = App::new(arguments.options);
    let code = match format_known(&arguments.command, &app).and_then(|()| arguments.command.run(&app)) {
        Ok(exit) => exit.code(),
        Err(error) => {
            error.print(&app);
            error.exit().code()
        }
    };
    app.close();
    ExitCode::from(code)
}

/// What the binary is when it is not called as `rtreg`: one of the vendor's commands, or one that methods ask the cluster with, by
/// its name; a process of a sandbox, by a hidden subcommand, which must come before anything else that makes a thread.
fn other_names() -> Option<ExitCode> {
    let mut arguments = std::env::args_os();
    let name = arguments.next()?;
    if let Some(link) = vendor::called_as(Some(&name)) {
        return Some(vendor::run(link, &lossy(arguments)));
    }
    let name = PathBuf::from(name);
    let name = name.file_name().and_then(OsStr::to_str).unwrap_or_default();
    if let Some(command) = MethodCommand::parse(name) {
        return Some(ExitCode::from(scha::run(command, &lossy(arguments))));
    }
    let words: Vec<std::ffi::OsString> = arguments.collect();
    if let Some(code) = live::hidden(&words) {
        return Some(ExitCode::from(code));
    }
    match words.first()?.to_str()? {
        sandbox::ENTER_COMMAND => Some(ExitCode::from(sandbox::enter())),
        sandbox::INIT_COMMAND => Some(ExitCode::from(sandbox::init())),
        _ => None,
    }
}

fn lossy(arguments: std::env::ArgsOs) -> Vec<String> {
    arguments.map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// Reads the arguments; where they ask for help, it has examples. Other runs do without the time that these cost.
fn parse() -> Result<Arguments, clap::Error> {
    match Arguments::try_parse() {
        Err(error)
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand) =>
        {
            let matches = examples::added(Arguments::command()).try_get_matches()?;
            Arguments::from_arg_matches(&matches)
        }
        other => other,
    }
}

/// Each command says which formats it knows.
fn format_known(command: &Command, app: &App) -> Result<(), CliError> {
    match app.options.format {
        Some(format) if !command.formats().contains(&format) => {
            let known: Vec<String> = command.formats().iter().map(|format| format!("`{}`", format.as_str())).collect();
            Err(CliError::usage(format!(
                "expected {} behind --format of this command, found `{}`",
                known.join(" or "),
                format.as_str()
            ))
            .help("`rtreg COMMAND --help` says what a command writes"))
        }
        _ => Ok(()),
    }
}
