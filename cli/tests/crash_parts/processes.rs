//! The processes of a scenario: agents that are kept while it is carried out, and whatever of it still lives.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rtreg_runtime::live::is_free;

use super::scenario::Failed;
use super::scenery::Scenery;

/// Longer than anything of a scenario takes: what is not there then, never comes.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at something that is waited for.
const PAUSE: Duration = Duration::from_millis(4);

/// Runs a command to its end; one that does not come to an end is a fault.
pub fn output(command: &mut Command) -> Result<Output, Failed> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn()?;
    let pid = Pid::from_raw(i32::try_from(child.id())?);
    let (ended, has_ended) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        let is_late = has_ended.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout);
        if is_late {
            _ = kill(pid, Signal::SIGKILL);
        }
        is_late
    });
    let output = child.wait_with_output()?;
    drop(ended);
    match watch.join() {
        Ok(false) => Ok(output),
        _ => Err(format!("it does not come to an end: {}", super::scenery::said(&output)).into()),
    }
}

/// Waits until something is so.
pub fn until(what: &str, mut is_so: impl FnMut() -> Result<bool, Failed>) -> Result<(), Failed> {
    let began = Instant::now();
    while !is_so()? {
        if began.elapsed() > PATIENCE {
            return Err(format!("waited in vain: {what}").into());
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// The agents of the nodes that a plan needs besides the local one; they end when this is dropped.
pub struct Agents {
    children: Vec<(String, Child)>,
}

impl Agents {
    /// Starts them, with what is to happen to them in their environment, and waits until they are there.
    pub fn start(scenery: &Scenery, environment: &[(String, String)]) -> Result<Self, Failed> {
        let mut agents = Self { children: Vec::new() };
        for node in scenery.agents() {
            let mut command = scenery.command(&node);
            command.args(["agent", "--node", &node]).envs(environment.iter().cloned());
            let errors = std::fs::File::create(scenery.root.join(format!("agent.{node}.err")))?;
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors);
            let child = command.spawn()?;
            agents.children.push((node, child));
        }
        for (node, _) in &agents.children {
            let lock = scenery.run_folder().join("locks").join(format!("agent.{node}"));
            until(&format!("the agent of {node}"), || Ok(!is_free(&lock)))?;
        }
        Ok(agents)
    }

    pub fn pids(&self) -> Vec<u32> {
        self.children.iter().map(|(_, child)| child.id()).collect()
    }
}

impl Drop for Agents {
    fn drop(&mut self) {
        for (_, child) in &mut self.children {
            _ = child.kill();
            _ = child.wait();
        }
    }
}

/// The processes that are about a scenario, each with its command line: those that name its folder.
pub fn alive(scenery: &Scenery, except: &[u32]) -> Result<Vec<(u32, String)>, Failed> {
    let root = format!("{}/", scenery.root.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // One that has ended meanwhile is none. What a method starts knows the folder by its environment.
        let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let environment = match words.starts_with(b"sleep") {
            true => std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default(),
            false => Vec::new(),
        };
        let is_of = |bytes: &[u8]| bytes.windows(root.len()).any(|part| part == root.as_bytes());
        // One that is about to become another, or to end, has no words any more or not yet, but may hold locks.
        let is_there =
            std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder.starts_with(&scenery.root));
        let is_own = pid == std::process::id() || except.contains(&pid);
        if !is_own && (is_there || is_of(&words) || is_of(&environment)) {
            found.push((pid, String::from_utf8_lossy(&words).replace('\0', " ")));
        }
    }
    Ok(found)
}

/// Waits until nothing of a scenario lives but its agents.
pub fn quiet(scenery: &Scenery, agents: &Agents) -> Result<(), Failed> {
    let mut left = Vec::new();
    let pids = agents.pids();
    until("its processes end", || {
        left = alive(scenery, &pids)?;
        Ok(left.is_empty())
    })
    .map_err(|why| format!("{why}: {left:?}").into())
}

/// Ends whatever of a scenario lives, so that the next case finds nothing of it.
pub fn end_all(scenery: &Scenery) -> Result<(), Failed> {
    until("its processes can be ended", || {
        let left = alive(scenery, &[])?;
        for (pid, _) in &left {
            _ = kill(Pid::from_raw(i32::try_from(*pid)?), Signal::SIGKILL);
        }
        Ok(left.is_empty())
    })
}

/// The locks of a scenario that somebody holds.
pub fn held(scenery: &Scenery) -> Result<Vec<PathBuf>, Failed> {
    let mut held = Vec::new();
    let folder = scenery.run_folder().join("locks");
    if !folder.is_dir() {
        return Ok(held);
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_agent = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("agent."));
        if !is_agent && !is_free(&path) {
            held.push(path);
        }
    }
    Ok(held)
}
