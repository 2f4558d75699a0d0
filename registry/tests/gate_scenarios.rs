//! Stories of the gate: the source's own example, what lives on after upgrades without a restart, clusters of which little
//! is known, and what must hold for every generated state. What a refusal advises is told in `gate_remedies.rs`.

#[path = "gate_common/mod.rs"]
mod common;

use std::collections::BTreeSet;

use common::{Lines, ask, by, off, online, registered, state, web, web_without_monitor, with};
use proptest::prelude::*;
use rtreg_model::{Driver, MonitorState, NodeStatus, Origin, ResourceState, Tunability};
use rtreg_registry::gate::{
    AliveThrough, Decision, EmptyUpgradeFrom, Needs, NodeView, Possible, ReasonKind, Request, Settings, State, Verdict,
    decide,
};

use Tunability::{Anytime, AtCreation, WhenDisabled, WhenOffline, WhenUnmanaged, WhenUnmonitored};

/// The directives of the source's example 4-1, and what its example 4-2 says about them.
#[test]
fn the_sources_example() {
    let lines: Lines<'_> = &[
        ("1.1", WhenOffline),
        ("1.2", WhenOffline),
        ("1.3", WhenOffline),
        ("2.0", WhenUnmonitored),
        ("2.1", Anytime),
        ("", WhenUnmanaged),
    ];
    let target = web("3.0", lines);
    for (from, expected, kind) in [
        ("1.1", WhenOffline, ReasonKind::Listed),
        ("1.2", WhenOffline, ReasonKind::Listed),
        ("1.3", WhenOffline, ReasonKind::Listed),
        ("2.0", WhenUnmonitored, ReasonKind::Listed),
        ("2.1", Anytime, ReasonKind::Listed),
        ("1.0", WhenUnmanaged, ReasonKind::Empty),
        ("2.2", WhenUnmanaged, ReasonKind::Empty),
        ("", WhenUnmanaged, ReasonKind::Empty),
    ] {
        let present = web(from, &[]);
        let running = state(vec![online("n1", from)]);
        let unmonitored = state(vec![with(online("n1", from), |view| {
            (view.monitor, view.monitored, view.monitor_started_by) = (MonitorState::Stopped, false, Origin::None);
        })]);
        let offline = state(vec![NodeView::offline("n1")]);
        let mut unmanaged = state(vec![off("n1", false)]);
        unmanaged.group.managed = false;
        for (now, given) in
            [(running, Anytime), (unmonitored, WhenUnmonitored), (offline, WhenOffline), (unmanaged, WhenUnmanaged)]
        {
            let decision = ask(&present, &target, &now);
            assert_eq!(decision.tunability, expected, "{from}");
            assert_eq!(decision.vendor_tunability, expected, "{from}");
            assert_eq!(decision.because[0].kind, kind, "{from}");
            let words = if kind == ReasonKind::Listed { "lists it with" } else { "the line for \"\"" };
            assert!(decision.because[0].sentence.contains(words), "{}", decision.because[0].sentence);
            assert_eq!(decision.verdict == Verdict::Allowed, given >= expected, "{from} {given}");
        }
    }
}

#[test]
fn a_process_outlives_upgrades_until_it_is_restarted() {
    let two = web("2.0", &[("1.0", Anytime)]);
    let three = web("3.0", &[("2.0", Anytime), ("1.0", WhenOffline)]);
    let one = web("1.0", &[]);
    let running = state(vec![online("n1", "1.0"), off("n2", true)]);
    assert_eq!(ask(&one, &two, &running).verdict, Verdict::Allowed);

    let refused = ask(&two, &three, &running);
    assert_eq!((refused.verdict, refused.possible), (Verdict::Blocked, Possible::AfterCommands));
    let first = &refused.because[0];
    assert_eq!((first.kind, first.origin), (ReasonKind::Listed, Some(AliveThrough::StartedBy)));
    assert_eq!((first.live_version.as_ref(), &first.nodes), (Some(&common::version("1.0")), &vec!["n1".to_owned()]));
    assert_eq!(
        first.place.as_ref().map(|place| (place.file.as_str(), place.span.start)),
        Some(("registry:TEST.web:3.0", 200))
    );
    assert_eq!((refused.tunability, refused.vendor_tunability, refused.vendor_allows), (WhenOffline, Anytime, true));
    assert_eq!(refused.needs, Some(Needs::Offline));
    assert_eq!(refused.commands, ["rtreg resource restart web"]);
    assert_eq!(refused.in_the_way.len(), 1);

    let restarted = state(vec![
        with(online("n1", "2.0"), |view| view.initialised_by = by("1.0")),
        with(NodeView::offline("n2"), |view| view.initialised_by = by("1.0")),
    ]);
    let allowed = ask(&two, &three, &restarted);
    assert_eq!((allowed.verdict, allowed.tunability), (Verdict::Allowed, Anytime));
    assert!(allowed.commands.is_empty());
}

