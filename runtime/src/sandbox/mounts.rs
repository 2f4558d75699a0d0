//! Mounts as /proc/self/mountinfo lists them, and making them read-only without touching what else they are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use nix::mount::{MsFlags, mount};

use super::Step;

/// Nothing, where mount(2) takes a text.
pub(super) const NONE: Option<&str> = None;

/// A mount: its number, that of the mount it stands in, where, and the options that belong to the mount itself.
#[derive(Debug, PartialEq, Eq)]
struct Mount {
    id: u32,
    parent: u32,
    at: PathBuf,
    options: String,
}

/// Makes all mounts that stand in the topmost one at `root` read-only, that one itself left out.
pub(super) fn seal(root: &Path) -> Result<(), String> {
    let table = fs::read_to_string("/proc/self/mountinfo").step("read the table of mounts")?;
    for mounted in below(table.lines().filter_map(parse).collect(), root) {
        let flags = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY | flags(&mounted.options);
        mount(NONE, &mounted.at, NONE, flags, NONE).step(&format!("make {} read-only", mounted.at.display()))?;
    }
    Ok(())
}

/// Those that stand, at any depth, in the last mount at `root`: what that one covers has paths below it, too.
fn below(table: Vec<Mount>, root: &Path) -> Vec<Mount> {
    let mut inside: BTreeSet<u32> =
        table.iter().rev().find(|mount| mount.at == root).map(|mount| mount.id).into_iter().collect();
    loop {
        let more = table.iter().filter(|mount| inside.contains(&mount.parent) && !inside.contains(&mount.id));
        let more: Vec<u32> = more.map(|mount| mount.id).collect();
        if more.is_empty() {
            return table.into_iter().filter(|mount| inside.contains(&mount.id) && mount.at != root).collect();
        }
        inside.extend(more);
    }
}

fn parse(line: &str) -> Option<Mount> {
    let mut fields = line.split(' ');
    let (id, parent) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let mut fields = fields.skip(2);
    let at = PathBuf::from(unescape(fields.next()?));
    Some(Mount { id, parent, at, options: fields.next()?.to_owned() })
}

/// Blank, tab, newline and backslash stand as three octal digits.
fn unescape(text: &str) -> String {
    let mut plain = text.to_owned();
    for (escaped, character) in [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")] {
        plain = plain.replace(escaped, character);
    }
    plain
}

/// What a mount is must be said again when it is changed: flags that came from outside the user namespace are locked.
fn flags(options: &str) -> MsFlags {
    let one = |option: &str| match option {
        "nosuid" => MsFlags::MS_NOSUID,
        "nodev" => MsFlags::MS_NODEV,
        "noexec" => MsFlags::MS_NOEXEC,
        "noatime" => MsFlags::MS_NOATIME,
        "nodiratime" => MsFlags::MS_NODIRATIME,
        "relatime" => MsFlags::MS_RELATIME,
        _ => MsFlags::empty(),
    };
    let given = options.split(',').map(one).fold(MsFlags::empty(), |all, flag| all | flag);
    match given.intersects(MsFlags::MS_NOATIME | MsFlags::MS_RELATIME) {
        true => given,
        false => given | MsFlags::MS_STRICTATIME,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_table() {
        let line = r"36 35 98:0 /mnt1 /mnt\0402 rw,nosuid,noatime master:1 - ext3 /dev/root rw,errors=continue";
        let expected =
            Mount { id: 36, parent: 35, at: PathBuf::from("/mnt 2"), options: "rw,nosuid,noatime".to_owned() };
        assert_eq!(parse(line), Some(expected));
        assert_eq!(flags("rw,nosuid,noatime"), MsFlags::MS_NOSUID | MsFlags::MS_NOATIME);
        assert_eq!(flags("ro,nodev"), MsFlags::MS_NODEV | MsFlags::MS_STRICTATIME);
        assert_eq!(parse("36 35 98:0"), None);
    }
    #[test]
    fn only_what_stands_in_the_topmost_mount_is_below() {
        let lines = [
            "1 0 8:1 / / rw",
            "2 1 0:2 / /sys rw",
            "3 2 0:3 / /sys/fs rw",
            "4 2 0:4 / /sys rw",
            "5 4 0:5 / /sys/usr rw",
            "6 5 0:6 / /sys/usr/lib rw",
        ];
        let table = lines.iter().filter_map(|line| parse(line)).collect();
        let found: Vec<u32> = below(table, Path::new("/sys")).iter().map(|mount| mount.id).collect();
        assert_eq!(found, [5, 6]);
    }
}
