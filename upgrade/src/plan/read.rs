//! Reads what a plan is made of, each record once: resources, groups, nodes, types, dependencies. What is read becomes the
//! plan's basis. It never decides.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rtreg_checker::report::json::{JsonSpan, span};
use rtreg_model::standard::effective_properties;
use rtreg_model::{Driver, Method, MonitorState, Origin, PropertyDecl, PropertyValue, ResourceState, RtVersion, Span};
use rtreg_registry::commands::planning::{self, Dependencies};
use rtreg_registry::commands::settings::read_settings;
use rtreg_registry::gate::Settings;
use rtreg_registry::migration::{Scope, StoredValue};
use rtreg_registry::records::{GroupRecord, NodeRecord, ResourceRecord};
use rtreg_registry::types::type_version;
use rtreg_registry::{CommandError, KeyRange, LoadedType, StoreError, View, durations, effective, keys, load_type};

use super::answers::Answers;
use super::state::{Group, OnNode, Resource, State};

/// Seconds that a method may take where neither the resource nor its type says: the vendor's default for all timeouts.
const TIMEOUT_SECONDS: u64 = 3600;

/// A version of a type, with what is looked up in it often.
pub(crate) struct Type {
    pub loaded: LoadedType,
    pub declared: BTreeSet<Method>,
    /// All properties that a resource of it has.
    pub properties: Vec<PropertyDecl>,
    name: String,
    file: String,
    /// Lines and columns of spans that were asked for: a fleet has few, each often.
    places: RefCell<BTreeMap<(u32, u32), JsonSpan>>,
}

impl Type {
    fn new(loaded: LoadedType) -> Self {
        let declared = loaded.resource_type.methods.keys().copied().collect();
        let properties = effective_properties(&loaded.resource_type);
        let name = loaded.record.name.to_string();
        let file = format!("registry:{name}");
        Self { loaded, declared, properties, name, file, places: RefCell::default() }
    }

    pub fn has(&self, method: Method) -> bool {
        self.declared.contains(&method)
    }

    pub fn version(&self) -> &RtVersion {
        &self.loaded.record.version
    }

    /// The full name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its file is called in reasons.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Lines and columns of a place in its file.
    pub fn place(&self, of: Span) -> JsonSpan {
        *self.places.borrow_mut().entry((of.start, of.end)).or_insert_with(|| span(&self.loaded.source, of))
    }

    /// When a method of it is ended, in seconds, for a resource with these values.
    pub fn timeout_seconds(&self, method: Method, values: &BTreeMap<String, StoredValue>) -> u64 {
        let name = method.timeout_property();
        let own =
            values.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, stored)| match &stored.value {
                Scope::Global(value) => Some(value),
                Scope::PerNode(_) => None,
            });
        let declared = || {
            let decl = self.properties.iter().find(|decl| decl.name.value.eq_ignore_ascii_case(name))?;
            decl.default.as_ref().map(|default| &default.value)
        };
        match own.or_else(declared) {
            Some(PropertyValue::Int(seconds)) => u64::try_from(*seconds).unwrap_or(TIMEOUT_SECONDS),
            _ => TIMEOUT_SECONDS,
        }
    }
}

/// What is read, and the state that it makes.
pub(crate) struct Reader<'v, 's> {
    pub view: &'v View<'s>,
    pub settings: Settings,
    pub state: State,
    /// What the gate has said.
    pub(in crate::plan) answers: Answers,
    /// By the type without version, then by the text of the version, which is empty for unversioned.
    types: BTreeMap<String, BTreeMap<String, Rc<Type>>>,
    nodes: BTreeMap<String, NodeRecord>,
    groups: BTreeMap<String, Rc<GroupRecord>>,
    dependents: BTreeMap<String, Dependencies>,
    dependencies: BTreeMap<String, Dependencies>,
    /// By group, then by the full name of the type.
    init_nodes: BTreeMap<String, BTreeMap<String, Rc<[String]>>>,
    versions: BTreeMap<String, usize>,
    durations: BTreeMap<String, BTreeMap<Method, Option<u64>>>,
}

impl<'v, 's> Reader<'v, 's> {
    pub fn new(view: &'v View<'s>) -> Result<Self, CommandError> {
        Ok(Self {
            view,
            settings: read_settings(view)?,
            state: State::default(),
            answers: Answers::default(),
            types: BTreeMap::new(),
            nodes: BTreeMap::new(),
            groups: BTreeMap::new(),
            dependents: BTreeMap::new(),
            dependencies: BTreeMap::new(),
            init_nodes: BTreeMap::new(),
            versions: BTreeMap::new(),
            durations: BTreeMap::new(),
        })
    }

