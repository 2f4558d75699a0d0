//! `rtreg compat --registry`: the real resources that a change between two versions would hurt, or that it would change. The
//! new version need not be registered. It only reads, and leaves no condition.

use std::collections::BTreeMap;

use rtreg_model::{ResourceType, RtVersion};
use schemars::JsonSchema;
use serde::Serialize;

use super::type_index::is_user;
use crate::error::CommandError;
use crate::keys;
use crate::migration::{ChangeKind, Migration, PropertyChange, Scope, StoredValue, migrate};
use crate::records::{GroupRecord, ResourceRecord};
use crate::store::KeyRange;
use crate::types::{load_type, type_version};
use crate::view::View;

/// Most witnesses that are named in text.
const NAMED_MAX: usize = 20;

/// What the resources of the old version say to the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Witnesses {
    /// Whether the old version is registered.
    pub registered: bool,
    /// How many resources have the old version.
    pub resources: u64,
    /// What the change does to them, by resource.
    pub witnesses: Vec<Witness>,
}

/// What the change does to one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Witness {
    /// The resource.
    pub resource: String,
    /// Its group.
    pub group: String,
    /// What happens.
    pub kind: WitnessKind,
    /// The property; null where it is about the type as a whole.
    pub property: Option<String>,
    /// The node, if the value is for one node only.
    pub node: Option<String>,
    /// The value that it has, as text.
    pub value: Option<String>,
    /// One full sentence.
    pub why: String,
}

/// What a change does to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WitnessKind {
    /// It cannot be upgraded as it is.
    Forbidden,
    /// The command that upgrades it must give a value.
    NeedsValue,
    /// A value that was set is deleted.
    Dropped,
    /// It follows a default, and gets another one.
    DefaultInherited,
}

/// Looks at all resources of the version `old`, as registered, with the eyes of `new`.
///
/// # Errors
/// [`CommandError::Store`].
pub fn witnesses(view: &View<'_>, old: &RtVersion, new: &ResourceType) -> Result<Witnesses, CommandError> {
    let name = new.name();
    let base = name.base();
    let Some(record) = type_version(view, base, old)? else {
        return Ok(Witnesses { registered: false, resources: 0, witnesses: Vec::new() });
    };
    let present = load_type(view, &record)?.resource_type;
    let mut found = Witnesses { registered: true, resources: 0, witnesses: Vec::new() };
    let mut resources = Vec::new();
    for stored in view.peek(&KeyRange::prefix(&keys::by_type_version(base, old)), usize::MAX)? {
        if is_user(&stored)? {
            resources.extend(keys::last_part(&stored.key));
        }
    }
    found.resources = resources.len() as u64;
    for resource in &resources {
        let Some(record) = view.peek_record::<ResourceRecord>(&keys::resource(resource))? else { continue };
        let group = view.peek_record::<GroupRecord>(&keys::group(&record.group))?;
        let of = One { record: &record, group: group.as_ref(), present: &present, new };
        found.witnesses.extend(of.whole(resources.len()));
        found.witnesses.extend(of.properties());
    }
    Ok(found)
}

/// One resource and the two versions.
struct One<'a> {
    record: &'a ResourceRecord,
    group: Option<&'a GroupRecord>,
    present: &'a ResourceType,
    new: &'a ResourceType,
}

impl One<'_> {
    /// What the type as a whole forbids.
    fn whole(&self, resources: usize) -> Vec<Witness> {
        let name = &self.record.name;
        let mut found = Vec::new();
        if self.new.single_instance.value && !self.present.single_instance.value && resources > 1 {
            found.push(format!("{name} is one of {resources} resources of the type, and the new version permits one."));
        }
        let primaries = self.group.map_or(1, |group| group.maximum_primaries);
        if self.new.failover.value && !self.present.failover.value && primaries > 1 {
            let group = &self.record.group;
            found.push(format!(
                "{name} is in the group {group}, which may be online on {primaries} nodes, and Failover permits one."
            ));
        }
        found.into_iter().map(|why| self.witness(WitnessKind::Forbidden, None, why)).collect()
    }

    fn properties(&self) -> Vec<Witness> {
        let node_list = self.group.map(|group| group.node_list.clone()).unwrap_or_default();
        let migrated = migrate(&Migration {
            present: self.present,
            target: self.new,
            values: &self.record.values,
            assignments: &[],
            node_list: &node_list,
            created_under_3_0: self.record.created_under_3_0,
        });
        migrated.changes.iter().filter_map(|change| self.of_change(change)).collect()
    }

    fn of_change(&self, change: &PropertyChange) -> Option<Witness> {
        let (name, property) = (&self.record.name, &change.property);
        let set = self.value(change);
        let (kind, why) = match (change.kind, &set) {
            (ChangeKind::NeedsValue, Some(value)) => {
                (WitnessKind::NeedsValue, format!("{name} sets {property} = {value}: {}", change.why))
            }
            (ChangeKind::NeedsValue, None) => (WitnessKind::NeedsValue, format!("{name}: {}", change.why)),
            (ChangeKind::Dropped, Some(value)) => (
                WitnessKind::Dropped,
                format!("{name} sets {property} = {value}, and the new version has no {property}."),
            ),
            (ChangeKind::DefaultInherited, _) if change.old.is_some() && change.old != change.new => {
                let text = |value: &Option<String>| value.clone().unwrap_or_default();
                let (old, new) = (text(&change.old), text(&change.new));
                let why = format!("{name} follows the default of {property}, {old}, and gets {new}.");
                (WitnessKind::DefaultInherited, why)
            }
            _ => return None,
        };
        let value = set.or_else(|| change.old.clone());
        Some(Witness { node: change.node.clone(), value, ..self.witness(kind, Some(property.clone()), why) })
    }

    /// The value that the resource has of its own.
    fn value(&self, change: &PropertyChange) -> Option<String> {
        let values: &BTreeMap<String, StoredValue> = &self.record.values;
        let stored =
            values.iter().find(|(name, _)| name.eq_ignore_ascii_case(&change.property)).map(|(_, value)| value)?;
        match (&stored.value, &change.node) {
            (Scope::Global(value), _) => Some(value.to_string()),
            (Scope::PerNode(nodes), Some(node)) => nodes.get(node).map(ToString::to_string),
            (Scope::PerNode(nodes), None) => {
                Some(nodes.iter().map(|(node, value)| format!("{value} on {node}")).collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn witness(&self, kind: WitnessKind, property: Option<String>, why: String) -> Witness {
        let (resource, group) = (self.record.name.clone(), self.record.group.clone());
        Witness { resource, group, kind, property, node: None, value: None, why }
    }
}

impl Witnesses {
    /// What they say, a line each: what hurts most comes first.
    pub fn text(&self) -> String {
        if !self.registered {
            return "Resources: the old version is not registered in the store, so none is known.\n".to_owned();
        }
        let mut all: Vec<&Witness> = self.witnesses.iter().collect();
        all.sort_by_key(|witness| witness.kind);
        let mut hurt: Vec<&str> = all.iter().map(|witness| witness.resource.as_str()).collect();
        hurt.sort_unstable();
        hurt.dedup();
        let mut text = format!("Resources: {} of {} with the old version would notice.\n", hurt.len(), self.resources);
        for witness in all.iter().take(NAMED_MAX) {
            text.push_str(&format!("  {}\n", witness.why));
        }
        if all.len() > NAMED_MAX {
            text.push_str(&format!("  and {} more, which `--format json` has\n", all.len() - NAMED_MAX));
        }
        text
    }
}
