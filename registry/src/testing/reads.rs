//! What snapshots, gets and ranges return. Never about conditions or threads that race.

use super::{Handles, commit, delete, get, keys, put, snapshot, text, unchanged, write};
use crate::store::{Change, KeyRange, Outcome};

pub(super) fn an_empty_store_has_revision_0(handles: &Handles) {
    for store in [&*handles.one, &*handles.two] {
        let snapshot = snapshot(store);
        assert_eq!(snapshot.revision(), 0);
        assert_eq!(snapshot.get("a"), Ok(None));
        assert_eq!(snapshot.range(&KeyRange::prefix(""), 10), Ok(vec![]));
    }
}

pub(super) fn a_snapshot_sees_one_revision(handles: &Handles) {
    write(&*handles.one, vec![put("a", "1"), put("b", "1")]);
    let old = snapshot(&*handles.one);
    assert_eq!(old.revision(), 1);
    assert_eq!(write(&*handles.one, vec![put("a", "2"), delete("b")]), 2);
    assert_eq!(write(&*handles.two, vec![put("c", "3")]), 3);

    let all = KeyRange::prefix("");
    assert_eq!(old.revision(), 1);
    assert_eq!(old.get("a").unwrap().map(|stored| stored.value), Some(b"1".to_vec()));
    assert_eq!(old.get("c"), Ok(None));
    assert_eq!(keys(&*old, &all, 10), ["a", "b"]);
    for store in [&*handles.one, &*handles.two] {
        let new = snapshot(store);
        assert_eq!(new.revision(), 3);
        assert_eq!(keys(&*new, &all, 10), ["a", "c"]);
    }
    drop(old);
    assert_eq!(snapshot(&*handles.one).revision(), 3);
}

/// Each commit writes the same number under two keys and moves a third: a snapshot between two halves would show it.
pub(super) fn snapshots_see_whole_commits_while_others_commit(handles: &Handles) {
    write(&*handles.one, vec![put("first", "0"), put("moving/0", ""), put("second", "0")]);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for round in 1..=50_u64 {
                let number = round.to_string();
                let (from, to) = (format!("moving/{}", round - 1), format!("moving/{round}"));
                let changes = vec![put("first", &number), put("second", &number), delete(&from), put(&to, "")];
                write(&*handles.two, changes);
            }
        });
        let mut seen = 0;
        loop {
            let last = writer.is_finished();
            let view = snapshot(&*handles.one);
            let revision = view.revision();
            assert!(revision >= seen, "revision {revision} after {seen}");
            let value = (revision - 1).to_string();
            assert_eq!(view.get("first").unwrap().unwrap().value, value.as_bytes());
            assert_eq!(view.get("second").unwrap().unwrap().value, value.as_bytes());
            assert_eq!(keys(&*view, &KeyRange::prefix("moving/"), 10), [format!("moving/{value}")]);
            seen = revision;
            if last {
                break;
            }
        }
        assert_eq!(seen, 51);
    });
}

pub(super) fn revisions_count_commits_that_changed_something(handles: &Handles) {
    let store = &*handles.one;
    assert_eq!(write(store, vec![]), 0);
    assert_eq!(write(store, vec![delete("nothing")]), 0);
    assert_eq!(write(store, vec![put("a", "1")]), 1);
    assert_eq!(write(&*handles.two, vec![put("a", "1")]), 2, "the same value again is a change");
    assert_eq!(get(store, "a").unwrap().modified, 2);
    assert_eq!(write(store, vec![put("b", "1"), delete("nothing")]), 3, "a missing key deleted in passing");
    assert_eq!(write(store, vec![delete("a"), delete("b")]), 4, "one commit, one revision");
    assert_eq!(write(store, vec![delete("a"), delete("b")]), 4);
    assert_eq!(commit(store, vec![unchanged("a", 2)], vec![]), Outcome::Conflict(unchanged("a", 2)));
    assert_eq!(snapshot(&*handles.two).revision(), 4);
}

pub(super) fn created_and_modified_follow_deletion_and_recreation(handles: &Handles) {
    let store = &*handles.one;
    let revisions = |key| get(store, key).map(|stored| (stored.created, stored.modified));
    write(store, vec![put("a", "1"), put("other", "")]);
    assert_eq!(revisions("a"), Some((1, 1)));
    write(store, vec![put("a", "2")]);
    assert_eq!(revisions("a"), Some((1, 2)));
    write(store, vec![delete("a")]);
    assert_eq!(revisions("a"), None);
    write(store, vec![put("a", "3")]);
    assert_eq!(revisions("a"), Some((4, 4)));
    write(store, vec![put("a", "4")]);
    assert_eq!(revisions("a"), Some((4, 5)));
    assert_eq!(revisions("other"), Some((1, 1)));
    assert_eq!(text(&*handles.two, "a").as_deref(), Some("4"));
}

