//! Nodes: add, remove, list, up, down. A node that goes down or comes up is one key, however many resources it has; what
//! that means for them is read by [`crate::effective`]. None of these commands touches a node.

use rtreg_model::NodeStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::changes::{Change, ChangeReport};
use super::driven;
use super::driver::{self, MethodsRun};
use super::scene::find_node;
use crate::error::{CommandError, Refusal};
use crate::history::Object;
use crate::keys;
use crate::records::NodeRecord;
use crate::store::KeyRange;
use crate::transaction::Transaction;
use crate::view::{View, decode};

/// A command about one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeRequest {
    /// Name of the node.
    pub name: String,
}

/// Most users of a node that a refusal lists.
const LISTED_MAX: usize = 20;

/// Adds a node, which is up. Node names are host names: letters, digits, `-`, `_` and `.`, at most 255.
///
/// # Errors
/// A refusal `node_name`; [`CommandError::Store`].
pub fn add(tx: &mut Transaction<'_>, request: &NodeRequest) -> Result<ChangeReport, CommandError> {
    add_with(tx, request, MethodsRun::ByThemselves)
}

/// Adds a node; where Boot is a step of its own, it runs behind.
pub(super) fn add_with(
    tx: &mut Transaction<'_>,
    request: &NodeRequest,
    methods: MethodsRun,
) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    check_node_name(name)?;
    let key = keys::node(name);
    if let Some(node) = tx.view.record::<NodeRecord>(&key)? {
        return Ok(ChangeReport::new(
            object(name),
            "node_add",
            format!("node `{name}` is known already and is {}; nothing changed", node.status),
        ));
    }
    check_boots_nothing(tx, name, ("node add", methods))?;
    add_as(tx, name, NodeStatus::Up)
}

/// A boot that runs Boot in a group that rtreg drives is a plan.
fn check_boots_nothing(
    tx: &Transaction<'_>,
    node: &str,
    (command, methods): (&str, MethodsRun),
) -> Result<(), CommandError> {
    if methods == MethodsRun::AsSteps {
        return Ok(());
    }
    match driven::boots(&tx.view, node)?.first() {
        Some(boot) => Err(driver::runs_methods(&boot.group, command).into()),
        None => Ok(()),
    }
}

/// Adds a node that is not known yet.
pub(super) fn add_as(tx: &mut Transaction<'_>, name: &str, status: NodeStatus) -> Result<ChangeReport, CommandError> {
    check_node_name(name)?;
    let added = tx.view.revision();
    // The node has booted into the cluster by now: for types whose Init_nodes are all nodes its Boot has run.
    let node = NodeRecord { name: name.to_owned(), status, added, incarnation: added + 1, booted: added + 1 };
    tx.put(keys::node(name), &node);
    status_changed(tx, "node_add", None, &node, format!("node `{name}` is added and {status}"))
}

/// Removes a node that is down and that nothing names.
///
/// # Errors
/// A refusal `not_found`, `node_in_use` or `node_not_down`; [`CommandError::Store`].
pub fn remove(tx: &mut Transaction<'_>, request: &NodeRequest) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    let node = find_node(&tx.view, name)?;
    let users = tx.view.range(&KeyRange::prefix(&keys::by_node_all(name)), LISTED_MAX + 1)?;
    if !users.is_empty() {
        return Err(in_use(name, &users.iter().map(|stored| stored.key.as_str()).collect::<Vec<_>>()).into());
    }
    if node.status != NodeStatus::Down {
        return Err(Refusal::new(
            "node_not_down",
            format!("node `{name}` is {}; a node is removed only when it is declared down", node.status),
        )
        .help(format!("when nothing runs on it any more: `rtreg node down {name}`, then remove it"))
        .into());
    }
    tx.delete(keys::node(name));
    let change = Change {
        object: object(name),
        node: None,
        what: "status".to_owned(),
        from: Some(node.status.to_string()),
        to: None,
    };
    tx.log(object(name), "node_remove", json!({ "from": node.status, "incarnation": node.incarnation }))?;
    Ok(ChangeReport::new(object(name), "node_remove", format!("node `{name}` is removed")).with(vec![change]))
}

/// The node is a member of the cluster again. A node that was down has booted: what ran there has ended, and Boot has run
/// where a type has one. A node that was unknown has not: what was recorded there holds again.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn up(tx: &mut Transaction<'_>, request: &NodeRequest) -> Result<ChangeReport, CommandError> {
    up_as(tx, request, MethodsRun::ByThemselves)
}

/// The node is a member again; where Boot is a step of its own, it runs behind.
pub(super) fn up_as(
    tx: &mut Transaction<'_>,
    request: &NodeRequest,
    methods: MethodsRun,
) -> Result<ChangeReport, CommandError> {
    let node = find_node(&tx.view, &request.name)?;
    let name = &node.name;
    if node.status == NodeStatus::Up {
        return Ok(ChangeReport::new(object(name), "node_up", format!("node `{name}` is up already; nothing changed")));
    }
    if node.status == NodeStatus::Down {
        check_boots_nothing(tx, name, ("node up", methods))?;
    }
    let now = comes_up(&node);
    tx.put(keys::node(name), &now);
    let report = status_changed(tx, "node_up", Some(&node), &now, format!("node `{name}` is up"))?;
    Ok(match node.status {
        NodeStatus::Down => report.note("groups stay offline there until they are brought online"),
        _ => report.note(format!(
            "what was recorded there before counts again; if the node has booted since, say so with \
             `rtreg node down {name}` and `rtreg node up {name}`"
        )),
    })
}

