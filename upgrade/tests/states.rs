//! State commands of groups that rtreg drives: the methods that run, by hand from the table of callbacks; and for each the recorded
//! command as the oracle: it refuses the same in the same words, and where nothing fails the state behind is the same.

#[allow(dead_code, reason = "a part of the fixture is enough")]
#[path = "../../registry/tests/cluster/fixture.rs"]
mod fixture;

use std::collections::BTreeSet;

use rtreg_model::{Driver, Method, MonitorState, Origin, ResourceState, RtVersion};
use rtreg_registry::commands::driver::DriverRequest;
use rtreg_registry::commands::group::{self, GroupRequest, NodesRequest};
use rtreg_registry::commands::node::NodeRequest;
use rtreg_registry::commands::resource::{CreateRequest, DeleteRequest, SetRequest};
use rtreg_registry::commands::switch::{Action, SwitchRequest};
use rtreg_registry::commands::{driven, driver};
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::records::GroupRecord;
use rtreg_registry::{CommandError, Store, keys};
use rtreg_upgrade::execute::{BundleEnd, BundleNote, End, FailureKind, Injection, Outcome, Simulator, abort, execute};
use rtreg_upgrade::plan::{
    DigestCheck, IfFailed, NoticeKind, Operation, Plan, Repeat, SetTypeVersion, State, What, state_of,
};
use rtreg_upgrade::states::{FollowUp, StateCommand, follow_up, state_plan};
use serde_json::json;

use fixture::{Cluster, METHODS, rtr, words};

const ALL: &[&str] = &[
    "Start",
    "Stop",
    "Init",
    "Fini",
    "Boot",
    "Prenet_start",
    "Postnet_stop",
    "Monitor_start",
    "Monitor_stop",
    "Monitor_check",
    "Update",
    "Validate",
];

/// Nodes n1, n2, n3; groups `g` on n1 and n2 and `h` on all three, there on up to two at once. In `g`: `db` with all methods, and
/// `web` that depends on it; in `h` `net` without Start and Stop, `all` on all nodes, and `bare` without any method.
fn cluster(lines: &str) -> Cluster {
    let cluster = Cluster { store: MemoryStore::default() };
    let table = "----{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; TUNABLE = ANYTIME; }";
    let listed = |table: &str| format!("--#$upgrade_from \"1.0\" ANYTIME--{}", table.trim_start_matches('-'));
    cluster.register(&[
        &rtr("full", "1.0", ALL, table),
        &rtr("full", "2.0", ALL, &listed(table)),
        &rtr("plain", "1.0", &["Start", "Stop", "Monitor_start", "Monitor_stop"], ""),
        &rtr("net", "1.0", &["Prenet_start", "Postnet_stop", "Boot"], ""),
        &rtr("sys", "1.0", METHODS, "Init_nodes = RT_INSTALLED_NODES;"),
    ]);
    for line in [
        "node add n1",
        "node add n2",
        "node add n3",
        "group create g --node n1,n2",
        "group create h --node n1,n2,n3 -p Maximum_primaries=2",
        "resource create db --group g --type full:1.0",
        "resource create web --group g --type plain:1.0 -p Resource_dependencies=db",
        "resource create net --group h --type net:1.0",
        "resource create sys --group h --type sys:1.0",
    ] {
        cluster.ok(line);
    }
    for line in lines.split(';').map(str::trim).filter(|line| !line.is_empty()) {
        cluster.ok(line);
    }
    cluster
}

/// The same, with rtreg at the wheel of both groups.
fn driven(cluster: &Cluster) -> Cluster {
    let cluster = cluster.copy();
    for name in ["g", "h"] {
        cluster
            .change(|tx| {
                let mut group: GroupRecord = tx.view.record(&keys::group(name))?.expect("a group");
                group.driver = Driver::Rgm;
                tx.put(keys::group(name), &group);
                tx.put(keys::by_driver_rgm(name), &json!({}));
                Ok(())
            })
            .expect("a commit");
    }
    cluster
}

