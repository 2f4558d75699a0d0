//! What a method's run writes to the state of a resource or its monitor on the node. The states are those of
//! scha_resource_get(1HA), RESOURCE_STATE; origins are the registry's affair.

use std::collections::BTreeSet;

use rtreg_model::{Method, MonitorState, ResourceState};

/// A change of what is known of a resource on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The resource is in this state.
    Resource(ResourceState),
    /// Its monitor is in this state.
    Monitor(MonitorState),
}

/// While the method runs. None: nothing changes.
pub const fn during(method: Method) -> Option<Change> {
    match method {
        Method::PrenetStart | Method::Start => Some(Change::Resource(ResourceState::Starting)),
        Method::Stop | Method::PostnetStop => Some(Change::Resource(ResourceState::Stopping)),
        _ => None,
    }
}

/// When the method has succeeded. A resource is online when the last of its declared start methods has run, and offline when
/// the last of its stop methods has.
pub fn succeeded(method: Method, declared: &BTreeSet<Method>) -> Option<Change> {
    match method {
        Method::PrenetStart if declared.contains(&Method::Start) => None,
        Method::PrenetStart | Method::Start => Some(Change::Resource(ResourceState::Online)),
        Method::Stop if declared.contains(&Method::PostnetStop) => None,
        Method::Stop | Method::PostnetStop => Some(Change::Resource(ResourceState::Offline)),
        Method::MonitorStart => Some(Change::Monitor(MonitorState::Running)),
        Method::MonitorStop => Some(Change::Monitor(MonitorState::Stopped)),
        _ => None,
    }
}

/// When the method has failed: with a code other than 0, by a signal, or at its timeout.
pub const fn failed(method: Method) -> Option<Change> {
    match method {
        Method::PrenetStart | Method::Start => Some(Change::Resource(ResourceState::StartFailed)),
        Method::Stop | Method::PostnetStop => Some(Change::Resource(ResourceState::StopFailed)),
        Method::MonitorStart => Some(Change::Monitor(MonitorState::StartFailed)),
        Method::MonitorStop => Some(Change::Monitor(MonitorState::StopFailed)),
        _ => None,
    }
}
