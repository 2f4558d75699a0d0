//! What was acknowledged is there: ten processes at once, kills in the middle, and one fsync before each acknowledgement.

mod common;

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use common::{Cluster, rtr};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

const METHODS: &[&str] = &["Start", "Stop"];

#[test]
fn ten_processes_registering_a_hundred_types_each() {
    let cluster = Cluster::new();
    thread::scope(|scope| {
        for process in 0..10 {
            let cluster = &cluster;
            scope.spawn(move || {
                for number in 0..100 {
                    let name = format!("t{process}x{number}");
                    let file = cluster.write(&format!("{name}.rtr"), &rtr(&name, "1.0", METHODS, &[]));
                    cluster.ok(&format!("register {}", file.display()));
                }
            });
        }
    });
    assert_eq!(cluster.json("list")["types"].as_array().map(Vec::len), Some(1000));
    assert_eq!(cluster.json("status")["revision"], 1000);
    cluster.ok("history verify");
}

#[test]
fn a_kill_in_the_middle_loses_nothing_that_was_acknowledged() {
    let cluster = Cluster::new();
    let mut acknowledged = Vec::new();
    let mut killed_unfinished = 0;
    for round in 0..50u32 {
        for number in 0..4 {
            let name = format!("t{round}x{number}");
            cluster.write(&format!("{name}.rtr"), &rtr(&name, "1.0", METHODS, &[]));
        }
        let own = cluster.command();
        let mut command = Command::new("sh");
        let script =
            format!("for n in 0 1 2 3; do \"$RTREG\" register t{round}x$n.rtr >/dev/null && echo t{round}x$n; done");
        command.args(["-c", &script]).current_dir(cluster.path()).env("RTREG", own.get_program());
        command.envs(own.get_envs().filter_map(|(name, value)| value.map(|value| (name, value))));
        command.stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut child = command.spawn().expect("sh runs");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        // After some acknowledgement, and at another moment of the next registration each time.
        for _ in 0..round % 3 {
            acknowledged.extend(lines.next().map(|line| line.expect("a line")));
        }
        let moment = Instant::now() + Duration::from_micros(u64::from(round * 7919 % 9000));
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        let _ = killpg(Pid::from_raw(i32::try_from(child.id()).expect("a process id")), Signal::SIGKILL);
        // What was written into the pipe before the kill was acknowledged too.
        let before = acknowledged.len();
        acknowledged.extend(lines.map_while(Result::ok));
        killed_unfinished += usize::from(acknowledged.len() - before + usize::try_from(round % 3).unwrap() < 4);
        child.wait().expect("the child ends");
    }
    assert!(killed_unfinished >= 25, "only {killed_unfinished} of 50 kills came in the middle");
    assert!(acknowledged.len() >= 40, "only {} registrations were acknowledged", acknowledged.len());
    let listed = cluster.json("list");
    let names: Vec<&str> =
        listed["types"].as_array().expect("types").iter().filter_map(|listed| listed["name"].as_str()).collect();
    for name in &acknowledged {
        assert!(names.contains(&format!("XMPL.{name}:1.0").as_str()), "{name} was acknowledged and is lost");
    }
    cluster.ok("history verify");
}

#[test]
fn one_fsync_before_an_acknowledgement_and_no_checkpoint_on_close() {
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("skipped: no strace");
        return;
    }
    let cluster = Cluster::new();
    for name in ["first", "second"] {
        cluster.write(&format!("{name}.rtr"), &rtr(name, "1.0", METHODS, &[]));
    }
    cluster.ok("register first.rtr");
    let database = cluster.path().join("store.db");
    let before = std::fs::read(&database).expect("the database");
    let own = cluster.command();
    let mut strace = Command::new("strace");
    strace.args(["-f", "-e", "trace=fsync,fdatasync,sync_file_range,write", "-o", "trace.txt"]);
    strace.arg(own.get_program()).args(["register", "second.rtr"]).current_dir(cluster.path());
    strace.envs(own.get_envs().filter_map(|(name, value)| value.map(|value| (name, value))));
    let output = strace.output().expect("strace runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let trace = std::fs::read_to_string(cluster.path().join("trace.txt")).expect("the trace");
    let at = |part: &str| trace.lines().position(|line| line.contains(part));
    let syncs: Vec<usize> =
        trace.lines().enumerate().filter(|(_, line)| line.contains("sync(")).map(|(at, _)| at).collect();
    assert_eq!(syncs.len(), 1, "{trace}");
    let answer = at("write(1, \"registered").expect("the acknowledgement");
    assert!(syncs[0] < answer, "{trace}");
    assert_eq!(std::fs::read(&database).expect("the database"), before, "the log was moved into the database");
}
