//! State commands of groups that rtreg drives: the methods that run, by hand from the table of callbacks; and for each the recorded
//! command as the oracle: it refuses the same in the same words, and where nothing fails the state behind is the same.

#[allow(dead_code, reason = "a part of the fixture is enough")]
#[path = "../../../registry/tests/cluster/fixture.rs"]
mod fixture;
mod setting;
mod tables;

use rtreg_model::{Driver, Method, MonitorState, Origin, ResourceState, RtVersion};
use rtreg_registry::Store;
use rtreg_registry::commands::driven;
use rtreg_registry::commands::group::NodesRequest;
use rtreg_upgrade::execute::{BundleEnd, BundleNote, End, FailureKind, Injection, Simulator, abort, execute};
use rtreg_upgrade::plan::{DigestCheck, IfFailed, NoticeKind, Operation, Plan, Repeat, Step};
use rtreg_upgrade::states::{FollowUp, StateCommand, follow_up};

use fixture::{Cluster, words};
use setting::{carried_out, check_oracle, cluster, command, driven, failing, no_gate, plan, planned, ran, steps, word};
use tables::{COMMANDS, FAILURES, MANAGED, MON, ONLINE, RUNS, SETUPS};

/// States and commands, each with each: nothing is written by hand here, the recorded command is the oracle.
#[test]
fn the_recorded_command_is_the_oracle() {
    let (mut refused, mut same) = (0, 0);
    for setup in SETUPS {
        let recorded = cluster(setup);
        for line in COMMANDS {
            match check_oracle(&recorded, line) {
                true => refused += 1,
                false => same += 1,
            }
        }
    }
    assert!(refused > 250 && same > 450, "{refused} refused, {same} the same");
}

/// What runs where nothing fails, by hand from the table of callbacks.
#[test]
fn what_runs() {
    for (before, line, expected) in RUNS {
        assert_eq!(steps(before, line).join(", "), *expected, "{before}; {line}");
    }
}

fn step_of<'p>(plan: &'p Plan, at: &str) -> &'p Step {
    plan.bundles().flat_map(|of| &of.steps).find(|step| word(&step.operation) == at).expect(at)
}

/// rt_callbacks(1HA): all properties on creation, those that change on an update.
#[test]
fn arguments_of_validate() {
    let driven = driven(&cluster(ONLINE));
    let arguments = |line: &str, at: &str| {
        let plan = planned(&driven, line);
        step_of(&plan, at).operation.method().expect("a method").arguments.join(" ")
    };
    let created = arguments("resource create new --group g --type full:1.0 -p Port=90", "Validate-c new@n1");
    assert!(created.starts_with("-c -R new -T TEST.full:1.0 -G g "), "{created}");
    assert!(created.contains(" -x Port=90 "), "{created}");
    assert!(created.contains(" -r Failover_mode=NONE "), "{created}");
    assert!(created.ends_with(" -g Nodelist=n1,n2 -g Maximum_primaries=1"), "{created}");
    let set = arguments("resource set db -p Port=81 -p R_description=x", "Validate-u db@n2");
    assert_eq!(set, "-u -R db -T TEST.full:1.0 -G g -x Port=81 -r R_description=x");
    driven
        .change(|tx| {
            driven::carry_out(
                tx,
                &driven::Command::SetResource(match command("resource set db -p Port=81") {
                    StateCommand::Set(request) => request,
                    other => panic!("{other:?}"),
                }),
            )
        })
        .expect("it is the registry's part");
    let back = arguments("resource set db --default Port", "Validate-u db@n1");
    assert_eq!(back, "-u -R db -T TEST.full:1.0 -G g -x Port=80");
}

/// What fails, what still runs, and what is recorded of the resource on the node.
#[test]
fn failures() {
    for (before, line, at, expected, states) in FAILURES {
        let (ran, end, state) = failing(before, line, at);
        assert_eq!(ran.join(", "), *expected, "{line}, {at}");
        match &end {
            BundleEnd::Failed { step: Some(_), failure: Some(failure), .. } => {
                assert_eq!(failure.kind, FailureKind::ExitCode, "{line}");
            }
            other => panic!("{line}, {at}: {other:?}"),
        }
        for (resource, node, expected) in *states {
            assert_eq!(state.resources[*resource].nodes[*node].state, *expected, "{line}, {at}: {resource} on {node}");
        }
        if line.starts_with("group drive") {
            assert_eq!(state.groups["g"].driver, Driver::Recorded);
        }
    }
}

