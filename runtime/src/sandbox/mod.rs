//! A cell in PID, mount, network, user, IPC and UTS namespaces of its own. Three processes make it: who wants it ([`Sandbox`]);
//! one that leaves the old namespaces and has a child ([`enter`]); that child, which is the first process of the new PID
//! namespace, so that the kernel ends everything in it when it ends ([`init`]). It ends when the pipe from the first one
//! closes, which also happens when that one is killed. Nothing is on the host's disk: all files are in the memory that the
//! mount namespace holds. It guards the host against accidents, not against a method that wants to get out.

mod enter;
mod init;
mod loopback;
mod mounts;
mod root;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cell::{Cell, CellError, Order, Place, Report, Side};
use crate::files::Files;
use crate::method::{self, Invocation, Outcome};
use crate::processes::Process;
use crate::scha::{Facts, Heard};

pub use enter::enter;
pub use init::init;

/// The hidden subcommand of the process that leaves the namespaces; it calls [`enter`].
pub const ENTER_COMMAND: &str = "internal-sandbox-enter";

/// The hidden subcommand of the first process inside; it calls [`init`].
pub const INIT_COMMAND: &str = "internal-sandbox-init";

/// How long a sandbox may take to end when its pipe is closed.
const END_PATIENCE: Duration = Duration::from_secs(20);

/// How often it is looked whether it has.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// What [`enter`] says when it has namespaces and waits for its users to be mapped.
const UNSHARED: &str = "unshared";

/// What a sandbox is made from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Blueprint {
    /// This binary: it knows the two hidden subcommands and the names of the commands that methods ask with.
    pub program: PathBuf,
    /// Where the methods of the old and of the new version are.
    pub places: [Place; 2],
    /// Files and folders of the host of which the sandbox gets copies that can be written to.
    pub copies: Vec<PathBuf>,
}

/// A sandbox that lives as long as this value.
#[derive(Debug)]
pub struct Sandbox {
    child: Child,
    /// Closing it ends the sandbox.
    orders: Option<ChildStdin>,
    reports: BufReader<ChildStdout>,
}

impl Sandbox {
    /// Makes one.
    ///
    /// # Errors
    /// The kernel does not permit it, or something could not be set up.
    pub fn new(blueprint: &Blueprint) -> Result<Self, CellError> {
        let mut command = Command::new(&blueprint.program);
        command.arg(ENTER_COMMAND).stdin(Stdio::piped()).stdout(Stdio::piped());
        let setup = |what: &str| CellError::Setup(what.to_owned());
        let mut child = command.spawn().map_err(|error| setup(&format!("its process cannot be started: {error}")))?;
        let reports = BufReader::new(child.stdout.take().ok_or_else(|| setup("there is no pipe"))?);
        let orders = child.stdin.take();
        let mut sandbox = Self { child, orders, reports };
        let first = sandbox.line()?;
        if first != UNSHARED {
            return Err(CellError::NotPermitted(first));
        }
        map_users(sandbox.child.id()).map_err(CellError::NotPermitted)?;
        sandbox.send(&"mapped")?;
        sandbox.expect_done()?;
        sandbox.send(blueprint)?;
        sandbox.expect_done()?;
        Ok(sandbox)
    }

    /// The process that everything in the sandbox descends from, as the host numbers it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn expect_done(&mut self) -> Result<(), CellError> {
        match self.report()? {
            Report::Done => Ok(()),
            // Namespaces without the rights that belong to them: a security module, or a container.
            Report::Failed(why) if ["EPERM:", "EACCES:"].iter().any(|error| why.contains(error)) => {
                Err(CellError::NotPermitted(why))
            }
            Report::Failed(why) => Err(CellError::Setup(why)),
            other => Err(unexpected(&other)),
        }
    }

    fn send(&mut self, order: &impl Serialize) -> Result<(), CellError> {
        let lost = |error: &dyn std::fmt::Display| CellError::Lost(error.to_string());
        let mut line = serde_json::to_string(order).map_err(|error| lost(&error))?;
        line.push('\n');
        let orders = self.orders.as_mut().ok_or_else(|| lost(&"it was closed"))?;
        orders.write_all(line.as_bytes()).and_then(|()| orders.flush()).map_err(|error| lost(&error))
    }

    fn line(&mut self) -> Result<String, CellError> {
        let mut line = String::new();
        match self.reports.read_line(&mut line) {
            Ok(0) => Err(CellError::Lost("its first process is gone".to_owned())),
            Ok(_) => Ok(line.trim_end().to_owned()),
            Err(error) => Err(CellError::Lost(error.to_string())),
        }
    }

    fn report(&mut self) -> Result<Report, CellError> {
        let line = self.line()?;
        serde_json::from_str(&line).map_err(|error| CellError::Lost(format!("it said `{line}`: {error}")))
    }

    fn order(&mut self, order: &Order) -> Result<Report, CellError> {
        self.send(order)?;
        match self.report()? {
            Report::Failed(why) => Err(CellError::Order(why)),
            report => Ok(report),
        }
    }
}

