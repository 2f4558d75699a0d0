//! What really happens in a cluster: which version's methods ran on which node, and what of it is still there. Written from
//! the vendor's rules (the table of callbacks, sections 10, 11 and 13 of the language) without a look at how the registry
//! keeps its records.

use std::collections::BTreeSet;

use crate::events::{Event, Verb};

/// The nodes are 0, 1 and 2: n1, n2 and n3 in words.
pub const NODES: usize = 3;

/// The state that a promise asks for, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    Anytime,
    Unmonitored,
    Offline,
    Disabled,
    Unmanaged,
    AtCreation,
}

/// A version of the one type `TEST.t`. Every version has Start and Stop; who has Init has Fini, who has Monitor_start has
/// Monitor_stop.
#[derive(Debug, Clone)]
pub struct Version {
    /// RT_version; none: unversioned.
    pub number: Option<&'static str>,
    /// Whether the file has `#$upgrade`.
    pub aware: bool,
    pub init: bool,
    pub boot: bool,
    pub monitor: bool,
    /// Init_nodes = RT_INSTALLED_NODES.
    pub everywhere: bool,
    /// `#$upgrade_from`: from which version (none: `""`) in which state.
    pub lines: Vec<(Option<usize>, Need)>,
}

/// The versions, oldest first, and how the cluster reads `""`.
#[derive(Debug, Clone)]
pub struct Family {
    pub versions: Vec<Version>,
    /// `""` is also every version that is not listed.
    pub catch_all: bool,
}

impl Family {
    /// What the file of `target` promises for what `from` has done, where Type_version is `present` now.
    pub fn edge(&self, from: usize, target: usize, present: usize) -> Need {
        if !self.versions[target].aware {
            return Need::AtCreation;
        }
        let line = |wanted: Option<usize>| {
            self.versions[target].lines.iter().find(|(version, _)| *version == wanted).map(|(_, need)| *need)
        };
        let numbered = self.versions[from].number.is_some();
        if let Some(need) = line(Some(from)).filter(|_| numbered) {
            return need;
        }
        let need = line(None).filter(|_| self.catch_all || !numbered).unwrap_or(Need::Unmanaged);
        let downgrade =
            target < from || self.versions[present].lines.iter().any(|(version, _)| *version == Some(target));
        if downgrade { need.max(Need::Unmanaged) } else { need }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// Whether the machine belongs to the cluster.
    pub member: bool,
    pub up: bool,
}

#[derive(Debug, Clone)]
pub struct Group {
    pub nodes: BTreeSet<usize>,
    pub managed: bool,
    pub online: BTreeSet<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    Start,
    Stop,
}

/// A resource on a node.
#[derive(Debug, Clone)]
pub struct Place {
    pub enabled: bool,
    pub monitored: bool,
    /// The version whose Start made what runs, or what a failed method left behind.
    pub process: Option<usize>,
    pub failed: Option<Failed>,
    /// The version whose Monitor_start made the monitor that runs.
    pub monitor: Option<usize>,
    /// The versions whose Init or Boot ran since the last Fini, in their order. They outlive a crash.
    pub traces: Vec<usize>,
}

#[derive(Debug, Clone)]
pub struct Resource {
    pub group: usize,
    /// Type_version.
    pub version: usize,
    pub places: [Place; NODES],
}

/// A promise that is needed and does not hold.
#[derive(Debug, Clone)]
pub struct Danger {
    pub why: String,
    /// The node, where it is about what Init or Boot did there.
    pub initialised: Option<usize>,
}

#[derive(Debug, Clone)]
pub struct World {
    pub family: Family,
    /// Installed_nodes of each version; none: all.
    pub installed: Vec<Option<BTreeSet<usize>>>,
    pub nodes: [Node; NODES],
    pub groups: Vec<Group>,
    pub resources: Vec<Option<Resource>>,
    /// Whether upgrades outside of rtreg happen against the vendor's rule too: rtreg is told of them, and so must not build
    /// on the rule. What happened before it came is not told; there the rule was kept.
    pub unruled: bool,
}

impl World {
    /// All nodes up, the groups unmanaged, no resources.
    pub fn new(family: &Family, groups: &[BTreeSet<usize>]) -> Self {
        let group = |nodes: &BTreeSet<usize>| Group { nodes: nodes.clone(), managed: false, online: BTreeSet::new() };
        Self {
            family: family.clone(),
            installed: vec![None; family.versions.len()],
            nodes: [Node { member: true, up: true }; NODES],
            groups: groups.iter().map(group).collect(),
            resources: vec![None; 3],
            unruled: false,
        }
    }

