//! Reading for a decision: a [`View`] remembers each key and range it reads, so that the commit can carry a condition for
//! all of them (INV-4).

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use crate::store::{Condition, KeyRange, Revision, Snapshot, StoreError, Stored};

/// How many keys are read at once where all of a range are.
const PIECE: usize = 500;

/// A snapshot that remembers what was read from it.
pub struct View<'s> {
    snapshot: &'s dyn Snapshot,
    basis: RefCell<BTreeSet<Condition>>,
}

impl<'s> View<'s> {
    /// A view of a snapshot, with nothing read.
    pub fn new(snapshot: &'s dyn Snapshot) -> Self {
        Self { snapshot, basis: RefCell::default() }
    }

    /// The revision that all reads see.
    pub fn revision(&self) -> Revision {
        self.snapshot.revision()
    }

    /// The value of a key; that it is this one, or absent, becomes a condition.
    ///
    /// # Errors
    /// As [`Snapshot::get`].
    pub fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        let stored = self.snapshot.get(key)?;
        self.basis.borrow_mut().insert(match &stored {
            Some(stored) => Condition::Unchanged { key: key.to_owned(), modified: stored.modified },
            None => Condition::Absent { key: key.to_owned() },
        });
        Ok(stored)
    }

    /// The record under a key.
    ///
    /// # Errors
    /// As [`Snapshot::get`]; [`StoreError::Corrupt`] if the value is no such record.
    pub fn record<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.get(key)?.map(|stored| decode(&stored)).transpose()
    }

    /// The keys of a range, at most `limit`; that nothing in it is created or modified becomes a condition. That none of
    /// the returned keys is deleted does not: read those that matter with [`View::get`].
    ///
    /// # Errors
    /// As [`Snapshot::range`].
    pub fn range(&self, range: &KeyRange, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let found = self.snapshot.range(range, limit)?;
        let range = range.clone();
        self.basis.borrow_mut().insert(if found.is_empty() {
            Condition::RangeEmpty { range }
        } else {
            // Where the whole range was read, its newest key says the same as the store's revision does, and is the same
            // after a write to something else.
            let newest = found.iter().map(|stored| stored.modified).max().filter(|_| found.len() < limit);
            Condition::RangeUnchanged { range, since: newest.unwrap_or(self.revision()) }
        });
        Ok(found)
    }

    /// The keys of a range without a condition: for words of a refusal and for what only prints.
    ///
    /// # Errors
    /// As [`Snapshot::range`].
    pub fn peek(&self, range: &KeyRange, limit: usize) -> Result<Vec<Stored>, StoreError> {
        self.snapshot.range(range, limit)
    }

    /// The value of a key without a condition.
    ///
    /// # Errors
    /// As [`Snapshot::get`].
    pub fn peek_key(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        self.snapshot.get(key)
    }

    /// The record under a key without a condition: for words, or where another condition stands for it.
    ///
    /// # Errors
    /// As [`View::record`].
    pub fn peek_record<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.peek_key(key)?.map(|stored| decode(&stored)).transpose()
    }

    /// The parts that follow `prefix` (which ends with `/`) in the keys of the store, in the order of their bytes, at most
    /// `limit`; reads one key for each part, however many keys share it. No condition.
    ///
    /// # Errors
    /// As [`Snapshot::range`].
    pub fn peek_parts(&self, prefix: &str, limit: usize) -> Result<Vec<String>, StoreError> {
        let mut range = KeyRange::prefix(prefix);
        let mut parts = Vec::new();
        while parts.len() < limit {
            let found = self.snapshot.range(&range, 1)?;
            let Some(rest) = found.first().and_then(|stored| stored.key.strip_prefix(prefix)) else {
                break;
            };
            let part = rest.split('/').next().unwrap_or(rest).to_owned();
            // `0` follows `/`: the first key that does not start with the part and a slash.
            range.start = if rest == part { format!("{prefix}{part}\0") } else { format!("{prefix}{part}0") };
            parts.push(part);
        }
        Ok(parts)
    }

    /// Every key of a range in turn, read in pieces, without a condition.
    ///
    /// # Errors
    /// As [`Snapshot::range`]; what `each` returns.
    pub fn for_each<E: From<StoreError>>(
        &self,
        range: &KeyRange,
        mut each: impl FnMut(Stored) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut range = range.clone();
        loop {
            let piece = self.snapshot.range(&range, PIECE)?;
            let Some(last) = piece.last() else {
                return Ok(());
            };
            let full = piece.len() == PIECE;
            range.start = format!("{}\0", last.key);
            for stored in piece {
                each(stored)?;
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// How many keys of a range are `wanted`, counted up to `limit` in pieces, without a condition.
    ///
    /// # Errors
    /// As [`Snapshot::range`]; what `wanted` returns.
    pub fn count(
        &self,
        range: &KeyRange,
        limit: usize,
        wanted: impl Fn(&Stored) -> Result<bool, StoreError>,
    ) -> Result<usize, StoreError> {
        let mut range = range.clone();
        let mut count = 0;
        while count < limit {
            let size = PIECE.min(limit - count);
            let piece = self.snapshot.range(&range, size)?;
            for stored in &piece {
                count += usize::from(wanted(stored)?);
            }
            match piece.last() {
                Some(last) if piece.len() == size => range.start = format!("{}\0", last.key),
                _ => break,
            }
        }
        Ok(count)
    }

    /// The conditions of all that was read.
    pub fn basis(&self) -> Vec<Condition> {
        self.basis.borrow().iter().cloned().collect()
    }
}

/// Reads the record in a stored value.
///
/// # Errors
/// [`StoreError::Corrupt`] if the value is no such record.
pub fn decode<T: DeserializeOwned>(stored: &Stored) -> Result<T, StoreError> {
    serde_json::from_slice(&stored.value).map_err(|error| StoreError::Corrupt {
        place: stored.key.clone(),
        reason: format!("the value is no record of this version of rtreg ({error}); was it written by a newer one?"),
    })
}
