//! What is left of a call whose supervisor was killed: processes of its session that were called by that very call. They are
//! ended before anything goes on, so that no method ever runs beside what is left of itself. What has left the session is a service
//! that the method has started; its own Stop ends it.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::lock::{self, Holder};
use crate::method::GRACE;

/// The variable of a method's environment that names its call: `RUN/OPERATION/ATTEMPT`.
pub const CALL_VARIABLE: &str = "RTREG_CALL";

/// How long is rested between two looks at the process table: nobody can wait for processes that are not his children.
const PAUSE: Duration = Duration::from_millis(5);

/// Ends all that is left of a call.
pub(super) fn end(holder: &Holder, call: &str) {
    if holder.pid == 0 || holder.boot != lock::boot() {
        return;
    }
    let deadline = Instant::now().checked_add(GRACE);
    let mut told = BTreeSet::new();
    loop {
        let left = left_of(holder.pid, call);
        if left.is_empty() {
            return;
        }
        let is_late = deadline.is_none_or(|deadline| Instant::now() >= deadline);
        for pid in left {
            if is_late {
                _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            } else if told.insert(pid) {
                _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
            }
        }
        std::thread::park_timeout(PAUSE);
    }
}

/// The processes of a session whose leader has ended: its number means nobody else as long as they live. Where a process of that number
/// lives, only those that have this call in their environment.
fn left_of(session: i32, call: &str) -> Vec<i32> {
    let has_leader = fs::read_to_string(format!("/proc/{session}/stat")).is_ok_and(|stat| {
        stat.rsplit_once(')').is_some_and(|(_, behind)| !behind.trim_start().starts_with(['Z', 'X', 'x']))
    });
    let wanted = format!("{CALL_VARIABLE}={call}");
    let is_left = |pid: &i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, behind)| behind).split_whitespace().collect();
        let is_dead = matches!(fields.first(), None | Some(&"Z" | &"X" | &"x"));
        let is_of_session = fields.get(3).and_then(|field| field.parse::<i32>().ok()) == Some(session);
        if is_dead || !is_of_session {
            return false;
        }
        if !has_leader {
            return true;
        }
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
    };
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
    pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_left).collect()
}
