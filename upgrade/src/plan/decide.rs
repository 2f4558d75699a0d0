//! What is to become of each resource that was asked for: upgraded, left as it is because the gate or the request says so,
//! or nothing. The gate decides; what the request permits is tried on a copy of the state, and the gate is asked again there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use rtreg_model::standard::DEPENDENCY_PROPERTIES;
use rtreg_model::{Driver, MonitorState, NodeStatus, Origin, ResourceState, Tunability};
use rtreg_registry::commands::properties::parse_assignments;
use rtreg_registry::commands::upgrade::dependency_faults;
use rtreg_registry::commands::version::{gate_state, gate_version};
use rtreg_registry::gate::{self, Assignment, Decision, Needs, Possible, Reason, Verdict, quote};
use rtreg_registry::migration::{PropertyChange, StoredValue, given_back};
use rtreg_registry::{CommandError, View};

use crate::commands::{PathRequest, path};
use crate::path::Path;

use super::data::{Asked, Back, HeldBack, HeldBackKind};
use super::read::{Reader, Type};
use super::state::{Effect, State};
use super::step::{At, SetResource, SetTypeVersion, Why};

/// A resource that is to be upgraded.
pub(super) struct Candidate {
    pub name: String,
    pub present: Rc<Type>,
    /// The versions that it gets, one after the other.
    pub legs: Vec<Leg>,
    /// What must happen to it; none if it stays as it runs.
    pub needs: Option<Needs>,
    pub tunability: Tunability,
    pub because: Vec<Why>,
    pub changes: Vec<PropertyChange>,
    /// The entry of its history that is taken back, if it goes back.
    pub undoes: Option<u64>,
    /// The state in which the gate has allowed it.
    pub allowed_in: State,
}

/// A change of version.
pub(super) struct Leg {
    pub target: Rc<Type>,
    pub properties: Vec<Assignment>,
    /// All values after it.
    pub values: BTreeMap<String, StoredValue>,
    /// What becomes of the properties with it.
    pub changes: Vec<PropertyChange>,
}

impl Candidate {
    /// The version that it has in the end.
    pub fn target(&self) -> &Rc<Type> {
        self.legs.last().map_or(&self.present, |leg| &leg.target)
    }
}

/// What becomes of a resource.
pub(super) enum Fate {
    NothingToDo,
    Upgraded(Box<Candidate>),
    HeldBack(HeldBack),
}

/// Decides on one resource.
pub(super) fn decide(
    reader: &mut Reader<'_, '_>,
    asked: &Asked,
    name: &str,
    (target, properties): (&Rc<Type>, &[Assignment]),
) -> Result<Fate, CommandError> {
    let present = reader.present(name)?;
    let group = reader.resource(name)?.group.clone();
    let is_recorded = reader.state.groups.get(&group).is_none_or(|group| group.driver == Driver::Recorded);
    let case = Case { name, asked, present, target: Rc::clone(target), properties, is_recorded };
    let now = reader.state.part([&name.to_owned()]);
    let decision = case.ask(reader, &now)?;
    if decision.is_same_version() && decision.verdict == Verdict::Allowed {
        return Ok(Fate::NothingToDo);
    }
    if decision.is_same_version() {
        return case.held_back(reader, HeldBackKind::Never, &decision).map(Fate::HeldBack);
    }
    if decision.verdict == Verdict::Allowed {
        return Ok(case.upgraded(None, &decision, &decision, now));
    }
    if let Some(fate) = case.by_path(reader, &now)? {
        return Ok(fate);
    }
    if decision.possible == Possible::Never && decision.verdict == Verdict::Blocked {
        return case.held_back(reader, HeldBackKind::Never, &decision).map(Fate::HeldBack);
    }
    let Some(needs) = decision.needs else {
        return case.held_back(reader, HeldBackKind::Refused, &decision).map(Fate::HeldBack);
    };
    let mut there = now.clone();
    let group = reader.resource(name)?.group.clone();
    let init_nodes = reader.init_nodes(&group, &case.present)?;
    bring(&mut there, name, needs, &init_nodes);
    let then = case.ask(reader, &there)?;
    let is_permitted = asked.allow.is_some_and(|allow| allow >= needs);
    match then.verdict {
        Verdict::Allowed if !is_permitted => case.blocked(reader, &decision, needs).map(Fate::HeldBack),
        Verdict::Allowed => Ok(case.upgraded(Some(needs), &decision, &then, there)),
        Verdict::Undecided => case.held_back(reader, HeldBackKind::Undecided, &decision).map(Fate::HeldBack),
        Verdict::Blocked => {
            let kind =
                if decision.verdict == Verdict::Undecided { HeldBackKind::Undecided } else { HeldBackKind::Refused };
            case.held_back(reader, kind, &then).map(Fate::HeldBack)
        }
    }
}

