//! `rtreg list [QUERY]`: the registered versions of types, newest first. A query is a name or abbreviation
//! (`SUNW.qfs`), a glob (`SUNW.*`, `qfs:*`) or a range of versions (`SUNW.qfs:>=4, <6`).

use rtreg_model::{RtVersion, TypeName};
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::installed::node_words;
use crate::error::{CommandError, Refusal};
use crate::keys;
use crate::records::{NameRecord, TypeRecord};
use crate::store::KeyRange;
use crate::types::{candidates, newest_first, not_found};
use crate::view::{View, decode};

/// Resources of a version are counted up to here.
pub const COUNTED_MAX: usize = 100;

/// The registered versions that a query asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// Version of this form: 1.
    pub version: u32,
    /// By the name without version, then newest first.
    pub types: Vec<Listed>,
}

/// A registered version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Listed {
    /// The full name.
    pub name: String,
    /// RT_version; null if the file declares none.
    pub rt_version: Option<String>,
    /// Whether the name carries the version: the file has `#$upgrade`, and resources can be upgraded to it.
    pub upgrade_aware: bool,
    /// How many resources have this version.
    pub resources: Count,
    /// Installed_nodes; null means all nodes.
    pub installed_nodes: Option<Vec<String>>,
    /// RT_system.
    pub rt_system: bool,
}

/// A count that stops at a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Count {
    /// How many were counted.
    pub count: u64,
    /// Whether there are more.
    pub more: bool,
}

impl Count {
    /// Counts the keys of a range up to `limit`.
    ///
    /// # Errors
    /// [`CommandError::Store`].
    pub fn of(view: &View<'_>, prefix: &str, limit: usize) -> Result<Self, CommandError> {
        let found = view.count(&KeyRange::prefix(prefix), limit.saturating_add(1))?;
        Ok(Self { count: found.min(limit) as u64, more: found > limit })
    }

    /// `7`, or `100+`.
    pub fn text(self) -> String {
        format!("{}{}", self.count, if self.more { "+" } else { "" })
    }
}

/// What a query asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Query {
    All,
    Name(String),
    Glob(String),
    Range { base: String, bounds: Vec<(Comparison, RtVersion)> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    GreaterOrEqual,
    LessOrEqual,
    Greater,
    Less,
    Equal,
}

/// In this order: a longer one is tried before its beginning.
const COMPARISONS: [(&str, Comparison); 5] = [
    (">=", Comparison::GreaterOrEqual),
    ("<=", Comparison::LessOrEqual),
    (">", Comparison::Greater),
    ("<", Comparison::Less),
    ("=", Comparison::Equal),
];

/// Lists the versions that the query asks for; all without one.
///
/// # Errors
/// [`CommandError::Usage`] for a range that cannot be read; a refusal `type_not_found` for a name that means nothing;
/// [`CommandError::Store`].
pub fn list(view: &View<'_>, query: Option<&str>) -> Result<Report, CommandError> {
    let mut records = match read_query(query)? {
        Query::All => matching(view, "", |_| true)?,
        Query::Glob(glob) => matching(view, literal_base(&glob), |record| glob_matches_type(&glob, record))?,
        Query::Name(name) => named(view, &name)?,
        Query::Range { base, bounds } => in_range(view, &base, &bounds)?,
    };
    records.sort_by(|a, b| newest_first(&NameRecord::of(a), &NameRecord::of(b)));
    let types = records.iter().map(|record| listed(view, record)).collect::<Result<_, _>>()?;
    Ok(Report { version: 1, types })
}

fn read_query(query: Option<&str>) -> Result<Query, CommandError> {
    let Some(query) = query else {
        return Ok(Query::All);
    };
    if let Some((base, rest)) = query.split_once(':')
        && rest.trim_start().starts_with(['<', '>', '='])
    {
        let bounds = rest.split(',').map(|bound| read_bound(query, bound.trim())).collect::<Result<_, _>>()?;
        return Ok(Query::Range { base: base.trim().to_owned(), bounds });
    }
    // Neither character is allowed in a name or a version.
    Ok(if query.contains(['*', '?']) { Query::Glob(query.to_owned()) } else { Query::Name(query.to_owned()) })
}

fn read_bound(query: &str, bound: &str) -> Result<(Comparison, RtVersion), CommandError> {
    let read = COMPARISONS.iter().find_map(|(sign, comparison)| {
        let version = bound.strip_prefix(sign)?.trim();
        let is_version = !version.is_empty() && !version.starts_with(['<', '>', '=']);
        is_version.then(|| (*comparison, RtVersion::new(version)))
    });
    read.ok_or_else(|| {
        let message = format!("expected `>=`, `>`, `<=`, `<` or `=` and a version, found `{bound}` in `{query}`");
        CommandError::usage(Refusal::new("bad_query", message).help("write a range like `SUNW.qfs:>=4, <6`"))
    })
}

impl Comparison {
    fn holds(self, version: &RtVersion, bound: &RtVersion) -> bool {
        match self {
            Self::GreaterOrEqual => version >= bound,
            Self::LessOrEqual => version <= bound,
            Self::Greater => version > bound,
            Self::Less => version < bound,
            Self::Equal => version == bound,
        }
    }
}

