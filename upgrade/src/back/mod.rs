//! The way back after success: what a resource was before the newest change of its version, as its history says, made into a
//! request for a plan. It never decides whether anybody may go back (that is the gate's), and never changes anything.

mod refusals;

use std::collections::BTreeMap;

use rtreg_model::RtVersion;
use rtreg_registry::commands::before::{Before, VersionChange, newest_change};
use rtreg_registry::commands::planning;
use rtreg_registry::commands::upgrade::BackRequest;
use rtreg_registry::commands::version::gate_state;
use rtreg_registry::gate::Needs;
use rtreg_registry::migration::StoredValue;
use rtreg_registry::records::ResourceRecord;
use rtreg_registry::runs::{self, RunRecord};
use rtreg_registry::types::type_version;
use rtreg_registry::{CommandError, View, keys};

use crate::execute::BundleNote;
use crate::plan::{self, Alive, Also, Asked, Back, Bundle, Irreversible, Plan, Request, Scope};
use crate::run;

/// What is to go back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A resource: its newest change of version.
    Resource(String),
    /// All resources whose bundles a run has finished.
    Run {
        /// The run.
        id: String,
        /// What it changed.
        resources: Vec<InRun>,
    },
}

/// A resource that a run gave another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InRun {
    /// The resource.
    pub resource: String,
    /// The version that it had.
    pub from: RtVersion,
    /// The version that the run gave it.
    pub to: RtVersion,
}

/// What the way back may do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// `--allow`.
    pub allow: Option<Needs>,
    /// `--also`.
    pub also: Also,
    /// `--discard`: values that were changed since are given up.
    pub discard: bool,
    /// `--strict`.
    pub strict: bool,
    /// `--max-unavailable`; 0 is as 1.
    pub max_unavailable: usize,
    /// `--max-failures`.
    pub max_failures: usize,
}

/// The request for a plan that brings back what was before: for each resource its version and the very values that it had.
///
/// # Errors
/// Refusals `not_found`, `nothing_to_go_back_to`, `gone_back_already`, `not_recorded`, `changed_since`, `other_version_since`,
/// `version_not_registered`; [`CommandError::Store`].
pub fn rollback_request(view: &View<'_>, what: &What, options: &Options) -> Result<Request, CommandError> {
    let mut back = BTreeMap::new();
    match what {
        What::Resource(name) => drop(back.insert(name.clone(), of_resource(view, name, (None, options))?)),
        What::Run { id, resources } => {
            if resources.is_empty() {
                return Err(refusals::empty_run(id).into());
            }
            for of in resources {
                back.insert(of.resource.clone(), of_resource(view, &of.resource, (Some((id, of)), options))?);
            }
        }
    }
    let mut request = Request::new(Scope::Resources(back.keys().cloned().collect()), "before");
    request.allow = options.allow;
    request.also = options.also.clone();
    request.strict = options.strict;
    request.max_unavailable = options.max_unavailable.max(1);
    request.max_failures = options.max_failures;
    request.run = match what {
        What::Run { id, .. } => Some(id.clone()),
        What::Resource(_) => None,
    };
    request.direct = true;
    request.back = back;
    Ok(request)
}

/// What one resource goes back to.
fn of_resource(
    view: &View<'_>,
    name: &str,
    (run, options): (Option<(&String, &InRun)>, &Options),
) -> Result<Back, CommandError> {
    let read = gate_state(view, name)?;
    let record = &read.resource;
    if let Some(holder) = &record.reserved_by {
        return Err(runs::reserved(view, &format!("resource `{name}`"), holder)?.into());
    }
    let Some(change) = newest_change(view, name, &read.present)? else {
        return Err(refusals::nothing(record).into());
    };
    if change.took_back(&record.type_version) {
        return Err(refusals::gone_back_already(record, &change).into());
    }
    let Some(before) = change.before.clone() else { return Err(refusals::not_recorded(record, &change).into()) };
    if let Some((id, of)) = run
        && (of.to != record.type_version || of.from != before.type_version)
    {
        return Err(refusals::other_version_since(record, id, of).into());
    }
    if !change.since.is_empty() && !options.discard {
        return Err(refusals::changed_since(record, &change, &before.type_version).into());
    }
    if type_version(view, &record.base, &before.type_version)?.is_none() {
        return Err(refusals::version_not_registered(record, &before.type_version).into());
    }
    let nodes = planning::find_group(view, &record.group)?.node_list;
    Ok(back(&change, before, &nodes))
}

