//! `rtreg plan` and `rtreg simulate`: what an upgrade would do, step by step, and what undoes it. Nothing is changed and no
//! method runs. Words come from the planner.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rtreg_registry::gate::Needs;
use rtreg_registry::{CommandError, View};
use rtreg_upgrade::execute::{self, FailureKind, Injection, Outcome, Simulator, Unwinding};
use rtreg_upgrade::plan::{Also, Gatekeeper, HeldBackKind, Plan, Request, Scope, State, Step, plan};
use rtreg_upgrade::render;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::{App, Format};
use crate::error::{CliError, Exit};
use crate::irreversible;
use crate::output;

/// The arguments of `rtreg plan`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    wish: Wish,
    /// Write the plan as JSON into this file, too.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the plan as a shell script of the vendor's commands, for groups that the administrator drives: solaris-cluster-3.1
    /// (scswitch and scrgadm) or solaris-cluster-4 (clresource and clresourcegroup).
    #[arg(long, value_name = "DIALECT", hide_possible_values = true)]
    emit: Option<Emit>,
    /// Exit with 10 where changes are pending.
    #[arg(long)]
    detailed_exitcode: bool,
}

/// An upgrade that is asked for.
#[derive(Debug, Args)]
pub struct Wish {
    /// The resources.
    #[arg(value_name = "RESOURCE", required_unless_present_any = ["resource_type", "group"], conflicts_with_all = ["resource_type", "group"])]
    pub resources: Vec<String>,
    /// All resources of this type, or of this version of it.
    #[arg(long = "type", value_name = "TYPE", conflicts_with = "group")]
    resource_type: Option<String>,
    /// All resources of this group whose type has the version.
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// The version that they are to have: RT_version (or `unversioned`), or a name that means a version of their type.
    #[arg(long, value_name = "VERSION")]
    pub to: String,
    /// What may happen to these resources meanwhile: unmonitored (the monitor stops), offline, disabled, or unmanaged (the group
    /// goes offline and is unmanaged); nothing if not given.
    #[arg(long, value_name = "STATE", hide_possible_values = true)]
    pub allow: Option<Allow>,
    /// What else may go down: these resources, or `all` that must.
    #[arg(long, value_name = "RESOURCE[,RESOURCE]|all", value_delimiter = ',')]
    pub also: Vec<String>,
    /// A value that they are to have then: NAME=VALUE, or NAME{node}=VALUE for one node.
    #[arg(short = 'p', value_name = "NAME=VALUE")]
    pub properties: Vec<String>,
    /// No way over other versions.
    #[arg(long)]
    pub direct: bool,
    /// A failed Update or Monitor_start undoes what was done, too.
    #[arg(long)]
    strict: bool,
    /// How many groups may be down at once.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    max_unavailable: u16,
    /// How many bundles may fail before the run stops.
    #[arg(long, value_name = "N", default_value_t = 0)]
    max_failures: u16,
    /// A version that nothing leads back from: the plan marks the point of no return.
    #[arg(long, value_name = "TYPE")]
    irreversible: Vec<String>,
    /// The file with settings, which may say what nothing leads back from; without it the nearest `rtreg.toml` upwards from
    /// the working folder. That beside the store counts too.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What may happen to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Allow {
    /// Its monitor stops.
    Unmonitored,
    /// It goes offline.
    Offline,
    /// It goes offline and is disabled.
    Disabled,
    /// Its group goes offline and is unmanaged.
    Unmanaged,
}

/// Whose commands are emitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Emit {
    /// scswitch and scrgadm.
    #[value(name = "solaris-cluster-3.1")]
    SolarisCluster31,
    /// clresource and clresourcegroup.
    #[value(name = "solaris-cluster-4")]
    SolarisCluster4,
}

/// The arguments of `rtreg simulate`.
#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// A plan that `rtreg plan --out` has written.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Let this step fail.
    #[arg(long, value_name = "STEP", conflicts_with = "fail_each")]
    fail: Option<String>,
    /// Let each step fail, one after the other.
    #[arg(long)]
    fail_each: bool,
}

