//! The weakest safe promise: from what differs between two versions and from what is known of their methods, the weakest
//! tunability with which the old one may be listed, by the conditions of the vendor's guide ("Specifying the tunability of
//! Type_version"). What is unknown never makes an answer weaker: it leaves an interval, and the questions that would close it.

mod advice;
mod conditions;
mod declared;
mod judge;
mod knowledge;
mod text;

use rtreg_model::evidence::Question;
use rtreg_model::{FileId, Level, RtVersion, Span, Tunability};

use crate::pair::{Pair, Version};

pub use advice::{Advice, advice};
pub use declared::{DeclaredBy, DeclaredPromise};
pub use knowledge::{Knowledge, Statement, statement_words};

/// Identifier, summary and level of what is said about promises, sorted.
pub const RULES: &[(&str, &str, Level)] = &[
    ("evidence_void", "what was tried is not what is compared", Level::Warning),
    ("promise_too_strict", "a stricter promise than needed", Level::Note),
    ("promise_too_weak", "a weaker promise than is safe", Level::Error),
    ("promise_undecided", "whether the promise is safe is not known", Level::Warning),
    ("statement_refuted", "a statement says what a run or the files refute", Level::Warning),
];

/// The answer to one question.
///
/// ```
/// use rtreg_checker::promise::Answer;
/// assert!(Answer::Good < Answer::Unknown && Answer::Unknown < Answer::Bad);
/// assert_eq!(Answer::Unknown.as_str(), "unknown");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It works.
    Good,
    /// Nobody knows.
    Unknown,
    /// It does not work.
    Bad,
}

impl Answer {
    /// The word for it in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Unknown => "unknown",
            Self::Bad => "bad",
        }
    }
}

/// One thing that the promise rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason {
    /// The question that it answers; none for what needs no question, such as a new property without a default.
    pub question: Option<Question>,
    /// The question in words.
    pub asked: String,
    /// The answer.
    pub answer: Answer,
    /// Why that is the answer: a sentence without its full stop.
    pub why: String,
    /// What the promise must be at least if the answer is bad.
    pub asks: Tunability,
    /// Where the new version says what it is about.
    pub place: Option<(FileId, Span)>,
}

/// The weakest safe promise from one old version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Promise {
    /// The old version.
    pub from: RtVersion,
    /// What the new file promises.
    pub declared: DeclaredPromise,
    /// Safe is no weaker tunability than this, whatever the open questions are answered with.
    pub at_least: Tunability,
    /// This is safe, whatever the open questions are answered with.
    pub at_most: Tunability,
    /// What it rests on: the seven questions in their order, then what needs no question.
    pub reasons: Vec<Reason>,
    /// Statements that are refuted: the statement, and by what.
    pub refuted: Vec<(Statement, String)>,
    /// Evidence that does not count, and why.
    pub void: Vec<String>,
}

/// What is to be said of a declared promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is safe, whatever the open questions are answered with.
    Holds,
    /// It is weaker than what is safe, whatever the open questions are answered with.
    Broken,
    /// It depends on the open questions.
    Undecided,
}

impl Verdict {
    /// The word for it in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::Undecided => "undecided",
        }
    }
}

impl Promise {
    /// The weakest safe tunability, if it is known.
    pub fn decided(&self) -> Option<Tunability> {
        (self.at_least == self.at_most).then_some(self.at_least)
    }

    /// What is to be said of the declared promise.
    pub fn verdict(&self) -> Verdict {
        match self.declared.tunability {
            declared if declared < self.at_least => Verdict::Broken,
            declared if declared < self.at_most => Verdict::Undecided,
            _ => Verdict::Holds,
        }
    }

    /// What nobody knows and what matters: its answer can change the promise.
    pub fn open(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(|reason| reason.answer == Answer::Unknown && reason.asks > self.at_least)
    }
}

/// The weakest safe promise for resources of `old` in the file of `new`. None where there is no upgrade from one to the
/// other: they are the same version, or two types.
///
/// ```
/// use rtreg_checker::Version;
/// use rtreg_checker::promise::{Knowledge, derive};
/// use rtreg_model::{FileId, Tunability};
///
/// let old = rtreg_parser::parse(b"Resource_type = web; RT_version = \"1\"; Start = /o/start; Stop = /o/stop;", FileId(0));
/// let text = b"Resource_type = web; RT_version = \"2\"; Start = /n/start; Postnet_stop = /n/stop;\n#$upgrade\n";
/// let new = rtreg_parser::parse(text, FileId(1));
/// let (old, new) = (Version::new(&old).unwrap(), Version::new(&new).unwrap());
/// let promise = derive(&old, &new, &Knowledge::default()).unwrap();
/// assert_eq!(promise.decided(), Some(Tunability::WhenOffline), "nothing stops what the old Start began");
/// ```
pub fn derive(old: &Version<'_>, new: &Version<'_>, knowledge: &Knowledge) -> Option<Promise> {
    let (before, after) = (&old.resource_type, &new.resource_type);
    let is_same_type = before.resource_type == after.resource_type && before.vendor_id == after.vendor_id;
    if !is_same_type || old.version() == new.version() {
        return None;
    }
    let pair = Pair::new(old, new);
    let known = knowledge::Known::new(&pair, knowledge);
    let mut refuted = Vec::new();
    let mut reasons: Vec<Reason> =
        Question::ALL.into_iter().map(|question| known.reason(question, &mut refuted)).collect();
    reasons.extend(conditions::required_properties(&pair));
    let strictest = |least: Answer| {
        let asked = reasons.iter().filter(|reason| reason.answer >= least).map(|reason| reason.asks);
        asked.max().unwrap_or(Tunability::Anytime)
    };
    Some(Promise {
        from: old.version().clone(),
        declared: declared::declared(old, new),
        at_least: strictest(Answer::Bad),
        at_most: strictest(Answer::Unknown),
        reasons,
        refuted,
        void: known.void,
    })
}