fn unexpected(report: &Report) -> CellError {
    CellError::Lost(format!("it said something else than it was asked: {report:?}"))
}

impl Drop for Sandbox {
    /// Closes the pipe, upon which everything inside ends, and waits until it has; what does not, is killed from outside.
    fn drop(&mut self) {
        self.orders = None;
        let deadline = Instant::now() + END_PATIENCE;
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() >= deadline {
                _ = self.child.kill();
                _ = self.child.wait();
                return;
            }
            std::thread::park_timeout(LOOK_AGAIN);
        }
    }
}

impl Cell for Sandbox {
    fn call(&mut self, invocation: &Invocation) -> Result<Outcome, CellError> {
        match self.order(&Order::Call(invocation.clone()))? {
            Report::Ended(outcome) => Ok(outcome),
            other => Err(unexpected(&other)),
        }
    }

    fn set_facts(&mut self, facts: &Facts) -> Result<(), CellError> {
        self.order(&Order::Facts(facts.clone())).map(|_| ())
    }

    fn install(&mut self, side: Side) -> Result<(), CellError> {
        self.order(&Order::Install(side)).map(|_| ())
    }

    fn processes(&mut self) -> Result<Vec<Process>, CellError> {
        match self.order(&Order::Processes)? {
            Report::Processes(processes) => Ok(processes),
            other => Err(unexpected(&other)),
        }
    }

    fn files(&mut self) -> Result<Option<Files>, CellError> {
        match self.order(&Order::Files)? {
            Report::Files(files) => Ok(Some(files)),
            other => Err(unexpected(&other)),
        }
    }

    fn heard(&mut self) -> Result<Vec<Heard>, CellError> {
        match self.order(&Order::Heard)? {
            Report::Heard(heard) => Ok(heard),
            other => Err(unexpected(&other)),
        }
    }

    fn path_of(&self, _: Side, declared: &str) -> PathBuf {
        PathBuf::from(declared)
    }

    fn environment(&self) -> Vec<(String, String)> {
        method::environment(&Path::new(root::OWN).join("bin"))
    }
}

/// Says who the users of the new user namespace are outside: for root all are who they are, so that methods can change to
/// other users; for anybody else there is one user inside, root, who is this user outside.
fn map_users(pid: u32) -> Result<(), String> {
    let write = |name: &str, text: &str| {
        let path = format!("/proc/{pid}/{name}");
        fs::write(&path, text).map_err(|error| format!("{path} cannot be written: {error}"))
    };
    if nix::unistd::geteuid().is_root() {
        let all = |name: &str| fs::read_to_string(format!("/proc/self/{name}")).map(|map| identity(&map));
        if let (Ok(users), Ok(groups)) = (all("uid_map"), all("gid_map"))
            && write("uid_map", &users).is_ok()
        {
            return write("gid_map", &groups);
        }
    }
    write("setgroups", "deny")?;
    write("uid_map", &format!("0 {} 1\n", nix::unistd::geteuid()))?;
    write("gid_map", &format!("0 {} 1\n", nix::unistd::getegid()))
}

/// The map that changes nobody, from the map of this process's own namespace.
fn identity(map: &str) -> String {
    let line = |line: &str| {
        let mut fields = line.split_whitespace();
        Some(format!("{first} {first} {count}\n", first = fields.next()?, count = fields.nth(1)?))
    };
    map.lines().filter_map(line).collect()
}

/// What was being done when something failed.
trait Step<T> {
    fn step(self, what: &str) -> Result<T, String>;
}

impl<T, E: std::fmt::Display> Step<T> for Result<T, E> {
    fn step(self, what: &str) -> Result<T, String> {
        self.map_err(|error| format!("cannot {what}: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_that_changes_nobody() {
        assert_eq!(identity("         0          0 4294967295\n"), "0 0 4294967295\n");
        assert_eq!(identity("0 1000 1\n1 100000 65536\n"), "0 0 1\n1 1 65536\n");
    }
}
