//! What cannot be left to the points alone: a method that takes long beside a coordinator that is dead, and journals that were
//! broken on purpose.

use rtreg_model::Method;
use rtreg_registry::{Change, Commit, Store, keys};
use rtreg_upgrade::plan::Step;

use super::after;
use super::drive::{Kill, Stage, apply};
use super::order;
use super::processes::{self, Agents};
use super::scenario::Failed;
use super::scenery::{LOCAL, said};
use super::scripts;

/// The step of a method on the local node.
fn step<'s>(stage: &'s Stage<'_>, method: Method) -> Result<&'s Step, Failed> {
    let is_wanted = |step: &&Step| {
        step.operation.method().is_some_and(|call| call.method == method)
            && step.operation.node.as_deref() == Some(LOCAL)
    };
    let mut steps = stage.scenery.plan.bundles().flat_map(|bundle| &bundle.steps);
    steps.find(is_wanted).ok_or_else(|| format!("{} has no step {method}", stage.scenery.name).into())
}

/// A method takes five seconds. Whoever supervises it, or the coordinator, is killed meanwhile, and at once somebody else goes on, or
/// back.
pub fn slow(stage: &Stage<'_>, method: Method, point: &'static str, verb: &str) -> Result<(), Failed> {
    let scenery = stage.scenery;
    let step = step(stage, method)?;
    scenery.restore()?;
    std::fs::write(scenery.live().join("faults").join(&step.id), scripts::SLOW)?;
    let kill = Kill { point, operation: step.id.clone() };
    let agents = Agents::start(scenery, &Vec::new())?;
    _ = std::fs::remove_file(scenery.root.join("witness"));
    apply(scenery, &kill.environment(scenery))?;
    if !kill.is_seen(scenery) {
        return Err("nothing was killed".into());
    }
    let log = || order::read(&scenery.live().join(scripts::LOG));
    // The method has begun, and whoever goes on now would be beside it. Without its supervisor it is ended by the coordinator, perhaps
    // before it has written a line.
    if point.starts_with("coordinator") {
        processes::until("the slow method", || Ok(log()?.iter().any(|line| line.operation == step.id)))?;
    }
    let has_ended = log()?.iter().any(|line| line.operation == step.id && line.word == "end");
    let output = processes::output(scenery.command(LOCAL).arg(verb))?;
    if has_ended || output.status.code() != Some(0) {
        return Err(format!("{verb}: {has_ended} {}", said(&output)).into());
    }
    let after = after::look(stage.table, scenery, Some(&stage.new), &agents);
    let after = after.map_err(|why| format!("{verb}: {why}\n{}", said(&output)))?;
    let wrong = if verb == "abort" { after::Side::New } else { after::Side::Old };
    if after.sides.contains(&wrong) {
        return Err(format!("{verb}: {:?}", after.sides).into());
    }
    Ok(())
}

/// The methods themselves see it if one of them runs beside another: two are called at once, past all that keeps them apart.
pub fn beside(stage: &Stage<'_>) -> Result<(), Failed> {
    let scenery = stage.scenery;
    let step = step(stage, Method::Start)?;
    let Some(call) = step.operation.method() else { return Err("a method".into()) };
    scenery.restore()?;
    std::fs::write(scenery.live().join("faults").join(&step.id), scripts::TIMEOUT)?;
    let called = |operation: &str| {
        let mut command = std::process::Command::new(&call.path);
        command.args(&call.arguments).env_clear().env("PATH", "/usr/bin:/bin").env("RTREG_NODE", LOCAL);
        command.env("RTREG_CALL", format!("r1/{operation}/1")).env("RTREG_STORE", scenery.live().join("store.db"));
        command
    };
    let log = || order::read(&scenery.live().join(scripts::LOG));
    let mut first = called(&step.id).spawn()?;
    let begun = processes::until("the first method", || Ok(!log()?.is_empty()));
    let second = called("another").status();
    _ = first.kill();
    _ = first.wait();
    begun.and(second.map(drop).map_err(Failed::from))?;
    let words: Vec<String> = log()?.into_iter().map(|line| line.word).collect();
    // The service runs from before, which they see, too.
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != "double").collect();
    if words != ["begin", "beside", "begin", "end"] {
        return Err(format!("{words:?}").into());
    }
    Ok(())
}

/// What is done to a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// The record of an operation is gone.
    Deleted,
    /// An operation that is done is recorded as not done.
    Undone,
    /// An operation that has no outcome is recorded as done.
    Done,
}

/// A run is killed and its journal broken; `history verify` must say so, and what then happens must not pass the checks.
pub fn broken(stage: &Stage<'_>, method: Method, how: Break) -> Result<(), Failed> {
    let scenery = stage.scenery;
    let step = step(stage, method)?;
    let point = if how == Break::Done { "supervisor.before_spawn" } else { "supervisor.after_outcome" };
    let kill = Kill { point, operation: step.id.clone() };
    scenery.restore()?;
    _ = std::fs::remove_file(scenery.root.join("witness"));
    let agents = Agents::start(scenery, &Vec::new())?;
    apply(scenery, &kill.environment(scenery))?;
    processes::quiet(scenery, &agents)?;
    if !kill.is_seen(scenery) {
        return Err("nothing was killed".into());
    }
    let store = scenery.store()?;
    after::verified(&store)?;
    let key = keys::operation("r1", &step.id);
    let stored = store.snapshot()?.get(&key)?.ok_or("the operation is journaled")?;
    let mut record: serde_json::Value = serde_json::from_slice(&stored.value)?;
    let change = match how {
        Break::Deleted => Change::Delete { key },
        Break::Undone | Break::Done => {
            record["status"] = if how == Break::Done { "done" } else { "begun" }.into();
            Change::Put { key, value: serde_json::to_vec(&record)? }
        }
    };
    store.commit(&Commit { conditions: Vec::new(), changes: vec![change] })?;
    if after::verified(&store).is_ok() {
        return Err("the history verifies".into());
    }
    drop(store);
    let told = processes::output(scenery.command(LOCAL).args(["history", "verify"]))?;
    if told.status.success() {
        return Err(format!("history verify: {}", said(&told)).into());
    }
    // Whatever it does now: the methods' own log, or their marks, show that it is not right.
    let output = processes::output(scenery.command(LOCAL).arg("resume"))?;
    processes::quiet(scenery, &agents)?;
    let lines = order::read(&scenery.live().join(scripts::LOG))?;
    let store = scenery.store()?;
    let state = after::state(&store, scenery)?;
    let noticed = order::check(stage.table, scenery, &lines).and_then(|world| world.agrees(&state)).is_err();
    if !noticed
        && output.status.success()
        && order::forwards(scenery, &lines) == scenery.asked.runs
        && how != Break::Undone
    {
        return Err(format!("nobody has noticed it: {}", said(&output)).into());
    }
    Ok(())
}
