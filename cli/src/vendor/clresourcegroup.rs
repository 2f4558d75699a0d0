//! `clresourcegroup`, `clrg` (clresourcegroup(1CL)).

use rtreg_registry::commands::group::{self, CreateRequest, GroupRequest, NodesRequest, SetRequest};
use rtreg_registry::commands::names::{self, ResourceFilter};
use rtreg_registry::commands::switch::Action;
use rtreg_registry::commands::{node, show};
use rtreg_registry::{Refusal, inspect, transact};
use rtreg_upgrade::states::StateCommand;

use super::clresource;
use super::exit::{About, Codes};
use super::options::{Opt, wrong};
use super::{Call, FORCE, HELP, INPUT, N, Operands, P, Program, Subcommand, V, Z, ZONE, forms};
use crate::error::{CliError, Exit};
use crate::output;

const SCALABLE: Opt = Opt::flag('S', "scalable");
const UP: &[Opt] =
    &[V, HELP, N, Opt::flag('e', "enable"), Opt::flag('m', "monitor"), Opt::flag('M', "manage"), Z, ZONE];

/// The command.
pub const PROGRAM: Program = Program {
    codes: Codes::Cl,
    about: About::Group,
    only: None,
    subcommands: &[
        Subcommand {
            name: "create",
            options: &[V, HELP, N, P, SCALABLE, INPUT, Z, ZONE],
            operands: Operands::New,
            run: create,
        },
        Subcommand { name: "delete", options: &[V, HELP, FORCE, Z], operands: Operands::Some, run: delete },
        Subcommand { name: "set", options: &[V, HELP, N, P, INPUT, Z, ZONE], operands: Operands::Some, run: set },
        Subcommand { name: "manage", options: &[V, HELP, Z], operands: Operands::Some, run: manage },
        Subcommand { name: "unmanage", options: &[V, HELP, Z], operands: Operands::Some, run: unmanage },
        Subcommand { name: "online", options: UP, operands: Operands::Some, run: online },
        Subcommand { name: "offline", options: &[V, HELP, N, Z, ZONE], operands: Operands::Some, run: offline },
        Subcommand { name: "switch", options: UP, operands: Operands::Some, run: switch },
        Subcommand {
            name: "list",
            options: &[
                V,
                HELP,
                N.refused("`status` shows where a group is online"),
                Opt::value('r', "resource", "RESOURCE,…").refused("`clresource show` shows the group of a resource"),
                Opt::value('s', "state", "STATE,…").refused("`status` shows the states"),
                Opt::value('t', "resourcetype", "TYPE,…").refused("`clresource list -t` lists the resources of a type"),
                Z,
            ],
            operands: Operands::Any,
            run: list,
        },
        Subcommand {
            name: "show",
            options: &[V, HELP, Opt::value('p', "property", "NAME,…").refused("all properties are shown"), Z],
            operands: Operands::Any,
            run: show,
        },
        Subcommand {
            name: "status",
            options: &[V, HELP, N, Opt::value('s', "state", "STATE,…").refused("all states are shown"), Z, ZONE],
            operands: Operands::Any,
            run: status,
        },
    ],
};

/// The node list that `-n` (or `-p Nodelist=`) gives, and the other properties.
fn list_and_properties(call: &Call<'_>, letter: char, of: char) -> Result<(Vec<String>, Vec<String>), CliError> {
    let mut nodes = call.nodes(letter)?;
    let mut properties = Vec::new();
    for text in call.parsed.all(of) {
        match text.split_once('=') {
            Some((name, list)) if name.eq_ignore_ascii_case("Nodelist") && nodes.is_empty() => {
                nodes = list.split(',').map(str::to_owned).collect();
            }
            Some((name, _)) if name.eq_ignore_ascii_case("Nodelist") => {
                return Err(
                    wrong(format!("expected the node list once, found `-{of} {text}` too")).help("give it once")
                );
            }
            _ => properties.push(text.to_owned()),
        }
    }
    Ok((nodes, properties))
}

fn create(call: &Call<'_>) -> Result<u8, CliError> {
    create_groups(call, 'n', 'p')
}

