//! Digests of methods from nodes that had not looked yet: what an agent sees when it first meets a version. What a node has seen once is
//! never seen anew: that would make a changed file right.

use std::collections::BTreeMap;

use serde_json::json;

use crate::error::CommandError;
use crate::history::Object;
use crate::keys;
use crate::records::{NodeRecord, TypeRecord};
use crate::store::KeyRange;
use crate::transaction::Transaction;
use crate::view::{View, decode};

/// Method files of a version that a node has not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// The key of the version.
    pub key: String,
    /// Absolute paths.
    pub paths: Vec<String>,
}

/// The files that a node has not looked at, of all versions that may be used there. Reads all types: for an agent.
///
/// # Errors
/// [`CommandError::Store`].
pub fn unseen(view: &View<'_>, node: &str) -> Result<Vec<Unseen>, CommandError> {
    let mut found = Vec::new();
    view.for_each(&KeyRange::prefix("types/"), |stored| {
        let record: TypeRecord = decode(&stored)?;
        let is_here = record.installed_nodes.as_ref().is_none_or(|nodes| nodes.iter().any(|name| name == node));
        let unseen = record.methods.values().filter(|method| !method.digests.contains_key(node));
        let paths: Vec<String> = unseen.map(|method| method.path.clone()).collect();
        if is_here && !paths.is_empty() {
            found.push(Unseen { key: stored.key, paths });
        }
        Ok::<(), CommandError>(())
    })?;
    Ok(found)
}

/// Keeps what a node has seen, by path; says whether anything was new.
///
/// # Errors
/// [`CommandError::Store`].
pub fn saw(
    tx: &mut Transaction<'_>,
    key: &str,
    node: &str,
    digests: &BTreeMap<String, String>,
) -> Result<bool, CommandError> {
    let is_node = tx.view.record::<NodeRecord>(&keys::node(node))?.is_some();
    let Some(mut record) = tx.view.record::<TypeRecord>(key)?.filter(|_| is_node) else { return Ok(false) };
    let mut seen = Vec::new();
    for (method, file) in &mut record.methods {
        let Some(digest) = digests.get(&file.path) else { continue };
        if !file.digests.contains_key(node) {
            file.digests.insert(node.to_owned(), digest.clone());
            seen.push(json!({ "method": method.as_str(), "path": file.path, "sha256": digest }));
        }
    }
    if seen.is_empty() {
        return Ok(false);
    }
    tx.put(key.to_owned(), &record);
    let object = Object::new("type", &record.name.to_string());
    tx.log(object, "methods_seen", json!({ "node": node, "methods": seen }))?;
    Ok(true)
}
