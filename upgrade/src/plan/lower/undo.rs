//! What undoes a method, and what is restarted because something that it depends on was.

use std::rc::Rc;

use rtreg_model::Method;

use super::Lowering;
use super::operation::plain;
use crate::plan::bundle::Mode;
use crate::plan::method::Callee;
use crate::plan::recorded;
use crate::plan::step::{IfFailed, Operation, Undo};

impl Lowering<'_> {
    /// What undoes a method: what was taken down comes up by the same version, and the other way round.
    pub(super) fn undo(&self, name: &str, (method, node): (Method, &str), operation: &Operation) -> Vec<Undo> {
        let Some(call) = operation.method() else { return Vec::new() };
        if self.mode(name) == Mode::Restarted {
            return Vec::new();
        }
        let present = self.present.get(name).filter(|of| of.version() == &call.version && call.type_name == of.name());
        let of = match present {
            Some(of) => Rc::clone(of),
            None => match self.behind(name) {
                Some(of) if of.name() == call.type_name => of,
                _ => return Vec::new(),
            },
        };
        let values = if present.is_some() {
            self.resource(name).map(|of| of.values.clone()).unwrap_or_default()
        } else {
            self.values_behind(name)
        };
        let group = self.group_name(name);
        let callee = Callee { resource: name, group: &group, of: &of, values: &values };
        let methods: &[Method] = match method {
            Method::MonitorStop => &[Method::MonitorStart],
            // Where nothing undoes Prenet_start, it belongs to what Stop has ended.
            Method::Stop if !of.has(Method::PostnetStop) => &[Method::PrenetStart, Method::Start],
            Method::Stop => &[Method::Start],
            Method::PostnetStop => &[Method::PrenetStart],
            Method::Fini => &[Method::Init],
            Method::MonitorStart => &[Method::MonitorStop],
            Method::Start => &[Method::Stop],
            Method::PrenetStart if !of.has(Method::PostnetStop) => &[Method::Stop],
            Method::PrenetStart => &[Method::PostnetStop],
            Method::Init => &[Method::Fini],
            Method::Boot | Method::MonitorCheck | Method::Update | Method::Validate => &[],
        };
        let calls = methods.iter().filter_map(|method| callee.call(*method, node, IfFailed::Halt));
        let mut undo: Vec<Undo> = calls.map(plain).collect();
        if matches!(method, Method::Stop | Method::PostnetStop) && self.mode(name).is_down_meanwhile() {
            undo.extend(self.restarts(name));
        }
        undo
    }

    /// What is restarted because a resource was, also when that is undone: down in their order, then up.
    pub(in crate::plan) fn restarts(&self, name: &str) -> Vec<Undo> {
        let restarted: Vec<&String> =
            self.moving.moves.iter().filter(|(_, of)| of.mode == Mode::Restarted).map(|(name, _)| name).collect();
        if restarted.is_empty() || self.mode(name) == Mode::Restarted {
            return Vec::new();
        }
        let ordered = self.restart_order(&restarted);
        let mut operations = Vec::new();
        for name in &ordered {
            operations.extend(self.restart_calls(name, &[Method::MonitorStop, Method::Stop, Method::PostnetStop]));
        }
        for name in ordered.iter().rev() {
            operations.extend(self.restart_calls(name, &[Method::PrenetStart, Method::Start, Method::MonitorStart]));
        }
        operations.into_iter().map(|operation| Undo { last: true, ..plain(operation) }).collect()
    }

    /// Dependents before what they depend on.
    pub(super) fn restart_order<'n>(&self, restarted: &[&'n String]) -> Vec<&'n String> {
        let mut left: Vec<&String> = restarted.to_vec();
        let mut ordered = Vec::new();
        while !left.is_empty() {
            let depends = |on: &String| left.iter().any(|name| self.depends(name, on));
            let at = left.iter().position(|name| !depends(name)).unwrap_or(0);
            ordered.push(left.remove(at));
        }
        ordered
    }

    /// Whether a resource moves because of another.
    pub(super) fn depends(&self, name: &str, on: &str) -> bool {
        name != on && self.moving.moves.get(name).is_some_and(|of| of.on.as_deref() == Some(on))
    }

    pub(super) fn restart_calls(&self, name: &str, methods: &[Method]) -> Vec<Operation> {
        if self.is_recorded(name) {
            let stops = methods.contains(&Method::Stop);
            return recorded::restart(self, name).into_iter().filter(|_| stops).collect();
        }
        let (Some(resource), Some(of)) = (self.resource(name), self.present.get(name)) else { return Vec::new() };
        let callee = Callee { resource: name, group: &resource.group, of, values: &resource.values };
        let mut calls = Vec::new();
        for node in self.online(name) {
            let monitored = resource.nodes.get(&node).is_some_and(|entry| entry.monitored);
            let wanted = methods.iter().filter(|method| monitored || **method != Method::MonitorStart);
            calls.extend(wanted.filter_map(|method| callee.call(*method, &node, IfFailed::Halt)));
        }
        calls
    }
}
