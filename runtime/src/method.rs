//! Running one method as the RGM does: exact arguments, an environment that is built and not inherited, a process group of its
//! own that is ended at the timeout, and what it prints kept up to a limit. Decides nothing about what the outcome means.

use std::io::{self, PipeReader, Read};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

use crate::children::Children;

/// How much of what a method prints is kept, in bytes.
pub const OUTPUT_BYTES_MAX: usize = 64 * 1024;

/// How long a method has to end by itself after SIGTERM.
pub const GRACE: Duration = Duration::from_secs(5);

/// How much is taken from a pipe that somebody else may fill without end, when the method itself has ended.
const DRAIN_BYTES_MAX: usize = 1024 * 1024;

/// A call of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Its whole environment.
    pub environment: Vec<(String, String)>,
    /// How long it may take.
    pub timeout: Duration,
    /// How long it has after SIGTERM before SIGKILL.
    pub grace: Duration,
}

/// The names by which the RGM calls a method (rt_callbacks(1HA)).
#[derive(Debug, Clone, Copy)]
pub struct Names<'n> {
    /// The resource.
    pub resource: &'n str,
    /// The full name of its type.
    pub resource_type: &'n str,
    /// Its group.
    pub group: &'n str,
}

impl Names<'_> {
    /// The arguments of every method but Validate: `-R resource -T type -G group`.
    ///
    /// ```
    /// use rtreg_runtime::method::Names;
    /// let names = Names { resource: "web-rs", resource_type: "XMPL.web:1.0", group: "web-rg" };
    /// assert_eq!(names.arguments(), ["-R", "web-rs", "-T", "XMPL.web:1.0", "-G", "web-rg"]);
    /// ```
    pub fn arguments(&self) -> Vec<String> {
        ["-R", self.resource, "-T", self.resource_type, "-G", self.group].map(str::to_owned).to_vec()
    }

    /// The arguments of Validate: `-c` when the resource is created or `-u` when it is updated, then those of every method,
    /// then the properties: all of them on creation, those that change on an update.
    ///
    /// ```
    /// use rtreg_runtime::method::{Names, Operation, Proposed, Scope};
    /// let names = Names { resource: "web-rs", resource_type: "XMPL.web:1.0", group: "web-rg" };
    /// let port = Proposed { scope: Scope::Extension, name: "Listen_port", value: "80" };
    /// let arguments = names.validate_arguments(Operation::Update, &[port]).join(" ");
    /// assert_eq!(arguments, "-u -R web-rs -T XMPL.web:1.0 -G web-rg -x Listen_port=80");
    /// ```
    pub fn validate_arguments(&self, operation: Operation, proposed: &[Proposed<'_>]) -> Vec<String> {
        let operation = match operation {
            Operation::Create => "-c",
            Operation::Update => "-u",
        };
        let mut arguments = vec![operation.to_owned()];
        arguments.extend(self.arguments());
        for property in proposed {
            let option = match property.scope {
                Scope::System => "-r",
                Scope::Extension => "-x",
                Scope::Group => "-g",
            };
            arguments.extend([option.to_owned(), format!("{}={}", property.name, property.value)]);
        }
        arguments
    }
}

/// Why Validate is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// The resource is created.
    Create,
    /// Properties of it, or of its group, are changed.
    Update,
}

/// Whose property it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A system-defined property of the resource.
    System,
    /// An extension property of the resource.
    Extension,
    /// A property of the group.
    Group,
}

/// A value that a property is about to have.
#[derive(Debug, Clone, Copy)]
pub struct Proposed<'p> {
    /// Whose property it is.
    pub scope: Scope,
    /// Its name.
    pub name: &'p str,
    /// The value, the elements of an array with commas between.
    pub value: &'p str,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// By itself, with this status.
    Exit(i32),
    /// By a signal that was not ours.
    Signal(i32),
    /// It was ended because it took longer than this many seconds.
    Timeout(u64),
    /// It never ran; why.
    NotStarted(String),
}

impl Ended {
    /// Whether it came back in time with 0.
    pub const fn is_success(&self) -> bool {
        matches!(self, Self::Exit(0))
    }

    /// `exit 0`, `signal 9`, `timeout after 5 s`, `could not be started: …`.
    pub fn words(&self) -> String {
        match self {
            Self::Exit(status) => format!("exit {status}"),
            Self::Signal(signal) => format!("signal {signal}"),
            Self::Timeout(seconds) => format!("timeout after {seconds} s"),
            Self::NotStarted(why) => format!("could not be started: {why}"),
        }
    }
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended.
    pub ended: Ended,
    /// What it printed on both channels, in order, up to [`OUTPUT_BYTES_MAX`].
    pub output: String,
}

