//! A baseline: findings that were there when a folder came under checking, kept by file, rule and structural path with a
//! count, so that lines may move. It reads and writes text, never files.

use std::collections::BTreeMap;

use rtreg_model::{FileId, Finding, Level, Span};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Identifier and summary of what is said about a baseline.
pub const RULES: &[(&str, &str)] = &[("stale_baseline", "the baseline has more findings of a kind than there are")];

/// What identifies a finding in a baseline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// The file, relative to the folder of the baseline, with `/`.
    pub file: String,
    /// Identifier of the rule.
    pub rule: String,
    /// The structural path.
    pub path: String,
}

/// Findings that are known.
///
/// ```
/// use rtreg_checker::baseline::{Baseline, Key};
///
/// let key = Key { file: "a.rtr".into(), rule: "timeout_max".into(), path: "entry Start_timeout / MAX".into() };
/// let mut baseline = Baseline::default();
/// baseline.add(key.clone());
/// let text = baseline.to_json();
/// let read = Baseline::parse(text.as_bytes()).unwrap();
/// let mut open = read.open();
/// assert!(open.take(&key));
/// assert!(!open.take(&key), "one is known, not two");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Baseline {
    counts: BTreeMap<Key, Known>,
}

/// How many findings are known, and where the baseline says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Known {
    count: u64,
    span: Span,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    file: String,
    rule: String,
    path: String,
    count: u64,
}

#[derive(Deserialize)]
struct Head<'t> {
    version: u32,
    #[serde(borrow)]
    findings: Vec<&'t RawValue>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// The text is no baseline of version 1; the words say what was found.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
        let head: Head<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if head.version != 1 {
            return Err(format!("expected version 1, found version {}", head.version));
        }
        let mut baseline = Self::default();
        for raw in head.findings {
            let start = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            let row: Row = serde_json::from_str(raw.get()).map_err(|error| {
                let line = 1 + text.bytes().take(start).filter(|&byte| byte == b'\n').count();
                format!("line {line}: {error}")
            })?;
            let Row { file, rule, path, count } = row;
            let known = baseline.counts.entry(Key { file, rule, path }).or_default();
            known.count = known.count.saturating_add(count);
            known.span = Span::new(number(start), number(start + raw.get().len()));
        }
        Ok(baseline)
    }

    /// The text of the baseline: version 1, one line a row, sorted, so that a change is a small difference.
    pub fn to_json(&self) -> String {
        let row = |(key, known): (&Key, &Known)| {
            let Key { file, rule, path } = key.clone();
            let row = Row { file, rule, path, count: known.count };
            serde_json::to_string(&row).unwrap_or_default()
        };
        let rows: Vec<String> = self.counts.iter().map(row).collect();
        if rows.is_empty() {
            return "{\"version\":1,\"findings\":[]}\n".to_owned();
        }
        format!("{{\"version\":1,\"findings\":[\n{}\n]}}\n", rows.join(",\n"))
    }

    /// One more finding is known.
    pub fn add(&mut self, key: Key) {
        self.counts.entry(key).or_default().count += 1;
    }

    /// Keeps the rows of the files for which `is_kept` says so.
    pub fn retain(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.counts.retain(|key, _| is_kept(&key.file));
    }

    /// How many findings are known.
    pub fn len(&self) -> u64 {
        self.counts.values().map(|known| known.count).sum()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The baseline before anything was found.
    pub fn open(&self) -> Open<'_> {
        Open { baseline: self, taken: BTreeMap::new() }
    }
}

/// A baseline against the findings of a run.
#[derive(Debug)]
pub struct Open<'b> {
    baseline: &'b Baseline,
    taken: BTreeMap<Key, u64>,
}

impl Open<'_> {
    /// Whether a finding is known; where more are found than are known, those that come first are the known ones.
    pub fn take(&mut self, key: &Key) -> bool {
        let Some(known) = self.baseline.counts.get(key) else { return false };
        if let Some(taken) = self.taken.get_mut(key) {
            *taken += 1;
            return *taken <= known.count;
        }
        self.taken.insert(key.clone(), 1);
        known.count > 0
    }

    /// One note for each row that knows more than was found, among the files for which `is_checked` says so, or one for all
    /// where there are many, as after a great tidying up; `file` is that of the baseline.
    pub fn stale(&self, file: FileId, is_checked: impl Fn(&str) -> bool) -> Vec<Finding> {
        const MOST: usize = 5;
        let rows = self.baseline.counts.iter().filter(|(key, _)| is_checked(&key.file));
        let found = |key: &Key| self.taken.get(key).copied().unwrap_or(0);
        let stale: Vec<_> = rows.filter(|(key, known)| found(key) < known.count).collect();
        let words = |(key, known): &(&Key, &Known)| {
            let Key { file: name, rule, path } = key;
            let found = match found(key) {
                0 => "none".to_owned(),
                found => found.to_string(),
            };
            format!("expected {} of {rule} at `{path}` in {name}, found {found}", findings(known.count))
        };
        let note = |known: &Known, message: String| {
            Finding::new("stale_baseline", Level::Note, file, known.span, message)
                .help("what is cured stays cured with `--update-baseline`")
        };
        if let (Some(first), true) = (stale.first(), stale.len() > MOST) {
            let count = stale.iter().map(|(key, known)| known.count - found(key)).sum();
            let message =
                format!("{} of the baseline are no longer there; the first: {}", findings(count), words(first));
            return vec![note(first.1, message)];
        }
        stale.iter().map(|row| note(row.1, words(row))).collect()
    }
}

