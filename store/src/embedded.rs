//! The store in one SQLite file, for several processes of one machine; the file and its promises are described at the head
//! of the crate. It never looks into a value.

mod check;
mod create;
mod fault;

use std::ffi::OsString;
use std::fs;
use std::io;
use std::ops::Deref;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rtreg_registry::{Change, Commit, KeyRange, Outcome, Revision, Snapshot, Store, StoreError, Stored};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, TransactionBehavior, params};

use fault::Place;

/// `rtrg`.
const APPLICATION_ID: i32 = 0x7274_7267;
/// The version of the format of the file.
const FORMAT: i32 = 1;
/// The smallest file that SQLite takes for a database with something in it.
const FILE_BYTES_MIN: u64 = 512;
/// How long a writer waits for other writers.
const BUSY_SECONDS: u64 = 30;
/// The length of the log at which [`Store::maintain`] moves it into the database: 4 MiB.
const LOG_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// How long a wait pauses between two looks at first; each pause is twice the last, up to [`PAUSE_MAX`].
const PAUSE_MIN: Duration = Duration::from_millis(20);
/// The longest pause of a wait.
pub(crate) const PAUSE_MAX: Duration = Duration::from_millis(250);
/// Connections kept for the next use.
const IDLE_MAX: usize = 8;

const SELECT: &str = "SELECT key, created, modified, sum, value FROM kv";

/// A store in one SQLite file. Threads share it; processes open the same file.
///
/// [`Store::wait`] looks at `PRAGMA data_version`, at first every 20 ms, later every 250 ms; it may return early when any key
/// was deleted.
#[derive(Debug)]
pub struct SqliteStore {
    place: Place,
    /// Device and inode: a file that another has replaced under this name is no longer the store.
    identity: (u64, u64),
    idle: Mutex<Vec<Connection>>,
    /// Threads of one process queue here and not in SQLite, which would let them poll.
    writing: Mutex<()>,
}

impl SqliteStore {
    /// Opens the store, and creates it and its folders if there is none. Another process may do the same at the same time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`], also if the file is something else.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        if let Some(store) = Self::open_existing(path)? {
            return Ok(store);
        }
        create::create(path)?;
        Self::open_existing(path)?.ok_or_else(|| {
            Place::new(path)
                .unavailable("it was removed while it was being created, or is a dangling symbolic link; try again")
        })
    }

    /// Opens the store if there is one. Where this user may not write to the file, reads work and commits do not.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`], also if the file is something else.
    pub fn open_existing(path: &Path) -> Result<Option<Self>, StoreError> {
        let place = Place::new(path);
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(place.io("look at it", &error)),
        };
        if !metadata.is_file() {
            return Err(
                place.unavailable("it is not a file; name a file, existing or not, such as /var/lib/rtreg/store.db")
            );
        }
        if metadata.len() < FILE_BYTES_MIN {
            return Err(place.too_short(metadata.len()));
        }
        // An absolute path is also one that SQLite does not take for a URI.
        let place = Place::new(&fs::canonicalize(path).map_err(|error| place.io("find its real path", &error))?);
        let store = Self {
            identity: (metadata.dev(), metadata.ino()),
            idle: Mutex::new(Vec::new()),
            writing: Mutex::new(()),
            place,
        };
        let connection = store.connect()?;
        store.sync_new_log(&connection)?;
        store.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(Some(store))
    }

    /// The file, as an absolute path.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// Whether this user may only read.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    pub fn is_read_only(&self) -> Result<bool, StoreError> {
        let connection = self.connection()?;
        connection.is_readonly("main").map_err(|error| self.place.sqlite(&error))
    }

    /// Reads the whole file and compares all that can be compared: SQLite's own structure, the checksum of each key, the
    /// revisions. Takes as long as reading it takes.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with the first thing found.
    pub fn verify(&self) -> Result<(), StoreError> {
        let snapshot = self.begin()?;
        let found: String =
            self.sqlite(snapshot.connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)))?;
        if found != "ok" {
            return Err(self.place.corrupt(&format!("SQLite found: {found}; restore a backup")));
        }
        let mut statement = self.sqlite(snapshot.connection.prepare(&format!("{SELECT} ORDER BY key")))?;
        let mut rows = self.sqlite(statement.query([]))?;
        while let Some(row) = self.sqlite(rows.next())? {
            let stored = self.stored(row)?;
            if stored.created > stored.modified || stored.modified > snapshot.revision {
                let reason = format!("the key {:?} has an impossible revision; restore a backup", stored.key);
                return Err(self.place.corrupt(&reason));
            }
        }
        Ok(())
    }

    /// A connection that is set up and has been seen to be one on a store of ours.
    fn connect(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = self.sqlite(Connection::open_with_flags(self.place.path(), flags))?;
        self.sqlite(set_up(&connection))?;
        let application: i32 = self.sqlite(pragma(&connection, "application_id"))?;
        if application != APPLICATION_ID {
            return Err(self.place.unavailable(
                "the file is not a store of rtreg but an SQLite database of another program; check the path",
            ));
        }
        let format: i32 = self.sqlite(pragma(&connection, "user_version"))?;
        if format != FORMAT {
            let reason = format!(
                "its format is {format}, and this rtreg reads format {FORMAT}; use the rtreg that wrote it, or a newer one"
            );
            return Err(self.place.unavailable(&reason));
        }
        // Only now: until here it may be another program's, which would find a log that it did not expect.
        self.sqlite(connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true))?;
        // Somebody may have switched the journal with other tools. Where it is right this writes nothing.
        if !self.sqlite(connection.is_readonly("main"))? {
            let mode: String = self.sqlite(connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)))?;
            if mode != "wal" {
                let reason =
                    format!("the file system allows the journal mode {mode} only; keep the store on a local disk");
                return Err(self.place.unavailable(&reason));
            }
        }
        self.sqlite(meta(&connection, "revision"))?;
        Ok(connection)
    }

    /// Whoever writes first into a log has made its name durable before. As the connection has read, the log exists and
    /// nobody removes it.
    fn sync_new_log(&self, connection: &Connection) -> Result<(), StoreError> {
        let new = fs::metadata(self.log()).map_or(true, |log| log.len() == 0);
        if new && !self.sqlite(connection.is_readonly("main"))? {
            let folder = self.place.path().parent().unwrap_or(Path::new("/"));
            create::sync_folder(folder).map_err(|error| self.place.io("sync its folder", &error))?;
        }
        Ok(())
    }

    fn log(&self) -> PathBuf {
        beside(self.place.path(), "-wal")
    }

    /// A connection for one use, an idle one if there is one.
    fn connection(&self) -> Result<Lease<'_>, StoreError> {
        let now = fs::metadata(self.place.path()).map_err(|error| self.place.io("look at it", &error))?;
        if (now.dev(), now.ino()) != self.identity {
            return Err(self.place.unavailable("the file was replaced by another since it was opened; start again"));
        }
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = idle.map_or_else(|| self.connect(), Ok)?;
        Ok(Lease { store: self, connection: Some(connection) })
    }

    /// Begins to read at one revision.
    fn begin(&self) -> Result<SqliteSnapshot<'_>, StoreError> {
        let connection = self.connection()?;
        self.sqlite(connection.execute_batch("BEGIN DEFERRED"))?;
        // The first read takes the snapshot, not BEGIN.
        let revision = self.sqlite(meta(&connection, "revision"))?;
        Ok(SqliteSnapshot { connection, revision })
    }

    fn sqlite<T>(&self, result: rusqlite::Result<T>) -> Result<T, StoreError> {
        result.map_err(|error| self.place.sqlite(&error))
    }

    fn stored(&self, row: &Row<'_>) -> Result<Stored, StoreError> {
        let (stored, sum) = self.sqlite(read(row))?;
        if sum != check::sum(&stored) {
            let reason = format!("the value of the key {:?} is not what was written; restore a backup", stored.key);
            return Err(self.place.corrupt(&reason));
        }
        Ok(stored)
    }
}

