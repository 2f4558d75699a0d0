//! A cluster to try commands on, written as on the command line: `cluster.ok("resource enable r1 --node n1")`.

use std::collections::BTreeMap;

use rtreg_model::{MonitorState, ResourceState};
use rtreg_registry::commands::changes::ChangeReport;
use rtreg_registry::commands::properties::parse_assignments;
use rtreg_registry::commands::register::{self, RtrFile};
use rtreg_registry::commands::switch::{Action, SwitchRequest, switch};
use rtreg_registry::commands::{group, history_verify, node, observe, resource, show, upgrade, version};
use rtreg_registry::gate::{self, Decision, Settings, Verdict};
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::{
    CommandError, Context, LoadedType, Store, Transaction, View, Who, inspect, load_type, resolve_type, transact,
};
use serde_json::json;

pub const METHODS: &[&str] =
    &["Start", "Stop", "Init", "Fini", "Boot", "Monitor_start", "Monitor_stop", "Update", "Validate"];

/// An upgrade-aware file of vendor TEST.
pub fn rtr(name: &str, version: &str, methods: &[&str], more: &str) -> String {
    let mut text = format!("Resource_type = {name};\nVendor_id = TEST;\nRT_version = \"{version}\";\n");
    text.push_str(&format!("RT_basedir = /opt/{name}/{version};\n"));
    for method in methods {
        text.push_str(&format!("{method} = {};\n", method.to_lowercase()));
    }
    // Type properties stand before the directives, the table behind them.
    let (properties, table) = more.split_once("--").unwrap_or((more, ""));
    let (directives, table) = table.split_once("--").unwrap_or(("", table));
    format!("{text}{properties}\n#$upgrade\n{directives}\n{table}\n")
}

pub struct Cluster {
    pub store: MemoryStore,
}

impl Cluster {
    /// Nodes n1, n2, n3; types `web` 1.0, 2.0, 3.0 (everything), `plain` (Start and Stop only), `sys` (Init_nodes are
    /// all nodes), `fail` (Failover), `one` (Single_instance).
    pub fn new() -> Self {
        let cluster = Self { store: MemoryStore::default() };
        cluster.register(&[
            &rtr("web", "1.0", METHODS, ""),
            &rtr("web", "2.0", METHODS, "--#$upgrade_from \"1.0\" ANYTIME--"),
            &rtr("web", "3.0", &["Start", "Stop"], "--#$upgrade_from \"\" WHEN_OFFLINE--"),
            &rtr("plain", "1.0", &["Start", "Stop"], ""),
            &rtr("sys", "1.0", METHODS, "Init_nodes = RT_INSTALLED_NODES;"),
            &rtr("fail", "1.0", &["Start", "Stop"], "Failover = TRUE;"),
            &rtr("one", "1.0", &["Start", "Stop"], "Single_instance = TRUE;"),
        ]);
        for node in ["n1", "n2", "n3"] {
            cluster.ok(&format!("node add {node}"));
        }
        cluster
    }

    /// As [`Cluster::new`], with a managed group `g` on n1 and n2 and its resource `r` of web 1.0.
    pub fn with_resource() -> Self {
        let cluster = Self::new();
        cluster.ok("group create g --node n1,n2");
        cluster.ok("resource create r --group g --type web:1.0");
        cluster.ok("group manage g");
        cluster
    }

    /// A cluster of its own in the same state.
    pub fn copy(&self) -> Self {
        Self { store: self.store.fork() }
    }

    pub fn register(&self, files: &[&str]) {
        let named = |(number, text): (usize, &&str)| RtrFile {
            name: format!("file{number}.rtr"),
            bytes: text.as_bytes().to_vec(),
            digests: BTreeMap::new(),
        };
        let request = register::Request {
            files: files.iter().enumerate().map(named).collect(),
            installed_nodes: None,
            ..Default::default()
        };
        register::run(&self.store, &context(None), &request).expect("the files register");
    }

