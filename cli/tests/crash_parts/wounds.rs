//! Logs that are made wrong on purpose: what the checks do not notice they would not notice in a run either.

use std::collections::BTreeMap;

use rtreg_model::Method;
use rtreg_upgrade::plan::State;

use super::order::{self, Line, Table};
use super::scenario::Failed;
use super::scenery::Scenery;

/// How many wounds of a kind there were, and how many were noticed.
pub type Wounds = BTreeMap<&'static str, (usize, usize)>;

/// Wounds a good log in all ways.
pub fn tried(table: &Table, scenery: &Scenery, (lines, end): (&[Line], &State), wounds: &mut Wounds) {
    let mut found = |kind: &'static str, wounded: &[Line]| {
        let in_order = order::check(table, scenery, wounded).and_then(|world| world.agrees(end));
        // What can only be told at the end, is: the methods that the text of the scenario names.
        let is_about_validate = kind.starts_with("Validate");
        let noticed = in_order.is_err() || is_about_validate && order::forwards(scenery, wounded) != scenery.asked.runs;
        let (all, seen) = wounds.entry(kind).or_default();
        (*all, *seen) = (*all + 1, *seen + usize::from(noticed));
    };
    let begins = lines.iter().enumerate().filter(|(_, line)| line.word == "begin");
    for (at, line) in begins {
        let Some(end) = lines.iter().position(|other| other.word == "end" && other.operation == line.operation) else {
            continue;
        };
        let without: Vec<Line> = lines
            .iter()
            .enumerate()
            .filter(|(here, _)| *here != at && *here != end)
            .map(|(_, line)| line.clone())
            .collect();
        match line.method {
            Method::Validate => found("Validate left out", &without),
            Method::Start | Method::PrenetStart => found("a start left out", &without),
            Method::Stop | Method::PostnetStop => found("a stop left out", &without),
            Method::MonitorStart => found("Monitor_start left out", &without),
            Method::MonitorStop => found("Monitor_stop left out", &without),
            _ => {}
        }
        if let Method::Start | Method::PrenetStart | Method::MonitorStart = line.method {
            let mut twice = lines.to_vec();
            twice.splice(end + 1..=end, [line.clone(), lines[end].clone()]);
            found("begun twice", &twice);
            let mut killed = lines.to_vec();
            killed.insert(at, line.clone());
            found("killed and begun again without what undoes it", &killed);
        }
        if let Some(upgrade) =
            scenery.plan.bundles().flat_map(|of| &of.upgrades).find(|of| of.resource == line.resource)
        {
            let version = |name: &str| name.split_once(':').map_or("unversioned", |(_, version)| version).to_owned();
            let (old, new) = (version(&upgrade.from), version(upgrade.to.last().unwrap_or(&upgrade.from)));
            let with = |other: &str| {
                let changed = |here: usize, line: &Line| match here == at || here == end {
                    true => Line { version: other.to_owned(), ..line.clone() },
                    false => line.clone(),
                };
                lines.iter().enumerate().map(|(here, line)| changed(here, line)).collect::<Vec<_>>()
            };
            match line.method {
                Method::Stop if line.version == old => found("Stop of the new version before the change", &with(&new)),
                Method::Start if line.version == new => {
                    found("Start of the old version behind the change", &with(&old))
                }
                _ => {}
            }
        }
    }
    for word in ["beside", "double"] {
        let mut seen = lines.to_vec();
        if let Some(first) = lines.first() {
            seen.insert(1, Line { word: word.to_owned(), ..first.clone() });
            found("what a method has seen itself", &seen);
        }
    }
}

/// Every kind was tried and always noticed.
pub fn judged(wounds: &Wounds) -> Result<(), Failed> {
    const ALWAYS: [&str; 10] = [
        "Validate left out",
        "begun twice",
        "killed and begun again without what undoes it",
        "Stop of the new version before the change",
        "a start left out",
        "what a method has seen itself",
        "a stop left out",
        "Monitor_start left out",
        "Monitor_stop left out",
        "Start of the old version behind the change",
    ];
    for (kind, (all, noticed)) in wounds {
        println!("  {kind}: {noticed} of {all} noticed");
    }
    let is_missed = |kind: &&str| wounds.get(*kind).is_none_or(|(all, noticed)| *all == 0 || all != noticed);
    let missed: Vec<&str> = ALWAYS.into_iter().filter(|kind| is_missed(&kind)).collect();
    if !missed.is_empty() || wounds.len() != ALWAYS.len() {
        return Err(format!("the order would not notice: {missed:?} {wounds:?}").into());
    }
    Ok(())
}
