//! What becomes of a resource's property values when its type gets another version (design section 6, spec section 11).
//! Pure: it never writes a value; it says what the values would be, what changes, and what stands in the way.

use std::collections::BTreeMap;

use rtreg_model::PropertyValue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
}

impl StoredValue {
    /// A value that an administrator set for all nodes.
    pub const fn explicit(value: PropertyValue) -> Self {
        Self { mark: Mark::Explicit, value: Scope::Global(value) }
    }

    /// Values that an administrator set for some nodes; the others follow the default.
    pub const fn per_node(values: BTreeMap<String, PropertyValue>) -> Self {
        Self { mark: Mark::Explicit, value: Scope::PerNode(values) }
    }

    /// An old default that a resource created under 3.0 keeps.
    pub const fn pinned(value: PropertyValue) -> Self {
        Self { mark: Mark::Pinned, value: Scope::Global(value) }
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
    /// These nodes; the others follow the default.
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
