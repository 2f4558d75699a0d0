//! The values of the command: which property each is for, whether it fits, and whether it may be given. It never looks at
//! the state; what needs the resource disabled is handed back for the gate to judge.

use std::collections::BTreeMap;

use rtreg_model::standard::{Presence, standard_property};
use rtreg_model::suggest::nearest;
use rtreg_model::{PropertyDecl, PropertyTunable, PropertyValue};

use super::carry::{Carried, Need};
use super::{Accepted, ChangeKind, Migrated, Migration, Problem, PropertyChange, Scope, StoredValue, find};
use crate::gate::Assignment;

/// The values that the command gives for one property.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Given {
    global: Option<PropertyValue>,
    nodes: BTreeMap<String, PropertyValue>,
}

/// Finds the property of each value and reads it; what cannot be read is a problem. Keys are names as the target's file
/// writes them.
pub(super) fn sort(
    migration: &Migration<'_>,
    before: &[PropertyDecl],
    after: &[PropertyDecl],
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Given> {
    let mut given: BTreeMap<String, Given> = BTreeMap::new();
    for assignment in migration.assignments {
        let Some(decl) = find(after, &assignment.name) else {
            problems.push(undeclared(assignment, before, after));
            continue;
        };
        match read(migration, decl, assignment) {
            Ok(value) => {
                let given = given.entry(decl.name.value.clone()).or_default();
                let earlier = match &assignment.node {
                    Some(node) => given.nodes.insert(node.clone(), value),
                    None => given.global.replace(value),
                };
                if earlier.is_some() {
                    let message = format!("`{}` is given twice in the command; give it once.", target_of(assignment));
                    problems.push(problem(decl, message, None));
                }
            }
            Err(message) => {
                let instead = Assignment { name: decl.name.value.clone(), node: None, value: "VALUE".to_owned() };
                problems.push(problem(decl, message, Some(instead)));
            }
        }
    }
    given
}

/// Puts together what a property has afterwards.
pub(super) fn apply(
    migration: &Migration<'_>,
    decl: &PropertyDecl,
    carried: Carried,
    mut given: Given,
    migrated: &mut Migrated,
) {
    obey_tunable(decl, carried.need.as_ref(), &mut given, migrated);
    let need = carried.need.as_ref().filter(|need| !is_satisfied(migration, need, &given));
    if let Some(need) = need {
        ask_for_value(decl, need, &carried, migrated);
    }
    let name = &decl.name.value;
    let is_given = |change: &PropertyChange| {
        given.global.is_some() || change.node.as_ref().is_some_and(|node| given.nodes.contains_key(node))
    };
    migrated.changes.extend(carried.changes.iter().filter(|change| !is_given(change)).cloned());
    let all = given.global.iter().map(|value| (None, value));
    for (node, value) in all.chain(given.nodes.iter().map(|(node, value)| (Some(node), value))) {
        let text = value.to_string();
        migrated.changes.push(PropertyChange {
            kind: ChangeKind::Set,
            property: name.clone(),
            node: node.cloned(),
            old: old_value(migration, name, node, &carried),
            new: Some(text.clone()),
            why: format!("The command sets `{name}`."),
        });
        migrated.accepted.push(Assignment { name: name.clone(), node: node.cloned(), value: text });
    }
    if let Some(value) = merge(carried.value, given) {
        migrated.values.insert(name.clone(), value);
    }
}

fn read(migration: &Migration<'_>, decl: &PropertyDecl, assignment: &Assignment) -> Result<PropertyValue, String> {
    let name = &decl.name.value;
    if let Some(node) = &assignment.node {
        if !decl.per_node {
            return Err(format!("`{name}` has one value for all nodes; give it without `{{{node}}}`."));
        }
        if !migration.node_list.contains(node) {
            let nodes = migration.node_list.join(", ");
            return Err(format!("`{name}` is given for {node}, which is not in the group's node list ({nodes})."));
        }
    }
    let refused = |why: String| format!("`{}` does not take this value: {why}.", target_of(assignment));
    let value = PropertyValue::parse(&decl.kind, &assignment.value).map_err(refused)?;
    decl.check(&value).map_err(refused)?;
    Ok(value)
}

/// A value that the migration needs may be given whatever the TUNABLE; any other obeys the TUNABLE of the new version.
fn obey_tunable(decl: &PropertyDecl, need: Option<&Need>, given: &mut Given, migrated: &mut Migrated) {
    let is_needed = |node: Option<&String>| match need.map(|need| &need.nodes) {
        None => false,
        Some(None) => true,
        Some(Some(nodes)) => node.is_some_and(|node| nodes.contains(node)),
    };
    let free = given.global.is_none() || is_needed(None);
    if free && given.nodes.keys().all(|node| is_needed(Some(node))) {
        return;
    }
    match decl.tunable {
        PropertyTunable::Anytime => {}
        PropertyTunable::WhenDisabled => {
            migrated.when_disabled.push(Accepted { property: decl.name.value.clone(), entry: entry(decl) });
        }
        PropertyTunable::AtCreation | PropertyTunable::None => {
            let message = format!(
                "`{}` cannot be set on a resource that exists: its TUNABLE is {}. Leave it out of the command.",
                decl.name.value, decl.tunable
            );
            migrated.problems.push(problem(decl, message, None));
            if !free {
                given.global = None;
            }
            given.nodes.retain(|node, _| is_needed(Some(node)));
        }
    }
}

fn is_satisfied(migration: &Migration<'_>, need: &Need, given: &Given) -> bool {
    // Of a property without PER_NODE no value for a node is ever read.
    let nodes = need.nodes.as_deref().unwrap_or(migration.node_list);
    given.global.is_some() || (!nodes.is_empty() && nodes.iter().all(|node| given.nodes.contains_key(node)))
}

fn ask_for_value(decl: &PropertyDecl, need: &Need, carried: &Carried, migrated: &mut Migrated) {
    let name = &decl.name.value;
    let why = format!("`{name}` needs a value in the command: {}.", need.why);
    let nodes = need.nodes.iter().flatten().map(|node| Some(node.clone()));
    let nodes: Vec<Option<String>> = if need.nodes.is_some() { nodes.collect() } else { vec![None] };
    for node in &nodes {
        migrated.changes.push(PropertyChange {
            kind: ChangeKind::NeedsValue,
            property: name.clone(),
            node: node.clone(),
            old: carried.old.as_ref().map(ToString::to_string),
            new: None,
            why: why.clone(),
        });
    }
    if migrated.problems.iter().any(|problem| problem.property == *name) {
        return;
    }
    for node in nodes {
        let instead = Assignment { name: name.clone(), node, value: "VALUE".to_owned() };
        migrated.problems.push(problem(decl, why.clone(), Some(instead)));
    }
}

/// Values for all nodes first, then those for single nodes; where one node departs from a value for all, the others keep it.
fn merge(carried: Option<StoredValue>, given: Given) -> Option<StoredValue> {
    let base = given.global.map(StoredValue::explicit).or(carried);
    if given.nodes.is_empty() {
        // Of values for single nodes none may be left.
        return base.and_then(|value| value.without_node("").0);
    }
    Some(StoredValue::with_nodes(base, given.nodes))
}

fn old_value(migration: &Migration<'_>, name: &str, node: Option<&String>, carried: &Carried) -> Option<String> {
    let on_node = match (node, super::stored(migration.values, name).map(|value| &value.value)) {
        (Some(node), Some(Scope::PerNode(values))) => values.get(node),
        _ => None,
    };
    on_node.or(carried.old.as_ref()).map(ToString::to_string)
}

fn undeclared(assignment: &Assignment, before: &[PropertyDecl], after: &[PropertyDecl]) -> Problem {
    let name = &assignment.name;
    let bare = |message: String, instead| Problem { property: name.clone(), message, entry: None, instead };
    if name.eq_ignore_ascii_case("Type_version") {
        return bare("`Type_version` is set by the upgrade itself; leave it out of the command.".to_owned(), None);
    }
    if standard_property(name).is_some_and(|row| row.presence == Presence::QueryOnly) {
        return bare(format!("`{name}` can only be read; leave it out of the command."), None);
    }
    if find(before, name).is_some() {
        return bare(format!("The new version does not declare `{name}`; leave it out of the command."), None);
    }
    let names = after.iter().map(|decl| decl.name.value.as_str());
    match nearest(name, names) {
        Some(near) => {
            let message = format!("The new version does not declare `{name}`; did you mean `{near}`?");
            bare(message, Some(Assignment { name: near.to_owned(), ..assignment.clone() }))
        }
        None => {
            bare(format!("The new version does not declare `{name}`; `rtreg show type` lists what it declares."), None)
        }
    }
}

fn target_of(assignment: &Assignment) -> String {
    match &assignment.node {
        Some(node) => format!("{}{{{node}}}", assignment.name),
        None => assignment.name.clone(),
    }
}

fn problem(decl: &PropertyDecl, message: String, instead: Option<Assignment>) -> Problem {
    Problem { property: decl.name.value.clone(), message, entry: entry(decl), instead }
}

fn entry(decl: &PropertyDecl) -> Option<rtreg_model::Span> {
    decl.span.map(|entry| entry.0)
}
