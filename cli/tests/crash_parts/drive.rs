//! A run is killed at a named point; then it is resumed in one copy of what is left, and undone in another.

use std::path::Path;
use std::process::Output;

use rtreg_runtime::crash;
use rtreg_upgrade::plan::{Operation, State, What};

use super::after::{self, Side};
use super::order::Table;
use super::processes::{self, Agents};
use super::scenario::Failed;
use super::scenery::{LOCAL, Scenery, said};

/// Where a process is killed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kill {
    pub point: &'static str,
    /// The operation, the bundle or the run that the point is about.
    pub operation: String,
}

/// What is known of a scenario beforehand.
pub struct Stage<'s> {
    pub table: &'s Table,
    pub scenery: &'s Scenery,
    /// The state that the plan leads to.
    pub new: State,
}

/// What a process is told in its environment.
type Environment = Vec<(String, String)>;

impl Kill {
    pub fn name(&self) -> String {
        format!("{}@{}", self.point, self.operation)
    }

    pub fn environment(&self, scenery: &Scenery) -> Environment {
        let witness = scenery.root.join("witness");
        vec![
            (crash::VARIABLE.to_owned(), format!("{}@{}", self.point, self.operation)),
            (crash::WITNESS.to_owned(), witness.display().to_string()),
        ]
    }

    /// Whether a process has really died there.
    pub fn is_seen(&self, scenery: &Scenery) -> bool {
        let text = std::fs::read_to_string(scenery.root.join("witness")).unwrap_or_default();
        text.lines().eq([format!("{}@{}", self.point, self.operation)])
    }
}

/// All points of a plan: each step at each point that it can reach, and those of bundles and of the run.
pub fn kills(scenery: &Scenery) -> Vec<Kill> {
    let mut kills = Vec::new();
    for bundle in scenery.plan.bundles() {
        for step in &bundle.steps {
            kills.extend(points(&step.operation).map(|point| Kill { point, operation: step.id.clone() }));
        }
        kills.extend(about("note").map(|point| Kill { point, operation: bundle.id.clone() }));
    }
    kills.extend(about("run").chain(about("end")).map(|point| Kill { point, operation: "run".to_owned() }));
    kills
}

pub fn about(what: &str) -> impl Iterator<Item = &'static str> {
    crash::POINTS
        .into_iter()
        .filter(move |point| point.starts_with("coordinator.") && point.ends_with(&format!("_{what}")))
}

pub fn points(operation: &Operation) -> impl Iterator<Item = &'static str> + use<> {
    let is_local = operation.node.as_deref() == Some(LOCAL);
    let runs = operation.method().is_some();
    crash::POINTS.into_iter().filter(move |point| match point.split_once('.') {
        Some(("coordinator", "before_intent" | "after_intent")) => true,
        Some(("coordinator", "before_spawn" | "after_spawn")) => runs && is_local,
        Some(("supervisor", _)) => runs,
        Some(("agent", _)) => runs && !is_local,
        _ => false,
    })
}

/// Kills a run at a point, and looks at what resuming and undoing make of it; false if the point was not reached.
pub fn try_kill(stage: &Stage<'_>, kill: &Kill) -> Result<bool, Failed> {
    let scenery = stage.scenery;
    let here = |what: &str, why: Failed| -> Failed { format!("{what}: {why}").into() };
    if !crashed(scenery, kill)? {
        return Ok(false);
    }
    scenery.keep("crashed")?;
    stage.go_on().map_err(|why| here("resumed", why))?;
    scenery.restore_from("crashed")?;
    stage.go_back().map_err(|why| here("aborted", why))?;
    Ok(true)
}

/// Carries the plan out until the point, and waits until nothing of it is at work.
pub fn crashed(scenery: &Scenery, kill: &Kill) -> Result<bool, Failed> {
    scenery.restore()?;
    _ = std::fs::remove_file(scenery.root.join("witness"));
    let environment = kill.environment(scenery);
    let agents = Agents::start(scenery, &environment)?;
    let output = apply(scenery, &environment)?;
    let pids = agents.pids();
    drop(agents);
    processes::until("the supervisors end", || Ok(processes::alive(scenery, &pids)?.is_empty()))?;
    if !kill.is_seen(scenery) {
        return match output.status.code() {
            Some(0) => Ok(false),
            _ => Err(format!("nothing was killed, and it did not end well: {}", said(&output)).into()),
        };
    }
    Ok(true)
}

