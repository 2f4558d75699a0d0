//! A plan of a state command while it is made: its steps, what it should say, and what it rests on.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rtreg_control::rgm::{Event, InRun};
use rtreg_registry::CommandError;
use rtreg_registry::commands::driven;

use super::StateCommand;
use crate::plan::files::{self, Basing};
use crate::plan::lower::{commit, group_change, switch};
use crate::plan::read::{Reader, Type};
use crate::plan::schedule::{Schedule, expect};
use crate::plan::{
    Asked, Basis, Becomes, Bundle, DigestCheck, Driver, Effect, GroupEvent, IfFailed, Notice, NoticeKind, Operation,
    Phase, Plan, RegistryChange, Repeat, Step, SwitchChange, Wave, What, Why,
};

/// The name of the only bundle.
const BUNDLE: &str = "b1";

/// What a step waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wait {
    /// Done.
    pub done: BTreeSet<String>,
    /// Ended, well or not.
    pub ended: BTreeSet<String>,
}

impl Wait {
    /// For one step to be done.
    pub fn on(id: String) -> Self {
        Self { done: BTreeSet::from([id]), ended: BTreeSet::new() }
    }

    /// For that, too.
    pub fn and(&mut self, other: &Self) {
        self.done.extend(other.done.iter().cloned());
        self.ended.extend(other.ended.iter().cloned());
    }

    /// For the order only.
    pub fn and_end_of(&mut self, other: &Self) {
        self.ended.extend(other.done.iter().chain(&other.ended).cloned());
    }
}

/// Why a step is there, and in which part.
#[derive(Debug, Clone)]
pub(super) struct Reason {
    pub phase: Phase,
    pub event: Event,
    pub sentence: String,
}

impl Reason {
    pub fn new(phase: Phase, event: Event, sentence: impl Into<String>) -> Self {
        Self { phase, event, sentence: sentence.into() }
    }
}

/// The plan while it is made.
pub(super) struct Builder<'r, 'v, 's> {
    pub reader: &'r mut Reader<'v, 's>,
    steps: Vec<Step>,
    moves: BTreeMap<String, String>,
    disrupts: BTreeSet<String>,
    types: BTreeMap<String, Rc<Type>>,
    notices: BTreeSet<Notice>,
}

impl<'r, 'v, 's> Builder<'r, 'v, 's> {
    pub fn new(reader: &'r mut Reader<'v, 's>) -> Self {
        Self {
            reader,
            steps: Vec::new(),
            moves: BTreeMap::new(),
            disrupts: BTreeSet::new(),
            types: BTreeMap::new(),
            notices: BTreeSet::new(),
        }
    }

    /// Whether nothing is to be done until now.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Something to be known.
    pub fn notice(&mut self, kind: NoticeKind, sentence: impl Into<String>) {
        self.notices.insert(Notice { kind, sentence: sentence.into() });
    }

    /// Files of this version are called.
    pub fn uses(&mut self, of: &Rc<Type>) {
        self.types.entry(of.name().to_owned()).or_insert_with(|| Rc::clone(of));
    }

    /// A resource that moves, and why; a group in which something goes down.
    pub fn moves(&mut self, resource: &str, group: &str, reason: &Reason) {
        self.moves.insert(resource.to_owned(), reason.sentence.clone());
        if reason.phase == Phase::Down || reason.event == Event::ResourceRestart {
            self.disrupts.insert(group.to_owned());
        }
    }

    pub fn push(&mut self, operation: Operation, reason: &Reason, wait: &Wait) -> String {
        let id = format!("{BUNDLE}.{}", self.steps.len() + 1);
        let why = Why { rule: reason.event.as_str().to_owned(), sentence: reason.sentence.clone(), place: None };
        self.steps.push(Step {
            id: id.clone(),
            after: wait.done.iter().cloned().collect(),
            after_end: wait.ended.difference(&wait.done).cloned().collect(),
            phase: reason.phase,
            operation: warned(operation),
            undo: Vec::new(),
            reason: why,
            expected_seconds: None,
            administrator: None,
        });
        id
    }

