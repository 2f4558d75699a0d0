//! What must move together: from each upgrade the resources that go down with it, and from these the bundles. Dependencies
//! and groups decide; the order inside a bundle is another file's.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_registry::CommandError;
use rtreg_registry::gate::Needs;

use super::data::Asked;
use super::decide::{Candidate, runs};
use super::read::Reader;

/// How a resource moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// It stays as it runs.
    Stays,
    /// Its monitor goes and comes back.
    Unmonitored,
    /// It is restarted behind the change of version.
    Restarted,
    /// It goes down before the change of version and comes up behind it, and its switches stay.
    Follows,
    /// The same, and it is disabled meanwhile.
    Disabled,
}

impl Mode {
    /// Whether it goes down at all.
    pub fn is_down(self) -> bool {
        self >= Self::Restarted
    }

    /// Whether it is down while the version changes.
    pub fn is_down_meanwhile(self) -> bool {
        self >= Self::Follows
    }
}

/// A resource that moves, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Move {
    pub mode: Mode,
    /// The property or rule.
    pub rule: String,
    /// One full sentence.
    pub sentence: String,
    /// The resource for whose sake it moves; none for an upgrade itself.
    pub on: Option<String>,
}

/// What moves for the sake of one or more upgrades.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Moving {
    pub moves: BTreeMap<String, Move>,
    /// The groups that are unmanaged meanwhile, with all their resources.
    pub unmanaged: BTreeMap<String, Vec<String>>,
}

impl Moving {
    fn add(&mut self, name: &str, other: Move) -> bool {
        match self.moves.get_mut(name) {
            Some(known) if known.mode >= other.mode => false,
            Some(known) => {
                *known = other;
                true
            }
            None => {
                self.moves.insert(name.to_owned(), other);
                true
            }
        }
    }

    /// What is upgraded itself is not restarted behind the change, where it would have to be stopped by methods that did not
    /// start it: it is down meanwhile.
    fn settle(&mut self, upgrades: impl Iterator<Item = String>) {
        for name in upgrades {
            if let Some(of) = self.moves.get_mut(&name).filter(|of| of.mode == Mode::Restarted) {
                of.mode = Mode::Follows;
            }
        }
    }

    fn join(&mut self, other: Self) {
        for (name, other) in other.moves {
            self.add(&name, other);
        }
        self.unmanaged.extend(other.unmanaged);
    }
}

/// The strongest of the properties with which a resource depends on another, and what it does when that one goes down.
pub(super) fn strongest(properties: &BTreeSet<String>) -> (Option<Mode>, &'static str) {
    const KINDS: [(&str, Option<Mode>); 4] = [
        ("Resource_dependencies", Some(Mode::Disabled)),
        ("Resource_dependencies_offline_restart", Some(Mode::Follows)),
        ("Resource_dependencies_restart", Some(Mode::Restarted)),
        ("Resource_dependencies_weak", None),
    ];
    let found = KINDS.iter().find(|(name, _)| properties.contains(*name));
    found.map_or((None, "Resource_dependencies_weak"), |(name, mode)| (*mode, name))
}

