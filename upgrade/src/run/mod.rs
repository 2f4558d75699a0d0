//! A run in the store: what carries out a plan reads and writes through here, each act in one commit. The intent of an
//! operation is written before it, its outcome behind it, with what each records, so that a run killed at any instant goes on from the
//! store alone. It starts no process and knows no files; what runs methods is `runtime`'s business.

mod begin;
mod end;
mod journal;
mod report;
mod set;

pub use begin::{Begin, begin, check_free, reserve_rest, stale};
pub use end::{finish, note, take_over, want_abort};
pub use journal::{Begun, Ended, OpRecord, assume, intent, is_down, outcome, withdraw};
pub use report::{OpReport, RunReport, RunsReport, complaint, render_run, render_runs, report, reports};

use std::collections::BTreeMap;

use rtreg_registry::history::{Entry, Object};
use rtreg_registry::runs::{self, RunRecord};
use rtreg_registry::transaction::{Transaction, read_blob};
use rtreg_registry::view::decode;
use rtreg_registry::{CommandError, Context, KeyRange, Refusal, Store, StoreError, View, keys};
use serde::{Deserialize, Serialize};

use crate::execute::{BundleNote, Journal};
use crate::plan::Plan;

/// Who acts on which run.
#[derive(Clone, Copy)]
pub struct Hand<'a> {
    /// The store.
    pub store: &'a dyn Store,
    /// Time, user and host.
    pub ctx: &'a Context,
    /// The run.
    pub run: &'a str,
    /// The owner that acts; none for what writes down what has really happened, whoever the owner is.
    pub epoch: Option<u64>,
}

/// What becomes of a bundle, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BundleRecord {
    pub note: BundleNote,
    pub at: String,
}

/// The plan of a run.
///
/// # Errors
/// [`CommandError::Store`] if it is not there as it was written.
pub fn plan_of(view: &View<'_>, record: &RunRecord) -> Result<Plan, CommandError> {
    let (hash, length) = &record.blob;
    let bytes = read_blob(view, hash, *length)?;
    let plan = serde_json::from_slice(&bytes).map_err(|error| StoreError::Corrupt {
        place: keys::run(&record.id),
        reason: format!("its plan is none of this version of rtreg: {error}"),
    })?;
    Ok(plan)
}

/// What has been journaled of a run.
///
/// # Errors
/// [`CommandError::Store`].
pub fn journal_of(view: &View<'_>, run: &str) -> Result<Journal, CommandError> {
    let mut journal = Journal::default();
    for (id, record) in operations(view, run)? {
        journal.operations.insert(id, record.status);
    }
    for stored in view.peek(&KeyRange::prefix(&keys::bundles(run)), usize::MAX)? {
        let record: BundleRecord = decode(&stored)?;
        journal.bundles.extend(keys::last_part(&stored.key).map(|id| (id, record.note)));
    }
    Ok(journal)
}

/// The operations of a run that have begun, by name.
///
/// # Errors
/// [`CommandError::Store`].
pub fn operations(view: &View<'_>, run: &str) -> Result<BTreeMap<String, OpRecord>, CommandError> {
    let mut found = BTreeMap::new();
    for stored in view.peek(&KeyRange::prefix(&keys::journal(run)), usize::MAX)? {
        if let Some(id) = keys::last_part(&stored.key) {
            found.insert(id, decode(&stored)?);
        }
    }
    Ok(found)
}

/// An operation of a run; none if it has not begun.
///
/// # Errors
/// [`CommandError::Store`].
pub fn operation(view: &View<'_>, run: &str, id: &str) -> Result<Option<OpRecord>, CommandError> {
    Ok(view.peek_record(&keys::operation(run, id))?)
}

/// The run, if the hand may still act on it.
fn owned(tx: &mut Transaction<'_>, hand: &Hand<'_>) -> Result<RunRecord, CommandError> {
    tx.act_for(hand.run);
    let record = runs::find(&tx.view, hand.run)?;
    match hand.epoch {
        Some(epoch) if epoch != record.owner.epoch => {
            let runs::Owner { who, node, since, .. } = &record.owner;
            let message =
                format!("run {} was taken over by {} on {}, node {node}, at {since}", hand.run, who.user, who.host);
            Err(Refusal::new("taken_over", message).help(format!("`rtreg runs show {}`", hand.run)).into())
        }
        _ => Ok(record),
    }
}

/// What entries of objects say of the run that changes them: its newest entry ties the chains together. `step` is empty where it is
/// the run as a whole that changes them.
fn detail(view: &View<'_>, run: &str, step: &str) -> Result<serde_json::Value, CommandError> {
    let newest = view.peek(&KeyRange::prefix(&keys::history_all("run", run)), 1)?;
    let hash = newest.first().map(decode::<Entry>).transpose()?.map(|entry| entry.hash);
    let mut detail = serde_json::json!({ "run": run, "run_hash": hash });
    if let (false, Some(detail)) = (step.is_empty(), detail.as_object_mut()) {
        detail.insert("step".to_owned(), step.into());
    }
    Ok(detail)
}

fn object(run: &str) -> Object {
    Object::new("run", run)
}