impl Store for SqliteStore {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
        Ok(Box::new(self.begin()?))
    }

    fn commit(&self, commit: &Commit) -> Result<Outcome, StoreError> {
        commit.check_limits()?;
        let _queue = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = self.connection()?;
        self.sqlite(transact(&connection, commit))
    }

    fn wait(&self, prefix: &str, since: Revision, timeout: Duration) -> Result<Option<Revision>, StoreError> {
        let range = KeyRange::prefix(prefix);
        // None: later than any clock goes.
        let deadline = Instant::now().checked_add(timeout);
        let connection = self.connection()?;
        let mut pause = PAUSE_MIN;
        let mut seen = None;
        loop {
            // Taken before the look: what is committed after it changes it again.
            let version: i64 = self.sqlite(pragma(&connection, "data_version"))?;
            if seen != Some(version) {
                seen = Some(version);
                if let Some(revision) = self.sqlite(touched(&connection, &range, since))? {
                    return Ok(Some(revision));
                }
            }
            let left = deadline.map_or(PAUSE_MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Ok(None);
            }
            rest(pause.min(left));
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    fn maintain(&self) -> Result<(), StoreError> {
        let long = fs::metadata(self.log()).is_ok_and(|log| log.len() > LOG_BYTES_MAX);
        let connection = self.connection()?;
        if !long || self.sqlite(connection.is_readonly("main"))? {
            return Ok(());
        }
        // It waits for nobody: beside readers and writers it moves what it can and leaves the log as long as it is.
        self.sqlite(connection.busy_timeout(Duration::ZERO))?;
        let moved = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.sqlite(connection.busy_timeout(Duration::from_secs(BUSY_SECONDS)))?;
        match moved {
            Err(error) if fault::is_busy(&error) => Ok(()),
            moved => self.sqlite(moved),
        }
    }
}

/// A connection that goes back to its store, without a transaction.
struct Lease<'a> {
    store: &'a SqliteStore,
    /// None only while it is dropped.
    connection: Option<Connection>,
}

