//! What is known of two versions, and from where: the digests of their methods, evidence of runs, statements of people. What
//! is bad wins over all that is good, wherever each comes from, so that learning something bad never weakens a promise.

use std::collections::BTreeMap;

use rtreg_model::Method;
use rtreg_model::evidence::{Evidence, Question, Run, TriedVersion, Verdict};

use super::conditions;
use super::{Answer, Reason};
use crate::pair::{MethodFiles, Pair, Version};

/// What a person says to a question.
///
/// ```
/// use rtreg_checker::promise::Statement;
/// use rtreg_model::evidence::Question;
/// let statement = Statement::new(Question::Stop, true, "rtreg.toml:7");
/// assert!(statement.good);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// The question.
    pub question: Question,
    /// Whether it works.
    pub good: bool,
    /// Where it is said.
    pub origin: String,
}

impl Statement {
    /// A statement and where it is said.
    pub fn new(question: Question, good: bool, origin: impl Into<String>) -> Self {
        Self { question, good, origin: origin.into() }
    }
}

/// The two words of settings for a question: that it works, and that it does not.
///
/// ```
/// use rtreg_checker::promise::statement_words;
/// use rtreg_model::evidence::Question;
/// assert_eq!(statement_words(Question::Fini), ["understands-init", "does-not-understand-init"]);
/// ```
pub const fn statement_words(question: Question) -> [&'static str; 2] {
    match question {
        Question::Stop | Question::PostnetStop | Question::Update | Question::MonitorCheck => {
            ["understands-start", "does-not-understand-start"]
        }
        Question::Fini => ["understands-init", "does-not-understand-init"],
        Question::MonitorStop => ["understands-monitor-start", "does-not-understand-monitor-start"],
        Question::OldMonitor => ["lives-beside-new-methods", "does-not-live-beside-new-methods"],
    }
}

/// What is known beside the files themselves.
///
/// ```
/// use rtreg_checker::promise::Knowledge;
/// assert!(Knowledge::default().evidence.is_empty());
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Knowledge {
    /// What was tried.
    pub evidence: Vec<Evidence>,
    /// What people say.
    pub statements: Vec<Statement>,
}

/// What is known of one pair.
pub(super) struct Known<'a> {
    pair: &'a Pair<'a>,
    statements: &'a [Statement],
    runs: Vec<&'a Run>,
    /// Why an unchanged method is not known to work.
    stumbling_block: Option<String>,
    /// Why evidence does not count, a text each.
    pub(super) void: Vec<String>,
}

impl<'a> Known<'a> {
    pub(super) fn new(pair: &'a Pair<'a>, knowledge: &'a Knowledge) -> Self {
        let (mut runs, mut void) = (Vec::new(), Vec::new());
        for evidence in &knowledge.evidence {
            match not_about(evidence, pair).or_else(|| why_void(evidence, pair)) {
                Some(why) => void.push(why),
                None => runs.extend(&evidence.runs),
            }
        }
        let stumbling_block = conditions::stumbling_block(pair);
        Self { pair, statements: &knowledge.statements, runs, stumbling_block, void }
    }

    /// The answer to a question with its reason; statements that say the contrary are put to `refuted`.
    pub(super) fn reason(&self, question: Question, refuted: &mut Vec<(Statement, String)>) -> Reason {
        let (answer, why) = self.answer(question);
        let statements = self.statements.iter().filter(|statement| statement.question == question);
        if answer == Answer::Bad {
            let wrong = statements.filter(|statement| statement.good);
            refuted.extend(wrong.map(|statement| (statement.clone(), why.clone())));
        }
        let method = question.new_method().and_then(|method| self.pair.new.method(method));
        Reason {
            question: Some(question),
            asked: conditions::words(self.pair, question),
            answer,
            why,
            asks: conditions::asks(question),
            place: method.map(|path| (self.pair.new.file(), path.declared.span)),
        }
    }

    fn answer(&self, question: Question) -> (Answer, String) {
        let by_files = conditions::by_the_files(self.pair, question);
        if let Some((Answer::Bad, why)) = by_files {
            return (Answer::Bad, why);
        }
        let runs = |verdict| self.runs.iter().filter(move |run| run.question == question && run.verdict == verdict);
        if let Some(run) = runs(Verdict::Refuted).next() {
            return (Answer::Bad, format!("a run refutes it: {}", without_stop(&run.why)));
        }
        let stated = |good| self.statements.iter().find(|it| it.question == question && it.good == good);
        if let Some(statement) = stated(false) {
            return (Answer::Bad, format!("{} says that it does not", statement.origin));
        }
        let unchanged = self.unchanged(question);
        if let Some(known) = by_files.or_else(|| unchanged.clone().filter(|(answer, _)| *answer == Answer::Good)) {
            return known;
        }
        let supporting = if self.runs_settle(question) { runs(Verdict::Supported).count() } else { 0 };
        match (supporting, stated(true)) {
            (0, Some(statement)) => (Answer::Good, format!("{} says so", statement.origin)),
            (0, None) => unchanged.unwrap_or_else(|| (Answer::Unknown, "nobody has said or tried it".to_owned())),
            (1, _) => (Answer::Good, "supported by 1 run".to_owned()),
            (count, _) => (Answer::Good, format!("supported by {count} runs")),
        }
    }

