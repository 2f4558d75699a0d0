//! What `clresource show -v`, `clresourcegroup show -v`, `clresourcetype show -v`, `clresource status`, `clresourcegroup
//! status` and `clnode status` print, read as data: [`parse()`] makes blocks and rows of the text, [`read()`] makes a
//! cluster of them. Any bytes give findings, never a panic. What the words mean stands in tables (`words`), so that a form
//! that is only recalled is one row. Knows no store.

mod age;
mod parse;
mod read;
mod words;

use rtreg_model::{FileId, MonitorState, ResourceState, Span};

pub use age::age;
pub use parse::parse;
pub use read::read;

/// A text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text, without blanks around it.
    pub text: String,
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub span: Span,
}

/// What a block or a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A node.
    Node,
    /// A resource type.
    Type,
    /// A resource group.
    Group,
    /// A resource.
    Resource,
}

/// An object of `show`: its name and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: Text,
    /// Its lines.
    pub fields: Vec<Field>,
}

/// A line of an object: `Enabled{n1}: True`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub key: Text,
    /// The node, if it is for one node.
    pub node: Option<String>,
    /// The value.
    pub value: Text,
    /// Whether it stands under the heading of the properties.
    pub property: bool,
}

/// A row of `status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What the table is about.
    pub kind: Kind,
    /// The object.
    pub object: Text,
    /// The node; of a table of nodes the object itself.
    pub node: String,
    /// The word of the state.
    pub state: Text,
}

/// What files say, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines {
    /// The objects of `show`.
    pub blocks: Vec<Block>,
    /// The rows of `status`.
    pub rows: Vec<Row>,
}

/// A cluster as it was shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Cluster {
    /// The nodes that anything names, by name.
    pub nodes: Vec<ShownNode>,
    /// The types that `clresourcetype show` shows.
    pub types: Vec<ShownType>,
    /// The groups.
    pub groups: Vec<ShownGroup>,
    /// The resources, each after those that it depends on, as far as there is such an order.
    pub resources: Vec<ShownResource>,
    /// Properties of groups that the registry does not keep, by name.
    pub not_kept: Vec<String>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownNode {
    /// Name.
    pub name: Text,
    /// What `clnode status` says; none if it was not given.
    pub member: Option<bool>,
    /// Something is online there.
    pub in_use: bool,
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownType {
    /// Full name.
    pub name: Text,
    /// What is said of it.
    pub fields: Vec<Field>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownGroup {
    /// Name.
    pub name: Text,
    /// Nodelist.
    pub node_list: Vec<String>,
    /// Maximum_primaries.
    pub maximum_primaries: u32,
    /// RG_state.
    pub managed: bool,
    /// The nodes where it is online.
    pub online_on: Vec<String>,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownResource {
    /// Name.
    pub name: Text,
    /// Its group.
    pub group: String,
    /// Full name of its type, as shown.
    pub resource_type: String,
    /// Type_version; empty if unversioned.
    pub type_version: String,
    /// How it is on each node of the node list.
    pub nodes: Vec<ShownOn>,
    /// Its properties.
    pub properties: Vec<Field>,
}

/// A resource on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownOn {
    /// The node.
    pub node: String,
    /// Enabled.
    pub enabled: bool,
    /// Monitored.
    pub monitored: bool,
    /// Its state; unknown where no status was given.
    pub state: ResourceState,
    /// Its monitor; none where it follows from the switch and the type.
    pub monitor: Option<MonitorState>,
}

impl ShownType {
    /// Installed_nodes; none means all nodes, or that they are not shown.
    pub fn installed_nodes(&self) -> Option<Vec<String>> {
        let field = self.fields.iter().find(|field| field.key.text.eq_ignore_ascii_case("Installed_nodes"))?;
        let is_all = words::ALL.contains(&field.text()) || field.text().is_empty();
        (!is_all).then(|| field.text().split_whitespace().map(str::to_owned).collect())
    }
}

impl Field {
    /// The value, nothing where the vendor prints `<NULL>`.
    pub fn text(&self) -> &str {
        if words::NULL.contains(&self.value.text.as_str()) { "" } else { &self.value.text }
    }
}
