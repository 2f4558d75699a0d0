//! Which findings are wanted and how much each matters: levels as data, in layers. No rule reads them; they are applied
//! to findings. What is wanted is never asked of the outside world here.
//!
//! The stack, each layer over the one before: what the rules say of themselves (the set `recommended` is wanted), then
//! `rtreg.toml`, then the command line. Inside a layer `select` comes first, then `ignore`, then `levels`:
//!
//! - `select` says which rules are wanted, and replaces what the layers below wanted. Faults of the syntax stay wanted:
//!   where the text cannot be read no rule can judge.
//! - `ignore` takes rules out, faults of the syntax too.
//! - `levels` gives a level; a rule that is named by its identifier is then wanted. `off` takes it out.
//!
//! A *selector* is the identifier of a rule; a set (`errors`: rules that are errors by themselves, `recommended`, `all`);
//! or the beginning of identifiers, which ends in `_` or `*`: `missing_`, `duplicate_*`.

use std::collections::BTreeMap;
use std::fmt;

use rtreg_model::{Finding, Level};
use rtreg_parser::SYNTAX_RULES;

use crate::catalogue::{self, Kind, Known};

/// The sets that a selector can name.
pub const SETS: [&str; 3] = ["errors", "recommended", "all"];

/// The words for a level in settings.
pub const LEVELS: [&str; 4] = ["error", "warning", "note", "off"];

/// The level that a setting gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Not wanted.
    Off,
    /// Wanted, at this level.
    At(Level),
}

impl Setting {
    /// `error`, `warning`, `note` or `off`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "error" => Some(Self::At(Level::Error)),
            "warning" => Some(Self::At(Level::Warning)),
            "note" => Some(Self::At(Level::Note)),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// One layer of settings: a file's, or the command line's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer {
    /// Selectors of what is wanted; none where the layer does not say.
    pub select: Option<Vec<String>>,
    /// Selectors of what is not wanted.
    pub ignore: Vec<String>,
    /// Selectors with levels, in their order.
    pub levels: Vec<(String, Setting)>,
}

/// A selector that selects nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownSelector {
    /// The word.
    pub word: String,
    /// What was probably meant.
    pub meant: Option<&'static str>,
}

impl fmt::Display for UnknownSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected a rule, a set or the beginning of rules such as `missing_`, found `{}`", self.word)
    }
}

impl std::error::Error for UnknownSelector {}

impl UnknownSelector {
    /// What to do next.
    pub fn help(&self) -> String {
        match self.meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "the sets are `errors`, `recommended` and `all`".to_owned(),
        }
    }
}

/// Which rules are wanted, at which level.
///
/// ```
/// use rtreg_checker::levels::{Layer, Levels, Setting};
/// use rtreg_model::Level;
///
/// let layer = Layer { ignore: vec!["missing_".into()], ..Layer::default() };
/// let levels = Levels::default().with(&layer).unwrap();
/// assert_eq!(levels.of("missing_rt_version"), None);
/// assert_eq!(levels.of("placeholder"), Some(Level::Warning));
/// let layer = Layer { levels: vec![("missing_rt_version".into(), Setting::At(Level::Note))], ..Layer::default() };
/// assert_eq!(levels.with(&layer).unwrap().of("missing_rt_version"), Some(Level::Note));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels {
    rules: BTreeMap<&'static str, State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    wanted: bool,
    level: Level,
    recommended: bool,
    /// The rule's own level, which decides whether it is in the set `errors`.
    own: Level,
}

impl Default for Levels {
    /// What the rules say of themselves. Who compares two versions wants all differences.
    fn default() -> Self {
        let state = |known: Known| {
            let Known { id, level, recommended, kind, .. } = known;
            (id, State { wanted: recommended || kind == Kind::Compat, level, recommended, own: level })
        };
        Self { rules: catalogue::all().into_iter().map(state).collect() }
    }
}

impl Levels {
    /// With a layer over all before.
    ///
    /// # Errors
    /// A selector that selects nothing.
    pub fn with(mut self, layer: &Layer) -> Result<Self, UnknownSelector> {
        if let Some(select) = &layer.select {
            for (id, state) in &mut self.rules {
                state.wanted = SYNTAX_RULES.iter().any(|(syntax, _)| syntax == id);
            }
            for word in select {
                self.each(word, |state| state.wanted = true)?;
            }
        }
        for word in &layer.ignore {
            self.each(word, |state| state.wanted = false)?;
        }
        for (word, setting) in &layer.levels {
            let by_id = catalogue::find(word).is_some();
            self.each(word, |state| match setting {
                Setting::Off => state.wanted = false,
                Setting::At(level) => {
                    state.level = *level;
                    state.wanted |= by_id;
                }
            })?;
        }
        Ok(self)
    }

