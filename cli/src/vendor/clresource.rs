//! `clresource`, `clrs` (clresource(1CL)).

use rtreg_registry::commands::properties::parse_assignments;
use rtreg_registry::commands::resource::{self, CreateRequest, DeleteRequest, SetRequest};
use rtreg_registry::commands::switch::{Action, SwitchRequest, switch};
use rtreg_registry::commands::upgrade::Request as UpgradeRequest;
use rtreg_registry::gate::{ReasonKind, Verdict};
use rtreg_registry::{Refusal, inspect};
use rtreg_upgrade::states::StateCommand;

use super::exit::{About, Codes};
use super::options::{Opt, unsupported, wrong};
use super::{Call, FORCE, HELP, INPUT, N, Operands, P, Program, Subcommand, V, Z, ZONE, forms};
use crate::commands;
use crate::error::{CliError, Exit};
use crate::output;

const G: Opt = Opt::value('g', "resourcegroup", "GROUP,…");
const T: Opt = Opt::value('t', "resourcetype", "TYPE,…");
const X: Opt = Opt::value('x', "extension-property", "NAME=VALUE");
const Y: Opt = Opt::value('y', "standard-property", "NAME=VALUE");
const RECURSIVE: &str = "name the resources that it depends on, too";
const RECURSIVE_OLD: Opt = Opt::flag('r', "recursive").refused(RECURSIVE);
const RECURSIVE_NEW: Opt = Opt::flag('R', "recursive").refused(RECURSIVE);
const SWITCH: &[Opt] = &[V, HELP, N, G, T, RECURSIVE_OLD, RECURSIVE_NEW, Z, ZONE];
const SHOWN_ONLY: &str = "`show -v` shows all properties";

/// The command.
pub const PROGRAM: Program = Program {
    codes: Codes::Cl,
    about: About::Resource,
    only: None,
    subcommands: &[
        Subcommand {
            name: "create",
            options: &[
                V,
                HELP,
                Opt::value('g', "resourcegroup", "GROUP"),
                Opt::value('t', "resourcetype", "TYPE"),
                P,
                X,
                Y,
                Opt::flag('d', "disable"),
                Opt::flag('a', "automatic").refused("it belongs to -i, which rtreg does not read"),
                INPUT,
                Z,
                ZONE,
            ],
            operands: Operands::One,
            run: create,
        },
        Subcommand { name: "delete", options: &[V, HELP, G, T, FORCE, Z], operands: Operands::Some, run: delete },
        Subcommand { name: "set", options: &[V, HELP, G, T, P, X, Y, INPUT, Z], operands: Operands::Some, run: set },
        Subcommand { name: "enable", options: SWITCH, operands: Operands::Some, run: |call| act(call, Action::Enable) },
        Subcommand {
            name: "disable",
            options: SWITCH,
            operands: Operands::Some,
            run: |call| act(call, Action::Disable),
        },
        Subcommand {
            name: "monitor",
            options: SWITCH,
            operands: Operands::Some,
            run: |call| act(call, Action::Monitor),
        },
        Subcommand {
            name: "unmonitor",
            options: SWITCH,
            operands: Operands::Some,
            run: |call| act(call, Action::Unmonitor),
        },
        Subcommand {
            name: "clear",
            options: &[V, HELP, N, G, T, Opt::value('f', "errorflag", "FLAG"), Z, ZONE],
            operands: Operands::Some,
            run: clear,
        },
        Subcommand {
            name: "list",
            options: &[V, HELP, G, T, Opt::value('s', "state", "STATE,…").refused("`status` shows the states"), Z],
            operands: Operands::Any,
            run: list,
        },
        Subcommand {
            name: "show",
            options: &[
                V,
                HELP,
                G,
                T,
                Opt::value('p', "property", "NAME,…").refused(SHOWN_ONLY),
                Opt::value('x', "extension-property", "NAME,…").refused(SHOWN_ONLY),
                Opt::value('y', "standard-property", "NAME,…").refused(SHOWN_ONLY),
                Z,
            ],
            operands: Operands::Any,
            run: show,
        },
        Subcommand {
            name: "status",
            options: &[V, HELP, N, G, T, Opt::value('s', "state", "STATE,…").refused("all states are shown"), Z, ZONE],
            operands: Operands::Any,
            run: status,
        },
    ],
};

fn create(call: &Call<'_>) -> Result<u8, CliError> {
    let needed = |letter: char, what: &str| {
        let missing =
            || wrong(format!("expected `-{letter} {what}`, found none")).help("`create -?` shows what it takes");
        Ok::<_, CliError>(call.parsed.one(letter)?.ok_or_else(missing)?.to_owned())
    };
    let (group, resource_type) = (needed('g', "GROUP")?, needed('t', "TYPE")?);
    create_resources(call, &group, &resource_type, call.parsed.has('d'))
}

/// Creates the resources of the operands; also what scrgadm does.
pub fn create_resources(call: &Call<'_>, group: &str, resource_type: &str, disabled: bool) -> Result<u8, CliError> {
    let values = call.values(&['p', 'x', 'y'])?;
    if let Some(version) = values.type_version {
        let message =
            format!("`Type_version={version}` is not supported by create: a resource has the version of its type");
        return Err(unsupported(message).help("name the version in the type: `-t VENDOR.TYPE:VERSION`"));
    }
    Ok(call.each(&call.parsed.operands, |name| {
        let request = CreateRequest {
            name: name.to_owned(),
            group: group.to_owned(),
            resource_type: resource_type.to_owned(),
            properties: values.properties.clone(),
            created_under_3_0: false,
            disabled,
        };
        call.of_resource(&StateCommand::Create(request.clone()), |tx| resource::create(tx, &request))
    }))
}

