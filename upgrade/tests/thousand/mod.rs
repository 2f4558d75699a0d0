//! A type with a thousand versions, and a resource of the first one: for the bench, and for the test that it finds what it
//! should.

#![allow(dead_code, reason = "each binary uses its part")]

#[path = "../../../registry/tests/gate_common/mod.rs"]
pub mod common;

use rtreg_model::{PropertyKind, PropertyValue, ResourceType, Tunability};
use rtreg_registry::gate::{NodeView, Settings, State, Version};
use rtreg_registry::migration::StoredValue;
use rtreg_upgrade::graph::Graph;
use rtreg_upgrade::path::{Asked, Paths, Route, find, search};

use common::{by, online, property, registered, state, web_without_monitor};

/// How many versions.
pub const COUNT: usize = 1000;

/// What the files list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// The ten versions before, each stricter than the one behind it.
    Ten,
    /// All versions before; only the last ones weaker than WHEN_UNMANAGED.
    All,
    /// Nothing but `""`.
    Empty,
}

/// The types, and the state of a resource of the first one.
pub struct Thousand {
    types: Vec<ResourceType>,
    state: State,
}

fn text(number: usize) -> String {
    format!("{}.{}", number / 100, number % 100)
}

impl Thousand {
    /// The versions 0.0 to 9.99.
    pub fn new(lines: Lines) -> Self {
        let types = (0..COUNT).map(|number| version(number, lines)).collect();
        // No trace of Init: that would ask for an unmanaged group wherever a version is not listed.
        let node = |name: &str| NodeView { initialised_by: rtreg_model::Origin::None, ..online(name, "0.0") };
        let mut state = state(vec![node("n1"), NodeView { started_by: by("0.1"), ..node("n2") }]);
        for name in ["Limit_1", "Limit_2", "Limit_3"] {
            state.resource.values.insert(name.to_owned(), StoredValue::explicit(PropertyValue::Int(7)));
        }
        Self { types, state }
    }

    /// As the gate has them.
    pub fn versions(&self) -> Vec<Version<'_>> {
        self.types.iter().map(registered).collect()
    }

    /// Their graph.
    pub fn graph<'a>(&self, versions: &'a [Version<'a>]) -> Graph<'a> {
        Graph::new(versions, Settings::default())
    }

    /// The paths from the first version to the last.
    pub fn find(&self, graph: &Graph<'_>, versions: &[Version<'_>]) -> Paths {
        find(graph, &self.asked(versions)).expect("a search never fails")
    }

    /// The search for them alone.
    pub fn search(&self, graph: &Graph<'_>, versions: &[Version<'_>]) -> Vec<Route> {
        search(graph, &self.asked(versions))
    }

    fn asked<'s>(&'s self, versions: &'s [Version<'s>]) -> Asked<'s> {
        Asked {
            resource: "web",
            present: &versions[0],
            target: &versions[COUNT - 1],
            properties: &[],
            state: &self.state,
            settings: Settings::default(),
            faults: &|_, _| Ok(Vec::new()),
        }
    }
}

fn version(number: usize, lines: Lines) -> ResourceType {
    let named: Vec<(String, Tunability)> = match lines {
        Lines::Ten => (number.saturating_sub(10)..number).map(|from| (text(from), weaker(number - from))).collect(),
        Lines::All => (0..number).map(|from| (text(from), weaker(number - from))).collect(),
        Lines::Empty => {
            vec![(String::new(), if number % 2 == 1 { Tunability::WhenUnmanaged } else { Tunability::WhenOffline })]
        }
    };
    let lines: Vec<(&str, Tunability)> = named.iter().map(|(from, tunability)| (from.as_str(), *tunability)).collect();
    let mut made = web_without_monitor(&text(number), &lines);
    for n in 1..=20 {
        made.properties.push(property(&format!("Limit_{n}"), PropertyKind::Int, Some(PropertyValue::Int(1))));
    }
    made
}

fn weaker(distance: usize) -> Tunability {
    match distance {
        1..=3 => Tunability::WhenOffline,
        4..=10 => Tunability::WhenDisabled,
        _ => Tunability::WhenUnmanaged,
    }
}