/// What a simulation came to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SimulateReport {
    /// Version of this form: 1.
    version: u32,
    /// The plan.
    plan: String,
    /// One simulation: without a failure, or with that of one step.
    runs: Vec<SimulatedRun>,
}

/// One simulation.
#[derive(Debug, Serialize, JsonSchema)]
struct SimulatedRun {
    /// The step that fails; null if none does.
    fail: Option<String>,
    /// What became of the plan.
    outcome: Outcome,
    /// What undoes each bundle that did not end well.
    unwinding: BTreeMap<String, Unwinding>,
    /// The state behind it.
    state: State,
}

/// Makes a plan.
///
/// # Errors
/// What does not exist; a store that fails.
pub fn run(arguments: Arguments, app: &App) -> Result<Exit, CliError> {
    let Arguments { wish, out, emit, detailed_exitcode: detailed } = arguments;
    let request = request(app, wish)?;
    let made = rtreg_registry::inspect(app.store_for_reading()?, |view| plan(view, &request))?;
    if let Some(file) = out {
        let json = serde_json::to_vec_pretty(&made).map_err(|error| CommandError::Internal(error.to_string()))?;
        output::file(&file, |out| out.write_all(&json))?;
    }
    if let Some(emit) = emit {
        return emitted(&made, emit).map(|()| exit(&made, detailed));
    }
    print(&made, app)?;
    Ok(exit(&made, detailed))
}

/// Prints a plan in the format that was asked for.
pub fn print(made: &Plan, app: &App) -> Result<(), CliError> {
    match app.options.format {
        Some(Format::Json) => output::json(made),
        Some(Format::Dot) => output::text(&render::dot(made)),
        Some(Format::Svg) => output::text(&render::svg(made)),
        _ => output::text(&render::text(made)),
    }
}

fn emitted(made: &Plan, emit: Emit) -> Result<(), CliError> {
    let dialect = match emit {
        Emit::SolarisCluster31 => render::Dialect::SolarisCluster31,
        Emit::SolarisCluster4 => render::Dialect::SolarisCluster4,
    };
    match render::emit(made, dialect) {
        Ok(script) => output::text(&script),
        Err(sentence) => Err(CliError::usage(sentence).help("`rtreg plan` without --emit shows what rtreg would run")),
    }
}

impl Allow {
    /// The state.
    pub const fn needs(self) -> Needs {
        match self {
            Self::Unmonitored => Needs::Unmonitored,
            Self::Offline => Needs::Offline,
            Self::Disabled => Needs::Disabled,
            Self::Unmanaged => Needs::Unmanaged,
        }
    }
}

/// What `--also` names.
pub fn also(names: &[String]) -> Also {
    match names {
        [] => Also::Nothing,
        names if names.iter().any(|name| name == "all") => Also::All,
        names => Also::Resources(names.to_vec()),
    }
}

/// What the planner is asked, with what the settings say of points of no return.
///
/// # Errors
/// Settings that cannot be used.
pub fn request(app: &App, arguments: Wish) -> Result<Request, CliError> {
    let marks = irreversible::said(app, arguments.config.as_deref())?;
    let scope = match (arguments.resource_type, arguments.group) {
        (Some(of), _) => Scope::Type(of),
        (_, Some(group)) => Scope::Group(group),
        _ => Scope::Resources(arguments.resources),
    };
    let mut request = Request::new(scope, arguments.to);
    request.allow = arguments.allow.map(Allow::needs);
    request.also = also(&arguments.also);
    request.properties = arguments.properties;
    request.direct = arguments.direct;
    request.strict = arguments.strict;
    request.max_unavailable = usize::from(arguments.max_unavailable);
    request.max_failures = usize::from(arguments.max_failures);
    request.irreversible = arguments.irreversible;
    request.marks = marks;
    Ok(request)
}

