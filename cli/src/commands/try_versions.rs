//! `rtreg try`: runs the methods of two versions together and writes down what was seen. The runs are the runtime's; here are
//! files, options, answers and exit codes.

mod report;
mod subject;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use rtreg_model::evidence::{Evidence, Question, Run};
use rtreg_runtime::cell::{Cell, CellError, Open};
use rtreg_runtime::sandbox::{Blueprint, Sandbox};
use rtreg_runtime::trial::{self, Asked, Settings};

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

pub use report::schema;
use report::{Attempt, Row};
use subject::Pair;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The RTR file of the old version.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The RTR file of the new version.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Where the methods of a version are: OLD=DIR or NEW=DIR, with just these two words; without it in `bin` beside the RTR
    /// file.
    #[arg(long = "methods", value_name = "OLD=DIR|NEW=DIR")]
    methods: Vec<String>,
    /// A property of the resource: NAME=VALUE; OLD:NAME=VALUE or NEW:NAME=VALUE where the versions differ.
    #[arg(short = 'p', value_name = "NAME=VALUE")]
    properties: Vec<String>,
    /// A shell command, run inside, that succeeds where the service is there; without it the processes are looked at.
    #[arg(long, value_name = "COMMAND")]
    probe: Option<String>,
    /// A shell command, run inside before anything else, that makes what the service needs.
    #[arg(long, value_name = "COMMAND")]
    prepare: Option<String>,
    /// A file or folder of which the sandbox gets a copy that can be written to.
    #[arg(long = "copy", value_name = "PATH", conflicts_with = "unsandboxed")]
    copies: Vec<PathBuf>,
    /// Ask only this: stop, postnet_stop, update, monitor_check, fini, monitor_stop or old_monitor.
    #[arg(long = "question", value_name = "QUESTION", value_delimiter = ',', value_parser = question)]
    questions: Vec<Question>,
    /// How often each question is tried.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    runs: u32,
    /// No method may take longer, whatever its timeout says.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    timeout_max: Option<u64>,
    /// How long what was ended may take to be gone.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    settle: u64,
    /// How long the old monitor is watched beside the new version.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    watch: u64,
    /// Write the evidence to this file; runs are added to those that it has of the same files.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Run without a sandbox: on this machine, with its files, with your rights. Nothing is promised to be cleaned up.
    #[arg(long)]
    unsandboxed: bool,
}

fn question(word: &str) -> Result<Question, String> {
    let words = || Question::ALL.iter().map(|question| question.as_str()).collect::<Vec<_>>().join(", ");
    Question::parse(word).ok_or_else(|| format!("expected one of {}", words()))
}

/// Tries two versions.
///
/// # Errors
/// Files or options that do not fit together; a sandbox that cannot be made.
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    let node = app.context().local_node;
    let sources = subject::Sources {
        old: &arguments.old,
        new: &arguments.new,
        methods: &arguments.methods,
        properties: &arguments.properties,
        node: &node,
    };
    let pair = Pair::read(&sources)?;
    let earlier = arguments.out.as_deref().map(|out| earlier_runs(out, &pair)).transpose()?.flatten();
    let attempt = attempt(arguments, &pair)?;
    // Evidence carries the digests of what ran.
    let changed = pair.differences(&Pair::read(&sources)?.evidence);
    if !changed.is_empty() {
        let error = CliError::io("the files were changed while they were tried; what was seen is of no version");
        return Err(error.details(changed).help("try again when nobody changes them"));
    }
    let mut evidence = earlier.unwrap_or_else(|| pair.evidence.clone());
    evidence.runs.extend(attempt.rows.iter().flat_map(|row| row.runs.iter().cloned()));
    if let Some(out) = &arguments.out {
        let text = serde_json::to_string_pretty(&evidence).map_err(|error| CliError::internal(error.to_string()))?;
        output::file(out, |to| writeln!(to, "{text}"))?;
    }
    if app.json() {
        output::json(&evidence)?;
    } else {
        output::text(&attempt.text(&pair, app.width()))?;
        if let Some(out) = &arguments.out {
            eprintln!("note: {} has {} runs of these two versions now", out.display(), evidence.runs.len());
        }
    }
    Ok(attempt.exit())
}

