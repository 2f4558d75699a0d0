//! Two writers: each decides on its own snapshot. Whatever the other does in between, the end is as if one had waited
//! for the other.

use std::sync::Mutex;
use std::time::Duration;

use rtreg_registry::commands::{show, unregister};
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::{Commit, Outcome, Revision, Snapshot, Store, StoreError, inspect, transact};

use crate::fixture::{Cluster, context, run};
use crate::walk::{Random, line};

/// A store where another command is carried out just before the first commit.
struct Interrupted<'s> {
    store: &'s MemoryStore,
    other: Mutex<Option<String>>,
}

impl Store for Interrupted<'_> {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
        self.store.snapshot()
    }

    fn commit(&self, commit: &Commit) -> Result<Outcome, StoreError> {
        if let Some(line) = self.other.lock().unwrap().take() {
            any(self.store, &line);
        }
        self.store.commit(commit)
    }

    fn wait(&self, prefix: &str, since: Revision, timeout: Duration) -> Result<Option<Revision>, StoreError> {
        self.store.wait(prefix, since, timeout)
    }
}

/// Whether a command was carried out.
fn any(store: &dyn Store, line: &str) -> bool {
    match line.strip_prefix("unregister ") {
        Some(name) => {
            let request = unregister::Request { name: name.to_owned() };
            transact(store, &context(None), ("types", 1), |tx| unregister::unregister(tx, &request)).is_ok()
        }
        None => run(store, line).is_ok(),
    }
}

/// All that can be seen, without history and revisions.
fn seen(cluster: &Cluster) -> String {
    let mut text = String::new();
    for group in ["g", "h"] {
        text.push_str(
            &cluster.inspect(|view| show::group(view, group)).map_or_else(|_| "-\n".to_owned(), |report| report.text()),
        );
    }
    for resource in ["r", "s", "a", "b", "c", "d"] {
        text.push_str(
            &cluster
                .inspect(|view| show::resource(view, resource))
                .map_or_else(|_| "-\n".to_owned(), |report| report.text()),
        );
    }
    for node in ["n1", "n2", "n3"] {
        text.push_str(
            &inspect(&cluster.store, |view| show::node(view, node))
                .map_or_else(|_| "-\n".to_owned(), |report| report.text()),
        );
    }
    text
}

/// The command while the other happens in between, against the other first and then the command.
fn check(start: &Cluster, command: &str, other: &str) -> bool {
    let (raced, waited) = (start.copy(), start.copy());
    let interrupted = Interrupted { store: &raced.store, other: Mutex::new(Some(other.to_owned())) };
    let raced_done = any(&interrupted, command);
    if interrupted.other.lock().unwrap().is_some() {
        // Nothing to commit: nothing happened in between.
        return false;
    }
    any(&waited.store, other);
    let waited_done = any(&waited.store, command);
    assert_eq!(raced_done, waited_done, "`{command}` while `{other}`");
    assert_eq!(seen(&raced), seen(&waited), "`{command}` while `{other}`");
    raced.verify();
    true
}

const PAIRED: &[&str] = &[
    "resource create s --group g --type web:2.0",
    "resource create s --group g --type one",
    "resource create a --group g --type one",
    "resource create s --group g --type plain -p Resource_dependencies=r",
    "resource delete r",
    "resource disable r",
    "resource enable r",
    "resource restart r",
    "resource unmonitor r",
    "resource set r -p Start_timeout=5",
    "resource state r --node n1 stop_failed",
    "resource state r --type-version 3.0 --reason seen",
    "upgrade r --to web:2.0",
    "upgrade r --to web:3.0",
    "unregister web:2.0",
    "unregister web:1.0",
    "group online g",
    "group online g --node n2",
    "group offline g",
    "group unmanage g",
    "group manage g",
    "group set g --node n1,n2,n3",
    "group set g --node n2",
    "group set g -p Maximum_primaries=2",
    "group delete g",
    "group create h --node n3",
    "node down n1",
    "node down n3",
    "node remove n3",
    "node up n1",
];

#[test]
fn every_pair_of_commands_in_every_state() {
    let states: &[&[&str]] = &[
        &[],
        &["group online g"],
        &["resource disable r"],
        &["resource disable r", "group unmanage g"],
        &["node down n3", "node down n1"],
    ];
    let mut raced = 0;
    for state in states {
        let start = Cluster::with_resource();
        for line in *state {
            start.ok(line);
        }
        for command in PAIRED {
            for other in PAIRED {
                raced += usize::from(check(&start, command, other));
            }
        }
    }
    assert!(raced > 1000, "{raced}");
}

#[test]
fn random_commands_after_random_walks() {
    let mut raced = 0;
    for seed in 1000..1040 {
        let start = Cluster::new();
        let mut random = Random(seed);
        start.ok("group create g --node n1,n2");
        start.ok("group manage g");
        for _ in 0..40 {
            let _ = start.run(&line(&mut random));
        }
        for _ in 0..5 {
            raced += usize::from(check(&start, &line(&mut random), &line(&mut random)));
        }
    }
    assert!(raced > 20, "{raced}");
}
