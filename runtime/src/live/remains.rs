//! What is left of a call whose supervisor was killed: processes of its session that were called by that very call. They are
//! ended before anything goes on, so that no method ever runs beside what is left of itself. What has left the session is a service
//! that the method has started; its own Stop ends it.

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
    if holder.boot != lock::boot() {
        return;
    }
    let deadline = Instant::now().checked_add(GRACE);
    let mut signal = Signal::SIGTERM;
    loop {
        let left = left_of(holder.pid, call);
        if left.is_empty() {
            return;
        }
        if deadline.is_none_or(|deadline| Instant::now() >= deadline) {
            signal = Signal::SIGKILL;
        }
        for pid in left {
            _ = kill(Pid::from_raw(pid), signal);
        }
        std::thread::park_timeout(PAUSE);
    }
}

/// The processes of a session that have this call in their environment.
fn left_of(session: i32, call: &str) -> Vec<i32> {
    let wanted = format!("{CALL_VARIABLE}={call}");
    let is_left = |pid: &i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, behind)| behind).split_whitespace().collect();
        let is_dead = matches!(fields.first(), None | Some(&"Z" | &"X" | &"x"));
        let is_of_session = fields.get(3).and_then(|field| field.parse::<i32>().ok()) == Some(session);
        if is_dead || !is_of_session {
            return false;
        }
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
    };
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
    pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_left).collect()
}
