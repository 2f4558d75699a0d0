//! The command line of rtreg. This crate is the only wiring: it reads files, clock, user and environment, hands them to
//! the pure crates, and prints what they say. It words nothing that they found.

mod app;
mod commands;
mod config;
mod error;
mod files;
mod fixing;
mod output;
mod regular;
mod rewrite;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use rtreg_runtime::{sandbox, scha};

use app::{App, Format, Options};
use commands::Command;
use error::CliError;

/// Registry and upgrade compiler for cluster resource types: knows when a running service may move to a new version of
/// its resource type, says why, and does it without losing anything.
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
        return ExitCode::from(code);
    }
    let arguments = match Arguments::try_parse() {
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

/// What the binary is when it is not called as `rtreg`: a command that methods ask the cluster with, by its name; a process of a
/// sandbox, by a hidden subcommand, which must come before anything else that makes a thread.
fn other_names() -> Option<u8> {
    let mut arguments = std::env::args_os();
    let name = PathBuf::from(arguments.next()?);
    let name = name.file_name().and_then(OsStr::to_str).unwrap_or_default();
    if let Some(command) = scha::Command::parse(name) {
        let arguments: Vec<String> = arguments.map(|argument| argument.to_string_lossy().into_owned()).collect();
        return Some(scha::main(command, &arguments));
    }
    match arguments.next()?.to_str()? {
        sandbox::ENTER_COMMAND => Some(sandbox::enter()),
        sandbox::INIT_COMMAND => Some(sandbox::init()),
        _ => None,
    }
}

/// Only lint has more formats than text and JSON.
fn format_known(command: &Command, app: &App) -> Result<(), CliError> {
    match app.options.format {
        None | Some(Format::Text | Format::Json) => Ok(()),
        Some(_) if matches!(command, Command::Lint(_)) => Ok(()),
        Some(format) => {
            let name = format.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
            Err(CliError::usage(format!("expected `text` or `json` behind --format, found `{name}`"))
                .help(format!("only `rtreg lint` writes {name}")))
        }
    }
}