/// Whether the gate allows the changes of version of a candidate in a state; the reasons if it does not.
pub(super) fn holds(
    reader: &mut Reader<'_, '_>,
    asked: &Asked,
    candidate: &Candidate,
    state: &State,
) -> Result<Option<Vec<Why>>, CommandError> {
    let mut state = state.part([&candidate.name]);
    if candidate.legs.len() == 1
        && state.resources == candidate.allowed_in.resources
        && state.groups == candidate.allowed_in.groups
    {
        return Ok(None);
    }
    let mut present = Rc::clone(&candidate.present);
    for leg in &candidate.legs {
        let target = Rc::clone(&leg.target);
        let case =
            Case { name: &candidate.name, asked, present, target, properties: &leg.properties, is_recorded: false };
        let decision = case.ask(reader, &state)?;
        if decision.verdict != Verdict::Allowed {
            return Ok(Some(case.whys(&decision)));
        }
        state.apply(&Effect::TypeVersion {
            resource: candidate.name.clone(),
            version: leg.target.version().clone(),
            values: leg.values.clone(),
        });
        present = Rc::clone(&leg.target);
    }
    Ok(None)
}

/// Asks the gate about changes of version in any state: what a simulation needs, and nothing else.
pub struct Gatekeeper<'v, 's> {
    reader: RefCell<Reader<'v, 's>>,
}

impl<'v, 's> Gatekeeper<'v, 's> {
    /// The gate with the types of this view.
    ///
    /// # Errors
    /// [`CommandError::Store`].
    pub fn new(view: &'v View<'s>) -> Result<Self, CommandError> {
        Ok(Self { reader: RefCell::new(Reader::new(view)?) })
    }

    /// Why the gate does not allow a change in a state; none if it does. What cannot be told is a refusal.
    pub fn refusal(&self, state: &State, set: &SetTypeVersion) -> Option<String> {
        set.resources.iter().find_map(|set| match self.ask(state, set) {
            Ok(refusal) => refusal,
            Err(error) => Some(error.to_string()),
        })
    }

    fn ask(&self, state: &State, set: &SetResource) -> Result<Option<String>, CommandError> {
        let reader = &mut *self.reader.borrow_mut();
        let unknown = || Some(format!("`{}` or its version is not there any more.", set.resource));
        let Some(resource) = state.resources.get(&set.resource) else { return Ok(unknown()) };
        let present = reader.find_type(&resource.base, &resource.type_version)?;
        let target = reader.find_type(&resource.base, &set.to)?;
        let (Some(present), Some(target)) = (present, target) else { return Ok(unknown()) };
        let given = set.properties.iter().filter(|_| set.undoes.is_none());
        let properties = parse_assignments(given.map(String::as_str))?;
        let mut asked = Asked::default();
        if let Some(undoes) = set.undoes {
            let back = Back { version: set.to.clone(), values: set.values.clone(), undoes };
            asked.back.insert(set.resource.clone(), back);
        }
        let case =
            Case { name: &set.resource, asked: &asked, present, target, properties: &properties, is_recorded: false };
        let decision = case.ask(reader, state)?;
        let first = || decision.because.first().map(|reason| reason.sentence.clone()).unwrap_or_default();
        Ok((decision.verdict != Verdict::Allowed).then(first))
    }
}

