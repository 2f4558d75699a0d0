//! `rtreg history`: what happened, whether that is what was written, and the hash to be kept elsewhere.

use clap::{Args, Subcommand};
use rtreg_registry::commands::history_verify::{self, Expectation};
use rtreg_registry::commands::history_view;
use rtreg_registry::inspect;

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<HistoryCommand>,
    /// A type, resource, group, node or setting: its name or KIND:NAME; all of them without it.
    object: Option<String>,
    /// Most entries that are shown, the newest ones.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

/// What else can be done with the history.
#[derive(Debug, Subcommand)]
enum HistoryCommand {
    /// Recompute every hash, follow every chain, and hold records, indexes and RTR files against them.
    Verify(Verify),
    /// Print REVISION and HASH over the newest entries of all objects, to be kept elsewhere.
    Head,
}

/// The arguments of `history verify`.
#[derive(Debug, Args)]
struct Verify {
    /// What `rtreg history head` printed at an earlier time and was kept elsewhere.
    #[arg(long, value_name = "REVISION:HASH")]
    expect: Option<String>,
}

/// Does it.
///
/// # Errors
/// A store that is not whole, or, to be verified, does not exist (exit 3); an unknown object.
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    match &arguments.command {
        None => {
            let object = arguments.object.as_deref();
            let store = app.store_for_reading()?;
            let report = inspect(store, |view| history_view::history(view, object, arguments.limit))?;
            output::answer(app, &report, history_view::Report::text)
        }
        Some(HistoryCommand::Head) => {
            let report = inspect(app.store_that_exists()?, history_view::head)?;
            output::answer(app, &report, history_view::Head::text)
        }
        Some(HistoryCommand::Verify(Verify { expect })) => {
            let expect = expect.as_deref().map(Expectation::parse).transpose()?;
            let report = inspect(app.store_that_exists()?, |view| history_verify::verify(view, expect.as_ref()))?;
            let exit = output::answer(app, &report, history_verify::Report::text)?;
            report.refusal().map_or(Ok(exit), |refusal| Err(CliError::failed(refusal)))
        }
    }
}