pub fn apply(scenery: &Scenery, environment: &Environment) -> Result<Output, Failed> {
    apply_plan(scenery, &scenery.plan_file(), environment)
}

pub fn apply_plan(scenery: &Scenery, plan: &Path, environment: &Environment) -> Result<Output, Failed> {
    let mut command = scenery.command(LOCAL);
    command.arg("apply").arg(plan).envs(environment.iter().cloned());
    if !scenery.asked.request.irreversible.is_empty() {
        command.arg("--accept-irreversible");
    }
    processes::output(&mut command)
}

impl Stage<'_> {
    /// Whether a run is open: otherwise it has not begun, or it has ended.
    pub fn is_open(&self) -> Result<bool, Failed> {
        let store = self.scenery.store()?;
        let open = rtreg_registry::inspect(&store, |view| Ok(rtreg_registry::runs::open(view)?));
        open.map(|open| !open.is_empty()).map_err(|error| error.to_string().into())
    }

    /// Whoever resumes comes to the end of the plan.
    fn go_on(&self) -> Result<(), Failed> {
        let agents = Agents::start(self.scenery, &Vec::new())?;
        let output = match self.is_open()? {
            true => processes::output(self.scenery.command(LOCAL).arg("resume"))?,
            // It had not begun: the same plan is still good. Or it has ended: then it is used up.
            false => apply(self.scenery, &Vec::new())?,
        };
        if !matches!(output.status.code(), Some(0 | 5)) {
            return Err(said(&output).into());
        }
        let after =
            after::look(self.table, self.scenery, Some(&self.new), &agents).map_err(|why| with(why, &output))?;
        if after.sides.contains(&Side::Old) {
            return Err(with(format!("not everything is new: {:?}", after.sides).into(), &output));
        }
        Ok(())
    }

    /// Whether the run is behind a point of no return.
    fn has_passed_mark(&self) -> Result<bool, Failed> {
        let store = self.scenery.store()?;
        let journal = rtreg_registry::inspect(&store, |view| rtreg_upgrade::run::journal_of(view, "r1"));
        let journal = journal.map_err(|error| error.to_string())?;
        let mut steps = self.scenery.plan.bundles().flat_map(|bundle| &bundle.steps);
        let is_passed = |id: &str| journal.status(id) == Some(rtreg_upgrade::execute::Status::Done);
        Ok(steps.any(|step| matches!(step.operation.what, What::Mark { .. }) && is_passed(&step.id)))
    }

    /// Whoever aborts comes back to where it began, but for what had been done as a whole.
    fn go_back(&self) -> Result<(), Failed> {
        let agents = Agents::start(self.scenery, &Vec::new())?;
        let is_open = self.is_open()?;
        let output = processes::output(self.scenery.command(LOCAL).arg("abort"))?;
        if output.status.code() == Some(14) && self.has_passed_mark()? {
            // Nothing leads back, and nothing has changed: what is left is to go on.
            drop(agents);
            return self.go_on();
        }
        let is_expected = match output.status.code() {
            Some(0 | 13) => is_open,
            // It had ended; or all of it was done, and that is not undone.
            Some(4) => true,
            _ => false,
        };
        if !is_expected {
            return Err(said(&output).into());
        }
        let after =
            after::look(self.table, self.scenery, Some(&self.new), &agents).map_err(|why| with(why, &output))?;
        if output.status.code() == Some(4) && is_open && after.sides.contains(&Side::Old) {
            return Err(with(format!("not everything is new: {:?}", after.sides).into(), &output));
        }
        Ok(())
    }
}

fn with(why: Failed, output: &Output) -> Failed {
    format!("{why}\nand it had said: {}", said(output)).into()
}
