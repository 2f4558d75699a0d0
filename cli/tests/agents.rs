//! Agents of nodes through the binary: a group that is online on two nodes of one machine, of which n1 is the commands' own and n2 has
//! an agent, whatever becomes of that one.

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use common::service::{add_service, hold, log_of_nodes, release, wait_until, write_versions};
use common::{Cluster, valid};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The agent of n2, as long as the test lasts.
struct Agent(Child);

impl Agent {
    fn start(cluster: &Cluster) -> Self {
        Self::start_with(cluster, "")
    }

    /// One that ends at a point of its work.
    fn start_with(cluster: &Cluster, crash: &str) -> Self {
        let mut command = cluster.command();
        command.args(["agent", "--node", "n2"]).stdout(Stdio::piped());
        if !crash.is_empty() {
            command.env("RTREG_CRASH_AT", crash);
        }
        let mut child = command.spawn().expect("it runs");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line).expect("it speaks");
        assert_eq!(line, "agent of node n2: at work\n");
        Self(child)
    }

    fn kill(mut self) {
        self.0.kill().expect("it lives");
        self.0.wait().expect("it ends");
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn two_nodes() -> Cluster {
    let cluster = Cluster::new();
    add_service(&cluster, "WHEN_OFFLINE", &["n1", "n2"]);
    cluster
}

/// The plan, made when n2 has been looked at.
fn plan(cluster: &Cluster) {
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
}

fn apply(cluster: &Cluster) -> Child {
    let mut command = cluster.command();
    command.args(["apply", "plan.json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs")
}

fn ended(run: Child) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = run.wait_with_output().expect("it ends");
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

/// What was called on a node, in this order.
fn on(cluster: &Cluster, node: &str) -> Vec<String> {
    let suffix = format!(" on {node}");
    let all = log_of_nodes(cluster).into_iter();
    all.filter_map(|line| line.strip_suffix(&suffix).map(str::to_owned)).collect()
}

const WHOLE: [&str; 5] = ["Validate 2.0", "Monitor_stop 1.0", "Stop 1.0", "Start 2.0", "Monitor_start 2.0"];

fn check_new(cluster: &Cluster) {
    let shown = valid(cluster, "show-resource", "show resource r");
    assert_eq!(shown["type_version"], "2.0", "{shown:#}");
    cluster.ok("history verify");
}

#[test]
fn each_node_runs_its_own_methods() {
    let cluster = two_nodes();
    let _agent = Agent::start(&cluster);
    plan(&cluster);
    let text = cluster.ok("apply plan.json");
    assert_eq!(
        (on(&cluster, "n1"), on(&cluster, "n2")),
        (WHOLE.map(str::to_owned).to_vec(), WHOLE.map(str::to_owned).to_vec()),
        "{text}"
    );
    check_new(&cluster);
    assert!(cluster.fails(5, "agent --node n2").contains("an agent of node `n2` is at work already"));
}

#[test]
fn without_an_agent_nothing_begins() {
    let cluster = two_nodes();
    Agent::start(&cluster).kill();
    plan(&cluster);
    let refused = cluster.fails(4, "apply plan.json");
    assert!(refused.contains("where no agent answers") && refused.contains("`rtreg agent --node n2`"), "{refused}");
    assert!(log_of_nodes(&cluster).is_empty() && cluster.ok("runs").contains("There are no runs"));
    let _agent = Agent::start(&cluster);
    cluster.ok("apply plan.json");
    check_new(&cluster);
}

#[test]
fn an_agent_looks_at_versions_registered_before_and_after_its_start() {
    let cluster = two_nodes();
    let plan_of_unseen = cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    assert!(plan_of_unseen.contains("n2"), "{plan_of_unseen}");
    let _agent = Agent::start(&cluster);
    let refused = cluster.fails(4, "apply plan.json");
    assert!(
        refused.contains("no process on their nodes had seen these methods")
            && refused.contains("of XMPL.svc:2.0 on n2"),
        "{refused}"
    );
    // Those of before it has seen when it says that it is at work.
    let shown = || valid(&cluster, "show-type", "show type svc:2.0").to_string();
    assert!(shown().contains("\"n2\""), "{}", shown());
    cluster.ok("unregister svc:2.0");
    write_versions(&cluster, "WHEN_OFFLINE");
    cluster.ok("register 2.0.rtr");
    wait_until(|| shown().contains("\"n2\""));
    plan(&cluster);
    cluster.ok("apply plan.json");
    check_new(&cluster);
}

#[test]
fn a_method_outlives_its_agent_and_the_run_goes_on() {
    let cluster = two_nodes();
    let agent = Agent::start(&cluster);
    plan(&cluster);
    // The last on n2: nothing behind it needs an agent.
    hold(&cluster, "Monitor_start-2.0-n2");
    let run = apply(&cluster);
    wait_until(|| on(&cluster, "n2") == WHOLE);
    agent.kill();
    release(&cluster, "Monitor_start-2.0-n2");
    let (code, text) = ended(run);
    assert_eq!(code, Some(0), "{text}");
    check_new(&cluster);
}

#[test]
fn a_run_waits_for_a_person_where_an_agent_has_ended_before_its_work() {
    for point in ["agent.before_take", "agent.before_spawn", "agent.after_spawn"] {
        let cluster = two_nodes();
        let agent = Agent::start_with(&cluster, &format!("{point}@*"));
        plan(&cluster);
        let (code, text) = ended(apply(&cluster));
        assert_eq!(code, Some(14), "{point}: {text}");
        assert!(text.contains("rtreg agent --node n2") || text.contains("the agent of its node"), "{point}: {text}");
        let refused = cluster.fails(4, "resume");
        assert!(refused.contains("where no agent answers"), "{point}: {refused}");
        drop(agent);
        let _agent = Agent::start(&cluster);
        cluster.ok("resume");
        let called = on(&cluster, "n2");
        assert!(
            called.ends_with(&WHOLE[1..].iter().map(|line| (*line).to_owned()).collect::<Vec<_>>()),
            "{point}: {called:?}"
        );
        check_new(&cluster);
    }
}

#[test]
fn a_node_goes_down_in_the_middle() {
    let cluster = two_nodes();
    let agent = Agent::start(&cluster);
    plan(&cluster);
    hold(&cluster, "Stop-1.0-n2");
    let run = apply(&cluster);
    wait_until(|| on(&cluster, "n2").last().is_some_and(|line| line == "Stop 1.0"));
    // The node dies with all that is on it, and a person says so.
    agent.kill();
    end_all_of(&cluster, "n2");
    cluster.ok("node down n2");
    let (code, text) = ended(run);
    assert_eq!(code, Some(14), "{text}");
    assert!(text.contains("rtreg resume r1"), "{text}");
    let resumed = cluster.ok("resume");
    assert!(resumed.contains("left out: the node is down"), "{resumed}");
    assert_eq!(on(&cluster, "n1"), WHOLE);
    assert_eq!(on(&cluster, "n2"), WHOLE[..3]);
    check_new(&cluster);
}

/// Ends every process that a method of a node runs in, and its supervisor.
fn end_all_of(cluster: &Cluster, node: &str) {
    let (store, wanted) = (cluster.path().join("store.db").display().to_string(), format!("RTREG_NODE={node}"));
    let mut found = 0;
    for entry in fs::read_dir("/proc").expect("the process table").flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        let mut variables = environment.split(|byte| *byte == 0);
        let is_own = variables.clone().any(|variable| variable == format!("RTREG_STORE=sqlite:{store}").as_bytes());
        if is_own
            && variables.any(|variable| variable == wanted.as_bytes())
            && kill(Pid::from_raw(pid), Signal::SIGKILL).is_ok()
        {
            found += 1;
        }
    }
    assert!(found >= 2, "the supervisor and the method: {found}");
}

#[test]
fn an_agent_ends_when_it_is_asked_to_and_its_method_goes_on() {
    let cluster = two_nodes();
    let mut agent = Agent::start(&cluster);
    plan(&cluster);
    hold(&cluster, "Monitor_start-2.0-n2");
    let run = apply(&cluster);
    wait_until(|| on(&cluster, "n2") == WHOLE);
    let asked = Command::new("kill").arg(agent.0.id().to_string()).status();
    assert!(asked.is_ok_and(|asked| asked.success()));
    agent.0.wait().expect("it ends");
    release(&cluster, "Monitor_start-2.0-n2");
    assert_eq!(ended(run).0, Some(0));
    check_new(&cluster);
}
