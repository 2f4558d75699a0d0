//! What a process of a run would otherwise have from whoever called rtreg: open files, and the mask of permissions. A service that a
//! method starts lives long, and must not keep somebody's pipe or lock.

use std::fs;

use nix::sys::stat::{Mode, umask};
use nix::unistd::close;

/// Closes every file but the three standard ones, and sets the usual mask. Called before anything is opened.
pub fn leave_behind() {
    let open = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let open: Vec<i32> = open.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for descriptor in open.into_iter().filter(|descriptor| *descriptor > 2) {
        // That of the folder itself is closed by now.
        _ = close(descriptor);
    }
    umask(Mode::from_bits_truncate(0o022));
}
