//! Rules of the registry that hold for the version asked for, whatever the state: Installed_nodes, Failover,
//! Single_instance. It never looks at properties or origins.

use rtreg_model::Span;

use super::decision::{Place, Reason, ReasonKind};
use super::remedy::{self, Step};
use super::request::Request;
use super::state::State;

/// A rule that refuses, with what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    pub reason: Reason,
    /// What helps.
    pub cure: Vec<Step>,
}

/// The rules that the target would break.
pub(super) fn broken(request: &Request<'_>, state: &State) -> Vec<Broken> {
    [installed_nodes(request, state), failover(request, state), single_instance(request, state)]
        .into_iter()
        .flatten()
        .collect()
}

/// The target is a version of another type, which nothing cures.
pub(super) fn other_type(request: &Request<'_>) -> Option<Reason> {
    let (present, target) = (request.present.resource_type.name(), request.target.resource_type.name());
    if present.base() == target.base() {
        return None;
    }
    let sentence = format!(
        "{} is not a version of {}: an upgrade stays within one resource type.",
        request.target.name,
        present.base()
    );
    Some(reason(request, None, Vec::new(), sentence))
}

/// The node list must be a subset of the new version's Installed_nodes (spec section 11, point 8).
fn installed_nodes(request: &Request<'_>, state: &State) -> Option<Broken> {
    let installed = request.target.installed_nodes.as_ref()?;
    let missing: Vec<String> = state.group.node_list.iter().filter(|node| !installed.contains(node)).cloned().collect();
    if missing.is_empty() {
        return None;
    }
    let sentence = format!(
        "{} is not installed on {}, which the node list of group {} has.",
        request.target.name,
        missing.join(", "),
        state.group.name
    );
    let cure = vec![Step::InstallOn { installed: installed.clone(), missing: missing.clone() }];
    Some(Broken { reason: reason(request, None, missing, sentence), cure })
}

/// A failover type cannot be in a group that may be online on several nodes (rt_properties(5), Failover).
fn failover(request: &Request<'_>, state: &State) -> Option<Broken> {
    let failover = &request.target.resource_type.failover;
    if !failover.value || state.group.maximum_primaries <= 1 {
        return None;
    }
    let sentence = format!(
        "{} is a failover type, and group {} may be online on {} nodes at a time (Maximum_primaries).",
        request.target.name, state.group.name, state.group.maximum_primaries
    );
    Some(Broken {
        reason: reason(request, failover.span, Vec::new(), sentence),
        cure: remedy::one_primary(request.resource, state),
    })
}

/// One resource of the type in the cluster (rt_properties(5), Single_instance).
fn single_instance(request: &Request<'_>, state: &State) -> Option<Broken> {
    let single = &request.target.resource_type.single_instance;
    let others = &request.target.other_resources;
    if !single.value || others.is_empty() {
        return None;
    }
    let sentence = format!(
        "{} takes a single resource in the cluster, and there is one already: {}.",
        request.target.name,
        others.join(", ")
    );
    Some(Broken {
        reason: reason(request, single.span, Vec::new(), sentence),
        cure: remedy::delete(request.resource, state, others),
    })
}

fn reason(request: &Request<'_>, span: Option<Span>, nodes: Vec<String>, sentence: String) -> Reason {
    Reason {
        kind: ReasonKind::RegistryRule,
        origin: None,
        live_version: None,
        settled: false,
        asks: None,
        nodes,
        place: span.map(|span| Place { file: request.target.file(), span }),
        sentence,
    }
}
