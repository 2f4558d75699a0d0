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
mod manual;
mod output;
mod outputs;
mod parallel;
mod regular;
mod rewrite;
mod vendor;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser};

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
    let mut words = std::env::args_os();
    if let Some(link) = vendor::called_as(words.next().as_deref()) {
        return vendor::run(link, &words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>());
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
