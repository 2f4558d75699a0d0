//! Demands: what Type_version and the three origins ask for, and whether the state gives it (design section 5, points 2
//! to 4). This is where a yes comes from; it never words anything.

use std::collections::BTreeSet;

use rtreg_model::{InitNodes, MonitorState, NodeStatus, Origin, ResourceType, RtVersion, Tunability};

use super::decision::{AliveThrough, Place, ReasonKind};
use super::edge::Edges;
use super::predicate::{self, Truth};
use super::state::{NodeView, State};

/// What a version asks for because it is alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    pub through: AliveThrough,
    /// None if it is not known which version it is.
    pub version: Option<RtVersion>,
    /// The record does not know the version, but it can only be T.
    pub settled: bool,
    /// It would be settled, had the version not been changed outside of rtreg.
    pub unsettled: bool,
    pub tunability: Tunability,
    /// What the edge asked for before the state that ends the origin capped it.
    pub uncapped: Tunability,
    pub kind: ReasonKind,
    pub place: Option<Place>,
    pub nodes: Vec<String>,
}

/// All that is asked in a state, and whether the state gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assessment {
    /// What decides first, then strictest first.
    pub asks: Vec<Ask>,
    pub tunability: Tunability,
    pub truth: Truth,
}

/// The weakest tunability whose state ends what is alive through this; Type_version has no end.
pub const fn ending(through: AliveThrough) -> Tunability {
    match through {
        AliveThrough::TypeVersion => Tunability::AtCreation,
        AliveThrough::InitialisedBy => Tunability::WhenUnmanaged,
        AliveThrough::StartedBy => Tunability::WhenOffline,
        AliveThrough::MonitorStartedBy => Tunability::WhenUnmonitored,
    }
}

/// Puts all demands together and holds the strictest against the state.
pub(super) fn assess(edges: &Edges<'_>, state: &State) -> Assessment {
    let mut asks = vec![of_type_version(edges)];
    for view in predicate::all_nodes(state) {
        let in_node_list = state.group.node_list.contains(&view.node);
        for (through, origin) in alive(&view, in_node_list) {
            let ask = of_origin(edges, through, &origin).or_else(|| of_settled_trace(edges, through, &origin));
            let Some(ask) = ask else { continue };
            match asks.iter_mut().find(|known| is_same(known, &ask)) {
                Some(known) => known.nodes.push(view.node.clone()),
                None => asks.push(Ask { nodes: vec![view.node.clone()], ..ask }),
            }
        }
    }
    // Of those that ask for the same, what is in the way decides: in an unmanaged group that is a trace of Init alone.
    let decides = |ask: &Ask| state.group.managed || ask.through == AliveThrough::InitialisedBy;
    asks.sort_by_key(|ask| std::cmp::Reverse((ask.tunability, decides(ask))));
    let tunability = asks.iter().map(|ask| ask.tunability).max().unwrap_or(Tunability::AtCreation);
    let truth = is_given(edges, state, tunability);
    Assessment { asks, tunability, truth }
}

/// Whether the state satisfies a tunability.
pub(super) fn is_given(edges: &Edges<'_>, state: &State, tunability: Tunability) -> Truth {
    let unmanaged = !state.group.managed && keepers(edges, state).is_empty();
    match tunability {
        Tunability::AtCreation => Truth::Fails,
        _ if unmanaged => Truth::Holds,
        Tunability::WhenUnmanaged => Truth::Fails,
        _ => predicate::everywhere(tunability, state, edges.present.resource_type),
    }
}

/// Whether the vendor's rule is satisfied: it knows no origins, and an unmanaged group is enough.
pub(super) fn is_given_by_vendor(edges: &Edges<'_>, state: &State, tunability: Tunability) -> bool {
    let unmanaged = !state.group.managed && tunability < Tunability::AtCreation;
    unmanaged || predicate::everywhere(tunability, state, edges.present.resource_type) == Truth::Holds
}

/// The nodes that keep a trace of Init which the new Fini may not understand.
pub(super) fn keepers(edges: &Edges<'_>, state: &State) -> Vec<NodeView> {
    predicate::all_nodes(state).into_iter().filter(|view| !kept(edges, view).is_empty()).collect()
}

/// What a node keeps of Init that the new Fini may not understand.
pub(super) fn kept(edges: &Edges<'_>, view: &NodeView) -> Vec<Origin> {
    let is_kept = |origin: &Origin| of_origin(edges, AliveThrough::InitialisedBy, origin).is_some();
    view.initialised().filter(is_kept).collect()
}

/// Whether Init and Fini of T run on the node.
pub(super) fn is_init_node(edges: &Edges<'_>, state: &State, node: &str) -> bool {
    match edges.present.resource_type.init_nodes.value {
        InitNodes::RgPrimaries => state.group.node_list.iter().any(|listed| listed == node),
        InitNodes::RtInstalledNodes => {
            edges.present.installed_nodes.as_ref().is_none_or(|installed| installed.iter().any(|name| name == node))
        }
    }
}

