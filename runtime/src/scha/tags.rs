//! What each tag answers (scha_resource_get(1HA), scha_resourcetype_get(1HA), scha_resourcegroup_get(1HA)); which there are is
//! in [`super::table`]. Pure.

use rtreg_model::standard::{DEPENDENCY_PROPERTIES, standard_property};

use super::facts::{Facts, GroupFacts, OnNode, PropertyFact, ResourceFacts, TypeFacts, lines};
use super::reply::{Code, Reply};
use super::request::{Command, Request, invalid};
use super::table;

/// Answers one of the three commands that ask.
pub fn answer(command: Command, request: &Request, facts: &Facts) -> Reply {
    let Some(tag) = &request.tag else { return invalid(command, "expected a tag behind -O") };
    let tag = tag.to_ascii_uppercase();
    match command {
        Command::ResourceGet => of_resource(&tag, request, facts),
        Command::TypeGet => of_type(&tag, request, facts),
        Command::GroupGet => of_group(&tag, request, facts),
        Command::SetStatus | Command::Control => invalid(command, "this command asks nothing"),
    }
}

fn of_resource(tag: &str, request: &Request, facts: &Facts) -> Reply {
    let command = Command::ResourceGet;
    let Some(name) = &request.resource else { return invalid(command, "expected a resource behind -R") };
    let Some(resource) = facts.resources.get(name) else {
        return Reply::refused(Code::Resource, format!("scha_resource_get: there is no resource {name}"));
    };
    if let Some(group) = request.group.as_ref().filter(|group| **group != resource.group) {
        return Reply::refused(Code::Group, format!("scha_resource_get: {name} is in {}, not {group}", resource.group));
    }
    let here = |tell: &dyn Fn(&OnNode) -> Reply| match resource.on_nodes.get(&facts.node) {
        Some(here) => tell(here),
        None => nowhere(command, &facts.node),
    };
    match tag {
        "ALL_EXTENSIONS" => Reply::lines(
            resource.properties.iter().filter(|property| property.extension).map(|it| it.name.clone()).collect(),
        ),
        "EXTENSION" | "EXTENSION_NODE" => extension(tag, request, resource, facts),
        "GROUP" => Reply::line(&resource.group),
        "TYPE" => Reply::line(&resource.resource_type),
        "TYPE_VERSION" => Reply::line(&resource.type_version),
        "RESOURCE_NAME" => Reply::line(name),
        "NUM_RESOURCE_RESTARTS" => here(&|here| Reply::line(here.resource_restarts.to_string())),
        "NUM_RG_RESTARTS" => here(&|here| Reply::line(here.group_restarts.to_string())),
        "STATUS_MSG" => here(&|here| Reply::line(&here.status_msg)),
        "ON_OFF_SWITCH" | "MONITORED_SWITCH" | "RESOURCE_STATE" | "STATUS" => here(&|here| of_node(tag, here)),
        "ON_OFF_SWITCH_NODE" | "MONITORED_SWITCH_NODE" | "RESOURCE_STATE_NODE" | "STATUS_NODE" => {
            let Some(node) = request.operands.first() else { return invalid(command, "expected a node") };
            match resource.on_nodes.get(node) {
                Some(there) => of_node(tag.trim_end_matches("_NODE"), there),
                None => no_node(command, node, &resource.group),
            }
        }
        _ => match (standard_property(tag), facts.types.get(&resource.resource_type)) {
            // The properties of its type can be asked of the resource, too.
            (None, Some(of)) if table::has(Command::TypeGet, tag) => type_property(tag, of),
            _ => system_property(tag, request, resource),
        },
    }
}

fn no_node(command: Command, node: &str, group: &str) -> Reply {
    Reply::refused(Code::Node, format!("{}: {node} is no node of {group}", command.as_str()))
}

/// The facts know nothing of the node that one is on.
fn nowhere(command: Command, node: &str) -> Reply {
    let what =
        format!("this node is called {node}, and the cluster has no such node; RTREG_NODE says which one is meant");
    Reply::refused(Code::Node, format!("{}: {what}", command.as_str()))
}

fn of_node(tag: &str, node: &OnNode) -> Reply {
    let switch = |on: bool| Reply::line(if on { "ENABLED" } else { "DISABLED" });
    match tag {
        "ON_OFF_SWITCH" => switch(node.enabled),
        "MONITORED_SWITCH" => switch(node.monitored),
        "RESOURCE_STATE" => Reply::line(&node.state),
        // The word, then the message.
        _ => Reply::lines(vec![node.status.clone(), node.status_msg.clone()]),
    }
}

