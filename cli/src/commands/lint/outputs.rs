//! Where the reports of lint go: one to standard output, others to files. What a format looks like is the checker's.

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;

use rtreg_checker::report::json::JsonReport;
use rtreg_checker::report::{Run, checkstyle, concise, github, gitlab, junit, sarif, text};
use rtreg_model::suggest;

use super::{Checked, summary_line};
use crate::app::{App, Format};
use crate::error::CliError;
use crate::output;

/// A report that is asked for.
#[derive(Debug, Clone)]
pub struct Output {
    format: Format,
    /// Where it goes; none is standard output.
    file: Option<PathBuf>,
}

/// Reads `FORMAT` or `FORMAT=FILE`.
///
/// # Errors
/// An unknown format; an empty file name.
pub fn parse(word: &str) -> Result<Output, String> {
    let (name, file) = match word.split_once('=') {
        Some((_, "")) => return Err("expected a file behind `=`, found nothing".to_owned()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (word, None),
    };
    match Format::FINDINGS.iter().find(|format| format.name() == name) {
        Some(format) => Ok(Output { format: *format, file }),
        None => {
            let names: Vec<String> = Format::FINDINGS.iter().map(|format| format.name()).collect();
            let near = suggest::nearest(name, names.iter().map(String::as_str));
            let meant = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            Err(format!("expected one of {}, found `{name}`{meant}", names.join(", ")))
        }
    }
}

/// A run in the working folder; reports name files from the root of the repository where the runner says it.
///
/// # Errors
/// There is no working folder.
pub fn empty_run() -> Result<Run, CliError> {
    let folder =
        env::current_dir().map_err(|error| CliError::io(format!("the working folder cannot be found: {error}")))?;
    let base = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"]
        .into_iter()
        .filter_map(|name| env::var_os(name).map(PathBuf::from))
        .find(|base| base.is_absolute() && folder.starts_with(base));
    let run = Run::new(folder.display().to_string());
    Ok(match base {
        Some(base) => run.base(base.display().to_string()),
        None => run,
    })
}

/// All reports of a run.
pub struct Outputs {
    stdout: Format,
    files: Vec<(Format, PathBuf)>,
}

impl Outputs {
    /// From `--format` and `--output`.
    ///
    /// # Errors
    /// Two reports for standard output.
    pub fn new(format: Option<Format>, outputs: &[Output]) -> Result<Self, CliError> {
        let to_stdout = outputs.iter().filter(|output| output.file.is_none()).map(|output| output.format);
        let all: Vec<Format> = format.into_iter().chain(to_stdout).collect();
        if all.len() > 1 {
            return Err(CliError::usage(format!("expected one report for standard output, found {}", all.len()))
                .help("give the others a file: `--output FORMAT=FILE`"));
        }
        let stdout = all.first().copied().unwrap_or(Format::Text);
        let files = outputs.iter().filter_map(|output| Some((output.format, output.file.clone()?)));
        Ok(Self { stdout: resolved(stdout), files: files.map(|(format, file)| (resolved(format), file)).collect() })
    }

    /// Writes them, files first.
    ///
    /// # Errors
    /// One of them cannot be written.
    pub fn write(&self, checked: &Checked, app: &App) -> Result<(), CliError> {
        for (format, file) in &self.files {
            let options = text::TextOptions::default();
            output::file(file, |out| write(*format, checked, &options, out))?;
        }
        output::stream(|out| write(self.stdout, checked, &app.text_options(), out))
    }
}

/// `auto` is the format of the runner that rtreg runs on.
fn resolved(format: Format) -> Format {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| value == "true");
    match format {
        Format::Auto if is_set("GITHUB_ACTIONS") => Format::Github,
        Format::Auto if is_set("GITLAB_CI") => Format::Gitlab,
        Format::Auto => Format::Text,
        format => format,
    }
}

fn write(format: Format, checked: &Checked, options: &text::TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let run = &checked.run;
    match format {
        // `parse` and `Command::formats` let through the formats of findings alone.
        Format::Text | Format::Auto | Format::Tsv | Format::Dot | Format::Svg => {
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
        Format::Concise => concise::write(out, run),
        Format::Sarif => sarif::write(out, run),
        Format::Github => github::write(out, run),
        Format::Gitlab => gitlab::write(out, run),
        Format::Junit => junit::write(out, run),
        Format::Checkstyle => checkstyle::write(out, run),
    }
}
