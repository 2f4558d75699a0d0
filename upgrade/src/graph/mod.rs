//! The versions of a type as a graph: each registered version a node, an edge from each to each that has `#$upgrade`, with
//! the tunability that the gate would ask for (design section 5). The rule of an edge is the gate's; this only looks lines
//! up for many pairs at once.

pub mod dot;
pub mod report;
pub mod svg;

use rtreg_model::{RtVersion, Tunability, UpgradeFrom};
use rtreg_registry::gate::{self, Looked, Settings, Version};

/// A line of a target's file, and the version that it is about, by its place in the graph.
type Named<'a> = (usize, &'a UpgradeFrom);

/// The versions of one type, oldest first, and what their files say of each other.
#[derive(Debug, Clone)]
pub struct Graph<'a> {
    versions: Vec<&'a Version<'a>>,
    settings: Settings,
    /// For each version the registered ones that its file lists.
    lists: Vec<Vec<usize>>,
    /// For each version the lines of other files that list it.
    listed_by: Vec<Vec<Named<'a>>>,
    /// For each version the line of its file for `""`.
    empty: Vec<Option<&'a UpgradeFrom>>,
    /// What each version gives to one that it does not list: as an upgrade, and as a downgrade.
    unlisted: [Vec<Tunability>; 2],
}

impl<'a> Graph<'a> {
    /// The graph of these versions of one type, in any order, each once.
    pub fn new(versions: impl IntoIterator<Item = &'a Version<'a>>, settings: Settings) -> Self {
        let mut versions: Vec<&Version<'_>> = versions.into_iter().collect();
        versions.sort_by(|a, b| a.resource_type.version.value.cmp(&b.resource_type.version.value));
        let index = Index::new(&versions);
        let mut lists = Vec::with_capacity(versions.len());
        let mut listed_by: Vec<Vec<Named<'a>>> = vec![Vec::new(); versions.len()];
        for (target, version) in versions.iter().enumerate() {
            let mut lines: Vec<Named<'a>> = Vec::new();
            let mut next = 0;
            for line in &version.resource_type.upgrade_from {
                // Files mostly list versions in their order: a look at the next one saves a search.
                let is_next = versions.get(next).is_some_and(|of| of.resource_type.version.value == line.version.value);
                let found = if is_next { Some(next) } else { index.find(&line.version.value) };
                if let Some(from) = found {
                    lines.push((from, line));
                    next = from + 1;
                }
            }
            // Of several lines for one version the strictest counts.
            lines.sort_by_key(|(from, line)| (*from, std::cmp::Reverse(line.tunability.value)));
            lines.dedup_by_key(|(from, _)| *from);
            for (from, line) in &lines {
                if let Some(by) = listed_by.get_mut(*from).filter(|_| !line.version.value.is_unversioned()) {
                    by.push((target, line));
                }
            }
            lists.push(lines.into_iter().map(|(from, _)| from).collect());
        }
        let empty = |version: &&'a Version<'a>| gate::strictest_line(version.resource_type, &RtVersion::UNVERSIONED);
        let empty = versions.iter().map(empty).collect();
        let mut graph = Self { versions, settings, lists, listed_by, empty, unlisted: [Vec::new(), Vec::new()] };
        graph.unlisted = [false, true].map(|downgrade| {
            let places = 0..graph.versions.len();
            places.map(|target| graph.rule(target, Asking { downgrade, ..Asking::default() })).collect()
        });
        graph
    }

    /// The versions, oldest first.
    pub fn versions(&self) -> &[&'a Version<'a>] {
        &self.versions
    }

    /// The reading of `""`.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The place of a version in the graph; none if it is not registered.
    pub fn position(&self, version: &RtVersion) -> Option<usize> {
        self.versions.binary_search_by(|probe| probe.resource_type.version.value.cmp(version)).ok()
    }

