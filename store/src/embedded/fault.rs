//! What went wrong with a store, in words for who has to mend it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rtreg_registry::StoreError;
use rusqlite::{Error, ErrorCode};

use super::{APPLICATION_ID, BUSY_SECONDS};

/// How every SQLite database begins (SQLite's file format, 1.3).
const MAGIC: &[u8] = b"SQLite format 3\0";
/// The part of SQLite's header that ends with the application id.
const HEADER_BYTES: usize = 72;

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
            ErrorCode::NotADatabase if self.has_header() => {
                self.corrupt("its header holds what rtreg did not write; restore a backup")
            }
            ErrorCode::NotADatabase => self.unavailable(
                "the file is not a store of rtreg, or no longer: it does not begin like one; check the path, and if it is \
                 right, restore a backup",
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

    /// Of a file that is shorter than any store.
    pub(super) fn too_short(&self, bytes: u64) -> StoreError {
        if self.has_header() {
            return self.corrupt(&format!("the file ends after {bytes} bytes; restore a backup"));
        }
        self.unavailable(&format!(
            "the file is not a store of rtreg: it has {bytes} bytes and does not begin like one; check the path, and name \
             a file that does not exist for a new store"
        ))
    }

    /// Whether the file begins as every store does. Only for a file that SQLite cannot use: to close it here gives up the
    /// locks that SQLite may have on it.
    fn has_header(&self) -> bool {
        let mut header = [0; HEADER_BYTES];
        let read = File::open(&self.path).and_then(|mut file| file.read_exact(&mut header));
        read.is_ok() && header.starts_with(MAGIC) && header.ends_with(&APPLICATION_ID.to_be_bytes())
    }

    fn words(&self) -> String {
        format!("sqlite:{}", self.path.display())
    }
}

pub(super) fn is_busy(error: &Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
