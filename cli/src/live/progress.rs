//! How far a run is, in words: what is shown of an event, and the one line that says what is at work and how long it may still take.
//! Knows no terminal and reads no clock: time is handed in.

use std::collections::BTreeMap;
use std::time::Duration;

use rtreg_runtime::live::Event;

/// How far a run is.
#[derive(Debug, Default)]
pub struct Progress {
    steps: usize,
    done: usize,
    waves: usize,
    wave: usize,
    bundle: String,
    /// Seconds that what has not ended took before; none where that is not known of all of it.
    left: Option<u64>,
    at_work: BTreeMap<String, Work>,
    /// How many operations that are no steps have ended: what undoes steps, and what runs before one is repeated.
    beside: usize,
    undoing: bool,
}

/// An operation that is at work.
#[derive(Debug)]
struct Work {
    words: String,
    expected: Option<u64>,
    since: Duration,
}

impl Progress {
    /// Takes up what has happened at this time.
    pub fn heard(&mut self, event: &Event, now: Duration) {
        match event {
            Event::RunBegun { steps, done, waves, expected_seconds, .. } => {
                *self = Self { steps: *steps, done: *done, waves: *waves, left: *expected_seconds, ..Self::default() };
            }
            Event::Waiting { operation, words, .. } => {
                self.at_work.insert(operation.clone(), Work { words: words.clone(), expected: None, since: now });
            }
            Event::StepBegun { operation, words, node, bundle, wave, undoes, expected_seconds, .. } => {
                // What an earlier process began is waited for before anything else begins.
                self.at_work.retain(|_, work| work.expected.is_some() || work.since == now);
                self.wave = *wave;
                self.bundle.clone_from(bundle);
                self.undoing = *undoes;
                let words = format!("{words}{}", place(node.as_deref()));
                self.at_work.insert(operation.clone(), Work { words, expected: *expected_seconds, since: now });
            }
            Event::StepEnded { operation, is_step, end, .. } => {
                let expected = self.at_work.remove(operation).and_then(|work| work.expected);
                self.left = self.left.map(|left| left.saturating_sub(expected.unwrap_or(0)));
                match (is_step, end.as_str()) {
                    (true, "done" | "node_down") => self.done += 1,
                    (true, _) => {}
                    (false, _) => self.beside += 1,
                }
            }
            Event::Bundle { .. } | Event::RunEnded { .. } => {}
        }
    }

    /// Steps that are done, and all of them.
    pub fn steps(&self) -> (u64, u64) {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        (number(self.done), number(self.steps))
    }

    /// What is at work, since when, and how long the rest may take.
    pub fn line(&self, now: Duration) -> String {
        let mut parts = Vec::new();
        if self.waves > 1 && self.wave > 0 {
            parts.push(format!("wave {} of {}", self.wave, self.waves));
        }
        if !self.bundle.is_empty() {
            parts.push(format!("bundle {}", self.bundle));
        }
        if self.undoing {
            parts.push(format!("going back, {} undone", self.beside));
        }
        parts.extend(self.at_work.values().map(|work| work.words(now)));
        if !self.undoing {
            parts.extend(self.rest(now));
        }
        parts.join("; ")
    }

    /// How long the rest may take. What is at work counts with what it may still need.
    fn rest(&self, now: Duration) -> Option<String> {
        let spent = self.at_work.values().filter_map(|work| Some(work.expected?.min(work.elapsed(now)))).sum();
        let left = self.left?.saturating_sub(spent);
        (self.steps > 0).then(|| format!("about {} left", seconds(left)))
    }
}

impl Work {
    fn elapsed(&self, now: Duration) -> u64 {
        now.saturating_sub(self.since).as_secs()
    }

    fn words(&self, now: Duration) -> String {
        let elapsed = self.elapsed(now);
        let of = match self.expected {
            Some(expected) if elapsed > expected.max(1) => format!(", longer than the {} before", seconds(expected)),
            Some(expected) if expected > 0 => format!(" of about {}", seconds(expected)),
            _ => String::new(),
        };
        format!("{} {}{of}", self.words, seconds(elapsed))
    }
}

/// What is said of an event in a line of its own.
pub fn spoken(event: &Event) -> String {
    match event {
        Event::RunBegun { run, what, steps, done, expected_seconds, .. } => {
            let expected = expected(*expected_seconds);
            let done = if *done > 0 { format!(", {done} of them done") } else { String::new() };
            let s = if *steps == 1 { "" } else { "s" };
            format!("run {run}: {what}: {steps} step{s}{done}{expected}; it goes on if this terminal is closed")
        }
        Event::Waiting { operation, words, .. } => format!("{operation} {words}: still at work, is waited for"),
        Event::StepBegun { operation, words, node, expected_seconds, .. } => {
            format!("{operation} {words}{}{}", place(node.as_deref()), expected(*expected_seconds))
        }
        Event::StepEnded { operation, end, sentence: Some(sentence), .. } => {
            format!("{operation} {}: {sentence}", end.replace('_', " "))
        }
        Event::StepEnded { operation, end, .. } => format!("{operation} {}", end.replace('_', " ")),
        Event::Bundle { bundle, note, .. } => format!("bundle {bundle}: {}", note.words()),
        Event::RunEnded { run, state, .. } => format!("run {run}: {}", state.as_str()),
    }
}

