//! What a refused upgrade advises: the printed commands are accepted, one after the other, and then the gate allows; what
//! they took down comes back; what is printed to be stated can be stated.

use std::collections::BTreeMap;

use rtreg_registry::commands::register::{self, RtrFile};
use rtreg_registry::gate::{Decision, Possible, ReasonKind, Verdict};

use crate::fixture::{Cluster, METHODS, context, rtr, words};
use crate::walk::{self, Random};

fn own(commands: &[String]) -> Vec<&str> {
    commands.iter().filter_map(|line| line.strip_prefix("rtreg ")).collect()
}

/// Takes a refusal at its word.
fn follow(cluster: &Cluster, resource: &str, decision: &Decision, context: &str) {
    let copy = cluster.copy();
    let accept = |line: &str| {
        let commands = &decision.commands;
        if let Err(error) = copy.run(line) {
            panic!("{context}\n{commands:#?}\n{line}: {}", words(&error));
        }
    };
    own(&decision.commands).into_iter().for_each(accept);
    let after = copy.decide(resource, &decision.target);
    assert_eq!(after.verdict, Verdict::Allowed, "{context}\n{:#?}\n{after:#?}", decision.commands);
    copy.ok(&format!("upgrade {resource} --to {}", decision.target));
    own(&decision.afterwards).into_iter().for_each(accept);
    copy.verify();
}

/// What a decision offers to be stated is accepted, whichever version it is.
fn state(cluster: &Cluster, decision: &Decision, context: &str) -> usize {
    for line in &decision.statements {
        let copy = cluster.copy();
        let line = line.strip_prefix("rtreg ").unwrap().replace("VERSION", "1.0");
        if let Err(error) = copy.run(&line) {
            panic!("{context}\n{line}: {}", words(&error));
        }
    }
    decision.statements.len()
}

fn with_targets() -> Cluster {
    let cluster = Cluster::new();
    let lines = "--#$upgrade_from \"2.0\" ANYTIME\n#$upgrade_from \"1.0\" WHEN_UNMONITORED\n#$upgrade_from \"3.0\" WHEN_DISABLED--";
    cluster.register(&[
        &rtr("web", "4.0", METHODS, lines),
        &rtr("web", "5.0", METHODS, ""),
        &rtr("web", "6.0", METHODS, "Failover = TRUE;--#$upgrade_from \"\" ANYTIME--"),
        &rtr("web", "7.0", METHODS, "--#$upgrade_from \"2.0\" ANYTIME\n#$upgrade_from \"1.0\" WHEN_OFFLINE--"),
        &rtr("sys", "2.0", METHODS, "Init_nodes = RT_INSTALLED_NODES;"),
        &rtr("sys", "3.0", METHODS, "--#$upgrade_from \"\" WHEN_OFFLINE--"),
        &rtr("plain", "2.0", METHODS, "--#$upgrade_from \"\" WHEN_UNMONITORED--"),
    ]);
    cluster
}

/// What random commands hardly ever come to: a chain of dependencies that is online and was upgraded without a restart; a
/// group that was unmanaged while one of its nodes was down.
fn common_story(step: usize) -> Vec<String> {
    let each = |verb: &str| ["a", "b", "c", "d"].map(|name| format!("resource {verb} {name}"));
    let lines = |text: &str| text.split("; ").map(str::to_owned).collect::<Vec<_>>();
    match step % 80 {
        24 => {
            let create = "node up n1; node up n2; group manage g; resource create a --group g --type web:1.0; \
                          resource create b --group g --type web:1.0 -p Resource_dependencies=a";
            [
                lines(create),
                each("disable").into(),
                each("enable").into(),
                lines("group online g; upgrade a --to web:2.0"),
            ]
            .concat()
        }
        72 => {
            let unmanage = "group offline g; group unmanage g; node up n2";
            [lines("group manage g; node down n2"), each("disable").into(), lines(unmanage)].concat()
        }
        _ => Vec::new(),
    }
}

