//! `rtreg register`: puts versions of types under their names, all of a command or none. The rules: a file without errors;
//! one name has one content for ever; one version has one name. The caller reads the files and the methods.

mod report;

use std::collections::{BTreeMap, BTreeSet};

use rtreg_checker::LintOptions;
use rtreg_checker::report::Sources;
use rtreg_checker::report::json::{JsonFinding, JsonReport};
use rtreg_model::{FileId, Finding, Level, Method, Release, ResourceType, RtVersion, TypeName};

use crate::commands::installed::{self, node_words};
use crate::declarations::differences;
use crate::error::{CommandError, Refusal};
use crate::history::{Context, Object, sha256_hex};
use crate::keys;
use crate::records::{MethodRecord, NameRecord, TypeRecord};
use crate::store::{CHANGES_MAX, COMMIT_BYTES_MAX, Change, Commit, KeyRange, Outcome, Revision, Store, StoreError};
use crate::transaction::{Transaction, blob_changes, rehearse, transact};
use crate::types::{CANDIDATES_MAX, load_type, newest_first};
use crate::view::{View, decode};

pub(crate) use report::version_words;
pub use report::{Effect, Registered, RegisteredMethod, Report, SharedPaths};

/// Most lines that a refusal shows of what differs.
const DIFFERENCES_MAX: usize = 40;

/// Bytes of a commit that are left to records and history where RTR sources are written with them.
const RESERVED_BYTES: usize = COMMIT_BYTES_MAX / 4;

/// An RTR file to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtrFile {
    /// How messages call the file: its path as the user wrote it.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// SHA-256 of the method files that exist on this node, by absolute path; [`Prepared::with_digests`] adds them.
    pub digests: BTreeMap<String, String>,
}

/// What is to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The files; findings name them by their place in this list.
    pub files: Vec<RtrFile>,
    /// Installed_nodes of all of them; none means all nodes of the cluster.
    pub installed_nodes: Option<Vec<String>>,
    /// The release that the files are checked for: only files for 3.0 may leave out RT_version.
    pub target: Release,
}

impl Default for Request {
    fn default() -> Self {
        Self { files: Vec::new(), installed_nodes: None, target: LintOptions::default().target }
    }
}

/// Files that have passed the checks that need no store.
#[derive(Debug, Clone)]
pub struct Prepared {
    types: Vec<PreparedType>,
    findings: Vec<Finding>,
    json_findings: Vec<JsonFinding>,
    installed_nodes: Option<Vec<String>>,
}

#[derive(Debug, Clone)]
struct PreparedType {
    file: RtrFile,
    hash: String,
    resource_type: ResourceType,
    name: TypeName,
    full_name: String,
}

/// Registers the files in one commit. RTR sources that do not fit into it are written before it, by their hash: without
/// the records that name them they mean nothing.
///
/// # Errors
/// [`CommandError::Findings`] with the findings of all files; refusals; [`CommandError::Store`].
pub fn run(store: &dyn Store, ctx: &Context, request: &Request) -> Result<(Report, Revision), CommandError> {
    run_prepared(store, ctx, &prepare(request)?)
}

/// As [`run`], with files that have passed the checks.
///
/// # Errors
/// Refusals; [`CommandError::Store`].
pub fn run_prepared(store: &dyn Store, ctx: &Context, prepared: &Prepared) -> Result<(Report, Revision), CommandError> {
    let units = ("files", prepared.types.len());
    let inline = prepared.sources_fit();
    if !inline {
        let report = rehearse(store, ctx, units, |tx| register(tx, prepared, false))?;
        for (prepared, registered) in prepared.types.iter().zip(&report.types) {
            if registered.effect == Effect::Registered {
                write_source(store, prepared)?;
            }
        }
    }
    transact(store, ctx, units, |tx| register(tx, prepared, inline))
}

/// Checks the files without a store: findings, names, duplicates in the command.
///
/// # Errors
/// [`CommandError::Findings`]; a refusal `same_type_twice`; [`CommandError::Usage`] without a file.
pub fn prepare(request: &Request) -> Result<Prepared, CommandError> {
    if request.files.is_empty() {
        return Err(CommandError::usage(
            Refusal::new("no_file", "expected at least one RTR file, found none")
                .help("name the files to be registered"),
        ));
    }
    let mut findings = Vec::new();
    let mut types = Vec::new();
    for (number, file) in request.files.iter().enumerate() {
        let rtr = rtreg_parser::parse(&file.bytes, FileId(u32::try_from(number).unwrap_or(u32::MAX)));
        let found = rtreg_checker::lint(&rtr, &LintOptions::default().target(request.target));
        let errors = found.iter().any(|finding| finding.level == Level::Error);
        findings.extend(found);
        if errors {
            continue;
        }
        let resource_type = rtreg_parser::lower(&rtr)
            .ok_or_else(|| CommandError::Internal(format!("`{}` has no errors, but gives no type", file.name)))?;
        types.push(PreparedType::new(file.clone(), resource_type));
    }
    if types.len() < request.files.len() {
        return Err(CommandError::Findings(findings));
    }
    refuse_same_twice(&types)?;
    let json_findings = JsonReport::new(&findings, &sources(request), request.files.len()).findings;
    Ok(Prepared { types, findings, json_findings, installed_nodes: request.installed_nodes.clone() })
}

