//! The operations of a run: the intent before, the outcome behind, each in one commit with what it records. What is one commit by
//! itself carries its outcome in it. A step is at most two commits.

use rtreg_model::NodeStatus;
use rtreg_registry::commands::{driven, effects};
use rtreg_registry::durations;
use rtreg_registry::history::sha256_hex;
use rtreg_registry::records::NodeRecord;
use rtreg_registry::transaction::Transaction;
use rtreg_registry::{CommandError, Refusal, View, keys, transact};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Hand, detail, object, owned, set};
use crate::execute::{Failure, FailureKind, Status, Task};
use crate::plan::{Effect, Operation, Repeat, What};
use crate::render;

/// What a commit of one step is called in a refusal.
const ONE: (&str, usize) = ("steps", 1);

/// An operation that has begun, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpRecord {
    /// The bundle that it belongs to.
    pub bundle: String,
    /// What is done.
    pub operation: Operation,
    /// What is known of it.
    pub status: Status,
    /// Counts how often it has begun, from 1.
    pub attempt: u64,
    /// The life of its node in which it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incarnation: Option<u64>,
    /// When it began, RFC 3339 in UTC.
    pub began_at: String,
    /// When it ended; none while nobody has said so.
    pub ended_at: Option<String>,
    /// How it ended, in words: `exit 0`.
    pub ended: Option<String>,
    /// How long it took, in milliseconds.
    pub millis: Option<u64>,
    /// What it printed, up to a limit.
    pub output: Option<String>,
    /// How it failed.
    pub failure: Option<Failure>,
}

/// What came of the intent to do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is journaled, and may now be done, for this time.
    Begun(u64),
    /// It was one commit, and is done.
    Done,
    /// It was one commit, which was refused.
    Failed(Failure),
    /// Its node is declared down: nothing runs there.
    NodeDown,
    /// Nobody knows what its node is; one sentence. Nothing is journaled.
    NodeUnknown(String),
}

/// How an operation has ended, and for which attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Which attempt it was.
    pub attempt: u64,
    /// How it failed; none if it is done.
    pub failure: Option<Failure>,
    /// How it ended, in words.
    pub words: String,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// What it printed.
    pub output: String,
}

/// Journals that an operation begins, with what it records then; what is one commit is done with it. `agent`: the node's
/// agent is to begin it.
///
/// # Errors
/// Refusals `taken_over`, `reserved`; [`CommandError::Store`].
pub fn intent(hand: &Hand<'_>, task: &Task<'_>, agent: bool) -> Result<Begun, CommandError> {
    let begun = transact(hand.store, hand.ctx, ONE, |tx| {
        owned(tx, hand)?;
        let attempt = record_of(tx, hand, task.id)?.map_or(1, |record| record.attempt + 1);
        if let Some(begun) = by_node(tx, hand, task, attempt)? {
            return Ok(begun);
        }
        let is_commit = task.operation.repeat == Repeat::OneCommit;
        let status = if is_commit { Status::Done } else { Status::Begun };
        write(tx, hand, task, (attempt, status))?;
        if agent {
            let node = task.operation.node.as_deref().unwrap_or_default();
            tx.put(keys::work(node, hand.run, task.id), &attempt);
        }
        if is_commit {
            change(tx, hand, task)?;
        } else {
            effects_of(tx, hand, task.id, &task.operation.on_begin)?;
        }
        Ok(if is_commit { Begun::Done } else { Begun::Begun(attempt) })
    });
    match begun {
        Ok((begun, _)) => Ok(begun),
        Err(CommandError::Refused(refusal))
            if task.operation.repeat == Repeat::OneCommit && refusal.rule != "taken_over" =>
        {
            refused(hand, task, &refusal)
        }
        Err(error) => Err(error),
    }
}

/// What there is to say before anything runs on the node.
fn by_node(
    tx: &mut Transaction<'_>,
    hand: &Hand<'_>,
    task: &Task<'_>,
    attempt: u64,
) -> Result<Option<Begun>, CommandError> {
    let Some(node) = task.operation.node.as_deref() else { return Ok(None) };
    let status = tx.view.record::<NodeRecord>(&keys::node(node))?.map(|record| record.status);
    match status {
        Some(NodeStatus::Up) => Ok(None),
        Some(NodeStatus::Down) => {
            write(tx, hand, task, (attempt, Status::Skipped))?;
            Ok(Some(Begun::NodeDown))
        }
        Some(NodeStatus::Unknown) | None => Ok(Some(Begun::NodeUnknown(format!(
            "Node `{node}` is unknown, and so is what runs there; say `rtreg node up {node}` or `rtreg node down {node}`, then \
             `rtreg resume {}`.",
            hand.run
        )))),
    }
}

