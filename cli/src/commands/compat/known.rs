//! What is known beside the two files: the digests of methods in a folder, evidence, statements. It reads and judges nothing.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rtreg_checker::promise::Knowledge;
use rtreg_checker::{MethodFiles, Version};
use rtreg_model::evidence::Evidence;

use crate::config::Settings;
use crate::error::CliError;
use crate::regular;

/// The folder of one version's methods.
#[derive(Debug, Clone)]
pub struct Methods {
    /// Whether they are the new version's.
    pub new: bool,
    /// The folder.
    pub folder: PathBuf,
}

/// Reads `OLD=DIR` or `NEW=DIR`.
///
/// # Errors
/// It is neither; there is no such folder.
pub fn methods(word: &str) -> Result<Methods, String> {
    let expected = || format!("expected OLD=DIR or NEW=DIR, found `{word}`");
    let (side, folder) = word.split_once('=').ok_or_else(expected)?;
    let new = match side.to_ascii_uppercase().as_str() {
        "OLD" => false,
        "NEW" => true,
        _ => return Err(expected()),
    };
    let folder = PathBuf::from(folder);
    if !folder.is_dir() {
        return Err(format!("there is no folder {}", folder.display()));
    }
    Ok(Methods { new, folder })
}

/// The digests of the files in a folder, and of the methods among them. A method is looked for at its whole path below the
/// folder, then without its first parts. Also what was not found: method and path.
pub fn files(version: &Version<'_>, folder: &Path) -> (MethodFiles, Vec<(String, String)>) {
    let mut files = MethodFiles::default();
    let walk = ignore::WalkBuilder::new(folder).standard_filters(false).build();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            // The message names the place, so that it is not taken for the same as any other.
            Err(error) => {
                files.folder.insert(format!("unreadable: {error}"), format!("unreadable: {error}"));
                continue;
            }
        };
        let path = entry.path();
        let Ok(inside) = path.strip_prefix(folder) else { continue };
        let digest = match std::fs::metadata(path) {
            Ok(found) if found.is_dir() && !entry.path_is_symlink() => continue,
            // What is elsewhere is the same only if it is the very same folder.
            Ok(found) if found.is_dir() => format!("unreadable: {}", path.canonicalize().unwrap_or_default().display()),
            // What cannot be read is not known to be the same: its place tells it from any other.
            _ => regular::sha256(path).unwrap_or_else(|error| format!("unreadable: {}: {error}", path.display())),
        };
        files.folder.insert(inside.display().to_string(), digest);
    }
    // The registration file itself is nothing that a method calls.
    let own = version.sha256();
    files.method_paths =
        files.folder.iter().filter(|(_, digest)| **digest == own).map(|(path, _)| path.clone()).collect();
    let mut missing = Vec::new();
    for (method, path) in &version.resource_type.methods {
        let parts: Vec<&str> = path.absolute.split('/').filter(|part| !part.is_empty()).collect();
        let mut tails = (0..parts.len()).map(|first| parts.get(first..).unwrap_or_default().join("/"));
        match tails.find_map(|tail| files.folder.get_key_value(&tail)) {
            Some((inside, digest)) if !digest.starts_with("unreadable") => {
                let (inside, digest) = (inside.clone(), digest.clone());
                // A cluster cannot call a method that is not executable, whatever it says.
                if is_executable(&folder.join(&inside)) {
                    files.methods.insert(*method, digest);
                } else {
                    files.folder.insert(inside.clone(), format!("not executable: {digest}"));
                    missing.push((method.to_string(), format!("{}, which is not executable", path.absolute)));
                }
                files.method_paths.insert(inside);
            }
            _ => missing.push((method.to_string(), path.absolute.clone())),
        }
    }
    (files, missing)
}

fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o111 != 0)
}

/// Reads files of evidence.
///
/// # Errors
/// One cannot be read, or is none.
pub fn evidence(paths: &[PathBuf]) -> Result<Vec<Evidence>, CliError> {
    let read = |path: &PathBuf| {
        let text = std::fs::read(path)
            .map_err(|error| CliError::io(format!("the evidence in {} cannot be read: {error}", path.display())))?;
        serde_json::from_slice(&text).map_err(|error| {
            CliError::usage(format!("expected evidence in {}, found something else: {error}", path.display()))
                .help("`rtreg try` writes it")
        })
    };
    paths.iter().map(read).collect()
}

/// All that is known of two versions.
pub fn knowledge(old: &Version<'_>, new: &Version<'_>, evidence: Vec<Evidence>, settings: &Settings) -> Knowledge {
    let mut knowledge = Knowledge::default();
    knowledge.evidence = evidence;
    knowledge.statements = settings.statements(&old.resource_type, &new.resource_type);
    knowledge
}