#[test]
fn whatever_the_state_the_commands_of_a_refusal_help() {
    let mut followed: BTreeMap<String, usize> = BTreeMap::new();
    let mut stated = 0;
    for seed in 200..208 {
        let (mut random, cluster) = (Random(seed), with_targets());
        cluster.ok("group create g --node n1,n2");
        cluster.ok("group create h --node n2,n3 -p Maximum_primaries=2");
        cluster.ok("group manage g");
        let mut done = Vec::new();
        for step in 0..400 {
            let lines = common_story(step);
            done.extend(lines.into_iter().filter(|line| cluster.run(line).is_ok_and(|report| report.changed)));
            let line = walk::line(&mut random);
            let line = line.replace("--type plain", "--type plain:1.0").replace("--type sys", "--type sys:1.0");
            if cluster.run(&line).is_ok_and(|report| report.changed) {
                done.push(line);
            }
            if step % 8 != 0 {
                continue;
            }
            for resource in ["a", "b", "c", "d"] {
                let target = random.one(&["7.0", "3.0", "4.0", "5.0", "6.0", "2.0"]);
                let Ok(report) = cluster.upgrade(resource, target, &[], true) else { continue };
                let decision = report.decision;
                let context =
                    format!("seed {seed}, {resource} to {target}, after {:#?}", done.iter().rev().take(40).rev());
                stated += state(&cluster, &decision, &context);
                if decision.possible == Possible::AfterCommands {
                    follow(&cluster, resource, &decision, &context);
                    for line in own(&decision.commands) {
                        let verb = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
                        *followed.entry(verb).or_default() += 1;
                    }
                }
            }
        }
    }
    for verb in [
        "resource unmonitor",
        "resource restart",
        "resource disable",
        "resource enable",
        "resource clear",
        "node up",
        "group set",
        "group offline",
        "group manage",
        "group unmanage",
    ] {
        assert!(followed.get(verb).is_some_and(|&times| times > 1), "{verb} was hardly ever advised: {followed:?}");
    }
    assert!(stated > 20, "{stated}");
}

#[test]
fn a_trace_where_no_fini_runs_is_cured_by_nothing_but_a_statement() {
    let cluster = with_targets();
    cluster.ok("group create g --node n1,n2");
    cluster.ok("resource create r --group g --type web:1.0");
    cluster.ok("group manage g");
    cluster.ok("node down n2");
    cluster.ok("group set g --node n1");
    cluster.ok("node up n2");
    let decision = cluster.decide("r", "web:5.0");
    assert_eq!((decision.verdict, decision.possible), (Verdict::Blocked, Possible::Unknown));
    assert_eq!(decision.statements, ["rtreg resource state r --node n2 offline --initialised-by none"]);
    // The rest is to be done beside it.
    assert_eq!(own(&decision.commands), ["resource disable r", "group unmanage g"]);
    for line in own(&decision.commands) {
        cluster.ok(line);
    }
    let decision = cluster.decide("r", "web:5.0");
    assert_eq!((decision.verdict, decision.possible), (Verdict::Blocked, Possible::Unknown));
    assert!(decision.commands.is_empty());
    assert_eq!(decision.statements.len(), 1);
    assert_eq!(decision.in_the_way[0].how, "node up, keeps what Init of version 1.0 did, and Fini does not run there");
}

#[test]
fn another_resource_of_the_group_that_is_disabled_but_runs_is_taken_offline() {
    let cluster = with_targets();
    cluster.ok("group create g --node n1,n2");
    for name in ["r", "s", "t"] {
        cluster.ok(&format!("resource create {name} --group g --type web:1.0 --disabled"));
    }
    cluster.ok("group manage g");
    cluster.ok("resource state s --node n1 stop_failed");
    cluster.ok("resource state t --node n2 online");
    let decision = cluster.decide("r", "web:5.0");
    assert_eq!(own(&decision.commands), ["resource clear s --node n1", "resource disable t", "group unmanage g"]);
    assert_eq!(decision.affects, ["s", "t"]);
    assert_eq!(decision.in_the_way[0].how, "s is stop_failed");
    follow(&cluster, "r", &decision, "");
}

