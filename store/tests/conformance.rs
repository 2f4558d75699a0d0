//! The conformance suite over one SQLite file with two handles.

use rtreg_registry::testing::Handles;
use rtreg_store::SqliteStore;

fn open() -> Handles {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let one = SqliteStore::create(&path).unwrap();
    let two = SqliteStore::open_existing(&path).unwrap().expect("the store that was just created");
    Handles { one: Box::new(one), two: Box::new(two), keep: Box::new(folder) }
}

rtreg_registry::store_conformance!(open);