#[test]
fn an_old_monitor_counts_where_the_version_has_none() {
    let two = web_without_monitor("2.0", &[("1.0", Anytime)]);
    let three = web("3.0", &[("2.0", Anytime), ("1.0", WhenUnmonitored)]);
    let running = state(vec![with(online("n1", "1.0"), |view| view.started_by = by("2.0"))]);
    let refused = ask(&two, &three, &running);
    assert_eq!((refused.verdict, refused.tunability), (Verdict::Blocked, WhenUnmonitored));
    assert_eq!(refused.because[0].origin, Some(AliveThrough::MonitorStartedBy));
    assert_eq!(refused.because[0].live_version, Some(common::version("1.0")));
    assert_eq!(refused.commands, ["rtreg resource unmonitor web"]);
    // Where T has no monitor, a stopped one is enough although the switch is on.
    let stopped = state(vec![with(online("n1", "2.0"), |view| {
        (view.monitor, view.monitor_started_by) = (MonitorState::Stopped, Origin::None);
    })]);
    let strict = web("3.0", &[("2.0", WhenUnmonitored)]);
    assert_eq!(ask(&two, &strict, &stopped).verdict, Verdict::Allowed);
    assert_eq!(ask(&web("2.0", &[]), &strict, &stopped).verdict, Verdict::Blocked);
}

/// A recorded cluster of which only is known that the resource runs.
fn recorded() -> State {
    let unknown = |view: &mut NodeView| {
        (view.started_by, view.monitor_started_by) = (Origin::Unknown, Origin::Unknown);
        view.initialised_by = Origin::Unknown;
    };
    let mut recorded = state(vec![with(online("n1", "2.0"), unknown), with(NodeView::offline("n2"), unknown)]);
    recorded.group.driver = Driver::Recorded;
    recorded
}

#[test]
fn unknown_origins_are_settled_by_the_file_of_the_type() {
    let three = web("3.0", &[("2.0", Anytime)]);
    let settled = ask(&web("2.0", &[]), &three, &recorded());
    assert_eq!((settled.verdict, settled.tunability), (Verdict::Allowed, Anytime));
    assert!(settled.because.iter().any(|reason| reason.sentence.contains("it can only be version 2.0")));
    let mut unaware = web("2.0", &[("1.0", Anytime)]);
    unaware.upgrade = None;
    assert_eq!(ask(&unaware, &three, &recorded()).verdict, Verdict::Allowed);

    // Each origin is settled where no line is weaker than what ends it.
    for (line, expected) in [
        (Anytime, WhenUnmanaged),
        (WhenUnmonitored, WhenUnmanaged),
        (WhenOffline, WhenUnmanaged),
        (WhenDisabled, WhenUnmanaged),
        (WhenUnmanaged, Anytime),
        (AtCreation, Anytime),
    ] {
        assert_eq!(ask(&web("2.0", &[("1.0", line)]), &three, &recorded()).tunability, expected, "{line}");
        assert_eq!(ask(&web("2.0", &[("", line)]), &three, &recorded()).tunability, expected, "{line}");
    }
    for (line, expected) in [(WhenUnmonitored, WhenOffline), (WhenOffline, Anytime)] {
        let mut known = recorded();
        known.nodes.iter_mut().for_each(|view| view.initialised_by = by("2.0"));
        assert_eq!(ask(&web("2.0", &[("1.0", line)]), &three, &known).tunability, expected, "{line}");
    }
    for (line, expected) in [(Anytime, WhenUnmonitored), (WhenUnmonitored, Anytime)] {
        let mut known = recorded();
        for view in &mut known.nodes {
            (view.initialised_by, view.started_by) = (by("2.0"), by("2.0"));
        }
        assert_eq!(ask(&web("2.0", &[("1.0", line)]), &three, &known).tunability, expected, "{line}");
    }
}

