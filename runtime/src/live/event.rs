//! What happens in a run, as it happens: one JSON object a line, for whoever follows it. Nothing depends on anybody reading it.

use rtreg_registry::runs::RunState;
use rtreg_upgrade::execute::{BundleNote, Outcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that happens in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run begins, or goes on.
    RunBegun {
        /// Version of this form: 1.
        version: u32,
        /// The run.
        run: String,
        /// When, RFC 3339 in UTC.
        at: String,
        /// What it is for.
        what: String,
        /// How many steps its plan has.
        steps: usize,
        /// How many of them are done already.
        done: usize,
        /// How many bundles its plan has.
        bundles: usize,
        /// In how many waves.
        waves: usize,
        /// How long the steps that are left took before, in seconds; null if nothing is known of some.
        expected_seconds: Option<u64>,
    },
    /// An earlier operation is still at work, and is waited for.
    Waiting {
        /// The run.
        run: String,
        /// When, RFC 3339 in UTC.
        at: String,
        /// The operation.
        operation: String,
        /// What it is, in a few words.
        words: String,
    },
    /// An operation begins: a step, what undoes one, or what runs before one is repeated.
    StepBegun {
        /// The run.
        run: String,
        /// When, RFC 3339 in UTC.
        at: String,
        /// Its name.
        operation: String,
        /// Its bundle.
        bundle: String,
        /// The wave of its bundle, counted from 1.
        wave: usize,
        /// It is a step of the plan, and neither what undoes one nor what runs before one is repeated.
        is_step: bool,
        /// Its bundle is being undone.
        undoes: bool,
        /// What it is, in a few words.
        words: String,
        /// Where; null for what is done in the store alone.
        node: Option<String>,
        /// How long it took before, in seconds; null if nothing is known.
        expected_seconds: Option<u64>,
    },
    /// An operation has ended.
    StepEnded {
        /// The run.
        run: String,
        /// When, RFC 3339 in UTC.
        at: String,
        /// Its name.
        operation: String,
        /// Its bundle.
        bundle: String,
        /// It is a step of the plan.
        is_step: bool,
        /// What it is, in a few words.
        words: String,
        /// Where; null for what is done in the store alone.
        node: Option<String>,
        /// `done`, `failed`, `node_down` or `unknown`.
        end: String,
        /// How it failed, or why nobody knows; null where it is done.
        sentence: Option<String>,
    },
    /// What becomes of a bundle.
    Bundle {
        /// The run.
        run: String,
        /// When, RFC 3339 in UTC.
        at: String,
        /// The bundle.
        bundle: String,
        /// What.
        note: BundleNote,
    },
    /// The run has ended or has stopped.
    RunEnded {
        /// The run.
        run: String,
        /// When, RFC 3339 in UTC.
        at: String,
        /// How.
        state: RunState,
        /// What has become of each bundle.
        outcome: Outcome,
    },
}
