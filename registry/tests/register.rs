//! `register`: each rule, each refusal in its words.

mod common;

use std::collections::BTreeMap;

use common::{aware, context, file, register, revision, rtr, store, try_register, words};
use rtreg_model::Release;
use rtreg_registry::commands::register::{self as command, Effect, Request};
use rtreg_registry::commands::show_type;
use rtreg_registry::store::{COMMIT_BYTES_MAX, KeyRange};
use rtreg_registry::{Store, inspect, keys, load_type, resolve_type};

fn request(files: Vec<command::RtrFile>) -> Request {
    Request { files, ..Request::default() }
}

#[test]
fn a_registered_type_is_found_and_given_back_byte_for_byte() {
    let store = store();
    let text = format!("{}# the end, without a line end", aware("web", "1.0")).replace('\n', "\r\n");
    let report = register(&store, &[&text]);
    insta::assert_snapshot!(report.text());
    assert_eq!(inspect(&store, |view| show_type::rtr(view, "TEST.web:1.0")).unwrap().bytes, text.as_bytes());
    let loaded = inspect(&store, |view| load_type(view, &resolve_type(view, "TEST.web:1.0")?)).unwrap();
    assert_eq!(loaded.resource_type.name().to_string(), "TEST.web:1.0");
    assert!(loaded.record.upgrade_aware);
}

#[test]
fn one_registration_is_one_commit() {
    let store = store();
    let before = revision(&store);
    register(&store, &[&aware("a", "1"), &aware("b", "1"), &aware("b", "2")]);
    assert_eq!(revision(&store), before + 1);
}

#[test]
fn digests_of_methods_that_exist_here_are_recorded_for_this_node() {
    let store = store();
    let text = aware("web", "1.0");
    let files = vec![file("web.rtr", &text), file("web2.rtr", &aware("web", "2.0"))];
    let mut asked = Vec::new();
    let prepared = command::prepare(&request(files)).unwrap().with_digests(|path| {
        asked.push(path.to_owned());
        path.ends_with("start").then(|| "ab".repeat(32))
    });
    assert_eq!(asked, ["/opt/web/start", "/opt/web/stop"], "each path once");
    let (report, _) = command::run_prepared(&store, &context(None), &prepared).unwrap();
    let seen: Vec<_> =
        report.types[0].methods.iter().map(|method| (&*method.method, method.digest.is_some())).collect();
    assert_eq!(seen, [("Start", true), ("Stop", false)]);
    let shown = inspect(&store, |view| show_type::show(view, "web:1.0")).unwrap();
    assert_eq!(shown.methods[0].digests, BTreeMap::from([("n1".to_owned(), "ab".repeat(32))]));
    assert_eq!(shown.methods[1].digests, BTreeMap::new());
}

#[test]
fn the_same_file_twice_in_a_command_is_registered_once() {
    let store = store();
    let before = revision(&store);
    let report = register(&store, &[&aware("web", "1.0"), &aware("db", "1.0"), &aware("web", "1.0")]);
    let effects: Vec<_> = report.types.iter().map(|registered| (&*registered.file, registered.effect)).collect();
    let expected = [Effect::Registered, Effect::Registered, Effect::Unchanged];
    assert_eq!(effects, ["file0.rtr", "file1.rtr", "file2.rtr"].into_iter().zip(expected).collect::<Vec<_>>());
    assert_eq!(revision(&store), before + 1);
    let again = register(&store, &[&aware("web", "1.0"), &aware("web", "1.0")]);
    assert!(again.types.iter().all(|registered| registered.effect == Effect::Unchanged));
    assert_eq!(revision(&store), before + 1);
}

#[test]
fn versions_that_share_method_files_are_reported() {
    let store = store();
    register(&store, &[&aware("web", "1.9"), &aware("web", "1.10"), &aware("other", "1")]);
    let apart = rtr("web", "2", "Update = /opt/web2/update;\n#$upgrade\n");
    let report = register(&store, &[&apart, &aware("web", "1.2")]);
    insta::assert_snapshot!(report.text());
}

