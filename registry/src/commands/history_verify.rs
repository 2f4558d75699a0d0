//! `rtreg history verify`: recomputes every hash of the history, follows every chain, and holds the records against their
//! chains and all else against the records. Without a hash kept elsewhere it finds damage and clumsy forgery only: who can write the store can
//! write all of it anew. It never changes anything and holds one entry at a time.

mod contents;
mod runs;

use schemars::JsonSchema;
use serde::Serialize;

use crate::error::{CommandError, Refusal};
use crate::history::{Entry, HeadHash, Object, ends_object, sha256_hex, stored_hash};
use crate::keys;
use crate::records::record_key;
use crate::store::{KeyRange, Revision, StoreError, Stored};
use crate::view::{View, decode};

/// Most faults that are listed; all are counted.
const FAULTS_MAX: usize = 100;

/// A hash over all heads that was kept elsewhere: `REVISION:HASH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// The revision that the hash was made at.
    pub revision: Revision,
    /// The hash, hexadecimal.
    pub hash: String,
}

/// What the check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// Version of this form: 1.
    pub version: u32,
    /// The revision that was checked.
    pub revision: Revision,
    /// How many chains there are.
    pub chains: u64,
    /// How many entries they have.
    pub entries: u64,
    /// How many objects exist; each must have a chain.
    pub objects: u64,
    /// How many entries the indexes have; each must be implied by a record.
    pub indexes: u64,
    /// Whether the heads are as expected; null if nothing was expected.
    pub as_expected: Option<bool>,
    /// How many faults there are.
    pub faults: u64,
    /// The first of them.
    pub listed: Vec<Fault>,
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Fault {
    /// The object, if it is known.
    pub object: Option<Object>,
    /// The number of the entry, if it is about one.
    pub number: Option<u64>,
    /// The key of the store.
    pub key: String,
    /// What was expected and what was found.
    pub message: String,
}

impl Expectation {
    /// Reads `REVISION:HASH`, as `rtreg history head` prints both.
    ///
    /// # Errors
    /// [`CommandError::Usage`].
    pub fn parse(text: &str) -> Result<Self, CommandError> {
        let read = text.trim().split_once([':', ' ']).and_then(|(revision, hash)| {
            let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            let revision = revision.parse().ok()?;
            is_hash.then(|| Self { revision, hash: hash.to_ascii_lowercase() })
        });
        read.ok_or_else(|| {
            let message = format!("expected REVISION:HASH with 64 hexadecimal digits, found `{text}`");
            CommandError::usage(Refusal::new("bad_expectation", message).help("`rtreg history head` prints both"))
        })
    }
}

/// Checks the history and all that the store has beside it.
///
/// # Errors
/// [`CommandError::Store`]. Faults are no errors of this function: see [`Report::refusal`].
pub fn verify(view: &View<'_>, expect: Option<&Expectation>) -> Result<Report, CommandError> {
    let mut check = Check {
        report: Report {
            version: 1,
            revision: view.revision(),
            chains: 0,
            entries: 0,
            objects: 0,
            indexes: 0,
            as_expected: None,
            faults: 0,
            listed: Vec::new(),
        },
        expected_at: expect.map(|expect| expect.revision),
        expected_heads: HeadHash::default(),
        chain: None,
        newest: None,
    };
    view.for_each(&KeyRange::prefix("history/"), |stored| {
        check.key(&stored);
        check.entry(view, &stored)?;
        Ok::<(), CommandError>(())
    })?;
    check.end_chain();
    contents::check(view, &mut check)?;
    runs::check(view, &mut check)?;
    check.end();
    let mut report = check.report;
    if let Some(expect) = expect {
        let is_old_enough = expect.revision <= view.revision();
        report.as_expected = Some(is_old_enough && check.expected_heads.finish() == expect.hash);
    }
    Ok(report)
}

/// The chain that is being followed, newest entry first.
struct Chain {
    /// `history/<kind>/<object>`, which all its keys start with.
    prefix: String,
    /// What stands before the entry read last, that is: the one to come must have this number and this hash.
    next: Option<(u64, Option<String>)>,
    /// The revision of the entry read last.
    revision: Revision,
    object: Option<Object>,
    /// Whether the head that is expected has been seen.
    head_seen: bool,
}

