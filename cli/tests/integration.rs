//! What fits rtreg into other people's tools: the hooks with the real pre-commit, the steps of the GitHub action in bash, and the blocks of
//! docs/integration.md, which are tried as they stand there or held against the published schemas.

mod common;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use common::rtr;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("cli/ has a parent").to_path_buf()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect("a file of the repository")
}

/// A program of the Python environment that tests/setup.sh makes.
fn python_tool(name: &str) -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_BIN_EXE_rtreg")).ancestors().nth(2).expect("the target folder");
    let path = target.join("tools/python/bin").join(name);
    if !path.exists() {
        eprintln!("skipped: no {}; `sh tests/setup.sh tools` makes it", path.display());
    }
    path.exists().then_some(path)
}

/// A program in a folder, with rtreg on the PATH and nothing else of the caller's.
fn program(name: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_rtreg")).parent().expect("a folder").display();
    let mut command = Command::new(name);
    command.env_clear().current_dir(folder).stdin(Stdio::null());
    command.env("PATH", format!("{binary}:{}", std::env::var("PATH").unwrap_or_default()));
    for (variable, value) in [("GIT_AUTHOR_NAME", "a"), ("GIT_COMMITTER_NAME", "a"), ("GIT_CONFIG_NOSYSTEM", "1")] {
        command.env(variable, value);
    }
    command.env("GIT_AUTHOR_EMAIL", "a@example.org").env("GIT_COMMITTER_EMAIL", "a@example.org");
    command
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn git(folder: &Path, words: &str) -> String {
    let output = program("git", folder).args(words.split(' ')).output().expect("git runs");
    assert!(output.status.success(), "git {words}\n{}", text(&output));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// YAML as JSON, read by a reader that is not ours.
fn yaml(text: &str) -> Option<Value> {
    let python = python_tool("python")?;
    let mut child = Command::new(python)
        .args(["-c", "import json, sys, yaml; print(json.dumps(yaml.load(sys.stdin, yaml.BaseLoader)))"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python runs");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "no YAML:\n{text}");
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

/// The block of docs/integration.md that starts with the name of a file.
fn block(name: &str) -> String {
    let page = read("docs/integration.md");
    let start = format!("```yaml\n# {name}\n");
    let rest = page.split_once(&start).unwrap_or_else(|| panic!("no block {name}")).1;
    rest.split_once("```").expect("the end of the block").0.to_owned()
}

/// Two files: one with a finding and out of style, one good.
fn types(folder: &Path) {
    std::fs::create_dir_all(folder.join("types")).expect("a folder");
    let good = rtr("web", "1.0", &["Start", "Stop"], &[]);
    std::fs::write(folder.join("types/bad.rtr"), good.replacen("MIN = 5; DEFAULT", "MIN = 5; MAX = 9; DEFAULT", 1))
        .expect("a file");
    std::fs::write(folder.join("types/good.rtr"), good).expect("a file");
}

#[test]
fn the_hooks_work_in_pre_commit() {
    let Some(pre_commit) = python_tool("pre-commit") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (hooks, user) = (folder.path().join("hooks"), folder.path().join("user"));
    for repository in [&hooks, &user] {
        std::fs::create_dir(repository).expect("a folder");
        git(repository, "init -q -b main");
    }
    std::fs::write(hooks.join(".pre-commit-hooks.yaml"), read(".pre-commit-hooks.yaml")).expect("the hooks");
    git(&hooks, "add .");
    git(&hooks, "commit -q -m hooks");
    let config = block(".pre-commit-config.yaml")
        .replace("https://github.com/rtreg/rtreg", &hooks.display().to_string())
        .replace("v0.1.0", &git(&hooks, "rev-parse HEAD"));
    std::fs::write(user.join(".pre-commit-config.yaml"), config).expect("the configuration");
    types(&user);
    let run = |words: &str| {
        let mut command = program(&pre_commit, &user);
        command.env("PRE_COMMIT_HOME", folder.path().join("home")).env("HOME", folder.path());
        let output = command.args(words.split(' ')).output().expect("pre-commit runs");
        (output.status.code(), text(&output))
    };
    let (code, words) = run("install");
    assert_eq!(code, Some(0), "{words}");
    git(&user, "add .");
    let commit = || {
        let mut command = program("git", &user);
        command.env("PRE_COMMIT_HOME", folder.path().join("home")).env("HOME", folder.path());
        command.args(["commit", "-q", "-m", "types"]).output().expect("git runs")
    };
    let output = commit();
    let words = text(&output);
    assert!(!output.status.success() && words.contains("error[timeout_max]"), "{words}");
    assert!(words.contains("files were modified by this hook"), "fmt formats:\n{words}");
    assert!(!words.to_lowercase().contains("deprecat"), "{words}");
    let formatted = std::fs::read_to_string(user.join("types/good.rtr")).expect("a file");
    assert!(formatted.lines().count() > rtr("web", "1.0", &["Start", "Stop"], &[]).lines().count(), "{formatted}");

    let output = program("rtreg", &user).args(["lint", "types", "--fix"]).output().expect("rtreg runs");
    assert!(output.status.success(), "{}", text(&output));
    git(&user, "add .");
    let output = commit();
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(git(&user, "rev-list --count HEAD"), "1");
    let (code, words) = run("run --all-files");
    assert_eq!((code, words.matches("Passed").count()), (Some(0), 2), "{words}");
    let manifest = run(&format!("validate-manifest {}", root().join(".pre-commit-hooks.yaml").display()));
    assert_eq!(manifest.0, Some(0), "{}", manifest.1);
}

/// The good examples, old and carelessly kept: twenty files, each with three wounds or four.
fn old_types(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    let mut types = vec![root().join("rtr-examples")];
    let mut files = Vec::new();
    while let Some(folder) = types.pop() {
        for path in std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
            if path.is_dir() && !path.ends_with("broken") {
                types.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rtr") {
                files.push(path);
            }
        }
    }
    files.sort();
    assert!(files.len() >= 20, "{} files", files.len());
    let wounds: [(&str, &str); 7] = [
        (";", ""),
        ("\"", "\u{201c}"),
        ("DEFAULT", "DEFUALT"),
        ("}", ""),
        ("RT_basedir = ", "RT_basedir = (INSTALL_DIR)"),
        ("TRUE", "yes"),
        ("\n", "\r\n"),
    ];
    for (number, file) in files.iter().take(20).enumerate() {
        let mut text = std::fs::read_to_string(file).expect("an example");
        for (place, (from, to)) in wounds.iter().enumerate() {
            if (number + place) % 2 == 0 {
                text = text.replacen(from, to, 1);
            }
        }
        std::fs::write(folder.join(format!("old{number:02}.rtr")), text).expect("a file");
    }
}

#[test]
fn a_stranger_with_the_readme_brings_twenty_old_files_under_ci() {
    let folder = tempfile::tempdir().expect("a folder");
    old_types(&folder.path().join("types"));
    git(folder.path(), "init -q -b main");
    let readme = read("README.md");
    let section = readme.split_once("## Old files under CI").expect("the section").1;
    let script = section.split_once("```sh\n").expect("the commands").1.split_once("```").expect("their end").0;
    assert!(script.lines().count() <= 6, "five minutes");
    let sh = |script: &str| program("sh", folder.path()).args(["-e", "-c", script]).output().expect("a shell");
    let output = sh(script);
    let words = text(&output);
    assert!(output.status.success(), "{words}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("no findings in 20 files; "), "{words}");
    assert_eq!(git(folder.path(), "diff --cached --name-only"), "rtreg-baseline.json\nrtreg.toml");

    let Some(mut runner) = runner() else { return };
    runner.work_in(folder.path());
    let step = section.split_once("```yaml\n").expect("the step").1.split_once("```").expect("its end").0;
    let step = yaml(step).expect("YAML");
    let with = step[0]["with"].as_object().expect("inputs").clone();
    let inputs: Vec<(&str, &str)> = with.iter().map(|(name, value)| (&**name, value.as_str().expect("text"))).collect();
    let output = runner.run(&inputs);
    assert_eq!((output.status.code(), text(&output).as_str()), (Some(0), ""));
    // What is new fails; what is cured stays cured.
    std::fs::write(folder.path().join("types/new.rtr"), "Resource_type = web\n").expect("a file");
    let output = runner.run(&inputs);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).starts_with("::error file=types/new.rtr,line=1"), "{}", text(&output));
    let rows = || std::fs::read_to_string(folder.path().join("rtreg-baseline.json")).expect("it").lines().count();
    let before = rows();
    let output = sh("rm types/new.rtr; rtreg lint types --fix || true; rtreg lint types --update-baseline");
    assert!(output.status.success(), "{}", text(&output));
    assert!(rows() < before, "{before} rows, then {}", rows());
    assert_eq!(runner.run(&inputs).status.code(), Some(0));
}

/// A runner of composite actions, as small as they allow: `run` steps in bash, inputs, outputs and the PATH.
struct Runner {
    action: Value,
    folder: tempfile::TempDir,
    repository: PathBuf,
    outputs: BTreeMap<String, String>,
    path: String,
}

impl Runner {
    fn new(action: Value) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("repository")).expect("a folder");
        std::fs::create_dir(folder.path().join("temporary")).expect("a folder");
        types(&folder.path().join("repository"));
        let binary = Path::new(env!("CARGO_BIN_EXE_rtreg")).parent().expect("a folder").display();
        let path = format!("{binary}:{}", std::env::var("PATH").unwrap_or_default());
        let repository = folder.path().join("repository");
        Self { action, folder, repository, outputs: BTreeMap::new(), path }
    }

    fn repository(&self) -> PathBuf {
        self.repository.clone()
    }

    /// Another folder than its own is the repository.
    fn work_in(&mut self, repository: &Path) {
        self.repository = repository.to_path_buf();
    }

    /// What GitHub puts in the place of an expression.
    fn filled(&self, value: &str, inputs: &[(&str, &str)]) -> String {
        let Some(expression) = value.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}")) else {
            assert!(!value.contains("${{"), "one expression and nothing else: {value}");
            return value.to_owned();
        };
        match expression.split_once('.') {
            Some(("github", "action_path")) => root().display().to_string(),
            Some(("inputs", name)) => {
                let input = &self.action["inputs"][name];
                let default = input["default"].as_str().unwrap_or_else(|| panic!("no input {name}"));
                inputs.iter().find(|(key, _)| *key == name).map_or(default, |(_, value)| value).to_owned()
            }
            _ => panic!("the runner does not know {expression}"),
        }
    }

    /// Runs all steps up to the first that fails.
    fn run(&mut self, inputs: &[(&str, &str)]) -> Output {
        assert_eq!(self.action["runs"]["using"], "composite");
        let known = self.action["inputs"].as_object().expect("inputs");
        assert!(inputs.iter().all(|(name, _)| known.contains_key(*name)), "{inputs:?}");
        let steps = self.action["runs"]["steps"].as_array().expect("steps").clone();
        assert!(steps.len() >= 2);
        let mut last = None;
        for step in &steps {
            let output = self.step(step, inputs);
            let failed = !output.status.success();
            last = Some(output);
            if failed {
                break;
            }
        }
        last.expect("a step")
    }

    fn step(&mut self, step: &Value, inputs: &[(&str, &str)]) -> Output {
        assert_eq!(step["shell"], "bash");
        assert!(step.get("if").is_none() && step.get("uses").is_none(), "the runner does not know these");
        let temporary = self.folder.path().join("temporary");
        let script = temporary.join("step.sh");
        std::fs::write(&script, step["run"].as_str().expect("a script")).expect("a script");
        let file = |name: &str| {
            let path = temporary.join(name);
            std::fs::write(&path, "").expect("a file");
            path
        };
        let (more_path, outputs) = (file("path"), file("outputs"));
        let mut bash = program("bash", &self.repository());
        bash.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(&script);
        bash.env("PATH", &self.path).env("RUNNER_TEMP", &temporary).env("HOME", &temporary);
        bash.env("GITHUB_ACTIONS", "true").env("GITHUB_WORKSPACE", self.repository());
        bash.env("GITHUB_PATH", &more_path).env("GITHUB_OUTPUT", &outputs);
        for (name, value) in step["env"].as_object().expect("env") {
            bash.env(name, self.filled(value.as_str().expect("text"), inputs));
        }
        let output = bash.output().expect("bash runs");
        for line in std::fs::read_to_string(more_path).expect("the file").lines() {
            self.path = format!("{line}:{}", self.path);
        }
        let written = std::fs::read_to_string(outputs).expect("the file");
        let pairs = written.lines().filter_map(|line| line.split_once('='));
        self.outputs.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        output
    }
}

