//! The vendor's commands, by the name that the binary is called with: `clresource enable web-rs` does what `rtreg
//! resource enable web-rs` does. Each subcommand is a row of a table with its options; each ends in the very same command of
//! the registry that `rtreg` calls, so there is no rule here. Where rtreg drives the group
//! they run the methods, as those of `rtreg` do. What the vendor's command can and rtreg cannot is refused by
//! name. Shapes of what is printed are in `forms`, exit codes in `exit`.

mod clresource;
mod clresourcegroup;
mod clresourcetype;
mod exit;
mod forms;
mod objects;
mod options;
mod scrgadm;
mod scswitch;

use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitCode;

use rtreg_registry::commands::changes::ChangeReport;
use rtreg_registry::commands::group;
use rtreg_registry::{CommandError, Transaction, inspect};
use rtreg_upgrade::run::render_run;
use rtreg_upgrade::states::StateCommand;

use crate::app::{App, Colour, Options};
use crate::error::CliError;
use crate::live::{self, Performed, Told};
use exit::{About, Codes};
use options::{Opt, Parsed, parse, wrong};

/// A name by which the binary may be called.
pub struct Link {
    /// The file name.
    pub name: &'static str,
    program: &'static Program,
}

/// Every name that `rtreg install-links` makes a link for.
pub const LINKS: &[Link] = &[
    Link { name: "scrgadm", program: &scrgadm::PROGRAM },
    Link { name: "scswitch", program: &scswitch::PROGRAM },
    Link { name: "clresourcetype", program: &clresourcetype::PROGRAM },
    Link { name: "clrt", program: &clresourcetype::PROGRAM },
    Link { name: "clresource", program: &clresource::PROGRAM },
    Link { name: "clrs", program: &clresource::PROGRAM },
    Link { name: "clresourcegroup", program: &clresourcegroup::PROGRAM },
    Link { name: "clrg", program: &clresourcegroup::PROGRAM },
];

/// A vendor's command.
struct Program {
    codes: Codes,
    about: About,
    /// Empty for a command without subcommands.
    subcommands: &'static [Subcommand],
    /// The only subcommand of a command without any.
    only: Option<&'static Subcommand>,
}

/// A subcommand: what it takes and what it does.
struct Subcommand {
    name: &'static str,
    options: &'static [Opt],
    operands: Operands,
    run: fn(&Call<'_>) -> Result<u8, CliError>,
}

/// What stands behind the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operands {
    /// Nothing.
    None,
    /// One name.
    One,
    /// Names, or `+` for all.
    Some,
    /// Names that do not exist yet.
    New,
    /// Names, `+` or nothing for all.
    Any,
}

/// A command as it was called.
struct Call<'a> {
    app: &'a App,
    name: &'a str,
    program: &'a Program,
    parsed: Parsed,
}

/// What became of a command for one of several names.
type Done = Result<(), CliError>;

/// What the registry answers.
type Answered = Result<ChangeReport, CommandError>;

/// What every subcommand of the object-oriented commands takes.
const V: Opt = Opt::flag('v', "verbose");
const HELP: Opt = Opt::flag('?', "help");
const Z: Opt = Opt::value('Z', "zoneclustername", "ZONECLUSTER").refused("rtreg keeps one cluster and knows no zones");
const ZONE: Opt = Opt::value('z', "zone", "ZONE").refused("rtreg keeps one cluster and knows no zones");
const INPUT: Opt = Opt::value('i', "input", "FILE")
    .refused("rtreg does not read clconfiguration(5CL); use `rtreg import solaris-cluster`");
const FORCE: Opt =
    Opt::flag('F', "force").refused("rtreg forces nothing; `rtreg resource state` records what was done elsewhere");
const N: Opt = Opt::value('n', "node", "NODE,…");
const P: Opt = Opt::value('p', "property", "NAME=VALUE");

/// The command that a file name stands for.
pub fn called_as(argv0: Option<&OsStr>) -> Option<&'static Link> {
    let name = Path::new(argv0?).file_name()?.to_str()?;
    LINKS.iter().find(|link| link.name == name)
}

/// Runs a vendor's command with the words behind its name.
pub fn run(link: &'static Link, words: &[String]) -> ExitCode {
    let store = std::env::var("RTREG_STORE").ok().filter(|store| !store.is_empty());
    let app = App::new(Options { store, format: None, color: Colour::Auto, reason: None });
    let mut call = Call { app: &app, name: link.name, program: link.program, parsed: Parsed::default() };
    let code = match call.dispatch(words) {
        Ok(code) => code,
        Err(error) => call.fail(&error),
    };
    app.close();
    ExitCode::from(code)
}

