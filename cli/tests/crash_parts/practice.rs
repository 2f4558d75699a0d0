//! A dry run: the loop that carries out plans, on a simulator whose methods really run. It shows that the scenarios are real, and
//! gives the logs with which the order is tried.

use rtreg_registry::{Store, View};
use rtreg_upgrade::execute::{BundleNote, Executor, Finished, Journal, Outcome, Simulator, Task, execute, unwinding};
use rtreg_upgrade::plan::{Basis, Gatekeeper, State};

use super::scenario::Failed;
use super::scenery::Scenery;

struct Practice<'a> {
    simulator: Simulator<'a>,
    scenery: &'a Scenery,
    failed: Option<std::io::Error>,
}

impl Executor for Practice<'_> {
    fn journal(&self) -> Journal {
        self.simulator.journal()
    }

    fn stale(&mut self, basis: &Basis) -> Option<String> {
        self.simulator.stale(basis)
    }

    fn begin(&mut self, task: &Task<'_>) {
        self.simulator.begin(task);
    }

    fn finish(&mut self) -> Finished {
        let finished = self.simulator.finish();
        let line = self.simulator.log.iter().rfind(|line| line.id == finished.id && line.ran);
        let call = line.and_then(|line| Some((line.operation.method()?, line.operation.node.as_ref()?)));
        if let Some((call, node)) = call {
            let mut command = std::process::Command::new(&call.path);
            command.args(&call.arguments).env_clear().env("PATH", "/usr/bin:/bin");
            command.env("RTREG_NODE", node).env("RTREG_CALL", format!("r1/{}/1", finished.id));
            command.stderr(std::process::Stdio::null()).stdout(std::process::Stdio::null());
            self.failed = command.status().err();
        }
        finished
    }

    fn note(&mut self, bundle: &str, note: BundleNote) {
        self.simulator.note(bundle, note);
    }
}

/// Carries the plan out; methods that `faults` name fail. The methods write into the log.
pub fn run(
    scenery: &Scenery,
    prepare: impl for<'g> Fn(Simulator<'g>) -> Simulator<'g>,
) -> Result<(Outcome, State), Failed> {
    let store = scenery.store()?;
    let snapshot = store.snapshot()?;
    let view = View::new(&*snapshot);
    let keeper = Gatekeeper::new(&view).map_err(|error| error.to_string())?;
    let gate = |state: &State, set: &_| keeper.refusal(state, set);
    let simulator = prepare(Simulator::new(&scenery.plan, &gate));
    let mut practice = Practice { simulator, scenery, failed: None };
    let outcome = execute(&practice.scenery.plan, &mut practice);
    match practice.failed {
        Some(error) => Err(error.into()),
        None => Ok((outcome, practice.simulator.state)),
    }
}

/// A simulation alone, in the form of `rtreg simulate --format json`.
pub fn simulate(
    scenery: &Scenery,
    prepare: impl for<'g> Fn(Simulator<'g>) -> Simulator<'g>,
) -> Result<serde_json::Value, Failed> {
    let store = scenery.store()?;
    let snapshot = store.snapshot()?;
    let view = View::new(&*snapshot);
    let keeper = Gatekeeper::new(&view).map_err(|error| error.to_string())?;
    let gate = |state: &State, set: &_| keeper.refusal(state, set);
    let mut simulator = prepare(Simulator::new(&scenery.plan, &gate));
    let outcome = execute(&scenery.plan, &mut simulator);
    let bundles = scenery.plan.bundles();
    let unwindings: std::collections::BTreeMap<&str, _> =
        bundles.map(|bundle| (bundle.id.as_str(), unwinding(bundle, &simulator.journal))).collect();
    Ok(serde_json::json!({ "outcome": outcome, "unwinding": unwindings }))
}
