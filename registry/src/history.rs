//! The history: append-only, one hash chain per object. An entry says what happened, when, who did it, where and why.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Object {
    /// `type`, `resource`, `group`, `node`, `setting` or `run`.
    pub kind: String,
    /// Its name; of a type the full name.
    pub name: String,
}

impl Object {
    /// The object of this kind with this name.
    pub fn new(kind: &str, name: &str) -> Self {
        Self { kind: kind.to_owned(), name: name.to_owned() }
    }
}

/// Who does something: the real user, and the one behind sudo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Who {
    /// Name of the real user, or `#` and the number if it has none.
    pub user: String,
    /// SUDO_USER, if set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sudo_user: Option<String>,
    /// Name of the host.
    pub host: String,
}

/// What every command is told of the world: time, user, host and reason are arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The time, RFC 3339 in UTC.
    pub at: String,
    /// Who.
    pub who: Who,
    /// `--reason`.
    pub why: Option<String>,
    /// The node that this process is on.
    pub local_node: String,
}

/// An entry of the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct Entry {
    /// What it is about.
    pub object: Object,
    /// Number in the chain of the object, from 1.
    pub number: u64,
    /// The time, RFC 3339 in UTC.
    pub at: String,
    /// Who did it, on which host.
    pub who: Who,
    /// The reason given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What happened: `register`, `upgrade`, `node_down` …
    pub event: String,
    /// What changed, as the event has it.
    pub detail: serde_json::Value,
    /// SHA-256 of the object's record as it is after the commit that the entry is part of, hexadecimal; none where there
    /// is no record any more.
    pub record: Option<String>,
    /// The hash of the entry before; none for the first.
    pub previous: Option<String>,
    /// SHA-256 of all the above, hexadecimal.
    pub hash: String,
}

impl Entry {
    /// The entry that follows `previous` in an object's chain; it is whole only when it is sealed.
    pub fn following(
        previous: Option<&Self>,
        object: Object,
        event: &str,
        detail: serde_json::Value,
        ctx: &Context,
    ) -> Self {
        Self {
            object,
            number: previous.map_or(1, |entry| entry.number + 1),
            at: ctx.at.clone(),
            who: ctx.who.clone(),
            why: ctx.why.clone(),
            event: event.to_owned(),
            detail,
            record: None,
            previous: None,
            hash: String::new(),
        }
        .sealed(previous, Some(sha256_hex(&[])))
    }

    /// The entry, bound to the one before it and to the record, of which this is the hash.
    #[must_use]
    pub fn sealed(mut self, previous: Option<&Self>, record: Option<String>) -> Self {
        self.previous = previous.map(|entry| entry.hash.clone());
        self.record = record;
        self.hash = self.computed_hash();
        self
    }

    /// The hash that the entry must have: of its JSON with an empty hash.
    pub fn computed_hash(&self) -> String {
        let bare = Self { hash: String::new(), ..self.clone() };
        sha256_hex(serde_json::to_string(&bare).unwrap_or_default().as_bytes())
    }
}

/// The kinds of objects that have a history.
pub const KINDS: [&str; 6] = ["type", "resource", "group", "node", "setting", "run"];

/// Whether the object does not exist any more after the event.
pub fn ends_object(event: &str) -> bool {
    matches!(event.rsplit('_').next(), Some("unregister" | "delete" | "remove"))
}

/// The hash that the stored JSON of an entry must have: of the very bytes, with an empty hash. Unlike
/// [`Entry::computed_hash`] it also sees fields that this version of rtreg does not know. None if the JSON does not end
/// with a hash.
pub fn stored_hash(json: &[u8]) -> Option<String> {
    const HASH_DIGITS: usize = 64;
    const FIELD: &[u8] = br#","hash":""#;
    let bare = json.strip_suffix(br#""}"#)?;
    let head = bare.get(..bare.len().checked_sub(HASH_DIGITS)?)?;
    head.ends_with(FIELD).then(|| sha256_hex(&[head, br#""}"#].concat()))
}

/// The hash over the heads of all chains: SHA-256 over a line `kind name number hash` for each, in the order of the keys of
/// the store, kind and name as they are in keys.
#[derive(Debug, Clone, Default)]
pub struct HeadHash {
    digest: Sha256,
}

impl HeadHash {
    /// The next head.
    pub fn add(&mut self, head: &Entry) {
        let (kind, name) = (crate::keys::part(&head.object.kind), crate::keys::part(&head.object.name));
        self.digest.update(format!("{kind} {name} {} {}\n", head.number, head.hash));
    }

    /// The hash, hexadecimal.
    pub fn finish(self) -> String {
        hex(&self.digest.finalize())
    }
}

/// SHA-256 as hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Hexadecimal digits.
pub(crate) fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