#[test]
fn the_same_content_again_changes_nothing_and_says_so() {
    let store = store();
    register(&store, &[&aware("web", "1.0")]);
    let before = revision(&store);
    let report = register(&store, &[&aware("web", "1.0")]);
    assert_eq!(report.types[0].effect, Effect::Unchanged);
    let other_nodes = try_register(&store, &[&aware("web", "1.0")], Some(&["n2", "n1", "n2"])).unwrap();
    assert_eq!(revision(&store), before);
    insta::assert_snapshot!(format!("{}---\n{}", report.text(), other_nodes.text()));
}

#[test]
fn new_and_known_files_in_one_command() {
    let store = store();
    register(&store, &[&aware("web", "1.0")]);
    let report = register(&store, &[&aware("web", "1.0"), &aware("web", "2.0")]);
    let effects: Vec<Effect> = report.types.iter().map(|registered| registered.effect).collect();
    assert_eq!(effects, [Effect::Unchanged, Effect::Registered]);
}

#[test]
fn other_content_under_a_registered_name_is_refused_and_compared() {
    let store = store();
    let table = "{ PROPERTY = Retry_count; MIN = 0; MAX = 10; DEFAULT = 2; TUNABLE = ANYTIME; }\n\
                 { PROPERTY = Mode; EXTENSION; ENUM { fast, safe }; DEFAULT = safe; TUNABLE = AT_CREATION; }\n";
    register(&store, &[&rtr("web", "2.0", &format!("#$upgrade\n#$upgrade_from \"1.0\" ANYTIME\n{table}"))]);
    let changed = "{ PROPERTY = Retry_count; MIN = 0; MAX = 20; DEFAULT = 2; TUNABLE = ANYTIME; }\n\
                   { PROPERTY = Level; EXTENSION; INT; DEFAULT = 1; TUNABLE = ANYTIME; DESCRIPTION = \"How much\"; }\n";
    let before = revision(&store);
    let other =
        rtr("web", "2.0", &format!("Failover = TRUE;\n#$upgrade\n#$upgrade_from \"1.0\" WHEN_OFFLINE\n{changed}"));
    let differs = words(try_register(&store, &[&aware("new", "1"), &other], None));
    register(&store, &[&aware("plain", "2.0")]);
    let comment = format!("# a comment\n{}", aware("plain", "2.0"));
    let only_comment = words(try_register(&store, &[&comment], None));
    assert_eq!(revision(&store), before + 1);
    insta::assert_snapshot!(format!("{differs}\n---\n{only_comment}"));
    assert!(inspect(&store, |view| show_type::rtr(view, "TEST.new:1")).is_err(), "all or nothing");
}

#[test]
fn a_version_has_one_name() {
    let store = store();
    register(&store, &[&rtr("web", "1.0", ""), &aware("db", "1.0")]);
    let with_upgrade = words(try_register(&store, &[&aware("web", "1.0")], None));
    let without = words(try_register(&store, &[&rtr("db", "1.0", "")], None));
    let next = words(try_register(&store, &[&rtr("web", "2.0", "")], None));
    insta::assert_snapshot!([with_upgrade, without, next].join("\n---\n"));
}

#[test]
fn a_command_names_each_version_once() {
    let store = store();
    let same = words(try_register(&store, &[&aware("web", "1.0"), &format!("{} ", aware("web", "1.0"))], None));
    let names = words(try_register(&store, &[&aware("web", "1.0"), &rtr("web", "1.0", "")], None));
    let none = words(try_register(&store, &[], None));
    insta::assert_snapshot!([same, names, none].join("\n---\n"));
}