struct Check {
    report: Report,
    expected_at: Option<Revision>,
    expected_heads: HeadHash,
    chain: Option<Chain>,
    /// The key that was written last, and when; none as long as there is no key.
    newest: Option<(Revision, String)>,
}

impl Check {
    /// Takes note of a key.
    fn key(&mut self, stored: &Stored) {
        if self.newest.as_ref().is_none_or(|(newest, _)| *newest < stored.modified) {
            self.newest = Some((stored.modified, stored.key.clone()));
        }
    }

    /// Holds the revision of the store against the keys, when all have been seen.
    fn end(&mut self) {
        let revision = self.report.revision;
        match self.newest.take() {
            Some((newest, key)) if newest > revision => {
                let message =
                    format!("the key was written at revision {newest}, but the store says that it is at {revision}");
                self.fault(None, None, &key, message);
            }
            None if revision > 0 => {
                let message =
                    format!("the store is at revision {revision}, but has no key at all: everything was deleted");
                self.fault(None, None, "revision", message);
            }
            _ => {}
        }
    }

    fn fault(&mut self, object: Option<&Object>, number: Option<u64>, key: &str, message: impl Into<String>) {
        self.report.faults += 1;
        if self.report.listed.len() < FAULTS_MAX {
            let message = message.into();
            self.report.listed.push(Fault { object: object.cloned(), number, key: key.to_owned(), message });
        }
    }

    fn entry(&mut self, view: &View<'_>, stored: &Stored) -> Result<(), CommandError> {
        self.report.entries += 1;
        let prefix = stored.key.rsplit_once('/').map_or(stored.key.as_str(), |(prefix, _)| prefix);
        let is_head = self.chain.as_ref().is_none_or(|chain| chain.prefix != prefix);
        if is_head {
            self.end_chain();
            self.report.chains += 1;
            self.chain = Some(Chain {
                prefix: prefix.to_owned(),
                next: None,
                revision: Revision::MAX,
                object: None,
                head_seen: false,
            });
        }
        let Ok(entry) = decode::<Entry>(stored) else {
            self.fault(None, None, &stored.key, "expected an entry of the history, found something that is none");
            if let Some(chain) = &mut self.chain {
                chain.next = None;
            }
            return Ok(());
        };
        self.entry_itself(stored, &entry);
        self.entry_in_chain(stored, &entry);
        if is_head {
            self.head(view, stored, &entry)?;
        }
        Ok(())
    }

    fn entry_itself(&mut self, stored: &Stored, entry: &Entry) {
        let (object, number, key) = (Some(&entry.object), Some(entry.number), &stored.key);
        if entry.number == 0 || keys::history(&entry.object.kind, &entry.object.name, entry.number) != *key {
            self.fault(object, number, key, "the entry stands under the key of another entry");
        }
        if stored_hash(&stored.value).as_ref() != Some(&entry.hash) {
            self.fault(object, number, key, "the hash of the entry is not that of its content: it was changed");
        }
        if stored.created != stored.modified {
            let message = format!(
                "the entry was written at revision {} and again at revision {}: an entry is written once",
                stored.created, stored.modified
            );
            self.fault(object, number, key, message);
        }
    }

    /// Holds an entry against the one after it, which was read before.
    fn entry_in_chain(&mut self, stored: &Stored, entry: &Entry) {
        let Some(mut chain) = self.chain.take() else {
            return;
        };
        let (object, number, key) = (Some(&entry.object), Some(entry.number), &stored.key);
        if let Some((expected, hash)) = &chain.next {
            if entry.number != *expected {
                let message =
                    format!("expected entry {expected} before entry {}, found entry {}", expected + 1, entry.number);
                self.fault(object, number, key, format!("{message}: an entry is missing"));
            } else if hash.as_ref() != Some(&entry.hash) {
                let message = format!("entry {} follows an entry with another hash than this one", expected + 1);
                self.fault(object, number, key, message);
            }
        }
        if stored.modified > chain.revision {
            let message = format!(
                "written at revision {}, after its successor (revision {}): the order was changed",
                stored.modified, chain.revision
            );
            self.fault(object, number, key, message);
        }
        if self.expected_at.is_some_and(|expected_at| stored.modified <= expected_at) && !chain.head_seen {
            chain.head_seen = true;
            self.expected_heads.add(entry);
        }
        chain.next = Some((entry.number.saturating_sub(1), entry.previous.clone()));
        chain.revision = stored.modified;
        chain.object = Some(entry.object.clone());
        self.chain = Some(chain);
    }

