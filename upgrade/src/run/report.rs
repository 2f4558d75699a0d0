//! Runs for people and programs: what they are for, how far they are, what each operation printed, what to do next.

use std::collections::BTreeMap;

use rtreg_registry::runs::{self, Owner, RunRecord, RunState};
use rtreg_registry::view::decode;
use rtreg_registry::{CommandError, KeyRange, Refusal, View, keys};
use schemars::JsonSchema;
use serde::Serialize;

use super::{BundleRecord, OpRecord, operations};
use crate::execute::{BundleNote, Failure, Status};
use crate::render::operation_words;

/// A run, as `rtreg runs show` and the commands that carry out plans print it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunReport {
    /// Version of this form: 1.
    pub version: u32,
    /// Its name.
    pub id: String,
    /// What it is for.
    pub what: String,
    /// The plan's name.
    pub plan: String,
    /// Whether its plan is that of a state command: nothing of it is undone.
    pub state_command: bool,
    /// Whether it goes on, or how it ended.
    pub state: RunState,
    /// Who has the right to carry it on.
    pub owner: Owner,
    /// When it began, RFC 3339 in UTC.
    pub began_at: String,
    /// When it ended; null while it has not.
    pub ended_at: Option<String>,
    /// What becomes of its bundles; one that is at work has none.
    pub bundles: BTreeMap<String, BundleNote>,
    /// The operations that have begun, in the order in which they did.
    pub operations: Vec<OpReport>,
    /// What to do next: commands.
    pub commands: Vec<String>,
}

/// An operation of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpReport {
    /// Its name: that of a step, of what undoes it, or of what ran before it was repeated.
    pub id: String,
    /// Its bundle.
    pub bundle: String,
    /// What it is, in a few words.
    pub words: String,
    /// Where; null for what is done in the store alone.
    pub node: Option<String>,
    /// What is known of it.
    pub status: Status,
    /// How often it has begun.
    pub attempt: u64,
    /// When it began, RFC 3339 in UTC.
    pub began_at: String,
    /// When it ended.
    pub ended_at: Option<String>,
    /// How it ended, in words.
    pub ended: Option<String>,
    /// How long it took, in milliseconds.
    pub millis: Option<u64>,
    /// What it printed, up to a limit.
    pub output: Option<String>,
    /// How it failed.
    pub failure: Option<Failure>,
}

/// All runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunsReport {
    /// Version of this form: 1.
    pub version: u32,
    /// The newest first.
    pub runs: Vec<RunLine>,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunLine {
    /// Its name.
    pub id: String,
    /// What it is for.
    pub what: String,
    /// Whether it goes on, or how it ended.
    pub state: RunState,
    /// Who has the right to carry it on.
    pub owner: Owner,
    /// When it began, RFC 3339 in UTC.
    pub began_at: String,
    /// When it ended; null while it has not.
    pub ended_at: Option<String>,
}

/// All runs.
///
/// # Errors
/// [`CommandError::Store`].
pub fn reports(view: &View<'_>) -> Result<RunsReport, CommandError> {
    let line = |run: RunRecord| RunLine {
        id: run.id,
        what: run.what,
        state: run.state,
        owner: run.owner,
        began_at: run.began_at,
        ended_at: run.ended_at,
    };
    Ok(RunsReport { version: 1, runs: runs::all(view)?.into_iter().map(line).collect() })
}

/// One run.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn report(view: &View<'_>, id: &str) -> Result<RunReport, CommandError> {
    let run = runs::find(view, id)?;
    let mut bundles = BTreeMap::new();
    for stored in view.peek(&KeyRange::prefix(&keys::bundles(id)), usize::MAX)? {
        let record: BundleRecord = decode(&stored)?;
        bundles.extend(keys::last_part(&stored.key).map(|name| (name, record.note)));
    }
    let mut operations: Vec<OpReport> = operations(view, id)?.into_iter().map(operation).collect();
    operations.sort_by(|a, b| (&a.began_at, order(&a.id)).cmp(&(&b.began_at, order(&b.id))));
    let commands = match run.state {
        RunState::Halted => vec![format!("rtreg resume {id}"), format!("rtreg abort {id}")],
        RunState::Open => vec![format!("rtreg abort {id}"), format!("rtreg resume {id}")],
        RunState::Done if !run.state_command => vec![format!("rtreg rollback {id}")],
        RunState::Done | RunState::Failed | RunState::Aborted => Vec::new(),
    };
    Ok(RunReport {
        version: 1,
        id: run.id,
        what: run.what,
        plan: run.plan,
        state_command: run.state_command,
        state: run.state,
        owner: run.owner,
        began_at: run.began_at,
        ended_at: run.ended_at,
        bundles,
        operations,
        commands,
    })
}

