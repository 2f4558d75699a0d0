//! Crashes and failures of real runs, on real processes and methods: every scenario of `tests/plan/` that rtreg carries out.
//!
//! ```text
//! cargo test -p rtreg-cli --test crash [-- SCENARIO …]
//! ```

#[path = "crash_parts/after.rs"]
mod after;
#[path = "crash_parts/drive.rs"]
mod drive;
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
#[path = "crash_parts/wounds.rs"]
mod wounds;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rtreg_upgrade::execute::{End, FailureKind, Injection};

use rtreg_upgrade::plan::State;

use drive::Stage;
use order::Table;
use scenario::Failed;
use scenery::Scenery;

fn main() -> ExitCode {
    match all() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn all() -> Result<(), Failed> {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let folder = tempfile::Builder::new().prefix("rtreg-crash-").tempdir_in(place())?;
    let table = Table::read()?;
    let began = std::time::Instant::now();
    let sceneries = sceneries(folder.path(), &wanted)?;
    let steps = |of: &Scenery| of.plan.bundles().map(|bundle| bundle.steps.len()).sum::<usize>();
    println!(
        "{} scenarios, {} steps, in {:?}",
        sceneries.len(),
        sceneries.iter().map(steps).sum::<usize>(),
        began.elapsed()
    );
    let mut wounds = wounds::Wounds::new();
    let mut stages = Vec::new();
    for scenery in sceneries.iter().filter(|of| of.refused.is_none()) {
        let new = rehearse(&table, scenery, &mut wounds).map_err(|why| format!("{}: {why}", scenery.name))?;
        stages.push(Stage { table: &table, scenery, new });
    }
    println!("rehearsed in {:?}", began.elapsed());
    if wanted.is_empty() {
        wounds::judged(&wounds)?;
    }
    stages.sort_by_key(|stage| std::cmp::Reverse(drive::kills(stage.scenery).len()));
    let count: usize = stages.iter().map(|stage| drive::kills(stage.scenery).len()).sum();
    println!("{count} points");
    let tally = drive::all(&stages, 4, &|_, _| true);
    println!("{:#?} {:#?}", tally.seen, tally.not_reached);
    println!("{} of {count} in {:?}", tally.seen.values().sum::<usize>(), began.elapsed());
    if tally.failures.is_empty() { Ok(()) } else { Err(format!("{} failures", tally.failures.len()).into()) }
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