fn command(line: &str) -> StateCommand {
    let (mut plain, mut options): (Vec<&str>, Vec<(&str, String)>) = Default::default();
    let mut all = line.split_whitespace();
    while let Some(word) = all.next() {
        match word {
            "--disabled" => options.push((word, String::new())),
            _ if word.starts_with('-') => options.push((word, all.next().expect(line).to_owned())),
            _ => plain.push(word),
        }
    }
    let name = plain[2].to_owned();
    let every = |wanted: &str| -> Vec<String> {
        options.iter().filter(|(option, _)| *option == wanted).map(|(_, value)| value.clone()).collect()
    };
    let one = |wanted: &str| every(wanted).first().cloned().unwrap_or_default();
    let nodes: Vec<String> = every("--node").iter().flat_map(|of| of.split(',')).map(str::to_owned).collect();
    let properties = every("-p");
    let actions = [Action::Enable, Action::Disable, Action::Monitor, Action::Unmonitor, Action::Restart, Action::Clear];
    match (plain[0], plain[1]) {
        ("group", "manage") => StateCommand::Manage(GroupRequest { name }),
        ("group", "unmanage") => StateCommand::Unmanage(GroupRequest { name }),
        ("group", "online") => StateCommand::Online(NodesRequest { name, nodes }),
        ("group", "offline") => StateCommand::Offline(NodesRequest { name, nodes }),
        ("group", "move") => StateCommand::Move(NodesRequest { name, nodes }),
        ("group", "drive") => StateCommand::Drive(GroupRequest { name }),
        ("group", "set") => StateCommand::SetGroup(group::SetRequest { name, nodes, properties }),
        ("node", "up") => StateCommand::NodeUp(NodeRequest { name }),
        ("node", "add") => StateCommand::AddNode(NodeRequest { name }),
        ("resource", "create") => StateCommand::Create(CreateRequest {
            name,
            group: one("--group"),
            resource_type: one("--type"),
            properties,
            created_under_3_0: false,
            disabled: options.iter().any(|(option, _)| *option == "--disabled"),
        }),
        ("resource", "delete") => StateCommand::Delete(DeleteRequest { name }),
        ("resource", "set") => StateCommand::Set(SetRequest { name, properties, defaults: every("--default") }),
        ("resource", verb) => {
            let action = actions.into_iter().find(|action| action.as_str() == verb).expect(line);
            StateCommand::Switch(SwitchRequest { name, action, nodes })
        }
        other => panic!("no command {other:?}"),
    }
}

fn plan(cluster: &Cluster, line: &str) -> Result<Plan, CommandError> {
    cluster.inspect(|view| state_plan(view, &command(line)))
}

fn planned(cluster: &Cluster, line: &str) -> Plan {
    plan(cluster, line).unwrap_or_else(|error| panic!("{line}: {}", words(&error)))
}

fn no_gate(_: &State, _: &SetTypeVersion) -> Option<String> {
    Some("no version changes here".to_owned())
}

/// An operation in a word: `Start db@n1`, `Validate-c x@n1`, `(enable db@n1,n2)`.
fn word(operation: &Operation) -> String {
    match &operation.what {
        What::Method(call) => {
            let option = call.arguments.first().filter(|first| ["-c", "-u"].contains(&first.as_str()));
            let (option, node) = (option.cloned().unwrap_or_default(), operation.node.clone().unwrap_or_default());
            format!("{}{option} {}@{node}", call.method.as_str(), call.resource)
        }
        What::Switch(switch) => format!("({} {}@{})", switch.change.as_str(), switch.resource, switch.nodes.join(",")),
        What::Group(change) if change.nodes.is_empty() => format!("({} {})", change.change.as_str(), change.group),
        What::Group(change) => format!("({} {}@{})", change.change.as_str(), change.group, change.nodes.join(",")),
        What::Registry(_) => "(registry)".to_owned(),
        other => panic!("not in a state command: {other:?}"),
    }
}

/// What is carried out, in the order of the steps.
fn ran(simulator: &Simulator<'_>) -> Vec<String> {
    let number = |id: &str| id.rsplit('.').next().and_then(|number| number.parse::<usize>().ok());
    let mut lines: Vec<_> = simulator.log.iter().collect();
    lines.sort_by_key(|line| number(&line.id).expect("a step"));
    lines.into_iter().map(|line| word(&line.operation)).collect()
}

/// Where a command is planned: what rtreg takes over it does not drive yet.
fn driven_for(recorded: &Cluster, line: &str) -> Cluster {
    if line.starts_with("group drive") { recorded.copy() } else { driven(recorded) }
}

