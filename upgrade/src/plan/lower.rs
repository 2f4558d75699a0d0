//! From the blocks of a bundle to its steps, where rtreg runs the methods. Which methods an event calls, on which nodes and of
//! which version, and what their failure does, comes from the control model's table. Where the administrator drives the
//! group the steps are his commands: see [`super::recorded`].

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rtreg_control::rgm::{self, Attributes, Event, InRun};
use rtreg_model::{Driver, Method, MonitorState, NodeStatus, Origin, ResourceState};
use rtreg_registry::CommandError;
use rtreg_registry::migration::StoredValue;

use super::bundle::{Mode, Moving};
use super::decide::Candidate;
use super::method::Callee;
use super::order::Block;
use super::read::{Reader, Type};
use super::recorded;
use super::state::{Effect, Resource, State};
use super::step::{
    GroupChange, GroupEvent, IfFailed, Operation, Phase, Repeat, SetResource, SetTypeVersion, Step, Switch,
    SwitchChange, Undo, What, Why,
};

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
    pub init_nodes: BTreeMap<String, [Vec<String>; 2]>,
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
            let resource = reader.resource(name)?.clone();
            for (node, entry) in &resource.nodes {
                if let Origin::Version(version) = &entry.monitor_started_by
                    && version != own.version()
                    && let Some(of) = reader.find_type(&resource.base, version)?
                {
                    monitors.insert((name.clone(), node.clone()), of);
                }
            }
            let behind = upgrades.get(name.as_str()).map_or(&own, |of| of.target());
            let nodes = [reader.init_nodes(&resource.group, &own)?, reader.init_nodes(&resource.group, behind)?];
            init_nodes.insert(name.clone(), nodes);
            present.insert(name.clone(), own);
        }
        let mut state = reader.state.part(moving.moves.keys());
        let further = init_nodes.values().flatten().flatten();
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

    /// The steps of the blocks, in their order.
    pub fn steps(mut self, blocks: &[(Block, BTreeSet<Block>)]) -> Vec<Step> {
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
        self.steps
    }

    pub fn push(&mut self, after: &BTreeSet<String>, draft: Draft) -> String {
        let id = format!("{}.{}", self.id, self.steps.len() + 1);
        self.steps.push(Step {
            id: id.clone(),
            after: after.iter().cloned().collect(),
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
        let up = nodes.into_iter().flatten().filter(|node| self.state.status(node) == NodeStatus::Up);
        up.cloned().collect()
    }

    fn validate(&mut self, after: &BTreeSet<String>) -> BTreeSet<String> {
        let mut exits = BTreeSet::new();
        for candidate in self.upgrades.clone().into_values() {
            if self.is_recorded(&candidate.name) {
                continue;
            }
            let group = self.group_name(&candidate.name);
            for leg in &candidate.legs {
                for node in self.up_init_nodes(&candidate.name, true) {
                    let callee =
                        Callee { resource: &candidate.name, group: &group, of: &leg.target, values: &leg.values };
                    let Some(operation) = callee.validate(&node, &leg.changes, IfFailed::Refuse) else { continue };
                    let sentence =
                        format!("Validate of {} sees the properties before anything changes.", leg.target.version());
                    let reason = Why { rule: "property_update".to_owned(), sentence, place: None };
                    let draft =
                        Draft { phase: Phase::Validate, operation, undo: Vec::new(), reason, administrator: None };
                    exits.insert(self.push(after, draft));
                }
            }
        }
        exits
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
        let mut declared = of.declared.clone();
        // The monitor of another version is ended by that version where T has no method for it.
        let other = self.monitors.get(&(name.to_owned(), node.to_owned())).cloned();
        let other = other.filter(|other| !going_up && other.has(Method::MonitorStop) && !of.has(Method::MonitorStop));
        declared.extend(other.as_ref().map(|_| Method::MonitorStop));
        let mut attributes = Attributes::new(&declared);
        attributes.monitored = entry.monitored;
        attributes.monitor_runs = self.runs_monitor(name, node, going_up);
        let (group, mut last) = (self.group_name(name), None);
        for call in rgm::calls(event, &attributes) {
            let Some(method) = call.method().filter(|method| wanted.contains(method)) else { continue };
            let of = if of.has(method) { &of } else { other.as_ref().unwrap_or(&of) };
            let callee = Callee { resource: name, group: &group, of, values: &values };
            let Some(operation) = callee.call(method, node, self.if_failed(call.in_run)) else { continue };
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

    fn set(&mut self, after: &BTreeSet<String>) -> BTreeSet<String> {
        let legs = self.upgrades.values().map(|of| of.legs.len()).max().unwrap_or(0);
        let mut before = after.clone();
        for number in 0..legs {
            let mut sets = Vec::new();
            for candidate in self.upgrades.clone().into_values() {
                sets.extend(self.set_resource(candidate, number));
            }
            let operation = set_type_version(&sets, true);
            let mut undo = vec![plain(set_type_version(&sets.iter().map(back).collect::<Vec<_>>(), false))];
            if number == 0 {
                undo.extend(self.updates_back());
            }
            let names: Vec<String> = sets.iter().map(|(set, _)| format!("`{}`", set.resource)).collect();
            let reason = match (sets.as_slice(), self.upgrades.len()) {
                ([(only, _)], 1) => self.why(&only.resource),
                _ => Why {
                    rule: "one_commit".to_owned(),
                    sentence: format!("{} change together, in one commit.", names.join(", ")),
                    place: None,
                },
            };
            let administrator = recorded::set(self, &sets);
            let draft = Draft { phase: Phase::Set, operation, undo, reason, administrator };
            before = BTreeSet::from([self.push(&before, draft)]);
        }
        if let Some(why) = self.mark.clone() {
            let reason = Why { rule: "mark".to_owned(), sentence: why.clone(), place: None };
            let operation = commit(What::Mark { why }, Vec::new());
            let draft = Draft { phase: Phase::Set, operation, undo: Vec::new(), reason, administrator: None };
            before = BTreeSet::from([self.push(&before, draft)]);
        }
        before
    }

    /// One change of version, with the values before it.
    fn set_resource(&self, candidate: &Candidate, number: usize) -> Option<(SetResource, SetResource)> {
        let leg = candidate.legs.get(number)?;
        let before = number.checked_sub(1).and_then(|before| candidate.legs.get(before));
        let from = before.map_or(&candidate.present, |leg| &leg.target);
        let values = match before {
            Some(leg) => leg.values.clone(),
            None => self.resource(&candidate.name)?.values.clone(),
        };
        let make =
            |from: &Type, to: &Type, values: &BTreeMap<String, StoredValue>, properties: Vec<String>| SetResource {
                resource: candidate.name.clone(),
                from: from.version().clone(),
                to: to.version().clone(),
                type_name: to.name(),
                properties,
                values: values.clone(),
            };
        let properties = leg.properties.iter().map(ToString::to_string).collect();
        Some((make(from, &leg.target, &leg.values, properties), make(&leg.target, from, &values, Vec::new())))
    }

    /// Update of the version before, where a resource stayed online: behind all else that is undone.
    fn updates_back(&self) -> Vec<Undo> {
        let mut undo = Vec::new();
        for (name, candidate) in &self.upgrades {
            if self.is_recorded(name) || self.mode(name).is_down_meanwhile() {
                continue;
            }
            let Some(resource) = self.resource(name) else { continue };
            let (group, of) = (self.group_name(name), &candidate.present);
            let callee = Callee { resource: name, group: &group, of, values: &resource.values };
            for node in self.online(name) {
                let operation = callee.call(Method::Update, &node, IfFailed::GoOn);
                undo.extend(operation.map(|operation| Undo { last: true, ..plain(operation) }));
            }
        }
        undo
    }

    fn group_down(&mut self, group: &str, after: &BTreeSet<String>) -> BTreeSet<String> {
        let Some(before) = self.state.groups.get(group).cloned() else { return BTreeSet::new() };
        let members = self.moving.unmanaged.get(group).cloned().unwrap_or_default();
        let mut exits = after.clone();
        if !before.online_on.is_empty() {
            let offline = (GroupEvent::Offline, before.online_on.clone(), Vec::new());
            exits = BTreeSet::from([self.group_step(group, Phase::Down, offline, &exits)]);
        }
        if !before.managed {
            return exits;
        }
        let mut ends = Vec::new();
        let mut finis = BTreeSet::new();
        for member in &members {
            for node in self.up_init_nodes(member, false) {
                let event = if self.upgrades.contains_key(member.as_str()) {
                    Event::UpgradeTakingDown
                } else {
                    Event::GroupUnmanage
                };
                let is_run = before.driver == Driver::Rgm;
                let step = if is_run { self.chain(member, &node, event, (&[Method::Fini], &exits)) } else { None };
                match step {
                    Some(id) => drop(finis.insert(id)),
                    None => ends.push(Effect::NotInitialised { resource: member.clone(), node }),
                }
            }
        }
        exits.extend(finis);
        BTreeSet::from([self.group_step(group, Phase::Down, (GroupEvent::Unmanage, Vec::new(), ends), &exits)])
    }

    fn group_up(&mut self, group: &str, after: &BTreeSet<String>) -> BTreeSet<String> {
        let Some(before) = self.state.groups.get(group).cloned() else { return BTreeSet::new() };
        let members = self.moving.unmanaged.get(group).cloned().unwrap_or_default();
        let mut exits = after.clone();
        if before.managed {
            let begins = if before.driver == Driver::Recorded { self.inits(&members, true) } else { Vec::new() };
            let manage = (GroupEvent::Manage, Vec::new(), begins);
            exits = BTreeSet::from([self.group_step(group, Phase::Up, manage, &exits)]);
            let mut inits = BTreeSet::new();
            for member in members.iter().filter(|_| before.driver == Driver::Rgm) {
                let event = if self.upgrades.contains_key(member.as_str()) {
                    Event::UpgradeBringingUp
                } else {
                    Event::GroupManage
                };
                for node in self.up_init_nodes(member, true) {
                    inits.extend(self.init(member, &node, event, &exits));
                }
            }
            exits.extend(inits);
        }
        if !before.online_on.is_empty() {
            let online = (GroupEvent::Online, before.online_on.clone(), Vec::new());
            exits = BTreeSet::from([self.group_step(group, Phase::Up, online, &exits)]);
        }
        exits
    }

    fn init(&mut self, name: &str, node: &str, event: Event, after: &BTreeSet<String>) -> Option<String> {
        let of = self.behind(name)?;
        let mut calls = rgm::calls(event, &Attributes::new(&of.declared)).into_iter();
        let call = calls.find(|call| call.method() == Some(Method::Init))?;
        let (group, values) = (self.group_name(name), self.values_behind(name));
        let callee = Callee { resource: name, group: &group, of: &of, values: &values };
        let operation = callee.call(Method::Init, node, self.if_failed(call.in_run))?;
        let undo = callee.call(Method::Fini, node, IfFailed::Halt).map(plain);
        let draft = Draft {
            phase: Phase::Up,
            operation,
            undo: undo.into_iter().collect(),
            reason: self.why(name),
            administrator: None,
        };
        Some(self.push(after, draft))
    }

    /// What Init records where it runs by itself, before the change or behind it.
    pub fn inits(&self, members: &[String], behind: bool) -> Vec<Effect> {
        let mut effects = Vec::new();
        for member in members {
            let of = if behind { self.behind(member) } else { self.present.get(member).cloned() };
            let Some(of) = of.filter(|of| of.has(Method::Init)) else { continue };
            let begin = |node| Effect::Initialised { resource: member.clone(), node, version: of.version().clone() };
            effects.extend(self.up_init_nodes(member, behind).into_iter().map(begin));
        }
        effects
    }

    fn group_step(
        &mut self,
        group: &str,
        phase: Phase,
        (change, nodes, effects): (GroupEvent, Vec<String>, Vec<Effect>),
        after: &BTreeSet<String>,
    ) -> String {
        let members = self.moving.unmanaged.get(group).cloned().unwrap_or_default();
        let is_recorded = self.state.groups.get(group).is_some_and(|group| group.driver == Driver::Recorded);
        let mut operation = group_change(group, change, &nodes);
        operation.on_done.extend(effects);
        let mut back = group_change(group, back_of(change), &nodes);
        back.if_failed = IfFailed::Halt;
        match change {
            GroupEvent::Unmanage if is_recorded => back.on_done.extend(self.inits(&members, false)),
            GroupEvent::Manage if is_recorded => back.on_done.extend(self.finis(&members)),
            _ => {}
        }
        let named = self.upgrades.keys().next().map(|name| self.why(name));
        let administrator = is_recorded.then(|| recorded::group(self, group, change, &nodes));
        let reason = named.unwrap_or(Why { rule: String::new(), sentence: String::new(), place: None });
        self.push(after, Draft { phase, operation, undo: vec![plain(back)], reason, administrator })
    }

    fn finis(&self, members: &[String]) -> Vec<Effect> {
        let end = |member: &String| {
            let nodes = self.up_init_nodes(member, true).into_iter();
            let resource = member.clone();
            nodes.map(move |node| Effect::NotInitialised { resource: resource.clone(), node }).collect::<Vec<_>>()
        };
        members.iter().flat_map(end).collect()
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

    /// What undoes a method: what was taken down comes up by the same version, and the other way round.
    fn undo(&self, name: &str, (method, node): (Method, &str), operation: &Operation) -> Vec<Undo> {
        let Some(call) = operation.method() else { return Vec::new() };
        if self.mode(name) == Mode::Restarted {
            return Vec::new();
        }
        let present = self.present.get(name).filter(|of| of.version() == &call.version && call.type_name == of.name());
        let of = match present {
            Some(of) => Rc::clone(of),
            None => match self.behind(name) {
                Some(of) if of.name() == call.type_name => of,
                _ => return Vec::new(),
            },
        };
        let values = if present.is_some() {
            self.resource(name).map(|of| of.values.clone()).unwrap_or_default()
        } else {
            self.values_behind(name)
        };
        let group = self.group_name(name);
        let callee = Callee { resource: name, group: &group, of: &of, values: &values };
        let methods: &[Method] = match method {
            Method::MonitorStop => &[Method::MonitorStart],
            // Where nothing undoes Prenet_start, it belongs to what Stop has ended.
            Method::Stop if !of.has(Method::PostnetStop) => &[Method::PrenetStart, Method::Start],
            Method::Stop => &[Method::Start],
            Method::PostnetStop => &[Method::PrenetStart],
            Method::Fini => &[Method::Init],
            Method::MonitorStart => &[Method::MonitorStop],
            Method::Start => &[Method::Stop],
            Method::PrenetStart => &[Method::PostnetStop],
            Method::Init => &[Method::Fini],
            Method::Boot | Method::MonitorCheck | Method::Update | Method::Validate => &[],
        };
        let calls = methods.iter().filter_map(|method| callee.call(*method, node, IfFailed::Halt));
        let mut undo: Vec<Undo> = calls.map(plain).collect();
        if matches!(method, Method::Stop | Method::PostnetStop) && self.mode(name).is_down_meanwhile() {
            undo.extend(self.restarts(name));
        }
        undo
    }

    /// What is restarted because a resource was, also when that is undone: down in their order, then up.
    pub fn restarts(&self, name: &str) -> Vec<Undo> {
        let restarted: Vec<&String> =
            self.moving.moves.iter().filter(|(_, of)| of.mode == Mode::Restarted).map(|(name, _)| name).collect();
        if restarted.is_empty() || self.mode(name) == Mode::Restarted {
            return Vec::new();
        }
        let ordered = self.restart_order(&restarted);
        let mut operations = Vec::new();
        for name in &ordered {
            operations.extend(self.restart_calls(name, &[Method::MonitorStop, Method::Stop, Method::PostnetStop]));
        }
        for name in ordered.iter().rev() {
            operations.extend(self.restart_calls(name, &[Method::PrenetStart, Method::Start, Method::MonitorStart]));
        }
        operations.into_iter().map(|operation| Undo { last: true, ..plain(operation) }).collect()
    }

    /// Dependents before what they depend on.
    fn restart_order<'n>(&self, restarted: &[&'n String]) -> Vec<&'n String> {
        let mut left: Vec<&String> = restarted.to_vec();
        let mut ordered = Vec::new();
        while !left.is_empty() {
            let depends = |on: &String| left.iter().any(|name| self.depends(name, on));
            let at = left.iter().position(|name| !depends(name)).unwrap_or(0);
            ordered.push(left.remove(at));
        }
        ordered
    }

    /// Whether a resource moves because of another.
    fn depends(&self, name: &str, on: &str) -> bool {
        name != on && self.moving.moves.get(name).is_some_and(|of| of.on.as_deref() == Some(on))
    }

    fn restart_calls(&self, name: &str, methods: &[Method]) -> Vec<Operation> {
        if self.is_recorded(name) {
            let stops = methods.contains(&Method::Stop);
            return recorded::restart(self, name).into_iter().filter(|_| stops).collect();
        }
        let (Some(resource), Some(of)) = (self.resource(name), self.present.get(name)) else { return Vec::new() };
        let callee = Callee { resource: name, group: &resource.group, of, values: &resource.values };
        let mut calls = Vec::new();
        for node in self.online(name) {
            let monitored = resource.nodes.get(&node).is_some_and(|entry| entry.monitored);
            let wanted = methods.iter().filter(|method| monitored || **method != Method::MonitorStart);
            calls.extend(wanted.filter_map(|method| callee.call(*method, &node, IfFailed::Halt)));
        }
        calls
    }
}

/// Nothing is known to be in its way. What undoes is not undone itself: where it fails a person must see to it.
pub(super) fn plain(mut operation: Operation) -> Undo {
    if operation.if_failed == IfFailed::Unwind {
        operation.if_failed = IfFailed::Halt;
    }
    Undo { operation, last: false, impossible: None }
}

/// Something that is one commit.
pub(super) fn commit(what: What, on_done: Vec<Effect>) -> Operation {
    Operation {
        what,
        node: None,
        on_begin: Vec::new(),
        on_done,
        on_failed: Vec::new(),
        if_failed: IfFailed::Unwind,
        repeat: Repeat::OneCommit,
    }
}

/// A change of switches.
pub(super) fn switch(name: &str, change: SwitchChange, nodes: &[String]) -> Operation {
    let (resource, nodes) = (name.to_owned(), nodes.to_vec());
    let effects = match change {
        SwitchChange::Enable | SwitchChange::Disable => {
            vec![Effect::Enabled {
                resource: resource.clone(),
                nodes: nodes.clone(),
                on: change == SwitchChange::Enable,
            }]
        }
        SwitchChange::Monitor | SwitchChange::Unmonitor => {
            let on = change == SwitchChange::Monitor;
            vec![Effect::Monitored { resource: resource.clone(), nodes: nodes.clone(), on }]
        }
        SwitchChange::FollowDown | SwitchChange::FollowUp | SwitchChange::Restart => Vec::new(),
    };
    commit(What::Switch(Switch { resource, change, nodes }), effects)
}

/// The change that takes a change of switches back.
pub(super) const fn undo_of_switch(change: SwitchChange) -> Option<SwitchChange> {
    match change {
        SwitchChange::Enable => Some(SwitchChange::Disable),
        SwitchChange::Disable => Some(SwitchChange::Enable),
        SwitchChange::Monitor => Some(SwitchChange::Unmonitor),
        SwitchChange::Unmonitor => Some(SwitchChange::Monitor),
        SwitchChange::FollowDown => Some(SwitchChange::FollowUp),
        SwitchChange::FollowUp => Some(SwitchChange::FollowDown),
        SwitchChange::Restart => None,
    }
}

const fn back_of(change: GroupEvent) -> GroupEvent {
    match change {
        GroupEvent::Manage => GroupEvent::Unmanage,
        GroupEvent::Unmanage => GroupEvent::Manage,
        GroupEvent::Online => GroupEvent::Offline,
        GroupEvent::Offline => GroupEvent::Online,
    }
}

fn group_change(group: &str, change: GroupEvent, nodes: &[String]) -> Operation {
    let (group, nodes) = (group.to_owned(), nodes.to_vec());
    let effect = match change {
        GroupEvent::Manage | GroupEvent::Unmanage => {
            Effect::Managed { group: group.clone(), managed: change == GroupEvent::Manage }
        }
        GroupEvent::Online | GroupEvent::Offline => {
            Effect::GroupOnline { group: group.clone(), nodes: nodes.clone(), online: change == GroupEvent::Online }
        }
    };
    commit(What::Group(GroupChange { group, change, nodes }), vec![effect])
}

fn back((_, back): &(SetResource, SetResource)) -> (SetResource, SetResource) {
    (back.clone(), back.clone())
}

fn set_type_version(sets: &[(SetResource, SetResource)], gated: bool) -> Operation {
    let effect = |set: &SetResource| Effect::TypeVersion {
        resource: set.resource.clone(),
        version: set.to.clone(),
        values: set.values.clone(),
    };
    let effects = sets.iter().map(|(set, _)| effect(set)).collect();
    let resources = sets.iter().map(|(set, _)| set.clone()).collect();
    commit(What::SetTypeVersion(SetTypeVersion { gated, resources }), effects)
}