/// Creates the groups of the operands; without a node list on all nodes. Also what scrgadm does.
pub fn create_groups(call: &Call<'_>, letter: char, of: char) -> Result<u8, CliError> {
    let (mut nodes, mut properties) = list_and_properties(call, letter, of)?;
    if nodes.is_empty() {
        let all = inspect(call.app.store_for_reading()?, node::list)?;
        nodes = all.nodes.into_iter().map(|node| node.name).collect();
    }
    if call.parsed.has('S') {
        properties.push(format!("Maximum_primaries={}", nodes.len()));
    }
    Ok(call.each(&call.parsed.operands, |name| {
        let request =
            CreateRequest { name: name.to_owned(), nodes: nodes.clone(), properties: properties.clone(), driver: None };
        let units = ("nodes", request.nodes.len());
        call.done(&transact(call.app.store()?, &call.app.context(), units, |tx| group::create(tx, &request))?.0)
    }))
}

fn set(call: &Call<'_>) -> Result<u8, CliError> {
    set_groups(call, 'n', 'p')
}

/// Sets node list and properties of the groups of the operands; also what scrgadm does.
pub fn set_groups(call: &Call<'_>, letter: char, of: char) -> Result<u8, CliError> {
    let (nodes, properties) = list_and_properties(call, letter, of)?;
    Ok(call.each(&call.group_names()?, |name| {
        let request = SetRequest { name: name.to_owned(), nodes: nodes.clone(), properties: properties.clone() };
        call.of_group(name, &StateCommand::SetGroup(request.clone()), |tx| group::set(tx, &request))
    }))
}

/// Deletes the groups of the operands; also what scrgadm does.
pub fn delete(call: &Call<'_>) -> Result<u8, CliError> {
    Ok(call.each(&call.group_names()?, |name| {
        let request = GroupRequest { name: name.to_owned() };
        let units = ("groups", 1);
        call.done(&transact(call.app.store()?, &call.app.context(), units, |tx| group::delete(tx, &request))?.0)
    }))
}

fn manage(call: &Call<'_>) -> Result<u8, CliError> {
    Ok(call.each(&call.group_names()?, |name| manage_one(call, name)))
}

/// Manages a group; also what scswitch does.
pub fn manage_one(call: &Call<'_>, name: &str) -> Result<(), CliError> {
    let request = GroupRequest { name: name.to_owned() };
    call.of_group(name, &StateCommand::Manage(request.clone()), |tx| group::manage(tx, &request))
}

fn unmanage(call: &Call<'_>) -> Result<u8, CliError> {
    Ok(call.each(&call.group_names()?, |name| unmanage_one(call, name)))
}

/// Unmanages a group; also what scswitch does.
pub fn unmanage_one(call: &Call<'_>, name: &str) -> Result<(), CliError> {
    let request = GroupRequest { name: name.to_owned() };
    call.of_group(name, &StateCommand::Unmanage(request.clone()), |tx| group::unmanage(tx, &request))
}

fn online(call: &Call<'_>) -> Result<u8, CliError> {
    let nodes = call.nodes('n')?;
    Ok(call.each(&call.group_names()?, |name| {
        prepare(call, name, Preparation::of(call))?;
        bring_online(call, name, &nodes)
    }))
}

/// What is done to a group before it is brought online.
#[derive(Debug, Clone, Copy)]
pub struct Preparation {
    /// It is managed.
    pub manage: bool,
    /// Its resources are enabled.
    pub enable: bool,
    /// Their monitors are.
    pub monitor: bool,
}

impl Preparation {
    /// `-M`, `-e` and `-m`.
    fn of(call: &Call<'_>) -> Self {
        Self { manage: call.parsed.has('M'), enable: call.parsed.has('e'), monitor: call.parsed.has('m') }
    }
}

/// Brings a group online on these nodes, or on those that the registry chooses; also what scswitch does.
pub fn bring_online(call: &Call<'_>, name: &str, nodes: &[String]) -> Result<(), CliError> {
    let request = NodesRequest { name: name.to_owned(), nodes: nodes.to_vec() };
    call.of_group(name, &StateCommand::Online(request.clone()), |tx| group::online(tx, &request))
}

/// What comes before a group is brought online; also what scswitch does.
pub fn prepare(call: &Call<'_>, name: &str, preparation: Preparation) -> Result<(), CliError> {
    if preparation.manage {
        manage_one(call, name)?;
    }
    let filter = ResourceFilter { groups: vec![name.to_owned()], types: Vec::new() };
    let members = inspect(call.app.store_for_reading()?, |view| names::resources(view, &filter))?;
    for (wanted, action) in [(preparation.enable, Action::Enable), (preparation.monitor, Action::Monitor)] {
        if wanted {
            members.iter().try_for_each(|member| clresource::switch_one(call, &member.name, action, &[]))?;
        }
    }
    Ok(())
}