#[test]
fn a_file_with_errors_refuses_all_and_shows_the_findings_of_all() {
    let store = store();
    let before = revision(&store);
    let no_stop = "Resource_type = web; Vendor_id = TEST; RT_version = \"1\"; Start = /opt/web/start;\n";
    let result = try_register(&store, &[no_stop, &rtr("fine", "1", ""), &aware("db", "1/2")], None);
    assert_eq!(revision(&store), before);
    insta::assert_snapshot!(words(result));
}

#[test]
fn installed_nodes_must_exist() {
    let store = store();
    let unknown = words(try_register(&store, &[&aware("web", "1")], Some(&["n1", "nl2"])));
    let report = try_register(&store, &[&aware("web", "1")], Some(&["n2", "n1", "n2"])).unwrap();
    let snapshot = store.snapshot().unwrap();
    for node in ["n1", "n2"] {
        assert!(snapshot.get(&keys::by_node_type(node, "TEST.web", &"1".parse_version())).unwrap().is_some(), "{node}");
    }
    insta::assert_snapshot!(format!("{unknown}\n---\n{}", report.text()));
}

trait ParseVersion {
    fn parse_version(&self) -> rtreg_model::RtVersion;
}

impl ParseVersion for str {
    fn parse_version(&self) -> rtreg_model::RtVersion {
        rtreg_model::RtVersion::new(self)
    }
}

#[test]
fn a_command_that_does_not_fit_says_how_many_files_do() {
    let store = store();
    let files: Vec<String> = (0..40).map(|number| aware("web", &number.to_string())).collect();
    let texts: Vec<&str> = files.iter().map(String::as_str).collect();
    let before = revision(&store);
    let refused = words(try_register(&store, &texts, None));
    assert_eq!(revision(&store), before, "nothing is written beforehand");
    insta::assert_snapshot!(refused);
    let fit = register(&store, &texts[..25]);
    assert_eq!(fit.types.len(), 25);
    assert!(try_register(&store, &texts[10..36], None).is_ok(), "what is registered already takes no room");
}

#[test]
fn a_name_too_long_for_a_key_is_refused() {
    let refused = words(try_register(&store(), &[&aware("web", &"9".repeat(1200))], None));
    insta::assert_snapshot!(refused.replace(&"9".repeat(1200), "9…"));
}

#[test]
fn a_source_larger_than_a_commit_comes_back_byte_for_byte() {
    let store = store();
    let text = format!("{}# {}\n", aware("web", "1"), "x".repeat(3 * COMMIT_BYTES_MAX));
    let second = format!("{}# {}\n", aware("web", "2"), "y".repeat(COMMIT_BYTES_MAX / 2));
    register(&store, &[&text, &second]);
    for (name, text) in [("web:1", &text), ("web:2", &second)] {
        assert!(inspect(&store, |view| show_type::rtr(view, name)).unwrap().bytes == text.as_bytes(), "{name}");
    }
    let refused = try_register(&store, &[&format!("{text}#\n")], None);
    assert!(words(refused).contains("the bytes differ only in comments"));
    let chunks = store.snapshot().unwrap().range(&KeyRange::prefix("blobs/"), usize::MAX).unwrap().len();
    assert_eq!(chunks, 17 + 3, "a refused file leaves nothing behind");
}

#[test]
fn rt_system_comes_from_the_file() {
    let report = register(&store(), &[&rtr("sys", "1", "RT_system = TRUE;\n#$upgrade\n")]);
    assert!(report.types[0].rt_system);
}

#[test]
fn a_file_without_version_is_for_release_3_0() {
    let store = store();
    let old = rtr("old", "", "");
    assert!(words(try_register(&store, &[&old], None)).starts_with("Error file 0 missing_rt_version"));
    let request = Request { target: Release::V3_0, ..request(vec![file("old.rtr", &old)]) };
    let (report, _) = command::run(&store, &context(None), &request).unwrap();
    assert_eq!((&*report.types[0].name, report.types[0].rt_version.as_deref()), ("TEST.old", None));
    assert_eq!(inspect(&store, |view| resolve_type(view, "old")).unwrap().version, "".parse_version());
}
