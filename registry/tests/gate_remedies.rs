//! What a refusal of the gate advises: which commands, in which order, on which nodes; what they disturb beside the
//! resource; what brings back afterwards what they took down.

#[path = "gate_common/mod.rs"]
mod common;

use common::{Lines, ask, by, off, online, registered, state, web, with};
use rtreg_model::{Declared, MonitorState, NodeStatus, Origin, ResourceState, Tunability};
use rtreg_registry::gate::{
    AliveThrough, Decision, Member, NodeView, Possible, Request, Settings, State, Verdict, decide, reach,
};

use Tunability::{Anytime, AtCreation, WhenDisabled, WhenOffline, WhenUnmanaged, WhenUnmonitored};

/// From 2.0, whose file leaves open what may run, to a 3.0 with these lines.
fn to_three(lines: Lines<'_>, state: &State) -> Decision {
    ask(&web("2.0", &[("1.0", Anytime)]), &web("3.0", lines), state)
}

fn stop_failed(node: &str, enabled: bool) -> NodeView {
    with(online(node, "2.0"), |view| (view.state, view.enabled) = (ResourceState::StopFailed, enabled))
}

/// A resource of a group on the nodes of that.
fn resource(name: &str, group: &str, nodes: Vec<NodeView>) -> Member {
    Member { name: name.to_owned(), group: group.to_owned(), nodes }
}

/// Another resource of the group, on n1.
fn member(name: &str, enabled: bool, online: bool) -> Member {
    let view = if online { common::online("n1", "2.0") } else { NodeView::offline("n1") };
    Member { name: name.to_owned(), group: "web-rg".to_owned(), nodes: vec![with(view, |view| view.enabled = enabled)] }
}

#[test]
fn the_least_disturbing_commands_are_named() {
    let two = web("2.0", &[("1.0", Anytime)]);
    let commands = |lines: Lines<'_>, state: &State| ask(&two, &web("3.0", lines), state).commands;
    let running = || {
        let mut running = state(vec![online("n1", "2.0"), off("n2", true)]);
        running.dependents = vec!["shop".to_owned()];
        running.group.members = ["db", "web", "shop"].map(|name| member(name, true, true)).into();
        running
    };
    assert_eq!(commands(&[("2.0", WhenUnmonitored)], &running()), ["rtreg resource unmonitor web"]);
    let both = ["rtreg resource disable shop", "rtreg resource disable web"];
    assert_eq!(commands(&[("2.0", WhenOffline)], &running()), both);
    assert_eq!(commands(&[("2.0", WhenDisabled)], &running()), both);
    let mut alone = running();
    alone.dependents.clear();
    assert_eq!(commands(&[("2.0", WhenOffline)], &alone), ["rtreg resource disable web"]);
    assert_eq!(
        commands(&[("2.0", WhenUnmanaged)], &running()),
        [
            "rtreg resource disable shop",
            "rtreg resource disable web",
            "rtreg resource disable db",
            "rtreg group offline web-rg",
            "rtreg group unmanage web-rg"
        ]
    );
    // An old process under a version that only needs its monitor stopped: both, and the service comes back.
    let mut old = running();
    old.nodes[0].started_by = by("1.0");
    assert_eq!(
        commands(&[("2.0", WhenUnmonitored), ("1.0", WhenOffline)], &old),
        [
            "rtreg resource unmonitor web",
            "rtreg resource disable shop",
            "rtreg resource restart web",
            "rtreg resource enable shop"
        ]
    );
    let mut failed = running();
    failed.nodes[0].state = ResourceState::StopFailed;
    assert_eq!(
        commands(&[("2.0", WhenOffline)], &failed),
        ["rtreg resource clear web --node n1", "rtreg resource disable shop", "rtreg resource disable web"]
    );
    let mut unknown = running();
    unknown.nodes[1] = with(NodeView::unknown("n2"), |view| view.initialised_by = by("2.0"));
    assert_eq!(
        commands(&[("2.0", WhenOffline)], &unknown),
        ["rtreg node up n2", "rtreg resource disable shop", "rtreg resource disable web"]
    );
    // Where a Start failed, a restart is no cure that is known to work.
    let mut half = running();
    half.nodes[0].started_by = by("1.0");
    half.nodes[1] = with(online("n2", "2.0"), |view| view.state = ResourceState::StartFailed);
    let refused = commands(&[("2.0", Anytime), ("1.0", WhenOffline)], &half);
    assert!(!refused.iter().any(|command| command.contains("restart")), "{refused:?}");
    let statements = ask(&two, &web("3.0", &[("2.0", WhenOffline)]), &unknown).statements;
    assert_eq!(statements[0], "rtreg node down n2");
    let mut idle = state(vec![off("n1", false)]);
    idle.group.members = vec![member("db", false, false)];
    assert_eq!(commands(&[("2.0", WhenUnmanaged)], &idle), ["rtreg group unmanage web-rg"]);
    assert!(ask(&two, &web("3.0", &[("2.0", WhenUnmanaged)]), &idle).affects.is_empty());
}

