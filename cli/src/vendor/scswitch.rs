//! `scswitch` (scswitch(1M)): the state of groups and resources. It ends where the object-oriented commands end.

use rtreg_registry::commands::names;
use rtreg_registry::commands::show;
use rtreg_registry::commands::switch::Action;
use rtreg_registry::inspect;

use super::clresourcegroup::{self, Preparation};
use super::exit::{About, Codes};
use super::options::{Opt, unsupported, wrong};
use super::{Call, HELP, Operands, Program, Subcommand, V, clresource};
use crate::error::CliError;

/// The command.
pub const PROGRAM: Program = Program {
    codes: Codes::Scha,
    about: About::Group,
    subcommands: &[],
    only: Some(&Subcommand { name: "", options: OPTIONS, operands: Operands::None, run }),
};

const DEVICES: &str = "rtreg knows no device groups";
const EVACUATE: &str = "switch the groups one by one with `-z -g G -h N`";
const RECOVERY: &str = "rtreg restarts nothing by itself, so there is nothing to suspend";

const OPTIONS: &[Opt] = &[
    V,
    HELP,
    Opt::flag('e', ""),
    Opt::flag('n', ""),
    Opt::flag('M', ""),
    Opt::flag('z', ""),
    Opt::flag('F', ""),
    Opt::flag('Z', ""),
    Opt::flag('o', ""),
    Opt::flag('u', ""),
    Opt::flag('c', ""),
    Opt::value('g', "", "GROUP,…"),
    Opt::value('j', "", "RESOURCE,…"),
    Opt::value('h', "", "NODE,…"),
    Opt::value('f', "", "FLAG"),
    Opt::flag('R', "").refused("`rtreg resource restart R` records a restart"),
    Opt::flag('Q', "").refused("rtreg waits for nothing"),
    Opt::flag('S', "").refused(EVACUATE),
    Opt::value('K', "", "SECONDS").refused(EVACUATE),
    Opt::flag('s', "").refused(RECOVERY),
    Opt::flag('r', "").refused(RECOVERY),
    Opt::flag('k', "").refused(RECOVERY),
    Opt::flag('m', "").refused(DEVICES),
    Opt::value('D', "", "DEVICE-GROUP,…").refused(DEVICES),
];

/// What each action takes beside it, and what it needs.
const ROWS: &[(char, &[char], &[char])] = &[
    ('e', &['M', 'j', 'h'], &['j']),
    ('n', &['M', 'j', 'h'], &['j']),
    ('z', &['g', 'h'], &[]),
    ('F', &['g'], &['g']),
    ('Z', &['g'], &[]),
    ('o', &['g'], &['g']),
    ('u', &['g'], &['g']),
    ('c', &['j', 'h', 'f'], &['j', 'h', 'f']),
];

fn run(call: &Call<'_>) -> Result<u8, CliError> {
    let action = action(call)?;
    let nodes = call.nodes('h')?;
    let resources = call.parsed.list('j');
    match action {
        'e' | 'n' => {
            let action = match (action, call.parsed.has('M')) {
                ('e', false) => Action::Enable,
                ('e', true) => Action::Monitor,
                (_, false) => Action::Disable,
                (_, true) => Action::Unmonitor,
            };
            Ok(each_resource(call, &resources, action, &nodes))
        }
        'c' => match call.parsed.one('f')? {
            Some(flag) if flag.eq_ignore_ascii_case("STOP_FAILED") => {
                Ok(each_resource(call, &resources, Action::Clear, &nodes))
            }
            flag => Err(unsupported(format!(
                "`-f {}` is not supported: only STOP_FAILED can be cleared",
                flag.unwrap_or_default()
            ))
            .help("write `-f STOP_FAILED`")),
        },
        action => of_groups(call, action, &nodes),
    }
}

/// The one action, with nothing beside it that it does not take.
fn action(call: &Call<'_>) -> Result<char, CliError> {
    let given: Vec<_> = ROWS.iter().filter(|(action, _, _)| call.parsed.has(*action)).collect();
    let [(action, takes, needs)] = given.as_slice() else {
        let all: Vec<String> = ROWS.iter().map(|(action, _, _)| format!("-{action}")).collect();
        return Err(wrong(format!("expected one of {}, found {}", all.join(", "), given.len()))
            .help("`scswitch -?` shows all options"));
    };
    let names = |letters: &[char]| letters.iter().map(|letter| format!("-{letter}")).collect::<Vec<_>>().join(", ");
    if let Some(missing) = needs.iter().find(|letter| !call.parsed.has(**letter)) {
        return Err(wrong(format!("expected {} beside `-{action}`, found no `-{missing}`", names(needs)))
            .help("`scswitch -?` shows all options"));
    }
    match ['M', 'g', 'j', 'h', 'f'].into_iter().find(|letter| call.parsed.has(*letter) && !takes.contains(letter)) {
        Some(extra) => {
            Err(wrong(format!("expected {} beside `-{action}`, found `-{extra}`", names(takes))).help("leave it out"))
        }
        None => Ok(*action),
    }
}

fn each_resource(call: &Call<'_>, names: &[String], action: Action, nodes: &[String]) -> u8 {
    let program = Program { about: About::Resource, ..PROGRAM };
    let inner = Call { program: &program, parsed: call.parsed.about("", &[]), ..*call };
    inner.each(names, |name| clresource::switch_one(&inner, name, action, nodes))
}

fn of_groups(call: &Call<'_>, action: char, nodes: &[String]) -> Result<u8, CliError> {
    let mut names = call.parsed.list('g');
    if !call.parsed.has('g') {
        let store = call.app.store_for_reading()?;
        names = inspect(store, names::groups)?;
        let managed = |name: &String| inspect(store, |view| show::group(view, name)).map(|group| group.managed);
        if action == 'z' {
            // All managed groups are meant (scswitch(1M), `-z`); `-Z` manages the others.
            names = names
                .into_iter()
                .filter_map(|name| managed(&name).map(|is| is.then_some(name)).transpose())
                .collect::<Result<_, _>>()?;
        }
    }
    let all = Preparation { manage: true, enable: true, monitor: true };
    let none = Preparation { manage: false, enable: false, monitor: false };
    Ok(call.each(&names, |name| match action {
        'o' => clresourcegroup::manage_one(call, name),
        'u' => clresourcegroup::unmanage_one(call, name),
        'F' => clresourcegroup::take_offline(call, name, &[]),
        'Z' => {
            clresourcegroup::prepare(call, name, all)?;
            clresourcegroup::bring_online(call, name, &[])
        }
        // `-h ""` means no node at all.
        _ if nodes.iter().any(String::is_empty) => clresourcegroup::take_offline(call, name, &[]),
        _ if nodes.is_empty() => clresourcegroup::bring_online(call, name, &[]),
        _ => clresourcegroup::switch_one(call, name, nodes, none),
    }))
}
