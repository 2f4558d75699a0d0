//! An executor that changes a copy of the state by what the steps record, and can be told to fail. It starts no process and
//! writes nothing.

use std::collections::{BTreeMap, VecDeque};

use super::journal::{BundleNote, Journal, Status};
use super::{Executor, Failure, FailureKind, Finished, Task, TaskEnd};
use crate::plan::{Basis, Operation, Plan, SetTypeVersion, State, What};

/// Asks whether the gate allows a change in a state: the sentence that refuses it, or none.
pub type Gate<'g> = dyn Fn(&State, &SetTypeVersion) -> Option<String> + 'g;

/// What is to happen to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Injection {
    /// It fails in this way.
    Fails(FailureKind),
    /// The coordinator ends when the intent is journaled, before anything is done.
    CrashBefore,
    /// The coordinator ends when it is done, before that is journaled.
    CrashBehind,
    /// Nobody knows how it ended.
    Lost,
    /// Its node goes down while it runs.
    NodeDown,
}

/// An operation that the simulator has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its name.
    pub id: String,
    /// What it is.
    pub operation: Operation,
    /// What it has really done, whatever the journal says of it.
    pub ran: bool,
    /// Whether it has done all of it.
    pub done: bool,
    /// Its node went down with all that ran there, while it ran or before.
    pub node_down: bool,
}

/// The executor.
#[derive(Clone)]
pub struct Simulator<'g> {
    /// The state as it is now.
    pub state: State,
    /// The journal as it is now.
    pub journal: Journal,
    /// What is to happen, by the name of the operation; each once.
    pub injections: BTreeMap<String, Injection>,
    /// All that was begun, in order.
    pub log: Vec<LogLine>,
    gate: &'g Gate<'g>,
    begun: VecDeque<(String, Operation)>,
}

impl<'g> Simulator<'g> {
    /// Begins with the state that the plan was made of.
    pub fn new(plan: &Plan, gate: &'g Gate<'g>) -> Self {
        Self {
            state: plan.state.clone(),
            journal: Journal::default(),
            injections: BTreeMap::new(),
            log: Vec::new(),
            gate,
            begun: VecDeque::new(),
        }
    }

    /// The same, and this is to happen to that operation.
    #[must_use]
    pub fn with(mut self, id: &str, injection: Injection) -> Self {
        self.injections.insert(id.to_owned(), injection);
        self
    }

    fn is_down(&self, operation: &Operation) -> bool {
        let status = operation.node.as_ref().map(|node| self.state.status(node));
        status == Some(rtreg_model::NodeStatus::Down)
    }

    fn end(&mut self, id: &str, operation: &Operation) -> TaskEnd {
        if self.is_down(operation) {
            self.lost_node(id);
            return TaskEnd::NodeDown;
        }
        let injection = self.injections.remove(id);
        match injection {
            Some(Injection::CrashBefore) => return TaskEnd::Crashed,
            Some(Injection::Lost) => {
                self.logged(id, true, false);
                return TaskEnd::Unknown(format!("Nobody knows how {id} has ended."));
            }
            Some(Injection::NodeDown) if operation.node.is_some() => {
                operation.node.iter().for_each(|node| self.state.node_down(node));
                self.lost_node(id);
                return TaskEnd::NodeDown;
            }
            _ => {}
        }
        let failure = match (&operation.what, injection) {
            (_, Some(Injection::Fails(kind))) => Some(Failure { kind, sentence: sentence(id, operation, kind) }),
            (What::SetTypeVersion(set), _) if set.gated => {
                let refused = (self.gate)(&self.state, set);
                refused.map(|sentence| Failure { kind: FailureKind::Refused, sentence })
            }
            _ => None,
        };
        // A file that is missing or another one is never started, and a commit that is refused does nothing.
        let kind = failure.as_ref().map(|failure| failure.kind);
        let ran = !matches!(kind, Some(FailureKind::Missing | FailureKind::Changed | FailureKind::Refused));
        self.logged(id, ran, failure.is_none());
        if injection == Some(Injection::CrashBehind) {
            // A commit has its outcome in itself.
            if operation.repeat == crate::plan::Repeat::OneCommit {
                self.done(operation);
                self.journal.operations.insert(id.to_owned(), Status::Done);
            }
            return TaskEnd::Crashed;
        }
        match &failure {
            Some(_) => operation.on_failed.iter().for_each(|effect| self.state.apply(effect)),
            None => self.done(operation),
        }
        failure.map_or(TaskEnd::Done, TaskEnd::Failed)
    }

    fn done(&mut self, operation: &Operation) {
        if let What::Registry(change) = &operation.what {
            self.state.become_after(&change.becomes);
        }
        operation.on_done.iter().for_each(|effect| self.state.apply(effect));
    }

    fn lost_node(&mut self, id: &str) {
        if let Some(line) = self.log.iter_mut().rev().find(|line| line.id == id) {
            line.node_down = line.operation.node.is_some();
        }
    }

    fn logged(&mut self, id: &str, ran: bool, done: bool) {
        if let Some(line) = self.log.iter_mut().rev().find(|line| line.id == id) {
            (line.ran, line.done) = (ran, done);
        }
    }
}

impl Executor for Simulator<'_> {
    fn journal(&self) -> Journal {
        self.journal.clone()
    }

    fn stale(&mut self, _: &Basis) -> Option<String> {
        None
    }

    fn begin(&mut self, task: &Task<'_>) {
        let operation = task.operation.clone();
        self.journal.operations.insert(task.id.to_owned(), Status::Begun);
        if !self.is_down(&operation) {
            operation.on_begin.iter().for_each(|effect| self.state.apply(effect));
        }
        self.log.push(LogLine {
            id: task.id.to_owned(),
            operation: operation.clone(),
            ran: false,
            done: false,
            node_down: false,
        });
        self.begun.push_back((task.id.to_owned(), operation));
    }

    fn finish(&mut self) -> Finished {
        let Some((id, operation)) = self.begun.pop_front() else {
            return Finished { id: String::new(), end: TaskEnd::Crashed };
        };
        let end = self.end(&id, &operation);
        let status = match &end {
            TaskEnd::Done => Some(Status::Done),
            TaskEnd::Failed(_) => Some(Status::Failed),
            TaskEnd::NodeDown => Some(Status::Skipped),
            TaskEnd::Unknown(_) | TaskEnd::Crashed => None,
        };
        self.journal.operations.extend(status.map(|status| (id.clone(), status)));
        if end == TaskEnd::Crashed {
            self.begun.clear();
        }
        Finished { id, end }
    }

    fn note(&mut self, bundle: &str, note: BundleNote) {
        self.journal.bundles.insert(bundle.to_owned(), note);
    }
}

fn sentence(id: &str, operation: &Operation, kind: FailureKind) -> String {
    let what = match operation.method() {
        Some(call) => format!("{} of {}", call.method.as_str(), call.type_name),
        None => id.to_owned(),
    };
    match kind {
        FailureKind::ExitCode => format!("{what} ended with code 1."),
        FailureKind::Timeout => format!("{what} was ended at its timeout."),
        FailureKind::Signal => format!("{what} was ended by signal 11."),
        FailureKind::Missing => format!("The file of {what} is not there."),
        FailureKind::Changed => format!("The file of {what} is not the one that its version registered."),
        FailureKind::Refused => format!("The commit of {what} was refused."),
    }
}
