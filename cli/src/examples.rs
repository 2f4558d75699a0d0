//! Examples of every command, for `--help` and the man pages. Each line stands once and belongs to the commands that it
//! begins with; cli/tests/help.rs holds that every command has one and that each is understood.

use std::fmt::Write;

use clap::Command;

/// What is typed, and what it does.
const EXAMPLES: &[(&str, &str)] = &[
    ("rtreg lint", "check all RTR files below this folder"),
    ("rtreg lint types/ACME.web --fix", "cure what can be cured safely"),
    ("rtreg lint types --format concise", "one line a finding"),
    ("rtreg lint types --output sarif=rtreg.sarif", "a report beside the text"),
    ("rtreg lint types --baseline known.json --update-baseline", "write down what is there"),
    ("rtreg compat old/ACME.web ACME.web", "what differs, and which promise is safe"),
    ("rtreg compat --against git:main types", "for CI: does the change break a promise?"),
    ("rtreg compat registry:ACME.web:1.0 ACME.web --admin-notes", "what to tell the administrators"),
    ("rtreg try 1.0/ACME.web 2.0/ACME.web", "does the new Stop end what the old Start began?"),
    ("rtreg try 1.0/ACME.web 2.0/ACME.web --runs 5 --out evidence.json", "keep what was seen"),
    ("rtreg fmt types", "bring all RTR files into one style"),
    ("rtreg fmt --check types", "for CI: exit 1 if there is something to do"),
    ("rtreg fmt - < ACME.web", "print the formatted text"),
    ("rtreg config show types", "which settings hold there, and why"),
    ("rtreg config schema > rtreg-schema.json", "for an editor that checks rtreg.toml"),
    ("rtreg explain missing_semicolon", "what a finding means, and what to write instead"),
    ("rtreg rules", "all rules"),
    ("rtreg rules --set errors", "the rules that are errors"),
    ("rtreg register ACME.web ACME.web.2", "two versions, both or none"),
    ("rtreg register --node n1,n2 ACME.web", "for two nodes only"),
    ("rtreg unregister ACME.web:1.0", "take a version out"),
    ("rtreg type set ACME.web:2.0 --node n1,n2", "where it may be used"),
    ("rtreg type set ACME.web:2.0 -p RT_system=TRUE", "protect it from being unregistered"),
    ("rtreg apply plan.json", "carry out a plan that was looked at"),
    ("rtreg apply plan.json --events events.jsonl", "and write down what happens"),
    ("rtreg resume r7", "go on where it stopped"),
    ("rtreg resume r7 --assume done", "what nobody knows the outcome of is done"),
    ("rtreg abort r7", "go back"),
    ("rtreg runs", "what was carried out, and what is open"),
    ("rtreg runs show r7", "every operation, and what it printed"),
    ("rtreg agent --node n2", "run the methods of n2"),
    ("rtreg list", "all types"),
    ("rtreg list 'ACME.*'", "those of a vendor"),
    ("rtreg list 'ACME.web:>=4, <6'", "a range of versions"),
    ("rtreg show type ACME.web:2.0", "its properties, methods and upgrade lines"),
    ("rtreg show type ACME.web:2.0 --rtr", "its RTR file"),
    ("rtreg show resource web-rs", "its type, properties and state"),
    ("rtreg show group web-rg", "its nodes and resources"),
    ("rtreg show node n1", "what is on it"),
    ("rtreg node add n1", "a new node, which is up"),
    ("rtreg node down n1", "it is stopped: nothing runs there"),
    ("rtreg node up n1", "it has booted"),
    ("rtreg node list", "all nodes"),
    ("rtreg node remove n1", "a node that is no more"),
    ("rtreg group create web-rg --node n1,n2", "n1 is preferred"),
    ("rtreg group set web-rg -p Maximum_primaries=2", "online on two nodes at once"),
    ("rtreg group manage web-rg", "Init has run"),
    ("rtreg group online web-rg", "it was brought online"),
    ("rtreg group offline web-rg --node n1", "it was taken offline there"),
    ("rtreg group move web-rg --node n2", "it was brought online there and taken offline elsewhere"),
    ("rtreg group unmanage web-rg", "Fini has run"),
    ("rtreg group driver web-rg recorded", "the administrator brings it online and offline"),
    ("rtreg group delete web-rg", "it has no resources any more"),
    ("rtreg resource create web-rs --group web-rg --type ACME.web:1.0", "with the defaults of the type"),
    ("rtreg resource set web-rs -p Port_list=80/tcp", "a property"),
    ("rtreg resource set web-rs --default Port_list", "back to the type's default"),
    ("rtreg resource enable web-rs", "it was enabled"),
    ("rtreg resource disable web-rs", "it was disabled"),
    ("rtreg resource monitor web-rs", "its monitor was switched on"),
    ("rtreg resource unmonitor web-rs", "its monitor was switched off"),
    ("rtreg resource restart web-rs", "it was stopped and started again"),
    ("rtreg resource clear web-rs --node n1", "the failed stop there is cleaned up"),
    ("rtreg resource state web-rs --node n1 online --started-by 1.0", "what somebody saw"),
    ("rtreg resource state web-rs --type-version 2.0 --reason 'by hand'", "upgraded without rtreg"),
    ("rtreg resource delete web-rs", "it was deleted"),
    ("rtreg upgrade web-rs --to 2.0 --preview", "may it be upgraded now? what would it take?"),
    ("rtreg upgrade web-rs --to 2.0 --reason 'change 4711'", "do it"),
    ("rtreg upgrade web-rs --to 2.0 -p Port_list=80/tcp", "with a value that 2.0 asks for"),
    ("rtreg upgrade web-rs --to 2.0 --direct", "by no version in between"),
    ("rtreg graph web", "the versions of a type and the ways between them"),
    ("rtreg graph web --format svg > web.svg", "as a picture"),
    ("rtreg path web-rs --to 3.0", "the least disruptive path, and its alternatives"),
    ("rtreg plan web-rs --to 3.0 --allow offline", "every step, what undoes it, and why"),
    ("rtreg plan --type web --to 3.0 --out plan.json", "of all its resources, kept in a file"),
    ("rtreg simulate plan.json --fail-each", "what would be undone if a step failed"),
    ("rtreg rollback web-rs --preview", "what would it take to go back?"),
    ("rtreg rollback web-rs --reason 'answers too slowly'", "to the version and the values before the last upgrade"),
    ("rtreg rollback web-rs --allow unmanaged --also all --preview", "what if its group may go offline?"),
    ("rtreg history", "what happened last"),
    ("rtreg history resource:web-rs --limit 5", "what happened to one object"),
    ("rtreg history head", "the hash to keep elsewhere"),
    ("rtreg history verify", "is it as it was written?"),
    ("rtreg setting list", "what can be chosen for a store"),
    ("rtreg setting set empty-upgrade-from unversioned-only --reason 'as 3.1 reads it'", "choose"),
    ("rtreg lsp", "started by the editor; see docs/editor.md"),
    (
        "rtreg install-links /usr/local/lib/rtreg",
        "scrgadm, clresource, scha_resource_get and the others as links to rtreg",
    ),
    ("rtreg install-links /usr/local/lib/rtreg --remove", "take them away again"),
    (
        "rtreg import solaris-cluster show.txt --as-of 2026-11-21T09:00Z --origins unknown",
        "what `clresource show -v` and the others printed",
    ),
    ("rtreg control show rgm", "which callback is called when, and what its failure does"),
    ("rtreg control show rgm --format tsv", "as a table, with where each row is known from"),
    ("rtreg status", "which store is used, and what it holds"),
    ("rtreg status --store sqlite:/tmp/try.db", "that of another store"),
    ("rtreg schema", "the names of all schemas"),
    ("rtreg schema lint > lint.schema.json", "what `rtreg lint --format json` writes"),
    ("rtreg completions bash > /etc/bash_completion.d/rtreg", "bash, for everyone"),
    ("rtreg completions zsh > ~/.zfunc/_rtreg", "zsh, where ~/.zfunc is in $fpath"),
    ("rtreg completions fish > ~/.config/fish/completions/rtreg.fish", "fish"),
    ("rtreg man man1", "the pages, in a new folder"),
];

