//! The resources of a group in the order of their dependencies: what is depended on comes up first and goes down last. A dependency
//! by `weak` is only for the order, and none where it would close a circle.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_registry::{CommandError, Refusal};

use super::build::{Builder, Wait};
use super::chain::Actor;

const WEAK: &str = "Resource_dependencies_weak";

/// The resources of a group.
pub(super) struct Members {
    /// What is depended on comes first.
    pub actors: Vec<Actor>,
    /// By resource, those of the group that it depends on.
    strong: BTreeMap<String, BTreeSet<String>>,
    weak: BTreeMap<String, BTreeSet<String>>,
}

impl Members {
    pub fn read(builder: &mut Builder<'_, '_, '_>, group: &str) -> Result<Self, CommandError> {
        builder.reader.group(group)?;
        let names = builder.reader.members(group)?;
        let (mut strong, mut weak) = (BTreeMap::new(), Vec::new());
        for name in &names {
            let own: &mut BTreeSet<String> = strong.entry(name.clone()).or_default();
            for (on, properties) in builder.reader.dependencies(name)? {
                if !names.contains(&on) || on == *name {
                    continue;
                }
                match properties.iter().all(|property| property == WEAK) {
                    true => weak.push((name.clone(), on)),
                    false => drop(own.insert(on)),
                }
            }
        }
        let mut all = strong.clone();
        let mut kept: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, on) in weak {
            if !reaches(&all, &on, &name) {
                all.entry(name.clone()).or_default().insert(on.clone());
                kept.entry(name).or_default().insert(on);
            }
        }
        let mut actors = Vec::new();
        for name in sorted(&all).ok_or_else(|| circle(group))? {
            actors.push(Actor::read(builder, &name)?);
        }
        Ok(Self { actors, strong, weak: kept })
    }

    /// What the start of a resource waits for, from what those that it depends on end with.
    pub fn wait_up(&self, name: &str, exits: &BTreeMap<String, Wait>, before: &Wait) -> Wait {
        let mut wait = before.clone();
        let of = |on: &BTreeMap<String, BTreeSet<String>>| on.get(name).cloned().unwrap_or_default();
        of(&self.strong).iter().filter_map(|on| exits.get(on)).for_each(|exit| wait.and(exit));
        of(&self.weak).iter().filter_map(|on| exits.get(on)).for_each(|exit| wait.and_end_of(exit));
        wait
    }

    /// What the stop of a resource waits for, from what those that depend on it end with.
    pub fn wait_down(&self, name: &str, exits: &BTreeMap<String, Wait>, before: &Wait) -> Wait {
        let mut wait = before.clone();
        let depends = |on: &BTreeMap<String, BTreeSet<String>>, dependent: &str| {
            on.get(dependent).is_some_and(|on| on.contains(name))
        };
        for (dependent, exit) in exits {
            if depends(&self.strong, dependent) {
                wait.and(exit);
            } else if depends(&self.weak, dependent) {
                wait.and_end_of(exit);
            }
        }
        wait
    }

    /// The resources of the group on which one depends.
    pub fn strong_of(&self, name: &str) -> impl Iterator<Item = &Actor> {
        let on = self.strong.get(name);
        self.actors.iter().filter(move |actor| on.is_some_and(|on| on.contains(&actor.name)))
    }
}

fn circle(group: &str) -> CommandError {
    let message = format!("dependencies among the resources of group `{group}` form a circle, so no order is possible");
    let help = "take one of them out: `rtreg resource set R --default Resource_dependencies`";
    Refusal::new("dependency_cycle", message).help(help).into()
}

/// Whether one leads to the other.
fn reaches(edges: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> bool {
    let (mut open, mut seen) = (vec![from], BTreeSet::new());
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            open.extend(edges.get(name).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

/// What is depended on first, by name where that leaves a choice; none if there is a circle.
fn sorted(edges: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut sorted: Vec<String> = Vec::new();
    while sorted.len() < edges.len() {
        let is_next = |(name, on): &(&String, &BTreeSet<String>)| {
            !sorted.contains(name) && on.iter().all(|on| sorted.contains(on))
        };
        let (next, _) = edges.iter().find(is_next)?;
        sorted.push(next.clone());
    }
    Some(sorted)
}