fn offline(call: &Call<'_>) -> Result<u8, CliError> {
    let nodes = call.nodes('n')?;
    Ok(call.each(&call.group_names()?, |name| take_offline(call, name, &nodes)))
}

/// Takes a group offline on these nodes, everywhere without any; also what scswitch does.
pub fn take_offline(call: &Call<'_>, name: &str, nodes: &[String]) -> Result<(), CliError> {
    let request = NodesRequest { name: name.to_owned(), nodes: nodes.to_vec() };
    call.of_group(name, &StateCommand::Offline(request.clone()), |tx| group::offline(tx, &request))
}

fn switch(call: &Call<'_>) -> Result<u8, CliError> {
    let nodes = call.nodes('n')?;
    if nodes.is_empty() {
        return Err(
            wrong("expected `-n NODE,…`, found none".to_owned()).help("name the nodes that are to have the group")
        );
    }
    Ok(call.each(&call.group_names()?, |name| switch_one(call, name, &nodes, Preparation::of(call))))
}

/// Brings a group online on these nodes and offline elsewhere; also what scswitch does.
pub fn switch_one(call: &Call<'_>, name: &str, nodes: &[String], preparation: Preparation) -> Result<(), CliError> {
    let shown = shown_group(call, name)?;
    check_targets(&shown, nodes)?;
    prepare(call, name, preparation)?;
    let request = NodesRequest { name: name.to_owned(), nodes: nodes.to_vec() };
    call.of_group(name, &StateCommand::Move(request.clone()), |tx| group::move_to(tx, &request))
}

/// What would stop the switch is looked for before the group and its resources are prepared for it.
fn check_targets(group: &show::GroupReport, nodes: &[String]) -> Result<(), CliError> {
    let up = |name: &&String| group.nodes.iter().any(|node| node.node == **name && node.node_state == "up");
    if let Some(node) = nodes.iter().find(|name| !up(name)) {
        let message =
            format!("group `{}` cannot be switched to `{node}`: it is no node of its list that is up", group.name);
        let refusal =
            Refusal::new("node_not_up", message).help(format!("`rtreg show group {}` shows them", group.name));
        return Err(CliError::new(Exit::Refused, refusal));
    }
    if nodes.len() > usize::try_from(group.maximum_primaries).unwrap_or(usize::MAX) {
        let maximum = group.maximum_primaries;
        let message = format!("group `{}` has Maximum_primaries={maximum}, found {} nodes", group.name, nodes.len());
        return Err(CliError::new(Exit::Refused, Refusal::new("too_many_primaries", message).help("name fewer nodes")));
    }
    Ok(())
}

fn shown_group(call: &Call<'_>, name: &str) -> Result<show::GroupReport, CliError> {
    Ok(inspect(call.app.store_for_reading()?, |view| show::group(view, name))?)
}

fn list(call: &Call<'_>) -> Result<u8, CliError> {
    let mut groups = Vec::new();
    let code = call.each(&call.group_names()?, |name| {
        groups.push(shown_group(call, name)?);
        Ok(())
    });
    output::text(&forms::group_list(&groups, call.is_verbose()))?;
    Ok(code)
}

fn show(call: &Call<'_>) -> Result<u8, CliError> {
    let mut text = forms::heading("Resource Groups and Resources");
    let code = call.each(&call.group_names()?, |name| {
        let group = shown_group(call, name)?;
        text.push_str(&forms::group(&group));
        if call.is_verbose() {
            text.push_str(&forms::subheading(&format!("Resources for Group {name}")));
            for member in &group.resources {
                let (resource, resource_type) = call.shown_resource(&member.name)?;
                text.push_str(&forms::resource(&resource, &resource_type, true));
            }
        }
        Ok(())
    });
    output::text(&text)?;
    Ok(code)
}

fn status(call: &Call<'_>) -> Result<u8, CliError> {
    let nodes = call.nodes('n')?;
    let mut groups = Vec::new();
    let code = call.each(&call.group_names()?, |name| {
        groups.push(shown_group(call, name)?);
        Ok(())
    });
    output::text(&forms::group_status(&groups, &nodes))?;
    Ok(code)
}