    pub fn change<R>(
        &self,
        decide: impl FnMut(&mut Transaction<'_>) -> Result<R, CommandError>,
    ) -> Result<R, CommandError> {
        transact(&self.store, &context(None), ("resources", 1), decide).map(|(report, _)| report)
    }

    pub fn inspect<R>(&self, decide: impl FnOnce(&View<'_>) -> Result<R, CommandError>) -> Result<R, CommandError> {
        inspect(&self.store, decide)
    }

    /// Runs a command line.
    pub fn run(&self, line: &str) -> Result<ChangeReport, CommandError> {
        run(&self.store, line)
    }

    /// Runs a command line that must succeed.
    pub fn ok(&self, line: &str) -> ChangeReport {
        self.run(line).unwrap_or_else(|error| panic!("{line}: {}", words(&error)))
    }

    /// Runs a command line that must be refused, changes nothing, and returns rule and words.
    pub fn refused(&self, line: &str) -> String {
        let before = self.store.snapshot().unwrap().revision();
        let error = self.run(line).map(|report| report.text()).expect_err(line);
        assert_eq!(self.store.snapshot().unwrap().revision(), before, "{line} is refused and changes nothing");
        words(&error)
    }

    /// A resource on a node: `online by 1.0, monitor running by 1.0, initialised by 1.0, enabled, monitored`; parts that
    /// say nothing are left out.
    pub fn at(&self, resource: &str, node: &str) -> String {
        let report = self.inspect(|view| show::resource(view, resource)).unwrap();
        let json = serde_json::to_value(&report).unwrap();
        let nodes = json["nodes"].as_array().unwrap();
        let Some(entry) = nodes.iter().find(|entry| entry["node"] == node) else { return "-".to_owned() };
        let by = |what: &str| match (entry[what]["kind"].as_str().unwrap(), entry[what]["version"].as_str()) {
            ("none", _) => String::new(),
            ("unknown", _) => " by ?".to_owned(),
            (_, version) => format!(" by {}", version.unwrap_or("unversioned")),
        };
        let mut parts = vec![format!("{}{}", entry["state"].as_str().unwrap(), by("started_by"))];
        if entry["monitor"] != "stopped" || !by("monitor_started_by").is_empty() {
            parts.push(format!("monitor {}{}", entry["monitor"].as_str().unwrap(), by("monitor_started_by")));
        }
        if !by("initialised_by").is_empty() {
            let also = entry["also_initialised_by"].as_array().into_iter().flatten();
            let also: String = also.map(|also| format!(" and {}", also["version"].as_str().unwrap())).collect();
            parts.push(format!("initialised{}{also}", by("initialised_by")));
        }
        for (word, on) in [("disabled", &entry["enabled"]), ("unmonitored", &entry["monitored"])] {
            if on == &json!(false) {
                parts.push(word.to_owned());
            }
        }
        parts.join(", ")
    }

    pub fn load(&self, name: &str) -> LoadedType {
        self.inspect(|view| load_type(view, &resolve_type(view, name)?)).unwrap()
    }

    /// The gate's answer.
    pub fn decide(&self, resource: &str, target: &str) -> Decision {
        self.preview(resource, target, &[])
    }

    /// The gate's answer to a command with values, as the command itself gets it.
    pub fn preview(&self, resource: &str, target: &str, values: &[&str]) -> Decision {
        self.upgrade(resource, target, values, true).unwrap().decision
    }

    /// The command `upgrade` itself.
    pub fn upgrade(
        &self,
        resource: &str,
        to: &str,
        values: &[&str],
        preview: bool,
    ) -> Result<upgrade::Report, CommandError> {
        let properties = parse_assignments(values.iter().copied()).unwrap();
        let request = upgrade::Request { resource: resource.to_owned(), to: to.to_owned(), properties, preview };
        self.change(|tx| upgrade::upgrade(tx, &request))
    }

    /// No fault in the history.
    pub fn verify(&self) {
        let report = self.inspect(|view| history_verify::verify(view, None)).unwrap();
        assert_eq!(report.faults, 0, "{:?}", report.listed);
        assert!(report.entries > 0);
    }
}

pub fn decide(view: &View<'_>, resource: &str, target: &str) -> Result<Decision, CommandError> {
    let state = version::gate_state(view, resource)?;
    let target = load_type(view, &resolve_type(view, target)?)?;
    let present = version::gate_version(view, &state.present, resource)?;
    let target = version::gate_version(view, &target, resource)?;
    let request = gate::Request {
        resource,
        target: &target,
        present: &present,
        properties: &[],
        dependency_faults: &[],
        restored: None,
    };
    Ok(gate::decide(&request, &state.state, &Settings::default()))
}

pub fn context(why: Option<&str>) -> Context {
    Context {
        at: "2026-01-02T03:04:05.678Z".to_owned(),
        who: Who { user: "mara".to_owned(), sudo_user: None, host: "adm1".to_owned() },
        why: why.map(str::to_owned),
        local_node: "n1".to_owned(),
    }
}

/// An error as it is shown.
pub fn words(error: &CommandError) -> String {
    let (kind, refusal) = match error {
        CommandError::Refused(refusal) => ("refused", refusal),
        CommandError::Usage(refusal) => ("usage", refusal),
        other => return format!("{other}"),
    };
    let mut text = format!("{kind} {}: {}", refusal.rule, refusal.message);
    for line in &refusal.details {
        text.push_str(&format!("\n  {line}"));
    }
    if let Some(help) = &refusal.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    text
}

/// Runs a command line on a store.
pub fn run(store: &dyn Store, line: &str) -> Result<ChangeReport, CommandError> {
    let parsed = Line::parse(line);
    let ctx = context(parsed.option("--reason"));
    transact(store, &ctx, ("resources", 1), |tx| apply(tx, &parsed)).map(|(report, _)| report)
}

/// Words, and options with their values.
pub struct Line {
    words: Vec<String>,
    options: Vec<(String, String)>,
}

impl Line {
    pub fn parse(line: &str) -> Self {
        let mut parsed = Self { words: Vec::new(), options: Vec::new() };
        let mut words = line.split_whitespace();
        while let Some(word) = words.next() {
            if ["--disabled", "--already"].contains(&word) {
                parsed.options.push((word.to_owned(), String::new()));
            } else if word.starts_with('-') {
                parsed.options.push((word.to_owned(), words.next().expect(line).to_owned()));
            } else {
                parsed.words.push(word.to_owned());
            }
        }
        parsed
    }

    fn word(&self, index: usize) -> String {
        self.words.get(index).cloned().unwrap_or_default()
    }

    fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(option, _)| option == name).map(|(_, value)| value.as_str())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.option(name).map(str::to_owned)
    }

