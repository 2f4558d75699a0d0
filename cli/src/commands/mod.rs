//! The commands, one file each: arguments, the call of the pure crates, the printing of what they say.

mod compat;
mod completions;
pub mod config;
mod control;
mod explain;
mod fmt;
mod graph;
pub mod group;
mod history;
mod import;
pub mod install_links;
mod lint;
mod list;
mod lsp;
mod man;
mod node;
mod path;
pub mod plan;
pub mod register;
pub mod resource;
mod rollback;
mod rules;
pub mod runs;
mod schema;
mod setting;
mod show;
mod status;
mod try_versions;
mod type_set;
mod unregister;
pub mod upgrade;

use clap::Subcommand;

use crate::app::{App, Format};
use crate::error::{CliError, Exit};

/// What rtreg can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check RTR files: one finding a fault, with its place and its cure.
    Lint(Box<lint::Arguments>),
    /// Compare two versions of a type: what differs, whom it hurts, and which promise is safe.
    Compat(Box<compat::Arguments>),
    /// Format RTR files: one style, comments kept, nothing that the file says changed.
    Fmt(fmt::Arguments),
    /// Serve an editor on standard input and output (Language Server Protocol): findings while typing, cures, format.
    Lsp(Box<lsp::Arguments>),
    /// Show the settings of lint and where each comes from; print the schema of `rtreg.toml`.
    #[command(subcommand)]
    Config(Box<config::ConfigCommand>),
    /// Explain a rule: what it finds, why that matters, an example, and what to write instead.
    Explain(explain::Arguments),
    /// List the rules with their levels and sets.
    Rules(rules::Arguments),
    /// Register versions of resource types from their RTR files, all of them or none.
    Register(register::Arguments),
    /// Unregister a version of a type that no resource uses.
    Unregister(unregister::Arguments),
    /// Change where a registered type may be used, or protect it.
    #[command(subcommand)]
    Type(type_set::TypeCommand),
    /// List the registered types, newest version first.
    List(list::Arguments),
    /// Show all that is known of a type, resource, group or node.
    #[command(subcommand)]
    Show(show::ShowCommand),
    /// Nodes: add, remove, list, up, down.
    Node(node::Arguments),
    /// Resource groups: create, set, delete, manage, unmanage, online, offline.
    Group(group::Arguments),
    /// Resources: create, delete, set, and record what became of them.
    Resource(Box<resource::Arguments>),
    /// Upgrade a resource to another version of its type, straight or by the least disruptive path, if that is allowed now;
    /// say why, and what helps, if not.
    Upgrade(Box<upgrade::Arguments>),
    /// Take a resource back to the version and the values that it had before its last upgrade, or all resources of a run.
    Rollback(Box<rollback::Arguments>),
    /// Take over a cluster that exists, from what its own commands print.
    #[command(subcommand)]
    Import(Box<import::ImportCommand>),
    /// Show the registered versions of a type and the ways between them, with what each asks for.
    Graph(graph::Arguments),
    /// Show the least disruptive path of a resource to a version, its alternatives, and what each hop asks for and does.
    Path(path::Arguments),
    /// Try two versions of a type together: run the methods of the new one on what those of the old one began, in a sandbox.
    Try(Box<try_versions::Arguments>),
    /// Plan upgrades: every step, what undoes it, and why; nothing is changed.
    Plan(Box<plan::Arguments>),
    /// Carry a plan out on a simulator, and let steps fail: nothing is changed.
    Simulate(plan::SimulateArguments),
    /// Carry out a plan: run the methods on their nodes, and undo what was done where one fails.
    Apply(runs::ApplyArguments),
    /// Go on with a run that has stopped, or whose coordinator has ended.
    Resume(runs::ResumeArguments),
    /// Undo what a run has done, and end it.
    Abort(runs::AbortArguments),
    /// List the runs: plans that were carried out, or are; show one.
    Runs(runs::RunsArguments),
    /// Run the methods of a node: one agent for each node where rtreg is to run something.
    Agent(runs::AgentArguments),
    /// Show what happened, newest first; check it; print the hash to be kept elsewhere.
    History(history::Arguments),
    /// Show the tables of the control models: which method is called when, and what its failure does.
    #[command(subcommand)]
    Control(control::ControlCommand),
    /// List or change the settings of the store.
    #[command(subcommand)]
    Setting(setting::SettingCommand),
    /// Make links by which this program is called with the vendor's names: clresource, scrgadm, scha_resource_get and so on.
    InstallLinks(install_links::Arguments),
    /// Show where the store is and what it holds.
    Status,
    /// Print the JSON Schema of an answer, or the names of all schemas.
    Schema(schema::Arguments),
    /// Print the script that lets a shell complete commands, options, rules and files.
    Completions(completions::Arguments),
    /// Write the man pages into a folder: rtreg.1, and one for each command.
    Man(man::Arguments),
}

impl Command {
    /// The formats that `--format` may name.
    pub fn formats(&self) -> &'static [Format] {
        match self {
            Self::Lint(_) | Self::Compat(_) => Format::FINDINGS,
            Self::Control(_) => &[Format::Text, Format::Json, Format::Tsv],
            Self::Graph(_) | Self::Plan(_) | Self::Rollback(_) => Format::GRAPHS,
            _ => Format::PLAIN,
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// What the command says.
    pub fn run(self, app: &App) -> Result<Exit, CliError> {
        match self {
            Self::Lint(arguments) => lint::run(&arguments, app),
            Self::Lsp(arguments) => lsp::run(*arguments),
            Self::Compat(arguments) => compat::run(&arguments, app),
            Self::Config(command) => config::run(&command, app),
            Self::Fmt(arguments) => fmt::run(&arguments, app),
            Self::Explain(arguments) => explain::run(&arguments, app),
            Self::Rules(arguments) => rules::run(&arguments, app),
            Self::Register(arguments) => register::run(arguments, app),
            Self::Unregister(arguments) => unregister::run(arguments, app),
            Self::Type(command) => type_set::run(command, app),
            Self::List(arguments) => list::run(&arguments, app),
            Self::Show(command) => show::run(&command, app),
            Self::Node(arguments) => node::run(arguments, app),
            Self::Group(arguments) => group::run(arguments, app),
            Self::Resource(arguments) => resource::run(*arguments, app),
            Self::Upgrade(arguments) => upgrade::run(*arguments, app),
            Self::Rollback(arguments) => rollback::run(*arguments, app),
            Self::Graph(arguments) => graph::run(&arguments, app),
            Self::Path(arguments) => path::run(arguments, app),
            Self::Try(arguments) => try_versions::run(&arguments, app),
            Self::Plan(arguments) => plan::run(*arguments, app),
            Self::Simulate(arguments) => plan::simulate(&arguments, app),
            Self::Apply(arguments) => runs::apply(&arguments, app),
            Self::Resume(arguments) => runs::resume(&arguments, app),
            Self::Abort(arguments) => runs::abort(&arguments, app),
            Self::Runs(arguments) => runs::runs(&arguments, app),
            Self::Agent(arguments) => runs::agent(&arguments, app),
            Self::History(arguments) => history::run(&arguments, app),
            Self::Control(command) => control::run(&command, app),
            Self::Setting(command) => setting::run(&command, app),
            Self::Import(command) => import::run(*command, app),
            Self::InstallLinks(arguments) => install_links::run(&arguments, app),
            Self::Status => status::run(app),
            Self::Schema(arguments) => schema::run(&arguments),
            Self::Completions(arguments) => completions::run(&arguments),
            Self::Man(arguments) => man::run(&arguments, app),
        }
    }
}
