//! Steps that fail, in each way: what `rtreg simulate --fail` says beforehand is what the methods' own log then shows.

use std::collections::BTreeSet;
use std::path::Path;

use rtreg_upgrade::execute::{FailureKind, Injection, Journal, unwinding};
use rtreg_upgrade::plan::{Operation, Plan, Step};
use serde_json::Value;

use super::after::{self, Side};
use super::drive::{Stage, apply_plan};
use super::order::{self, Line};
use super::practice;
use super::processes::{self, Agents};
use super::scenario::Failed;
use super::scenery::{LOCAL, Scenery, said};
use super::scripts;

/// A way in which a method fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    Exit,
    Timeout,
    Signal,
    Flood,
    Missing,
    Changed,
}

pub const WAYS: [Way; 6] = [Way::Exit, Way::Timeout, Way::Signal, Way::Flood, Way::Missing, Way::Changed];

/// Lets a step fail, and compares what was said with what happened; whether it is the same to the last method, or another branch was a
/// step further or less far.
pub fn try_failure(stage: &Stage<'_>, step: &Step, way: Way) -> Result<bool, Failed> {
    let scenery = stage.scenery;
    let Some(call) = step.operation.method() else { return Err("a method".into()) };
    scenery.restore()?;
    let file = Path::new(&call.path);
    let text = std::fs::read_to_string(file)?;
    let plan = match way {
        Way::Timeout => hurried(scenery, step)?,
        _ => scenery.plan_file(),
    };
    let fault = scenery.live().join("faults").join(&step.id);
    match way {
        Way::Exit => std::fs::write(fault, scripts::EXIT)?,
        Way::Signal => std::fs::write(fault, scripts::SIGNAL)?,
        Way::Timeout => std::fs::write(fault, scripts::TIMEOUT)?,
        Way::Flood => std::fs::write(fault, scripts::FLOOD)?,
        Way::Missing => std::fs::remove_file(file)?,
        Way::Changed => scripts::write(file, &format!("{text}# changed\n"))?,
    }
    let tried = compare(stage, step, (way, &plan));
    scripts::write(file, &text)?;
    tried
}

/// The plan, with a second for this step only: the others have as long as they need.
fn hurried(scenery: &Scenery, step: &Step) -> Result<std::path::PathBuf, Failed> {
    let mut value: Value = serde_json::to_value(&scenery.plan)?;
    let mut changed = 0;
    for wave in value["waves"].as_array_mut().into_iter().flatten() {
        for bundle in wave["bundles"].as_array_mut().into_iter().flatten() {
            for of in bundle["steps"].as_array_mut().into_iter().flatten().filter(|of| of["id"] == step.id.as_str()) {
                of["what"]["timeout_seconds"] = 1.into();
                changed += 1;
            }
        }
    }
    if changed != 1 {
        return Err("the plan has not one such step".into());
    }
    let mut plan: Plan = serde_json::from_value(value)?;
    plan.id = plan.computed_id();
    let file = scenery.root.join("hurried.json");
    std::fs::write(&file, serde_json::to_vec(&plan)?)?;
    Ok(file)
}

fn compare(stage: &Stage<'_>, step: &Step, (way, plan): (Way, &Path)) -> Result<bool, Failed> {
    let scenery = stage.scenery;
    let simulated = match way {
        // A file belongs to more than one step: all that it is the file of fail.
        Way::Missing | Way::Changed => without_file(scenery, step, way)?,
        _ => simulated(scenery, step, plan)?,
    };
    let agents = Agents::start(scenery, &Vec::new())?;
    let output = apply_plan(scenery, plan, &Vec::new())?;
    let here = |why: String| -> Failed { format!("{why}\n{}", said(&output)).into() };
    let end = simulated["outcome"]["end"]["kind"].as_str().unwrap_or_default();
    let expected = exit(&simulated).ok_or_else(|| here(format!("simulated: {simulated}")))?;
    if output.status.code() != Some(expected) {
        return Err(here(format!("expected exit {expected}, as simulated: {}", simulated["outcome"])));
    }
    processes::quiet(scenery, &agents)?;
    let lines = order::read(&scenery.live().join(scripts::LOG))?;
    let never_ran = matches!(way, Way::Missing | Way::Changed);
    if never_ran == lines.iter().any(|line| line.operation == step.id && line.word == "begin") {
        return Err(here(format!("{} ran, or not, against what {way:?} means", step.id)));
    }
    let journal = journal(scenery)?;
    let mut is_exact = true;
    for bundle in scenery.plan.bundles() {
        let found = &simulated["outcome"]["bundles"][&bundle.id];
        if found["kind"] == "halted" {
            let at = found["at"].as_str().unwrap_or_default();
            if !said(&output).contains(at) {
                return Err(here(format!("{at} has failed, and nobody says so")));
            }
            continue;
        }
        let printed =
            if found["kind"] == "unwound" { methods(&simulated["unwinding"][&bundle.id]) } else { Vec::new() };
        let ran = undone(scenery, &lines, &bundle.id);
        is_exact &= printed == ran;
        let from_journal = match ran.is_empty() {
            true => Vec::new(),
            false => methods(&serde_json::to_value(unwinding(bundle, &journal))?),
        };
        if from_journal != ran || common(&printed, &ran, &journal) != common(&ran, &printed, &journal) {
            return Err(here(format!("{}: said before {printed:?}, and what ran {ran:?}", bundle.id)));
        }
    }
    ends(stage, &simulated, end, &agents).map_err(|why| here(why.to_string()))?;
    Ok(is_exact)
}

