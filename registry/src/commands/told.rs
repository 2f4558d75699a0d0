//! What methods tell of their resource: a status, restarts that they ask for, requests about the group. Status and restarts
//! stand under keys of their own: a run in progress does not refuse them, and they make no plan stale. A request that the
//! administrator is to carry out is an entry of the resource's history. Nothing here carries anything out.

use rtreg_model::{NodeStatus, ResourceState};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::scene::{find_node, find_resource};
use crate::effective;
use crate::error::CommandError;
use crate::history::Object;
use crate::keys;
use crate::records::{NodeRecord, ResourceNodeRecord, RestartsRecord, StatusRecord};
use crate::store::{KeyRange, StoreError};
use crate::transaction::Transaction;
use crate::view::View;

/// Most restarts that are kept of a resource on a node; older ones are forgotten.
pub const RESTARTS_MAX: usize = 100;

/// Most characters of the message of a status; what is longer is cut, and control characters become blanks.
pub const MESSAGE_CHARACTERS_MAX: usize = 4096;

/// A status that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRequest {
    /// The resource.
    pub resource: String,
    /// The node that it is said on.
    pub node: String,
    /// OK, DEGRADED, FAULTED, UNKNOWN or OFFLINE.
    pub word: String,
    /// The message with it.
    pub message: String,
}

/// A status that was said and still holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct StatusReport {
    /// OK, DEGRADED, FAULTED, UNKNOWN or OFFLINE.
    pub word: String,
    /// The message with it.
    pub message: String,
    /// When it was said, RFC 3339 in UTC.
    pub at: String,
}

/// What restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restarted {
    /// The resource alone.
    Resource,
    /// Its group.
    Group,
}

/// Keeps a status. The resource and the node must exist when it takes effect.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn set_status(tx: &mut Transaction<'_>, request: &StatusRequest) -> Result<(), CommandError> {
    let resource = find_resource(&tx.view, &request.resource)?;
    let node = find_node(&tx.view, &request.node)?;
    let now = effective::settled(resource.nodes.get(&request.node), &node, None);
    let status = StatusRecord {
        word: request.word.clone(),
        message: request.message.chars().take(MESSAGE_CHARACTERS_MAX).map(printable).collect(),
        at: tx.context().at.clone(),
        incarnation: node.incarnation,
        state: now.state,
    };
    tx.put(keys::status(&request.resource, &request.node), &status);
    Ok(())
}

/// A value of the RGM has no newline (rt_reg(4)); it is one line wherever it is shown.
fn printable(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

/// The status of a resource on a node, if what was said last still holds. No condition.
///
/// # Errors
/// [`StoreError`].
pub fn status_on(
    view: &View<'_>,
    resource: &str,
    node: &NodeRecord,
    state: ResourceState,
) -> Result<Option<StatusReport>, StoreError> {
    let told: Option<StatusRecord> = view.peek_record(&keys::status(resource, &node.name))?;
    let holds = |told: &StatusRecord| node.status == NodeStatus::Up && told.holds(state, node.incarnation);
    Ok(told.filter(holds).map(|told| StatusReport { word: told.word, message: told.message, at: told.at }))
}

/// Counts a restart of a resource on a node, at this time in milliseconds of Unix time.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn count_restart(
    tx: &mut Transaction<'_>,
    (resource, node): (&str, &str),
    what: Restarted,
    now_ms: u64,
) -> Result<(), CommandError> {
    find_resource(&tx.view, resource)?;
    let key = keys::restarts(resource, node);
    let mut restarts: RestartsRecord = tx.view.record(&key)?.unwrap_or_default();
    let times = match what {
        Restarted::Resource => &mut restarts.resource,
        Restarted::Group => &mut restarts.group,
    };
    times.push(now_ms);
    times.drain(..times.len().saturating_sub(RESTARTS_MAX));
    tx.put(key, &restarts);
    Ok(())
}

/// How many restarts of a resource and of its group methods on a node have asked for since a time in milliseconds of Unix time.
/// No condition.
///
/// # Errors
/// [`StoreError`].
pub fn restarts_since(view: &View<'_>, resource: &str, node: &str, since_ms: u64) -> Result<(u64, u64), StoreError> {
    let restarts: RestartsRecord = view.peek_record(&keys::restarts(resource, node))?.unwrap_or_default();
    let count = |times: &[u64]| times.iter().filter(|time| **time >= since_ms).count() as u64;
    Ok((count(&restarts.resource), count(&restarts.group)))
}

/// Writes down in the history of a resource what a method has asked for; the administrator, who drives its group, is to see it.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn record_request(
    tx: &mut Transaction<'_>,
    (resource, node): (&str, &str),
    request: &str,
    to: &[String],
) -> Result<(), CommandError> {
    find_resource(&tx.view, resource)?;
    tx.log(Object::new("resource", resource), "asked", json!({ "request": request, "on": node, "to": to }))
}

/// The state of a resource on a node as it is now; none of a node that is not known to be up or down.
pub fn state_on(entry: Option<&ResourceNodeRecord>, node: &NodeRecord) -> Option<ResourceNodeRecord> {
    (node.status != NodeStatus::Unknown).then(|| effective::settled(entry, node, None))
}

/// Removes what was told of a resource that is deleted. What is told meanwhile becomes a conflict.
pub(super) fn forget(tx: &mut Transaction<'_>, resource: &str) -> Result<(), CommandError> {
    for prefix in [keys::status_all(resource), keys::restarts_all(resource)] {
        for stored in tx.view.range(&KeyRange::prefix(&prefix), usize::MAX)? {
            tx.delete(stored.key);
        }
    }
    Ok(())
}
