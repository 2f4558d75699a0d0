//! The search against a search by brute force, which is written from the design and shares no code with it: all simple
//! paths, before each hop any real restart, after each hop the resource comes up again where it was down.

#[path = "../../registry/tests/gate_common/mod.rs"]
mod common;

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rtreg_model::{
    Method, MonitorState, NodeStatus, Origin, PropertyKind, PropertyValue, ResourceState, ResourceType, Tunability,
};
use rtreg_registry::gate::{EmptyUpgradeFrom, NodeView, Possible, Settings, State};
use rtreg_registry::migration::StoredValue;
use rtreg_upgrade::graph::Graph;
use rtreg_upgrade::path::{Asked, Paths, find};

use common::{property, registered, state, version, web};

const ANYTIME: usize = 0;
const UNMONITORED: usize = 1;
const OFFLINE: usize = 2;
const DISABLED: usize = 3;
const UNMANAGED: usize = 4;
const NEVER: usize = 5;

/// What a version does with the one property of the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Value,
    /// It declares the property with a maximum below the value.
    Misfit,
    Nothing,
}

/// A version by its number; its text is that number, so that the order is that of the list.
#[derive(Debug, Clone)]
struct File {
    aware: bool,
    monitor: bool,
    /// The tunability that it gives each version, if it lists it; in the place of its own number nothing.
    lines: Vec<Option<usize>>,
    empty: Option<usize>,
    takes: Takes,
}

/// None, unknown, or the version.
type By = Option<Option<usize>>;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    up: bool,
    online: bool,
    enabled: bool,
    monitored: bool,
    started_by: By,
    monitor_by: By,
    initialised_by: By,
}

#[derive(Debug, Clone)]
struct Case {
    files: Vec<File>,
    from: usize,
    to: usize,
    nodes: Vec<Node>,
    managed: bool,
    stated: bool,
    catch_all: bool,
}

fn line() -> impl Strategy<Value = Option<usize>> {
    prop_oneof![
        3 => Just(None),
        4 => Just(Some(ANYTIME)),
        5 => select(vec![UNMONITORED, OFFLINE, DISABLED, UNMANAGED]).prop_map(Some),
        1 => Just(Some(NEVER)),
    ]
}

fn file(count: usize) -> impl Strategy<Value = File> {
    let takes = prop_oneof![6 => Just(Takes::Value), 2 => Just(Takes::Nothing), 1 => Just(Takes::Misfit)];
    let empty = prop_oneof![2 => Just(None), 1 => line()];
    (prop::bool::weighted(0.92), prop::bool::weighted(0.8), vec(line(), count), empty, takes)
        .prop_map(|(aware, monitor, lines, empty, takes)| File { aware, monitor, lines, empty, takes })
}

fn by(count: usize) -> impl Strategy<Value = By> {
    prop_oneof![1 => Just(None), 2 => Just(Some(None)), 5 => (0..count).prop_map(|version| Some(Some(version)))]
}

fn node(count: usize) -> impl Strategy<Value = Node> {
    let flags =
        (prop::bool::weighted(0.85), prop::bool::weighted(0.75), prop::bool::weighted(0.85), prop::bool::weighted(0.7));
    (flags, by(count), by(count), prop_oneof![1 => Just(None), 1 => by(count)]).prop_map(
        |((up, online, enabled, monitored), started_by, monitor_by, initialised_by)| {
            let online = online && up && enabled;
            // What runs was started by somebody, and what does not run by nobody.
            let started_by = if online { Some(started_by.flatten()) } else { None };
            let monitor_by = if online && monitored { Some(monitor_by.flatten()) } else { None };
            Node { up, online, enabled, monitored, started_by, monitor_by, initialised_by }
        },
    )
}

fn case() -> impl Strategy<Value = Case> {
    (3_usize..=6).prop_flat_map(|count| {
        let ends = (0..count, 1..count).prop_map(move |(from, by)| (from, (from + by) % count));
        let flags = (prop::bool::weighted(0.75), prop::bool::weighted(0.35), prop::bool::weighted(0.7));
        (vec(file(count), count), ends, vec(node(count), 1..=2), flags).prop_map(
            |(mut files, (from, to), mut nodes, (managed, stated, catch_all))| {
                for (own, file) in files.iter_mut().enumerate() {
                    file.lines[own] = None;
                }
                files[from].takes = Takes::Value;
                files[to].takes = Takes::Value;
                for node in nodes.iter_mut() {
                    if !managed {
                        (node.online, node.enabled, node.started_by, node.monitor_by) = (false, false, None, None);
                    }
                    if !files[from].monitor {
                        // A monitor of an older version may be left, but only a known or unknown one.
                        node.monitor_by = node.monitor_by.filter(|by| *by != Some(from));
                    }
                }
                Case { files, from, to, nodes, managed, stated, catch_all }
            },
        )
    })
}

// ---- The brute force.

