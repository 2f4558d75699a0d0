//! `rtreg rollback` at the command line: there and back gives the same record, and what stands in the way is said with what to
//! do. Points of no return: what `rtreg.toml` says of them.

mod common;

use common::{Cluster, rtr, valid};
use serde_json::Value;

const STARTS: [&str; 4] = ["Start", "Stop", "Update", "Validate"];

/// A version of the type `web` with these lines of the property table.
fn version(cluster: &Cluster, version: &str, from: &[&str], properties: &[&str]) {
    let mut text = rtr("web", version, &STARTS, from);
    for property in properties {
        text.push_str(&format!("{{ PROPERTY = {property}; }}\n"));
    }
    let file = cluster.write(&format!("web-{version}.rtr"), &text);
    cluster.ok(&format!("register {}", file.display()));
}

/// Two nodes and an empty managed group that is online on the first.
fn cluster() -> Cluster {
    let cluster = Cluster::new();
    for command in ["node add n1", "node add n2", "group create g --node n1,n2", "group manage g", "group online g"] {
        cluster.ok(command);
    }
    cluster
}

/// A resource of 1.0, online; 2.0 may come at any time, and 1.0 lists 2.0, so that it may go, too.
fn both_ways() -> Cluster {
    let cluster = cluster();
    version(&cluster, "1.0", &["\"2.0\" ANYTIME"], &[]);
    version(&cluster, "2.0", &["\"1.0\" ANYTIME"], &[]);
    cluster.ok("resource create r --group g --type web:1.0");
    cluster
}

/// What the store says of a resource, without what time has brought: version and values.
fn record(cluster: &Cluster) -> (Value, Value) {
    let shown = cluster.json("show resource r");
    assert!(shown["properties"].is_array(), "{shown:#}");
    (shown["type_version"].clone(), shown["properties"].clone())
}

const EXT: &str = "EXTENSION; STRING; TUNABLE = ANYTIME";

