//! `rtreg history`: what happened to an object, or to all; and the hash over the heads of all chains, to be kept elsewhere.
//! It never changes anything.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::before;
use crate::error::{CommandError, Refusal};
use crate::history::{Entry, HeadHash, KINDS, Object};
use crate::keys;
use crate::store::{KeyRange, Revision, Stored};
use crate::types::candidates;
use crate::view::{View, decode};

/// Entries of one or all objects.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// Version of this form: 1.
    pub version: u32,
    /// Newest first.
    pub entries: Vec<Happened>,
    /// Whether there are older ones.
    pub more: bool,
}

/// An entry, and the revision of the store that it is part of.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Happened {
    /// The revision.
    pub revision: Revision,
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
}

/// The hash over the heads of all chains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Head {
    /// Version of this form: 1.
    pub version: u32,
    /// The revision of the store.
    pub revision: Revision,
    /// SHA-256 over the heads, hexadecimal.
    pub hash: String,
    /// How many chains there are.
    pub chains: u64,
}

/// The newest `limit` entries of an object, or of all objects without one. An object is `KIND:NAME` or a plain name, which
/// is looked up in each kind; a type may be abbreviated.
///
/// # Errors
/// A refusal `no_history`; [`CommandError::Store`].
pub fn history(view: &View<'_>, object: Option<&str>, limit: usize) -> Result<Report, CommandError> {
    let mut newest = Newest { limit, entries: BTreeMap::new(), more: false };
    match object {
        None => view.for_each(&KeyRange::prefix("history/"), |stored| newest.add(stored))?,
        Some(text) => {
            let objects = objects(view, text)?;
            if objects.is_empty() {
                return Err(no_history(text).into());
            }
            for object in objects {
                let range = KeyRange::prefix(&keys::history_all(&object.kind, &object.name));
                // The newest sorts first: one more than wanted shows whether there are more.
                for stored in view.peek(&range, limit.saturating_add(1))? {
                    newest.add(stored)?;
                }
            }
        }
    }
    let (entries, more) = (newest.entries, newest.more);
    let entries = entries.into_values().rev().map(|stored| read(&stored)).collect::<Result<_, _>>()?;
    Ok(Report { version: 1, entries, more })
}

/// The hash over the heads of all chains as they are now; reads one entry for each chain.
///
/// # Errors
/// [`CommandError::Store`].
pub fn head(view: &View<'_>) -> Result<Head, CommandError> {
    let mut hash = HeadHash::default();
    let mut chains = 0;
    for kind in view.peek_parts("history/", usize::MAX)? {
        let prefix = format!("history/{kind}/");
        let mut range = KeyRange::prefix(&prefix);
        while let Some(stored) = view.peek(&range, 1)?.first() {
            hash.add(&decode(stored)?);
            chains += 1;
            let object = stored.key.rsplit_once('/').map_or(stored.key.as_str(), |(object, _)| object);
            // `0` follows `/`: the first key behind the chain.
            range.start = format!("{object}0");
        }
    }
    Ok(Head { version: 1, revision: view.revision(), hash: hash.finish(), chains })
}

/// The newest entries seen so far.
struct Newest {
    limit: usize,
    /// By revision, then the order of keys turned round, so that the later entry of an object in one commit comes last.
    entries: BTreeMap<(Revision, std::cmp::Reverse<String>), Stored>,
    more: bool,
}

impl Newest {
    fn add(&mut self, stored: Stored) -> Result<(), CommandError> {
        self.entries.insert((stored.modified, std::cmp::Reverse(stored.key.clone())), stored);
        if self.entries.len() > self.limit {
            self.entries.pop_first();
            self.more = true;
        }
        Ok(())
    }
}

fn read(stored: &Stored) -> Result<Happened, CommandError> {
    Ok(Happened { revision: stored.modified, entry: decode(stored)? })
}

