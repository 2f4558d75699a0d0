//! What becomes of the values when a resource goes back to a version that it had: it gets the very values that it had then,
//! marks and all. Values of the command and the present ones play no part; whether a value still fits is asked anew, since the
//! version may have been registered again with another file.

use std::collections::BTreeMap;

use rtreg_model::standard::effective_properties;
use rtreg_model::{PropertyDecl, PropertyTunable, PropertyValue};

use super::{Accepted, ChangeKind, Mark, Migrated, Migration, Problem, PropertyChange, Scope, StoredValue, find, fits};
use super::{migrate, stored};
use crate::gate::Assignment;

/// Says what becomes of the values when these are restored. A restored value that the way back alone would not give obeys the
/// TUNABLE: one that cannot be set at any time asks for the resource disabled.
pub fn restore(migration: &Migration<'_>, before: &BTreeMap<String, StoredValue>) -> Migrated {
    let plain = migrate(&Migration { assignments: &[], ..*migration });
    let present = effective_properties(migration.present);
    let after = effective_properties(migration.target);
    let mut migrated = Migrated::default();
    for decl in &after {
        let name = &decl.name.value;
        let value = stored(before, name);
        if let Some(problem) = problem(decl, value) {
            migrated.problems.push(problem);
            continue;
        }
        migrated.values.extend(value.map(|value| (name.clone(), value.clone())));
        let of_plain = plain.changes.iter().filter(|change| change.property == *name);
        if stored(&plain.values, name) == value {
            migrated.changes.extend(of_plain.filter(|change| change.kind != ChangeKind::NeedsValue).cloned());
            continue;
        }
        let is_needed = of_plain.clone().any(|change| change.kind == ChangeKind::NeedsValue);
        if !is_needed && decl.tunable != PropertyTunable::Anytime {
            let entry = decl.span.map(|entry| entry.0);
            migrated.when_disabled.push(Accepted { property: name.clone(), entry });
        }
        let now = stored(migration.values, name);
        let old_default = find(&present, name).and_then(default);
        migrated.changes.extend(changes(decl, (now, old_default), value));
    }
    let gone = |change: &&PropertyChange| find(&after, &change.property).is_none();
    migrated.changes.extend(plain.changes.iter().filter(gone).cloned());
    migrated.problems.extend(before.keys().filter(|name| find(&after, name).is_none()).map(|name| undeclared(name)));
    migrated.changes.sort_by(|a, b| (&a.property, &a.node, a.kind).cmp(&(&b.property, &b.node, b.kind)));
    migrated
}

/// The values that the administrator gives the vendor's command for these changes: those that come back, and the default where a
/// value that is set now goes away. What was pinned the cluster pins by itself.
pub fn given_back(changes: &[PropertyChange], now: &BTreeMap<String, StoredValue>) -> Vec<Assignment> {
    let is_set = |name: &str| stored(now, name).is_some_and(|value| value.mark == Mark::Explicit);
    let is_given = |change: &&PropertyChange| match change.kind {
        ChangeKind::Set => true,
        ChangeKind::DefaultInherited => is_set(&change.property),
        _ => false,
    };
    let of = |change: &PropertyChange| {
        let value = change.new.clone()?;
        Some(Assignment { name: change.property.clone(), node: change.node.clone(), value })
    };
    changes.iter().filter(is_given).filter_map(of).collect()
}

fn problem(decl: &PropertyDecl, value: Option<&StoredValue>) -> Option<Problem> {
    let name = &decl.name.value;
    let message = match value {
        None if decl.is_required() => {
            format!("`{name}` has no default, and the resource had no value for it when it had this version.")
        }
        Some(value) if !fits(decl, value) => {
            format!("The value that `{name}` had does not fit the file of the version as it is registered now.")
        }
        _ => return None,
    };
    let instead = Assignment { name: name.clone(), node: None, value: "VALUE".to_owned() };
    let entry = decl.span.map(|entry| entry.0);
    Some(Problem { property: name.clone(), message, entry, instead: Some(instead) })
}

fn undeclared(name: &str) -> Problem {
    let message = format!(
        "The resource had a value for `{name}`, and the file of the version as it is registered now does not declare it."
    );
    Problem { property: name.to_owned(), message, entry: None, instead: None }
}

/// What happens to a property that does not simply keep what the way back gives it: one change for each node with a value.
fn changes(
    decl: &PropertyDecl,
    (now, old_default): (Option<&StoredValue>, Option<&PropertyValue>),
    value: Option<&StoredValue>,
) -> Vec<PropertyChange> {
    let name = &decl.name.value;
    let change = |kind, node: Option<&String>, new: Option<&PropertyValue>, why: String| PropertyChange {
        kind,
        property: name.clone(),
        node: node.cloned(),
        old: on_node(now, node).or(old_default).map(ToString::to_string),
        new: new.map(ToString::to_string),
        why,
    };
    let Some(value) = value else {
        let why = format!("`{name}` was not set before; it follows the default again.");
        return vec![change(ChangeKind::DefaultInherited, None, default(decl), why)];
    };
    let back = |mark: Mark| match mark {
        Mark::Explicit => (ChangeKind::Set, format!("`{name}` gets the value back that it had before.")),
        Mark::Pinned => {
            (ChangeKind::Pinned, format!("`{name}` is pinned again to the old default that it had before."))
        }
    };
    let restored = |mark, node, value| {
        let (kind, why) = back(mark);
        change(kind, node, Some(value), why)
    };
    match &value.value {
        Scope::Global(global) => vec![restored(value.mark, None, global)],
        Scope::PerNode(nodes) => {
            let others = value.others.iter().map(|others| restored(others.mark, None, &others.value));
            others.chain(nodes.iter().map(|(node, of)| restored(value.mark, Some(node), of))).collect()
        }
    }
}

/// The value for one node, or that of all.
fn on_node<'v>(value: Option<&'v StoredValue>, node: Option<&String>) -> Option<&'v PropertyValue> {
    let value = value?;
    match &value.value {
        Scope::Global(global) => Some(global),
        Scope::PerNode(nodes) => {
            let own = node.and_then(|node| nodes.get(node));
            own.or(value.others.as_ref().map(|others| &others.value))
        }
    }
}

fn default(decl: &PropertyDecl) -> Option<&PropertyValue> {
    decl.default.as_ref().map(|default| &default.value)
}