/// The evidence that a file has, if it is about the same files.
fn earlier_runs(out: &Path, pair: &Pair) -> Result<Option<Evidence>, CliError> {
    let text = match std::fs::read_to_string(out) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(CliError::io(format!("{} cannot be read: {error}", out.display()))),
    };
    let advice = "give another file behind --out, or remove this one";
    let evidence: Evidence = serde_json::from_str(&text).map_err(|error| {
        CliError::usage(format!("expected evidence in {}, found something else: {error}", out.display())).help(advice)
    })?;
    if evidence.version != Evidence::VERSION {
        let found = &evidence.version;
        let message =
            format!("expected evidence of the form {} in {}, found {found}", Evidence::VERSION, out.display());
        return Err(CliError::usage(message).help(advice));
    }
    let changed = pair.differences(&evidence);
    if changed.is_empty() {
        return Ok(Some(evidence));
    }
    let message = format!(
        "the evidence in {} is about other files; what was seen with those says nothing about these",
        out.display()
    );
    Err(CliError::usage(message).details(changed).help(advice))
}

fn attempt(arguments: &Arguments, pair: &Pair) -> Result<Attempt, CliError> {
    let seconds = Duration::from_secs;
    let settings = Settings {
        probe: arguments.probe.clone(),
        prepare: arguments.prepare.clone(),
        timeout_max: arguments.timeout_max,
        settle: seconds(arguments.settle),
        watch: seconds(arguments.watch),
    };
    let program =
        std::env::current_exe().map_err(|error| CliError::io(format!("this program is not found: {error}")))?;
    let home = arguments.unsandboxed.then(tempfile::tempdir).transpose();
    let home = home.map_err(|error| CliError::io(format!("a temporary folder cannot be made: {error}")))?;
    let open = home.as_ref().map(|home| Open::new(home.path(), &program, pair.places.clone())).transpose();
    let open = open.map_err(cell_error)?;
    let whole = |path: &PathBuf| {
        let failed = |error| CliError::io(format!("{} behind --copy cannot be read: {error}", path.display()));
        std::fs::canonicalize(path).map_err(failed)
    };
    let copies = arguments.copies.iter().map(whole).collect::<Result<_, _>>()?;
    let blueprint = Blueprint { program, places: pair.places.clone(), copies };
    let mut make = || -> Result<Box<dyn Cell>, CellError> {
        match &open {
            Some(open) => Ok(Box::new(open.cell())),
            None => Ok(Box::new(Sandbox::new(&blueprint)?)),
        }
    };
    let wanted = |question: &Question| arguments.questions.is_empty() || arguments.questions.contains(question);
    let mut rows = Vec::new();
    for question in Question::ALL.into_iter().filter(wanted) {
        rows.push(match trial::arises(&pair.subject, question) {
            Asked::No(why) => Row { question, runs: Vec::new(), not_asked: Some(why) },
            Asked::Yes => {
                eprintln!("trying {}", question.as_str());
                let mut one = |_| trial::ask(&pair.subject, &settings, question, &mut make).map_err(cell_error);
                let runs: Vec<Run> = (0..arguments.runs).map(&mut one).collect::<Result<_, _>>()?;
                Row { question, runs, not_asked: None }
            }
        });
    }
    Ok(Attempt { rows, notes: notes(arguments, pair) })
}

fn notes(arguments: &Arguments, pair: &Pair) -> Vec<String> {
    let mut notes = pair.notes.clone();
    if let Some(seconds) = arguments.timeout_max {
        notes.push(format!("methods had {seconds} s at most, also where their timeout is longer (--timeout-max)"));
    }
    if arguments.unsandboxed {
        notes.push(
            "there was no sandbox: what the methods left behind is still there, and files were not watched".to_owned(),
        );
    }
    notes
}

fn cell_error(error: CellError) -> CliError {
    let help = match &error {
        CellError::NotPermitted(_) => {
            "rtreg try needs PID, mount, network and user namespaces: run it as root, or let users have them \
             (sysctl kernel.unprivileged_userns_clone=1, sysctl user.max_user_namespaces=10000, and \
             sysctl kernel.apparmor_restrict_unprivileged_userns=0 where there is AppArmor);\n\
             in a container, start it with these rights, or try on a machine that is of no value with --unsandboxed"
        }
        CellError::Setup(_) => {
            "run it as root, or outside of a container; --unsandboxed runs without a sandbox, and cleans nothing up"
        }
        CellError::Lost(_) => "try again; if it happens again, this is a fault of rtreg: please report it",
        CellError::Order(_) => "put right what is said above and try again",
    };
    CliError::io(error.to_string()).help(help)
}
