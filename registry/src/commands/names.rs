//! Names of resources and groups, for commands about many objects at once. Reads without conditions: each command that
//! then changes an object decides on its own reading.

use rtreg_model::{RtVersion, TypeName};

use super::scene::find_group;
use crate::error::CommandError;
use crate::keys;
use crate::records::{ResourceRecord, TypeRecord};
use crate::store::{KeyRange, StoreError};
use crate::types::{candidates, not_found};
use crate::view::{View, decode};

/// Which resources are meant; an empty list leaves out none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResourceFilter {
    /// Only those of these groups.
    pub groups: Vec<String>,
    /// Only those of these types: full names, or abbreviations, which mean all versions that they can mean.
    pub types: Vec<String>,
}

/// A resource of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResourceName {
    /// Its name.
    pub name: String,
    /// Full name of its type.
    pub resource_type: String,
    /// Its group.
    pub group: String,
}

impl ResourceName {
    /// A name that somebody gives, whether or not there is such a resource.
    pub fn unknown(name: &str) -> Self {
        Self { name: name.to_owned(), resource_type: String::new(), group: String::new() }
    }
}

/// The resources that the filter leaves, by name.
///
/// # Errors
/// Refusals `not_found` and `type_not_found` for what the filter names; [`CommandError::Store`].
pub fn resources(view: &View<'_>, filter: &ResourceFilter) -> Result<Vec<ResourceName>, CommandError> {
    filter.groups.iter().try_for_each(|group| find_group(view, group).map(|_| ()))?;
    let mut wanted: Vec<(TypeName, RtVersion)> = Vec::new();
    for text in &filter.types {
        let (found, _) = candidates(view, text)?;
        if found.is_empty() {
            return Err(not_found(view, text)?.into());
        }
        wanted.extend(found.into_iter().map(|found| (found.name, found.version)));
    }
    let mut names = Vec::new();
    view.for_each(&KeyRange::prefix(&keys::resource("")), |stored| {
        let record: ResourceRecord = decode(&stored)?;
        let of_type =
            |(name, version): &(TypeName, RtVersion)| name.base() == record.base && *version == record.type_version;
        let is_meant = (filter.groups.is_empty() || filter.groups.contains(&record.group))
            && (filter.types.is_empty() || wanted.iter().any(of_type));
        if is_meant {
            let resource_type = type_name(view, &record)?;
            names.push(ResourceName { name: record.name, resource_type, group: record.group });
        }
        Ok::<(), CommandError>(())
    })?;
    Ok(names)
}

fn type_name(view: &View<'_>, record: &ResourceRecord) -> Result<String, StoreError> {
    let key = keys::type_version(&record.base, &record.type_version);
    let found: Option<TypeRecord> = view.peek_record(&key)?;
    Ok(found.map_or_else(|| record.base.clone(), |found| found.name.to_string()))
}

/// All groups, by name.
///
/// # Errors
/// [`CommandError::Store`].
pub fn groups(view: &View<'_>) -> Result<Vec<String>, CommandError> {
    let mut names = Vec::new();
    view.for_each(&KeyRange::prefix(&keys::group("")), |stored| {
        names.extend(keys::last_part(&stored.key));
        Ok::<(), CommandError>(())
    })?;
    Ok(names)
}
