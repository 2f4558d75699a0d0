//! `clresourcetype`, `clrt` (clresourcetype(1CL)).

use std::path::{Path, PathBuf};

use rtreg_model::Release;
use rtreg_registry::commands::register::{Effect, Request as RegisterRequest};
use rtreg_registry::commands::type_set::{InstalledNodes, Report as SetReport, Request as SetRequest, type_set};
use rtreg_registry::commands::unregister::{Request as UnregisterRequest, unregister};
use rtreg_registry::commands::{list, show_type};
use rtreg_registry::{Refusal, inspect, transact};

use super::exit::{About, Codes};
use super::options::{Opt, unsupported, wrong};
use super::{Call, HELP, INPUT, N, Operands, P, Program, Subcommand, V, Z, ZONE, forms};
use crate::commands;
use crate::error::{CliError, Exit};
use crate::{files, output};

/// Where the RTR file of a name is looked for (clresourcetype(1CL), recalled), unless RTREG_RTR_DIRS names other folders.
const RTR_FOLDERS: [&str; 2] = ["/opt/cluster/lib/rgm/rtreg", "/usr/cluster/lib/rgm/rtreg"];

const ALL_NODES: Opt = Opt::flag('N', "allnodes");
const FILE: Opt = Opt::value('f', "rtrfile", "FILE");

/// The command.
pub const PROGRAM: Program = Program {
    codes: Codes::Cl,
    about: About::Type,
    only: None,
    subcommands: &[
        Subcommand {
            name: "register",
            options: &[
                V,
                HELP,
                FILE,
                N,
                ALL_NODES,
                P.refused("a type is registered as its file says; change RT_system with `set` afterwards"),
                INPUT,
                Z,
                ZONE,
            ],
            operands: Operands::New,
            run: register,
        },
        Subcommand { name: "unregister", options: &[V, HELP, Z], operands: Operands::Some, run: unregister_types },
        Subcommand {
            name: "list",
            options: &[V, HELP, N.refused("`list -v` shows the nodes of each type"), Z, ZONE],
            operands: Operands::Any,
            run: list_types,
        },
        Subcommand {
            name: "list-props",
            options: &[V, HELP, Opt::value('p', "property", "NAME,…"), Z],
            operands: Operands::Any,
            run: list_props,
        },
        Subcommand {
            name: "show",
            options: &[V, HELP, N.refused("`list -v` shows the nodes of each type"), Z, ZONE],
            operands: Operands::Any,
            run: show,
        },
        Subcommand { name: "set", options: &[V, HELP, N, ALL_NODES, P, Z, ZONE], operands: Operands::Some, run: set },
        Subcommand {
            name: "export",
            options: &[V, HELP, Opt::value('o', "output", "FILE")],
            operands: Operands::Any,
            run: export,
        },
    ],
};

fn register(call: &Call<'_>) -> Result<u8, CliError> {
    let nodes = match (call.parsed.has('N'), call.nodes('n')?) {
        (true, nodes) if !nodes.is_empty() => {
            return Err(wrong("expected either `-N` or `-n`, found both".to_owned()).help("`-N` means all nodes"));
        }
        (_, nodes) => nodes,
    };
    register_types(call, call.parsed.one('f')?, &nodes)
}

/// Registers the types of the operands; also what scrgadm does. A name that is registered already is refused, as the
/// vendor's command does.
pub fn register_types(call: &Call<'_>, file: Option<&str>, nodes: &[String]) -> Result<u8, CliError> {
    if file.is_some() && call.parsed.operands.len() > 1 {
        let found = call.parsed.operands.join(" ");
        return Err(
            wrong(format!("expected one type beside `-f`, found `{found}`")).help("register one type a command")
        );
    }
    Ok(call.each(&call.parsed.operands, |name| {
        let path = match file {
            Some(file) if Path::new(file).is_dir() => find_file(name, &[PathBuf::from(file)])?,
            Some(file) => PathBuf::from(file),
            None => find_file(name, &rtr_folders())?,
        };
        register_one(call, name, &path, nodes)
    }))
}

