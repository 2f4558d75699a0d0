//! Decisions as text and as JSON, of real files: the snapshots are read by people.

#[path = "gate_common/mod.rs"]
mod common;

use std::collections::BTreeMap;

use common::{by, online, state};
use rtreg_model::{Driver, FileId, MonitorState, NodeStatus, Origin, PropertyValue, ResourceState, ResourceType};
use rtreg_registry::gate::{
    Assignment, Decision, DecisionReport, Member, NodeView, Possible, Request, Settings, State, Verdict, decide, render,
};
use rtreg_registry::migration::StoredValue;

const ONE: &str = r#"Resource_type = "web";
Vendor_id = TEST;
RT_version = "1.0";
Start = /opt/web/start;
Stop = /opt/web/stop;
Init = /opt/web/init;
Monitor_start = /opt/web/monitor_start;
Monitor_stop = /opt/web/monitor_stop;
#$upgrade
{ PROPERTY = Threads; EXTENSION; INT; DEFAULT = 4; TUNABLE = ANYTIME; }
{ PROPERTY = Logfile; EXTENSION; STRING; DEFAULT = "/var/log/web"; }
"#;

const TWO: &str = r#"# Version 2: the log goes elsewhere.
Resource_type = "web"; Vendor_id = TEST; RT_version = "2.0";
Start = /opt/web2/start; Stop = /opt/web2/stop; Init = /opt/web2/init;
Monitor_start = /opt/web2/monitor_start; Monitor_stop = /opt/web2/monitor_stop;
#$upgrade
#$upgrade_from "1.0" ANYTIME
{ PROPERTY = Threads; EXTENSION; INT; MAX = 16; DEFAULT = 8; TUNABLE = ANYTIME; }
{ PROPERTY = Color; EXTENSION; ENUM { red, green }; DEFAULT = red; TUNABLE = NONE; }
"#;

const THREE: &str = "Resource_type = web; Vendor_id = TEST; RT_version = \"3.0\";\n\
Start = /opt/web3/start; Stop = /opt/web3/stop; Init = /opt/web3/init;\n\
#$upgrade\n\
#$upgrade_from \"2.0\" ANYTIME\n\
\x20 #$upgrade_from   \"1.0\"\tWHEN_OFFLINE\n\
#$upgrade_from \"0.9\" WHEN_UNMONITORED\n\
#$upgrade_from \"0.8\" WHEN_UNMANAGED\n\
#$upgrade_from \"0.7\" WHEN_DISABLED\n\
#$upgrade_from \"0.6\" AT_CREATION\n\
{ PROPERTY = Token; EXTENSION; STRING; TUNABLE = AT_CREATION; }\n";

const UNAWARE: &str =
    "Resource_type = web; Vendor_id = TEST; RT_version = \"4.0\";\nStart = /w/start; Stop = /w/stop;\n";

fn file(text: &str) -> ResourceType {
    let rtr = rtreg_parser::parse(text.as_bytes(), FileId(0));
    assert!(rtr.findings.is_empty(), "{:?}", rtr.findings);
    rtreg_parser::lower(&rtr).expect("a type")
}

/// A decision with the files that it was made of.
struct Answer {
    decision: Decision,
    files: BTreeMap<String, String>,
}

impl Answer {
    fn source(&self, name: &str) -> Option<Vec<u8>> {
        self.files.get(name).map(|text| text.as_bytes().to_vec())
    }
}

fn ask(present: &str, target: &str, state: &State, command: &[(&str, &str)]) -> Answer {
    let texts = [present, target].map(str::to_owned);
    let (present, target) = (file(present), file(target));
    let value =
        |(name, value): &(&str, &str)| Assignment { name: (*name).to_owned(), node: None, value: (*value).to_owned() };
    let properties: Vec<Assignment> = command.iter().map(value).collect();
    let (present, target) = (common::registered(&present), common::registered(&target));
    let request = Request {
        resource: "web",
        target: &target,
        present: &present,
        properties: &properties,
        dependency_faults: &[],
        restored: None,
    };
    let files = [present.file(), target.file()].into_iter().zip(texts).collect();
    Answer { decision: decide(&request, state, &Settings::default()), files }
}

fn text(answer: &Answer) -> String {
    render(&answer.decision, &|name| answer.source(name))
}

fn json(answer: &Answer) -> String {
    let report = DecisionReport::new(&answer.decision, &|name| answer.source(name));
    serde_json::to_string_pretty(&report).expect("JSON")
}