    /// The places of the registered versions that the file of one lists.
    pub fn lists(&self, from: usize) -> &[usize] {
        self.lists.get(from).map(Vec::as_slice).unwrap_or_default()
    }

    /// What the edges from a version ask for, by the place of the target; its own place has AT_CREATION.
    pub fn row(&self, from: usize) -> Vec<Tunability> {
        let mut row = self.alive(from, false);
        let unversioned = self.is_unversioned(from);
        let listed_by = self.listed_by.get(from).map(Vec::as_slice).unwrap_or_default();
        // That a file lists a version makes going to that one a downgrade, unless that one's file lists it, too.
        for &target in self.lists(from) {
            let is_listed = listed_by.binary_search_by_key(&target, |(by, _)| *by).is_ok();
            if let Some(entry) = row.get_mut(target).filter(|_| !is_listed) {
                *entry = self.rule(target, Asking { unversioned, downgrade: true, ..Asking::default() });
            }
        }
        if let Some(own) = row.get_mut(from) {
            *own = Tunability::AtCreation;
        }
        row
    }

    /// What each target's file asks for what a version has left alive; with `listed` as if the present file listed every
    /// target.
    pub fn alive(&self, from: usize, listed: bool) -> Vec<Tunability> {
        let [up, down] = &self.unlisted;
        let mut row: Vec<Tunability> = if self.is_unversioned(from) {
            // Nothing sorts before it, and `""` is about it in either reading.
            let asking = || Asking { unversioned: true, downgrade: listed, ..Asking::default() };
            (0..self.versions.len()).map(|target| self.rule(target, asking())).collect()
        } else if listed {
            down.clone()
        } else {
            down.iter().take(from).chain(up.iter().skip(from)).copied().collect()
        };
        for &(target, line) in self.listed_by.get(from).into_iter().flatten() {
            if let Some(entry) = row.get_mut(target) {
                *entry = self.rule(target, Asking { listed: Some(line), ..Asking::default() });
            }
        }
        row
    }

    fn is_unversioned(&self, at: usize) -> bool {
        self.versions.get(at).is_some_and(|version| version.resource_type.version.value.is_unversioned())
    }

    /// The edge between two versions, with the line that says so, as the gate has it; none outside of the graph.
    pub fn edge(&self, from: usize, target: usize) -> Option<gate::Edge> {
        let (from, target) = (self.versions.get(from)?, self.versions.get(target)?);
        Some(gate::edge(from, target, &self.settings))
    }

    /// What the gate's rule makes of lines that were looked up here.
    fn rule(&self, target: usize, asking: Asking<'a>) -> Tunability {
        let Some(version) = self.versions.get(target) else { return Tunability::AtCreation };
        let looked = Looked {
            from_unversioned: asking.unversioned,
            listed: asking.listed,
            empty: self.empty.get(target).copied().flatten(),
            upgrade_aware: version.resource_type.upgrade.is_some(),
            downgrade: asking.downgrade,
        };
        looked.rule(&self.settings).0
    }
}

/// What is asked of a target, beside its file.
#[derive(Default)]
struct Asking<'a> {
    unversioned: bool,
    listed: Option<&'a UpgradeFrom>,
    downgrade: bool,
}

/// Where a version stands in the graph, found by its text.
struct Index<'v> {
    texts: Vec<(Option<&'v str>, usize)>,
}

impl<'v> Index<'v> {
    fn new(versions: &[&'v Version<'_>]) -> Self {
        let text = |version: &&'v Version<'_>| version.resource_type.version.value.as_str();
        let mut texts: Vec<_> = versions.iter().enumerate().map(|(at, version)| (text(version), at)).collect();
        texts.sort_unstable();
        Self { texts }
    }

    fn find(&self, version: &RtVersion) -> Option<usize> {
        let found = self.texts.binary_search_by(|(text, _)| (*text).cmp(&version.as_str())).ok()?;
        self.texts.get(found).map(|(_, at)| *at)
    }
}
