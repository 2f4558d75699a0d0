//! Calls of callback methods: arguments as the Resource Group Manager passes them (rt_callbacks(1HA)), timeout, digest, what
//! is recorded, and whether the call may be repeated. What a method is by itself comes from the control model's table.

use std::collections::BTreeMap;

use rtreg_control::rgm;
use rtreg_model::{Method, MonitorState, Origin, ResourceState};
use rtreg_registry::migration::{ChangeKind, PropertyChange, Scope, StoredValue};

use super::read::Type;
use super::state::Effect;
use super::step::{DigestCheck, IfFailed, MethodCall, Operation, Repeat, What};

/// A resource whose methods are called, with the version and the values that it has then.
#[derive(Clone, Copy)]
pub(crate) struct Callee<'a> {
    pub resource: &'a str,
    pub group: &'a str,
    pub of: &'a Type,
    pub values: &'a BTreeMap<String, StoredValue>,
}

impl Callee<'_> {
    /// A method on a node; none if the version does not declare it.
    pub fn call(&self, method: Method, node: &str, if_failed: IfFailed) -> Option<Operation> {
        let arguments = self.arguments();
        self.operation(method, node, (arguments, if_failed))
    }

    /// Validate with `-u`: properties are to change, Type_version among them.
    pub fn validate(&self, node: &str, changes: &[PropertyChange], if_failed: IfFailed) -> Option<Operation> {
        let mut arguments = vec!["-u".to_owned()];
        arguments.extend(self.arguments());
        let version = self.of.version().as_str().unwrap_or_default();
        arguments.extend(["-r".to_owned(), format!("Type_version={version}")]);
        for change in changes {
            let is_new = !matches!(change.kind, ChangeKind::Kept | ChangeKind::Dropped) && change.old != change.new;
            if let Some(value) = change.new.as_ref().filter(|_| is_new) {
                arguments.extend(self.assignment((&change.property, change.node.as_deref()), value));
            }
        }
        self.operation(Method::Validate, node, (arguments, if_failed))
    }

    /// Validate with `-u`: the properties are to be as here, and were as given before.
    pub fn validate_set(&self, node: &str, before: &BTreeMap<String, StoredValue>) -> Option<Operation> {
        let mut arguments = vec!["-u".to_owned()];
        arguments.extend(self.arguments());
        for (place, value) in self.proposed(|name| before.get(name) != self.values.get(name)) {
            arguments.extend(self.assignment((&place.0, place.1.as_deref()), &value));
        }
        self.operation(Method::Validate, node, (arguments, IfFailed::Refuse))
    }

    /// Validate with `-c`: all properties that have a value, and those of the group.
    pub fn validate_creation(&self, node: &str, group: &[(&str, String)]) -> Option<Operation> {
        let mut arguments = vec!["-c".to_owned()];
        arguments.extend(self.arguments());
        for (place, value) in self.proposed(|_| true) {
            arguments.extend(self.assignment((&place.0, place.1.as_deref()), &value));
        }
        for (name, value) in group {
            arguments.extend(["-g".to_owned(), format!("{name}={value}")]);
        }
        self.operation(Method::Validate, node, (arguments, IfFailed::Refuse))
    }

    /// The properties that are wanted, each with its value, or its default.
    fn proposed(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<((String, Option<String>), String)> {
        let mut proposed = Vec::new();
        for decl in &self.of.properties {
            let name = &decl.name.value;
            if !is_wanted(name) {
                continue;
            }
            let default = decl.default.as_ref().map(|default| default.value.to_string());
            match self.values.get(name) {
                Some(StoredValue { value: Scope::Global(value), .. }) => {
                    proposed.push(((name.clone(), None), value.to_string()));
                }
                Some(StoredValue { value: Scope::PerNode(values), others, .. }) => {
                    let others = others.as_ref().map(|others| others.value.to_string()).or(default);
                    proposed.extend(others.map(|value| ((name.clone(), None), value)));
                    let each =
                        values.iter().map(|(node, value)| ((name.clone(), Some(node.clone())), value.to_string()));
                    proposed.extend(each);
                }
                None => proposed.extend(default.map(|value| ((name.clone(), None), value))),
            }
        }
        proposed
    }

    fn arguments(&self) -> Vec<String> {
        ["-R", self.resource, "-T", self.of.name(), "-G", self.group].map(str::to_owned).into()
    }

    fn assignment(&self, (property, node): (&str, Option<&str>), value: &str) -> [String; 2] {
        let decl = self.of.properties.iter().find(|decl| decl.name.value.eq_ignore_ascii_case(property));
        let extension = decl.is_some_and(|decl| decl.extension);
        match node {
            Some(node) => ["-X".to_owned(), format!("{property}{{{node}}}={value}")],
            None => [if extension { "-x" } else { "-r" }.to_owned(), format!("{property}={value}")],
        }
    }

    fn operation(
        &self,
        method: Method,
        node: &str,
        (arguments, if_failed): (Vec<String>, IfFailed),
    ) -> Option<Operation> {
        let path = self.of.loaded.resource_type.methods.get(&method)?.absolute.clone();
        let recorded = self.of.loaded.record.methods.get(&method);
        let call = MethodCall {
            resource: self.resource.to_owned(),
            method,
            type_name: self.of.name().to_owned(),
            version: self.of.version().clone(),
            path,
            arguments,
            timeout_seconds: self.of.timeout_seconds(method, self.values),
            digest: recorded.and_then(|recorded| recorded.digests.get(node).cloned()),
            digest_check: DigestCheck::Refuse,
        };
        let [on_begin, on_done, on_failed] = self.effects(method, node);
        Some(Operation {
            what: What::Method(call),
            node: Some(node.to_owned()),
            on_begin,
            on_done,
            on_failed,
            if_failed,
            repeat: self.repeat(method, node),
        })
    }

    /// The repeat rule of the method's row; what must run first is of the same version. Where the version has no such method
    /// nobody but a person can tell.
    fn repeat(&self, method: Method, node: &str) -> Repeat {
        let first = match rgm::row_of(method).map(|row| row.repeat) {
            Some(rgm::Repeat::Yes) => return Repeat::Yes,
            Some(repeat) => repeat.first(),
            None => None,
        };
        // Where nothing else ends what Prenet_start began, it belongs to what Stop ends.
        let first = match first {
            Some(Method::PostnetStop) if !self.of.has(Method::PostnetStop) => Some(Method::Stop),
            first => first,
        };
        let Some(first) = first.and_then(|first| self.call(first, node, IfFailed::Halt)) else { return Repeat::No };
        let again = method == Method::Start && !self.of.has(Method::PostnetStop);
        let prenet = if again { self.call(Method::PrenetStart, node, IfFailed::Halt) } else { None };
        Repeat::After { first: std::iter::once(first).chain(prenet).collect() }
    }

    /// What the method records when it begins, is done, has failed: the states by the control model, the origins by the
    /// registry's table of events. What may already run counts as soon as it may.
    fn effects(&self, method: Method, node: &str) -> [Vec<Effect>; 3] {
        let own = Origin::Version(self.of.version().clone());
        let (resource, node) = (self.resource.to_owned(), node.to_owned());
        let state = |state: ResourceState, started_by: Option<Origin>| Effect::State {
            resource: resource.clone(),
            node: node.clone(),
            state,
            started_by,
        };
        let monitor = |monitor: MonitorState, started_by: Option<Origin>| Effect::Monitor {
            resource: resource.clone(),
            node: node.clone(),
            monitor,
            started_by,
        };
        let begin = match (method, rgm::during(method)) {
            (Method::Init, _) => vec![Effect::Initialised {
                resource: resource.clone(),
                node: node.clone(),
                version: self.of.version().clone(),
            }],
            (Method::MonitorStart, _) => vec![monitor(MonitorState::Unknown, Some(own.clone()))],
            (_, Some(rgm::Change::Resource(ResourceState::Starting))) => {
                vec![state(ResourceState::Starting, Some(own.clone()))]
            }
            (_, Some(rgm::Change::Resource(during))) => vec![state(during, None)],
            (_, Some(rgm::Change::Monitor(during))) => vec![monitor(during, None)],
            (_, None) => Vec::new(),
        };
        let done = match (method, rgm::succeeded(method, &self.of.declared)) {
            (Method::Fini, _) => {
                vec![Effect::NotInitialised { resource: resource.clone(), node: node.clone() }]
            }
            (_, Some(rgm::Change::Resource(ResourceState::Offline))) => vec![
                state(ResourceState::Offline, Some(Origin::None)),
                monitor(MonitorState::Stopped, Some(Origin::None)),
            ],
            (_, Some(rgm::Change::Resource(done))) => vec![state(done, Some(own.clone()))],
            (_, Some(rgm::Change::Monitor(MonitorState::Stopped))) => {
                vec![monitor(MonitorState::Stopped, Some(Origin::None))]
            }
            (_, Some(rgm::Change::Monitor(done))) => vec![monitor(done, Some(own))],
            (_, None) => Vec::new(),
        };
        let failed = match rgm::failed(method) {
            Some(rgm::Change::Resource(failed)) => vec![state(failed, None)],
            Some(rgm::Change::Monitor(failed)) => vec![monitor(failed, None)],
            None => Vec::new(),
        };
        [begin, done, failed]
    }
}
