//! Scenarios of upgrades: `plan/<scenario>/scenario.txt`. Each is planned, carried out on the simulator, made to fail at each
//! step in each way, resumed and undone. What must run is written by hand beside the scenario; the snapshot lies beside it.

#[path = "plan_parts/checks.rs"]
mod checks;
#[path = "plan_parts/scenario.rs"]
mod scenario;
#[path = "plan_parts/show.rs"]
mod show;
#[path = "plan_parts/world.rs"]
mod world;

use std::path::Path;

datatest_stable::harness! {
    { test = check, root = "plan", pattern = r"scenario\.txt$" },
}

fn check(path: &Path) -> datatest_stable::Result<()> {
    let folder = path.parent().ok_or("a scenario lies in a folder")?;
    let scenario = scenario::read(path)?;
    let text = checks::all(&scenario)?;
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(std::fs::canonicalize(folder)?);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("plan", text));
    Ok(())
}