/// Whether a node is declared down.
///
/// # Errors
/// [`CommandError::Store`].
pub fn is_down(view: &View<'_>, node: &str) -> Result<bool, CommandError> {
    let record = view.peek_record::<NodeRecord>(&keys::node(node))?;
    Ok(record.is_some_and(|record| record.status == NodeStatus::Down))
}

fn record_of(tx: &Transaction<'_>, hand: &Hand<'_>, id: &str) -> Result<Option<OpRecord>, CommandError> {
    Ok(tx.view.record(&keys::operation(hand.run, id))?)
}

fn write(
    tx: &mut Transaction<'_>,
    hand: &Hand<'_>,
    task: &Task<'_>,
    (attempt, status): (u64, Status),
) -> Result<(), CommandError> {
    let at = tx.context().at.clone();
    let record = OpRecord {
        bundle: task.bundle.to_owned(),
        operation: task.operation.clone(),
        status,
        attempt,
        incarnation: incarnation(tx, task.operation)?,
        began_at: at.clone(),
        ended_at: (status != Status::Begun).then_some(at),
        ended: None,
        millis: None,
        output: None,
        failure: None,
    };
    put(tx, hand, task.id, &record)
}

/// The life that the node of an operation lives now; none of what is done in the store alone.
fn incarnation(tx: &Transaction<'_>, operation: &Operation) -> Result<Option<u64>, CommandError> {
    let Some(node) = operation.node.as_deref() else { return Ok(None) };
    Ok(tx.view.record::<NodeRecord>(&keys::node(node))?.map(|record| record.incarnation))
}

/// Writes the record of an operation; the run's chain holds its hash.
fn put(tx: &mut Transaction<'_>, hand: &Hand<'_>, id: &str, record: &OpRecord) -> Result<(), CommandError> {
    let bytes = serde_json::to_vec(record).map_err(|error| CommandError::Internal(error.to_string()))?;
    let detail = json!({
        "operation": id,
        "words": render::operation_words(&record.operation),
        "status": record.status,
        "ended": record.ended,
        "key": keys::operation(hand.run, id),
        "sha256": sha256_hex(&bytes),
    });
    tx.put_bytes(keys::operation(hand.run, id), bytes);
    tx.log(object(hand.run), "operation", detail)
}

fn effects_of(tx: &mut Transaction<'_>, hand: &Hand<'_>, id: &str, what: &[Effect]) -> Result<(), CommandError> {
    let detail = detail(&tx.view, hand.run, id)?;
    effects::record(tx, what, "run", &detail)
}

/// What is one commit.
fn change(tx: &mut Transaction<'_>, hand: &Hand<'_>, task: &Task<'_>) -> Result<(), CommandError> {
    if let What::SetTypeVersion(wanted) = &task.operation.what {
        let detail = detail(&tx.view, hand.run, task.id)?;
        return set::set(tx, wanted, &detail);
    }
    if let What::Registry(wanted) = &task.operation.what {
        driven::carry_out(tx, &wanted.command)?;
    }
    effects_of(tx, hand, task.id, &task.operation.on_done)
}

/// A commit was refused, by the gate or a rule: that is its outcome.
fn refused(hand: &Hand<'_>, task: &Task<'_>, refusal: &Refusal) -> Result<Begun, CommandError> {
    let mut sentence = format!("{}.", refusal.message.trim_end_matches('.'));
    if let Some(help) = &refusal.help {
        sentence.push_str(&format!(" To cure it: {help}"));
    }
    let failure = Failure { kind: FailureKind::Refused, sentence };
    transact(hand.store, hand.ctx, ONE, |tx| {
        owned(tx, hand)?;
        let attempt = record_of(tx, hand, task.id)?.map_or(1, |record| record.attempt + 1);
        let at = Some(tx.context().at.clone());
        let record = OpRecord {
            bundle: task.bundle.to_owned(),
            operation: task.operation.clone(),
            status: Status::Failed,
            attempt,
            incarnation: None,
            began_at: tx.context().at.clone(),
            ended_at: at,
            ended: Some("refused".to_owned()),
            millis: None,
            output: None,
            failure: Some(failure.clone()),
        };
        put(tx, hand, task.id, &record)?;
        effects_of(tx, hand, task.id, &task.operation.on_failed)
    })?;
    Ok(Begun::Failed(failure))
}

