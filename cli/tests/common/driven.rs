//! A group that rtreg drives, with real methods and a monitor that is a daemon of its own: it waits until it is told what to ask for,
//! asks for it with `scha_control`, and is ended with all that it has begun by Monitor_stop.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::{Answer, Cluster, answer, valid};

const METHODS: [&str; 8] =
    ["Init", "Fini", "Start", "Stop", "Monitor_start", "Monitor_stop", "Monitor_check", "Validate"];

/// The cluster; its monitors and agents end with it.
pub struct Driven {
    cluster: Cluster,
    agents: Vec<Child>,
}

impl Deref for Driven {
    type Target = Cluster;

    fn deref(&self) -> &Cluster {
        &self.cluster
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        for agent in &mut self.agents {
            _ = agent.kill();
            _ = agent.wait();
        }
        for (pid, _) in self.processes() {
            _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

impl Driven {
    /// `r` of `svc:1.0` in `g`, managed, driven by rtreg and online on the first node; all nodes but that one have agents.
    pub fn new(nodes: &[&str]) -> Self {
        let cluster = Cluster::new();
        for version in ["1.0", "2.0"] {
            write_version(&cluster, version);
        }
        let mut driven = Self { cluster, agents: Vec::new() };
        driven.write("daemon", &daemon(&driven));
        for node in nodes {
            driven.ok(&format!("node add {node}"));
            let made = Command::new("mkfifo").arg(driven.path().join(format!("ask-{node}"))).status();
            assert!(made.expect("mkfifo").success());
        }
        // An agent has looked at what is registered when it says that it is at work.
        driven.ok("register 1.0.rtr 2.0.rtr");
        for node in &nodes[1..] {
            let mut command = driven.command();
            let mut agent = command.args(["agent", "--node", node]).stdout(Stdio::piped()).spawn().expect("it runs");
            let mut line = String::new();
            BufReader::new(agent.stdout.as_mut().expect("its output")).read_line(&mut line).expect("it speaks");
            assert_eq!(line, format!("agent of node {node}: at work\n"));
            driven.agents.push(agent);
        }
        driven.ok(&format!("group create g --node {} --driver rgm", nodes.join(",")));
        driven.ok("resource create r --group g --type svc:1.0");
        driven.ok("group manage g");
        driven.ok(&format!("group online g --node {}", nodes[0]));
        driven.clear();
        driven
    }

    /// What was called and where, in this order.
    pub fn log(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path().join("log")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Forgets what was called.
    pub fn clear(&self) {
        fs::write(self.path().join("log"), "").expect("the log");
    }

    /// A method fails on a node.
    pub fn let_fail(&self, method: &str, node: &str) {
        self.write(&format!("fail-{method}-{node}"), "");
    }

    /// Tells the monitor of a node what to ask for.
    pub fn ask(&self, node: &str, tag: &str) {
        let mut fifo = fs::File::options().write(true).open(self.path().join(format!("ask-{node}"))).expect("a fifo");
        fifo.write_all(format!("{tag}\n").as_bytes()).expect("it listens");
    }

    /// Asks with `scha_control` itself, as the monitor of a node; code and complaint.
    pub fn control(&self, node: &str, tag: &str) -> (i32, String) {
        let Answer { code, err, .. } = self.scha(node, &["scha_control", "-O", tag, "-R", "r", "-G", "g"]);
        (code, err)
    }

    /// Calls one of the commands that methods have, on a node.
    pub fn scha(&self, node: &str, words: &[&str]) -> Answer {
        let mut command = Command::new(self.path().join("store.db.run/bin").join(words[0]));
        command.env_clear().envs(self.command().get_envs().filter_map(|(name, value)| Some((name, value?))));
        answer(command.env("RTREG_NODE", node).args(&words[1..]).output().expect("the link runs"))
    }

    /// Processes that run for this store, the agents left out: number and command line.
    pub fn processes(&self) -> Vec<(i32, String)> {
        let store = format!("RTREG_STORE=sqlite:{}", self.path().join("store.db").display());
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").expect("the process table").flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            let is_own = environment.split(|byte| *byte == 0).any(|variable| variable == store.as_bytes());
            if is_own && !self.agents.iter().any(|agent| i32::try_from(agent.id()) == Ok(pid)) {
                let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
                found.push((pid, String::from_utf8_lossy(&line).replace('\0', " ")));
            }
        }
        found
    }

    /// Until nothing runs but one monitor, that of this node.
    pub fn settle(&self, node: &str) {
        let pid = || fs::read_to_string(self.path().join(format!("pid-{node}"))).unwrap_or_default();
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let left = self.processes();
            match left.as_slice() {
                [(only, line)] if only.to_string() == pid().trim() && line.contains("daemon") => return,
                _ => assert!(Instant::now() < deadline, "{} is the monitor, and there are {left:#?}", pid().trim()),
            }
            std::thread::yield_now();
        }
    }

    /// What the runs were for, the newest first.
    pub fn runs(&self) -> Vec<(String, String)> {
        let word = |run: &Value, field: &str| run[field].as_str().expect("a word").to_owned();
        let runs = valid(self, "runs", "runs")["runs"].as_array().expect("runs").clone();
        runs.iter().map(|run| (word(run, "what"), word(run, "state"))).collect()
    }

    /// State of the resource on a node.
    pub fn state(&self, node: &str) -> String {
        let shown = valid(self, "show-resource", "show resource r");
        let nodes = shown["nodes"].as_array().expect("nodes");
        let found = nodes.iter().find(|entry| entry["node"] == node).expect("the node");
        found["state"].as_str().expect("a state").to_owned()
    }

    /// The nodes where the group is online.
    pub fn online(&self) -> Vec<String> {
        let shown = valid(self, "show-group", "show group g");
        let nodes = shown["nodes"].as_array().expect("nodes");
        let online = nodes.iter().filter(|entry| entry["online"] == true);
        online.map(|entry| entry["node"].as_str().expect("a name").to_owned()).collect()
    }
}

fn write_version(cluster: &Cluster, version: &str) {
    let base = cluster.path().join(version);
    let mut text = format!("Resource_type = svc;\nVendor_id = XMPL;\nRT_version = \"{version}\";\n");
    text.push_str(&format!("RT_basedir = {};\n", base.display()));
    for method in METHODS {
        let name = method.to_lowercase();
        text.push_str(&format!("{method} = {name};\n"));
        let path = cluster.write(&format!("{version}/{name}"), &script(cluster, method));
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it may run");
    }
    text.push_str("#$upgrade\n");
    if version == "2.0" {
        text.push_str("#$upgrade_from \"1.0\" WHEN_OFFLINE\n");
    }
    for method in METHODS {
        text.push_str(&format!("{{ PROPERTY = {method}_timeout; MIN = 1; DEFAULT = 60; }}\n"));
    }
    text.push_str("{ PROPERTY = Failover_mode; DEFAULT = NONE; TUNABLE = ANYTIME; }\n");
    cluster.write(&format!("{version}.rtr"), &text);
}

fn script(cluster: &Cluster, method: &str) -> String {
    let folder = cluster.path().display();
    let act = match method {
        "Monitor_start" => {
            format!("setsid sh {folder}/daemon </dev/null >/dev/null 2>&1 &\necho $! > {folder}/pid-$RTREG_NODE\n")
        }
        // The whole of it, with what it has called.
        "Monitor_stop" => format!("kill -s KILL -- -$(cat {folder}/pid-$RTREG_NODE)\ntrue\n"),
        _ => String::new(),
    };
    let resource = if method == "Validate" { "$3" } else { "$2" };
    format!(
        "#!/bin/sh\necho \"{method} {resource} on $RTREG_NODE\" >> {folder}/log\n{act}\
         test ! -e {folder}/fail-{method}-$RTREG_NODE\n"
    )
}

fn daemon(cluster: &Cluster) -> String {
    let folder = cluster.path().display();
    format!("while read tag < {folder}/ask-$RTREG_NODE\ndo scha_control -O $tag -R r -G g\ndone\n")
}
