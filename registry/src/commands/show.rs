//! `show resource`, `show group`, `show node`: what the registry knows of one object. Reads the object and what it names,
//! never the whole store, and puts no condition on anything.

use rtreg_model::{NodeStatus, Origin, PropertyDecl, PropertyValue};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::changes::OriginReport;
use super::dependencies;
use super::imported::ImportReport;
use super::properties::Table;
use super::scene::{Scene, find_node};
use super::told::{self, StatusReport};
use crate::error::CommandError;
use crate::gate::NodeView;
use crate::keys;
use crate::migration::{Mark, Scope, StoredValue};
use crate::records::GroupRecord;
use crate::store::KeyRange;
use crate::view::View;

/// What is known of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ResourceReport {
    /// Version of this form: 1.
    pub version: u32,
    /// Name.
    pub name: String,
    /// Its group.
    pub group: String,
    /// Whether the group is managed.
    pub managed: bool,
    /// Full name of its type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// Type_version; null if unversioned.
    pub type_version: Option<String>,
    /// Whether it keeps old defaults because it was created under Sun Cluster 3.0.
    pub created_under_3_0: bool,
    /// What of it still rests on an import; left out if nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<ImportReport>,
    /// Its state on the nodes of the node list, and on others where it is initialised.
    pub nodes: Vec<NodeStateReport>,
    /// Its properties, those of the RTR file first.
    pub properties: Vec<PropertyReport>,
    /// The resources that it depends on.
    pub dependencies: Vec<DependencyReport>,
    /// The resources that depend on it.
    pub dependents: Vec<DependencyReport>,
}

/// A resource on a node, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NodeStateReport {
    /// Name of the node.
    pub node: String,
    /// `up`, `down` or `unknown`.
    pub node_state: String,
    /// State of the resource.
    pub state: String,
    /// State of its monitor.
    pub monitor: String,
    /// On_off_switch.
    pub enabled: bool,
    /// Monitored_switch.
    pub monitored: bool,
    /// The version that started it.
    pub started_by: OriginReport,
    /// The version that started its monitor.
    pub monitor_started_by: OriginReport,
    /// The version whose Init or Boot initialised it.
    pub initialised_by: OriginReport,
    /// The other versions whose Init or Boot ran there too without a Fini since; left out if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_initialised_by: Vec<OriginReport>,
    /// What a method said of it there (scha_resource_setstatus(1HA)), as long as that holds; left out if there is nothing, and in
    /// what is shown of a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusReport>,
    /// In words.
    #[serde(skip)]
    #[schemars(skip)]
    origins: [String; 3],
}

/// A value of a property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PropertyReport {
    /// Name.
    pub name: String,
    /// The node, if the value is for one node only.
    pub node: Option<String>,
    /// The value: a string, boolean, number or list of strings; null if there is none.
    pub value: Value,
    /// The same as text.
    #[serde(skip)]
    #[schemars(skip)]
    text: String,
    /// `explicit`, `default`, `pinned` (an old default that is kept) or `missing`.
    pub source: &'static str,
    /// When it may be changed.
    pub tunable: String,
    /// Whether it is an extension property.
    pub extension: bool,
}

/// A resource at the other end of a dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DependencyReport {
    /// The resource.
    pub resource: String,
    /// The properties that say so.
    pub properties: Vec<String>,
}

/// Shows a resource.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn resource(view: &View<'_>, name: &str) -> Result<ResourceReport, CommandError> {
    let mut scene = Scene::of_resource(view, name)?;
    scene.read_init_nodes(view)?;
    scene.read_traces(view)?;
    let member = scene.resource_ref()?;
    let mut views = scene.views(member);
    let further = scene.nodes.values().filter(|node| !scene.group.node_list.contains(&node.name));
    views.extend(further.map(|node| scene.view_on(member, node)).filter(|view| view.initialised_by != Origin::None));
    let table = Table::new(&member.loaded.resource_type, &scene.group.node_list);
    let record = &member.stored;
    let mut properties: Vec<PropertyReport> = table
        .decls()
        .iter()
        .flat_map(|decl| property(decl, record.values.get(&decl.name.value), &scene.group.node_list))
        .collect();
    properties.sort_by_key(|property| !property.extension && property.source == "default");
    let needed = dependencies::of_values(&member.loaded.resource_type, &record.values)?;
    let mut nodes: Vec<NodeStateReport> = views.iter().map(NodeStateReport::from).collect();
    for (report, seen) in nodes.iter_mut().zip(&views) {
        let Some(node) = scene.nodes.get(&seen.node) else { continue };
        report.status = told::status_on(view, name, node, seen.state)?;
    }
    Ok(ResourceReport {
        version: 1,
        name: record.name.clone(),
        group: record.group.clone(),
        managed: scene.group.managed,
        resource_type: member.loaded.record.name.to_string(),
        type_version: record.type_version.as_str().map(str::to_owned),
        created_under_3_0: record.created_under_3_0,
        imported: ImportReport::of(&member.settled),
        nodes,
        properties,
        dependencies: dependency_reports(needed),
        dependents: dependency_reports(dependencies::direct_dependents(view, name)?),
    })
}

