//! `rtreg man`: the man pages, made from the definition of the command line and from [`crate::manual`]. It reads no clock: the
//! same version writes the same pages.

use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, roman};
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::manual::{DATE, Subject};
use crate::{examples, output};

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder, which is made if it is not there; pages of the same names in it are replaced.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// The answer as JSON, version 1.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ManReport {
    /// Of this form: 1.
    version: u32,
    /// The folder.
    folder: String,
    /// The names of the files in it that were written.
    pages: Vec<String>,
}

/// Writes the pages.
///
/// # Errors
/// The folder cannot be made or written to.
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    let folder = &arguments.folder;
    std::fs::create_dir_all(folder)
        .map_err(|error| CliError::io(format!("the folder {} cannot be made: {error}", folder.display())))?;
    let mut command = crate::Arguments::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    write(&command, "rtreg", folder, &mut pages)?;
    let report = ManReport { version: 1, folder: folder.display().to_string(), pages };
    output::answer(app, &report, |report| {
        let first = Path::new(&report.folder).join("rtreg.1");
        format!("{} pages in {}; `man -l {}` shows the first", report.pages.len(), report.folder, first.display())
    })
}

/// The page of a command, and those of the commands below it.
fn write(command: &Command, name: &str, folder: &Path, pages: &mut Vec<String>) -> Result<(), CliError> {
    let file = format!("{}.1", name.replace(' ', "-"));
    let text = page(command, name).map_err(|error| CliError::internal(format!("the page {file}: {error}")))?;
    output::file(&folder.join(&file), |out| out.write_all(&text))?;
    pages.push(file);
    for below in command.get_subcommands() {
        write(below, &format!("{name} {}", below.get_name()), folder, pages)?;
    }
    Ok(())
}

fn page(command: &Command, name: &str) -> std::io::Result<Vec<u8>> {
    let source = concat!("rtreg ", env!("CARGO_PKG_VERSION"));
    let title = name.replace(' ', "-").to_uppercase();
    let man = Man::new(command.clone()).title(title).date(DATE).source(source).manual("Resource types of a cluster");
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut out)?;
    }
    man.render_options_section(&mut out)?;
    let subject = Subject::of(name);
    let codes = subject.exits().into_iter().map(|exit| (exit.code().to_string(), exit.meaning()));
    let mut roff = Roff::new();
    section(&mut roff, "EXIT STATUS", codes);
    section(&mut roff, "ENVIRONMENT", subject.environment());
    section(&mut roff, "FILES", subject.files());
    section(&mut roff, "EXAMPLES", examples::of(name));
    roff.control("SH", ["SEE ALSO"]);
    roff.text([roman(see_also(command, name, subject).join(", "))]);
    roff.to_writer(&mut out)?;
    Ok(out)
}

/// A section of words with what there is to say about each; none where there is no word.
fn section<W: Into<String>>(roff: &mut Roff, title: &str, entries: impl IntoIterator<Item = (W, &'static str)>) {
    let mut entries = entries.into_iter().peekable();
    if entries.peek().is_some() {
        roff.control("SH", [title]);
    }
    for (word, text) in entries {
        roff.control("TP", []);
        roff.text([bold(word)]);
        roff.text(vec![roman(text)] as Vec<Inline>);
    }
}

/// The page above, those beside or below it that read on, and the vendor's.
fn see_also(command: &Command, name: &str, subject: Subject) -> Vec<String> {
    let page = |name: &str| format!("{}(1)", name.replace(' ', "-"));
    let above = name.rsplit_once(' ').map(|(above, _)| page(above));
    let below = command.get_subcommands().map(|below| page(&format!("{name} {}", below.get_name())));
    let related = match name {
        "rtreg lint" => vec!["rtreg-fmt(1)", "rtreg-explain(1)", "rtreg-rules(1)", "rtreg-config(1)"],
        "rtreg fmt" | "rtreg config show" | "rtreg explain" | "rtreg rules" => vec!["rtreg-lint(1)"],
        "rtreg upgrade" => vec!["rtreg-resource(1)", "rtreg-history(1)"],
        "rtreg register" => vec!["rtreg-lint(1)", "rtreg-list(1)"],
        _ => Vec::new(),
    };
    let others = related.into_iter().chain(subject.pages()).map(str::to_owned);
    above.into_iter().chain(below).chain(others).collect()
}