    /// Why a resource must not get the version now, if it must not: promises that are needed and do not hold.
    pub fn dangers(&self, resource: usize, target: usize) -> Vec<Danger> {
        let of_type = self.danger_of_type(resource, target).map(|why| Danger { why, initialised: None });
        of_type.into_iter().chain(self.dangers_of_origins(resource, target)).collect()
    }

    /// The vendor's rule: what the target promises for the present Type_version.
    pub fn danger_of_type(&self, resource: usize, target: usize) -> Option<String> {
        let version = self.resources[resource].as_ref()?.version;
        let need = self.family.edge(version, target, version);
        (!self.holds(resource, need)).then(|| format!("Type_version {} needs {need:?}", self.number(version)))
    }

    /// What still lives of other versions.
    pub fn dangers_of_origins(&self, index: usize, target: usize) -> Vec<Danger> {
        let Some(resource) = &self.resources[index] else { return Vec::new() };
        let mut dangers = Vec::new();
        for (node, place) in resource.places.iter().enumerate().filter(|(node, _)| self.nodes[*node].member) {
            let need = |from: usize| match from == target {
                true => Need::Anytime,
                false => self.family.edge(from, target, resource.version),
            };
            let mut bad = |what: &str, from: usize, initialised: Option<usize>| {
                let why = format!("{what} of {} on n{} needs {:?}", self.number(from), node + 1, need(from));
                dangers.push(Danger { why, initialised });
            };
            if let Some(from) = place.process
                && !self.holds(index, need(from).min(Need::Offline))
            {
                bad("what Start left", from, None);
            }
            if let Some(from) = place.monitor
                && need(from) >= Need::Unmonitored
            {
                bad("the monitor", from, None);
            }
            for &from in place.traces.iter().filter(|from| need(**from) >= Need::Unmanaged) {
                bad("the initialisation", from, Some(node));
            }
        }
        dangers
    }

    pub fn number(&self, version: usize) -> &'static str {
        self.family.versions[version].number.unwrap_or("unversioned")
    }

    fn holds(&self, resource: usize, need: Need) -> bool {
        let Some(resource) = &self.resources[resource] else { return false };
        let group = &self.groups[resource.group];
        let offline = resource.places.iter().all(|place| place.process.is_none());
        // Nothing runs in an unmanaged group and nothing can be started: it is as good as any weaker state.
        if !group.managed {
            return need < Need::AtCreation;
        }
        match need {
            Need::Anytime => true,
            Need::Unmonitored => resource.places.iter().all(|place| place.monitor.is_none()),
            Need::Offline => offline,
            Need::Disabled => offline && group.nodes.iter().all(|&node| !resource.places[node].enabled),
            Need::Unmanaged | Need::AtCreation => false,
        }
    }

    /// Lets it happen. False: it cannot happen now; the world is then not to be used any more.
    pub fn happen(&mut self, event: &Event) -> bool {
        self.run_event(event) && self.lists_are_installed()
    }

    /// A group's nodes lie within Installed_nodes of the versions of its resources.
    fn lists_are_installed(&self) -> bool {
        let fits = |resource: &Resource| {
            self.groups[resource.group].nodes.iter().all(|&node| self.is_installed(resource.version, node))
        };
        self.resources.iter().flatten().all(fits)
    }

    fn run_event(&mut self, event: &Event) -> bool {
        match event {
            Event::NodeDown(node) => self.node_down(*node),
            Event::NodeUp(node) => self.nodes[*node].member && self.boot(*node),
            Event::NodeRemove(node) => self.node_remove(*node),
            Event::NodeAdd(node) => !self.nodes[*node].member && self.boot(*node),
            Event::NodeList(group, nodes) => self.node_list(*group, nodes),
            Event::Installed(version, nodes) => self.install(*version, nodes),
            Event::Manage(group) => self.manage(*group),
            Event::Unmanage(group) => self.unmanage(*group),
            Event::Online(group, nodes) => self.online(*group, nodes),
            Event::Offline(group, nodes) => self.offline(*group, nodes),
            Event::Create { resource, group, version, disabled } => self.create(*resource, *group, *version, !disabled),
            Event::Delete(resource) => self.delete(*resource),
            Event::Switch(verb, resource, nodes) => self.switch(*verb, *resource, nodes),
            Event::Outside(resource, target) => {
                let Some(present) = self.resources[*resource].as_ref().map(|resource| resource.version) else {
                    return false;
                };
                let permitted = self.unruled || self.danger_of_type(*resource, *target).is_none();
                present != *target && self.family.versions[*target].aware && permitted && self.set(*resource, *target)
            }
            Event::StartFails(..)
            | Event::StopFails(..)
            | Event::Clear(..)
            | Event::MonitorFails(..)
            | Event::MonitorSticks(..)
            | Event::Seen(..)
            | Event::Unsure(..) => self.failure(event),
            Event::Ask(..) | Event::Upgrade(..) => false,
        }
    }

