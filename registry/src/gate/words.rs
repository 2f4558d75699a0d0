//! The sentences of the gate: each fact of a decision is worded here, once. It never decides anything.

use rtreg_model::{NodeStatus, Origin, ResourceState, RtVersion, Tunability};

use super::decision::{AliveThrough, InTheWay, Needs, Place, Reason, ReasonKind};
use super::demand::{self, Ask};
use super::edge::Edges;
use super::predicate::{self, Truth};
use super::request::Request;
use super::state::{NodeView, State};
use crate::migration::{Accepted, Problem};

/// The state that a tunability needs.
pub(super) const fn needs(tunability: Tunability) -> Option<Needs> {
    match tunability {
        Tunability::Anytime | Tunability::AtCreation => None,
        Tunability::WhenUnmonitored => Some(Needs::Unmonitored),
        Tunability::WhenOffline => Some(Needs::Offline),
        Tunability::WhenDisabled => Some(Needs::Disabled),
        Tunability::WhenUnmanaged => Some(Needs::Unmanaged),
    }
}

/// Something that asked, as a reason. What Type_version asks for is shown with the nodes where that is not given.
pub(super) fn asked(request: &Request<'_>, edges: &Edges<'_>, state: &State, ask: &Ask) -> Reason {
    let nodes = match ask.through {
        AliveThrough::TypeVersion => names(&in_the_way(request, edges, state, ask.tunability)),
        _ => ask.nodes.clone(),
    };
    Reason {
        kind: ask.kind,
        origin: Some(ask.through),
        live_version: ask.version.clone(),
        settled: ask.settled,
        asks: Some(ask.tunability),
        nodes,
        place: ask.place.clone(),
        sentence: format!("{}{}", alive(edges, ask), demanded(edges, ask)),
    }
}

/// The target's file has no `#$upgrade`.
pub(super) fn not_upgrade_aware(edges: &Edges<'_>) -> Reason {
    let (target, to) = (&edges.target.name, version(edges.to()));
    Reason {
        kind: ReasonKind::NotUpgradeAware,
        origin: Some(AliveThrough::TypeVersion),
        live_version: Some(edges.type_version().clone()),
        settled: false,
        asks: Some(Tunability::AtCreation),
        nodes: Vec::new(),
        place: None,
        sentence: format!(
            "The file of {target}, {to}, has no `#$upgrade`, so no resource that exists can get that version; delete the \
             resource and create it anew, or have the version's author add `#$upgrade`."
        ),
    }
}

/// What is needed to tell is not known.
pub(super) fn unknown_state(way: &[InTheWay], needs: Option<Needs>) -> Reason {
    let unknown: Vec<InTheWay> = way.iter().filter(|way| way.unknown).cloned().collect();
    let places = join(unknown.iter().map(|way| format!("{} ({})", way.node, way.how)));
    let needs = needs.map_or("in the needed state", Needs::as_str);
    let whether = format!("Whether the resource is {needs} cannot be told");
    Reason {
        kind: ReasonKind::UnknownState,
        origin: None,
        live_version: None,
        settled: false,
        asks: None,
        nodes: names(&unknown),
        place: None,
        sentence: if places.is_empty() {
            format!("{whether}: its group has no nodes.")
        } else {
            format!("{whether}; it is not known on {places}.")
        },
    }
}

/// The resource has the version already.
pub(super) fn same_version(request: &Request<'_>) -> Reason {
    let (resource, target) = (request.resource, &request.target.name);
    let advice = if request.properties.is_empty() {
        "there is nothing to do"
    } else {
        "to set properties without an upgrade, use `rtreg resource set`"
    };
    Reason {
        kind: ReasonKind::SameVersion,
        origin: Some(AliveThrough::TypeVersion),
        live_version: Some(request.target.resource_type.version.value.clone()),
        settled: false,
        asks: None,
        nodes: Vec::new(),
        place: None,
        sentence: format!("{resource} is of {target} already; {advice}."),
    }
}

/// Something about a property that refuses.
pub(super) fn property(request: &Request<'_>, problem: &Problem) -> Reason {
    of_property(request, problem.entry, Vec::new(), problem.message.clone())
}

/// A property that may be set only while the resource is disabled.
pub(super) fn when_disabled(request: &Request<'_>, way: &[InTheWay], accepted: &Accepted) -> Reason {
    let (property, target) = (&accepted.property, &request.target.name);
    let sentence = match request.restored {
        Some(_) => format!(
            "The value of `{property}` comes back, and in {target} it cannot be set at any time, so that needs the resource \
             disabled."
        ),
        None => {
            format!("`{property}` is TUNABLE = WHEN_DISABLED in {target}, so setting it needs the resource disabled.")
        }
    };
    Reason { asks: Some(Tunability::WhenDisabled), ..of_property(request, accepted.entry, names(way), sentence) }
}

/// The nodes where the state that a tunability needs is not given, or not known to be.
pub(super) fn in_the_way(
    request: &Request<'_>,
    edges: &Edges<'_>,
    state: &State,
    tunability: Tunability,
) -> Vec<InTheWay> {
    if demand::is_given(edges, state, tunability) == Truth::Holds {
        return Vec::new();
    }
    if tunability == Tunability::WhenUnmanaged {
        return unmanaged_in_the_way(request, edges, state);
    }
    let present = edges.present.resource_type;
    let truth = |view: &NodeView| predicate::on_node(tunability, view, present);
    let views = predicate::node_list(state).into_iter();
    views
        .map(|view| (truth(&view), view))
        .filter(|(truth, _)| *truth != Truth::Holds && tunability != Tunability::AtCreation)
        .map(|(truth, view)| InTheWay { how: how(&view), node: view.node, unknown: truth == Truth::Unknown })
        .collect()
}

