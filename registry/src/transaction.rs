//! Deciding and committing: read through a view, collect changes and history, commit with a condition for all that was
//! read, and decide anew when someone else was faster.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::{CommandError, Refusal};
use crate::history::{Context, Entry, Object, sha256_hex};
use crate::keys;
use crate::records::record_key;
use crate::runs;
use crate::store::{Change, Commit, Condition, KeyRange, Outcome, Revision, Snapshot, Store, StoreError, Stored};
use crate::view::{View, decode};

/// How often a command is decided anew when others changed what it had read.
pub const ATTEMPTS_MAX: u32 = 32;

/// Most bytes of a piece of a blob.
const CHUNK_BYTES: usize = 192 * 1024;

/// Reads, changes and history of one command.
pub struct Transaction<'s> {
    /// What the command reads; all of it becomes a condition.
    pub view: View<'s>,
    ctx: &'s Context,
    changes: BTreeMap<String, Change>,
    /// The entries that the command appends to each chain, oldest first, each with the one before it in the store.
    heads: BTreeMap<Object, Appended>,
    absent: Vec<(Object, Condition)>,
    /// The run that the command is part of.
    run: Option<String>,
    units_fit: Option<usize>,
    units: usize,
}

/// What is appended to a chain.
struct Appended {
    /// The newest entry in the store.
    previous: Option<Entry>,
    entries: Vec<Entry>,
}

impl<'s> Transaction<'s> {
    fn new(snapshot: &'s dyn Snapshot, ctx: &'s Context) -> Self {
        Self {
            view: View::new(snapshot),
            ctx,
            changes: BTreeMap::new(),
            heads: BTreeMap::new(),
            absent: Vec::new(),
            run: None,
            units_fit: None,
            units: 0,
        }
    }

