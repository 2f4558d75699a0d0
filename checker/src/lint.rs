//! The list of rules, what a rule is, and the one loop that asks them all. No rule is named anywhere but in the list.

use rtreg_model::{Applicability, Edit, FileId, Finding, Level, Span};
use rtreg_parser::Rtr;

use crate::context::{Context, LintOptions, TableEntry};
use crate::rule_text;

/// Declares the module of each rule and the table of all of them. The id of a rule is the stem of its file. A rule judges
/// the file (`check`), or each entry of the property table alone (`check_entry`), or both; what is not said is the file.
macro_rules! rules {
    ($($name:ident $(($($part:ident),+))?,)+) => {
        $(mod $name;)+

        const RULES: &[Rule] = &[$(Rule {
            id: stringify!($name),
            level: $name::LEVEL,
            judges: judges!($name $($($part),+)?),
            source: include_str!(concat!("lint/", stringify!($name), ".rs")),
        },)+];
    };
}

macro_rules! judges {
    ($name:ident) => {
        Judges { file: Some($name::check), entry: None }
    };
    ($name:ident entry) => {
        Judges { file: None, entry: Some($name::check_entry) }
    };
    ($name:ident file, entry) => {
        Judges { file: Some($name::check), entry: Some($name::check_entry) }
    };
}

rules! {
    api_version_above_target,
    attribute_form(entry),
    catch_all_reading,
    comment_like_directive,
    default_out_of_range(entry),
    directive_case,
    duplicate_attribute(entry),
    duplicate_literal(entry),
    duplicate_property,
    duplicate_type_property,
    duplicate_upgrade,
    duplicate_upgrade_from,
    empty_default(entry),
    empty_enum(entry),
    empty_type_property,
    extension_before_system_property,
    extension_without_default(entry),
    failover_and_scalable,
    global_zone_in_zone_root,
    illegal_name(entry),
    illegal_type_name,
    illegal_value(file, entry),
    invalid_default(entry),
    invalid_flag(entry),
    invalid_limit(entry),
    invalid_port_list,
    invalid_tunable(entry),
    invalid_type_property,
    limit_on_wrong_type(entry),
    limits_crossed(entry),
    method_without_timeout,
    missing_rt_version,
    missing_start_method,
    missing_stop_method,
    missing_type(entry),
    missing_vendor_id,
    monitor_start_without_stop,
    newer_than_target(file, entry),
    non_ascii(file, entry),
    non_ascii_comment,
    per_node_stringarray(entry),
    per_node_system_property(entry),
    per_node_without_default(entry),
    placeholder,
    predetermined_attribute(entry),
    probe_interval_above_retry_interval,
    property_not_first(entry),
    query_only_property(entry),
    query_only_type_property,
    relative_basedir,
    relative_method,
    resource_type_not_first,
    retry_interval_not_in_minutes,
    rt_system_declared,
    rt_version_without_upgrade,
    scalable_without_port_list,
    several_types(entry),
    several_values(file, entry),
    system_property_as_extension(entry),
    timeout_max(entry),
    timeout_min_zero(entry),
    timeout_without_method(entry),
    unknown_attribute(entry),
    unknown_load_balancing_policy,
    unknown_property(entry),
    unknown_tunability,
    unknown_type_property,
    upgrade_from_own_version,
    upgrade_from_without_upgrade,
    version_forbidden_character,
}

/// A choice of rules by how much a breach matters; each holds the ones before it.
///
/// ```
/// use rtreg_checker::Set;
/// use rtreg_model::Level;
/// assert!(Set::of(Level::Error) < Set::of(Level::Note));
/// assert_eq!(Set::parse("recommended"), Some(Set::Recommended));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Set {
    /// What makes the type ambiguous or unregistrable; what registering asks for.
    Errors,
    /// Probable mistakes too; the default of linting.
    Recommended,
    /// What is only worth knowing too.
    All,
}

impl Set {
    /// All sets, smallest first.
    pub const ALL: [Self; 3] = [Self::Errors, Self::Recommended, Self::All];

    /// The word of the command line: `errors`, `recommended`, `all`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Errors => "errors",
            Self::Recommended => "recommended",
            Self::All => "all",
        }
    }

    /// Reads the word of the command line.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.as_str() == word)
    }

    /// The smallest set with a rule of this level.
    pub const fn of(level: Level) -> Self {
        match level {
            Level::Error => Self::Errors,
            Level::Warning => Self::Recommended,
            Level::Note => Self::All,
        }
    }
}

/// A rule: its name, how much a breach of it matters, and the function that finds breaches.
///
/// ```
/// let rule = rtreg_checker::rule("missing_stop_method").unwrap();
/// assert_eq!(rule.level(), rtreg_model::Level::Error);
/// assert!(rule.doc().contains("# Why"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    id: &'static str,
    level: Level,
    judges: Judges,
    /// The text of the rule's file; its head is the explanation.
    source: &'static str,
}

