//! `upgrade`: asks the gate, and where it allows, gives the resource the version in the same commit. What the gate read is
//! the condition of that commit.

use std::collections::BTreeMap;

use rtreg_model::{RtVersion, suggest};
use serde_json::json;

use super::before::{self, Before};
use super::dependencies;
use super::driver::check_runs_no_method;
use super::settings::read_settings;
use super::version::{GateState, SetTypeVersion, gate_state, gate_version, set_type_version};
use crate::error::{CommandError, Refusal};
use crate::gate::{self, Assignment, Decision, DecisionReport, DependencyFault, Verdict};
use crate::keys;
use crate::records::TypeRecord;
use crate::store::KeyRange;
use crate::transaction::Transaction;
use crate::types::{LoadedType, candidates, load_type, resolve_type, type_version};
use crate::view::{View, decode};

/// Most versions that a refusal lists.
const LISTED_MAX: usize = 20;

/// An upgrade that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The resource.
    pub resource: String,
    /// The RT_version that it is to have (or `unversioned`), or a name that means that version of its type.
    pub to: String,
    /// Values given in the command.
    pub properties: Vec<Assignment>,
    /// Only say what would be.
    pub preview: bool,
}

/// What the gate said, and what was done.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The decision.
    pub decision: Decision,
    /// Whether the resource has the version now and had another before.
    pub done: bool,
    /// Whether the command only asked.
    pub preview: bool,
    /// Whether it is the way back.
    pub back: bool,
    /// The files that the decision speaks of, by the names that it uses.
    pub sources: BTreeMap<String, Vec<u8>>,
}

impl Report {
    /// The decision as JSON.
    pub fn json(&self) -> DecisionReport {
        DecisionReport::new(&self.decision, &|name| self.sources.get(name).cloned())
    }

    /// The decision for people, and what was done.
    pub fn text(&self) -> String {
        let mut text = gate::render(&self.decision, &|name| self.sources.get(name).cloned());
        if self.done {
            let Decision { resource, target, .. } = &self.decision;
            text.push_str(&format!("\nDone: {resource} has the type {target} now.\n"));
            if let Some(command) = &self.decision.vendor_command {
                text.push_str(&format!("rtreg has recorded that; in the cluster this command does it:\n  {command}\n"));
            }
        } else if self.preview {
            text.push_str("\nThis was a preview: nothing was changed.\n");
        } else if self.back && !self.decision.commands.is_empty() {
            let resource = &self.decision.resource;
            text.push_str(&format!(
                "\nNothing was changed. When that is so, `rtreg rollback {resource}` takes it back; `rtreg rollback {resource} \
                 --allow unmanaged --also all --preview` shows all of it in order, with what undoes each step.\n"
            ));
        }
        text
    }
}

/// Asks the gate for a resource, and upgrades it if that is allowed now and the request is no preview.
///
/// # Errors
/// A refusal `not_found`, `unknown_version` or `ambiguous_type`; [`CommandError::Store`]. That the gate does not allow is no error: the
/// report says so, and nothing is changed.
pub fn upgrade(tx: &mut Transaction<'_>, request: &Request) -> Result<Report, CommandError> {
    let report = gated(tx, request)?;
    check_recorded(tx, &report, &request.resource, "upgrade")?;
    Ok(report)
}

/// As [`upgrade`], as a step of a run, which calls the methods before and behind it.
///
/// # Errors
/// As [`upgrade`].
pub fn gated(tx: &mut Transaction<'_>, request: &Request) -> Result<Report, CommandError> {
    let read = gate_state(&tx.view, &request.resource)?;
    let target = find_target(&tx.view, &read, &request.to)?;
    let Request { resource, properties, preview, .. } = request;
    change(tx, (&read, target), &Asked { resource, properties, back: None, preview: *preview })
}

/// A change that was done without a method must be one of a group where the administrator runs them.
fn check_recorded(tx: &Transaction<'_>, report: &Report, resource: &str, command: &str) -> Result<(), CommandError> {
    if report.done {
        let group = super::scene::find_resource(&tx.view, resource)?.group;
        check_runs_no_method(&super::scene::find_group(&tx.view, &group)?, command)?;
    }
    Ok(())
}

/// A resource that is to go back to a version that it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackRequest {
    /// The resource.
    pub resource: String,
    /// What it was before.
    pub before: Before,
    /// The number of the entry of its history that is taken back.
    pub undoes: u64,
    /// Only say what would be.
    pub preview: bool,
}

/// Asks the gate for a resource, and gives it the version and the values that it had, if that is allowed now and the request is
/// no preview.
///
/// # Errors
/// As [`upgrade`]; a refusal `unknown_version` if the version is registered no more.
pub fn go_back(tx: &mut Transaction<'_>, request: &BackRequest) -> Result<Report, CommandError> {
    let report = gated_back(tx, request)?;
    check_recorded(tx, &report, &request.resource, "rollback")?;
    Ok(report)
}

/// As [`go_back`], as a step of a run, which calls the methods before and behind it.
///
/// # Errors
/// As [`go_back`].
pub fn gated_back(tx: &mut Transaction<'_>, request: &BackRequest) -> Result<Report, CommandError> {
    let read = gate_state(&tx.view, &request.resource)?;
    let version = &request.before.type_version;
    let target = match type_version(&tx.view, &read.resource.base, version)? {
        Some(record) => load_type(&tx.view, &record)?,
        None => return Err(unknown_version(&tx.view, &read.resource.base, &version.to_string())?.into()),
    };
    let BackRequest { resource, preview, .. } = request;
    change(tx, (&read, target), &Asked { resource, properties: &[], back: Some(request), preview: *preview })
}

/// A change of version that is asked for.
struct Asked<'a> {
    resource: &'a str,
    properties: &'a [Assignment],
    back: Option<&'a BackRequest>,
    preview: bool,
}