fn runner() -> Option<Runner> {
    Some(Runner::new(yaml(&read("action.yml"))?))
}

#[test]
fn the_action_annotates_and_reports() {
    let Some(mut runner) = runner() else { return };
    let output = runner.run(&[("sarif-file", "rtreg.sarif")]);
    let words = text(&output);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.starts_with("::error file=types/bad.rtr,line="), "{words}");
    assert_eq!(runner.outputs["version"], format!("rtreg {}", env!("CARGO_PKG_VERSION")));
    let sarif = std::fs::read_to_string(runner.repository().join("rtreg.sarif")).expect("the report");
    let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "timeout_max");

    assert_eq!(runner.run(&[("paths", "types/good.rtr\n")]).status.code(), Some(0));
    let as_notes = runner.run(&[("args", "--level timeout_max=note\n--level all=note"), ("paths", "types\n\n")]);
    assert_eq!(as_notes.status.code(), Some(0), "{}", text(&as_notes));
    assert!(text(&as_notes).starts_with("::notice "), "{}", text(&as_notes));

    let mut write = program("rtreg", &runner.repository());
    let written =
        write.args("lint types --baseline known.json --update-baseline".split(' ')).output().expect("it runs");
    assert!(written.status.success(), "{}", text(&written));
    assert_eq!(runner.run(&[("baseline", "known.json")]).status.code(), Some(0));
}

