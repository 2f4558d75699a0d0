//! The vendor's commands of an operation, forwards and backwards, and what the cluster does by itself. Nothing is decided here:
//! what an operation means the plan says.

use std::collections::BTreeMap;

use rtreg_model::standard::standard_property;
use rtreg_model::{MonitorState, Origin, ResourceState};
use rtreg_registry::gate::quote;
use rtreg_registry::migration::{Scope, StoredValue};

use super::Dialect;
use crate::plan::{Effect, GroupChange, GroupEvent, Operation, Plan, SetResource, Step, Switch, SwitchChange, What};

/// Writes the commands of a plan's operations.
pub(super) struct Writer<'p> {
    pub plan: &'p Plan,
    pub dialect: Dialect,
}

impl Writer<'_> {
    /// Whether the dialect cannot say a step: a switch of 3.1 is one for all nodes (scswitch(1M) has `-h` for them since 3.2).
    pub fn is_beyond(&self, step: &Step) -> bool {
        let operations = std::iter::once(&step.operation).chain(step.undo.iter().map(|undo| &undo.operation));
        self.dialect == Dialect::SolarisCluster31
            && operations.into_iter().any(|operation| match &operation.what {
                What::Switch(switch) if !is_by_itself(switch.change) => {
                    let group = self.plan.state.group_of(&switch.resource);
                    group.is_some_and(|group| group.node_list.iter().any(|node| !switch.nodes.contains(node)))
                }
                _ => false,
            })
    }

    /// The commands; none of what the cluster does by itself.
    pub fn commands(&self, operation: &Operation) -> Vec<String> {
        match &operation.what {
            What::Switch(switch) => self.switch(switch).into_iter().collect(),
            What::Group(change) => vec![self.group(change)],
            What::SetTypeVersion(set) => set.resources.iter().map(|set| self.set(set, &set.properties)).collect(),
            _ => Vec::new(),
        }
    }

    /// The lines that take `undone` back.
    pub fn backwards(&self, operation: &Operation, undone: &Operation) -> Vec<String> {
        let mut lines: Vec<String> =
            self.by_itself(operation).iter().map(|record| format!("itself {record}")).collect();
        match (&operation.what, &undone.what) {
            (What::SetTypeVersion(back), What::SetTypeVersion(undone)) => {
                for set in &back.resources {
                    let undone = undone.resources.iter().find(|undone| undone.resource == set.resource);
                    let group = self.plan.state.resources.get(&set.resource).map_or("", |resource| &resource.group);
                    let values = undone.map(|undone| restored(set, undone)).unwrap_or_default();
                    lines.push(format!("restore {} {}", quote(group), self.set(set, &values)));
                    lines.extend(undone.into_iter().flat_map(|undone| kept(set, undone)));
                }
            }
            _ => lines.extend(self.commands(operation)),
        }
        lines
    }

    fn switch(&self, switch: &Switch) -> Option<String> {
        let name = quote(&switch.resource);
        let old = match switch.change {
            SwitchChange::Enable => "-e",
            SwitchChange::Disable => "-n",
            SwitchChange::Monitor => "-e -M",
            SwitchChange::Unmonitor => "-n -M",
            SwitchChange::FollowDown
            | SwitchChange::FollowUp
            | SwitchChange::Restart
            | SwitchChange::Clear
            | SwitchChange::Online => return None,
        };
        Some(match self.dialect {
            Dialect::SolarisCluster4 => {
                format!("clresource {} -n {} {name}", switch.change.as_str(), quote(&switch.nodes.join(",")))
            }
            Dialect::SolarisCluster31 => format!("scswitch {old} -j {name}"),
        })
    }

    fn group(&self, change: &GroupChange) -> String {
        let (name, nodes) = (quote(&change.group), quote(&change.nodes.join(",")));
        match (self.dialect, change.change) {
            (Dialect::SolarisCluster4, event) if change.nodes.is_empty() => {
                format!("clresourcegroup {} {name}", event.as_str())
            }
            (Dialect::SolarisCluster4, event) => format!("clresourcegroup {} -n {nodes} {name}", event.as_str()),
            (Dialect::SolarisCluster31, GroupEvent::Manage) => format!("scswitch -o -g {name}"),
            (Dialect::SolarisCluster31, GroupEvent::Unmanage) => format!("scswitch -u -g {name}"),
            (Dialect::SolarisCluster31, GroupEvent::Online) => format!("scswitch -z -g {name} -h {nodes}"),
            (Dialect::SolarisCluster31, GroupEvent::Offline) => format!("scswitch -F -g {name}"),
        }
    }

    fn set(&self, set: &SetResource, values: &[String]) -> String {
        let option = |value: &String| match self.dialect {
            Dialect::SolarisCluster4 => "-p",
            Dialect::SolarisCluster31 if standard_property(property(value)).is_some() => "-y",
            Dialect::SolarisCluster31 => "-x",
        };
        let values: String = values.iter().map(|value| format!(" {} {}", option(value), quote(value))).collect();
        let name = quote(&set.resource);
        let version = quote(&format!("Type_version={}", set.to.as_str().unwrap_or_default()));
        match self.dialect {
            Dialect::SolarisCluster4 => format!("clresource set -p {version}{values} {name}"),
            Dialect::SolarisCluster31 => format!("scrgadm -c -j {name} -y {version}{values}"),
        }
    }

    /// What the cluster does by itself, in the words that tell rtreg of it; none of what a command does.
    pub fn by_itself(&self, operation: &Operation) -> Vec<String> {
        let What::Switch(switch) = &operation.what else { return Vec::new() };
        if !is_by_itself(switch.change) {
            return Vec::new();
        }
        let mut places: BTreeMap<(&str, &str), (Option<ResourceState>, String)> = BTreeMap::new();
        for effect in &operation.on_done {
            let (resource, node, option) = match effect {
                Effect::State { resource, node, state, started_by } => {
                    places.entry((resource, node)).or_default().0 = Some(*state);
                    (resource, node, origin("--started-by", started_by.as_ref()))
                }
                Effect::Monitor { resource, node, monitor, started_by } => {
                    let by = origin("--monitor-started-by", started_by.as_ref());
                    let by = if *monitor == MonitorState::Stopped { String::new() } else { by };
                    (resource, node, format!(" --monitor {}{by}", monitor.as_str()))
                }
                _ => continue,
            };
            places.entry((resource, node)).or_default().1.push_str(&option);
        }
        let record = |((resource, node), (state, options)): (_, (Option<ResourceState>, String))| {
            // Nothing else can be said of what is offline.
            let state = state?;
            let options = if state == ResourceState::Offline { String::new() } else { options };
            let (resource, node) = (quote(resource), quote(node));
            Some(format!("rtreg resource state {resource} --node {node} {}{options}", state.as_str()))
        };
        places.into_iter().filter_map(record).collect()
    }
}

