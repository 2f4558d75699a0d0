//! `rtreg fmt`, `rtreg lint --fix` and `--diff` on files of a folder: what is written, what is said, and how they end.

mod common;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use common::Cluster;

const CLEAN: &str =
    "Resource_type = \"web\";\nRT_version = \"1.0\";\nStart = /opt/w/start;\nStop = /opt/w/stop;\n\n#$upgrade\n";
const LOOSE: &str =
    "RESOURCE_TYPE=\"web\"; # a\nRT_version = \"1.0\";\nStart = /opt/w/start; Stop=/opt/w/stop;\n#$upgrade\n";
const STYLED: &str =
    "Resource_type = \"web\";  # a\nRT_version = \"1.0\";\nStart = /opt/w/start;\nStop = /opt/w/stop;\n\n#$upgrade\n";
const BROKEN: &str = "Resource_type = \"web\"\nRT_version = \"1.0\";\nFailover = yes;\nStart = /opt/w/start;\nStop = /opt/w/stop;\n\n#$upgrade\n";

struct Folder(Cluster);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let cluster = Cluster::new();
        for (name, text) in files {
            fs::write(cluster.path().join(name), text).unwrap();
        }
        Self(cluster)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    /// Runs a command; exit code, standard output and standard error.
    fn run(&self, words: &str) -> (i32, String, String) {
        let answer = self.0.run(words);
        (answer.code, answer.out, answer.err)
    }

    /// Runs a command with text on its standard input.
    fn pipe(&self, words: &str, input: &str) -> (i32, String, String) {
        let mut command = self.0.command();
        command.args(words.split_whitespace()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Wrong usage ends the command before it reads.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

#[test]
fn nothing_is_fixed_where_the_baseline_or_a_later_settings_file_cannot_be_used() {
    let folder = Folder::new(&[("a.rtr", BROKEN), ("none.json", "[]")]);
    for (baseline, words) in [("missing.json", "cannot be read"), ("none.json", "expected a baseline")] {
        let (code, _, said) = folder.run(&format!("lint --fix a.rtr --baseline {baseline}"));
        assert_eq!(code, 2);
        assert!(said.contains(words) && !said.contains("fixed a.rtr"), "{said}");
    }
    fs::create_dir(folder.0.path().join("z")).unwrap();
    fs::write(folder.0.path().join("z/b.rtr"), BROKEN).unwrap();
    fs::write(folder.0.path().join("z/rtreg.toml"), "exclud = []\n").unwrap();
    assert_eq!(folder.run("lint --fix .").0, 2);
    assert_eq!(folder.text("a.rtr"), BROKEN);
}

#[test]
fn fmt_leaves_out_of_folders_what_the_settings_exclude() {
    let folder = Folder::new(&[("a.rtr", LOOSE), ("b.rtr", LOOSE), ("rtreg.toml", "exclude = [\"b.rtr\"]\n")]);
    assert_eq!(folder.run("fmt .").0, 0);
    assert_eq!((folder.text("a.rtr"), folder.text("b.rtr")), (STYLED.to_owned(), LOOSE.to_owned()));
    assert_eq!(folder.run("fmt b.rtr").0, 0);
    assert_eq!(folder.text("b.rtr"), STYLED, "a file that is named is formatted");
    fs::write(folder.0.path().join("rtreg.toml"), "exclud = []\n").unwrap();
    assert!(folder.run("fmt .").2.contains("did you mean `exclude`?"));
    assert_eq!(folder.run("fmt .").0, 2);
}

#[test]
fn fmt_rewrites_what_is_not_in_the_style_and_only_that() {
    let folder = Folder::new(&[("a.rtr", LOOSE), ("b.rtr", CLEAN)]);
    fs::set_permissions(folder.0.path().join("a.rtr"), fs::Permissions::from_mode(0o640)).unwrap();
    let before = fs::metadata(folder.0.path().join("b.rtr")).unwrap().modified().unwrap();
    let (code, out, err) = folder.run("fmt .");
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "formatted ./a.rtr\n1 file formatted, 1 file unchanged\n");
    assert_eq!((folder.text("a.rtr"), folder.text("b.rtr")), (STYLED.to_owned(), CLEAN.to_owned()));
    assert_eq!(fs::metadata(folder.0.path().join("a.rtr")).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::metadata(folder.0.path().join("b.rtr")).unwrap().modified().unwrap(), before);
    assert_eq!(folder.run("fmt ."), (0, "2 files unchanged\n".to_owned(), String::new()));
}

#[test]
fn fmt_check_and_diff_change_nothing() {
    let folder = Folder::new(&[("a.rtr", LOOSE), ("b.rtr", CLEAN)]);
    let (code, out, _) = folder.run("fmt --check .");
    assert_eq!((code, out.as_str()), (1, "would format ./a.rtr\n1 file would be formatted, 1 file unchanged\n"));
    let (code, out, err) = folder.run("fmt --diff a.rtr b.rtr");
    assert_eq!((code, err.as_str()), (1, "1 file would be formatted, 1 file unchanged\n"));
    assert!(
        out.starts_with("--- a.rtr\n+++ a.rtr\n@@ -1,4 +1,6 @@\n-RESOURCE_TYPE=\"web\"; # a\n+Resource_type"),
        "{out}"
    );
    assert_eq!(folder.text("a.rtr"), LOOSE);
    assert_eq!(folder.run("fmt --check b.rtr").0, 0);
    assert_eq!(folder.run("fmt --diff b.rtr"), (0, String::new(), "1 file unchanged\n".to_owned()));
    assert_eq!(folder.run("fmt --diff --check b.rtr").0, 2);
}

#[test]
fn fmt_leaves_a_broken_file_alone_and_formats_the_others() {
    let folder = Folder::new(&[("a.rtr", BROKEN), ("b.rtr", LOOSE)]);
    let (code, out, err) = folder.run("fmt a.rtr b.rtr");
    assert_eq!((code, out.as_str()), (1, "formatted b.rtr\n1 file formatted, 1 file left alone\n"));
    let wanted =
        "error: a.rtr:1:22: left alone: the file has an error: expected `;` behind `\"web\"`, found `RT_version`\n";
    assert!(err.starts_with(wanted), "{err}");
    assert_eq!((folder.text("a.rtr"), folder.text("b.rtr")), (BROKEN.to_owned(), STYLED.to_owned()));
}

#[test]
fn fmt_moves_no_comment_away_from_what_it_allows() {
    let because = "because the old cluster needs it";
    let two_on_a_line = format!("{CLEAN}{{ PROPERTY = Stop_timeout; MIN = 0;\nMAX = 9; DEFAULT = 5; }} # x\n");
    let commented = two_on_a_line.replace("MIN = 0;", &format!("MIN = 0; # rtreg: allow(timeout_min_zero) {because}"));
    let behind_the_brace =
        format!("{CLEAN}{{ PROPERTY = Stop_timeout; MIN = 0; }} # rtreg: allow(timeout_min_zero) {because}\n");
    let stranded = CLEAN
        .replace("\"1.0\";\n", "\"1.0\"; ")
        .replace("start;\n", &format!("start; # rtreg: allow(unquoted_version, missing_vendor_id) {because}\n"));
    let stranded = stranded.replace("Resource_type = \"web\";\n", "Resource_type = \"web\"; ");
    let folder = Folder::new(&[("a.rtr", &commented), ("b.rtr", &behind_the_brace), ("c.rtr", &stranded)]);
    let count = |text: &str| text.matches("timeout_min_zero]").count();
    assert_eq!(count(&folder.run("lint a.rtr b.rtr --format concise").1), 0);
    assert_eq!(folder.run("fmt a.rtr b.rtr").0, 0);
    assert_eq!(count(&folder.run("lint a.rtr b.rtr --format concise").1), 0);
    assert_eq!(folder.run("lint c.rtr --select all --format concise").1.matches("missing_vendor_id").count(), 0);
    let (code, out, err) = folder.run("fmt c.rtr");
    assert_eq!((code, out.as_str()), (1, "1 file left alone\n"));
    assert!(err.starts_with("error: c.rtr:1:"), "{err}");
    assert!(
        err.contains("left alone: in the style this comment would stand on another line than what it allows"),
        "{err}"
    );
    assert_eq!(folder.text("c.rtr"), stranded);
}

#[test]
fn fmt_of_a_folder_leaves_out_what_the_settings_exclude() {
    let settings = "exclude = [\"old/\"]\n";
    let folder = Folder::new(&[("a.rtr", LOOSE), ("rtreg.toml", settings)]);
    fs::create_dir(folder.0.path().join("old")).unwrap();
    fs::write(folder.0.path().join("old/b.rtr"), LOOSE).unwrap();
    assert_eq!(folder.run("fmt ."), (0, "formatted ./a.rtr\n1 file formatted\n".to_owned(), String::new()));
    assert_eq!(folder.text("old/b.rtr"), LOOSE);
    assert_eq!(folder.run("fmt old/b.rtr").0, 0);
    assert_eq!(folder.text("old/b.rtr"), STYLED);
}

#[test]
fn fmt_of_standard_input_prints_the_text() {
    let folder = Folder::new(&[]);
    assert_eq!(folder.pipe("fmt -", LOOSE), (0, STYLED.to_owned(), String::new()));
    let (code, out, err) = folder.pipe("fmt -", BROKEN);
    assert_eq!((code, out.as_str()), (1, BROKEN), "a filter of an editor must not lose the text");
    assert!(err.starts_with("error: <stdin>:1:22: left alone"), "{err}");
    assert_eq!(folder.pipe("fmt --check -", LOOSE).0, 1);
    assert_eq!(folder.pipe("fmt --format json -", LOOSE).0, 2);
}

#[test]
fn fmt_tells_what_it_did_as_json() {
    let folder = Folder::new(&[("a.rtr", BROKEN), ("b.rtr", LOOSE), ("c.rtr", CLEAN)]);
    let (code, out, err) = folder.run("fmt --diff --format json a.rtr b.rtr c.rtr");
    assert_eq!((code, err.as_str()), (1, ""));
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let statuses: Vec<_> = report["files"].as_array().unwrap().iter().map(|file| &file["status"]).collect();
    assert_eq!(statuses, ["broken", "would_format", "unchanged"]);
    assert!(report["files"][1]["diff"].as_str().unwrap().contains("\n+Resource_type"));
    let schema = serde_json::from_str(&folder.run("schema fmt").1).unwrap();
    jsonschema::validate(&schema, &report).unwrap();
}

#[test]
fn a_file_that_cannot_be_written_ends_with_3_and_is_as_it_was() {
    let folder = Folder::new(&[("a.rtr", LOOSE), ("b.rtr", BROKEN)]);
    fs::create_dir(folder.0.path().join("sub")).unwrap();
    assert_eq!(folder.run("fmt missing.rtr a.rtr").0, 3);
    assert_eq!(folder.text("a.rtr"), LOOSE, "nothing is written before all is read");
    if nix::unistd::geteuid().is_root() {
        eprintln!("skipped: root may write everything");
        return;
    }
    for name in ["a.rtr", "b.rtr"] {
        fs::set_permissions(folder.0.path().join(name), fs::Permissions::from_mode(0o444)).unwrap();
    }
    assert_eq!(folder.run("fmt a.rtr").0, 3);
    assert_eq!(folder.run("lint --fix b.rtr").0, 3);
    assert_eq!((folder.text("a.rtr"), folder.text("b.rtr")), (LOOSE.to_owned(), BROKEN.to_owned()));
}

#[test]
fn lint_fix_cures_what_is_sure_and_reports_the_rest() {
    let folder = Folder::new(&[("a.rtr", BROKEN), ("b.rtr", CLEAN)]);
    let (code, out, err) = folder.run("lint --fix .");
    assert_eq!(code, 1, "an error remains");
    assert!(out.contains("invalid_type_property") && !out.contains("missing_semicolon"), "{out}");
    assert!(
        out.ends_with("1 error in 2 files\nfor more about it, run `rtreg explain invalid_type_property`\n"),
        "{out}"
    );
    let wanted = "fixed ./a.rtr: missing_semicolon: insert `;`\n1 fix in 1 file; 1 more with --unsafe-fixes\n";
    assert_eq!(err, wanted);
    assert_eq!(folder.text("a.rtr"), BROKEN.replacen("\"web\"", "\"web\";", 1));
    let (code, out, err) = folder.run("lint --fix --unsafe-fixes .");
    assert_eq!((code, out.as_str()), (0, "no findings in 2 files\n"));
    assert_eq!(err, "fixed ./a.rtr: invalid_type_property: write `TRUE`\n1 fix in 1 file\n");
    assert_eq!(folder.run("lint --fix .").2, "0 fixes in 0 files\n");
    assert_eq!(folder.text("b.rtr"), CLEAN);
}

#[test]
fn lint_diff_shows_what_fix_would_change() {
    let folder = Folder::new(&[("a.rtr", BROKEN), ("b.rtr", CLEAN)]);
    let (code, out, err) = folder.run("lint --diff a.rtr b.rtr");
    assert_eq!(code, 1);
    assert!(
        out.starts_with("--- a.rtr\n+++ a.rtr\n@@ -1,4 +1,4 @@\n-Resource_type = \"web\"\n+Resource_type = \"web\";\n"),
        "{out}"
    );
    assert!(!out.contains("b.rtr") && !out.contains("invalid_type_property"), "{out}");
    assert_eq!(err, "would fix a.rtr: missing_semicolon: insert `;`\n1 fix in 1 file; 1 more with --unsafe-fixes\n");
    assert!(folder.run("lint --diff --unsafe-fixes a.rtr").1.contains("\n+Failover = TRUE;\n"));
    assert_eq!(folder.text("a.rtr"), BROKEN);
    assert_eq!(folder.run("lint --diff b.rtr"), (0, String::new(), "0 fixes in 0 files\n".to_owned()));
}

#[test]
fn lint_fix_of_standard_input_prints_the_cured_text() {
    let folder = Folder::new(&[]);
    let (code, out, err) = folder.pipe("lint --fix -", BROKEN);
    assert_eq!((code, out), (1, BROKEN.replacen("\"web\"", "\"web\";", 1)));
    assert!(err.contains("fixed <stdin>: missing_semicolon") && err.contains("invalid_type_property"), "{err}");
    assert_eq!(folder.pipe("lint --fix -", CLEAN), (0, CLEAN.to_owned(), "0 fixes in 0 files\n".to_owned()));
}

#[test]
fn unsafe_fixes_alone_are_wrong_usage() {
    let folder = Folder::new(&[("a.rtr", CLEAN)]);
    assert_eq!(folder.run("lint --unsafe-fixes a.rtr").0, 2);
    assert_eq!(folder.run("lint --fix --diff a.rtr").0, 2);
}
