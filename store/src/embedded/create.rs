//! The making of a new store: under another name, and renamed when it is whole, so that nobody ever sees half a store.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rtreg_registry::StoreError;
use rusqlite::Connection;

use super::fault::Place;
use super::{APPLICATION_ID, FORMAT, beside};

pub(super) const SCHEMA: &str = "
CREATE TABLE kv (
    key TEXT NOT NULL PRIMARY KEY,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX kv_modified ON kv (modified);
CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('revision', 0), ('deletion', 0);
";

/// Makes an empty store and its folders. That another process was faster is no error.
pub(super) fn create(path: &Path) -> Result<(), StoreError> {
    let place = Place::new(path);
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    create_folders(folder).map_err(|error| place.io("create its folder", &error))?;
    refuse_stale_log(path, &place)?;
    let unfinished = tempfile::Builder::new()
        .prefix(".rtreg-new-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)
        .map_err(|error| place.io("create a file in its folder", &error))?;
    // Closed before SQLite opens it: closing a file gives up the locks that SQLite has on it.
    let unfinished = unfinished.into_temp_path();
    fill(&unfinished).map_err(|error| place.sqlite(&error))?;
    let synced = File::open(&unfinished).and_then(|file| file.sync_all());
    synced.map_err(|error| place.io("sync it", &error))?;
    match unfinished.persist_noclobber(path) {
        Ok(()) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(place.io("create it", &error.error)),
    }
    sync_folder(folder).map_err(|error| place.io("sync its folder", &error))
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn create_folders(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(folder)?;
    for made in missing {
        match made.parent() {
            Some(parent) if parent != Path::new("") => sync_folder(parent)?,
            Some(_) => sync_folder(Path::new("."))?,
            None => {}
        }
    }
    Ok(())
}

/// A log without its database is all that is left of a store; beside a new database it would damage that.
fn refuse_stale_log(path: &Path, place: &Place) -> Result<(), StoreError> {
    let log = beside(path, "-wal");
    // In this order: another process that creates the same store gives the file its name before there is a log.
    let left = fs::metadata(&log).is_ok_and(|log| log.len() > 0);
    if left && !path.exists() {
        let reason = format!(
            "the file is missing, but its log {} is there with what was committed last; bring the file back from where it \
             went, or move the log away for a new store",
            log.display()
        );
        return Err(place.corrupt(&reason));
    }
    Ok(())
}

fn fill(path: &Path) -> rusqlite::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let connection = Connection::open(path)?;
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};
         BEGIN; {SCHEMA} COMMIT; PRAGMA journal_mode = WAL;"
    ))?;
    connection.close().map_err(|(_, error)| error)
}