/// The files as reports of findings want them.
pub fn sources(request: &Request) -> Sources {
    let mut sources = Sources::default();
    for file in &request.files {
        sources.add(file.name.clone(), file.bytes.clone());
    }
    sources
}

impl PreparedType {
    fn new(file: RtrFile, resource_type: ResourceType) -> Self {
        let name = resource_type.name();
        Self { hash: sha256_hex(&file.bytes), full_name: name.to_string(), file, resource_type, name }
    }

    fn version(&self) -> &RtVersion {
        &self.resource_type.version.value
    }

    fn record(&self, installed_nodes: Option<Vec<String>>, local_node: &str) -> TypeRecord {
        let method = |path: &str| MethodRecord {
            path: path.to_owned(),
            digests: self
                .file
                .digests
                .get(path)
                .map(|digest| (local_node.to_owned(), digest.clone()))
                .into_iter()
                .collect(),
        };
        let methods = self.resource_type.methods.iter();
        TypeRecord {
            name: self.name.clone(),
            version: self.version().clone(),
            upgrade_aware: self.resource_type.upgrade.is_some(),
            rtr_hash: self.hash.clone(),
            rtr_bytes: self.file.bytes.len() as u64,
            installed_nodes,
            rt_system: self.resource_type.rt_system.value,
            methods: methods.map(|(name, path)| (*name, method(&path.absolute))).collect(),
        }
    }
}

impl Prepared {
    /// Asks for the SHA-256 of each method file that the files name, by its absolute path, once each; none where there is
    /// no such file on this node.
    #[must_use]
    pub fn with_digests(mut self, digest: impl FnMut(&str) -> Option<String>) -> Self {
        let methods = self.types.iter().flat_map(|prepared| prepared.resource_type.methods.values());
        let paths: BTreeSet<String> = methods.map(|path| path.absolute.clone()).collect();
        let mut digest = digest;
        let digests: BTreeMap<String, String> =
            paths.into_iter().filter_map(|path| digest(&path).map(|digest| (path, digest))).collect();
        for prepared in &mut self.types {
            prepared.file.digests = digests.clone();
        }
        self
    }

    /// Whether the sources fit into the commit that registers the types.
    fn sources_fit(&self) -> bool {
        let changes_each = 4 + self.installed_nodes.as_ref().map_or(0, Vec::len);
        let (mut changes, mut bytes) = (0, 0);
        for prepared in &self.types {
            changes += changes_each + blob_changes(&prepared.hash, &prepared.file.bytes).len();
            bytes += prepared.file.bytes.len();
        }
        changes <= CHANGES_MAX && bytes <= COMMIT_BYTES_MAX - RESERVED_BYTES
    }
}

fn refuse_same_twice(types: &[PreparedType]) -> Result<(), CommandError> {
    let mut seen: BTreeMap<(&str, &RtVersion), &PreparedType> = BTreeMap::new();
    let mut names: BTreeMap<&str, &PreparedType> = BTreeMap::new();
    for prepared in types {
        let same_version = seen.insert((prepared.name.base(), prepared.version()), prepared);
        if let Some(other) = names.insert(&prepared.full_name, prepared).or(same_version) {
            if other.full_name == prepared.full_name && other.hash == prepared.hash {
                continue;
            }
            let message = if other.full_name == prepared.full_name {
                format!("two files of this command are `{}`", prepared.full_name)
            } else {
                format!(
                    "two files of this command are version {} of {}: under the names `{}` and `{}`",
                    prepared.version(),
                    prepared.name.base(),
                    other.full_name,
                    prepared.full_name
                )
            };
            return Err(Refusal::new("same_type_twice", message)
                .details([other.file.name.clone(), prepared.file.name.clone()])
                .help("register one of them")
                .into());
        }
    }
    Ok(())
}

