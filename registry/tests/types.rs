//! Names, `unregister`, `type set`, `list`, `show type` and settings: each rule, each refusal in its words.

mod common;

use common::{aware, change, context, look, put, put_resource, register, revision, rtr, store, try_register, words};
use rtreg_registry::commands::type_set::{InstalledNodes, Request as SetRequest, type_set};
use rtreg_registry::commands::unregister::{Request as Unregister, unregister};
use rtreg_registry::commands::{history_view, list, settings, show_type};
use rtreg_registry::gate::EmptyUpgradeFrom;
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::store::KeyRange;
use rtreg_registry::{CommandError, Store, keys, resolve_type, transact};

/// qfs of TEST in three versions, one without the suffix; qfs of OTHER; solo.
fn several() -> MemoryStore {
    let store = store();
    let other = aware("qfs", "4.6").replace("TEST", "OTHER").replace("/opt/qfs", "/opt/other");
    register(
        &store,
        &[&aware("qfs", "4.6"), &aware("qfs", "5"), &rtr("qfs", "4.10", ""), &other, &aware("solo", "1.0")],
    );
    store
}

fn resolved(store: &dyn Store, name: &str) -> String {
    match look(store, |view| resolve_type(view, name)) {
        Ok(record) => format!("{} version {}", record.name, record.version),
        refused => words(refused),
    }
}

fn unregistered(store: &dyn Store, name: &str) -> Result<String, CommandError> {
    change(store, |tx| unregister(tx, &Unregister { name: name.to_owned() })).map(|report| report.text())
}

fn set(
    store: &dyn Store,
    name: &str,
    nodes: Option<InstalledNodes>,
    properties: &[(&str, &str)],
) -> Result<String, CommandError> {
    let properties = properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let request = SetRequest { name: name.to_owned(), installed_nodes: nodes, properties };
    change(store, |tx| type_set(tx, &request)).map(|report| report.text())
}

fn nodes(names: &[&str]) -> Option<InstalledNodes> {
    Some(InstalledNodes::Nodes(names.iter().map(|&name| name.to_owned()).collect()))
}

#[test]
fn names_and_abbreviations() {
    let store = several();
    for (text, expected) in [
        ("TEST.qfs:4.6", "TEST.qfs:4.6 version 4.6"),
        ("TEST.qfs", "TEST.qfs version 4.10"),
        ("TEST.qfs:4.10", "TEST.qfs version 4.10"),
        ("qfs:5", "TEST.qfs:5 version 5"),
        ("qfs:4.10", "TEST.qfs version 4.10"),
        ("OTHER.qfs", "OTHER.qfs:4.6 version 4.6"),
        ("solo", "TEST.solo:1.0 version 1.0"),
        ("solo:1.0", "TEST.solo:1.0 version 1.0"),
    ] {
        assert_eq!(resolved(&store, text), expected, "{text}");
    }
    let refused = ["qfs", "qfs:4.6", "qfs:7", "TEST.qfs:7", "TEST.sloo", "sol", "zebra", "", "solo:1.0:"];
    let refused: Vec<String> = refused.iter().map(|text| format!("{text:?}: {}", resolved(&store, text))).collect();
    insta::assert_snapshot!(refused.join("\n---\n"));
    assert!(resolved(&MemoryStore::default(), "x").contains("no type is registered"));
}

#[test]
fn a_name_is_looked_up_without_reading_other_types() {
    let store = several();
    for number in 0..5 {
        let files: Vec<String> = (0..20).map(|file| aware(&format!("t{number}x{file}"), "1")).collect();
        register(&store, &files.iter().map(String::as_str).collect::<Vec<_>>());
    }
    for (name, conditions) in [("TEST.qfs:4.6", 2), ("solo", 3), ("TEST.qfs:4.10", 2)] {
        let basis = look(&store, |view| {
            resolve_type(view, name)?;
            Ok(view.basis())
        });
        assert_eq!(basis.unwrap().len(), conditions, "{name}");
    }
}

#[test]
fn unregister_removes_every_key_but_history_and_source() {
    let store = store();
    let before: Vec<String> = keys_of(&store);
    try_register(&store, &[&aware("web", "1")], Some(&["n1", "n3"])).unwrap();
    assert_eq!(unregistered(&store, "web").unwrap(), "unregistered `TEST.web:1` (version 1)\n");
    let left: Vec<String> = keys_of(&store).into_iter().filter(|key| !before.contains(key)).collect();
    assert!(
        left.iter().all(|key| key.starts_with("history/type/TEST.web:1/") || key.starts_with("blobs/")),
        "{left:?}"
    );
    register(&store, &[&aware("web", "1")]);
    let history = look(&store, |view| history_view::history(view, Some("TEST.web:1"), 10)).unwrap();
    let events: Vec<(u64, &str)> = history.entries.iter().map(|it| (it.entry.number, &*it.entry.event)).collect();
    assert_eq!(events, [(3, "register"), (2, "unregister"), (1, "register")]);
}

