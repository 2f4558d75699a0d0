//! `rtreg list`: the registered versions of types.

use clap::Args;
use rtreg_registry::commands::list::{Report, list};
use rtreg_registry::inspect;

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A name (`SUNW.qfs`, `qfs`), a glob (`'SUNW.*'`, `'SUNW.qfs:*'`) or a range of versions (`'SUNW.qfs:>=4, <6'`); all
    /// types without it.
    query: Option<String>,
}

/// Lists what the query asks for.
///
/// # Errors
/// A query that cannot be read; a name that means nothing.
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    let report = inspect(app.store_for_reading()?, |view| list(view, arguments.query.as_deref()))?;
    output::answer(app, &report, Report::text)
}
