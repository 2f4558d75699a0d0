//! `rtreg apply`, `resume`, `abort`, `runs` and `agent`: plans carried out for real, and what becomes of them. Words come from the run.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rtreg_registry::{CommandError, Refusal, inspect, runs};
use rtreg_runtime::live::{self, AgentError, Mode, World};
use rtreg_upgrade::run::{self, Begin, render_run, render_runs};

use super::plan;
use crate::app::App;
use crate::error::{CliError, Exit};
use crate::irreversible;
use crate::live::{Following, GoingOn, Told, carry_out, go_on, place, program};
use crate::output;

/// The arguments of `rtreg apply`.
#[derive(Debug, Args)]
pub struct ApplyArguments {
    /// A plan that `rtreg plan --out` has written.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    #[command(flatten)]
    how: How,
}

/// How a plan is carried out.
#[derive(Debug, Clone, Args)]
pub struct How {
    /// Run methods although their file is not the one that the version registered, or no process on the node has seen it.
    #[arg(long)]
    pub accept_changed_methods: bool,
    /// Go on although the plan has a point of no return.
    #[arg(long)]
    pub accept_irreversible: bool,
    /// Append every event to this file, as a line of JSON.
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
}

impl How {
    /// How the run is followed.
    pub fn following(&self) -> Following {
        Following { events: self.events.clone(), told: Told::All }
    }
}

/// The arguments of `rtreg resume`.
#[derive(Debug, Args)]
pub struct ResumeArguments {
    /// The run; it may be left out where only one is open.
    #[arg(value_name = "RUN")]
    run: Option<String>,
    /// Say of what has no outcome and must not be repeated whether it is done: done or not-done.
    #[arg(long, value_name = "OUTCOME", hide_possible_values = true)]
    assume: Option<Assume>,
    /// Take the run from its owner, even if he may live; that is kept in the history.
    #[arg(long)]
    take_over: bool,
    /// Run methods although their file is not the one that the version registered.
    #[arg(long)]
    accept_changed_methods: bool,
    /// Append every event to this file, as a line of JSON.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
}

/// What is assumed of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Assume {
    /// It is done.
    Done,
    /// It is not done.
    NotDone,
}

/// The arguments of `rtreg abort`.
#[derive(Debug, Args)]
pub struct AbortArguments {
    /// The run; it may be left out where only one is open.
    #[arg(value_name = "RUN")]
    run: Option<String>,
    /// Append every event to this file, as a line of JSON.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
}

/// The arguments of `rtreg runs`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RunsArguments {
    #[command(subcommand)]
    command: Option<RunsCommand>,
}

/// What `rtreg runs` can do beside listing.
#[derive(Debug, clap::Subcommand)]
enum RunsCommand {
    /// Show a run: every operation, how it ended, what it printed, and what to do next.
    Show(ShowArguments),
}

/// The arguments of `rtreg runs show`.
#[derive(Debug, Args)]
struct ShowArguments {
    /// The run.
    #[arg(value_name = "RUN")]
    run: String,
}

/// The arguments of `rtreg agent`.
#[derive(Debug, Args)]
pub struct AgentArguments {
    /// The node that this process is on.
    #[arg(long, value_name = "NODE")]
    node: String,
}

/// Carries out a plan.
///
/// # Errors
/// A file that is no plan; a plan that is stale or used; a store that fails.
pub fn apply(arguments: &ApplyArguments, app: &App) -> Result<Exit, CliError> {
    let made = plan::read(&arguments.plan)?;
    if made.is_empty() {
        output::text("The plan has no steps: there is nothing to do.")?;
        return Ok(Exit::Done);
    }
    irreversible::check_accepted(&made, arguments.how.accept_irreversible)?;
    let begin = Begin { plan: &made, what: what(&made), accept_changed_methods: arguments.how.accept_changed_methods };
    carry_out(app, &begin, &arguments.how.following())
}

