//! What becomes of a resource's property values when its type gets another version (design section 6, spec section 11).
//! Pure: it never writes a value; it says what the values would be, what changes, and what stands in the way.

mod assignments;
mod carry;
mod restore;

use std::collections::BTreeMap;

pub use restore::{given_back, restore};
use rtreg_model::standard::effective_properties;
use rtreg_model::{PropertyDecl, PropertyValue, ResourceType, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::gate::Assignment;

/// A value that a resource has and that is not the default of its type. Stored in records.
///
/// ```
/// use rtreg_model::PropertyValue;
/// use rtreg_registry::migration::StoredValue;
/// let value = StoredValue::explicit(PropertyValue::Int(30));
/// assert_eq!(serde_json::to_string(&value).unwrap(), r#"{"mark":"explicit","value":{"global":30}}"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredValue {
    /// Where the value comes from.
    pub mark: Mark,
    /// The value.
    pub value: Scope,
    /// With values for some nodes: what all others have, also nodes that join later; none: they follow the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<Others>,
}

/// The value of the nodes that have none of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Others {
    /// Where it comes from.
    pub mark: Mark,
    /// The value.
    pub value: PropertyValue,
}

impl StoredValue {
    /// A value that an administrator set for all nodes.
    pub const fn explicit(value: PropertyValue) -> Self {
        Self { mark: Mark::Explicit, value: Scope::Global(value), others: None }
    }

    /// Values that an administrator set for some nodes; the others follow the default.
    pub const fn per_node(values: BTreeMap<String, PropertyValue>) -> Self {
        Self { mark: Mark::Explicit, value: Scope::PerNode(values), others: None }
    }

    /// Values that an administrator set for some nodes, with what the others have.
    pub const fn departing(values: BTreeMap<String, PropertyValue>, others: Option<Others>) -> Self {
        Self { mark: Mark::Explicit, value: Scope::PerNode(values), others }
    }

    /// What it becomes when values for single nodes are set on top: what the other nodes have stays as it is.
    pub fn with_nodes(stored: Option<Self>, values: BTreeMap<String, PropertyValue>) -> Self {
        let Some(Self { mark, value, others }) = stored else { return Self::per_node(values) };
        match value {
            Scope::Global(value) => Self::departing(values, Some(Others { mark, value })),
            Scope::PerNode(mut nodes) => {
                nodes.extend(values);
                Self::departing(nodes, others)
            }
        }
    }

    /// What is left of it when a node is left out, and the node's own value; none is left where it was for that node only.
    pub fn without_node(self, node: &str) -> (Option<Self>, Option<PropertyValue>) {
        let Self { mark, value: Scope::PerNode(mut values), others } = self else { return (Some(self), None) };
        let lost = values.remove(node);
        let left = if values.is_empty() {
            others.map(|Others { mark, value }| Self { mark, value: Scope::Global(value), others: None })
        } else {
            Some(Self { mark, value: Scope::PerNode(values), others })
        };
        (left, lost)
    }

    /// An old default that a resource created under 3.0 keeps.
    pub const fn pinned(value: PropertyValue) -> Self {
        Self { mark: Mark::Pinned, value: Scope::Global(value), others: None }
    }
}

/// Where a stored value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// An administrator set it.
    Explicit,
    /// The default of an older version, kept because the resource was created under 3.0; neither default nor explicit.
    Pinned,
}

/// For which nodes a stored value is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All nodes.
    Global(PropertyValue),
    /// These nodes; for the others see [`StoredValue::others`].
    PerNode(BTreeMap<String, PropertyValue>),
}

/// Something that an upgrade does to a property, or needs for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PropertyChange {
    /// What.
    pub kind: ChangeKind,
    /// The property, as the file that declares it writes it.
    pub property: String,
    /// The node, if the value is for one node only.
    pub node: Option<String>,
    /// The value before, as text; null if there was none.
    pub old: Option<String>,
    /// The value after, as text; null if there is none.
    pub new: Option<String>,
    /// One full sentence.
    pub why: String,
}

/// What an upgrade does to a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The new version does not declare it: its value is gone.
    Dropped,
    /// It was on the default, or is new, and takes the new default.
    DefaultInherited,
    /// Its explicit value stays.
    Kept,
    /// The command sets it.
    Set,
    /// The old default stays, because the resource was created under 3.0.
    Pinned,
    /// The command must give a value.
    NeedsValue,
}

