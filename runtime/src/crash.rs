//! Named places at which a process can be made to end as if by a power cut, for tests: `RTREG_CRASH_AT=POINT@OPERATION` in its
//! environment makes it send itself SIGKILL there. Without the variable it costs one look at it. That it has come there, it says in the
//! file that `RTREG_CRASH_WITNESS` names, so that a test knows what it has tried.

use std::fs::OpenOptions;
use std::io::Write;
use std::sync::OnceLock;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The variable: a name of [`POINTS`], `@`, and an operation, or `*` for any.
pub const VARIABLE: &str = "RTREG_CRASH_AT";

/// The variable that names a file to which the point and the operation are appended just before the end.
pub const WITNESS: &str = "RTREG_CRASH_WITNESS";

/// All places.
pub const POINTS: [&str; 19] = [
    "coordinator.before_run",
    "coordinator.after_run",
    "coordinator.before_intent",
    "coordinator.after_intent",
    "coordinator.before_spawn",
    "coordinator.after_spawn",
    "coordinator.before_note",
    "coordinator.after_note",
    "coordinator.before_end",
    "coordinator.after_end",
    "supervisor.begin",
    "supervisor.before_spawn",
    "supervisor.after_spawn",
    "supervisor.after_method",
    "supervisor.before_outcome",
    "supervisor.after_outcome",
    "agent.before_take",
    "agent.before_spawn",
    "agent.after_spawn",
];

static WANTED: OnceLock<Option<(String, String)>> = OnceLock::new();

/// Ends the process here, if that is wanted.
pub fn point(name: &str, operation: &str) {
    let read = || {
        let wanted = std::env::var(VARIABLE).ok()?;
        let (name, operation) = wanted.split_once('@')?;
        Some((name.to_owned(), operation.to_owned()))
    };
    if let Some((wanted, of)) = WANTED.get_or_init(read)
        && wanted == name
        && (of == "*" || of == operation)
    {
        testify(name, operation);
        _ = kill(Pid::this(), Signal::SIGKILL);
    }
}

fn testify(name: &str, operation: &str) {
    let Some(file) = std::env::var_os(WITNESS) else { return };
    if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(file) {
        _ = writeln!(file, "{name}@{operation}");
    }
}