fn change(
    tx: &mut Transaction<'_>,
    (read, target): (&GateState, LoadedType),
    asked: &Asked<'_>,
) -> Result<Report, CommandError> {
    let settings = read_settings(&tx.view)?;
    let mut decision = {
        let present = gate_version(&tx.view, &read.present, asked.resource)?;
        let wanted = gate_version(&tx.view, &target, asked.resource)?;
        let request = gate::Request {
            resource: asked.resource,
            target: &wanted,
            present: &present,
            properties: asked.properties,
            dependency_faults: &[],
            restored: asked.back.map(|back| &back.before.values),
        };
        let faults = dependency_faults(&tx.view, &request, &read.state)?;
        gate::decide(&gate::Request { dependency_faults: &faults, ..request }, &read.state, &settings)
    };
    if let Some(imported) = &read.imported {
        decision.rests_on = imported.sentences(&tx.context().at, &read.resource.type_version);
    }
    let sources = [&read.present, &target]
        .into_iter()
        .map(|loaded| (format!("registry:{}", loaded.record.name), loaded.source.clone()))
        .collect();
    let done = decision.verdict == Verdict::Allowed && !decision.is_same_version() && !asked.preview;
    let report = Report { decision, done, preview: asked.preview, back: asked.back.is_some(), sources };
    if done {
        let DecisionReport { tunability, because, changes, rests_on, .. } = report.json();
        let mut detail = json!({ "tunability": tunability, "because": because, "properties": changes });
        if let Some(detail) = detail.as_object_mut() {
            if !rests_on.is_empty() {
                detail.insert("rests_on".to_owned(), json!(rests_on));
            }
            detail.extend(tx.run().map(|run| (before::RUN.to_owned(), json!(run))));
            detail.extend(asked.back.map(|back| (before::UNDOES.to_owned(), json!(back.undoes))));
        }
        let values = report.decision.values.clone();
        set_type_version(tx, SetTypeVersion { resource: asked.resource, target: &target, values, detail })?;
    }
    Ok(report)
}

/// What is wrong with the dependencies that the resource would have.
///
/// # Errors
/// [`CommandError::Store`].
pub fn dependency_faults(
    view: &View<'_>,
    asked: &gate::Request<'_>,
    state: &gate::State,
) -> Result<Vec<DependencyFault>, CommandError> {
    let (present, target) = (asked.present.resource_type, asked.target.resource_type);
    let before = dependencies::of_values(present, &state.resource.values)?;
    let values = gate::values_after(asked, state).values;
    let fault = dependencies::fault(view, asked.resource, &before, (target, &values))?;
    Ok(fault
        .into_iter()
        .map(|fault| DependencyFault { property: fault.property, message: sentence(&fault.refusal) })
        .collect())
}

/// A refusal as a sentence.
fn sentence(refusal: &Refusal) -> String {
    let mut sentence = refusal.message.clone();
    if let Some(first) = sentence.get(..1).map(str::to_ascii_uppercase) {
        sentence.replace_range(..1, &first);
    }
    match refusal.help.as_deref().map(|help| help.trim_end_matches('?')) {
        Some(help) if refusal.help.as_deref() != Some(help) => format!("{sentence}; {help}?"),
        Some(help) => format!("{sentence}; {help}."),
        None => format!("{sentence}."),
    }
}

/// The version that `to` means: an RT_version of the resource's type, or the word `unversioned`; else the full name of a
/// version, or an abbreviation that means only one of the type's. A version of another type is found too: the gate says
/// what is wrong with it.
///
/// # Errors
/// A refusal `unknown_version` or `ambiguous_type`; [`CommandError::Store`].
pub fn find_target(view: &View<'_>, read: &GateState, to: &str) -> Result<LoadedType, CommandError> {
    let base = &read.resource.base;
    let mut found = if to.is_empty() { None } else { type_version(view, base, &RtVersion::new(to))? };
    if found.is_none() && to == "unversioned" {
        found = type_version(view, base, &RtVersion::UNVERSIONED)?;
    }
    if found.is_none() {
        found = by_name(view, base, to)?;
    }
    match found {
        Some(record) => load_type(view, &record),
        None => Err(unknown_version(view, base, to)?.into()),
    }
}

fn by_name(view: &View<'_>, base: &str, to: &str) -> Result<Option<TypeRecord>, CommandError> {
    let (mut candidates, complete) = candidates(view, to)?;
    if candidates.iter().any(|candidate| candidate.name.base() == base) {
        candidates.retain(|candidate| candidate.name.base() == base);
    }
    match candidates.as_slice() {
        [] => Ok(None),
        [only] if complete => only.read(view).map(Some),
        _ => resolve_type(view, to).map(Some),
    }
}

fn unknown_version(view: &View<'_>, base: &str, to: &str) -> Result<Refusal, CommandError> {
    let stored = view.peek(&KeyRange::prefix(&keys::type_versions(base)), usize::MAX)?;
    let mut records = stored.iter().map(decode::<TypeRecord>).collect::<Result<Vec<_>, _>>()?;
    records.sort_by(|a, b| b.version.cmp(&a.version));
    let versions: Vec<String> = records.iter().map(|record| record.version.to_string()).collect();
    let lines = records.iter().take(LISTED_MAX).map(|record| format!("{} ({})", record.version, record.name));
    let refusal = Refusal::new("unknown_version", format!("`{base}` has no registered version `{to}`"))
        .details(lines.collect::<Vec<_>>());
    Ok(refusal.help(match suggest::nearest(to, versions.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`? Register a new version with `rtreg register FILE`"),
        None => "name one of these versions, or register the new one with `rtreg register FILE`".to_owned(),
    }))
}
