//! The commands fed from a folder: the facts in one file, what was told in another. This is how a sandbox answers. Whoever
//! has a store feeds the same answers from there.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::reply::{Code, Reply};
use super::request::{Command, Request};
use super::tags;
use super::tell::{Tell, tell};
use crate::processes;

/// The variable that names the folder, where it is not [`DEFAULT_FOLDER`].
pub const FOLDER_VARIABLE: &str = "RTREG_SCHA";

/// The folder of a sandbox.
pub const DEFAULT_FOLDER: &str = "/run/rtreg/scha";

/// The file of all calls.
const LOG: &str = "heard.jsonl";

/// One call of a command, as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The command line.
    pub line: String,
    /// Whether it tells the cluster something; else it asks.
    pub told: bool,
    /// Its exit status.
    pub status: u8,
    /// What it complained of.
    pub complaint: String,
    /// The processes that it was called by, the nearest first.
    pub callers: Vec<i32>,
}

/// A folder with the facts and the log.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at this path; it need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that this process is to ask, by its environment; none if there is none. One that is named but cannot be read
    /// is still the one: what runs in a sandbox must never reach the cluster's own store.
    pub fn of_environment() -> Option<Self> {
        if let Some(named) = std::env::var_os(FOLDER_VARIABLE).filter(|path| !path.is_empty()) {
            return Some(Self { path: PathBuf::from(named) });
        }
        let path = PathBuf::from(DEFAULT_FOLDER);
        path.join("facts.json").is_file().then_some(Self { path })
    }

    /// Puts new facts in the place of the old, whole.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn set(&self, facts: &Facts) -> io::Result<()> {
        if !self.path.is_dir() {
            fs::create_dir_all(&self.path)?;
            fs::write(self.path.join(LOG), "")?;
            // Methods may run as any user.
            fs::set_permissions(&self.path, fs::Permissions::from_mode(0o777))?;
            fs::set_permissions(self.path.join(LOG), fs::Permissions::from_mode(0o666))?;
        }
        self.replace("facts.json", serde_json::to_string(facts)?.as_bytes())
    }

    /// All calls so far, in order.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn heard(&self) -> io::Result<Vec<Heard>> {
        match fs::read_to_string(self.path.join(LOG)) {
            Ok(text) => Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Answers a command, and writes down that it was called.
    pub fn answer(&self, command: Command, arguments: &[String]) -> Reply {
        let reply = self.facts().map_or_else(|refused| refused, |facts| self.reply(command, arguments, &facts));
        let line = std::iter::once(command.as_str()).chain(arguments.iter().map(String::as_str));
        let heard = Heard {
            line: line.collect::<Vec<_>>().join(" "),
            told: matches!(command, Command::SetStatus | Command::Control),
            status: reply.code.number(),
            complaint: reply.complaint.clone(),
            callers: processes::ancestors(i32::try_from(std::process::id()).unwrap_or_default()),
        };
        match self.write_down(&heard) {
            Ok(()) => reply,
            Err(error) => Reply::refused(Code::Internal, format!("{}: cannot write down: {error}", command.as_str())),
        }
    }

    fn reply(&self, command: Command, arguments: &[String], facts: &Facts) -> Reply {
        let request = match Request::read(command, arguments) {
            Ok(request) => request,
            Err(refused) => return refused,
        };
        if matches!(command, Command::ResourceGet | Command::TypeGet | Command::GroupGet) {
            return tags::answer(command, &request, facts);
        }
        match tell(command, &request, facts) {
            Err(refused) => refused,
            Ok(Tell::Control { .. }) => Reply::lines(Vec::new()),
            Ok(Tell::Status { resource, word, message }) => {
                let status = serde_json::json!([resource, word, message]).to_string();
                match self.replace("status.json", status.as_bytes()) {
                    Ok(()) => Reply::lines(Vec::new()),
                    Err(error) => Reply::refused(Code::Internal, format!("the status cannot be kept: {error}")),
                }
            }
        }
    }

    /// The facts, with the status that was set last.
    fn facts(&self) -> Result<Facts, Reply> {
        let refused = |error: &dyn std::fmt::Display| {
            Reply::refused(Code::Internal, format!("the facts in {} cannot be read: {error}", self.path.display()))
        };
        let text = fs::read_to_string(self.path.join("facts.json")).map_err(|error| refused(&error))?;
        let mut facts: Facts = serde_json::from_str(&text).map_err(|error| refused(&error))?;
        let status = fs::read_to_string(self.path.join("status.json")).unwrap_or_default();
        if let Ok((resource, word, message)) = serde_json::from_str::<(String, String, String)>(&status) {
            let node = facts.node.clone();
            if let Some(here) = facts.resources.get_mut(&resource).and_then(|it| it.on_nodes.get_mut(&node)) {
                (here.status, here.status_msg) = (word, message);
            }
        }
        Ok(facts)
    }

    /// Several may write at once: each line is one write to a file that is only appended to.
    fn write_down(&self, heard: &Heard) -> io::Result<()> {
        let mut log = OpenOptions::new().create(true).append(true).open(self.path.join(LOG))?;
        log.write_all((serde_json::to_string(heard)? + "\n").as_bytes())
    }

    /// Another process reads the old text or the new one.
    fn replace(&self, name: &str, text: &[u8]) -> io::Result<()> {
        let new = self.path.join(format!("{name}.{}", std::process::id()));
        fs::write(&new, text)?;
        fs::rename(new, self.path.join(name))
    }
}
