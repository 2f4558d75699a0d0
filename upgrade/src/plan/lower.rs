//! From the blocks of a bundle to its steps, where rtreg runs the methods. Which methods an event calls, on which nodes and of
//! which version, and what their failure does, comes from the control model's table. Where the administrator drives the
//! group the steps are his commands: see [`super::recorded`].

mod group;
mod operation;
mod set;
mod undo;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rtreg_control::rgm::{Event, InRun};
use rtreg_model::{Driver, Method, MonitorState, NodeStatus, Origin, ResourceState};
use rtreg_registry::CommandError;
use rtreg_registry::migration::StoredValue;

use super::bundle::{Mode, Moving};
use super::calls::Calling;
use super::decide::Candidate;
use super::method::Callee;
use super::order::Block;
use super::read::{Reader, Type};
use super::recorded;
use super::state::{Resource, State};
use super::step::{IfFailed, Operation, Phase, Step, SwitchChange, Undo, Why};

pub(crate) use operation::{commit, group_change, plain, switch, undo_of_switch};

/// A bundle that is made into steps.
pub(super) struct Lowering<'a> {
    /// The state of all that the bundle is about, as it is before.
    pub state: State,
    pub moving: &'a Moving,
    pub upgrades: BTreeMap<&'a str, &'a Candidate>,
    /// The versions that the resources have before.
    pub present: BTreeMap<String, Rc<Type>>,
    /// The versions that started monitors, where they are others.
    pub monitors: BTreeMap<(String, String), Rc<Type>>,
    /// Where Init and Fini of a resource's version before, and of the one behind, run.
    pub init_nodes: BTreeMap<String, [Rc<[String]>; 2]>,
    pub strict: bool,
    /// Why there is no way back; none if there is one.
    pub mark: Option<String>,
    id: String,
    steps: Vec<Step>,
    exits: BTreeMap<Block, BTreeSet<String>>,
}

/// What a step is made of, beside its name.
pub(super) struct Draft {
    pub phase: Phase,
    pub operation: Operation,
    pub undo: Vec<Undo>,
    pub reason: Why,
    pub administrator: Option<super::step::Commands>,
}

