//! Resuming and undoing are killed themselves, and then somebody resumes or undoes again.

use std::collections::BTreeMap;

use rtreg_model::Method;
use rtreg_upgrade::run::{self, OpRecord};

use super::after::{self, Side};
use super::drive::{Kill, Stage, about, crashed, points};
use super::processes::{self, Agents};
use super::scenario::Failed;
use super::scenery::{LOCAL, Scenery, said};

/// The scenarios whose every such kill is tried by `make crash`.
pub const NAMED: [&str; 6] = [
    "all_methods",
    "fleet_two_at_once",
    "restart_with_dependents",
    "scalable_offline",
    "strong_both_upgraded",
    "unmanaged_members",
];

/// What was killed, and what is done then.
pub const VERBS: [(&str, &str); 4] =
    [("resume", "resume"), ("resume", "abort"), ("abort", "abort"), ("abort", "resume")];

/// The first kills: a method of each kind has ended, and nobody has written that down.
pub fn firsts(scenery: &Scenery) -> Vec<Kill> {
    let mut firsts: BTreeMap<(Method, bool), Kill> = BTreeMap::new();
    for step in scenery.plan.bundles().flat_map(|bundle| &bundle.steps) {
        if let Some(call) = step.operation.method() {
            let is_local = step.operation.node.as_deref() == Some(LOCAL);
            let kill = Kill { point: "supervisor.after_method", operation: step.id.clone() };
            firsts.insert((call.method, is_local), kill);
        }
    }
    firsts.into_values().collect()
}

/// Brings a scenario to its first kill, and says where a verb could then be killed.
pub fn prepare(stage: &Stage<'_>, first: &Kill, verb: &str) -> Result<Vec<Kill>, Failed> {
    let scenery = stage.scenery;
    if !crashed(scenery, first)? {
        return Err("the first kill was not reached".into());
    }
    scenery.keep("first")?;
    let before = journal(scenery)?;
    let agents = Agents::start(scenery, &Vec::new())?;
    let output = processes::output(scenery.command(LOCAL).arg(verb))?;
    processes::quiet(scenery, &agents)?;
    if output.status.code() != Some(0) {
        return Err(said(&output).into());
    }
    let mut kills = Vec::new();
    for (id, record) in journal(scenery)? {
        if before.get(&id).is_none_or(|known| known.attempt != record.attempt) {
            kills.extend(points(&record.operation).map(|point| Kill { point, operation: id.clone() }));
        }
    }
    for bundle in scenery.plan.bundles() {
        kills.extend(about("note").map(|point| Kill { point, operation: bundle.id.clone() }));
    }
    kills.extend(about("run").chain(about("end")).map(|point| Kill { point, operation: "run".to_owned() }));
    Ok(kills)
}

fn journal(scenery: &Scenery) -> Result<BTreeMap<String, OpRecord>, Failed> {
    let store = scenery.store()?;
    rtreg_registry::inspect(&store, |view| run::operations(view, "r1")).map_err(|error| error.to_string().into())
}

/// Kills a verb at a point, and lets another follow; false if the point was not reached.
pub fn try_kill(stage: &Stage<'_>, kill: &Kill, (verb, then): (&str, &str)) -> Result<bool, Failed> {
    let scenery = stage.scenery;
    scenery.restore_from("first")?;
    _ = std::fs::remove_file(scenery.root.join("witness"));
    let environment = kill.environment(scenery);
    let agents = Agents::start(scenery, &environment)?;
    let killed = processes::output(scenery.command(LOCAL).arg(verb).envs(environment))?;
    drop(agents);
    processes::until("the supervisors end", || Ok(processes::alive(scenery, &[])?.is_empty()))?;
    if !kill.is_seen(scenery) {
        return Ok(false);
    }
    let agents = Agents::start(scenery, &Vec::new())?;
    let is_open = stage.is_open()?;
    let output = processes::output(scenery.command(LOCAL).arg(then))?;
    let both = || format!("{verb}: {}\n{then}: {}", said(&killed), said(&output));
    let is_expected = match output.status.code() {
        Some(0) => is_open,
        // What was being undone goes on being undone.
        Some(13) => is_open && (verb, then) == ("abort", "resume"),
        // It had ended; or all of it was done, and that is not undone.
        Some(4) => !is_open || then == "abort",
        _ => false,
    };
    if !is_expected {
        return Err(both().into());
    }
    let after =
        after::look(stage.table, scenery, Some(&stage.new), &agents).map_err(|why| format!("{why}\n{}", both()))?;
    let is_done = is_open && output.status.code() == Some(4);
    let goes_on = (verb, then) == ("resume", "resume") || is_done;
    if goes_on && after.sides.contains(&Side::Old) {
        return Err(format!("not everything is new: {:?}\n{}", after.sides, both()).into());
    }
    Ok(true)
}

/// Numbers that look random, from a seed (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or_default()
    }
}
