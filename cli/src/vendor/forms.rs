//! The shapes of what the vendor's `list`, `show`, `status` and `scrgadm -p` print, all in this one place. Those of `scrgadm
//! -pv` are as the vendor's guides print them; the others are recalled, so a column may differ. Only what rtreg keeps is
//! printed: nothing is made up. A map of the registry's reports without rules.

use rtreg_registry::commands::list::Listed;
use rtreg_registry::commands::names::ResourceName;
use rtreg_registry::commands::show::{GroupReport, NodeStateReport, PropertyReport, ResourceReport};
use rtreg_registry::commands::show_type;
use serde_json::Value;

/// The column of values.
const VALUE_COLUMN: usize = 49;

/// What stands for no value.
const NULL: &str = "<NULL>";

/// What stands for all nodes.
const ALL: &str = "<All>";

/// How the state of a resource is called; rtreg's word, and the vendor's.
const STATES: &[(&str, &str)] = &[
    ("online", "Online"),
    ("offline", "Offline"),
    ("starting", "Starting"),
    ("stopping", "Stopping"),
    ("start_failed", "Start_failed"),
    ("stop_failed", "Stop_failed"),
    ("unknown", "Unknown"),
];

/// How Init_nodes are called.
const INIT_NODES: &[(&str, &str)] = &[("RG_PRIMARIES", "All potential masters"), ("RT_INSTALLED_NODES", "All nodes")];

/// The type properties that `clresourcetype show` prints, in its order, beside Installed_nodes and RT_system.
const TYPE_FIELDS: &[&str] = &[
    "RT_description",
    "RT_version",
    "API_version",
    "RT_basedir",
    "Single_instance",
    "Proxy",
    "Init_nodes",
    "Installed_nodes",
    "Failover",
    "Pkglist",
    "RT_system",
    "Global_zone",
];

/// The same for `scrgadm -pv`, with its words.
const SCRGADM_FIELDS: &[(&str, &str)] = &[
    ("RT_description", "description"),
    ("RT_basedir", "base directory"),
    ("Single_instance", "single instance"),
    ("Init_nodes", "init nodes"),
    ("Failover", "failover"),
    ("RT_version", "version"),
    ("API_version", "API version"),
    ("Installed_nodes", "installed on nodes"),
    ("Pkglist", "packages"),
    ("RT_system", "system"),
];

/// `=== Resources ===` between empty lines.
pub fn heading(title: &str) -> String {
    format!("\n=== {title} ===\n")
}

/// `--- Standard and extension properties ---` between empty lines.
pub fn subheading(title: &str) -> String {
    format!("\n  --- {title} ---\n")
}

fn field(indent: usize, key: &str, value: &str) -> String {
    let key = format!("{:indent$}{key}:", "");
    let value = if value.is_empty() { NULL } else { value };
    format!("{key:<VALUE_COLUMN$}{value}\n", VALUE_COLUMN = VALUE_COLUMN.max(key.len() + 1))
}

/// Columns under names that are underlined.
fn table<const N: usize>(heads: [&str; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(heads.get(column).map(|head| head.chars().count())).max().unwrap_or(0) + 4
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |cells: &[String]| {
        let padded: String = cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        format!("{}\n", padded.trim_end())
    };
    let heads = heads.map(str::to_owned);
    let under: Vec<String> = heads.iter().map(|head| "-".repeat(head.len())).collect();
    let body: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{}{body}", line(&heads), line(&under))
}

fn truth(yes: bool) -> &'static str {
    if yes { "True" } else { "False" }
}

fn word<'t>(table: &'t [(&str, &'t str)], found: &'t str) -> &'t str {
    table.iter().find(|(ours, _)| *ours == found).map_or(found, |(_, vendors)| vendors)
}

