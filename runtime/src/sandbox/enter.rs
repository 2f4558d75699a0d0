//! The process that leaves the namespaces of the host and has the first process inside as its child. It must have one thread:
//! the kernel gives a user namespace to no other.

use std::io::{BufRead, Write};
use std::process::Command;

use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;

use super::{INIT_COMMAND, UNSHARED};

/// Leaves, has a child, waits for it. Never returns while the sandbox lives; the exit status.
pub fn enter() -> u8 {
    let all = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS;
    if let Err(error) = unshare(all) {
        say(&format!("PID, mount, network and user namespaces are not permitted: {error}"));
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

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
