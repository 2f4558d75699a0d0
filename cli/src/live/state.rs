//! State commands: recorded where the administrator drives the group; where rtreg does, a plan that is carried out at once. Which it
//! is the registry says, in the refusal of what would have to run methods.

use rtreg_registry::commands::changes::ChangeReport;
use rtreg_registry::{CommandError, Transaction, inspect, transact};
use rtreg_upgrade::render;
use rtreg_upgrade::run::Begin;
use rtreg_upgrade::states::{StateCommand, state_plan};

use super::{Following, carry_out};
use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

/// The refusal of what runs methods.
const RUNS_METHODS: &str = "runs_methods";

/// Records a command, or carries it out as a plan. `units` says what a commit is made of.
///
/// # Errors
/// What the registry refuses; a run that cannot begin.
pub fn record_or_run(
    app: &App,
    units: (&str, usize),
    command: &StateCommand,
    recorded: impl FnMut(&mut Transaction<'_>) -> Result<ChangeReport, CommandError>,
) -> Result<Exit, CliError> {
    match transact(app.store()?, &app.context(), units, recorded) {
        Ok((report, _)) => output::answer(app, &report, ChangeReport::text),
        Err(CommandError::Refused(refusal)) if refusal.rule == RUNS_METHODS => run(app, command),
        Err(error) => Err(error.into()),
    }
}

/// Carries out a state command as a plan.
fn run(app: &App, command: &StateCommand) -> Result<Exit, CliError> {
    let store = app.store()?;
    let plan = inspect(store, |view| state_plan(view, command))?;
    if plan.is_empty() {
        match app.json() {
            true => output::json(&plan)?,
            false => output::text(&render::text(&plan))?,
        }
        return Ok(Exit::Done);
    }
    if !app.json() {
        plan.notices.iter().for_each(|notice| eprintln!("note: {}", notice.sentence));
    }
    let begin = Begin { plan: &plan, what: command.words(), accept_changed_methods: false };
    carry_out(app, &begin, &Following::default())
}
