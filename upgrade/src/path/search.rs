//! The search: which routes through the graph are worth a look. Exact, and no state is carried along.
//!
//! What a hop from p to t asks for, with all origins where they are now, is its *demand*. A path can be done with nothing
//! stricter than B if and only if no hop's demand, at the origins of *now*, is stricter than B:
//! - An origin asks for at most the state that ends it: `started_by` for WHEN_OFFLINE, `monitor_started_by` for
//!   WHEN_UNMONITORED, `initialised_by` for WHEN_UNMANAGED. To move one takes that very state: a restart counts as
//!   WHEN_OFFLINE, a re-initialisation as WHEN_UNMANAGED.
//! - So where B is below the state that ends an origin, nothing on the path can move it, and it asks as it does now.
//! - Where B is at least that state, the origin asks for no more than B, moved or not.
//!
//! So the strictest step is a bottleneck over weights that do not change, and for each B the fewest hops are found by a
//! search in breadth. What the present state gives already counts as ANYTIME: doing nothing disrupts nothing.

use std::collections::BTreeSet;

use rtreg_model::{Origin, RtVersion, Tunability};
use rtreg_registry::gate::{self, AliveThrough, Looked, State};

use super::values::Kept;
use crate::graph::Graph;

/// What is searched.
pub(super) struct Search<'s, 'a> {
    pub graph: &'s Graph<'a>,
    pub state: &'s State,
    pub from: usize,
    pub to: usize,
    /// By place: whether a path may lead through the version.
    pub usable: &'s [bool],
    /// The values that a path may lose.
    pub kept: &'s Kept,
    /// What the values of the command ask for in the last hop.
    pub last: Tunability,
}

/// A route: places in the graph, from the resource's version to the target.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The places.
    pub places: Vec<usize>,
    /// The strictest step that the present state does not give already.
    pub strictest: Tunability,
    /// It loses a value that the target could keep.
    pub loses: bool,
}

/// The routes that no other beats, best first: none that loses a value before one that does not, then the weakest
/// strictest step, then the fewest hops.
pub(super) fn routes(search: &Search<'_, '_>) -> Vec<Route> {
    let mut rows = Rows::new(search);
    let mut routes: Vec<Route> = Vec::new();
    let [levels @ .., _] = Tunability::ALL;
    let losing: &[bool] = if search.kept.can_be_lost() { &[false, true] } else { &[false] };
    for &loses in losing {
        for strictest in levels {
            // Who has as few hops and asks for no more, and loses no more, beats it.
            let beaten =
                |hops: usize| routes.iter().any(|route| route.strictest <= strictest && route.places.len() <= hops);
            // The direct route has two places: nothing is shorter.
            if beaten(2) {
                break;
            }
            let found = breadth_first(search, &mut rows, strictest, loses).filter(|places| !beaten(places.len()));
            routes.extend(found.map(|places| Route { places, strictest, loses }));
        }
    }
    routes
}

/// The fewest hops with none stricter than `level`.
fn breadth_first(
    search: &Search<'_, '_>,
    rows: &mut Rows<'_, '_>,
    level: Tunability,
    loses: bool,
) -> Option<Vec<usize>> {
    let stays = |from: usize, to: usize| loses || search.kept.stays(from, to);
    let is_middle = |place: &usize| {
        let is_usable = search.usable.get(*place).copied().unwrap_or(false);
        *place != search.from && *place != search.to && is_usable && (loses || search.kept.fits(*place))
    };
    // Newest first, so that of equal routes the one with the newest versions is found.
    let mut unseen: Vec<usize> = (0..search.graph.versions().len()).rev().filter(is_middle).collect();
    let mut queue: Vec<(usize, Option<usize>)> = vec![(search.from, None)];
    let mut next = 0;
    while let Some(&(from, _)) = queue.get(next) {
        let row = rows.get(from);
        let is_open = |to: usize| row.get(to).is_some_and(|demand| *demand <= level) && stays(from, to);
        if is_open(search.to) {
            return Some(back(&queue, next, search.to));
        }
        unseen.retain(|&to| {
            let open = is_open(to);
            if open {
                queue.push((to, Some(next)));
            }
            !open
        });
        next += 1;
    }
    None
}

/// The way back to where the search began, turned round.
fn back(queue: &[(usize, Option<usize>)], last: usize, to: usize) -> Vec<usize> {
    let mut places = vec![to];
    let mut at = Some(last);
    while let Some((place, before)) = at.and_then(|at| queue.get(at)) {
        places.push(*place);
        at = *before;
    }
    places.reverse();
    places
}

/// The demands of all hops from a version, made when first asked for.
pub(super) struct Rows<'s, 'a> {
    search: &'s Search<'s, 'a>,
    origins: Origins,
    rows: Vec<Option<Vec<Tunability>>>,
}

