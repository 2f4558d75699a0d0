//! What is known of two versions of a type together: whether the new methods understand what the old ones did. The questions
//! are those of the conditions that the guide "Sun Cluster Data Services Developer's Guide", "Specifying the tunability of
//! Type_version", sets for each tunability. Plain data: who asks and who answers is elsewhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::method::Method;

/// One thing that must be known of an old and a new version together.
///
/// ```
/// use rtreg_model::evidence::Question;
/// assert_eq!(Question::Stop.as_str(), "stop");
/// assert_eq!(Question::parse("monitor_stop"), Some(Question::MonitorStop));
/// assert_eq!(Question::parse("start"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Does the new Stop end what the old Prenet_start and Start began?
    Stop,
    /// Does the new Postnet_stop clear away what the old Prenet_start and Start began?
    PostnetStop,
    /// Does the new Update work on what the old Prenet_start and Start began?
    Update,
    /// Does the new Monitor_check work beside what the old Prenet_start and Start began?
    MonitorCheck,
    /// Does the new Fini undo what the old Init did?
    Fini,
    /// Does the new Monitor_stop end what the old Monitor_start began?
    MonitorStop,
    /// Can the old monitor, still running, live beside the new version's methods?
    OldMonitor,
}

impl Question {
    /// All seven.
    pub const ALL: [Self; 7] = [
        Self::Stop,
        Self::PostnetStop,
        Self::Update,
        Self::MonitorCheck,
        Self::Fini,
        Self::MonitorStop,
        Self::OldMonitor,
    ];

    /// The word for it in settings and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::PostnetStop => "postnet_stop",
            Self::Update => "update",
            Self::MonitorCheck => "monitor_check",
            Self::Fini => "fini",
            Self::MonitorStop => "monitor_stop",
            Self::OldMonitor => "old_monitor",
        }
    }

    /// Reads the word, as it is written.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.as_str() == text)
    }

    /// The method of the new version that the question is about; none for the old monitor.
    pub const fn new_method(self) -> Option<Method> {
        match self {
            Self::Stop => Some(Method::Stop),
            Self::PostnetStop => Some(Method::PostnetStop),
            Self::Update => Some(Method::Update),
            Self::MonitorCheck => Some(Method::MonitorCheck),
            Self::Fini => Some(Method::Fini),
            Self::MonitorStop => Some(Method::MonitorStop),
            Self::OldMonitor => None,
        }
    }

    /// The methods of the old version that left what the new one finds, in the order in which they run.
    pub const fn old_methods(self) -> &'static [Method] {
        match self {
            Self::Stop | Self::PostnetStop | Self::Update | Self::MonitorCheck => &[Method::PrenetStart, Method::Start],
            Self::Fini => &[Method::Init],
            Self::MonitorStop | Self::OldMonitor => &[Method::MonitorStart],
        }
    }
}

/// What a run, or all runs together, say to a question. No number of runs proves that two versions understand each other;
/// one can show that they do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was seen not to work.
    Refuted,
    /// What the old methods began was seen before, and the new method was seen to have its effect.
    Supported,
    /// The run says nothing: what should have been there was not seen.
    Nothing,
}

/// The file of one version as the runs had it: evidence is void where a digest no longer matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TriedVersion {
    /// The full name of the type.
    pub name: String,
    /// SHA-256 of the RTR file, in hexadecimal digits.
    pub rtr_sha256: String,
    /// SHA-256 of each declared method's file, in hexadecimal digits.
    pub methods: BTreeMap<Method, String>,
    /// SHA-256 over what the methods may call beside themselves: path below the folder of the methods → digest.
    pub beside: BTreeMap<String, String>,
}

impl TriedVersion {
    /// A version of which no method is known yet.
    pub fn new(name: String, rtr_sha256: String) -> Self {
        Self { name, rtr_sha256, methods: BTreeMap::new(), beside: BTreeMap::new() }
    }
}

/// One call of a method in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Call {
    /// Which method.
    pub method: Method,
    /// Whether it was the new version's.
    pub new: bool,
    /// How it ended: `exit 0`, `exit 1`, `signal 9`, `timeout after 5 s`, `could not be started: …`.
    pub ended: String,
    /// Whether it succeeded: it came back in time with 0.
    pub succeeded: bool,
    /// What it printed on both channels, up to a limit.
    pub output: String,
}

impl Call {
    /// A call that succeeded, silently.
    pub fn new(method: Method, new: bool) -> Self {
        Self { method, new, ended: "exit 0".to_owned(), succeeded: true, output: String::new() }
    }
}

/// One run: what was called, what was seen, and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Run {
    /// What was asked.
    pub question: Question,
    /// What the run says.
    pub verdict: Verdict,
    /// Why, as a sentence for a person.
    pub why: String,
    /// The calls, in order.
    pub calls: Vec<Call>,
    /// What methods and monitors told the cluster meanwhile: command lines of scha_control and scha_resource_setstatus.
    #[serde(default)]
    pub told: Vec<String>,
}

impl Run {
    /// A run without calls yet.
    pub fn new(question: Question, verdict: Verdict, why: String) -> Self {
        Self { question, verdict, why, calls: Vec::new(), told: Vec::new() }
    }
}

/// What was tried with two versions, as `rtreg try` writes it and `rtreg compat` reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Evidence {
    /// `evidence-v1`.
    pub version: String,
    /// The old version.
    pub old: TriedVersion,
    /// The new version.
    pub new: TriedVersion,
    /// All runs, in the order in which they were made.
    pub runs: Vec<Run>,
}

impl Evidence {
    /// The version of this shape; more fields may come, another meaning is another version.
    pub const VERSION: &'static str = "evidence-v1";

    /// No run yet.
    pub fn new(old: TriedVersion, new: TriedVersion) -> Self {
        Self { version: Self::VERSION.to_owned(), old, new, runs: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_and_every_question_has_an_old_side() {
        for question in Question::ALL {
            assert_eq!(Question::parse(question.as_str()), Some(question));
            assert!(!question.old_methods().is_empty(), "{}", question.as_str());
        }
        assert_eq!(Question::ALL.iter().filter(|question| question.new_method().is_none()).count(), 1);
    }
}
