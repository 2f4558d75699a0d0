//! `history`, `history head` and `history verify`; every way of tampering that can be seen is seen.

mod common;

use common::{aware, change, commit, context, look, put, register, store, words};
use rtreg_registry::commands::history_verify::{Expectation, Report, verify};
use rtreg_registry::commands::history_view::{head, history};
use rtreg_registry::commands::settings;
use rtreg_registry::commands::type_set::{Request as SetRequest, type_set};
use rtreg_registry::commands::unregister::{Request as Unregister, unregister};
use rtreg_registry::history::Entry;
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::store::KeyRange;
use rtreg_registry::{Change, Revision, Snapshot, Store, StoreError, Stored, View, keys, transact};

const TYPE: &str = "TEST.web:1";

/// Three chains: four entries about web, one about db, one about a setting.
fn with_history() -> MemoryStore {
    let store = MemoryStore::default();
    register(&store, &[&aware("web", "1"), &aware("db", "1")]);
    for value in ["TRUE", "FALSE", "TRUE"] {
        let properties = vec![("RT_system".to_owned(), value.to_owned())];
        let request = SetRequest { name: TYPE.to_owned(), installed_nodes: None, properties };
        change(&store, |tx| type_set(tx, &request)).unwrap();
    }
    transact(&store, &context(Some("a reason")), ("settings", 1), |tx| {
        settings::set(tx, "empty-upgrade-from", "unversioned-only")
    })
    .unwrap();
    store
}

fn checked(store: &dyn Store, expect: Option<&Expectation>) -> Report {
    look(store, |view| verify(view, expect)).unwrap()
}

fn stored(store: &dyn Store, key: &str) -> Stored {
    store.snapshot().unwrap().get(key).unwrap().expect("the key exists")
}

fn entry(number: u64) -> String {
    keys::history("type", TYPE, number)
}

/// A store as somebody left it who writes to its file: what is read is not what was written, the revisions are.
struct Forged<'s> {
    store: &'s MemoryStore,
    forge: &'s dyn Fn(Stored) -> Option<Stored>,
}

struct ForgedSnapshot<'s>(Box<dyn Snapshot + 's>, &'s dyn Fn(Stored) -> Option<Stored>);

impl Snapshot for ForgedSnapshot<'_> {
    fn revision(&self) -> Revision {
        self.0.revision()
    }

    fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        Ok(self.0.get(key)?.and_then(self.1))
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Vec<Stored>, StoreError> {
        Ok(self.0.range(range, usize::MAX)?.into_iter().filter_map(self.1).take(limit).collect())
    }
}

fn forged(store: &MemoryStore, forge: &dyn Fn(Stored) -> Option<Stored>) -> Report {
    let forged = Forged { store, forge };
    let snapshot = ForgedSnapshot(forged.store.snapshot().unwrap(), forged.forge);
    verify(&View::new(&snapshot), None).unwrap()
}

/// A history, forged in one way; that it is seen, and the words.
fn seen(forge: impl Fn(Stored) -> Option<Stored>) -> String {
    let store = with_history();
    assert_eq!(forged(&store, &Some).faults, 0);
    let report = forged(&store, &forge);
    assert!(report.faults > 0 && report.refusal().is_some(), "not seen");
    report.text()
}

fn without(keys: &[String]) -> String {
    seen(|stored| (!keys.contains(&stored.key)).then_some(stored))
}

fn with_value(key: &str, value: &[u8]) -> String {
    seen(|stored| Some(if stored.key == key { Stored { value: value.to_vec(), ..stored } } else { stored }))
}

#[test]
fn histories_in_words() {
    let store = with_history();
    let shown = |object, limit| look(&store, |view| history(view, object, limit)).unwrap().text();
    insta::assert_snapshot!(
        [
            shown(Some("web"), 2),
            shown(Some("type:TEST.db:1"), 9),
            shown(Some("setting:empty-upgrade-from"), 9),
            shown(None, 3),
            words(look(&store, |view| history(view, Some("zebra"), 9))),
            words(look(&store, |view| history(view, Some("node:n1"), 9))),
        ]
        .join("---\n")
    );
    assert_eq!(look(&store, |view| history(view, None, usize::MAX)).unwrap().entries.len(), 6);
    assert!(look(&store, |view| history(view, None, 0)).unwrap().more);
    assert_eq!(shown(Some("TEST.db:1"), 1), shown(Some("db"), 1));
}

#[test]
fn a_whole_history_verifies() {
    insta::assert_snapshot!(checked(&with_history(), None).text());
    assert_eq!(
        checked(&MemoryStore::default(), None).text().lines().next(),
        Some("revision 0: 0 chains with 0 entries, 0 objects")
    );
}

#[test]
fn every_byte_of_every_entry_counts() {
    let store = with_history();
    let entries = store.snapshot().unwrap().range(&KeyRange::prefix("history/"), usize::MAX).unwrap();
    assert_eq!(entries.len(), 6);
    for entry in entries {
        for at in 0..entry.value.len() {
            let flip = |mut stored: Stored| {
                if stored.key == entry.key {
                    stored.value[at] ^= 1;
                }
                Some(stored)
            };
            assert!(forged(&store, &flip).faults > 0, "{} byte {at}", entry.key);
        }
    }
}

