//! The event table (design, "State"): what each event writes for a resource on a node. Pure; whether the event is
//! permitted is decided by the commands.

use rtreg_model::{Method, MonitorState, Origin, ResourceState, ResourceType};

use crate::records::{Imported, ResourceNodeRecord};

/// Online, enable in an online group, restart: T's methods start the resource, and T's monitor if the switch is on.
pub(super) fn online(entry: &mut ResourceNodeRecord, resource_type: &ResourceType) {
    offline(entry);
    entry.state = ResourceState::Online;
    entry.started_by = origin(resource_type);
    start_monitor(entry, resource_type);
}

/// Offline, disable, clear: nothing of the resource runs.
pub(super) fn offline(entry: &mut ResourceNodeRecord) {
    entry.state = ResourceState::Offline;
    entry.started_by = Origin::None;
    entry.imported.remove(&Imported::State);
    stop_monitor(entry);
}

/// Monitor: T's monitor starts where the resource is online, the switch is on and no monitor runs. One that runs goes on
/// under the version that started it.
pub(super) fn start_monitor(entry: &mut ResourceNodeRecord, resource_type: &ResourceType) {
    let wanted = entry.state == ResourceState::Online && entry.monitored && resource_type.has(Method::MonitorStart);
    if wanted && entry.monitor != MonitorState::Running {
        entry.monitor = MonitorState::Running;
        entry.monitor_started_by = origin(resource_type);
    }
}

/// Unmonitor: the monitor part only.
pub(super) fn stop_monitor(entry: &mut ResourceNodeRecord) {
    entry.monitor = MonitorState::Stopped;
    entry.monitor_started_by = Origin::None;
}

/// Manage, and create in a managed group: T's Init runs, if T has one. What another version had initialised there has seen
/// no Fini, so its trace stays beside.
pub(super) fn init(entry: &mut ResourceNodeRecord, resource_type: &ResourceType) {
    if resource_type.has(Method::Init) {
        entry.traces().run(&resource_type.version.value);
    }
}

/// A node that joins the Init_nodes: T's Init runs, but what an older version had initialised there has seen no Fini, so
/// its trace stays, and T's stands beside.
pub(super) fn init_on_top(entry: &mut ResourceNodeRecord, resource_type: &ResourceType) {
    if resource_type.has(Method::Init) {
        entry.traces().run_on_top(&resource_type.version.value);
    }
}

/// A group that was managed before rtreg knew it: some version's Init has run.
pub(super) fn init_by_some(entry: &mut ResourceNodeRecord) {
    if entry.initialised_by == Origin::None {
        entry.initialised_by = Origin::Unknown;
    }
}

/// Unmanage: Fini runs.
pub(super) fn fini(entry: &mut ResourceNodeRecord) {
    entry.imported.remove(&Imported::Initialisation);
    entry.traces().set(Origin::None);
}

/// The version whose methods run: T.
pub(super) fn origin(resource_type: &ResourceType) -> Origin {
    Origin::Version(resource_type.version.value.clone())
}
