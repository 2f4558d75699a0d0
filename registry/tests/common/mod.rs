//! What the tests of the types side share: RTR files made of parts, a store in memory, refusals as text.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;

use rtreg_registry::commands::register::{self, Report, Request, RtrFile};
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::{
    Change, CommandError, Commit, Context, Outcome, Revision, Store, Transaction, View, Who, inspect, keys, transact,
};

/// A file of vendor TEST.
pub fn rtr(name: &str, version: &str, more: &str) -> String {
    let version = if version.is_empty() { String::new() } else { format!("RT_version = \"{version}\";\n") };
    format!(
        "Resource_type = {name};\nVendor_id = TEST;\n{version}RT_basedir = /opt/{name};\nStart = start;\nStop = stop;\n{more}"
    )
}

/// An upgrade-aware file of vendor TEST.
pub fn aware(name: &str, version: &str) -> String {
    rtr(name, version, "#$upgrade\n")
}

/// A file of a command, named after nothing but its number of bytes.
pub fn file(name: &str, text: &str) -> RtrFile {
    RtrFile { name: name.to_owned(), bytes: text.as_bytes().to_vec(), digests: BTreeMap::new() }
}

pub fn context(why: Option<&str>) -> Context {
    Context {
        at: "2026-01-02T03:04:05.678Z".to_owned(),
        who: Who { user: "mara".to_owned(), sudo_user: None, host: "adm1".to_owned() },
        why: why.map(str::to_owned),
        local_node: "n1".to_owned(),
    }
}

/// A store with the nodes n1, n2, n3.
pub fn store() -> MemoryStore {
    let store = MemoryStore::default();
    for node in ["n1", "n2", "n3"] {
        put(&store, &keys::node(node), &format!(r#"{{"name":"{node}","status":"up","added":0,"incarnation":0}}"#));
    }
    store
}

/// Writes a value past all rules, as another room would.
pub fn put(store: &dyn Store, key: &str, value: &str) {
    let change = Change::Put { key: key.to_owned(), value: value.as_bytes().to_vec() };
    commit(store, change);
}

pub fn commit(store: &dyn Store, change: Change) {
    let outcome = store.commit(&Commit { conditions: Vec::new(), changes: vec![change] }).unwrap();
    assert!(matches!(outcome, Outcome::Done(_)));
}

/// A resource in a group, as the other side of the registry writes both.
pub fn put_resource(store: &dyn Store, resource: &str, base: &str, version: &str, group: (&str, &[&str])) {
    let rt_version = rtreg_model::RtVersion::new(version);
    let (group, nodes) = group;
    let record = serde_json::json!({ "name": resource, "group": group, "base": base, "type_version": version });
    put(store, &keys::resource(resource), &record.to_string());
    put(store, &keys::by_type(base, &rt_version, resource), "{}");
    let record = serde_json::json!({
        "name": group, "node_list": nodes, "maximum_primaries": 1, "managed": true, "driver": "recorded"
    });
    put(store, &keys::group(group), &record.to_string());
}

/// Registers files that are expected to register, and returns the report.
pub fn register(store: &dyn Store, files: &[&str]) -> Report {
    try_register(store, files, None).expect("the files register")
}

pub fn try_register(store: &dyn Store, files: &[&str], nodes: Option<&[&str]>) -> Result<Report, CommandError> {
    let named = |(number, text): (usize, &&str)| file(&format!("file{number}.rtr"), text);
    let request = Request {
        files: files.iter().enumerate().map(named).collect(),
        installed_nodes: nodes.map(|nodes| nodes.iter().map(|&node| node.to_owned()).collect()),
        ..Request::default()
    };
    register::run(store, &context(None), &request).map(|(report, _)| report)
}

pub fn change<R>(
    store: &dyn Store,
    decide: impl FnMut(&mut Transaction<'_>) -> Result<R, CommandError>,
) -> Result<R, CommandError> {
    transact(store, &context(Some("a test")), ("objects", 1), decide).map(|(report, _)| report)
}

pub fn look<R>(
    store: &dyn Store,
    decide: impl FnOnce(&View<'_>) -> Result<R, CommandError>,
) -> Result<R, CommandError> {
    inspect(store, decide)
}

pub fn revision(store: &dyn Store) -> Revision {
    store.snapshot().unwrap().revision()
}

/// A refusal as a person reads it.
pub fn words<R>(result: Result<R, CommandError>) -> String {
    let (kind, refusal) = match result {
        Ok(_) => return "it was not refused".to_owned(),
        Err(CommandError::Refused(refusal)) => ("refused", refusal),
        Err(CommandError::Usage(refusal)) => ("usage", refusal),
        Err(CommandError::Findings(findings)) => {
            let line = |finding: &rtreg_model::Finding| {
                format!("{:?} file {} {}: {}\n", finding.level, finding.primary.file.0, finding.rule, finding.message)
            };
            return findings.iter().map(line).collect();
        }
        Err(other) => return format!("{other:?}"),
    };
    let details: String = refusal.details.iter().map(|line| format!("  {line}\n")).collect();
    let help = refusal.help.as_deref().unwrap_or("-");
    format!("{kind} {}: {}\n{details}help: {help}", refusal.rule, refusal.message)
}
