//! Bringing old files under checking: comments, levels, settings, a baseline, as a person does it.

mod common;

use common::{Cluster, rtr};
use serde_json::Value;

/// A type with two errors and a warning.
fn old(name: &str) -> String {
    let good = rtr(name, "1.0", &["Start", "Stop"], &[]);
    good.replace("MIN = 5; DEFAULT", "MIN = 5; MAX = 9; DEFAULT").replace("/opt", "(INSTALL_DIR)")
}

/// The rules of the findings that are shown.
fn shown(cluster: &Cluster, words: &str) -> Vec<String> {
    let report = cluster.json(words);
    let findings = report["findings"].as_array().expect("findings").clone();
    findings.iter().map(|finding| finding["rule"].as_str().expect("a rule").to_owned()).collect()
}

#[test]
fn twenty_old_files_come_under_ci_with_a_baseline() {
    let cluster = Cluster::new();
    std::fs::create_dir_all(cluster.path().join("types")).expect("a folder");
    for number in 0..19 {
        cluster.write(&format!("types/old{number}.rtr"), &old(&format!("old{number}")));
    }
    cluster.write("types/prose.rtr", "This one cannot even be read,\nnot at all.\n");
    cluster.fails(1, "lint types");
    let all = shown(&cluster, "lint types").len();
    assert!(all >= 58, "{all} findings");

    assert!(cluster.fails(2, "lint types --baseline rtreg-baseline.json").contains("--update-baseline"));
    assert!(cluster.fails(2, "lint types --update-baseline").contains("--baseline FILE"));
    cluster.ok("lint types --baseline rtreg-baseline.json --update-baseline");
    cluster.write("rtreg.toml", "baseline = \"rtreg-baseline.json\"\n");
    assert_eq!(cluster.ok("lint types"), format!("no findings in 20 files; {all} more in the baseline\n"));
    assert_eq!(cluster.json("lint types")["summary"]["known"], all);

    // The same from another folder, by another name.
    let elsewhere =
        cluster.command().args(["lint", "."]).current_dir(cluster.path().join("types")).output().expect("it runs");
    assert_eq!(elsewhere.status.code(), Some(0), "{}", String::from_utf8_lossy(&elsewhere.stdout));

    // Lines move, names change their case: the same findings. One more of the same kind elsewhere is new.
    let text = old("old3").replace("Start_timeout", "START_TIMEOUT");
    cluster.write("types/old3.rtr", &format!("# A comment.\n\n{text}"));
    cluster.ok("lint types");
    cluster.write("types/old3.rtr", &format!("{text}{{ PROPERTY = Init_timeout; MAX = 9; }}\n"));
    let new = shown(&cluster, "lint types");
    assert!(new.contains(&"timeout_max".to_owned()) && new.len() <= 2, "{new:?}");
    cluster.fails(1, "lint types");
    cluster.write("types/old3.rtr", &text);

    // What is cured is noted until the baseline is made anew; what was not checked stays in it.
    cluster.write("types/old4.rtr", &rtr("old4", "1.0", &["Start", "Stop"], &[]));
    std::fs::remove_file(cluster.path().join("types/old5.rtr")).expect("a file");
    let stale = shown(&cluster, "lint types");
    assert!(!stale.is_empty() && stale.iter().all(|rule| rule == "stale_baseline"), "{stale:?}");
    assert_eq!(cluster.run("lint types").code, 0, "a note does not fail");
    cluster.ok("lint types/old4.rtr --update-baseline");
    assert_eq!(shown(&cluster, "lint types"), Vec::<String>::new());
    let baseline: Value = serde_json::from_str(
        &std::fs::read_to_string(cluster.path().join("rtreg-baseline.json")).expect("the baseline"),
    )
    .expect("JSON");
    assert_eq!(baseline["version"], 1);
    let rows = baseline["findings"].as_array().expect("rows");
    assert_eq!(
        rows.iter().map(|row| row["count"].as_u64().expect("a count")).sum::<u64>(),
        (all - 2 * (all - 1) / 19) as u64
    );
    assert_eq!(rows[0]["file"], "types/old0.rtr");
}

#[test]
fn a_baseline_that_is_none_is_refused_with_its_line() {
    let cluster = Cluster::new();
    cluster.write("a.rtr", &old("a"));
    cluster.write("b.json", "{\"version\":1,\"findings\":[\n{\"file\":1}]}");
    let words = cluster.fails(2, "lint a.rtr --baseline b.json");
    assert!(words.contains("b.json") && words.contains("line 2"), "{words}");
    assert!(cluster.fails(2, "lint a.rtr --baseline b.json --update-baseline").contains("line 2"));
}

