//! `rtreg fmt`: RTR files in one style. The style is the parser's; here are the files, the answers and the exit codes.

use std::path::PathBuf;

use clap::Args;
use rtreg_checker::report::json::span;
use rtreg_checker::suppress::stranded;
use rtreg_model::{FileId, Span};
use rtreg_parser::FormatFault;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::config::{Resolver, SettingArguments, Settings};
use crate::error::{CliError, Exit};
use crate::files::{self, ExcludeArguments, Input, Place};
use crate::output;
use crate::parallel::{self, ThreadArguments};
use crate::rewrite;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Files, folders (`*.rtr`, and files whose first declaration is Resource_type), `-` for standard input, whose formatted
    /// text is printed.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing; say which files would be formatted, and exit 1 if there are any.
    #[arg(long, conflicts_with = "diff")]
    check: bool,
    /// Change nothing; print what would be changed as a unified diff, and exit 1 if there is anything.
    #[arg(long)]
    diff: bool,
    #[command(flatten)]
    exclude: ExcludeArguments,
    #[command(flatten)]
    threads: ThreadArguments,
}

/// What became of the files.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FmtReport {
    /// Of this form: 1.
    version: u32,
    /// The files, in the order in which they were looked at.
    files: Vec<FmtFile>,
}

/// What became of one file.
#[derive(Debug, Serialize, JsonSchema)]
struct FmtFile {
    /// Name of the file, as it was given.
    file: String,
    /// What became of it.
    status: FmtStatus,
    /// Why it was left alone.
    reason: Option<String>,
    /// With `--diff`, what would be changed; bytes that are no UTF-8 are replaced.
    diff: Option<String>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum FmtStatus {
    /// It was in the style already.
    Unchanged,
    /// It is in the style now.
    Formatted,
    /// It is not in the style, and was not changed: `--check` or `--diff`.
    WouldFormat,
    /// It has errors of syntax, or a comment that would no longer cover what it allows, and was not changed.
    Broken,
}

/// Formats the files.
///
/// # Errors
/// A path that cannot be read or written; standard output with JSON (usage).
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    let settings = SettingArguments::default();
    let mut tasks = Vec::new();
    let mut resolver = Resolver::new(&settings)?;
    for place in files::find(&arguments.paths)? {
        let settings = resolver.of_file(&place.path)?;
        if !arguments.exclude.leave_out(&place, &settings) {
            tasks.push((place, settings));
        }
    }
    let prints_text = !arguments.check && !arguments.diff && tasks.iter().any(|(place, _)| is_stdin(place));
    if prints_text && (app.json() || tasks.len() > 1) {
        return Err(CliError::usage("expected `-` alone and without --format json: it prints the formatted text")
            .help("give --check or --diff to get a report"));
    }
    // All is read before anything is written.
    let mut read = Vec::new();
    let threads = arguments.threads.threads(tasks.len())?;
    parallel::in_order(
        threads,
        &tasks,
        |(place, settings)| Formatted::new(place, settings),
        |_, formatted| {
            read.push(formatted?);
            Ok(())
        },
    )?;
    let has_errors = read.iter().any(|formatted| matches!(formatted.text, Err(Fault::Format(_))));
    let mut report = FmtReport { version: 1, files: Vec::new() };
    for ((place, _), formatted) in tasks.iter().zip(read) {
        let file = one(place, formatted, arguments, app)?;
        report.files.push(file);
    }
    if app.json() {
        output::json(&report)?;
    } else if !prints_text {
        say(&report, arguments)?;
    }
    if !app.json() && has_errors {
        eprintln!("help: `rtreg lint` shows all errors; `rtreg lint --fix` cures what it can");
    }
    let done = |file: &FmtFile| matches!(file.status, FmtStatus::Unchanged | FmtStatus::Formatted);
    Ok(if report.files.iter().all(done) { Exit::Done } else { Exit::Findings })
}

fn is_stdin(place: &Place) -> bool {
    place.path.as_os_str() == "-"
}

/// A file that was read, and its text in the style.
struct Formatted {
    name: String,
    /// As it was read; empty where it is not needed any more.
    source: Vec<u8>,
    /// None where it was in the style already.
    text: Result<Option<Vec<u8>>, Fault>,
}

/// Why a file is left alone.
enum Fault {
    Format(FormatFault),
    /// A comment that takes findings out would cover other lines.
    Stranded(Span),
}