    /// Puts a resource, its group and its nodes into the state, unless they are there.
    pub fn resource(&mut self, name: &str) -> Result<&Resource, CommandError> {
        if !self.state.resources.contains_key(name) {
            let record = planning::find_resource(self.view, name)?;
            let resource = self.settle(record)?;
            self.state.resources.insert(name.to_owned(), resource);
        }
        self.state.resources.get(name).ok_or_else(|| CommandError::Internal(format!("resource `{name}` is not read")))
    }

    /// A registered version of a type.
    pub fn type_of(&mut self, base: &str, version: &RtVersion) -> Result<Rc<Type>, CommandError> {
        if let Some(known) = self.known_type(base, version) {
            return Ok(Rc::clone(known));
        }
        let record = type_version(self.view, base, version)?.ok_or_else(|| StoreError::Corrupt {
            place: keys::type_version(base, version),
            reason: "there is no such record, but a resource is of this version; restore the store from a copy"
                .to_owned(),
        })?;
        let loaded = Rc::new(Type::new(load_type(self.view, &record)?));
        let text = version.as_str().unwrap_or_default().to_owned();
        self.types.entry(base.to_owned()).or_default().insert(text, Rc::clone(&loaded));
        Ok(loaded)
    }

    fn known_type(&self, base: &str, version: &RtVersion) -> Option<&Rc<Type>> {
        self.types.get(base)?.get(version.as_str().unwrap_or_default())
    }

    /// As [`Reader::type_of`]; none if it is not registered.
    pub fn find_type(&mut self, base: &str, version: &RtVersion) -> Result<Option<Rc<Type>>, CommandError> {
        if let Some(known) = self.known_type(base, version) {
            return Ok(Some(Rc::clone(known)));
        }
        match type_version(self.view, base, version)? {
            Some(_) => self.type_of(base, version).map(Some),
            None => Ok(None),
        }
    }

    /// How many versions of a type are registered. No condition: another version would only be another way.
    pub fn count_versions(&mut self, base: &str) -> Result<usize, CommandError> {
        if let Some(known) = self.versions.get(base) {
            return Ok(*known);
        }
        let count = self.view.peek(&KeyRange::prefix(&keys::type_versions(base)), usize::MAX)?.len();
        self.versions.insert(base.to_owned(), count);
        Ok(count)
    }

    /// The seconds that a method of a version is expected to take; none if nothing is known. No condition: it decides nothing.
    pub fn expected_seconds(&mut self, type_name: &str, method: Method) -> Result<Option<u64>, CommandError> {
        if let Some(known) = self.durations.get(type_name).and_then(|of| of.get(&method)) {
            return Ok(*known);
        }
        let seconds = durations::read(self.view, type_name, method)?.map(|record| record.expected_seconds());
        self.durations.entry(type_name.to_owned()).or_default().insert(method, seconds);
        Ok(seconds)
    }

    /// The version that a resource has.
    pub fn present(&mut self, name: &str) -> Result<Rc<Type>, CommandError> {
        let resource = self.resource(name)?;
        let (base, version) = (resource.base.clone(), resource.type_version.clone());
        self.type_of(&base, &version)
    }

    /// The nodes where Init, Fini and Validate of a type run for the resources of a group, whatever their status.
    pub fn init_nodes(&mut self, group: &str, of: &Type) -> Result<Rc<[String]>, CommandError> {
        if let Some(known) = self.init_nodes.get(group).and_then(|known| known.get(of.name())) {
            return Ok(Rc::clone(known));
        }
        let record = self.group(group)?;
        let nodes: Rc<[String]> = planning::init_nodes(self.view, &record.node_list, &of.loaded)?.into();
        for node in &*nodes {
            self.node(node, group)?;
        }
        self.init_nodes.entry(group.to_owned()).or_default().insert(of.name().to_owned(), Rc::clone(&nodes));
        Ok(nodes)
    }

    /// The resources of a group.
    pub fn members(&mut self, group: &str) -> Result<Vec<String>, CommandError> {
        Ok(planning::members_of(self.view, group)?)
    }

    /// What depends on a resource, each with the properties that say so.
    pub fn dependents(&mut self, name: &str) -> Result<Dependencies, CommandError> {
        if let Some(known) = self.dependents.get(name) {
            return Ok(known.clone());
        }
        let found = planning::dependents_of(self.view, name)?;
        self.dependents.insert(name.to_owned(), found.clone());
        Ok(found)
    }

