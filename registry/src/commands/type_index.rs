//! The index of resources by their type: `by-type/<base>/<version>/<R>` stands exactly where the version is R's
//! Type_version, or a known origin of R on some node: then the version's methods may still have to run. An entry that is
//! there only for an origin says so. Kept by all that writes a resource; it decides nothing.

use std::collections::BTreeMap;

use rtreg_model::{Origin, RtVersion};
use serde::{Deserialize, Serialize};

use super::scene::Scene;
use crate::error::CommandError;
use crate::keys;
use crate::records::ResourceRecord;
use crate::store::{KeyRange, StoreError, Stored};
use crate::transaction::Transaction;
use crate::view::{View, decode};

/// An entry of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Use {
    /// The version is not R's Type_version.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    origin: bool,
}

/// The versions that a resource names, as it is stored.
fn uses(record: &ResourceRecord) -> BTreeMap<&RtVersion, Use> {
    let origins = record.nodes.values().flat_map(|entry| {
        let origins = [&entry.started_by, &entry.monitor_started_by, &entry.initialised_by].into_iter();
        origins.filter_map(known).chain(&entry.also_initialised_by)
    });
    let mut uses: BTreeMap<&RtVersion, Use> = origins.map(|version| (version, Use { origin: true })).collect();
    uses.insert(&record.type_version, Use { origin: false });
    uses
}

fn known(origin: &Origin) -> Option<&RtVersion> {
    match origin {
        Origin::Version(version) => Some(version),
        Origin::None | Origin::Unknown => None,
    }
}

/// Writes what differs between a resource as it was stored and as it is written now; none where there is none.
pub(super) fn update(tx: &mut Transaction<'_>, before: Option<&ResourceRecord>, after: Option<&ResourceRecord>) {
    let were = before.map(uses).unwrap_or_default();
    let are = after.map(uses).unwrap_or_default();
    if let Some(before) = before {
        for version in were.keys().filter(|version| !are.contains_key(*version)) {
            tx.delete(keys::by_type(&before.base, version, &before.name));
        }
    }
    if let Some(after) = after {
        for (version, is) in are.iter().filter(|(version, is)| were.get(*version) != Some(is)) {
            tx.put(keys::by_type(&after.base, version, &after.name), is);
        }
    }
}

/// The resources in a range of the index that have a version as Type_version; that nothing joins them becomes a condition.
///
/// # Errors
/// [`StoreError`].
pub fn users(view: &View<'_>, prefix: &str) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    for stored in view.range(&KeyRange::prefix(prefix), usize::MAX)? {
        if is_user(&stored)? {
            names.extend(keys::last_part(&stored.key));
        }
    }
    Ok(names)
}

/// Whether an entry stands for a Type_version.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub(super) fn is_user(stored: &Stored) -> Result<bool, StoreError> {
    Ok(!decode::<Use>(stored)?.origin)
}

/// Where a version is still alive in a resource that has another one, one line a node; empty if what the record names has
/// ended since, because the node went down or was removed. What the answer rests on becomes a condition.
///
/// # Errors
/// [`CommandError::Store`].
pub(super) fn alive(view: &View<'_>, resource: &str, version: &RtVersion) -> Result<Vec<String>, CommandError> {
    let mut scene = Scene::of_resource(view, resource)?;
    scene.read_traces(view)?;
    let member = scene.resource_ref()?;
    let mut lines = Vec::new();
    for node in scene.nodes.values() {
        let seen = scene.view_on(member, node);
        let is = |origin| known(origin) == Some(version);
        let what = [
            ("was started by it", is(&seen.started_by)),
            ("has a monitor that was started by it", is(&seen.monitor_started_by)),
            ("was initialised by it", is(&seen.initialised_by) || seen.also_initialised_by.contains(version)),
        ];
        let what: Vec<&str> = what.into_iter().filter(|(_, alive)| *alive).map(|(words, _)| words).collect();
        if !what.is_empty() {
            lines.push(format!("{resource} on {}: {}", node.name, what.join(", ")));
        }
    }
    Ok(lines)
}