#[test]
fn what_else_is_disturbed_is_named() {
    let two = web("2.0", &[]);
    let mut running = state(vec![online("n1", "2.0")]);
    running.dependents = vec!["shop".to_owned(), "far".to_owned()];
    running.group.members = vec![
        member("web", true, true),
        member("db", true, false),
        member("log", false, true),
        member("old", false, false),
    ];
    let affects = |tunability| ask(&two, &web("3.0", &[("2.0", tunability)]), &running).affects;
    assert!(affects(Anytime).is_empty());
    assert!(affects(WhenUnmonitored).is_empty());
    assert_eq!(affects(WhenOffline), ["far", "shop"]);
    assert_eq!(affects(WhenDisabled), ["far", "shop"]);
    assert_eq!(affects(WhenUnmanaged), ["db", "far", "log", "shop"]);
    assert!(affects(AtCreation).is_empty());
    let process = ask(
        &web("2.0", &[("1.0", Anytime)]),
        &web("3.0", &[("2.0", Anytime), ("1.0", WhenOffline)]),
        &State { nodes: vec![with(online("n1", "2.0"), |view| view.started_by = by("1.0"))], ..running.clone() },
    );
    assert_eq!(
        (process.commands, process.affects),
        (vec!["rtreg resource restart web".to_owned()], vec!["far".to_owned(), "shop".to_owned()])
    );
}

#[test]
fn a_restart_is_one_where_the_resource_runs_and_nothing_is_left_to_bring_back() {
    let lines: Lines<'_> = &[("2.0", Anytime), ("1.0", WhenOffline)];
    let old = with(online("n1", "2.0"), |view| view.started_by = by("1.0"));
    let mut running = state(vec![old, off("n2", false)]);
    running.dependents = vec!["shop".to_owned()];
    running.group.members = ["web", "shop"].map(|name| member(name, true, true)).into();
    let decision = to_three(lines, &running);
    assert_eq!(
        decision.commands,
        ["rtreg resource disable shop", "rtreg resource restart web --node n1", "rtreg resource enable shop"]
    );
    assert!(decision.afterwards.is_empty(), "{:?}", decision.afterwards);
    // What is taken down beside the restart comes back after the upgrade, and nothing else.
    let decision = to_three(&[("2.0", WhenUnmonitored), ("1.0", WhenOffline)], &running);
    assert_eq!(decision.commands[0], "rtreg resource unmonitor web");
    assert_eq!(decision.afterwards, ["rtreg resource monitor web"]);
}

