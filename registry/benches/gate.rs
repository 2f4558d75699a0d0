//! Decisions per second: an upgrade that is allowed, one that is refused with the commands that help, and one of a
//! resource on sixteen nodes with many properties.

#[path = "../tests/gate_common/mod.rs"]
mod common;

use divan::counter::ItemsCount;
use rtreg_model::{PropertyKind, PropertyValue, ResourceType, Tunability};
use rtreg_registry::gate::{NodeView, Request, Settings, State, decide};

use common::{by, online, property, registered, state, web};

fn main() {
    divan::main();
}

fn types(properties: usize) -> (ResourceType, ResourceType) {
    let lines: Vec<(String, Tunability)> = (0..10).map(|n| (format!("1.{n}"), Tunability::WhenOffline)).collect();
    let lines: Vec<(&str, Tunability)> = lines.iter().map(|(from, tunability)| (from.as_str(), *tunability)).collect();
    let mut present = web("2.0", &lines);
    let mut target = web("3.0", &[lines.as_slice(), &[("2.0", Tunability::Anytime)]].concat());
    for n in 0..properties {
        let decl = |default| property(&format!("Limit_{n}"), PropertyKind::Int, Some(PropertyValue::Int(default)));
        present.properties.push(decl(1));
        target.properties.push(decl(2));
    }
    (present, target)
}

fn measure(bencher: divan::Bencher<'_, '_>, properties: usize, state: &State) {
    let (present, target) = types(properties);
    let (present, target) = (registered(&present), registered(&target));
    bencher.counter(ItemsCount::new(1_usize)).bench(|| {
        let request = Request {
            resource: "web",
            target: &target,
            present: &present,
            properties: &[],
            dependency_faults: &[],
            restored: None,
        };
        decide(divan::black_box(&request), divan::black_box(state), &Settings::default())
    });
}

#[divan::bench]
fn allowed(bencher: divan::Bencher<'_, '_>) {
    measure(bencher, 10, &state(vec![online("n1", "2.0"), NodeView::offline("n2")]));
}

#[divan::bench]
fn refused(bencher: divan::Bencher<'_, '_>) {
    let old = NodeView { started_by: by("1.0"), ..online("n1", "2.0") };
    measure(bencher, 10, &state(vec![old, NodeView::offline("n2")]));
}

#[divan::bench]
fn sixteen_nodes_and_a_hundred_properties(bencher: divan::Bencher<'_, '_>) {
    let nodes = (1..=16).map(|n| NodeView { started_by: by("1.0"), ..online(&format!("n{n}"), "2.0") });
    measure(bencher, 100, &state(nodes.collect()));
}
