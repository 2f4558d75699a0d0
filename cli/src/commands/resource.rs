//! `rtreg resource`: resources, their properties and their recorded state. Words come from the registry.

use clap::{Args, Subcommand};
use rtreg_model::{MonitorState, ResourceState};
use rtreg_registry::commands::changes::ChangeReport;
use rtreg_registry::commands::observe::{self, StateRequest, TypeVersionRequest};
use rtreg_registry::commands::resource::{self, CreateRequest, DeleteRequest, SetRequest};
use rtreg_registry::commands::switch::{Action, SwitchRequest, switch};
use rtreg_registry::{CommandError, Transaction, transact};
use rtreg_upgrade::states::StateCommand;

use crate::app::App;
use crate::completed::{self, completed};
use crate::error::{CliError, Exit};
use crate::live::record_or_run;
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Resource,
}

#[derive(Debug, Subcommand)]
enum Resource {
    /// Create a resource, enabled and monitored; where its group is online, it is online.
    Create(Create),
    /// Delete a resource that is disabled and offline everywhere.
    Delete(Name),
    /// Set properties, or let them follow the default of the type again.
    Set(Set),
    /// Record that the resource is enabled; where its group is online, it is online.
    Enable(Nodes),
    /// Record that the resource is disabled and offline.
    Disable(Nodes),
    /// Record that the resource is monitored; where it is online, its monitor runs.
    Monitor(Nodes),
    /// Record that the resource is not monitored.
    Unmonitor(Nodes),
    /// Record that the resource was stopped and started again; without --node wherever it is online.
    Restart(Nodes),
    /// Record that a failed start or stop is cleaned up: the resource is offline.
    Clear(Clear),
    /// Record what somebody saw, or an upgrade done outside of rtreg.
    State(State),
}

#[derive(Debug, Args)]
struct Create {
    /// The resource.
    #[arg(value_name = "RESOURCE")]
    name: String,
    /// Its group.
    #[arg(long, value_name = "GROUP")]
    group: String,
    /// Its type: the full name, or an abbreviation that means one type.
    #[arg(long = "type", value_name = "TYPE")]
    resource_type: String,
    /// A property: NAME=VALUE, or 'NAME{node}=VALUE' for one node.
    #[arg(short = 'p', value_name = "NAME=VALUE")]
    properties: Vec<String>,
    /// The release that it was created under, if that is 3.0: upgrades then keep its old defaults.
    #[arg(long, value_name = "RELEASE", value_parser = ["3.0"], hide_possible_values = true)]
    created_under: Option<String>,
    /// Neither enabled nor monitored.
    #[arg(long)]
    disabled: bool,
}

#[derive(Debug, Args)]
struct Set {
    /// The resource.
    #[arg(value_name = "RESOURCE")]
    name: String,
    /// A property: NAME=VALUE, or 'NAME{node}=VALUE' for one node.
    #[arg(short = 'p', value_name = "NAME=VALUE")]
    properties: Vec<String>,
    /// A property that is to follow the default of the type again.
    #[arg(long = "default", value_name = "NAME")]
    defaults: Vec<String>,
}

#[derive(Debug, Args)]
struct Name {
    /// The resource.
    #[arg(value_name = "RESOURCE")]
    name: String,
}

#[derive(Debug, Args)]
struct Nodes {
    /// The resource.
    #[arg(value_name = "RESOURCE")]
    name: String,
    /// The nodes; all nodes of the node list if none is given.
    #[arg(long = "node", value_name = "NODE[,NODE]", value_delimiter = ',')]
    nodes: Vec<String>,
}

#[derive(Debug, Args)]
struct Clear {
    /// The resource.
    #[arg(value_name = "RESOURCE")]
    name: String,
    /// The nodes where it was.
    #[arg(long = "node", value_name = "NODE[,NODE]", value_delimiter = ',', required = true)]
    nodes: Vec<String>,
}

