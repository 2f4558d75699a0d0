//! Every format of lint on files that are good, broken, no RTR at all, not UTF-8 and oddly named; each is read by a reader
//! that is not ours, or held against its published schema.

mod common;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use common::{Cluster, rtr};
use serde_json::Value;

/// Files with one finding or more, and one without.
fn folder() -> Cluster {
    let cluster = Cluster::new();
    let good = rtr("web", "1.0", &["Start", "Stop"], &[]);
    cluster.write("good.rtr", &good);
    cluster.write(
        "broken.rtr",
        &good.replace("MIN = 5; DEFAULT", "MIN = 5; MAX = 9; DEFAULT").replace("/opt", "(INSTALL_DIR)"),
    );
    cluster.write("unused.rtr", &format!("# rtreg: allow(timeout_max) because of <b>\"old\"</b>\n{good}"));
    cluster.write("prose.rtr", "This is no RTR file: 100% <prose> & \"quotes\",\non two lines.\n");
    std::fs::create_dir(cluster.path().join("a b")).expect("a folder");
    cluster.write("a b/50% é.rtr", &format!("}}\n{good}"));
    let mut bytes = good.replace("Vendor_id = XMPL", "Vendor_id = \"X\u{7}\"").into_bytes();
    let place = bytes.iter().position(|&byte| byte == 7).expect("the byte is there");
    bytes[place] = 0xFF;
    std::fs::write(cluster.path().join("latin1.rtr"), bytes).expect("a file");
    cluster
}

/// What lint writes in this format; exit 1, as there are errors.
fn written(cluster: &Cluster, format: &str) -> String {
    let answer = cluster.run(&format!("lint . --format {format}"));
    assert_eq!((answer.code, answer.err.as_str()), (1, ""), "{}", answer.out);
    assert!(!answer.out.is_empty());
    answer.out
}

/// The findings as JSON, which the others are compared with.
fn findings(cluster: &Cluster) -> Vec<Value> {
    let report = cluster.json("lint .");
    let findings = report["findings"].as_array().expect("findings").clone();
    assert!(findings.len() >= 8, "{} findings", findings.len());
    assert_eq!(report["summary"]["files"], 6);
    findings
}

/// How many findings have this level.
fn count(findings: &[Value], level: &str) -> usize {
    findings.iter().filter(|finding| finding["level"] == level).count()
}

#[test]
fn json_matches_its_schema_and_has_fixes() {
    let cluster = folder();
    let report = cluster.json("lint .");
    let schema: Value = serde_json::from_str(&cluster.ok("schema lint")).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let fix =
        findings(&cluster).into_iter().find(|finding| finding["rule"] == "unused_suppression").expect("a finding");
    assert_eq!(fix["fix"]["applicability"], "safe");
    assert_eq!(fix["fix"]["edits"][0]["text"], "");
    assert_eq!(fix["fix"]["edits"][0]["span"]["end_line"], 2);
}

#[test]
fn concise_is_one_line_a_finding() {
    let cluster = folder();
    let lines = written(&cluster, "concise");
    assert_eq!(lines.lines().count(), findings(&cluster).len());
    assert!(lines.contains("./broken.rtr:8:38: error[timeout_max] expected no MAX"), "{lines}");
    assert!(lines.contains("./a b/50% é.rtr:1:1: error[stray_brace]"), "{lines}");
}

/// The schema of OASIS, as the crate that reads SARIF in these tests brings it.
fn sarif_schema() -> Value {
    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let reader = packages.iter().find(|package| package["name"] == "serde-sarif").expect("the reader of SARIF");
    let manifest = Path::new(reader["manifest_path"].as_str().expect("a path"));
    let schema = std::fs::read(manifest.with_file_name("src").join("schema.json")).expect("the schema of SARIF");
    let mut schema: Value = serde_json::from_slice(&schema).expect("the schema is JSON");
    // The published pattern of a field that rtreg does not write has a `]` too many, which only some engines forgive.
    for of in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{of}/properties/language"));
        language.and_then(Value::as_object_mut).expect("the field").remove("pattern");
    }
    schema
}