fn rtr_folders() -> Vec<PathBuf> {
    match std::env::var_os("RTREG_RTR_DIRS").filter(|folders| !folders.is_empty()) {
        Some(folders) => std::env::split_paths(&folders).collect(),
        None => RTR_FOLDERS.iter().map(PathBuf::from).collect(),
    }
}

/// The file with the name of the type: with its version, or without.
fn find_file(name: &str, folders: &[PathBuf]) -> Result<PathBuf, CliError> {
    let base = name.split(':').next().unwrap_or(name);
    let is_name = !base.is_empty() && !name.contains('/');
    let places = folders.iter().flat_map(|folder| [name, base].map(|file| folder.join(file)));
    places.filter(|_| is_name).find(|path| path.is_file()).ok_or_else(|| {
        let looked: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
        let message = format!("expected the RTR file of `{name}` in one of these folders, found none");
        let refusal = Refusal::new("not_found", message).details(looked).help("name the file with `-f FILE`");
        CliError::new(Exit::Refused, refusal)
    })
}

fn register_one(call: &Call<'_>, name: &str, path: &Path, nodes: &[String]) -> Result<(), CliError> {
    let input = files::read(path)?;
    check_name(name, &input)?;
    let request = RegisterRequest {
        files: vec![commands::register::rtr_file(input)],
        installed_nodes: (!nodes.is_empty()).then(|| nodes.to_vec()),
        target: Release::V4,
    };
    let report = commands::register::perform(call.app, &request)?;
    if let Some(known) = report.types.iter().find(|registered| registered.effect == Effect::Unchanged) {
        let message =
            format!("expected a type that is not registered, found `{}`, registered with this content", known.name);
        let refusal = Refusal::new("already_registered", message)
            .help("nothing is to be done; `rtreg register` takes it as done");
        return Err(CliError::new(Exit::Refused, refusal));
    }
    if call.is_verbose() {
        output::text(&report.text())?;
    }
    Ok(())
}

/// The name of the operand is that of the file: full, or with the vendor or the version left out.
fn check_name(name: &str, input: &files::Input) -> Result<(), CliError> {
    let rtr = rtreg_parser::parse(&input.bytes, rtreg_model::FileId(0));
    // A file that gives no type is refused with its findings when it is registered.
    let Some(found) = rtreg_parser::lower(&rtr) else { return Ok(()) };
    let full = found.name();
    let version = found.version.value.as_str().map(|version| format!(":{version}")).unwrap_or_default();
    let forms = [full.base().to_owned(), full.resource_type().to_owned()];
    let fits = forms.iter().any(|form| name == form || *name == format!("{form}{version}"));
    if fits {
        return Ok(());
    }
    Err(wrong(format!("expected the type `{full}`, which {} describes, found `{name}`", input.name))
        .help(format!("write `{full}`, or name the file of `{name}` with `-f`")))
}

/// Unregisters the types of the operands; also what scrgadm does.
pub fn unregister_types(call: &Call<'_>) -> Result<u8, CliError> {
    Ok(call.each(&call.type_names()?, |name| {
        let request = UnregisterRequest { name: name.to_owned() };
        let (report, _) =
            transact(call.app.store()?, &call.app.context(), ("types", 1), |tx| unregister(tx, &request))?;
        if call.is_verbose() { output::text(&report.text()) } else { Ok(()) }
    }))
}

fn set(call: &Call<'_>) -> Result<u8, CliError> {
    let nodes = call.nodes('n')?;
    let installed = match (call.parsed.has('N'), nodes.is_empty()) {
        (true, false) => {
            return Err(wrong("expected either `-N` or `-n`, found both".to_owned()).help("`-N` means all nodes"));
        }
        (true, true) => Some(InstalledNodes::All),
        (false, false) => Some(InstalledNodes::Nodes(nodes)),
        (false, true) => None,
    };
    set_types(call, installed.as_ref())
}