/// The environment that methods have: nothing of the caller's. `programs` is where the commands of the cluster are.
pub fn environment(programs: &Path) -> Vec<(String, String)> {
    let path = format!("{}:/usr/cluster/bin:/usr/bin:/bin:/usr/sbin:/sbin", programs.display());
    [("PATH", path.as_str()), ("LC_ALL", "C"), ("LANG", "C"), ("HOME", "/"), ("SHELL", "/bin/sh")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// Runs a program to its end, or ends it. What it left running goes on; what that prints is drained and thrown away.
pub fn run(invocation: &Invocation, children: &Children) -> Outcome {
    let (outcome, remainder) = run_watched(invocation, children, || {});
    if let Some(remainder) = remainder {
        _ = std::thread::Builder::new().name("drain".to_owned()).spawn(move || remainder.drain());
    }
    outcome
}

/// As [`run`]; says when the program has started, and hands over what it left behind that still has its output open.
pub fn run_watched(
    invocation: &Invocation,
    children: &Children,
    has_started: impl FnOnce(),
) -> (Outcome, Option<Remainder>) {
    match start(invocation, children) {
        Err(error) => (Outcome { ended: Ended::NotStarted(error.to_string()), output: String::new() }, None),
        Ok(started) => {
            has_started();
            started.watch(invocation)
        }
    }
}

/// What somebody still writes to although the program has ended.
#[derive(Debug)]
pub struct Remainder(PipeReader);

impl Remainder {
    /// Throws away what is still written, until nobody can write any more.
    pub fn drain(mut self) {
        _ = fcntl(self.0.as_fd(), FcntlArg::F_SETFL(OFlag::empty()));
        _ = io::copy(&mut self.0, &mut io::sink());
    }
}

fn start(invocation: &Invocation, children: &Children) -> io::Result<Started> {
    let (reader, writer) = io::pipe()?;
    let mut command = Command::new(&invocation.program);
    command.args(&invocation.arguments).env_clear().envs(invocation.environment.iter().map(|(n, v)| (n, v)));
    command.current_dir("/").process_group(0);
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let child = children.spawn(&mut command)?;
    // Its ends of the pipe go with it: an end of the pipe means that nobody can write any more.
    drop(command);
    let group = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
    fcntl(reader.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    let ended = wait_elsewhere(child, children.clone())?;
    Ok(Started { group, output: Output { reader: Some(reader), kept: Vec::new(), cut: false }, ended })
}

/// Waits on a thread, so that the end of a process and the end of its patience can be waited for together.
fn wait_elsewhere(mut child: Child, children: Children) -> io::Result<Waiting> {
    let (reader, writer) = io::pipe()?;
    let thread = std::thread::Builder::new().name("wait".to_owned()).spawn(move || {
        let status = children.wait(&mut child);
        // Closing the pipe is the signal.
        drop(writer);
        status
    })?;
    Ok(Waiting { signal: reader, thread })
}

struct Waiting {
    signal: PipeReader,
    thread: std::thread::JoinHandle<io::Result<ExitStatus>>,
}

struct Started {
    group: Pid,
    output: Output,
    ended: Waiting,
}

impl Started {
    fn watch(mut self, invocation: &Invocation) -> (Outcome, Option<Remainder>) {
        let in_time = self.until(Instant::now().checked_add(invocation.timeout));
        if !in_time {
            _ = killpg(self.group, Signal::SIGTERM);
            if !self.until(Instant::now().checked_add(invocation.grace)) {
                _ = killpg(self.group, Signal::SIGKILL);
                self.until(None);
            }
        }
        let ended = match self.ended.thread.join() {
            _ if !in_time => Ended::Timeout(invocation.timeout.as_secs()),
            Ok(Ok(status)) => ended(status),
            Ok(Err(error)) => Ended::NotStarted(format!("it cannot be waited for: {error}")),
            Err(_) => Ended::NotStarted("it cannot be waited for".to_owned()),
        };
        if !in_time {
            // What it left in its group goes with it.
            _ = killpg(self.group, Signal::SIGKILL);
        }
        self.output.take(DRAIN_BYTES_MAX);
        let (output, remainder) = self.output.close();
        (Outcome { ended, output }, remainder)
    }

    /// Takes what is printed until the process ends; false if the time ends first.
    fn until(&mut self, deadline: Option<Instant>) -> bool {
        loop {
            let left = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return false,
                // A day at most, and a millisecond at least: the kernel counts in these.
                Some(left) => PollTimeout::try_from(left.as_millis().clamp(1, 86_400_000)).unwrap_or(PollTimeout::MAX),
                None => PollTimeout::NONE,
            };
            let mut waited_for = vec![PollFd::new(self.ended.signal.as_fd(), PollFlags::POLLIN)];
            if let Some(reader) = &self.output.reader {
                waited_for.push(PollFd::new(reader.as_fd(), PollFlags::POLLIN));
            }
            match poll(&mut waited_for, left) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(_) => return false,
            }
            let happened = |at: usize| waited_for.get(at).and_then(PollFd::any).unwrap_or(false);
            let (has_ended, has_printed) = (happened(0), happened(1));
            if has_ended {
                return true;
            }
            if has_printed {
                self.output.take(DRAIN_BYTES_MAX);
            }
        }
    }
}

fn ended(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Exit(code),
        (None, signal) => Ended::Signal(signal.unwrap_or_default()),
    }
}