impl From<&NodeView> for NodeStateReport {
    fn from(view: &NodeView) -> Self {
        Self {
            node: view.node.clone(),
            node_state: view.status.to_string(),
            state: view.state.to_string(),
            monitor: view.monitor.to_string(),
            enabled: view.enabled,
            monitored: view.monitored,
            started_by: (&view.started_by).into(),
            monitor_started_by: (&view.monitor_started_by).into(),
            initialised_by: (&view.initialised_by).into(),
            also_initialised_by: view.initialised().skip(1).map(|also| (&also).into()).collect(),
            status: None,
            origins: [view.started_by.to_string(), view.monitor_started_by.to_string(), view.initialised_words()],
        }
    }
}

fn property(decl: &PropertyDecl, stored: Option<&StoredValue>, node_list: &[String]) -> Vec<PropertyReport> {
    let line = |node: Option<&String>, value: Option<&PropertyValue>, source: &'static str| PropertyReport {
        name: decl.name.value.clone(),
        node: node.cloned(),
        value: value.map_or(Value::Null, |value| json!(value)),
        text: value.map(PropertyValue::to_string).unwrap_or_default(),
        source,
        tunable: decl.tunable.to_string(),
        extension: decl.extension,
    };
    let default = decl.default.as_ref().map(|default| &default.value);
    let of_default = |node: Option<&String>| {
        let source = if default.is_some() { "default" } else { "missing" };
        line(node, default, source)
    };
    let Some(stored) = stored else { return vec![of_default(None)] };
    let source = |mark: Mark| match mark {
        Mark::Explicit => "explicit",
        Mark::Pinned => "pinned",
    };
    match &stored.value {
        Scope::Global(value) => vec![line(None, Some(value), source(stored.mark))],
        Scope::PerNode(values) => node_list
            .iter()
            .map(|node| match values.get(node) {
                Some(value) => line(Some(node), Some(value), source(stored.mark)),
                None => match &stored.others {
                    Some(others) => line(Some(node), Some(&others.value), source(others.mark)),
                    None => of_default(Some(node)),
                },
            })
            .collect(),
    }
}

fn dependency_reports(found: dependencies::Dependencies) -> Vec<DependencyReport> {
    let report = |(resource, properties): (String, std::collections::BTreeSet<String>)| DependencyReport {
        resource,
        properties: properties.into_iter().collect(),
    };
    found.into_iter().map(report).collect()
}

impl ResourceReport {
    /// The report for people. System-defined properties on their default are left out.
    pub fn text(&self) -> String {
        let version = self.type_version.as_deref().unwrap_or("unversioned");
        let managed = if self.managed { "managed" } else { "unmanaged" };
        let mut text = format!(
            "resource {}\n  type          {} (Type_version {version})\n  group         {} ({managed})\n",
            self.name, self.resource_type, self.group
        );
        if self.created_under_3_0 {
            text.push_str("  created under Sun Cluster 3.0: keeps old defaults\n");
        }
        if let Some(imported) = &self.imported {
            text.push_str(&format!("  {}\n", imported.text()));
        }
        for node in &self.nodes {
            text.push_str(&format!("  on {}\n", node.text()));
        }
        for property in self.properties.iter().filter(|line| line.extension || line.source != "default") {
            let node = property.node.as_ref().map(|node| format!("{{{node}}}")).unwrap_or_default();
            text.push_str(&format!("  {}{node} = {} ({})\n", property.name, property.text, property.source));
        }
        for (word, list) in [("depends on", &self.dependencies), ("needed by", &self.dependents)] {
            for line in list {
                text.push_str(&format!("  {word} {} ({})\n", line.resource, line.properties.join(", ")));
            }
        }
        text
    }
}

impl NodeStateReport {
    fn text(&self) -> String {
        let [started, monitor, initialised] = &self.origins;
        let by = |origin: &String| if origin == "none" { String::new() } else { format!(" by {origin}") };
        let node = if self.node_state == "up" { String::new() } else { format!(" (node {})", self.node_state) };
        let on = |on: bool, word: &str| if on { word.to_owned() } else { format!("not {word}") };
        let mut text = format!(
            "{}{node}: {}{}; monitor {}{}; {}, {}",
            self.node,
            self.state,
            by(started),
            self.monitor,
            by(monitor),
            on(self.enabled, "enabled"),
            on(self.monitored, "monitored")
        );
        if initialised != "none" {
            text.push_str(&format!("; initialised by {initialised}"));
        }
        if let Some(status) = &self.status {
            let message = if status.message.is_empty() { String::new() } else { format!(": {}", status.message) };
            text.push_str(&format!("; status {}{message}", status.word));
        }
        text
    }
}

