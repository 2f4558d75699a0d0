//! `rtreg type set`: changes the two properties of a registered type that an administrator may change, Installed_nodes and
//! RT_system (rt_properties(5)). While RT_system is TRUE only RT_system may be changed.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::standard::{TYPE_PROPERTIES, type_property};
use rtreg_model::suggest;
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::installed::{self, node_words};
use crate::commands::{installed_change, type_index};
use crate::error::{CommandError, Refusal};
use crate::history::Object;
use crate::keys;
use crate::records::{GroupRecord, NameRecord, ResourceRecord, TypeRecord};
use crate::store::KeyRange;
use crate::transaction::Transaction;
use crate::types::resolve_type;
use crate::view::View;

/// From this many groups on, one condition on all groups stands for one on each.
const GROUPS_MAX: usize = 50;

/// Installed_nodes as a command gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstalledNodes {
    /// All nodes, also those that are added later.
    All,
    /// These.
    Nodes(Vec<String>),
}

/// What is to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// The type: its full name or an abbreviation.
    pub name: String,
    /// `--node` or `--all-nodes`.
    pub installed_nodes: Option<InstalledNodes>,
    /// `-p NAME=VALUE`, in their order.
    pub properties: Vec<(String, String)>,
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// Version of this form: 1.
    pub version: u32,
    /// The full name.
    pub name: String,
    /// The properties that have another value now; empty if the command asked for what was already so.
    pub changes: Vec<Changed>,
}

/// A property that has another value now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Changed {
    /// The property.
    pub property: String,
    /// Its value before, in words.
    pub before: String,
    /// Its value now, in words.
    pub after: String,
}

#[derive(Default)]
struct Wanted {
    installed_nodes: Option<InstalledNodes>,
    rt_system: Option<bool>,
}

/// Changes the properties.
///
/// # Errors
/// [`CommandError::Usage`] for a request that says nothing or says something twice; refusals `fixed_property`,
/// `unknown_property`, `bad_value`, `rt_system`, `node_not_found`, `node_in_use`, `too_many_resources`; those of [`resolve_type`];
/// [`CommandError::Store`].
pub fn type_set(tx: &mut Transaction<'_>, request: &Request) -> Result<Report, CommandError> {
    let wanted = read_request(request)?;
    let before = resolve_type(&tx.view, &request.name)?;
    super::unregister::refuse_in_run(&tx.view, &before)?;
    let mut after = before.clone();
    if let Some(installed_nodes) = &wanted.installed_nodes {
        after.installed_nodes = match installed_nodes {
            InstalledNodes::All => None,
            InstalledNodes::Nodes(nodes) => Some(installed::existing(&tx.view, nodes)?),
        };
    }
    after.rt_system = wanted.rt_system.unwrap_or(before.rt_system);
    let changes = changes(&before, &after);
    if before.rt_system && before.installed_nodes != after.installed_nodes {
        return Err(Refusal::new(
            "rt_system",
            format!("`{}` has RT_system=TRUE: only RT_system may be changed", before.name),
        )
        .help(format!("first `rtreg type set {} -p RT_system=FALSE`, then the rest", before.name))
        .into());
    }
    if before.installed_nodes != after.installed_nodes {
        refuse_nodes_in_use(&tx.view, &after)?;
        installed_change::apply(tx, &before, &after)?;
        index_nodes(tx, &before, &after);
    }
    let name = before.name.to_string();
    if !changes.is_empty() {
        tx.put(keys::type_version(after.name.base(), &after.version), &after);
        let detail = serde_json::json!({ "installed_nodes": after.installed_nodes, "rt_system": after.rt_system });
        tx.log(Object::new("type", &name), "type_set", detail)?;
    }
    Ok(Report { version: 1, name, changes })
}

fn read_request(request: &Request) -> Result<Wanted, CommandError> {
    let mut wanted = Wanted { installed_nodes: request.installed_nodes.clone(), rt_system: None };
    for (name, value) in &request.properties {
        if name.eq_ignore_ascii_case("RT_system") {
            let value = match value.to_ascii_uppercase().as_str() {
                "TRUE" => true,
                "FALSE" => false,
                _ => return Err(bad_value("RT_system", "TRUE or FALSE", value).into()),
            };
            set_once(&mut wanted.rt_system, value, "RT_system")?;
        } else if name.eq_ignore_ascii_case("Installed_nodes") {
            set_once(&mut wanted.installed_nodes, read_nodes(value)?, "Installed_nodes")?;
        } else {
            return Err(not_changeable(name).into());
        }
    }
    if let Some(InstalledNodes::Nodes(nodes)) = &wanted.installed_nodes
        && nodes.is_empty()
    {
        return Err(bad_value("Installed_nodes", "at least one node, or `*` for all", "").into());
    }
    if wanted.installed_nodes.is_none() && wanted.rt_system.is_none() {
        return Err(CommandError::usage(
            Refusal::new("nothing_given", "expected something to change, found nothing")
                .help("give `--node N,…`, `--all-nodes` or `-p RT_system=TRUE|FALSE`"),
        ));
    }
    Ok(wanted)
}

