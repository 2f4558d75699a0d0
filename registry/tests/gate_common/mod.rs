//! What the tests of the gate are made of: types with `#$upgrade_from` lines, and states. It never decides anything.

#![allow(dead_code, reason = "each test binary uses its part")]

use std::collections::BTreeMap;

use rtreg_model::{
    Declared, Driver, Method, MethodPath, MonitorState, Origin, PropertyDecl, PropertyKind, ResourceState,
    ResourceType, RtVersion, Span, Spanned, Tunability, UpgradeFrom,
};
use rtreg_registry::gate::{Decision, GroupView, NodeView, Request, ResourceView, Settings, State, Version, decide};

/// Lines of a file: the version and the tunability; the empty version is `""`.
pub type Lines<'a> = &'a [(&'a str, Tunability)];

pub fn version(text: &str) -> RtVersion {
    RtVersion::new(text)
}

pub fn by(text: &str) -> Origin {
    Origin::Version(version(text))
}

pub fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span::default())
}

/// A version of `TEST.web` with Start, Stop, Init, Fini and a monitor; the n-th line stands at bytes 100n to 100n + 20.
pub fn web(text: &str, lines: Lines<'_>) -> ResourceType {
    let mut web = ResourceType::new(spanned("web".to_owned()));
    web.vendor_id = Some(spanned("TEST".to_owned()));
    web.version = Declared::default_value(version(text));
    web.upgrade = Some(spanned(()));
    for (at, (from, tunability)) in (1..).zip(lines) {
        let line = Span::new(at * 100, at * 100 + 20);
        let (version, tunability) = (spanned(version(from)), spanned(*tunability));
        web.upgrade_from.push(UpgradeFrom::new(version, tunability, line));
    }
    use Method::{Fini, Init, MonitorStart, MonitorStop, Start, Stop};
    for method in [Start, Stop, Init, Fini, MonitorStart, MonitorStop] {
        let absolute = format!("/opt/web/{method}");
        web.methods.insert(method, MethodPath::new(spanned(absolute.clone()), absolute));
    }
    web
}

/// The same without a monitor.
pub fn web_without_monitor(text: &str, lines: Lines<'_>) -> ResourceType {
    let mut web = web(text, lines);
    web.methods.remove(&Method::MonitorStart);
    web.methods.remove(&Method::MonitorStop);
    web
}

pub fn registered(resource_type: &ResourceType) -> Version<'_> {
    let name = resource_type.name().to_string();
    Version { resource_type, name, installed_nodes: None, other_resources: Vec::new() }
}

/// A property with a default, or none where it is required.
pub fn property(name: &str, kind: PropertyKind, default: Option<rtreg_model::PropertyValue>) -> PropertyDecl {
    let mut decl = PropertyDecl::new(spanned(name.to_owned()), kind);
    decl.extension = true;
    decl.default = default.map(spanned);
    decl
}

/// A node where the resource was brought online with its monitor by a version.
pub fn online(node: &str, by_version: &str) -> NodeView {
    NodeView {
        state: ResourceState::Online,
        monitor: MonitorState::Running,
        started_by: by(by_version),
        monitor_started_by: by(by_version),
        initialised_by: by(by_version),
        ..NodeView::offline(node)
    }
}

/// A managed group `web-rg`, driven by rtreg, of these nodes.
pub fn state(nodes: Vec<NodeView>) -> State {
    let node_list: Vec<String> = nodes.iter().map(|view| view.node.clone()).collect();
    let online = nodes.iter().filter(|view| view.state == ResourceState::Online);
    State {
        resource: ResourceView { created_under_3_0: false, type_version_stated: false, values: BTreeMap::new() },
        group: GroupView {
            name: "web-rg".to_owned(),
            managed: true,
            driver: Driver::Rgm,
            maximum_primaries: 2,
            online_on: online.map(|view| view.node.clone()).collect(),
            members: Vec::new(),
            node_list,
        },
        nodes,
        dependents: Vec::new(),
    }
}

/// What the gate says of resource `web`.
pub fn ask(present: &ResourceType, target: &ResourceType, state: &State) -> Decision {
    let (present, target) = (registered(present), registered(target));
    let request = Request {
        resource: "web",
        target: &target,
        present: &present,
        properties: &[],
        dependency_faults: &[],
        restored: None,
    };
    decide(&request, state, &Settings::default())
}

pub fn with(view: NodeView, change: impl FnOnce(&mut NodeView)) -> NodeView {
    let mut view = view;
    change(&mut view);
    view
}

/// A node where the resource is offline and was never initialised.
pub fn off(node: &str, enabled: bool) -> NodeView {
    with(NodeView::offline(node), |view| view.enabled = enabled)
}
