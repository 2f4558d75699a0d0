//! Several versions of one type among the files of a run: each is compared with the one before it, by the order of versions.
//! What differs is no mistake, so only errors are taken up: broken promises and dropped ways. `rtreg compat` says the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

use rtreg_checker::promise::{Knowledge, derive};
use rtreg_checker::report::Outline;
use rtreg_checker::{Version, compare, suppress};
use rtreg_model::{FileId, Level, RtVersion};
use rtreg_parser::Rtr;

use super::Checked;
use crate::config::Settings;

/// The files of a run by the type they are about, as the type is written there: vendor and name.
#[derive(Debug, Default)]
pub struct Versions {
    types: BTreeMap<String, Vec<FileId>>,
}

/// Vendor and name of the type, as they are written; to read them costs little.
pub fn base(rtr: &Rtr<'_>) -> Option<String> {
    let written = |name: &str| Some(rtr.declaration(name)?.text()?.value);
    Some(format!("{}.{}", written("Vendor_id").unwrap_or_default(), written("Resource_type")?))
}

impl Versions {
    /// Remembers the type of a file that no error is in; its text is in the run.
    pub fn add(&mut self, base: String, file: FileId) {
        self.types.entry(base).or_default().push(file);
    }

    /// Compares each version with the one before it and adds what breaks something to the findings.
    pub fn compare(&self, checked: &mut Checked) {
        let before = checked.run.findings.len();
        for files in self.types.values().filter(|files| files.len() > 1) {
            let versions = by_version(files, checked);
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

/// The files of one type by version.
fn by_version(files: &[FileId], checked: &Checked) -> BTreeMap<RtVersion, Vec<FileId>> {
    let mut versions: BTreeMap<RtVersion, Vec<FileId>> = BTreeMap::new();
    for file in files {
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
    let wanted = settings.levels.apply(suppress::apply_to_pair(&new_rtr, findings));
    let outline = Outline::new(&new_rtr);
    let errors = wanted.into_iter().filter(|finding| finding.level == Level::Error);
    let errors: Vec<_> = errors.map(|finding| (finding.clone(), outline.path(finding.primary.span))).collect();
    for (finding, path) in errors {
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