/// What moves for the sake of one upgrade.
pub(super) fn moving(reader: &mut Reader<'_, '_>, candidate: &Candidate) -> Result<Moving, CommandError> {
    let mut moving = Moving::default();
    let own = |mode: Mode| {
        let sentence = candidate.because.first().map(|why| why.sentence.clone()).unwrap_or_default();
        let rule = candidate.because.first().map(|why| why.rule.clone()).unwrap_or_default();
        Move { mode, rule, sentence, on: None }
    };
    let mode = match candidate.needs {
        None => Mode::Stays,
        Some(Needs::Unmonitored) => Mode::Unmonitored,
        Some(_) => Mode::Disabled,
    };
    moving.add(&candidate.name, own(mode));
    if candidate.needs == Some(Needs::Unmanaged) {
        let group = reader.resource(&candidate.name)?.group.clone();
        let members = reader.members(&group)?;
        for member in &members {
            reader.resource(member)?;
            let sentence =
                format!("`{member}` is in the group `{group}`, which is unmanaged while `{}` changes.", candidate.name);
            moving.add(member, Move { mode: Mode::Disabled, rule: "group_unmanage".to_owned(), sentence, on: None });
        }
        moving.unmanaged.insert(group, members);
    }
    let mut open: Vec<String> =
        moving.moves.iter().filter(|(_, of)| of.mode.is_down()).map(|(name, _)| name.clone()).collect();
    while let Some(name) = open.pop() {
        let Some(of) = moving.moves.get(&name).cloned() else { continue };
        if !runs(&reader.state, &name) {
            continue;
        }
        for (dependent, properties) in reader.dependents(&name)? {
            let (Some(mode), property) = strongest(&properties) else { continue };
            reader.resource(&dependent)?;
            if !runs(&reader.state, &dependent) {
                continue;
            }
            // What depends on something that is restarted behind the change is down only while that is restarted.
            let mode = if of.mode == Mode::Restarted { Mode::Restarted } else { mode };
            let sentence = format!("`{dependent}` depends on `{name}` by {property}.");
            if moving.add(&dependent, Move { mode, rule: property.to_owned(), sentence, on: Some(name.clone()) }) {
                open.push(dependent);
            }
        }
    }
    Ok(moving)
}

/// The resources that would go down although nobody named them.
pub(super) fn not_named(
    reader: &Reader<'_, '_>,
    (asked, named): (&Asked, &BTreeSet<String>),
    moving: &Moving,
) -> Vec<String> {
    let is_named = |name: &String| {
        let permitted = asked.allow.is_some_and(|allow| allow >= Needs::Offline);
        (permitted && named.contains(name)) || asked.also.covers(name)
    };
    let down = moving.moves.iter().filter(|(name, of)| of.mode.is_down() && runs(&reader.state, name));
    down.map(|(name, _)| name.clone()).filter(|name| !is_named(name)).collect()
}

/// The groups in which something goes down.
pub(super) fn disrupts(reader: &Reader<'_, '_>, moving: &Moving) -> Vec<String> {
    let down = moving.moves.iter().filter(|(name, of)| of.mode.is_down() && runs(&reader.state, name));
    let groups = down.filter_map(|(name, _)| reader.state.resources.get(name)).map(|resource| resource.group.clone());
    let groups: BTreeSet<String> = groups.collect();
    groups.into_iter().collect()
}

/// Puts upgrades together that share something that moves. Each bundle has the places of its upgrades, in order.
pub(super) fn join(all: Vec<Moving>, candidates: &[Candidate]) -> Vec<(Vec<usize>, Moving)> {
    let mut owner: BTreeMap<String, usize> = BTreeMap::new();
    let mut parent: Vec<usize> = (0..all.len()).collect();
    for (at, moving) in all.iter().enumerate() {
        for name in moving.moves.keys() {
            let first = *owner.entry(name.clone()).or_insert(at);
            unite(&mut parent, first, at);
        }
    }
    let mut bundles: BTreeMap<usize, (Vec<usize>, Moving)> = BTreeMap::new();
    for (at, moving) in all.into_iter().enumerate() {
        let bundle = bundles.entry(root(&mut parent, at)).or_default();
        bundle.0.push(at);
        bundle.1.join(moving);
    }
    for (places, moving) in bundles.values_mut() {
        moving.settle(places.iter().filter_map(|at| candidates.get(*at)).map(|of| of.name.clone()));
    }
    bundles.into_values().collect()
}

fn root(parent: &mut [usize], at: usize) -> usize {
    let mut at = at;
    while let Some(&above) = parent.get(at).filter(|above| **above != at) {
        let top = parent.get(above).copied().unwrap_or(above);
        if let Some(entry) = parent.get_mut(at) {
            *entry = top;
        }
        at = above;
    }
    at
}

fn unite(parent: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parent, a), root(parent, b));
    if let Some(entry) = parent.get_mut(a.max(b)) {
        *entry = a.min(b);
    }
}
