//! How to package a change, after table 4-1 of the guide ("Packaging"): which promise, and whether the methods go to a new
//! path or over the old ones. It judges no promise; it says what the guide advises for the change at hand.

use rtreg_model::evidence::Question;
use rtreg_model::{Method, Tunability};

use super::{Answer, Promise, conditions};
use crate::pair::{Pair, Version};

/// A row of the table that fits the change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Advice {
    /// What changed, in the words of the table.
    pub change: &'static str,
    /// The promise; none where nothing is registered anew.
    pub tunability: Option<Tunability>,
    /// What to ship and where.
    pub ship: &'static str,
    /// When the row fits, if that is not known.
    pub condition: Option<&'static str>,
}

const NEW_PATH: &str =
    "install the new methods at a path of their own, so that the old ones stay while they are in use";
const OVERWRITE: &str = "the new methods may overwrite the old ones";

/// The rows of table 4-1 that fit: one if all that matters is known, else one for each end of what can be. None for two files
/// of one version, unless a method has another content.
pub fn advice(old: &Version<'_>, new: &Version<'_>, promise: Option<&Promise>) -> Vec<Advice> {
    let pair = Pair::new(old, new);
    let Some(promise) = promise else { return methods_only(&pair).into_iter().collect() };
    let is_known = promise.decided().is_some();
    let best = row(&pair, promise, Answer::Bad);
    let worst = row(&pair, promise, Answer::Unknown);
    if is_known || best == worst {
        return vec![best];
    }
    let condition = |row: Advice, words| Advice { condition: Some(words), ..row };
    vec![
        condition(best, "if all that is not known turns out well"),
        condition(worst, "if what is not known turns out badly, or nobody finds out"),
    ]
}

fn methods_only(pair: &Pair<'_>) -> Option<Advice> {
    let is_other_method = pair.methods().any(|(method, ..)| pair.is_same_method(method) == Some(false));
    let is_one_version = pair.old.resource_type == pair.new.resource_type;
    let ship =
        "the new methods overwrite the old ones, which no resource may be using in between; nothing is registered";
    let advice =
        Advice { change: "methods only, and the RTR file is the same", tunability: None, ship, condition: None };
    (is_other_method && is_one_version).then_some(advice)
}

/// The row if every answer of this kind or worse is taken as bad.
fn row(pair: &Pair<'_>, promise: &Promise, bad: Answer) -> Advice {
    let row = |change, tunability, ship| Advice { change, tunability: Some(tunability), ship, condition: None };
    let fails = |questions: &[Question]| {
        let is_asked = |question: Option<Question>| question.is_some_and(|question| questions.contains(&question));
        promise.reasons.iter().any(|reason| is_asked(reason.question) && reason.answer >= bad)
    };
    if fails(&[Question::Fini]) {
        return row("the new Fini does not undo what the old Init did", Tunability::WhenUnmanaged, NEW_PATH);
    }
    if promise.reasons.iter().any(|reason| reason.question.is_none()) {
        let change = "methods and a new property without a default";
        return row(change, Tunability::WhenDisabled, OVERWRITE);
    }
    if fails(&[Question::Stop, Question::PostnetStop, Question::Update, Question::MonitorCheck]) {
        return row("new methods do not understand what the old Start began", Tunability::WhenOffline, NEW_PATH);
    }
    if fails(&[Question::MonitorStop, Question::OldMonitor]) {
        let ship = "the new monitor may overwrite the old one, which must have been stopped before";
        return row("a new monitor", Tunability::WhenUnmonitored, ship);
    }
    if conditions::is_every_method_unchanged(pair) {
        return row("the RTR file only", Tunability::Anytime, "ship the RTR file only");
    }
    let is_property_new = pair.added.iter().any(|property| Method::of_timeout(&property.name.value).is_none());
    if is_property_new {
        return row("methods and a new property with a default", Tunability::Anytime, OVERWRITE);
    }
    row("methods", Tunability::Anytime, NEW_PATH)
}