fn back(change: &VersionChange, before: Before, node_list: &[String]) -> Back {
    let values = before.values.into_iter();
    let values = values.filter_map(|(name, value)| Some((name, listed(value, node_list)?))).collect();
    Back { version: before.type_version, values, undoes: change.entry.number }
}

/// A value without those for nodes that are no longer in the node list.
fn listed(value: StoredValue, node_list: &[String]) -> Option<StoredValue> {
    let rtreg_registry::migration::Scope::PerNode(nodes) = &value.value else { return Some(value) };
    let gone: Vec<String> = nodes.keys().filter(|node| !node_list.contains(*node)).cloned().collect();
    gone.iter().try_fold(value, |value, node| value.without_node(node).0)
}

/// The request for the registry alone, where nothing but the record is to be changed: in a group that the administrator drives.
pub fn recorded_request(asked: &Request, resource: &str, preview: bool) -> Option<BackRequest> {
    let back = asked.back.get(resource)?;
    let before = Before { type_version: back.version.clone(), values: back.values.clone() };
    Some(BackRequest { resource: resource.to_owned(), before, undoes: back.undoes, preview })
}

/// What was said of the changes that a plan takes back: that nothing leads back from them. Sentences; none if nobody said so.
pub fn against(said: &[Irreversible], plan: &Plan) -> Vec<String> {
    let Asked { back, .. } = &plan.request;
    let mut sentences = Vec::new();
    for (name, back) in back {
        let Some(resource) = plan.state.resources.get(name) else { continue };
        let way = [back.version.clone(), resource.type_version.clone()];
        let about = said.iter().filter(|said| said.is_about(&resource.base, &way, &Alive::of(resource)));
        sentences.extend(about.map(|said| refusals::against(name, &way, said)));
    }
    sentences
}

/// What a name means: a resource, or else a run with all that it has brought to another version.
///
/// # Errors
/// Refusals `not_found`, `reserved` for a run that is still open; [`CommandError::Store`].
pub fn find(view: &View<'_>, name: &str) -> Result<What, CommandError> {
    if view.record::<ResourceRecord>(&keys::resource(name))?.is_some() {
        return Ok(What::Resource(name.to_owned()));
    }
    let Some(record) = view.record::<RunRecord>(&keys::run(name))? else {
        return Err(refusals::unknown(name).into());
    };
    if record.state.is_open() {
        return Err(runs::reserved(view, "what it works on", &record.id)?.into());
    }
    Ok(What::Run { id: record.id.clone(), resources: resources_of(view, &record)? })
}

/// What a run has brought to another version: the resources of the bundles that it has finished.
fn resources_of(view: &View<'_>, record: &RunRecord) -> Result<Vec<InRun>, CommandError> {
    let plan = run::plan_of(view, record)?;
    let journal = run::journal_of(view, &record.id)?;
    let done = |bundle: &&Bundle| journal.bundles.get(&bundle.id) == Some(&BundleNote::Done);
    let mut found: BTreeMap<String, InRun> = BTreeMap::new();
    for step in plan.bundles().filter(done).flat_map(|bundle| &bundle.steps) {
        let plan::What::SetTypeVersion(set) = &step.operation.what else { continue };
        for of in &set.resources {
            let known = found.entry(of.resource.clone());
            let known = known.or_insert_with(|| InRun {
                resource: of.resource.clone(),
                from: of.from.clone(),
                to: of.to.clone(),
            });
            known.to = of.to.clone();
        }
    }
    Ok(found.into_values().filter(|of| of.from != of.to).collect())
}
