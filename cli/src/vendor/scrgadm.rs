//! `scrgadm` (scrgadm(1M)): adds, changes, removes and prints types, groups and resources. It ends where the
//! object-oriented commands end.

use rtreg_registry::commands::names::{self, ResourceFilter};
use rtreg_registry::commands::type_set::InstalledNodes;
use rtreg_registry::commands::{list, show};
use rtreg_registry::inspect;

use super::exit::{About, Codes};
use super::options::{Opt, Parsed, unsupported, wrong};
use super::{Call, HELP, Operands, Program, Subcommand, clresource, clresourcegroup, clresourcetype, forms};
use crate::error::CliError;
use crate::output;

/// The command.
pub const PROGRAM: Program = Program {
    codes: Codes::Scha,
    about: About::Resource,
    subcommands: &[],
    only: Some(&Subcommand { name: "", options: OPTIONS, operands: Operands::None, run }),
};

const NETWORK: &str = "create the resource of its type with `-a -j`";

const OPTIONS: &[Opt] = &[
    Opt::flag('a', ""),
    Opt::flag('c', ""),
    Opt::flag('r', ""),
    Opt::flag('p', ""),
    Opt::flag('v', ""),
    HELP,
    Opt::value('t', "", "TYPE"),
    Opt::value('g', "", "GROUP"),
    Opt::value('j', "", "RESOURCE"),
    Opt::value('f', "", "FILE"),
    Opt::value('h', "", "NODE,…"),
    Opt::value('x', "", "NAME=VALUE"),
    Opt::value('y', "", "NAME=VALUE"),
    Opt::flag('L', "").refused(NETWORK),
    Opt::flag('S', "").refused(NETWORK),
    Opt::value('l', "", "HOST,…").refused(NETWORK),
    Opt::value('n', "", "NETIF,…").refused(NETWORK),
];

/// The four things that it does.
const ACTIONS: [char; 4] = ['a', 'c', 'r', 'p'];

fn run(call: &Call<'_>) -> Result<u8, CliError> {
    let given: Vec<char> = ACTIONS.into_iter().filter(|action| call.parsed.has(*action)).collect();
    let action = match given.as_slice() {
        [action] => *action,
        _ => {
            let found = if given.is_empty() { "none".to_owned() } else { format!("{} of them", given.len()) };
            return Err(
                wrong(format!("expected one of -a, -c, -r and -p, found {found}")).help("`scrgadm -?` shows all")
            );
        }
    };
    if action == 'p' {
        return print(call);
    }
    let (letter, name) = object(&call.parsed)?;
    let about = match letter {
        't' => About::Type,
        'g' => About::Group,
        _ => About::Resource,
    };
    check_options(&call.parsed, action, letter)?;
    // What is added, changed or removed stands where the other commands have their operand.
    let program = Program { codes: Codes::Scha, about, subcommands: &[], only: None };
    // Of a resource `-t` and `-g` say what it is, not which.
    let inner =
        Call { app: call.app, name: call.name, program: &program, parsed: call.parsed.about(name, &['t', 'g']) };
    let result = match (action, letter) {
        ('a', 't') => clresourcetype::register_types(&inner, call.parsed.one('f')?, &inner.nodes('h')?),
        ('c', 't') => change_type(&inner),
        ('r', 't') => clresourcetype::unregister_types(&inner),
        ('a', 'g') => clresourcegroup::create_groups(&inner, 'h', 'y'),
        ('c', 'g') => clresourcegroup::set_groups(&inner, 'h', 'y'),
        ('r', 'g') => clresourcegroup::delete(&inner),
        ('a', _) => add_resource(call, &inner),
        ('c', _) => clresource::set(&inner),
        _ => clresource::delete(&inner),
    };
    result.or_else(|error| Ok(inner.fail(&error)))
}

fn object(parsed: &Parsed) -> Result<(char, &str), CliError> {
    for letter in ['j', 't', 'g'] {
        if let Some(name) = parsed.one(letter)? {
            return Ok((letter, name));
        }
    }
    Err(wrong("expected one of -t TYPE, -g GROUP and -j RESOURCE, found none".to_owned())
        .help("`scrgadm -?` shows all"))
}

