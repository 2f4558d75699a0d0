//! All that a finding can be called: the faults of the syntax, the rules about one file and about two, what is said about
//! promises, and about comments and baselines. It only lists what is worded where each is found.

use rtreg_model::Level;
use rtreg_parser::{SYNTAX_RULES, SYNTAX_WARNINGS, syntax_doc};

use crate::{baseline, compat, lint, promise, suppress};

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
    /// What it is about.
    pub kind: Kind,
    /// One sentence.
    pub summary: &'static str,
}

/// What a finding with this identifier is about.
///
/// ```
/// use rtreg_checker::catalogue::{Kind, find};
/// assert_eq!(find("tunable_narrowed").map(|known| known.kind), Some(Kind::Compat));
/// assert_eq!(Kind::Compat.as_str(), "compat");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// The syntax of a file.
    Syntax,
    /// What one file says.
    Lint,
    /// What differs between two versions, and what is promised for the way from one to the other.
    Compat,
    /// Comments for rtreg and baselines.
    Other,
}

impl Kind {
    /// The word for it in lists.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Lint => "lint",
            Self::Compat => "compat",
            Self::Other => "other",
        }
    }

    /// The words for it in sentences.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Syntax => "fault of the syntax",
            Self::Lint | Self::Other => "rule",
            Self::Compat => "rule about two versions",
        }
    }
}

impl Known {
    /// The whole explanation in Markdown; the summary where there is no more.
    pub fn doc(&self) -> String {
        let own = || DOCS.iter().find(|(id, _)| *id == self.id).map(|(_, doc)| *doc);
        let plain = own().or_else(|| syntax_doc(self.id)).map(|doc| doc.trim_end().to_owned());
        let rule = || lint::rule(self.id).map(lint::Rule::doc);
        let compat = || compat::compat_rule(self.id).map(compat::CompatRule::doc);
        plain.or_else(rule).or_else(compat).unwrap_or_else(|| self.summary.to_owned())
    }
}

macro_rules! docs {
    ($($name:ident,)+) => {
        /// What is to be said of findings about promises, comments and baselines, which are found by no rule.
        const DOCS: &[(&str, &str)] =
            &[$((stringify!($name), include_str!(concat!("catalogue/", stringify!($name), ".md"))),)+];
    };
}

docs! {
    evidence_void,
    malformed_suppression,
    promise_too_strict,
    promise_too_weak,
    promise_undecided,
    stale_baseline,
    statement_refuted,
    suppression_without_reason,
    unknown_rule,
    unused_suppression,
}

/// What is said about promises, comments and baselines: found by no rule, and no fault of the syntax.
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
    let rules = lint::rules().map(lint::Rule::id).chain(compat::compat_rules().map(compat::CompatRule::id));
    let promises = promise::RULES.iter().map(|(id, ..)| *id);
    rules.chain(promises).chain(SYNTAX_RULES.iter().chain(suppress::RULES).chain(baseline::RULES).map(|(id, _)| *id))
}

/// What is known of a finding with this identifier.
pub fn find(id: &str) -> Option<Known> {
    if let Some(rule) = lint::rule(id) {
        return Some(known(rule.id(), rule.summary(), rule.level(), Kind::Lint));
    }
    if let Some(rule) = compat::compat_rule(id) {
        return Some(known(rule.id(), rule.summary(), rule.level(), Kind::Compat));
    }
    if let Some((id, summary, level)) = promise::RULES.iter().find(|(name, ..)| *name == id).copied() {
        return Some(known(id, summary, level, Kind::Compat));
    }
    let plain = |rules: &[(&'static str, &'static str)]| rules.iter().find(|(name, _)| *name == id).copied();
    let always = |(id, summary), level, kind| Some(Known { recommended: true, ..known(id, summary, level, kind) });
    if let Some(row) = plain(SYNTAX_RULES) {
        let level = if SYNTAX_WARNINGS.contains(&id) { Level::Warning } else { Level::Error };
        return always(row, level, Kind::Syntax);
    }
    if let Some(row) = plain(suppress::RULES) {
        return always(row, Level::Warning, Kind::Other);
    }
    plain(baseline::RULES).and_then(|row| always(row, Level::Note, Kind::Other))
}

fn known(id: &'static str, summary: &'static str, level: Level, kind: Kind) -> Known {
    Known { id, level, recommended: lint::Set::of(level) <= lint::Set::Recommended, summary, kind }
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
        let promises = promise::RULES.iter().map(|(id, summary, _)| (*id, *summary));
        let rows = suppress::RULES.iter().chain(baseline::RULES).copied().chain(promises);
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
