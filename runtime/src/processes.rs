//! The process table, as /proc shows it. Reads only.

use std::fs;

use serde::{Deserialize, Serialize};

/// A process that runs; one that has ended and was not waited for is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// When it started, in ticks since the boot: with the number, what tells it from all others.
    pub started: u64,
    /// The number of its parent.
    pub parent: i32,
    /// Its program and arguments.
    pub command: String,
}

/// All processes that this process can see, by number, without the kernel's own.
pub fn table() -> Vec<Process> {
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut found: Vec<Process> =
        pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter_map(process).collect();
    found.sort();
    found
}

fn process(pid: i32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything, parentheses too.
    let (_, behind) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = behind.split_whitespace().collect();
    let state = *fields.first()?;
    if matches!(state, "Z" | "X" | "x") {
        return None;
    }
    let parent = fields.get(1)?.parse().ok()?;
    let started = fields.get(19)?.parse().ok()?;
    let arguments = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let command = String::from_utf8_lossy(&arguments).trim_end_matches('\0').replace('\0', " ");
    Some(Process { pid, started, parent, command })
}

/// When a process began, in ticks since the boot; none if there is none of that number.
pub fn began(pid: i32) -> Option<u64> {
    process(pid).map(|process| process.started)
}

/// Those of a table that descend from `ancestor`, itself left out.
pub fn descendants(table: &[Process], ancestor: i32) -> Vec<Process> {
    table.iter().filter(|process| descends(table, process, ancestor)).cloned().collect()
}

fn descends(table: &[Process], process: &Process, ancestor: i32) -> bool {
    let mut parent = process.parent;
    // As many steps as there are processes: a table is no snapshot, so it might have a ring.
    for _ in table {
        if parent == ancestor {
            return true;
        }
        match table.iter().find(|other| other.pid == parent) {
            Some(next) => parent = next.parent,
            None => return false,
        }
    }
    false
}

/// The numbers of the parent, its parent, and so on, of a process.
pub fn ancestors(pid: i32) -> Vec<i32> {
    let mut found: Vec<i32> = Vec::new();
    let mut next = process(pid).map(|process| process.parent);
    while let Some(parent) = next.filter(|parent| *parent > 0 && !found.contains(parent)) {
        found.push(parent);
        next = process(parent).map(|process| process.parent);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(pid: i32, parent: i32) -> Process {
        Process { pid, started: 0, parent, command: String::new() }
    }

    #[test]
    fn this_process_is_there_and_descends_from_its_parent() {
        let own = i32::try_from(std::process::id()).expect("a number");
        let table = table();
        let found = table.iter().find(|process| process.pid == own).expect("this process");
        assert!(found.started > 0 && !found.command.is_empty());
        assert_eq!(ancestors(own).first(), Some(&found.parent));
        assert!(descendants(&table, found.parent).contains(found));
    }

    #[test]
    fn a_ring_ends() {
        let ring = [at(2, 3), at(3, 2), at(4, 1), at(5, 4)];
        let found: Vec<i32> = descendants(&ring, 1).iter().map(|process| process.pid).collect();
        assert_eq!(found, [4, 5]);
    }
}