/// Sets Installed_nodes and what `-p` says of the types of the operands; also what scrgadm does.
pub fn set_types(call: &Call<'_>, installed: Option<&InstalledNodes>) -> Result<u8, CliError> {
    let mut properties = Vec::new();
    for text in call.parsed.all('p') {
        match text.split_once('=') {
            Some((name, _)) if name.ends_with(['+', '-']) => {
                return Err(unsupported(format!("`{name}=` is not supported: rtreg sets whole values"))
                    .help("give the whole list: `-n NODE,…`"));
            }
            Some((name, value)) => properties.push((name.to_owned(), value.to_owned())),
            None => {
                return Err(
                    wrong(format!("expected NAME=VALUE behind `-p`, found `{text}`")).help("`-p RT_system=FALSE`")
                );
            }
        }
    }
    Ok(call.each(&call.type_names()?, |name| {
        let request =
            SetRequest { name: name.to_owned(), installed_nodes: installed.cloned(), properties: properties.clone() };
        let (report, _) = transact(call.app.store()?, &call.app.context(), ("types", 1), |tx| type_set(tx, &request))?;
        if call.is_verbose() { output::text(&SetReport::text(&report)) } else { Ok(()) }
    }))
}

/// What is known of a type.
pub fn shown_type(call: &Call<'_>, name: &str) -> Result<show_type::Report, CliError> {
    Ok(inspect(call.app.store_for_reading()?, |view| show_type::show(view, name))?)
}

fn list_types(call: &Call<'_>) -> Result<u8, CliError> {
    let mut listed = Vec::new();
    let code = call.each(&call.type_names()?, |name| {
        let report = inspect(call.app.store_for_reading()?, |view| list::list(view, Some(name)))?;
        listed.extend(report.types);
        Ok(())
    });
    output::text(&forms::type_list(&listed, call.is_verbose()))?;
    Ok(code)
}

fn list_props(call: &Call<'_>) -> Result<u8, CliError> {
    let wanted = call.parsed.list('p');
    let mut text = String::new();
    let code = call.each(&call.type_names()?, |name| {
        let report = shown_type(call, name)?;
        for wanted in &wanted {
            let is_there = report.properties.iter().any(|property| property.name.eq_ignore_ascii_case(wanted));
            if !is_there {
                let message = format!("`{}` has no property `{wanted}`", report.name);
                let refusal = Refusal::new("unknown_property", message).help("`list-props` without `-p` lists all");
                return Err(CliError::new(Exit::Refused, refusal));
            }
        }
        text.push_str(&forms::type_properties(&report, &wanted, call.is_verbose()));
        Ok(())
    });
    output::text(&text)?;
    Ok(code)
}

fn show(call: &Call<'_>) -> Result<u8, CliError> {
    let mut text = forms::heading("Registered Resource Types");
    let code = call.each(&call.type_names()?, |name| {
        text.push_str(&forms::resource_type(&shown_type(call, name)?, call.is_verbose()));
        Ok(())
    });
    output::text(&text)?;
    Ok(code)
}

/// The vendor writes clconfiguration(5CL), whose form is not known here: the RTR file is written, byte for byte.
fn export(call: &Call<'_>) -> Result<u8, CliError> {
    let names = call.type_names()?;
    if names.len() > 1 {
        return Err(unsupported(format!("export of several types is not supported: found {}", names.join(", ")))
            .help("an RTR file describes one type: export one a command"));
    }
    let target = call.parsed.one('o')?.filter(|path| *path != "-");
    Ok(call.each(&names, |name| {
        let rtr = inspect(call.app.store_for_reading()?, |view| show_type::rtr(view, name))?;
        match target {
            Some(path) => output::file(Path::new(path), |out| out.write_all(&rtr.bytes))?,
            None => output::bytes(&rtr.bytes)?,
        }
        eprintln!("note: this is the RTR file of `{}`; rtreg does not write clconfiguration(5CL)", rtr.name);
        Ok(())
    }))
}
