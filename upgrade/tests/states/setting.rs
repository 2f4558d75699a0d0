//! The cluster of these tests, commands written as on the command line, and the recorded command as the oracle.

use std::collections::BTreeSet;

use rtreg_model::{Driver, Origin, RtVersion};
use rtreg_registry::commands::driver::{self, DriverRequest};
use rtreg_registry::commands::group::{self, GroupRequest, NodesRequest};
use rtreg_registry::commands::node::NodeRequest;
use rtreg_registry::commands::resource::{CreateRequest, DeleteRequest, SetRequest};
use rtreg_registry::commands::switch::{Action, SwitchRequest};
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::records::GroupRecord;
use rtreg_registry::{CommandError, keys};
use rtreg_upgrade::execute::{BundleEnd, End, FailureKind, Injection, Outcome, Simulator, execute};
use rtreg_upgrade::plan::{NoticeKind, Operation, Plan, SetTypeVersion, State, What, state_of};
use rtreg_upgrade::states::{StateCommand, state_plan};
use serde_json::json;

use crate::fixture::{Cluster, METHODS, rtr, words};

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
pub fn cluster(lines: &str) -> Cluster {
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
pub fn driven(cluster: &Cluster) -> Cluster {
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

pub fn command(line: &str) -> StateCommand {
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

pub fn plan(cluster: &Cluster, line: &str) -> Result<Plan, CommandError> {
    cluster.inspect(|view| state_plan(view, &command(line)))
}

pub fn planned(cluster: &Cluster, line: &str) -> Plan {
    plan(cluster, line).unwrap_or_else(|error| panic!("{line}: {}", words(&error)))
}

pub fn no_gate(_: &State, _: &SetTypeVersion) -> Option<String> {
    Some("no version changes here".to_owned())
}

/// An operation in a word: `Start db@n1`, `Validate-c x@n1`, `(enable db@n1,n2)`.
pub fn word(operation: &Operation) -> String {
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
pub fn ran(simulator: &Simulator<'_>) -> Vec<String> {
    let number = |id: &str| id.rsplit('.').next().and_then(|number| number.parse::<usize>().ok());
    let mut lines: Vec<_> = simulator.log.iter().collect();
    lines.sort_by_key(|line| number(&line.id).expect("a step"));
    lines.into_iter().map(|line| word(&line.operation)).collect()
}

/// Where a command is planned: what rtreg takes over it does not drive yet.
pub fn driven_for(recorded: &Cluster, line: &str) -> Cluster {
    if line.starts_with("group drive") { recorded.copy() } else { driven(recorded) }
}

pub fn carried_out(plan: &Plan) -> (Outcome, Simulator<'static>) {
    let mut simulator = Simulator::new(plan, &no_gate);
    let outcome = execute(plan, &mut simulator);
    (outcome, simulator)
}

/// The steps of a command in a state, as they run where nothing fails.
pub fn steps(before: &str, line: &str) -> Vec<String> {
    let recorded = cluster(before);
    check_oracle(&recorded, line);
    let plan = planned(&driven_for(&recorded, line), line);
    let (outcome, simulator) = carried_out(&plan);
    assert_eq!(outcome.end, End::Done, "{line}");
    ran(&simulator)
}

/// Steps that run when the step that says `at` fails, and how it ends.
pub fn failing(before: &str, line: &str, at: &str) -> (Vec<String>, BundleEnd, State) {
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
pub fn oracle(recorded: &Cluster, line: &str, moved: &[String]) -> Result<State, CommandError> {
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
pub fn normal(mut state: State, of: &State) -> State {
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
pub fn check_oracle(recorded: &Cluster, line: &str) -> bool {
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
