//! What a path says is done, with the real commands on a real store: in the state that it names for a hop the gate allows
//! the hop, and in the next weaker one it does not; and the commands that it prints lead to the target.

#[allow(dead_code, reason = "a part of the fixture is enough")]
#[path = "../../registry/tests/cluster/fixture.rs"]
mod fixture;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rtreg_model::Tunability;
use rtreg_registry::commands::upgrade::Report;
use rtreg_registry::gate::{Possible, Verdict};
use rtreg_registry::inspect;
use rtreg_upgrade::commands::{PathRequest, UpgradeRequest, Upgraded, path, upgrade};
use rtreg_upgrade::path::{Hop, Path, Paths};

use fixture::{Cluster, METHODS, context, rtr};

/// Methods, and the versions that are listed.
type File = (Vec<&'static str>, Vec<(usize, Tunability)>);

#[derive(Debug, Clone)]
struct Case {
    /// For each of the versions 1, 2, …: its methods, and the lines of its file.
    files: Vec<File>,
    to: usize,
    /// What happened before: command lines on the resource `r` in the group `g` on n1 and n2.
    events: Vec<String>,
}

fn tunability() -> impl Strategy<Value = Tunability> {
    use Tunability::{Anytime, WhenDisabled, WhenOffline, WhenUnmanaged, WhenUnmonitored};
    select(vec![Anytime, Anytime, Anytime, WhenUnmonitored, WhenOffline, WhenDisabled, WhenUnmanaged])
}

fn case() -> impl Strategy<Value = Case> {
    let file = |number: usize| {
        // The version before is mostly listed, older ones rarely: that is where paths of several hops win.
        let weight = move |from: usize| if from + 1 == number { 0.9 } else { 0.25 };
        let lines: Vec<_> = (0..number).map(|from| prop::option::weighted(weight(from), tunability())).collect();
        let monitored = &["Start", "Stop", "Monitor_start", "Monitor_stop"];
        let methods = select(vec![METHODS, monitored, monitored, &METHODS[..2]]);
        (methods, lines).prop_map(|(methods, lines)| {
            let lines = lines.into_iter().enumerate().filter_map(|(from, line)| Some((from, line?)));
            (methods.to_vec(), lines.collect())
        })
    };
    let event = select(vec![
        "group online g",
        "group online g",
        "group online g --node n1",
        "group offline g",
        "resource restart r",
        "resource unmonitor r",
        "resource monitor r",
        "resource disable r",
        "resource enable r",
        "node down n1",
        "node up n1",
        "group unmanage g",
        "group manage g",
        "upgrade r --to web:2",
        "upgrade r --to web:2",
        "upgrade r --to web:3",
        "upgrade r --to web:1",
        "resource state r --node n1 online --started-by unknown --monitor running --monitor-started-by unknown",
        "resource state r --node n1 online --started-by 1",
        "resource state r --type-version 2 --reason x",
    ]);
    (3_usize..=5).prop_flat_map(move |count| {
        let files: Vec<_> = (0..count).map(file).collect();
        let to = prop_oneof![2 => Just(count - 1), 1 => 0..count];
        (files, to, vec(event.clone(), 1..8)).prop_map(|(files, to, events)| Case {
            files,
            to,
            events: events.into_iter().map(str::to_owned).collect(),
        })
    })
}

fn version(number: usize) -> String {
    (number + 1).to_string()
}

fn cluster(case: &Case) -> Cluster {
    let cluster = Cluster { store: rtreg_registry::memory::MemoryStore::default() };
    let files: Vec<String> = case
        .files
        .iter()
        .enumerate()
        .map(|(number, (methods, lines))| {
            let lines: Vec<String> = lines
                .iter()
                .map(|(from, tunability)| format!("#$upgrade_from \"{}\" {tunability}", version(*from)))
                .collect();
            rtr("web", &version(number), methods, &format!("--{}--", lines.join("\n")))
        })
        .collect();
    cluster.register(&files.iter().map(String::as_str).collect::<Vec<_>>());
    for line in
        ["node add n1", "node add n2", "group create g --node n1,n2", "resource create r --group g --type web:1"]
    {
        cluster.ok(line);
    }
    cluster.ok("group manage g");
    cluster.ok("group online g");
    // Some of these are refused in the state that is there: that is no event then.
    case.events.iter().for_each(|line| drop(cluster.run(line)));
    cluster
}

fn request(case: &Case) -> PathRequest {
    PathRequest { resource: "r".to_owned(), to: version(case.to), properties: Vec::new() }
}

fn paths(cluster: &Cluster, case: &Case) -> Paths {
    inspect(&cluster.store, |view| path(view, &request(case))).expect("a path is a question").paths
}

/// The gate's answer to a hop, without doing it.
fn asked(cluster: &Cluster, hop: &Hop) -> Verdict {
    hop_to(cluster, hop, true).decision.verdict
}

fn hop_to(cluster: &Cluster, hop: &Hop, preview: bool) -> Report {
    cluster.upgrade("r", &hop.to.to_string(), &[], preview).expect("the gate answers")
}

fn all(cluster: &Cluster, lines: &[&str]) -> bool {
    lines.iter().all(|line| cluster.run(line).is_ok())
}

/// Takes the resource into the state of a tunability; false if that takes more than this.
fn take(cluster: &Cluster, tunability: Tunability) -> bool {
    match tunability {
        Tunability::Anytime => true,
        Tunability::WhenUnmonitored => all(cluster, &["resource unmonitor r"]),
        Tunability::WhenOffline => all(cluster, &["group offline g"]),
        Tunability::WhenDisabled => all(cluster, &["resource disable r"]),
        Tunability::WhenUnmanaged => {
            // What a node that is down keeps of Init is ended only where Fini can run.
            drop(cluster.run("node up n1"));
            drop(cluster.run("group manage g"));
            all(cluster, &["resource disable r", "group offline g", "group unmanage g"])
        }
        Tunability::AtCreation => false,
    }
}

/// Takes the resource into the strictest state that does not give the tunability; false if there is none.
fn take_weaker(cluster: &Cluster, tunability: Tunability) -> bool {
    let up = ["resource enable r", "group online g"];
    // What is managed already says so in a refusal.
    match tunability {
        Tunability::Anytime | Tunability::AtCreation => false,
        Tunability::WhenUnmonitored => {
            drop(cluster.run("group manage g"));
            all(cluster, &up) && all(cluster, &["resource monitor r"]) && at(cluster, "monitor running")
        }
        Tunability::WhenOffline => {
            drop(cluster.run("group manage g"));
            all(cluster, &up) && all(cluster, &["resource unmonitor r"]) && at(cluster, "online")
        }
        Tunability::WhenDisabled => {
            drop(cluster.run("group manage g"));
            all(cluster, &["group offline g", "resource enable r"])
        }
        Tunability::WhenUnmanaged => {
            drop(cluster.run("group manage g"));
            all(cluster, &["group offline g", "resource disable r"])
        }
    }
}

fn at(cluster: &Cluster, words: &str) -> bool {
    ["n1", "n2"].iter().any(|node| cluster.at("r", node).contains(words))
}

/// How much was really tried.
#[derive(Debug, Default)]
struct Tried {
    hops: usize,
    refused: usize,
    several: usize,
    carried_out: usize,
    by_path: usize,
}

/// Goes hop by hop, each in its state, and tries the next weaker one beside.
fn replay(start: &Cluster, path: &Path, case: &Case, tried: &mut Tried) {
    let cluster = start.copy();
    for hop in &path.hops {
        let weaker = cluster.copy();
        if take_weaker(&weaker, hop.needs) {
            assert_ne!(asked(&weaker, hop), Verdict::Allowed, "weaker than {}: {hop:#?}\n{case:#?}", hop.needs);
            tried.refused += 1;
        }
        // The path's own way into WHEN_OFFLINE is to disable, which gives later hops more than is tried here.
        if asked(&cluster, hop) != Verdict::Allowed && !take(&cluster, hop.needs) {
            return;
        }
        if asked(&cluster, hop) != Verdict::Allowed {
            // Only what is said may be missing; then the path says that it cannot be had by commands alone.
            assert!(matches!(path.possible, Possible::Unknown | Possible::Never), "{hop:#?}\n{case:#?}");
            return;
        }
        assert!(hop_to(&cluster, hop, false).done, "{hop:#?}\n{case:#?}");
        tried.hops += 1;
    }
    tried.several += usize::from(path.hops.len() > 1);
    cluster.verify();
}

/// The commands that are printed, the upgrade, and what brings back.
fn carry_out(start: &Cluster, paths: &Paths, case: &Case, tried: &mut Tried) {
    let cluster = start.copy();
    let best = &paths.best;
    if !matches!(best.possible, Possible::Now | Possible::AfterCommands) {
        return;
    }
    let own = |lines: &[String]| {
        lines.iter().filter_map(|line| line.strip_prefix("rtreg ").map(str::to_owned)).collect::<Vec<_>>()
    };
    own(&best.commands).iter().for_each(|line| drop(cluster.ok(line)));
    let asked = UpgradeRequest { path: request(case), preview: false, direct: false };
    let upgraded = upgrade(&cluster.store, &context(None), &asked).expect("the gate answers");
    let present =
        inspect(&cluster.store, |view| rtreg_registry::commands::show::resource(view, "r")).expect("it is there");
    let present = serde_json::to_value(&present).expect("JSON")["type_version"].clone();
    assert_eq!(present, serde_json::json!(version(case.to)), "{}\n{best:#?}\n{case:#?}", upgraded.text());
    tried.by_path += usize::from(matches!(upgraded, Upgraded::ByPath(_)));
    own(&best.afterwards).iter().for_each(|line| drop(cluster.ok(line)));
    cluster.verify();
    tried.carried_out += 1;
}

fn check(case: &Case, tried: &mut Tried) {
    let cluster = cluster(case);
    let paths = paths(&cluster, case);
    if paths.best.hops.iter().all(|hop| hop.from == hop.to) {
        return;
    }
    for path in std::iter::once(&paths.best).chain(&paths.alternatives) {
        replay(&cluster, path, case, tried);
    }
    carry_out(&cluster, &paths, case, tried);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn paths_hold_what_they_say(case in case()) {
        check(&case, &mut Tried::default());
    }
}

#[test]
fn enough_is_tried() {
    let mut runner = TestRunner::deterministic();
    let mut tried = Tried::default();
    for _ in 0..200 {
        check(&case().new_tree(&mut runner).expect("a case").current(), &mut tried);
    }
    assert!(tried.hops > 150 && tried.refused > 80, "{tried:?}");
    assert!(tried.several > 20 && tried.carried_out > 60 && tried.by_path > 5, "{tried:?}");
}
