//! One bundle at work, forwards or backwards, and several beside each other. What is begun next follows from the plan and from
//! what has ended; a failure stops the bundle until all that has begun has ended.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::journal::{BundleNote, Journal, Status};
use super::unwind::unwinding;
use super::{BundleEnd, Executor, Failure, Finished, Task, TaskEnd};
use crate::plan::{Bundle, IfFailed, Operation, Repeat, Step};

/// A bundle at work.
pub(super) struct Running<'p> {
    bundle: &'p Bundle,
    status: BTreeMap<String, Status>,
    /// A person has said that it goes on: what a node that is down cannot do is left out.
    resumed: bool,
    /// Names that are waited for.
    begun: Vec<String>,
    /// What follows an operation that has begun: what else must run before a step is repeated, and then the step itself.
    repeats: BTreeMap<String, VecDeque<Queued>>,
    /// The names of what runs before a step is repeated.
    firsts: BTreeSet<String>,
    /// What undoes it, the first is next.
    undo: Option<VecDeque<Queued>>,
    undone: Vec<String>,
    failing: Option<(String, IfFailed, Option<Failure>)>,
    /// The first failure that only leaves out what waits for it.
    left_out: Option<(String, Failure)>,
    halting: Option<(String, String)>,
    end: Option<BundleEnd>,
}

/// An operation that is waiting its turn.
#[derive(Debug, Clone)]
struct Queued {
    id: String,
    operation: Operation,
    impossible: Option<String>,
}

impl<'p> Running<'p> {
    /// From where the journal ends.
    pub fn new(bundle: &'p Bundle, journal: &Journal) -> Self {
        let mut running = Self::bare(bundle, journal);
        match journal.bundles.get(&bundle.id) {
            Some(BundleNote::Done) => running.end = Some(BundleEnd::Done),
            Some(BundleNote::Unwound) => running.end = Some(unwound(None, Vec::new())),
            Some(BundleNote::Refused) => running.end = Some(unwound(None, Vec::new())),
            Some(BundleNote::Unwinding) => running.unwind(journal),
            Some(BundleNote::Failed) => running.end = Some(running.ends_failed()),
            Some(BundleNote::Halted) | None => {}
        }
        running
    }

    /// A person wants it undone.
    pub fn aborted(bundle: &'p Bundle, journal: &Journal, on: &mut dyn Executor) -> Self {
        let mut running = Self::bare(bundle, journal);
        if bundle.unwinds() {
            on.note(&bundle.id, BundleNote::Unwinding);
            running.unwind(journal);
        } else {
            on.note(&bundle.id, BundleNote::Failed);
            running.end = Some(running.ends_failed());
        }
        running
    }

    fn bare(bundle: &'p Bundle, journal: &Journal) -> Self {
        Self {
            bundle,
            status: journal.operations.clone(),
            resumed: journal.has_begun(bundle),
            begun: Vec::new(),
            repeats: BTreeMap::new(),
            firsts: BTreeSet::new(),
            undo: None,
            undone: Vec::new(),
            failing: None,
            left_out: None,
            halting: None,
            end: None,
        }
    }

    /// From now on backwards.
    fn unwind(&mut self, journal: &Journal) {
        let unwinding = unwinding(self.bundle, journal);
        if let Some(mark) = unwinding.passed {
            let sentence = "The point of no return has been passed: what was done is not undone.".to_owned();
            self.halting = Some((mark, sentence));
            return;
        }
        let queued =
            |task: super::UndoTask| Queued { id: task.id, operation: task.operation, impossible: task.impossible };
        self.undo = Some(unwinding.tasks.into_iter().map(queued).collect());
    }

    /// Begins what can begin, or ends.
    fn advance(&mut self, on: &mut dyn Executor) {
        if self.end.is_some() || !self.begun.is_empty() {
            if self.end.is_none() && self.failing.is_none() && self.halting.is_none() && self.undo.is_none() {
                self.forwards(on);
            }
            return;
        }
        if let Some((at, sentence)) = self.halting.clone() {
            // What has begun to be undone is never gone on with: its steps are no longer done.
            let note = if self.undo.is_some() { BundleNote::Unwinding } else { BundleNote::Halted };
            on.note(&self.bundle.id, note);
            self.end = Some(BundleEnd::Halted { at, sentence });
        } else if self.undo.is_some() {
            self.backwards(on);
        } else if let Some((step, if_failed, failure)) = self.failing.clone() {
            self.fail(on, (step, if_failed, failure));
        } else {
            self.forwards(on);
        }
    }

