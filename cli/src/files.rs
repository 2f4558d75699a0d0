//! Which files a command looks at: named ones, those of a folder that are RTR files, standard input. Reads, never writes.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use rtreg_model::FileId;

use crate::config::Settings;
use crate::error::CliError;
use crate::regular;

/// A file that was read.
pub struct Input {
    /// The name that findings show: as given, [`STDIN`] for `-`.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How much of a file in a folder is looked at to see whether it is an RTR file.
const SNIFF_BYTES: u64 = 64 * 1024;

/// The name of standard input in findings.
pub const STDIN: &str = "<stdin>";

/// A file that was named or found.
pub struct Place {
    /// Its path; `-` for standard input.
    pub path: PathBuf,
    /// Whether it was named, not found in a folder.
    pub named: bool,
}

/// Whether the settings leave out files that are named, too.
#[derive(Debug, Args)]
pub struct ExcludeArguments {
    /// Leave out what `exclude` in rtreg.toml names, also where it is named: for hooks, which name every file.
    #[arg(long)]
    force_exclude: bool,
}

impl ExcludeArguments {
    /// Whether a place is left out by its settings.
    pub fn leave_out(&self, place: &Place, settings: &Settings) -> bool {
        let may = self.force_exclude || !place.named;
        may && place.path.as_os_str() != "-" && settings.excludes(&place.path)
    }
}

impl Place {
    /// Reads it.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(&self) -> Result<Input, CliError> {
        if self.path.as_os_str() != "-" {
            return read(&self.path);
        }
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| CliError::io(format!("standard input cannot be read: {error}")))?;
        Ok(Input { name: STDIN.to_owned(), bytes })
    }
}

/// All that was named: files, the RTR files of folders (`*.rtr`, and files whose first declaration is Resource_type; hidden
/// ones, links to files and what git ignores too, but nothing in `.git`), `-` for standard input. Each file comes once.
///
/// # Errors
/// A folder that cannot be searched; a folder without any RTR file (usage).
pub fn find(paths: &[PathBuf]) -> Result<Vec<Place>, CliError> {
    let mut places: Vec<Place> = Vec::new();
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    for path in paths {
        let is_stdin = path.as_os_str() == "-";
        if is_stdin && seen.contains(path) {
            return Err(
                CliError::usage("expected `-` once, found it again").help("standard input can be read only once")
            );
        }
        let is_folder = !is_stdin && path.is_dir();
        let found = if is_folder { rtr_files(path)? } else { vec![path.clone()] };
        if found.is_empty() {
            return Err(CliError::usage(format!("the folder {} has no RTR file", path.display())).help(
                "RTR files end in `.rtr`, or their first declaration is Resource_type; name the file if it is another",
            ));
        }
        // What is found in one folder is there once.
        let new = found.into_iter().filter(|path| paths.len() == 1 || seen.insert(path.clone()));
        places.extend(new.map(|path| Place { path, named: !is_folder }));
    }
    Ok(places)
}

/// Reads all that was named, as [`find`] finds it.
///
/// # Errors
/// As [`find`] and [`read`].
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<Input>, CliError> {
    find(paths)?.iter().map(Place::read).collect()
}

/// Reads one file.
///
/// # Errors
/// The file cannot be read, is no regular file, or is larger than a place in a file can say (4 GiB).
pub fn read(path: &Path) -> Result<Input, CliError> {
    let unreadable = |error: std::io::Error| {
        CliError::io(format!("{} cannot be read: {error}", path.display()))
            .help("name an RTR file or a folder, or `-` for what comes through a pipe")
    };
    let (file, length) = regular::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    if u32::try_from(length).is_ok() {
        // A byte more, so that the end is seen without room for another piece. Reading says so if there is no memory.
        let _ = bytes.try_reserve_exact(usize::try_from(length).unwrap_or(0) + 1);
        // It may grow while it is read.
        file.take(u64::from(u32::MAX) + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    if u32::try_from(length).is_err() || u32::try_from(bytes.len()).is_err() {
        return Err(CliError::io(format!("{} is larger than 4 GiB and no RTR file", path.display())));
    }
    Ok(Input { name: path.display().to_string(), bytes })
}

/// No file is left out because git ignores it or it is hidden: a check that passes must have looked. Links to files are
/// followed, links to folders are not, so that no folder is searched twice or without end.
fn rtr_files(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let (mut found, mut links) = (Vec::new(), Vec::new());
    let is_wanted = |entry: &ignore::DirEntry| {
        entry.depth() == 0 || entry.file_name() != ".git" || !entry.file_type().is_some_and(|kind| kind.is_dir())
    };
    let mut walk = ignore::WalkBuilder::new(folder);
    walk.standard_filters(false).filter_entry(is_wanted).sort_by_file_name(OsStr::cmp);
    for entry in walk.build() {
        let entry = entry.map_err(|error| CliError::io(format!("{} cannot be searched: {error}", folder.display())))?;
        let kind = entry.file_type();
        let is_link = kind.is_some_and(|kind| kind.is_symlink());
        let is_file = match is_link {
            // Reading a link to nothing says so, but for the lock of an editor.
            true => fs::metadata(entry.path())
                .map_or_else(|_| !entry.file_name().as_encoded_bytes().starts_with(b".#"), |target| target.is_file()),
            false => kind.is_some_and(|kind| kind.is_file()),
        };
        if is_file && is_rtr(entry.path()) {
            if is_link { &mut links } else { &mut found }.push(entry.into_path());
        }
    }
    if !links.is_empty() {
        let mut known: BTreeSet<PathBuf> = found.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
        found.extend(
            links.into_iter().filter(|link| fs::canonicalize(link).map_or(true, |target| known.insert(target))),
        );
        found.sort();
    }
    Ok(found)
}

fn is_rtr(path: &Path) -> bool {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("rtr")) {
        return true;
    }
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(SNIFF_BYTES).read_to_end(&mut head));
    if read.is_err() {
        return false;
    }
    let rtr = rtreg_parser::parse(&head, FileId(0));
    rtr.declarations().next().is_some_and(|first| first.name.is("Resource_type") && first.values.is_some())
}
