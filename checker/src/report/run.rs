//! What a report is about: the files that were checked, the findings with their structural paths, and how files and
//! findings are named in the reports of other programs. It reads no file.

use std::collections::BTreeMap;

use rtreg_model::{FileId, Finding};
use sha2::{Digest, Sha256};

use super::Sources;

/// All that a run found.
///
/// ```
/// use rtreg_checker::report::Run;
///
/// let mut run = Run::new("/home/ann/types");
/// run.add("./web/ACME web.rtr", Vec::new(), Vec::new());
/// assert_eq!(run.uri(run.files[0]), "web/ACME%20web.rtr");
/// assert_eq!(run.relative(run.files[0]), "web/ACME web.rtr");
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Run {
    /// Names and texts. The text of a file without findings may be left out.
    pub sources: Sources,
    /// The files that were checked, in their order.
    pub files: Vec<FileId>,
    /// The findings, file by file, in the order of their places.
    pub findings: Vec<Finding>,
    /// The structural path of each finding.
    pub paths: Vec<String>,
    /// The folder that file names are relative to, absolute, with `/`.
    root: String,
    /// The folder that reports name files from; the same one, or one above it.
    base: String,
}

impl Run {
    /// An empty run in a folder, given as an absolute path.
    pub fn new(root: impl Into<String>) -> Self {
        let root = root.into();
        Self { base: root.clone(), root, ..Self::default() }
    }

    /// With the folder that reports name files from: the root of the repository where that is known.
    #[must_use]
    pub fn base(mut self, base: impl Into<String>) -> Self {
        self.base = base.into();
        self
    }

    /// The id that [`Run::add`] gives to the next file.
    pub fn next_file(&self) -> FileId {
        FileId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX))
    }

    /// Adds a file that was checked, and what was found with structural paths; the findings are then of this file, whatever
    /// id they were given when they were found.
    pub fn add(&mut self, name: impl Into<String>, text: Vec<u8>, found: Vec<(Finding, String)>) {
        let file = self.sources.add(name, text);
        self.files.push(file);
        for (mut finding, path) in found {
            finding.primary.file = file;
            finding.secondary.iter_mut().for_each(|label| label.file = file);
            self.push(finding, path);
        }
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Finding, path: String) {
        self.findings.push(finding);
        self.paths.push(path);
    }

    /// The findings with their paths.
    pub fn located(&self) -> impl Iterator<Item = (&Finding, &str)> {
        self.findings.iter().zip(self.paths.iter().map(String::as_str))
    }

    /// The findings with a name for each that stays when lines move: no two are the same, and it is made of file, rule,
    /// structural path, and the number among those that are alike in all of these.
    pub fn fingerprints(&self) -> impl Iterator<Item = (&Finding, &str, String)> {
        let mut seen: BTreeMap<(u32, &str, &str), u32> = BTreeMap::new();
        self.located().map(move |(finding, path)| {
            let file = finding.primary.file;
            let number = seen.entry((file.0, finding.rule, path)).or_default();
            *number += 1;
            let mut hash = Sha256::new();
            for part in [&self.relative(file), finding.rule, path, &number.to_string()] {
                hash.update(part);
                hash.update([0]);
            }
            let hex = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            (finding, path, hex)
        })
    }

    /// The name of a file from the base folder, with `/` and without `.` and `..`; absolute where it is not below it.
    pub fn relative(&self, file: FileId) -> String {
        let name = self.sources.name(file);
        if is_no_file(name) {
            return name.to_owned();
        }
        let path = normal(&if name.starts_with('/') { name.to_owned() } else { format!("{}/{name}", self.root) });
        let base = normal(&self.base);
        let below = if base == "/" { path.strip_prefix('/') } else { path.strip_prefix(&base) };
        match below.map(|rest| rest.trim_start_matches('/')) {
            Some(rest) if base == "/" || path.get(base.len()..).is_some_and(|rest| rest.starts_with('/')) => {
                rest.to_owned()
            }
            _ => path,
        }
    }

    /// The name of a file as a URI reference: relative to the base folder, or `file://` where it is not below it.
    pub fn uri(&self, file: FileId) -> String {
        let path = self.relative(file);
        let uri = percent(&path);
        if is_kept(&path) {
            return uri;
        }
        // A colon in the first segment would be read as a scheme.
        match uri.split('/').next() {
            Some("") => format!("file://{uri}"),
            Some(first) if first.contains(':') => format!("./{uri}"),
            _ => uri,
        }
    }
}

/// Standard input has a name and no place, and what git or the registry keeps has none in the folder.
fn is_no_file(name: &str) -> bool {
    name == "<stdin>" || is_kept(name)
}

/// Whether it is the name of something that git or the registry keeps.
pub(super) fn is_kept(name: &str) -> bool {
    name.starts_with("git:") || name.starts_with("registry:")
}

fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn percent(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' => {
                uri.push(char::from(byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtreg_model::{Level, Span};

    #[test]
    fn names_are_relative_to_the_base_and_escaped() {
        for (name, relative, uri) in [
            ("a.rtr", "sub/a.rtr", "sub/a.rtr"),
            ("./x/../a b.rtr", "sub/a b.rtr", "sub/a%20b.rtr"),
            ("../50%.rtr", "50%.rtr", "50%25.rtr"),
            ("../../a.rtr", "/home/a.rtr", "file:///home/a.rtr"),
            ("/home/repository/a.rtr", "/home/repository/a.rtr", "file:///home/repository/a.rtr"),
            ("/home/repo/é#?.rtr", "é#?.rtr", "%C3%A9%23%3F.rtr"),
            ("/home/repo/c:d.rtr", "c:d.rtr", "./c:d.rtr"),
            ("<stdin>", "<stdin>", "%3Cstdin%3E"),
        ] {
            let mut run = Run::new("/home/repo/sub").base("/home/repo");
            run.add(name, Vec::new(), Vec::new());
            let file = run.files[0];
            assert_eq!((run.relative(file).as_str(), run.uri(file).as_str()), (relative, uri), "{name}");
        }
        let mut run = Run::new("/").base("/");
        run.add("etc/a.rtr", Vec::new(), Vec::new());
        assert_eq!(run.uri(run.files[0]), "etc/a.rtr");
    }

    #[test]
    fn fingerprints_differ_and_do_not_see_lines() {
        let run = |lines: u32| {
            let mut run = Run::new("/r");
            let finding = |at| Finding::new("timeout_max", Level::Error, FileId(0), Span::at(at + lines), "x");
            let found = vec![(finding(1), "Start".to_owned()), (finding(2), "Start".to_owned())];
            run.add("a.rtr", vec![b'\n'; 100], found);
            run.push(Finding::new("timeout_max", Level::Error, FileId(0), Span::at(3), "y"), "Stop".to_owned());
            run.fingerprints().map(|(_, _, hash)| hash).collect::<Vec<_>>()
        };
        let mut hashes = run(0);
        assert_eq!(hashes, run(40));
        assert_eq!(hashes.first().map(String::len), Some(32));
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), 3);
    }
}
