//! Paths: how a resource gets from its version to another one with the least disruption (design section 7), and what each
//! hop asks for and does to its values. Whatever the search finds is walked through the gate, hop by hop, before it is said.

pub(crate) mod render;
pub mod report;
mod search;
mod values;
mod walk;

use std::collections::BTreeMap;

use rtreg_model::{RtVersion, Tunability};
use rtreg_registry::CommandError;
use rtreg_registry::gate::{self, Assignment, Decision, DependencyFault, Possible, Settings, State, Verdict, Version};
use rtreg_registry::migration::StoredValue;

use crate::graph::Graph;
pub use search::Route;
use search::Search;
use values::Kept;

/// What is wrong with the dependencies that a resource would have after a hop: which resources there are, only the caller
/// knows.
pub type Faults<'f> = dyn Fn(&gate::Request<'_>, &State) -> Result<Vec<DependencyFault>, CommandError> + 'f;

/// A path that is asked for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Name of the resource.
    pub resource: &'a str,
    /// The version that it has.
    pub present: &'a Version<'a>,
    /// The version that it is to have.
    pub target: &'a Version<'a>,
    /// Values given in the command.
    pub properties: &'a [Assignment],
    /// The resource in its recorded state.
    pub state: &'a State,
    /// The settings of the store.
    pub settings: Settings,
    /// Says what is wrong with dependencies.
    pub faults: &'a Faults<'a>,
}

/// The answer: the paths, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paths {
    /// Name of the resource.
    pub resource: String,
    /// Full name of the version that it has.
    pub present: String,
    /// Full name of the version that it is to have.
    pub target: String,
    /// The least disruptive path.
    pub best: Path,
    /// The others that it does not beat in everything, best first; the direct one is always among them or the best.
    pub alternatives: Vec<Path>,
    /// Versions that no path was led through although their files would let it, with the reason in a full sentence.
    pub left_out: Vec<LeftOut>,
}

/// A version that no path leads through.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The version.
    pub version: RtVersion,
    /// Why, in a full sentence.
    pub why: String,
}

/// A path, walked through the gate on a copy of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Path {
    /// The versions, that of the resource first.
    pub versions: Vec<RtVersion>,
    /// The hops, one less.
    pub hops: Vec<Hop>,
    /// The strictest step that the present state does not give already; ANYTIME if nothing stands in the way.
    pub strictest: Tunability,
    /// Whether it can be done now, hop by hop.
    pub verdict: Verdict,
    /// Whether it can be had.
    pub possible: Possible,
    /// The commands that get into the state for the whole path, in order; then `rtreg upgrade` does all hops.
    pub commands: Vec<String>,
    /// Commands that say what is unknown, to be used only where they are true.
    pub statements: Vec<String>,
    /// The commands that bring back, after the upgrade, what `commands` take down.
    pub afterwards: Vec<String>,
    /// Other resources that the commands would disturb.
    pub affects: Vec<String>,
    /// Explicit values that the direct path would keep and that a version on this one loses.
    pub loses: Vec<String>,
    /// Values that are other ones after this path than after the direct one.
    pub differs: Vec<Difference>,
}

impl Path {
    /// Whether it goes straight to the target.
    pub fn is_direct(&self) -> bool {
        self.hops.len() <= 1
    }

    /// The first hop that the gate does not allow as things are; none if it allows them all.
    pub fn deciding(&self) -> Option<&Hop> {
        self.hops.iter().find(|hop| hop.decision.verdict != Verdict::Allowed)
    }
}

/// A step of a path, from one version to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hop {
    /// The version that is left.
    pub from: RtVersion,
    /// The version that is reached.
    pub to: RtVersion,
    /// What the gate asks for at this hop, the hops before it done in the states that they need.
    pub needs: Tunability,
    /// Whether the state gives that by then.
    pub given: bool,
    /// The values of the command that belong to this hop.
    pub properties: Vec<Assignment>,
    /// What the gate says.
    pub decision: Decision,
}

/// A value that depends on the path.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The property.
    pub property: String,
    /// What the resource has after the direct path; none means the default of the target.
    pub direct: Option<StoredValue>,
    /// What it has after this one.
    pub here: Option<StoredValue>,
}

