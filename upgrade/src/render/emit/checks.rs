//! What a plan rests on, as far as a program can ask a cluster for it: versions, states and switches of all that moves, and
//! the state of its groups. A plan that is checked so is never carried out in another state than it was made of.

use std::collections::BTreeSet;

use rtreg_model::{NodeStatus, ResourceState};
use rtreg_registry::gate::quote;

use super::Dialect;
use crate::plan::{Bundle, Group, Plan, Resource};

/// The function that checks a bundle.
pub(super) fn function(text: &mut String, plan: &Plan, bundle: &Bundle, dialect: Dialect) {
    let mut lines = Vec::new();
    let upgraded: BTreeSet<&String> = bundle.upgrades.iter().map(|upgrade| &upgrade.resource).collect();
    let moved: BTreeSet<&String> = upgraded.iter().copied().chain(bundle.moves.keys()).collect();
    let mut groups = BTreeSet::new();
    for name in moved {
        let Some(resource) = plan.state.resources.get(name) else { continue };
        if upgraded.contains(name) {
            let version = resource.type_version.as_str().unwrap_or_default();
            lines.push(of_resource(("Type_version", name, ""), version, ("TYPE_VERSION", resource)));
        }
        groups.insert(&resource.group);
        let Some(group) = plan.state.groups.get(&resource.group) else { continue };
        states(&mut lines, plan, (name, resource), group);
        switches(&mut lines, (name, resource), group, dialect);
    }
    for name in groups {
        let Some(group) = plan.state.groups.get(name) else { continue };
        group_states(&mut lines, plan, (name, group));
    }
    super::function(text, &format!("check_{}", bundle.id), &lines);
}

fn of_resource((what, name, node): (&str, &str, &str), wanted: &str, (tag, resource): (&str, &Resource)) -> String {
    let on = if node.is_empty() { String::new() } else { format!(" on {node}") };
    let operand = if node.is_empty() { String::new() } else { format!(" {}", quote(node)) };
    format!(
        "expect {} {} scha_resource_get -O {tag} -R {} -G {}{operand}",
        quote(&format!("{what} of {name}{on}")),
        quote(wanted),
        quote(name),
        quote(&resource.group)
    )
}

fn states(lines: &mut Vec<String>, plan: &Plan, (name, resource): (&str, &Resource), group: &Group) {
    for node in group.node_list.iter().filter(|node| plan.state.status(node) == NodeStatus::Up) {
        let Some(entry) = resource.nodes.get(node) else { continue };
        let state = entry.state.as_str().to_ascii_uppercase();
        lines.push(of_resource(("state", name, node), &state, ("RESOURCE_STATE_NODE", resource)));
    }
}

/// A switch of 3.1 is one for all nodes.
fn switches(lines: &mut Vec<String>, (name, resource): (&str, &Resource), group: &Group, dialect: Dialect) {
    let word = |on: bool| if on { "ENABLED" } else { "DISABLED" };
    let entries: Vec<_> = group.node_list.iter().filter_map(|node| Some((node, resource.nodes.get(node)?))).collect();
    let both = |entry: &crate::plan::OnNode| {
        [("On_off_switch", "ON_OFF_SWITCH", entry.enabled), ("Monitored_switch", "MONITORED_SWITCH", entry.monitored)]
    };
    match (dialect, entries.as_slice()) {
        (Dialect::SolarisCluster4, entries) => {
            for (node, entry) in entries {
                lines.extend(both(entry).map(|(what, tag, on)| {
                    of_resource((what, name, node), word(on), (&format!("{tag}_NODE"), resource))
                }));
            }
        }
        (Dialect::SolarisCluster31, [(_, first), rest @ ..]) => {
            let alike = |(_, it): &(&String, &crate::plan::OnNode)| {
                (it.enabled, it.monitored) == (first.enabled, first.monitored)
            };
            if rest.iter().all(alike) {
                lines.extend(
                    both(first).map(|(what, tag, on)| of_resource((what, name, ""), word(on), (tag, resource))),
                );
            }
        }
        (Dialect::SolarisCluster31, []) => {}
    }
}

/// Where something of a group has failed, or does not run although it is enabled, its state has words of its own: the
/// states of its resources say enough.
fn group_states(lines: &mut Vec<String>, plan: &Plan, (name, group): (&str, &Group)) {
    for node in group.node_list.iter().filter(|node| plan.state.status(node) == NodeStatus::Up) {
        let is_online = group.online_on.contains(node);
        let members = plan.state.resources.values().filter(|resource| resource.group == name);
        let is_plain = members.filter_map(|member| member.nodes.get(node)).all(|entry| match entry.state {
            ResourceState::Online => is_online,
            ResourceState::Offline => !is_online || !entry.enabled,
            _ => false,
        });
        if !is_plain {
            continue;
        }
        let state = match (group.managed, is_online) {
            (false, _) => "UNMANAGED",
            (true, true) => "ONLINE",
            (true, false) => "OFFLINE",
        };
        lines.push(format!(
            "expect {} {state} scha_resourcegroup_get -O RG_STATE_NODE -G {} {}",
            quote(&format!("state of group {name} on {node}")),
            quote(name),
            quote(node)
        ));
    }
}