/// The record of a node that is a member of the cluster again.
pub(super) fn comes_up(node: &NodeRecord) -> NodeRecord {
    NodeRecord { status: NodeStatus::Up, booted: node.incarnation, ..node.clone() }
}

/// The node is declared down and fenced: nothing runs there any more.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn down(tx: &mut Transaction<'_>, request: &NodeRequest) -> Result<ChangeReport, CommandError> {
    let node = find_node(&tx.view, &request.name)?;
    let name = &node.name;
    if node.status == NodeStatus::Down {
        let summary = format!("node `{name}` is declared down already; nothing changed");
        return Ok(ChangeReport::new(object(name), "node_down", summary));
    }
    let now = NodeRecord { status: NodeStatus::Down, incarnation: tx.view.revision() + 1, ..node.clone() };
    tx.put(keys::node(name), &now);
    let summary = format!("node `{name}` is declared down and fenced");
    let report = status_changed(tx, "node_down", Some(&node), &now, summary)?;
    Ok(report
        .note("all that was recorded there as running now reads as offline; be sure that the node is really stopped"))
}

/// All nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct NodeList {
    /// Version of this form: 1.
    pub version: u32,
    /// The nodes, by name.
    pub nodes: Vec<NodeLine>,
}

/// A node of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NodeLine {
    /// Name.
    pub name: String,
    /// `up`, `down` or `unknown`.
    pub status: String,
    /// Grows when the node goes down; state that was recorded under another number has ended.
    pub incarnation: u64,
}

/// Lists the nodes.
///
/// # Errors
/// [`CommandError::Store`].
pub fn list(view: &View<'_>) -> Result<NodeList, CommandError> {
    let mut nodes = Vec::new();
    view.for_each(&KeyRange::prefix(&keys::node("")), |stored| {
        let node: NodeRecord = decode(&stored)?;
        nodes.push(NodeLine { name: node.name, status: node.status.to_string(), incarnation: node.incarnation });
        Ok::<_, CommandError>(())
    })?;
    Ok(NodeList { version: 1, nodes })
}

impl NodeList {
    /// The list for people: one node a line.
    pub fn text(&self) -> String {
        if self.nodes.is_empty() {
            return "no node is known; add one with `rtreg node add N`\n".to_owned();
        }
        let width = self.nodes.iter().map(|node| node.name.len()).max().unwrap_or_default();
        self.nodes.iter().map(|node| format!("{:width$}  {}\n", node.name, node.status)).collect()
    }
}

fn object(name: &str) -> Object {
    Object::new("node", name)
}

fn status_changed(
    tx: &mut Transaction<'_>,
    event: &str,
    from: Option<&NodeRecord>,
    to: &NodeRecord,
    summary: String,
) -> Result<ChangeReport, CommandError> {
    let status = |node: &NodeRecord| node.status.to_string();
    let change = Change {
        object: object(&to.name),
        node: None,
        what: "status".to_owned(),
        from: from.map(status),
        to: Some(status(to)),
    };
    let detail = json!({ "from": from.map(status), "to": status(to), "incarnation": to.incarnation });
    tx.log(object(&to.name), event, detail)?;
    Ok(ChangeReport::new(object(&to.name), event, summary).with(vec![change]))
}

fn check_node_name(name: &str) -> Result<(), Refusal> {
    let wrong = |why: &str| {
        Err(Refusal::new("node_name", format!("`{}` is no name of a node: {why}", name.escape_debug())).help(
            "a node is called as its host: letters, digits, `-`, `_` and `.`, at most 255, first a letter or digit",
        ))
    };
    if name.is_empty() {
        return wrong("it is empty");
    }
    if name.len() > rtreg_model::name::NAME_LENGTH_MAX {
        return wrong("it is too long");
    }
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return wrong("it must start with a letter or digit");
    }
    match name.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))) {
        Some(c) => wrong(&format!("it has {c:?}")),
        None => Ok(()),
    }
}

fn in_use(name: &str, users: &[&str]) -> Refusal {
    let prefix = keys::by_node_all(name);
    let line = |key: &&&str| {
        let rest = key.strip_prefix(&prefix)?;
        if let Some(group) = rest.strip_prefix("group/") {
            return Some(format!("group {}: in the node list", keys::unpart(group)?));
        }
        let (base, version) = rest.strip_prefix("type/")?.split_once('/')?;
        let (base, version) = (keys::unpart(base)?, keys::parse_version_part(version)?);
        Some(format!("type {base}, version {version}: in Installed_nodes"))
    };
    let more = (users.len() > LISTED_MAX).then(|| "and more".to_owned());
    Refusal::new("node_in_use", format!("node `{name}` cannot be removed: it is still named by others"))
        .details(users.iter().take(LISTED_MAX).filter_map(|key| line(&key)).chain(more).collect::<Vec<_>>())
        .help("take it out with `rtreg group set G --node …` and `rtreg type set TYPE --node …` first")
}