#[test]
fn switches_come_back_on_the_nodes_where_they_were_on() {
    let disabled = |n1: bool, n2: bool| {
        let running = state(vec![with(online("n1", "2.0"), |view| view.enabled = n1), off("n2", n2)]);
        let decision = to_three(&[("2.0", WhenOffline)], &running);
        assert_eq!(decision.commands, ["rtreg resource disable web"]);
        decision.afterwards
    };
    assert_eq!(disabled(true, true), ["rtreg resource enable web"]);
    assert_eq!(disabled(true, false), ["rtreg resource enable web --node n1"]);
    assert_eq!(disabled(false, true), ["rtreg resource enable web --node n2"]);
    // It runs although its switch is off everywhere.
    assert!(disabled(false, false).is_empty());
    let unmonitored = |n1: bool, n2: bool| {
        let n1 = with(online("n1", "2.0"), |view| view.monitored = n1);
        let running = state(vec![n1, with(off("n2", true), |view| view.monitored = n2)]);
        let decision = to_three(&[("2.0", WhenUnmonitored)], &running);
        assert_eq!(decision.commands, ["rtreg resource unmonitor web"]);
        decision.afterwards
    };
    assert_eq!(unmonitored(true, true), ["rtreg resource monitor web"]);
    assert_eq!(unmonitored(true, false), ["rtreg resource monitor web --node n1"]);
    assert!(unmonitored(false, false).is_empty());
}

#[test]
fn a_failed_stop_of_what_is_disabled_is_cleared_and_no_more() {
    let decision =
        to_three(&[("2.0", WhenOffline)], &state(vec![stop_failed("n1", false), off("n2", false), off("n3", false)]));
    assert_eq!(decision.commands, ["rtreg resource clear web --node n1"]);
    assert!(decision.afterwards.is_empty());
    // Each where it failed.
    let decision = to_three(&[("2.0", WhenOffline)], &state(vec![stop_failed("n1", false), stop_failed("n2", false)]));
    assert_eq!(decision.commands, ["rtreg resource clear web --node n1", "rtreg resource clear web --node n2"]);
}

/// That a node which was unknown is up tells nothing of what runs there.
#[test]
fn on_a_node_that_was_unknown_the_resource_is_disabled() {
    let unknown = with(NodeView::unknown("n2"), |view| view.initialised_by = by("2.0"));
    let decision = to_three(&[("2.0", WhenOffline)], &state(vec![off("n1", true), unknown]));
    assert_eq!(decision.verdict, Verdict::Undecided);
    assert_eq!(decision.commands, ["rtreg node up n2", "rtreg resource disable web"]);
    assert_eq!(decision.afterwards, ["rtreg resource enable web"]);
}

#[test]
fn only_dependents_that_are_enabled_are_disabled() {
    let mut running = state(vec![online("n1", "2.0")]);
    running.dependents = vec!["shop".to_owned(), "far".to_owned()];
    running.group.members = vec![member("db", false, false), member("shop", true, true), member("far", false, true)];
    let decision = to_three(&[("2.0", WhenOffline)], &running);
    assert_eq!(decision.commands, ["rtreg resource disable shop", "rtreg resource disable web"]);
    assert_eq!(decision.afterwards, ["rtreg resource enable web", "rtreg resource enable shop"]);
    assert_eq!(decision.affects, ["far", "shop"]);
}

/// The order is the same whether the state lists the resource among the members or not.
#[test]
fn the_resource_is_disabled_behind_what_depends_on_it() {
    for members in [&["db", "shop", "far"][..], &["db", "web", "shop", "far"]] {
        let mut running = state(vec![online("n1", "2.0")]);
        running.dependents = vec!["shop".to_owned(), "far".to_owned()];
        running.group.members = members.iter().map(|name| member(name, true, true)).collect();
        let decision = to_three(&[("2.0", WhenUnmanaged)], &running);
        assert_eq!(
            decision.commands,
            [
                "rtreg resource disable far",
                "rtreg resource disable shop",
                "rtreg resource disable web",
                "rtreg resource disable db",
                "rtreg group offline web-rg",
                "rtreg group unmanage web-rg",
            ]
        );
        assert_eq!(
            decision.afterwards,
            [
                "rtreg group manage web-rg",
                "rtreg group online web-rg --node n1",
                "rtreg resource enable db",
                "rtreg resource enable web",
                "rtreg resource enable shop",
                "rtreg resource enable far",
            ]
        );
    }
}

