//! The steps of a group that is unmanaged meanwhile: Fini and Init of all its resources around the change.

use std::collections::BTreeSet;

use rtreg_control::rgm::{self, Attributes, Event};
use rtreg_model::{Driver, Method};

use super::operation::{group_change, plain};
use super::{Draft, Lowering};
use crate::plan::method::Callee;
use crate::plan::recorded;
use crate::plan::state::Effect;
use crate::plan::step::{GroupEvent, IfFailed, Phase, Undo, Why};

impl Lowering<'_> {
    pub(super) fn group_down(&mut self, group: &str, after: &BTreeSet<String>) -> BTreeSet<String> {
        let Some(before) = self.state.groups.get(group).cloned() else { return BTreeSet::new() };
        let members = self.moving.unmanaged.get(group).cloned().unwrap_or_default();
        let mut exits = after.clone();
        if !before.online_on.is_empty() {
            let offline = (GroupEvent::Offline, before.online_on.clone(), Vec::new());
            exits = BTreeSet::from([self.group_step(group, Phase::Down, offline, &exits)]);
        }
        if !before.managed {
            return exits;
        }
        let mut ends = Vec::new();
        let mut finis = BTreeSet::new();
        for member in &members {
            for node in self.up_init_nodes(member, false) {
                let event = if self.upgrades.contains_key(member.as_str()) {
                    Event::UpgradeTakingDown
                } else {
                    Event::GroupUnmanage
                };
                let is_run = before.driver == Driver::Rgm;
                let step = if is_run { self.chain(member, &node, event, (&[Method::Fini], &exits)) } else { None };
                match step {
                    Some(id) => drop(finis.insert(id)),
                    None => ends.push(Effect::NotInitialised { resource: member.clone(), node }),
                }
            }
        }
        exits.extend(finis);
        // What no Fini takes back is initialised again all the same when the group comes back under management.
        let again = if before.driver == Driver::Rgm { self.inits_again(&ends) } else { Vec::new() };
        let id = self.group_step(group, Phase::Down, (GroupEvent::Unmanage, Vec::new(), ends), &exits);
        if let Some(step) = self.steps.last_mut() {
            step.undo.extend(again);
        }
        BTreeSet::from([id])
    }

    pub(super) fn group_up(&mut self, group: &str, after: &BTreeSet<String>) -> BTreeSet<String> {
        let Some(before) = self.state.groups.get(group).cloned() else { return BTreeSet::new() };
        let members = self.moving.unmanaged.get(group).cloned().unwrap_or_default();
        let mut exits = after.clone();
        if before.managed {
            let begins = if before.driver == Driver::Recorded { self.inits(&members, true) } else { Vec::new() };
            let manage = (GroupEvent::Manage, Vec::new(), begins);
            exits = BTreeSet::from([self.group_step(group, Phase::Up, manage, &exits)]);
            let mut inits = BTreeSet::new();
            for member in members.iter().filter(|_| before.driver == Driver::Rgm) {
                let event = if self.upgrades.contains_key(member.as_str()) {
                    Event::UpgradeBringingUp
                } else {
                    Event::GroupManage
                };
                for node in self.up_init_nodes(member, true) {
                    inits.extend(self.init(member, &node, event, &exits));
                }
            }
            exits.extend(inits);
        }
        if !before.online_on.is_empty() {
            let online = (GroupEvent::Online, before.online_on.clone(), Vec::new());
            exits = BTreeSet::from([self.group_step(group, Phase::Up, online, &exits)]);
        }
        exits
    }

    /// Init of the version before, for each place that leaves management without a Fini.
    fn inits_again(&self, ends: &[Effect]) -> Vec<Undo> {
        let again = ends.iter().filter_map(|end| {
            let Effect::NotInitialised { resource, node } = end else { return None };
            let (of, now) = (self.present.get(resource)?, self.resource(resource)?);
            let callee = Callee { resource, group: &now.group, of, values: &now.values };
            callee.call(Method::Init, node, IfFailed::Halt).map(plain)
        });
        again.collect()
    }

    pub(super) fn init(&mut self, name: &str, node: &str, event: Event, after: &BTreeSet<String>) -> Option<String> {
        let of = self.behind(name)?;
        let mut calls = rgm::calls(event, &Attributes::new(&of.declared)).into_iter();
        let call = calls.find(|call| call.method() == Some(Method::Init))?;
        let (group, values) = (self.group_name(name), self.values_behind(name));
        let callee = Callee { resource: name, group: &group, of: &of, values: &values };
        let operation = callee.call(Method::Init, node, self.if_failed(call.in_run))?;
        let undo = callee.call(Method::Fini, node, IfFailed::Halt).map(plain);
        let draft = Draft {
            phase: Phase::Up,
            operation,
            undo: undo.into_iter().collect(),
            reason: self.why(name),
            administrator: None,
        };
        Some(self.push(after, draft))
    }

    /// What Init records where it runs by itself, before the change or behind it.
    pub(in crate::plan) fn inits(&self, members: &[String], behind: bool) -> Vec<Effect> {
        let mut effects = Vec::new();
        for member in members {
            let of = if behind { self.behind(member) } else { self.present.get(member).cloned() };
            let Some(of) = of.filter(|of| of.has(Method::Init)) else { continue };
            let begin = |node| Effect::Initialised { resource: member.clone(), node, version: of.version().clone() };
            effects.extend(self.up_init_nodes(member, behind).into_iter().map(begin));
        }
        effects
    }

    pub(super) fn group_step(
        &mut self,
        group: &str,
        phase: Phase,
        (change, nodes, effects): (GroupEvent, Vec<String>, Vec<Effect>),
        after: &BTreeSet<String>,
    ) -> String {
        let members = self.moving.unmanaged.get(group).cloned().unwrap_or_default();
        let is_recorded = self.state.groups.get(group).is_some_and(|group| group.driver == Driver::Recorded);
        let mut operation = group_change(group, change, &nodes);
        operation.on_done.extend(effects);
        let mut back = group_change(group, back_of(change), &nodes);
        back.if_failed = IfFailed::Halt;
        match change {
            GroupEvent::Unmanage if is_recorded => back.on_done.extend(self.inits(&members, false)),
            GroupEvent::Manage if is_recorded => back.on_done.extend(self.finis(&members)),
            _ => {}
        }
        let named = self.upgrades.keys().next().map(|name| self.why(name));
        let administrator = is_recorded.then(|| recorded::group(self, group, change, &nodes));
        let reason = named.unwrap_or(Why { rule: String::new(), sentence: String::new(), place: None });
        self.push(after, Draft { phase, operation, undo: vec![plain(back)], reason, administrator })
    }

    pub(super) fn finis(&self, members: &[String]) -> Vec<Effect> {
        let end = |member: &String| {
            let nodes = self.up_init_nodes(member, true).into_iter();
            let resource = member.clone();
            nodes.map(move |node| Effect::NotInitialised { resource: resource.clone(), node }).collect::<Vec<_>>()
        };
        members.iter().flat_map(end).collect()
    }
}

const fn back_of(change: GroupEvent) -> GroupEvent {
    match change {
        GroupEvent::Manage => GroupEvent::Unmanage,
        GroupEvent::Unmanage => GroupEvent::Manage,
        GroupEvent::Online => GroupEvent::Offline,
        GroupEvent::Offline => GroupEvent::Online,
    }
}
