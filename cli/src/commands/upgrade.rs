//! `rtreg upgrade`: a plan that is carried out at once where rtreg drives the group; otherwise asks the gate and, where it allows,
//! records: straight, or by the least disruptive path. Words come from the planner, the gate and the search.

use clap::Args;
use rtreg_model::Driver;
use rtreg_registry::commands::properties::parse_assignments;
use rtreg_registry::commands::upgrade::{self as straight, Report, Request};
use rtreg_registry::gate::{Assignment, Decision, Verdict};
use rtreg_registry::records::{GroupRecord, ResourceRecord};
use rtreg_registry::{CommandError, Refusal, Store, inspect, keys, transact};
use rtreg_upgrade::commands::{PathRequest, UpgradeRequest, upgrade};
use rtreg_upgrade::plan::{Request as PlanRequest, Scope};
use rtreg_upgrade::render;
use rtreg_upgrade::run::{self, Begin};

use super::plan::{self, Wish};
use super::runs::{self, How};
use crate::app::{App, Format};
use crate::error::{CliError, Exit};
use crate::irreversible;
use crate::live::{Following, Told, carried_out, carry_out, succeeded};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    wish: Wish,
    /// Say what would be; change nothing.
    #[arg(long)]
    preview: bool,
    #[command(flatten)]
    how: How,
}

/// Upgrades: where rtreg drives the groups by a plan that is carried out at once, otherwise by asking the gate and recording what it
/// allows.
///
/// # Errors
/// An unknown resource or version; a plan that cannot begin; a store that fails, also after a part of a path is done.
pub fn run(arguments: Arguments, app: &App) -> Result<Exit, CliError> {
    let store = if arguments.preview { app.store_for_reading()? } else { app.store()? };
    let Arguments { wish, preview, how } = arguments;
    match wish.resources.as_slice() {
        [only] if !is_driven(store, only)? => recorded(app, store, wish, preview),
        _ => by_plan(app, store, (wish, preview), &how),
    }
}

/// Whether rtreg runs the methods of a resource's group. Of what is not there the planner, or the gate, says so.
fn is_driven(store: &dyn Store, resource: &str) -> Result<bool, CliError> {
    let driver = inspect(store, |view| {
        let found: Option<ResourceRecord> = view.record(&keys::resource(resource))?;
        let Some(found) = found else { return Ok(None) };
        Ok::<_, CommandError>(view.record::<GroupRecord>(&keys::group(&found.group))?.map(|group| group.driver))
    })?;
    Ok(driver != Some(Driver::Recorded))
}

fn by_plan(app: &App, store: &dyn Store, (wish, preview): (Wish, bool), how: &How) -> Result<Exit, CliError> {
    let request = plan::request(app, wish)?;
    let made = inspect(store, |view| {
        let made = rtreg_upgrade::plan::plan(view, &request)?;
        run::check_free(view, &made).map(|()| made)
    })?;
    if preview || made.is_empty() {
        plan::print(&made, app)?;
    }
    let exit = plan::exit(&made, false);
    if made.is_empty() {
        return Ok(exit);
    }
    irreversible::check_accepted(&made, how.accept_irreversible)?;
    if preview {
        if matches!(app.options.format, None | Some(Format::Text)) {
            output::text("\nThis was a preview: nothing was changed.\n")?;
        }
        return Ok(exit);
    }
    let begin = Begin { plan: &made, what: runs::what(&made), accept_changed_methods: how.accept_changed_methods };
    carry_out(app, &begin, &how.following())
}

fn recorded(app: &App, store: &dyn Store, wish: Wish, preview: bool) -> Result<Exit, CliError> {
    if wish.allow.is_some() || !wish.also.is_empty() {
        let message = format!(
            "the group of `{}` is driven by the administrator, so rtreg takes nothing down: --allow and --also shape only plans",
            wish.resources.join(", ")
        );
        return Err(CliError::usage(message).help(
            "`rtreg plan … --allow STATE` shows the commands step by step; `rtreg group driver G rgm` lets rtreg run the methods",
        ));
    }
    let Wish { resources, to, properties, direct, .. } = wish;
    let properties = parse_assignments(properties.iter().map(String::as_str))?;
    let resource = resources.into_iter().next().unwrap_or_default();
    let request = UpgradeRequest { path: PathRequest { resource, to, properties }, preview, direct };
    let mut upgraded = upgrade(store, &app.context(), &request)?;
    if app.json() {
        output::json(&upgraded.json())?;
    } else {
        output::text(&upgraded.text())?;
    }
    match upgraded.take_error() {
        Some(error) => Err(error.into()),
        None => Ok(exit_of(upgraded.decision())),
    }
}

/// Asks the gate and goes straight, if it allows that now: what the vendor's names do. Where rtreg drives the group by a plan that
/// takes nothing down.
///
/// # Errors
/// An unknown resource or version; a plan that cannot begin, or fails; a store that fails.
pub fn perform(app: &App, request: &Request, told: Told) -> Result<Report, CliError> {
    let store = app.store()?;
    let by_plan = is_driven(store, &request.resource)?;
    let asked = Request { preview: by_plan, ..request.clone() };
    let (mut report, _) = transact(store, &app.context(), ("upgrades", 1), |tx| straight::upgrade(tx, &asked))?;
    report.preview = false;
    if by_plan && report.decision.verdict == Verdict::Allowed && !report.decision.is_same_version() {
        by_plan_now(app, store, request, told)?;
        report.done = true;
        // It is done in the cluster already.
        report.decision.vendor_command = None;
    }
    Ok(report)
}

fn by_plan_now(app: &App, store: &dyn Store, request: &Request, told: Told) -> Result<(), CliError> {
    let mut wanted = PlanRequest::new(Scope::Resources(vec![request.resource.clone()]), request.to.clone());
    wanted.properties = request.properties.iter().map(Assignment::to_string).collect();
    wanted.direct = true;
    wanted.marks = irreversible::said(app, None)?;
    let made = inspect(store, |view| {
        let made = rtreg_upgrade::plan::plan(view, &wanted)?;
        run::check_free(view, &made).map(|()| made)
    })?;
    if made.is_empty() {
        return Err(CliError::new(plan::exit(&made, false), Refusal::new("upgrade_refused", render::text(&made))));
    }
    irreversible::check_accepted(&made, false)?;
    let begin = Begin { plan: &made, what: runs::what(&made), accept_changed_methods: false };
    let (exit, run) = carried_out(app, &begin, &Following { events: None, told })?;
    succeeded(app, exit, &run).map(drop)
}

/// How a command ends that asked the gate.
pub(super) fn exit_of(decision: &Decision) -> Exit {
    match decision.verdict {
        Verdict::Allowed => Exit::Done,
        // The version is the same and values were given: that is what `resource set` is for.
        Verdict::Blocked if decision.is_same_version() => Exit::Usage,
        Verdict::Blocked => Exit::UpgradeRefused,
        _ => Exit::Failed,
    }
}