/// What a plan of upgrades is for, in a few words.
pub fn what(made: &rtreg_upgrade::plan::Plan) -> String {
    let names: Vec<&str> = made.bundles().flat_map(|bundle| &bundle.upgrades).map(|of| of.resource.as_str()).collect();
    if !made.request.back.is_empty() {
        return format!("rollback {}", made.request.run.clone().unwrap_or_else(|| names.join(", ")));
    }
    match names.as_slice() {
        [] => "no upgrade".to_owned(),
        [one] => format!("upgrade {one} to {}", made.request.to),
        [one, two] => format!("upgrade {one} and {two} to {}", made.request.to),
        [one, rest @ ..] => format!("upgrade {one} and {} more to {}", rest.len(), made.request.to),
    }
}

/// Goes on with a run.
///
/// # Errors
/// There is no such run, or its owner lives; a store that fails.
pub fn resume(arguments: &ResumeArguments, app: &App) -> Result<Exit, CliError> {
    let run = chosen(app, arguments.run.as_deref())?;
    let how = GoingOn {
        by_force: arguments.take_over,
        assume: arguments.assume.map(|assume| assume == Assume::Done),
        accept_changed_methods: arguments.accept_changed_methods,
    };
    go_on(app, (&run, Mode::On), &how, &Following { events: arguments.events.clone(), told: Told::All })
}

/// Goes back.
///
/// # Errors
/// There is no such run; a store that fails.
pub fn abort(arguments: &AbortArguments, app: &App) -> Result<Exit, CliError> {
    let run = chosen(app, arguments.run.as_deref())?;
    let following = Following { events: arguments.events.clone(), told: Told::All };
    match go_on(app, (&run, Mode::Back), &GoingOn::default(), &following)? {
        // That it goes back is what was asked for.
        Exit::Unwound => Ok(Exit::Done),
        Exit::Done => {
            let refusal =
                Refusal::new("run_done", format!("run {run} was done before it could go back: everything stays"));
            Err(CliError::new(Exit::Refused, refusal.help(format!("`rtreg rollback {run}` goes back behind it"))))
        }
        other => Ok(other),
    }
}

/// The run that is meant: the named one, or the only one that is open.
fn chosen(app: &App, named: Option<&str>) -> Result<String, CliError> {
    if let Some(run) = named {
        return Ok(run.to_owned());
    }
    let open = inspect(app.store_that_exists()?, |view| Ok::<_, CommandError>(runs::open(view)?))?;
    match open.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(CliError::new(Exit::Refused, Refusal::new("not_found", "no run is open"))
            .help("`rtreg runs` lists those that have ended")),
        several => Err(CliError::usage("expected the name of a run: several are open")
            .details(several.iter().cloned())
            .help("`rtreg runs show RUN` says what each is for")),
    }
}

/// Lists the runs, or shows one.
///
/// # Errors
/// There is no such run; a store that fails.
pub fn runs(arguments: &RunsArguments, app: &App) -> Result<Exit, CliError> {
    let store = app.store_for_reading()?;
    match &arguments.command {
        None => {
            let report = inspect(store, run::reports)?;
            output::answer(app, &report, render_runs)
        }
        Some(RunsCommand::Show(ShowArguments { run })) => {
            let report = inspect(store, |view| run::report(view, run))?;
            output::answer(app, &report, render_run)
        }
    }
}

/// Is the agent of a node.
///
/// # Errors
/// There is one already; a store that fails.
pub fn agent(arguments: &AgentArguments, app: &App) -> Result<Exit, CliError> {
    let store = app.store_that_exists()?;
    let reason = app.options.reason.clone();
    let clock = move || crate::app::context(reason.clone());
    let node = arguments.node.clone();
    let world = World { store, clock: &clock, place: place(app)?, node: node.clone(), program: program()? };
    let ready = || {
        let mut out = std::io::stdout();
        _ = writeln!(out, "agent of node {node}: at work").and_then(|()| out.flush());
    };
    match live::agent(&world, ready) {
        Ok(()) => Ok(Exit::Done),
        Err(AgentError::Another) => {
            let refusal = Refusal::new("agent_lives", format!("an agent of node `{node}` is at work already"));
            Err(CliError::new(Exit::Busy, refusal.help("one is enough; end that one first to start another")))
        }
        Err(AgentError::Command(error)) => Err(error.into()),
        Err(error) => Err(CliError::io(error.to_string())),
    }
}
