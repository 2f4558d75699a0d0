//! Baselines of a run: each file has at most one, by its settings. Reads and writes them; what is known is decided by the
//! checker.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rtreg_checker::baseline::{Baseline, Key};
use rtreg_model::{FileId, Finding};

use super::Checked;
use crate::config::{Settings, normal, shown};
use crate::error::CliError;
use crate::output;

/// A baseline and the files of the run that are under it.
struct Group {
    /// The folder that its file names are relative to.
    folder: PathBuf,
    settings: Arc<Settings>,
    /// The names of its files of the run, from the folder.
    names: BTreeMap<FileId, String>,
}

/// Takes the findings out that baselines hold, and notes what they hold too much.
///
/// # Errors
/// A baseline that cannot be read or is none.
pub fn take_out(checked: &mut Checked) -> Result<(), CliError> {
    let groups = groups(checked);
    for (path, group) in &groups {
        let (text, baseline) = read(path)?;
        let mut open = baseline.open();
        take(checked, |finding, structure| group.key(finding, structure).is_some_and(|key| open.take(&key)));
        let file = checked.run.next_file();
        let gone = |name: &str| !group.folder.join(name).exists();
        let names = group.checked();
        let stale = open.stale(file, |name| names.contains(name) || gone(name));
        if !stale.is_empty() {
            checked.run.sources.add(shown(path), text);
        }
        for finding in group.settings.levels.apply(stale) {
            let structure = finding.message.clone();
            checked.run.push(finding, structure);
        }
    }
    Ok(())
}

/// Whether the baselines of these settings are there and are some.
///
/// # Errors
/// A baseline that cannot be read or is none.
pub fn can_be_used<'s>(settings: impl Iterator<Item = &'s Settings>) -> Result<(), CliError> {
    let paths: BTreeSet<PathBuf> = settings.filter_map(|settings| settings.baseline.as_deref().map(normal)).collect();
    paths.iter().try_for_each(|path| read(path).map(drop))
}

fn read(path: &Path) -> Result<(Vec<u8>, Baseline), CliError> {
    let text = fs::read(path).map_err(|error| {
        let error = CliError::usage(format!("the baseline {} cannot be read: {error}", shown(path)));
        error.help("make it: run the same command with `--update-baseline`")
    })?;
    let baseline = parse(path, &text)?;
    Ok((text, baseline))
}

/// Writes the findings into the baselines, so that none is left.
///
/// # Errors
/// No baseline is named; one cannot be read or written.
pub fn update(checked: &mut Checked) -> Result<(), CliError> {
    let groups = groups(checked);
    if groups.is_empty() {
        return Err(CliError::usage("expected a baseline to update, found none")
            .help("give `--baseline FILE`, or `baseline = \"FILE\"` in rtreg.toml"));
    }
    for (path, group) in &groups {
        let mut baseline = match fs::read(path) {
            Ok(text) => parse(path, &text)?,
            Err(error) if error.kind() == ErrorKind::NotFound => Baseline::default(),
            Err(error) => {
                return Err(CliError::usage(format!("the baseline {} cannot be read: {error}", shown(path))));
            }
        };
        let names = group.checked();
        baseline.retain(|name| !names.contains(name) && group.folder.join(name).exists());
        take(checked, |finding, structure| group.key(finding, structure).map(|key| baseline.add(key)).is_some());
        output::file(path, |out| out.write_all(baseline.to_json().as_bytes()))?;
        eprintln!("note: the baseline {} holds {} now", shown(path), findings(baseline.len()));
    }
    Ok(())
}

fn findings(count: u64) -> String {
    if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") }
}

fn parse(path: &Path, text: &[u8]) -> Result<Baseline, CliError> {
    Baseline::parse(text).map_err(|words| {
        CliError::usage(format!("expected a baseline in {}, found something else: {words}", shown(path)))
            .help("remove the file and make it anew with `--update-baseline`")
    })
}

/// The baselines of the run, in the order of their paths. Standard input has no name to be kept under.
fn groups(checked: &Checked) -> BTreeMap<PathBuf, Group> {
    let mut groups: BTreeMap<PathBuf, Group> = BTreeMap::new();
    for (file, settings) in checked.run.files.iter().zip(&checked.settings) {
        let Some(path) = settings.baseline.as_deref().map(normal) else { continue };
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let group = groups.entry(path).or_insert_with(|| Group {
            folder,
            settings: Arc::clone(settings),
            names: BTreeMap::new(),
        });
        let name = name(checked, &group.folder, *file);
        group.names.extend(name.map(|name| (*file, name)));
    }
    groups
}

/// The name of a file from the folder of a baseline.
fn name(checked: &Checked, folder: &Path, file: FileId) -> Option<String> {
    let name = checked.run.sources.name(file);
    (name != crate::files::STDIN).then(|| relative(folder, &normal(Path::new(name))))
}

impl Group {
    /// The key of a finding, if its file is under this baseline.
    fn key(&self, finding: &Finding, structure: &str) -> Option<Key> {
        let file = self.names.get(&finding.primary.file)?.clone();
        Some(Key { file, rule: finding.rule.to_owned(), path: structure.to_owned() })
    }

    /// The names of files that were checked.
    fn checked(&self) -> BTreeSet<&str> {
        self.names.values().map(String::as_str).collect()
    }
}

/// Takes the findings out that are known.
fn take(checked: &mut Checked, mut is_known: impl FnMut(&Finding, &str) -> bool) {
    let findings = std::mem::take(&mut checked.run.findings);
    let paths = std::mem::take(&mut checked.run.paths);
    for (finding, path) in findings.into_iter().zip(paths) {
        if is_known(&finding, &path) {
            checked.known += 1;
        } else {
            checked.run.push(finding, path);
        }
    }
}

fn relative(folder: &Path, path: &Path) -> String {
    let shared = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| "..".to_owned());
    let down = path.components().skip(shared).filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
        _ => None,
    });
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_relative_to_the_folder_of_the_baseline() {
        for (folder, path, expected) in
            [("/r", "/r/a/b.rtr", "a/b.rtr"), ("/r/ci", "/r/a.rtr", "../a.rtr"), ("/", "/a.rtr", "a.rtr")]
        {
            assert_eq!(relative(Path::new(folder), Path::new(path)), expected);
        }
    }
}
