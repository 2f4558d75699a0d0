//! A method has the path of one of the old version's methods.
//!
//! # What
//!
//! The path of a method is also the path of a method of the old version, which has another RT_version. Where the files
//! are known to have the same content, nothing is said. `rtreg lint` on several versions says it once, where all methods of
//! a version have paths of a version that it lists in `#$upgrade_from`.
//!
//! # Why
//!
//! Installing the new version overwrites the methods of the old one, while resources of the old version still run and
//! will be stopped by them. The way back is gone, too. Source: developer's guide, "Upgrading a Resource Type",
//! "Packaging": all methods of a version must be there while it is in use.
//!
//! # Example
//!
//! ```diff
//! -Start = /opt/ACMEweb/1.0/start;
//! +Start = /opt/ACMEweb/2.0/start;
//!  Stop = /opt/ACMEweb/stop;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -Stop = /opt/ACMEweb/1.0/stop;
//! +Stop = /opt/ACMEweb/2.0/stop;
//! ```

use rtreg_model::{Finding, Level};

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    if pair.old.version() == pair.new.version() {
        return;
    }
    for (method, path) in &pair.new.resource_type.methods {
        let same = pair.old.resource_type.methods.iter().filter(|(_, old)| old.absolute == path.absolute);
        // The method of the same name first: it is the one that people look for.
        let Some((other, old)) = same.min_by_key(|(other, _)| *other != method) else { continue };
        let digests = (pair.old.digest(*other), pair.new.digest(*method));
        if matches!(digests, (Some(before), Some(after)) if before == after) {
            continue;
        }
        let message = format!("{method} is `{}`, which is also {other} of the old version", path.absolute);
        report.add(pair.new.at(path.declared.span), message, |draft| {
            draft
                .also(pair.old.at(old.declared.span), "the old version's")
                .help("give the new version a folder of its own, or tell the administrators what to stop before they install it")
        });
    }
}

/// One finding for the whole file, where the old version is listed and every method has one of its paths. Digests are not
/// asked: who checks a folder has none.
pub(super) fn of_all_methods(pair: &Pair<'_>) -> Option<Finding> {
    let (old, new) = (&pair.old.resource_type, &pair.new.resource_type);
    let line = new.upgrade_from.iter().find(|line| line.version.value == *pair.old.version())?;
    let paths: Vec<&str> = old.methods.values().map(|path| path.absolute.as_str()).collect();
    let is_shared = |path: &str| paths.contains(&path);
    if new.methods.is_empty() || !new.methods.values().all(|path| is_shared(&path.absolute)) {
        return None;
    }
    let first = old.methods.values().next()?;
    let (at, other) = (pair.new.at(line.version.span), pair.old.at(first.declared.span));
    let message = format!("all methods have paths of version {}, from which this file upgrades", pair.old.version());
    let help = "give the new version a folder of its own (RT_basedir), or tell the administrators what to stop before they install it";
    let finding = Finding::new("method_path_shared", LEVEL, at.file, at.span, message);
    Some(finding.also(other.file, other.span, "the old version's first method").help(help))
}