/// What a rule looks at. Entries are handed out one by one to all rules, so that a large table is gone through once.
#[derive(Debug, Clone, Copy)]
struct Judges {
    file: Option<fn(&Context<'_>, &mut Report<'_>)>,
    entry: Option<fn(&TableEntry<'_>, &Context<'_>, &mut Report<'_>)>,
}

impl Rule {
    /// Identifier: the stem of its file, the folder of its fixtures, what findings carry.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// How much a breach matters.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// The smallest set that the rule is in.
    pub const fn set(&self) -> Set {
        Set::of(self.level)
    }

    /// One sentence: the first line of the explanation.
    pub fn summary(&self) -> &'static str {
        rule_text::summary(self.source)
    }

    /// The explanation in Markdown: the summary, then the sections What, Why (with the source), Example, Instead.
    pub fn doc(&self) -> String {
        rule_text::doc(self.source)
    }
}

/// All rules, by id. The faults of the syntax itself are found by the parser and are not among them.
///
/// ```
/// assert!(rtreg_checker::rules().all(|rule| rule.summary().ends_with('.')));
/// ```
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter()
}

/// The rule with this id.
///
/// ```
/// assert_eq!(rtreg_checker::rule("missing_type").map(|rule| rule.id()), Some("missing_type"));
/// assert!(rtreg_checker::rule("missing_semicolon").is_none(), "a fault of the syntax");
/// ```
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// All findings about a file: the faults of its syntax and the breaches of the rules of the set that is asked for, in the
/// order of their places. Faults of the syntax are there whatever the set. A place with a fault of syntax is not judged by the rules: one fault is one finding.
///
/// ```
/// use rtreg_checker::{LintOptions, Set, lint};
/// let rtr = rtreg_parser::parse(b"Resource_type = web; Failover", rtreg_model::FileId(0));
/// let findings = lint(&rtr, &LintOptions::default().set(Set::Errors));
/// assert!(findings.iter().any(|finding| finding.rule == "missing_semicolon"));
/// ```
pub fn lint(rtr: &Rtr<'_>, options: &LintOptions) -> Vec<Finding> {
    let context = Context::new(rtr, options);
    let mut findings = rtr.findings.clone();
    let asked = || RULES.iter().filter(|rule| rule.set() <= options.set);
    for (rule, check) in asked().filter_map(|rule| Some((rule, rule.judges.file?))) {
        check(&context, &mut Report { rule, file: rtr.file, findings: &mut findings });
    }
    let of_entries: Vec<_> = asked().filter_map(|rule| Some((rule, rule.judges.entry?))).collect();
    for entry in &context.entries {
        for (rule, check) in &of_entries {
            check(entry, &context, &mut Report { rule, file: rtr.file, findings: &mut findings });
        }
    }
    findings.sort_by(|a, b| place(a).cmp(&place(b)));
    findings.dedup_by(|a, b| a.rule == b.rule && a.primary.span == b.primary.span);
    findings
}

fn place(finding: &Finding) -> (u32, u32, std::cmp::Reverse<Level>, &'static str) {
    let span = finding.primary.span;
    (span.start, span.end, std::cmp::Reverse(finding.level), finding.rule)
}

/// Where a rule puts its findings; it adds the rule's id and level.
pub(crate) struct Report<'f> {
    rule: &'static Rule,
    file: FileId,
    findings: &'f mut Vec<Finding>,
}

impl Report<'_> {
    /// Adds a finding; `more` puts labels and help to it.
    pub(crate) fn add(&mut self, span: Span, message: impl Into<String>, more: impl FnOnce(Draft) -> Draft) {
        let finding = Finding::new(self.rule.id, self.rule.level, self.file, span, message);
        self.findings.push(more(Draft(finding)).0);
    }
}

/// A finding in the making: all of its places are in the file that is being checked.
pub(crate) struct Draft(Finding);

impl Draft {
    /// The short text at the primary place.
    pub(crate) fn label(self, text: impl Into<String>) -> Self {
        Self(self.0.label(text))
    }

    /// A further place that explains the finding.
    pub(crate) fn also(self, span: Span, text: impl Into<String>) -> Self {
        let file = self.0.primary.file;
        Self(self.0.also(file, span, text))
    }

    /// What to do next.
    pub(crate) fn help(self, text: impl Into<String>) -> Self {
        Self(self.0.help(text))
    }

    /// A cure that a tool can apply.
    pub(crate) fn fix(self, title: impl Into<String>, applicability: Applicability, edits: Vec<Edit>) -> Self {
        Self(self.0.fix(title, applicability, edits))
    }

    /// A cure of one edit.
    pub(crate) fn replace(
        self,
        title: impl Into<String>,
        applicability: Applicability,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        self.fix(title, applicability, vec![Edit::new(span, text.into())])
    }
}