#[test]
fn what_depends_on_the_resource_is_disabled_before_and_enabled_after() {
    let cluster = with_targets();
    cluster.ok("group create g --node n1,n2");
    cluster.ok("group create h --node n2,n3");
    cluster.ok("resource create r --group g --type web:1.0");
    // By name `a` would come first; it depends on `b`.
    cluster.ok("resource create b --group h --type plain:1.0 -p Resource_dependencies=r");
    cluster.ok("resource create a --group g --type plain:1.0 -p Resource_dependencies_restart=b");
    cluster.ok("resource set a -p Resource_dependencies=r");
    cluster.ok("resource create w --group g --type plain:1.0 -p Resource_dependencies_weak=r");
    for line in ["group manage g", "group manage h", "group online g", "group online h", "resource disable b --node n3"]
    {
        cluster.ok(line);
    }
    let decision = cluster.decide("r", "web:3.0");
    assert_eq!(
        decision.commands,
        [
            "clresource disable a b r",
            "rtreg resource disable a",
            "rtreg resource disable b",
            "rtreg resource disable r"
        ]
    );
    assert_eq!(own(&decision.afterwards), ["resource enable r", "resource enable b --node n2", "resource enable a"]);
    follow(&cluster, "r", &decision, "");
    // A restart brings them back before the upgrade.
    cluster.ok("upgrade r --to web:2.0");
    let decision = cluster.decide("r", "web:7.0");
    assert_eq!(
        decision.commands,
        [
            "clresource disable a b",
            "rtreg resource disable a",
            "rtreg resource disable b",
            "clresource disable r",
            "clresource enable r",
            "rtreg resource restart r",
            "clresource enable -n n2 b",
            "rtreg resource enable b --node n2",
            "clresource enable a",
            "rtreg resource enable a"
        ]
    );
    assert!(decision.afterwards.is_empty());
    follow(&cluster, "r", &decision, "");
}

/// What cures a rule stays as it is: the group comes back on one node, however many it was online on.
#[test]
fn a_group_that_may_be_online_on_one_node_only_comes_back_there() {
    let cluster = with_targets();
    let strict =
        |version, more: &str| rtr("web", version, METHODS, &format!("{more}--#$upgrade_from \"1.0\" WHEN_UNMANAGED--"));
    cluster.register(&[&strict("8.0", "Failover = TRUE;"), &strict("9.0", "Failover = TRUE; Single_instance = TRUE;")]);
    cluster.ok("group create h --node n2,n3 -p Maximum_primaries=2");
    cluster.ok("resource create r --group h --type web:1.0");
    cluster.ok("group manage h");
    cluster.ok("group online h");
    let decision = cluster.decide("r", "web:8.0");
    assert_eq!(
        own(&decision.commands),
        [
            "group offline h --node n3",
            "group set h -p Maximum_primaries=1",
            "resource disable r",
            "group offline h",
            "group unmanage h"
        ]
    );
    assert_eq!(own(&decision.afterwards), ["group manage h", "group online h --node n2", "resource enable r"]);
    follow(&cluster, "r", &decision, "");
    // Another resource of the type, in the same group, whose Stop has failed.
    cluster.ok("resource create s --group h --type web:1.0");
    cluster.ok("resource state s --node n3 stop_failed");
    let decision = cluster.decide("r", "web:9.0");
    assert_eq!(own(&decision.commands)[0], "resource clear s --node n3");
    assert_eq!(decision.affects, ["s"]);
    follow(&cluster, "r", &decision, "");
    cluster.ok("resource state s --node n2 stop_failed");
    follow(&cluster, "r", &cluster.decide("r", "web:9.0"), "");
}

