//! `rtreg install-links`: symbolic links by which the binary is called with the vendor's names, those of the administrator's
//! commands and those of the commands that methods call.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use clap::Args;
use rtreg_registry::Refusal;
use rtreg_runtime::scha;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;
use crate::vendor::LINKS;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder that is to hold the links; it must exist.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Take the links away again; what is no link to this program stays.
    #[arg(long)]
    remove: bool,
}

/// What became of the links.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LinksReport {
    /// Version of this form: 1.
    version: u32,
    /// The program that the links name.
    program: String,
    /// The links, one a name.
    links: Vec<LinkReport>,
}

/// A link.
#[derive(Debug, Serialize, JsonSchema)]
struct LinkReport {
    /// Its path.
    path: String,
    /// `made`, `unchanged`, `removed`, `absent` or `foreign`: something else has this name, and stays.
    effect: &'static str,
}

/// What stands at the place of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Own,
    Foreign,
}

/// Makes the links, all or none, or takes them away.
///
/// # Errors
/// Something else has one of the names; a folder that cannot be written.
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    let program = std::env::current_exe()
        .and_then(fs::canonicalize)
        .map_err(|error| CliError::internal(format!("the path of this program cannot be had: {error}")))?;
    let folder = &arguments.folder;
    if !folder.is_dir() {
        return Err(CliError::usage(format!("expected a folder, found `{}`", folder.display()))
            .help("make the folder first, and have it in PATH"));
    }
    let mut places = Vec::new();
    let of_methods = scha::Command::ALL.iter().map(|command| command.as_str());
    for name in LINKS.iter().map(|link| link.name).chain(of_methods) {
        let path = folder.join(name);
        let found = look(&path, &program)?;
        places.push((path, found));
    }
    let links = if arguments.remove { remove(&places)? } else { make(&places, &program)? };
    let report = LinksReport { version: 1, program: program.display().to_string(), links };
    output::answer(app, &report, LinksReport::text)
}

fn look(path: &Path, program: &Path) -> Result<Found, CliError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Found::Nothing),
        Err(error) => Err(unusable(path, "looked at", &error)),
        Ok(found) if !found.is_symlink() => Ok(Found::Foreign),
        Ok(_) => {
            let target = fs::read_link(path).map_err(|error| unusable(path, "read", &error))?;
            let resolved = path.parent().unwrap_or(path).join(&target);
            let is_own = target == program || fs::canonicalize(resolved).is_ok_and(|target| target == program);
            Ok(if is_own { Found::Own } else { Found::Foreign })
        }
    }
}

fn make(places: &[(PathBuf, Found)], program: &Path) -> Result<Vec<LinkReport>, CliError> {
    let foreign: Vec<String> = places
        .iter()
        .filter(|(_, found)| *found == Found::Foreign)
        .map(|(path, _)| path.display().to_string())
        .collect();
    if !foreign.is_empty() {
        let refusal = Refusal::new("foreign_file", "expected free names for the links, found files that are not ours")
            .details(foreign)
            .help("move them away, or name another folder; no link was made");
        return Err(CliError::new(Exit::Refused, refusal));
    }
    let each = |(path, found): &(PathBuf, Found)| {
        if *found == Found::Own {
            return Ok(report(path, "unchanged"));
        }
        symlink(program, path).map_err(|error| unusable(path, "made", &error))?;
        Ok(report(path, "made"))
    };
    places.iter().map(each).collect()
}

fn remove(places: &[(PathBuf, Found)]) -> Result<Vec<LinkReport>, CliError> {
    let each = |(path, found): &(PathBuf, Found)| match found {
        Found::Nothing => Ok(report(path, "absent")),
        Found::Foreign => Ok(report(path, "foreign")),
        Found::Own => {
            fs::remove_file(path).map_err(|error| unusable(path, "removed", &error))?;
            Ok(report(path, "removed"))
        }
    };
    places.iter().map(each).collect()
}

fn report(path: &Path, effect: &'static str) -> LinkReport {
    LinkReport { path: path.display().to_string(), effect }
}

fn unusable(path: &Path, what: &str, error: &std::io::Error) -> CliError {
    CliError::io(format!("{} cannot be {what}: {error}", path.display())).help("check the folder and its permissions")
}

impl LinksReport {
    /// One line a link.
    fn text(&self) -> String {
        let line = |link: &LinkReport| match link.effect {
            "made" => format!("{} -> {}\n", link.path, self.program),
            "unchanged" => format!("{}: there already\n", link.path),
            "removed" => format!("{}: removed\n", link.path),
            "absent" => format!("{}: not there\n", link.path),
            _ => format!("{}: stays, it is not ours\n", link.path),
        };
        self.links.iter().map(line).collect()
    }
}
