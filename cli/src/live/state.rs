//! State commands: recorded where the administrator drives the group; where rtreg does, a plan that is carried out at once. Which it
//! is the registry says, in the refusal of what would have to run methods.

use std::collections::BTreeSet;

use rtreg_registry::commands::changes::ChangeReport;
use rtreg_registry::{CommandError, Transaction, inspect, transact};
use rtreg_upgrade::execute::Status;
use rtreg_upgrade::render;
use rtreg_upgrade::run::{self, Begin, RunReport};
use rtreg_upgrade::states::{FollowUp, StateCommand, follow_up, state_plan};

use super::{Following, Told, carried_out};
use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

/// The refusal of what runs methods.
const RUNS_METHODS: &str = "runs_methods";

/// The refusal of a plan whose basis has changed.
const STALE: &str = "stale_plan";

/// How often a plan is made before that is said.
const TRIES: u32 = 5;

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
        Err(CommandError::Refused(refusal)) if refusal.rule == RUNS_METHODS => Ok(run(app, command, Told::All)?.0),
        Err(error) => Err(error.into()),
    }
}

/// What became of a command.
#[derive(Debug)]
pub enum Performed {
    /// It is recorded.
    Recorded(ChangeReport),
    /// It was so already where rtreg drives the group.
    NothingToDo,
    /// Its methods have run.
    Ran(Box<RunReport>),
}

/// As [`record_or_run`], for who prints in a form of his own: a run that fails is an error.
///
/// # Errors
/// What the registry refuses; a run that cannot begin, or fails.
pub fn perform(
    app: &App,
    units: (&str, usize),
    (command, told): (&StateCommand, Told),
    recorded: impl FnMut(&mut Transaction<'_>) -> Result<ChangeReport, CommandError>,
) -> Result<Performed, CliError> {
    match transact(app.store()?, &app.context(), units, recorded) {
        Ok((report, _)) => Ok(Performed::Recorded(report)),
        Err(CommandError::Refused(refusal)) if refusal.rule == RUNS_METHODS => match run(app, command, told)? {
            (_, None) => Ok(Performed::NothingToDo),
            (exit, Some(run)) => Ok(Performed::Ran(Box::new(succeeded(app, exit, &run)?))),
        },
        Err(error) => Err(error.into()),
    }
}

/// The report of a run that did what was asked.
///
/// # Errors
/// It did not: why, in its own words.
pub fn succeeded(app: &App, exit: Exit, run: &str) -> Result<RunReport, CliError> {
    let report = inspect(app.store()?, |view| run::report(view, run))?;
    match exit {
        Exit::Done => Ok(report),
        exit => Err(CliError::new(exit, run::complaint(&report))),
    }
}

/// Carries out a state command, and what Failover_mode says where a method of it fails: the group moves on, to each node of its
/// list once at most. The exit is that of what was asked, with its run, if there was anything to do.
///
/// # Errors
/// What the registry refuses; a run that cannot begin.
pub fn run(app: &App, command: &StateCommand, told: Told) -> Result<(Exit, Option<String>), CliError> {
    let (exit, first) = run_once(app, command, told)?;
    let mut failed = first.clone().filter(|_| exit == Exit::Unwound);
    let mut tried = BTreeSet::new();
    while let Some(run) = failed.take() {
        let Some((command, node)) = follow_up_of(app, &run)? else { break };
        if !tried.insert(node) {
            break;
        }
        let (exit, run) = run_once(app, &command, told.min(Told::Progress))?;
        failed = run.filter(|_| exit == Exit::Unwound);
    }
    // What was asked has failed, whatever came of the rest.
    Ok((exit, first))
}

/// What follows the failures of a run: said, and the command that moves the group, if that follows, with the node that failed.
fn follow_up_of(app: &App, run: &str) -> Result<Option<(StateCommand, String)>, CliError> {
    let follow_ups = inspect(app.store()?, |view| {
        let mut follow_ups = Vec::new();
        for record in run::operations(view, run)?.into_values().filter(|record| record.status == Status::Failed) {
            let (Some(call), Some(node)) = (record.operation.method(), &record.operation.node) else { continue };
            let found = follow_up(view, &call.resource, node, call.method)?;
            follow_ups.extend(found.map(|found| (found, node.clone())));
        }
        Ok::<_, CommandError>(follow_ups)
    })?;
    let mut next = None;
    for (found, node) in follow_ups {
        match found {
            FollowUp::Waits(sentence) | FollowUp::WouldReboot(sentence) => eprintln!("note: {sentence}"),
            FollowUp::Moves { command, sentence } => {
                eprintln!("note: {sentence}");
                next = next.or(Some((command, node)));
            }
        }
    }
    Ok(next)
}

/// Carries out a state command as a plan.
fn run_once(app: &App, command: &StateCommand, told: Told) -> Result<(Exit, Option<String>), CliError> {
    let mut tries = TRIES;
    loop {
        tries -= 1;
        match planned(app, command, told) {
            // Something changed between plan and run, and nothing was done: nobody has looked at the plan, so another is as good.
            Err(error) if error.refusal().rule == STALE && tries > 0 => {}
            ended => return ended,
        }
    }
}

fn planned(app: &App, command: &StateCommand, told: Told) -> Result<(Exit, Option<String>), CliError> {
    let store = app.store()?;
    let plan = inspect(store, |view| state_plan(view, command))?;
    if plan.is_empty() {
        match (told, app.json()) {
            (Told::Progress | Told::Nothing, _) => {}
            (Told::All, true) => output::json(&plan)?,
            (Told::All, false) => output::text(&render::text(&plan))?,
        }
        return Ok((Exit::Done, None));
    }
    if !app.json() {
        plan.notices.iter().for_each(|notice| eprintln!("note: {}", notice.sentence));
    }
    let begin = Begin { plan: &plan, what: command.words(), accept_changed_methods: false };
    let (exit, run) = carried_out(app, &begin, &Following { events: None, told })?;
    Ok((exit, Some(run)))
}
