//! Runs on a real terminal, made by script(1): what is shown there changes nothing of what is done, and its end ends no run.

mod common;

use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Command, Stdio};

use common::service::{hold, log, release, service, wait_for, wait_until};
use common::{Cluster, valid};

const WHOLE: [&str; 5] = ["Validate 2.0", "Monitor_stop 1.0", "Stop 1.0", "Start 2.0", "Monitor_start 2.0"];

/// A command on a terminal of its own; none where there is no script(1).
fn on_terminal(cluster: &Cluster, words: &str) -> Option<Command> {
    let found = Command::new("sh").args(["-c", "command -v script"]).output().expect("a shell");
    if !found.status.success() {
        eprintln!("skipped: no script(1)");
        return None;
    }
    let mut command = Command::new("script");
    command.args(["-qec", &format!("{} {words}", env!("CARGO_BIN_EXE_rtreg")), "/dev/null"]);
    command.env_clear().envs(cluster.command().get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("TERM", "xterm").env("SHELL", "/bin/sh").current_dir(cluster.path());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(command)
}

#[test]
fn a_terminal_shows_how_far_the_run_is() {
    let cluster = service("WHEN_OFFLINE");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let Some(mut command) = on_terminal(&cluster, "apply plan.json") else { return };
    let output = command.output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    // The line at the bottom, what has ended above it, and the report.
    assert!(text.contains("8/8 steps  ") && text.contains("bundle b1"), "{text}");
    assert!(text.contains("b1.3 Stop of 1.0 (r) on n1: done"), "{text}");
    assert!(text.contains("Run r1: upgrade r to 2.0"), "{text}");
    assert!(!text.contains("\u{1b}[3"), "no colours: {text:?}");
    assert_eq!(log(&cluster), WHOLE, "as without a terminal");
    let lines = service("WHEN_OFFLINE");
    lines.ok("plan r --to 2.0 --allow offline --out plan.json");
    let plain = lines.run("apply plan.json");
    assert!(!plain.err.contains('\u{1b}') && plain.err.lines().any(|line| line == "b1.1 done"), "{}", plain.err);
    let json = service("WHEN_OFFLINE");
    json.ok("plan r --to 2.0 --allow offline --out plan.json");
    let answer = json.run("apply plan.json --format json");
    let report: serde_json::Value = serde_json::from_str(&answer.out).expect("JSON and nothing else");
    assert_eq!((report["state"].as_str(), answer.err.as_str()), (Some("done"), ""));
    assert_eq!((log(&lines), log(&json)), (log(&cluster), log(&cluster)));
}

#[test]
fn a_run_outlives_the_terminal_that_started_it() {
    let cluster = service("WHEN_OFFLINE");
    hold(&cluster, "Stop-1.0");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let Some(mut command) = on_terminal(&cluster, "apply plan.json") else { return };
    let mut terminal = command.spawn().expect("it runs");
    wait_for(&cluster, "Stop 1.0");
    assert_eq!(fronts(&cluster), 1, "the command is at work");
    // Nobody holds the other end any more: the kernel sends SIGHUP to all that is in the terminal's foreground.
    terminal.kill().expect("it lives");
    terminal.wait().expect("it ends");
    wait_until(|| fronts(&cluster) == 0);
    assert_eq!(valid(&cluster, "run", "runs show r1")["state"], "open");
    release(&cluster, "Stop-1.0");
    wait_until(|| valid(&cluster, "run", "runs show r1")["state"] == "done");
    assert_eq!(log(&cluster), WHOLE);
    cluster.ok("history verify");
}

#[test]
fn every_event_is_as_its_schema_says() {
    let schema = serde_json::from_str(&Cluster::new().ok("schema event")).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema is a schema");
    let mut seen = std::collections::BTreeSet::new();
    for fails in [false, true] {
        let cluster = service("WHEN_OFFLINE");
        if fails {
            cluster.write("fail-Start-2.0", "");
        }
        cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
        cluster.run("apply plan.json --events events.jsonl");
        let events = fs::read_to_string(cluster.path().join("events.jsonl")).expect("the events");
        for line in events.lines() {
            let event = serde_json::from_str(line).expect("a line is JSON");
            let errors: Vec<String> = validator.iter_errors(&event).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{line}: {errors:#?}");
            let flag = |name: &str| event[name].as_bool().map(|flag| format!(" {name}={flag}")).unwrap_or_default();
            seen.insert(format!("{}{}{}", event["event"].as_str().expect("a word"), flag("is_step"), flag("undoes")));
        }
        assert!(
            events.ends_with('\n') && events.lines().last().is_some_and(|line| line.contains("run_ended")),
            "{events}"
        );
    }
    let expected = [
        "bundle",
        "run_begun",
        "run_ended",
        "step_begun is_step=false undoes=true",
        "step_begun is_step=true undoes=false",
        "step_ended is_step=false",
        "step_ended is_step=true",
    ];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn who_follows_holds_nothing_up() {
    let cluster = service("WHEN_OFFLINE");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    assert!(cluster.fails(3, "apply plan.json --events nowhere/events.jsonl").contains("events cannot be written"));
    assert!(cluster.ok("runs").contains("There are no runs"), "nothing has begun");
    // The command is stopped, as by Ctrl-Z, and its file of events is a small pipe that nobody reads.
    let made = Command::new("mkfifo").arg(cluster.path().join("events")).status();
    assert!(made.is_ok_and(|made| made.success()));
    let mut options = fs::File::options();
    options.read(true).custom_flags(nix::fcntl::OFlag::O_NONBLOCK.bits());
    let reader = options.open(cluster.path().join("events")).expect("a pipe");
    let size = nix::fcntl::fcntl(&reader, nix::fcntl::FcntlArg::F_SETPIPE_SZ(4096)).expect("a small one");
    hold(&cluster, "Stop-1.0");
    let mut apply = cluster.command();
    let mut apply = apply.args(["apply", "plan.json", "--events", "events"]).spawn().expect("it runs");
    wait_for(&cluster, "Stop 1.0");
    let pid = nix::unistd::Pid::from_raw(i32::try_from(apply.id()).expect("a number"));
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGSTOP).expect("it lives");
    release(&cluster, "Stop-1.0");
    wait_until(|| valid(&cluster, "run", "runs show r1")["state"] == "done");
    assert_eq!(log(&cluster), WHOLE);
    let waiting = {
        let mut waiting = Vec::new();
        _ = std::io::Read::read_to_end(&mut &reader, &mut waiting);
        waiting.len()
    };
    assert!(waiting + 1024 > usize::try_from(size).expect("a size"), "{waiting} of {size}: the pipe was full");
    drop(reader);
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGCONT).expect("it lives");
    assert!(apply.wait().expect("it ends").success());
}

/// How many commands `apply` are at work in this folder.
fn fronts(cluster: &Cluster) -> usize {
    let folder = cluster.path().canonicalize().expect("the folder");
    let is_own = |entry: &fs::DirEntry| {
        let words = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let mut words = words.split(|byte| *byte == 0);
        let is_rtreg = words.next().is_some_and(|program| program.ends_with(b"/rtreg"));
        is_rtreg
            && words.next() == Some(b"apply")
            && fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == folder)
    };
    fs::read_dir("/proc").expect("the process table").flatten().filter(is_own).count()
}
