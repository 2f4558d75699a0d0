//! Dependencies between resources: the four properties that name other resources, their index, and the rules they obey.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::standard::DEPENDENCY_PROPERTIES;
use rtreg_model::{PropertyValue, ResourceType, suggest};

use crate::error::{CommandError, Refusal};
use crate::keys;
use crate::migration::{Scope, StoredValue};
use crate::records::ResourceRecord;
use crate::store::{KeyRange, StoreError};
use crate::transaction::Transaction;
use crate::types::CANDIDATES_MAX;
use crate::view::{View, decode};

/// What may follow the name of a resource in braces (r_properties(5), since 3.2): where the dependency is looked for.
const QUALIFIERS: [&str; 3] = ["LOCAL_NODE", "ANY_NODE", "FROM_RESOURCE_AFFINITIES"];

/// The property that orders only.
const WEAK: &str = "Resource_dependencies_weak";

/// Most dependents that are followed for the words of an answer.
pub(super) const DEPENDENTS_MAX: usize = 1000;

/// The resources that values name, each with the properties that name it.
pub(super) type Dependencies = BTreeMap<String, BTreeSet<String>>;

/// What is wrong with a property that names resources.
#[derive(Debug)]
pub(super) struct Fault {
    /// The property.
    pub property: String,
    /// Why, as a command refuses it.
    pub refusal: Refusal,
}

/// The resources that a resource depends on: by its values, or by the default of its type.
pub(super) fn of_values(
    resource_type: &ResourceType,
    values: &BTreeMap<String, StoredValue>,
) -> Result<Dependencies, Refusal> {
    of_values_or(&defaults(resource_type), values)
}

/// The dependencies that a type's file declares as defaults, by property.
pub(super) type Defaults = BTreeMap<&'static str, PropertyValue>;

/// The dependencies that a type's file declares as defaults.
pub(super) fn defaults(resource_type: &ResourceType) -> Defaults {
    let default = |property: &&'static str| {
        let default = resource_type.declared_property(property)?.default.as_ref()?;
        Some((*property, default.value.clone()))
    };
    DEPENDENCY_PROPERTIES.iter().filter_map(default).collect()
}

/// The resources that a resource depends on: by its values, or by these defaults.
pub(super) fn of_values_or(
    defaults: &Defaults,
    values: &BTreeMap<String, StoredValue>,
) -> Result<Dependencies, Refusal> {
    read(defaults, values).map_err(|fault| fault.refusal)
}

fn read(defaults: &Defaults, values: &BTreeMap<String, StoredValue>) -> Result<Dependencies, Fault> {
    let mut found = Dependencies::new();
    for property in DEPENDENCY_PROPERTIES {
        let value = match values.get(property).map(|stored| &stored.value) {
            Some(Scope::Global(value)) => Some(value),
            _ => defaults.get(property),
        };
        if let Some(PropertyValue::StringArray(names)) = value {
            for name in names {
                let fault = |refusal| Fault { property: property.to_owned(), refusal };
                let name = strip_qualifier(property, name).map_err(fault)?;
                found.entry(name.to_owned()).or_default().insert(property.to_owned());
            }
        }
    }
    Ok(found)
}

/// What is wrong with the dependencies that values of a type would give a resource, beside those that it has; nothing if
/// all is well.
///
/// # Errors
/// [`CommandError::Store`].
pub(super) fn fault(
    view: &View<'_>,
    resource: &str,
    from: &Dependencies,
    (resource_type, values): (&ResourceType, &BTreeMap<String, StoredValue>),
) -> Result<Option<Fault>, CommandError> {
    match read(&defaults(resource_type), values) {
        Ok(to) => find_fault(view, resource, from, &to),
        Err(fault) => Ok(Some(fault)),
    }
}