/// A group is unmanaged when all that is in it is offline and disabled; of another group only what is enabled and depends
/// on it gives way.
#[test]
fn resources_of_other_groups_give_way_only_if_they_are_enabled() {
    let mut running = state(vec![online("n1", "2.0")]);
    running.group.members = vec![
        resource("db", "web-rg", vec![with(online("n1", "2.0"), |view| view.enabled = false)]),
        resource("far", "far-rg", vec![with(online("n1", "2.0"), |view| view.enabled = false)]),
        resource("near", "far-rg", vec![NodeView::offline("n1")]),
        resource("idle", "far-rg", vec![off("n1", false)]),
    ];
    let decision = to_three(&[("2.0", WhenUnmanaged)], &running);
    assert_eq!(
        decision.commands,
        [
            "rtreg resource disable web",
            "rtreg resource disable near",
            "rtreg resource disable db",
            "rtreg group offline web-rg",
            "rtreg group unmanage web-rg",
        ]
    );
    // What depends on a resource of the group and runs is disturbed although it is left alone.
    assert_eq!(decision.affects, ["db", "far", "near"]);
    assert_eq!(
        decision.afterwards,
        [
            "rtreg group manage web-rg",
            "rtreg group online web-rg --node n1",
            "rtreg resource enable near",
            "rtreg resource enable web"
        ]
    );
}

#[test]
fn what_is_cleared_is_disturbed() {
    let mut idle = state(vec![off("n1", false)]);
    idle.group.members = vec![resource("db", "web-rg", vec![stop_failed("n1", false)]), member("log", false, false)];
    let decision = to_three(&[("2.0", WhenUnmanaged)], &idle);
    assert_eq!(decision.commands, ["rtreg resource clear db --node n1", "rtreg group unmanage web-rg"]);
    assert_eq!(decision.affects, ["db"]);
    assert_eq!(decision.afterwards, ["rtreg group manage web-rg"]);
}

#[test]
fn a_failed_stop_is_in_the_way_of_unmanaging_on_its_node_and_in_its_group() {
    let mut failed = state(vec![stop_failed("n1", true), off("n2", true)]);
    failed.group.members = vec![
        resource("db", "web-rg", vec![off("n1", false), stop_failed("n2", false)]),
        resource("web", "web-rg", vec![stop_failed("n1", true), off("n2", true)]),
        resource("far", "far-rg", vec![stop_failed("n1", false), stop_failed("n2", false)]),
    ];
    let decision = to_three(&[("2.0", WhenUnmanaged)], &failed);
    let way: Vec<(&str, &str)> = decision.in_the_way.iter().map(|way| (way.node.as_str(), way.how.as_str())).collect();
    assert_eq!(way, [("n1", "web is stop_failed"), ("n2", "db is stop_failed")]);
    assert_eq!(
        decision.commands,
        [
            "rtreg resource clear web --node n1",
            "rtreg resource clear db --node n2",
            "rtreg resource disable web",
            "rtreg group unmanage web-rg",
        ]
    );
    // On a node that is down nothing has failed.
    failed.nodes[0].status = NodeStatus::Down;
    failed.nodes[0].initialised_by = Origin::None;
    let way = to_three(&[("2.0", WhenUnmanaged)], &failed).in_the_way;
    assert_eq!(way.iter().map(|way| way.how.as_str()).collect::<Vec<_>>(), ["db is stop_failed"]);
}

#[test]
fn what_type_version_asks_for_is_shown_with_the_nodes_where_it_is_not_given() {
    let running = state(vec![off("n1", true), online("n2", "2.0"), online("n3", "2.0")]);
    let decision = to_three(&[("2.0", WhenOffline)], &running);
    let asked = decision.because.iter().find(|reason| reason.origin == Some(AliveThrough::TypeVersion));
    assert_eq!(asked.map(|reason| reason.nodes.as_slice()), Some(&["n2".to_owned(), "n3".to_owned()][..]));
}

