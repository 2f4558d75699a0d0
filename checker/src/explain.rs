//! What there is to say about each identifier that a finding may carry, be it a rule of this crate, a fault of the syntax, or
//! what is said about comments and baselines: the one list behind `rtreg rules`, `rtreg explain` and the pages in `docs/rules/`. It words nothing itself.

use rtreg_model::Level;
use rtreg_parser::{SYNTAX_RULES, SYNTAX_WARNINGS, syntax_doc};

use crate::catalogue::{self, Kind};
use crate::compat::{CompatRule, compat_rule, compat_rules};
use crate::lint::{Rule, Set, rule, rules};

/// The explanation of one identifier.
///
/// ```
/// let explanation = rtreg_checker::explanation("missing_semicolon").unwrap();
/// assert!(explanation.syntax);
/// assert!(explanation.text.starts_with(explanation.summary()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// What findings carry.
    pub id: &'static str,
    /// How much it matters.
    pub level: Level,
    /// Whether it is a fault of the syntax; these are found whatever the set.
    pub syntax: bool,
    /// What it is about.
    pub kind: Kind,
    /// In Markdown: a sentence, then the sections What, Why (with the source), Example, Instead.
    pub text: String,
    set: Set,
}

impl Explanation {
    /// The smallest set of rules that it is in.
    pub const fn set(&self) -> Set {
        self.set
    }

    /// The first sentence of the text.
    pub fn summary(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// Its page, relative to the root of the project.
    pub fn page(&self) -> String {
        page(self.id)
    }

    fn of_rule(rule: &Rule) -> Self {
        Self { id: rule.id(), level: rule.level(), syntax: false, kind: Kind::Lint, text: rule.doc(), set: rule.set() }
    }

    fn of_compat(rule: &CompatRule) -> Self {
        let (id, level) = (rule.id(), rule.level());
        Self { id, level, syntax: false, kind: Kind::Compat, text: rule.doc(), set: Set::of(level) }
    }

    fn of_syntax(id: &'static str) -> Option<Self> {
        let level = if SYNTAX_WARNINGS.contains(&id) { Level::Warning } else { Level::Error };
        Some(Self {
            id,
            level,
            syntax: true,
            kind: Kind::Syntax,
            text: syntax_doc(id)?.trim_end().to_owned(),
            set: Set::of(level),
        })
    }

    fn of_other(id: &'static str) -> Option<Self> {
        let known = catalogue::find(id)?;
        let set = if known.recommended { Set::Recommended } else { Set::All };
        let set = if known.kind == Kind::Compat { Set::of(known.level) } else { set };
        Some(Self { id, level: known.level, syntax: false, kind: known.kind, text: known.doc(), set })
    }
}

/// The page about an identifier, relative to the root of the project.
///
/// ```
/// assert_eq!(rtreg_checker::page("missing_stop_method"), "docs/rules/missing_stop_method.md");
/// ```
pub fn page(id: &str) -> String {
    format!("docs/rules/{id}.md")
}

/// Where the page about an identifier is read on the web.
///
/// ```
/// assert!(rtreg_checker::page_url("missing_stop_method").ends_with("/docs/rules/missing_stop_method.md"));
/// ```
pub fn page_url(id: &str) -> String {
    format!("{}/blob/main/{}", env!("CARGO_PKG_REPOSITORY"), page(id))
}

/// All explanations, by identifier.
///
/// ```
/// let all = rtreg_checker::explanations();
/// assert!(all.is_sorted_by_key(|explanation| explanation.id));
/// assert!(all.iter().any(|explanation| explanation.syntax) && all.iter().any(|explanation| !explanation.syntax));
/// ```
pub fn explanations() -> Vec<Explanation> {
    let syntax = SYNTAX_RULES.iter().filter_map(|(id, _)| Explanation::of_syntax(id));
    let others = catalogue::others().filter_map(Explanation::of_other);
    let compat = compat_rules().map(Explanation::of_compat);
    let mut all: Vec<Explanation> =
        rules().map(Explanation::of_rule).chain(compat).chain(syntax).chain(others).collect();
    all.sort_by_key(|explanation| explanation.id);
    all
}

/// The explanation of an identifier.
///
/// ```
/// assert_eq!(rtreg_checker::explanation("missing_semicolons"), Err(Some("missing_semicolon")));
/// ```
///
/// # Errors
/// The nearest identifier, if the word is none.
pub fn explanation(id: &str) -> Result<Explanation, Option<&'static str>> {
    let syntax = || SYNTAX_RULES.iter().map(|(id, _)| *id);
    let found = match rule(id) {
        Some(rule) => Some(Explanation::of_rule(rule)),
        None => syntax().find(|rule| *rule == id).and_then(Explanation::of_syntax),
    };
    let found = found.or_else(|| compat_rule(id).map(Explanation::of_compat));
    let other = || catalogue::others().find(|other| *other == id).and_then(Explanation::of_other);
    found.or_else(other).ok_or_else(|| catalogue::nearest(id))
}