/// Where something is to be done that is the answer; where all is held back the reason is.
pub fn exit(made: &Plan, detailed: bool) -> Exit {
    if !made.is_empty() {
        return if detailed { Exit::Pending } else { Exit::Done };
    }
    match made.held_back.as_slice() {
        [] => Exit::Done,
        held_back if held_back.iter().all(|of| of.kind == HeldBackKind::Undecided) => Exit::Failed,
        held_back if held_back.iter().all(|of| of.because.first().is_some_and(|why| why.rule == "same_version")) => {
            Exit::Usage
        }
        _ => Exit::UpgradeRefused,
    }
}

/// Carries a plan out on a simulator.
///
/// # Errors
/// A file that is no plan; a step that is not in it; a store that fails.
pub fn simulate(arguments: &SimulateArguments, app: &App) -> Result<Exit, CliError> {
    let plan = read(&arguments.plan)?;
    let steps: Vec<&Step> = plan.bundles().flat_map(|bundle| &bundle.steps).collect();
    let fails: Vec<Option<String>> = match (&arguments.fail, arguments.fail_each) {
        (Some(step), _) if !steps.iter().any(|known| known.id == *step) => {
            let near = rtreg_model::suggest::nearest(step, steps.iter().map(|step| step.id.as_str()));
            let hint = near.map_or_else(
                || "`rtreg simulate` without --fail shows the steps".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(CliError::usage(format!("expected the name of a step of the plan, found `{step}`")).help(hint));
        }
        (Some(step), _) => vec![Some(step.clone())],
        (None, true) => steps.iter().map(|step| Some(step.id.clone())).collect(),
        (None, false) => vec![None],
    };
    let runs = rtreg_registry::inspect(app.store_for_reading()?, |view| simulated(view, &plan, fails))?;
    if app.json() {
        output::json(&SimulateReport { version: 1, plan: plan.id.clone(), runs })?;
    } else {
        let mut text = String::new();
        for run in &runs {
            if let Some(step) = &run.fail {
                let words = plan.step(step).map(|(_, step)| render::operation_words(&step.operation));
                text.push_str(&format!("{step} fails: {}\n", words.unwrap_or_default()));
            }
            text.push_str(&render::simulated(&plan, &run.outcome));
            text.push('\n');
        }
        output::text(text.trim_end())?;
    }
    Ok(Exit::Done)
}

/// Simulations of a plan.
///
/// # Errors
/// A store that fails.
fn simulated(view: &View<'_>, plan: &Plan, fails: Vec<Option<String>>) -> Result<Vec<SimulatedRun>, CommandError> {
    let keeper = Gatekeeper::new(view)?;
    let gate = |state: &_, set: &_| keeper.refusal(state, set);
    let run = |fail: Option<String>| {
        let mut simulator = Simulator::new(plan, &gate);
        if let Some(step) = &fail {
            simulator = simulator.with(step, Injection::Fails(FailureKind::ExitCode));
        }
        let outcome = execute::execute(plan, &mut simulator);
        let failed = plan
            .bundles()
            .filter(|bundle| !matches!(outcome.bundles.get(&bundle.id), None | Some(execute::BundleEnd::Done)));
        let unwinding =
            failed.map(|bundle| (bundle.id.clone(), execute::unwinding(bundle, &simulator.journal))).collect();
        SimulatedRun { fail, outcome, unwinding, state: simulator.state }
    };
    Ok(fails.into_iter().map(run).collect())
}

/// A plan from a file, whose name must be the hash of its content.
///
/// # Errors
/// A file that is no plan, or one that was changed.
pub fn read(path: &std::path::Path) -> Result<Plan, CliError> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| CliError::io(format!("{shown}: {error}")))?;
    let plan: Plan = serde_json::from_slice(&bytes).map_err(|error| {
        CliError::usage(format!("{shown}: expected a plan of version 1, found something else: {error}"))
            .help("`rtreg plan … --out FILE` writes one")
    })?;
    if plan.version != 1 || plan.computed_id() != plan.id {
        return Err(CliError::usage(format!("{shown}: the plan was changed since it was made, or by another version"))
            .help("make it again with `rtreg plan … --out FILE`"));
    }
    Ok(plan)
}
