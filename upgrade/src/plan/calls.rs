//! The calls of one event for one resource on one node, one behind the other, as the control model's table has them. Who waits for
//! them, and what undoes them, is the caller's.

use rtreg_control::rgm::{self, Attributes, Event, InRun};
use rtreg_model::Method;

use super::method::Callee;
use super::read::Type;
use super::step::{IfFailed, Operation};

/// A resource on a node, at an event.
pub(crate) struct Calling<'a> {
    /// The resource, with the version and the values that it has then.
    pub callee: Callee<'a>,
    /// The version that started the monitor, where it is another one.
    pub monitor_of: Option<&'a Type>,
    pub node: &'a str,
    /// The switch for monitoring is on.
    pub monitored: bool,
    /// A monitor runs there, or may.
    pub monitor_runs: bool,
}

impl Calling<'_> {
    /// The calls of those methods that are wanted.
    pub fn calls(
        &self,
        event: Event,
        wanted: &[Method],
        if_failed: impl Fn(InRun) -> IfFailed,
    ) -> Vec<(Method, Operation)> {
        let own = self.callee.of;
        let mut declared = own.declared.clone();
        // The monitor of another version is ended by that version where T has no method for it.
        let has_stop = |of: &&Type| of.has(Method::MonitorStop) && !own.has(Method::MonitorStop);
        let other = self.monitor_of.filter(has_stop);
        declared.extend(other.map(|_| Method::MonitorStop));
        let mut attributes = Attributes::new(&declared);
        attributes.monitored = self.monitored;
        attributes.monitor_runs = self.monitor_runs;
        let mut calls = Vec::new();
        for call in rgm::calls(event, &attributes) {
            let Some(method) = call.method().filter(|method| wanted.contains(method)) else { continue };
            let of = if own.has(method) { own } else { other.unwrap_or(own) };
            let callee = Callee { of, ..self.callee };
            calls.extend(callee.call(method, self.node, if_failed(call.in_run)).map(|operation| (method, operation)));
        }
        calls
    }
}
