//! `rtreg status`: what a store holds, counted up to a limit. The caller adds where the store is.

use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::list::Count;
use crate::error::CommandError;
use crate::store::Revision;
use crate::view::View;

/// Objects of a kind are counted up to here.
pub const COUNTED_MAX: usize = 100_000;

/// What a store holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// Version of this form: 1.
    pub version: u32,
    /// Version of rtreg.
    pub rtreg: String,
    /// Where the store is.
    pub place: Place,
    /// The newest revision: how many commits changed something.
    pub revision: Revision,
    /// The node that this process is on.
    pub local_node: String,
    /// Registered versions of types.
    pub types: Count,
    /// Resources.
    pub resources: Count,
    /// Groups.
    pub groups: Count,
    /// Nodes.
    pub nodes: Count,
}

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// As `--store` takes it.
    pub store: String,
    /// Why this one: an option, a default.
    pub because: String,
    /// Whether it exists; one that does not reads as empty.
    pub exists: bool,
    /// Bytes on disk, its log included; null where that is not known.
    pub bytes: Option<u64>,
}

/// Counts what the store holds.
///
/// # Errors
/// [`CommandError::Store`].
pub fn status(view: &View<'_>, rtreg: &str, local_node: &str, place: Place) -> Result<Report, CommandError> {
    let count = |prefix: &str| Count::of(view, prefix, COUNTED_MAX);
    Ok(Report {
        version: 1,
        rtreg: rtreg.to_owned(),
        place,
        revision: view.revision(),
        local_node: local_node.to_owned(),
        types: count("names/")?,
        resources: count("resources/")?,
        groups: count("groups/")?,
        nodes: count("nodes/")?,
    })
}

impl Report {
    /// The report in words.
    pub fn text(&self) -> String {
        let Place { store, because, exists, bytes } = &self.place;
        let size = match bytes {
            _ if !exists => "does not exist yet: the first command that writes makes it".to_owned(),
            Some(bytes) => format!("{bytes} bytes, revision {}", self.revision),
            None => format!("revision {}", self.revision),
        };
        let rows = [
            ["rtreg", &self.rtreg],
            ["store", &format!("{store} ({because})")],
            ["", &size],
            ["this node", &self.local_node],
            ["types", &self.types.text()],
            ["resources", &self.resources.text()],
            ["groups", &self.groups.text()],
            ["nodes", &self.nodes.text()],
        ];
        super::table(&rows.map(|row| row.map(str::to_owned)))
    }
}
