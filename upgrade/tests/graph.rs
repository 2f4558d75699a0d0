//! The graph's own look-up of lines gives the edges of the gate, for every pair and both readings of `""`; and what the
//! graph looks like.

#[path = "../../registry/tests/gate_common/mod.rs"]
mod common;

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rtreg_model::{ResourceType, Tunability};
use rtreg_registry::gate::{self, EmptyUpgradeFrom, Looked, Settings};
use rtreg_upgrade::graph::Graph;
use rtreg_upgrade::graph::report::GraphReport;
use rtreg_upgrade::graph::{dot, svg};

use common::{registered, web};

const TEXTS: [&str; 6] = ["", "1.0", "1.10", "1.9", "2.0-beta", "2.0"];

/// For each text: the lines of its file, the same version perhaps twice or one that is not registered; and `#$upgrade`.
type Files = Vec<(Vec<(&'static str, Tunability)>, bool)>;

fn files() -> impl Strategy<Value = Files> {
    let from = select([TEXTS.as_slice(), &["0.1", ""]].concat());
    let line = (from, select(Tunability::ALL.to_vec()));
    vec((vec(line, 0..5), prop::bool::weighted(0.9)), TEXTS.len())
}

fn types(files: &Files) -> Vec<ResourceType> {
    let made = TEXTS.iter().zip(files).map(|(text, (lines, aware))| {
        let mut made = web(text, lines);
        if !aware {
            made.upgrade = None;
        }
        made
    });
    made.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_edge_is_the_gates(files in files(), registered_mask in vec(prop::bool::weighted(0.8), TEXTS.len())) {
        let types = types(&files);
        let versions: Vec<_> =
            types.iter().zip(&registered_mask).filter(|(_, is)| **is).map(|(made, _)| registered(made)).collect();
        for reading in EmptyUpgradeFrom::ALL {
            let settings = Settings { empty_upgrade_from: reading };
            let graph = Graph::new(&versions, settings);
            prop_assert_eq!(graph.versions().len(), versions.len());
            for (from, present) in graph.versions().iter().enumerate() {
                prop_assert_eq!(graph.position(&present.resource_type.version.value), Some(from));
                let row = graph.row(from);
                for listed in [false, true] {
                    let alive = graph.alive(from, listed);
                    for (to, target) in graph.versions().iter().enumerate().filter(|(to, _)| *to != from) {
                        let version = &present.resource_type.version.value;
                        let looked = Looked::up(target.resource_type, version, listed).rule(&settings).0;
                        prop_assert_eq!(alive[to], looked, "{} -> {}", present.name, target.name);
                    }
                }
                for (to, target) in graph.versions().iter().enumerate().filter(|(to, _)| *to != from) {
                    let edge = gate::edge(present, target, &settings);
                    prop_assert_eq!(row[to], edge.tunability, "{} -> {}", present.name, target.name);
                    prop_assert_eq!(graph.edge(from, to), Some(edge));
                }
            }
        }
    }
}

fn report(all: bool) -> GraphReport {
    use Tunability::{Anytime, WhenOffline};
    let mut closed = web("3.0", &[]);
    closed.upgrade = None;
    let types = [
        web("", &[]),
        web("1.0", &[("", WhenOffline)]),
        web("2.0", &[("1.0", Anytime)]),
        web("<4>\"&", &[("2.0", Anytime), ("5.0", WhenOffline)]),
        closed,
        web("5.0", &[]),
    ];
    let versions: Vec<_> = types.iter().map(registered).collect();
    let text = "0123456789\n".repeat(80).into_bytes();
    GraphReport::new("TEST.web", &Graph::new(&versions, Settings::default()), all, &|_| Some(text.clone()))
}

#[test]
fn text_names_the_line_or_says_that_there_is_none() {
    let expected = "\
TEST.web: 6 versions registered

<4>\"&
  5.0         --> WHEN_OFFLINE    line 19
  3.0         ..> WHEN_UNMANAGED  not listed
  2.0         --> ANYTIME         line 10
  1.0         ..> WHEN_UNMANAGED  not listed
  unversioned ..> WHEN_UNMANAGED  not listed

5.0
  3.0         ..> WHEN_UNMANAGED  not listed
  2.0         ..> WHEN_UNMANAGED  not listed
  1.0         ..> WHEN_UNMANAGED  not listed
  unversioned ..> WHEN_UNMANAGED  not listed

3.0
  no resource can get this version: its file has no `#$upgrade`

2.0
  1.0         --> ANYTIME         line 10
  unversioned ..> WHEN_UNMANAGED  not listed

1.0
  unversioned ..> WHEN_OFFLINE  line 10, by \"\"

unversioned
  no way to it is shown
";
    assert_eq!(report(false).text(), expected);
}

#[test]
fn edges_back_that_no_file_lists_are_shown_on_request() {
    let back = |report: &GraphReport| report.edges.iter().filter(|edge| edge.tunability == "WHEN_UNMANAGED").count();
    let (some, all) = (report(false), report(true));
    assert_eq!((some.edges.len(), back(&some)), (12, 8));
    // Five targets of five each.
    assert_eq!((all.edges.len(), back(&all)), (25, 21));
    assert!(all.text().contains("  5.0         ..> WHEN_UNMANAGED  downgrade\n"), "{}", all.text());
}

#[test]
fn dot_quotes_names_and_dots_what_no_line_says() {
    let dot = dot::render(&report(false));
    for line in [
        "digraph \"TEST.web\" {",
        "  \"<4>\\\"&\" [tooltip=\"TEST.web:<4>\\\"&\"];",
        "  \"3.0\" [tooltip=\"TEST.web\", peripheries=2];",
        "  \"1.0\" -> \"2.0\" [label=\"ANYTIME\"];",
        "  \"unversioned\" -> \"1.0\" [label=\"WHEN_OFFLINE\", style=dotted];",
        "  \"1.0\" -> \"5.0\" [label=\"WHEN_UNMANAGED\", style=dotted];",
    ] {
        assert!(dot.lines().any(|found| found == line), "{line}\n{dot}");
    }
}

/// No two edges of a picture lie on each other: `M side start H across V end H side`.
fn check_lanes(svg: &str, expected: usize) {
    let numbers = |path: &str| -> Vec<usize> {
        path.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
    };
    let mut lanes: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    let paths = svg.lines().filter_map(|line| line.strip_prefix("<path d=\"")?.split('"').next());
    for path in paths.filter(|path| path.contains('V')).map(numbers) {
        let &[_, start, across, end, _] = path.as_slice() else { panic!("{path:?}") };
        lanes.entry(across).or_default().push((start.min(end), start.max(end)));
    }
    assert_eq!(lanes.values().map(Vec::len).sum::<usize>(), expected);
    for (across, mut stretches) in lanes {
        stretches.sort_unstable();
        let apart = stretches.windows(2).all(|pair| pair[0].1 <= pair[1].0);
        assert!(apart, "{across}: {stretches:?}");
    }
}

#[test]
fn no_two_edges_share_a_lane_over_the_same_stretch() {
    let svg = svg::render(&report(true));
    check_lanes(&svg, 25);
    assert!(svg.contains("&lt;4&gt;&quot;&amp;"), "{svg}");
}

/// More than anybody can read is still drawn, and soon.
#[test]
fn many_versions_are_drawn_too() {
    let types: Vec<ResourceType> = (0..80).map(|number| web(&number.to_string(), &[])).collect();
    let versions: Vec<_> = types.iter().map(registered).collect();
    let graph = Graph::new(&versions, Settings::default());
    check_lanes(&svg::render(&GraphReport::new("TEST.web", &graph, true, &|_| None)), 80 * 79);
}
