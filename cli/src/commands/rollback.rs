//! `rtreg rollback`: takes a resource, or what a run has changed, back to what was before, under the gate like any change of
//! version. Words come from the history's reader, the gate and the planner.

use std::path::PathBuf;

use clap::Args;
use rtreg_model::Driver;
use rtreg_registry::commands::upgrade::{BackRequest, Report, go_back};
use rtreg_registry::{CommandError, Refusal, View, inspect, transact};
use rtreg_upgrade::back::{self, Options, What};
use rtreg_upgrade::commands::UpgradeReport;
use rtreg_upgrade::plan::{Irreversible, Plan, Request, plan};
use rtreg_upgrade::run::{Begin, check_free};

use super::plan::{Allow, also, exit, print};
use super::runs::{self, How};
use super::upgrade::exit_of;
use crate::app::App;
use crate::error::{CliError, Exit};
use crate::irreversible;
use crate::live::carry_out;
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The resource, or the run.
    #[arg(value_name = "RESOURCE|RUN")]
    what: String,
    /// Say what would be done, step by step; change nothing.
    #[arg(long)]
    preview: bool,
    /// What may happen to these resources meanwhile: unmonitored, offline, disabled, or unmanaged (the group goes offline and is
    /// unmanaged); nothing if not given.
    #[arg(long, value_name = "STATE", hide_possible_values = true)]
    allow: Option<Allow>,
    /// What else may go down: these resources, or `all` that must.
    #[arg(long, value_name = "RESOURCE[,RESOURCE]|all", value_delimiter = ',')]
    also: Vec<String>,
    /// Give up values that were set after the upgrade.
    #[arg(long)]
    discard: bool,
    /// A failed Update or Monitor_start undoes what was done, too.
    #[arg(long)]
    strict: bool,
    /// How many groups may be down at once.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    max_unavailable: u16,
    /// How many bundles may fail before the run stops.
    #[arg(long, value_name = "N", default_value_t = 0)]
    max_failures: u16,
    #[command(flatten)]
    how: How,
    /// The file with settings, which may say what nothing leads back from; without it the nearest `rtreg.toml` upwards from
    /// the working folder. That beside the store counts too.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What going back would be.
struct Way {
    plan: Plan,
    /// Where nothing but the record is to be changed: the group of the one resource is driven by the administrator.
    recorded: Option<BackRequest>,
    /// What was said against it.
    against: Vec<String>,
}

/// Goes back, or says what that would be.
///
/// # Errors
/// What does not exist, or was never otherwise; a point of no return that is not accepted; a store that fails.
pub fn run(arguments: Arguments, app: &App) -> Result<Exit, CliError> {
    let marks = irreversible::said(app, arguments.config.as_deref())?;
    let store = if arguments.preview { app.store_for_reading()? } else { app.store()? };
    let way = inspect(store, |view| way(view, &arguments, &marks))?;
    if arguments.preview {
        print(&way.plan, app)?;
    }
    match &way.recorded {
        Some(request) => record(&way, request, &arguments, app),
        None => drive(&way, &arguments, app),
    }
}

fn way(view: &View<'_>, arguments: &Arguments, marks: &[Irreversible]) -> Result<Way, CommandError> {
    let what = back::find(view, &arguments.what)?;
    let request = Request { marks: marks.to_vec(), ..back::rollback_request(view, &what, &options(arguments))? };
    let plan = plan(view, &request)?;
    check_free(view, &plan)?;
    let recorded = match &what {
        What::Resource(name) if driver(&plan, name) == Some(Driver::Recorded) => {
            back::recorded_request(&request, name, arguments.preview)
        }
        _ => None,
    };
    let against = back::against(marks, &plan);
    Ok(Way { plan, recorded, against })
}

fn options(arguments: &Arguments) -> Options {
    Options {
        allow: arguments.allow.map(Allow::needs),
        also: also(&arguments.also),
        discard: arguments.discard,
        strict: arguments.strict,
        max_unavailable: usize::from(arguments.max_unavailable),
        max_failures: usize::from(arguments.max_failures),
    }
}

fn driver(plan: &Plan, resource: &str) -> Option<Driver> {
    plan.state.group_of(resource).map(|group| group.driver)
}

/// In a group that the administrator drives: the record alone, and only if the gate allows it now.
fn record(way: &Way, request: &BackRequest, arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    let store = if arguments.preview { app.store_for_reading()? } else { app.store()? };
    let what = What::Resource(request.resource.clone());
    let go = |preview: bool| -> Result<Report, CliError> {
        let (report, _) = transact(store, &app.context(), ("ways back", 1), |tx| {
            let again = back::rollback_request(&tx.view, &what, &options(arguments))?;
            let again = back::recorded_request(&again, &request.resource, arguments.preview);
            let same = again.filter(|again| again == request).map(|again| BackRequest { preview, ..again });
            same.map(|same| go_back(tx, &same)).transpose()
        })?;
        report.ok_or_else(|| changed_meanwhile(&request.resource))
    };
    let asked = go(true)?;
    let answer = exit_of(&asked.decision);
    if answer == Exit::Done {
        check(way, arguments)?;
    }
    if arguments.preview {
        return Ok(answer);
    }
    let report = go(false)?;
    if app.json() {
        output::json(&UpgradeReport { decision: report.json(), by_path: None })?;
    } else {
        output::text(&report.text())?;
    }
    Ok(exit_of(&report.decision))
}

/// What was shown, or checked, is no longer what would be done.
fn changed_meanwhile(resource: &str) -> CliError {
    let message =
        format!("somebody has changed resource `{resource}` while this command looked at it; nothing was begun");
    let help = format!("`rtreg history resource:{resource}` shows who did what; then try again");
    CliError::new(Exit::Busy, Refusal::new("busy", message).help(help))
}

fn check(way: &Way, arguments: &Arguments) -> Result<(), CliError> {
    irreversible::check_way_back(way.against.clone(), arguments.how.accept_irreversible)?;
    irreversible::check_accepted(&way.plan, arguments.how.accept_irreversible)
}

/// In groups that rtreg drives: the plan, whole or not at all.
fn drive(way: &Way, arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    if way.plan.is_empty() || !way.plan.held_back.is_empty() {
        if !arguments.preview {
            print(&way.plan, app)?;
        }
        return Ok(if way.plan.is_empty() { exit(&way.plan, false) } else { Exit::UpgradeRefused });
    }
    check(way, arguments)?;
    if arguments.preview {
        return Ok(Exit::Done);
    }
    let plan = &way.plan;
    let accept_changed_methods = arguments.how.accept_changed_methods;
    let begin = Begin { plan, what: runs::what(plan), accept_changed_methods };
    carry_out(app, &begin, &arguments.how.following())
}