    /// A run tries Fini on one node, after the old Init. It says nothing about nodes where Init has never run, and nothing about
    /// the other methods without it.
    fn runs_settle(&self, question: Question) -> bool {
        question != Question::Fini || !(conditions::is_init_widened(self.pair) || conditions::is_init_new(self.pair))
    }

    /// What the digests say: a method that is unchanged understands what the old one understood, unless it stumbles over
    /// what changed around it. None where nothing is known to be unchanged.
    fn unchanged(&self, question: Question) -> Option<(Answer, String)> {
        let is_same = |method| self.pair.is_same_method(method) == Some(true);
        let (what, holds) = match question {
            Question::OldMonitor => ("every method".to_owned(), conditions::is_every_method_unchanged(self.pair)),
            _ => {
                let method = question.new_method().filter(|method| is_same(*method))?;
                (format!("the file of {method}"), conditions::is_same_around(self.pair))
            }
        };
        // Where Init is new, or runs on more nodes, an unchanged Fini meets what it has never met.
        if !self.runs_settle(question) {
            return None;
        }
        match (&self.stumbling_block, holds) {
            (_, false) if question == Question::OldMonitor => None,
            (None, true) => Some((Answer::Good, format!("{what} is unchanged, and so is all that it may call"))),
            (None, false) => {
                let other = conditions::differing_around(self.pair).unwrap_or_else(|| "what it may call".to_owned());
                Some((Answer::Unknown, format!("{what} is unchanged, but {other} is not")))
            }
            (Some(block), _) => Some((Answer::Unknown, format!("{what} is unchanged, but {block}"))),
        }
    }
}

fn without_stop(sentence: &str) -> &str {
    sentence.trim_end().trim_end_matches('.')
}

/// What evidence is about, if not about these two versions, by their names.
fn not_about(evidence: &Evidence, pair: &Pair<'_>) -> Option<String> {
    let is_named = |tried: &TriedVersion, version: &Version<'_>| tried.name == version.resource_type.name().to_string();
    let is_about = is_named(&evidence.old, pair.old) && is_named(&evidence.new, pair.new);
    (!is_about).then(|| format!("it is about {} and {}", evidence.old.name, evidence.new.name))
}

/// Why evidence does not count: a digest that does not match, or that nobody looked at.
fn why_void(evidence: &Evidence, pair: &Pair<'_>) -> Option<String> {
    if evidence.version != Evidence::VERSION {
        return Some(format!("expected evidence of the form {}, found `{}`", Evidence::VERSION, evidence.version));
    }
    let side = |tried: &TriedVersion, version: &Version<'_>, name: &str| {
        if tried.rtr_sha256 != version.sha256() {
            return Some(format!("the runs had another RTR file of the {name} version"));
        }
        let option = if name == "old" { "OLD" } else { "NEW" };
        let Some(files) = &version.files else {
            return Some(format!(
                "whether the runs had these methods of the {name} version is not known: give `--methods {option}=DIR`"
            ));
        };
        let what = differing_file(tried, version, files)?;
        Some(format!("the runs had another {what} of the {name} version"))
    };
    side(&evidence.old, pair.old, "old").or_else(|| side(&evidence.new, pair.new, "new"))
}

/// The first file that the runs had otherwise, or that one side does not have.
fn differing_file(tried: &TriedVersion, version: &Version<'_>, files: &MethodFiles) -> Option<String> {
    let declared = version.resource_type.methods.keys();
    let other = |method: &&Method| {
        let found = files.methods.get(*method);
        found.is_none() || tried.methods.get(*method) != found
    };
    if let Some(method) = declared.clone().find(other) {
        return Some(method.to_string());
    }
    if let Some(method) = tried.methods.keys().find(|method| version.method(**method).is_none()) {
        return Some(method.to_string());
    }
    let mut beside: BTreeMap<&String, &String> = files.beside().collect();
    // Evidence may name the methods' own files, too: what it names must be so, and nothing else may be there.
    for (path, digest) in &tried.beside {
        if files.folder.get(path) != Some(digest) {
            return Some(format!("`{path}`"));
        }
        beside.remove(path);
    }
    beside.keys().next().map(|path| format!("`{path}`"))
}