/// Why a run did not do what was asked, as a refusal: what failed and how, or what it waits for. Its rule is `run_failed`.
pub fn complaint(report: &RunReport) -> Refusal {
    let id = &report.id;
    let failures = report.operations.iter().filter_map(|of| Some(of.failure.as_ref()?.sentence.clone()));
    let mut details: Vec<String> = failures.collect();
    if details.is_empty() {
        details.extend(report.bundles.values().map(|note| note.words().to_owned()));
    }
    let message = format!(
        "run {id} ({}) did not do what was asked: it has {}",
        report.what,
        match report.state {
            RunState::Done => "ended",
            RunState::Open | RunState::Halted => "stopped and needs a person",
            RunState::Aborted => "gone back",
            RunState::Failed => "failed",
        }
    );
    let also = report.commands.iter().map(|command| format!(", `{command}`")).collect::<String>();
    Refusal::new("run_failed", message).details(details).help(format!("`rtreg runs show {id}` says more{also}"))
}

/// The names of operations in the order of their numbers.
fn order(id: &str) -> Vec<(u64, String)> {
    id.split(['.', '-'])
        .map(|part| {
            let digits: String = part.chars().filter(char::is_ascii_digit).collect();
            (digits.parse().unwrap_or(0), part.to_owned())
        })
        .collect()
}

fn operation((id, record): (String, OpRecord)) -> OpReport {
    OpReport {
        id,
        bundle: record.bundle,
        words: operation_words(&record.operation),
        node: record.operation.node,
        status: record.status,
        attempt: record.attempt,
        began_at: record.began_at,
        ended_at: record.ended_at,
        ended: record.ended,
        millis: record.millis,
        output: record.output,
        failure: record.failure,
    }
}

/// All runs in words.
pub fn render_runs(report: &RunsReport) -> String {
    if report.runs.is_empty() {
        return "There are no runs: no plan was carried out yet.\n".to_owned();
    }
    let mut text = String::new();
    for run in &report.runs {
        let Owner { who, node, .. } = &run.owner;
        let ended = run.ended_at.as_deref().map(|at| format!(" - {at}")).unwrap_or_default();
        text.push_str(&format!(
            "{:<5} {:<8} {}{ended}  {} on {}, node {node}: {}\n",
            run.id,
            run.state.as_str(),
            run.began_at,
            who.user,
            who.host,
            run.what
        ));
    }
    text
}

/// A run in words.
pub fn render_run(report: &RunReport) -> String {
    let Owner { who, node, since, .. } = &report.owner;
    let mut text = format!("Run {}: {}\n  {}, plan {}\n", report.id, report.what, report.state.as_str(), report.plan);
    let ended = report.ended_at.as_deref().map(|at| format!(", ended {at}")).unwrap_or_default();
    text.push_str(&format!("  began {}{ended}\n", report.began_at));
    text.push_str(&format!("  carried on by {} on {}, node {node}, since {since}\n", who.user, who.host));
    for (bundle, note) in &report.bundles {
        text.push_str(&format!("  bundle {bundle}: {}\n", note.words()));
    }
    for of in &report.operations {
        text.push_str(&line(of));
    }
    if !report.commands.is_empty() {
        let commands: Vec<String> = report.commands.iter().map(|command| format!("`{command}`")).collect();
        text.push_str(&format!("What can be done: {}\n", commands.join(", ")));
    }
    text
}

fn line(of: &OpReport) -> String {
    let status = match (of.status, &of.ended) {
        (Status::Begun, _) => "begun, outcome not known".to_owned(),
        (Status::Skipped, _) => "left out: the node is down".to_owned(),
        (status, None) => format!("{status:?}").to_lowercase(),
        (status, Some(ended)) => format!("{} ({ended})", format!("{status:?}").to_lowercase()),
    };
    let node = of.node.as_deref().map(|node| format!(" on {node}")).unwrap_or_default();
    let took = of.millis.map(|millis| format!(", {millis} ms")).unwrap_or_default();
    let again = if of.attempt > 1 { format!(", {} times", of.attempt) } else { String::new() };
    let mut text = format!("  {:<12} {}{node}: {status}{took}{again}\n", of.id, of.words);
    if let Some(failure) = &of.failure {
        text.push_str(&format!("               {}\n", failure.sentence));
    }
    for printed in of.output.as_deref().unwrap_or_default().lines().take(20) {
        text.push_str(&format!("               | {printed}\n"));
    }
    text
}