/// A value as the vendor prints it: words of truth capitalised, the elements of a list with blanks between them.
fn value_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => truth(*yes).to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(elements) => elements.iter().map(value_text).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// A type property as the vendor prints it.
fn type_value(report: &show_type::Report, name: &str) -> Option<String> {
    match name {
        "RT_version" => return Some(report.rt_version.clone().unwrap_or_default()),
        "RT_system" => return Some(truth(report.rt_system).to_owned()),
        "Installed_nodes" => {
            return Some(report.installed_nodes.as_ref().map_or_else(|| ALL.to_owned(), |nodes| nodes.join(" ")));
        }
        _ => {}
    }
    let found = report.type_properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))?;
    Some(match found.value.trim_matches('"') {
        "TRUE" => truth(true).to_owned(),
        "FALSE" => truth(false).to_owned(),
        text => word(INIT_NODES, text).replace(", ", " ").replace(',', " "),
    })
}

/// `clresourcetype list`.
pub fn type_list(types: &[Listed], verbose: bool) -> String {
    if !verbose {
        return types.iter().map(|listed| format!("{}\n", listed.name)).collect();
    }
    let nodes =
        |listed: &Listed| listed.installed_nodes.as_ref().map_or_else(|| ALL.to_owned(), |nodes| nodes.join(" "));
    let rows: Vec<[String; 2]> = types.iter().map(|listed| [listed.name.clone(), nodes(listed)]).collect();
    table(["Resource Type", "Node List"], &rows)
}

/// A type of `clresourcetype show`; `verbose` adds its methods.
pub fn resource_type(report: &show_type::Report, verbose: bool) -> String {
    let mut text = format!("\n{}", field(0, "Resource Type", &report.name));
    for name in TYPE_FIELDS {
        if let Some(value) = type_value(report, name) {
            text.push_str(&field(2, name, &value));
        }
    }
    for method in report.methods.iter().filter(|_| verbose) {
        text.push_str(&field(2, &method.method, &method.path));
    }
    text
}

/// A type of `clresourcetype list-props`: the properties of its resources.
pub fn type_properties(report: &show_type::Report, wanted: &[String], verbose: bool) -> String {
    let is_wanted = |property: &&show_type::Property| {
        wanted.is_empty() || wanted.iter().any(|name| name.eq_ignore_ascii_case(&property.name))
    };
    let found = report.properties.iter().filter(is_wanted);
    if !verbose {
        return found.map(|property| format!("{}\n", property.name)).collect();
    }
    let rows: Vec<[String; 2]> = found
        .map(|property| [property.name.clone(), property.description.clone().unwrap_or_else(|| NULL.to_owned())])
        .collect();
    table(["Properties", "Descriptions"], &rows)
}

/// `clresource list`.
pub fn resource_list(resources: &[ResourceName], verbose: bool) -> String {
    if !verbose {
        return resources.iter().map(|resource| format!("{}\n", resource.name)).collect();
    }
    let row = |resource: &ResourceName| [resource.name.clone(), resource.resource_type.clone(), resource.group.clone()];
    let rows: Vec<[String; 3]> = resources.iter().map(row).collect();
    table(["Resource Name", "Resource Type", "Resource Group"], &rows)
}

/// A resource of `clresource show`; `verbose` adds its properties.
pub fn resource(report: &ResourceReport, resource_type: &show_type::Report, verbose: bool) -> String {
    let mut text = format!("\n{}", field(0, "Resource", &report.name));
    text.push_str(&field(2, "Type", &report.resource_type));
    text.push_str(&field(2, "Type_version", report.type_version.as_deref().unwrap_or_default()));
    text.push_str(&field(2, "Group", &report.group));
    let is_head =
        |property: &&PropertyReport| ["R_description", "Resource_project_name"].contains(&property.name.as_str());
    for property in report.properties.iter().filter(is_head) {
        text.push_str(&field(2, &property.name, &value_text(&property.value)));
    }
    for (key, on) in [("Enabled", true), ("Monitored", false)] {
        for node in &report.nodes {
            let is_on = if on { node.enabled } else { node.monitored };
            text.push_str(&field(2, &format!("{key}{{{}}}", node.node), truth(is_on)));
        }
    }
    if verbose {
        text.push_str(&subheading("Standard and extension properties"));
        text.push('\n');
        let others: Vec<&PropertyReport> = report.properties.iter().filter(|property| !is_head(property)).collect();
        for values in others.chunk_by(|a, b| a.name == b.name) {
            text.push_str(&property(values, resource_type));
        }
    }
    text
}

