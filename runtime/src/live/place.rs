//! The folder beside a store where the processes of its runs meet: locks, and the links under which methods find the commands that
//! they ask the cluster with. What is in it means nothing after a boot.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rtreg_registry::keys::part;

use crate::scha::Command;

/// The folder.
#[derive(Debug, Clone)]
pub struct Place {
    store: PathBuf,
    folder: PathBuf,
}

impl Place {
    /// The folder of the store in this file.
    pub fn of_store(path: &Path) -> Self {
        // One store has one folder, by whatever name it is called.
        let real = || {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
        };
        let store = fs::canonicalize(path).ok().or_else(real);
        let store = store.or_else(|| std::path::absolute(path).ok()).unwrap_or_else(|| path.to_owned());
        let mut folder = store.clone().into_os_string();
        folder.push(".run");
        Self { store, folder: PathBuf::from(folder) }
    }

    /// Makes the folder, with links to the program, where they are not there yet.
    ///
    /// # Errors
    /// What the system says.
    pub fn prepare(&self, program: &Path) -> io::Result<()> {
        fs::create_dir_all(self.folder.join("locks"))?;
        fs::create_dir_all(self.programs())?;
        for command in Command::ALL {
            let link = self.programs().join(command.as_str());
            if fs::read_link(&link).is_ok_and(|target| target == program) {
                continue;
            }
            let new = self.programs().join(format!(".{}.{}", command.as_str(), std::process::id()));
            _ = fs::remove_file(&new);
            symlink(program, &new)?;
            fs::rename(new, link)?;
        }
        Ok(())
    }

    /// The store's file.
    pub fn store(&self) -> &Path {
        &self.store
    }

    /// The commands that methods ask the cluster with.
    pub fn programs(&self) -> PathBuf {
        self.folder.join("bin")
    }

    /// Whoever holds it carries on the run.
    pub fn owner_lock(&self, run: &str) -> PathBuf {
        self.folder.join("locks").join(format!("{}.owner", part(run)))
    }

    /// Whoever holds it is doing the operation.
    pub fn operation_lock(&self, run: &str, operation: &str) -> PathBuf {
        self.folder.join("locks").join(format!("{}.{}", part(run), part(operation)))
    }

    /// Whoever holds it is the agent of the node.
    pub fn agent_lock(&self, node: &str) -> PathBuf {
        self.folder.join("locks").join(format!("agent.{}", part(node)))
    }

    /// What the processes of a run complain of.
    pub fn complaints(&self, run: &str) -> PathBuf {
        self.folder.join(format!("{}.log", part(run)))
    }

    /// Removes the locks of a run that has ended: nobody will ask for them again.
    pub fn forget(&self, run: &str) {
        let prefix = format!("{}.", part(run));
        for entry in fs::read_dir(self.folder.join("locks")).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let own = name.to_str().is_some_and(|name| name.starts_with(&prefix) && name != format!("{prefix}owner"));
            if own {
                _ = fs::remove_file(entry.path());
            }
        }
        let complaints = self.complaints(run);
        if fs::metadata(&complaints).is_ok_and(|file| file.len() == 0) {
            _ = fs::remove_file(complaints);
        }
    }
}