fn carried_out(plan: &Plan) -> (Outcome, Simulator<'static>) {
    let mut simulator = Simulator::new(plan, &no_gate);
    let outcome = execute(plan, &mut simulator);
    (outcome, simulator)
}

/// The steps of a command in a state, as they run where nothing fails.
fn steps(before: &str, line: &str) -> Vec<String> {
    let recorded = cluster(before);
    check_oracle(&recorded, line);
    let plan = planned(&driven_for(&recorded, line), line);
    let (outcome, simulator) = carried_out(&plan);
    assert_eq!(outcome.end, End::Done, "{line}");
    ran(&simulator)
}

/// Steps that run when the step that says `at` fails, and how it ends.
fn failing(before: &str, line: &str, at: &str) -> (Vec<String>, BundleEnd, State) {
    let plan = planned(&driven_for(&cluster(before), line), line);
    let step = plan.bundles().flat_map(|of| &of.steps).find(|step| word(&step.operation) == at);
    let step = step.unwrap_or_else(|| panic!("no step {at} in {line}")).id.clone();
    let mut simulator = Simulator::new(&plan, &no_gate).with(&step, Injection::Fails(FailureKind::ExitCode));
    let outcome = execute(&plan, &mut simulator);
    let end = outcome.bundles["b1"].clone();
    let expected = if end == BundleEnd::Done { End::Done } else { End::Failed };
    assert_eq!(outcome.end, expected);
    (ran(&simulator), end, simulator.state)
}

/// What the recorded commands lead to, as the plan's state has it. A move is two commands.
fn oracle(recorded: &Cluster, line: &str, moved: &[String]) -> Result<State, CommandError> {
    let after = recorded.copy();
    if line.starts_with("group move") {
        let (name, nodes) = match command(line) {
            StateCommand::Move(request) => (request.name, request.nodes),
            other => panic!("{other:?}"),
        };
        if !moved.is_empty() {
            after.run(&format!("group offline {name} --node {}", moved.join(",")))?;
        }
        after.run(&format!("group online {name} --node {}", nodes.join(",")))?;
    } else if line.starts_with("group drive") {
        // Only that the methods are a plan is in the way: what is recorded stays.
        let request = DriverRequest { name: line.replace("group drive ", ""), driver: Driver::Rgm };
        match after.change(|tx| driver::set_driver(tx, &request)) {
            Err(CommandError::Refused(refusal)) if refusal.rule == "runs_methods" => {}
            other => drop(other?),
        }
    } else {
        after.run(line)?;
    }
    after.inspect(|view| state_of(view, &["g", "h"]))
}

/// In what the oracle and the simulation may differ: who drives, and which of several traces of Init has the first word.
fn normal(mut state: State, of: &State) -> State {
    state.groups.values_mut().for_each(|group| group.driver = Driver::Rgm);
    state.nodes.retain(|node, _| of.nodes.contains_key(node));
    state.groups.retain(|name, _| of.groups.contains_key(name));
    state.resources.retain(|name, _| of.resources.contains_key(name));
    for entry in state.resources.values_mut().flat_map(|resource| resource.nodes.values_mut()) {
        let mut all: BTreeSet<RtVersion> = std::mem::take(&mut entry.also_initialised_by);
        if let Origin::Version(version) = &entry.initialised_by {
            all.insert(version.clone());
            let first = all.pop_first().expect("it was put there");
            entry.initialised_by = Origin::Version(first);
        }
        entry.also_initialised_by = all;
    }
    state
}

