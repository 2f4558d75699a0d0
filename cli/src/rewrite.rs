//! Putting a new text in the place of a file: whole or not at all; and the difference between two texts. It never decides
//! what the new text is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use similar::TextDiff;
use tempfile::NamedTempFile;

use crate::error::CliError;

/// Lines around a change that a diff shows.
const CONTEXT_LINES: usize = 3;

/// Puts `new` in the place of a file that was read as `old`. The new text is written beside the file, is on the disk before
/// it takes the file's place, and gets its mode and owner. A link stays a link to the file that is rewritten.
///
/// # Errors
/// The file may not be written, has changed since it was read, or the folder takes no new file: the file is as it was.
pub fn replace(path: &Path, old: &[u8], new: &[u8]) -> Result<(), CliError> {
    try_replace(path, old, new).map_err(|error| {
        CliError::io(format!("{} cannot be rewritten: {error}", path.display())).help("the file is as it was")
    })
}

fn try_replace(path: &Path, old: &[u8], new: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    // A file that is protected against writing stays as it is, though its folder would permit to replace it.
    let file = OpenOptions::new().write(true).open(&path)?;
    let metadata = file.metadata()?;
    let mut beside = NamedTempFile::new_in(folder)?;
    beside.write_all(new)?;
    let own = beside.as_file().metadata()?;
    if (own.uid(), own.gid()) != (metadata.uid(), metadata.gid()) {
        std::os::unix::fs::fchown(beside.as_file(), Some(metadata.uid()), Some(metadata.gid()))?;
    }
    beside.as_file().set_permissions(fs::Permissions::from_mode(metadata.mode()))?;
    beside.as_file().sync_all()?;
    if fs::read(&path)? != old {
        return Err(io::Error::other("it was changed by someone else meanwhile"));
    }
    beside.persist(&path)?;
    File::open(folder)?.sync_all()
}

/// The difference as a unified diff, as `patch -p0` reads it; empty if there is none.
pub fn diff(name: &str, old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    if old != new {
        // Writing to memory cannot fail.
        let _ = write_diff(&mut text, name, old, new);
    }
    text
}

fn write_diff(out: &mut Vec<u8>, name: &str, old: &[u8], new: &[u8]) -> io::Result<()> {
    let lines = |text| <[u8]>::split_inclusive(text, |&byte| byte == b'\n').collect::<Vec<&[u8]>>();
    let (old, new) = (lines(old), lines(new));
    let diff = TextDiff::configure().newline_terminated(true).diff_slices(&old, &new);
    writeln!(out, "--- {name}\n+++ {name}")?;
    // Each by itself: together they would be written as text, and bytes that are none would be lost.
    for hunk in diff.unified_diff().context_radius(CONTEXT_LINES).iter_hunks() {
        hunk.to_writer(&mut *out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_mode_and_its_links() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.rtr"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("a.rtr", &link).unwrap();
        replace(&link, b"old", b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left over");
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.rtr");
        fs::write(&file, "newer").unwrap();
        let error = replace(&file, b"old", b"new").unwrap_err();
        assert_eq!(error.exit().code(), 3);
        assert_eq!(fs::read(&file).unwrap(), b"newer");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left over");
    }

    #[test]
    fn a_diff_names_the_file_and_the_missing_line_end() {
        let text = diff("a.rtr", b"a\nb", b"a\nb\n");
        let wanted = "--- a.rtr\n+++ a.rtr\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n";
        assert_eq!(String::from_utf8(text).unwrap(), wanted);
        assert!(diff("a.rtr", b"\xff", b"\xff").is_empty());
        assert_eq!(diff("a.rtr", b"\xff\n", b"\n"), b"--- a.rtr\n+++ a.rtr\n@@ -1 +1 @@\n-\xff\n+\n");
    }
}