impl Call<'_> {
    fn dispatch(&mut self, words: &[String]) -> Result<u8, CliError> {
        let asks = |word: &str| matches!(word, "-?" | "--help");
        if words.first().is_some_and(|word| asks(word)) {
            crate::output::text(&self.help(self.program.subcommands.iter().chain(self.program.only)))?;
            return Ok(0);
        }
        if words.first().is_some_and(|word| matches!(word.as_str(), "-V" | "--version")) {
            crate::output::text(&format!("{} (rtreg {})", self.name, env!("CARGO_PKG_VERSION")))?;
            return Ok(0);
        }
        let (subcommand, words) = self.subcommand(words)?;
        self.parsed = parse(words, subcommand.options)?;
        if self.parsed.has(HELP.letter) {
            crate::output::text(&self.help(std::iter::once(subcommand)))?;
            return Ok(0);
        }
        self.check_operands(subcommand)?;
        (subcommand.run)(self)
    }

    fn subcommand<'w>(&self, words: &'w [String]) -> Result<(&'static Subcommand, &'w [String]), CliError> {
        if let Some(only) = self.program.only {
            return Ok((only, words));
        }
        let names: Vec<&str> = self.program.subcommands.iter().map(|subcommand| subcommand.name).collect();
        let expected = |found: &str| {
            let help = format!("`{} -?` shows what each takes", self.name);
            wrong(format!("expected one of the subcommands {}, found {found}", names.join(", "))).help(help)
        };
        let (first, rest) = words.split_first().ok_or_else(|| expected("nothing"))?;
        let found = self.program.subcommands.iter().find(|subcommand| subcommand.name == first);
        Ok((found.ok_or_else(|| expected(&format!("`{first}`")))?, rest))
    }

    fn check_operands(&self, subcommand: &Subcommand) -> Result<(), CliError> {
        let operands = &self.parsed.operands;
        let plus = operands.iter().any(|operand| operand == "+");
        let expected = match subcommand.operands {
            Operands::None if !operands.is_empty() => "no operand",
            Operands::One if operands.len() != 1 || plus => "one name",
            Operands::New if operands.is_empty() || plus => "the name of what is to be made",
            Operands::Some if operands.is_empty() => "a name, or `+` for all,",
            Operands::Some | Operands::Any if plus && operands.len() > 1 => "either `+` or names",
            _ => return Ok(()),
        };
        let found = if operands.is_empty() { "nothing".to_owned() } else { format!("`{}`", operands.join(" ")) };
        Err(wrong(format!("expected {expected} behind `{} {}`, found {found}", self.name, subcommand.name))
            .help(format!("`{} {} -?` shows what it takes", self.name, subcommand.name)))
    }

    fn help<'s>(&self, subcommands: impl Iterator<Item = &'s Subcommand>) -> String {
        let mut text = String::new();
        for subcommand in subcommands {
            text.push_str(format!("{} {}", self.name, subcommand.name).trim_end());
            for option in subcommand.options.iter().filter(|option| option.refused.is_none()) {
                text.push_str(&format!(" [{}]", option.usage()));
            }
            text.push_str(match subcommand.operands {
                Operands::None => "\n",
                Operands::One => " NAME\n",
                Operands::New => " NAME…\n",
                Operands::Some => " {+ | NAME…}\n",
                Operands::Any => " [+ | NAME…]\n",
            });
        }
        text
    }

    /// Whether `-v` was given.
    fn is_verbose(&self) -> bool {
        self.parsed.has('v')
    }

    /// Says why, and returns the vendor's exit code.
    fn fail(&self, error: &CliError) -> u8 {
        let refusal = error.refusal();
        eprintln!("{}: {}", self.name, refusal.message.trim_end());
        for detail in &refusal.details {
            eprintln!("  {detail}");
        }
        for (number, line) in refusal.help.iter().flat_map(|help| help.lines()).enumerate() {
            eprintln!("{}{line}", if number == 0 { "help: " } else { "      " });
        }
        exit::code(error, self.program.codes, self.program.about)
    }

    /// Does it for each name in turn; a failure keeps none of the others from being done, and the first one gives the code
    /// (clresource(1CL), "Exit status").
    fn each(&self, names: &[String], mut act: impl FnMut(&str) -> Result<(), CliError>) -> u8 {
        let mut code = 0;
        for name in names {
            if let Err(error) = act(name) {
                let failed = self.fail(&error);
                code = if code == 0 { failed } else { code };
            }
        }
        code
    }

    /// What a command did: nothing is said of success but with `-v`, what the administrator should know always is.
    fn done(&self, report: &ChangeReport) -> Result<(), CliError> {
        if self.is_verbose() {
            return crate::output::text(&report.text());
        }
        report.notes.iter().for_each(|note| eprintln!("note: {note}"));
        Ok(())
    }

    /// Records a command about a resource, or carries it out where rtreg drives the group.
    fn of_resource(&self, command: &StateCommand, recorded: impl FnMut(&mut Transaction<'_>) -> Answered) -> Done {
        self.performed(live::perform(self.app, ("resources", 1), (command, self.told()), recorded)?)
    }

    /// As [`Call::of_resource`], about a group: a change of it is made of changes of its resources.
    fn of_group(
        &self,
        group: &str,
        command: &StateCommand,
        recorded: impl FnMut(&mut Transaction<'_>) -> Answered,
    ) -> Done {
        let count = inspect(self.app.store()?, |view| group::member_count(view, group))?;
        self.performed(live::perform(self.app, ("resources", count), (command, self.told()), recorded)?)
    }

    fn performed(&self, performed: Performed) -> Done {
        match performed {
            Performed::Recorded(report) => self.done(&report),
            Performed::Ran(report) if self.is_verbose() => crate::output::text(&render_run(&report)),
            Performed::Ran(_) | Performed::NothingToDo => Ok(()),
        }
    }

    /// How much is said of a run: how far it is only with `-v`, as of everything that succeeds.
    fn told(&self) -> Told {
        if self.is_verbose() { Told::Progress } else { Told::Nothing }
    }

    /// The nodes of `-n`.
    fn nodes(&self, letter: char) -> Result<Vec<String>, CliError> {
        let nodes = self.parsed.list(letter);
        match nodes.iter().find(|node| node.contains(':')) {
            Some(zone) => {
                Err(options::unsupported(format!("`-{letter} {zone}` is not supported: rtreg knows no zones"))
                    .help("name the node alone"))
            }
            None => Ok(nodes),
        }
    }
}
