//! Which files there are, and when they were last written: to see what a method made, changed or took away. Reads only.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Number of the file in its file system.
    pub inode: u64,
    /// Length in bytes.
    pub bytes: u64,
    /// When it was last written, in nanoseconds of the epoch modulo 2^64.
    pub written: u64,
    /// Whether it is a folder.
    pub folder: bool,
}

/// The files of a tree: path → stamp.
pub type Files = BTreeMap<String, Stamp>;

/// All below `root` that is on the same file system, but for what is below `without`.
pub fn snapshot(root: &Path, without: &Path) -> Files {
    let mut found = Files::new();
    let Ok(device) = fs::symlink_metadata(root).map(|metadata| metadata.dev()) else { return found };
    let mut folders: Vec<PathBuf> = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
            if metadata.dev() != device || path == without {
                continue;
            }
            let written = metadata.mtime().wrapping_mul(1_000_000_000).wrapping_add(metadata.mtime_nsec());
            found.insert(
                path.display().to_string(),
                Stamp {
                    inode: metadata.ino(),
                    bytes: metadata.len(),
                    written: written.cast_unsigned(),
                    folder: metadata.is_dir(),
                },
            );
            if metadata.is_dir() {
                folders.push(path);
            }
        }
    }
    found
}

/// The paths that are in `after` and not in `before`.
pub fn made(before: &Files, after: &Files) -> Vec<String> {
    after.keys().filter(|path| !before.contains_key(*path)).cloned().collect()
}

/// The files, not folders, that were made, written or taken away in between.
pub fn touched(before: &Files, after: &Files) -> Vec<String> {
    let of_both = before.iter().chain(after.iter().filter(|(path, _)| !before.contains_key(*path)));
    let changed = of_both.filter(|(path, stamp)| !stamp.folder && before.get(*path) != after.get(*path));
    changed.map(|(path, _)| path.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_written_and_taken_away() {
        let home = tempfile::tempdir().expect("a folder");
        let path = |name: &str| home.path().join(name);
        for name in ["same", "changed", "gone"] {
            fs::write(path(name), name).expect("a file");
        }
        fs::create_dir(path("hidden")).expect("a folder");
        let before = snapshot(home.path(), &path("hidden"));
        assert_eq!(before.len(), 3);
        fs::write(path("hidden/file"), "").expect("a file");
        fs::write(path("changed"), "longer than before").expect("a file");
        fs::remove_file(path("gone")).expect("a file");
        fs::create_dir(path("new")).expect("a folder");
        fs::write(path("new/file"), "").expect("a file");
        let after = snapshot(home.path(), &path("hidden"));
        let names = |paths: Vec<String>| -> Vec<String> {
            let prefix = format!("{}/", home.path().display());
            let mut names: Vec<String> = paths.iter().map(|path| path.trim_start_matches(&prefix).to_owned()).collect();
            names.sort();
            names
        };
        assert_eq!(names(made(&before, &after)), ["new", "new/file"]);
        assert_eq!(names(touched(&before, &after)), ["changed", "gone", "new/file"]);
    }
}