#[test]
fn sarif_is_valid_and_another_reader_sees_the_same() {
    let cluster = folder();
    let findings = findings(&cluster);
    let text = written(&cluster, "sarif");
    let value: Value = serde_json::from_str(&text).expect("SARIF is JSON");
    let validator = jsonschema::validator_for(&sarif_schema()).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{} {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(!validator.is_valid(&serde_json::json!({ "version": "2.1.0", "runs": [{}] })), "the schema can say no");

    let sarif: serde_sarif::sarif::Sarif = serde_json::from_str(&text).expect("the other reader reads it");
    let [run] = sarif.runs.as_slice() else { panic!("one run") };
    let results = run.results.as_ref().expect("results");
    let rules = run.tool.driver.rules.as_ref().expect("rules");
    assert_eq!(results.len(), findings.len());
    let mut fingerprints = BTreeSet::new();
    for (result, finding) in results.iter().zip(&findings) {
        let index = usize::try_from(result.rule_index.expect("an index")).expect("an index");
        assert_eq!(finding["rule"], rules[index].id);
        assert!(rules[index].help.as_ref().is_some_and(|help| !help.text.is_empty()));
        let place = result.locations.as_ref().and_then(|all| all[0].physical_location.as_ref()).expect("a place");
        let region = place.region.as_ref().expect("a region");
        assert_eq!(finding["span"]["column"], region.start_column.expect("a column"));
        assert_eq!(finding["span"]["end_line"], region.end_line.expect("a line"));
        let uri = place.artifact_location.as_ref().and_then(|file| file.uri.as_ref()).expect("a URI");
        assert!(!uri.contains(' ') && !uri.starts_with(['/', '.']), "{uri}");
        fingerprints.insert(format!("{:?}", result.partial_fingerprints));
    }
    assert_eq!(fingerprints.len(), results.len(), "no two fingerprints are the same");
    assert!(text.contains("\"uri\": \"a%20b/50%25%20%C3%A9.rtr\""), "{text}");
    let fixes: Vec<_> = results.iter().filter_map(|result| result.fixes.as_ref()).flatten().collect();
    assert!(!fixes.is_empty());
    assert!(
        fixes.iter().all(|fix| !fix.artifact_changes.is_empty() && !fix.artifact_changes[0].replacements.is_empty())
    );
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let cluster = folder();
    let prints = || {
        let value: Value = serde_json::from_str(&written(&cluster, "sarif")).expect("SARIF is JSON");
        let results = value["runs"][0]["results"].as_array().expect("results").clone();
        results.iter().map(|result| result["partialFingerprints"].to_string()).collect::<Vec<_>>()
    };
    let before = prints();
    let text = std::fs::read_to_string(cluster.path().join("broken.rtr")).expect("the file");
    cluster.write("broken.rtr", &format!("# One more line.\n\n{}", text.replace("MAX = 9;", "\n  MAX  =  10;")));
    assert_eq!(before, prints());
}

#[test]
fn github_takes_each_line_as_a_command_and_gets_the_text_back() {
    let cluster = folder();
    let findings = findings(&cluster);
    let text = written(&cluster, "github");
    assert_eq!(text.lines().count(), findings.len());
    let unescape = |text: &str| {
        let data = text.replace("%0A", "\n").replace("%0D", "\r").replace("%3A", ":").replace("%2C", ",");
        data.replace("%25", "%")
    };
    for (line, finding) in text.lines().zip(&findings) {
        let (head, message) = line.strip_prefix("::").and_then(|line| line.split_once("::")).expect("a command");
        let (command, properties) = head.split_once(' ').expect("properties");
        assert!(["error", "warning", "notice"].contains(&command), "{command}");
        let properties: Vec<(&str, &str)> =
            properties.split(',').map(|pair| pair.split_once('=').expect("a pair")).collect();
        let property = |name: &str| properties.iter().find(|(key, _)| *key == name).map(|(_, value)| unescape(value));
        assert_eq!(property("file"), finding["file"].as_str().map(|file| file.trim_start_matches("./").to_owned()));
        assert_eq!(property("line"), Some(finding["span"]["line"].to_string()));
        assert!(unescape(message).starts_with(finding["message"].as_str().expect("a message")));
    }
    assert!(text.contains("file=a b/50%25 é.rtr"), "{text}");
}

#[test]
fn gitlab_has_what_is_documented_and_each_fingerprint_once() {
    let cluster = folder();
    let findings = findings(&cluster);
    let issues: Vec<Value> = serde_json::from_str(&written(&cluster, "gitlab")).expect("an array");
    assert_eq!(issues.len(), findings.len());
    let mut fingerprints = BTreeSet::new();
    for (issue, finding) in issues.iter().zip(&findings) {
        assert_eq!((&issue["description"], &issue["check_name"]), (&finding["message"], &finding["rule"]));
        assert!(
            ["info", "minor", "major", "critical", "blocker"]
                .contains(&issue["severity"].as_str().expect("a severity"))
        );
        let path = issue["location"]["path"].as_str().expect("a path");
        assert!(!path.starts_with("./") && cluster.path().join(path).is_file(), "{path}");
        assert_eq!(issue["location"]["lines"]["begin"], finding["span"]["line"]);
        assert!(fingerprints.insert(issue["fingerprint"].as_str().expect("a fingerprint").to_owned()));
    }
    assert_eq!(cluster.ok("lint good.rtr --format gitlab"), "[]\n");
}

#[test]
fn junit_is_read_by_another_reader() {
    let cluster = folder();
    let findings = findings(&cluster);
    let suites = junit_parser::from_reader(written(&cluster, "junit").as_bytes()).expect("JUnit");
    assert_eq!(suites.suites.len(), 6);
    let errors = count(&findings, "error");
    assert!(errors > 0 && errors < findings.len());
    assert_eq!(usize::try_from(suites.failures), Ok(errors));
    let cases: Vec<_> = suites.suites.iter().flat_map(|suite| &suite.cases).collect();
    assert_eq!(cases.iter().filter(|case| case.status.is_failure()).count(), errors);
    assert_eq!(cases.len(), findings.len() + 1, "the good file has a case of its own");
    assert_eq!(usize::try_from(suites.tests), Ok(cases.len()));
}

#[test]
fn checkstyle_is_read_by_another_reader() {
    let cluster = folder();
    let findings = findings(&cluster);
    let text = written(&cluster, "checkstyle");
    let document = roxmltree::Document::parse(&text).expect("XML");
    let root = document.root_element();
    assert!(root.has_tag_name("checkstyle") && root.has_attribute("version"));
    let errors: Vec<_> = root.descendants().filter(|node| node.has_tag_name("error")).collect();
    assert_eq!(errors.len(), findings.len());
    for (error, finding) in errors.iter().zip(&findings) {
        assert_eq!(error.attribute("message"), finding["message"].as_str());
        assert_eq!(error.attribute("line").map(str::to_owned), Some(finding["span"]["line"].to_string()));
        assert!(["error", "warning", "info"].contains(&error.attribute("severity").expect("a severity")));
        let file = error.parent_element().and_then(|file| file.attribute("name")).expect("a file");
        assert!(cluster.path().join(file).is_file(), "{file}");
    }
}

/// Where a rule's page is read; it is a file of this repository.
fn link(rule: &str) -> String {
    let page = format!("docs/rules/{rule}.md");
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(&page).is_file(), "{page}");
    format!("{}/blob/main/{page}", env!("CARGO_PKG_REPOSITORY"))
}

