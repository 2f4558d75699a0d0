//! What becomes of bundles and of the run as a whole, and who has the right to carry it on. What a run has reserved is free again
//! when nothing is left to be done.

use rtreg_registry::commands::planning::{find_group, find_resource};
use rtreg_registry::history::{Object, sha256_hex};
use rtreg_registry::runs::{self, Owner, RunRecord, RunState};
use rtreg_registry::transaction::Transaction;
use rtreg_registry::{CommandError, Refusal, keys, transact};
use serde_json::json;

use super::begin::all;
use super::{BundleRecord, Hand, detail, object, owned};
use crate::execute::BundleNote;
use crate::plan::Plan;

/// How many records are freed in one commit.
const FREED_AT_ONCE: usize = 20;

/// Journals what becomes of a bundle.
///
/// # Errors
/// A refusal `taken_over`; [`CommandError::Store`].
pub fn note(hand: &Hand<'_>, bundle: &str, note: BundleNote) -> Result<(), CommandError> {
    transact(hand.store, hand.ctx, ("bundles", 1), |tx| {
        owned(tx, hand)?;
        let at = tx.context().at.clone();
        tx.view.get(&keys::bundle(hand.run, bundle))?;
        let key = keys::bundle(hand.run, bundle);
        let bytes = serde_json::to_vec(&BundleRecord { note, at })
            .map_err(|error| CommandError::Internal(error.to_string()))?;
        let detail = json!({ "bundle": bundle, "note": note, "key": key, "sha256": sha256_hex(&bytes) });
        tx.put_bytes(key, bytes);
        tx.log(object(hand.run), "bundle", detail)
    })?;
    Ok(())
}

/// The run has ended, or has halted. Where it has ended, what it had reserved is free again.
///
/// # Errors
/// A refusal `taken_over`; [`CommandError::Store`].
pub fn finish(hand: &Hand<'_>, plan: &Plan, state: RunState) -> Result<(), CommandError> {
    if !state.is_open() {
        release(hand, plan)?;
    }
    transact(hand.store, hand.ctx, ("runs", 1), |tx| {
        let mut record = owned(tx, hand)?;
        record.state = state;
        record.abort_wanted = false;
        if !state.is_open() {
            record.ended_at = Some(tx.context().at.clone());
            tx.delete(keys::open_run(hand.run));
        }
        tx.put(keys::run(hand.run), &record);
        tx.log(object(hand.run), state.as_str(), json!({}))
    })?;
    Ok(())
}

/// Frees what a run had reserved. A commit frees some: done again, it frees the rest.
pub(super) fn release(hand: &Hand<'_>, plan: &Plan) -> Result<(), CommandError> {
    let mut objects: Vec<Object> = plan.bundles().flat_map(|bundle| all(bundle, plan)).collect();
    objects.sort();
    objects.dedup();
    for objects in objects.chunks(FREED_AT_ONCE) {
        transact(hand.store, hand.ctx, ("bundles", 1), |tx| {
            tx.act_for(hand.run);
            objects.iter().try_for_each(|of| free(tx, hand, of))
        })?;
    }
    Ok(())
}

fn free(tx: &mut Transaction<'_>, hand: &Hand<'_>, of: &Object) -> Result<(), CommandError> {
    let own = |holder: &Option<String>| holder.as_deref() == Some(hand.run);
    match of.kind.as_str() {
        "group" => {
            let Some(mut record) = found(find_group(&tx.view, &of.name))? else { return Ok(()) };
            if !own(&record.reserved_by) {
                return Ok(());
            }
            record.reserved_by = None;
            tx.put(keys::group(&of.name), &record);
        }
        _ => {
            let Some(mut record) = found(find_resource(&tx.view, &of.name))? else { return Ok(()) };
            if !own(&record.reserved_by) {
                return Ok(());
            }
            record.reserved_by = None;
            tx.put(keys::resource(&of.name), &record);
        }
    }
    let detail = detail(&tx.view, hand.run, "")?;
    tx.log(of.clone(), "release", detail)
}

/// What the run was to make, or has removed, need not be there.
fn found<R>(read: Result<R, CommandError>) -> Result<Option<R>, CommandError> {
    match read {
        Ok(record) => Ok(Some(record)),
        Err(CommandError::Refused(refusal)) if refusal.rule == "not_found" => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes the caller the owner of a run: whoever owned it before can change nothing any more.
///
/// # Errors
/// Refusals `not_found`, `run_ended`; [`CommandError::Store`].
pub fn take_over(hand: &Hand<'_>, by_force: bool, accept_changed: bool) -> Result<RunRecord, CommandError> {
    let (record, _) = transact(hand.store, hand.ctx, ("runs", 1), |tx| {
        tx.act_for(hand.run);
        let mut record = runs::find(&tx.view, hand.run)?;
        check_open(&record)?;
        let ctx = tx.context();
        let epoch = record.owner.epoch + 1;
        record.owner = Owner { epoch, who: ctx.who.clone(), node: ctx.local_node.clone(), since: ctx.at.clone() };
        record.state = RunState::Open;
        record.accept_changed_methods |= accept_changed;
        tx.put(keys::run(hand.run), &record);
        tx.log(object(hand.run), if by_force { "take_over" } else { "resume" }, json!({ "epoch": epoch }))?;
        Ok(record)
    })?;
    Ok(record)
}

/// Asks the owner of a run to undo what was done.
///
/// # Errors
/// Refusals `not_found`, `run_ended`; [`CommandError::Store`].
pub fn want_abort(hand: &Hand<'_>) -> Result<(), CommandError> {
    transact(hand.store, hand.ctx, ("runs", 1), |tx| {
        tx.act_for(hand.run);
        let mut record = runs::find(&tx.view, hand.run)?;
        check_open(&record)?;
        record.abort_wanted = true;
        tx.put(keys::run(hand.run), &record);
        tx.log(object(hand.run), "abort_wanted", json!({}))
    })?;
    Ok(())
}

fn check_open(record: &RunRecord) -> Result<(), Refusal> {
    if record.state.is_open() {
        return Ok(());
    }
    let ended = record.ended_at.as_deref().unwrap_or_default();
    let message = format!("run {} has ended already: {} at {ended}", record.id, record.state.as_str());
    Err(Refusal::new("run_ended", message).help(format!(
        "`rtreg runs show {0}` says what became of it; to go back behind a run that is done: `rtreg rollback {0}`",
        record.id
    )))
}