#[test]
fn what_only_a_statement_ends_leaves_the_rest_to_be_done() {
    let left = with(off("n3", false), |view| view.initialised_by = by("2.0"));
    let mut running = state(vec![online("n1", "2.0"), left]);
    running.group.node_list.pop();
    let decision = to_three(&[("2.0", WhenUnmanaged)], &running);
    assert_eq!((decision.verdict, decision.possible), (Verdict::Blocked, Possible::Unknown));
    assert_eq!(
        decision.commands,
        ["rtreg resource disable web", "rtreg group offline web-rg", "rtreg group unmanage web-rg"]
    );
    assert_eq!(decision.statements, ["rtreg resource state web --node n3 offline --initialised-by none"]);
}

/// To a 3.0 that is a failover type, and with `others` a type that takes a single resource.
fn to_failover(lines: Lines<'_>, others: &[&str], state: &State) -> Decision {
    let (two, mut three) = (web("2.0", &[("1.0", Anytime)]), web("3.0", lines));
    three.failover = Declared::default_value(true);
    three.single_instance = Declared::default_value(true);
    let (present, mut target) = (registered(&two), registered(&three));
    target.other_resources = others.iter().map(|name| (*name).to_owned()).collect();
    let request = Request {
        resource: "web",
        target: &target,
        present: &present,
        properties: &[],
        dependency_faults: &[],
        restored: None,
    };
    decide(&request, state, &Settings::default())
}

#[test]
fn a_failover_type_leaves_all_nodes_but_one_and_what_ends_there_needs_no_more() {
    let old = with(online("n2", "2.0"), |view| view.started_by = by("1.0"));
    let mut running = state(vec![online("n1", "2.0"), old]);
    running.dependents = vec!["shop".to_owned()];
    let cure = ["rtreg group offline web-rg --node n2", "rtreg group set web-rg -p Maximum_primaries=1"];
    let decision = to_failover(&[("2.0", Anytime), ("1.0", WhenOffline)], &[], &running);
    assert_eq!((decision.possible, &decision.commands[..]), (Possible::AfterCommands, &cure.map(str::to_owned)[..]));
    assert!(decision.afterwards.is_empty());
    // The resource stops on n2, which what depends on it may feel.
    assert_eq!(decision.affects, ["shop"]);
    // On the node that stays it still runs.
    let decision = to_failover(&[("2.0", WhenOffline)], &[], &running);
    assert_eq!(decision.commands, [cure[0], cure[1], "rtreg resource disable web"]);
    assert_eq!(decision.afterwards, ["rtreg resource enable web"]);
}

/// What a broken rule is cured by does not come back: the group would be online on more nodes than it may be.
#[test]
fn after_a_cure_the_group_is_unmanaged_as_it_is_then() {
    let mut running = state(vec![online("n1", "2.0"), online("n2", "2.0")]);
    running.group.members = vec![
        resource("db", "web-rg", vec![off("n1", false), with(online("n2", "2.0"), |view| view.enabled = false)]),
        resource("far", "far-rg", vec![off("n1", true), stop_failed("n2", true)]),
        resource("log", "web-rg", vec![off("n1", false), stop_failed("n2", false)]),
    ];
    let decision = to_failover(&[("2.0", WhenUnmanaged)], &[], &running);
    assert_eq!(
        decision.commands,
        [
            "rtreg resource clear log --node n2",
            "rtreg group offline web-rg --node n2",
            "rtreg group set web-rg -p Maximum_primaries=1",
            // Of another group nothing need be cleared to take this one offline, but before it is disabled.
            "rtreg resource clear far --node n2",
            "rtreg resource disable web",
            "rtreg resource disable far",
            "rtreg group offline web-rg",
            "rtreg group unmanage web-rg",
        ]
    );
    assert_eq!(
        decision.afterwards,
        [
            "rtreg group manage web-rg",
            "rtreg group online web-rg --node n1",
            "rtreg resource enable far",
            "rtreg resource enable web",
        ]
    );
    assert_eq!(decision.affects, ["db", "far", "log"]);
}

