//! Plans carried out from the command line: the run begins here, a coordinator in a session of its own carries it on, and this
//! process only shows what happens. If this process ends, the run goes on.

pub mod asked;
mod follow;
mod hidden;
mod progress;
mod state;

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rtreg_registry::runs::{RunRecord, RunState};
use rtreg_registry::{Refusal, Store, inspect, runs};
use rtreg_runtime::live::{self, COORDINATE_COMMAND, Mode, Place, World};
use rtreg_upgrade::execute::{BundleEnd, Status};
use rtreg_upgrade::plan::{IfFailed, Plan};
use rtreg_upgrade::run::{self, Begin, Hand, RunReport, render_run};

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

pub use hidden::hidden;
pub use state::{Performed, perform, record_or_run, succeeded};

/// The variable in which the processes of a run find the reason that was given.
const REASON_VARIABLE: &str = "RTREG_REASON";

/// How a run is followed.
#[derive(Debug, Clone, Default)]
pub struct Following {
    /// `--events`: a file that gets every event as a line of JSON.
    pub events: Option<PathBuf>,
    /// What is said of it.
    pub told: Told,
}

/// What is said of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// Nothing.
    Nothing,
    /// How far it is.
    Progress,
    /// How far it is, and what became of it.
    #[default]
    All,
}

/// Carries out a plan, and waits for its end.
///
/// # Errors
/// It cannot begin; nothing has changed then.
pub fn carry_out(app: &App, request: &Begin<'_>, following: &Following) -> Result<Exit, CliError> {
    Ok(carried_out(app, request, following)?.0)
}

/// As [`carry_out`]; the name of the run, too.
///
/// # Errors
/// As [`carry_out`].
pub fn carried_out(app: &App, request: &Begin<'_>, following: &Following) -> Result<(Exit, String), CliError> {
    let store = app.store()?;
    let place = place(app)?;
    check_agents(store, &place, request.plan, &app.context().local_node)?;
    check_events(following)?;
    let record = run::begin(store, &app.context(), request)?;
    let lock = own(&place, &record.id)?.ok_or_else(|| CliError::internal("a new run has an owner already"))?;
    let exit = follow_coordinator(app, store, (&place, lock), (&record, Mode::On), following)?;
    Ok((exit, record.id))
}

/// A file of events that cannot be written is said before anything begins; later it is no reason to stop.
fn check_events(following: &Following) -> Result<(), CliError> {
    let Some(file) = &following.events else { return Ok(()) };
    let flags = nix::fcntl::OFlag::O_NONBLOCK.bits();
    let opened = OpenOptions::new().create(true).append(true).custom_flags(flags).open(file);
    opened.map(drop).map_err(|error| {
        CliError::io(format!("events cannot be written to {}: {error}", file.display()))
            .help("give --events another file")
    })
}

/// How a run is gone on with.
#[derive(Debug, Clone, Default)]
pub struct GoingOn {
    /// It is taken from its owner, even if he lives.
    pub by_force: bool,
    /// What a person says of operations whose outcome is not known, or that cannot succeed: that they are done, or not.
    pub assume: Option<bool>,
    /// Methods run although their file is not the one that the version registered.
    pub accept_changed_methods: bool,
}