#[test]
fn a_restart_leaves_switches_as_they_are() {
    let cluster = with_targets();
    cluster.ok("group create g --node n1,n2");
    cluster.ok("resource create r --group g --type web:1.0");
    for line in ["resource disable r --node n2", "group manage g", "group online g", "upgrade r --to web:2.0"] {
        cluster.ok(line);
    }
    let decision = cluster.decide("r", "web:7.0");
    assert_eq!(
        decision.commands,
        ["clresource disable -n n1 r", "clresource enable -n n1 r", "rtreg resource restart r --node n1"]
    );
    follow(&cluster, "r", &decision, "");
    // Where it was seen online although its switch is off, enabling it would change the switch.
    cluster.ok("resource state r --node n2 online --started-by 1.0 --monitor stopped");
    let decision = cluster.decide("r", "web:7.0");
    assert_eq!(own(&decision.commands), ["resource disable r"]);
    assert_eq!(own(&decision.afterwards), ["resource enable r --node n1"]);
}

#[test]
fn dependencies_are_part_of_the_decision() {
    let cluster = Cluster::with_resource();
    cluster.ok("resource create s --group g --type plain:1.0 -p Resource_dependencies=r");
    for (value, words) in [
        ("nosuch", "there is no resource `nosuch`"),
        ("r", "resource `r` cannot depend on itself"),
        ("s", "that would be a cycle, r -> s -> r"),
        ("s{SOMEWHERE}", "no known qualifier"),
    ] {
        let values = [format!("Resource_dependencies={value}"), "Start_timeout=77".to_owned()];
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        for preview in [true, false] {
            let report = cluster.upgrade("r", "2.0", &values, preview).unwrap();
            assert!(!report.done);
            let decision = report.decision;
            assert_eq!((decision.verdict, decision.possible), (Verdict::Blocked, Possible::AfterCommands), "{value}");
            assert_eq!(decision.because[0].kind, ReasonKind::Property);
            assert!(decision.because[0].sentence.contains(words), "{}", decision.because[0].sentence);
            assert!(decision.because[0].sentence.starts_with(char::is_uppercase));
            assert_eq!(decision.commands, ["rtreg upgrade r --to 2.0 -p Start_timeout=77"]);
        }
    }
    assert!(cluster.upgrade("r", "2.0", &["Resource_dependencies_weak=s"], false).unwrap().done);
    cluster.verify();
}

/// What the new file itself demands cannot be helped by leaving out something of the command.
#[test]
fn a_dependency_of_the_new_file_that_is_not_there() {
    let cluster = Cluster::with_resource();
    let table = "--#$upgrade_from \"\" ANYTIME--{ PROPERTY = Resource_dependencies; DEFAULT = \"base-rs\"; TUNABLE = ANYTIME; }";
    cluster.register(&[&rtr("web", "9.0", METHODS, table)]);
    let decision = cluster.decide("r", "web:9.0");
    assert_eq!((decision.verdict, decision.possible), (Verdict::Blocked, Possible::Unknown));
    assert!(decision.because[0].place.is_some());
    cluster.ok("resource create base-rs --group g --type plain");
    assert_eq!(cluster.decide("r", "web:9.0").verdict, Verdict::Allowed);
}

#[test]
fn what_is_unknown_can_be_stated() {
    let cluster = with_targets();
    cluster.ok("group create g --node n1");
    cluster.ok("resource create r --group g --type web:2.0");
    cluster.ok("group manage g");
    cluster.ok("resource state r --node n1 online --initialised-by unknown");
    let decision = cluster.decide("r", "web:4.0");
    let line = "rtreg resource state r --node n1 online";
    assert_eq!(
        decision.statements,
        [
            format!("{line} --started-by VERSION"),
            format!("{line} --monitor stopped"),
            format!("{line} --monitor running --monitor-started-by VERSION"),
            format!("{line} --initialised-by VERSION"),
            format!("{line} --initialised-by none"),
        ]
    );
    for statement in &decision.statements {
        let statement = statement.strip_prefix("rtreg ").unwrap().replace("VERSION", "2.0");
        if !statement.ends_with("stopped") && !statement.ends_with("none") {
            cluster.ok(&statement);
        }
    }
    assert_eq!(cluster.decide("r", "web:4.0").verdict, Verdict::Allowed);
}