    /// Time, user, host and reason.
    pub fn context(&self) -> &'s Context {
        self.ctx
    }

    /// The command is part of a run: it may change what that has reserved.
    pub fn act_for(&mut self, run: &str) {
        self.run = Some(run.to_owned());
    }

    /// The run that the command is part of.
    pub fn run(&self) -> Option<&str> {
        self.run.as_deref()
    }

    /// Writes a record. Its key should have been read before, so that the commit has a condition on it.
    pub fn put(&mut self, key: String, record: &impl Serialize) {
        let value = serde_json::to_vec(record).unwrap_or_default();
        self.put_bytes(key, value);
    }

    /// Writes bytes.
    pub fn put_bytes(&mut self, key: String, value: Vec<u8>) {
        self.changes.insert(key.clone(), Change::Put { key, value });
    }

    /// Removes a key.
    pub fn delete(&mut self, key: String) {
        self.changes.insert(key.clone(), Change::Delete { key });
    }

    /// Appends to the history of an object.
    ///
    /// # Errors
    /// [`CommandError::Store`].
    pub fn log(&mut self, object: Object, event: &str, detail: serde_json::Value) -> Result<(), CommandError> {
        let mut chain = match self.heads.remove(&object) {
            Some(chain) => chain,
            None => {
                let newest = KeyRange::prefix(&keys::history_all(&object.kind, &object.name));
                let previous = self.view.peek(&newest, 1)?.first().map(decode::<Entry>).transpose()?;
                Appended { previous, entries: Vec::new() }
            }
        };
        let previous = chain.entries.last().or(chain.previous.as_ref());
        let entry = Entry::following(previous, object.clone(), event, detail, self.ctx);
        let key = keys::history(&object.kind, &object.name, entry.number);
        self.absent.push((object.clone(), Condition::Absent { key: key.clone() }));
        // Not sealed yet, but as long as it will be.
        self.put(key, &entry);
        chain.entries.push(entry);
        self.heads.insert(object, chain);
        Ok(())
    }

    /// Binds every entry to the record that the commit leaves: the one place where the history learns of records.
    fn seal(&mut self) -> Result<(), StoreError> {
        let mut sealed = Vec::new();
        for (object, chain) in &self.heads {
            let record = self.record_hash(object)?;
            let mut previous = chain.previous.clone();
            for entry in &chain.entries {
                let entry = entry.clone().sealed(previous.as_ref(), record.clone());
                sealed.push(entry.clone());
                previous = Some(entry);
            }
        }
        for entry in sealed {
            self.put(keys::history(&entry.object.kind, &entry.object.name, entry.number), &entry);
        }
        Ok(())
    }

    /// The hash of an object's record as the commit leaves it. A record that is not written becomes a condition.
    fn record_hash(&self, object: &Object) -> Result<Option<String>, StoreError> {
        let read = |key: &str, stored: &dyn Fn(&str) -> Result<Option<Stored>, StoreError>| match self.changes.get(key)
        {
            Some(Change::Put { value, .. }) => Ok(Some(value.clone())),
            Some(Change::Delete { .. }) => Ok(None),
            None => Ok(stored(key)?.map(|stored| stored.value)),
        };
        let Some(key) = record_key(object, |key| read(key, &|key| self.view.peek_key(key)))? else { return Ok(None) };
        Ok(read(&key, &|key| self.view.get(key))?.map(|record| sha256_hex(&record)))
    }

    /// One more unit of the command (a file, a resource) is decided: what is collected so far, is it still one commit?
    /// With this a refusal `too_large` says exactly how many of the units fit.
    pub fn end_unit(&mut self) {
        let fitted = self.units_fit.unwrap_or(0);
        if fitted == self.units && self.commit().check_limits().is_ok() {
            self.units_fit = Some(fitted + 1);
        } else {
            self.units_fit = Some(fitted);
        }
        self.units += 1;
    }

    /// Every change of an object's record comes with an entry of its history (INV-5): also where a record was only
    /// rewritten with what it means already.
    fn log_rewritten(&mut self) -> Result<(), CommandError> {
        let rewritten = self.changes.values().filter(|change| matches!(change, Change::Put { .. }));
        let mut objects: Vec<Object> = rewritten.filter_map(|change| keys::object_of(change.key())).collect();
        objects.retain(|object| !self.heads.contains_key(object));
        objects.into_iter().try_for_each(|object| self.log(object, "settle", serde_json::Value::Null))
    }

    /// Every entry of the history of a resource, group or node comes with a change of its record, so that a condition on
    /// the record protects the chain, too.
    fn touch_logged(&mut self) -> Result<(), StoreError> {
        let keys: Vec<String> = self.heads.keys().filter_map(keys::record_of).collect();
        for key in keys {
            if !self.changes.contains_key(&key)
                && let Some(stored) = self.view.get(&key)?
            {
                self.put_bytes(key, stored.value);
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Commit, CommandError> {
        let changed: Vec<&str> = self.changes.keys().map(String::as_str).collect();
        runs::check_reserved(&self.view, &changed, self.run.as_deref())?;
        self.log_rewritten()?;
        self.touch_logged()?;
        self.seal()?;
        Ok(self.commit())
    }

    fn commit(&self) -> Commit {
        let mut conditions = self.view.basis();
        let unchanged = |key: &String| {
            conditions.iter().any(|condition| matches!(condition, Condition::Unchanged { key: of, .. } if of == key))
        };
        // Half of the conditions of a command about a whole group would say the same twice.
        let protected = |object: &Object| {
            keys::record_of(object).is_some_and(|key| self.changes.contains_key(&key) && unchanged(&key))
        };
        let absent: Vec<Condition> = self
            .absent
            .iter()
            .filter(|(object, _)| !protected(object))
            .map(|(_, condition)| condition.clone())
            .collect();
        conditions.extend(absent);
        conditions.sort();
        conditions.dedup();
        Commit { conditions, changes: self.changes.values().cloned().collect() }
    }
}

/// Decides on the newest state and commits; decides anew when others changed what was read. A command without changes
/// commits nothing. Returns what `decide` returned, with the revision.
///
/// `units` says what a commit is made of when it is too large ("files", 30): the refusal then says how many fit.
///
/// # Errors
/// What `decide` returns; a refusal `too_large`; [`CommandError::Busy`]; [`CommandError::Store`].
pub fn transact<R>(
    store: &dyn Store,
    ctx: &Context,
    units: (&str, usize),
    mut decide: impl FnMut(&mut Transaction<'_>) -> Result<R, CommandError>,
) -> Result<(R, Revision), CommandError> {
    let mut attempts = 0;
    loop {
        let snapshot = store.snapshot()?;
        let mut transaction = Transaction::new(&*snapshot, ctx);
        let report = decide(&mut transaction)?;
        if transaction.changes.is_empty() {
            return Ok((report, snapshot.revision()));
        }
        let commit = transaction.finish()?;
        let units_fit = transaction.units_fit;
        drop(transaction);
        drop(snapshot);
        commit.check_limits().map_err(|error| too_large(error, units, units_fit))?;
        attempts += 1;
        match store.commit(&commit)? {
            Outcome::Done(revision) => return Ok((report, revision)),
            Outcome::Conflict(condition) if attempts >= ATTEMPTS_MAX => {
                return Err(CommandError::Busy { attempts, condition });
            }
            Outcome::Conflict(_) => {}
        }
    }
}

/// Decides as [`transact`] does, and whether the result fits one commit, but commits nothing.
///
/// # Errors
/// As [`transact`], but never [`CommandError::Busy`].
pub fn rehearse<R>(
    store: &dyn Store,
    ctx: &Context,
    units: (&str, usize),
    decide: impl FnOnce(&mut Transaction<'_>) -> Result<R, CommandError>,
) -> Result<R, CommandError> {
    let snapshot = store.snapshot()?;
    let mut transaction = Transaction::new(&*snapshot, ctx);
    let report = decide(&mut transaction)?;
    let commit = transaction.finish()?;
    let fit = transaction.units_fit;
    commit.check_limits().map_err(|error| too_large(error, units, fit))?;
    Ok(report)
}

fn too_large(error: StoreError, (what, count): (&str, usize), units_fit: Option<usize>) -> CommandError {
    let StoreError::Limit { what: limited, limit, found } = error else {
        return error.into();
    };
    if limited == "bytes a key" {
        let message = format!("a name is too long: its key in the store may have {limit} bytes and would have {found}");
        return Refusal::new("name_too_long", message).help("use shorter names and versions").into();
    }
    let fit = units_fit.unwrap_or(count.saturating_mul(limit) / found.max(1));
    Refusal::new(
        "too_large",
        format!("a command is one commit of at most {limit} {limited}; with {count} {what} this one has {found}"),
    )
    .help(match fit {
        _ if what == "resources" && count > 1 => {
            "a command about a group is one commit for all its resources: first do what \
            you can to them one by one, for example `rtreg resource disable R`, or use another group for some of them"
                .to_owned()
        }
        _ if what == "nodes" && count > 1 => format!("a group is created in one commit: name fewer nodes, about {fit}"),
        0 => "make what is written smaller".to_owned(),
        _ if count <= 1 => "make what is written smaller".to_owned(),
        _ if units_fit.is_some() => format!("do it in several commands: the first {fit} {what} fit into one"),
        _ => format!("do it in several commands, with at most {fit} {what} each"),
    })
    .into()
}

/// Decides without changing anything.
///
/// # Errors
/// What `decide` returns; [`CommandError::Store`].
pub fn inspect<R>(
    store: &dyn Store,
    decide: impl FnOnce(&View<'_>) -> Result<R, CommandError>,
) -> Result<R, CommandError> {
    let snapshot = store.snapshot()?;
    decide(&View::new(&*snapshot))
}

/// The pieces of a large text as changes, by its hash.
pub fn blob_changes(hash: &str, bytes: &[u8]) -> Vec<Change> {
    let mut chunks: Vec<&[u8]> = bytes.chunks(CHUNK_BYTES).collect();
    if chunks.is_empty() {
        chunks.push(&[]);
    }
    let put = |(number, chunk): (usize, &[u8])| Change::Put { key: keys::blob(hash, number), value: chunk.to_vec() };
    chunks.into_iter().enumerate().map(put).collect()
}

/// A large text again, by its hash and length; its pieces never change, so no condition is needed.
///
/// # Errors
/// [`StoreError::Corrupt`] if a piece is missing or the text has another hash.
pub fn read_blob(view: &View<'_>, hash: &str, length: usize) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::with_capacity(length.min(1 << 26));
    let prefix = keys::blob_all(hash);
    for chunk in view.peek(&KeyRange::prefix(&prefix), usize::MAX)? {
        bytes.extend_from_slice(&chunk.value);
    }
    if crate::history::sha256_hex(&bytes) == hash && bytes.len() == length {
        return Ok(bytes);
    }
    Err(StoreError::Corrupt {
        place: prefix,
        reason: "the text under this hash is not complete; restore the store from a copy".to_owned(),
    })
}
