//! What a resource was before a change of its version, as the history keeps it: enough to go back to it. It never changes
//! anything, and whether anybody may go back is the gate's business.

use std::collections::BTreeMap;

use rtreg_model::{RtVersion, standard};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::CommandError;
use crate::history::Entry;
use crate::keys;
use crate::migration::StoredValue;
use crate::records::ResourceRecord;
use crate::store::KeyRange;
use crate::types::LoadedType;
use crate::view::{View, decode};

/// The field of an entry's detail.
pub const FIELD: &str = "was";

/// The field of the entry of a change that took another one back: the number of that one's entry, or the step that was undone.
pub const UNDOES: &str = "undoes";

/// The field of an entry that a run has written: its name.
pub const RUN: &str = "run";

/// How many entries are looked at first; more are read only where the change is older.
const FIRST_LOOK: usize = 16;

/// A resource before a change of its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Its version.
    pub type_version: RtVersion,
    /// Its values that do not follow the default.
    pub values: BTreeMap<String, StoredValue>,
}

impl Before {
    /// What a record says.
    pub fn of(record: &ResourceRecord) -> Self {
        Self { type_version: record.type_version.clone(), values: record.values.clone() }
    }
}

/// The newest change of a resource's version, with all hops of one upgrade.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VersionChange {
    /// The entry; of an upgrade by several hops that of the last one.
    pub entry: Entry,
    /// What the resource was before all hops; none where the entry does not say so: an older rtreg wrote it.
    pub before: Option<Before>,
    /// Whether it took back what was done before: a way back, or the unwinding of a run.
    pub undoes: bool,
    /// What the resource was before the change of version before this one.
    pub earlier: Option<Before>,
    /// What became of values since, oldest first.
    pub since: Vec<ValueChange>,
}

/// A value that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueChange {
    /// The property.
    pub property: String,
    /// As text, before; none if it followed the default.
    pub from: Option<String>,
    /// As text, after; none if it follows the default.
    pub to: Option<String>,
    /// When: RFC 3339 in UTC.
    pub at: String,
    /// The user who did it.
    pub user: String,
}

/// The newest change of version in a resource's history since it was created; none if there is none. Without a condition:
/// whatever is added to the history changes the record of the resource too.
///
/// # Errors
/// [`CommandError::Store`].
pub fn newest_change(
    view: &View<'_>,
    resource: &str,
    present: &LoadedType,
) -> Result<Option<VersionChange>, CommandError> {
    let range = KeyRange::prefix(&keys::history_all("resource", resource));
    let mut limit = FIRST_LOOK;
    loop {
        let stored = view.peek(&range, limit)?;
        let entries = stored.iter().map(decode).collect::<Result<Vec<Entry>, _>>()?;
        let is_beginning = |entry: &Entry| matches!(entry.event.as_str(), "create" | "import" | "delete");
        let beginning = entries.iter().position(is_beginning);
        let life = entries.get(..beginning.unwrap_or(entries.len())).unwrap_or_default();
        let is_of_version = |(_, entry): &(usize, &Entry)| changes_version(entry);
        let mut of_version = life.iter().enumerate().filter(is_of_version);
        let newest = of_version.next();
        let mut first = newest;
        let earlier = of_version.find(|next| {
            let is_same = first.is_some_and(|(_, later)| is_one_upgrade(later, next.1));
            first = if is_same { Some(*next) } else { first };
            !is_same
        });
        if earlier.is_none() && beginning.is_none() && stored.len() == limit {
            limit = limit.saturating_mul(16);
            continue;
        }
        let (Some((at, entry)), Some((_, first))) = (newest, first) else { return Ok(None) };
        return Ok(Some(VersionChange {
            before: before(first),
            undoes: entry.detail.get(UNDOES).is_some_and(|what| !what.is_null()),
            earlier: earlier.and_then(|(_, entry)| before(entry)),
            since: life.iter().take(at).rev().flat_map(|entry| values_of(entry, present)).collect(),
            entry: entry.clone(),
        }));
    }
}

impl VersionChange {
    /// Whether it took the change before it back: it says so, or it is a downgrade to the very version before that.
    pub fn took_back(&self, present: &RtVersion) -> bool {
        let is_downgrade = self.before.as_ref().is_some_and(|before| *present < before.type_version);
        let is_return = self.earlier.as_ref().is_some_and(|earlier| earlier.type_version == *present);
        self.undoes || is_downgrade && is_return
    }
}

/// Whether two changes that follow each other are hops of one upgrade: of one run, or of one command.
fn is_one_upgrade(later: &Entry, earlier: &Entry) -> bool {
    let run = |entry: &Entry| entry.detail.get(RUN).and_then(Value::as_str).map(str::to_owned);
    let is_hop = |entry: &Entry| entry.event == "upgrade" && entry.detail.get(UNDOES).is_none();
    let is_one = match (run(later), run(earlier)) {
        (None, None) => (&later.at, &later.who) == (&earlier.at, &earlier.who),
        (one, other) => one == other,
    };
    is_one && is_hop(later) && is_hop(earlier)
}

fn before(entry: &Entry) -> Option<Before> {
    serde_json::from_value(entry.detail.get(FIELD)?.clone()).ok()
}

fn changes(entry: &Entry) -> impl Iterator<Item = &Value> {
    entry.detail.get("changes").and_then(Value::as_array).into_iter().flatten()
}

fn what(change: &Value) -> &str {
    change.get("what").and_then(Value::as_str).unwrap_or_default()
}

fn changes_version(entry: &Entry) -> bool {
    entry.detail.get(FIELD).is_some() || changes(entry).any(|change| what(change) == "Type_version")
}

/// The values that an entry changed. What is of a node is no value: values for nodes stand together.
fn values_of(entry: &Entry, present: &LoadedType) -> Vec<ValueChange> {
    let declared = standard::effective_properties(&present.resource_type);
    let is_value = |name: &str| declared.iter().any(|decl| decl.name.value.eq_ignore_ascii_case(name));
    let text = |change: &Value, side: &str| change.get(side)?.as_str().map(str::to_owned);
    let of = |change: &Value| ValueChange {
        property: what(change).to_owned(),
        from: text(change, "from"),
        to: text(change, "to"),
        at: entry.at.clone(),
        user: entry.who.user.clone(),
    };
    let values = changes(entry).filter(|change| change.get("node").is_none_or(Value::is_null));
    values.filter(|change| is_value(what(change))).map(of).collect()
}