    /// A person wants it undone, in the middle.
    fn interrupt(&mut self) {
        if self.end.is_none() && self.undo.is_none() && self.halting.is_none() && self.failing.is_none() {
            self.failing = Some((String::new(), IfFailed::Unwind, None));
        }
    }

    fn fail(&mut self, on: &mut dyn Executor, (step, if_failed, failure): (String, IfFailed, Option<Failure>)) {
        match (if_failed, failure) {
            (IfFailed::Refuse, Some(failure)) => {
                on.note(&self.bundle.id, BundleNote::Refused);
                self.end = Some(BundleEnd::Refused { step, failure });
            }
            (IfFailed::Halt, failure) => {
                let sentence = failure.map(|failure| failure.sentence).unwrap_or_default();
                on.note(&self.bundle.id, BundleNote::Halted);
                self.end = Some(BundleEnd::Halted { at: step, sentence });
            }
            _ if !self.bundle.unwinds() => {
                on.note(&self.bundle.id, BundleNote::Failed);
                self.end = Some(self.ends_failed());
            }
            _ => {
                on.note(&self.bundle.id, BundleNote::Unwinding);
                let journal = Journal { operations: self.status.clone(), bundles: BTreeMap::new() };
                self.unwind(&journal);
                self.advance(on);
            }
        }
    }

    fn forwards(&mut self, on: &mut dyn Executor) {
        let is_new = !self.resumed && self.begun.is_empty() && self.status_of_steps() == 0;
        if is_new && let Some(sentence) = on.stale(&self.bundle.basis) {
            self.end = Some(BundleEnd::Stale { sentence });
            return;
        }
        let bundle = self.bundle;
        for step in &bundle.steps {
            let is_waited_for = self.begun.contains(&step.id) || self.is_repeated(&step.id);
            let is_over = match self.status.get(&step.id) {
                Some(Status::Done | Status::Skipped) => true,
                // What failed in an earlier life and let the bundle go on is over; anything else is tried again.
                Some(Status::Failed) => goes_on(step.operation.if_failed) || !self.resumed,
                Some(Status::Begun) | None => false,
            };
            if is_waited_for || is_over || !self.may_begin(step) {
                continue;
            }
            self.begin_step(on, &step.id, &step.operation);
        }
        if self.begun.is_empty() && self.halting.is_none() && self.failing.is_none() {
            let (note, end) = match self.has_left_out() {
                true => (BundleNote::Failed, self.ends_failed()),
                false => (BundleNote::Done, BundleEnd::Done),
            };
            on.note(&bundle.id, note);
            self.end = Some(end);
        } else if self.begun.is_empty() {
            self.advance(on);
        }
    }

    /// Whether what waits for a step may begin: it is done, or its failure lets the bundle go on.
    fn is_ended(&self, id: &str) -> bool {
        match self.status.get(id) {
            Some(Status::Done | Status::Skipped) => true,
            Some(Status::Failed) => self.if_failed(id) == IfFailed::GoOn,
            Some(Status::Begun) | None => false,
        }
    }

    fn may_begin(&self, step: &Step) -> bool {
        let is_over = |id: &String| {
            matches!(self.status.get(id), Some(Status::Done | Status::Skipped | Status::Failed)) || self.is_left_out(id)
        };
        step.after.iter().all(|id| self.is_ended(id)) && step.after_end.iter().all(is_over)
    }

    fn has_failed(&self, step: &Step) -> bool {
        step.operation.if_failed == IfFailed::LeaveOut && self.status.get(&step.id) == Some(&Status::Failed)
    }

    fn has_left_out(&self) -> bool {
        self.bundle.steps.iter().any(|step| self.has_failed(step))
    }

