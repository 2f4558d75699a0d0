//! The predicates of design section 4, three-valued. They look at state only; files matter for one fact, whether T has
//! a monitor. The predicate `unmanaged` lives with the demands, because it asks which traces of Init count.

use rtreg_model::{Method, MonitorState, NodeStatus, ResourceState, ResourceType, Tunability};

use super::state::{NodeView, State};

/// Whether a predicate holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    Holds,
    Unknown,
    Fails,
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}

/// The nodes of the node list, in its order; those that the state leaves out are unknown in every respect.
pub(super) fn node_list(state: &State) -> Vec<NodeView> {
    let view = |node: &String| state.nodes.iter().find(|view| view.node == *node).cloned();
    state.group.node_list.iter().map(|node| view(node).unwrap_or_else(|| NodeView::unknown(node))).collect()
}

/// All nodes that are read: the node list, then the others.
pub(super) fn all_nodes(state: &State) -> Vec<NodeView> {
    let others = state.nodes.iter().filter(|view| !state.group.node_list.contains(&view.node)).cloned();
    node_list(state).into_iter().chain(others).collect()
}

/// Whether the resource is offline on the node.
pub(super) fn offline(view: &NodeView) -> Truth {
    match (view.status, view.state) {
        (NodeStatus::Down, _) | (NodeStatus::Up, ResourceState::Offline) => Truth::Holds,
        (NodeStatus::Unknown, _) | (_, ResourceState::Unknown) => Truth::Unknown,
        (NodeStatus::Up, _) => Truth::Fails,
    }
}

/// Whether no monitor of the resource runs on the node, nor is to run.
pub(super) fn unmonitored(view: &NodeView, present: &ResourceType) -> Truth {
    if offline(view) == Truth::Holds {
        return Truth::Holds;
    }
    match (view.status, view.monitor) {
        (NodeStatus::Unknown, _) | (_, MonitorState::Unknown) => Truth::Unknown,
        (_, MonitorState::Stopped) => Truth::of(!view.monitored || !present.has(Method::MonitorStart)),
        _ => Truth::Fails,
    }
}

/// Whether the resource is switched off and offline on the node.
pub(super) fn disabled(view: &NodeView) -> Truth {
    if view.enabled { Truth::Fails } else { offline(view) }
}

/// The predicate of a tunability below WHEN_UNMANAGED on one node.
pub(super) fn on_node(tunability: Tunability, view: &NodeView, present: &ResourceType) -> Truth {
    match tunability {
        Tunability::Anytime => Truth::Holds,
        Tunability::WhenUnmonitored => unmonitored(view, present),
        Tunability::WhenOffline => offline(view),
        Tunability::WhenDisabled => disabled(view),
        Tunability::WhenUnmanaged | Tunability::AtCreation => Truth::Fails,
    }
}

/// The predicate of a tunability below WHEN_UNMANAGED on every node of the node list. An empty list tells nothing.
pub(super) fn everywhere(tunability: Tunability, state: &State, present: &ResourceType) -> Truth {
    let nodes = node_list(state).into_iter();
    match tunability {
        Tunability::Anytime => Truth::Holds,
        _ => nodes.map(|view| on_node(tunability, &view, present)).max().unwrap_or(Truth::Unknown),
    }
}