/// An observation, or an upgrade done elsewhere. A known version that started the resource is kept while the resource is not
/// offline, and is unknown otherwise, unless it is given.
#[derive(Debug, Args)]
struct State {
    /// The resource.
    #[arg(value_name = "RESOURCE")]
    name: String,
    /// What was seen: offline, starting, online, stopping, start_failed, stop_failed or unknown.
    #[arg(value_name = "STATE", value_parser = completed(state_word, completed::resource_states), hide_possible_values = true, required_unless_present = "type_version", requires = "node")]
    state: Option<ResourceState>,
    /// The node where it was seen.
    #[arg(long, value_name = "NODE", requires = "state")]
    node: Option<String>,
    /// Its monitor: running, stopped, start_failed, stop_failed or unknown. If not given: as it was where the resource
    /// was not offline, else stopped if Monitored_switch is off, else unknown.
    #[arg(long, value_name = "STATE", value_parser = completed(monitor_word, completed::monitor_states), hide_possible_values = true, requires = "state")]
    monitor: Option<MonitorState>,
    /// The version whose methods started it: a version, `unversioned` or `unknown`.
    #[arg(long, value_name = "VERSION", requires = "state")]
    started_by: Option<String>,
    /// The version whose methods started its monitor, likewise.
    #[arg(long, value_name = "VERSION", requires = "state")]
    monitor_started_by: Option<String>,
    /// The version whose Init or Boot initialised it; also `none`. With the state offline it may be stated of a node that is
    /// down, or outside of the node list where something is recorded.
    #[arg(long, value_name = "VERSION", requires = "state")]
    initialised_by: Option<String>,
    /// The version of its type that it was upgraded to outside of rtreg (needs --reason): a version or `unversioned`.
    #[arg(long, value_name = "VERSION", conflicts_with = "state")]
    type_version: Option<String>,
}

fn state_word(word: &str) -> Result<ResourceState, String> {
    ResourceState::parse(word).ok_or_else(|| {
        let words: Vec<&str> = ResourceState::ALL.iter().map(|state| state.as_str()).collect();
        format!("expected one of {}", words.join(", "))
    })
}

fn monitor_word(word: &str) -> Result<MonitorState, String> {
    MonitorState::parse(word).ok_or_else(|| {
        let words: Vec<&str> = MonitorState::ALL.iter().map(|state| state.as_str()).collect();
        format!("expected one of {}", words.join(", "))
    })
}

/// Does it.
///
/// # Errors
/// What the registry says.
pub fn run(arguments: Arguments, app: &App) -> Result<Exit, CliError> {
    match arguments.command {
        Resource::Create(create) => {
            let request = CreateRequest {
                name: create.name,
                group: create.group,
                resource_type: create.resource_type,
                properties: create.properties,
                created_under_3_0: create.created_under.is_some(),
                disabled: create.disabled,
            };
            change(app, &StateCommand::Create(request.clone()), |tx| resource::create(tx, &request))
        }
        Resource::Delete(Name { name }) => {
            let request = DeleteRequest { name };
            change(app, &StateCommand::Delete(request.clone()), |tx| resource::delete(tx, &request))
        }
        Resource::Set(Set { name, properties, defaults }) => {
            let request = SetRequest { name, properties, defaults };
            change(app, &StateCommand::Set(request.clone()), |tx| resource::set(tx, &request))
        }
        Resource::Enable(nodes) => act(app, Action::Enable, nodes),
        Resource::Disable(nodes) => act(app, Action::Disable, nodes),
        Resource::Monitor(nodes) => act(app, Action::Monitor, nodes),
        Resource::Unmonitor(nodes) => act(app, Action::Unmonitor, nodes),
        Resource::Restart(nodes) => act(app, Action::Restart, nodes),
        Resource::Clear(Clear { name, nodes }) => act(app, Action::Clear, Nodes { name, nodes }),
        Resource::State(state) => observed(app, state),
    }
}

fn act(app: &App, action: Action, Nodes { name, nodes }: Nodes) -> Result<Exit, CliError> {
    let request = SwitchRequest { name, action, nodes };
    change(app, &StateCommand::Switch(request.clone()), |tx| switch(tx, &request))
}

fn observed(app: &App, state: State) -> Result<Exit, CliError> {
    let name = state.name;
    match (state.type_version, state.state, state.node) {
        (Some(version), _, _) => {
            let request = TypeVersionRequest { name, version };
            output::answer(app, &perform(app, |tx| observe::type_version_is(tx, &request))?, ChangeReport::text)
        }
        (None, Some(seen), Some(node)) => {
            let request = StateRequest {
                name,
                node,
                state: seen,
                monitor: state.monitor,
                started_by: state.started_by,
                monitor_started_by: state.monitor_started_by,
                initialised_by: state.initialised_by,
            };
            output::answer(app, &perform(app, |tx| observe::state(tx, &request))?, ChangeReport::text)
        }
        _ => Err(CliError::usage("expected a state and the node where it was seen")
            .help(format!("`rtreg resource state {name} --node N STATE`"))),
    }
}

fn change(
    app: &App,
    command: &StateCommand,
    recorded: impl FnMut(&mut Transaction<'_>) -> Result<ChangeReport, CommandError>,
) -> Result<Exit, CliError> {
    record_or_run(app, ("resources", 1), command, recorded)
}

fn perform(
    app: &App,
    command: impl FnMut(&mut Transaction<'_>) -> Result<ChangeReport, CommandError>,
) -> Result<ChangeReport, CliError> {
    Ok(transact(app.store()?, &app.context(), ("resources", 1), command)?.0)
}