/// The first line is the type, the value follows.
fn extension(tag: &str, request: &Request, resource: &ResourceFacts, facts: &Facts) -> Reply {
    let command = Command::ResourceGet;
    let (wanted, node) = match (tag, request.operands.as_slice()) {
        ("EXTENSION", [wanted, ..]) => (wanted, &facts.node),
        ("EXTENSION_NODE", [wanted, node, ..]) => (wanted, node),
        _ => return invalid(command, "expected the name of an extension property, and a node for EXTENSION_NODE"),
    };
    let found = resource.properties.iter().find(|it| it.extension && it.name.eq_ignore_ascii_case(wanted));
    let Some(property) = found else {
        let what = format!("{} has no extension property {wanted}", resource.resource_type);
        return Reply::refused(Code::Property, format!("scha_resource_get: {what}"));
    };
    // Of a property that is the same on all nodes it does not matter where one is.
    match resource.on_nodes.contains_key(node) {
        false if tag == "EXTENSION_NODE" => return no_node(command, node, &resource.group),
        false if !property.on_nodes.is_empty() => return nowhere(command, node),
        _ => {}
    }
    let mut answer = vec![property.kind.clone()];
    answer.extend(values(property, node));
    Reply::lines(answer)
}

fn values(property: &PropertyFact, node: &str) -> Vec<String> {
    property.on_nodes.get(node).or(property.value.as_ref()).map(lines).unwrap_or_default()
}

fn system_property(tag: &str, request: &Request, resource: &ResourceFacts) -> Reply {
    if !table::has(Command::ResourceGet, tag) {
        return table::no_tag(Command::ResourceGet, tag);
    }
    let Some(property) = resource.property(tag).filter(|property| !property.extension) else {
        let what = format!("{} has no property {tag}", resource.resource_type);
        return Reply::refused(Code::Property, format!("scha_resource_get: {what}"));
    };
    let mut values = values(property, "");
    if !request.qualified && DEPENDENCY_PROPERTIES.iter().any(|name| name.eq_ignore_ascii_case(tag)) {
        values.iter_mut().for_each(|value| value.truncate(value.find('{').unwrap_or(value.len())));
    }
    Reply::lines(values)
}

fn of_type(tag: &str, request: &Request, facts: &Facts) -> Reply {
    let command = Command::TypeGet;
    let Some(name) = &request.resource_type else { return invalid(command, "expected a type behind -T") };
    let Some(found) = facts.types.get(name) else {
        return Reply::refused(Code::ResourceType, format!("scha_resourcetype_get: there is no type {name}"));
    };
    // The vendor's own page cuts the word.
    let tag = if tag == "INSTAL_NODES" { "INSTALLED_NODES" } else { tag };
    if table::has(command, tag) { type_property(tag, found) } else { table::no_tag(command, tag) }
}

fn type_property(tag: &str, of: &TypeFacts) -> Reply {
    Reply::lines(of.values.get(tag).cloned().unwrap_or_default())
}

fn of_group(tag: &str, request: &Request, facts: &Facts) -> Reply {
    let command = Command::GroupGet;
    let Some(name) = &request.group else { return invalid(command, "expected a group behind -G") };
    let Some(group) = facts.groups.get(name) else {
        return Reply::refused(Code::Group, format!("scha_resourcegroup_get: there is no group {name}"));
    };
    let state = |node: &str| match state_on(group, node) {
        Some(state) => Reply::line(state),
        None => no_node(command, node, name),
    };
    match tag {
        "MAXIMUM_PRIMARIES" | "DESIRED_PRIMARIES" => Reply::line(group.maximum_primaries.to_string()),
        "NODELIST" => Reply::lines(group.node_list.clone()),
        "RESOURCE_LIST" => Reply::lines(group.resources.clone()),
        "RG_DESCRIPTION" => Reply::line(""),
        "RG_MANAGED" => Reply::boolean(group.managed),
        "RG_STATE" => state(&facts.node),
        "RG_STATE_NODE" => match request.operands.first() {
            Some(node) => state(node),
            None => invalid(command, "expected a node"),
        },
        _ => table::no_tag(command, tag),
    }
}

fn state_on<'g>(group: &'g GroupFacts, node: &str) -> Option<&'g str> {
    let is_there = group.node_list.iter().any(|listed| listed == node);
    is_there.then(|| match (group.managed, group.on_nodes.get(node)) {
        (false, _) => "UNMANAGED",
        (true, state) => state.map_or("OFFLINE", String::as_str),
    })
}
