//! Files that are not stores, not any more, or not for this user: what is said, and that nothing is lost in silence.

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{Numbers, child, everything, job, put, say, text, write};
use rtreg_registry::{Change, Commit, Outcome, Store, StoreError, Stored};
use rtreg_store::SqliteStore;
use rusqlite::Connection;
use tempfile::TempDir;

/// A folder and the place of a store in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join("store.db");
    (folder, path)
}

/// A store with keys on many pages, all in the database and none in the log, and what is in it.
fn large(path: &Path) -> Vec<Stored> {
    let store = SqliteStore::create(path).unwrap();
    for part in 0..12 {
        let keys = (0..40).map(|index| put(&format!("types/{part}/{index}"), &format!("{index} ").repeat(index * 2)));
        write(&store, keys.collect());
        write(&store, vec![put(&format!("blobs/{part}"), &"source ".repeat(3_000))]);
    }
    let (_, keys) = everything(&store).unwrap();
    drop(store);
    let connection = Connection::open(path).unwrap();
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
    assert_eq!(busy, 0);
    keys
}

/// Opening and reading all.
fn read(path: &Path) -> Result<Vec<Stored>, StoreError> {
    let store = SqliteStore::open_existing(path)?.expect("a file");
    everything(&store).map(|(_, keys)| keys)
}

fn refusal(path: &Path) -> String {
    let existing = SqliteStore::open_existing(path).expect_err("open_existing refuses");
    let create = SqliteStore::create(path).expect_err("create refuses");
    assert_eq!(existing, create);
    existing.to_string().replace(path.to_str().unwrap(), "FILE")
}

#[test]
fn a_missing_file_is_no_store_and_no_error() {
    let (_folder, path) = place();
    assert!(SqliteStore::open_existing(&path).unwrap().is_none());
    assert!(SqliteStore::open_existing(&path.join("below/store.db")).unwrap().is_none());
    assert!(!path.exists(), "looking creates nothing");
}

