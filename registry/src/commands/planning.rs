//! What a planner reads of the registry beside the records: who depends on whom, where Init runs, what boots do. The same
//! facts that the commands rest on, for the crate that plans; nothing here changes anything.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::{NodeStatus, ResourceType};

use super::{dependencies, group, scene};
use crate::effective::BootOf;
use crate::error::CommandError;
use crate::keys;
use crate::migration::StoredValue;
use crate::records::{GroupRecord, NodeRecord, ResourceRecord};
use crate::store::{KeyRange, StoreError};
use crate::types::LoadedType;
use crate::view::{View, decode};

/// Resources, each with the properties that name it (r_properties(5), the four Resource_dependencies).
pub type Dependencies = BTreeMap<String, BTreeSet<String>>;

/// Most resources of one group.
pub const GROUP_RESOURCES_MAX: usize = group::RESOURCES_MAX;

/// The resources that a resource depends on, by its values or by the defaults of its type.
///
/// # Errors
/// A refusal `bad_value` for a qualifier that is not known.
pub fn dependencies_of(
    resource_type: &ResourceType,
    values: &BTreeMap<String, StoredValue>,
) -> Result<Dependencies, CommandError> {
    Ok(dependencies::of_values(resource_type, values)?)
}

/// The resources that depend on one; that there are no others becomes a condition.
///
/// # Errors
/// [`CommandError::Store`].
pub fn dependents_of(view: &View<'_>, resource: &str) -> Result<Dependencies, CommandError> {
    let mut found = Dependencies::new();
    for stored in view.range(&KeyRange::prefix(&keys::by_dependency_all(resource)), usize::MAX)? {
        if let Some(dependent) = keys::last_part(&stored.key) {
            found.insert(dependent, decode(&stored)?);
        }
    }
    Ok(found)
}

/// The resources of a group; that there are no others becomes a condition.
///
/// # Errors
/// [`StoreError`].
pub fn members_of(view: &View<'_>, group: &str) -> Result<Vec<String>, StoreError> {
    let stored = view.range(&KeyRange::prefix(&keys::by_group_all(group)), usize::MAX)?;
    Ok(stored.iter().filter_map(|stored| keys::last_part(&stored.key)).collect())
}

/// The resources of any version of a type; that there are no others becomes a condition.
///
/// # Errors
/// [`StoreError`].
pub fn users_of(view: &View<'_>, base: &str) -> Result<Vec<String>, StoreError> {
    super::type_index::users(view, &keys::by_type_base(base))
}

/// A resource by its name.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn find_resource(view: &View<'_>, name: &str) -> Result<ResourceRecord, CommandError> {
    scene::find_resource(view, name)
}

/// A group by its name.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn find_group(view: &View<'_>, name: &str) -> Result<GroupRecord, CommandError> {
    scene::find_group(view, name)
}

/// A node that a record names.
///
/// # Errors
/// [`CommandError::Store`]: the store is damaged if there is none.
pub fn listed_node(view: &View<'_>, name: &str, named_by: &str) -> Result<NodeRecord, CommandError> {
    let missing = || scene::damaged(&keys::node(name), &format!("{named_by} names this node"));
    Ok(view.record(&keys::node(name))?.ok_or_else(missing)?)
}

/// The nodes where Init, Fini, Boot and Validate of a type run for a resource of a group with this node list, whatever
/// their status. Reads the nodes only where Installed_nodes says all.
///
/// # Errors
/// [`StoreError`].
pub fn init_nodes(view: &View<'_>, node_list: &[String], loaded: &LoadedType) -> Result<Vec<String>, StoreError> {
    let mut nodes = BTreeMap::new();
    scene::read_installed(view, loaded, &mut nodes)?;
    let mut names: BTreeSet<String> = nodes.into_keys().collect();
    names.extend(node_list.iter().cloned());
    Ok(names.into_iter().filter(|node| scene::is_init_node(node_list, loaded, node)).collect())
}

/// What a boot of the node runs for a resource of the type.
pub fn boot_of<'t>(group: &GroupRecord, loaded: &'t LoadedType, node: &str) -> BootOf<'t> {
    scene::boot_of(group, loaded, node)
}

/// The nodes where the group is online: what was recorded under the node's present incarnation.
pub fn online_on<'g>(group: &'g GroupRecord, nodes: &BTreeMap<String, NodeRecord>) -> Vec<&'g String> {
    let is_online = |name: &&String| {
        nodes.get(*name).is_some_and(|node| {
            node.status != NodeStatus::Down && group.online_on.get(*name) == Some(&node.incarnation)
        })
    };
    group.node_list.iter().filter(is_online).collect()
}