/// What is printed, and the pipe that it comes through; no pipe when nobody can write any more.
struct Output {
    reader: Option<PipeReader>,
    kept: Vec<u8>,
    cut: bool,
}

impl Output {
    /// Takes what is there now, at most this many bytes.
    fn take(&mut self, mut bytes_max: usize) {
        let mut piece = [0; 8192];
        while bytes_max > 0 {
            let Some(reader) = &mut self.reader else { return };
            match reader.read(&mut piece) {
                Ok(0) => self.reader = None,
                Ok(length) => {
                    bytes_max = bytes_max.saturating_sub(length);
                    let room = OUTPUT_BYTES_MAX.saturating_sub(self.kept.len());
                    self.kept.extend(piece.iter().take(length.min(room)));
                    self.cut |= length > room;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => self.reader = None,
            }
        }
    }

    /// What was kept, and what somebody may still write to.
    fn close(self) -> (String, Option<Remainder>) {
        // What controls a terminal is not printed again, and takes six bytes each where it is kept.
        let shown = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { char::REPLACEMENT_CHARACTER } else { c };
        let mut text: String = String::from_utf8_lossy(&self.kept).chars().map(shown).collect();
        if self.cut {
            text.push_str(&format!("\n[more than {OUTPUT_BYTES_MAX} bytes; the rest is left out]\n"));
        }
        (text, self.reader.map(Remainder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, timeout: Duration) -> Outcome {
        let invocation = Invocation {
            program: PathBuf::from("/bin/sh"),
            arguments: vec!["-c".to_owned(), script.to_owned()],
            environment: environment(Path::new("/nowhere")),
            timeout,
            grace: Duration::from_millis(200),
        };
        run(&invocation, &Children::default())
    }

    const LONG: Duration = Duration::from_secs(100);

    #[test]
    fn what_is_printed_and_how_it_ends() {
        let outcome = shell("echo one; echo two >&2; echo three; exit 3", LONG);
        assert_eq!((outcome.ended.words().as_str(), outcome.output.as_str()), ("exit 3", "one\ntwo\nthree\n"));
        assert_eq!(shell("kill -9 $$", LONG).ended.words(), "signal 9");
        assert!(shell("exit 0", LONG).ended.is_success());
    }

    #[test]
    fn the_environment_is_built() {
        let outcome = shell("env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD= | sort", LONG);
        let expected = "HOME=/\nLANG=C\nLC_ALL=C\nPATH=/nowhere:/usr/cluster/bin:/usr/bin:/bin:/usr/sbin:/sbin\n\
                        SHELL=/bin/sh\n";
        assert_eq!(outcome.output, expected);
    }

    #[test]
    fn a_timeout_ends_the_group_also_where_sigterm_is_ignored() {
        let outcome = shell("trap '' TERM; echo began; while :; do :; done", Duration::from_secs(1));
        assert_eq!((outcome.ended, outcome.output.as_str()), (Ended::Timeout(1), "began\n"));
    }

    #[test]
    fn a_flood_is_drained_and_cut() {
        let outcome = shell("yes | head -c 3000000; exit 7", LONG);
        assert_eq!(outcome.ended, Ended::Exit(7));
        assert!(outcome.output.len() < OUTPUT_BYTES_MAX + 100 && outcome.output.ends_with("left out]\n"));
    }

    #[test]
    fn who_holds_the_output_open_keeps_nobody_waiting() {
        let outcome = shell("sleep 1000 & echo $!", LONG);
        assert_eq!(outcome.ended, Ended::Exit(0));
        let pid = outcome.output.trim().parse().expect("a number");
        nix::sys::signal::kill(Pid::from_raw(pid), Signal::SIGKILL).expect("the sleeper lives");
    }

    #[test]
    fn what_is_not_there_was_not_started() {
        let invocation = Invocation {
            program: PathBuf::from("/nowhere/at/all"),
            arguments: Vec::new(),
            environment: Vec::new(),
            timeout: LONG,
            grace: LONG,
        };
        let outcome = run(&invocation, &Children::default());
        assert!(matches!(outcome.ended, Ended::NotStarted(_)), "{outcome:?}");
        assert!(outcome.ended.words().starts_with("could not be started: No such file"));
    }
}
