//! Two versions of a type, put together to see whether the new methods understand what the old ones did: one question, one
//! fresh cell. A run can refute; it supports only what was seen. What could as well be the fault of the place where it ran
//! says nothing: before it refutes, a run lets the old version's own methods do the same in a cell of their own.

mod beside;
mod ending;
mod scene;
mod working;

use std::collections::BTreeMap;
use std::time::Duration;

use rtreg_model::evidence::{Question, Run, Verdict};
use rtreg_model::{Method, PropertyValue, ResourceType};

use crate::cell::{Cell, CellError, Side};

/// One of the two versions.
#[derive(Debug, Clone)]
pub struct Version {
    /// What its RTR file says.
    pub resource_type: ResourceType,
    /// Values of properties that are not the file's defaults.
    pub given: BTreeMap<String, PropertyValue>,
}

/// What is tried.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The old version.
    pub old: Version,
    /// The new version.
    pub new: Version,
    /// The name of the resource.
    pub resource: String,
    /// The name of its group.
    pub group: String,
    /// The name of the node.
    pub node: String,
}

impl Subject {
    /// One of the two.
    pub const fn version(&self, side: Side) -> &Version {
        match side {
            Side::Old => &self.old,
            Side::New => &self.new,
        }
    }

    /// Whether a version has a method.
    pub fn has(&self, side: Side, method: Method) -> bool {
        self.version(side).resource_type.has(method)
    }
}

/// How it is tried.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A shell command that succeeds where the service is there; without it the processes are looked at.
    pub probe: Option<String>,
    /// A shell command that makes what the service needs, run first in every cell.
    pub prepare: Option<String>,
    /// No method may take longer, in seconds, whatever its timeout says.
    pub timeout_max: Option<u64>,
    /// How long what was ended may take to be gone.
    pub settle: Duration,
    /// How long a monitor is watched.
    pub watch: Duration,
}

/// Makes a fresh cell.
pub type MakeCell<'m> = dyn FnMut() -> Result<Box<dyn Cell>, CellError> + 'm;

/// What can be asked of two versions, and what not and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// It can be tried.
    Yes,
    /// It does not arise; why.
    No(String),
}

/// Whether a question arises for these two versions.
pub fn arises(subject: &Subject, question: Question) -> Asked {
    let has = |side, method| subject.has(side, method);
    let (old, new) = (Side::Old, Side::New);
    let (does, otherwise) = match question {
        Question::Stop => (has(new, Method::Stop), "the new version has no Stop: its Postnet_stop ends the service"),
        Question::PostnetStop => (
            has(new, Method::PostnetStop) || has(old, Method::PostnetStop) || has(old, Method::PrenetStart),
            "neither version has a Postnet_stop, and the old one has no Prenet_start",
        ),
        Question::Update => (has(new, Method::Update), "the new version has no Update, so none is called"),
        Question::MonitorCheck => {
            (has(new, Method::MonitorCheck), "the new version has no Monitor_check, so none is called")
        }
        Question::Fini => {
            (has(old, Method::Init) || has(new, Method::Fini), "the old version has no Init and the new one no Fini")
        }
        Question::MonitorStop | Question::OldMonitor => {
            (has(old, Method::MonitorStart), "the old version has no Monitor_start, so none of its monitors runs")
        }
    };
    if does { Asked::Yes } else { Asked::No(otherwise.to_owned()) }
}

/// What the old version does first for a question, in order.
pub const fn first_the_old(question: Question) -> &'static [Method] {
    const UP: &[Method] = &[Method::Init, Method::PrenetStart, Method::Start];
    const MONITORED: &[Method] = &[Method::Init, Method::PrenetStart, Method::Start, Method::MonitorStart];
    match question {
        Question::Stop | Question::PostnetStop | Question::Update | Question::MonitorCheck => UP,
        Question::Fini => &[Method::Init],
        Question::MonitorStop | Question::OldMonitor => MONITORED,
    }
}

/// What the new version does then; the question is about the last.
pub const fn then_the_new(question: Question) -> &'static [Method] {
    match question {
        Question::Stop => &[Method::Stop],
        Question::PostnetStop => &[Method::Stop, Method::PostnetStop],
        Question::Update => &[Method::Update],
        Question::MonitorCheck => &[Method::MonitorCheck],
        Question::Fini => &[Method::Fini],
        Question::MonitorStop => &[Method::MonitorStop],
        Question::OldMonitor => &[Method::Update, Method::MonitorCheck],
    }
}

/// Asks one question once, in cells of its own.
///
/// # Errors
/// A cell cannot be made or is lost.
pub fn ask(
    subject: &Subject,
    settings: &Settings,
    question: Question,
    make: &mut MakeCell<'_>,
) -> Result<Run, CellError> {
    let mut stage = scene::Stage { subject, settings, make };
    match question {
        Question::Stop | Question::PostnetStop | Question::Fini | Question::MonitorStop => {
            ending::ask(question, &mut stage)
        }
        Question::Update | Question::MonitorCheck => working::ask(question, &mut stage),
        Question::OldMonitor => beside::ask(&mut stage),
    }
}

/// What all runs of one question say together: one that refutes is enough, none that supports is nothing.
pub fn together<'r>(runs: impl Iterator<Item = &'r Run>) -> Verdict {
    let mut together = Verdict::Nothing;
    for run in runs {
        match run.verdict {
            Verdict::Refuted => return Verdict::Refuted,
            Verdict::Supported => together = Verdict::Supported,
            Verdict::Nothing => {}
        }
    }
    together
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_that_refutes_is_enough() {
        let of = |verdicts: &[Verdict]| {
            let runs: Vec<Run> =
                verdicts.iter().map(|verdict| Run::new(Question::Stop, *verdict, String::new())).collect();
            together(runs.iter())
        };
        use Verdict::{Nothing, Refuted, Supported};
        assert_eq!(of(&[]), Nothing);
        assert_eq!(of(&[Nothing, Nothing]), Nothing);
        assert_eq!(of(&[Nothing, Supported]), Supported);
        assert_eq!(of(&[Supported, Refuted, Nothing]), Refuted);
    }
}