/// What keeps the group from being unmanaged, or what no Fini has ended.
fn unmanaged_in_the_way(request: &Request<'_>, edges: &Edges<'_>, state: &State) -> Vec<InTheWay> {
    let keepers = demand::keepers(edges, state);
    let mut way = Vec::new();
    for view in predicate::all_nodes(state) {
        let fini_runs = demand::is_init_node(edges, state, &view.node);
        let ends_by_itself = state.group.managed && view.status == NodeStatus::Up && fini_runs;
        let mut how = Vec::new();
        if keepers.iter().any(|keeper| keeper.node == view.node) && !ends_by_itself {
            let by = join_and(demand::kept(edges, &view).iter().map(|origin| match origin {
                Origin::Version(version) => format!("version {version}"),
                _ => "an unknown version".to_owned(),
            }));
            let no_fini = if fini_runs { "" } else { ", and Fini does not run there" };
            how.push(format!("node {}, keeps what Init of {by} did{no_fini}", view.status));
        }
        if state.group.online_on.contains(&view.node) {
            how.push("the group is online".to_owned());
        }
        how.extend(stop_failed_on(request, state, &view).iter().map(|name| format!("{name} is stop_failed")));
        if !how.is_empty() {
            way.push(InTheWay { node: view.node, how: how.join(", "), unknown: false });
        }
    }
    way
}

/// The resources of the group of which a Stop has failed on the node: the group cannot go offline there.
fn stop_failed_on<'s>(request: &Request<'s>, state: &'s State, view: &NodeView) -> Vec<&'s str> {
    let has_failed = |view: &NodeView| view.status == NodeStatus::Up && view.state == ResourceState::StopFailed;
    let others = state.group.members.iter().filter(|member| {
        let here = member.nodes.iter().any(|there| there.node == view.node && has_failed(there));
        here && member.group == state.group.name && member.name != request.resource
    });
    let itself = (has_failed(view) && state.group.node_list.contains(&view.node)).then_some(request.resource);
    itself.into_iter().chain(others.map(|member| member.name.as_str())).collect()
}

/// How the resource is on a node, in a few words.
pub(super) fn how(view: &NodeView) -> String {
    match view.status {
        NodeStatus::Down => format!("node down{}", switch(" and enabled", view.enabled)),
        NodeStatus::Unknown => "node unknown".to_owned(),
        NodeStatus::Up => format!(
            "{}{}, monitor {}{}",
            view.state,
            switch(" and enabled", view.enabled),
            view.monitor,
            switch(" and switched on", view.monitored)
        ),
    }
}

fn switch(text: &'static str, on: bool) -> &'static str {
    if on { text } else { "" }
}

fn alive(edges: &Edges<'_>, ask: &Ask) -> String {
    let nodes = join(ask.nodes.iter().cloned());
    let did = match ask.through {
        AliveThrough::TypeVersion => return format!("The resource has {}, and ", version(edges.type_version())),
        AliveThrough::StartedBy => "started the resource",
        AliveThrough::MonitorStartedBy => "started its monitor",
        AliveThrough::InitialisedBy => "initialised the resource",
    };
    match &ask.version {
        None if ask.unsettled => format!(
            "It is not known which version {did} on {nodes}, and the version that the resource has was changed outside of \
             rtreg, so its file does not tell either; "
        ),
        None => format!("It is not known which version {did} on {nodes}; "),
        Some(only) if ask.settled => format!(
            "The version that {did} on {nodes} is not recorded, but by the file of {} it can only be {}; ",
            edges.present.name,
            version(only)
        ),
        Some(known) => format!("The methods of {} {did} on {nodes}, and ", version(known)),
    }
}

fn demanded(edges: &Edges<'_>, ask: &Ask) -> String {
    let target = &edges.target.name;
    let from = ask.version.as_ref().map(version).unwrap_or_default();
    let asks = match ask.kind {
        ReasonKind::Listed => format!("the file of {target} lists it with {}", ask.uncapped),
        ReasonKind::Empty => format!("the line for \"\" in the file of {target} covers it with {}", ask.uncapped),
        ReasonKind::Downgrade => {
            let older = if ask.place.is_some() {
                format!("the file of {} names it as older", edges.present.name)
            } else {
                format!("it is older than {from}")
            };
            format!(
                "going to {target} is a downgrade ({older}) for which its file has no line with this version, which is {}",
                ask.uncapped
            )
        }
        ReasonKind::UnknownState => {
            format!("it may be one for which {target} asks for {} or more", ask.uncapped)
        }
        _ => format!("the file of {target} has no line for it, which is {}", ask.uncapped),
    };
    if ask.uncapped == ask.tunability {
        return format!("{asks}.");
    }
    format!("{asks}; {} is enough here, because that ends what that version started.", ask.tunability)
}

fn version(version: &RtVersion) -> String {
    version.as_str().map_or_else(|| "no version".to_owned(), |text| format!("version {text}"))
}

fn names(way: &[InTheWay]) -> Vec<String> {
    way.iter().map(|way| way.node.clone()).collect()
}

fn of_property(
    request: &Request<'_>,
    entry: Option<rtreg_model::Span>,
    nodes: Vec<String>,
    sentence: String,
) -> Reason {
    Reason {
        kind: ReasonKind::Property,
        origin: None,
        live_version: None,
        settled: false,
        asks: None,
        nodes,
        place: entry.map(|span| Place { file: request.target.file(), span }),
        sentence,
    }
}

fn join_and(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" and of ")
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}