/// Journals the outcome of an operation with what it records. Returns false, and writes nothing, if that attempt has an outcome
/// already or is no longer the newest.
///
/// # Errors
/// [`CommandError::Store`].
pub fn outcome(hand: &Hand<'_>, id: &str, ended: &Ended) -> Result<bool, CommandError> {
    let (written, _) = transact(hand.store, hand.ctx, ONE, |tx| {
        owned(tx, hand)?;
        let Some(before) = record_of(tx, hand, id)? else { return Ok(false) };
        if before.status != Status::Begun || before.attempt != ended.attempt {
            return Ok(false);
        }
        // What began in an earlier life of the node has ended with it, whatever came of it.
        let is_same_life = incarnation(tx, &before.operation)? == before.incarnation;
        let status = match &ended.failure {
            _ if !is_same_life => Status::Skipped,
            Some(_) => Status::Failed,
            None => Status::Done,
        };
        let what = match status {
            Status::Done => before.operation.on_done.clone(),
            Status::Skipped => Vec::new(),
            _ => before.operation.on_failed.clone(),
        };
        let after = OpRecord {
            status,
            ended_at: Some(tx.context().at.clone()),
            ended: Some(ended.words.clone()),
            millis: Some(ended.millis),
            output: Some(ended.output.clone()).filter(|output| !output.is_empty()),
            failure: ended.failure.clone(),
            ..before
        };
        put(tx, hand, id, &after)?;
        effects_of(tx, hand, id, &what)?;
        if let (Status::Done, Some(call)) = (status, after.operation.method()) {
            durations::add(tx, (&call.type_name, call.method), ended.millis)?;
        }
        unaddress(tx, hand, id, &after.operation)?;
        Ok(true)
    })?;
    Ok(written)
}

fn unaddress(tx: &mut Transaction<'_>, hand: &Hand<'_>, id: &str, operation: &Operation) -> Result<(), CommandError> {
    let Some(node) = operation.node.as_deref() else { return Ok(()) };
    let key = keys::work(node, hand.run, id);
    if tx.view.get(&key)?.is_some() {
        tx.delete(key);
    }
    Ok(())
}

/// An operation is not addressed to its node's agent any more: an agent that has not begun it never will.
///
/// # Errors
/// [`CommandError::Store`].
pub fn withdraw(hand: &Hand<'_>, id: &str) -> Result<(), CommandError> {
    transact(hand.store, hand.ctx, ONE, |tx| {
        let Some(before) = record_of(tx, hand, id)? else { return Ok(()) };
        unaddress(tx, hand, id, &before.operation)
    })?;
    Ok(())
}

/// A person says whether an operation of unknown outcome is done.
///
/// # Errors
/// Refusals `not_found`, `outcome_known`; [`CommandError::Store`].
pub fn assume(hand: &Hand<'_>, id: &str, done: bool) -> Result<(), CommandError> {
    transact(hand.store, hand.ctx, ONE, |tx| {
        owned(tx, hand)?;
        let before = record_of(tx, hand, id)?;
        let is_open = |before: &OpRecord| matches!(before.status, Status::Begun | Status::Failed);
        let Some(before) = before.filter(is_open) else {
            let message = format!("the outcome of {id} of run {} is known, or it has not begun", hand.run);
            return Err(Refusal::new("outcome_known", message).help(format!("`rtreg runs show {}`", hand.run)).into());
        };
        let status = if done { Status::Done } else { Status::Failed };
        let what = if done { before.operation.on_done.clone() } else { before.operation.on_failed.clone() };
        let words = if done { "assumed done by a person" } else { "assumed not done by a person" };
        let after =
            OpRecord { status, ended: Some(words.to_owned()), ended_at: Some(tx.context().at.clone()), ..before };
        put(tx, hand, id, &after)?;
        unaddress(tx, hand, id, &after.operation)?;
        effects_of(tx, hand, id, &what)
    })?;
    Ok(())
}