impl<'a> Lowering<'a> {
    /// Reads what the steps of a bundle need.
    pub fn new(
        reader: &mut Reader<'_, '_>,
        id: String,
        moving: &'a Moving,
        upgrades: &[&'a Candidate],
    ) -> Result<Self, CommandError> {
        let upgrades: BTreeMap<&str, &Candidate> = upgrades.iter().map(|of| (of.name.as_str(), *of)).collect();
        let (mut present, mut monitors, mut init_nodes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for name in moving.moves.keys() {
            let own = reader.present(name)?;
            let resource = reader.resource(name)?;
            let (group, base) = (resource.group.clone(), resource.base.clone());
            let started_by = resource.nodes.iter().filter_map(|(node, entry)| match &entry.monitor_started_by {
                Origin::Version(version) if version != own.version() => Some((node.clone(), version.clone())),
                _ => None,
            });
            for (node, version) in started_by.collect::<Vec<_>>() {
                if let Some(of) = reader.find_type(&base, &version)? {
                    monitors.insert((name.clone(), node), of);
                }
            }
            let behind = upgrades.get(name.as_str()).map_or(&own, |of| of.target());
            let nodes = [reader.init_nodes(&group, &own)?, reader.init_nodes(&group, behind)?];
            init_nodes.insert(name.clone(), nodes);
            present.insert(name.clone(), own);
        }
        let mut state = reader.state.part(moving.moves.keys());
        let further = init_nodes.values().flatten().flat_map(|nodes| nodes.iter());
        state.nodes.extend(further.map(|node| (node.clone(), reader.state.status(node))));
        Ok(Self {
            state,
            moving,
            upgrades,
            present,
            monitors,
            init_nodes,
            strict: false,
            mark: None,
            id,
            steps: Vec::new(),
            exits: BTreeMap::new(),
        })
    }

    /// The steps of the blocks, in their order, and the state before them.
    pub fn steps(mut self, blocks: &[(Block, BTreeSet<Block>)]) -> (Vec<Step>, State) {
        for (block, before) in blocks {
            let after: BTreeSet<String> =
                before.iter().filter_map(|block| self.exits.get(block)).flatten().cloned().collect();
            let exits = match block {
                Block::Validate => self.validate(&after),
                Block::Down(name) => self.down(name, &after),
                Block::GroupDown(group) => self.group_down(group, &after),
                Block::Set => self.set(&after),
                Block::GroupUp(group) => self.group_up(group, &after),
                Block::Up(name) => self.up(name, &after),
            };
            self.exits.insert(block.clone(), if exits.is_empty() { after } else { exits });
        }
        (self.steps, self.state)
    }

    pub fn push(&mut self, after: &BTreeSet<String>, draft: Draft) -> String {
        let id = format!("{}.{}", self.id, self.steps.len() + 1);
        self.steps.push(Step {
            id: id.clone(),
            after: after.iter().cloned().collect(),
            after_end: Vec::new(),
            phase: draft.phase,
            operation: draft.operation,
            undo: draft.undo,
            reason: draft.reason,
            expected_seconds: None,
            administrator: draft.administrator,
        });
        id
    }

    pub fn is_recorded(&self, name: &str) -> bool {
        self.state.group_of(name).is_none_or(|group| group.driver == Driver::Recorded)
    }

    pub fn mode(&self, name: &str) -> Mode {
        self.moving.moves.get(name).map_or(Mode::Stays, |of| of.mode)
    }

    /// Why a resource moves.
    pub fn why(&self, name: &str) -> Why {
        if let Some(why) = self.upgrades.get(name).and_then(|of| of.because.first()) {
            return why.clone();
        }
        let of = self.moving.moves.get(name);
        Why {
            rule: of.map(|of| of.rule.clone()).unwrap_or_default(),
            sentence: of.map(|of| of.sentence.clone()).unwrap_or_default(),
            place: None,
        }
    }

    pub fn resource(&self, name: &str) -> Option<&Resource> {
        self.state.resources.get(name)
    }

    /// The version that the resource has behind the change.
    pub fn behind(&self, name: &str) -> Option<Rc<Type>> {
        match self.upgrades.get(name) {
            Some(of) => Some(Rc::clone(of.target())),
            None => self.present.get(name).cloned(),
        }
    }

    pub fn values_behind(&self, name: &str) -> BTreeMap<String, StoredValue> {
        match self.upgrades.get(name).and_then(|of| of.legs.last()) {
            Some(leg) => leg.values.clone(),
            None => self.resource(name).map(|of| of.values.clone()).unwrap_or_default(),
        }
    }

    pub fn group_name(&self, name: &str) -> String {
        self.resource(name).map(|of| of.group.clone()).unwrap_or_default()
    }

    /// The nodes of the node list where something is so of a resource.
    pub fn nodes_where(&self, name: &str, is_so: impl Fn(&super::state::OnNode) -> bool) -> Vec<String> {
        let (Some(resource), Some(group)) = (self.resource(name), self.state.group_of(name)) else { return Vec::new() };
        let holds = |node: &&String| resource.nodes.get(*node).is_some_and(&is_so);
        group.node_list.iter().filter(holds).cloned().collect()
    }

    /// The nodes where a resource runs.
    pub fn online(&self, name: &str) -> Vec<String> {
        let nodes = self.nodes_where(name, |entry| entry.state == ResourceState::Online);
        nodes.into_iter().filter(|node| self.state.status(node) == NodeStatus::Up).collect()
    }

    /// The nodes where a monitor of a resource runs, or may.
    pub fn monitored(&self, name: &str) -> Vec<String> {
        let nodes = self.nodes_where(name, |entry| entry.monitor != MonitorState::Stopped);
        nodes.into_iter().filter(|node| self.state.status(node) == NodeStatus::Up).collect()
    }

    /// The up Init_nodes of a resource, before the change or behind it.
    pub fn up_init_nodes(&self, name: &str, behind: bool) -> Vec<String> {
        let nodes = self.init_nodes.get(name).map(|nodes| &nodes[usize::from(behind)]);
        let up = nodes.into_iter().flat_map(|nodes| nodes.iter());
        let up = up.filter(|node| self.state.status(node) == NodeStatus::Up);
        up.cloned().collect()
    }

    fn down(&mut self, name: &str, after: &BTreeSet<String>) -> BTreeSet<String> {
        match (self.mode(name), self.is_recorded(name)) {
            (Mode::Stays, _) => BTreeSet::new(),
            (mode, true) => recorded::down(self, name, mode, after),
            (Mode::Unmonitored, false) => self.unmonitor(name, after),
            (mode, false) => self.stop(name, mode, after),
        }
    }

    /// Monitor_stop where a monitor runs, then the switch.
    fn unmonitor(&mut self, name: &str, after: &BTreeSet<String>) -> BTreeSet<String> {
        let mut exits = BTreeSet::new();
        for node in self.monitored(name) {
            exits.extend(self.chain(name, &node, Event::UpgradeTakingDown, (&[Method::MonitorStop], after)));
        }
        let nodes = self.nodes_where(name, |entry| entry.monitored);
        self.switch((name, Phase::Down), (SwitchChange::Unmonitor, nodes), after, exits)
    }

    /// Monitor_stop, Stop, Postnet_stop where it runs, then the switch.
    fn stop(&mut self, name: &str, mode: Mode, after: &BTreeSet<String>) -> BTreeSet<String> {
        let event = if self.upgrades.contains_key(name) { Event::UpgradeTakingDown } else { Event::TakeOffline };
        let methods = [Method::MonitorStop, Method::Stop, Method::PostnetStop];
        let mut exits = BTreeSet::new();
        for node in self.online(name) {
            exits.extend(self.chain(name, &node, event, (&methods, after)));
        }
        let nodes = self.nodes_where(name, |entry| entry.enabled);
        let nodes = if mode == Mode::Disabled { nodes } else { Vec::new() };
        self.switch((name, self.down_phase(name)), (SwitchChange::Disable, nodes), after, exits)
    }

    fn down_phase(&self, name: &str) -> Phase {
        if self.mode(name) == Mode::Restarted { Phase::Up } else { Phase::Down }
    }

    /// The methods of an event on one node, one behind the other; the last step.
    fn chain(
        &mut self,
        name: &str,
        node: &str,
        event: Event,
        (wanted, after): (&[Method], &BTreeSet<String>),
    ) -> Option<String> {
        let going_up = matches!(event, Event::UpgradeBringingUp | Event::BringOnline | Event::UpgradeStayedOnline);
        let values = match going_up {
            true => self.values_behind(name),
            false => self.resource(name)?.values.clone(),
        };
        let of = if going_up { self.behind(name)? } else { Rc::clone(self.present.get(name)?) };
        let entry = self.resource(name)?.nodes.get(node)?.clone();
        let other = self.monitors.get(&(name.to_owned(), node.to_owned())).cloned().filter(|_| !going_up);
        let (group, mut last) = (self.group_name(name), None);
        let calling = Calling {
            callee: Callee { resource: name, group: &group, of: &of, values: &values },
            monitor_of: other.as_deref(),
            node,
            monitored: entry.monitored,
            monitor_runs: self.runs_monitor(name, node, going_up),
        };
        for (method, operation) in calling.calls(event, wanted, |in_run| self.if_failed(in_run)) {
            let undo = self.undo(name, (method, node), &operation);
            let phase = if going_up { Phase::Up } else { self.down_phase(name) };
            let reason = match self.mode(name) {
                Mode::Stays => Why {
                    rule: event.as_str().to_owned(),
                    sentence: format!("`{name}` stays online and is told that its properties have changed."),
                    place: None,
                },
                _ => self.why(name),
            };
            let before = last.map_or_else(|| after.clone(), |id| BTreeSet::from([id]));
            last = Some(self.push(&before, Draft { phase, operation, undo, reason, administrator: None }));
        }
        last
    }

    /// Whether a monitor runs there when the methods are called: before, as it is; behind, as the bundle has left it.
    fn runs_monitor(&self, name: &str, node: &str, going_up: bool) -> bool {
        let runs = self.monitored(name).iter().any(|monitored| monitored == node);
        runs && (!going_up || self.mode(name) == Mode::Stays)
    }

    fn if_failed(&self, in_run: InRun) -> IfFailed {
        match in_run {
            InRun::Refuse | InRun::RefuseMove => IfFailed::Refuse,
            InRun::Record => IfFailed::GoOn,
            InRun::RecordOrStrict if self.strict => IfFailed::Unwind,
            InRun::RecordOrStrict => IfFailed::GoOn,
            InRun::Unwind | InRun::OneCommit | InRun::None => IfFailed::Unwind,
            InRun::Halt | InRun::AsEach => IfFailed::Halt,
        }
    }

    /// A change of switches behind other steps; those where there is nothing to switch.
    fn switch(
        &mut self,
        (name, phase): (&str, Phase),
        (change, nodes): (SwitchChange, Vec<String>),
        after: &BTreeSet<String>,
        exits: BTreeSet<String>,
    ) -> BTreeSet<String> {
        if nodes.is_empty() {
            return exits;
        }
        let operation = switch(name, change, &nodes);
        let undo = undo_of_switch(change).map(|back| plain(switch(name, back, &nodes)));
        let draft =
            Draft { phase, operation, undo: undo.into_iter().collect(), reason: self.why(name), administrator: None };
        let before = if exits.is_empty() { after } else { &exits };
        BTreeSet::from([self.push(before, draft)])
    }

    fn up(&mut self, name: &str, after: &BTreeSet<String>) -> BTreeSet<String> {
        match (self.mode(name), self.is_recorded(name)) {
            (mode, true) => recorded::up(self, name, mode, after),
            (Mode::Stays | Mode::Unmonitored, false) => self.stayed(name, after),
            (mode, false) => self.start(name, mode, after),
        }
    }

    /// Update where it stayed online; then the monitor, where one is wanted and none runs.
    fn stayed(&mut self, name: &str, after: &BTreeSet<String>) -> BTreeSet<String> {
        let mut exits = BTreeSet::new();
        for node in self.online(name) {
            exits.extend(self.chain(name, &node, Event::UpgradeStayedOnline, (&[Method::Update], after)));
        }
        if self.mode(name) == Mode::Unmonitored {
            let nodes = self.nodes_where(name, |entry| entry.monitored);
            exits = self.switch((name, Phase::Up), (SwitchChange::Monitor, nodes), after, exits);
        }
        let before = if exits.is_empty() { after.clone() } else { exits.clone() };
        let mut last = BTreeSet::new();
        for node in self.online(name) {
            last.extend(self.chain(name, &node, Event::UpgradeStayedOnline, (&[Method::MonitorStart], &before)));
        }
        if last.is_empty() { exits } else { last }
    }

    /// The switch, then Prenet_start, Start, Monitor_start where it ran.
    fn start(&mut self, name: &str, mode: Mode, after: &BTreeSet<String>) -> BTreeSet<String> {
        let nodes = self.nodes_where(name, |entry| entry.enabled);
        let nodes = if mode == Mode::Disabled { nodes } else { Vec::new() };
        let before = self.switch((name, Phase::Up), (SwitchChange::Enable, nodes), after, BTreeSet::new());
        let before = if before.is_empty() { after.clone() } else { before };
        let event = if self.upgrades.contains_key(name) { Event::UpgradeBringingUp } else { Event::BringOnline };
        let methods = [Method::PrenetStart, Method::Start, Method::MonitorStart];
        let mut exits = BTreeSet::new();
        for node in self.online(name) {
            exits.extend(self.chain(name, &node, event, (&methods, &before)));
        }
        if exits.is_empty() { before } else { exits }
    }
}
