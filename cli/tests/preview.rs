//! Planning, simulating and previewing watched by strace(1): no process is started, no connection made, and nothing is written but
//! the answer, the file of `--out`, and SQLite's index of the log in memory (`-shm`), which holds no data.

mod common;

use std::process::Command;

use common::{Cluster, rtr};

/// A resource of 1.0, online; 2.0 needs it offline, 3.0 nothing. Its group is the administrator's.
fn cluster() -> Cluster {
    let cluster = Cluster::new();
    let methods = ["Start", "Stop", "Update", "Validate"];
    for (version, from) in [("1.0", &[][..]), ("2.0", &["\"1.0\" WHEN_OFFLINE"]), ("3.0", &["\"1.0\" ANYTIME"])] {
        cluster.write(&format!("web-{version}.rtr"), &rtr("web", version, &methods, from));
        cluster.ok(&format!("register {}/web-{version}.rtr", cluster.path().display()));
    }
    for command in [
        "node add n1",
        "group create g --node n1",
        "resource create r --group g --type web:1.0",
        "group manage g",
        "group online g",
        "plan r --to 2.0 --allow offline --out plan.json",
    ] {
        cluster.ok(command);
    }
    cluster
}

/// The calls of a command that start, end or signal processes, speak to the network, or change files; each file descriptor with its
/// path. None without strace.
fn calls(cluster: &Cluster, words: &str, code: i32) -> Option<Vec<String>> {
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("skipped: no strace");
        return None;
    }
    let own = cluster.command();
    let output = Command::new("strace")
        .args(["-f", "-y", "-o", "trace.txt", "-e"])
        .arg("trace=%process,%network,%file,write,pwrite64,writev,pwritev,pwritev2,ftruncate,fallocate,copy_file_range,sendfile,fchmod,fchown,kill")
        .arg(own.get_program())
        .args(words.split_whitespace())
        .env_clear()
        .envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(cluster.path())
        .output()
        .expect("strace runs");
    assert_eq!(output.status.code(), Some(code), "rtreg {words}: {}", String::from_utf8_lossy(&output.stderr));
    let trace = std::fs::read_to_string(cluster.path().join("trace.txt")).expect("a trace");
    // The number of the thread stands before each call.
    let call = |line: &str| line.split_once(' ').map(|(_, call)| call.trim_start().to_owned());
    Some(trace.lines().filter_map(call).collect())
}

/// What of the calls is more than reading; `written` is the file that may be.
fn beyond_reading<'c>(calls: &'c [String], written: Option<&str>) -> Vec<&'c String> {
    let own = |call: &str| call.contains("store.db-shm") || written.is_some_and(|file| call.contains(file));
    let is_more = |call: &&String| {
        let name = call.split('(').next().unwrap_or_default();
        // Who it is is asked of the machine's own directory of users.
        let is_lookup = call.starts_with("socket(AF_UNIX") || call.contains("/nscd/socket");
        match name {
            "socket" | "connect" if is_lookup => false,
            "execve" | "execveat" | "fork" | "vfork" | "kill" | "tgkill" | "tkill" => true,
            "clone" | "clone3" => !call.contains("CLONE_THREAD"),
            "socket" | "socketpair" | "connect" | "bind" | "listen" | "sendto" | "sendmsg" => true,
            "write" | "writev" => {
                !call.starts_with(&format!("{name}(1<")) && !call.starts_with(&format!("{name}(2<")) && !own(call)
            }
            "pwrite64" | "pwritev" | "pwritev2" | "ftruncate" | "truncate" | "fallocate" | "copy_file_range"
            | "sendfile" => !own(call),
            "open" | "openat" | "openat2" | "creat" => {
                let makes = ["O_CREAT", "O_TRUNC", "O_WRONLY", "O_APPEND"].iter().any(|flag| call.contains(flag));
                // SQLite opens the log with O_CREAT; that it was not made or changed is looked at afterwards.
                (makes || name == "creat")
                    && !call.contains("store.db-wal")
                    && !call.contains("/dev/null")
                    && !own(call)
            }
            // For root SQLite gives log and index the owner that the store has.
            "fchown" => !call.contains("store.db-"),
            "mkdir" | "mkdirat" | "rmdir" | "unlink" | "unlinkat" | "rename" | "renameat" | "renameat2" | "link"
            | "linkat" | "symlink" | "symlinkat" | "chmod" | "fchmod" | "fchmodat" | "chown" | "fchownat"
            | "lchown" | "mknod" | "mknodat" | "utimensat" | "utime" | "utimes" => !own(call),
            _ => false,
        }
    };
    calls.iter().filter(is_more).collect()
}

fn store(cluster: &Cluster) -> Vec<Option<Vec<u8>>> {
    ["store.db", "store.db-wal"].map(|file| std::fs::read(cluster.path().join(file)).ok()).into()
}

#[test]
fn nothing_is_started_and_nothing_written() {
    let cluster = cluster();
    for (words, code, written) in [
        ("plan r --to 2.0 --allow offline", 0, None),
        ("plan r --to 2.0", 11, None),
        ("plan r --to 2.0 --allow offline --format json", 0, None),
        ("plan r --to 2.0 --allow offline --emit solaris-cluster-4", 0, None),
        ("plan r --to 2.0 --allow offline --out other.json", 0, Some("other.json")),
        ("simulate plan.json", 0, None),
        ("simulate plan.json --fail b1.3", 0, None),
        ("simulate plan.json --fail-each --format json", 0, None),
        ("upgrade r --to 3.0 --preview", 0, None),
        ("upgrade r --to 2.0 --preview", 11, None),
        ("path r --to 3.0", 0, None),
    ] {
        let before = store(&cluster);
        let Some(calls) = calls(&cluster, words, code) else { return };
        let more = beyond_reading(&calls, written);
        // The first is the program itself.
        assert!(more.first().is_some_and(|call| call.starts_with("execve(")), "{words}: {more:#?}");
        assert_eq!(more.len(), 1, "{words}: {more:#?}");
        assert_eq!(store(&cluster), before, "{words}");
        assert!(before.iter().all(Option::is_some), "the log is there, so that a write to it would be seen");
    }
}

/// The watcher sees what it is there to see.
#[test]
fn what_writes_and_what_starts_processes_is_seen() {
    let cluster = cluster();
    let Some(upgrade) = calls(&cluster, "upgrade r --to 3.0", 0) else { return };
    let more = beyond_reading(&upgrade, None);
    assert!(more.iter().any(|call| call.starts_with("pwrite64(") && call.contains("store.db-wal")), "{more:#?}");
    let out = calls(&cluster, "plan r --to 2.0 --out other.json", 11).expect("strace is there");
    let more = beyond_reading(&out, None);
    assert!(more.iter().any(|call| call.starts_with("rename") && call.contains("other.json")), "{more:#?}");
    let git = calls(&cluster, "compat --against git:HEAD web-1.0.rtr", 2).expect("strace is there");
    assert!(beyond_reading(&git, None).len() > 1);
}