const fn is_by_itself(change: SwitchChange) -> bool {
    matches!(change, SwitchChange::FollowDown | SwitchChange::FollowUp | SwitchChange::Restart)
}

fn origin(option: &str, origin: Option<&Origin>) -> String {
    match origin {
        Some(Origin::Version(version)) => format!(" {option} {}", quote(version.as_str().unwrap_or("unversioned"))),
        _ => String::new(),
    }
}

/// The name in `NAME=VALUE` and `NAME{node}=VALUE`.
fn property(value: &str) -> &str {
    value.split(['=', '{']).next().unwrap_or_default()
}

/// The values that the change had taken away or overwritten.
fn restored(set: &SetResource, undone: &SetResource) -> Vec<String> {
    let changed = set.values.iter().filter(|(name, value)| undone.values.get(*name) != Some(*value));
    changed.flat_map(|(name, value)| assignments(name, value)).collect()
}

fn assignments(name: &str, value: &StoredValue) -> Vec<String> {
    match &value.value {
        Scope::Global(value) => vec![format!("{name}={value}")],
        Scope::PerNode(values) => values.iter().map(|(node, value)| format!("{name}{{{node}}}={value}")).collect(),
    }
}

/// What followed the default before it was given a value: the vendor's commands cannot say that it is to do so again.
fn kept(set: &SetResource, undone: &SetResource) -> Vec<String> {
    let is_new = |name: &&str| !set.values.keys().any(|known| known.eq_ignore_ascii_case(name));
    let names = undone.properties.iter().map(|value| property(value)).filter(is_new);
    let note = |name: &str| {
        let words =
            format!("note: {name} of {} followed the default before; see to it if it has a value now", set.resource);
        format!("printf '%s\\n' {} >&2", quote(&words))
    };
    names.map(note).collect()
}