fn running() -> State {
    let mut running =
        state(vec![online("n1", "1.0"), NodeView { initialised_by: by("1.0"), ..NodeView::offline("n2") }]);
    running.dependents = vec!["shop".to_owned()];
    let member = |name: &str| Member {
        name: name.to_owned(),
        group: "web-rg".to_owned(),
        nodes: vec![online("n1", "1.0"), NodeView::offline("n2")],
    };
    running.group.members = vec![member("db"), member("web")];
    running
}

#[test]
fn refused_because_an_old_process_lives() {
    let decision = ask(TWO, THREE, &running(), &[("Token", "x")]);
    insta::assert_snapshot!("old_process_text", text(&decision));
    insta::assert_snapshot!("old_process_json", json(&decision));
}

#[test]
fn two_versions_that_initialised_the_resource() {
    let mut nodes = running();
    assert!(!json(&ask(TWO, THREE, &nodes, &[])).contains("also_initialised_by"));
    nodes.nodes[1].also_initialised_by = ["0.8", "0.9"].map(common::version).into();
    let answer = ask(TWO, THREE, &nodes, &[]);
    let text = text(&answer);
    assert!(text.contains("n2: offline and enabled, monitor stopped and switched on; started by none, monitor by none, initialised by 1.0, also by 0.8, also by 0.9\n"), "{text}");
    let report: serde_json::Value = serde_json::from_str(&json(&answer)).unwrap();
    let also = &report["state"]["nodes"][1]["also_initialised_by"];
    assert_eq!(also[0]["kind"], "version");
    assert_eq!((&also[0]["version"], &also[1]["version"]), (&"0.8".into(), &"0.9".into()));
    assert_eq!(report["state"]["nodes"][0].get("also_initialised_by"), None);
}

#[test]
fn allowed_with_all_that_changes() {
    let mut running = running();
    running.resource.values.insert("Threads".to_owned(), StoredValue::explicit(PropertyValue::Int(12)));
    let decision = ask(ONE, TWO, &running, &[]);
    insta::assert_snapshot!("allowed_text", text(&decision));
    insta::assert_snapshot!("allowed_json", json(&decision));
    assert_eq!(
        decision.decision.values, running.resource.values,
        "what was set stays, what follows a default is not kept"
    );
    running.resource.created_under_3_0 = true;
    running.resource.values.clear();
    insta::assert_snapshot!("pinned_text", text(&ask(ONE, TWO, &running, &[])));
}

#[test]
fn refused_because_of_values() {
    let mut running = running();
    running.resource.values.insert("Threads".to_owned(), StoredValue::explicit(PropertyValue::Int(20)));
    insta::assert_snapshot!("values_text", text(&ask(ONE, TWO, &running, &[("Colour", "red"), ("Color", "green")])));
    insta::assert_snapshot!("needs_value_json", json(&ask(ONE, TWO, &running, &[])));
}

#[test]
fn not_listed_needs_the_group_unmanaged() {
    let mut running = running();
    running.group.driver = Driver::Recorded;
    running.nodes[1].status = NodeStatus::Down;
    insta::assert_snapshot!("unlisted_text", text(&ask(THREE, TWO, &running, &[])));
    let mut unmanaged = running;
    unmanaged.group.managed = false;
    unmanaged.group.online_on.clear();
    unmanaged.group.members.clear();
    unmanaged.nodes[0] = NodeView { enabled: false, ..NodeView::offline("n1") };
    unmanaged.nodes[1].enabled = false;
    unmanaged.nodes[1].initialised_by = Origin::Unknown;
    insta::assert_snapshot!("trace_of_init_text", text(&ask(THREE, TWO, &unmanaged, &[])));
}

#[test]
fn unknown_origins_and_states() {
    let mut recorded = running();
    recorded.group.driver = Driver::Recorded;
    recorded.nodes[0].started_by = Origin::Unknown;
    recorded.nodes[0].monitor_started_by = Origin::Unknown;
    insta::assert_snapshot!("settled_text", text(&ask(ONE, TWO, &recorded, &[])));
    insta::assert_snapshot!("unknown_origins_text", text(&ask(TWO, THREE, &recorded, &[("Token", "x")])));
    recorded.nodes[0].state = ResourceState::Unknown;
    recorded.nodes[0].monitor = MonitorState::Unknown;
    recorded.nodes[1].status = NodeStatus::Unknown;
    let decision = ask(TWO, THREE, &recorded, &[("Token", "x")]);
    insta::assert_snapshot!("undecided_text", text(&decision));
    insta::assert_snapshot!("undecided_json", json(&decision));
    recorded.group.node_list.clear();
    recorded.nodes.clear();
    insta::assert_snapshot!(
        "no_nodes_text",
        text(&ask(TWO, &THREE.replace("\"2.0\" ANYTIME", "\"2.0\" WHEN_OFFLINE"), &recorded, &[("Token", "x")]))
    );
}