#[test]
fn every_finding_links_to_its_page_where_the_format_has_a_place() {
    let cluster = folder();
    let findings = findings(&cluster);
    let rules: BTreeSet<&str> = findings.iter().filter_map(|finding| finding["rule"].as_str()).collect();
    assert!(rules.len() >= 5, "{rules:?}");
    let sarif: Value = serde_json::from_str(&written(&cluster, "sarif")).expect("SARIF is JSON");
    let described = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().expect("rules");
    for rule in described {
        assert_eq!(rule["helpUri"], link(rule["id"].as_str().expect("an id")));
    }
    assert_eq!(described.len(), rules.len());
    let gitlab: Vec<Value> = serde_json::from_str(&written(&cluster, "gitlab")).expect("an array");
    let github = written(&cluster, "github");
    let junit = junit_parser::from_reader(written(&cluster, "junit").as_bytes()).expect("JUnit");
    for ((finding, issue), command) in findings.iter().zip(&gitlab).zip(github.lines()) {
        let (rule, link) = (finding["rule"].as_str().expect("a rule"), link(finding["rule"].as_str().expect("a rule")));
        assert_eq!(finding["url"], link);
        let body = issue["content"]["body"].as_str().expect("a body");
        assert!(body.ends_with(&format!("[{rule}]({link})")), "{body}");
        assert!(command.ends_with(&format!("%0A{link}")), "{command}");
    }
    let cases = junit.suites.iter().flat_map(|suite| &suite.cases);
    let words = cases.filter_map(|case| match &case.status {
        junit_parser::TestStatus::Failure(failure) => Some(failure.text.clone()),
        _ => case.system_out.clone(),
    });
    let words: Vec<String> = words.collect();
    assert_eq!(words.len(), findings.len());
    assert!(words.iter().all(|words| rules.iter().any(|rule| words.ends_with(&link(rule)))), "{words:?}");
}

#[test]
fn text_links_where_the_terminal_can_and_says_how_to_read_on() {
    let cluster = folder();
    let text = |color: &str, force: &str| {
        let mut command = cluster.command();
        let output = command.args(["lint", "prose.rtr", "good.rtr", "--color", color]).env("FORCE_HYPERLINK", force);
        String::from_utf8(output.output().expect("it runs").stdout).expect("UTF-8")
    };
    let plain = text("never", "1");
    assert!(!plain.contains('\u{1b}') && !plain.contains("https:"), "{plain}");
    let first = plain.split(['[', ']']).nth(1).expect("a rule").to_owned();
    assert!(plain.ends_with(&format!("run `rtreg explain {first}`\n")), "{plain}");
    let linked = text("always", "1");
    assert!(linked.starts_with(&format!("\u{1b}]8;;{}\u{1b}\\", link(&first))), "{linked}");
    assert!(!text("always", "0").contains("\u{1b}]8"));
    assert!(!cluster.ok("lint good.rtr").contains("explain"), "there is nothing to read on about");
}

