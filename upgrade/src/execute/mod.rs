//! Carrying out a plan: one loop for the simulator and for what runs methods. It makes no choice: what follows a failure, what
//! may be repeated, and what undoes what, all stand in the plan. It knows no store and starts no process; an [`Executor`] does.

mod journal;
mod run;
mod simulator;
mod unwind;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use journal::{BundleNote, Journal, Status};
pub use simulator::{Injection, LogLine, Simulator};
pub use unwind::{UndoTask, Unwinding, unwinding};

use crate::plan::{Basis, Operation, Plan};
use run::Running;

/// What carries out the operations of a plan. It journals the intent before anything else, and the outcome behind it.
pub trait Executor {
    /// What has been journaled of the plan; empty if it has not begun.
    fn journal(&self) -> Journal;

    /// Compares what a decision rested on with what is there now: the sentence that says what has changed, or none. Called
    /// for the plan before anything, and for each bundle before its first step.
    fn stale(&mut self, basis: &Basis) -> Option<String>;

    /// Journals that an operation begins, with what it records then, and begins it. Does not wait for its end.
    fn begin(&mut self, task: &Task<'_>);

    /// Waits for the end of one operation that has begun, and journals its outcome with what it records.
    fn finish(&mut self) -> Finished;

    /// Journals what becomes of a bundle.
    fn note(&mut self, bundle: &str, note: BundleNote);

    /// Whether a person wants what was done to be undone. Asked before anything is begun.
    fn wants_abort(&mut self) -> bool {
        false
    }
}

/// An operation with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task<'p> {
    /// The bundle that it belongs to.
    pub bundle: &'p str,
    /// The name under which it is journaled: that of a step, of what undoes it, or of what runs before it is repeated.
    pub id: &'p str,
    /// What is done.
    pub operation: &'p Operation,
}

/// An operation that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The name of its task.
    pub id: String,
    /// How.
    pub end: TaskEnd,
}

/// How an operation has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskEnd {
    /// It is done.
    Done,
    /// It has failed.
    Failed(Failure),
    /// Its node is declared down: nothing runs there.
    NodeDown,
    /// Whether it is done is not known; with a sentence that says why.
    Unknown(String),
    /// The coordinator itself has ended: only a simulator says so.
    Crashed,
}

/// How something has failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// What kind.
    pub kind: FailureKind,
    /// One full sentence.
    pub sentence: String,
}

/// Kinds of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// It ended with another code than 0.
    ExitCode,
    /// It was ended at its timeout.
    Timeout,
    /// A signal ended it.
    Signal,
    /// The file is not there.
    Missing,
    /// The file is not the one of the version.
    Changed,
    /// The commit was refused: by the gate, or because something has changed.
    Refused,
}

/// What has become of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// As a whole.
    pub end: End,
    /// Each bundle that has begun.
    pub bundles: BTreeMap<String, BundleEnd>,
}

/// What has become of a plan as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum End {
    /// Every bundle is done.
    Done,
    /// What it rests on has changed; nothing was begun (exit 5).
    Stale {
        /// What has changed.
        sentence: String,
    },
    /// Bundles failed, and what they had done is undone (exit 13).
    Failed,
    /// It stopped and needs a person (exit 14).
    Halted,
    /// The coordinator has ended: only a simulator says so.
    Crashed,
}

/// What has become of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BundleEnd {
    /// Every step is done.
    Done,
    /// What it rests on has changed; nothing of it was begun.
    Stale {
        /// What has changed.
        sentence: String,
    },
    /// A new version refused the properties; nothing has changed.
    Refused {
        /// The step.
        step: String,
        /// How it failed.
        failure: Failure,
    },
    /// A step failed, or a person wanted it, and what was done is undone.
    Unwound {
        /// The step; null if a person wanted it.
        step: Option<String>,
        /// How it failed; null if a person wanted it.
        failure: Option<Failure>,
        /// What undid it, in order.
        undone: Vec<String>,
    },
    /// Steps failed, or a person ended it: what waited for them was left out, and nothing is undone. So ends a state command.
    Failed {
        /// The first step that failed; null if none did.
        step: Option<String>,
        /// How it failed; null if none did, or if that was in an earlier life.
        failure: Option<Failure>,
        /// The steps that were left out.
        left_out: Vec<String>,
    },
    /// It stopped and needs a person.
    Halted {
        /// The operation.
        at: String,
        /// One full sentence.
        sentence: String,
    },
}

/// Carries out a plan from where its journal ends. A bundle that was being unwound goes on being unwound.
pub fn execute(plan: &Plan, on: &mut dyn Executor) -> Outcome {
    let journal = on.journal();
    if journal.is_empty()
        && let Some(sentence) = on.stale(&plan.basis)
    {
        return Outcome { end: End::Stale { sentence }, bundles: BTreeMap::new() };
    }
    let mut bundles = BTreeMap::new();
    for wave in &plan.waves {
        let has_begun = |bundle: &crate::plan::Bundle| journal.has_begun(bundle) && !journal.has_ended(bundle);
        if on.wants_abort() && !wave.bundles.iter().any(has_begun) {
            return Outcome { end: End::Failed, bundles };
        }
        let running: Vec<Running<'_>> = wave.bundles.iter().map(|bundle| Running::new(bundle, &journal)).collect();
        if !run::together(running, on, &mut bundles) {
            return Outcome { end: End::Crashed, bundles };
        }
        if bundles.values().any(|end| matches!(end, BundleEnd::Halted { .. })) {
            return Outcome { end: End::Halted, bundles };
        }
        let failed = bundles.values().filter(|end| **end != BundleEnd::Done).count();
        if failed > plan.request.max_failures {
            return Outcome { end: End::Failed, bundles };
        }
    }
    let failed = bundles.values().any(|end| *end != BundleEnd::Done);
    Outcome { end: if failed { End::Failed } else { End::Done }, bundles }
}

/// Undoes what the bundles have done that have begun and not ended. What is done as a whole stays.
pub fn abort(plan: &Plan, on: &mut dyn Executor) -> Outcome {
    let journal = on.journal();
    let mut bundles = BTreeMap::new();
    for wave in &plan.waves {
        let running = wave.bundles.iter().filter(|bundle| journal.has_begun(bundle) && !journal.has_ended(bundle));
        let running: Vec<Running<'_>> = running.map(|bundle| Running::aborted(bundle, &journal, on)).collect();
        if !run::together(running, on, &mut bundles) {
            return Outcome { end: End::Crashed, bundles };
        }
    }
    let halted = bundles.values().any(|end| matches!(end, BundleEnd::Halted { .. }));
    let end = match (halted, bundles.is_empty()) {
        (true, _) => End::Halted,
        (false, true) => End::Done,
        (false, false) => End::Failed,
    };
    Outcome { end, bundles }
}
