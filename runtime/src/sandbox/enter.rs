//! The process that leaves the namespaces of the host and has the first process inside as its child. It must have one thread:
//! the kernel gives a user namespace to no other.

use std::io::{BufRead, Write};
use std::os::fd::RawFd;
use std::process::Command;

use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::close;

use super::{INIT_COMMAND, UNSHARED};

/// Leaves, has a child, waits for it. Never returns while the sandbox lives; the exit status.
pub fn enter() -> u8 {
    close_inherited();
    let all = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS;
    if let Err(error) = unshare(all) {
        let why = match error {
            Errno::ENOSPC => "sysctl user.max_user_namespaces or another of these limits is too low".to_owned(),
            other => other.to_string(),
        };
        say(&format!("PID, mount, network and user namespaces are not permitted: {why}"));
        return 1;
    }
    // The kernel forgets it when a process gets a user namespace, so it is said now. The pipe is what really ends a sandbox.
    _ = set_pdeathsig(Signal::SIGKILL);
    say(UNSHARED);
    let mut mapped = String::new();
    if !std::io::stdin().lock().read_line(&mut mapped).is_ok_and(|length| length > 0) {
        return 1;
    }
    match Command::new("/proc/self/exe").arg(INIT_COMMAND).status() {
        Ok(status) => u8::from(!status.success()),
        Err(error) => {
            say(&format!("{{\"Failed\":\"the first process cannot be started: {error}\"}}"));
            1
        }
    }
}

/// Closes what the caller's caller left open: it would lead methods out of the sandbox.
fn close_inherited() {
    let listed = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let open: Vec<RawFd> = listed.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for descriptor in open.into_iter().filter(|descriptor| *descriptor > 2) {
        // The one of the listing itself is closed already.
        _ = close(descriptor);
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