/// The recorded command refuses in the same words, or leads to the same state. Returns whether it was refused.
fn check_oracle(recorded: &Cluster, line: &str) -> bool {
    let driven = driven_for(recorded, line);
    let plan = plan(&driven, line);
    let online = recorded.inspect(|view| state_of(view, &["g", "h"])).expect("a state");
    let moved = match command(line) {
        StateCommand::Move(NodesRequest { name, nodes }) => {
            let on = &online.groups[&name].online_on;
            on.iter().filter(|node| !nodes.contains(node)).cloned().collect()
        }
        _ => Vec::new(),
    };
    match (plan, oracle(recorded, line, &moved)) {
        (Err(own), Err(theirs)) => {
            assert_eq!(words(&own), words(&theirs), "{line}");
            true
        }
        (Ok(plan), Ok(state)) => {
            assert_eq!(plan.id, plan.computed_id());
            let (outcome, simulator) = carried_out(&plan);
            assert_eq!(outcome.end, End::Done, "{line}");
            let own = simulator.state;
            assert_eq!(normal(own.clone(), &own), normal(state, &own), "{line}");
            if plan.is_empty() {
                assert!(plan.notices.iter().any(|notice| notice.kind == NoticeKind::NothingToDo), "{line}");
            }
            false
        }
        (Ok(_), Err(theirs)) => panic!("{line}: planned, but the recorded command says {}", words(&theirs)),
        (Err(own), Ok(_)) => panic!("{line}: {}, but the recorded command does it", words(&own)),
    }
}

/// Both groups managed, `g` online on n1, `h` on n1 and n2.
const ONLINE: &str = "group manage g; group manage h; group online g; group online h";

/// States and commands, each with each: nothing is written by hand here, the recorded command is the oracle.
#[test]
fn the_recorded_command_is_the_oracle() {
    let setups = [
        "",
        "group manage g; group manage h",
        ONLINE,
        "group manage g; group manage h; group online g; group online h; node down n1",
        "group manage g; group manage h; group online g; group online h; node down n1; node up n1; node down n2",
        "group manage g; group manage h; resource disable db; resource disable net; group online g --node n2; group online h --node n2,n3",
        "group manage g; group manage h; group online g; group online h; resource unmonitor db; resource unmonitor web --node n1",
        "group manage g; group online g; resource state db --node n1 start_failed; resource state web --node n1 stop_failed",
        "group manage g; group online g; resource state db --node n1 stop_failed; resource state web --node n1 start_failed",
        "group manage g; group online g; resource state db --node n1 unknown; resource state web --node n1 starting",
        "group manage g; group online g; resource state db --node n1 online --monitor start_failed; resource state web --node n1 online --monitor stop_failed",
        "group manage g; group manage h; group online g; group online h; upgrade db --to full:2.0",
        "group manage g; group manage h; resource disable db; resource disable web; resource disable net; resource disable sys",
        "resource disable db; resource disable web; resource disable net; resource disable sys; resource set web -p Resource_dependencies=",
        "group manage g; group manage h; resource disable web; resource delete web; resource disable db; resource set db -p Port=81",
        "group manage g; group set g --node n1; group online g",
    ];
    let commands = [
        "resource enable db",
        "resource enable web --node n1",
        "resource enable net",
        "resource enable sys --node n2",
        "resource enable db --node n3",
        "resource disable db",
        "resource disable web --node n1,n2",
        "resource disable net --node n2",
        "resource disable sys",
        "resource monitor db",
        "resource monitor web",
        "resource monitor net",
        "resource unmonitor db",
        "resource unmonitor web --node n1",
        "resource unmonitor sys",
        "resource restart db",
        "resource restart web",
        "resource restart net",
        "resource restart sys --node n1",
        "resource clear db --node n1",
        "resource clear web --node n1",
        "resource clear web",
        "resource enable nosuch",
        "group manage g",
        "group manage h",
        "group unmanage g",
        "group unmanage h",
        "group online g",
        "group online g --node n2",
        "group online h --node n1,n3",
        "group online h",
        "group online nosuch",
        "group offline g",
        "group offline h --node n2",
        "group offline h",
        "group move g --node n2",
        "group move g --node n1",
        "group move h --node n3",
        "group move h --node n1,n2,n3",
        "group drive g",
        "group drive h",
        "group set g --node n1",
        "group set g --node n2,n3",
        "group set g --node n1,n2,n3",
        "group set h --node n1,n2",
        "group set h -p Maximum_primaries=1",
        "group set g",
        "resource create new --group g --type full:1.0 -p Port=90",
        "resource create new --group g --type full:2.0 --disabled",
        "resource create new --group h --type net:1.0",
        "resource create new --group h --type sys:1.0",
        "resource create db --group g --type full:1.0",
        "resource create new --group g --type full:1.0 -p Port=a",
        "resource delete db",
        "resource delete web",
        "resource delete net",
        "resource delete sys",
        "resource set db -p Port=81",
        "resource set db --default Port",
        "resource set db -p R_description=x -p Port=80",
        "resource set web -p Port=1",
        "resource set db",
        "node up n1",
        "node up n2",
        "node up n3",
        "node up n9",
    ];
    let (mut refused, mut same) = (0, 0);
    for setup in setups {
        let recorded = cluster(setup);
        for line in commands {
            match check_oracle(&recorded, line) {
                true => refused += 1,
                false => same += 1,
            }
        }
    }
    assert!(refused > 250 && same > 450, "{refused} refused, {same} the same");
}