fn place(node: Option<&str>) -> String {
    node.map(|node| format!(" on {node}")).unwrap_or_default()
}

fn expected(before: Option<u64>) -> String {
    before.filter(|before| *before > 0).map(|before| format!(", about {}", seconds(before))).unwrap_or_default()
}

/// Seconds as people say them: `45 s`, `3 min 05 s`, `2 h 10 min`.
fn seconds(all: u64) -> String {
    match (all / 3600, all / 60 % 60, all % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use rtreg_upgrade::execute::BundleNote;

    use super::*;

    fn begun(expected_seconds: Option<u64>) -> Event {
        let (run, at, what) = ("r1".to_owned(), String::new(), "upgrade r to 2.0".to_owned());
        Event::RunBegun { version: 1, run, at, what, steps: 3, done: 1, bundles: 2, waves: 2, expected_seconds }
    }

    fn step(id: &str, undoes: bool, expected_seconds: Option<u64>) -> Event {
        Event::StepBegun {
            run: "r1".to_owned(),
            at: String::new(),
            operation: id.to_owned(),
            bundle: "b1".to_owned(),
            wave: 1,
            is_step: !undoes,
            undoes,
            words: "Stop of r".to_owned(),
            node: Some("n1".to_owned()),
            expected_seconds,
        }
    }

    fn ended(id: &str, is_step: bool, end: &str) -> Event {
        let (operation, words, end) = (id.to_owned(), "Stop of r".to_owned(), end.to_owned());
        let (run, at, node, sentence) = ("r1".to_owned(), String::new(), None, None);
        Event::StepEnded { run, at, operation, bundle: "b1".to_owned(), is_step, words, node, end, sentence }
    }

    #[test]
    fn what_is_left_shrinks_with_time_and_never_below_what_is_to_come() {
        let mut progress = Progress::default();
        let second = Duration::from_secs;
        progress.heard(&begun(Some(100)), second(0));
        assert_eq!((progress.steps(), progress.line(second(0)).as_str()), ((1, 3), "about 1 min 40 s left"));
        progress.heard(&step("b1.2", false, Some(30)), second(10));
        let words = |now| progress.line(second(now));
        assert_eq!(words(10), "wave 1 of 2; bundle b1; Stop of r on n1 0 s of about 30 s; about 1 min 40 s left");
        assert_eq!(words(22), "wave 1 of 2; bundle b1; Stop of r on n1 12 s of about 30 s; about 1 min 28 s left");
        let late = "wave 1 of 2; bundle b1; Stop of r on n1 40 s, longer than the 30 s before; about 1 min 10 s left";
        assert_eq!(words(50), late);
        progress.heard(&ended("b1.2", true, "done"), second(51));
        assert_eq!(
            (progress.steps(), progress.line(second(51)).as_str()),
            ((2, 3), "wave 1 of 2; bundle b1; about 1 min 10 s left")
        );
    }

    #[test]
    fn where_nothing_is_known_no_time_is_promised() {
        let mut progress = Progress::default();
        progress.heard(&begun(None), Duration::ZERO);
        progress.heard(&step("b1.2", false, None), Duration::ZERO);
        assert_eq!(progress.line(Duration::from_secs(3700)), "wave 1 of 2; bundle b1; Stop of r on n1 1 h 01 min");
    }

    #[test]
    fn what_is_undone_is_no_step() {
        let mut progress = Progress::default();
        progress.heard(&begun(Some(5)), Duration::ZERO);
        progress.heard(&step("b1.2", false, Some(5)), Duration::ZERO);
        progress.heard(&ended("b1.2", true, "failed"), Duration::ZERO);
        progress.heard(&step("b1.1-undo", true, Some(2)), Duration::ZERO);
        progress.heard(&ended("b1.1-undo", false, "done"), Duration::ZERO);
        assert_eq!(
            (progress.steps(), progress.line(Duration::ZERO).as_str()),
            ((1, 3), "wave 1 of 2; bundle b1; going back, 1 undone")
        );
    }

    #[test]
    fn each_event_has_its_line() {
        let lines: Vec<String> = [
            begun(Some(65)),
            step("b1.2", false, None),
            ended("b1.2", true, "node_down"),
            Event::Bundle { run: "r1".to_owned(), at: String::new(), bundle: "b1".to_owned(), note: BundleNote::Done },
        ]
        .iter()
        .map(spoken)
        .collect();
        assert_eq!(
            lines[0],
            "run r1: upgrade r to 2.0: 3 steps, 1 of them done, about 1 min 05 s; it goes on if this terminal is closed"
        );
        assert_eq!(lines[1..], ["b1.2 Stop of r on n1", "b1.2 node down", "bundle b1: done"]);
    }
}