/// Each option of a row belongs to what the row does; any other would be ignored, and so is refused.
const ROWS: &[(char, char, &[char])] = &[
    ('a', 't', &['f', 'h']),
    ('c', 't', &['h', 'y']),
    ('r', 't', &[]),
    ('a', 'g', &['h', 'y']),
    ('c', 'g', &['h', 'y']),
    ('r', 'g', &[]),
    ('a', 'j', &['t', 'g', 'x', 'y']),
    ('c', 'j', &['x', 'y']),
    ('r', 'j', &[]),
];

fn check_options(parsed: &Parsed, action: char, letter: char) -> Result<(), CliError> {
    let row = ROWS.iter().find(|(does, to, _)| *does == action && *to == letter);
    let allowed = row.map_or(&[] as &[char], |(_, _, allowed)| allowed);
    let extra = ['t', 'g', 'j', 'f', 'h', 'x', 'y']
        .into_iter()
        .find(|option| parsed.has(*option) && *option != letter && !allowed.contains(option));
    match extra {
        Some(option) => {
            let takes: Vec<String> = allowed.iter().map(|option| format!("-{option}")).collect();
            let takes = if takes.is_empty() { "no other option".to_owned() } else { takes.join(", ") };
            Err(wrong(format!("expected {takes} beside `-{action} -{letter}`, found `-{option}`")).help("leave it out"))
        }
        None => Ok(()),
    }
}

fn change_type(call: &Call<'_>) -> Result<u8, CliError> {
    if call.parsed.has('y') {
        return Err(unsupported(
            "-y is not supported with -t: RT_system is changed by `clresourcetype set`".to_owned(),
        )
        .help("`clresourcetype set -p RT_system=FALSE TYPE`"));
    }
    let nodes = call.nodes('h')?;
    if nodes.is_empty() {
        return Err(wrong("expected `-h NODE,…` beside `-c -t`, found none".to_owned()).help("name Installed_nodes"));
    }
    clresourcetype::set_types(call, Some(&InstalledNodes::Nodes(nodes)))
}

fn add_resource(call: &Call<'_>, inner: &Call<'_>) -> Result<u8, CliError> {
    let needed = |letter: char, what: &str| {
        let missing =
            || wrong(format!("expected `-{letter} {what}` beside `-a -j`, found none")).help("`scrgadm -?` shows all");
        call.parsed.one(letter)?.ok_or_else(missing)
    };
    // scrgadm makes a resource disabled; `scswitch -e -j` enables it.
    clresource::create_resources(inner, needed('g', "GROUP")?, needed('t', "TYPE")?, true)
}

fn print(call: &Call<'_>) -> Result<u8, CliError> {
    if let Some(option) = ['f', 'h', 'x', 'y'].into_iter().find(|option| call.parsed.has(*option)) {
        return Err(wrong(format!("expected -t, -g or -j beside `-p`, found `-{option}`")).help("leave it out"));
    }
    let verbose = call.parsed.count('v');
    let all = ['t', 'g', 'j'].into_iter().all(|letter| !call.parsed.has(letter));
    let store = call.app.store_for_reading()?;
    let mut text = String::new();
    let types = match all {
        true => inspect(store, |view| list::list(view, None))?.types.into_iter().map(|listed| listed.name).collect(),
        false => call.parsed.list('t'),
    };
    let mut code = call.each(&types, |name| {
        text.push_str(&forms::scrgadm_type(&clresourcetype::shown_type(call, name)?, verbose));
        Ok(())
    });
    let groups = if all { inspect(store, names::groups)? } else { call.parsed.list('g') };
    let mut resources = call.parsed.list('j');
    code = code.max(call.each(&groups, |name| {
        let group = inspect(store, |view| show::group(view, name))?;
        text.push_str(&forms::scrgadm_group(&group, verbose));
        if all {
            let filter = ResourceFilter { groups: vec![name.to_owned()], types: Vec::new() };
            let members = inspect(store, |view| names::resources(view, &filter))?;
            resources.extend(members.into_iter().map(|member| member.name));
        }
        Ok(())
    }));
    code = code.max(call.each(&resources, |name| {
        text.push_str(&forms::scrgadm_resource(&inspect(store, |view| show::resource(view, name))?, verbose));
        Ok(())
    }));
    output::text(&text)?;
    Ok(code)
}
