//! Crashes and failures of real runs, on real processes and methods: every scenario of `tests/plan/` that rtreg carries out.
//!
//! A program that was built without optimisation is only tried on a few of them, so that `cargo test` takes its time for other things;
//! `make test` tries all with one that was.
//!
//! ```text
//! cargo test --release -p rtreg-cli --test crash [-- kills|slow|broken|twice|failures … SCENARIO …]
//! ```

#[path = "crash_parts/after.rs"]
mod after;
#[path = "crash_parts/drive.rs"]
mod drive;
#[path = "crash_parts/fail.rs"]
mod fail;
#[path = "crash_parts/order.rs"]
mod order;
#[path = "crash_parts/practice.rs"]
mod practice;
#[path = "crash_parts/processes.rs"]
mod processes;
#[path = "../../tests/tests/plan_parts/scenario.rs"]
#[allow(dead_code, reason = "the scenarios of plans are tried in memory with the rest of it")]
mod scenario;
#[path = "crash_parts/scenery.rs"]
mod scenery;
#[path = "crash_parts/scripts.rs"]
mod scripts;
#[path = "crash_parts/special.rs"]
mod special;
#[path = "crash_parts/tally.rs"]
mod tally;
#[path = "crash_parts/twice.rs"]
mod twice;
#[path = "crash_parts/wounds.rs"]
mod wounds;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rtreg_model::Method;
use rtreg_upgrade::execute::{End, FailureKind, Injection};

use rtreg_upgrade::plan::State;

use drive::Stage;
use fail::{WAYS, Way};
use order::Table;
use scenario::Failed;
use scenery::Scenery;
use tally::Tally;