    /// Takes away what no administrator can see or say when rtreg comes to a cluster that exists: traces of Init in unmanaged
    /// groups on nodes that are down, and on nodes that are no Init_nodes now.
    pub fn forget_unsayable(&mut self) {
        let before = self.clone();
        for resource in self.resources.iter_mut().flatten() {
            for node in 0..NODES {
                let managed = before.groups[resource.group].managed;
                let listed = before.groups[resource.group].nodes.contains(&node);
                let sayable = match managed {
                    true => before.is_init_node(resource, node),
                    false => listed && before.nodes[node].up,
                };
                if !sayable {
                    resource.places[node].traces.clear();
                }
            }
        }
    }

    /// Type_version becomes another one; no method of what lives is called.
    pub fn set(&mut self, resource: usize, target: usize) -> bool {
        self.resources[resource].as_mut().is_some_and(|resource| {
            resource.version = target;
            true
        })
    }

    pub fn is_init_node(&self, resource: &Resource, node: usize) -> bool {
        match self.family.versions[resource.version].everywhere {
            true => self.nodes[node].member && self.is_installed(resource.version, node),
            false => self.groups[resource.group].nodes.contains(&node),
        }
    }

    fn is_installed(&self, version: usize, node: usize) -> bool {
        self.installed[version].as_ref().is_none_or(|nodes| nodes.contains(&node))
    }

    fn node_down(&mut self, node: usize) -> bool {
        let possible = self.nodes[node].member && self.nodes[node].up;
        self.nodes[node].up = false;
        for group in &mut self.groups {
            group.online.remove(&node);
        }
        for resource in self.resources.iter_mut().flatten() {
            resource.places[node].stop();
        }
        possible
    }

    /// The node joins the cluster: Boot of every resource in a managed group whose Init_node it is.
    fn boot(&mut self, node: usize) -> bool {
        let possible = !self.nodes[node].up;
        self.nodes[node] = Node { member: true, up: true };
        let booted: Vec<usize> = (0..self.resources.len())
            .filter(|&index| {
                self.resources[index].as_ref().is_some_and(|resource| {
                    self.groups[resource.group].managed
                        && self.is_init_node(resource, node)
                        && self.family.versions[resource.version].boot
                })
            })
            .collect();
        for index in booted {
            if let Some(resource) = self.resources[index].as_mut() {
                resource.places[node].trace(resource.version);
            }
        }
        possible
    }

    fn node_remove(&mut self, node: usize) -> bool {
        let possible = self.nodes[node].member
            && !self.nodes[node].up
            && self.groups.iter().all(|group| !group.nodes.contains(&node))
            && self.installed.iter().flatten().all(|nodes| !nodes.contains(&node));
        self.nodes[node].member = false;
        possible
    }

    /// Runs Init or Fini of the resources that `chosen` names on a node that is up, if their group is managed.
    fn run(&mut self, node: usize, method: Method, chosen: impl Fn(&Self, &Resource) -> bool) {
        if !self.nodes[node].up {
            return;
        }
        for index in 0..self.resources.len() {
            let Some(resource) = &self.resources[index] else { continue };
            if !self.groups[resource.group].managed || !chosen(self, resource) {
                continue;
            }
            let has_init = self.family.versions[resource.version].init;
            let Some(resource) = self.resources[index].as_mut() else { continue };
            match method {
                Method::Init if has_init => resource.places[node].trace(resource.version),
                Method::Init => {}
                // Leaving the cluster's management ends what Init did, whether or not T has a Fini.
                Method::Fini => resource.places[node].traces.clear(),
            }
        }
    }