#[test]
fn several_reports_at_once_and_one_on_standard_output() {
    let cluster = folder();
    let answer = cluster.run("lint . --output sarif=out.sarif --output junit=out.xml --output concise");
    assert_eq!(answer.code, 1);
    assert_eq!(answer.out, written(&cluster, "concise"));
    let file = |name: &str| std::fs::read_to_string(cluster.path().join(name)).expect("a report");
    assert_eq!((file("out.sarif"), file("out.xml")), (written(&cluster, "sarif"), written(&cluster, "junit")));
    let text = cluster.run("lint . --output gitlab=out.json");
    assert_eq!(text.out, written(&cluster, "text"), "without another one, text is on standard output");
    assert!(cluster.fails(2, "lint . --output sarif --output concise").contains("one report for standard output"));
    assert!(cluster.fails(2, "lint . --format json --output concise").contains("one report for standard output"));
    assert!(cluster.fails(2, "lint . --output sarf=x").contains("did you mean `sarif`?"));
    assert!(cluster.fails(3, "lint . --output sarif=no/such/folder").contains("cannot be written"));
    let left: Vec<_> =
        std::fs::read_dir(cluster.path()).expect("the folder").flatten().map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".new")), "{left:?}");
}

#[test]
fn a_report_replaces_a_file_and_not_a_link_or_device() {
    let cluster = folder();
    cluster.write("real.txt", "before");
    std::os::unix::fs::symlink("real.txt", cluster.path().join("link.txt")).expect("a link");
    cluster.run("lint good.rtr --output concise=link.txt --output gitlab=/dev/null");
    assert!(cluster.path().join("link.txt").is_symlink());
    assert_eq!(std::fs::read_to_string(cluster.path().join("real.txt")).expect("the file"), "");
    assert!(!Path::new("/dev/null").is_file());
}

#[test]
fn auto_is_the_format_of_the_runner() {
    let cluster = folder();
    let with = |name: &str, value: &str| {
        let output =
            cluster.command().args(["lint", ".", "--format", "auto"]).env(name, value).output().expect("it runs");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert_eq!(with("GITHUB_ACTIONS", "true"), written(&cluster, "github"));
    assert_eq!(with("GITLAB_CI", "true"), written(&cluster, "gitlab"));
    assert_eq!(with("GITHUB_ACTIONS", "false"), written(&cluster, "text"));
}

#[test]
fn reports_name_files_from_the_root_that_the_runner_says() {
    let cluster = folder();
    let output = cluster
        .command()
        .args(["lint", ".", "--format", "github"])
        .env("GITHUB_WORKSPACE", cluster.path())
        .current_dir(cluster.path().join("a b"))
        .output()
        .expect("it runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.starts_with("::error file=a b/50%25 é.rtr,line=1,"), "{text}");
}

#[test]
fn standard_input_and_no_findings_are_right_in_every_format() {
    use std::io::Write;
    let cluster = folder();
    for format in ["text", "concise", "json", "sarif", "github", "gitlab", "junit", "checkstyle"] {
        let mut child = cluster
            .command()
            .args(["lint", "-", "--format", format])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("it runs");
        child.stdin.take().expect("a pipe").write_all(b"}").expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(output.status.code(), Some(1), "{format}: {text}");
        assert!(text.contains("stdin") && text.contains("stray_brace"), "{format}: {text}");
        let good = cluster.ok(&format!("lint good.rtr --format {format}"));
        match format {
            "json" | "sarif" | "gitlab" => drop(serde_json::from_str::<Value>(&good).expect("JSON")),
            "junit" | "checkstyle" => drop(roxmltree::Document::parse(&good).expect("XML")),
            "text" => assert_eq!(good, "no findings in 1 file\n"),
            _ => assert_eq!(good, ""),
        }
    }
}

#[test]
fn other_commands_say_that_they_know_text_and_json() {
    let cluster = Cluster::new();
    let words = cluster.fails(2, "list --format sarif");
    assert!(words.contains("expected `text` or `json` behind --format of this command, found `sarif`"), "{words}");
    let words = cluster.fails(2, "lint . --format sarf");
    assert!(words.contains("for lint one of text, json, auto, concise, sarif, github"), "{words}");
    let words = cluster.fails(2, "lint . --format tsv");
    assert!(words.contains("`checkstyle` behind --format of this command, found `tsv`"), "{words}");
}
