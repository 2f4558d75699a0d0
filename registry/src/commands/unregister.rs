//! `rtreg unregister`: removes a version of a type that no resource uses. Its history stays, and goes on if the version is
//! registered again; its RTR source stays under its hash, which the history names.

use rtreg_model::RtVersion;
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::register::version_words;
use crate::commands::type_index;
use crate::error::{CommandError, Refusal};
use crate::history::Object;
use crate::keys;
use crate::records::TypeRecord;
use crate::runs;
use crate::store::{KeyRange, StoreError};
use crate::transaction::Transaction;
use crate::types::resolve_type;
use crate::view::View;

/// Most resources that a refusal lists.
const LISTED_MAX: usize = 20;

/// What is to be unregistered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The type: its full name or an abbreviation.
    pub name: String,
}

/// What was unregistered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// Version of this form: 1.
    pub version: u32,
    /// The full name.
    pub name: String,
    /// RT_version; null if the file declared none.
    pub rt_version: Option<String>,
    /// SHA-256 of the RTR source.
    pub rtr_sha256: String,
}

/// Removes the version and its indexes.
///
/// # Errors
/// Refusals `rt_system`, `type_in_use` and those of [`resolve_type`]; [`CommandError::Store`].
pub fn unregister(tx: &mut Transaction<'_>, request: &Request) -> Result<Report, CommandError> {
    let record = resolve_type(&tx.view, &request.name)?;
    if record.rt_system {
        return Err(Refusal::new(
            "rt_system",
            format!("`{}` has RT_system=TRUE and must not be unregistered", record.name),
        )
        .help(format!("allow it first: `rtreg type set {} -p RT_system=FALSE`", record.name))
        .into());
    }
    refuse_in_use(&tx.view, &record)?;
    refuse_in_run(&tx.view, &record)?;
    let (name, base, version) = (record.name.to_string(), record.name.base(), &record.version);
    tx.delete(keys::type_version(base, version));
    tx.delete(keys::name(&name));
    tx.delete(keys::by_short(record.name.resource_type(), base, version));
    for node in record.installed_nodes.iter().flatten() {
        tx.delete(keys::by_node_type(node, base, version));
    }
    let detail = serde_json::json!({ "rt_version": record.version, "rtr_sha256": record.rtr_hash });
    tx.log(Object::new("type", &name), "unregister", detail)?;
    let rt_version = record.version.as_str().map(str::to_owned);
    Ok(Report { version: 1, name, rt_version, rtr_sha256: record.rtr_hash })
}

fn refuse_in_use(view: &View<'_>, record: &TypeRecord) -> Result<(), CommandError> {
    let (base, version) = (record.name.base(), &record.version);
    let indexed = view.range(&KeyRange::prefix(&keys::by_type_version(base, version)), usize::MAX)?;
    let (mut resources, more) = resource_names(view, base, version, LISTED_MAX)?;
    if let Some(first) = resources.first().cloned() {
        resources.extend(more.then(|| "and more".to_owned()));
        let message = format!("resources use `{}`; a type in use must stay registered", record.name);
        return Err(Refusal::new("type_in_use", message)
            .details(resources)
            .help(format!(
                "upgrade them to another version (`rtreg upgrade {first} --to VERSION`) or delete them (`rtreg resource \
                 delete {first}`)"
            ))
            .into());
    }
    let mut lines = Vec::new();
    for stored in indexed {
        let resource = keys::last_part(&stored.key).unwrap_or_default();
        lines.extend(type_index::alive(view, &resource, version)?);
        if lines.len() > LISTED_MAX {
            lines.truncate(LISTED_MAX);
            lines.push("and more".to_owned());
            break;
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    let message = format!(
        "`{}` is still alive: its methods started or initialised resources that have another version now, and may have \
         to run again",
        record.name
    );
    Err(Refusal::new("type_in_use", message)
        .details(lines)
        .help(
            "`rtreg resource restart R` ends what was started, `rtreg group unmanage G` what was initialised (then manage \
             it again); `rtreg resource state` states it where rtreg is wrong",
        )
        .into())
}

/// A run that is open may have to go back to a version that no resource has at this moment.
pub(super) fn refuse_in_run(view: &View<'_>, record: &TypeRecord) -> Result<(), CommandError> {
    let name = record.name.to_string();
    for stored in view.range(&KeyRange::prefix(&keys::open_run("")), usize::MAX)? {
        let run = keys::last_part(&stored.key).unwrap_or_default();
        if runs::find(view, &run)?.types.contains(&name) {
            return Err(runs::reserved(view, &format!("`{name}`"), &run)?.into());
        }
    }
    Ok(())
}

/// The first resources of a version, by name, and whether there are more.
pub(crate) fn resource_names(
    view: &View<'_>,
    base: &str,
    version: &RtVersion,
    limit: usize,
) -> Result<(Vec<String>, bool), StoreError> {
    let mut names = Vec::new();
    let range = KeyRange::prefix(&keys::by_type_version(base, version));
    view.for_each(&range, |stored| {
        if names.len() <= limit && type_index::is_user(&stored)? {
            names.extend(keys::last_part(&stored.key));
        }
        Ok::<(), StoreError>(())
    })?;
    let more = names.len() > limit;
    names.truncate(limit);
    Ok((names, more))
}

impl Report {
    /// The report in words.
    pub fn text(&self) -> String {
        format!("unregistered `{}` ({})\n", self.name, version_words(self.rt_version.as_deref()))
    }
}