    fn node_list(&mut self, group: usize, nodes: &BTreeSet<usize>) -> bool {
        let old = self.groups[group].nodes.clone();
        let runs = |node: &usize| {
            self.groups[group].online.contains(node)
                || self.resources.iter().flatten().any(|r| r.group == group && r.places[*node].process.is_some())
        };
        let possible = *nodes != old
            && !nodes.is_empty()
            && nodes.iter().all(|&node| self.nodes[node].member)
            && !old.difference(nodes).any(runs);
        let of_list = |world: &Self, resource: &Resource| {
            resource.group == group && !world.family.versions[resource.version].everywhere
        };
        for &node in old.difference(nodes) {
            self.run(node, Method::Fini, of_list);
        }
        for &node in nodes.difference(&old) {
            self.run(node, Method::Init, of_list);
            for resource in self.resources.iter_mut().flatten().filter(|resource| resource.group == group) {
                let Some(first) = old.first().map(|&first| resource.places[first].clone()) else { continue };
                resource.places[node].enabled = first.enabled;
                resource.places[node].monitored = first.monitored;
            }
        }
        self.groups[group].nodes = nodes.clone();
        possible
    }

    fn install(&mut self, version: usize, nodes: &Option<BTreeSet<usize>>) -> bool {
        let possible = self.installed[version] != *nodes
            && nodes.iter().flatten().all(|&node| self.nodes[node].member)
            && nodes.as_ref().is_none_or(|nodes| !nodes.is_empty());
        let old = self.installed[version].clone();
        let names = |nodes: &Option<BTreeSet<usize>>, node| nodes.as_ref().is_none_or(|nodes| nodes.contains(&node));
        let of_type = |world: &Self, resource: &Resource| {
            resource.version == version && world.family.versions[version].everywhere
        };
        for node in 0..NODES {
            match (names(&old, node), names(nodes, node)) {
                (true, false) => self.run(node, Method::Fini, of_type),
                (false, true) => self.run(node, Method::Init, of_type),
                _ => {}
            }
        }
        self.installed[version].clone_from(nodes);
        possible
    }

    fn manage(&mut self, group: usize) -> bool {
        let possible = !self.groups[group].managed;
        self.groups[group].managed = true;
        for node in 0..NODES {
            let here =
                |world: &Self, resource: &Resource| resource.group == group && world.is_init_node(resource, node);
            self.run(node, Method::Init, here);
        }
        possible
    }

    fn unmanage(&mut self, group: usize) -> bool {
        let list = self.groups[group].nodes.clone();
        let quiet = |resource: &Resource| {
            resource.group != group
                || resource.places.iter().all(|place| place.process.is_none())
                    && list.iter().all(|&node| !resource.places[node].enabled)
        };
        let possible = self.groups[group].managed
            && self.groups[group].online.is_empty()
            && self.resources.iter().flatten().all(quiet);
        for node in 0..NODES {
            let here =
                |world: &Self, resource: &Resource| resource.group == group && world.is_init_node(resource, node);
            self.run(node, Method::Fini, here);
        }
        self.groups[group].managed = false;
        possible
    }

    fn start(&mut self, index: usize, node: usize) {
        let Some(resource) = self.resources[index].as_mut() else { return };
        let version = resource.version;
        let monitor = self.family.versions[version].monitor;
        let place = &mut resource.places[node];
        place.process = Some(version);
        place.failed = None;
        place.monitor = (monitor && place.monitored).then_some(version);
    }

    fn online(&mut self, group: usize, nodes: &BTreeSet<usize>) -> bool {
        let mut possible = self.groups[group].managed
            && !nodes.is_empty()
            && nodes.is_subset(&self.groups[group].nodes)
            && nodes.iter().all(|&node| self.nodes[node].up);
        for &node in nodes {
            self.groups[group].online.insert(node);
            for index in 0..self.resources.len() {
                let Some(resource) = self.resources[index].as_ref().filter(|r| r.group == group) else { continue };
                let place = &resource.places[node];
                possible &= place.failed != Some(Failed::Stop);
                if place.enabled && (place.process.is_none() || place.failed == Some(Failed::Start)) {
                    self.start(index, node);
                }
            }
        }
        possible
    }

    fn offline(&mut self, group: usize, nodes: &BTreeSet<usize>) -> bool {
        let mut possible = !nodes.is_empty() && nodes.is_subset(&self.groups[group].nodes);
        for node in nodes {
            self.groups[group].online.remove(node);
            for resource in self.resources.iter_mut().flatten().filter(|resource| resource.group == group) {
                possible &= resource.places[*node].failed != Some(Failed::Stop);
                resource.places[*node].stop();
            }
        }
        possible
    }

