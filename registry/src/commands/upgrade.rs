//! `upgrade`: asks the gate, and where it allows, gives the resource the version in the same commit. What the gate read is
//! the condition of that commit.

use std::collections::BTreeMap;

use rtreg_model::{RtVersion, suggest};
use serde_json::json;

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
    if report.done {
        let group = super::scene::find_resource(&tx.view, &request.resource)?.group;
        check_runs_no_method(&super::scene::find_group(&tx.view, &group)?, "upgrade")?;
    }
    Ok(report)
}

/// As [`upgrade`], as a step of a run, which calls the methods before and behind it.
///
/// # Errors
/// As [`upgrade`].
pub fn gated(tx: &mut Transaction<'_>, request: &Request) -> Result<Report, CommandError> {
    let settings = read_settings(&tx.view)?;
    let read = gate_state(&tx.view, &request.resource)?;
    let target = find_target(&tx.view, &read, &request.to)?;
    let mut decision = {
        let present = gate_version(&tx.view, &read.present, &request.resource)?;
        let wanted = gate_version(&tx.view, &target, &request.resource)?;
        let asked = gate::Request {
            resource: &request.resource,
            target: &wanted,
            present: &present,
            properties: &request.properties,
            dependency_faults: &[],
        };
        let faults = dependency_faults(&tx.view, &asked, &read.state)?;
        gate::decide(&gate::Request { dependency_faults: &faults, ..asked }, &read.state, &settings)
    };
    if let Some(imported) = &read.imported {
        decision.rests_on = imported.sentences(&tx.context().at, &read.resource.type_version);
    }
    let sources = [&read.present, &target]
        .into_iter()
        .map(|loaded| (format!("registry:{}", loaded.record.name), loaded.source.clone()))
        .collect();
    let done = decision.verdict == Verdict::Allowed && !decision.is_same_version() && !request.preview;
    let report = Report { decision, done, preview: request.preview, sources };
    if done {
        let DecisionReport { tunability, because, changes, rests_on, .. } = report.json();
        let mut detail = json!({ "tunability": tunability, "because": because, "properties": changes });
        if let Some(detail) = detail.as_object_mut().filter(|_| !rests_on.is_empty()) {
            detail.insert("rests_on".to_owned(), json!(rests_on));
        }
        let values = report.decision.values.clone();
        set_type_version(tx, SetTypeVersion { resource: &request.resource, target: &target, values, detail })?;
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