    /// What a resource depends on, each with the properties that say so.
    pub fn dependencies(&mut self, name: &str) -> Result<Dependencies, CommandError> {
        if let Some(known) = self.dependencies.get(name) {
            return Ok(known.clone());
        }
        let present = self.present(name)?;
        let found = planning::dependencies_of(&present.loaded.resource_type, &self.resource(name)?.values)?;
        self.dependencies.insert(name.to_owned(), found.clone());
        Ok(found)
    }

    /// Whether methods take a resource down where it runs, its monitor with it. In a group that the administrator drives that
    /// is the cluster's affair.
    pub fn is_stoppable(&self, name: &str) -> bool {
        let Some(resource) = self.state.resources.get(name) else { return false };
        if self.state.groups.get(&resource.group).is_none_or(|group| group.driver == Driver::Recorded) {
            return true;
        }
        let of = |version: &RtVersion| self.known_type(&resource.base, version);
        let Some(own) = of(&resource.type_version) else { return false };
        let stops = own.has(Method::Stop) || own.has(Method::PostnetStop);
        resource.nodes.values().all(|entry| {
            let theirs = match &entry.monitor_started_by {
                Origin::Version(version) => of(version).is_some_and(|of| of.has(Method::MonitorStop)),
                Origin::None | Origin::Unknown => false,
            };
            let monitor_stops = entry.monitor == MonitorState::Stopped || own.has(Method::MonitorStop) || theirs;
            (entry.state == ResourceState::Offline || stops) && monitor_stops
        })
    }

    pub fn group(&mut self, name: &str) -> Result<Rc<GroupRecord>, CommandError> {
        if let Some(known) = self.groups.get(name) {
            return Ok(Rc::clone(known));
        }
        let record = Rc::new(planning::find_group(self.view, name)?);
        for node in &record.node_list {
            self.node(node, name)?;
        }
        let online_on = planning::online_on(&record, &self.nodes).into_iter().cloned().collect();
        let group = Group {
            managed: record.managed,
            driver: record.driver,
            node_list: record.node_list.clone(),
            maximum_primaries: record.maximum_primaries,
            online_on,
        };
        self.state.groups.insert(name.to_owned(), group);
        self.groups.insert(name.to_owned(), Rc::clone(&record));
        Ok(record)
    }

    fn node(&mut self, name: &str, group: &str) -> Result<(), CommandError> {
        if !self.nodes.contains_key(name) {
            let record = planning::listed_node(self.view, name, &format!("group `{group}`"))?;
            self.state.nodes.insert(name.to_owned(), record.status);
            self.nodes.insert(name.to_owned(), record);
        }
        Ok(())
    }

    /// A resource as the gate sees it: on the node list, on Init_nodes, and where it left a trace.
    pub fn settle(&mut self, record: ResourceRecord) -> Result<Resource, CommandError> {
        let group = self.group(&record.group)?;
        let of = self.type_of(&record.base, &record.type_version)?;
        let mut names: BTreeSet<String> = group.node_list.iter().cloned().collect();
        names.extend(self.init_nodes(&record.group, &of)?.iter().cloned());
        let traces = record.nodes.iter().filter(|(_, entry)| entry.initialised_by != Origin::None);
        for (node, _) in traces {
            // A node that was removed is no part of the cluster: nothing runs there.
            if !self.nodes.contains_key(node)
                && let Some(found) = self.view.record::<NodeRecord>(&keys::node(node))?
            {
                self.state.nodes.insert(node.clone(), found.status);
                self.nodes.insert(node.clone(), found);
            }
            names.insert(node.clone());
        }
        for entry in record.nodes.values() {
            if let Origin::Version(version) = &entry.monitor_started_by {
                self.find_type(&record.base, version)?;
            }
        }
        let mut nodes = BTreeMap::new();
        for name in names {
            let Some(node) = self.nodes.get(&name) else { continue };
            let boot = planning::boot_of(&group, &of.loaded, &name);
            let view = effective::node_view(record.nodes.get(&name), node, boot);
            nodes.insert(name, OnNode::of_view(&view));
        }
        Ok(Resource {
            group: record.group,
            base: record.base,
            type_version: record.type_version,
            created_under_3_0: record.created_under_3_0,
            type_version_stated: record.type_version_stated,
            values: record.values,
            nodes,
        })
    }
}