/// Goes on with a run, or back.
///
/// # Errors
/// There is no such run, it has ended, or its owner lives.
pub fn go_on(app: &App, (run, mode): (&str, Mode), how: &GoingOn, following: &Following) -> Result<Exit, CliError> {
    check_events(following)?;
    let store = app.store_that_exists()?;
    let place = place(app)?;
    let record = inspect(store, |view| runs::find(view, run))?;
    let lock = own(&place, run)?;
    let is_taken = lock.is_none() && how.by_force;
    let ctx = app.context();
    let hand = Hand { store, ctx: &ctx, run, epoch: None };
    let lock = match (lock, how.by_force) {
        (Some(lock), _) => lock,
        (None, false) if mode == Mode::Back => {
            run::want_abort(&hand)?;
            eprintln!("note: run {run} is at work; it is asked to go back");
            live::take(&place.owner_lock(run)).map_err(|error| CliError::io(error.to_string()))?;
            return after(app, store, (run, following), None);
        }
        (None, false) => return Err(lives(&record)),
        (None, true) => {
            run::take_over(&hand, true, how.accept_changed_methods)?;
            if let Some(pid) = live::owner(&place.owner_lock(run)) {
                _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
            live::take(&place.owner_lock(run)).map_err(|error| CliError::io(error.to_string()))?
        }
    };
    if record.state.is_open()
        && let Some(done) = how.assume
    {
        assume(app, (store, &place), &hand, done)?;
    }
    let record = match is_taken {
        true => inspect(store, |view| runs::find(view, run))?,
        false => run::take_over(&hand, false, how.accept_changed_methods)?,
    };
    if mode == Mode::On && !record.abort_wanted {
        let plan = inspect(store, |view| run::plan_of(view, &record))?;
        check_agents(store, &place, &plan, &ctx.local_node)?;
        run::reserve_rest(&hand, &plan).map_err(|error| {
            CliError::from(error).help(format!("`rtreg abort {run}` frees what the run holds; then make the plan anew"))
        })?;
    }
    follow_coordinator(app, store, (&place, lock), (&record, mode), following)
}

/// A person says what nobody else can: of an operation whose outcome is not known although nobody is at it any more, and of one that
/// has stopped the run because it failed.
fn assume(app: &App, (store, place): (&dyn Store, &Place), hand: &Hand<'_>, done: bool) -> Result<(), CliError> {
    let run = hand.run;
    let reason = app.options.reason.clone();
    let clock = move || crate::app::context(reason.clone());
    let world =
        World { store, clock: &clock, place: place.clone(), node: app.context().local_node, program: program()? };
    live::settle_all(&world, run)?;
    let begun = inspect(store, |view| run::operations(view, run))?;
    let is_open = |of: &run::OpRecord| match of.status {
        Status::Begun => true,
        Status::Failed => of.operation.if_failed == IfFailed::Halt,
        Status::Done | Status::Skipped => false,
    };
    let open: Vec<String> = begun.into_iter().filter(|(_, of)| is_open(of)).map(|(id, _)| id).collect();
    if open.is_empty() {
        let message = format!("every operation of run {run} has an outcome, and none has stopped it");
        let refusal = Refusal::new("outcome_known", message).help(format!("`rtreg resume {run}` goes on"));
        return Err(CliError::new(Exit::Refused, refusal));
    }
    for id in open {
        run::assume(hand, &id, done)?;
    }
    Ok(())
}

/// The place beside the store, ready for use.
pub fn place(app: &App) -> Result<Place, CliError> {
    let (path, _) = app.place()?;
    let place = Place::of_store(&path);
    let prepared = program().and_then(|program| {
        place.prepare(&program).map_err(|error| {
            CliError::io(format!("the folder of runs beside {} cannot be made: {error}", path.display()))
                .help("rtreg keeps locks there while it runs methods; make the folder writable")
        })
    });
    prepared.map(|()| place)
}

/// This program.
pub fn program() -> Result<PathBuf, CliError> {
    std::env::current_exe().map_err(|error| CliError::io(format!("this program does not find itself: {error}")))
}

/// The owner's lock, if nobody has it.
fn own(place: &Place, run: &str) -> Result<Option<File>, CliError> {
    let path = place.owner_lock(run);
    let failed = |error: std::io::Error| CliError::io(format!("{}: {error}", path.display()));
    let taken = live::try_take(&path).map_err(failed)?;
    // Whoever had it before is nobody's owner any more.
    taken.as_ref().map_or(Ok(()), |file| file.set_len(0)).map_err(failed)?;
    Ok(taken)
}

fn lives(record: &RunRecord) -> CliError {
    let runs::Owner { who, node, since, .. } = &record.owner;
    let message = format!("run {} is at work: {} on {}, node {node}, since {since}", record.id, who.user, who.host);
    CliError::new(Exit::Busy, Refusal::new("run_lives", message)).help(format!(
        "wait for it (`rtreg runs show {0}`), let it go back with `rtreg abort {0}`, or take it away from its owner with \
         `rtreg resume --take-over {0}`",
        record.id
    ))
}

/// Every node on which something runs must have somebody who runs it; on one that is declared down nothing runs.
fn check_agents(store: &dyn Store, place: &Place, plan: &Plan, local: &str) -> Result<(), CliError> {
    let steps = plan.bundles().flat_map(|bundle| &bundle.steps);
    let nodes: BTreeSet<&str> = steps.filter_map(|step| step.operation.node.as_deref()).collect();
    let mut silent: Vec<&str> =
        nodes.into_iter().filter(|node| *node != local && !live::has_agent(place, node)).collect();
    let down = |node: &str| inspect(store, |view| run::is_down(view, node));
    let is_down = silent.iter().map(|node| down(node)).collect::<Result<Vec<bool>, _>>()?;
    let mut is_down = is_down.into_iter();
    silent.retain(|_| !is_down.next().unwrap_or_default());
    if silent.is_empty() {
        return Ok(());
    }
    let (names, commands): (Vec<String>, Vec<String>) =
        silent.iter().map(|node| (format!("`{node}`"), format!("`rtreg agent --node {node}`"))).unzip();
    let message = format!(
        "methods are to run on {}, where no agent answers; this process is on node `{local}`",
        names.join(", ")
    );
    let help = format!("start {} there; RTREG_NODE says which node this process is on", commands.join(" and "));
    Err(CliError::new(Exit::Refused, Refusal::new("no_agent", message)).help(help))
}

fn follow_coordinator(
    app: &App,
    store: &dyn Store,
    (place, lock): (&Place, File),
    (record, mode): (&RunRecord, Mode),
    following: &Following,
) -> Result<Exit, CliError> {
    let run = record.id.as_str();
    let failed =
        |error: std::io::Error| CliError::io(format!("the coordinator of run {run} cannot be started: {error}"));
    let complaints = OpenOptions::new().create(true).append(true).open(place.complaints(run)).map_err(failed)?;
    let mut command = Command::new(program()?);
    let epoch = record.owner.epoch.to_string();
    command.args([COORDINATE_COMMAND, &place.store().display().to_string(), run, &epoch, mode.as_str()]);
    if let Some(events) = &following.events {
        command.arg(std::path::absolute(events).unwrap_or_else(|_| events.clone()));
    }
    command.env("RTREG_NODE", app.context().local_node);
    if let Some(reason) = &app.options.reason {
        command.env(REASON_VARIABLE, reason);
    }
    command.stdin(Stdio::from(lock)).stdout(Stdio::piped()).stderr(Stdio::from(complaints));
    let mut child = live::shielded(|| command.spawn()).map_err(failed)?;
    let ended = child.stdout.take().and_then(|output| follow::follow(app, output, following.told));
    _ = child.wait();
    if ended.is_none() {
        complain(place, run);
    }
    after(app, store, (run, following), ended)
}

/// The coordinator has ended before the run: what it had to say.
fn complain(place: &Place, run: &str) {
    eprintln!("error: the coordinator of run {run} has ended before the run");
    let complaints = std::fs::read_to_string(place.complaints(run)).unwrap_or_default();
    for line in complaints.lines().rev().take(5).collect::<Vec<_>>().into_iter().rev() {
        eprintln!("  {line}");
    }
    eprintln!("help: `rtreg resume {run}` goes on from where it was, `rtreg abort {run}` goes back");
}

/// Says what became of the run.
fn after(
    app: &App,
    store: &dyn Store,
    (run, following): (&str, &Following),
    ended: Option<std::collections::BTreeMap<String, BundleEnd>>,
) -> Result<Exit, CliError> {
    let report = inspect(store, |view| run::report(view, run))?;
    match (following.told, app.json()) {
        (Told::Progress | Told::Nothing, _) => {}
        (Told::All, true) => output::json(&report)?,
        (Told::All, false) => output::text(&render_run(&report))?,
    }
    Ok(exit(&report, ended))
}

fn exit(report: &RunReport, ended: Option<std::collections::BTreeMap<String, BundleEnd>>) -> Exit {
    let bundles = ended.unwrap_or_default();
    let is_stale = |end: &BundleEnd| matches!(end, BundleEnd::Stale { .. } | BundleEnd::Done);
    let is_refused = |end: &BundleEnd| matches!(end, BundleEnd::Refused { .. } | BundleEnd::Done);
    match report.state {
        RunState::Done => Exit::Done,
        RunState::Open | RunState::Halted => Exit::Halted,
        RunState::Aborted => Exit::Unwound,
        RunState::Failed if !bundles.is_empty() && bundles.values().all(is_stale) => Exit::Busy,
        RunState::Failed if !bundles.is_empty() && bundles.values().all(is_refused) => match report.state_command {
            true => Exit::Refused,
            false => Exit::UpgradeRefused,
        },
        RunState::Failed => Exit::Unwound,
    }
}

/// The folder of runs of a store in a file, for the processes of a run.
fn place_of(path: &Path) -> Place {
    Place::of_store(path)
}