#[test]
fn what_a_version_may_be_called() {
    let cluster = Cluster::with_resource();
    let unversioned = "Resource_type = web;\nVendor_id = TEST;\nStart = /s;\nStop = /t;\n";
    let file = RtrFile { name: "web".to_owned(), bytes: unversioned.into(), digests: BTreeMap::new() };
    let request = register::Request { files: vec![file], target: rtreg_model::Release::V3_0, ..Default::default() };
    register::run(&cluster.store, &context(None), &request).unwrap();
    for name in ["2.0", "web:2.0", "TEST.web:2.0"] {
        assert_eq!(cluster.decide("r", name).target, "TEST.web:2.0");
    }
    assert_eq!(cluster.decide("r", "unversioned").target, "TEST.web");
    for name in ["plain", "plain:1.0", "TEST.plain:1.0"] {
        let decision = cluster.decide("r", name);
        assert_eq!((decision.verdict, decision.possible), (Verdict::Blocked, Possible::Never), "{name}");
        assert_eq!(decision.because.len(), 1);
        assert_eq!(decision.because[0].kind, ReasonKind::RegistryRule);
        assert_eq!(
            decision.because[0].sentence,
            "TEST.plain:1.0 is not a version of TEST.web: an upgrade stays within one resource type."
        );
    }
    for (name, rule) in [("", "unknown_version"), ("7.0", "unknown_version"), ("nosuch:1", "unknown_version")] {
        let error = cluster.upgrade("r", name, &[], true).map(|report| report.text()).unwrap_err();
        assert!(words(&error).contains(rule), "{}", words(&error));
    }
    // The type of the resource is meant before another one of the same name.
    let other = rtr("web", "2.0", METHODS, "").replace("TEST", "OTHER");
    cluster.register(&[&other, &rtr("sys", "2.0", METHODS, "")]);
    assert_eq!(cluster.decide("r", "web:2.0").target, "TEST.web:2.0");
    let error = cluster.upgrade("r", "sys", &[], true).map(|report| report.text()).unwrap_err();
    assert!(words(&error).contains("ambiguous_type"), "{}", words(&error));
}

#[test]
fn what_decides_stands_first_where_it_is_init_alone() {
    let cluster = with_targets();
    cluster.ok("group create g --node n1,n2");
    cluster.ok("resource create r --group g --type web:1.0 --disabled");
    for line in ["group manage g", "node down n2", "group unmanage g"] {
        cluster.ok(line);
    }
    let report = cluster.upgrade("r", "5.0", &[], true).unwrap();
    let first = &report.decision.because[0];
    assert_eq!(first.origin, Some(rtreg_registry::gate::AliveThrough::InitialisedBy));
    assert_eq!(first.nodes, ["n2"]);
    assert!(report.text().contains(&first.sentence), "{}", report.text());
    // While the group is managed, that decides.
    cluster.ok("group manage g");
    let first = cluster.decide("r", "web:5.0").because[0].origin;
    assert_eq!(first, Some(rtreg_registry::gate::AliveThrough::TypeVersion));
}

#[test]
fn the_command_of_the_vendor_is_named_where_rtreg_only_records() {
    let cluster = Cluster::with_resource();
    let values = ["Start_timeout=77"];
    let preview = cluster.upgrade("r", "2.0", &values, true).unwrap();
    let command = "clresource set -p Type_version=2.0 -p Start_timeout=77 r";
    assert_eq!(preview.decision.vendor_command.as_deref(), Some(command));
    assert!(!preview.text().contains(command));
    let text = cluster.upgrade("r", "2.0", &values, false).unwrap().text();
    let end = format!(
        "Done: r has the type TEST.web:2.0 now.\nrtreg has recorded that; in the cluster this command does it:\n  {command}\n"
    );
    assert!(text.ends_with(&end), "{text}");
    let refused = cluster.upgrade("r", "1.0", &[], true).unwrap();
    assert_eq!(refused.decision.vendor_command, None);
}
