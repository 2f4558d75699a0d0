//! What a property takes over by itself: its explicit value, a pinned old default, or the new default; and where it needs
//! a value instead. It never looks at the command.

use std::collections::BTreeMap;

use rtreg_model::{PropertyDecl, PropertyValue};

use super::{ChangeKind, Migration, PropertyChange, Scope, StoredValue, find, stored};

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
        Some(Scope::PerNode(_)) => None,
        None => before.and_then(default).cloned(),
    };
    if let Some(why) = before.and_then(|before| incompatible(before, decl)) {
        return Carried { need: Some(Need { nodes: None, why }), old, ..Carried::default() };
    }
    let carried = match value {
        Some(value) => keep(decl, value),
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
        match stored(migration.values, name).map(|value| &value.value) {
            Some(Scope::PerNode(values)) if !values.is_empty() => {
                values.iter().map(|(node, value)| change(Some(node), Some(value))).collect()
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

fn keep(decl: &PropertyDecl, value: &StoredValue) -> Carried {
    let kept = |node: Option<&String>, value: &PropertyValue| PropertyChange {
        kind: ChangeKind::Kept,
        property: decl.name.value.clone(),
        node: node.cloned(),
        old: Some(value.to_string()),
        new: Some(value.to_string()),
        why: format!("The value of `{}` was set; it stays.", decl.name.value),
    };
    match &value.value {
        Scope::Global(global) => match decl.check(global) {
            Ok(()) => Carried { value: Some(value.clone()), changes: vec![kept(None, global)], ..Carried::default() },
            Err(why) => Carried { need: Some(Need { nodes: None, why: no_longer_fits(&why) }), ..Carried::default() },
        },
        Scope::PerNode(values) => keep_per_node(decl, value, values, &kept),
    }
}

fn keep_per_node(
    decl: &PropertyDecl,
    value: &StoredValue,
    values: &BTreeMap<String, PropertyValue>,
    kept: &dyn Fn(Option<&String>, &PropertyValue) -> PropertyChange,
) -> Carried {
    if !decl.per_node {
        let why = "it has values per node, and the new version takes one for all nodes".to_owned();
        return Carried { need: Some(Need { nodes: None, why }), ..Carried::default() };
    }
    let (fitting, misfits): (BTreeMap<_, _>, BTreeMap<_, _>) =
        values.clone().into_iter().partition(|(_, value)| decl.check(value).is_ok());
    let why = misfits.values().find_map(|value| decl.check(value).err());
    let need = why.map(|why| Need { nodes: Some(misfits.into_keys().collect()), why: no_longer_fits(&why) });
    let changes = fitting.iter().map(|(node, value)| kept(Some(node), value)).collect();
    Carried {
        value: Some(StoredValue { mark: value.mark, value: Scope::PerNode(fitting) }),
        changes,
        need,
        ..Carried::default()
    }
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