    fn all(&self, name: &str) -> Vec<String> {
        let all = self.options.iter().filter(|(option, _)| option == name);
        all.map(|(_, value)| value.clone()).collect()
    }

    fn nodes(&self) -> Vec<String> {
        self.all("--node").iter().flat_map(|nodes| nodes.split(',')).map(str::to_owned).collect()
    }
}

/// Carries out a command line in a transaction.
pub fn apply(tx: &mut Transaction<'_>, line: &Line) -> Result<ChangeReport, CommandError> {
    let name = line.word(2);
    let (nodes, properties) = (line.nodes(), line.all("-p"));
    match (line.word(0).as_str(), line.word(1).as_str()) {
        ("node", "add") => node::add(tx, &node::NodeRequest { name }),
        ("node", "remove") => node::remove(tx, &node::NodeRequest { name }),
        ("node", "up") => node::up(tx, &node::NodeRequest { name }),
        ("node", "down") => node::down(tx, &node::NodeRequest { name }),
        ("group", "create") => group::create(tx, &group::CreateRequest { name, nodes, properties, driver: None }),
        ("group", "set") => group::set(tx, &group::SetRequest { name, nodes, properties }),
        ("group", "delete") => group::delete(tx, &group::GroupRequest { name }),
        ("group", "manage") if line.option("--already").is_some() => {
            group::manage_already(tx, &group::GroupRequest { name })
        }
        ("group", "manage") => group::manage(tx, &group::GroupRequest { name }),
        ("group", "unmanage") => group::unmanage(tx, &group::GroupRequest { name }),
        ("group", "online") => group::online(tx, &group::NodesRequest { name, nodes }),
        ("group", "offline") => group::offline(tx, &group::NodesRequest { name, nodes }),
        ("resource", "create") => {
            let request = resource::CreateRequest {
                name,
                group: line.text("--group").unwrap(),
                resource_type: line.text("--type").unwrap(),
                properties,
                created_under_3_0: line.option("--created-under").is_some(),
                disabled: line.option("--disabled").is_some(),
            };
            resource::create(tx, &request)
        }
        ("resource", "set") => {
            resource::set(tx, &resource::SetRequest { name, properties, defaults: line.all("--default") })
        }
        ("resource", "delete") => resource::delete(tx, &resource::DeleteRequest { name }),
        ("resource", "state") => state(tx, line),
        ("resource", verb) => {
            let actions =
                [Action::Enable, Action::Disable, Action::Monitor, Action::Unmonitor, Action::Restart, Action::Clear];
            let action = actions.into_iter().find(|action| action.as_str() == verb).expect(verb);
            switch(tx, &SwitchRequest { name, action, nodes })
        }
        ("upgrade", resource) => upgraded(tx, resource, line.option("--to").unwrap()),
        other => panic!("no command {other:?}"),
    }
}

fn state(tx: &mut Transaction<'_>, line: &Line) -> Result<ChangeReport, CommandError> {
    if let Some(version) = line.text("--type-version") {
        return observe::type_version_is(tx, &observe::TypeVersionRequest { name: line.word(2), version });
    }
    let request = observe::StateRequest {
        name: line.word(2),
        node: line.text("--node").unwrap(),
        state: ResourceState::parse(&line.word(3)).unwrap(),
        monitor: line.option("--monitor").map(|word| MonitorState::parse(word).unwrap()),
        started_by: line.text("--started-by"),
        monitor_started_by: line.text("--monitor-started-by"),
        initialised_by: line.text("--initialised-by"),
    };
    observe::state(tx, &request)
}

/// The upgrade as its command does it: only if the gate allows it now.
fn upgraded(tx: &mut Transaction<'_>, resource: &str, target: &str) -> Result<ChangeReport, CommandError> {
    let decision = decide(&tx.view, resource, target)?;
    if decision.verdict != Verdict::Allowed {
        return Err(rtreg_registry::Refusal::new("gate", "not now").into());
    }
    let target = load_type(&tx.view, &resolve_type(&tx.view, target)?)?;
    let change = version::SetTypeVersion { resource, target: &target, values: decision.values, detail: json!({}) };
    version::set_type_version(tx, change)
}
