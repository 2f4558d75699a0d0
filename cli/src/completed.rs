//! Words that a shell can complete behind an option or argument. They only help whoever types: what is accepted, and what is
//! said about the rest, is the matter of the parser that they are added to.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};
use rtreg_checker::{Set, explanations};
use rtreg_model::{MonitorState, Release, ResourceState};

/// Makes the words when a completion is written.
type Words = fn() -> Vec<&'static str>;

/// A parser, and words that it is known to accept.
#[derive(Debug, Clone)]
pub struct Completed<P> {
    parser: P,
    words: Words,
}

/// Adds words to a parser.
pub const fn completed<P: TypedValueParser>(parser: P, words: Words) -> Completed<P> {
    Completed { parser, words }
}

/// Any word, completed from these.
pub fn any_word(words: Words) -> Completed<StringValueParser> {
    completed(StringValueParser::new(), words)
}

impl<P: TypedValueParser> TypedValueParser for Completed<P> {
    type Value = P::Value;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Self::Value, Error> {
        self.parser.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.words)().into_iter().map(PossibleValue::new)))
    }
}

/// Everything that a finding may carry.
pub fn rules() -> Vec<&'static str> {
    explanations().iter().map(|rule| rule.id).collect()
}

/// The sets of rules.
pub fn sets() -> Vec<&'static str> {
    Set::ALL.map(Set::as_str).to_vec()
}

/// What selects rules: sets and rules.
pub fn selectors() -> Vec<&'static str> {
    sets().into_iter().chain(rules()).collect()
}

/// The releases that a file may be meant for.
pub fn releases() -> Vec<&'static str> {
    Release::ALL.iter().map(|release| release.as_str()).collect()
}

/// The states of a resource on a node.
pub fn resource_states() -> Vec<&'static str> {
    ResourceState::ALL.iter().map(|state| state.as_str()).collect()
}

/// The states of a monitor on a node.
pub fn monitor_states() -> Vec<&'static str> {
    MonitorState::ALL.iter().map(|state| state.as_str()).collect()
}
