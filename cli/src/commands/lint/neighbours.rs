//! Several versions of one type among the files of a run: each is compared with the one before it, by the order of versions.
//! What differs is no mistake, so only errors are taken up: broken promises and dropped ways. `rtreg compat` says the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

use rtreg_checker::promise::{Knowledge, derive};
use rtreg_checker::report::Outline;
use rtreg_checker::{Version, compare, suppress};
use rtreg_model::{FileId, Level, RtVersion};

use super::Checked;
use crate::config::Settings;

/// The versions of the types of a run: base name → version → files.
#[derive(Debug, Default)]
pub struct Versions {
    types: BTreeMap<String, BTreeMap<RtVersion, Vec<FileId>>>,
}

impl Versions {
    /// Remembers the type of a file that no error is in.
    pub fn add(&mut self, version: &Version<'_>) {
        let name = version.resource_type.name();
        self.types
            .entry(name.base().to_owned())
            .or_default()
            .entry(version.version().clone())
            .or_default()
            .push(version.file());
    }

    /// Compares each version with the one before it and adds what breaks something to the findings.
    pub fn compare(&self, checked: &mut Checked) {
        let before = checked.run.findings.len();
        for versions in self.types.values() {
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
