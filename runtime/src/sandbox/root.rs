//! The file system of a sandbox: what the host has, read-only; what services write to, fresh and in memory; the methods of
//! both versions where their RTR files say. All of it lies in one tmpfs that goes away with the last process.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::unistd::{chdir, pivot_root};

use super::mounts::{NONE, seal};
use super::{Blueprint, Step};
use crate::cell::{Place, Side};
use crate::scha::Command;

/// Where the new root stands while it is made: a folder that every Linux has, and of which nothing else is needed meanwhile.
const STAGE: &str = "/sys";

/// The folder of the sandbox's own things.
pub(super) const OWN: &str = "/run/rtreg";

/// Where the vendor has the commands.
const VENDOR_PROGRAMS: &str = "/usr/cluster/bin";

/// Larger files of a folder that is copied are left out.
const COPY_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What becomes of a path of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Seen read-only, with all below it.
    Bind,
    /// A folder that can be written to; what is in it has its own fate.
    Open,
    /// An empty folder.
    Fresh(u32),
    /// A copy that can be written to.
    Copy,
    /// Made in another way.
    Leave,
}

/// What can be written to, beside what is on the way to a place; all else is read-only.
const FATES: &[(&str, Fate)] = &[
    ("/", Fate::Open),
    ("/dev", Fate::Leave),
    ("/etc", Fate::Copy),
    ("/opt", Fate::Open),
    ("/proc", Fate::Leave),
    ("/run", Fate::Fresh(0o755)),
    ("/srv", Fate::Open),
    ("/sys", Fate::Leave),
    ("/tmp", Fate::Fresh(0o1777)),
    ("/var", Fate::Open),
    ("/var/cache", Fate::Fresh(0o755)),
    ("/var/lib", Fate::Open),
    ("/var/lock", Fate::Fresh(0o1777)),
    ("/var/log", Fate::Fresh(0o755)),
    ("/var/opt", Fate::Fresh(0o755)),
    ("/var/run", Fate::Fresh(0o755)),
    ("/var/spool", Fate::Fresh(0o755)),
    ("/var/tmp", Fate::Fresh(0o1777)),
];

/// Devices that methods may need.
const DEVICES: [&str; 6] = ["full", "null", "random", "tty", "urandom", "zero"];

/// What of /proc changes the whole machine.
const PROC_READ_ONLY: [&str; 5] = ["bus", "fs", "irq", "sys", "sysrq-trigger"];

/// Makes the file system and moves into it. Leaves nothing of the host reachable that can be written to.
pub(super) fn enter(blueprint: &Blueprint) -> Result<(), String> {
    let stage = Path::new(STAGE);
    let memory = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(NONE, "/", NONE, MsFlags::MS_REC | MsFlags::MS_PRIVATE, NONE).step("separate the mounts")?;
    mount(Some("rtreg"), stage, Some("tmpfs"), memory, Some("mode=755")).step("mount a tmpfs")?;
    let builder = Builder { needed: needed(blueprint), copies: &blueprint.copies };
    builder.furnish(Path::new("/"))?;
    for path in &builder.needed {
        folder(&inside(path), 0o755)?;
    }
    for path in &blueprint.copies {
        copy(path, &inside(path))?;
    }
    own_things(blueprint)?;
    devices()?;
    seal(stage)?;
    kernel_views()?;
    chdir(stage).step("enter the new root")?;
    pivot_root(".", ".").step("make it the root")?;
    umount2(".", MntFlags::MNT_DETACH).step("let go of the old root")?;
    chdir("/").step("enter the new root")?;
    first_installation(&blueprint.places)
}

/// Binds the methods of a version to the place that its RTR file names, which `other` may name, too.
pub(super) fn install(side: Side, places: &[Place; 2]) -> Result<(), String> {
    let [old, new] = places;
    let (place, is_shared) = (if side == Side::Old { old } else { new }, old.target == new.target);
    if !is_shared {
        // It is there since the beginning.
        return Ok(());
    }
    // What runs from there goes on running.
    umount2(&place.target, MntFlags::MNT_DETACH).step(&format!("clear {}", place.target.display()))?;
    bind_methods(side, place)
}