/// What the file of `to` gives a resource of `present` for what `from` has left alive.
fn edge(case: &Case, present: usize, to: usize, from: usize) -> usize {
    let file = &case.files[to];
    if !file.aware {
        return NEVER;
    }
    if let Some(listed) = file.lines[from] {
        return listed;
    }
    let unlisted = if case.catch_all { file.empty.unwrap_or(UNMANAGED) } else { UNMANAGED };
    let goes_back = to < from || case.files[present].lines[to].is_some();
    if goes_back { unlisted.max(UNMANAGED) } else { unlisted }
}

/// Whether nothing that the state `end` ends can be of another version than `present`.
fn only_present(case: &Case, present: usize, end: usize) -> bool {
    let file = &case.files[present];
    let weakest = file.lines.iter().chain([&file.empty]).flatten().min();
    !case.stated && (!file.aware || weakest.is_none_or(|weakest| *weakest >= end))
}

/// What one origin asks for, whose state `end` ends it.
fn asks(case: &Case, (present, to): (usize, usize), by: By, end: usize) -> usize {
    let version = match by {
        None => return ANYTIME,
        Some(None) if only_present(case, present, end) => present,
        Some(None) => return end,
        Some(Some(version)) => version,
    };
    let asked = edge(case, present, to, version);
    if version == to || (end == UNMANAGED && asked < UNMANAGED) { ANYTIME } else { asked.min(end) }
}

/// What a hop costs in a state: what it asks for, or nothing where that is given.
fn cost(case: &Case, (present, to): (usize, usize), nodes: &[Node]) -> usize {
    let mut demand = edge(case, present, to, present);
    let mut init = false;
    for node in nodes {
        let kept = asks(case, (present, to), node.initialised_by, UNMANAGED);
        init |= kept == UNMANAGED;
        demand = demand.max(kept).max(asks(case, (present, to), node.started_by, OFFLINE));
        demand = demand.max(asks(case, (present, to), node.monitor_by, UNMONITORED));
    }
    if demand == NEVER {
        return NEVER;
    }
    if !case.managed {
        return if init { UNMANAGED } else { ANYTIME };
    }
    let is_monitored = |node: &Node| node.monitor_by.is_some() || (node.monitored && case.files[present].monitor);
    let given = nodes.iter().map(|node| match node {
        Node { enabled: false, online: false, .. } => DISABLED,
        Node { online: false, .. } => OFFLINE,
        node if !is_monitored(node) => UNMONITORED,
        _ => ANYTIME,
    });
    if demand <= given.min().unwrap_or(ANYTIME) { ANYTIME } else { demand }
}

/// The resource taken into a state and back under a version: what that really ends, and starts anew.
fn again(case: &Case, nodes: &[Node], version: usize, how_far: usize) -> Vec<Node> {
    let mut nodes = nodes.to_vec();
    for node in nodes.iter_mut().filter(|node| node.up) {
        let monitor = (node.online && node.monitored && case.files[version].monitor).then_some(Some(version));
        if how_far >= UNMONITORED {
            node.monitor_by = monitor;
        }
        if how_far >= OFFLINE && node.online {
            node.started_by = Some(Some(version));
        }
        if how_far >= UNMANAGED {
            node.initialised_by = case.managed.then_some(Some(version));
        }
    }
    nodes
}

/// Loses the value, strictest step, hops: the smallest is the best.
type Key = (bool, usize, usize);

struct Brute<'c> {
    case: &'c Case,
    best: Option<Key>,
}

impl Brute<'_> {
    fn walk(&mut self, path: &mut Vec<usize>, nodes: &[Node], strictest: usize, lost: bool) {
        // Nothing of a key gets better by going on.
        if self.best.is_some_and(|best| best <= (lost, strictest, path.len() - 1)) {
            return;
        }
        let present = *path.last().expect("a path begins");
        if present == self.case.to {
            let key = (lost, strictest, path.len() - 1);
            self.best = Some(self.best.map_or(key, |best| best.min(key)));
            return;
        }
        for (before, paid) in
            [ANYTIME, UNMONITORED, OFFLINE, UNMANAGED].map(|how_far| (how_far, strictest.max(how_far)))
        {
            let nodes = again(self.case, nodes, present, before);
            for to in (0..self.case.files.len()).filter(|to| !path.contains(to)).collect::<Vec<_>>() {
                let cost = cost(self.case, (present, to), &nodes);
                if cost == NEVER {
                    continue;
                }
                let lost = lost || self.case.files[to].takes != Takes::Value;
                path.push(to);
                // As it is, and brought up again under the new version after the state that the hop took.
                self.walk(path, &again(self.case, &nodes, to, cost), paid.max(cost), lost);
                path.pop();
            }
        }
    }
}

fn brute(case: &Case) -> Option<Key> {
    let mut brute = Brute { case, best: None };
    brute.walk(&mut vec![case.from], &case.nodes, ANYTIME, false);
    brute.best
}

// ---- The same case for the search.

fn text(number: usize) -> String {
    (number + 1).to_string()
}

