//! `rtreg completions`: scripts that let a shell complete commands, options and their words. They are complete in themselves: no
//! rtreg is run while somebody types.

use clap::builder::PossibleValuesParser;
use clap::{Args, Command, CommandFactory, ValueEnum, ValueHint};
use clap_complete::Shell;

use super::lint;
use crate::error::{CliError, Exit};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell: bash, zsh or fish.
    #[arg(value_name = "SHELL", value_enum, hide_possible_values = true)]
    shell: Known,
}

/// The shells whose scripts are tried in tests.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Known {
    Bash,
    Zsh,
    Fish,
}

/// Prints the script.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, CliError> {
    let shell = match arguments.shell {
        Known::Bash => Shell::Bash,
        Known::Zsh => Shell::Zsh,
        Known::Fish => Shell::Fish,
    };
    let (mut script, mut command) = (Vec::new(), completable());
    clap_complete::generate(shell, &mut command, "rtreg", &mut script);
    if shell == Shell::Fish {
        script.extend_from_slice(fish_words(&command, "__fish_rtreg_using_subcommand").as_bytes());
    }
    output::bytes(&script).map(|()| Exit::Done)
}

/// The command line as a shell is to see it: all formats behind lint's `--format` and behind that of rtreg, which may stand
/// before `lint`; and files only where files are meant.
fn completable() -> Command {
    let mut command = crate::Arguments::command();
    command.build();
    let all_formats = |command: Command| {
        command.mut_arg("format", |format| {
            format.value_parser(PossibleValuesParser::new(lint::formats())).hide_possible_values(true)
        })
    };
    named(all_formats(command).mut_subcommand("lint", all_formats))
}

/// The words of arguments that are no options, which the script for fish leaves out otherwise.
fn fish_words(command: &Command, condition: &str) -> String {
    let mut lines = String::new();
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        let condition = format!("{condition} {}", below.get_name());
        for argument in below.get_positionals() {
            let words = argument.get_possible_values();
            if !words.is_empty() {
                let words = words.iter().map(|word| word.get_name()).collect::<Vec<_>>().join(" ");
                lines.push_str(&format!("complete -c rtreg -n \"{condition}\" -f -a \"{words}\"\n"));
            }
        }
        lines.push_str(&fish_words(below, &format!("{condition}; and __fish_seen_subcommand_from")));
    }
    lines
}

/// Names of nodes, groups, types and the like are no files.
fn named(command: Command) -> Command {
    let hinted = command.mut_args(|arg| match arg.get_value_hint() {
        ValueHint::Unknown if arg.get_possible_values().is_empty() => arg.value_hint(ValueHint::Other),
        _ => arg,
    });
    hinted.mut_subcommands(named)
}