#[test]
fn what_is_no_store_is_refused_and_left_alone() {
    let (folder, path) = place();
    for bytes in [0, 130] {
        fs::write(&path, "x".repeat(bytes)).unwrap();
        assert_eq!(
            refusal(&path),
            format!(
                "the store at sqlite:FILE cannot be used: the file is not a store of rtreg: it has {bytes} bytes and does \
                 not begin like one; check the path, and name a file that does not exist for a new store"
            )
        );
    }
    let words = "Resource_type = \"oracle\";\n".repeat(300);
    for content in [&*words, &words[..600]] {
        fs::write(&path, content).unwrap();
        assert_eq!(
            refusal(&path),
            "the store at sqlite:FILE cannot be used: the file is not a store of rtreg, or no longer: it does not begin \
             like one; check the path, and if it is right, restore a backup"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    for other in [folder.path(), Path::new("/dev/null")] {
        let error = SqliteStore::create(other).unwrap_err();
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        assert!(error.to_string().contains("it is not a file; name a file"), "{error}");
    }
    let error =
        SqliteStore::open_existing(&path.join("store.db")).err().or(SqliteStore::create(&path.join("store.db")).err());
    assert!(matches!(error, Some(StoreError::Unavailable { .. })), "a file where a folder should be: {error:?}");
}

#[test]
fn the_database_of_another_program_is_refused_and_left_alone() {
    for mode in ["delete", "wal"] {
        let (folder, path) = place();
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(&format!("PRAGMA journal_mode = {mode}; CREATE TABLE kv (key, value)")).unwrap();
        drop(connection);
        let before = fs::read(&path).unwrap();
        assert_eq!(
            refusal(&path),
            "the store at sqlite:FILE cannot be used: the file is not a store of rtreg but an SQLite database of another \
             program; check the path"
        );
        assert_eq!(fs::read(&path).unwrap(), before, "{mode}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{mode}: nothing lies beside it");
    }
}

#[test]
fn a_newer_format_is_refused_naming_both() {
    let (_folder, path) = place();
    SqliteStore::create(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 2").unwrap();
    assert_eq!(
        refusal(&path),
        "the store at sqlite:FILE cannot be used: its format is 2, and this rtreg reads format 1; use the rtreg that wrote \
         it, or a newer one"
    );
}

#[test]
fn tables_that_are_not_ours_are_damage() {
    for change in ["DROP TABLE meta", "DELETE FROM meta WHERE name = 'revision'", "UPDATE meta SET value = -1"] {
        let (_folder, path) = place();
        SqliteStore::create(&path).unwrap();
        Connection::open(&path).unwrap().execute_batch(change).unwrap();
        let error = SqliteStore::open_existing(&path).expect_err(change);
        assert!(matches!(error, StoreError::Corrupt { .. }), "{change}: {error:?}");
    }
    for change in ["DROP TABLE kv", "DROP INDEX kv_modified"] {
        let (_folder, path) = place();
        write(&SqliteStore::create(&path).unwrap(), vec![put("a", "")]);
        Connection::open(&path).unwrap().execute_batch(change).unwrap();
        let store = SqliteStore::open_existing(&path).unwrap().unwrap();
        let error = store.wait("b", 0, Duration::ZERO).expect_err(change);
        assert!(matches!(error, StoreError::Corrupt { .. }), "{change}: {error:?}");
    }
}

#[test]
fn what_other_tools_changed_is_no_answer() {
    let changes = [
        "UPDATE kv SET value = x'32'",
        "UPDATE kv SET modified = 2",
        "UPDATE kv SET key = 'b'",
        "UPDATE kv SET sum = 0",
    ];
    for change in changes {
        let (_folder, path) = place();
        write(&SqliteStore::create(&path).unwrap(), vec![put("a", "1")]);
        Connection::open(&path).unwrap().execute_batch(change).unwrap();
        let error = read(&path).expect_err(change);
        assert!(error.to_string().contains("is not what was written; restore a backup"), "{change}: {error}");
        let store = SqliteStore::open_existing(&path).unwrap().unwrap();
        assert_eq!(store.verify(), Err(error), "{change}");
    }
}

/// Puts garbage into each page in turn, from this byte of the page on, and hands over what reading and verifying say.
fn with_garbage(
    from: usize,
    mut check: impl FnMut(usize, &[Stored], Result<Vec<Stored>, StoreError>, Result<(), StoreError>),
) {
    let (folder, path) = place();
    let written = large(&path);
    let good = fs::read(&path).unwrap();
    let pages = good.len() / 4096;
    assert!(pages > 80, "{pages} pages");
    let mut numbers = Numbers(3);
    for page in 0..pages {
        let copy = folder.path().join(format!("copy-{page}.db"));
        let mut bytes = good.clone();
        bytes[page * 4096 + from..(page + 1) * 4096].fill_with(|| u8::try_from(numbers.below(256)).unwrap());
        fs::write(&copy, bytes).unwrap();
        let verified = SqliteStore::open_existing(&copy).and_then(|store| store.expect("a file").verify());
        check(page, &written, read(&copy), verified);
        fs::remove_file(&copy).unwrap();
    }
}

#[test]
fn a_page_of_garbage_is_found_by_reading_what_needs_it() {
    let mut refused = 0;
    with_garbage(0, |page, written, read, verified| {
        match read {
            // The index of revisions is not needed for reading.
            Ok(found) => assert!(found == written, "page {page}: what is read is what was written"),
            Err(StoreError::Corrupt { .. }) => refused += 1,
            // Nothing says any more that it was a store.
            Err(StoreError::Unavailable { .. }) if page == 0 => refused += 1,
            Err(other) => panic!("page {page}: {other}"),
        }
        match verified {
            Err(StoreError::Unavailable { reason, .. }) if page == 0 => assert!(reason.contains("restore a backup")),
            verified => assert!(matches!(verified, Err(StoreError::Corrupt { .. })), "page {page}: {verified:?}"),
        }
    });
    assert!(refused > 70, "only {refused} pages are needed for reading");
}

#[test]
fn half_a_page_of_garbage_is_never_a_value_and_found_by_verify() {
    let mut refused = 0;
    with_garbage(2048, |page, written, read, verified| {
        match (read, verified) {
            (Ok(found), Ok(())) => assert!(found == written, "page {page}: the garbage lies where nothing lay"),
            // A key that the garbage hides from reading is found missing by verify.
            (Ok(found), Err(StoreError::Corrupt { .. })) => {
                assert!(found.iter().all(|stored| written.contains(stored)), "page {page}: only what was written");
            }
            (Err(StoreError::Corrupt { .. }), Err(StoreError::Corrupt { .. })) => refused += 1,
            other => panic!("page {page}: {:?} {:?}", other.0.map(|found| found.len()), other.1),
        }
    });
    assert!(refused > 70, "only {refused} pages are needed for reading");
}

#[test]
fn a_truncated_file_is_found() {
    let (folder, path) = place();
    large(&path);
    let good = fs::read(&path).unwrap();
    for bytes in [1, 99, 100, 511, 512, 4095, 4096, 4097, 8192, good.len() / 2, good.len() - 4096, good.len() - 1] {
        let copy = folder.path().join(format!("copy-{bytes}.db"));
        fs::write(&copy, &good[..bytes]).unwrap();
        let error = read(&copy).expect_err("a truncated file");
        // What is left of the header says that it was a store from the 72nd byte on.
        match error {
            StoreError::Unavailable { .. } => assert_eq!(bytes, 1),
            error => assert!(matches!(error, StoreError::Corrupt { .. }), "{bytes} bytes: {error:?}"),
        }
    }
}

#[test]
fn a_header_of_ours_with_nonsense_behind_it_is_damage() {
    let (_folder, path) = place();
    large(&path);
    let mut bytes = fs::read(&path).unwrap();
    // Page size, versions and fractions of the header.
    bytes[16..24].fill(0xff);
    fs::write(&path, bytes).unwrap();
    assert!(refusal(&path).contains("is damaged: its header holds what rtreg did not write"), "{}", refusal(&path));
}

#[test]
fn a_log_without_its_database_is_not_overwritten() {
    let (folder, path) = place();
    write(&SqliteStore::create(&path).unwrap(), vec![put("a", "1")]);
    let aside = folder.path().join("aside.db");
    fs::rename(&path, &aside).unwrap();
    let error = SqliteStore::create(&path).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert!(error.to_string().contains("the file is missing, but its log"), "{error}");
    assert!(!path.exists());
    fs::rename(&aside, &path).unwrap();
    assert_eq!(read(&path).unwrap().iter().map(text).collect::<Vec<_>>(), ["1"]);
}

#[test]
fn a_torn_end_of_the_log_loses_only_what_was_being_written() {
    let (folder, path) = place();
    let store = SqliteStore::create(&path).unwrap();
    let log = path.with_extension("db-wal");
    let mut ends = vec![];
    for number in 1..=5 {
        write(&store, vec![put("a", &number.to_string())]);
        ends.push(usize::try_from(fs::metadata(&log).unwrap().len()).unwrap());
    }
    drop(store);
    let good = fs::read(&log).unwrap();
    assert_eq!(good.len(), ends[4]);
    for bytes in (ends[2]..ends[4]).step_by(97) {
        let copy = folder.path().join(format!("copy-{bytes}.db"));
        fs::copy(&path, &copy).unwrap();
        fs::write(copy.with_extension("db-wal"), &good[..bytes]).unwrap();
        let revision = if bytes < ends[3] { 3 } else { 4 };
        let store = SqliteStore::open_existing(&copy).unwrap().unwrap();
        let (found, keys) = everything(&store).unwrap();
        assert_eq!((found, text(&keys[0])), (revision, &*revision.to_string()), "{bytes} bytes of the log");
        assert_eq!(write(&store, vec![put("b", "")]), revision + 1, "it goes on");
    }
}

#[test]
fn a_file_that_was_replaced_is_not_written_to() {
    let (folder, path) = place();
    let store = SqliteStore::create(&path).unwrap();
    write(&store, vec![put("a", "1")]);
    fs::rename(&path, folder.path().join("aside.db")).unwrap();
    let error = store.commit(&Commit { conditions: vec![], changes: vec![put("a", "2")] }).unwrap_err();
    assert!(error.to_string().contains("the file was moved or removed since it was opened"), "{error}");
    fs::write(&path, "another file").unwrap();
    let error = store.snapshot().err().expect("an error");
    assert!(error.to_string().contains("the file was replaced by another since it was opened"), "{error}");
}

fn only_reads(path: &Path) {
    let store = SqliteStore::open_existing(path).unwrap().unwrap();
    assert!(store.is_read_only().unwrap());
    let (revision, keys) = everything(&store).unwrap();
    assert_eq!((revision, text(&keys[0])), (1, "1"));
    assert_eq!(store.wait("a", 0, Duration::ZERO), Ok(Some(1)));
    assert_eq!(store.maintain(), Ok(()));
    let error = store.commit(&Commit { conditions: vec![], changes: vec![put("a", "2")] }).unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    assert!(error.to_string().contains("no permission to write to it"), "{error}");
    say("only read");
}

/// The child is another user where the tests run as root, whom no permission stops.
#[test]
fn who_may_not_write_can_read() {
    if let Some((_, path)) = job() {
        return only_reads(&path);
    }
    let (folder, path) = place();
    let store = SqliteStore::create(&path).unwrap();
    write(&store, vec![put("a", "1")]);
    for (file, mode) in [("", 0o555), ("store.db", 0o444), ("store.db-wal", 0o444), ("store.db-shm", 0o444)] {
        fs::set_permissions(folder.path().join(file), fs::Permissions::from_mode(mode)).unwrap();
    }
    // Beside a process that has it open, and alone.
    for _ in 0..2 {
        let mut child = child("who_may_not_write_can_read", "read", &path);
        if fs::metadata(&path).unwrap().uid() == 0 {
            child.uid(65_534).gid(65_534);
        }
        match child.output() {
            Ok(output) => {
                let words = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.success() && words.contains("only read"), "{words}");
            }
            Err(error) => say(&format!("who_may_not_write_can_read skipped: no process as another user ({error}).")),
        }
    }
    drop(store);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_long_log_is_moved_into_the_database_when_nobody_else_reads() {
    let (_folder, path) = place();
    let store = SqliteStore::create(&path).unwrap();
    let log = path.with_extension("db-wal");
    let log_bytes = || fs::metadata(&log).unwrap().len();
    let filler = || vec![Change::Put { key: "filler".to_owned(), value: vec![1; 250_000] }];
    while log_bytes() <= 4 * 1024 * 1024 {
        store.maintain().unwrap();
        write(&store, filler());
    }
    let revision = write(&store, filler());
    let reader = SqliteStore::open_existing(&path).unwrap().unwrap();
    let snapshot = reader.snapshot().unwrap();
    store.maintain().unwrap();
    assert!(log_bytes() > 4 * 1024 * 1024, "somebody reads");
    assert_eq!(snapshot.get("filler").unwrap().unwrap().modified, revision);
    drop(snapshot);
    store.maintain().unwrap();
    assert_eq!(log_bytes(), 0);
    assert_eq!(everything(&reader).unwrap().0, revision);
    let outcome = reader.commit(&Commit { conditions: vec![], changes: filler() });
    assert_eq!(outcome, Ok(Outcome::Done(revision + 1)));
    store.verify().unwrap();
}