    fn end_chain(&mut self) {
        let Some(chain) = self.chain.take() else {
            return;
        };
        match chain.next {
            Some((0, None)) | None => {}
            Some((0, Some(_))) => {
                self.fault(
                    chain.object.as_ref(),
                    Some(1),
                    &chain.prefix,
                    "entry 1 names an entry before it; there is none",
                );
            }
            Some((missing, _)) => {
                let message = format!("the chain starts with entry {}: older ones are missing", missing + 1);
                self.fault(chain.object.as_ref(), Some(missing), &chain.prefix, message);
            }
        }
    }

    /// Holds the newest entry of a chain against the object itself.
    fn head(&mut self, view: &View<'_>, stored: &Stored, entry: &Entry) -> Result<(), CommandError> {
        let Some(record) = record(view, &entry.object)? else {
            if !ends_object(&entry.event) {
                let message = format!("the last event is `{}`, but the object does not exist", entry.event);
                self.fault(Some(&entry.object), Some(entry.number), &stored.key, message);
            }
            return Ok(());
        };
        let message = if ends_object(&entry.event) {
            format!("the last event is `{}`, but the object exists", entry.event)
        } else if record.modified > stored.modified {
            format!(
                "the object was changed at revision {}, but its history ends at revision {}: newer entries are missing",
                record.modified, stored.modified
            )
        } else if entry.record.as_ref() != Some(&sha256_hex(&record.value)) {
            "the record is not the one that was written with this entry: it was changed past the history".to_owned()
        } else {
            return Ok(());
        };
        self.fault(Some(&entry.object), Some(entry.number), &stored.key, message);
        Ok(())
    }
}

/// The record of an object, if it exists.
fn record(view: &View<'_>, object: &Object) -> Result<Option<Stored>, CommandError> {
    let read = |key: &str| Ok::<_, StoreError>(view.peek_key(key)?.map(|stored| stored.value));
    match record_key(object, read)? {
        Some(key) => Ok(view.peek_key(&key)?),
        None => Ok(None),
    }
}

impl Report {
    /// The report in words.
    pub fn text(&self) -> String {
        let plural = |count: u64, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let mut text = format!(
            "revision {}: {} with {}, {}\n",
            self.revision,
            plural(self.chains, "chain"),
            if self.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", self.entries) },
            plural(self.objects, "object")
        );
        match self.as_expected {
            Some(true) => text.push_str("the heads are as expected\n"),
            Some(false) => text.push_str("the heads are NOT as expected: the history was changed, or is another one\n"),
            None => text.push_str(
                "no hash kept elsewhere was given: this finds damage, but not a history that was written anew as a whole\n",
            ),
        }
        if self.faults == 0 {
            text.push_str(
                "every hash is that of its entry, every chain is whole; records, indexes and RTR files are as written\n",
            );
        }
        for fault in &self.listed {
            text.push_str(&format!("fault: {}\n", fault.text()));
        }
        let unlisted = self.faults.saturating_sub(self.listed.len() as u64);
        if unlisted > 0 {
            text.push_str(&format!("and {} more\n", plural(unlisted, "fault")));
        }
        text
    }

    /// The refusal of a history that is not whole or not as expected; the report has been printed before.
    pub fn refusal(&self) -> Option<Refusal> {
        let message = match (self.faults, self.as_expected) {
            (0, Some(false)) => "the history is not the one that the expected hash was made of".to_owned(),
            (0, _) => return None,
            (1, _) => "the store has 1 fault".to_owned(),
            (faults, _) => format!("the store has {faults} faults"),
        };
        Some(
            Refusal::new("history_damaged", message)
                .help("restore the store from a copy, and find out who wrote to it"),
        )
    }
}

impl Fault {
    fn text(&self) -> String {
        let object = self.object.as_ref().map(|object| format!("{} `{}`", object.kind, object.name));
        let place = match (object, self.number) {
            (Some(object), Some(number)) => format!("{object} entry {number}"),
            (Some(object), None) => object,
            (None, _) => self.key.clone(),
        };
        format!("{place}: {}", self.message)
    }
}