fn first_installation(places: &[Place; 2]) -> Result<(), String> {
    let [old, new] = places;
    bind_methods(Side::Old, old)?;
    if old.target != new.target { bind_methods(Side::New, new) } else { Ok(()) }
}

fn bind_methods(side: Side, place: &Place) -> Result<(), String> {
    bind(&Path::new(OWN).join(side.as_str()), &place.target)
}

/// The folders that must exist.
fn needed(blueprint: &Blueprint) -> Vec<PathBuf> {
    let mut needed: Vec<PathBuf> = blueprint.places.iter().map(|place| place.target.clone()).collect();
    needed.push(PathBuf::from(VENDOR_PROGRAMS));
    needed.push(PathBuf::from(OWN));
    needed
}

fn inside(path: &Path) -> PathBuf {
    Path::new(STAGE).join(path.strip_prefix("/").unwrap_or(path))
}

struct Builder<'b> {
    needed: Vec<PathBuf>,
    copies: &'b [PathBuf],
}

impl Builder<'_> {
    fn fate(&self, path: &Path) -> Fate {
        if self.copies.iter().any(|copy| copy == path) {
            // Copied when all folders on the way are there, fresh ones too.
            return Fate::Leave;
        }
        if let Some((_, fate)) = FATES.iter().find(|(known, _)| Path::new(known) == path) {
            return *fate;
        }
        let is_on_the_way = self.needed.iter().chain(self.copies).any(|needed| needed.starts_with(path));
        if is_on_the_way { Fate::Open } else { Fate::Bind }
    }

    /// Makes what stands at this path of the host.
    fn furnish(&self, path: &Path) -> Result<(), String> {
        let fate = self.fate(path);
        let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
        let kind = found.file_type();
        let is_folder = kind.is_dir() || (fate != Fate::Bind && path.is_dir());
        let here = inside(path);
        match fate {
            Fate::Leave => Ok(()),
            _ if kind.is_symlink() && !self.needed.iter().any(|needed| needed.starts_with(path)) => link(path, &here),
            Fate::Fresh(mode) if is_folder => folder(&here, mode),
            Fate::Copy => copy(path, &here),
            Fate::Open if is_folder => {
                folder(&here, found.mode() & 0o7777)?;
                let entries = fs::read_dir(path).step(&format!("read {}", path.display()))?;
                entries.flatten().try_for_each(|entry| self.furnish(&entry.path()))
            }
            _ if kind.is_dir() => {
                folder(&here, 0o755)?;
                bind(path, &here)
            }
            _ if kind.is_file() => {
                file(&here)?;
                bind(path, &here)
            }
            // Sockets and pipes lead out of the sandbox.
            _ => Ok(()),
        }
    }
}

fn link(path: &Path, here: &Path) -> Result<(), String> {
    let target = fs::read_link(path).step(&format!("read {}", path.display()))?;
    symlink(target, here).step(&format!("make {}", here.display()))
}

fn folder(path: &Path, mode: u32) -> Result<(), String> {
    DirBuilder::new().recursive(true).create(path).step(&format!("make {}", path.display()))?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).step(&format!("make {}", path.display()))
}

fn file(path: &Path) -> Result<(), String> {
    fs::write(path, "").step(&format!("make {}", path.display()))
}

fn bind(from: &Path, to: &Path) -> Result<(), String> {
    let step = format!("bind {} to {}", from.display(), to.display());
    mount(Some(from), to, NONE, MsFlags::MS_BIND | MsFlags::MS_REC, NONE).step(&step)
}