    /// A change of switches, with what else is recorded then.
    pub fn switch(
        &mut self,
        resource: &str,
        (change, nodes): (SwitchChange, &[String]),
        more: Vec<Effect>,
        (reason, wait): (&Reason, &Wait),
    ) -> String {
        let mut operation = switch(resource, change, nodes);
        operation.on_done.extend(more);
        self.commit(operation, reason, wait)
    }

    /// A change of a group, with what else is recorded then.
    pub fn group(
        &mut self,
        group: &str,
        (change, nodes): (GroupEvent, &[String]),
        more: Vec<Effect>,
        (reason, wait): (&Reason, &Wait),
    ) -> String {
        let mut operation = group_change(group, change, nodes);
        operation.on_done.extend(more);
        self.commit(operation, reason, wait)
    }

    /// The registry's own part of the command.
    pub fn registry(&mut self, command: driven::Command, becomes: Becomes, (reason, wait): (&Reason, &Wait)) -> String {
        self.commit(commit(What::Registry(RegistryChange { command, becomes }), Vec::new()), reason, wait)
    }

    fn commit(&mut self, mut operation: Operation, reason: &Reason, wait: &Wait) -> String {
        operation.if_failed = IfFailed::LeaveOut;
        self.push(operation, reason, wait)
    }

    pub fn plan(mut self, command: &StateCommand) -> Result<Plan, CommandError> {
        expect(self.reader, &mut self.steps)?;
        for (name, node) in unseen(&self.steps) {
            let sentence = format!(
                "No process on `{node}` has seen all the methods of {name} that are called there; they run all the same."
            );
            self.notices.insert(Notice { kind: NoticeKind::NoDigest, sentence });
        }
        let basing = Basing::new(self.reader);
        let mut basis = basing.of_plan();
        basis.types = self.types.iter().map(|(name, of)| (name.clone(), files::of_type(of))).collect();
        let schedule = Schedule::new(&self.steps);
        let (blackouts, expected) = (schedule.blackouts(), schedule.expected());
        let bundle = Bundle {
            id: BUNDLE.to_owned(),
            upgrades: Vec::new(),
            moves: self.moves,
            disrupts: self.disrupts.into_iter().collect(),
            carried_out_by: Driver::Rgm,
            blackouts,
            expected,
            steps: self.steps,
            basis: Basis { types: BTreeMap::new(), ..basing.all() },
        };
        let waves = if bundle.steps.is_empty() { Vec::new() } else { vec![Wave::new(vec![bundle])] };
        let request = Asked { max_unavailable: 1, command: Some(command.clone()), ..Asked::default() };
        let plan = Plan {
            version: 1,
            id: String::new(),
            request,
            waves,
            held_back: Vec::new(),
            nothing_to_do: Vec::new(),
            notices: self.notices.into_iter().collect(),
            basis,
            state: self.reader.state.clone(),
            expected,
        };
        Ok(plan.named())
    }
}

/// What a failure comes to in a state command: the table's word for a run, except that nothing is undone.
pub(super) fn if_failed(in_run: InRun) -> IfFailed {
    match in_run {
        InRun::Refuse | InRun::RefuseMove => IfFailed::Refuse,
        InRun::Record | InRun::RecordOrStrict => IfFailed::GoOn,
        InRun::Unwind | InRun::OneCommit | InRun::None | InRun::Halt | InRun::AsEach => IfFailed::LeaveOut,
    }
}

/// A state command runs also where a file has changed.
fn warned(mut operation: Operation) -> Operation {
    if let What::Method(call) = &mut operation.what {
        call.digest_check = DigestCheck::Warn;
    }
    if let Repeat::After { first } = operation.repeat {
        operation.repeat = Repeat::After { first: first.into_iter().map(warned).collect() };
    }
    operation
}

fn unseen(steps: &[Step]) -> BTreeSet<(String, String)> {
    let unseen = steps.iter().filter(|step| step.operation.method().is_some_and(|call| call.digest.is_none()));
    unseen.filter_map(|step| Some((step.operation.method()?.type_name.clone(), step.operation.node.clone()?))).collect()
}