#[test]
fn tampering_is_seen_and_named() {
    let store = with_history();
    let text = |number| String::from_utf8(stored(&store, &entry(number)).value).unwrap();
    let other = with_value(&entry(2), text(2).replace("mara", "joan").as_bytes());
    let missing = without(&[entry(2)]);
    let beginning = without(&[entry(1)]);
    let end = without(&[entry(4)]);
    let all = without(&[1, 2, 3, 4].map(entry));
    let swapped = seen(|mut stored| {
        if stored.key == entry(2) {
            stored.value = text(3).into_bytes();
        } else if stored.key == entry(3) {
            stored.value = text(2).into_bytes();
        }
        Some(stored)
    });
    let half = with_value(&entry(3), &text(3).as_bytes()[..text(3).len() / 2]);
    insta::assert_snapshot!([other, missing, beginning, end, all, swapped, half].join("---\n"));
}

/// Whoever forges an entry with a right hash breaks the link of the next one.
#[test]
fn a_forged_entry_breaks_its_chain() {
    let mut forged: Entry = serde_json::from_slice(&stored(&with_history(), &entry(2)).value).unwrap();
    forged.who.user = "joan".to_owned();
    forged.hash = forged.computed_hash();
    let text = with_value(&entry(2), &serde_json::to_vec(&forged).unwrap());
    assert!(text.contains("type `TEST.web:1` entry 2: entry 3 follows an entry with another hash"), "{text}");
}

#[test]
fn an_entry_is_written_once_and_in_its_order() {
    let again = seen(|stored| {
        let modified = stored.modified + u64::from(stored.key == entry(4));
        Some(Stored { modified, ..stored })
    });
    assert!(again.contains("entry 4: the entry was written at revision 4 and again at revision 5"), "{again}");
    let later = seen(|stored| {
        let move_to = |revision| if stored.key == entry(2) { 4 } else { revision };
        Some(Stored { created: move_to(stored.created), modified: move_to(stored.modified), ..stored })
    });
    assert!(later.contains("entry 2: written at revision 4, after its successor (revision 3)"), "{later}");
}

#[test]
fn an_entry_stands_under_its_own_key() {
    let moved = seen(|stored| {
        let key = if stored.key == entry(1) { keys::history("type", "TEST.wob:1", 1) } else { stored.key };
        Some(Stored { key, ..stored })
    });
    assert!(moved.contains("the entry stands under the key of another entry"), "{moved}");
}

#[test]
fn the_last_event_agrees_with_what_exists() {
    let gone = without(&[keys::name(TYPE)]);
    assert!(gone.contains("the last event is `type_set`, but the object does not exist"), "{gone}");
    let store = with_history();
    change(&store, |tx| unregister(tx, &Unregister { name: "db".to_owned() })).unwrap();
    assert_eq!(checked(&store, None).faults, 0);
    let version = rtreg_model::RtVersion::new("1");
    let record = r#"{"name":"TEST.db:1","version":"1"}"#;
    put(&store, &keys::name("TEST.db:1"), record);
    put(&store, &keys::type_version("TEST.db", &version), record);
    let back = checked(&store, None).text();
    assert!(back.contains("the last event is `unregister`, but the object exists"), "{back}");
}

#[test]
fn a_hash_kept_elsewhere_shows_what_chains_cannot() {
    let store = with_history();
    let kept = look(&store, head).unwrap();
    assert_eq!((kept.revision, kept.chains), (5, 3));
    let expect = Expectation::parse(&format!("{}:{}", kept.revision, kept.hash)).unwrap();
    assert_eq!(Expectation::parse(kept.text().trim()).unwrap(), expect);
    assert_eq!(checked(&store, Some(&expect)).as_expected, Some(true));

    // What happens later does not touch it.
    change(&store, |tx| unregister(tx, &Unregister { name: "db".to_owned() })).unwrap();
    register(&store, &[&aware("web", "2")]);
    let later = checked(&store, Some(&expect));
    assert_eq!((later.as_expected, later.faults), (Some(true), 0));
    assert_ne!(look(&store, head).unwrap().hash, kept.hash);

    // A chain that is gone as a whole is seen by nothing else.
    commit(&store, Change::Delete { key: keys::history("type", "TEST.db:1", 1) });
    commit(&store, Change::Delete { key: keys::history("type", "TEST.db:1", 2) });
    let report = checked(&store, Some(&expect));
    assert_eq!((report.as_expected, report.faults), (Some(false), 0));
    insta::assert_snapshot!(format!("{}{:?}", report.text(), report.refusal().map(|refusal| refusal.message)));
    assert_eq!(checked(&store, None).refusal(), None);
}

#[test]
fn a_store_older_than_the_expectation_is_not_as_expected() {
    let expect = Expectation { revision: 99, hash: look(&store(), head).unwrap().hash };
    assert_eq!(checked(&store(), Some(&expect)).as_expected, Some(false));
    for text in ["", "5", "5:abc", "x:00", &format!("5:{}", "g".repeat(64))] {
        assert!(words(Expectation::parse(text)).starts_with("usage bad_expectation"), "{text}");
    }
}