/// What the known origins ask of each target, by place: where the present file does not list it, and where it does.
struct Origins {
    asked: [Vec<Tunability>; 2],
    /// Whether a trace of Init asks, by place.
    by_init: [Vec<bool>; 2],
    /// Through what an origin is alive that is not known.
    unknown: BTreeSet<AliveThrough>,
}

impl<'s, 'a> Rows<'s, 'a> {
    pub fn new(search: &'s Search<'s, 'a>) -> Self {
        Self { search, origins: Origins::new(search), rows: vec![None; search.graph.versions().len()] }
    }

    /// What each hop from a version costs: its demand, or ANYTIME where the present state gives it.
    pub fn get(&mut self, from: usize) -> &[Tunability] {
        if self.rows.get(from).is_some_and(Option::is_none) {
            let made = self.make(from);
            if let Some(row) = self.rows.get_mut(from) {
                *row = Some(made);
            }
        }
        self.rows.get(from).and_then(Option::as_deref).unwrap_or_default()
    }

    fn make(&self, from: usize) -> Vec<Tunability> {
        let Search { graph, state, .. } = self.search;
        let mut row = graph.row(from);
        let Some(present) = graph.versions().get(from).map(|version| version.resource_type) else { return row };
        let is_settled = |through: AliveThrough| {
            !state.resource.type_version_stated && gate::forbids_to_arrive_before(present, gate::ending(through))
        };
        let unknown = self.origins.unknown.iter().copied();
        let unsettled: Vec<AliveThrough> = unknown.filter(|through| !is_settled(*through)).collect();
        let least = unsettled.iter().map(|through| gate::ending(*through)).max().unwrap_or(Tunability::Anytime);
        let [asked, asked_if_listed] = &self.origins.asked;
        for (entry, asked) in row.iter_mut().zip(asked) {
            *entry = (*entry).max(*asked).max(least);
        }
        for &to in graph.lists(from) {
            if let (Some(entry), Some(asked)) = (row.get_mut(to), asked_if_listed.get(to)) {
                *entry = (*entry).max(*asked);
            }
        }
        if let Some(last) = row.get_mut(self.search.to) {
            *last = (*last).max(self.search.last);
        }
        if state.group.managed {
            let given = gate::given_now(state, present);
            row.iter_mut().filter(|entry| **entry <= given).for_each(|entry| *entry = Tunability::Anytime);
        } else {
            self.give_unmanaged(from, &mut row, unsettled.contains(&AliveThrough::InitialisedBy));
        }
        row
    }

    /// In an unmanaged group all is given, but what a trace of Init asks for.
    fn give_unmanaged(&self, from: usize, row: &mut [Tunability], unsettled: bool) {
        let [by_init, by_init_if_listed] = &self.origins.by_init;
        let mut by_init = by_init.clone();
        for &to in self.search.graph.lists(from) {
            if let (Some(entry), Some(listed)) = (by_init.get_mut(to), by_init_if_listed.get(to)) {
                *entry |= *listed;
            }
        }
        let unknown = self.origins.unknown.contains(&AliveThrough::InitialisedBy);
        for (entry, by_init) in row.iter_mut().zip(by_init) {
            // A trace that can only be T's own asks where T's edge asks for the state that ends it.
            let asks = by_init || unsettled || (unknown && *entry >= Tunability::WhenUnmanaged);
            if !asks && *entry != Tunability::AtCreation {
                *entry = Tunability::Anytime;
            }
        }
    }
}

impl Origins {
    fn new(search: &Search<'_, '_>) -> Self {
        let count = search.graph.versions().len();
        let mut origins = Self {
            asked: [vec![Tunability::Anytime; count], vec![Tunability::Anytime; count]],
            by_init: [vec![false; count], vec![false; count]],
            unknown: BTreeSet::new(),
        };
        for (through, origin) in gate::alive_beside(search.state) {
            match origin {
                Origin::None => {}
                Origin::Version(version) => origins.add(search, through, &version),
                Origin::Unknown => _ = origins.unknown.insert(through),
            }
        }
        origins
    }

    fn add(&mut self, search: &Search<'_, '_>, through: AliveThrough, version: &RtVersion) {
        let (graph, cap) = (search.graph, gate::ending(through));
        let is_init = through == AliveThrough::InitialisedBy;
        let own = graph.position(version);
        for (lists, (asked, by_init)) in [false, true].into_iter().zip(self.asked.iter_mut().zip(&mut self.by_init)) {
            let row = match own {
                Some(own) => graph.alive(own, lists),
                // A version that is not registered is looked up in each file.
                None => {
                    let targets = graph.versions().iter().map(|target| target.resource_type);
                    targets.map(|target| Looked::up(target, version, lists).rule(graph.settings()).0).collect()
                }
            };
            for (at, (tunability, (asked, by_init))) in row.into_iter().zip(asked.iter_mut().zip(by_init)).enumerate() {
                if own != Some(at) && (!is_init || tunability >= cap) {
                    *asked = (*asked).max(tunability.min(cap));
                    *by_init |= is_init;
                }
            }
        }
    }
}
