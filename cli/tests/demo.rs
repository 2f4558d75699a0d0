//! What `make demo` runs, with the binary of this build: it must come to its end, and it must notice a service that does not keep its
//! promises. Whatever happens, nothing of it is left: no file, no process.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Longer than anything here may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the project is there")
}

/// The demo of a project, with a folder of its own for what is temporary.
fn demo(project: &Path, temporary: &Path) -> Command {
    let mut command = Command::new("sh");
    command.arg(project.join("tests/demo/demo.sh")).arg(env!("CARGO_BIN_EXE_rtreg"));
    command.env("TMPDIR", temporary).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Neither a file nor a process is left of what ran in this folder. A supervisor may live a moment longer than its method.
fn nothing_is_left(temporary: &Path) {
    let left: Vec<_> = fs::read_dir(temporary).expect("the folder is there").flatten().collect();
    assert!(left.is_empty(), "{left:?}");
    let deadline = Instant::now() + PATIENCE;
    loop {
        let processes = processes_in(temporary);
        if processes.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "{processes:?}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// The processes that have this folder in their arguments.
fn processes_in(folder: &Path) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("/proc is there").flatten();
    let lines = processes.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(&*folder.to_string_lossy())).collect()
}

#[test]
fn the_demo_comes_to_its_end() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let output = demo(&root(), temporary.path()).output().expect("it runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!((output.status.code(), &*err), (Some(0), ""), "{out}");
    for wanted in [
        " requests, 0 lost\nfirst answer: 1.0: The doors open at nine (process ",
        "\nlast answer:  2.0: The doors open at nine -- the house (process ",
        "answers as the new Update told it",
        "nobody answers on port",
        "bundle b1: what it had done is undone",
        "(exit 13)",
        "(exit 11)",
        "every hash is that of its entry",
        "The demo is over",
    ] {
        assert!(out.contains(wanted), "{wanted:?} is not in\n{out}");
    }
    nothing_is_left(temporary.path());
}

/// The project's demo and examples, copied, so that a method can be another one.
fn copy_of_project(to: &Path) {
    fs::create_dir(to.join("tests")).expect("a folder can be made");
    for (from, below) in [("tests/demo", "tests"), ("rtr-examples", "")] {
        let copied = Command::new("cp").arg("-R").arg(root().join(from)).arg(to.join(below)).status();
        assert!(copied.expect("cp").success());
    }
}

#[test]
fn the_demo_notices_a_service_that_does_not_keep_its_promises() {
    let again = "#!/bin/sh\nbin=${0%/*}\n\"$bin/notice_stop\" \"$@\" && \"$bin/notice_start\" \"$@\"\n";
    let wounds = [
        ("notice_update", "#!/bin/sh\n", "expected an answer of 2.0 behind the upgrade, found 1.0"),
        ("notice_update", again, "the client has lost requests"),
        ("notice_stop", "#!/bin/sh\n", "lives"),
    ];
    for (method, text, said) in wounds {
        let (project, temporary) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        copy_of_project(project.path());
        fs::write(project.path().join("rtr-examples/notice/2.0/bin").join(method), text).expect("it is written");
        let output = demo(project.path(), temporary.path()).output().expect("it runs");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{method}: {err}");
        assert!(err.lines().any(|line| line.starts_with("demo: ") && line.contains(said)), "{method}: {err}");
        nothing_is_left(temporary.path());
    }
}

#[test]
fn an_interrupted_demo_leaves_nothing() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let mut child = demo(&root(), temporary.path()).spawn().expect("it runs");
    let mut out = BufReader::new(child.stdout.take().expect("it has an output"));
    let mut line = String::new();
    while !line.starts_with("1.0: ") {
        line.clear();
        assert_ne!(out.read_line(&mut line).expect("it is text"), 0, "the service has answered before the end");
    }
    end(&child, Signal::SIGTERM);
    out.read_to_string(&mut line).expect("it is text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{line}");
    nothing_is_left(temporary.path());
}

#[test]
fn the_client_counts_what_is_lost() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = listener.local_addr().expect("it has an address").port().to_string();
    let mut command = Command::new("perl");
    command.arg(root().join("tests/demo/ask.pl")).arg(port).arg(temporary.path().join("answers"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    for _ in 0..3 {
        drop(listener.accept().expect("it asks"));
    }
    end(&child, Signal::SIGTERM);
    drop(listener);
    let output = child.wait_with_output().expect("it ends");
    let out = String::from_utf8_lossy(&output.stdout);
    let (requests, rest) = out.split_once(" requests, ").expect("it says how many");
    assert!(requests.parse::<u32>().is_ok_and(|requests| requests >= 3), "{out}");
    assert_eq!((rest, output.status.code()), (format!("{requests} lost\n").as_str(), Some(1)), "all were lost");
}

fn end(child: &Child, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a number of a process")), signal).expect("it lives");
}