fn findings(count: u64) -> String {
    if count == 1 { "one finding".to_owned() } else { format!("{count} findings") }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(file: &str, path: &str) -> Key {
        Key { file: file.to_owned(), rule: "timeout_max".to_owned(), path: path.to_owned() }
    }

    #[test]
    fn a_baseline_is_sorted_and_reads_back() {
        let mut baseline = Baseline::default();
        for (file, path) in [("b.rtr", "Start"), ("a.rtr", "Stop"), ("b.rtr", "Start")] {
            baseline.add(key(file, path));
        }
        let text = baseline.to_json();
        assert_eq!(
            text,
            "{\"version\":1,\"findings\":[\n\
             {\"file\":\"a.rtr\",\"rule\":\"timeout_max\",\"path\":\"Stop\",\"count\":1},\n\
             {\"file\":\"b.rtr\",\"rule\":\"timeout_max\",\"path\":\"Start\",\"count\":2}\n]}\n"
        );
        let read = Baseline::parse(text.as_bytes()).unwrap();
        assert_eq!((read.to_json(), read.len()), (text, 3));
        assert_eq!(Baseline::parse(Baseline::default().to_json().as_bytes()), Ok(Baseline::default()));
    }

    #[test]
    fn what_is_cured_is_stale_and_what_is_more_is_new() {
        let mut baseline = Baseline::default();
        for (file, path) in [("a.rtr", "Start"), ("a.rtr", "Start"), ("a.rtr", "Stop"), ("other.rtr", "Stop")] {
            baseline.add(key(file, path));
        }
        let text = baseline.to_json();
        let baseline = Baseline::parse(text.as_bytes()).unwrap();
        let mut open = baseline.open();
        assert!(open.take(&key("a.rtr", "Start")));
        assert!(!open.take(&key("a.rtr", "Init")));
        let stale = open.stale(FileId(7), |file| file == "a.rtr");
        let shown: Vec<(&str, &str)> = stale
            .iter()
            .map(|note| (note.message.as_str(), std::str::from_utf8(note.primary.span.slice(text.as_bytes())).unwrap()))
            .collect();
        assert_eq!(
            shown,
            [
                (
                    "expected 2 findings of timeout_max at `Start` in a.rtr, found 1",
                    "{\"file\":\"a.rtr\",\"rule\":\"timeout_max\",\"path\":\"Start\",\"count\":2}"
                ),
                (
                    "expected one finding of timeout_max at `Stop` in a.rtr, found none",
                    "{\"file\":\"a.rtr\",\"rule\":\"timeout_max\",\"path\":\"Stop\",\"count\":1}"
                ),
            ]
        );
    }

    #[test]
    fn after_a_great_tidying_up_one_note_says_it() {
        let mut baseline = Baseline::default();
        for number in 0..6 {
            baseline.add(key("a.rtr", &format!("p{number}")));
            baseline.add(key("a.rtr", &format!("p{number}")));
        }
        let mut open = baseline.open();
        assert!(open.take(&key("a.rtr", "p0")));
        let stale = open.stale(FileId(0), |_| true);
        let messages: Vec<&str> = stale.iter().map(|note| note.message.as_str()).collect();
        assert_eq!(
            messages,
            ["11 findings of the baseline are no longer there; the first: \
              expected 2 findings of timeout_max at `p0` in a.rtr, found 1"]
        );
        assert!(open.take(&key("a.rtr", "p0")));
        assert_eq!(open.stale(FileId(0), |_| true).len(), 5, "so few are said one by one");
    }

    #[test]
    fn what_is_no_baseline_is_refused_in_words() {
        for (text, part) in [
            ("{\"version\":2,\"findings\":[]}", "expected version 1, found version 2"),
            ("{}", "missing field"),
            ("[", "EOF"),
            ("{\"version\":1,\"findings\":[\n{\"file\":\"a\"}]}", "line 2: missing field"),
        ] {
            let error = Baseline::parse(text.as_bytes()).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
        assert!(Baseline::parse(b"\xFF").is_err());
    }
}