/// A change of version outside of rtreg was not gated by T's file, so that the file settles nothing any more.
#[test]
fn what_was_changed_outside_settles_no_unknown_origin() {
    let three = web("3.0", &[("2.0", Anytime), ("1.0", WhenOffline)]);
    let mut stated = recorded();
    assert_eq!(ask(&web("2.0", &[]), &three, &stated).verdict, Verdict::Allowed);
    stated.resource.type_version_stated = true;
    let decision = ask(&web("2.0", &[]), &three, &stated);
    assert_eq!((decision.verdict, decision.tunability), (Verdict::Blocked, WhenUnmanaged));
    assert!(decision.vendor_allows);
    assert!(decision.because.iter().all(|reason| !reason.settled));
    assert!(decision.because[0].sentence.contains("was changed outside of rtreg"));
    // That its file would have settled it is said only where it would have.
    let open = ask(&web("2.0", &[("1.0", Anytime)]), &three, &stated);
    assert!(!open.because[0].sentence.contains("outside of rtreg"), "{}", open.because[0].sentence);
    // What is known stays known.
    let known = with(online("n1", "2.0"), |_| {});
    let state = State { nodes: vec![known, with(NodeView::offline("n2"), |_| {})], ..stated };
    assert_eq!(ask(&web("2.0", &[]), &three, &state).verdict, Verdict::Allowed);
}

#[test]
fn unknown_origins_that_nothing_settles_ask_for_what_ends_them() {
    let two = web("2.0", &[("1.0", Anytime)]);
    let three = web("3.0", &[("2.0", Anytime), ("1.0", WhenDisabled)]);
    let mut known = recorded();
    known.nodes.iter_mut().for_each(|view| view.initialised_by = by("2.0"));
    let refused = ask(&two, &three, &known);
    assert_eq!((refused.verdict, refused.tunability, refused.vendor_allows), (Verdict::Blocked, WhenOffline, true));
    let first = &refused.because[0];
    assert_eq!((first.kind, &first.live_version), (ReasonKind::UnknownState, &None));
    assert_eq!(first.place.as_ref().map(|place| place.span.start), Some(200), "the line that may apply");
    assert_eq!(refused.commands, ["clresource disable web", "clresource enable web", "rtreg resource restart web"]);
    assert_eq!(
        refused.statements,
        [
            "rtreg resource state web --node n1 online --started-by VERSION",
            "rtreg resource state web --node n1 online --monitor-started-by VERSION"
        ]
    );
    // No line asks for that much; the default for an unlisted version does.
    let lax = web("3.0", &[("2.0", Anytime), ("1.0", WhenUnmonitored)]);
    assert_eq!(ask(&two, &lax, &known).because[0].place, None);
    assert_eq!(ask(&two, &lax, &known).tunability, WhenOffline);
}

#[test]
fn an_origin_of_none_does_not_hide_what_runs() {
    let two = web("2.0", &[("1.0", Anytime)]);
    let three = web("3.0", &[("2.0", Anytime)]);
    let nothing = |view: &mut NodeView| {
        (view.started_by, view.monitor_started_by) = (Origin::None, Origin::None);
    };
    assert_eq!(ask(&two, &three, &state(vec![with(online("n1", "2.0"), nothing)])).tunability, WhenOffline);
    let monitor_only = with(online("n1", "2.0"), |view| view.monitor_started_by = Origin::None);
    assert_eq!(ask(&two, &three, &state(vec![monitor_only])).tunability, WhenUnmonitored);
    // The monitor of a resource that is offline may have been left by a failed Monitor_stop.
    let left = with(NodeView::offline("n1"), |view| view.monitor = MonitorState::StopFailed);
    assert_eq!(ask(&two, &three, &state(vec![left])).tunability, WhenUnmonitored);
}

#[test]
fn on_a_node_of_unknown_status_the_record_counts_and_what_may_have_been_started_since() {
    let three = web("3.0", &[("2.0", Anytime), ("1.0", WhenOffline)]);
    let lost = |by_version| state(vec![with(online("n1", by_version), |view| view.status = NodeStatus::Unknown)]);
    let open = web("2.0", &[("1.0", Anytime)]);
    assert_eq!(ask(&open, &three, &lost("2.0")).tunability, WhenOffline);
    assert_eq!(ask(&open, &three, &lost("2.0")).verdict, Verdict::Undecided);
    // What was started since can only come from 2.0, but 1.0 may still run.
    let closed = web("2.0", &[]);
    assert_eq!(ask(&closed, &three, &lost("2.0")).verdict, Verdict::Allowed);
    assert_eq!(ask(&closed, &three, &lost("1.0")).verdict, Verdict::Undecided);
}

