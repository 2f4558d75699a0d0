//! The list of rules about the differences between two versions of a type, and the one loop that asks them all. Each says
//! one thing that differs and matters; whether an upgrade is safe is judged in `promise`. No rule is named anywhere but in the list,
//! but for the one that also speaks of a folder.

use rtreg_model::{Finding, Level};

use crate::pair::{Pair, Place, Version};
use crate::rule_text;

/// Declares the module of each rule and the table of all of them. The id of a rule is the stem of its file.
macro_rules! rules {
    ($($name:ident,)+) => {
        $(mod $name;)+

        const RULES: &[CompatRule] = &[$(CompatRule {
            id: stringify!($name),
            level: $name::LEVEL,
            check: $name::check,
            source: include_str!(concat!("compat/", stringify!($name), ".rs")),
        },)+];
    };
}

rules! {
    api_version_changed,
    array_size_narrowed,
    array_size_widened,
    basedir_changed,
    comments_changed,
    default_added,
    default_changed,
    default_removed,
    enum_narrowed,
    enum_widened,
    failover_changed,
    global_zone_changed,
    init_added,
    init_nodes_narrowed,
    init_nodes_widened,
    length_narrowed,
    length_widened,
    method_added,
    method_content_changed,
    method_moved,
    method_path_shared,
    method_removed,
    per_node_changed,
    pkglist_changed,
    property_added,
    property_removed,
    property_retyped,
    proxy_changed,
    range_narrowed,
    range_widened,
    required_property_added,
    rt_system_changed,
    scalable_changed,
    single_instance_changed,
    sysdefined_type_changed,
    tunable_narrowed,
    tunable_widened,
    type_changed,
    upgrade_added,
    upgrade_dropped,
    upgrade_from_added,
    upgrade_from_changed,
    upgrade_from_removed,
    vendor_changed,
    version_changed,
    version_lowered,
    version_not_listed,
    version_not_raised,
}

/// A rule about a difference: its name, how much it matters, and the function that finds it.
///
/// ```
/// let rule = rtreg_checker::compat_rule("tunable_narrowed").unwrap();
/// assert_eq!(rule.level(), rtreg_model::Level::Warning);
/// assert!(rule.doc().contains("# Why"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct CompatRule {
    id: &'static str,
    level: Level,
    check: fn(&Pair<'_>, &mut Report<'_>),
    /// The text of the rule's file; its head is the explanation.
    source: &'static str,
}

impl CompatRule {
    /// Identifier: the stem of its file, the folder of its fixtures, what findings carry.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// How much the difference matters: an error breaks what was promised, a warning hurts resources or asks something of
    /// the administrator, a note is worth knowing.
    pub const fn level(&self) -> Level {
        self.level
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

/// All rules about differences, by id.
///
/// ```
/// assert!(rtreg_checker::compat_rules().all(|rule| rule.summary().ends_with('.')));
/// ```
pub fn compat_rules() -> impl Iterator<Item = &'static CompatRule> {
    RULES.iter()
}

/// The rule with this id.
///
/// ```
/// assert!(rtreg_checker::compat_rule("missing_type").is_none(), "a rule about one file");
/// ```
pub fn compat_rule(id: &str) -> Option<&'static CompatRule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// All differences between two versions, in the order of their places in the new file. Each finding's first place is in the
/// new file, also where it is about something that is only in the old one.
///
/// ```
/// use rtreg_checker::{Version, compare};
/// use rtreg_model::FileId;
/// let old = rtreg_parser::parse(b"Resource_type = web; RT_version = \"1\"; Failover = TRUE;", FileId(0));
/// let new = rtreg_parser::parse(b"Resource_type = web; RT_version = \"1\"; Failover = FALSE;", FileId(1));
/// let findings = compare(&Version::new(&old).unwrap(), &Version::new(&new).unwrap());
/// let rules: Vec<&str> = findings.iter().map(|finding| finding.rule).collect();
/// assert_eq!(rules, ["version_not_raised", "failover_changed"]);
/// ```
pub fn compare(old: &Version<'_>, new: &Version<'_>) -> Vec<Finding> {
    let pair = Pair::new(old, new);
    let mut findings = Vec::new();
    for rule in RULES {
        (rule.check)(&pair, &mut Report { rule, findings: &mut findings });
    }
    // Stable: what is said at one place stays in the order of the rules.
    findings.sort_by_key(|finding| (finding.primary.span.start, finding.primary.span.end));
    findings
}

/// That installing the new version overwrites the old one wholly: what a check of a folder says once, in place of one finding
/// a method. None where the new file does not list the old version.
pub fn overwrites(old: &Version<'_>, new: &Version<'_>) -> Option<Finding> {
    method_path_shared::of_all_methods(&Pair::new(old, new))
}

/// Where a rule puts its findings; it adds the rule's id and level.
pub(crate) struct Report<'f> {
    rule: &'static CompatRule,
    findings: &'f mut Vec<Finding>,
}

impl Report<'_> {
    /// Adds a finding whose first place is in the new file; `more` puts labels and help to it.
    pub(crate) fn add(&mut self, place: Place, message: impl Into<String>, more: impl FnOnce(Draft) -> Draft) {
        let Place { file, span } = place;
        self.findings.push(more(Draft(Finding::new(self.rule.id, self.rule.level, file, span, message))).0);
    }
}

/// A finding in the making.
pub(crate) struct Draft(Finding);

impl Draft {
    /// The short text at the first place.
    pub(crate) fn label(self, text: impl Into<String>) -> Self {
        Self(self.0.label(text))
    }

    /// A further place, in either file.
    pub(crate) fn also(self, place: Place, text: impl Into<String>) -> Self {
        Self(self.0.also(place.file, place.span, text))
    }

    /// What to do next.
    pub(crate) fn help(self, text: impl Into<String>) -> Self {
        Self(self.0.help(text))
    }
}
