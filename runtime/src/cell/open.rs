//! A cell that is no sandbox: methods run where this process runs, with its rights and on its files. Promises no clean-up; it
//! ends what it can find when it goes.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Cell, CellError, Place, Side, below_source};
use crate::children::Children;
use crate::files::Files;
use crate::method::{self, Invocation, Outcome};
use crate::processes::{self, Process};
use crate::scha::folder::FOLDER_VARIABLE;
use crate::scha::{Command, Facts, Folder, Heard};

/// What all cells in the open of this process share; there is one at a time that is worth looking at.
#[derive(Debug)]
pub struct Open {
    children: Children,
    home: PathBuf,
    places: [Place; 2],
}

impl Open {
    /// Prepares this process and a folder of its own; `program` is this binary, which answers to the names of the commands.
    ///
    /// # Errors
    /// The folder cannot be written, or the system refuses to give this process its orphans.
    pub fn new(home: &Path, program: &Path, places: [Place; 2]) -> Result<Self, CellError> {
        let failed = |error: &dyn std::fmt::Display| CellError::Setup(error.to_string());
        let programs = home.join("bin");
        fs::create_dir_all(&programs).map_err(|error| failed(&error))?;
        for command in Command::ALL {
            symlink(program, programs.join(command.as_str())).map_err(|error| failed(&error))?;
        }
        // What loses its parent comes to this process, and so can be found.
        set_child_subreaper(true).map_err(|error| failed(&error))?;
        let children = Children::default();
        children.reap_orphans().map_err(|error| failed(&error))?;
        Ok(Self { children, home: home.to_path_buf(), places })
    }

    /// A cell, in which nothing runs yet: what ran in an earlier one is ended.
    pub fn cell(&self) -> OpenCell {
        end_all();
        let scha = Folder::new(self.home.join("scha"));
        _ = fs::remove_dir_all(scha.path());
        OpenCell { children: self.children.clone(), scha, programs: self.home.join("bin"), places: self.places.clone() }
    }
}

/// Methods in the open.
#[derive(Debug)]
pub struct OpenCell {
    children: Children,
    scha: Folder,
    programs: PathBuf,
    places: [Place; 2],
}

fn own_descendants() -> Vec<Process> {
    let own = i32::try_from(std::process::id()).unwrap_or_default();
    processes::descendants(&processes::table(), own)
}

fn end_all() {
    for process in own_descendants() {
        _ = kill(Pid::from_raw(process.pid), Signal::SIGKILL);
    }
}

impl Drop for OpenCell {
    fn drop(&mut self) {
        end_all();
    }
}

impl Cell for OpenCell {
    fn call(&mut self, invocation: &Invocation) -> Result<Outcome, CellError> {
        Ok(method::run(invocation, &self.children))
    }

    fn set_facts(&mut self, facts: &Facts) -> Result<(), CellError> {
        self.scha.set(facts).map_err(|error| CellError::Order(format!("the facts cannot be written: {error}")))
    }

    fn install(&mut self, _: Side) -> Result<(), CellError> {
        Ok(())
    }

    fn processes(&mut self) -> Result<Vec<Process>, CellError> {
        Ok(own_descendants())
    }

    fn files(&mut self) -> Result<Option<Files>, CellError> {
        Ok(None)
    }

    fn heard(&mut self) -> Result<Vec<Heard>, CellError> {
        self.scha.heard().map_err(|error| CellError::Order(format!("the log cannot be read: {error}")))
    }

    fn path_of(&self, side: Side, declared: &str) -> PathBuf {
        let [old, new] = &self.places;
        below_source(if side == Side::Old { old } else { new }, declared)
    }

    fn environment(&self) -> Vec<(String, String)> {
        let mut environment = method::environment(&self.programs);
        environment.push((FOLDER_VARIABLE.to_owned(), self.scha.path().display().to_string()));
        environment
    }
}