#[test]
fn what_is_left_out_is_unknown() {
    let three = web("3.0", &[("2.0", WhenOffline)]);
    let two = web("2.0", &[]);
    let mut missing = state(vec![NodeView::offline("n1")]);
    missing.group.node_list.push("n2".to_owned());
    let decision = ask(&two, &three, &missing);
    assert_eq!((decision.verdict, decision.tunability), (Verdict::Undecided, WhenOffline));
    assert_eq!(decision.because[0].kind, ReasonKind::UnknownState);
    assert_eq!(decision.because[0].nodes, ["n2"]);
    assert_eq!(decision.nodes.len(), 2);
    let nowhere = state(Vec::new());
    assert_eq!(ask(&two, &three, &nowhere).verdict, Verdict::Undecided);
    let unmanaged = web("3.0", &[("2.0", WhenUnmanaged)]);
    assert_eq!(ask(&two, &unmanaged, &nowhere).verdict, Verdict::Blocked, "that the group is managed is known");
    // Nodes outside the node list count for what Init left there and for nothing else.
    let mut beside = state(vec![NodeView::offline("n1"), online("n3", "0.9")]);
    beside.group.node_list.pop();
    let decision = ask(&two, &three, &beside);
    assert_eq!((decision.verdict, decision.tunability), (Verdict::Blocked, WhenUnmanaged));
    assert_eq!(decision.because[0].origin, Some(AliveThrough::InitialisedBy));
    beside.nodes[1].initialised_by = Origin::None;
    assert_eq!(ask(&two, &three, &beside).verdict, Verdict::Allowed);
}

#[test]
fn a_trace_of_init_outlives_unmanaging_on_nodes_that_missed_it() {
    let two = web("2.0", &[("1.0", Anytime)]);
    let three = web("3.0", &[("2.0", WhenUnmanaged)]);
    for (status, commands) in [
        (NodeStatus::Down, &["rtreg node up n2", "rtreg group manage web-rg", "rtreg group unmanage web-rg"][..]),
        // What runs on a node that was unknown is not known: the group is unmanaged only after it is surely disabled.
        (
            NodeStatus::Unknown,
            &[
                "rtreg node up n2",
                "rtreg resource disable web",
                "rtreg group manage web-rg",
                "rtreg group unmanage web-rg",
            ],
        ),
        (NodeStatus::Up, &["rtreg group manage web-rg", "rtreg group unmanage web-rg"]),
    ] {
        let kept = with(off("n2", false), |view| (view.status, view.initialised_by) = (status, by("2.0")));
        let mut unmanaged = state(vec![off("n1", false), kept]);
        unmanaged.group.managed = false;
        let decision = ask(&two, &three, &unmanaged);
        assert_eq!((decision.verdict, decision.possible), (Verdict::Blocked, Possible::AfterCommands), "{status}");
        assert_eq!(decision.commands, commands);
        assert_eq!(decision.in_the_way.len(), 1);
        assert_eq!(decision.in_the_way[0].node, "n2");
        assert_eq!(decision.in_the_way[0].how, format!("node {status}, keeps what Init of version 2.0 did"));
        assert_eq!(decision.because[0].nodes, ["n2"]);
        // The vendor's rule is content with an unmanaged group.
        assert!(decision.vendor_allows);
        // The trace of the target itself is no trace.
        unmanaged.nodes[1].initialised_by = by("3.0");
        assert_eq!(ask(&two, &three, &unmanaged).verdict, Verdict::Allowed);
    }
}

#[test]
fn unmanaging_ends_the_trace_of_init_on_nodes_that_are_up() {
    let gone = with(off("n2", true), |view| (view.status, view.initialised_by) = (NodeStatus::Down, by("2.0")));
    let managed = state(vec![online("n1", "2.0"), gone]);
    let decision = ask(&web("2.0", &[]), &web("3.0", &[("2.0", WhenUnmanaged)]), &managed);
    let way: Vec<(&str, &str)> = decision.in_the_way.iter().map(|way| (way.node.as_str(), way.how.as_str())).collect();
    assert_eq!(way, [("n1", "the group is online"), ("n2", "node down, keeps what Init of version 2.0 did")]);
    assert_eq!(
        decision.commands,
        ["rtreg node up n2", "rtreg resource disable web", "rtreg group offline web-rg", "rtreg group unmanage web-rg"]
    );
}

