//! The graph as text and as JSON, version 1 of the shape that `rtreg graph --format json` prints.
//!
//! Who lists no version gives each the same edge, so most of a complete graph says nothing. Edges that no line says are
//! shown where they lead to a newer version; the others only if all are wanted.

use std::collections::BTreeMap;

use rtreg_checker::report::json::JsonSpan;
use rtreg_model::{RtVersion, Tunability};
use rtreg_registry::gate::{Edge, ReasonKind, Sources};
use schemars::JsonSchema;
use serde::Serialize;

use super::Graph;

/// A graph as JSON, and as every other form shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GraphReport {
    /// Version of this shape: 1.
    pub version: u32,
    /// The type, without version.
    #[serde(rename = "type")]
    pub base: String,
    /// Whether edges are shown that no line says and that lead to an older version.
    pub all: bool,
    /// The registered versions, oldest first.
    pub versions: Vec<VersionReport>,
    /// The edges, by the target.
    pub edges: Vec<EdgeReport>,
}

/// A registered version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VersionReport {
    /// RT_version; null for unversioned.
    pub version: Option<String>,
    /// Full name.
    pub name: String,
    /// Whether its file has `#$upgrade`; no edge leads to one that has not.
    pub upgrade_aware: bool,
}

/// An edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EdgeReport {
    /// The version that is left; null for unversioned.
    pub from: Option<String>,
    /// The target; null for unversioned.
    pub to: Option<String>,
    /// What the edge asks for.
    pub tunability: String,
    /// Which rule says so: `listed`, `empty` (by the line for `""`), `default` or `downgrade`.
    pub kind: ReasonKind,
    /// Whether a line of the target's file says so.
    pub listed: bool,
    /// The file of the line that says so, `registry:NAME`; null if none does.
    pub file: Option<String>,
    /// The place of the line; null if `file` is.
    pub span: Option<JsonSpan>,
}

impl GraphReport {
    /// Maps a graph. With `all` also the edges that no line says and that lead to an older version.
    pub fn new(base: &str, graph: &Graph<'_>, all: bool, sources: &Sources<'_>) -> Self {
        let versions = graph.versions().iter().map(|version| VersionReport {
            version: text(&version.resource_type.version.value),
            name: version.name.clone(),
            upgrade_aware: version.resource_type.upgrade.is_some(),
        });
        let count = graph.versions().len();
        let pairs = (0..count).flat_map(|to| (0..count).filter(move |from| *from != to).map(move |from| (from, to)));
        let edges = pairs.filter_map(|(from, to)| {
            let edge = graph.edge(from, to)?;
            let is_shown = all || from < to || edge.kind == ReasonKind::Listed;
            let exists = edge.kind != ReasonKind::NotUpgradeAware;
            (exists && is_shown).then(|| report(graph, (from, to), &edge, sources))
        });
        Self { version: 1, base: base.to_owned(), all, versions: versions.collect(), edges: edges.collect() }
    }

    /// The graph as text: a line a version, then a line an edge, by target.
    pub fn text(&self) -> String {
        let mut text = format!("{}: {} registered\n", self.base, count(self.versions.len(), "version"));
        let mut edges: BTreeMap<Option<&str>, Vec<&EdgeReport>> = BTreeMap::new();
        self.edges.iter().for_each(|edge| edges.entry(edge.to.as_deref()).or_default().push(edge));
        for version in self.versions.iter().rev() {
            let name = name(version.version.as_deref());
            text.push_str(&format!("\n{name}\n"));
            if !version.upgrade_aware {
                text.push_str("  no resource can get this version: its file has no `#$upgrade`\n");
                continue;
            }
            match edges.get(&version.version.as_deref()) {
                Some(edges) => text.push_str(&lines(edges)),
                None => text.push_str("  no way to it is shown\n"),
            }
        }
        text
    }
}

/// The edges to one version, newest origin first, the tunabilities below each other.
fn lines(edges: &[&EdgeReport]) -> String {
    let widest = |of: &dyn Fn(&EdgeReport) -> usize| edges.iter().map(|edge| of(edge)).max().unwrap_or(0);
    let width = widest(&|edge| name(edge.from.as_deref()).chars().count());
    let tunability_width = widest(&|edge| edge.tunability.len());
    let mut text = String::new();
    for edge in edges.iter().rev() {
        let arrow = if edge.listed { "-->" } else { "..>" };
        let from = name(edge.from.as_deref());
        let why = match (edge.kind, &edge.span) {
            (ReasonKind::Listed, Some(span)) => format!("line {}", span.line),
            (ReasonKind::Empty, Some(span)) => format!("line {}, by \"\"", span.line),
            (ReasonKind::Downgrade, _) => "downgrade".to_owned(),
            _ => "not listed".to_owned(),
        };
        text.push_str(&format!("  {from:width$} {arrow} {:tunability_width$}  {why}\n", edge.tunability));
    }
    text
}

/// A version in words.
pub(super) fn name(version: Option<&str>) -> &str {
    version.unwrap_or("unversioned")
}

/// How strict an edge is, from 0 for ANYTIME to 5.
pub(super) fn strictness(edge: &EdgeReport) -> usize {
    let found = Tunability::ALL.iter().position(|tunability| tunability.as_str() == edge.tunability);
    found.unwrap_or(Tunability::ALL.len() - 1)
}

fn report(graph: &Graph<'_>, (from, to): (usize, usize), edge: &Edge, sources: &Sources<'_>) -> EdgeReport {
    let version = |at: usize| graph.versions().get(at).and_then(|of| text(&of.resource_type.version.value));
    let place = edge.place.as_ref().filter(|_| edge.kind != ReasonKind::Downgrade);
    EdgeReport {
        from: version(from),
        to: version(to),
        tunability: edge.tunability.to_string(),
        kind: edge.kind,
        listed: edge.kind == ReasonKind::Listed,
        file: place.map(|place| place.file.clone()),
        span: place.and_then(|place| place.json(sources)),
    }
}

fn text(version: &RtVersion) -> Option<String> {
    version.as_str().map(str::to_owned)
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
