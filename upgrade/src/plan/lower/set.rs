//! The steps that change versions: Validate before anything, the change itself, and the Update that undoing it ends with.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::Method;
use rtreg_registry::migration::StoredValue;

use super::operation::{commit, plain};
use super::{Draft, Lowering};
use crate::plan::decide::Candidate;
use crate::plan::method::Callee;
use crate::plan::read::Type;
use crate::plan::recorded;
use crate::plan::state::Effect;
use crate::plan::step::{IfFailed, Operation, Phase, SetResource, SetTypeVersion, Undo, What, Why};

impl Lowering<'_> {
    pub(super) fn validate(&mut self, after: &BTreeSet<String>) -> BTreeSet<String> {
        let mut exits = BTreeSet::new();
        for candidate in self.upgrades.clone().into_values() {
            if self.is_recorded(&candidate.name) {
                continue;
            }
            let group = self.group_name(&candidate.name);
            // On a node the versions of a way look one after the other: no method of a resource runs beside another one there.
            let mut last: BTreeMap<String, String> = BTreeMap::new();
            for leg in &candidate.legs {
                for node in self.up_init_nodes(&candidate.name, true) {
                    let callee =
                        Callee { resource: &candidate.name, group: &group, of: &leg.target, values: &leg.values };
                    let Some(operation) = callee.validate(&node, &leg.changes, IfFailed::Refuse) else { continue };
                    let sentence =
                        format!("Validate of {} sees the properties before anything changes.", leg.target.version());
                    let reason = Why { rule: "property_update".to_owned(), sentence, place: None };
                    let draft =
                        Draft { phase: Phase::Validate, operation, undo: Vec::new(), reason, administrator: None };
                    let before = after.iter().chain(last.get(&node)).cloned().collect();
                    let id = self.push(&before, draft);
                    last.insert(node, id.clone());
                    exits.insert(id);
                }
            }
        }
        exits
    }

    pub(super) fn set(&mut self, after: &BTreeSet<String>) -> BTreeSet<String> {
        let legs = self.upgrades.values().map(|of| of.legs.len()).max().unwrap_or(0);
        let mut before = after.clone();
        for number in 0..legs {
            let mut sets = Vec::new();
            for candidate in self.upgrades.clone().into_values() {
                sets.extend(self.set_resource(candidate, number));
            }
            let operation = set_type_version(sets.iter().map(|(set, _)| set), true);
            let mut undo = vec![plain(set_type_version(sets.iter().map(|(_, back)| back), false))];
            if number == 0 {
                undo.extend(self.updates_back());
            }
            let reason = match (sets.as_slice(), self.upgrades.len()) {
                ([(only, _)], 1) => self.why(&only.resource),
                _ => {
                    let names: Vec<String> = sets.iter().map(|(set, _)| format!("`{}`", set.resource)).collect();
                    let sentence = format!("{} change together, in one commit.", names.join(", "));
                    Why { rule: "one_commit".to_owned(), sentence, place: None }
                }
            };
            let administrator = recorded::set(self, &sets);
            let draft = Draft { phase: Phase::Set, operation, undo, reason, administrator };
            before = BTreeSet::from([self.push(&before, draft)]);
        }
        if let Some(why) = self.mark.clone() {
            let reason = Why { rule: "mark".to_owned(), sentence: why.clone(), place: None };
            let operation = commit(What::Mark { why }, Vec::new());
            let draft = Draft { phase: Phase::Set, operation, undo: Vec::new(), reason, administrator: None };
            before = BTreeSet::from([self.push(&before, draft)]);
        }
        before
    }

    /// One change of version, with the values before it.
    pub(super) fn set_resource(&self, candidate: &Candidate, number: usize) -> Option<(SetResource, SetResource)> {
        let leg = candidate.legs.get(number)?;
        let before = number.checked_sub(1).and_then(|before| candidate.legs.get(before));
        let from = before.map_or(&candidate.present, |leg| &leg.target);
        let values = match before {
            Some(leg) => leg.values.clone(),
            None => self.resource(&candidate.name)?.values.clone(),
        };
        let make =
            |from: &Type, to: &Type, values: &BTreeMap<String, StoredValue>, properties: Vec<String>| SetResource {
                undoes: None,
                resource: candidate.name.clone(),
                from: from.version().clone(),
                to: to.version().clone(),
                type_name: to.name().to_owned(),
                properties,
                values: values.clone(),
            };
        let properties = leg.properties.iter().map(ToString::to_string).collect();
        let forwards = SetResource { undoes: candidate.undoes, ..make(from, &leg.target, &leg.values, properties) };
        Some((forwards, make(&leg.target, from, &values, Vec::new())))
    }

    /// Update of the version before, where a resource stayed online: behind all else that is undone.
    pub(super) fn updates_back(&self) -> Vec<Undo> {
        let mut undo = Vec::new();
        for (name, candidate) in &self.upgrades {
            if self.is_recorded(name) || self.mode(name).is_down_meanwhile() {
                continue;
            }
            let Some(resource) = self.resource(name) else { continue };
            let (group, of) = (self.group_name(name), &candidate.present);
            let callee = Callee { resource: name, group: &group, of, values: &resource.values };
            for node in self.online(name) {
                let operation = callee.call(Method::Update, &node, IfFailed::GoOn);
                undo.extend(operation.map(|operation| Undo { last: true, ..plain(operation) }));
            }
        }
        undo
    }
}

fn set_type_version<'s>(sets: impl Iterator<Item = &'s SetResource> + Clone, gated: bool) -> Operation {
    let effect = |set: &SetResource| Effect::TypeVersion {
        resource: set.resource.clone(),
        version: set.to.clone(),
        values: set.values.clone(),
    };
    let effects = sets.clone().map(effect).collect();
    let resources = sets.cloned().collect();
    commit(What::SetTypeVersion(SetTypeVersion { gated, resources }), effects)
}
