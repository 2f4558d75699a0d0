//! `--against git:REV`: each file with itself at a revision, and with the versions among the files that it may be upgraded
//! from. It finds what is to be compared and compares nothing.

use std::path::PathBuf;

use rtreg_checker::Version;
use rtreg_model::{FileId, ResourceType};

use super::Task;
use super::side::{self, Side};
use crate::config::Resolver;
use crate::error::CliError;
use crate::files::{self, Place};

/// What is to be compared, and notes about what has no other side.
///
/// # Errors
/// The revision is not known; a file cannot be read; settings cannot be used.
pub fn tasks(
    against: &str,
    paths: &[String],
    resolver: &mut Resolver<'_>,
) -> Result<(Vec<Task>, Vec<String>), CliError> {
    let revision = against.strip_prefix("git:").filter(|revision| !revision.is_empty()).ok_or_else(|| {
        CliError::usage(format!("expected `git:REV` behind --against, found `{against}`"))
            .help("for example `git:origin/main`")
    })?;
    if paths.iter().any(|path| path == "-") {
        return Err(CliError::usage("expected files or folders with --against, found `-`")
            .help("`rtreg compat git:REV:PATH -` compares standard input with a file of a revision"));
    }
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let (mut tasks, mut notes) = (Vec::new(), Vec::new());
    let places = files::find(&paths)?;
    let types = types(&places)?;
    for place in &places {
        let settings = resolver.of(&place.path)?;
        if !place.named && settings.excludes(&place.path) {
            continue;
        }
        let new = || side::of_place(place);
        match side::at_revision(revision, &place.path)? {
            Some(bytes) => {
                let name = format!("git:{revision}:{}", place.path.display());
                let old = Side::new(name, bytes, place.path.clone());
                tasks.push(Task { old, new: new()?, settings: settings.clone() });
            }
            None => notes.push(format!("{} is not in the revision {revision}", place.path.display())),
        }
        for (other, _) in listed(place, &types) {
            tasks.push(Task { old: side::of_place(other)?, new: new()?, settings: settings.clone() });
        }
    }
    for folder in paths.iter().filter(|path| path.is_dir()) {
        for path in side::gone(revision, folder)? {
            if !resolver.of(&path)?.excludes(&path) {
                notes.push(format!(
                    "{} is in the revision {revision} and is gone; what held for its version is compared with nothing",
                    path.display()
                ));
            }
        }
    }
    Ok((tasks, notes))
}

/// The types in the files; a file without one is compared with itself only.
fn types(places: &[Place]) -> Result<Vec<(&Place, ResourceType)>, CliError> {
    let mut types = Vec::new();
    for place in places {
        let input = files::read(&place.path)?;
        let version = Version::new(&rtreg_parser::parse(&input.bytes, FileId(0))).map(|version| version.resource_type);
        types.extend(version.map(|resource_type| (place, resource_type)));
    }
    Ok(types)
}

/// The files with a version that this one lists.
fn listed<'t>(
    place: &'t Place,
    types: &'t [(&'t Place, ResourceType)],
) -> impl Iterator<Item = &'t (&'t Place, ResourceType)> {
    let own = types.iter().find(|(other, _)| other.path == place.path).map(|(_, resource_type)| resource_type);
    types.iter().filter(move |(_, other)| {
        own.is_some_and(|own| {
            let is_same_type = own.resource_type == other.resource_type && own.vendor_id == other.vendor_id;
            let lists = own.upgrade_from.iter().any(|line| line.version.value == other.version.value);
            is_same_type && lists && own.version.value != other.version.value
        })
    })
}
