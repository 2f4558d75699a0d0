//! All that a finding can be called: the faults of the syntax, the rules, and what is said about settings and comments
//! for rtreg. It only lists what is worded where each is found.

use rtreg_model::Level;
use rtreg_parser::SYNTAX_RULES;

use crate::{baseline, lint, suppress};

/// What is known of a finding by its identifier alone.
///
/// ```
/// let known = rtreg_checker::catalogue::find("missing_semicolon").unwrap();
/// assert_eq!(known.summary, "a declaration or attribute lacks its `;`");
/// assert!(rtreg_checker::catalogue::find("zebra").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Known {
    /// Identifier of the rule.
    pub id: &'static str,
    /// How much a breach matters where no setting says otherwise.
    pub level: Level,
    /// Whether the rule is in the set `recommended`.
    pub recommended: bool,
    /// One sentence.
    pub summary: &'static str,
}

impl Known {
    /// The whole explanation in Markdown; the summary where there is no more.
    pub fn doc(&self) -> String {
        lint::rule(self.id).map_or_else(|| self.summary.to_owned(), lint::Rule::doc)
    }
}

/// Faults of the syntax that are warnings: the file is read as it is meant.
const SYNTAX_WARNINGS: [&str; 2] = ["byte_order_mark", "windows_line_ends"];

/// Everything a finding can be called, by identifier.
pub fn all() -> Vec<Known> {
    let mut all: Vec<Known> = ids().filter_map(find).collect();
    all.sort_by_key(|known| known.id);
    all
}

/// The identifiers of all, unsorted.
pub fn ids() -> impl Iterator<Item = &'static str> {
    let rules = lint::rules().map(lint::Rule::id);
    rules.chain(SYNTAX_RULES.iter().chain(suppress::RULES).chain(baseline::RULES).map(|(id, _)| *id))
}

/// What is known of a finding with this identifier.
pub fn find(id: &str) -> Option<Known> {
    if let Some(rule) = lint::rule(id) {
        return Some(Known { id: rule.id(), level: rule.level(), recommended: true, summary: rule.summary() });
    }
    let plain = |rules: &[(&'static str, &'static str)]| rules.iter().find(|(name, _)| *name == id).copied();
    let known = |(id, summary), level| Some(Known { id, level, recommended: true, summary });
    if let Some(row) = plain(SYNTAX_RULES) {
        return known(row, if SYNTAX_WARNINGS.contains(&id) { Level::Warning } else { Level::Error });
    }
    if let Some(row) = plain(suppress::RULES) {
        return known(row, Level::Warning);
    }
    plain(baseline::RULES).and_then(|row| known(row, Level::Note))
}

/// The identifier nearest to a word, if one is near enough to be meant.
pub fn nearest(word: &str) -> Option<&'static str> {
    rtreg_model::suggest::nearest(word, ids())
}