/// What a new user types first.
const FIRST: &[(&str, &str)] = &[
    ("rtreg lint types", "check RTR files"),
    ("rtreg explain missing_semicolon", "what a finding means"),
    ("rtreg register ACME.web", "put a type into the registry"),
    ("rtreg upgrade web-rs --to 2.0 --preview", "may it be upgraded now?"),
];

/// The examples of a command, given by its full name such as `rtreg group create`.
pub fn of(name: &str) -> Vec<(&'static str, &'static str)> {
    if name == "rtreg" {
        return FIRST.to_vec();
    }
    let is_of = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    EXAMPLES.iter().filter(|(line, _)| is_of(line)).copied().collect()
}

/// The command with its examples behind its help, and so for all below it.
pub fn added(command: Command) -> Command {
    below(command, "")
}

fn below(command: Command, above: &str) -> Command {
    let name = format!("{above}{}", command.get_name());
    let prefix = format!("{name} ");
    let help = help(&of(&name));
    command.after_help(help).mut_subcommands(|sub| below(sub, &prefix))
}

/// The examples as `--help` shows them: what it does above what is typed.
fn help(examples: &[(&str, &str)]) -> String {
    let mut text = String::from("Examples:");
    for (line, words) in examples {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  # {words}\n  {line}");
    }
    text
}
