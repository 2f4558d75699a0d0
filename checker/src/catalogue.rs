//! All that a finding can be called: the faults of the syntax, the rules, and what is said about settings and comments
//! for rtreg. It only lists what is worded where each is found.

use rtreg_model::Level;
use rtreg_parser::{SYNTAX_RULES, SYNTAX_WARNINGS, syntax_doc};

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
        let own = || DOCS.iter().find(|(id, _)| *id == self.id).map(|(_, doc)| *doc);
        let plain = own().or_else(|| syntax_doc(self.id)).map(|doc| doc.trim_end().to_owned());
        plain.or_else(|| lint::rule(self.id).map(lint::Rule::doc)).unwrap_or_else(|| self.summary.to_owned())
    }
}

macro_rules! docs {
    ($($name:ident,)+) => {
        /// What is to be said of findings about comments and baselines, which are found by no rule.
        const DOCS: &[(&str, &str)] =
            &[$((stringify!($name), include_str!(concat!("catalogue/", stringify!($name), ".md"))),)+];
    };
}

docs! {
    malformed_suppression,
    stale_baseline,
    suppression_without_reason,
    unknown_rule,
    unused_suppression,
}

/// What is said about comments and baselines: found by no rule, and no fault of the syntax.
pub(crate) fn others() -> impl Iterator<Item = &'static str> {
    DOCS.iter().map(|(id, _)| *id)
}

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
        let recommended = rule.set() <= lint::Set::Recommended;
        return Some(Known { id: rule.id(), level: rule.level(), recommended, summary: rule.summary() });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_rule_finds_has_its_explanation() {
        let rows = suppress::RULES.iter().chain(baseline::RULES);
        assert_eq!(rows.clone().count(), DOCS.len());
        for (id, summary) in rows {
            let doc = find(id).map(|known| known.doc()).unwrap_or_default();
            let first = doc.lines().next().unwrap_or_default();
            assert_eq!(first.to_lowercase(), format!("{summary}."), "{id}");
            for section in ["# What", "# Why", "# Example", "# Instead"] {
                assert!(doc.contains(&format!("\n{section}\n\n")), "{id}: {section}");
            }
        }
    }

    #[test]
    fn examples_of_comments_are_one_finding_and_the_cure_is_none() {
        for (id, _) in suppress::RULES {
            let doc = find(id).map(|known| known.doc()).unwrap_or_default();
            let mut blocks = doc.split("```text\n").skip(1).filter_map(|rest| rest.split("```").next());
            let found = |block: &str| {
                let head =
                    "Resource_type = web;\nVendor_id = ACME;\nRT_version = \"1\";\nStart = start;\nStop = stop;\n";
                let text = format!("{head}{block}#$upgrade\n");
                let rtr = rtreg_parser::parse(text.as_bytes(), rtreg_model::FileId(0));
                let found = crate::check(&rtr, &crate::LintOptions::default(), &crate::levels::Levels::default());
                found.into_iter().map(|finding| finding.rule).filter(|rule| *rule != "placeholder").collect::<Vec<_>>()
            };
            assert_eq!(blocks.next().map(found), Some(vec![*id]), "{id}");
            assert_eq!(blocks.next().map(found), Some(vec![]), "{id}");
        }
    }
}
