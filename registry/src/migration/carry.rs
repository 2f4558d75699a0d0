//! What a property takes over by itself: its explicit value, a pinned old default, or the new default; and where it needs
//! a value instead. It never looks at the command.

use std::collections::BTreeMap;

use rtreg_model::{PropertyDecl, PropertyValue};

use super::{ChangeKind, Mark, Migration, Others, PropertyChange, Scope, StoredValue, find, stored};

/// What a property has before the command is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Carried {
    /// What it takes over; none means the new default.
    pub value: Option<StoredValue>,
    /// What happens by itself.
    pub changes: Vec<PropertyChange>,
    /// What the command must give.
    pub need: Option<Need>,
    /// The value before, as text, where there was one for all nodes.
    pub old: Option<PropertyValue>,
}

/// A value that the command must give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Need {
    /// The nodes that need one; none means the property as a whole.
    pub nodes: Option<Vec<String>>,
    /// A half-sentence: why.
    pub why: String,
}

/// Takes over one property of the target.
pub(super) fn carry(migration: &Migration<'_>, before: Option<&PropertyDecl>, decl: &PropertyDecl) -> Carried {
    let value = stored(migration.values, &decl.name.value);
    let old = match value.map(|value| &value.value) {
        Some(Scope::Global(value)) => Some(value.clone()),
        Some(Scope::PerNode(_)) => value.and_then(|value| value.others.as_ref()).map(|others| others.value.clone()),
        None => before.and_then(default).cloned(),
    };
    if let Some(why) = before.and_then(|before| incompatible(before, decl)) {
        return Carried { need: Some(Need { nodes: None, why }), old, ..Carried::default() };
    }
    let carried = match value {
        Some(value) => keep(migration, before, (decl, value)),
        None => follow_default(migration, before, decl),
    };
    Carried { old, ..carried }
}

/// What the new version does not declare: properties of the old one, and values of properties that neither has.
pub(super) fn dropped(
    migration: &Migration<'_>,
    before: &[PropertyDecl],
    after: &[PropertyDecl],
) -> Vec<PropertyChange> {
    let declared = before.iter().map(|decl| &decl.name.value);
    let undeclared = migration.values.keys().filter(|name| find(before, name).is_none());
    let gone = declared.chain(undeclared).filter(|name| find(after, name).is_none());
    gone.flat_map(|name| {
        let change = |node: Option<&String>, old: Option<&PropertyValue>| PropertyChange {
            kind: ChangeKind::Dropped,
            property: name.clone(),
            node: node.cloned(),
            old: old.map(ToString::to_string),
            new: None,
            why: format!("The new version does not declare `{name}`; its value is dropped."),
        };
        let stored = stored(migration.values, name);
        match stored.map(|stored| &stored.value) {
            Some(Scope::PerNode(values)) if !values.is_empty() => {
                let others = stored.and_then(|stored| stored.others.as_ref());
                let others = others.map(|others| change(None, Some(&others.value)));
                others.into_iter().chain(values.iter().map(|(node, value)| change(Some(node), Some(value)))).collect()
            }
            Some(Scope::Global(value)) => vec![change(None, Some(value))],
            _ => vec![change(None, find(before, name).and_then(default))],
        }
    })
    .collect()
}

/// Why nothing of the old declaration can be taken over. It counts on the default, too: what the property means changed.
fn incompatible(before: &PropertyDecl, decl: &PropertyDecl) -> Option<String> {
    let (old, new) = (before.kind.as_str(), decl.kind.as_str());
    if old != new {
        return Some(format!("its type changes from {old} to {new}"));
    }
    (before.per_node && !decl.per_node).then(|| "it had a value per node and now has one for all nodes".to_owned())
}

fn keep(migration: &Migration<'_>, before: Option<&PropertyDecl>, of: (&PropertyDecl, &StoredValue)) -> Carried {
    let (decl, value) = of;
    match &value.value {
        Scope::Global(global) => keep_global(decl, value.mark, global),
        Scope::PerNode(values) => keep_per_node(migration, before, (decl, value, values)),
    }
}

fn kept(decl: &PropertyDecl, node: Option<&String>, (mark, value): (Mark, &PropertyValue)) -> PropertyChange {
    let name = &decl.name.value;
    let (kind, why) = match mark {
        Mark::Explicit => (ChangeKind::Kept, format!("The value of `{name}` was set; it stays.")),
        Mark::Pinned => (
            ChangeKind::Pinned,
            format!("The resource was created under 3.0 and `{name}` is pinned to an old default; it stays."),
        ),
    };
    PropertyChange {
        kind,
        property: name.clone(),
        node: node.cloned(),
        old: Some(value.to_string()),
        new: Some(value.to_string()),
        why,
    }
}

fn keep_global(decl: &PropertyDecl, mark: Mark, value: &PropertyValue) -> Carried {
    match decl.check(value) {
        Ok(()) => Carried {
            value: Some(StoredValue { mark, value: Scope::Global(value.clone()), others: None }),
            changes: vec![kept(decl, None, (mark, value))],
            ..Carried::default()
        },
        Err(why) => Carried { need: Some(Need { nodes: None, why: no_longer_fits(&why) }), ..Carried::default() },
    }
}

