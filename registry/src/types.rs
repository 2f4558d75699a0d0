//! Registered types: finding one by what a user writes, and reading what its RTR file says. Never changes anything.
//!
//! A name is looked up in this order, and the first that is found is meant:
//! 1. the full name, exactly;
//! 2. `base:version` of a type whose name carries no version (`SUNW.hasam:4.6`, registered as `SUNW.hasam`);
//! 3. an abbreviation: the vendor prefix, the version suffix or both left out, if only one registered version fits.

use rtreg_model::{FileId, ResourceType, RtVersion, TypeName, suggest};

use crate::error::{CommandError, Refusal};
use crate::keys;
use crate::records::{NameRecord, TypeRecord};
use crate::store::{KeyRange, StoreError};
use crate::transaction::read_blob;
use crate::view::{View, decode};

/// Most registered versions that one abbreviation is compared with, and most names searched for a near one.
pub const CANDIDATES_MAX: usize = 1000;

/// Most candidates that a refusal lists.
const LISTED_MAX: usize = 20;

/// A registered version of a type with its source, and what the source says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadedType {
    /// The record; RT_system and Installed_nodes are as they are now.
    pub record: TypeRecord,
    /// The RTR file, byte for byte as registered.
    pub source: Vec<u8>,
    /// What the file says; spans are those of the source, in the file `FileId(0)`.
    pub resource_type: ResourceType,
}

/// The registered version that `text` means; all that the answer rests on becomes a condition.
///
/// # Errors
/// A refusal `type_not_found` or `ambiguous_type`; [`CommandError::Store`].
pub fn resolve_type(view: &View<'_>, text: &str) -> Result<TypeRecord, CommandError> {
    let (mut candidates, complete) = candidates(view, text)?;
    match (candidates.len(), complete) {
        (0, _) => Err(not_found(view, text)?.into()),
        (1, true) => candidates.remove(0).read(view),
        _ => Err(ambiguous(text, candidates, complete).into()),
    }
}

/// The registered versions that `text` may mean, newest first, and whether these are all: more than [`CANDIDATES_MAX`]
/// are not looked at.
///
/// # Errors
/// [`CommandError::Store`].
pub fn candidates(view: &View<'_>, text: &str) -> Result<(Vec<NameRecord>, bool), CommandError> {
    if let Some(exact) = view.record::<NameRecord>(&keys::name(text))? {
        return Ok((vec![exact], true));
    }
    let name = TypeName::parse(text);
    if let Some(version) = name.version()
        && let Some(record) = view.record::<TypeRecord>(&keys::type_version(name.base(), &version))?
    {
        return Ok((vec![NameRecord::of(&record)], true));
    }
    let (mut found, complete) = abbreviated(view, &name)?;
    found.sort_by(newest_first);
    Ok((found, complete))
}

/// The order of lists: by the name without version, then the newest version first.
pub fn newest_first(a: &NameRecord, b: &NameRecord) -> std::cmp::Ordering {
    a.name.base().cmp(b.name.base()).then_with(|| b.version.cmp(&a.version))
}

fn abbreviated(view: &View<'_>, name: &TypeName) -> Result<(Vec<NameRecord>, bool), CommandError> {
    let prefix = match name.vendor() {
        Some(_) => keys::by_short_base(name.resource_type(), name.base()),
        None => keys::by_short_all(name.base()),
    };
    let stored = view.range(&KeyRange::prefix(&prefix), CANDIDATES_MAX)?;
    let complete = stored.len() < CANDIDATES_MAX;
    let mut found = Vec::new();
    for stored in &stored {
        let candidate: NameRecord = decode(stored)?;
        if name.suffix().is_none_or(|suffix| candidate.version.as_str() == Some(suffix)) {
            found.push(candidate);
        }
    }
    Ok((found, complete))
}

impl NameRecord {
    /// The record of the version that the index points to; its state becomes a condition.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if there is none.
    pub fn read(&self, view: &View<'_>) -> Result<TypeRecord, CommandError> {
        let key = self.key();
        let missing = || StoreError::Corrupt {
            place: key.clone(),
            reason: format!("`{}` has an index but no record; restore the store from a copy", self.name),
        };
        Ok(view.record(&key)?.ok_or_else(missing)?)
    }
}

/// The registered version of a type; none if it is not registered.
///
/// # Errors
/// [`StoreError`].
pub fn type_version(view: &View<'_>, base: &str, version: &RtVersion) -> Result<Option<TypeRecord>, StoreError> {
    view.record(&keys::type_version(base, version))
}