fn keys_of(store: &dyn Store) -> Vec<String> {
    let all = store.snapshot().unwrap().range(&KeyRange::prefix(""), usize::MAX).unwrap();
    all.into_iter().map(|stored| stored.key).collect()
}

#[test]
fn a_type_in_use_or_of_the_system_stays() {
    let store = store();
    register(&store, &[&aware("web", "1"), &aware("web", "10"), &rtr("sys", "1", "RT_system = TRUE;\n#$upgrade\n")]);
    for number in 0..25 {
        put_resource(&store, &format!("r{number:02}"), "TEST.web", "1", ("g", &["n1"]));
    }
    put_resource(&store, "late", "TEST.web", "10", ("g", &["n1"]));
    let before = revision(&store);
    let refused = ["web:1", "web:10", "sys", "nothing"].map(|name| words(unregistered(&store, name)));
    assert_eq!(revision(&store), before);
    insta::assert_snapshot!(refused.join("\n---\n"));
}

#[test]
fn only_two_properties_change() {
    let store = store();
    register(&store, &[&aware("web", "1")]);
    let node = || nodes(&["n1"]);
    let refused = [
        words(set(&store, "web", None, &[])),
        words(set(&store, "web", None, &[("failover", "TRUE")])),
        words(set(&store, "web", None, &[("RT_sytem", "TRUE")])),
        words(set(&store, "web", None, &[("RT_system", "yes")])),
        words(set(&store, "web", None, &[("Installed_nodes", "n1,,n2")])),
        words(set(&store, "web", node(), &[("Installed_nodes", "n2")])),
        words(set(&store, "web", nodes(&[]), &[])),
        words(set(&store, "web", nodes(&["n9"]), &[])),
        words(set(&store, "wbe", node(), &[])),
    ];
    insta::assert_snapshot!(refused.join("\n---\n"));
}

#[test]
fn installed_nodes_and_rt_system_change() {
    let store = store();
    register(&store, &[&aware("web", "1")]);
    let version = rtreg_model::RtVersion::new("1");
    let has = |node: &str| {
        let key = keys::by_node_type(node, "TEST.web", &version);
        store.snapshot().unwrap().get(&key).unwrap().is_some()
    };
    let mut text = set(&store, "web", nodes(&["n1", "n2"]), &[("RT_system", "false")]).unwrap();
    assert!(has("n1") && has("n2") && !has("n3"));
    text.push_str(&set(&store, "web", None, &[("installed_nodes", "n2, n3")]).unwrap());
    assert!(!has("n1") && has("n2") && has("n3"));
    let before = revision(&store);
    text.push_str(&set(&store, "web", nodes(&["n2", "n3"]), &[]).unwrap());
    assert_eq!(revision(&store), before);
    text.push_str(&set(&store, "web", None, &[("rt_system", "true")]).unwrap());
    text.push_str(&words(set(&store, "web", Some(InstalledNodes::All), &[("RT_system", "FALSE")])));
    text.push('\n');
    text.push_str(&set(&store, "web", None, &[("RT_system", "FALSE")]).unwrap());
    text.push_str(&set(&store, "web", None, &[("Installed_nodes", "*")]).unwrap());
    assert!(!has("n1") && !has("n2") && !has("n3"));
    insta::assert_snapshot!(text);
}

#[test]
fn node_lists_stay_within_installed_nodes() {
    for groups in [2, 60] {
        let store = store();
        register(&store, &[&aware("web", "1"), &aware("web", "2")]);
        put_resource(&store, "r1", "TEST.web", "1", ("g1", &["n1", "n2", "n3"]));
        for number in 2..=groups {
            put_resource(&store, &format!("r{number}"), "TEST.web", "1", (&format!("g{number}"), &["n1", "n2"]));
        }
        let refused = words(set(&store, "web:1", nodes(&["n1", "n2"]), &[]));
        assert!(
            refused.starts_with("refused node_in_use") && refused.contains("(resource `r1`): n3\nhelp"),
            "{refused}"
        );
        assert!(set(&store, "web:1", nodes(&["n3", "n2", "n1"]), &[]).is_ok());
        assert!(set(&store, "web:2", nodes(&["n3"]), &[]).is_ok(), "another version");
    }
}