#[test]
fn a_downgrade_needs_the_group_unmanaged_unless_listed_by_number() {
    let present = web("2.0", &[("1.5", Anytime)]);
    let running = state(vec![online("n1", "2.0")]);
    let decision = ask(&present, &web("1.5", &[("", Anytime)]), &running);
    assert_eq!((decision.tunability, decision.because[0].kind), (WhenUnmanaged, ReasonKind::Downgrade));
    let place = decision.because[0].place.clone();
    assert_eq!(place.map(|place| place.file), Some("registry:TEST.web:2.0".to_owned()), "the line of the present file");
    let listed = ask(&present, &web("1.5", &[("2.0", Anytime)]), &running);
    assert_eq!((listed.tunability, listed.because[0].kind), (Anytime, ReasonKind::Listed));
    let older = ask(&web("2.0", &[]), &web("1.5", &[("", Anytime)]), &running);
    assert_eq!((older.because[0].kind, &older.because[0].place), (ReasonKind::Downgrade, &None));
    let never = ask(&present, &web("1.5", &[("", AtCreation)]), &running);
    assert_eq!((never.possible, never.because[0].kind), (Possible::Never, ReasonKind::Empty));
    // What was started by a version newer than the target is a downgrade for that origin, ended by being offline.
    let newer = state(vec![with(online("n1", "2.0"), |view| view.started_by = by("4.0"))]);
    let decision = ask(&web("2.0", &[]), &web("3.0", &[("2.0", Anytime), ("", Anytime)]), &newer);
    assert_eq!((decision.tunability, decision.because[0].kind), (WhenOffline, ReasonKind::Downgrade));
}

#[test]
fn two_lines_for_one_version_are_as_strict_as_the_stricter() {
    for lines in [[("2.0", Anytime), ("2.0", WhenDisabled)], [("2.0", WhenDisabled), ("2.0", Anytime)]] {
        let decision = ask(&web("2.0", &[]), &web("3.0", &lines), &state(vec![online("n1", "2.0")]));
        assert_eq!(decision.tunability, WhenDisabled);
    }
    for lines in [[("", Anytime), ("", WhenDisabled)], [("", WhenDisabled), ("", Anytime)]] {
        let decision = ask(&web("2.0", &[]), &web("3.0", &lines), &state(vec![online("n1", "2.0")]));
        assert_eq!(decision.tunability, WhenDisabled);
    }
}

#[test]
fn the_rule_of_the_vendor_is_told_apart() {
    let two = web("2.0", &[("1.0", Anytime)]);
    let three = web("3.0", &[("2.0", WhenOffline), ("1.0", WhenOffline)]);
    let refused = ask(&two, &three, &state(vec![online("n1", "2.0")]));
    assert_eq!((refused.verdict, refused.vendor_allows), (Verdict::Blocked, false));
    let unknown = ask(&two, &three, &state(vec![NodeView::unknown("n1")]));
    assert!(!unknown.vendor_allows);
    let never = ask(&two, &web("3.0", &[("2.0", AtCreation)]), &state(vec![off("n1", false)]));
    assert_eq!((never.verdict, never.possible, never.vendor_allows), (Verdict::Blocked, Possible::Never, false));
    assert!(never.needs.is_none() && never.commands.is_empty() && never.statements.is_empty());
    assert!(never.in_the_way.is_empty());
    let mut unmanaged = state(vec![off("n1", false)]);
    unmanaged.group.managed = false;
    for (lines, allows) in [([("2.0", AtCreation)], false), ([("2.0", WhenUnmanaged)], true)] {
        assert_eq!(ask(&two, &web("3.0", &lines), &unmanaged).vendor_allows, allows);
    }
}

const WORDS: [&str; 5] = ["", "1.0", "2.0", "3.0", "4.0"];

fn any_tunability() -> impl Strategy<Value = Tunability> {
    prop::sample::select(Tunability::ALL.to_vec())
}

fn any_lines() -> impl Strategy<Value = Vec<(&'static str, Tunability)>> {
    prop::collection::vec((prop::sample::select(WORDS.to_vec()), any_tunability()), 0..5)
}

fn any_origin() -> impl Strategy<Value = Origin> {
    prop_oneof![Just(Origin::None), Just(Origin::Unknown), prop::sample::select(WORDS.to_vec()).prop_map(by),]
}

