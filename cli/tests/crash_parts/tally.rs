//! Many cases on some threads, and what came of them. A scenario is one thread's at a time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::drive::Stage;
use super::processes;
use super::scenario::Failed;

/// What came of many cases.
#[derive(Default)]
pub struct Tally {
    /// Cases that were really as they should be, and are well, by kind.
    pub seen: BTreeMap<String, usize>,
    /// Cases that did not come about: a point that was not reached.
    pub not_reached: Vec<String>,
    pub failures: Vec<String>,
}

impl Tally {
    /// What came of one case: true if it came about.
    pub fn case(&mut self, stage: &Stage<'_>, (kind, name): (&str, &str), result: Result<bool, Failed>) {
        let name = format!("{} {name}", stage.scenery.name);
        match result {
            Ok(true) => *self.seen.entry(kind.to_owned()).or_default() += 1,
            Ok(false) => self.not_reached.push(name),
            Err(why) => {
                println!("{name}: {why}\n");
                self.failures.push(name);
                if let Err(why) = processes::end_all(stage.scenery) {
                    self.failures.push(why.to_string());
                }
            }
        }
    }

    /// How many cases came about and are well.
    pub fn count(&self) -> usize {
        self.seen.values().sum()
    }

    fn add(&mut self, other: Self) {
        for (kind, count) in other.seen {
            *self.seen.entry(kind).or_default() += count;
        }
        self.not_reached.extend(other.not_reached);
        self.failures.extend(other.failures);
    }
}

/// Does something with every scenario.
pub fn each(stages: &[Stage<'_>], threads: usize, act: &(dyn Fn(&Stage<'_>, &mut Tally) + Sync)) -> Tally {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut tally = Tally::default();
        while let Some(stage) = stages.get(next.fetch_add(1, Ordering::Relaxed)) {
            act(stage, &mut tally);
        }
        tally
    };
    let mut all = Tally::default();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            match thread.join() {
                Ok(tally) => all.add(tally),
                Err(_) => all.failures.push("a thread has ended in a panic".to_owned()),
            }
        }
    });
    all
}
