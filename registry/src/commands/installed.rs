//! Installed_nodes: the nodes on which a type may be used. Looks nodes up; never writes.

use crate::error::{CommandError, Refusal};
use crate::keys;
use crate::records::TypeRecord;
use crate::store::KeyRange;
use crate::view::View;

/// Most nodes that a refusal lists.
const LISTED_MAX: usize = 20;

/// The nodes, each once, in the order given; that each exists becomes a condition.
///
/// # Errors
/// A refusal `node_not_found`; [`CommandError::Store`].
pub fn existing(view: &View<'_>, nodes: &[String]) -> Result<Vec<String>, CommandError> {
    let mut existing: Vec<String> = Vec::new();
    for node in nodes {
        if view.get(&keys::node(node))?.is_none() {
            return Err(node_not_found(view, node)?.into());
        }
        if !existing.contains(node) {
            existing.push(node.clone());
        }
    }
    Ok(existing)
}

fn node_not_found(view: &View<'_>, node: &str) -> Result<Refusal, CommandError> {
    let stored = view.peek(&KeyRange::prefix("nodes/"), LISTED_MAX + 1)?;
    let mut nodes: Vec<String> = stored.iter().filter_map(|stored| keys::last_part(&stored.key)).collect();
    let near = rtreg_model::suggest::nearest(node, nodes.iter().map(String::as_str)).map(str::to_owned);
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`rtreg node add {node}` adds it"),
    };
    let more = nodes.len() > LISTED_MAX;
    nodes.truncate(LISTED_MAX);
    nodes.extend(more.then(|| "and more (`rtreg node list`)".to_owned()));
    Ok(Refusal::new("node_not_found", format!("the cluster has no node `{node}`")).details(nodes).help(help))
}

/// Installed_nodes in words.
pub fn node_words(nodes: Option<&[String]>) -> String {
    match nodes {
        Some(nodes) => nodes.join(", "),
        None => "all nodes".to_owned(),
    }
}

/// Whether Installed_nodes of the type name the node.
pub fn names(record: &TypeRecord, node: &str) -> bool {
    record.installed_nodes.as_ref().is_none_or(|nodes| nodes.iter().any(|name| name == node))
}