impl Deref for Lease<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.connection {
            Some(connection) => connection,
            None => unreachable!("a lease has its connection until it is dropped"),
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if !connection.is_autocommit() && connection.execute_batch("ROLLBACK").is_err() {
            return;
        }
        let mut idle = self.store.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push(connection);
        }
    }
}

struct SqliteSnapshot<'a> {
    connection: Lease<'a>,
    revision: Revision,
}

impl Snapshot for SqliteSnapshot<'_> {
    fn revision(&self) -> Revision {
        self.revision
    }

    fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        let store = self.connection.store;
        let mut statement = store.sqlite(self.connection.prepare_cached(&format!("{SELECT} WHERE key = ?1")))?;
        let mut rows = store.sqlite(statement.query(params![key]))?;
        store.sqlite(rows.next())?.map(|row| store.stored(row)).transpose()
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let store = self.connection.store;
        let sql = format!("{SELECT} WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3");
        let mut statement = store.sqlite(self.connection.prepare_cached(&sql))?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = store.sqlite(statement.query(params![range.start, check::end(range), limit]))?;
        let mut found = Vec::new();
        while let Some(row) = store.sqlite(rows.next())? {
            found.push(store.stored(row)?);
        }
        Ok(found)
    }
}

/// Pauses: the one place where a poll does.
pub(crate) fn rest(pause: Duration) {
    std::thread::sleep(pause);
}

/// `store.db` and `-wal` make `store.db-wal`.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(BUSY_SECONDS))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cell_size_check = ON;
         PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = OFF;",
    )
}

fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> rusqlite::Result<T> {
    connection.prepare_cached(&format!("PRAGMA {name}"))?.query_row([], |row| row.get(0))
}

fn meta(connection: &Connection, name: &str) -> rusqlite::Result<Revision> {
    connection.prepare_cached("SELECT value FROM meta WHERE name = ?1")?.query_row([name], |row| revision(row, 0))
}

fn revision(row: &Row<'_>, column: usize) -> rusqlite::Result<Revision> {
    let number: i64 = row.get(column)?;
    Revision::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

/// A revision as SQLite has it. One beyond its numbers is later than any that a store has.
fn number(revision: Revision) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}

fn read(row: &Row<'_>) -> rusqlite::Result<(Stored, i64)> {
    let stored =
        Stored { key: row.get(0)?, created: revision(row, 1)?, modified: revision(row, 2)?, value: row.get(4)? };
    Ok((stored, row.get(3)?))
}

fn transact(connection: &Connection, commit: &Commit) -> rusqlite::Result<Outcome> {
    // Dropped without a commit it rolls back.
    let transaction = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    for condition in &commit.conditions {
        if !check::holds(&transaction, condition)? {
            return Ok(Outcome::Conflict(condition.clone()));
        }
    }
    let before = meta(&transaction, "revision")?;
    let revision = before + 1;
    let mut changed = false;
    let mut deleted = false;
    for change in &commit.changes {
        match change {
            Change::Put { key, value } => put(&transaction, key, value, revision)?,
            Change::Delete { key } if delete(&transaction, key)? => deleted = true,
            Change::Delete { .. } => continue,
        }
        changed = true;
    }
    if !changed {
        return Ok(Outcome::Done(before));
    }
    set_meta(&transaction, "revision", revision)?;
    if deleted {
        set_meta(&transaction, "deletion", revision)?;
    }
    transaction.commit()?;
    Ok(Outcome::Done(revision))
}

fn put(connection: &Connection, key: &str, value: &[u8], modified: Revision) -> rusqlite::Result<()> {
    let mut select = connection.prepare_cached("SELECT created FROM kv WHERE key = ?1")?;
    let created = select.query_row([key], |row| revision(row, 0)).optional()?.unwrap_or(modified);
    let sum = check::sum_of(key, created, modified, value);
    connection
        .prepare_cached(
            "INSERT INTO kv (key, created, modified, sum, value) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key)
             DO UPDATE SET modified = excluded.modified, sum = excluded.sum, value = excluded.value",
        )?
        .execute(params![key, number(created), number(modified), sum, value])?;
    Ok(())
}

fn delete(connection: &Connection, key: &str) -> rusqlite::Result<bool> {
    Ok(connection.prepare_cached("DELETE FROM kv WHERE key = ?1")?.execute([key])? > 0)
}

fn set_meta(connection: &Connection, name: &str, value: Revision) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE meta SET value = ?2 WHERE name = ?1")?.execute(params![name, number(value)])?;
    Ok(())
}

/// The newest revision if a key of the range may have been created, modified or deleted after `since`.
fn touched(connection: &Connection, range: &KeyRange, since: Revision) -> rusqlite::Result<Option<Revision>> {
    let transaction = connection.unchecked_transaction()?;
    let newest = meta(&transaction, "revision")?;
    let touched =
        newest > since && (meta(&transaction, "deletion")? > since || check::newer(&transaction, range, since)?.found);
    Ok(touched.then_some(newest))
}
