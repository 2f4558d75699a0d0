//! What undoes a bundle, from the plan and the journal alone. Only what is journaled as done or whose outcome is not certain is
//! undone, the last step first; it never looks at any state, asks no gate and no Validate.

use rtreg_model::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::journal::{Journal, Status};
use crate::plan::{Bundle, Operation, Repeat, Step};

/// What undoes a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Unwinding {
    /// In this order.
    pub tasks: Vec<UndoTask>,
    /// The point of no return that has been passed; null if there is none, or it has not been passed. Then nothing is undone.
    pub passed: Option<String>,
}

/// Something that is done to undo a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UndoTask {
    /// The step.
    pub step: String,
    /// The name under which it is journaled.
    pub id: String,
    /// What is done.
    pub operation: Operation,
    /// Why it cannot be done; null if nothing is in its way.
    pub impossible: Option<String>,
}

/// What undoes what a bundle has done so far.
pub fn unwinding(bundle: &Bundle, journal: &Journal) -> Unwinding {
    let mut marks = bundle.steps.iter().filter(|step| step.is_mark());
    let passed = marks.find(|step| journal.status(&step.id) == Some(Status::Done));
    if let Some(mark) = passed {
        return Unwinding { tasks: Vec::new(), passed: Some(mark.id.clone()) };
    }
    let mut tasks = Vec::new();
    let mut last: Vec<UndoTask> = Vec::new();
    for step in bundle.steps.iter().rev() {
        let Some(certain) = is_undone(step, journal.status(&step.id)) else { continue };
        let has_own = step.undo.iter().any(|undo| !undo.last);
        let records = !step.operation.on_done.is_empty();
        if !certain && (has_own || records) && is_stopping(step) {
            // An interrupted Stop must have ended before anything is started over it. And where nothing is, as behind the Monitor_stop of
            // a version that the resource no longer has, what is recorded must become true.
            let id = format!("{}-again", step.id);
            tasks.push(UndoTask { step: step.id.clone(), id, operation: step.operation.clone(), impossible: None });
        }
        for (number, undo) in step.undo.iter().enumerate() {
            let task = UndoTask {
                step: step.id.clone(),
                id: step.undo_id(number),
                operation: undo.operation.clone(),
                impossible: undo.impossible.clone(),
            };
            if !undo.last {
                // What ends two things in one, such as Stop where nothing else ends what Prenet_start began, runs once.
                let is_done_by_it = number == 0 && tasks.last().is_some_and(|last| last.operation == task.operation);
                if !is_done_by_it {
                    tasks.push(task);
                }
            } else if !last.iter().any(|known| known.operation == task.operation) {
                last.push(task);
            }
        }
    }
    tasks.extend(last);
    Unwinding { tasks, passed: None }
}

/// Whether a step ends something, and may be run again. What begins something is ended by what undoes it.
fn is_stopping(step: &Step) -> bool {
    let method = step.operation.method().map(|call| call.method);
    let ends = [Method::MonitorStop, Method::Stop, Method::PostnetStop, Method::Fini];
    step.operation.repeat == Repeat::Yes && method.is_none_or(|method| ends.contains(&method))
}

/// Whether a step is undone, and whether it is certain that all of it was done. A commit that has no outcome has not happened.
fn is_undone(step: &Step, status: Option<Status>) -> Option<bool> {
    let is_commit = step.operation.repeat == Repeat::OneCommit;
    match status? {
        Status::Done => Some(true),
        Status::Begun | Status::Failed if !is_commit => Some(false),
        Status::Begun | Status::Failed | Status::Skipped => None,
    }
}
