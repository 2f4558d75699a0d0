//! What can happen in the cluster, and the command that records it, as one would type it.

use std::collections::BTreeSet;

use crate::world::{Failed, World};

/// What the administrator or the cluster does. Nodes are sets of numbers; an empty set in a switch means all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    NodeDown(usize),
    NodeUp(usize),
    NodeRemove(usize),
    NodeAdd(usize),
    NodeList(usize, BTreeSet<usize>),
    /// Installed_nodes of a version; none: all.
    Installed(usize, Option<BTreeSet<usize>>),
    Manage(usize),
    Unmanage(usize),
    Online(usize, BTreeSet<usize>),
    Offline(usize, BTreeSet<usize>),
    Create {
        resource: usize,
        group: usize,
        version: usize,
        disabled: bool,
    },
    Delete(usize),
    Switch(Verb, usize, BTreeSet<usize>),
    StartFails(usize, usize),
    StopFails(usize, usize),
    Clear(usize, usize),
    MonitorFails(usize, usize),
    MonitorSticks(usize, usize),
    /// Nothing happens: somebody looks and says what he sees.
    Seen(usize, usize),
    /// Nothing happens: the administrator does not know any more.
    Unsure(usize, usize),
    /// The gate is asked.
    Ask(usize, usize),
    /// The gate is asked; if it allows, it is done.
    Upgrade(usize, usize),
    /// An upgrade outside of rtreg, which the vendor's rule allows.
    Outside(usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Enable,
    Disable,
    Monitor,
    Unmonitor,
    Restart,
}

impl Verb {
    pub fn word(self) -> &'static str {
        match self {
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::Monitor => "monitor",
            Self::Unmonitor => "unmonitor",
            Self::Restart => "restart",
        }
    }
}

/// `n1,n3`.
pub fn nodes(nodes: &BTreeSet<usize>) -> String {
    nodes.iter().map(|node| format!("n{}", node + 1)).collect::<Vec<_>>().join(",")
}

/// The full name of a version of the type.
pub fn type_name(world: &World, version: usize) -> String {
    match world.family.versions[version].aware {
        true => format!("TEST.t:{}", world.number(version)),
        false => "TEST.t".to_owned(),
    }
}

/// What somebody sees of a resource on a node, in the words of `resource state`.
pub fn seen(world: &World, resource: usize, node: usize) -> String {
    let Some(place) = world.resources[resource].as_ref().map(|resource| &resource.places[node]) else {
        return String::new();
    };
    let state = match (place.process, place.failed) {
        (None, _) => "offline",
        (Some(_), None) => "online",
        (Some(_), Some(Failed::Start)) => "start_failed",
        (Some(_), Some(Failed::Stop)) => "stop_failed",
    };
    let monitor = match (place.process, place.monitor) {
        (None, _) => "",
        (_, Some(_)) => " --monitor running",
        (_, None) => " --monitor stopped",
    };
    format!("resource state r{} --node n{} {state}{monitor}", resource + 1, node + 1)
}

impl Event {
    /// The command that records it after it happened to the world.
    pub fn line(&self, after: &World) -> String {
        let on = |set: &BTreeSet<usize>| if set.is_empty() { String::new() } else { format!(" --node {}", nodes(set)) };
        let state = |r: &usize, n: &usize, words: &str| format!("resource state r{} --node n{} {words}", r + 1, n + 1);
        match self {
            Self::NodeDown(node) => format!("node down n{}", node + 1),
            Self::NodeUp(node) => format!("node up n{}", node + 1),
            Self::NodeRemove(node) => format!("node remove n{}", node + 1),
            Self::NodeAdd(node) => format!("node add n{}", node + 1),
            Self::NodeList(group, set) => format!("group set g{} --node {}", group + 1, nodes(set)),
            Self::Installed(version, set) => {
                let set = set.as_ref().map_or_else(|| " --all-nodes".to_owned(), on);
                format!("type set {}{set}", type_name(after, *version))
            }
            Self::Manage(group) => format!("group manage g{}", group + 1),
            Self::Unmanage(group) => format!("group unmanage g{}", group + 1),
            Self::Online(group, set) => format!("group online g{}{}", group + 1, on(set)),
            Self::Offline(group, set) => format!("group offline g{}{}", group + 1, on(set)),
            Self::Create { resource, group, version, disabled } => format!(
                "resource create r{} --group g{} --type {}{}",
                resource + 1,
                group + 1,
                type_name(after, *version),
                if *disabled { " --disabled" } else { "" }
            ),
            Self::Delete(resource) => format!("resource delete r{}", resource + 1),
            Self::Switch(verb, resource, set) => format!("resource {} r{}{}", verb.word(), resource + 1, on(set)),
            Self::StartFails(resource, node) => {
                let version = after.resources[*resource].as_ref().map_or(0, |resource| resource.version);
                let words = format!("start_failed --started-by {} --monitor stopped", after.number(version));
                state(resource, node, &words)
            }
            Self::StopFails(resource, node) => state(resource, node, "stop_failed --monitor stopped"),
            Self::Clear(resource, node) => format!("resource clear r{} --node n{}", resource + 1, node + 1),
            Self::MonitorFails(resource, node) => state(resource, node, "online --monitor start_failed"),
            Self::MonitorSticks(resource, node) => state(resource, node, "online --monitor stop_failed"),
            Self::Unsure(resource, node) => state(resource, node, "unknown --monitor unknown"),
            Self::Seen(resource, node) => seen(after, *resource, *node),
            Self::Ask(resource, version) => {
                format!("upgrade r{} --to {} --preview", resource + 1, after.number(*version))
            }
            Self::Upgrade(resource, version) => format!("upgrade r{} --to {}", resource + 1, after.number(*version)),
            Self::Outside(resource, version) => {
                format!("resource state r{} --type-version {} --reason outside", resource + 1, after.number(*version))
            }
        }
    }
}