    fn create(&mut self, index: usize, group: usize, version: usize, on: bool) -> bool {
        let possible = self.resources[index].is_none();
        let place =
            Place { enabled: on, monitored: on, process: None, failed: None, monitor: None, traces: Vec::new() };
        let resource = Resource { group, version, places: [place.clone(), place.clone(), place] };
        let init_nodes: Vec<usize> = (0..NODES).filter(|&node| self.is_init_node(&resource, node)).collect();
        self.resources[index] = Some(resource);
        for node in init_nodes {
            let new = |world: &Self, resource: &Resource| {
                world.resources[index].as_ref().is_some_and(|new| std::ptr::eq(new, resource))
            };
            self.run(node, Method::Init, new);
        }
        for node in self.groups[group].online.clone() {
            if on {
                self.start(index, node);
            }
        }
        possible
    }

    /// Whatever Fini could not undo on a node that is down belongs to no resource any more.
    fn delete(&mut self, index: usize) -> bool {
        let quiet = |place: &Place| place.process.is_none() && !place.enabled;
        self.resources[index].take().is_some_and(|resource| resource.places.iter().all(quiet))
    }

    fn switch(&mut self, verb: Verb, index: usize, nodes: &BTreeSet<usize>) -> bool {
        let Some(resource) = &self.resources[index] else { return false };
        let group = self.groups[resource.group].clone();
        let mut nodes = if nodes.is_empty() { group.nodes.clone() } else { nodes.clone() };
        let is_online = |place: &Place| place.process.is_some() && place.failed.is_none();
        if verb == Verb::Restart && nodes == group.nodes {
            nodes.retain(|&node| is_online(&resource.places[node]));
        }
        let mut possible = !nodes.is_empty() && nodes.is_subset(&group.nodes);
        let version = resource.version;
        let has_monitor = self.family.versions[version].monitor;
        for &node in &nodes {
            let Some(resource) = self.resources[index].as_mut() else { return false };
            let place = &mut resource.places[node];
            possible &= place.failed != Some(Failed::Stop) || matches!(verb, Verb::Monitor | Verb::Unmonitor);
            match verb {
                Verb::Enable => {
                    place.enabled = true;
                    let idle = place.process.is_none() || place.failed.is_some();
                    if idle && group.online.contains(&node) {
                        self.start(index, node);
                    }
                }
                Verb::Disable => {
                    place.enabled = false;
                    place.stop();
                }
                Verb::Monitor => {
                    place.monitored = true;
                    if is_online(place) && has_monitor && place.monitor.is_none() {
                        place.monitor = Some(version);
                    }
                }
                Verb::Unmonitor => {
                    place.monitored = false;
                    place.monitor = None;
                }
                Verb::Restart => {
                    possible &= is_online(place);
                    self.start(index, node);
                }
            }
        }
        possible
    }

    fn failure(&mut self, event: &Event) -> bool {
        let (Event::StartFails(index, node)
        | Event::StopFails(index, node)
        | Event::Clear(index, node)
        | Event::MonitorFails(index, node)
        | Event::MonitorSticks(index, node)
        | Event::Seen(index, node)
        | Event::Unsure(index, node)) = event
        else {
            return false;
        };
        let Some(resource) = self.resources[*index].as_mut() else { return false };
        if !self.nodes[*node].up || !self.groups[resource.group].nodes.contains(node) {
            return false;
        }
        let version = resource.version;
        let place = &mut resource.places[*node];
        let online = place.process.is_some() && place.failed.is_none();
        match event {
            // It died; the cluster started it again, and that failed.
            Event::StartFails(..) => {
                place.process = Some(version);
                place.failed = Some(Failed::Start);
                place.monitor = None;
                online
            }
            Event::StopFails(..) => {
                place.failed = Some(Failed::Stop);
                place.monitor = None;
                online
            }
            Event::Clear(..) => {
                let failed = place.failed.is_some();
                place.stop();
                failed
            }
            Event::MonitorFails(..) => online && place.monitor.take().is_some(),
            Event::MonitorSticks(..) => online && place.monitor.is_some(),
            _ => place.failed.is_none(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Init,
    Fini,
}

impl Place {
    fn stop(&mut self) {
        self.process = None;
        self.failed = None;
        self.monitor = None;
    }

    fn trace(&mut self, version: usize) {
        if !self.traces.contains(&version) {
            self.traces.push(version);
        }
    }
}