/// What a migration reads.
#[derive(Debug, Clone, Copy)]
pub struct Migration<'a> {
    /// The version that the resource has.
    pub present: &'a ResourceType,
    /// The version that it is to have.
    pub target: &'a ResourceType,
    /// The values that are not the default.
    pub values: &'a BTreeMap<String, StoredValue>,
    /// Values given in the command.
    pub assignments: &'a [Assignment],
    /// The group's node list.
    pub node_list: &'a [String],
    /// Created under Sun Cluster 3.0: old defaults are kept.
    pub created_under_3_0: bool,
}

/// What a migration comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Migrated {
    /// The values afterwards; they mean something only if there are no problems.
    pub values: BTreeMap<String, StoredValue>,
    /// What happens, sorted by property.
    pub changes: Vec<PropertyChange>,
    /// What stands in the way.
    pub problems: Vec<Problem>,
    /// Properties that the command sets and that may be changed only while the resource is disabled.
    pub when_disabled: Vec<Accepted>,
    /// The values of the command that are accepted, those of `when_disabled` among them.
    pub accepted: Vec<Assignment>,
}

/// Something about a property that stands in the way of an upgrade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The property, as the file that declares it writes it, else as the command does.
    pub property: String,
    /// One full sentence.
    pub message: String,
    /// The entry of the target's file, if it has one.
    pub entry: Option<Span>,
    /// What the command should say instead; none where it should say nothing.
    pub instead: Option<Assignment>,
}

/// A value of the command that needs the resource disabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The property, as the target's file writes it.
    pub property: String,
    /// The entry of the target's file, if it has one.
    pub entry: Option<Span>,
}

/// The old defaults that a resource created under 3.0 keeps although nothing asked the gate: where the default changes
/// and no value of its own hides it. They are not held against the limits of the target.
pub fn pinned_defaults(
    present: &ResourceType,
    target: &ResourceType,
    values: &BTreeMap<String, StoredValue>,
) -> BTreeMap<String, StoredValue> {
    let before = effective_properties(present);
    let mut pinned = BTreeMap::new();
    for decl in effective_properties(target) {
        let name = &decl.name.value;
        let Some(old) = find(&before, name).and_then(|before| carry::changed_default(before, &decl)) else { continue };
        match stored(values, name) {
            None => drop(pinned.insert(name.clone(), StoredValue::pinned(old))),
            Some(StoredValue { value: Scope::PerNode(nodes), others: None, .. }) => {
                let others = Some(Others { mark: Mark::Pinned, value: old });
                pinned.insert(name.clone(), StoredValue::departing(nodes.clone(), others));
            }
            Some(_) => {}
        }
    }
    pinned
}

/// Whether a declaration takes a stored value as it is: for one node or all, in its limits. Of the type it says nothing.
pub fn fits(decl: &PropertyDecl, value: &StoredValue) -> bool {
    let others = value.others.iter().all(|others| decl.check(&others.value).is_ok());
    others
        && match &value.value {
            Scope::Global(value) => decl.check(value).is_ok(),
            Scope::PerNode(values) => decl.per_node && values.values().all(|value| decl.check(value).is_ok()),
        }
}

/// Says what becomes of the values (design section 6). The order of the assignments makes no difference: a value for one
/// node wins over a value for all.
pub fn migrate(migration: &Migration<'_>) -> Migrated {
    let before = effective_properties(migration.present);
    let after = effective_properties(migration.target);
    let mut migrated = Migrated::default();
    let mut given = assignments::sort(migration, &before, &after, &mut migrated.problems);
    for decl in &after {
        let carried = carry::carry(migration, find(&before, &decl.name.value), decl);
        let given = given.remove(&decl.name.value).unwrap_or_default();
        assignments::apply(migration, decl, carried, given, &mut migrated);
    }
    migrated.changes.extend(carry::dropped(migration, &before, &after));
    migrated.changes.sort_by(|a, b| (&a.property, &a.node, a.kind).cmp(&(&b.property, &b.node, b.kind)));
    migrated
}

fn find<'d>(decls: &'d [PropertyDecl], name: &str) -> Option<&'d PropertyDecl> {
    decls.iter().find(|decl| decl.name.value.eq_ignore_ascii_case(name))
}

fn stored<'v>(values: &'v BTreeMap<String, StoredValue>, name: &str) -> Option<&'v StoredValue> {
    values.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