/// Name, the properties of 1.0, those of 2.0, what the resource is created with (and what is done behind a semicolon), and what
/// its upgrade gives.
type ThereAndBack = (&'static str, &'static [&'static str], &'static [&'static str], &'static str, &'static str);

const CASES: &[ThereAndBack] = &[
    ("nothing", &[], &[], "", ""),
    ("removed", &["Old; EXTENSION; STRING; DEFAULT = \"o\"; TUNABLE = ANYTIME"], &[], "-p Old=mine", ""),
    ("removed at default", &["Old; EXTENSION; STRING; DEFAULT = \"o\"; TUNABLE = ANYTIME"], &[], "", ""),
    ("removed and required", &["Old; EXTENSION; STRING; TUNABLE = AT_CREATION"], &[], "-p Old=mine", ""),
    ("removed, never tunable", &["Old; EXTENSION; STRING; TUNABLE = NONE"], &[], "-p Old=mine", ""),
    ("added and required", &[], &["New; EXTENSION; INT; TUNABLE = ANYTIME"], "", "-p New=5"),
    (
        "set by the upgrade",
        &["Both; EXTENSION; INT; DEFAULT = 1; TUNABLE = ANYTIME"],
        &["Both; EXTENSION; INT; DEFAULT = 1; TUNABLE = ANYTIME"],
        "",
        "-p Both=5",
    ),
    (
        "set otherwise by the upgrade",
        &["Both; EXTENSION; INT; DEFAULT = 1; TUNABLE = ANYTIME"],
        &["Both; EXTENSION; INT; DEFAULT = 1; TUNABLE = ANYTIME"],
        "-p Both=3",
        "-p Both=5",
    ),
    (
        "another type",
        &["Both; EXTENSION; INT; DEFAULT = 1; TUNABLE = ANYTIME"],
        &["Both; EXTENSION; STRING; DEFAULT = \"a\"; TUNABLE = ANYTIME"],
        "-p Both=3",
        "-p Both=three",
    ),
    (
        "narrower limits",
        &["Both; EXTENSION; INT; DEFAULT = 1; MAX = 100; TUNABLE = ANYTIME"],
        &["Both; EXTENSION; INT; DEFAULT = 1; MAX = 10; TUNABLE = ANYTIME"],
        "-p Both=50",
        "-p Both=5",
    ),
    (
        "another default",
        &["Both; EXTENSION; INT; DEFAULT = 1; TUNABLE = ANYTIME"],
        &["Both; EXTENSION; INT; DEFAULT = 2; TUNABLE = ANYTIME"],
        "",
        "",
    ),
    (
        "pinned",
        &["Both; EXTENSION; INT; DEFAULT = 1; TUNABLE = ANYTIME"],
        &["Both; EXTENSION; INT; DEFAULT = 2; TUNABLE = ANYTIME"],
        "--created-under 3.0",
        "",
    ),
    (
        "per node becomes global",
        &["Each; EXTENSION; PER_NODE; INT; DEFAULT = 1; TUNABLE = ANYTIME"],
        &["Each; EXTENSION; INT; DEFAULT = 1; TUNABLE = ANYTIME"],
        "-p Each=4; resource set r -p Each{n2}=7",
        "-p Each=9",
    ),
    (
        "a node's value removed",
        &["Each; EXTENSION; PER_NODE; INT; DEFAULT = 1; TUNABLE = ANYTIME"],
        &[],
        "-p Each{n1}=4",
        "",
    ),
    (
        "a node's value set",
        &["Each; EXTENSION; PER_NODE; INT; DEFAULT = 1; TUNABLE = ANYTIME"],
        &["Each; EXTENSION; PER_NODE; INT; DEFAULT = 1; TUNABLE = ANYTIME"],
        "-p Each{n1}=4",
        "-p Each{n2}=9",
    ),
];

#[test]
fn there_and_back_gives_the_same_record() {
    for (name, old, new, created, given) in CASES {
        let cluster = cluster();
        let mut commands = created.split(';');
        version(&cluster, "1.0", &["\"2.0\" ANYTIME"], old);
        version(&cluster, "2.0", &["\"1.0\" ANYTIME"], new);
        cluster.ok(&format!("resource create r --group g --type web:1.0 {}", commands.next().unwrap_or_default()));
        commands.for_each(|command| drop(cluster.ok(command)));
        let before = record(&cluster);
        let upgraded = cluster.run(&format!("upgrade r --to 2.0 {given}"));
        assert_eq!(upgraded.code, 0, "{name}: {}{}", upgraded.out, upgraded.err);
        assert_ne!(record(&cluster).0, before.0, "{name}");
        // What cannot be set at any time comes back only while the resource is disabled.
        let answer = cluster.run("rollback r");
        if answer.code == 11 {
            assert!(
                answer.out.contains("comes back") && answer.out.contains("`rtreg rollback r` takes it back"),
                "{name}"
            );
            cluster.ok("resource disable r");
            cluster.ok("rollback r");
            cluster.ok("resource enable r");
        } else {
            assert_eq!(answer.code, 0, "{name}: {}{}", answer.out, answer.err);
        }
        assert_eq!(record(&cluster), before, "{name}");
        cluster.ok("history verify");
    }
}

#[test]
fn a_way_back_is_not_taken_back() {
    let cluster = both_ways();
    assert!(cluster.fails(4, "rollback r").contains("there is nothing to go back to"));
    cluster.ok("upgrade r --to 2.0");
    cluster.ok("rollback r --reason slow");
    let answer = cluster.fails(4, "rollback r");
    assert!(answer.contains("has gone back from version 2.0 to 1.0 already"), "{answer}");
    assert!(answer.contains("`rtreg upgrade r --to 2.0` goes there again"), "{answer}");
    cluster.ok("upgrade r --to 2.0");
    assert!(cluster.ok("rollback r --preview").contains("Type_version of r 2.0 -> 1.0"));
    cluster.ok("resource state r --type-version 1.0 --reason hand");
    assert!(cluster.fails(4, "rollback r").contains("already"), "done by hand");
    cluster.fails(4, "rollback nobody");
}

#[test]
fn a_preview_changes_nothing_and_exits_like_the_command() {
    let cluster = both_ways();
    cluster.ok("upgrade r --to 2.0");
    let head = cluster.ok("history head");
    let plan = valid(&cluster, "plan", "rollback r --preview");
    assert_eq!(plan["request"]["back"]["r"]["version"], "1.0");
    assert_eq!(plan["request"]["to"], "before");
    assert!(cluster.ok("rollback r --preview").contains("then: rtreg rollback r"));
    assert!(cluster.ok("rollback r --preview --format dot").starts_with("digraph plan {"));
    assert_eq!(cluster.ok("history head"), head);
    let answer = valid(&cluster, "upgrade", "rollback r");
    assert_eq!(answer["decision"], "allowed");
    assert_eq!(record(&cluster).0, "1.0");
}

#[test]
fn the_gate_refuses_like_any_downgrade() {
    let cluster = cluster();
    version(&cluster, "1.0", &[], &[&format!("Old; {EXT}; DEFAULT = \"o\"")]);
    version(&cluster, "2.0", &["\"1.0\" ANYTIME"], &[]);
    cluster.ok("resource create r --group g --type web:1.0 -p Old=mine");
    cluster.ok("upgrade r --to 2.0");
    for words in ["rollback r", "rollback r --preview"] {
        let answer = cluster.fails(11, words);
        assert!(answer.contains("is a downgrade") && answer.contains("rtreg group unmanage g"), "{words}: {answer}");
    }
    assert!(cluster.fails(11, "rollback r --preview").contains("rtreg rollback r --allow unmanaged --preview"));
    // The steps are the administrator's: shown, with the value that comes back, but not allowed now.
    let steps = cluster.fails(11, "rollback r --preview --allow unmanaged");
    assert!(
        steps.contains("clresource set -p Type_version=1.0 -p Old=mine r\n      then: rtreg rollback r\n"),
        "{steps}"
    );
    for command in ["resource disable r", "group offline g", "group unmanage g"] {
        cluster.ok(command);
    }
    let done = cluster.ok("rollback r");
    assert!(done.contains("clresource set -p Type_version=1.0 -p Old=mine r"), "{done}");
}

#[test]
fn what_was_set_since_is_not_lost_without_a_word() {
    let cluster = cluster();
    let port = "Port; EXTENSION; INT; DEFAULT = 80; TUNABLE = ANYTIME";
    version(&cluster, "1.0", &["\"2.0\" ANYTIME"], &[port]);
    version(&cluster, "2.0", &["\"1.0\" ANYTIME"], &[port]);
    cluster.ok("resource create r --group g --type web:1.0 -p Port=1");
    let before = record(&cluster);
    cluster.ok("upgrade r --to 2.0");
    cluster.ok("resource restart r");
    cluster.ok("rollback r --preview");
    cluster.ok("resource set r -p Port=2");
    for words in ["rollback r", "rollback r --preview"] {
        let answer = cluster.fails(4, words);
        assert!(answer.contains("Port: 1 -> 2") && answer.contains("`rtreg rollback r --discard`"), "{answer}");
    }
    cluster.ok("rollback r --discard");
    assert_eq!(record(&cluster), before);
}

#[test]
fn a_version_that_is_gone_must_come_back_first() {
    let cluster = both_ways();
    cluster.ok("upgrade r --to 2.0");
    cluster.ok("resource disable r");
    for command in ["group offline g", "group unmanage g", "unregister web:1.0"] {
        cluster.ok(command);
    }
    let answer = cluster.fails(4, "rollback r");
    assert!(answer.contains("which is not registered any more") && answer.contains("rtreg register FILE"), "{answer}");
    cluster.ok(&format!("register {}", cluster.path().join("web-1.0.rtr").display()));
    cluster.ok("rollback r");
}

#[test]
fn the_hops_of_one_upgrade_go_back_as_one() {
    let cluster = cluster();
    version(&cluster, "1.0", &["\"3.0\" ANYTIME"], &[]);
    version(&cluster, "2.0", &["\"1.0\" ANYTIME"], &[]);
    version(&cluster, "3.0", &["\"2.0\" ANYTIME"], &[]);
    cluster.ok("resource create r --group g --type web:1.0");
    cluster.ok("group offline g");
    let there = cluster.run("upgrade r --to 3.0");
    assert!(there.code == 0 && there.out.contains("by the path 1.0 -> 2.0 -> 3.0"), "{}{}", there.out, there.err);
    cluster.ok("rollback r");
    assert_eq!(record(&cluster).0, "1.0");
}

#[test]
fn an_older_life_of_the_name_does_not_count() {
    let cluster = both_ways();
    cluster.ok("upgrade r --to 2.0");
    for command in ["resource disable r", "resource delete r", "resource create r --group g --type web:2.0"] {
        cluster.ok(command);
    }
    assert!(cluster.fails(4, "rollback r").contains("nothing to go back to"));
}

#[test]
fn what_was_pinned_before_is_pinned_again() {
    let cluster = cluster();
    let both = |default: u8| format!("Both; EXTENSION; INT; DEFAULT = {default}; TUNABLE = ANYTIME");
    version(&cluster, "1.0", &[], &[&both(1)]);
    version(&cluster, "2.0", &["\"1.0\" ANYTIME", "\"3.0\" ANYTIME"], &[&both(2)]);
    version(&cluster, "3.0", &["\"2.0\" ANYTIME"], &["Both; EXTENSION; STRING; DEFAULT = \"3\"; TUNABLE = ANYTIME"]);
    cluster.ok("group offline g");
    cluster.ok("resource create r --group g --type web:1.0 --created-under 3.0");
    cluster.ok("upgrade r --to 2.0");
    let before = record(&cluster);
    assert!(before.1.to_string().contains("pinned"), "{before:?}");
    cluster.ok("upgrade r --to 3.0 -p Both=x");
    cluster.ok("rollback r");
    assert_eq!(record(&cluster), before);
}

/// A resource of 1.0 that a file of settings speaks of.
fn marked(settings: &str) -> Cluster {
    let cluster = both_ways();
    cluster.write("rtreg.toml", settings);
    cluster
}

const CONVERTS: &str =
    "[[irreversible]]\ntype = \"XMPL.web\"\nto = \"2.0\"\nbecause = \"the Start of 2.0 converts the data files\"\n";

#[test]
fn a_point_of_no_return_stands_behind_the_change() {
    let cluster = marked(CONVERTS);
    let text = cluster.ok("plan r --to 2.0 --allow offline");
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("no `{words}` in\n{text}"));
    assert!(at("Type_version of r 1.0 -> 2.0") < at("point of no return"), "{text}");
    assert!(text.contains("no way back"), "{text}");
    assert!(text.contains("the Start of 2.0 converts the data files (rtreg.toml:2)"), "{text}");
    assert!(text.contains("cannot be undone") && text.contains("--accept-irreversible"), "{text}");
    cluster.fails(10, "plan r --to 2.0 --detailed-exitcode");
    let plan = valid(&cluster, "plan", "plan r --to 2.0");
    let marks = |plan: &Value| plan.to_string().matches("\"mark\"").count();
    assert!(marks(&plan) > 0, "{plan:#}");
    // Back from 1.0 there is nothing to mark, and other versions and types are not meant.
    for settings in [
        CONVERTS.replace("2.0", "3.0"),
        CONVERTS.replace("XMPL.web", "XMPL.db"),
        CONVERTS.replace("to =", "from ="),
        String::new(),
    ] {
        let cluster = marked(&settings);
        assert!(!cluster.ok("plan r --to 2.0").contains("point of no return"), "{settings}");
    }
    for settings in [
        CONVERTS.replace("XMPL.web", "web"),
        CONVERTS.replace("to = \"2.0\"", "from = \"1.0\""),
        CONVERTS.replace("to = \"2.0\"\n", ""),
    ] {
        let cluster = marked(&settings);
        assert!(cluster.ok("plan r --to 2.0").contains("point of no return"), "{settings}");
    }
}

#[test]
fn settings_hold_from_beside_the_store_and_by_name() {
    let cluster = marked(CONVERTS);
    // Elsewhere the file beside the store holds still.
    let mut command = cluster.command();
    let out = command.args(["plan", "r", "--to", "2.0"]).current_dir("/").output().expect("the binary runs");
    assert!(String::from_utf8_lossy(&out.stdout).contains("point of no return"));
    let other = cluster.write("other/own.toml", &CONVERTS.replace("converts", "drops"));
    let text = cluster.ok(&format!("plan r --to 2.0 --config {}", other.display()));
    assert!(text.contains("drops") && text.contains("converts"), "{text}");
    assert!(cluster.ok("plan r --to 2.0 --irreversible web:2.0").contains("--irreversible web:2.0"));
    cluster.fails(4, "plan r --to 2.0 --irreversible web:9.0");
    assert!(cluster.ok("config show").contains("irreversible.\"XMPL.web to 2.0\""));
}

#[test]
fn nothing_goes_back_over_a_point_of_no_return_unasked() {
    let cluster = marked(CONVERTS);
    cluster.ok("upgrade r --to 2.0");
    for words in ["rollback r", "rollback r --preview"] {
        let answer = cluster.fails(12, words);
        assert!(answer.contains("rtreg.toml:2 says that nothing leads back from that"), "{words}: {answer}");
        assert!(
            answer.contains("converts the data files") && answer.contains("--accept-irreversible"),
            "{words}: {answer}"
        );
    }
    assert_eq!(record(&cluster).0, "2.0");
    cluster.ok("rollback r --preview --accept-irreversible");
    cluster.ok("rollback r --accept-irreversible");
    assert_eq!(record(&cluster).0, "1.0");
}

#[test]
fn what_is_wrong_in_the_settings_is_said_with_its_place() {
    for (settings, expected) in [
        ("[irreversible]\ntype = \"web\"\n", "expected a list of tables, each below a line [[irreversible]]"),
        ("irreversible = [1]\n", "expected a list of tables"),
        ("[[irreversible]]\ntype = \"web\"\n", "expected `because` in this entry"),
        ("[[irreversible]]\nbecause = \"x\"\n", "expected `type` in this entry"),
        ("[[irreversible]]\ntype = \"web:2.0\"\nbecause = \"x\"\n", "write type = \"web\" and to = \"2.0\""),
        ("[[irreversible]]\ntype = \"web\"\nbecause = \"\"\n", "found nothing between the quotes"),
        ("[[irreversible]]\ntype = \"web\"\nbecuase = \"x\"\n", "did you mean `because`?"),
        (
            "[[irreversible]]\ntype = \"web\"\nto = 2.0\nbecause = \"x\"\n",
            "expected an RT_version in quotes, found a number",
        ),
        ("[[irreversable]]\ntype = \"web\"\n", "did you mean `irreversible`?"),
    ] {
        let cluster = marked(settings);
        let answer = cluster.fails(2, "plan r --to 2.0");
        assert!(answer.contains(expected), "{settings}\n{answer}");
    }
}