/// Copies files, folders and links with their modes and, where permitted, owners. What cannot be read is left out, as are
/// large files, other file systems and what is none of the three.
fn copy(path: &Path, here: &Path) -> Result<(), String> {
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
    if let Some(parent) = here.parent() {
        DirBuilder::new().recursive(true).create(parent).step(&format!("make {}", parent.display()))?;
    }
    if found.is_dir() {
        folder(here, found.mode() & 0o7777)?;
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            let same = entry.metadata().is_ok_and(|below| below.dev() == found.dev());
            if same && let Some(name) = entry.path().file_name() {
                copy(&entry.path(), &here.join(name))?;
            }
        }
    } else if found.is_symlink() {
        link(path, here)?;
    } else if found.is_file() && found.len() <= COPY_BYTES_MAX {
        // A file that this user cannot read is no file of the service's, either.
        _ = fs::copy(path, here);
    }
    _ = lchown(here, Some(found.uid()), Some(found.gid()));
    Ok(())
}

/// The binary by its names, and the methods of both versions.
fn own_things(blueprint: &Blueprint) -> Result<(), String> {
    let own = inside(Path::new(OWN));
    let program = own.join("rtreg");
    file(&program)?;
    bind(&blueprint.program, &program)?;
    folder(&own.join("bin"), 0o755)?;
    for command in Command::ALL {
        for programs in [own.join("bin"), inside(Path::new(VENDOR_PROGRAMS))] {
            let name = programs.join(command.as_str());
            // A node of a real cluster has the vendor's there, which would ask the real cluster.
            _ = fs::remove_file(&name);
            symlink(Path::new(OWN).join("rtreg"), &name).step(&format!("make {}", name.display()))?;
        }
    }
    let [old, new] = &blueprint.places;
    for (side, place) in [(Side::Old, old), (Side::New, new)] {
        let methods = own.join(side.as_str());
        folder(&methods, 0o755)?;
        bind(&place.source, &methods)?;
    }
    Ok(())
}

fn devices() -> Result<(), String> {
    let here = inside(Path::new("/dev"));
    folder(&here, 0o755)?;
    folder(&here.join("shm"), 0o1777)?;
    for name in DEVICES {
        let device = Path::new("/dev").join(name);
        if device.exists() {
            file(&here.join(name))?;
            bind(&device, &here.join(name))?;
        }
    }
    for (name, target) in [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ] {
        symlink(target, here.join(name)).step(&format!("make /dev/{name}"))?;
    }
    Ok(())
}

/// /proc of the sandbox's own processes, and /sys where the kernel gives it.
fn kernel_views() -> Result<(), String> {
    let safe = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    let proc = inside(Path::new("/proc"));
    folder(&proc, 0o555)?;
    mount(Some("proc"), &proc, Some("proc"), safe, NONE).step("mount /proc")?;
    for name in PROC_READ_ONLY {
        let view = proc.join(name);
        if view.exists() {
            bind(&view, &view)?;
            let flags = safe | MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY;
            mount(NONE, &view, NONE, flags, NONE).step(&format!("make /proc/{name} read-only"))?;
        }
    }
    let sys = inside(Path::new("/sys"));
    folder(&sys, 0o555)?;
    // Programs do without it, so its absence is no reason to refuse.
    _ = mount(Some("sysfs"), &sys, Some("sysfs"), safe | MsFlags::MS_RDONLY, NONE);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fates() {
        let copies = [PathBuf::from("/home/db/data")];
        let builder = Builder { needed: vec![PathBuf::from("/usr/cluster/bin")], copies: &copies };
        let cases = [
            ("/", Fate::Open),
            ("/usr", Fate::Open),
            ("/usr/cluster", Fate::Open),
            ("/usr/bin", Fate::Bind),
            ("/home", Fate::Open),
            ("/home/db", Fate::Open),
            ("/home/db/data", Fate::Leave),
            ("/home/web", Fate::Bind),
            ("/var/lib", Fate::Open),
            ("/var/lib/dpkg", Fate::Bind),
            ("/tmp", Fate::Fresh(0o1777)),
        ];
        for (path, fate) in cases {
            assert_eq!(builder.fate(Path::new(path)), fate, "{path}");
        }
    }
}