    /// The steps that wait for what has failed, or for what waits for that.
    fn left_out(&self) -> BTreeSet<&'p str> {
        let mut out: BTreeSet<&str> = BTreeSet::new();
        for step in &self.bundle.steps {
            let is_out = |id: &String| {
                let failed =
                    self.bundle.steps.iter().find(|step| step.id == *id).is_some_and(|step| self.has_failed(step));
                failed || out.contains(id.as_str())
            };
            if step.after.iter().any(is_out) {
                out.insert(&step.id);
            }
        }
        out
    }

    fn is_left_out(&self, id: &str) -> bool {
        self.left_out().contains(id)
    }

    /// How it ends where nothing is undone: all that is not done was left out.
    fn ends_failed(&self) -> BundleEnd {
        let failed = || self.bundle.steps.iter().find(|step| self.has_failed(step)).map(|step| step.id.clone());
        let (step, failure) = match &self.left_out {
            Some((step, failure)) => (Some(step.clone()), Some(failure.clone())),
            None => (failed(), None),
        };
        let is_out = |step: &&Step| !self.status.contains_key(&step.id);
        let left_out = self.bundle.steps.iter().filter(is_out).map(|step| step.id.clone()).collect();
        BundleEnd::Failed { step, failure, left_out }
    }

    fn status_of_steps(&self) -> usize {
        self.bundle.steps.iter().filter(|step| self.status.contains_key(&step.id)).count()
    }

    fn is_repeated(&self, id: &str) -> bool {
        self.repeats.values().flatten().any(|queued| queued.id == id)
    }

    /// A step, or what must run before it may be repeated.
    fn begin_step(&mut self, on: &mut dyn Executor, id: &str, operation: &Operation) {
        let uncertain = matches!(self.status.get(id), Some(Status::Begun | Status::Failed));
        let own = Queued { id: id.to_owned(), operation: operation.clone(), impossible: None };
        match (&operation.repeat, uncertain) {
            (_, false) | (Repeat::OneCommit | Repeat::Yes | Repeat::Probe, true) => self.begin(on, own),
            (Repeat::After { first }, true) => {
                let again = |(number, operation): (usize, &Operation)| Queued {
                    id: format!("{id}-first{}", number + 1),
                    operation: operation.clone(),
                    impossible: None,
                };
                let mut queue: VecDeque<Queued> = first.iter().enumerate().map(again).collect();
                self.firsts.extend(queue.iter().map(|queued| queued.id.clone()));
                queue.push_back(own);
                self.begin_queue(on, queue);
            }
            (Repeat::No, true) => {
                let sentence = format!(
                    "Whether {id} is done is not known, and it must not be repeated; say so with `rtreg resume --assume \
                     done|not-done`."
                );
                self.halting = Some((id.to_owned(), sentence));
            }
        }
    }

    fn backwards(&mut self, on: &mut dyn Executor) {
        while let Some(next) = self.undo.as_mut().and_then(VecDeque::pop_front) {
            if matches!(self.status.get(&next.id), Some(Status::Done | Status::Skipped)) {
                self.undone.push(next.id);
                continue;
            }
            if let Some(why) = &next.impossible {
                self.halting = Some((next.id.clone(), format!("This cannot be undone. {why}")));
                return self.advance(on);
            }
            let (id, operation) = (next.id.clone(), next.operation.clone());
            self.begin_step(on, &id, &operation);
            if self.begun.is_empty() {
                return self.advance(on);
            }
            return;
        }
        on.note(&self.bundle.id, BundleNote::Unwound);
        let failed = self.failing.take().filter(|(step, ..)| !step.is_empty());
        let failed = failed.map(|(step, _, failure)| (step, failure));
        self.end = Some(unwound(failed, std::mem::take(&mut self.undone)));
    }

    fn begin(&mut self, on: &mut dyn Executor, queued: Queued) {
        on.begin(&Task { bundle: &self.bundle.id, id: &queued.id, operation: &queued.operation });
        self.status.insert(queued.id.clone(), Status::Begun);
        self.begun.push(queued.id);
    }

    /// An operation of this bundle has ended.
    fn ended(&mut self, on: &mut dyn Executor, finished: Finished) {
        let Finished { id, end } = finished;
        self.begun.retain(|begun| *begun != id);
        let if_failed = self.if_failed(&id);
        let (status, is_well) = match end {
            TaskEnd::Done => (Status::Done, true),
            TaskEnd::NodeDown if self.resumed => (Status::Skipped, true),
            TaskEnd::NodeDown => {
                let sentence = "Its node has gone down meanwhile; `rtreg resume` goes on without the node, `rtreg abort` goes back."
                    .to_owned();
                self.halting = Some((id.clone(), sentence));
                (Status::Begun, false)
            }
            TaskEnd::Unknown(sentence) => {
                self.halting = Some((id.clone(), sentence));
                (Status::Begun, false)
            }
            TaskEnd::Failed(_) if if_failed == IfFailed::GoOn => (Status::Failed, true),
            TaskEnd::Failed(failure) if if_failed == IfFailed::LeaveOut => {
                self.left_out.get_or_insert((id.clone(), failure));
                (Status::Failed, false)
            }
            TaskEnd::Failed(failure) => {
                self.failed(&id, if_failed, failure);
                (Status::Failed, false)
            }
            TaskEnd::Crashed => return,
        };
        self.status.insert(id.clone(), status);
        if self.undo.is_some() && is_well && !self.firsts.contains(&id) {
            self.undone.push(id.clone());
        }
        if let Some(queue) =
            self.repeats.remove(&id).filter(|_| is_well && self.failing.is_none() && self.halting.is_none())
        {
            self.begin_queue(on, queue);
        }
    }

    /// The first of a queue; the others follow when it is done.
    fn begin_queue(&mut self, on: &mut dyn Executor, mut queue: VecDeque<Queued>) {
        let Some(next) = queue.pop_front() else { return };
        if !queue.is_empty() {
            self.repeats.insert(next.id.clone(), queue);
        }
        self.begin(on, next);
    }

    /// Backwards every failure needs a person; forwards the plan says what follows.
    fn failed(&mut self, id: &str, if_failed: IfFailed, failure: Failure) {
        if self.undo.is_some() || self.firsts.contains(id) {
            self.halting = Some((id.to_owned(), failure.sentence));
            return;
        }
        let worse = self.failing.as_ref().is_none_or(|(_, known, _)| *known < if_failed);
        if worse {
            self.failing = Some((id.to_owned(), if_failed, Some(failure)));
        }
    }

    fn if_failed(&self, id: &str) -> IfFailed {
        let step = self.bundle.steps.iter().find(|step| step.id == id).map(|step| step.operation.if_failed);
        let undo = || {
            self.bundle.steps.iter().find_map(|step| {
                let mut undo = step.undo.iter().enumerate();
                undo.find(|(number, _)| step.undo_id(*number) == id).map(|(_, undo)| undo.operation.if_failed)
            })
        };
        step.or_else(undo).unwrap_or(IfFailed::Halt)
    }
}