fn resource_type(number: usize, file: &File) -> ResourceType {
    let named: Vec<(String, Tunability)> = file
        .lines
        .iter()
        .enumerate()
        .filter_map(|(from, line)| Some((text(from), Tunability::ALL[(*line)?])))
        .chain(file.empty.map(|empty| (String::new(), Tunability::ALL[empty])))
        .collect();
    let lines: Vec<(&str, Tunability)> = named.iter().map(|(from, tunability)| (from.as_str(), *tunability)).collect();
    let mut made = web(&text(number), &lines);
    if !file.aware {
        made.upgrade = None;
    }
    if !file.monitor {
        made.methods.remove(&Method::MonitorStart);
        made.methods.remove(&Method::MonitorStop);
    }
    if file.takes != Takes::Nothing {
        let mut limit = property("Limit", PropertyKind::Int, Some(PropertyValue::Int(1)));
        limit.max = (file.takes == Takes::Misfit).then(|| common::spanned(5));
        made.properties.push(limit);
    }
    made
}

fn origin(by: By) -> Origin {
    match by {
        None => Origin::None,
        Some(None) => Origin::Unknown,
        Some(Some(number)) => Origin::Version(version(&text(number))),
    }
}

fn gate_state(case: &Case) -> State {
    let views = case.nodes.iter().zip(["n1", "n2"]).map(|(node, name)| NodeView {
        node: name.to_owned(),
        status: if node.up { NodeStatus::Up } else { NodeStatus::Down },
        state: if node.online { ResourceState::Online } else { ResourceState::Offline },
        monitor: if node.monitor_by.is_some() { MonitorState::Running } else { MonitorState::Stopped },
        enabled: node.enabled,
        monitored: node.monitored,
        started_by: origin(node.started_by),
        monitor_started_by: origin(node.monitor_by),
        initialised_by: origin(node.initialised_by),
        also_initialised_by: BTreeSet::new(),
    });
    let mut state = state(views.collect());
    state.group.managed = case.managed;
    state.resource.type_version_stated = case.stated;
    state.resource.values.insert("Limit".to_owned(), StoredValue::explicit(PropertyValue::Int(7)));
    state
}

fn search(case: &Case) -> Paths {
    let types: Vec<ResourceType> = case.files.iter().enumerate().map(|(at, file)| resource_type(at, file)).collect();
    let versions: Vec<_> = types.iter().map(registered).collect();
    let reading = if case.catch_all { EmptyUpgradeFrom::CatchAll } else { EmptyUpgradeFrom::UnversionedOnly };
    let settings = Settings { empty_upgrade_from: reading };
    let graph = Graph::new(&versions, settings);
    let asked = Asked {
        resource: "web",
        present: &versions[case.from],
        target: &versions[case.to],
        properties: &[],
        state: &gate_state(case),
        settings,
        faults: &|_, _| Ok(Vec::new()),
    };
    find(&graph, &asked).expect("a search never fails")
}

fn key(paths: &Paths) -> Option<Key> {
    let best = &paths.best;
    let strictest =
        Tunability::ALL.iter().position(|tunability| *tunability == best.strictest).expect("one of the six");
    (best.possible != Possible::Never).then_some((!best.loses.is_empty(), strictest, best.hops.len()))
}

/// Where every path loses the value, one that stops at a misfit gives way to one that drops it: that order is not the
/// brute force's.
fn is_comparable(case: &Case, expected: Option<Key>) -> bool {
    let is_misfit = |file: &File| file.takes == Takes::Misfit;
    !expected.is_some_and(|(lost, ..)| lost) || !case.files.iter().any(is_misfit)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn search_finds_what_brute_force_finds(case in case()) {
        let expected = brute(&case);
        let paths = search(&case);
        if is_comparable(&case, expected) {
            prop_assert_eq!(key(&paths), expected, "{:#?}", paths);
        }
    }
}

/// The property test means something: its cases have paths of several hops that win, and states that matter.
#[test]
fn the_cases_are_not_trivial() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeSet<Option<Key>> = BTreeSet::new();
    let mut moved = 0;
    for _ in 0..600 {
        let case = case().new_tree(&mut runner).expect("a case").current();
        let expected = brute(&case);
        if is_comparable(&case, expected) {
            assert_eq!(key(&search(&case)), expected, "{case:#?}");
        }
        let nothing_alive = Case {
            nodes: case
                .nodes
                .iter()
                .map(|node| Node { started_by: None, monitor_by: None, initialised_by: None, ..*node })
                .collect(),
            ..case
        };
        moved += usize::from(brute(&nothing_alive) != expected);
        seen.insert(expected);
    }
    for strictest in ANYTIME..=UNMANAGED {
        assert!(seen.contains(&Some((false, strictest, 1))), "{strictest}: {seen:?}");
        assert!(seen.contains(&Some((false, strictest, 2))) || strictest == UNMANAGED, "{strictest}: {seen:?}");
    }
    assert!(seen.contains(&None) && seen.iter().flatten().any(|(lost, ..)| *lost), "{seen:?}");
    assert!(seen.iter().flatten().any(|(_, _, hops)| *hops >= 3), "{seen:?}");
    assert!(moved > 60, "{moved}");
}
