//! The children of this process: those that it started and waits for, and those that came to it because their parent ended.
//! A process that other processes' orphans come to (PID 1 of a sandbox, a subreaper) must wait for them, or they stay in the
//! process table and look alive to `kill -0`. Starts nothing by itself.

use std::collections::BTreeSet;
use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use nix::errno::Errno;
use nix::sys::wait::{Id, WaitPidFlag, waitid, waitpid};

/// The children that somebody waits for; clones share the list.
#[derive(Debug, Clone, Default)]
pub struct Children {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    owned: Mutex<BTreeSet<i32>>,
    changed: Condvar,
}

impl Children {
    /// Starts a child that its caller will hand to [`Children::wait`].
    ///
    /// # Errors
    /// What the system says.
    pub fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        // The lock is held over both, so that the reaper never sees a child whose owner is not known yet.
        let mut owned = self.owned();
        let child = command.spawn()?;
        owned.insert(pid_of(&child));
        self.shared.changed.notify_all();
        Ok(child)
    }

    /// Waits for a child that was started by [`Children::spawn`].
    ///
    /// # Errors
    /// What the system says.
    pub fn wait(&self, child: &mut Child) -> io::Result<ExitStatus> {
        let status = child.wait();
        self.owned().remove(&pid_of(child));
        self.shared.changed.notify_all();
        status
    }

    /// Waits for orphans from now on, on a thread of its own that ends with the process.
    ///
    /// # Errors
    /// There can be no more threads.
    pub fn reap_orphans(&self) -> io::Result<()> {
        let children = self.clone();
        std::thread::Builder::new().name("reaper".to_owned()).spawn(move || {
            loop {
                children.reap_one();
            }
        })?;
        Ok(())
    }

    fn reap_one(&self) {
        match waitid(Id::All, WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) {
            Ok(status) => {
                let Some(pid) = status.pid() else { return };
                let mut owned = self.owned();
                while owned.contains(&pid.as_raw()) {
                    owned = self.shared.changed.wait(owned).unwrap_or_else(PoisonError::into_inner);
                }
                // Nobody's: or its owner has waited for it meanwhile, and there is nothing to wait for.
                _ = waitpid(pid, Some(WaitPidFlag::WNOHANG));
            }
            // No child at all, and so no descendant either: only a new one can change that.
            Err(Errno::ECHILD) => {
                let owned = self.owned();
                if owned.is_empty() {
                    drop(self.shared.changed.wait(owned));
                }
            }
            Err(_) => {}
        }
    }

    fn owned(&self) -> MutexGuard<'_, BTreeSet<i32>> {
        self.shared.owned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn pid_of(child: &Child) -> i32 {
    i32::try_from(child.id()).unwrap_or(i32::MAX)
}