const MANAGED: &str = "group manage g; group manage h";
const MON: &str =
    "group manage g; group manage h; group online g; group online h; resource unmonitor db; resource unmonitor web";

/// What runs where nothing fails, by hand from the table of callbacks.
#[test]
fn what_runs() {
    let rows: &[(&str, &str, &str)] = &[
        // resource_disable, resource_enable: take_offline, bring_online.
        (
            ONLINE,
            "resource disable db",
            "Monitor_stop db@n1, Stop db@n1, Postnet_stop db@n1, (disable db@n1), (disable db@n2)",
        ),
        (ONLINE, "resource disable db --node n2", "(disable db@n2)"),
        (MON, "resource disable web", "Stop web@n1, (disable web@n1), (disable web@n2)"),
        (
            "group manage g; group online g; resource disable db",
            "resource enable db",
            "(enable db@n1,n2), Prenet_start db@n1, Start db@n1, Monitor_start db@n1",
        ),
        ("group manage g; resource disable db", "resource enable db", "(enable db@n1,n2)"),
        (
            "group manage g; resource disable db; group online g; resource unmonitor db",
            "resource enable db",
            "(enable db@n1,n2), Prenet_start db@n1, Start db@n1",
        ),
        // What a failed start began is stopped before anything is started over it; whether a monitor runs is not known there.
        (
            "group manage g; group online g; resource state web --node n1 start_failed",
            "resource enable web",
            "Monitor_stop web@n1, Stop web@n1, Start web@n1, Monitor_start web@n1",
        ),
        // resource_unmonitor, resource_monitor.
        (ONLINE, "resource unmonitor db", "Monitor_stop db@n1, (unmonitor db@n1), (unmonitor db@n2)"),
        (MON, "resource monitor db", "(monitor db@n1,n2), Monitor_start db@n1"),
        (MON, "resource monitor db --node n2", "(monitor db@n2)"),
        (
            "group manage g; group online g; resource state db --node n1 online --monitor start_failed",
            "resource monitor db",
            "Monitor_stop db@n1, Monitor_start db@n1",
        ),
        // resource_restart: neither Prenet_start nor Postnet_stop; a monitor only where it runs and is wanted.
        (ONLINE, "resource restart db", "Monitor_stop db@n1, Stop db@n1, Start db@n1, Monitor_start db@n1"),
        (MON, "resource restart db", "Stop db@n1, Start db@n1"),
        // Where nothing else starts and stops it, Prenet_start and Postnet_stop do.
        (ONLINE, "resource restart net --node n2", "Postnet_stop net@n2, Prenet_start net@n2"),
        // What a failed start began is stopped; a failed stop is cleaned up by hand.
        (
            "group manage g; group online g; resource state web --node n1 start_failed",
            "resource clear web --node n1",
            "Monitor_stop web@n1, Stop web@n1",
        ),
        (
            "group manage g; group online g; resource state web --node n1 stop_failed",
            "resource clear web --node n1",
            "(clear web@n1)",
        ),
        // group_manage, group_unmanage; sys is initialised on all nodes, the others on the node list.
        ("", "group manage g", "(manage g), Init db@n1, Init db@n2"),
        ("", "group manage h", "(manage h), Init sys@n1, Init sys@n2, Init sys@n3"),
        ("node down n2", "group manage h", "(manage h), Init sys@n1, Init sys@n3"),
        (
            "group manage g; resource disable db; resource disable web",
            "group unmanage g",
            "Fini db@n1, Fini db@n2, (unmanage g)",
        ),
        // bring_online, take_offline: web depends on db.
        (
            MANAGED,
            "group online g",
            "(online g@n1), Prenet_start db@n1, Start db@n1, Monitor_start db@n1, Start web@n1, Monitor_start web@n1",
        ),
        (
            MANAGED,
            "group online g --node n2",
            "(online g@n2), Prenet_start db@n2, Start db@n2, Monitor_start db@n2, Start web@n2, Monitor_start web@n2",
        ),
        (
            MANAGED,
            "group online h",
            "(online h@n1), Prenet_start net@n1, Start sys@n1, Monitor_start sys@n1, (online h@n2), Prenet_start net@n2, Start \
             sys@n2, Monitor_start sys@n2",
        ),
        ("group manage g; resource disable db", "group online g", "(online g@n1), Start web@n1, Monitor_start web@n1"),
        (
            ONLINE,
            "group offline g",
            "Monitor_stop web@n1, Stop web@n1, Monitor_stop db@n1, Stop db@n1, Postnet_stop db@n1, (offline g@n1)",
        ),
        (ONLINE, "group offline h --node n2", "Monitor_stop sys@n2, Stop sys@n2, Postnet_stop net@n2, (offline h@n2)"),
        // group_move: Monitor_check first, then away, then there.
        (
            ONLINE,
            "group move g --node n2",
            "Monitor_check db@n2, Monitor_stop web@n1, Stop web@n1, Monitor_stop db@n1, Stop db@n1, Postnet_stop db@n1, \
             (offline g@n1), (online g@n2), Prenet_start db@n2, Start db@n2, Monitor_start db@n2, Start web@n2, Monitor_start web@n2",
        ),
        // What is recorded as offline is made so, whatever monitors may run.
        (
            MANAGED,
            "group drive g",
            "Monitor_stop web@n1, Stop web@n1, Monitor_stop db@n1, Stop db@n1, Postnet_stop db@n1, Monitor_stop web@n2, Stop \
             web@n2, Monitor_stop db@n2, Stop db@n2, Postnet_stop db@n2, (registry)",
        ),
        (
            "group manage g; node down n1",
            "group drive g",
            "Monitor_stop web@n2, Stop web@n2, Monitor_stop db@n2, Stop db@n2, Postnet_stop db@n2, (registry)",
        ),
        // node_up: Boot of what is managed.
        ("group manage h; node down n2", "node up n2", "(registry), Boot net@n2, Boot sys@n2"),
        ("group manage g; node down n2", "node up n2", "(registry), Boot db@n2"),
        ("node down n2", "node up n2", "(registry)"),
        // resource_create, resource_create_in_managed_group.
        ("", "resource create new --group g --type full:1.0", "Validate-c new@n1, Validate-c new@n2, (registry)"),
        (
            "group manage g",
            "resource create new --group g --type full:1.0",
            "Validate-c new@n1, Validate-c new@n2, (registry), Init new@n1, Init new@n2",
        ),
        (
            ONLINE,
            "resource create new --group g --type full:1.0",
            "Validate-c new@n1, Validate-c new@n2, (registry), Init new@n1, Init new@n2, Prenet_start new@n1, Start new@n1, \
             Monitor_start new@n1",
        ),
        (ONLINE, "resource create new --group g --type plain:1.0 --disabled", "(registry)"),
        // resource_delete_in_managed_group.
        (
            "group manage g; resource disable web; resource delete web; resource disable db",
            "resource delete db",
            "Fini db@n1, Fini db@n2, (registry)",
        ),
        ("resource disable web", "resource delete web", "(registry)"),
        // property_update.
        (ONLINE, "resource set db -p Port=81", "Validate-u db@n1, Validate-u db@n2, (registry), Update db@n1"),
        ("node down n2", "resource set db -p Port=81", "Validate-u db@n1, (registry)"),
        // nodelist_or_installed_nodes_grows, …_shrinks: only of those initialised on the node list.
        (MANAGED, "group set g --node n1", "Fini db@n2, (registry)"),
        (MANAGED, "group set g --node n1,n3", "Fini db@n2, (registry), Init db@n3"),
        ("group manage g; node down n3", "group set g --node n1,n2,n3", "(registry)"),
        (MANAGED, "group set h --node n1,n2", "(registry)"),
        ("", "group set g --node n1,n3", "(registry)"),
    ];
    for (before, line, expected) in rows {
        assert_eq!(steps(before, line).join(", "), *expected, "{before}; {line}");
    }
}