#[test]
fn never() {
    insta::assert_snapshot!("unaware_text", text(&ask(ONE, UNAWARE, &running(), &[])));
    insta::assert_snapshot!("unaware_json", json(&ask(ONE, UNAWARE, &running(), &[])));
    let at_creation = ONE.replace("\"1.0\"", "\"0.6\"");
    insta::assert_snapshot!("at_creation_text", text(&ask(&at_creation, THREE, &running(), &[("Token", "x")])));
}

#[test]
fn each_state_that_may_be_needed() {
    let mut running = running();
    for view in &mut running.nodes {
        view.initialised_by = Origin::None;
    }
    let texts = ["0.9", "0.7", "0.8"].map(|version| {
        let mut running = running.clone();
        running.nodes[0].started_by = by(version);
        running.nodes[0].monitor_started_by = by(version);
        text(&ask(&ONE.replace("\"1.0\"", &format!("\"{version}\"")), THREE, &running, &[("Token", "x")]))
    });
    insta::assert_snapshot!("states_text", texts.join("\n========\n\n"));
}

#[test]
fn a_property_that_needs_the_resource_disabled() {
    let two = TWO.replace("TUNABLE = ANYTIME", "TUNABLE = WHEN_DISABLED");
    let answer = ask(ONE, &two, &running(), &[("Threads", "5")]);
    insta::assert_snapshot!("when_disabled_text", text(&answer));
    assert_eq!(answer.decision.because[0].asks, Some(rtreg_model::Tunability::WhenDisabled));
}

#[test]
fn every_command_of_the_vendor_is_followed_by_the_one_that_records_it() {
    let mut recorded = running();
    recorded.group.driver = Driver::Recorded;
    recorded.nodes[0].initialised_by = Origin::None;
    recorded.nodes[0].state = ResourceState::StopFailed;
    let one = |version: &str| ONE.replace("\"1.0\"", &format!("\"{version}\""));
    let at = |version: &str| {
        let mut recorded = recorded.clone();
        recorded.nodes.iter_mut().for_each(|view| {
            (view.started_by, view.monitor_started_by, view.initialised_by) = (by(version), by(version), Origin::None);
        });
        ask(&one(version), THREE, &recorded, &[("Token", "x")]).decision.commands
    };
    assert_eq!(at("0.9"), ["clresource unmonitor web", "rtreg resource unmonitor web"]);
    assert_eq!(
        at("0.7"),
        [
            "clresource clear -n n1 web",
            "rtreg resource clear web --node n1",
            "clresource disable web",
            "rtreg resource disable web"
        ]
    );
    assert_eq!(
        at("0.8"),
        [
            "clresource clear -n n1 web",
            "rtreg resource clear web --node n1",
            "clresource disable web db",
            "rtreg resource disable web",
            "rtreg resource disable db",
            "clresourcegroup offline web-rg",
            "rtreg group offline web-rg",
            "clresourcegroup unmanage web-rg",
            "rtreg group unmanage web-rg"
        ]
    );
    let mut unmanaged = recorded;
    unmanaged.group.managed = false;
    unmanaged.group.online_on.clear();
    unmanaged.group.members.clear();
    unmanaged.nodes[0] = NodeView { enabled: false, initialised_by: by("0.8"), ..NodeView::offline("n1") };
    unmanaged.nodes[1].enabled = false;
    assert_eq!(
        ask(&one("0.8"), THREE, &unmanaged, &[("Token", "x")]).decision.commands,
        [
            "clresourcegroup manage web-rg",
            "rtreg group manage web-rg",
            "clresourcegroup unmanage web-rg",
            "rtreg group unmanage web-rg"
        ]
    );
}