fn set_once<T>(place: &mut Option<T>, value: T, name: &str) -> Result<(), CommandError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => {
            Err(CommandError::usage(Refusal::new("given_twice", format!("{name} is given twice")).help("give it once")))
        }
    }
}

/// The value of Installed_nodes: names with commas between them; `*` stands for all, as scha_resourcetype_get(1HA) has it.
fn read_nodes(value: &str) -> Result<InstalledNodes, Refusal> {
    if value.trim() == "*" {
        return Ok(InstalledNodes::All);
    }
    let nodes: Vec<String> = value.split(',').map(|node| node.trim().to_owned()).collect();
    if nodes.iter().any(String::is_empty) {
        return Err(bad_value("Installed_nodes", "names of nodes with commas between them, or `*` for all", value));
    }
    Ok(InstalledNodes::Nodes(nodes))
}

fn bad_value(name: &str, expected: &str, found: &str) -> Refusal {
    Refusal::new("bad_value", format!("expected {expected} as value of {name}, found `{found}`"))
        .help("for example `--node n1,n2`, `--all-nodes` or `-p RT_system=FALSE`")
}

fn not_changeable(name: &str) -> Refusal {
    const HELP: &str = "of a registered type only Installed_nodes and RT_system may be changed (rt_properties(5))";
    match type_property(name) {
        Some(known) => {
            Refusal::new("fixed_property", format!("{} is what the RTR file says and never changes", known.name))
                .help(format!("{HELP}; register a new version with another value"))
        }
        None => {
            let near = suggest::nearest(name, TYPE_PROPERTIES.iter().map(|property| property.name));
            let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
            Refusal::new("unknown_property", format!("there is no type property `{name}`"))
                .help(format!("{near}{HELP}"))
        }
    }
}

fn changes(before: &TypeRecord, after: &TypeRecord) -> Vec<Changed> {
    let changed = |property: &str, before: String, after: String| {
        (before != after).then(|| Changed { property: property.to_owned(), before, after })
    };
    let truth = |value| if value { "TRUE" } else { "FALSE" }.to_owned();
    let nodes = |record: &TypeRecord| node_words(record.installed_nodes.as_deref());
    [
        changed("Installed_nodes", nodes(before), nodes(after)),
        changed("RT_system", truth(before.rt_system), truth(after.rt_system)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Node lists of groups with resources of the type must lie within Installed_nodes. A resource never changes its group,
/// so the index of the type and the records of the groups are all that the answer rests on.
fn refuse_nodes_in_use(view: &View<'_>, after: &TypeRecord) -> Result<(), CommandError> {
    let range = KeyRange::prefix(&keys::by_type_version(after.name.base(), &after.version));
    view.range(&range, 1)?;
    let Some(installed) = &after.installed_nodes else {
        return Ok(());
    };
    let installed: BTreeSet<&String> = installed.iter().collect();
    let mut groups: BTreeMap<String, String> = BTreeMap::new();
    view.for_each(&range, |stored| {
        if !type_index::is_user(&stored)? {
            return Ok(());
        }
        let name = keys::last_part(&stored.key).unwrap_or_default();
        if let Some(resource) = view.peek_record::<ResourceRecord>(&keys::resource(&name))? {
            groups.entry(resource.group).or_insert(name);
        }
        Ok::<(), CommandError>(())
    })?;
    let many = groups.len() > GROUPS_MAX;
    if many {
        view.range(&KeyRange::prefix("groups/"), 1)?;
    }
    let mut lines = Vec::new();
    for (group, resource) in groups {
        let key = keys::group(&group);
        let record = if many { view.peek_record(&key)? } else { view.record(&key)? };
        let node_list = record.map_or_else(Vec::new, |group: GroupRecord| group.node_list);
        let outside: Vec<String> = node_list.into_iter().filter(|node| !installed.contains(node)).collect();
        if !outside.is_empty() {
            lines.push(format!("group `{group}` (resource `{resource}`): {}", outside.join(", ")));
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(
        "node_in_use",
        format!("groups with resources of `{}` have nodes that Installed_nodes would no longer name", after.name),
    )
    .details(lines)
    .help("name these nodes too, or take them out of the groups (`rtreg group set G --node …`)")
    .into())
}

fn index_nodes(tx: &mut Transaction<'_>, before: &TypeRecord, after: &TypeRecord) {
    let index = NameRecord::of(after);
    let key = |node: &str| keys::by_node_type(node, after.name.base(), &after.version);
    for node in before.installed_nodes.iter().flatten() {
        tx.delete(key(node));
    }
    for node in after.installed_nodes.iter().flatten() {
        tx.put(key(node), &index);
    }
}

impl Report {
    /// The report in words.
    pub fn text(&self) -> String {
        if self.changes.is_empty() {
            return format!("`{}` has these values already: nothing was changed\n", self.name);
        }
        let line = |change: &Changed| {
            format!("`{}`: {} is now {} (was {})\n", self.name, change.property, change.after, change.before)
        };
        self.changes.iter().map(line).collect()
    }
}
