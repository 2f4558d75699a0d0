//! What a run costs beside what it runs: commits of the store and processor time, for each step of an upgrade of ten resources that all
//! go offline and come back, beside the same scripts started by nobody but this process. Prints, and asserts nothing about time.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::Value;

/// Resources that are upgraded.
const RESOURCES: usize = 10;
/// Runs, forth and back.
const RUNS: usize = 6;
const METHODS: [&str; 6] = ["Validate", "Update", "Start", "Stop", "Monitor_start", "Monitor_stop"];

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let cluster = Cluster { folder: folder.path().to_owned() };
    cluster.set_up();
    println!("{RESOURCES} resources offline and back, {RUNS} runs\n");
    println!("steps  methods  commits  a step   CPU, ms   bare, ms   over it a step, ms");
    let mut over = Vec::new();
    for number in 0..RUNS {
        let to = if number % 2 == 0 { "2.0" } else { "1.0" };
        over.push(cluster.measure(to));
    }
    over.sort_by(f64::total_cmp);
    let (best, median) = (over.first().copied().unwrap_or(0.0), over.get(RUNS / 2).copied().unwrap_or(0.0));
    println!("\nprocessor time over the bare process, a step: best {best:.2} ms, median {median:.2} ms");
}

struct Cluster {
    folder: PathBuf,
}

impl Cluster {
    fn rtreg(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rtreg"));
        command.args(words.split_whitespace()).current_dir(&self.folder);
        command.env("RTREG_STORE", format!("sqlite:{}", self.folder.join("store.db").display()));
        command.env("RTREG_NODE", "n1");
        command
    }

    fn ok(&self, words: &str) -> String {
        let output = self.rtreg(words).output().expect("rtreg runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "rtreg {words}\n{said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn set_up(&self) {
        for (version, from) in [("1.0", "2.0"), ("2.0", "1.0")] {
            let base = self.folder.join(version);
            fs::create_dir_all(&base).expect("a folder");
            let mut text = format!("Resource_type = svc;\nVendor_id = XMPL;\nRT_version = \"{version}\";\n");
            text.push_str(&format!("RT_basedir = {};\n", base.display()));
            for method in METHODS {
                text.push_str(&format!("{method} = {};\n", method.to_lowercase()));
                script(&base.join(method.to_lowercase()));
            }
            text.push_str(&format!("#$upgrade\n#$upgrade_from \"{from}\" WHEN_OFFLINE\n"));
            for method in METHODS {
                text.push_str(&format!("{{ PROPERTY = {method}_timeout; MIN = 1; DEFAULT = 60; }}\n"));
            }
            fs::write(self.folder.join(format!("{version}.rtr")), text).expect("a file");
        }
        self.ok("register 1.0.rtr 2.0.rtr");
        self.ok("node add n1");
        self.ok("group create g --node n1 --driver rgm");
        for number in 0..RESOURCES {
            self.ok(&format!("resource create r{number} --group g --type svc:1.0"));
        }
        self.ok("group manage g");
        self.ok("group online g");
    }

    /// One run; the processor time over the bare processes, for each step, in milliseconds.
    fn measure(&self, to: &str) -> f64 {
        self.ok(&format!("plan --group g --to {to} --allow offline --out plan.json"));
        let before = self.revision();
        let (run, used) = measured(|| self.ok("apply plan.json --format json"));
        let commits = self.revision() - before;
        let run: Value = serde_json::from_str(&run).expect("a run");
        let operations = run["operations"].as_array().expect("operations");
        let methods = operations.iter().filter(|of| !of["node"].is_null()).count();
        let ((), bare) = measured(|| {
            for number in 0..methods {
                let method = METHODS[number % METHODS.len()].to_lowercase();
                let status = Command::new(self.folder.join("1.0").join(method)).args(["-R", "r0"]).status();
                assert!(status.is_ok_and(|status| status.success()));
            }
        });
        let millis = |time: Duration| time.as_secs_f64() * 1000.0;
        let steps = operations.len();
        let over = (millis(used) - millis(bare)) / count(steps);
        println!(
            "{steps:5}  {methods:7}  {commits:7}  {:6.2}  {:8.1}  {:9.1}   {over:.2}",
            count(usize::try_from(commits).unwrap_or(0)) / count(steps),
            millis(used),
            millis(bare)
        );
        over
    }

    fn revision(&self) -> u64 {
        let status: Value = serde_json::from_str(&self.ok("status --format json")).expect("a status");
        status["revision"].as_u64().expect("a revision")
    }
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(0.0, f64::from)
}

fn script(path: &Path) {
    fs::write(path, "#!/bin/sh\nexit 0\n").expect("a script");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it may run");
}

/// What the processes have used that were started and have ended meanwhile.
fn measured<R>(act: impl FnOnce() -> R) -> (R, Duration) {
    let total = || {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("usage");
        let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    };
    let before = total();
    let result = act();
    (result, total().saturating_sub(before))
}
