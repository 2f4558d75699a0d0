//! Several versions of one type among the files of a run: each is compared with the one before it, by the order of versions.
//! What differs is no mistake, so only errors are taken up (broken promises, dropped ways), and that a
//! version overwrites all methods of one that it upgrades from. `rtreg compat` says the rest.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use rtreg_checker::promise::{Knowledge, derive};
use rtreg_checker::report::Outline;
use rtreg_checker::{Version, compare, overwrites, suppress};
use rtreg_model::{FileId, Level, RtVersion};
use rtreg_parser::Rtr;

use super::Checked;
use crate::config::Settings;
use crate::files;

/// The files of a run by the type they are about, as the type is written there: vendor and name.
#[derive(Debug, Default)]
pub struct Versions {
    types: BTreeMap<String, Vec<Member>>,
}

/// A file of a type, and where its text is to be read again if the run did not keep it.
#[derive(Debug)]
struct Member {
    file: FileId,
    again: Option<PathBuf>,
}

/// Vendor and name of the type, as they are written; to read them costs little.
pub fn base(rtr: &Rtr<'_>) -> Option<String> {
    let written = |name: &str| Some(rtr.declaration(name)?.text()?.value);
    Some(format!("{}.{}", written("Vendor_id").unwrap_or_default(), written("Resource_type")?))
}

impl Versions {
    /// Remembers the type of a file that no error is in. Its text is in the run, or is read again where there are several
    /// files of the type: most types have one.
    pub fn add(&mut self, base: String, file: FileId, again: Option<PathBuf>) {
        self.types.entry(base).or_default().push(Member { file, again });
    }

    /// Compares each version with the one before it and adds what breaks something to the findings.
    pub fn compare(&self, checked: &mut Checked) {
        let before = checked.run.findings.len();
        for members in self.types.values().filter(|members| members.len() > 1) {
            let versions = by_version(members, checked);
            for (old, new) in versions.values().zip(versions.values().skip(1)) {
                if let (Some(old), Some(new)) = (only(old, checked), only(new, checked)) {
                    compare_two(old, new, checked);
                }
            }
        }
        if checked.run.findings.len() > before {
            sort(checked);
        }
    }
}

/// The files of one type by version; a file that is gone meanwhile is left out.
fn by_version(members: &[Member], checked: &mut Checked) -> BTreeMap<RtVersion, Vec<FileId>> {
    let mut versions: BTreeMap<RtVersion, Vec<FileId>> = BTreeMap::new();
    for Member { file, again } in members {
        if let Some(path) = again {
            let Ok(input) = files::read(path) else { continue };
            checked.run.sources.set_text(*file, input.bytes);
        }
        let rtr = rtreg_parser::parse(checked.run.sources.text(*file), *file);
        if let Some(version) = Version::new(&rtr) {
            versions.entry(version.version().clone()).or_default().push(*file);
        }
    }
    versions
}

/// The file of a version. Of files that say different things of one version nobody knows which is meant: none.
fn only(files: &[FileId], checked: &Checked) -> Option<FileId> {
    let (first, others) = files.split_first()?;
    let text = |file: FileId| checked.run.sources.text(file);
    others.iter().all(|other| text(*other) == text(*first)).then_some(*first)
}

fn compare_two(old: FileId, new: FileId, checked: &mut Checked) {
    let place = checked.run.files.iter().position(|file| *file == new);
    let Some(settings) = place.and_then(|place| checked.settings.get(place)).map(Arc::clone) else { return };
    let sources = &checked.run.sources;
    let (old_rtr, new_rtr) = (rtreg_parser::parse(sources.text(old), old), rtreg_parser::parse(sources.text(new), new));
    let Some((old, new)) = Version::new(&old_rtr).zip(Version::new(&new_rtr)) else { return };
    let mut findings = compare(&old, &new);
    let knowledge = knowledge(&old, &new, &settings);
    findings.extend(derive(&old, &new, &knowledge).iter().flat_map(|promise| promise.findings(&new)));
    findings.retain(|finding| finding.level == Level::Error);
    findings.extend(overwrites(&old, &new));
    let wanted = settings.levels.apply(suppress::apply_to_pair(&new_rtr, findings));
    let outline = Outline::new(&new_rtr);
    let wanted: Vec<_> = wanted.into_iter().map(|finding| (outline.path(finding.primary.span), finding)).collect();
    for (path, finding) in wanted {
        checked.run.push(finding, path);
    }
}

fn knowledge(old: &Version<'_>, new: &Version<'_>, settings: &Settings) -> Knowledge {
    let mut knowledge = Knowledge::default();
    knowledge.statements = settings.statements(&old.resource_type, &new.resource_type);
    knowledge
}

/// Findings stay file by file, in the order of their places.
fn sort(checked: &mut Checked) {
    let findings = std::mem::take(&mut checked.run.findings);
    let mut all: Vec<_> = findings.into_iter().zip(std::mem::take(&mut checked.run.paths)).collect();
    all.sort_by_key(|(finding, _)| (finding.primary.file, finding.primary.span));
    for (finding, path) in all {
        checked.run.push(finding, path);
    }
}