#[test]
fn rules_are_chosen_and_levelled_on_the_command_line() {
    let cluster = Cluster::new();
    cluster.write("a.rtr", &old("a"));
    let all = shown(&cluster, "lint a.rtr");
    assert!(all.contains(&"placeholder".to_owned()) && all.contains(&"timeout_max".to_owned()), "{all:?}");
    assert_eq!(shown(&cluster, "lint a.rtr --select placeholder"), ["placeholder"]);
    assert_eq!(
        shown(&cluster, "lint a.rtr --select timeout_ --ignore timeout_min_zero"),
        ["timeout_max", "timeout_max"]
    );
    assert!(!shown(&cluster, "lint a.rtr --select errors").contains(&"placeholder".to_owned()));
    assert_eq!(shown(&cluster, "lint a.rtr --ignore all"), Vec::<String>::new());
    cluster.ok("lint a.rtr --level errors=warning");
    cluster.ok("lint a.rtr --exit-zero");
    cluster.fails(1, "lint a.rtr --select placeholder --level placeholder=error");
    for (words, hint) in [
        ("--select timeout_mx", "did you mean `timeout_max`?"),
        ("--ignore recomended", "did you mean `recommended`?"),
        ("--level timeout_mx=off", "did you mean `timeout_max`?"),
        ("--level timeout_max=eror", "did you mean `error`?"),
        ("--level timeout_max", "RULE=LEVEL"),
    ] {
        assert!(cluster.fails(2, &format!("lint a.rtr {words}")).contains(hint), "{words}");
    }
}

#[test]
fn comments_take_findings_out_and_their_own_findings_have_levels() {
    let cluster = Cluster::new();
    cluster.write("a.rtr", &format!("# rtreg: allow-file(timeout_max) because the site asks for it\n{}", old("a")));
    assert!(!shown(&cluster, "lint a.rtr").contains(&"timeout_max".to_owned()));
    cluster.write("b.rtr", &format!("# rtreg: allow-file(timeout_max)\n{}", old("b")));
    assert_eq!(shown(&cluster, "lint b.rtr --select suppression_without_reason"), ["suppression_without_reason"]);
    cluster.fails(1, "lint b.rtr --select suppression_without_reason --level suppression_without_reason=error");
}

