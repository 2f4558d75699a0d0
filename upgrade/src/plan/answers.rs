//! Answers of the gate that are used again for resources that are alike. It never decides anything: the gate is a function of
//! what is compared here.

use std::cell::RefCell;
use std::collections::VecDeque;

use rtreg_registry::gate::{Assignment, Decision, State};

/// Most answers that are kept: the newest ones. Comparing must stay cheaper than asking.
const KEPT_MAX: usize = 8;

/// Answers, the newest first.
#[derive(Default)]
pub(super) struct Answers {
    kept: RefCell<VecDeque<Answer>>,
}

struct Answer {
    versions: (String, String),
    properties: Vec<Assignment>,
    state: State,
    decision: Decision,
}

impl Answers {
    /// The answer to the same question; the group's name in the state must be empty.
    pub fn find(&self, versions: (&str, &str), properties: &[Assignment], state: &State) -> Option<Decision> {
        let kept = self.kept.borrow();
        let same = |answer: &&Answer| {
            (answer.versions.0.as_str(), answer.versions.1.as_str()) == versions
                && answer.properties == properties
                && answer.state == *state
        };
        kept.iter().find(same).map(|answer| answer.decision.clone())
    }

    /// Keeps an answer.
    pub fn keep(&self, (from, to): (&str, &str), properties: &[Assignment], state: State, decision: &Decision) {
        let mut kept = self.kept.borrow_mut();
        let versions = (from.to_owned(), to.to_owned());
        kept.push_front(Answer { versions, properties: properties.to_vec(), state, decision: decision.clone() });
        kept.truncate(KEPT_MAX);
    }
}
