//! What paths do to values, as far as the search needs it: which explicit values of a resource the target could keep, and
//! which versions on the way would lose them or ask for new ones. What really becomes of them is said by the migration.

use std::collections::BTreeMap;

use rtreg_model::standard::effective_property;
use rtreg_registry::gate::{Assignment, State};
use rtreg_registry::migration::{Mark, StoredValue, fits};

use crate::graph::Graph;

/// The explicit values that the way straight to the target keeps, and where they stay.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// The properties.
    pub names: Vec<String>,
    /// By place: whether each property has values per node there; none where a value does not fit.
    per_node: Vec<Option<Vec<bool>>>,
    /// Whether any of them has values per node anywhere.
    has_per_node: bool,
}

impl Kept {
    /// Those of a resource between two versions; what the command sets is not to be kept.
    pub fn new(graph: &Graph<'_>, (from, to): (usize, usize), state: &State, properties: &[Assignment]) -> Self {
        let is_given = |name: &str| properties.iter().any(|given| given.name.eq_ignore_ascii_case(name));
        let explicit = state.resource.values.iter().filter(|(name, value)| is_explicit(value) && !is_given(name));
        let kept: Vec<(&String, &StoredValue)> =
            explicit.filter(|(name, value)| stays(graph, (from, to), name, value)).collect();
        let Some(present) = graph.versions().get(from).filter(|_| !kept.is_empty()) else { return Self::default() };
        let kinds: BTreeMap<&String, &'static str> = kept
            .iter()
            .filter_map(|(name, _)| Some((*name, effective_property(present.resource_type, name)?.kind.as_str())))
            .collect();
        let versions = graph.versions().iter();
        let per_node = versions.map(|version| {
            let of = |(name, value): &(&String, &StoredValue)| {
                let decl = effective_property(version.resource_type, name)?;
                let is_kind = kinds.get(name).is_some_and(|kind| *kind == decl.kind.as_str());
                (is_kind && fits(&decl, value)).then_some(decl.per_node)
            };
            kept.iter().map(of).collect()
        });
        let per_node: Vec<Option<Vec<bool>>> = per_node.collect();
        let has_per_node = per_node.iter().flatten().flatten().any(|per_node| *per_node);
        Self { per_node, has_per_node, names: kept.iter().map(|(name, _)| (*name).clone()).collect() }
    }

    /// Whether a version on the way loses none of them by itself.
    pub fn fits(&self, place: usize) -> bool {
        self.names.is_empty() || self.per_node.get(place).is_some_and(Option::is_some)
    }

    /// Whether a hop between two versions that both fit keeps them all: what had values per node needs them again.
    pub fn stays(&self, from: usize, to: usize) -> bool {
        if !self.has_per_node {
            return true;
        }
        match (self.per_node.get(from), self.per_node.get(to)) {
            (Some(Some(before)), Some(Some(after))) => {
                before.iter().zip(after).all(|(before, after)| *after || !before)
            }
            _ => false,
        }
    }

    /// Whether any path can lose one.
    pub fn can_be_lost(&self) -> bool {
        self.has_per_node || self.per_node.iter().any(Option::is_none)
    }
}

/// The properties for which a version on the way would ask a value that neither the resource has, nor the command gives,
/// nor the target asks for itself.
pub(super) fn asked_on_the_way(
    graph: &Graph<'_>,
    place: usize,
    to: usize,
    given: (&State, &[Assignment]),
) -> Vec<String> {
    let (state, properties) = given;
    let (Some(version), Some(target)) = (graph.versions().get(place), graph.versions().get(to)) else {
        return Vec::new();
    };
    let is_had = |name: &str| {
        let in_command = properties.iter().any(|given| given.name.eq_ignore_ascii_case(name));
        in_command || state.resource.values.keys().any(|known| known.eq_ignore_ascii_case(name))
    };
    let is_asked_anyway =
        |name: &str| target.resource_type.declared_property(name).is_some_and(|decl| decl.default.is_none());
    let required = version.resource_type.properties.iter().filter(|decl| decl.default.is_none());
    let names = required.map(|decl| &decl.name.value).filter(|name| !is_had(name) && !is_asked_anyway(name));
    names.cloned().collect()
}

fn is_explicit(value: &StoredValue) -> bool {
    value.mark == Mark::Explicit
}

/// Whether the way straight from one version to another keeps a value.
fn stays(graph: &Graph<'_>, (from, to): (usize, usize), name: &str, value: &StoredValue) -> bool {
    let decl = |at: usize| graph.versions().get(at).and_then(|of| effective_property(of.resource_type, name));
    let (Some(before), Some(after)) = (decl(from), decl(to)) else { return false };
    before.kind.as_str() == after.kind.as_str() && (after.per_node || !before.per_node) && fits(&after, value)
}
