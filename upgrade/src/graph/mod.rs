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
            for line in &version.resource_type.upgrade_from {
                if let Some(from) = index.find(&line.version.value) {
                    lines.push((from, line));
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
        let unlisted = [false, true].map(|downgrade| {
            let looked = |version: &&Version<'a>| looked(version, false, None, downgrade).rule(&settings).0;
            versions.iter().map(looked).collect()
        });
        Self { versions, settings, lists, listed_by, unlisted }
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
        let Some(present) = self.versions.get(from) else { return Vec::new() };
        let [up, down] = &self.unlisted;
        let mut row: Vec<Tunability> = if present.resource_type.version.value.is_unversioned() {
            let versions = self.versions.iter();
            versions.map(|version| looked(version, true, None, false).rule(&self.settings).0).collect()
        } else {
            down.iter().take(from).chain(up.iter().skip(from)).copied().collect()
        };
        let mut set = |at: usize, tunability: Option<Tunability>| {
            if let (Some(entry), Some(tunability)) = (row.get_mut(at), tunability) {
                *entry = tunability;
            }
        };
        // That a file lists a version makes going to that one a downgrade.
        self.lists(from).iter().for_each(|&target| set(target, down.get(target).copied()));
        for &(target, line) in self.listed_by.get(from).into_iter().flatten() {
            let version = self.versions.get(target);
            set(target, version.map(|version| looked(version, false, Some(line), true).rule(&self.settings).0));
        }
        set(from, Some(Tunability::AtCreation));
        row
    }

    /// The edge between two versions, with the line that says so, as the gate has it; none outside of the graph.
    pub fn edge(&self, from: usize, target: usize) -> Option<gate::Edge> {
        let (from, target) = (self.versions.get(from)?, self.versions.get(target)?);
        Some(gate::edge(from, target, &self.settings))
    }
}

fn looked<'a>(
    target: &Version<'a>,
    from_unversioned: bool,
    listed: Option<&'a UpgradeFrom>,
    downgrade: bool,
) -> Looked<'a> {
    Looked {
        from_unversioned,
        listed,
        empty: gate::strictest_line(target.resource_type, &RtVersion::UNVERSIONED),
        upgrade_aware: target.resource_type.upgrade.is_some(),
        downgrade,
    }
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
