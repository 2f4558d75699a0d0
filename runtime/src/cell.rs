//! A place where methods run and can be watched: the contract, and the language in which one process orders another to do it.

mod open;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use open::{Open, OpenCell};

use crate::files::Files;
use crate::method::{Invocation, Outcome};
use crate::processes::Process;
use crate::scha::{Facts, Heard};

/// Which of the two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The old one.
    Old,
    /// The new one.
    New,
}

impl Side {
    /// `old` or `new`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
        }
    }
}

/// Where the files of a version's methods are, and where its RTR file says that they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The folder that holds them.
    pub source: PathBuf,
    /// The absolute path that the folder has as far as the RTR file knows.
    pub target: PathBuf,
}

/// What can go wrong with a cell. A method that fails is none of it.
#[derive(Debug, thiserror::Error)]
pub enum CellError {
    /// The kernel or its settings do not let this user have what a sandbox needs.
    #[error("a sandbox cannot be made here: {0}")]
    NotPermitted(String),
    /// Setting it up failed.
    #[error("the sandbox cannot be set up: {0}")]
    Setup(String),
    /// It ended while it was needed.
    #[error("the sandbox ended unexpectedly: {0}")]
    Lost(String),
    /// What was ordered cannot be done.
    #[error("{0}")]
    Order(String),
}

/// A place where methods run.
pub trait Cell {
    /// Runs a program to its end.
    ///
    /// # Errors
    /// The cell is no more.
    fn call(&mut self, invocation: &Invocation) -> Result<Outcome, CellError>;

    /// What the `scha_*` commands know from now on.
    ///
    /// # Errors
    /// They cannot be told.
    fn set_facts(&mut self, facts: &Facts) -> Result<(), CellError>;

    /// Puts the methods of a version where its RTR file says; where both versions name one place, instead of the other's.
    ///
    /// # Errors
    /// They cannot be put there.
    fn install(&mut self, side: Side) -> Result<(), CellError>;

    /// The processes that came from calls.
    ///
    /// # Errors
    /// The cell is no more.
    fn processes(&mut self) -> Result<Vec<Process>, CellError>;

    /// The files that calls can write; none where they cannot be told from those of others.
    ///
    /// # Errors
    /// The cell is no more.
    fn files(&mut self) -> Result<Option<Files>, CellError>;

    /// What the `scha_*` commands were asked and told so far.
    ///
    /// # Errors
    /// The cell is no more.
    fn heard(&mut self) -> Result<Vec<Heard>, CellError>;

    /// The path by which a method is called that its RTR file knows by the path `declared`.
    fn path_of(&self, side: Side, declared: &str) -> PathBuf;

    /// The environment of calls.
    fn environment(&self) -> Vec<(String, String)>;
}

/// What a cell in another process is ordered to do; one line of JSON each.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    Call(Invocation),
    Facts(Facts),
    Install(Side),
    Processes,
    Files,
    Heard,
}

/// What it says to that; one line of JSON each.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Report {
    Ended(Outcome),
    Done,
    Processes(Vec<Process>),
    Files(Files),
    Heard(Vec<Heard>),
    Failed(String),
}

/// The path of a method below the source of a place, from the path that the RTR file gives it.
pub fn below_source(place: &Place, declared: &str) -> PathBuf {
    let declared = Path::new(declared);
    declared.strip_prefix(&place.target).map_or_else(|_| declared.to_path_buf(), |below| place.source.join(below))
}