/// Carries out bundles beside each other until all have ended; false if the coordinator has.
pub(super) fn together(
    mut bundles: Vec<Running<'_>>,
    on: &mut dyn Executor,
    ends: &mut BTreeMap<String, BundleEnd>,
) -> bool {
    loop {
        if on.wants_abort() {
            bundles.iter_mut().for_each(Running::interrupt);
        }
        bundles.iter_mut().for_each(|bundle| bundle.advance(on));
        if bundles.iter().all(|bundle| bundle.end.is_some()) {
            break;
        }
        let finished = on.finish();
        if finished.end == TaskEnd::Crashed {
            return false;
        }
        let owner = bundles.iter_mut().find(|bundle| bundle.begun.contains(&finished.id));
        let Some(owner) = owner else { return false };
        owner.ended(on, finished);
    }
    ends.extend(bundles.into_iter().filter_map(|bundle| Some((bundle.bundle.id.clone(), bundle.end?))));
    true
}

/// Whether the bundle goes on when such a step fails.
fn goes_on(if_failed: IfFailed) -> bool {
    matches!(if_failed, IfFailed::GoOn | IfFailed::LeaveOut)
}

fn unwound(failed: Option<(String, Option<Failure>)>, undone: Vec<String>) -> BundleEnd {
    let (step, failure) = failed.map_or((None, None), |(step, failure)| (Some(step), failure));
    BundleEnd::Unwound { step, failure, undone }
}