fn strip_qualifier<'n>(property: &str, name: &'n str) -> Result<&'n str, Refusal> {
    let Some((bare, rest)) = name.split_once('{') else { return Ok(name) };
    match rest.strip_suffix('}') {
        Some(qualifier) if QUALIFIERS.iter().any(|known| known.eq_ignore_ascii_case(qualifier)) => Ok(bare),
        _ => Err(Refusal::new(
            "bad_value",
            format!("property `{property}`: `{name}` has no known qualifier between the braces"),
        )
        .help(format!("expected one of {}", QUALIFIERS.join(", ")))),
    }
}

/// Writes the difference of two sets of dependencies of a resource into the index.
pub(super) fn index(tx: &mut Transaction<'_>, resource: &str, from: &Dependencies, to: &Dependencies) {
    for name in from.keys().filter(|name| !to.contains_key(*name)) {
        tx.delete(keys::by_dependency(name, resource));
    }
    for (name, properties) in to.iter().filter(|(name, properties)| from.get(*name) != Some(properties)) {
        tx.put(keys::by_dependency(name, resource), properties);
    }
}

/// New dependencies must exist and must not lead back to the resource; weak ones only order, and may.
///
/// # Errors
/// A refusal `dependency_not_found` or `dependency_cycle`; [`CommandError::Store`].
pub(super) fn check(
    view: &View<'_>,
    resource: &str,
    from: &Dependencies,
    to: &Dependencies,
) -> Result<(), CommandError> {
    match find_fault(view, resource, from, to)? {
        Some(fault) => Err(fault.refusal.into()),
        None => Ok(()),
    }
}

fn find_fault(
    view: &View<'_>,
    resource: &str,
    from: &Dependencies,
    to: &Dependencies,
) -> Result<Option<Fault>, CommandError> {
    for (name, properties) in to {
        let property = properties.first().map_or(WEAK, String::as_str);
        let fault = |refusal| Some(Fault { property: property.to_owned(), refusal });
        if name == resource {
            let message = format!("property `{property}`: resource `{resource}` cannot depend on itself");
            return Ok(fault(Refusal::new("dependency_cycle", message).help("leave it out")));
        }
        if !from.contains_key(name) && view.get(&keys::resource(name))?.is_none() {
            return Ok(fault(not_found(view, property, name)?));
        }
    }
    let strong = to.iter().filter(|(_, properties)| is_strong(properties));
    let was_strong = |name: &String| from.get(name).is_some_and(is_strong);
    for (name, properties) in strong.filter(|(name, _)| !was_strong(name)) {
        if let Some(path) = path_back(view, name, resource)? {
            let path: Vec<&str> = std::iter::once(resource).chain(path.iter().map(String::as_str)).collect();
            let property = properties.iter().find(|property| *property != WEAK).map_or(WEAK, String::as_str);
            let refusal = Refusal::new(
                "dependency_cycle",
                format!(
                    "resource `{resource}` cannot depend on `{name}`: that would be a cycle, {}",
                    path.join(" -> ")
                ),
            )
            .help(format!("take one of these dependencies out, or use {WEAK}, which only orders"));
            return Ok(Some(Fault { property: property.to_owned(), refusal }));
        }
    }
    Ok(None)
}

fn is_strong(properties: &BTreeSet<String>) -> bool {
    properties.iter().any(|property| property != WEAK)
}

/// The way from `name` to `resource` along dependencies that are not weak. Found from its end, in the index of dependents;
/// what is looked at becomes a condition, so that no other command closes the circle at the same time.
fn path_back(view: &View<'_>, name: &str, resource: &str) -> Result<Option<Vec<String>>, CommandError> {
    let mut leads_to: BTreeMap<String, String> = BTreeMap::new();
    let mut open = vec![resource.to_owned()];
    while let Some(next) = open.pop() {
        for stored in view.range(&KeyRange::prefix(&keys::by_dependency_all(&next)), usize::MAX)? {
            let dependent = keys::last_part(&stored.key).unwrap_or_default();
            if is_strong(&decode(&stored)?) && !leads_to.contains_key(&dependent) {
                leads_to.insert(dependent.clone(), next.clone());
                open.push(dependent);
            }
        }
        if leads_to.contains_key(name) {
            let mut path = vec![name.to_owned()];
            while let Some(next) = path.last().filter(|last| *last != resource).and_then(|last| leads_to.get(last)) {
                path.push(next.clone());
            }
            return Ok(Some(path));
        }
    }
    Ok(None)
}