#[test]
fn a_resource_that_comes_in_between_is_seen() {
    for groups in [0, 60] {
        let store = store();
        register(&store, &[&aware("web", "1")]);
        for number in 0..groups {
            put_resource(&store, &format!("r{number}"), "TEST.web", "1", (&format!("g{number}"), &["n1"]));
        }
        let mut attempts = 0;
        let request = SetRequest { name: "web".to_owned(), installed_nodes: nodes(&["n1"]), properties: Vec::new() };
        let result = transact(&store, &context(None), ("objects", 1), |tx| {
            let report = type_set(tx, &request);
            attempts += 1;
            if attempts == 1 {
                put_resource(&store, "late", "TEST.web", "1", ("late", &["n2"]));
            }
            report
        });
        assert_eq!(attempts, 2);
        assert!(words(result).contains("group `late` (resource `late`): n2"));
        let unregistering = transact(&store, &context(None), ("objects", 1), |tx| {
            unregister(tx, &Unregister { name: "web".to_owned() })
        });
        assert!(words(unregistering).starts_with("refused type_in_use"));
    }
}

#[test]
fn lists() {
    let store = several();
    for number in 0..101 {
        put_resource(&store, &format!("r{number}"), "TEST.qfs", "5", ("g", &["n1"]));
    }
    set(&store, "solo", nodes(&["n1", "n2"]), &[("RT_system", "TRUE")]).unwrap();
    let queries = [
        None,
        Some("TEST.qfs"),
        Some("qfs"),
        Some("qfs:4.6"),
        Some("TEST.*"),
        Some("q*:4.*"),
        Some("*:?"),
        Some("TEST.qfs:*"),
        Some("TEST.qfs:>=4.6, <5"),
        Some("qfs:>4.6"),
        Some("*:=1.0"),
        Some("qfs:<1"),
        Some("x*"),
    ];
    let mut text = String::new();
    for query in queries {
        let report = look(&store, |view| list::list(view, query)).unwrap();
        text.push_str(&format!("{query:?}\n{}\n", report.text()));
    }
    for query in ["TEST.qfs:>=", "TEST.qfs:>=4,5", "TEST.qfs:==4", "zebra", "zebra:>1", "sloo"] {
        text.push_str(&format!("{query:?}: {}\n", words(look(&store, |view| list::list(view, Some(query))))));
    }
    insta::assert_snapshot!(text);
    assert_eq!(look(&MemoryStore::default(), |view| list::list(view, None)).unwrap().types, []);
}

#[test]
fn a_type_is_shown_whole() {
    let store = store();
    let table = "#$upgrade\n#$upgrade_from \"1.0\" ANYTIME\n#$upgrade_from \"\" when_unmanaged\n\
        { PROPERTY = Start_timeout; MIN = 60; DEFAULT = 300; }\n\
        { PROPERTY = Port_list; DEFAULT = ; TUNABLE = AT_CREATION; }\n\
        { PROPERTY = Mode; EXTENSION; ENUM { fast, safe }; DEFAULT = safe; TUNABLE = WHEN_DISABLED; DESCRIPTION = \"How\"; }\n\
        { PROPERTY = Level; EXTENSION; PER_NODE; INT; MIN = 0; MAX = 9; DEFAULT = 1; }\n\
        { PROPERTY = Key; EXTENSION; STRING; MINLENGTH = 4; TUNABLE = AT_CREATION; }\n";
    register(&store, &[&aware("web", "1.0"), &rtr("web", "2.0", &format!("Failover = TRUE;\n{table}"))]);
    for number in 0..21 {
        put_resource(&store, &format!("r{number:02}"), "TEST.web", "2.0", ("g", &["n1"]));
    }
    let report = look(&store, |view| show_type::show(view, "web:2.0")).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", report.text(), serde_json::to_string_pretty(&report).unwrap()));
}