/// Writes a source in commits within the limits; its pieces have the same content whoever writes them.
fn write_source(store: &dyn Store, prepared: &PreparedType) -> Result<(), StoreError> {
    let mut pending: Vec<Change> = Vec::new();
    let flush = |changes: Vec<Change>| match store.commit(&Commit { conditions: Vec::new(), changes })? {
        Outcome::Done(_) => Ok(()),
        Outcome::Conflict(condition) => Err(StoreError::Corrupt {
            place: prepared.file.name.clone(),
            reason: format!("a commit without conditions was refused because of {condition:?}"),
        }),
    };
    for change in blob_changes(&prepared.hash, &prepared.file.bytes) {
        let mut attempt = Commit { conditions: Vec::new(), changes: std::mem::take(&mut pending) };
        attempt.changes.push(change);
        if attempt.check_limits().is_err()
            && let Some(last) = attempt.changes.pop()
        {
            flush(std::mem::take(&mut attempt.changes))?;
            attempt.changes.push(last);
        }
        pending = attempt.changes;
    }
    flush(pending)
}

/// Decides about all files; with `sources`, writes the RTR texts too.
///
/// # Errors
/// Refusals `other_content`, `two_names`, `node_not_found`; [`CommandError::Store`].
pub fn register(tx: &mut Transaction<'_>, prepared: &Prepared, sources: bool) -> Result<Report, CommandError> {
    let installed =
        prepared.installed_nodes.as_deref().map(|nodes| installed::existing(&tx.view, nodes)).transpose()?;
    let mut types: Vec<Registered> = Vec::new();
    for candidate in &prepared.types {
        let same = types.iter().find(|registered| registered.name == candidate.full_name);
        types.push(match same {
            Some(same) => Registered {
                file: candidate.file.name.clone(),
                effect: Effect::Unchanged,
                shared_paths: Vec::new(),
                ..same.clone()
            },
            None => register_one(tx, candidate, &prepared.types, installed.as_ref(), sources)?,
        });
        tx.end_unit();
    }
    let (findings, json_findings) = (prepared.findings.clone(), prepared.json_findings.clone());
    Ok(Report { version: 1, types, json_findings, findings })
}

fn register_one(
    tx: &mut Transaction<'_>,
    candidate: &PreparedType,
    all: &[PreparedType],
    installed: Option<&Vec<String>>,
    sources: bool,
) -> Result<Registered, CommandError> {
    if let Some(named) = tx.view.record::<NameRecord>(&keys::name(&candidate.full_name))? {
        let present = named.read(&tx.view)?;
        if present.rtr_hash != candidate.hash {
            return Err(other_content(&tx.view, candidate, &present)?.into());
        }
        return Ok(unchanged(candidate, &present, installed, tx.context()));
    }
    let key = keys::type_version(candidate.name.base(), candidate.version());
    if let Some(other) = tx.view.record::<TypeRecord>(&key)? {
        return Err(two_names(candidate, &other).into());
    }
    let record = candidate.record(installed.cloned(), &tx.context().local_node);
    let shared_paths = shared_paths(&tx.view, candidate, all)?;
    if sources {
        for change in blob_changes(&candidate.hash, &candidate.file.bytes) {
            if let Change::Put { key, value } = change {
                tx.put_bytes(key, value);
            }
        }
    }
    let index = NameRecord::of(&record);
    tx.put(key, &record);
    tx.put(keys::name(&candidate.full_name), &index);
    tx.put(keys::by_short(record.name.resource_type(), record.name.base(), &record.version), &index);
    for node in record.installed_nodes.iter().flatten() {
        tx.put(keys::by_node_type(node, record.name.base(), &record.version), &index);
    }
    tx.log(Object::new("type", &candidate.full_name), "register", detail(&record))?;
    let mut registered = registered(candidate, &record, Effect::Registered, tx.context());
    registered.shared_paths = shared_paths;
    Ok(registered)
}

fn detail(record: &TypeRecord) -> serde_json::Value {
    serde_json::json!({
        "rt_version": record.version,
        "rtr_sha256": record.rtr_hash,
        "rtr_bytes": record.rtr_bytes,
        "installed_nodes": record.installed_nodes,
        "rt_system": record.rt_system,
        "methods": record.methods,
    })
}

fn registered(candidate: &PreparedType, record: &TypeRecord, effect: Effect, ctx: &Context) -> Registered {
    let method = |(name, method): (&Method, &MethodRecord)| RegisteredMethod {
        method: name.to_string(),
        path: method.path.clone(),
        digest: method.digests.get(&ctx.local_node).cloned(),
    };
    Registered {
        file: candidate.file.name.clone(),
        effect,
        name: candidate.full_name.clone(),
        rt_version: record.version.as_str().map(str::to_owned),
        upgrade_aware: record.upgrade_aware,
        rtr_sha256: record.rtr_hash.clone(),
        installed_nodes: record.installed_nodes.clone(),
        rt_system: record.rt_system,
        methods: record.methods.iter().map(method).collect(),
        shared_paths: Vec::new(),
        notes: Vec::new(),
    }
}