/// What is known of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct GroupReport {
    /// Version of this form: 1.
    pub version: u32,
    /// Name.
    pub name: String,
    /// Whether it is managed.
    pub managed: bool,
    /// Who carries out its state commands: `recorded` or `rgm`.
    pub driver: String,
    /// Maximum_primaries.
    pub maximum_primaries: u32,
    /// The node list, in order of preference.
    pub nodes: Vec<GroupNodeReport>,
    /// Its resources.
    pub resources: Vec<MemberReport>,
}

/// A node of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GroupNodeReport {
    /// Name of the node.
    pub node: String,
    /// `up`, `down` or `unknown`.
    pub node_state: String,
    /// Whether the group is online there.
    pub online: bool,
}

/// A resource of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MemberReport {
    /// Name.
    pub name: String,
    /// Full name of its type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// Its state on the nodes of the node list.
    pub nodes: Vec<NodeStateReport>,
}

/// Shows a group.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn group(view: &View<'_>, name: &str) -> Result<GroupReport, CommandError> {
    let scene = Scene::of_group(view, name)?;
    let online = scene.online_nodes();
    let node = |name: &String| GroupNodeReport {
        node: name.clone(),
        node_state: scene.nodes.get(name).map_or(NodeStatus::Unknown, |node| node.status).to_string(),
        online: online.contains(name),
    };
    let member = |member: &super::scene::Member| MemberReport {
        name: member.stored.name.clone(),
        resource_type: member.loaded.record.name.to_string(),
        nodes: scene.views(member).iter().map(NodeStateReport::from).collect(),
    };
    Ok(GroupReport {
        version: 1,
        name: scene.group.name.clone(),
        managed: scene.group.managed,
        driver: scene.group.driver.to_string(),
        maximum_primaries: scene.group.maximum_primaries,
        nodes: scene.group.node_list.iter().map(node).collect(),
        resources: scene.members.iter().map(member).collect(),
    })
}

impl GroupReport {
    /// The report for people.
    pub fn text(&self) -> String {
        let managed = if self.managed { "managed" } else { "unmanaged" };
        let mut text = format!(
            "group {}\n  {managed}, driver {}, Maximum_primaries={}\n",
            self.name, self.driver, self.maximum_primaries
        );
        for node in &self.nodes {
            let state = if node.online { "online" } else { "offline" };
            text.push_str(&format!("  on {} (node {}): {state}\n", node.node, node.node_state));
        }
        for member in &self.resources {
            text.push_str(&format!("  resource {} of {}\n", member.name, member.resource_type));
            for node in &member.nodes {
                text.push_str(&format!("    on {}\n", node.text()));
            }
        }
        text
    }
}

/// What is known of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct NodeReport {
    /// Version of this form: 1.
    pub version: u32,
    /// Name.
    pub name: String,
    /// `up`, `down` or `unknown`.
    pub status: String,
    /// Grows when the node goes down; state that was recorded under another number has ended.
    pub incarnation: u64,
    /// The groups that have it in their node list.
    pub groups: Vec<NodeGroupReport>,
    /// The types whose Installed_nodes name it.
    pub types: Vec<String>,
}

/// A group of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NodeGroupReport {
    /// Name of the group.
    pub name: String,
    /// Whether it is online on the node.
    pub online: bool,
}

/// Shows a node.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn node(view: &View<'_>, name: &str) -> Result<NodeReport, CommandError> {
    let node = find_node(view, name)?;
    let (mut groups, mut types) = (Vec::new(), Vec::new());
    let prefix = keys::by_node_all(name);
    for stored in view.peek(&KeyRange::prefix(&prefix), usize::MAX)? {
        let Some(rest) = stored.key.strip_prefix(&prefix) else { continue };
        if let Some(group) = rest.strip_prefix("group/").and_then(keys::unpart) {
            let record: Option<GroupRecord> = view.record(&keys::group(&group))?;
            let online = record.is_some_and(|record| record.online_on.get(name) == Some(&node.incarnation));
            groups.push(NodeGroupReport { name: group, online });
        } else if let Some((base, version)) = rest.strip_prefix("type/").and_then(|rest| rest.split_once('/'))
            && let (Some(base), Some(version)) = (keys::unpart(base), keys::parse_version_part(version))
        {
            types.push(format!("{base} (version {version})"));
        }
    }
    let (status, incarnation) = (node.status.to_string(), node.incarnation);
    Ok(NodeReport { version: 1, name: node.name, status, incarnation, groups, types })
}

impl NodeReport {
    /// The report for people.
    pub fn text(&self) -> String {
        let mut text = format!("node {}\n  {}\n", self.name, self.status);
        for group in &self.groups {
            let state = if group.online { "online" } else { "offline" };
            text.push_str(&format!("  group {}: {state}\n", group.name));
        }
        for name in &self.types {
            text.push_str(&format!("  installed: {name}\n"));
        }
        text
    }
}