/// A reason of the gate, with its place in the file of one of these versions.
pub(super) fn why(reason: &Reason, types: &[&Type]) -> Why {
    let kind = serde_json::to_value(reason.kind).ok();
    let rule = kind.and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    let place = reason.place.as_ref().and_then(|place| {
        let of = types.iter().find(|of| of.file() == place.file)?;
        Some(At { file: place.file.clone(), span: of.place(place.span) })
    });
    Why { rule, sentence: reason.sentence.clone(), place }
}

/// Whether a resource runs somewhere, or may.
pub(super) fn runs(state: &State, name: &str) -> bool {
    let Some(resource) = state.resources.get(name) else { return false };
    let listed = state.groups.get(&resource.group).map(|group| group.node_list.as_slice()).unwrap_or_default();
    listed.iter().any(|node| {
        let offline = resource.nodes.get(node).is_none_or(|entry| entry.state == ResourceState::Offline);
        state.status(node) != NodeStatus::Down && !offline
    })
}

/// The node where a resource is in a state from which no plan moves it, with that state in words.
pub(super) fn stuck(state: &State, name: &str) -> Option<(String, String)> {
    let resource = state.resources.get(name)?;
    let group = state.groups.get(&resource.group)?;
    group.node_list.iter().find_map(|node| {
        let entry = resource.nodes.get(node)?;
        match state.status(node) {
            NodeStatus::Down => None,
            NodeStatus::Unknown => Some((node.clone(), "the node is unknown".to_owned())),
            NodeStatus::Up if matches!(entry.state, ResourceState::Online | ResourceState::Offline) => None,
            NodeStatus::Up => Some((node.clone(), format!("it is {}", entry.state))),
        }
    })
}

/// The resource as it would be after what a plan does to it.
fn bring(state: &mut State, name: &str, needs: Needs, init_nodes: &[String]) {
    let down = needs >= Needs::Offline;
    let up: Vec<String> =
        state.nodes.iter().filter(|(_, status)| **status == NodeStatus::Up).map(|(node, _)| node.clone()).collect();
    let Some(resource) = state.resources.get_mut(name) else { return };
    for (node, entry) in &mut resource.nodes {
        entry.monitored &= down;
        entry.enabled &= !down;
        if !up.contains(node) {
            continue;
        }
        entry.monitor = MonitorState::Stopped;
        entry.monitor_started_by = Origin::None;
        if down {
            entry.state = ResourceState::Offline;
            entry.started_by = Origin::None;
        }
    }
    if needs < Needs::Unmanaged {
        return;
    }
    let group = resource.group.clone();
    if let Some(group) = state.groups.get_mut(&group) {
        group.managed = false;
        group.online_on.clear();
    }
    for node in up.iter().filter(|node| init_nodes.contains(node)) {
        state.apply(&Effect::NotInitialised { resource: name.to_owned(), node: node.clone() });
    }
}

/// The state that a tunability needs.
const fn needs_of(tunability: Tunability) -> Option<Needs> {
    match tunability {
        Tunability::Anytime => None,
        Tunability::WhenUnmonitored => Some(Needs::Unmonitored),
        Tunability::WhenOffline => Some(Needs::Offline),
        Tunability::WhenDisabled => Some(Needs::Disabled),
        Tunability::WhenUnmanaged | Tunability::AtCreation => Some(Needs::Unmanaged),
    }
}

struct Case<'a> {
    name: &'a str,
    asked: &'a Asked,
    present: Rc<Type>,
    target: Rc<Type>,
    properties: &'a [Assignment],
    /// Whether the administrator drives its group: then a permission only shows what would have to be done.
    is_recorded: bool,
}