#[test]
fn the_nearest_settings_hold_for_each_file() {
    let cluster = Cluster::new();
    std::fs::create_dir_all(cluster.path().join("x/y")).expect("folders");
    for name in ["a.rtr", "x/b.rtr", "x/y/c.rtr"] {
        cluster.write(name, &old("a"));
    }
    cluster.write("rtreg.toml", "select = [\"placeholder\"]\n");
    cluster.write("x/rtreg.toml", "levels = { placeholder = \"note\" }\nselect = [\"placeholder\"]\n");
    let levels = |words: &str| {
        let report = cluster.json(words);
        let findings = report["findings"].as_array().expect("findings").clone();
        findings.iter().map(|finding| finding["level"].as_str().expect("a level").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(levels("lint ."), ["warning", "note", "note"]);
    assert_eq!(levels("lint . --config rtreg.toml"), ["warning", "warning", "warning"]);
    assert_eq!(levels("lint . --level placeholder=warning"), ["warning", "warning", "warning"]);
}

#[test]
fn what_is_excluded_is_not_found_but_can_be_named() {
    let cluster = Cluster::new();
    std::fs::create_dir_all(cluster.path().join("old/deep")).expect("folders");
    for name in ["a.rtr", "old/deep/b.rtr", "c.generated.rtr", "ignored.rtr"] {
        cluster.write(name, &old("a"));
    }
    cluster.write("rtreg.toml", "exclude = [\"old/\", \"*.generated.rtr\"]\nselect = [\"placeholder\"]\n");
    assert_eq!(cluster.json("lint .")["summary"]["files"], 2);
    assert_eq!(cluster.json("lint old")["summary"]["files"], 0);
    assert_eq!(shown(&cluster, "lint old/deep/b.rtr a.rtr a.rtr"), ["placeholder", "placeholder"]);
    // Hooks name every file.
    assert_eq!(shown(&cluster, "lint --force-exclude old/deep/b.rtr a.rtr"), ["placeholder"]);
    assert_eq!(cluster.json("lint --force-exclude old/deep/b.rtr c.generated.rtr")["summary"]["files"], 0);
    let formatted = cluster.json("fmt --check --force-exclude old/deep/b.rtr a.rtr");
    assert_eq!(formatted["files"].as_array().map(Vec::len), Some(1), "{formatted}");
}

#[test]
fn only_settings_leave_files_of_a_folder_out() {
    let cluster = Cluster::new();
    for folder in [".git", ".hidden", "deep", "elsewhere"] {
        std::fs::create_dir_all(cluster.path().join("top").join(folder)).expect("folders");
    }
    std::fs::create_dir(cluster.path().join("outside")).expect("a folder");
    for name in ["ignored.rtr", "left.rtr", ".secret.rtr", ".hidden/a.rtr", "deep/SUNW.web", ".git/no.rtr"] {
        cluster.write(&format!("top/{name}"), &old("a"));
    }
    cluster.write("outside/linked", &old("a"));
    cluster.write("top/.gitignore", "ignored.rtr\n");
    cluster.write("top/.ignore", "left.rtr\n");
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(to, cluster.path().join("top").join(name)).expect("a link");
    };
    link("../outside/linked", "link.rtr");
    link("../../top", "deep/loop");
    link("left.rtr", "again.rtr");
    link("me@host.17", ".#left.rtr");
    let found: Vec<String> = cluster
        .ok("lint top --select placeholder --format concise")
        .lines()
        .filter_map(|line| Some(line.split_once(':')?.0.to_owned()))
        .collect();
    assert_eq!(
        found,
        [
            "top/.hidden/a.rtr",
            "top/.secret.rtr",
            "top/deep/SUNW.web",
            "top/ignored.rtr",
            "top/left.rtr",
            "top/link.rtr"
        ]
    );
    link("nowhere", "broken.rtr");
    assert!(cluster.fails(3, "lint top").contains("top/broken.rtr cannot be read"));
}

#[test]
fn a_file_that_cannot_be_read_does_not_hide_what_is_found_in_the_others() {
    let cluster = Cluster::new();
    cluster.write("a.rtr", &old("a"));
    cluster.write("c.rtr", &old("c"));
    let answer = cluster.run("lint a.rtr none.rtr nothing.rtr c.rtr --select placeholder --format concise");
    assert_eq!(answer.code, 3);
    assert_eq!(answer.out.matches("[placeholder]").count(), 2, "{}", answer.out);
    assert!(answer.err.contains("none.rtr cannot be read") && answer.err.contains("nothing.rtr"), "{}", answer.err);
}

#[test]
fn without_a_path_the_folder_is_checked_and_standard_input_is_read_once() {
    let cluster = Cluster::new();
    cluster.write("a.rtr", &old("a"));
    assert_eq!(cluster.json("lint --select placeholder"), cluster.json("lint . --select placeholder"));
    assert!(cluster.fails(2, "lint - -").contains("expected `-` once"));
}

#[test]
fn settings_that_are_wrong_are_shown_with_their_places() {
    let cluster = Cluster::new();
    cluster.write("a.rtr", &old("a"));
    for (text, parts) in [
        ("\ntargt = \"3.1\"\n", vec!["rtreg.toml:2:1", "found `targt`", "did you mean `target`?"]),
        ("target = \"5\"\n", vec!["rtreg.toml:1:10", "3.0, 3.1, 3.2 or 4.x"]),
        ("select = \"errors\"\n", vec!["a list of rules", "found a word in quotes"]),
        ("ignore = [\"placeholdr\"]\nselect = [1]\n", vec!["did you mean `placeholder`?", "found a number"]),
        ("[levels]\nplaceholder = \"of\"\n", vec!["rtreg.toml:2:15", "did you mean `off`?"]),
        ("target = \n", vec!["expected TOML", "rtreg.toml:1"]),
    ] {
        cluster.write("rtreg.toml", text);
        let words = cluster.fails(2, "lint a.rtr");
        for part in parts {
            assert!(words.contains(part), "{text}: `{part}` is not in\n{words}");
        }
    }
    assert!(cluster.fails(2, "lint a.rtr --config none.toml").contains("none.toml cannot be read"));
}

#[test]
fn show_says_where_each_value_comes_from_and_the_schema_agrees() {
    let cluster = Cluster::new();
    cluster.write(
        "rtreg.toml",
        "# Ours.\ntarget = \"3.2\"\nignore = [\"placeholder\"]\n[levels]\ntimeout_max = \"note\"\n",
    );
    insta::assert_snapshot!(cluster.ok("config show --level timeout_max=off --select errors"), @r"
target              3.2     rtreg.toml:2
zone-root           none    default
select              errors  command line
levels.timeout_max  off     command line
exclude             none    default
baseline            none    default
");
    insta::assert_snapshot!(cluster.ok("config show --ignore missing_"), @r"
target              3.2          rtreg.toml:2
zone-root           none         default
select              recommended  default
ignore              placeholder  rtreg.toml:3
ignore              missing_     command line
levels.timeout_max  note         rtreg.toml:5
exclude             none         default
baseline            none         default
");
    let shown = cluster.json("config show");
    let schema: Value = serde_json::from_str(&cluster.ok("schema config-show")).expect("a schema");
    assert!(jsonschema::is_valid(&schema, &shown), "{shown}");
    let schema: Value = serde_json::from_str(&cluster.ok("config schema")).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let good = serde_json::json!({
        "target": "3.2", "zone-root": "z", "select": ["all"], "ignore": [], "exclude": ["x/"], "baseline": "b.json",
        "levels": { "timeout_max": "off" },
    });
    assert!(validator.is_valid(&good));
    for bad in [
        serde_json::json!({ "targt": "3.2" }),
        serde_json::json!({ "target": "5" }),
        serde_json::json!({ "levels": { "a": "x" } }),
    ] {
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}
