//! `rtreg lint`: checks RTR files. Words and places come from the checker.

mod known;
mod neighbours;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use rtreg_checker::fix::Fixed;
use rtreg_checker::levels::Levels;
use rtreg_checker::report::json::JsonReport;
use rtreg_checker::report::text::{self, TextOptions};
use rtreg_checker::report::{Outline, Run, Sources, summary};
use rtreg_checker::{LintOptions, check};
use rtreg_model::{FileId, Finding, Level};
use rtreg_parser::Rtr;

use crate::app::{App, Format};
use crate::completed::completed;
use crate::config::{Resolver, SettingArguments, Settings};
use crate::error::{CliError, Exit};
use crate::files::{self, ExcludeArguments, Input, Place};
use crate::fixing::{Cure, FixArguments, Fixer};
use crate::output;
pub use crate::outputs::names as formats;
use crate::outputs::{self, Output, Outputs};
use crate::parallel::{self, ThreadArguments};
use neighbours::Versions;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Files, folders (`*.rtr`, and files whose first declaration is Resource_type), `-` for standard input.
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write a report: text, concise, json, sarif, github, gitlab, junit, checkstyle, or auto (that of the runner it runs
    /// on). To FILE, or to standard output in place of `--format`. May be given several times.
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = completed(outputs::parse, outputs::names), hide_possible_values = true)]
    output: Vec<Output>,
    /// End with 0 whatever is found.
    #[arg(long)]
    exit_zero: bool,
    /// Write what is found into the baseline; rows of files that were not checked stay.
    #[arg(long)]
    update_baseline: bool,
    #[command(flatten)]
    exclude: ExcludeArguments,
    #[command(flatten)]
    settings: SettingArguments,
    #[command(flatten, next_help_heading = "Fixes")]
    fixing: FixArguments,
    #[command(flatten)]
    threads: ThreadArguments,
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
    let tasks = tasks(arguments, &mut resolver)?;
    if arguments.fixing.rewrite() && !arguments.update_baseline {
        // Before a file is rewritten.
        known::can_be_used(tasks.iter().map(|task| task.settings.as_ref()))?;
    }
    let cure = fixer.cure();
    parallel::in_order(
        arguments.threads.threads(tasks.len())?,
        &tasks,
        |task| task.look(cure),
        |task, seen| {
            match seen {
                Ok(seen) => task.keep(seen, &mut checked, (&mut fixer, &mut versions))?,
                Err(error) => unread.push(error),
            }
            Ok(())
        },
    )?;
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
            writeln!(out, "{line}{known}")?;
            out.write_all(more_line(&run.findings).as_bytes())
        }
        Format::Json => {
            let report = JsonReport::new(&run.findings, &run.sources, run.files.len()).known(checked.known);
            serde_json::to_writer_pretty(&mut *out, &report)?;
            out.write_all(b"\n")
        }
        _ => outputs::findings(format, run, out),
    }
}

/// The files that are to be checked, with their settings.
fn tasks(arguments: &Arguments, resolver: &mut Resolver<'_>) -> Result<Vec<Task>, CliError> {
    let mut tasks = Vec::new();
    for place in files::find(&arguments.paths)? {
        let settings = resolver.of_file(&place.path)?;
        if !arguments.exclude.leave_out(&place, &settings) {
            tasks.push(Task { place, settings });
        }
    }
    Ok(tasks)
}

/// What is found in a text that is not written to its file yet, without what the baseline holds; and why the baseline cannot
/// be used, if it cannot. Of a baseline itself nothing is said.
pub fn check_text(path: &Path, text: &[u8], settings: &Arc<Settings>) -> (Vec<Finding>, Option<CliError>) {
    let file = FileId(0);
    if settings.baseline.is_none() {
        let rtr = rtreg_parser::parse(text, file);
        return (check(&rtr, &settings.lint_options(path), &settings.levels), None);
    }
    let mut checked = Checked { run: Run::new(""), settings: vec![Arc::clone(settings)], known: 0 };
    let name = if path.as_os_str() == "-" { files::STDIN.to_owned() } else { path.display().to_string() };
    checked.run.add(
        name,
        Vec::new(),
        located(&rtreg_parser::parse(text, file), &settings.lint_options(path), &settings.levels),
    );
    let fault = known::take_out(&mut checked).err();
    checked.run.findings.retain(|finding| finding.primary.file == file);
    (checked.run.findings, fault)
}

/// A file that is to be checked.
struct Task {
    place: Place,
    settings: Arc<Settings>,
}

/// What was seen in a file.
struct Seen {
    name: String,
    /// The text as it was read; empty where it is not needed any more.
    source: Vec<u8>,
    /// The text with its cures, if it is to be cured.
    fixed: Option<Fixed>,
    /// What is found in the text as it is to be, each with its structural path.
    found: Vec<(Finding, String)>,
    /// The type of a text without errors, as it is written.
    base: Option<String>,
}

impl Task {
    /// Reads and checks the file; changes and prints nothing.
    fn look(&self, cure: Cure) -> Result<Seen, CliError> {
        let Input { name, bytes } = self.place.read()?;
        let options = self.settings.lint_options(&self.place.path);
        let again = |text: &[u8]| check(&rtreg_parser::parse(text, FileId(0)), &options, &self.settings.levels);
        let fixed = cure.text(&bytes, again);
        let rtr = rtreg_parser::parse(fixed.as_ref().map_or(&bytes, |fixed| &fixed.bytes), FileId(0));
        let found = located(&rtr, &options, &self.settings.levels);
        // Settings may hide a fault of the syntax; what the file says is uncertain all the same.
        let mut all = found.iter().map(|(finding, _)| finding).chain(&rtr.findings);
        let base = if all.all(|finding| finding.level != Level::Error) { neighbours::base(&rtr) } else { None };
        Ok(Seen { name, source: bytes, fixed, found, base })
    }

    /// Rewrites the file where it is to be cured, and keeps what is to be reported.
    fn keep(
        &self,
        seen: Seen,
        checked: &mut Checked,
        (fixer, versions): (&mut Fixer, &mut Versions),
    ) -> Result<(), CliError> {
        // A report quotes only files with findings; the others need not be kept where they can be read again.
        let is_kept = !seen.found.is_empty() || seen.fixed.is_some() || self.place.path.as_os_str() == "-";
        let text = match seen.fixed {
            Some(fixed) => {
                fixer.file(&self.place, &seen.name, &seen.source, &fixed)?;
                fixed.bytes
            }
            None => seen.source,
        };
        if let Some(base) = seen.base {
            let again = (!is_kept).then(|| self.place.path.clone());
            versions.add(base, checked.run.next_file(), again);
        }
        checked.run.add(seen.name, if is_kept { text } else { Vec::new() }, seen.found);
        checked.settings.push(Arc::clone(&self.settings));
        Ok(())
    }
}

fn located(rtr: &Rtr<'_>, options: &LintOptions, levels: &Levels) -> Vec<(Finding, String)> {
    let findings = check(rtr, options, levels);
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
    output::text(&format!("{}\n{}", summary_line(findings, files), more_line(findings)))
}

/// The very last line, where there are findings: how to read on about them, offline.
fn more_line(findings: &[Finding]) -> String {
    let Some(first) = findings.first() else { return String::new() };
    let which = if findings.len() == 1 { "it" } else { "a finding" };
    format!("for more about {which}, run `rtreg explain {}`\n", first.rule)
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
