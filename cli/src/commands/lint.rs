//! `rtreg lint`: checks RTR files. Words and places come from the checker.

use std::path::PathBuf;

use clap::Args;
use rtreg_checker::report::json::JsonReport;
use rtreg_checker::report::{Sources, summary};
use rtreg_checker::{LintOptions, lint};
use rtreg_model::{FileId, Finding, Release};

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::files;
use crate::fixing::{FixArguments, Fixer};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Files, folders (`*.rtr`, and files whose first declaration is Resource_type), `-` for standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The release that the files are meant for: 3.0, 3.1, 3.2 or 4.x.
    #[arg(long, value_name = "RELEASE", default_value = "4.x", value_parser = release)]
    target: Release,
    /// The root of a zone: files below it are registered in that zone.
    #[arg(long, value_name = "DIR")]
    zone_root: Option<PathBuf>,
    #[command(flatten)]
    fixing: FixArguments,
}

/// Reads a release.
///
/// # Errors
/// What was expected.
pub fn release(word: &str) -> Result<Release, String> {
    Release::parse(word).ok_or_else(|| "expected 3.0, 3.1, 3.2 or 4.x".to_owned())
}

/// Checks the files and prints what was found.
///
/// # Errors
/// A path that cannot be read.
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    let mut fixer = Fixer::new(&arguments.fixing)?;
    let places = files::find(&arguments.paths)?;
    let zone_root =
        match &arguments.zone_root {
            Some(root) => Some(root.canonicalize().map_err(|error| {
                CliError::usage(format!("the zone root {} cannot be found: {error}", root.display()))
            })?),
            None => None,
        };
    let mut sources = Sources::default();
    let mut findings: Vec<Finding> = Vec::new();
    let files = places.len();
    for place in places {
        let input = place.read()?;
        let in_zone = zone_root
            .as_ref()
            .is_some_and(|root| PathBuf::from(&input.name).canonicalize().is_ok_and(|path| path.starts_with(root)));
        let options = LintOptions::default().target(arguments.target).zone_root(in_zone);
        let found = |text: &[u8]| lint(&rtreg_parser::parse(text, FileId(0)), &options);
        let text = fixer.file(&place, &input.name, input.bytes, found)?;
        let file = sources.add(input.name, text);
        findings.extend(lint(&rtreg_parser::parse(sources.text(file), file), &options));
    }
    if let Some(exit) = fixer.finish(&findings, &sources, app) {
        return Ok(exit);
    }
    print(app, &findings, &sources, files)?;
    let errors = summary(&findings).errors;
    Ok(if errors > 0 { Exit::Findings } else { Exit::Done })
}

/// Prints findings in the chosen format.
///
/// # Errors
/// Standard output cannot be written.
pub fn print(app: &App, findings: &[Finding], sources: &Sources, files: usize) -> Result<(), CliError> {
    if app.json() {
        return output::json(&JsonReport::new(findings, sources, files));
    }
    output::text(&rtreg_checker::report::text::render(findings, sources, &app.text_options()))?;
    output::text(&summary_line(findings, files))
}

/// The last line: how many findings of each level in how many files.
fn summary_line(findings: &[Finding], files: usize) -> String {
    let counts = summary(findings);
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let parts: Vec<String> = [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| plural(count, word))
        .collect();
    let found = if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") };
    format!("{found} in {}", plural(files, "file"))
}
