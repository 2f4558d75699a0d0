//! Locks on files (open file description locks): held by whoever has the file open, also by a process that inherited it, and free when
//! the last of them has ended, however it ended. In the file stands who holds it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

use serde::{Deserialize, Serialize};

use crate::processes;

/// Who holds a lock, or held it last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Holder {
    /// Which attempt of the operation it is about.
    pub attempt: u64,
    /// The process.
    pub pid: i32,
    /// The life of the machine in which that number meant that process.
    pub boot: String,
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// Takes a lock, if it is free.
///
/// # Errors
/// What the system says.
pub fn try_take(path: &Path) -> io::Result<Option<File>> {
    let file = open(path)?;
    match fcntl(file.as_fd(), FcntlArg::F_OFD_SETLK(&whole(libc::F_WRLCK))) {
        Ok(_) => Ok(Some(file)),
        Err(Errno::EAGAIN | Errno::EACCES) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Waits until a lock is free, and takes it.
///
/// # Errors
/// What the system says.
pub fn take(path: &Path) -> io::Result<File> {
    let file = open(path)?;
    loop {
        match fcntl(file.as_fd(), FcntlArg::F_OFD_SETLKW(&whole(libc::F_WRLCK))) {
            Ok(_) => return Ok(file),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Gives a lock back, also where others have the file open that inherited it.
pub(super) fn give_back(file: &File) {
    _ = fcntl(file.as_fd(), FcntlArg::F_OFD_SETLK(&whole(libc::F_UNLCK)));
}

/// Whether nobody holds a lock. It only asks: nobody who wants the lock at this moment fails because of it.
pub fn is_free(path: &Path) -> bool {
    let Ok(file) = OpenOptions::new().read(true).open(path) else { return true };
    let mut asked = whole(libc::F_WRLCK);
    let answered = fcntl(file.as_fd(), FcntlArg::F_OFD_GETLK(&mut asked));
    answered.is_ok() && i32::from(asked.l_type) == libc::F_UNLCK
}

/// A lock on all of a file.
fn whole(kind: i32) -> libc::flock {
    libc::flock {
        l_type: i16::try_from(kind).unwrap_or_default(),
        l_whence: i16::try_from(libc::SEEK_SET).unwrap_or_default(),
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    }
}

/// Writes into a lock who holds it.
pub(super) fn sign(file: &mut File, holder: &Holder) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.set_len(0)?;
    file.write_all(serde_json::to_string(holder)?.as_bytes())
}

/// Who holds a lock, or held it last; none if nobody has written that down.
pub(super) fn holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// Writes into the lock of a run's owner which process it is: its number, the machine's life, and when it began.
///
/// # Errors
/// What the system says.
pub fn sign_owner(mut file: &File) -> io::Result<()> {
    let pid = i32::try_from(std::process::id()).unwrap_or_default();
    let began = processes::began(pid).unwrap_or_default();
    file.seek(SeekFrom::Start(0))?;
    file.set_len(0)?;
    write!(file, "{pid}\n{}\n{began}\n", boot())
}

/// The process that has signed a lock as a run's owner; none if it does not live any more.
pub fn owner(path: &Path) -> Option<i32> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut lines = text.lines();
    let pid: i32 = lines.next()?.parse().ok()?;
    let is_life = lines.next()? == boot();
    let began: u64 = lines.next()?.parse().ok()?;
    (is_life && processes::began(pid) == Some(began)).then_some(pid)
}

/// What names this life of the machine.
pub(super) fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_lock_is_held_by_whoever_inherited_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lock");
        assert!(is_free(&path) && !path.exists(), "asking makes nothing");
        let lock = try_take(&path).expect("a lock").expect("it is free");
        assert!(!is_free(&path));
        assert!(try_take(&path).expect("an answer").is_none());
        let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::from(lock)).spawn().expect("cat");
        assert!(!is_free(&path), "the child holds it");
        drop(child.stdin.take());
        child.wait().expect("it ends");
        assert!(is_free(&path) && try_take(&path).expect("an answer").is_some());
    }
}
