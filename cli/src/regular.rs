//! Regular files that somebody else named: a FIFO would keep the process waiting, a device may never end. Reads only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::fcntl::OFlag;
use sha2::{Digest, Sha256};

/// How much of a file is in memory at once.
const PIECE_BYTES: usize = 64 * 1024;

/// Opens a file for reading if it is a regular one, or a link to one, and returns its length in bytes.
///
/// # Errors
/// What the system says; [`io::ErrorKind::InvalidInput`] if it is not regular.
pub fn open(path: &Path) -> io::Result<(File, u64)> {
    // Opening a device may already do something, so the first look is at the name.
    check(&fs::metadata(path)?)?;
    // The name may mean something else by now; whatever it is, opening it does not wait.
    let file = OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path)?;
    let metadata = file.metadata()?;
    check(&metadata)?;
    Ok((file, metadata.len()))
}

fn check(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let kind = if metadata.is_dir() { "a folder" } else { "a pipe, socket or device" };
    Err(io::Error::new(io::ErrorKind::InvalidInput, format!("expected a regular file, found {kind}")))
}

/// SHA-256 of a regular file, hexadecimal; the file is never in memory as a whole.
///
/// # Errors
/// As [`open`].
pub fn sha256(path: &Path) -> io::Result<String> {
    let (mut file, _) = open(path)?;
    let mut digest = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(bytes) => digest.update(piece.get(..bytes).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
