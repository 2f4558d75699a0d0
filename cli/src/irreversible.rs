//! What nothing leads back from: what the settings say of it, and the refusal of a plan with a point of no return that nobody
//! has accepted. Which plans have one is the planner's business.

use std::path::{Path, PathBuf};

use rtreg_registry::Refusal;
use rtreg_upgrade::plan::{Irreversible, Plan};

use crate::app::App;
use crate::config::{FILE_NAME, Resolver, SettingArguments, normal};
use crate::error::{CliError, Exit};

/// What `rtreg.toml` says: that of `--config`, or the nearest one upwards from the working folder; and the one beside the
/// store, which holds wherever somebody stands. What either says counts: more marks are only stricter.
///
/// # Errors
/// A file with settings that cannot be used.
pub fn said(app: &App, config: Option<&Path>) -> Result<Vec<Irreversible>, CliError> {
    let beside = app.place()?.0.parent().map(|folder| folder.join(FILE_NAME)).filter(|file| file.is_file());
    let arguments = SettingArguments { config: config.map(Path::to_path_buf), ..SettingArguments::default() };
    let nearest = arguments.config.clone().or_else(|| Resolver::file_of(&arguments, Path::new(FILE_NAME)));
    let mut files: Vec<PathBuf> = nearest.into_iter().chain(beside).map(|file| real(&file)).collect();
    files.dedup();
    let mut said = Vec::new();
    for file in files {
        let arguments = SettingArguments { config: Some(file), ..SettingArguments::default() };
        said.extend(Resolver::new(&arguments)?.of(Path::new("."))?.irreversible.iter().cloned());
    }
    Ok(said)
}

fn real(file: &Path) -> PathBuf {
    file.canonicalize().unwrap_or_else(|_| normal(file))
}

/// Lets a way back pass where nothing was said against it, or whoever asks accepts what was said.
///
/// # Errors
/// `irreversible`, exit 12: what was said.
pub fn check_way_back(against: Vec<String>, accepted: bool) -> Result<(), CliError> {
    if accepted || against.is_empty() {
        return Ok(());
    }
    let message = "the settings say that nothing leads back from what is to be taken back; nothing was begun";
    let refusal = Refusal::new("irreversible", message)
        .details(against)
        .help("bring back first what the older version needs (a copy of its data), then give --accept-irreversible");
    Err(CliError::new(Exit::Irreversible, refusal))
}

/// Lets a plan pass that has no point of no return, or whose points are accepted: to be asked before a plan is carried out.
///
/// # Errors
/// `irreversible`, exit 12: which steps nothing leads back from, and why.
pub fn check_accepted(plan: &Plan, accepted: bool) -> Result<(), CliError> {
    let marks: Vec<String> = plan.marks().map(|step| format!("{}: {}", step.id, step.reason.sentence)).collect();
    if accepted || marks.is_empty() {
        return Ok(());
    }
    let message = match marks.as_slice() {
        [_] => "this plan has a point of no return, and nobody has accepted it; nothing was begun".to_owned(),
        marks => format!(
            "this plan has {} points of no return, and nobody has accepted them; nothing was begun",
            marks.len()
        ),
    };
    let refusal = Refusal::new("irreversible", message).details(marks).help(
        "make sure that what is behind it can be had back otherwise (a copy of the data), then give --accept-irreversible; \
         `rtreg plan` shows the steps on either side of it",
    );
    Err(CliError::new(Exit::Irreversible, refusal))
}