/// The records under `types/` whose base starts with `literal` and that `wanted` says yes to.
fn matching(
    view: &View<'_>,
    literal: &str,
    wanted: impl Fn(&TypeRecord) -> bool,
) -> Result<Vec<TypeRecord>, CommandError> {
    let mut records = Vec::new();
    view.for_each(&KeyRange::prefix(&format!("types/{}", keys::part(literal))), |stored| {
        let record: TypeRecord = decode(&stored)?;
        if wanted(&record) {
            records.push(record);
        }
        Ok::<(), CommandError>(())
    })?;
    Ok(records)
}

fn named(view: &View<'_>, name: &str) -> Result<Vec<TypeRecord>, CommandError> {
    let (found, _) = candidates(view, name)?;
    if found.is_empty() {
        return Err(not_found(view, name)?.into());
    }
    found.iter().map(|candidate| candidate.read(view)).collect()
}

fn in_range(view: &View<'_>, base: &str, bounds: &[(Comparison, RtVersion)]) -> Result<Vec<TypeRecord>, CommandError> {
    let within =
        |record: &TypeRecord| bounds.iter().all(|(comparison, bound)| comparison.holds(&record.version, bound));
    if base.contains(['*', '?']) {
        return matching(view, literal_base(base), |record| within(record) && base_matches(base, &record.name));
    }
    let name = TypeName::parse(base);
    let prefix = match name.vendor() {
        Some(_) => keys::by_short_base(name.resource_type(), base),
        None => keys::by_short_all(base),
    };
    let mut records = Vec::new();
    let mut any = false;
    view.for_each(&KeyRange::prefix(&prefix), |stored| {
        any = true;
        let record = decode::<NameRecord>(&stored)?.read(view)?;
        if within(&record) {
            records.push(record);
        }
        Ok::<(), CommandError>(())
    })?;
    if any { Ok(records) } else { Err(not_found(view, base)?.into()) }
}

/// What a base must start with to match the glob; nothing where the vendor may be left out.
fn literal_base(glob: &str) -> &str {
    let literal = glob.split(['*', '?', ':']).next().unwrap_or_default();
    if literal.contains('.') { literal } else { "" }
}

/// A glob is held against the full name and against `base:version`, with the vendor and without it.
fn glob_matches_type(glob: &str, record: &TypeRecord) -> bool {
    let versioned = record.version.as_str().map(|version| format!(":{version}")).unwrap_or_default();
    let suffix = record.name.suffix().map(|suffix| format!(":{suffix}")).unwrap_or_default();
    [record.name.base(), record.name.resource_type()]
        .iter()
        .any(|base| [&versioned, &suffix].iter().any(|end| glob_matches(glob, &format!("{base}{end}"))))
}

fn base_matches(glob: &str, name: &TypeName) -> bool {
    glob_matches(glob, name.base()) || glob_matches(glob, name.resource_type())
}

/// `*` is any text, `?` any one character, all else itself.
fn glob_matches(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<char>, Vec<char>) = (glob.chars().collect(), text.chars().collect());
    let (mut at_glob, mut at_text) = (0, 0);
    // Where to go on if what follows the last star does not match: the star, and how much text it then takes.
    let mut star: Option<(usize, usize)> = None;
    while at_text < text.len() {
        match (glob.get(at_glob), star) {
            (Some('*'), _) => {
                star = Some((at_glob, at_text));
                at_glob += 1;
            }
            (Some(c), _) if *c == '?' || Some(c) == text.get(at_text) => {
                at_glob += 1;
                at_text += 1;
            }
            (_, Some((at_star, taken))) => {
                star = Some((at_star, taken + 1));
                at_glob = at_star + 1;
                at_text = taken + 1;
            }
            (_, None) => return false,
        }
    }
    glob.iter().skip(at_glob).all(|c| *c == '*')
}

fn listed(view: &View<'_>, record: &TypeRecord) -> Result<Listed, CommandError> {
    let resources = Count::of(view, &keys::by_type_version(record.name.base(), &record.version), COUNTED_MAX)?;
    Ok(Listed {
        name: record.name.to_string(),
        rt_version: record.version.as_str().map(str::to_owned),
        upgrade_aware: record.upgrade_aware,
        resources,
        installed_nodes: record.installed_nodes.clone(),
        rt_system: record.rt_system,
    })
}

impl Report {
    /// The report in words: a table.
    pub fn text(&self) -> String {
        if self.types.is_empty() {
            return "no registered type matches\n".to_owned();
        }
        let head = ["NAME", "VERSION", "UPGRADE-AWARE", "RESOURCES", "INSTALLED NODES"].map(str::to_owned);
        let row = |listed: &Listed| {
            [
                listed.name.clone(),
                listed.rt_version.clone().unwrap_or_else(|| "unversioned".to_owned()),
                if listed.upgrade_aware { "yes" } else { "no" }.to_owned(),
                listed.resources.text(),
                node_words(listed.installed_nodes.as_deref()) + if listed.rt_system { " (RT_system)" } else { "" },
            ]
        };
        let rows: Vec<[String; 5]> = std::iter::once(head).chain(self.types.iter().map(row)).collect();
        super::table(&rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        for (glob, text, expected) in [
            ("*", "", true),
            ("SUNW.*", "SUNW.qfs:4.6", true),
            ("SUNW.*", "ORCL.qfs", false),
            ("*.qfs:?", "SUNW.qfs:5", true),
            ("*.qfs:?", "SUNW.qfs:4.6", false),
            ("*a*b*c", "xaxbxbxc", true),
            ("*a*b*c", "xaxbxbxcx", false),
            ("q?s", "qfs", true),
            ("q?s", "qs", false),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(glob_matches(glob, text), expected, "{glob} {text}");
        }
    }
}