/// The paths of a resource through the registered versions of its type.
///
/// # Errors
/// What `faults` returns.
pub fn find(graph: &Graph<'_>, asked: &Asked<'_>) -> Result<Paths, CommandError> {
    let direct = [asked.present, asked.target];
    let ends = (position(graph, asked.present), position(graph, asked.target));
    let (routes, left_out, kept) = match ends {
        (Some(from), Some(to)) if from != to => routes(graph, asked, (from, to)),
        _ => (Vec::new(), Vec::new(), Vec::new()),
    };
    let straight = walk::walk(asked, &direct)?;
    let mut paths = Vec::new();
    for Route { places, .. } in routes {
        let versions: Vec<&Version<'_>> = places.iter().filter_map(|at| graph.versions().get(*at).copied()).collect();
        paths.push(match versions.len() {
            2 => straight.path.clone(),
            _ => walk::compared(walk::walk(asked, &versions)?, &straight, (asked, &kept)),
        });
    }
    // What stops at a value that the command does not give comes behind what does not.
    let stops = |path: &Path| !path.is_direct() && path.hops.iter().rev().skip(1).any(Hop::is_refused);
    paths.sort_by_key(stops);
    if !paths.iter().any(Path::is_direct) {
        paths.push(straight.path);
    }
    let mut paths = paths.into_iter();
    let best = match paths.next() {
        Some(best) => best,
        None => return Err(CommandError::Internal("a search for paths without the direct one".to_owned())),
    };
    Ok(Paths {
        resource: asked.resource.to_owned(),
        present: asked.present.name.clone(),
        target: asked.target.name.clone(),
        best,
        alternatives: paths.collect(),
        left_out,
    })
}

/// The search alone: the routes that no other beats, best first, before any is walked through the gate.
pub fn search(graph: &Graph<'_>, asked: &Asked<'_>) -> Vec<Route> {
    match (position(graph, asked.present), position(graph, asked.target)) {
        (Some(from), Some(to)) if from != to => routes(graph, asked, (from, to)).0,
        _ => Vec::new(),
    }
}

impl Hop {
    /// Whether a property or a rule refuses it, whatever the state.
    fn is_refused(&self) -> bool {
        use gate::ReasonKind::{Property, RegistryRule};
        let refuses = |reason: &gate::Reason| matches!(reason.kind, Property | RegistryRule) && reason.asks.is_none();
        self.decision.verdict != Verdict::Allowed && self.decision.because.iter().any(refuses)
    }
}

/// Where a version stands in the graph, if it is that very one: another type may have the same RT_version.
fn position(graph: &Graph<'_>, version: &Version<'_>) -> Option<usize> {
    let at = graph.position(&version.resource_type.version.value)?;
    graph.versions().get(at).filter(|found| found.name == version.name).map(|_| at)
}

type Routes = (Vec<Route>, Vec<LeftOut>, Vec<String>);

fn routes(graph: &Graph<'_>, asked: &Asked<'_>, (from, to): (usize, usize)) -> Routes {
    let why = |at: usize| if at == from || at == to { None } else { not_usable(graph, asked, (at, to)) };
    let reasons: Vec<Option<String>> = (0..graph.versions().len()).map(why).collect();
    let usable: Vec<bool> = reasons.iter().map(Option::is_none).collect();
    let kept = Kept::new(graph, (from, to), asked.state, asked.properties);
    let request = asked.request((asked.present, asked.target), asked.properties);
    let is_disabled = !gate::values_after(&request, asked.state).when_disabled.is_empty();
    let search = Search {
        graph,
        state: asked.state,
        from,
        to,
        usable: &usable,
        kept: &kept,
        last: if is_disabled { Tunability::WhenDisabled } else { Tunability::Anytime },
    };
    let routes = search::routes(&search);
    let versions = graph.versions().iter().zip(reasons);
    let left_out = versions
        .filter_map(|(version, why)| Some(LeftOut { version: version.resource_type.version.value.clone(), why: why? }));
    (routes, left_out.collect(), kept.names)
}

/// Why no path leads through a version that its file would let through.
fn not_usable(graph: &Graph<'_>, asked: &Asked<'_>, (at, to): (usize, usize)) -> Option<String> {
    let version = *graph.versions().get(at)?;
    version.resource_type.upgrade.as_ref()?;
    let request = asked.request((asked.present, version), &[]);
    if let Some(reason) = gate::broken_rules(&request, asked.state).into_iter().next() {
        return Some(reason.sentence);
    }
    let wanted = values::asked_on_the_way(graph, at, to, (asked.state, asked.properties));
    let first = wanted.first()?;
    Some(format!(
        "{} would need a value for `{first}`, which {} does not have; with `-p {first}=VALUE` a path may lead through it.",
        version.name, asked.target.name
    ))
}

impl<'a> Asked<'a> {
    fn request<'r>(
        &self,
        (present, target): (&'r Version<'r>, &'r Version<'r>),
        properties: &'r [Assignment],
    ) -> gate::Request<'r>
    where
        'a: 'r,
    {
        gate::Request { resource: self.resource, target, present, properties, dependency_faults: &[], restored: None }
    }
}

/// The values of a resource, by name.
type Values = BTreeMap<String, StoredValue>;
