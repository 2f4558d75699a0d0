//! The coordinator of a run: reads plan and journal, waits for what is still at work, and goes on to the end, forwards or back.

use std::fs::File;

use rtreg_registry::runs::{self, RunState};
use rtreg_registry::{CommandError, inspect};
use rtreg_upgrade::execute::{self, BundleNote, End, Outcome, Status};
use rtreg_upgrade::plan::Plan;
use rtreg_upgrade::render::operation_words;
use rtreg_upgrade::run::{self, Hand, finish, journal_of, operations, plan_of};

use super::event::Event;
use super::executor::{Live, settle};
use super::{World, lock};
use crate::crash;

/// Which way a run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// On.
    On,
    /// Back.
    Back,
}

impl Mode {
    /// The word of the hidden subcommand.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Back => "back",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::On, Self::Back].into_iter().find(|mode| mode.as_str() == word)
    }
}

/// How far a coordinator came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coordinated {
    /// What became of the run.
    pub state: RunState,
    /// What became of its bundles.
    pub outcome: Outcome,
}

/// Carries a run on. `lock` is the owner's lock, which stays held as long as it lasts.
///
/// # Errors
/// The store fails, or another owner has taken the run over. The run goes on from its journal.
pub fn coordinate(
    world: &World<'_>,
    (run, epoch, mode): (&str, u64, Mode),
    lock: &File,
    events: &mut dyn FnMut(&Event),
) -> Result<Coordinated, CommandError> {
    crash::point("coordinator.before_run", "run");
    let (record, plan) = inspect(world.store, |view| {
        let record = runs::find(view, run)?;
        let plan = plan_of(view, &record)?;
        Ok((record, plan))
    })?;
    // Who wanted it undone wants that also of whoever carries it on.
    let mode = if record.abort_wanted { Mode::Back } else { mode };
    say_begun(world, (run, &record.what), &plan, events)?;
    wait_for_others(world, run, events)?;
    let journal = inspect(world.store, |view| journal_of(view, run))?;
    let is_done = plan.bundles().all(|bundle| journal.bundles.get(&bundle.id) == Some(&BundleNote::Done));
    let mut live = Live::new(world, (run, epoch), (&plan, journal), events);
    let outcome = match mode {
        Mode::On => execute::execute(&plan, &mut live),
        Mode::Back => execute::abort(&plan, &mut live),
    };
    if let Some(error) = live.broken.take() {
        return Err(error);
    }
    let wanted = inspect(world.store, |view| runs::find(view, run))?.abort_wanted;
    let state = match (&outcome.end, mode) {
        (End::Halted | End::Crashed, _) => RunState::Halted,
        (End::Done, Mode::Back) if is_done => RunState::Done,
        (_, Mode::Back) => RunState::Aborted,
        (End::Done, Mode::On) => RunState::Done,
        (End::Stale { .. } | End::Failed, Mode::On) if wanted => RunState::Aborted,
        (End::Stale { .. } | End::Failed, Mode::On) => RunState::Failed,
    };
    crash::point("coordinator.before_end", "run");
    let ctx = (world.clock)();
    finish(&Hand { store: world.store, ctx: &ctx, run, epoch: Some(epoch) }, &plan, state)?;
    crash::point("coordinator.after_end", "run");
    if !state.is_open() {
        world.place.forget(run);
    }
    _ = lock;
    let at = (world.clock)().at;
    events(&Event::RunEnded { run: run.to_owned(), at, state, outcome: outcome.clone() });
    crash::point("coordinator.after_run", "run");
    Ok(Coordinated { state, outcome })
}

fn say_begun(
    world: &World<'_>,
    (run, what): (&str, &str),
    plan: &Plan,
    events: &mut dyn FnMut(&Event),
) -> Result<(), CommandError> {
    let journal = inspect(world.store, |view| journal_of(view, run))?;
    let is_done = |id: &str| matches!(journal.status(id), Some(Status::Done | Status::Skipped));
    let steps: Vec<_> = plan.bundles().flat_map(|bundle| &bundle.steps).collect();
    let left = steps.iter().filter(|step| !is_done(&step.id) && step.operation.node.is_some());
    let expected_seconds = left.map(|step| step.expected_seconds).sum();
    let done = steps.iter().filter(|step| is_done(&step.id)).count();
    let (run, at, what) = (run.to_owned(), (world.clock)().at, what.to_owned());
    let (bundles, waves) = (plan.bundles().count(), plan.waves.len());
    events(&Event::RunBegun { version: 1, run, at, what, steps: steps.len(), done, bundles, waves, expected_seconds });
    Ok(())
}

/// What an earlier coordinator has begun is ended, by itself or because nobody is at it any more, before anything else begins.
fn wait_for_others(world: &World<'_>, run: &str, events: &mut dyn FnMut(&Event)) -> Result<(), CommandError> {
    let begun = inspect(world.store, |view| operations(view, run))?;
    for (id, record) in begun.into_iter().filter(|(_, record)| record.status == Status::Begun) {
        let ctx = (world.clock)();
        run::withdraw(&Hand { store: world.store, ctx: &ctx, run, epoch: None }, &id)?;
        if !lock::is_free(&world.place.operation_lock(run, &id)) {
            let (run, words) = (run.to_owned(), operation_words(&record.operation));
            events(&Event::Waiting { run, at: ctx.at.clone(), operation: id.clone(), words });
        }
        settle(world, run, &id)?;
    }
    Ok(())
}