#[test]
fn another_resource_of_a_single_instance_type_is_made_ready_to_be_deleted_and_is_gone_then() {
    let mut running = state(vec![online("n1", "2.0"), off("n2", true)]);
    running.group.members = vec![
        resource("db", "web-rg", vec![online("n1", "2.0"), off("n2", true)]),
        resource("old", "web-rg", vec![online("n1", "2.0"), stop_failed("n2", true)]),
    ];
    running.group.maximum_primaries = 1;
    let cure = ["rtreg resource clear old --node n2", "rtreg resource disable old", "rtreg resource delete old"];
    let decision = to_failover(&[("2.0", WhenUnmanaged)], &["old"], &running);
    let row = ["rtreg resource disable web", "rtreg resource disable db", "rtreg group offline web-rg"];
    assert_eq!(decision.commands, [&cure[..], &row, &["rtreg group unmanage web-rg"]].concat());
    assert!(!decision.afterwards.iter().any(|line| line.contains("old")), "{:?}", decision.afterwards);
    assert_eq!(decision.affects, ["db", "old"]);
    // Nothing can be disabled on a node that is unknown.
    running.nodes[1] = with(NodeView::unknown("n2"), |view| view.initialised_by = by("2.0"));
    running.group.members[1].nodes[1] = NodeView::unknown("n2");
    let decision = to_failover(&[("2.0", Anytime)], &["old"], &running);
    assert_eq!(decision.commands[..3], ["rtreg node up n2", "rtreg resource disable old", "rtreg resource delete old"]);
}

/// A failed stop that stands in the way of two rules is cleared once: the second time there is nothing to clear.
#[test]
fn what_cures_two_rules_is_done_once() {
    let mut running = state(vec![online("n1", "2.0"), online("n2", "2.0")]);
    running.group.members = vec![resource("old", "web-rg", vec![online("n1", "2.0"), stop_failed("n2", true)])];
    let decision = to_failover(&[("2.0", Anytime)], &["old"], &running);
    assert_eq!(
        decision.commands,
        [
            "rtreg resource clear old --node n2",
            "rtreg group offline web-rg --node n2",
            "rtreg group set web-rg -p Maximum_primaries=1",
            "rtreg resource disable old",
            "rtreg resource delete old",
        ]
    );
}

#[test]
fn the_state_that_is_reached_is_that_of_all_resources() {
    let mut running = state(vec![online("n1", "2.0"), off("n2", true)]);
    running.dependents = vec!["shop".to_owned()];
    running.group.members = vec![
        member("db", true, true),
        resource("far", "far-rg", vec![online("n1", "2.0")]),
        resource("shop", "web-rg", vec![online("n1", "2.0"), stop_failed("n2", true)]),
    ];
    let (two, three) = (web("2.0", &[]), web("3.0", &[("2.0", WhenOffline)]));
    let (present, target) = (registered(&two), registered(&three));
    let request = Request {
        resource: "web",
        target: &target,
        present: &present,
        properties: &[],
        dependency_faults: &[],
        restored: None,
    };
    let reached = |tunability| reach(&request, &running, &Settings::default(), tunability);
    let offline = reached(WhenOffline);
    assert!(offline.is_enough);
    let members = &offline.state.group.members;
    assert_eq!(members[..2], running.group.members[..2], "of these nothing was said");
    for view in offline.state.nodes.iter().chain(&members[2].nodes) {
        assert_eq!((view.state, view.enabled, view.monitor), (ResourceState::Offline, false, MonitorState::Stopped));
        assert_eq!((&view.started_by, &view.monitor_started_by), (&Origin::None, &Origin::None));
    }
    assert_eq!(offline.state.group.online_on, ["n1"]);
    let unmanaged = reached(WhenUnmanaged);
    assert!(unmanaged.is_enough && !unmanaged.state.group.managed);
    assert!(unmanaged.state.group.online_on.is_empty());
    let may_run: Vec<bool> = unmanaged.state.group.members.iter().map(Member::may_run).collect();
    assert_eq!(may_run, [false, false, false]);
}