fn any_view(node: &'static str) -> impl Strategy<Value = NodeView> {
    let words = (
        prop::sample::select(NodeStatus::ALL.to_vec()),
        prop::sample::select(ResourceState::ALL.to_vec()),
        prop::sample::select(MonitorState::ALL.to_vec()),
    );
    let some = prop::collection::btree_set(prop::sample::select(WORDS.to_vec()).prop_map(common::version), 1..3);
    let also = prop_oneof![4 => Just(BTreeSet::new()), 1 => some];
    let origins = (any_origin(), any_origin(), any_origin(), also);
    (words, any::<bool>(), any::<bool>(), origins).prop_map(move |(words, enabled, monitored, origins)| NodeView {
        node: node.to_owned(),
        status: words.0,
        state: words.1,
        monitor: words.2,
        enabled,
        monitored,
        started_by: origins.0,
        monitor_started_by: origins.1,
        // What nothing has initialised no other version has initialised beside.
        also_initialised_by: if origins.2 == Origin::None { BTreeSet::new() } else { origins.3 },
        initialised_by: origins.2,
    })
}

/// A case: the versions, the lines of the present and of the target, the reading of `""`, the state.
#[derive(Debug, Clone)]
struct Case {
    present: &'static str,
    present_lines: Vec<(&'static str, Tunability)>,
    has_monitor: bool,
    lines: Vec<(&'static str, Tunability)>,
    reading: EmptyUpgradeFrom,
    state: State,
}

prop_compose! {
    fn any_case()(
        present in prop::sample::select(vec!["", "1.0", "2.0", "4.0"]),
        present_lines in any_lines(),
        has_monitor in any::<bool>(),
        lines in any_lines(),
        reading in prop::sample::select(EmptyUpgradeFrom::ALL.to_vec()),
        views in (any_view("n1"), any_view("n2"), any_view("n3")),
        managed in any::<bool>(),
    ) -> Case {
        let mut state = state(vec![views.0, views.1, views.2]);
        state.group.node_list.pop();
        state.group.managed = managed;
        Case { present, present_lines, has_monitor, lines, reading, state }
    }
}

impl Case {
    fn decide(&self) -> Decision {
        let make = if self.has_monitor { web } else { web_without_monitor };
        let (present, target) = (make(self.present, &self.present_lines), web("3.0", &self.lines));
        let (present, target) = (registered(&present), registered(&target));
        let request = Request {
            resource: "web",
            target: &target,
            present: &present,
            properties: &[],
            dependency_faults: &[],
            restored: None,
        };
        decide(&request, &self.state, &Settings { empty_upgrade_from: self.reading })
    }

    /// Whether T's file settles unknown origins although the record names another version: then the record contradicts
    /// the file, and forgetting it may well make the answer milder.
    fn may_be_settled(&self) -> bool {
        self.present_lines.iter().all(|(_, tunability)| *tunability > Anytime)
    }
}

/// Makes one thing unknown.
fn forget(state: &State, node: usize, what: usize) -> State {
    let mut state = state.clone();
    let view = &mut state.nodes[node];
    match what {
        0 => view.status = NodeStatus::Unknown,
        1 => view.state = ResourceState::Unknown,
        2 => view.monitor = MonitorState::Unknown,
        3 => view.started_by = Origin::Unknown,
        4 => view.monitor_started_by = Origin::Unknown,
        5 => view.initialised_by = Origin::Unknown,
        _ => {
            state.nodes.remove(node);
        }
    }
    state
}

fn seeded() -> proptest::test_runner::TestRunner {
    let config = ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() };
    let seed = proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &[7; 32]);
    proptest::test_runner::TestRunner::new_with_rng(config, seed)
}

#[test]
fn what_is_unknown_never_helps() {
    let allowed = std::cell::Cell::new(0);
    let strategy = (any_case(), 0..3_usize, 0..7_usize);
    let result = seeded().run(&strategy, |(case, node, what)| {
        if (3..6).contains(&what) && case.may_be_settled() {
            return Ok(());
        }
        if what == 6 && node == 2 {
            return Ok(());
        }
        let less = Case { state: forget(&case.state, node, what), ..case.clone() };
        let (before, after) = (case.decide(), less.decide());
        if after.verdict == Verdict::Allowed {
            allowed.set(allowed.get() + 1);
            prop_assert_eq!(before.verdict, Verdict::Allowed);
        }
        Ok(())
    });
    result.unwrap();
    assert!(allowed.get() > 50, "only {} of the cases were allowed: the test says nothing", allowed.get());
}