/// The objects with a history that `text` may mean.
fn objects(view: &View<'_>, text: &str) -> Result<Vec<Object>, CommandError> {
    let known = |object: &Object| -> Result<bool, CommandError> {
        let range = KeyRange::prefix(&keys::history_all(&object.kind, &object.name));
        Ok(!view.peek(&range, 1)?.is_empty())
    };
    if let Some((kind, name)) = text.split_once(':')
        && KINDS.contains(&kind)
    {
        let mut found = vec![Object::new(kind, name)];
        if kind == "type" {
            found = types(view, name)?;
        }
        found.retain(|object| known(object).unwrap_or(true));
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let mut found = Vec::new();
    for kind in KINDS {
        let object = Object::new(kind, text);
        if known(&object)? {
            found.push(object);
        }
    }
    Ok(if found.is_empty() { types(view, text)? } else { found })
}

/// The type with this very name, registered or not; else the registered ones that the name may mean.
fn types(view: &View<'_>, name: &str) -> Result<Vec<Object>, CommandError> {
    let exact = Object::new("type", name);
    if !view.peek(&KeyRange::prefix(&keys::history_all("type", name)), 1)?.is_empty() {
        return Ok(vec![exact]);
    }
    let (found, _) = candidates(view, name)?;
    Ok(found.iter().map(|candidate| Object::new("type", &candidate.name.to_string())).collect())
}

fn no_history(text: &str) -> Refusal {
    Refusal::new("no_history", format!("nothing in the history is called `{text}`")).help(format!(
        "write KIND:NAME with one of the kinds {}, or a plain name; `rtreg history` shows all that happened",
        KINDS.join(", ")
    ))
}

impl Report {
    /// The report in words: a line for each entry, newest first, and below it the reason and what changed.
    pub fn text(&self) -> String {
        let mut text: String = self.entries.iter().map(Happened::text).collect();
        if self.entries.is_empty() {
            text.push_str("nothing has happened yet\n");
        }
        if self.more {
            text.push_str("there are older entries; `--limit N` shows more\n");
        }
        text
    }
}

impl Happened {
    fn text(&self) -> String {
        let entry = &self.entry;
        let sudo = entry.who.sudo_user.as_ref().map(|user| format!(" (sudo by {user})")).unwrap_or_default();
        let mut text = format!(
            "{} revision {}: {} `{}` #{}: {} by {}@{}{sudo}\n",
            entry.at,
            self.revision,
            entry.object.kind,
            entry.object.name,
            entry.number,
            entry.event,
            entry.who.user,
            entry.who.host
        );
        if let Some(why) = &entry.why {
            text.push_str(&format!("  reason: {why}\n"));
        }
        match &entry.detail {
            Value::Null => {}
            Value::Object(fields) => {
                // What was before stands in the changes already.
                for (name, value) in fields.iter().filter(|(name, _)| *name != before::FIELD) {
                    text.push_str(&field(name, value));
                }
            }
            other => text.push_str(&format!("  {}\n", plain(other))),
        }
        text
    }
}

/// A field of an entry's detail: in one line, or a line for each object of a list.
fn field(name: &str, value: &Value) -> String {
    match value {
        Value::Array(rows) if rows.is_empty() => String::new(),
        Value::Array(rows) if rows.iter().all(Value::is_object) => {
            rows.iter().map(|row| format!("  {name}: {}\n", plain(row))).collect()
        }
        _ => format!("  {name}: {}\n", plain(value)),
    }
}

/// A value in words: strings without quotes, lists with commas, objects as `name value`, what is null or empty left out.
/// `what`, `from` and `to` of a change read as `what from -> to`; a place reads as line and column.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            if let (Some(line), Some(column)) = (fields.get("line"), fields.get("column")) {
                return format!("{line}:{column}");
            }
            let mut parts = Vec::new();
            if let Some(what) = fields.get("what") {
                let side = |name| fields.get(name).filter(|value| !value.is_null()).map_or("-".to_owned(), plain);
                parts.push(format!("{} {} -> {}", plain(what), side("from"), side("to")));
            }
            for (name, value) in fields {
                let said = fields.contains_key("what") && matches!(name.as_str(), "what" | "from" | "to");
                let words = if said || value.is_null() { String::new() } else { plain(value) };
                if !words.is_empty() {
                    parts.push(format!("{name} {words}"));
                }
            }
            parts.join(", ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

impl Head {
    /// `REVISION HASH`
    pub fn text(&self) -> String {
        format!("{} {}\n", self.revision, self.hash)
    }
}