/// Reads the RTR source of a registered version and what it says.
///
/// # Errors
/// [`CommandError::Store`] if the source is missing or damaged; [`CommandError::Internal`] if it gives no type, which
/// registration would have refused.
pub fn load_type(view: &View<'_>, record: &TypeRecord) -> Result<LoadedType, CommandError> {
    let source = read_source(view, record)?;
    let resource_type = rtreg_parser::lower(&rtreg_parser::parse(&source, FileId(0)))
        .ok_or_else(|| CommandError::Internal(format!("the registered RTR file of `{}` gives no type", record.name)))?;
    Ok(LoadedType { record: record.clone(), source, resource_type })
}

/// The RTR file of a registered version, byte for byte.
///
/// # Errors
/// [`StoreError::Corrupt`] if it is missing or has another hash.
pub fn read_source(view: &View<'_>, record: &TypeRecord) -> Result<Vec<u8>, StoreError> {
    let length = usize::try_from(record.rtr_bytes).unwrap_or(usize::MAX);
    read_blob(view, &record.rtr_hash, length)
}

fn ambiguous(text: &str, candidates: Vec<NameRecord>, complete: bool) -> Refusal {
    let count = if complete { candidates.len().to_string() } else { format!("{CANDIDATES_MAX} or more") };
    let newest = candidates.first().map(|candidate| candidate.name.to_string()).unwrap_or_default();
    let more = candidates.len().saturating_sub(LISTED_MAX);
    let rest = (more > 0 || !complete).then(|| format!("and more (`rtreg list '{text}'` shows all)"));
    let lines = candidates.into_iter().take(LISTED_MAX).map(|candidate| candidate.label());
    Refusal::new("ambiguous_type", format!("`{text}` can mean {count} registered types; an abbreviation must mean one"))
        .details(lines.chain(rest).collect::<Vec<_>>())
        .help(format!("write the full name, for example `{newest}`"))
}

impl NameRecord {
    /// The name, with the version where the name does not carry it.
    pub fn label(&self) -> String {
        match self.name.suffix() {
            Some(_) => self.name.to_string(),
            None if self.version.is_unversioned() => format!("{} (unversioned)", self.name),
            None => format!("{} (version {})", self.name, self.version),
        }
    }
}

/// The refusal for a name that means nothing, with a near name if the store is small enough to look for one.
pub fn not_found(view: &View<'_>, text: &str) -> Result<Refusal, StoreError> {
    let refusal = Refusal::new("type_not_found", format!("no registered resource type is called `{text}`"));
    let name = TypeName::parse(text);
    let (versions, _) = abbreviated(view, &TypeName::parse(name.base())).unwrap_or_default();
    if name.suffix().is_some() && !versions.is_empty() {
        let mut versions = versions;
        versions.sort_by(newest_first);
        let more = versions.len().saturating_sub(LISTED_MAX);
        let rest = (more > 0).then(|| format!("and {more} more"));
        let lines = versions.iter().take(LISTED_MAX).map(NameRecord::label).chain(rest).collect::<Vec<_>>();
        return Ok(refusal.details(lines).help(format!("these versions of `{}` are registered", name.base())));
    }
    let stored = view.peek(&KeyRange::prefix("names/"), CANDIDATES_MAX)?;
    if stored.is_empty() {
        return Ok(refusal.help("no type is registered; register one with `rtreg register FILE`"));
    }
    let near =
        if stored.len() < CANDIDATES_MAX { near_name(text, stored.iter().map(|stored| &*stored.key)) } else { None };
    Ok(refusal.help(match near {
        Some(near) => format!("did you mean `{near}`? `rtreg list` shows all"),
        None => "`rtreg list` shows what is registered".to_owned(),
    }))
}

/// The registered name that is nearest to the text, compared as long as the text is: with or without vendor and version.
fn near_name<'k>(text: &str, keys: impl Iterator<Item = &'k str>) -> Option<String> {
    let names: Vec<TypeName> = keys.filter_map(keys::last_part).map(|name| TypeName::parse(&name)).collect();
    let forms = |form: fn(&TypeName) -> String| names.iter().map(form).collect::<Vec<_>>();
    [
        forms(TypeName::to_string),
        forms(|name| name.base().to_owned()),
        forms(|name| match name.suffix() {
            Some(suffix) => format!("{}:{suffix}", name.resource_type()),
            None => name.resource_type().to_owned(),
        }),
        forms(|name| name.resource_type().to_owned()),
    ]
    .iter()
    .find_map(|forms| suggest::nearest(text, forms.iter().map(String::as_str)).map(str::to_owned))
}