/// Init, Fini, Boot, Update and Monitor_start: recorded, and all goes on.
#[test]
fn failures_that_are_only_recorded() {
    for (before, line, at) in [
        ("", "group manage g", "Init db@n1"),
        ("group manage g; resource disable db; resource disable web", "group unmanage g", "Fini db@n1"),
        ("group manage h; node down n2", "node up n2", "Boot net@n2"),
        (ONLINE, "resource set db -p Port=81", "Update db@n1"),
        (ONLINE, "resource create new --group g --type full:1.0", "Init new@n2"),
        (MANAGED, "group online g", "Monitor_start db@n1"),
        (MON, "resource monitor db", "Monitor_start db@n1"),
        (MANAGED, "group set g --node n1,n3", "Fini db@n2"),
        (MANAGED, "group set g --node n1,n3", "Init db@n3"),
    ] {
        let all = ran(&carried_out(&planned(&driven(&cluster(before)), line)).1);
        let (ran, end, _) = failing(before, line, at);
        assert_eq!((ran, end), (all, BundleEnd::Done), "{line}, {at}");
    }
    let (_, _, state) = failing(MANAGED, "group online g", "Monitor_start db@n1");
    assert_eq!(state.resources["db"].nodes["n1"].monitor, MonitorState::StartFailed);
    let (_, _, state) = failing(MANAGED, "group set g --node n1,n3", "Fini db@n2");
    let left = &state.resources["db"].nodes["n2"];
    assert_eq!(left.initialised_by, Origin::Version(RtVersion::new("1.0")), "what saw no Fini is still there");
}

/// Validate and Monitor_check refuse: nothing has changed.
#[test]
fn refusals_by_methods() {
    for (line, at, count) in [
        ("resource set db -p Port=81", "Validate-u db@n2", 2),
        ("resource create new --group g --type full:1.0", "Validate-c new@n1", 2),
        ("group move g --node n2", "Monitor_check db@n2", 1),
    ] {
        let before = planned(&driven(&cluster(ONLINE)), line).state;
        let (ran, end, after) = failing(ONLINE, line, at);
        assert_eq!(ran.len(), count, "{line}");
        assert!(matches!(end, BundleEnd::Refused { .. }), "{line}: {end:?}");
        assert_eq!(after, before, "{line}");
    }
}

/// A weak dependency is for the order only: it waits for the end, well or not.
#[test]
fn a_weak_dependency_waits_for_the_end() {
    let weak = "resource set web -p Resource_dependencies= -p Resource_dependencies_weak=db; group manage g";
    let all = "(online g@n1), Prenet_start db@n1, Start db@n1, Monitor_start db@n1, Start web@n1, Monitor_start web@n1";
    assert_eq!(steps(weak, "group online g").join(", "), all);
    let (ran, end, state) = failing(weak, "group online g", "Start db@n1");
    assert_eq!(ran.join(", "), "(online g@n1), Prenet_start db@n1, Start db@n1, Start web@n1, Monitor_start web@n1");
    assert!(matches!(end, BundleEnd::Failed { .. }), "{end:?}");
    assert_eq!(state.resources["web"].nodes["n1"].state, ResourceState::Online);
    let (ran, _, _) = failing(&format!("{weak}; group online g"), "group offline g", "Stop web@n1");
    assert_eq!(ran.join(", "), "Monitor_stop web@n1, Stop web@n1, Monitor_stop db@n1, Stop db@n1, Postnet_stop db@n1");
}

/// Every step fails in every way: it is never undone, nothing runs twice, and what ran was planned. The journal goes on where it
/// ended.
#[test]
fn nothing_is_undone() {
    let mut count = 0;
    for (before, line) in [
        (MANAGED, "group online g"),
        (ONLINE, "group offline g"),
        (ONLINE, "group move g --node n2"),
        (ONLINE, "resource restart db"),
        (ONLINE, "resource set db -p Port=81"),
        (MANAGED, "group set g --node n1,n3"),
        (ONLINE, "resource create new --group g --type full:1.0"),
    ] {
        let plan = planned(&driven(&cluster(before)), line);
        assert!(plan.bundles().all(|bundle| !bundle.unwinds()));
        for step in plan.bundles().flat_map(|of| &of.steps) {
            assert!(step.undo.is_empty());
            let all = [
                Injection::Fails(FailureKind::Timeout),
                Injection::Fails(FailureKind::Missing),
                Injection::CrashBefore,
                Injection::CrashBehind,
                Injection::Lost,
                Injection::NodeDown,
            ];
            for injection in all {
                count += 1;
                let mut simulator = Simulator::new(&plan, &no_gate).with(&step.id, injection);
                let mut outcome = execute(&plan, &mut simulator);
                let once = simulator.log.iter().filter(|entry| entry.id == step.id).count();
                assert!(once <= 1, "{line}: {} ran {once} times", step.id);
                if matches!(outcome.end, End::Crashed | End::Halted) {
                    let mut aborted = simulator.clone();
                    let lines = aborted.log.len();
                    assert!(matches!(abort(&plan, &mut aborted).end, End::Failed), "{line}, {}", step.id);
                    assert_eq!(aborted.log.len(), lines, "an abort of a state command runs nothing");
                    assert_eq!(aborted.journal.bundles["b1"], BundleNote::Failed);
                    outcome = execute(&plan, &mut simulator);
                }
                assert!(
                    matches!(outcome.end, End::Done | End::Failed),
                    "{line}, {}, {injection:?}: {outcome:?}",
                    step.id
                );
                let again = execute(&plan, &mut simulator.clone());
                assert_eq!(again.end, outcome.end, "what has ended stays so");
            }
        }
    }
    assert!(count > 250, "{count}");
}