impl Formatted {
    /// Reads a file and formats its text; changes and prints nothing.
    fn new(place: &Place, settings: &Settings) -> Result<Self, CliError> {
        let Input { name, bytes } = place.read()?;
        let rtr = rtreg_parser::parse(&bytes, FileId(0));
        let text = match rtreg_parser::format(&rtr) {
            Err(fault) => Err(Fault::Format(fault)),
            Ok(text) if text == bytes => Ok(None),
            Ok(text) => {
                let after = rtreg_parser::parse(&text, FileId(0));
                match stranded(&rtr, &after, &settings.lint_options(&place.path)) {
                    Some(comment) => Err(Fault::Stranded(comment)),
                    None => Ok(Some(text)),
                }
            }
        };
        let is_done = matches!(text, Ok(None)) && !is_stdin(place);
        Ok(Self { name, source: if is_done { Vec::new() } else { bytes }, text })
    }
}

/// Puts the formatted text of one file in its place or shows it, or says why there is none.
fn one(place: &Place, formatted: Formatted, arguments: &Arguments, app: &App) -> Result<FmtFile, CliError> {
    let Formatted { name, source, text } = formatted;
    let only_look = arguments.check || arguments.diff;
    let (status, reason, text) = match text {
        Ok(None) => (FmtStatus::Unchanged, None, None),
        Ok(text) if only_look => (FmtStatus::WouldFormat, None, text),
        Ok(Some(text)) => {
            if !is_stdin(place) {
                rewrite::replace(&place.path, &source, &text)?;
            }
            (FmtStatus::Formatted, None, Some(text))
        }
        Err(Fault::Format(fault)) if !matches!(fault, FormatFault::Syntax { .. }) => {
            return Err(CliError::internal(format!("{name}: {fault}; it was left alone")));
        }
        Err(fault) => (FmtStatus::Broken, Some(left_alone(&name, &source, &fault, app)), None),
    };
    let text = text.as_ref().unwrap_or(&source);
    if is_stdin(place) && !only_look {
        output::bytes(text)?;
    }
    let diff = arguments.diff.then(|| rewrite::diff(&name, &source, text));
    if let Some(diff) = diff.as_ref().filter(|_| !app.json()) {
        output::bytes(diff)?;
    }
    let diff = diff.map(|diff| String::from_utf8_lossy(&diff).into_owned());
    Ok(FmtFile { file: name, status, reason, diff })
}

/// Says on standard error that a file is left alone; returns why.
fn left_alone(name: &str, source: &[u8], fault: &Fault, app: &App) -> String {
    let (at, why) = match fault {
        Fault::Format(fault @ FormatFault::Syntax { first, .. }) => (Some(first.primary.span), fault.to_string()),
        Fault::Format(fault) => (None, fault.to_string()),
        Fault::Stranded(comment) => (
            Some(*comment),
            "in the style this comment would stand on another line than what it allows; put it on a line of its own above that"
                .to_owned(),
        ),
    };
    if !app.json() {
        let place = at.map(|at| span(source, at)).map(|at| format!("{name}:{}:{}", at.line, at.column));
        eprintln!("error: {}: left alone: {why}", place.as_deref().unwrap_or(name));
    }
    why
}

/// One line for each file that is or would be formatted, and one for all.
fn say(report: &FmtReport, arguments: &Arguments) -> Result<(), CliError> {
    let with = |status| report.files.iter().filter(move |file| file.status == status);
    let mut lines = String::new();
    for (status, word) in [(FmtStatus::Formatted, "formatted"), (FmtStatus::WouldFormat, "would format")] {
        with(status).for_each(|file| lines.push_str(&format!("{word} {}\n", file.file)));
    }
    let counts = [
        (with(FmtStatus::Formatted).count(), "formatted"),
        (with(FmtStatus::WouldFormat).count(), "would be formatted"),
        (with(FmtStatus::Unchanged).count(), "unchanged"),
        (with(FmtStatus::Broken).count(), "left alone"),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {} {words}", if count == 1 { "file" } else { "files" }))
        .collect();
    if arguments.diff {
        // Standard output is the diff.
        eprintln!("{}", parts.join(", "));
        return Ok(());
    }
    output::text(&format!("{lines}{}\n", parts.join(", ")))
}