fn not_found(view: &View<'_>, property: &str, name: &str) -> Result<Refusal, StoreError> {
    let refusal = Refusal::new("dependency_not_found", format!("property `{property}`: there is no resource `{name}`"));
    let stored = view.peek(&KeyRange::prefix(&keys::resource("")), CANDIDATES_MAX)?;
    let names: Vec<String> = stored.iter().filter_map(|stored| keys::last_part(&stored.key)).collect();
    let near =
        if stored.len() < CANDIDATES_MAX { suggest::nearest(name, names.iter().map(String::as_str)) } else { None };
    Ok(refusal.help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "create it first, or leave it out".to_owned(),
    }))
}

/// The resources that depend on one, each with the properties that say so; no condition.
pub(super) fn direct_dependents(view: &View<'_>, resource: &str) -> Result<Dependencies, StoreError> {
    let mut found = Dependencies::new();
    for stored in view.peek(&KeyRange::prefix(&keys::by_dependency_all(resource)), DEPENDENTS_MAX)? {
        if let Some(dependent) = keys::last_part(&stored.key) {
            found.insert(dependent, decode(&stored)?);
        }
    }
    Ok(found)
}

/// The resources whose dependencies other than weak ones lead to a resource, each after all that it depends on, at most
/// [`DEPENDENTS_MAX`]; no condition: they are for the words of an answer.
pub(super) fn all_dependents(view: &View<'_>, resource: &str) -> Result<Vec<String>, StoreError> {
    let mut found = with_dependents(view, &[resource.to_owned()])?;
    found.retain(|name| name != resource);
    Ok(found)
}

/// Resources and those whose dependencies other than weak ones lead to one of them, each after all of these that it depends
/// on; beside the resources themselves at most [`DEPENDENTS_MAX`]. No condition.
pub(super) fn with_dependents(view: &View<'_>, resources: &[String]) -> Result<Vec<String>, StoreError> {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut dependents_first = Vec::new();
    // Of each resource first its dependents are put into the row, then itself: the last to be opened stands first.
    let mut open: Vec<(String, bool)> = resources.iter().map(|name| (name.clone(), false)).collect();
    while let Some((name, is_left)) = open.pop() {
        if is_left {
            dependents_first.push(name);
            continue;
        }
        if seen.len() >= DEPENDENTS_MAX + resources.len() || !seen.insert(name.clone()) {
            continue;
        }
        open.push((name.clone(), true));
        let dependents = direct_dependents(view, &name)?.into_iter().rev();
        let strong = dependents.filter(|(dependent, properties)| is_strong(properties) && !seen.contains(dependent));
        open.extend(strong.map(|(dependent, _)| (dependent, false)));
    }
    dependents_first.reverse();
    Ok(dependents_first)
}

/// Refuses to delete a resource that others depend on; that none does becomes a condition.
pub(super) fn check_no_dependents(view: &View<'_>, resource: &str) -> Result<(), CommandError> {
    let stored = view.range(&KeyRange::prefix(&keys::by_dependency_all(resource)), DEPENDENTS_MAX)?;
    if stored.is_empty() {
        return Ok(());
    }
    let mut lines = Vec::new();
    for stored in &stored {
        let properties: BTreeSet<String> = decode(stored)?;
        let dependent = keys::last_part(&stored.key).unwrap_or_default();
        let group = view.peek_record::<ResourceRecord>(&keys::resource(&dependent))?.map(|record| record.group);
        let properties: Vec<String> = properties.into_iter().collect();
        lines.push(format!("{dependent} in group {}: {}", group.unwrap_or_default(), properties.join(", ")));
    }
    Err(Refusal::new("has_dependents", format!("resource `{resource}` cannot be deleted: others depend on it"))
        .details(lines)
        .help("take it out of their dependencies first, for example `rtreg resource set R -p Resource_dependencies=…`")
        .into())
}