/// A property with its value, or one for each node, and what its type says of it.
fn property(values: &[&PropertyReport], resource_type: &show_type::Report) -> String {
    let mut text = String::new();
    for value in values {
        let node = value.node.as_ref().map(|node| format!("{{{node}}}")).unwrap_or_default();
        text.push_str(&field(2, &format!("{}{node}", value.name), &value_text(&value.value)));
    }
    let declared = values.first().and_then(|first| resource_type.properties.iter().find(|it| it.name == first.name));
    if let Some(declared) = declared {
        let kind = declared.kind.split([' ', '{']).next().unwrap_or_default().to_ascii_lowercase();
        text.push_str(&field(4, "Class", if declared.extension { "extension" } else { "standard" }));
        text.push_str(&field(4, "Description", declared.description.as_deref().unwrap_or_default()));
        text.push_str(&field(4, "Per-node", truth(declared.per_node)));
        text.push_str(&field(4, "Type", &kind));
    }
    text
}

/// `clresource status`; only these nodes if any are named.
pub fn resource_status(reports: &[ResourceReport], nodes: &[String]) -> String {
    let mut rows: Vec<[String; 4]> = Vec::new();
    for report in reports {
        let shown = report.nodes.iter().filter(|node| nodes.is_empty() || nodes.contains(&node.node));
        for (number, node) in shown.enumerate() {
            let name = if number == 0 { report.name.clone() } else { String::new() };
            let (state, message) = state_words(node);
            rows.push([name, node.node.clone(), state.to_owned(), message.to_owned()]);
        }
    }
    format!(
        "{}\n{}",
        heading("Cluster Resources"),
        table(["Resource Name", "Node Name", "State", "Status Message"], &rows)
    )
}

/// State and message: one word says that a resource is online although its monitor is not.
fn state_words(node: &NodeStateReport) -> (&str, &str) {
    match (node.node_state.as_str(), node.state.as_str(), node.monitor.as_str(), node.monitored) {
        ("unknown", ..) => ("Unknown", "Unknown"),
        (_, "online", "start_failed" | "stop_failed", _) => ("Monitor_failed", "Online"),
        (_, "online", _, false) => ("Online_not_monitored", "Online"),
        (_, state, _, _) => (word(STATES, state), word(STATES, state)),
    }
}

/// `clresourcegroup list`.
pub fn group_list(groups: &[GroupReport], verbose: bool) -> String {
    if !verbose {
        return groups.iter().map(|group| format!("{}\n", group.name)).collect();
    }
    let row = |group: &GroupReport| [group.name.clone(), mode(group).to_owned(), state(group).to_owned()];
    let rows: Vec<[String; 3]> = groups.iter().map(row).collect();
    table(["Resource Group", "Mode", "Overall status"], &rows)
}

fn mode(group: &GroupReport) -> &'static str {
    if group.maximum_primaries > 1 { "Scalable" } else { "Failover" }
}

fn state(group: &GroupReport) -> &'static str {
    match (group.managed, group.nodes.iter().any(|node| node.online)) {
        (false, _) => "Unmanaged",
        (true, true) => "Online",
        (true, false) => "Offline",
    }
}

fn node_list(group: &GroupReport) -> String {
    group.nodes.iter().map(|node| node.node.as_str()).collect::<Vec<_>>().join(" ")
}

/// A group of `clresourcegroup show`.
pub fn group(group: &GroupReport) -> String {
    let mut text = format!("\n{}", field(0, "Resource Group", &group.name));
    text.push_str(&field(2, "RG_mode", mode(group)));
    text.push_str(&field(2, "RG_state", if group.managed { "Managed" } else { "Unmanaged" }));
    text.push_str(&field(2, "Nodelist", &node_list(group)));
    text.push_str(&field(2, "Maximum_primaries", &group.maximum_primaries.to_string()));
    text
}