#[test]
fn what_the_action_is_given_is_no_script() {
    let Some(mut runner) = runner() else { return };
    let output =
        runner.run(&[("paths", "$(touch harm)\n`touch harm`; touch harm"), ("args", "$(touch harm) ; touch harm")]);
    assert!(!output.status.success());
    assert!(!runner.repository().join("harm").exists());
    let spaced = runner.repository().join("a b");
    std::fs::create_dir(&spaced).expect("a folder");
    std::fs::copy(runner.repository().join("types/good.rtr"), spaced.join("good.rtr")).expect("a file");
    let output = runner.run(&[("paths", "a b\ntypes/good.rtr")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

#[test]
fn the_action_builds_rtreg_where_there_is_none() {
    let Some(mut runner) = runner() else { return };
    let tools = runner.folder.path().join("tools");
    std::fs::create_dir(&tools).expect("a folder");
    for tool in ["bash", "cp", "mkdir", "cat"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().expect("a shell");
        let path = String::from_utf8(found.stdout).expect("UTF-8");
        std::os::unix::fs::symlink(path.trim(), tools.join(tool)).expect("a link");
    }
    runner.path = tools.display().to_string();
    let output = runner.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("expected rtreg or cargo on the PATH"), "{}", text(&output));

    // A cargo that is quick: it notes what it is asked, and puts the binary where cargo would.
    let cargo = format!(
        "#!/bin/sh\necho \"$@\" > cargo.txt\nfor root in \"$@\"; do :; done\nmkdir -p \"$root/bin\"\ncp '{}' \"$root/bin/\"\n",
        env!("CARGO_BIN_EXE_rtreg")
    );
    std::fs::write(tools.join("cargo"), cargo).expect("a script");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(tools.join("cargo"), executable).expect("a script");
    let output = runner.run(&[("paths", "types/good.rtr")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let asked = std::fs::read_to_string(runner.repository().join("cargo.txt")).expect("cargo was called");
    let temporary = runner.folder.path().join("temporary/rtreg").display().to_string();
    let (root, crate_folder) = (root(), root().join("cli"));
    assert_eq!(asked.trim(), format!("install --locked --path {} --root {temporary}", crate_folder.display()));
    assert!(root.join("Cargo.lock").is_file() && crate_folder.join("Cargo.toml").is_file());
    let output = runner.run(&[]);
    assert_eq!(output.status.code(), Some(1), "the next step finds what the first built:\n{}", text(&output));
}

#[test]
fn the_steps_of_the_action_pass_shellcheck() {
    let Some(action) = yaml(&read("action.yml")) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut checked = 0;
    for step in action["runs"]["steps"].as_array().expect("steps") {
        let path = folder.path().join("step.sh");
        std::fs::write(&path, step["run"].as_str().expect("a script")).expect("a script");
        let mut shellcheck = program("shellcheck", folder.path());
        match shellcheck.arg("--shell=bash").arg(&path).output() {
            Ok(output) => assert!(output.status.success(), "{}", text(&output)),
            Err(_) => eprintln!("skipped: no shellcheck"),
        }
        checked += 1;
    }
    assert!(checked >= 2);
}

#[test]
fn the_action_and_the_examples_match_the_published_schemas() {
    let Some(validator) = python_tool("check-jsonschema") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let matches = |schema: &str, text: &str| {
        let path = folder.path().join("file.yml");
        std::fs::write(&path, text).expect("a file");
        let mut command = program(&validator, folder.path());
        command.env("HOME", folder.path()).args(["--builtin-schema", schema]);
        let output = command.arg(&path).output().expect("the validator runs");
        (output.status.success(), self::text(&output))
    };
    for (schema, text) in [
        ("vendor.github-actions", read("action.yml")),
        ("vendor.github-workflows", block(".github/workflows/rtr.yml")),
        ("vendor.gitlab-ci", block(".gitlab-ci.yml")),
    ] {
        let (valid, words) = matches(schema, &text);
        assert!(valid, "{schema}\n{words}");
    }
    let wrong = read("action.yml").replace("shell: bash", "shel: bash");
    assert!(!matches("vendor.github-actions", &wrong).0, "the schema can say no");
}

#[test]
fn the_documents_use_what_the_action_has() {
    let (Some(action), Some(workflow)) = (yaml(&read("action.yml")), yaml(&block(".github/workflows/rtr.yml"))) else {
        return;
    };
    let inputs = action["inputs"].as_object().expect("inputs");
    let steps = workflow["jobs"]["lint"]["steps"].as_array().expect("steps");
    let ours = steps.iter().find(|step| step["uses"].as_str().is_some_and(|uses| uses.starts_with("rtreg/")));
    let with = ours.expect("our step")["with"].as_object().expect("inputs");
    assert!(!with.is_empty() && with.keys().all(|name| inputs.contains_key(name)), "{with:?}");
    let page = read("docs/integration.md");
    for name in inputs.keys() {
        assert!(page.contains(&format!("| `{name}` |")), "docs/integration.md does not name {name}");
    }
    let tag = format!("v{}", env!("CARGO_PKG_VERSION"));
    assert!(page.contains(&format!("rtreg/rtreg@{tag}")) && page.contains(&format!("rev: {tag}")), "{tag}");
}