#[test]
fn settings_are_listed_and_set_with_a_reason() {
    let store = store();
    let name = "empty-upgrade-from";
    let word = EmptyUpgradeFrom::UnversionedOnly.as_str();
    let set = |name: &str, value: &str, why: Option<&str>| {
        transact(&store, &context(why), ("settings", 1), |tx| settings::set(tx, name, value)).map(|(report, _)| report)
    };
    let mut text = look(&store, settings::list).unwrap().text();
    for refused in [
        set("empty-upgrade-form", word, Some("x")),
        set("zebra", word, Some("x")),
        set(name, "unversioned_only", Some("x")),
        set(name, "7", Some("x")),
        set(name, word, None),
        set(name, word, Some("  ")),
    ] {
        text.push_str(&format!("{}\n", words(refused)));
    }
    assert_eq!(look(&store, settings::read_settings).unwrap().empty_upgrade_from, EmptyUpgradeFrom::CatchAll);
    text.push_str(&set(name, &word.to_uppercase(), Some("the files are from 3.1 9/04")).unwrap().text());
    assert_eq!(look(&store, settings::read_settings).unwrap().empty_upgrade_from, EmptyUpgradeFrom::UnversionedOnly);
    let before = revision(&store);
    text.push_str(&set(name, word, Some("again")).unwrap().text());
    assert_eq!(revision(&store), before);
    text.push_str(&look(&store, settings::list).unwrap().text());
    text.push_str(&look(&store, |view| history_view::history(view, Some(name), 10)).unwrap().text());
    insta::assert_snapshot!(text);
    put(&store, &keys::setting(name), r#"{"value":"later"}"#);
    assert!(matches!(look(&store, settings::read_settings), Err(CommandError::Store(_))));
}

#[test]
fn nodes_that_leave_or_join_a_type_run_fini_and_init_where_that_is_the_rule() {
    let store = store();
    let methods = "Boot = boot;\nInit = init;\nFini = fini;\nInit_nodes = RT_INSTALLED_NODES;\n#$upgrade\n";
    register(
        &store,
        &[&rtr("web", "1", methods), &rtr("web", "2", &methods.replace("RT_INSTALLED_NODES", "RG_PRIMARIES"))],
    );
    put(&store, &keys::node("n3"), r#"{"name":"n3","status":"down","added":0,"incarnation":7}"#);
    let entry = |by: &str| {
        format!(
            r#"{{"incarnation":0,"enabled":true,"monitored":true,"state":"offline","monitor":"stopped","started_by":{{"kind":"none"}},
               "monitor_started_by":{{"kind":"none"}},"initialised_by":{by}}}"#
        )
    };
    for version in ["1", "2"] {
        let name = format!("r{version}");
        put_resource(&store, &name, "TEST.web", version, ("g", &["n1"]));
        let v1 = entry(r#"{"kind":"version","version":"1"}"#);
        let nodes = format!(r#"{{"n1":{v1},"n2":{v1},"n3":{v1}}}"#);
        let record =
            format!(r#"{{"name":"{name}","group":"g","base":"TEST.web","type_version":"{version}","nodes":{nodes}}}"#);
        put(&store, &keys::resource(&name), &record);
    }
    let initialised = |resource: &str| {
        let stored = store.snapshot().unwrap().get(&keys::resource(resource)).unwrap().unwrap();
        let record: serde_json::Value = serde_json::from_slice(&stored.value).unwrap();
        let nodes = record["nodes"].as_object().unwrap().clone();
        let line = |(node, entry): (&String, &serde_json::Value)| {
            format!("{node} {}", entry["initialised_by"]["kind"].as_str().unwrap())
        };
        nodes.iter().map(line).collect::<Vec<_>>().join(", ")
    };
    set(&store, "web:1", nodes(&["n1"]), &[]).unwrap();
    assert_eq!(initialised("r1"), "n1 version, n3 version", "Fini runs on n2; n3 is down and keeps what it had");
    set(&store, "web:1", Some(InstalledNodes::All), &[]).unwrap();
    assert_eq!(initialised("r1"), "n1 version, n2 version, n3 version", "Init runs on n2");
    set(&store, "web:2", nodes(&["n1"]), &[]).unwrap();
    assert_eq!(initialised("r2"), "n1 version, n2 version, n3 version", "another rule");
    let history = look(&store, |view| history_view::history(view, Some("resource:r1"), 9)).unwrap();
    assert_eq!(history.entries.len(), 2);
    for number in 0..40 {
        put_resource(&store, &format!("x{number}"), "TEST.web", "1", ("g", &["n1"]));
    }
    insta::assert_snapshot!(words(set(&store, "web:1", nodes(&["n1"]), &[])));
}

#[test]
fn a_record_is_never_written_without_history() {
    let store = store();
    change(&store, |tx| {
        tx.put(keys::group("g"), &serde_json::json!({ "name": "g" }));
        tx.put(keys::by_group("g", "r"), &serde_json::json!({}));
        Ok(())
    })
    .unwrap();
    let history = look(&store, |view| history_view::history(view, None, 9)).unwrap();
    let events: Vec<_> =
        history.entries.iter().map(|it| (&*it.entry.object.kind, &*it.entry.object.name, &*it.entry.event)).collect();
    assert_eq!(events, [("group", "g", "settle")]);
}