#[test]
fn the_command_of_the_vendor_is_named_where_the_upgrade_is_allowed_and_only_recorded() {
    let command = |present, target, driver, values: &[(&str, &str)]| {
        let mut state = running();
        state.group.driver = driver;
        ask(present, target, &state, values).decision.vendor_command
    };
    let values = [("Threads", "5")];
    assert_eq!(
        command(ONE, TWO, Driver::Recorded, &values).as_deref(),
        Some("clresource set -p Type_version=2.0 -p Threads=5 web")
    );
    assert_eq!(command(ONE, TWO, Driver::Recorded, &[]).as_deref(), Some("clresource set -p Type_version=2.0 web"));
    // Where rtreg runs the upgrade there is nothing beside it to run, and nothing is to be run that is refused.
    assert_eq!(command(ONE, TWO, Driver::Rgm, &values), None);
    assert_eq!(command(TWO, THREE, Driver::Recorded, &[("Token", "x")]), None);
}

#[test]
fn cures_of_broken_rules_in_a_recorded_group() {
    let mut recorded = running();
    recorded.group.driver = Driver::Recorded;
    let single = TWO.replace("Vendor_id", "Failover = TRUE; Single_instance = TRUE; Vendor_id");
    let text_of_single = single.clone();
    let (present, single) = (file(ONE), file(&single));
    let mut target = common::registered(&single);
    target.installed_nodes = Some(vec!["n1".to_owned()]);
    target.other_resources = vec!["a".to_owned(), "b".to_owned()];
    let present = common::registered(&present);
    let request = Request {
        resource: "web",
        target: &target,
        present: &present,
        properties: &[],
        dependency_faults: &[],
        restored: None,
    };
    let decision = decide(&request, &recorded, &Settings::default());
    let source = |name: &str| (name == target.file()).then(|| text_of_single.clone().into_bytes());
    insta::assert_snapshot!("rules_text", render(&decision, &source));
}

#[test]
fn a_source_that_is_not_there_leaves_the_place_out() {
    let decision = ask(TWO, THREE, &running(), &[("Token", "x")]).decision;
    let report = DecisionReport::new(&decision, &|_| None);
    assert_eq!(report.because[0].file.as_deref(), Some("registry:TEST.web:3.0"));
    assert_eq!(report.because[0].span, None);
    assert!(render(&decision, &|_| None).contains("  --> registry:TEST.web:3.0\n"));
}

#[test]
fn the_same_version() {
    insta::assert_snapshot!("same_text", text(&ask(ONE, ONE, &running(), &[])));
    insta::assert_snapshot!("same_with_values_text", text(&ask(ONE, ONE, &running(), &[("Threads", "5")])));
    // The values stay; the vendor, too, would do nothing.
    let mut set = running();
    set.resource.values.insert("Threads".to_owned(), StoredValue::explicit(PropertyValue::Int(12)));
    let decision = ask(ONE, ONE, &set, &[]).decision;
    assert_eq!((decision.vendor_allows, &decision.values), (true, &set.resource.values));
    assert!(!ask(ONE, ONE, &set, &[("Threads", "5")]).decision.vendor_allows);
}

#[test]
fn a_version_of_another_type_is_never_reached() {
    use rtreg_model::Tunability::AtCreation;
    let decision = ask(ONE, &TWO.replace("\"web\"", "\"mail\""), &running(), &[]).decision;
    assert_eq!((decision.verdict, decision.possible), (Verdict::Blocked, Possible::Never));
    assert_eq!((decision.tunability, decision.vendor_tunability), (AtCreation, AtCreation));
    let why: Vec<&str> = decision.because.iter().map(|reason| reason.sentence.as_str()).collect();
    assert_eq!(why, ["TEST.mail:2.0 is not a version of TEST.web: an upgrade stays within one resource type."]);
}

#[test]
fn words_of_the_setting() {
    use rtreg_registry::gate::EmptyUpgradeFrom;
    assert_eq!(EmptyUpgradeFrom::default(), EmptyUpgradeFrom::CatchAll);
    assert_eq!(EmptyUpgradeFrom::parse("catch-all"), Some(EmptyUpgradeFrom::CatchAll));
    assert_eq!(EmptyUpgradeFrom::parse("Unversioned-Only"), Some(EmptyUpgradeFrom::UnversionedOnly));
    assert_eq!(EmptyUpgradeFrom::parse("other"), None);
    let value = Assignment { name: "A".to_owned(), node: Some("n1".to_owned()), value: "1".to_owned() };
    assert_eq!(value.to_string(), "A{n1}=1");
}