/// `clresourcegroup status`; only these nodes if any are named.
pub fn group_status(groups: &[GroupReport], nodes: &[String]) -> String {
    let mut rows: Vec<[String; 4]> = Vec::new();
    for group in groups {
        let shown = group.nodes.iter().filter(|node| nodes.is_empty() || nodes.contains(&node.node));
        for (number, node) in shown.enumerate() {
            let name = if number == 0 { group.name.clone() } else { String::new() };
            let status = match (group.managed, node.online) {
                (false, _) => "Unmanaged",
                (true, true) => "Online",
                (true, false) => "Offline",
            };
            rows.push([name, node.node.clone(), "No".to_owned(), status.to_owned()]);
        }
    }
    format!(
        "{}\n{}",
        heading("Cluster Resource Groups"),
        table(["Group Name", "Node Name", "Suspended", "Status"], &rows)
    )
}

/// A type of `scrgadm -p`; `verbose` is the number of `v`.
pub fn scrgadm_type(report: &show_type::Report, verbose: usize) -> String {
    let mut text = field(0, "Res Type name", &report.name);
    for (name, words) in SCRGADM_FIELDS.iter().filter(|_| verbose > 0) {
        if let Some(value) = type_value(report, name) {
            let value = if value == ALL { "All" } else { &value };
            text.push_str(&field(2, &format!("({}) Res Type {words}", report.name), value));
        }
    }
    for method in report.methods.iter().filter(|_| verbose > 1) {
        let key = format!("({}) Res Type {} method", report.name, method.method.to_ascii_uppercase());
        text.push_str(&field(2, &key, &method.path));
    }
    text
}

/// A group of `scrgadm -p`.
pub fn scrgadm_group(group: &GroupReport, verbose: usize) -> String {
    let mut text = field(0, "Res Group name", &group.name);
    if verbose > 0 {
        let managed = if group.managed { "Managed" } else { "Unmanaged" };
        let maximum = group.maximum_primaries.to_string();
        let list = node_list(group);
        for (words, value) in [
            ("management state", managed),
            ("Nodelist", list.as_str()),
            ("Maximum_primaries", maximum.as_str()),
            ("mode", mode(group)),
        ] {
            text.push_str(&field(2, &format!("({}) Res Group {words}", group.name), value));
        }
    }
    text
}

/// A resource of `scrgadm -p`.
pub fn scrgadm_resource(report: &ResourceReport, verbose: usize) -> String {
    let mut text = field(2, &format!("({}) Res name", report.group), &report.name);
    if verbose > 0 {
        let of = format!("({}:{})", report.group, report.name);
        text.push_str(&field(4, &format!("{of} Res resource type"), &report.resource_type));
        let version = report.type_version.as_deref().unwrap_or_default();
        text.push_str(&field(4, &format!("{of} Res type version"), version));
        text.push_str(&field(4, &format!("{of} Res resource group name"), &report.group));
        for node in &report.nodes {
            let of = format!("({}:{}{{{}}})", report.group, report.name, node.node);
            text.push_str(&field(4, &format!("{of} Res enabled"), truth(node.enabled)));
            text.push_str(&field(4, &format!("{of} Res monitor enabled"), truth(node.monitored)));
        }
    }
    for property in report.properties.iter().filter(|_| verbose > 1) {
        let node = property.node.as_ref().map(|node| format!("{{{node}}}")).unwrap_or_default();
        let of = format!("({}:{}:{}{node})", report.group, report.name, property.name);
        let class = if property.extension { "extension" } else { "standard" };
        text.push_str(&field(6, &format!("{of} Res property class"), class));
        text.push_str(&field(6, &format!("{of} Res property value"), &value_text(&property.value)));
    }
    text
}
