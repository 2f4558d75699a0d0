//! One of the two versions: a file, a file of a git revision, a registered type, or standard input. Reads, never writes.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rtreg_checker::Version;
use rtreg_model::FileId;
use rtreg_parser::Rtr;
use rtreg_registry::types::{read_source, resolve_type};
use rtreg_registry::{CommandError, inspect};

use super::known;
use crate::app::App;
use crate::error::CliError;
use crate::files::{self, Place};

/// A version as it was named.
pub struct Side {
    /// The name that findings show.
    pub name: String,
    /// Its text.
    pub bytes: Vec<u8>,
    /// The path whose settings hold.
    pub settings_of: PathBuf,
    /// The folder with its methods.
    pub folder: Option<PathBuf>,
}

impl Side {
    /// Reads a version.
    ///
    /// # Errors
    /// There is none.
    pub fn read(word: &str, app: &App) -> Result<Self, CliError> {
        if let Some(rest) = word.strip_prefix("git:") {
            let (revision, path) = rest
                .split_once(':')
                .filter(|(revision, path)| !revision.is_empty() && !path.is_empty())
                .ok_or_else(|| {
                    CliError::usage(format!("expected `git:REV:PATH`, found `{word}`"))
                        .help("for example `git:HEAD~1:types/ACME.web`")
                })?;
            let text = at_revision(revision, Path::new(path))?;
            let none = || CliError::usage(format!("there is no {path} in the revision {revision}"));
            return Ok(Self::new(word.to_owned(), text.ok_or_else(none)?, PathBuf::from(path)));
        }
        if let Some(name) = word.strip_prefix("registry:") {
            return Self::registered(name, app);
        }
        let place = Place { path: PathBuf::from(word), named: true };
        let input = place.read()?;
        let path = if word == "-" { PathBuf::from(".") } else { place.path };
        Ok(Self::new(input.name, input.bytes, path))
    }

    /// A version that was read.
    pub fn new(name: String, bytes: Vec<u8>, settings_of: PathBuf) -> Self {
        Self { name, bytes, settings_of, folder: None }
    }

    fn registered(name: &str, app: &App) -> Result<Self, CliError> {
        let read = inspect(app.store_for_reading()?, |view| -> Result<_, CommandError> {
            let record = resolve_type(view, name)?;
            let source = read_source(view, &record)?;
            Ok((record.name.to_string(), source))
        });
        let (full, source) = read?;
        Ok(Self::new(format!("registry:{full}"), source, PathBuf::from(".")))
    }

    /// The version with the digests of its methods' files, and the methods whose files were not found.
    pub fn with_files<'s>(&self, version: Version<'s>) -> (Version<'s>, Vec<(String, String)>) {
        let Some(folder) = &self.folder else { return (version, Vec::new()) };
        let (files, missing) = known::files(&version, folder);
        (version.files(files), missing)
    }
}

/// The name and the version of the type in a file.
pub fn type_name(rtr: &Rtr<'_>) -> Option<(String, String)> {
    let version = Version::new(rtr)?;
    let number = version.version().as_str().unwrap_or_default().to_owned();
    Some((version.resource_type.name().to_string(), number))
}

/// Whether git knows a revision of the repository that a folder is in.
///
/// # Errors
/// It does not; there is no git.
pub fn check_revision(revision: &str, folder: &Path) -> Result<(), CliError> {
    let name = format!("{revision}^{{commit}}");
    let output = git(folder, revision, &["rev-parse", "--quiet", "--verify", &name])?;
    if output.status.success() {
        return Ok(());
    }
    Err(CliError::usage(format!("expected a revision that git knows in {}, found `{revision}`", shown(folder)))
        .details(String::from_utf8_lossy(&output.stderr).lines().map(str::to_owned))
        .help("in CI the history may be missing: fetch it, for example with `git fetch --unshallow`"))
}

/// A file at a revision; none if it is not in it.
///
/// # Errors
/// The revision is not known; there is no git.
pub fn at_revision(revision: &str, path: &Path) -> Result<Option<Vec<u8>>, CliError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The folder may be gone by now; then the path is one from the working folder.
    let (folder, inside) = match path.file_name() {
        Some(name) if parent.is_dir() => (parent, PathBuf::from(name)),
        _ => (Path::new("."), path.to_path_buf()),
    };
    check_revision(revision, folder)?;
    let object = format!("{revision}:./{}", inside.display());
    let output = git(folder, revision, &["cat-file", "blob", &object])?;
    Ok(output.status.success().then_some(output.stdout))
}

/// The RTR files below a folder that a revision has, and the folder has no more.
///
/// # Errors
/// The revision is not known; there is no git; git cannot list the files.
pub fn gone(revision: &str, folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    check_revision(revision, folder)?;
    let output = git(folder, revision, &["ls-tree", "-r", "-z", "--name-only", revision])?;
    if !output.status.success() {
        return Err(CliError::io(format!("git cannot list the files of {revision} in {}", shown(folder)))
            .details(String::from_utf8_lossy(&output.stderr).lines().map(str::to_owned)));
    }
    let mut gone = Vec::new();
    for name in output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let path = folder.join(OsStr::from_bytes(name));
        if path.symlink_metadata().is_ok() {
            continue;
        }
        let is_named_so = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("rtr"));
        let text = if is_named_so { None } else { at_revision(revision, &path)? };
        if is_named_so || text.is_some_and(|text| Version::new(&rtreg_parser::parse(&text, FileId(0))).is_some()) {
            gone.push(path);
        }
    }
    Ok(gone)
}

fn git(folder: &Path, revision: &str, words: &[&str]) -> Result<std::process::Output, CliError> {
    if revision.starts_with('-') {
        return Err(CliError::usage(format!("expected a revision, found the option `{revision}`")));
    }
    let failed = |error: std::io::Error| {
        CliError::io(format!("git cannot be run: {error}")).help("install git, or give files instead of `git:…`")
    };
    Command::new("git").arg("-C").arg(folder).args(words).output().map_err(failed)
}

fn shown(folder: &Path) -> String {
    if folder == Path::new(".") { "the working folder".to_owned() } else { folder.display().to_string() }
}

/// Reads a file that was found.
///
/// # Errors
/// As [`files::read`].
pub fn of_place(place: &Place) -> Result<Side, CliError> {
    let input = files::read(&place.path)?;
    Ok(Side::new(input.name, input.bytes, place.path.clone()))
}