fn of_type_version(edges: &Edges<'_>) -> Ask {
    let edge = edges.edge(edges.type_version());
    Ask {
        through: AliveThrough::TypeVersion,
        version: Some(edges.type_version().clone()),
        settled: false,
        unsettled: false,
        tunability: edge.tunability,
        uncapped: edge.tunability,
        kind: edge.kind,
        place: edge.place,
        nodes: Vec::new(),
    }
}

/// All that may be alive of a resource beside its Type_version, each once: what asks at every gate.
pub fn alive_beside(state: &State) -> BTreeSet<(AliveThrough, Origin)> {
    let views = predicate::all_nodes(state);
    views.iter().flat_map(|view| alive(view, state.group.node_list.contains(&view.node))).collect()
}

/// The strictest tunability below WHEN_UNMANAGED that the state gives a resource of this version, as it is.
pub fn given_now(state: &State, present: &ResourceType) -> Tunability {
    let [_, weaker @ .., _, _] = Tunability::ALL;
    let holds = |tunability: &Tunability| predicate::everywhere(*tunability, state, present) == Truth::Holds;
    weaker.into_iter().rev().find(holds).unwrap_or(Tunability::Anytime)
}

/// What may be alive on a node, and by whose methods. Where the resource may run and the record names no version, the
/// version is unknown. On a node of unknown status the recorded version may be alive, or anything started since.
fn alive(view: &NodeView, in_node_list: bool) -> Vec<(AliveThrough, Origin)> {
    let runs = in_node_list && predicate::offline(view) != Truth::Holds;
    let monitor_runs = in_node_list
        && match view.status {
            NodeStatus::Up => view.monitor != MonitorState::Stopped,
            NodeStatus::Down => false,
            NodeStatus::Unknown => true,
        };
    let is_up = view.status == NodeStatus::Up;
    let initialised = view.initialised().map(|origin| (AliveThrough::InitialisedBy, origin));
    let mut alive: Vec<(AliveThrough, Origin)> = initialised.collect();
    for (through, runs, origin) in [
        (AliveThrough::StartedBy, runs, &view.started_by),
        (AliveThrough::MonitorStartedBy, monitor_runs, &view.monitor_started_by),
    ] {
        let recorded = matches!(origin, Origin::Version(_));
        if runs && recorded {
            alive.push((through, origin.clone()));
        }
        if runs && !(recorded && is_up) {
            alive.push((through, Origin::Unknown));
        }
    }
    alive
}

/// What an origin asks for; nothing if it is none, the target itself, or a trace of Init that the new Fini understands.
fn of_origin(edges: &Edges<'_>, through: AliveThrough, origin: &Origin) -> Option<Ask> {
    let cap = ending(through);
    let (version, settled) = match origin {
        Origin::None => return None,
        Origin::Version(version) => (version, false),
        Origin::Unknown if edges.only_type_version_is_alive(cap) => (edges.type_version(), true),
        Origin::Unknown => return Some(of_unknown(edges, through)),
    };
    let edge = edges.edge(version);
    if version == edges.to() || (through == AliveThrough::InitialisedBy && edge.tunability < cap) {
        return None;
    }
    Some(Ask {
        through,
        version: Some(version.clone()),
        settled,
        unsettled: false,
        tunability: edge.tunability.min(cap),
        uncapped: edge.tunability,
        kind: edge.kind,
        place: edge.place,
        nodes: Vec::new(),
    })
}

/// A trace of Init whose version is not recorded and that the new Fini understands only because it can be T's alone: it
/// asks for no more than Type_version does, but the answer rests on it and must say so.
fn of_settled_trace(edges: &Edges<'_>, through: AliveThrough, origin: &Origin) -> Option<Ask> {
    let rests = through == AliveThrough::InitialisedBy
        && *origin == Origin::Unknown
        && edges.only_type_version_is_alive(ending(through));
    rests.then(|| Ask { through, settled: true, ..of_type_version(edges) })
}

/// It may be a version that no line covers, so the default counts, and the default is never below the cap.
fn of_unknown(edges: &Edges<'_>, through: AliveThrough) -> Ask {
    let cap = ending(through);
    Ask {
        through,
        version: None,
        settled: false,
        unsettled: edges.is_unsettled_by_statement(cap),
        tunability: cap,
        uncapped: cap,
        kind: ReasonKind::UnknownState,
        place: edges.strictest_line(cap),
        nodes: Vec::new(),
    }
}

fn is_same(a: &Ask, b: &Ask) -> bool {
    (a.through, &a.version, a.settled) == (b.through, &b.version, b.settled)
}