fn main() -> ExitCode {
    match all() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// The parts, as they are named on the command line.
const PARTS: [&str; 5] = ["kills", "twice", "slow", "broken", "failures"];

/// What a program without optimisation is tried on.
const FEW: [&str; 3] = ["anytime_stays_online", "disabled_allowed", "offline_allowed"];

/// More than processors: most of the time they wait for each other.
const THREADS: usize = 8;

/// Fewer kills are a fault of the harness.
const KILLS_MIN: usize = 5_000;

fn all() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let (parts, wanted): (Vec<String>, Vec<String>) =
        words.into_iter().partition(|word| PARTS.contains(&word.as_str()));
    let is_part = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    let is_whole = wanted.is_empty() && !cfg!(debug_assertions);
    let wanted_by_default = wanted.is_empty();
    let wanted = match cfg!(debug_assertions) && wanted.is_empty() {
        true => FEW.map(str::to_owned).to_vec(),
        false => wanted,
    };
    let folder = tempfile::Builder::new().prefix("rtreg-crash-").tempdir_in(place())?;
    let table = Table::read()?;
    let sceneries = sceneries(folder.path(), &wanted)?;
    let stages = rehearsals(&table, &sceneries, is_whole)?;
    let mut failures = Vec::new();
    for (part, act) in [
        ("kills", &kills as &dyn Fn(&[Stage<'_>], bool) -> Result<Tally, Failed>),
        ("slow", &slow),
        ("broken", &broken),
        ("twice", &twice),
        ("failures", &failing),
    ] {
        if !is_part(part) {
            continue;
        }
        let began = std::time::Instant::now();
        let tally = act(&stages, is_whole)?;
        println!("{part}: {} cases in {} s: {:?}", tally.count(), began.elapsed().as_secs(), tally.seen);
        if !tally.not_reached.is_empty() {
            println!("{part}: {} points were not reached: {:?}", tally.not_reached.len(), tally.not_reached);
        }
        if tally.count() == 0 && wanted_by_default {
            failures.push(format!("{part}: nothing was tried"));
        }
        failures.extend(tally.failures.into_iter().map(|name| format!("{part}: {name}")));
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(format!("{} failures:\n{}", failures.len(), failures.join("\n")).into())
    }
}

/// Each plan without a crash, and the checks on logs that are wrong.
fn rehearsals<'s>(table: &'s Table, sceneries: &'s [Scenery], is_whole: bool) -> Result<Vec<Stage<'s>>, Failed> {
    let mut wounds = wounds::Wounds::new();
    let mut stages = Vec::new();
    for scenery in sceneries.iter().filter(|of| of.refused.is_none()) {
        let new = rehearse(table, scenery, &mut wounds).map_err(|why| format!("{}: {why}", scenery.name))?;
        stages.push(Stage { table, scenery, new });
    }
    if is_whole {
        wounds::judged(&wounds)?;
    }
    let steps = |of: &Stage<'_>| of.scenery.plan.bundles().map(|bundle| bundle.steps.len()).sum::<usize>();
    stages.sort_by_key(|stage| std::cmp::Reverse(steps(stage)));
    println!("{} scenarios with {} steps", stages.len(), stages.iter().map(steps).sum::<usize>());
    Ok(stages)
}

/// Every point of every step of every scenario.
fn kills(stages: &[Stage<'_>], is_whole: bool) -> Result<Tally, Failed> {
    let mut tally = tally::each(stages, THREADS, &|stage, tally| {
        for kill in drive::kills(stage.scenery) {
            tally.case(stage, (kill.point, &kill.name()), drive::try_kill(stage, &kill));
        }
    });
    let missing = rtreg_runtime::crash::POINTS.into_iter().filter(|point| !tally.seen.contains_key(*point));
    if is_whole {
        tally.failures.extend(missing.map(|point| format!("nothing was killed at {point}")).collect::<Vec<_>>());
        if tally.count() < KILLS_MIN {
            tally.failures.push(format!("{} kills, expected {KILLS_MIN}", tally.count()));
        }
    }
    Ok(tally)
}

/// Whether everything is to be tried, as `make crash` wants it.
fn is_exhaustive() -> bool {
    std::env::var_os("RTREG_CRASH_ALL").is_some()
}

/// Kills of resuming and undoing: all on six scenarios, or a sample whose seed is printed.
fn twice(stages: &[Stage<'_>], is_whole: bool) -> Result<Tally, Failed> {
    const SAMPLE: usize = 12;
    let seed = match std::env::var("RTREG_CRASH_SEED") {
        Ok(text) => text.parse()?,
        Err(_) => std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs(),
    };
    println!("twice: RTREG_CRASH_SEED={seed}");
    let is_named = |stage: &Stage<'_>| twice::NAMED.contains(&stage.scenery.name.as_str());
    Ok(tally::each(stages, THREADS, &|stage, tally| {
        let firsts = twice::firsts(stage.scenery);
        if (is_whole && !is_named(stage)) || firsts.is_empty() {
            return;
        }
        let mut dice = twice::Dice(seed);
        let chosen = dice.below(firsts.len());
        for (at, first) in firsts.iter().enumerate() {
            if !is_exhaustive() && at != chosen {
                continue;
            }
            for (verb, then) in twice::VERBS {
                let name = format!("{}, {verb}, {then}", first.name());
                let kills = match twice::prepare(stage, first, verb) {
                    Ok(kills) => kills,
                    Err(why) => {
                        tally.case(stage, ("prepared", &name), Err(why));
                        continue;
                    }
                };
                let sample: Vec<&drive::Kill> = match is_exhaustive() {
                    true => kills.iter().collect(),
                    false => (0..SAMPLE).filter_map(|_| kills.get(dice.below(kills.len()))).collect(),
                };
                for kill in sample {
                    let tried = twice::try_kill(stage, kill, (verb, then));
                    let kind = format!("{verb} killed, {then}");
                    tally.case(stage, (&kind, &format!("{name}: {}", kill.name())), tried);
                }
            }
        }
    }))
}

/// A method that takes five seconds, and somebody who does not wait.
fn slow(stages: &[Stage<'_>], _: bool) -> Result<Tally, Failed> {
    const CASES: [(&str, Method, &str, &str); 8] = [
        ("all_methods", Method::Start, "coordinator.after_spawn", "resume"),
        ("scalable_offline", Method::Start, "coordinator.after_spawn", "abort"),
        ("strong_both_upgraded", Method::Start, "supervisor.after_spawn", "resume"),
        ("offline_allowed", Method::Start, "supervisor.after_spawn", "abort"),
        ("unmanaged_members", Method::Stop, "coordinator.after_spawn", "resume"),
        ("fleet_two_at_once", Method::Stop, "coordinator.after_spawn", "abort"),
        ("restart_with_dependents", Method::Stop, "supervisor.after_spawn", "resume"),
        ("disabled_allowed", Method::Stop, "supervisor.after_spawn", "abort"),
    ];
    Ok(tally::each(stages, THREADS, &|stage, tally| {
        for (_, method, point, verb) in CASES.into_iter().filter(|(name, ..)| *name == stage.scenery.name) {
            let result = special::slow(stage, method, point, verb).map(|()| true);
            tally.case(stage, (&format!("{point}, {verb}"), "slow"), result);
        }
        if stage.scenery.name == "offline_allowed" {
            tally.case(stage, ("methods see it", "beside"), special::beside(stage).map(|()| true));
        }
    }))
}

/// Journals that are broken on purpose.
fn broken(stages: &[Stage<'_>], _: bool) -> Result<Tally, Failed> {
    const CASES: [(&str, Method, special::Break); 4] = [
        ("offline_allowed", Method::Start, special::Break::Deleted),
        ("disabled_allowed", Method::Stop, special::Break::Done),
        ("scalable_offline", Method::Start, special::Break::Done),
        ("all_methods", Method::Start, special::Break::Undone),
    ];
    Ok(tally::each(stages, THREADS, &|stage, tally| {
        for (_, method, how) in CASES.into_iter().filter(|(name, ..)| *name == stage.scenery.name) {
            tally.case(stage, (&format!("{how:?}"), "broken"), special::broken(stage, method, how).map(|()| true));
        }
    }))
}

/// Every step fails: by its exit code and in one more way, or in all ways.
fn failing(stages: &[Stage<'_>], _: bool) -> Result<Tally, Failed> {
    Ok(tally::each(stages, THREADS, &|stage, tally| {
        let wanted = |at: usize, way: Way| {
            let others = WAYS.len() - 1;
            is_exhaustive() || way == Way::Exit || WAYS.get(1 + at % others) == Some(&way)
        };
        for (step, way) in fail::failures(stage, &wanted) {
            let result = fail::try_failure(stage, step, way);
            let exactly = if matches!(result, Ok(false)) { ", but for another branch" } else { "" };
            tally.case(stage, (&format!("{way:?}{exactly}"), &format!("{} {way:?}", step.id)), result.map(|_| true));
        }
    }))
}

/// Memory, where there is a folder in it: what is written need not reach a disk.
fn place() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

fn sceneries(folder: &Path, wanted: &[String]) -> Result<Vec<Scenery>, Failed> {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/plan");
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(scenarios)?.map(|entry| Ok(entry?.path())).collect::<Result<_, Failed>>()?;
    names.sort();
    let mut sceneries = Vec::new();
    for path in names {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let file = path.join("scenario.txt");
        if file.is_file() && (wanted.is_empty() || wanted.contains(&name)) {
            let built = Scenery::build(&file, &folder.join(&name)).map_err(|why| format!("{name}: {why}"))?;
            sceneries.extend(built);
        }
    }
    if sceneries.is_empty() {
        return Err("no scenario is carried out".into());
    }
    Ok(sceneries)
}

/// The loop on real methods: once well, and once with each step that fails.
fn rehearse(table: &Table, scenery: &Scenery, wounds: &mut wounds::Wounds) -> Result<State, Failed> {
    scenery.restore()?;
    let (outcome, new) = practice::run(scenery, |simulator| simulator)?;
    if outcome.end != End::Done {
        return Err(format!("{outcome:?}").into());
    }
    let lines = order::read(&scenery.live().join(scripts::LOG))?;
    let world = order::check(table, scenery, &lines)?;
    world.agrees(&new)?;
    if !lines.iter().any(|line| line.version == "any") {
        let ran = order::forwards(scenery, &lines);
        if ran != scenery.asked.runs {
            return Err(format!("expected {:?}, found {ran:?}", scenery.asked.runs).into());
        }
        wounds::tried(table, scenery, (&lines, &new), wounds);
    }
    for step in scenery.plan.bundles().flat_map(|bundle| &bundle.steps) {
        if step.operation.method().is_none() {
            continue;
        }
        scenery.restore()?;
        std::fs::write(scenery.live().join("faults").join(&step.id), "exit\n")?;
        let fails = Injection::Fails(FailureKind::ExitCode);
        let (_, state) = practice::run(scenery, |simulator| simulator.with(&step.id, fails))?;
        let lines = order::read(&scenery.live().join(scripts::LOG))?;
        let here = |why: String| -> Failed { format!("{} fails: {why}", step.id).into() };
        order::check(table, scenery, &lines).and_then(|world| world.agrees(&state)).map_err(here)?;
    }
    Ok(new)
}
