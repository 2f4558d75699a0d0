//! Processes of a run belong to no terminal: its end, or a key that interrupts what is in its foreground, is not theirs, from their first
//! instant on.

use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// What a terminal sends.
fn signals() -> SigSet {
    [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTSTP].into_iter().collect()
}

/// Starts a process so that nothing that a terminal sends reaches it before it has called [`leave`].
pub fn shielded<R>(start: impl FnOnce() -> R) -> R {
    let before = signals().thread_swap_mask(SigmaskHow::SIG_BLOCK);
    let started = start();
    if let Ok(before) = before {
        _ = before.thread_set_mask();
    }
    started
}

/// Leaves the terminal for a session of its own; what the terminal sent meanwhile is forgotten. To be called before any thread is started.
pub fn leave() {
    _ = nix::unistd::setsid();
    if let Ok(sent) = SignalFd::with_flags(&signals(), SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC) {
        while let Ok(Some(_)) = sent.read_signal() {}
    }
    _ = signals().thread_unblock();
}
