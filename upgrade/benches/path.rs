//! A thousand versions of a type searched for a resource that is online, was started by an older version, and has explicit
//! values: the graph alone, the search in it, and both with the walk through the gate. The files list the ten versions
//! before, or all, or only `""`.

#[path = "../tests/thousand/mod.rs"]
mod thousand;

use thousand::{Lines, Thousand};

fn main() {
    divan::main();
}

#[divan::bench(args = [Lines::Ten, Lines::All, Lines::Empty])]
fn graph_of_1000_versions(bencher: divan::Bencher<'_, '_>, lines: Lines) {
    let types = Thousand::new(lines);
    let versions = types.versions();
    bencher.bench(|| types.graph(divan::black_box(&versions)));
}

#[divan::bench(args = [Lines::Ten, Lines::All, Lines::Empty])]
fn search_of_1000_versions(bencher: divan::Bencher<'_, '_>, lines: Lines) {
    let types = Thousand::new(lines);
    let versions = types.versions();
    let graph = types.graph(&versions);
    bencher.bench(|| types.search(divan::black_box(&graph), &versions));
}

#[divan::bench(args = [Lines::Ten, Lines::All, Lines::Empty])]
fn graph_search_and_walk_of_1000_versions(bencher: divan::Bencher<'_, '_>, lines: Lines) {
    let types = Thousand::new(lines);
    let versions = types.versions();
    bencher.bench(|| types.find(&types.graph(divan::black_box(&versions)), &versions));
}
