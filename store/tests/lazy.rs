//! A store that is created by its first commit: the conformance suite over two handles on a file that is not there yet,
//! and what leaves no file behind.

use std::time::Duration;

use rtreg_registry::testing::Handles;
use rtreg_registry::{Change, Commit, Condition, KeyRange, Outcome, Store};
use rtreg_store::LazyStore;

fn open() -> Handles {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("below/store.db");
    let (one, two) = (LazyStore::open(&path).unwrap(), LazyStore::open(&path).unwrap());
    Handles { one: Box::new(one), two: Box::new(two), keep: Box::new(folder) }
}

rtreg_registry::store_conformance!(open);

#[test]
fn only_a_commit_makes_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("below/store.db");
    let store = LazyStore::open(&path).unwrap();
    let snapshot = store.snapshot().unwrap();
    assert_eq!((snapshot.revision(), snapshot.get("a").unwrap()), (0, None));
    assert_eq!(snapshot.range(&KeyRange::prefix(""), usize::MAX).unwrap(), []);
    assert_eq!(store.wait("a", 0, Duration::ZERO).unwrap(), None);
    store.maintain().unwrap();
    let put = |key: &str| Change::Put { key: key.to_owned(), value: b"1".to_vec() };
    let too_much = Commit { conditions: vec![], changes: (0..101).map(|number| put(&number.to_string())).collect() };
    assert!(store.commit(&too_much).is_err());
    assert!(!path.exists() && !folder.path().join("below").exists());

    // Another process was faster: what was read from nothing no longer holds.
    let other = LazyStore::open(&path).unwrap();
    assert_eq!(other.commit(&Commit { conditions: vec![], changes: vec![put("a")] }), Ok(Outcome::Done(1)));
    let absent = Condition::Absent { key: "a".to_owned() };
    let commit = Commit { conditions: vec![absent.clone()], changes: vec![put("a")] };
    assert_eq!(store.commit(&commit), Ok(Outcome::Conflict(absent)));
    assert_eq!(store.snapshot().unwrap().revision(), 1);
}