/// Deletes the resources of the operands; also what scrgadm does.
pub fn delete(call: &Call<'_>) -> Result<u8, CliError> {
    Ok(call.each(&call.resource_names()?, |name| {
        let request = DeleteRequest { name: name.to_owned() };
        call.of_resource(&StateCommand::Delete(request.clone()), |tx| resource::delete(tx, &request))
    }))
}

/// Sets properties; with Type_version among them it is the gated upgrade, which takes the others along. Also what scrgadm
/// does.
pub fn set(call: &Call<'_>) -> Result<u8, CliError> {
    let values = call.values(&['p', 'x', 'y'])?;
    if values.properties.is_empty() && values.type_version.is_none() {
        return Err(wrong("expected a property to set, found none".to_owned()).help("add `-p NAME=VALUE`"));
    }
    Ok(call.each(&call.resource_names()?, |name| {
        let is_upgraded = match &values.type_version {
            Some(version) => upgrade(call, name, version, &values.properties)?,
            None => false,
        };
        if is_upgraded || values.properties.is_empty() {
            return Ok(());
        }
        let request = SetRequest { name: name.to_owned(), properties: values.properties.clone(), defaults: Vec::new() };
        call.of_resource(&StateCommand::Set(request.clone()), |tx| resource::set(tx, &request))
    }))
}

/// Asks the gate and does what it allows; false where the resource has the version already.
fn upgrade(call: &Call<'_>, resource: &str, version: &str, properties: &[String]) -> Result<bool, CliError> {
    let request = UpgradeRequest {
        resource: resource.to_owned(),
        to: if version.is_empty() { "unversioned".to_owned() } else { version.to_owned() },
        properties: parse_assignments(properties.iter().map(String::as_str))?,
        preview: false,
    };
    let report = commands::upgrade::perform(call.app, &request, call.told())?;
    let decision = &report.decision;
    if decision.is_same_version() {
        return Ok(false);
    }
    if decision.verdict == Verdict::Allowed {
        if call.is_verbose() {
            output::text(&report.text())?;
        } else {
            decision.rests_on.iter().for_each(|sentence| eprintln!("note: {sentence}"));
        }
        return Ok(true);
    }
    let rule = match decision.because.first().map(|reason| reason.kind) {
        Some(ReasonKind::Property) => "upgrade_property",
        Some(ReasonKind::NotUpgradeAware) => "not_upgrade_aware",
        _ => "upgrade_refused",
    };
    Err(CliError::new(Exit::UpgradeRefused, Refusal::new(rule, report.text())))
}

fn act(call: &Call<'_>, action: Action) -> Result<u8, CliError> {
    let nodes = call.nodes('n')?;
    Ok(call.each(&call.resource_names()?, |name| switch_one(call, name, action, &nodes)))
}

/// A state command about one resource; also what `clresourcegroup online -e -m` does.
pub fn switch_one(call: &Call<'_>, name: &str, action: Action, nodes: &[String]) -> Result<(), CliError> {
    let request = SwitchRequest { name: name.to_owned(), action, nodes: nodes.to_vec() };
    call.of_resource(&StateCommand::Switch(request.clone()), |tx| switch(tx, &request))
}

fn clear(call: &Call<'_>) -> Result<u8, CliError> {
    match call.parsed.one('f')? {
        Some(flag) if !flag.eq_ignore_ascii_case("STOP_FAILED") => {
            Err(unsupported(format!("`-f {flag}` is not supported: only STOP_FAILED can be cleared"))
                .help("leave it out, or write `-f STOP_FAILED`"))
        }
        _ => act(call, Action::Clear),
    }
}

fn list(call: &Call<'_>) -> Result<u8, CliError> {
    let (known, unknown): (Vec<_>, Vec<_>) =
        call.resources()?.into_iter().partition(|resource| !resource.resource_type.is_empty());
    output::text(&forms::resource_list(&known, call.is_verbose()))?;
    let unknown: Vec<String> = unknown.into_iter().map(|resource| resource.name).collect();
    Ok(call.each(&unknown, |name| call.shown_resource(name).map(|_| ())))
}

fn show(call: &Call<'_>) -> Result<u8, CliError> {
    let mut text = forms::heading("Resources");
    let code = call.each(&call.resource_names()?, |name| {
        let (resource, resource_type) = call.shown_resource(name)?;
        text.push_str(&forms::resource(&resource, &resource_type, call.is_verbose()));
        Ok(())
    });
    output::text(&text)?;
    Ok(code)
}

fn status(call: &Call<'_>) -> Result<u8, CliError> {
    let nodes = call.nodes('n')?;
    let mut reports = Vec::new();
    let code = call.each(&call.resource_names()?, |name| {
        let store = call.app.store_for_reading()?;
        reports.push(inspect(store, |view| rtreg_registry::commands::show::resource(view, name))?);
        Ok(())
    });
    output::text(&forms::resource_status(&reports, &nodes))?;
    Ok(code)
}