#[test]
fn a_stricter_line_never_helps() {
    let strategy = (any_case(), any::<prop::sample::Index>(), any_tunability());
    let compared = std::cell::Cell::new(0);
    let result = seeded().run(&strategy, |(case, line, tunability)| {
        if case.lines.is_empty() {
            return Ok(());
        }
        let mut stricter = case.clone();
        let line = line.index(stricter.lines.len());
        stricter.lines[line].1 = stricter.lines[line].1.max(tunability);
        let (before, after) = (case.decide(), stricter.decide());
        prop_assert!(after.tunability >= before.tunability);
        prop_assert!(after.verdict != Verdict::Allowed || before.verdict == Verdict::Allowed);
        compared.set(compared.get() + 1);
        Ok(())
    });
    result.unwrap();
    assert!(compared.get() > 1000);
}

#[test]
fn every_answer_is_consistent() {
    let (helped, allowed) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let result = seeded().run(&any_case(), |case| {
        let decision = case.decide();
        prop_assert!(!decision.because.is_empty());
        prop_assert!(decision.tunability >= decision.vendor_tunability);
        match decision.verdict {
            Verdict::Allowed => {
                allowed.set(allowed.get() + 1);
                prop_assert!(decision.vendor_allows, "allowed, but not by the vendor's rule");
                prop_assert_eq!(decision.possible, Possible::Now);
                prop_assert!(decision.commands.is_empty() && decision.in_the_way.is_empty());
            }
            Verdict::Undecided => {
                prop_assert_eq!(decision.possible, Possible::Unknown);
                prop_assert_eq!(decision.because[0].kind, ReasonKind::UnknownState);
                prop_assert!(!decision.commands.is_empty());
            }
            Verdict::Blocked => {
                prop_assert_ne!(decision.possible, Possible::Now);
                let never = decision.tunability == AtCreation;
                prop_assert_eq!(never, decision.possible == Possible::Never);
                prop_assert!(!never || decision.commands.is_empty() && decision.statements.is_empty());
                let helps = !decision.commands.is_empty() || decision.possible == Possible::Unknown;
                prop_assert!(never || helps, "{:?}", decision);
                let keeps = |view: &NodeView| view.node == "n3" && view.initialised_by != Origin::None;
                let left_behind = case.state.nodes.iter().any(keeps) && decision.tunability == WhenUnmanaged;
                prop_assert!(decision.possible != Possible::Unknown || left_behind);
                prop_assert!(decision.possible != Possible::Unknown || !decision.statements.is_empty());
                helped.set(helped.get() + usize::from(!never));
            }
        }
        Ok(())
    });
    result.unwrap();
    assert!(helped.get() > 300 && allowed.get() > 50, "{} {}", helped.get(), allowed.get());
}

/// Where Init and Fini run on the Installed_nodes, a node beside the node list is one of them or it is not.
#[test]
fn fini_runs_on_the_installed_nodes_where_the_type_says_so() {
    let mut two = web("2.0", &[]);
    two.init_nodes = rtreg_model::Declared::default_value(rtreg_model::InitNodes::RtInstalledNodes);
    let three = web("3.0", &[("2.0", WhenUnmanaged)]);
    let mut beside = state(vec![off("n1", false), with(off("n3", false), |view| view.initialised_by = by("2.0"))]);
    beside.group.node_list.pop();
    let decide_with = |installed: Option<&[&str]>| {
        let (mut present, target) = (registered(&two), registered(&three));
        present.installed_nodes = installed.map(|nodes| nodes.iter().map(|node| (*node).to_owned()).collect());
        let request = Request {
            resource: "web",
            target: &target,
            present: &present,
            properties: &[],
            dependency_faults: &[],
            restored: None,
        };
        decide(&request, &beside, &Settings::default())
    };
    for installed in [None, Some(&["n1", "n3"][..])] {
        let decision = decide_with(installed);
        assert_eq!(decision.possible, Possible::AfterCommands);
        assert_eq!(decision.commands, ["rtreg group unmanage web-rg"]);
    }
    let decision = decide_with(Some(&["n1"]));
    assert_eq!(decision.possible, Possible::Unknown);
    assert_eq!(decision.statements, ["rtreg resource state web --node n3 offline --initialised-by none"]);
}