/// Files are compared and a difference is said; it stops nothing, also not what runs before a step is repeated.
#[test]
fn digests_only_warn() {
    let plan = planned(&driven(&cluster(MANAGED)), "group online g");
    let mut calls = 0;
    for step in plan.bundles().flat_map(|of| &of.steps) {
        let mut operations = vec![&step.operation];
        if let Repeat::After { first } = &step.operation.repeat {
            operations.extend(first);
        }
        for call in operations.into_iter().filter_map(Operation::method) {
            calls += 1;
            assert_eq!(call.digest_check, DigestCheck::Warn, "{}", step.id);
        }
    }
    assert_eq!(calls, 5 + 5, "Prenet_start, Start, twice Monitor_start of two, and what runs first");
    assert!(
        plan.notices
            .iter()
            .any(|notice| notice.kind == NoticeKind::NoDigest && notice.sentence.contains("all the same"))
    );
    assert!(plan.is_state_command());
    let read: Plan = serde_json::from_str(&serde_json::to_string(&plan).expect("JSON")).expect("a plan");
    assert_eq!(read, plan);
    assert_eq!(step_of(&plan, "Start db@n1").operation.if_failed, IfFailed::LeaveOut);
}

/// Failover_mode says what follows.
#[test]
fn follow_ups() {
    let all = |mode: &str, first: &str| {
        let lines = format!("{first}; resource set db -p Failover_mode={mode}; {ONLINE}");
        driven(&cluster(&lines))
    };
    let after =
        |cluster: &Cluster, method| cluster.inspect(|view| follow_up(view, "db", "n1", method)).expect("it is there");
    for mode in ["NONE", "LOG_ONLY", "RESTART_ONLY"] {
        let cluster = all(mode, "");
        for method in [Method::Start, Method::PrenetStart, Method::Stop, Method::MonitorStop, Method::PostnetStop] {
            let Some(FollowUp::Waits(sentence)) = after(&cluster, method) else { panic!("{mode}, {method:?}") };
            assert!(sentence.contains(mode) && sentence.contains("rtreg resource clear db --node n1"), "{sentence}");
        }
        assert_eq!(after(&cluster, Method::Update), None);
    }
    for mode in ["SOFT", "HARD"] {
        let lines = "group set g --node n3,n1,n2; node down n2; group manage g; group online g --node n1";
        let cluster = driven(&cluster(&format!("resource set db -p Failover_mode={mode}; {lines}")));
        let Some(FollowUp::Moves { command, sentence }) = after(&cluster, Method::Start) else { panic!("{mode}") };
        assert_eq!(command, StateCommand::Move(NodesRequest { name: "g".to_owned(), nodes: vec!["n3".to_owned()] }));
        assert!(sentence.ends_with("group `g` moves to n3."), "{sentence}");
        let alone = all(mode, "node down n2");
        let Some(FollowUp::Waits(sentence)) = after(&alone, Method::Start) else { panic!("{mode}") };
        assert!(sentence.contains("no other node"), "{sentence}");
    }
    assert!(matches!(after(&all("SOFT", ""), Method::Stop), Some(FollowUp::Waits(_))));
    let Some(FollowUp::WouldReboot(sentence)) = after(&all("HARD", ""), Method::Stop) else { panic!("HARD") };
    assert!(sentence.contains("rtreg does not"), "{sentence}");
}

/// A state command of a group that the administrator drives is no plan; one of a group that rtreg drives is nothing else.
#[test]
fn who_drives() {
    let recorded = cluster(ONLINE);
    let error = plan(&recorded, "resource disable db").expect_err("the administrator drives");
    assert!(
        words(&error).starts_with("refused not_driven: group `g` is driven by the administrator"),
        "{}",
        words(&error)
    );
    let driven = driven(&recorded);
    let revision = driven.store.snapshot().expect("a snapshot").revision();
    for line in [
        "resource enable db",
        "resource disable db",
        "resource monitor db",
        "resource unmonitor db",
        "resource restart db",
        "resource set db -p Port=81",
        "resource create new --group g --type plain:1.0",
        "group online g",
        "group offline g",
        "group set g --node n1,n3",
    ] {
        assert!(driven.refused(line).starts_with("refused runs_methods: "), "{line}");
    }
    assert_eq!(driven.store.snapshot().expect("a snapshot").revision(), revision);
    use driven::Subject;
    let asks = |subject| {
        (
            recorded.inspect(|view| driven::is_driven_by_rgm(view, subject)).expect("an answer"),
            driven.inspect(|view| driven::is_driven_by_rgm(view, subject)).expect("an answer"),
        )
    };
    for subject in [Subject::Resource("db"), Subject::Group("g"), Subject::Boot("n1")] {
        assert_eq!(asks(subject), (false, true), "{subject:?}");
    }
}