fn unchanged(
    candidate: &PreparedType,
    present: &TypeRecord,
    installed: Option<&Vec<String>>,
    ctx: &Context,
) -> Registered {
    let mut registered = registered(candidate, present, Effect::Unchanged, ctx);
    let set = |nodes: &[String]| nodes.iter().cloned().collect::<BTreeSet<_>>();
    if let Some(wanted) = installed
        && present.installed_nodes.as_deref().map(set) != Some(set(wanted))
    {
        registered.notes.push(format!(
            "Installed_nodes stays {}; `rtreg type set {} --node {}` changes it",
            node_words(present.installed_nodes.as_deref()),
            candidate.full_name,
            wanted.join(",")
        ));
    }
    registered
}

fn other_content(view: &View<'_>, candidate: &PreparedType, present: &TypeRecord) -> Result<Refusal, CommandError> {
    let old = load_type(view, present)?.resource_type;
    let mut lines = differences(&old, &candidate.resource_type);
    if lines.is_empty() {
        lines.push("the two declare the same; the bytes differ only in comments, white space or spelling".to_owned());
    }
    let more = lines.len().saturating_sub(DIFFERENCES_MAX);
    lines.truncate(DIFFERENCES_MAX);
    lines.extend((more > 0).then(|| format!("and {more} more lines")));
    let refusal = Refusal::new(
        "other_content",
        format!("`{}` is registered with other content than {}", candidate.full_name, candidate.file.name),
    )
    .details(lines);
    let same_version = present.version == *candidate.version();
    Ok(refusal.help(if candidate.resource_type.upgrade.is_none() && !same_version {
        format!(
            "the file has no `#$upgrade`, so its version {} is not part of the name: put `#$upgrade` into it, or \
             unregister the old one first (`rtreg unregister {}`)",
            candidate.version(),
            candidate.full_name
        )
    } else {
        format!(
            "a registered version never changes: give the new file an RT_version of its own, or unregister the old one \
             first (`rtreg unregister {name}`); `rtreg show type {name} --rtr` prints what is registered",
            name = candidate.full_name
        )
    }))
}

fn two_names(candidate: &PreparedType, other: &TypeRecord) -> Refusal {
    Refusal::new(
        "two_names",
        format!(
            "{} would register version {} of {} as `{}`, but that version is registered as `{}`; one version has one name",
            candidate.file.name,
            candidate.version(),
            candidate.name.base(),
            candidate.full_name,
            other.name
        ),
    )
    .help(format!(
        "give the file an RT_version of its own (only a file with `#$upgrade` has it in its name), or unregister the \
         other one first (`rtreg unregister {}`)",
        other.name
    ))
}

/// Which versions of the type, registered or of this command, name the same method files. For the report only, so that
/// versions of one type can be registered at the same time.
fn shared_paths(
    view: &View<'_>,
    candidate: &PreparedType,
    all: &[PreparedType],
) -> Result<Vec<SharedPaths>, CommandError> {
    let paths = |rt: &ResourceType| rt.methods.values().map(|path| path.absolute.clone()).collect::<BTreeSet<_>>();
    let own = paths(&candidate.resource_type);
    let base = candidate.name.base();
    let mut found: Vec<(NameRecord, BTreeSet<String>)> = Vec::new();
    for stored in view.peek(&KeyRange::prefix(&keys::type_versions(base)), CANDIDATES_MAX)? {
        let record: TypeRecord = decode(&stored)?;
        found.push((NameRecord::of(&record), record.methods.into_values().map(|method| method.path).collect()));
    }
    let others = all.iter().filter(|other| other.name.base() == base && other.full_name != candidate.full_name);
    found.extend(others.map(|other| {
        (NameRecord { name: other.name.clone(), version: other.version().clone() }, paths(&other.resource_type))
    }));
    found.sort_by(|(a, _), (b, _)| newest_first(a, b));
    found.dedup_by(|(a, _), (b, _)| a == b);
    let shared = |(name, paths): (NameRecord, BTreeSet<String>)| {
        SharedPaths::new(&name, own.intersection(&paths).cloned().collect())
    };
    Ok(found.into_iter().map(shared).filter(|shared| !shared.paths.is_empty()).collect())
}