    /// The level of a rule; none where it is not wanted.
    pub fn of(&self, rule: &str) -> Option<Level> {
        self.rules.get(rule).filter(|state| state.wanted).map(|state| state.level)
    }

    /// The findings that are wanted, each at its level. What the catalogue does not know stays as it is.
    pub fn apply(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let set = |mut finding: Finding| {
            let Some(state) = self.rules.get(finding.rule) else { return Some(finding) };
            finding.level = state.level;
            state.wanted.then_some(finding)
        };
        findings.into_iter().filter_map(set).collect()
    }

    fn each(&mut self, word: &str, change: impl Fn(&mut State)) -> Result<(), UnknownSelector> {
        let selector = Selector::parse(word)?;
        let chosen = self.rules.iter_mut().filter(|(id, state)| selector.selects(id, state));
        chosen.for_each(|(_, state)| change(state));
        Ok(())
    }
}

/// Whether a word selects something.
///
/// # Errors
/// It does not.
pub fn check_selector(word: &str) -> Result<(), UnknownSelector> {
    Selector::parse(word).map(|_| ())
}

enum Selector<'w> {
    Rule(&'w str),
    Errors,
    Recommended,
    All,
    Beginning(&'w str),
}

impl<'w> Selector<'w> {
    fn parse(word: &'w str) -> Result<Self, UnknownSelector> {
        match word {
            "errors" => return Ok(Self::Errors),
            "recommended" => return Ok(Self::Recommended),
            "all" => return Ok(Self::All),
            _ => {}
        }
        if catalogue::find(word).is_some() {
            return Ok(Self::Rule(word));
        }
        let beginning = word.strip_suffix('*').or_else(|| word.ends_with('_').then_some(word));
        match beginning.filter(|beginning| !beginning.is_empty()) {
            Some(beginning) if catalogue::ids().any(|id| id.starts_with(beginning)) => Ok(Self::Beginning(beginning)),
            _ => {
                let meant = rtreg_model::suggest::nearest(word, catalogue::ids().chain(SETS));
                Err(UnknownSelector { word: word.to_owned(), meant })
            }
        }
    }

    fn selects(&self, id: &str, state: &State) -> bool {
        match self {
            Self::Rule(rule) => id == *rule,
            Self::Errors => state.own == Level::Error,
            Self::Recommended => state.recommended,
            Self::All => true,
            Self::Beginning(beginning) => id.starts_with(beginning),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn a_later_select_starts_anew_and_keeps_levels_and_syntax() {
        let file = Layer {
            ignore: words(&["placeholder"]),
            levels: vec![("timeout_max".to_owned(), Setting::At(Level::Warning))],
            ..Layer::default()
        };
        let line = Layer { select: Some(words(&["placeholder", "timeout_*"])), ..Layer::default() };
        let levels = Levels::default().with(&file).unwrap();
        assert_eq!((levels.of("placeholder"), levels.of("missing_type")), (None, Some(Level::Error)));
        let levels = levels.with(&line).unwrap();
        assert_eq!(levels.of("placeholder"), Some(Level::Warning));
        assert_eq!(levels.of("timeout_max"), Some(Level::Warning));
        assert_eq!(levels.of("missing_type"), None);
        assert_eq!(levels.of("missing_semicolon"), Some(Level::Error));
        let none = levels.with(&Layer { ignore: words(&["all"]), ..Layer::default() }).unwrap();
        assert_eq!(none.of("missing_semicolon"), None);
    }

    #[test]
    fn errors_are_those_that_are_errors_by_themselves() {
        let layer = Layer {
            select: Some(words(&["errors"])),
            levels: vec![("errors".to_owned(), Setting::At(Level::Note))],
            ..Layer::default()
        };
        let levels = Levels::default().with(&layer).unwrap();
        assert_eq!(levels.of("placeholder"), None);
        assert_eq!(levels.of("missing_type"), Some(Level::Note));
    }

    #[test]
    fn what_selects_nothing_is_an_error() {
        for (word, meant) in
            [("timeout_mx", Some("timeout_max")), ("recomended", Some("recommended")), ("zzz_*", None), ("*", None)]
        {
            let error = check_selector(word).unwrap_err();
            assert_eq!((error.word.as_str(), error.meant), (word, meant));
        }
    }

    #[test]
    fn the_catalogue_says_the_level_that_findings_have() {
        let rtr = rtreg_parser::parse(b"\xEF\xBB\xBFResource_type = web\r\n", rtreg_model::FileId(0));
        assert_eq!(rtr.findings.len(), 3);
        for finding in &rtr.findings {
            assert_eq!(catalogue::find(finding.rule).map(|known| known.level), Some(finding.level), "{}", finding.rule);
        }
    }
}