/// What `rtreg simulate --fail` says.
fn simulated(scenery: &Scenery, step: &Step, plan: &Path) -> Result<Value, Failed> {
    let mut simulate = scenery.command(LOCAL);
    simulate.arg("simulate").arg(plan).args(["--fail", &step.id, "--format", "json"]);
    let output = processes::output(&mut simulate)?;
    let report: Value = serde_json::from_slice(&output.stdout).map_err(|_| said(&output))?;
    Ok(report["runs"][0].clone())
}

/// The same simulation where a file fails whatever needs it, forwards and backwards.
fn without_file(scenery: &Scenery, step: &Step, way: Way) -> Result<Value, Failed> {
    let kind = if way == Way::Missing { FailureKind::Missing } else { FailureKind::Changed };
    let path = step.operation.method().map(|call| &call.path);
    let uses = |operation: &Operation| operation.method().map(|call| &call.path) == path;
    let mut names = Vec::new();
    for step in scenery.plan.bundles().flat_map(|bundle| &bundle.steps) {
        if uses(&step.operation) {
            names.extend([step.id.clone(), format!("{}-again", step.id)]);
        }
        let undo = step.undo.iter().enumerate().filter(|(_, undo)| uses(&undo.operation));
        names.extend(undo.map(|(number, _)| step.undo_id(number)));
    }
    practice::simulate(scenery, |mut simulator| {
        simulator.injections = names.iter().map(|name| (name.clone(), Injection::Fails(kind))).collect();
        simulator
    })
}

/// The exit code of a run that ends so.
fn exit(simulated: &Value) -> Option<i32> {
    let mut bundles = simulated["outcome"]["bundles"].as_object()?.values();
    let is_refused = |of: &Value| matches!(of["kind"].as_str(), Some("refused" | "done"));
    match simulated["outcome"]["end"]["kind"].as_str()? {
        "done" => Some(0),
        "failed" if bundles.all(is_refused) => Some(11),
        "failed" => Some(13),
        "halted" => Some(14),
        _ => None,
    }
}

fn journal(scenery: &Scenery) -> Result<Journal, Failed> {
    let store = scenery.store()?;
    rtreg_registry::inspect(&store, |view| rtreg_upgrade::run::journal_of(view, "r1"))
        .map_err(|error| error.to_string().into())
}

/// What is in both lists, or undoes a step that had begun in the one and not in the other: beside the step that failed, another branch
/// may be a step further or less far.
fn common(one: &[String], other: &[String], journal: &Journal) -> Vec<String> {
    let of = |id: &String| id.split_once('-').map_or(id.clone(), |(step, _)| step.to_owned());
    let known: BTreeSet<String> = other.iter().map(of).collect();
    one.iter().filter(|id| known.contains(&of(id)) && journal.status(&of(id)).is_some()).cloned().collect()
}

/// What is true behind the failure.
fn ends(stage: &Stage<'_>, simulated: &Value, end: &str, agents: &Agents) -> Result<(), Failed> {
    let scenery = stage.scenery;
    match end {
        // What a person then does is tried by the kills; here the order must have been right until now.
        "halted" => {
            let lines = order::read(&scenery.live().join(scripts::LOG))?;
            Ok(order::check(stage.table, scenery, &lines).map(drop)?)
        }
        "failed" => {
            let sides = after::look(stage.table, scenery, Some(&stage.new), agents)?.sides;
            for (bundle, side) in scenery.plan.bundles().zip(&sides) {
                let is_done = simulated["outcome"]["bundles"][&bundle.id]["kind"] == "done";
                if *side == if is_done { Side::Old } else { Side::New } {
                    return Err(format!("{} is {side:?}", bundle.id).into());
                }
            }
            Ok(())
        }
        _ => after::look(stage.table, scenery, None, agents).map(drop),
    }
}

/// The methods of an unwinding, in their order.
fn methods(unwinding: &Value) -> Vec<String> {
    let tasks = unwinding["tasks"].as_array().cloned().unwrap_or_default();
    let methods = tasks.iter().filter(|task| task["operation"]["what"]["kind"] == "method");
    methods.filter_map(|task| task["id"].as_str().map(str::to_owned)).collect()
}

/// The methods of a bundle that ran and are no steps of the plan, in their order.
fn undone(scenery: &Scenery, lines: &[Line], bundle: &str) -> Vec<String> {
    let of_bundle = format!("{bundle}.");
    let is_undo = |line: &&Line| {
        line.word == "begin" && line.operation.starts_with(&of_bundle) && scenery.plan.step(&line.operation).is_none()
    };
    lines.iter().filter(is_undo).map(|line| line.operation.clone()).collect()
}

/// The steps of a scenario that can fail, with the ways that are tried.
pub fn failures<'s>(
    stage: &'s Stage<'_>,
    wanted: &'s dyn Fn(usize, Way) -> bool,
) -> impl Iterator<Item = (&'s Step, Way)> {
    let steps = stage.scenery.plan.bundles().flat_map(|bundle| &bundle.steps);
    let steps = steps.filter(|step| step.operation.method().is_some()).enumerate();
    steps.flat_map(move |(at, step)| WAYS.into_iter().filter(move |way| wanted(at, *way)).map(move |way| (step, way)))
}
