//! A cluster to try the binary on: a temporary folder with a store of its own.

#![allow(dead_code, reason = "each suite uses a part of it")]

pub mod driven;
pub mod editor;
pub mod service;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A temporary folder with a store, and the binary.
pub struct Cluster {
    folder: tempfile::TempDir,
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Answer {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Cluster {
    /// An empty store, on the node `n1`.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The binary with this store; no environment of the caller's.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rtreg"));
        command.env_clear();
        command.env("RTREG_STORE", format!("sqlite:{}", self.folder.path().join("store.db").display()));
        command.env("RTREG_NODE", "n1").env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.current_dir(self.folder.path());
        command
    }

    /// Runs a command, its words separated by blanks.
    pub fn run(&self, words: &str) -> Answer {
        self.run_words(&words.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs a command.
    pub fn run_words(&self, words: &[&str]) -> Answer {
        answer(self.command().args(words).output().expect("the binary runs"))
    }

    /// Runs a command that must succeed, and returns its standard output.
    pub fn ok(&self, words: &str) -> String {
        let answer = self.run(words);
        assert_eq!(answer.code, 0, "rtreg {words}\n{}{}", answer.out, answer.err);
        answer.out
    }

    /// Runs a command that must end with `code`, and returns all that it printed.
    pub fn fails(&self, code: i32, words: &str) -> String {
        let answer = self.run(words);
        assert_eq!(answer.code, code, "rtreg {words}\n{}{}", answer.out, answer.err);
        format!("{}{}", answer.out, answer.err)
    }

    /// Runs a command with `--format json` and reads its answer, whatever its exit code.
    pub fn json(&self, words: &str) -> serde_json::Value {
        let answer = self.run(&format!("{words} --format json"));
        serde_json::from_str(&answer.out)
            .unwrap_or_else(|error| panic!("rtreg {words}: {error}\n{}{}", answer.out, answer.err))
    }

    /// Runs a vendor's command by the link of its name, its words separated by blanks; `rtreg install-links bin` must have
    /// made the link.
    pub fn vendor(&self, words: &str) -> Answer {
        let mut words = words.split_whitespace();
        let name = words.next().expect("a command");
        let mut command = Command::new(self.path().join("bin").join(name));
        command.args(words).env_clear().current_dir(self.path());
        command.envs(self.command().get_envs().filter_map(|(name, value)| Some((name, value?))));
        answer(command.output().expect("the link runs"))
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the temporary folder takes a folder");
        std::fs::write(&path, text).expect("the temporary folder takes a file");
        path
    }
}

fn answer(output: Output) -> Answer {
    Answer {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The elements of a list; none of what is no list.
pub fn answers(list: &serde_json::Value) -> Vec<serde_json::Value> {
    list.as_array().cloned().unwrap_or_default()
}

/// An answer that must be as its schema says.
pub fn valid(cluster: &Cluster, schema: &str, words: &str) -> serde_json::Value {
    let answer = cluster.json(words);
    let schema: serde_json::Value =
        serde_json::from_str(&cluster.ok(&format!("schema {schema}"))).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema is a schema");
    let errors: Vec<String> = validator.iter_errors(&answer).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "rtreg {words}: {errors:#?}\n{answer:#}");
    assert_eq!(answer["version"], 1);
    answer
}

/// A small type: name, version and the directives between its two parts.
pub fn rtr(name: &str, version: &str, methods: &[&str], directives: &[&str]) -> String {
    let mut text = format!("Resource_type = {name};\nVendor_id = XMPL;\nRT_version = \"{version}\";\n");
    text.push_str(&format!("RT_basedir = /opt/XMPL{name}/{version};\n"));
    for method in methods {
        text.push_str(&format!("{method} = {};\n", method.to_lowercase()));
    }
    text.push_str("#$upgrade\n");
    for directive in directives {
        text.push_str(&format!("#$upgrade_from {directive}\n"));
    }
    for method in methods {
        text.push_str(&format!("{{ PROPERTY = {method}_timeout; MIN = 5; DEFAULT = 60; }}\n"));
    }
    text
}

/// The folder of the real files, if it is there.
pub fn corpus() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    if path.is_dir() {
        return path.canonicalize().ok();
    }
    eprintln!("skipped: no corpus");
    None
}
