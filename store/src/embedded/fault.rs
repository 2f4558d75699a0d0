//! What went wrong with a store, in words for who has to mend it.

use std::io;
use std::path::{Path, PathBuf};

use rtreg_registry::StoreError;
use rusqlite::{Error, ErrorCode};

use super::BUSY_SECONDS;

/// Which store, for messages.
#[derive(Debug, Clone)]
pub(super) struct Place {
    path: PathBuf,
}

impl Place {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn unavailable(&self, reason: &str) -> StoreError {
        StoreError::Unavailable { place: self.words(), reason: reason.to_owned() }
    }

    pub(super) fn corrupt(&self, reason: &str) -> StoreError {
        StoreError::Corrupt { place: self.words(), reason: reason.to_owned() }
    }

    /// `what` continues "could not".
    pub(super) fn io(&self, what: &str, error: &io::Error) -> StoreError {
        let instead = match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "run the command as a user who may, or name another file with --store sqlite:PATH"
            }
            io::ErrorKind::StorageFull => "make room on the file system and try again",
            io::ErrorKind::NotFound => {
                "the file was moved or removed since it was opened; bring it back, or start again"
            }
            _ => "name another file with --store sqlite:PATH, or look at the system log",
        };
        self.unavailable(&format!("could not {what}: {error}; {instead}"))
    }

    pub(super) fn sqlite(&self, error: &Error) -> StoreError {
        let Error::SqliteFailure(failure, _) = error else {
            let reason = format!("its tables hold what rtreg did not write ({error}); restore a backup");
            return self.corrupt(&reason);
        };
        if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHORT_READ {
            return self.corrupt("the file is shorter than its contents say; restore a backup");
        }
        match failure.code {
            ErrorCode::NotADatabase => self.corrupt(
                "it is not an SQLite database, or its beginning was overwritten; name another file, or restore a backup",
            ),
            ErrorCode::DatabaseCorrupt => self.corrupt(&format!(
                "SQLite says: {error}; restore a backup, or save what is readable with `sqlite3 {} .recover`",
                self.path.display()
            )),
            // A statement that does not fit the tables.
            ErrorCode::Unknown => {
                self.corrupt(&format!("its tables are not those of a store of rtreg ({error}); restore a backup"))
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => self.unavailable(&format!(
                "another process has been writing to it for {BUSY_SECONDS} s; try again, or find the process with \
                 `fuser {}`",
                self.path.display()
            )),
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => self.unavailable(
                "no permission to write to it; run the command as a user who may write to the file and its folder",
            ),
            ErrorCode::CannotOpen => self.unavailable(
                "SQLite could not open it or the files ending in -wal and -shm beside it; look at their permissions and \
                 those of the folder",
            ),
            ErrorCode::DiskFull => self.unavailable("the file system is full; make room and try again"),
            ErrorCode::SystemIoFailure => {
                self.unavailable(&format!("reading or writing failed ({error}); look at the system log and the disk"))
            }
            _ => self.unavailable(&format!("SQLite says: {error}; try again")),
        }
    }

    fn words(&self) -> String {
        format!("sqlite:{}", self.path.display())
    }
}

pub(super) fn is_busy(error: &Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