fn step_of<'p>(plan: &'p Plan, at: &str) -> &'p rtreg_upgrade::plan::Step {
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
    use ResourceState::{Offline, Online, StartFailed, StopFailed};
    let rows: &[(&str, &str, &str, &str, &[(&str, &str, ResourceState)])] = &[
        // A start that fails leaves out its monitor and what depends on it.
        (
            MANAGED,
            "group online g",
            "Prenet_start db@n1",
            "(online g@n1), Prenet_start db@n1",
            &[("db", "n1", StartFailed), ("web", "n1", Offline)],
        ),
        (
            MANAGED,
            "group online g",
            "Start db@n1",
            "(online g@n1), Prenet_start db@n1, Start db@n1",
            &[("db", "n1", StartFailed), ("web", "n1", Offline)],
        ),
        (
            MANAGED,
            "group online g",
            "Start web@n1",
            "(online g@n1), Prenet_start db@n1, Start db@n1, Monitor_start db@n1, Start web@n1",
            &[("db", "n1", Online), ("web", "n1", StartFailed)],
        ),
        // The other node, and what does not depend on it, go on.
        (
            MANAGED,
            "group online h",
            "Start sys@n1",
            "(online h@n1), Prenet_start net@n1, Start sys@n1, (online h@n2), Prenet_start net@n2, Start sys@n2, Monitor_start sys@n2",
            &[("sys", "n1", StartFailed), ("sys", "n2", Online), ("net", "n1", Online)],
        ),
        // A stop that fails leaves the group where it is, and what the resource depends on.
        (
            ONLINE,
            "group offline g",
            "Stop web@n1",
            "Monitor_stop web@n1, Stop web@n1",
            &[("db", "n1", Online), ("web", "n1", StopFailed)],
        ),
        (
            ONLINE,
            "group offline g",
            "Monitor_stop web@n1",
            "Monitor_stop web@n1",
            &[("db", "n1", Online), ("web", "n1", Online)],
        ),
        (
            ONLINE,
            "group offline g",
            "Postnet_stop db@n1",
            "Monitor_stop web@n1, Stop web@n1, Monitor_stop db@n1, Stop db@n1, Postnet_stop db@n1",
            &[("db", "n1", StopFailed), ("web", "n1", Offline)],
        ),
        (
            ONLINE,
            "resource disable web",
            "Stop web@n1",
            "Monitor_stop web@n1, Stop web@n1, (disable web@n2)",
            &[("web", "n1", StopFailed)],
        ),
        (ONLINE, "resource restart db", "Stop db@n1", "Monitor_stop db@n1, Stop db@n1", &[("db", "n1", StopFailed)]),
        (
            ONLINE,
            "resource restart db",
            "Start db@n1",
            "Monitor_stop db@n1, Stop db@n1, Start db@n1",
            &[("db", "n1", StartFailed)],
        ),
        (
            ONLINE,
            "resource unmonitor db",
            "Monitor_stop db@n1",
            "Monitor_stop db@n1, (unmonitor db@n2)",
            &[("db", "n1", Online)],
        ),
        // A move that cannot leave does not arrive.
        (
            ONLINE,
            "group move g --node n2",
            "Stop web@n1",
            "Monitor_check db@n2, Monitor_stop web@n1, Stop web@n1",
            &[("web", "n1", StopFailed), ("db", "n1", Online), ("db", "n2", Offline)],
        ),
        // rtreg takes over nothing that does not stop.
        (
            "group manage g; node down n2",
            "group drive g",
            "Stop web@n1",
            "Monitor_stop web@n1, Stop web@n1",
            &[("web", "n1", StopFailed)],
        ),
    ];
    for (before, line, at, expected, states) in rows {
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
    let all = |mode: &str, node_list: &str| {
        let lines = format!("{node_list}; resource set db -p Failover_mode={mode}; {ONLINE}");
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
        let cluster = all(mode, "group set g --node n3,n1,n2; node down n2");
        // It is online on n3 then: make it n1.
        let cluster = {
            cluster
                .change(|tx| {
                    let mut group: GroupRecord = tx.view.record(&keys::group("g"))?.expect("a group");
                    let at = group.online_on.remove("n3").expect("online there");
                    let _ = at;
                    tx.put(keys::group("g"), &group);
                    Ok(())
                })
                .expect("a commit");
            cluster
        };
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
