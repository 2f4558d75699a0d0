//! `rtreg lint`: checks RTR files. Words and places come from the checker.

mod known;
mod neighbours;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use rtreg_checker::report::json::JsonReport;
use rtreg_checker::report::text::{self, TextOptions};
use rtreg_checker::report::{Outline, Run, Sources, summary};
use rtreg_checker::{Version, check};
use rtreg_model::{FileId, Finding, Level};
use rtreg_parser::Rtr;

use crate::app::{App, Format};
use crate::config::{Resolver, SettingArguments, Settings};
use crate::error::{CliError, Exit};
use crate::files::{self, Input, Place};
use crate::fixing::{FixArguments, Fixer};
use crate::output;
use crate::outputs::{self, Output, Outputs};
use neighbours::Versions;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Files, folders (`*.rtr`, and files whose first declaration is Resource_type), `-` for standard input.
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write a report: text, concise, json, sarif, github, gitlab, junit, checkstyle, or auto (that of the runner it runs
    /// on). To FILE, or to standard output in place of `--format`. May be given several times.
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = outputs::parse)]
    output: Vec<Output>,
    /// End with 0 whatever is found.
    #[arg(long)]
    exit_zero: bool,
    /// Write what is found into the baseline; rows of files that were not checked stay.
    #[arg(long)]
    update_baseline: bool,
    #[command(flatten)]
    settings: SettingArguments,
    #[command(flatten)]
    fixing: FixArguments,
}

/// What was checked: the run, and the settings of each of its files.
pub struct Checked {
    /// Files and findings.
    run: Run,
    /// The settings of each file of the run.
    settings: Vec<Arc<Settings>>,
    /// Findings that a baseline holds.
    known: u64,
}

/// Checks the files and writes what was found.
///
/// # Errors
/// A path that cannot be read, when the others have been reported; settings that cannot be used; a report that cannot be
/// written.
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    let outputs = Outputs::new(app.options.format, &arguments.output)?;
    let mut resolver = Resolver::new(&arguments.settings)?;
    let mut fixer = Fixer::new(&arguments.fixing)?;
    let mut checked = Checked { run: outputs::empty_run()?, settings: Vec::new(), known: 0 };
    let mut versions = Versions::default();
    let mut unread = Vec::new();
    for place in files::find(&arguments.paths)? {
        let settings = resolver.of(&place.path)?;
        if place.named || !settings.excludes(&place.path) {
            match place.read() {
                Ok(input) => check_file(&place, input, settings, (&mut checked, &mut fixer, &mut versions))?,
                Err(error) => unread.push(error),
            }
        }
    }
    versions.compare(&mut checked);
    if arguments.update_baseline {
        known::update(&mut checked)?;
    } else {
        known::take_out(&mut checked)?;
    }
    let finished = fixer.finish(&checked.run.findings, &checked.run.sources, app);
    if finished.is_none() {
        outputs.write(app, &|format, options, out| write(format, &checked, options, out))?;
    }
    if let Some(last) = unread.pop() {
        unread.iter().for_each(|error| error.print(app));
        return Err(last);
    }
    let errors = summary(&checked.run.findings).errors;
    let found = if errors > 0 && !arguments.exit_zero { Exit::Findings } else { Exit::Done };
    Ok(finished.unwrap_or(found))
}

fn write(format: Format, checked: &Checked, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let run = &checked.run;
    match format {
        Format::Text | Format::Auto => {
            text::write(out, &run.findings, &run.sources, options)?;
            let line = summary_line(&run.findings, run.files.len());
            let known = match checked.known {
                0 => String::new(),
                known => format!("; {known} more in the baseline"),
            };
            writeln!(out, "{line}{known}")
        }
        Format::Json => {
            let report = JsonReport::new(&run.findings, &run.sources, run.files.len()).known(checked.known);
            serde_json::to_writer_pretty(&mut *out, &report)?;
            out.write_all(b"\n")
        }
        _ => outputs::findings(format, run, out),
    }
}

fn check_file(
    place: &Place,
    input: Input,
    settings: Arc<Settings>,
    (checked, fixer, versions): (&mut Checked, &mut Fixer, &mut Versions),
) -> Result<(), CliError> {
    let options = settings.lint_options(&place.path);
    let again = |text: &[u8]| check(&rtreg_parser::parse(text, FileId(0)), &options, &settings.levels);
    let bytes = fixer.file(place, &input.name, input.bytes, again)?;
    let rtr = rtreg_parser::parse(&bytes, checked.run.next_file());
    let found = located(&rtr, place, &settings);
    // Settings may hide a fault of the syntax; what the file says is uncertain all the same.
    let mut all = found.iter().map(|(finding, _)| finding).chain(&rtr.findings);
    if all.all(|finding| finding.level != Level::Error)
        && let Some(version) = Version::new(&rtr)
    {
        versions.add(&version);
    }
    checked.run.add(input.name, bytes, found);
    checked.settings.push(settings);
    Ok(())
}

fn located(rtr: &Rtr<'_>, place: &Place, settings: &Settings) -> Vec<(Finding, String)> {
    let findings = check(rtr, &settings.lint_options(&place.path), &settings.levels);
    let outline = Outline::new(rtr);
    let with_path = |finding: Finding| {
        let path = outline.path(finding.primary.span);
        (finding, path)
    };
    findings.into_iter().map(with_path).collect()
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
pub fn summary_line(findings: &[Finding], files: usize) -> String {
    let counts = summary(findings);
    let parts: Vec<String> = [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| plural(count, word))
        .collect();
    let found = if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") };
    format!("{found} in {}", plural(files, "file"))
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
