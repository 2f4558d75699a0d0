//! What would really run, seen from the log of a simulation alone: a process where a Start has been and no Stop since. It
//! knows the order that the table of callbacks allows and the dependencies that the scenario's text names, and nothing of
//! how a plan is made.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::{Method, MonitorState, ResourceState, RtVersion};
use rtreg_upgrade::execute::LogLine;
use rtreg_upgrade::plan::{Effect, State};

/// A resource on a node.
#[derive(Debug, Clone, Default)]
struct Here {
    service: bool,
    monitor: bool,
    prenet: bool,
}

pub struct World {
    here: BTreeMap<(String, String), Here>,
    versions: BTreeMap<String, RtVersion>,
    declared: BTreeMap<(String, RtVersion), BTreeSet<Method>>,
    strong: Vec<(String, String)>,
    /// What ran before: only that must run where something depends on it.
    ran_before: BTreeSet<String>,
}

impl World {
    pub fn new(
        state: &State,
        declared: &BTreeMap<(String, RtVersion), BTreeSet<Method>>,
        strong: &[(String, String)],
    ) -> Self {
        let mut here = BTreeMap::new();
        let mut ran_before = BTreeSet::new();
        for (name, resource) in &state.resources {
            for (node, entry) in &resource.nodes {
                let service = entry.state == ResourceState::Online;
                let monitor = entry.monitor == MonitorState::Running;
                here.insert((name.clone(), node.clone()), Here { service, monitor, prenet: service });
                if service {
                    ran_before.insert(name.clone());
                }
            }
        }
        let versions = state.resources.iter().map(|(name, of)| (name.clone(), of.type_version.clone())).collect();
        Self { here, versions, declared: declared.clone(), strong: strong.to_vec(), ran_before }
    }

    fn runs(&self, name: &str) -> bool {
        self.here.iter().any(|((of, _), here)| of == name && here.service)
    }

    fn has(&self, base: &str, version: &RtVersion, method: Method) -> bool {
        self.declared.get(&(base.to_owned(), version.clone())).is_some_and(|declared| declared.contains(&method))
    }

    /// Takes a log line; what is wrong with it.
    pub fn take(&mut self, line: &LogLine, bases: &BTreeMap<String, String>) -> Result<(), String> {
        if line.done {
            for effect in &line.operation.on_done {
                if let Effect::TypeVersion { resource, version, .. } = effect {
                    self.versions.insert(resource.clone(), version.clone());
                }
            }
        }
        if let Some(node) = line.operation.node.as_ref().filter(|_| line.node_down) {
            self.node_down(node);
        }
        let Some(call) = line.operation.method().filter(|_| line.ran) else { return Ok(()) };
        let node = line.operation.node.clone().unwrap_or_default();
        let base = bases.get(&call.resource).cloned().unwrap_or_default();
        let version = self.versions.get(&call.resource).cloned().unwrap_or_default();
        let says = |what: &str| Err(format!("{} ({:?} of {} on {node}): {what}", line.id, call.method, call.resource));
        let other_is_right = match call.method {
            Method::Validate => true,
            Method::MonitorStop => !self.has(&base, &version, Method::MonitorStop),
            _ => false,
        };
        if call.version != version && !other_is_right {
            return says(&format!("a method of version {} while the resource has {version}", call.version));
        }
        // Without Start it is Prenet_start that begins, and Postnet_stop that ends.
        let only_net = !self.has(&base, &version, Method::Start);
        let has_prenet = self.has(&base, &version, Method::PrenetStart);
        let dependents: Vec<String> =
            self.strong.iter().filter(|(_, on)| *on == call.resource).map(|(name, _)| name.clone()).collect();
        let on: Vec<String> =
            self.strong.iter().filter(|(name, _)| *name == call.resource).map(|(_, on)| on.clone()).collect();
        let missing = on.iter().find(|on| self.ran_before.contains(*on) && !self.runs(on)).cloned();
        let running = dependents.iter().find(|name| self.runs(name)).cloned();
        let here = self.here.entry((call.resource.clone(), node.clone())).or_default();
        match call.method {
            Method::PrenetStart | Method::Start if here.service => return says("over one that runs"),
            Method::Start if has_prenet && !here.prenet => return says("without Prenet_start before"),
            Method::PrenetStart | Method::Start if missing.is_some() => {
                return says(&format!("while {} does not run, on which it depends", missing.unwrap_or_default()));
            }
            Method::Stop if here.monitor => return says("while its monitor runs"),
            Method::Stop if running.is_some() && here.service => {
                return says(&format!("while {} runs, which depends on it", running.unwrap_or_default()));
            }
            Method::PostnetStop if here.service && !only_net => return says("before Stop"),
            Method::MonitorStart if !here.service => return says("where nothing runs"),
            Method::MonitorStart if here.monitor => return says("over one that runs"),
            Method::Update if !here.service => return says("where nothing runs"),
            Method::Fini | Method::Init if here.service || here.monitor => return says("while it runs"),
            _ => {}
        }
        match call.method {
            Method::PrenetStart => (here.prenet, here.service) = (true, only_net),
            Method::Start => here.service = true,
            Method::MonitorStart => here.monitor = true,
            Method::Stop if line.done => here.service = false,
            Method::MonitorStop if line.done => here.monitor = false,
            Method::PostnetStop if line.done => (here.prenet, here.service) = (false, false),
            _ => {}
        }
        let ends_all = call.method == Method::Stop && line.done && !self.has(&base, &version, Method::PostnetStop);
        if ends_all && let Some(here) = self.here.get_mut(&(call.resource.clone(), node)) {
            here.prenet = false;
        }
        Ok(())
    }

    /// A node has gone down with all that ran there.
    fn node_down(&mut self, node: &str) {
        self.here.iter_mut().filter(|((_, on), _)| on == node).for_each(|(_, here)| *here = Here::default());
    }

    /// Whether what really runs is what is recorded.
    pub fn agrees(&self, state: &State) -> Result<(), String> {
        for ((name, node), here) in &self.here {
            let Some(entry) = state.resources.get(name).and_then(|of| of.nodes.get(node)) else { continue };
            if here.service && entry.state == ResourceState::Offline {
                return Err(format!("{name} runs on {node}, and is recorded as offline"));
            }
            if !here.service && entry.state == ResourceState::Online {
                return Err(format!("{name} does not run on {node}, and is recorded as online"));
            }
            if here.monitor && entry.monitor == MonitorState::Stopped {
                return Err(format!("the monitor of {name} runs on {node}, and is recorded as stopped"));
            }
        }
        Ok(())
    }
}