pub(super) fn ranges_are_in_the_order_of_bytes(handles: &Handles) {
    // By hand: space 20, - 2d, . 2e, / 2f, 0 30, : 3a, A 41, _ 5f, a 61, ~ 7e, é c3a9, 漢 e6bca2, 🦀 f09fa680.
    let sorted =
        ["", " ", "-", ".", "/", "0", "1", "10", "2", ":", "A", "Z", "_", "a", "a/", "a/b", "aa", "~", "é", "漢", "🦀"];
    let mut shuffled = sorted;
    shuffled.reverse();
    shuffled.swap(2, 9);
    for (index, half) in shuffled.chunks(5).enumerate() {
        let store = if index % 2 == 0 { &*handles.one } else { &*handles.two };
        write(store, half.iter().map(|key| put(key, "")).collect());
    }
    assert_eq!(keys(&*snapshot(&*handles.one), &KeyRange::prefix(""), 100), sorted);
}

pub(super) fn ranges_obey_limit_and_bounds(handles: &Handles) {
    let store = &*handles.one;
    write(store, ["a", "b", "c", "d"].map(|key| put(key, "")).to_vec());
    let view = snapshot(store);
    let range = |start: &str, end: Option<&str>| KeyRange { start: start.to_owned(), end: end.map(str::to_owned) };
    let all = range("", None);
    assert_eq!(keys(&*view, &all, 0), [""; 0]);
    assert_eq!(keys(&*view, &all, 3), ["a", "b", "c"]);
    assert_eq!(keys(&*view, &all, 4), ["a", "b", "c", "d"]);
    assert_eq!(keys(&*view, &all, usize::MAX), ["a", "b", "c", "d"]);
    assert_eq!(keys(&*view, &range("b", Some("d")), 9), ["b", "c"], "half-open");
    assert_eq!(keys(&*view, &range("b", None), 9), ["b", "c", "d"]);
    assert_eq!(keys(&*view, &range("aa", Some("b\0")), 9), ["b"]);
    assert_eq!(keys(&*view, &range("b", Some("b")), 9), [""; 0]);
    assert_eq!(keys(&*view, &range("c", Some("a")), 9), [""; 0], "the end before the start");
    assert_eq!(keys(&*view, &range("e", None), 9), [""; 0]);
}

pub(super) fn prefixes_end_where_they_should(handles: &Handles) {
    let store = &*handles.one;
    let all = ["a", "a/", "a/b", "a/b/c", "a/\u{7f}", "a0", "b", "z\u{7f}", "z\u{7f}x", "{", "\u{7f}", "\u{10ffff}x"];
    write(store, all.map(|key| put(key, "")).to_vec());
    let view = snapshot(store);
    let starting = |prefix: &str| keys(&*view, &KeyRange::prefix(prefix), 100);
    assert_eq!(starting(""), all);
    assert_eq!(starting("a"), ["a", "a/", "a/b", "a/b/c", "a/\u{7f}", "a0"]);
    assert_eq!(starting("a/"), ["a/", "a/b", "a/b/c", "a/\u{7f}"]);
    assert_eq!(starting("a/b/c"), ["a/b/c"]);
    assert_eq!(starting("a/c"), [""; 0]);
    assert_eq!(starting("z\u{7f}"), ["z\u{7f}", "z\u{7f}x"]);
    assert_eq!(starting("\u{7f}"), ["\u{7f}"]);
    assert_eq!(starting("\u{10ffff}"), ["\u{10ffff}x"]);
}

pub(super) fn any_bytes_come_back(handles: &Handles) {
    let every_byte: Vec<u8> = (0..=255).collect();
    let values = [vec![], vec![0], every_byte];
    for (index, value) in values.iter().enumerate() {
        write(&*handles.one, vec![Change::Put { key: format!("{index}\0'\"%"), value: value.clone() }]);
    }
    for (index, value) in values.iter().enumerate() {
        assert_eq!(get(&*handles.two, &format!("{index}\0'\"%")).map(|stored| stored.value).as_ref(), Some(value));
    }
}