fn keep_per_node(
    migration: &Migration<'_>,
    before: Option<&PropertyDecl>,
    (decl, value, values): (&PropertyDecl, &StoredValue, &BTreeMap<String, PropertyValue>),
) -> Carried {
    if !decl.per_node {
        let why = "it has values per node, and the new version takes one for all nodes".to_owned();
        return Carried { need: Some(Need { nodes: None, why }), ..Carried::default() };
    }
    let (fitting, misfits): (BTreeMap<_, _>, BTreeMap<_, _>) =
        values.clone().into_iter().partition(|(_, value)| decl.check(value).is_ok());
    let why = misfits.values().find_map(|value| decl.check(value).err());
    let need = why.map(|why| Need { nodes: Some(misfits.into_keys().collect()), why: no_longer_fits(&why) });
    // Nodes without a value of their own: those of the node list, and any that joins it later.
    let unnamed: Vec<String> = migration.node_list.iter().filter(|node| !values.contains_key(*node)).cloned().collect();
    let rest = match &value.others {
        Some(others) => keep_global(decl, others.mark, &others.value),
        None if unnamed.is_empty() => Carried::default(),
        None => follow_default(migration, before, decl),
    };
    let others = rest.value.and_then(|StoredValue { mark, value, .. }| match value {
        Scope::Global(value) => Some(Others { mark, value }),
        Scope::PerNode(_) => None,
    });
    let mut changes = rest.changes;
    changes.extend(fitting.iter().map(|(node, value)| kept(decl, Some(node), (Mark::Explicit, value))));
    Carried {
        value: Some(StoredValue { mark: value.mark, value: Scope::PerNode(fitting), others }),
        changes,
        need: both(need, rest.need.map(|rest| Need { nodes: (!unnamed.is_empty()).then_some(unnamed), ..rest })),
        ..Carried::default()
    }
}

/// One need for the nodes of both.
fn both(one: Option<Need>, other: Option<Need>) -> Option<Need> {
    match (one, other) {
        (Some(one), Some(other)) => {
            let nodes = one.nodes.zip(other.nodes).map(|(one, other)| one.into_iter().chain(other).collect());
            Some(Need { nodes, why: one.why })
        }
        (one, other) => one.or(other),
    }
}

/// The old default, where a resource that follows it gets another one with the new version.
pub(super) fn changed_default(before: &PropertyDecl, decl: &PropertyDecl) -> Option<PropertyValue> {
    let (old, new) = (default(before)?, default(decl)?);
    (old != new && incompatible(before, decl).is_none()).then(|| old.clone())
}

fn follow_default(migration: &Migration<'_>, before: Option<&PropertyDecl>, decl: &PropertyDecl) -> Carried {
    let old = before.and_then(default);
    let Some(new) = default(decl) else {
        let why = match (before, old) {
            (None, _) => "it is new and has no default".to_owned(),
            (_, Some(old)) => format!("its default, `{old}` so far, is gone"),
            (Some(_), None) => "it has neither a value nor a default".to_owned(),
        };
        return Carried { need: Some(Need { nodes: None, why }), ..Carried::default() };
    };
    match old {
        Some(old) if old == new => Carried::default(),
        Some(old) if migration.created_under_3_0 => pin(decl, old, new),
        _ => {
            let what = if before.is_some() { "was not set and follows the new default" } else { "is new" };
            let why = format!("`{}` {what}.", decl.name.value);
            Carried { changes: vec![change(decl, ChangeKind::DefaultInherited, old, new, why)], ..Carried::default() }
        }
    }
}

/// A resource created under 3.0 keeps the old default (spec section 11, point 7), if the new version takes it.
fn pin(decl: &PropertyDecl, old: &PropertyValue, new: &PropertyValue) -> Carried {
    match decl.check(old) {
        Ok(()) => {
            let name = &decl.name.value;
            let why = format!(
                "The resource was created under 3.0, so `{name}` keeps the old default; the new one would be `{new}`."
            );
            let changes = vec![change(decl, ChangeKind::Pinned, Some(old), old, why)];
            Carried { value: Some(StoredValue::pinned(old.clone())), changes, ..Carried::default() }
        }
        Err(why) => {
            let why = format!("the resource was created under 3.0 and keeps its old default, {}", no_longer_fits(&why));
            Carried { need: Some(Need { nodes: None, why }), ..Carried::default() }
        }
    }
}

fn change(
    decl: &PropertyDecl,
    kind: ChangeKind,
    old: Option<&PropertyValue>,
    new: &PropertyValue,
    why: String,
) -> PropertyChange {
    PropertyChange {
        kind,
        property: decl.name.value.clone(),
        node: None,
        old: old.map(ToString::to_string),
        new: Some(new.to_string()),
        why,
    }
}

fn no_longer_fits(why: &str) -> String {
    format!("its value no longer fits: {why}")
}

fn default(decl: &PropertyDecl) -> Option<&PropertyValue> {
    decl.default.as_ref().map(|default| &default.value)
}
