//! One resource on one node: the methods of an event one behind the other, and what is recorded where a type has none of
//! them.

use std::rc::Rc;

use rtreg_control::rgm::Event;
use rtreg_model::{Driver, Method, MonitorState, NodeStatus, Origin, ResourceState};
use rtreg_registry::{CommandError, Refusal};

use super::build::{Builder, Reason, Wait, if_failed};
use crate::plan::calls::Calling;
use crate::plan::method::Callee;
use crate::plan::read::Type;
use crate::plan::{Effect, OnNode, Resource};

pub(super) const STOPS: &[Method] = &[Method::MonitorStop, Method::Stop, Method::PostnetStop];
pub(super) const STARTS: &[Method] = &[Method::PrenetStart, Method::Start, Method::MonitorStart];

/// A resource whose methods run.
pub(super) struct Actor {
    pub name: String,
    pub resource: Resource,
    pub of: Rc<Type>,
}

impl Actor {
    /// A resource as it is recorded.
    pub fn read(builder: &mut Builder<'_, '_, '_>, name: &str) -> Result<Self, CommandError> {
        let resource = builder.reader.resource(name)?.clone();
        Self::of(builder, name, resource)
    }

    /// A resource as it is to be.
    pub fn of(builder: &mut Builder<'_, '_, '_>, name: &str, resource: Resource) -> Result<Self, CommandError> {
        let of = builder.reader.type_of(&resource.base, &resource.type_version)?;
        Ok(Self { name: name.to_owned(), resource, of })
    }

    pub fn on(&self, node: &str) -> Option<&OnNode> {
        self.resource.nodes.get(node)
    }

    pub fn callee(&self) -> Callee<'_> {
        Callee { resource: &self.name, group: &self.resource.group, of: &self.of, values: &self.resource.values }
    }

    /// The up Init_nodes.
    pub fn up_init_nodes(&self, builder: &mut Builder<'_, '_, '_>) -> Result<Vec<String>, CommandError> {
        let nodes = builder.reader.init_nodes(&self.resource.group, &self.of)?;
        let is_up = |node: &&String| builder.reader.state.status(node) == NodeStatus::Up;
        Ok(nodes.iter().filter(is_up).cloned().collect())
    }

    /// What is recorded of a start where no method starts it: it is online with its group.
    pub fn starts_alone(&self, node: &str) -> Vec<Effect> {
        if self.of.has(Method::Start) || self.of.has(Method::PrenetStart) {
            return Vec::new();
        }
        self.is(node, ResourceState::Online, Origin::Version(self.of.version().clone()))
    }

    /// What is recorded of a stop where no method stops it.
    pub fn stops_alone(&self, node: &str) -> Vec<Effect> {
        if self.of.has(Method::Stop) || self.of.has(Method::PostnetStop) {
            return Vec::new();
        }
        self.is(node, ResourceState::Offline, Origin::None)
    }

    /// It is in that state there, and no monitor runs.
    pub fn is(&self, node: &str, state: ResourceState, started_by: Origin) -> Vec<Effect> {
        let (resource, node) = (self.name.clone(), node.to_owned());
        let monitor = MonitorState::Stopped;
        vec![
            Effect::State { resource: resource.clone(), node: node.clone(), state, started_by: Some(started_by) },
            Effect::Monitor { resource, node, monitor, started_by: Some(Origin::None) },
        ]
    }
}

/// How a monitor is when the methods are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Monitor {
    /// As it is recorded.
    AsRecorded,
    /// Whatever is recorded, it may run.
    MayRun,
    /// What ran has been stopped.
    Stopped,
}

impl Builder<'_, '_, '_> {
    /// The methods of an event one behind the other; the last step, or what it waits for where there is none.
    pub fn chain(
        &mut self,
        actor: &Actor,
        node: &str,
        (wanted, monitor): (&[Method], Monitor),
        (reason, wait): (&Reason, &Wait),
    ) -> Result<Option<String>, CommandError> {
        let Some(entry) = actor.on(node) else { return Ok(None) };
        let monitor_of = match &entry.monitor_started_by {
            Origin::Version(version) if version != actor.of.version() => {
                self.reader.find_type(&actor.resource.base, version)?
            }
            _ => None,
        };
        let calling = Calling {
            callee: actor.callee(),
            monitor_of: monitor_of.as_deref(),
            node,
            monitored: entry.monitored,
            monitor_runs: match monitor {
                Monitor::AsRecorded => entry.monitor != MonitorState::Stopped,
                Monitor::MayRun => true,
                Monitor::Stopped => false,
            },
        };
        let calls = calling.calls(reason.event, wanted, if_failed);
        let mut last: Option<String> = None;
        for (_, operation) in calls {
            let wait = last.map_or_else(|| wait.clone(), Wait::on);
            last = Some(self.push(operation, reason, &wait));
        }
        if last.is_some() {
            self.moves(&actor.name, &actor.resource.group, reason);
            self.uses(&actor.of);
            monitor_of.iter().for_each(|of| self.uses(of));
        }
        Ok(last)
    }

    /// Takes it down where anything of it runs, or may.
    pub fn take_down(
        &mut self,
        actor: &Actor,
        node: &str,
        (reason, wait): (&Reason, &Wait),
    ) -> Result<Option<String>, CommandError> {
        match actor.on(node).filter(|_| self.is_up(node)) {
            Some(entry) if entry.state != ResourceState::Offline => {
                self.chain(actor, node, (STOPS, Monitor::AsRecorded), (reason, wait))
            }
            Some(entry) if entry.monitor != MonitorState::Stopped => {
                self.chain(actor, node, (&[Method::MonitorStop], Monitor::AsRecorded), (reason, wait))
            }
            _ => Ok(None),
        }
    }

    /// Brings it up where it is offline, or its last start failed: what that began is stopped first.
    pub fn bring_up(
        &mut self,
        actor: &Actor,
        node: &str,
        (reason, wait): (&Reason, &Wait),
    ) -> Result<Option<String>, CommandError> {
        let Some(entry) = actor.on(node).filter(|_| self.is_up(node)) else { return Ok(None) };
        let first = match entry.state {
            ResourceState::Offline => None,
            ResourceState::StartFailed => {
                let sentence =
                    format!("The last start of `{}` on {node} failed: what it began is stopped first.", actor.name);
                let stop = Reason { event: Event::TakeOffline, sentence, ..reason.clone() };
                self.chain(actor, node, (STOPS, Monitor::AsRecorded), (&stop, wait))?
            }
            _ => return Ok(None),
        };
        let wait = first.clone().map_or_else(|| wait.clone(), Wait::on);
        let last = self.chain(actor, node, (STARTS, Monitor::Stopped), (reason, &wait))?;
        Ok(last.or(first))
    }

    pub fn is_up(&self, node: &str) -> bool {
        self.reader.state.status(node) == NodeStatus::Up
    }

    /// rtreg runs methods only where it drives.
    pub fn check_driven(&mut self, group: &str, command: &str) -> Result<(), CommandError> {
        if self.reader.group(group)?.driver == Driver::Rgm {
            return Ok(());
        }
        let message =
            format!("group `{group}` is driven by the administrator, so rtreg runs nothing for `{command}` there");
        let help =
            format!("`rtreg {command}` records what was done; `rtreg group driver {group} rgm` lets rtreg do it");
        Err(Refusal::new("not_driven", message).help(help).into())
    }
}