impl Case<'_> {
    /// The gate's answer. Resources of a fleet are alike, and what it says of one it says of the next: names go into its words
    /// only, and an answer whose words have one is not used again.
    fn ask(&self, reader: &Reader<'_, '_>, state: &State) -> Result<Decision, CommandError> {
        let missing = || CommandError::Internal(format!("resource `{}` is not read", self.name));
        let mut state = state.gate_state(self.name).ok_or_else(missing)?;
        let group = std::mem::take(&mut state.group.name);
        let single = self.target.loaded.resource_type.single_instance.value;
        let is_alike = !single && self.back().is_none() && !self.may_change_dependencies(&state);
        let versions = (self.present.name(), self.target.name());
        if is_alike && let Some(known) = reader.answers.find(versions, self.properties, &state) {
            return Ok(known);
        }
        let blank = state.clone();
        state.group.name = group;
        let decision = self.ask_gate(reader.view, &reader.settings, &state)?;
        let names = |why: &Reason| why.sentence.contains(self.name) || why.sentence.contains(&state.group.name);
        if is_alike && !decision.because.iter().any(names) {
            reader.answers.keep(versions, self.properties, blank, &decision);
        }
        Ok(decision)
    }

    fn ask_gate(
        &self,
        view: &View<'_>,
        settings: &gate::Settings,
        state: &gate::State,
    ) -> Result<Decision, CommandError> {
        let present = gate_version(view, &self.present.loaded, self.name)?;
        let target = gate_version(view, &self.target.loaded, self.name)?;
        let request = gate::Request {
            resource: self.name,
            target: &target,
            present: &present,
            properties: self.properties,
            dependency_faults: &[],
            restored: self.back().map(|back| &back.values),
        };
        let faults =
            if self.may_change_dependencies(state) { dependency_faults(view, &request, state)? } else { Vec::new() };
        Ok(gate::decide(&gate::Request { dependency_faults: &faults, ..request }, state, settings))
    }

    /// Whether the resource could depend on others behind the change; where it cannot there is nothing to look up.
    fn may_change_dependencies(&self, state: &gate::State) -> bool {
        let names = |name: &str| DEPENDENCY_PROPERTIES.iter().any(|property| property.eq_ignore_ascii_case(name));
        let declares = |property: &&str| {
            let declared = self.target.loaded.resource_type.declared_property(property);
            declared.is_some_and(|declared| declared.default.is_some())
        };
        state.resource.values.keys().any(|name| names(name))
            || self.properties.iter().any(|given| names(&given.name))
            || self.back().is_some_and(|back| back.values.keys().any(|name| names(name)))
            || DEPENDENCY_PROPERTIES.iter().any(declares)
    }

    fn whys(&self, decision: &Decision) -> Vec<Why> {
        decision.because.iter().map(|reason| why(reason, &[&self.target, &self.present])).collect()
    }

    fn upgraded(&self, needs: Option<Needs>, now: &Decision, then: &Decision, allowed_in: State) -> Fate {
        let now_set = allowed_in.resources.get(self.name).map(|of| &of.values);
        let properties = match (self.back(), now_set) {
            (Some(_), Some(values)) => given_back(&then.changes, values),
            _ => self.properties.to_vec(),
        };
        let leg = Leg {
            target: Rc::clone(&self.target),
            properties,
            values: then.values.clone(),
            changes: then.changes.clone(),
        };
        Fate::Upgraded(Box::new(Candidate {
            name: self.name.to_owned(),
            present: Rc::clone(&self.present),
            legs: vec![leg],
            needs,
            tunability: now.tunability,
            because: self.whys(now),
            changes: then.changes.clone(),
            undoes: self.back().map(|back| back.undoes),
            allowed_in,
        }))
    }

    /// The way over other versions, where it is less disruptive than the direct one; none if it is not, or not asked for.
    fn by_path(&self, reader: &mut Reader<'_, '_>, now: &State) -> Result<Option<Fate>, CommandError> {
        let base = self.present.loaded.record.name.base().to_owned();
        if self.asked.direct
            || self.back().is_some()
            || base != self.target.loaded.record.name.base()
            || reader.count_versions(&base)? < 3
        {
            return Ok(None);
        }
        let to = self.target.version().as_str().unwrap_or("unversioned").to_owned();
        let request = PathRequest { resource: self.name.to_owned(), to, properties: self.properties.to_vec() };
        let best = path(reader.view, &request)?.paths.best;
        if best.is_direct() {
            return Ok(None);
        }
        let missing = best.hops.iter().filter(|hop| !hop.given).map(|hop| hop.needs);
        let needs = missing.max().and_then(needs_of);
        let mut there = now.clone();
        if let Some(needs) = needs {
            let group = reader.resource(self.name)?.group.clone();
            let init_nodes = reader.init_nodes(&group, &self.present)?;
            bring(&mut there, self.name, needs, &init_nodes);
        }
        let allowed_in = there.clone();
        let Some(legs) = self.legs(reader, &best, there)? else { return Ok(None) };
        let deciding = best.deciding().or(best.hops.first());
        let because = deciding.map(|hop| hop.decision.because.iter()).into_iter().flatten();
        let types: Vec<&Type> = legs.iter().map(|leg| &*leg.target).chain([&*self.present]).collect();
        let because: Vec<Why> = because.map(|reason| why(reason, &types)).collect();
        if needs.is_some_and(|needs| self.asked.allow.is_none_or(|allow| allow < needs)) {
            let needs = needs.unwrap_or(Needs::Unmanaged);
            let commands = vec![self.command(needs)];
            let resource = self.name.to_owned();
            return Ok(Some(Fate::HeldBack(HeldBack { resource, kind: HeldBackKind::Blocked, because, commands })));
        }
        let changes = legs.iter().flat_map(|leg| leg.changes.clone()).collect();
        Ok(Some(Fate::Upgraded(Box::new(Candidate {
            name: self.name.to_owned(),
            present: Rc::clone(&self.present),
            tunability: best.strictest,
            legs,
            needs,
            because,
            changes,
            undoes: None,
            allowed_in,
        }))))
    }

    /// The hops of a path as changes of version; none if the gate does not allow one of them there.
    fn legs(
        &self,
        reader: &mut Reader<'_, '_>,
        path: &Path,
        mut there: State,
    ) -> Result<Option<Vec<Leg>>, CommandError> {
        let base = self.present.loaded.record.name.base().to_owned();
        let mut present = Rc::clone(&self.present);
        let mut legs = Vec::new();
        for hop in &path.hops {
            let target = reader.type_of(&base, &hop.to)?;
            let (name, asked) = (self.name, self.asked);
            let case = Case {
                name,
                asked,
                present,
                target: Rc::clone(&target),
                properties: &hop.properties,
                is_recorded: false,
            };
            let decision = case.ask(reader, &there)?;
            if decision.verdict != Verdict::Allowed {
                return Ok(None);
            }
            let (resource, version) = (self.name.to_owned(), hop.to.clone());
            there.apply(&Effect::TypeVersion { resource, version, values: decision.values.clone() });
            present = Rc::clone(&target);
            let (values, changes) = (decision.values, decision.changes);
            legs.push(Leg { target, properties: hop.properties.clone(), values, changes });
        }
        Ok(Some(legs))
    }

    /// The gate's own answer: its commands rest on what only it reads of other resources.
    fn held_back(
        &self,
        reader: &Reader<'_, '_>,
        kind: HeldBackKind,
        decision: &Decision,
    ) -> Result<HeldBack, CommandError> {
        let state = gate_state(reader.view, self.name)?.state;
        let full = self.ask_gate(reader.view, &reader.settings, &state)?;
        let commands = full.commands.iter().chain(&full.statements).cloned().collect();
        Ok(HeldBack { resource: self.name.to_owned(), kind, because: self.whys(decision), commands })
    }

    fn blocked(&self, reader: &Reader<'_, '_>, now: &Decision, needs: Needs) -> Result<HeldBack, CommandError> {
        let mut held_back = self.held_back(reader, HeldBackKind::Blocked, now)?;
        held_back.commands.insert(0, self.command(needs));
        Ok(held_back)
    }

    /// What the resource goes back to, if that is what was asked.
    fn back(&self) -> Option<&Back> {
        self.asked.back.get(self.name)
    }

    /// The same request, with the permission that it needs.
    fn command(&self, needs: Needs) -> String {
        if self.back().is_some() {
            let what = self.asked.run.as_deref().unwrap_or(self.name);
            let preview = if self.is_recorded { " --preview" } else { "" };
            return format!("rtreg rollback {what} --allow {}{preview}", needs.as_str());
        }
        let version = self.target.version().as_str().unwrap_or("unversioned");
        let values: String = self.asked.properties.iter().map(|value| format!(" -p {}", quote(value))).collect();
        format!("rtreg plan {} --to {}{values} --allow {}", self.name, quote(version), needs.as_str())
    }
}
