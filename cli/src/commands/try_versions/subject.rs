//! The two versions that are tried: their RTR files, their methods with digests, the properties of the resource. Reads only.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rtreg_checker::{LintOptions, lint};
use rtreg_model::evidence::{Evidence, TriedVersion};
use rtreg_model::standard::effective_properties;
use rtreg_model::{FileId, Level, PropertyDecl, PropertyValue, Release, ResourceType};
use rtreg_runtime::cell::{Place, Side, below_source};
use rtreg_runtime::trial::{Subject, Version};
use sha2::{Digest, Sha256};

use crate::error::CliError;
use crate::files;
use crate::regular;

/// The resource that is tried, and its group.
const RESOURCE: &str = "try-rs";
const GROUP: &str = "try-rg";

/// How often monitors look, in seconds, unless a value is given: often enough to be seen at work.
const PROBE_INTERVAL: i64 = 1;

/// The properties that say how often.
const PROBE_INTERVALS: [&str; 2] = ["Cheap_probe_interval", "Thorough_probe_interval"];

/// Folders without which nothing runs.
const SYSTEM_FOLDERS: [&str; 16] = [
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/proc",
    "/run",
    "/sbin",
    "/sys",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/sbin",
    "/var",
];

/// Where the two versions come from.
pub struct Sources<'s> {
    /// The RTR file of the old version.
    pub old: &'s Path,
    /// The RTR file of the new version.
    pub new: &'s Path,
    /// Where the methods are, as given.
    pub methods: &'s [String],
    /// Properties, as given.
    pub properties: &'s [String],
    /// The name of the node.
    pub node: &'s str,
}

/// Two versions, ready to be tried.
#[derive(Debug)]
pub struct Pair {
    /// What is tried.
    pub subject: Subject,
    /// Where the methods of the old and of the new version are.
    pub places: [Place; 2],
    /// The digests of all that, without runs.
    pub evidence: Evidence,
    /// What a reader of the answer must know.
    pub notes: Vec<String>,
}

impl Pair {
    /// Reads them.
    ///
    /// # Errors
    /// A file that cannot be read or has errors; versions of different types; methods that are not there; properties that do
    /// not fit.
    pub fn read(sources: &Sources<'_>) -> Result<Self, CliError> {
        let folders = folders(sources.methods)?;
        let (old, old_digest) = read_rtr(sources.old)?;
        let (new, new_digest) = read_rtr(sources.new)?;
        if base(&old) != base(&new) {
            let message = format!("expected two versions of one type, found {} and {}", old.name(), new.name());
            return Err(CliError::usage(message).help("name the RTR files of two versions of the same type"));
        }
        let places =
            [place(&old, sources.old, folders.get(&Side::Old))?, place(&new, sources.new, folders.get(&Side::New))?];
        let [old_place, new_place] = &places;
        let evidence = Evidence::new(tried(&old, old_digest, old_place)?, tried(&new, new_digest, new_place)?);
        let assignments = assignments(sources.properties)?;
        known_in_one(&assignments, &old, &new)?;
        let mut notes = Vec::new();
        let old = version(old, Side::Old, &assignments, &mut notes)?;
        let new = version(new, Side::New, &assignments, &mut notes)?;
        notes.dedup();
        let subject =
            Subject { old, new, resource: RESOURCE.to_owned(), group: GROUP.to_owned(), node: sources.node.to_owned() };
        Ok(Self { subject, places, evidence, notes })
    }

    /// Which of the files that evidence is about differ from these, a line each.
    pub fn differences(&self, evidence: &Evidence) -> Vec<String> {
        let mut found = Vec::new();
        for (side, ours, theirs) in
            [("old", &self.evidence.old, &evidence.old), ("new", &self.evidence.new, &evidence.new)]
        {
            if ours.name != theirs.name {
                found.push(format!("the {side} version is {}, there it was {}", ours.name, theirs.name));
            } else if ours.rtr_sha256 != theirs.rtr_sha256 {
                found.push(format!("the RTR file of the {side} version differs"));
            }
            if ours.methods != theirs.methods {
                found.push(format!("methods of the {side} version differ"));
            }
            if ours.beside != theirs.beside {
                found.push(format!("files beside the methods of the {side} version differ"));
            }
        }
        found
    }
}

fn base(resource_type: &ResourceType) -> (Option<String>, String) {
    let vendor = resource_type.vendor_id.as_ref().map(|vendor| vendor.value.clone());
    (vendor, resource_type.resource_type.value.clone())
}

/// The folders behind `--methods`.
fn folders(given: &[String]) -> Result<BTreeMap<Side, PathBuf>, CliError> {
    let mut folders = BTreeMap::new();
    for text in given {
        let wrong = || {
            CliError::usage(format!("expected OLD=DIR or NEW=DIR behind --methods, found `{text}`"))
                .help("OLD and NEW are just these words: --methods OLD=/path/of/old --methods NEW=/path/of/new")
        };
        let (side, folder) = text.split_once('=').ok_or_else(wrong)?;
        let side = match side.to_ascii_lowercase().as_str() {
            "old" => Side::Old,
            "new" => Side::New,
            _ => return Err(wrong()),
        };
        if folders.insert(side, PathBuf::from(folder)).is_some() {
            return Err(CliError::usage(format!("expected --methods once for each version, found it again: `{text}`")));
        }
    }
    Ok(folders)
}

/// A type and the digest of its file. A file with errors describes no type that could be tried.
fn read_rtr(path: &Path) -> Result<(ResourceType, String), CliError> {
    let input = files::read(path)?;
    let rtr = rtreg_parser::parse(&input.bytes, FileId(0));
    let has_errors = |release: Release| {
        lint(&rtr, &LintOptions::default().target(release)).iter().any(|finding| finding.level == Level::Error)
    };
    let resource_type = rtreg_parser::lower(&rtr);
    match resource_type {
        // A file from the time before versions is good for the release of its time.
        Some(resource_type) if !has_errors(Release::V4) || !has_errors(Release::V3_0) => {
            Ok((resource_type, hex(&Sha256::digest(&input.bytes))))
        }
        _ => Err(CliError::usage(format!("expected an RTR file without errors, found errors in {}", input.name))
            .help(format!("`rtreg lint {}` shows them", path.display()))),
    }
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where the methods of a version are, and where its file says that they are: below RT_basedir, or below the folder that all
/// their paths have in common.
fn place(resource_type: &ResourceType, rtr: &Path, given: Option<&PathBuf>) -> Result<Place, CliError> {
    let beside = || rtr.parent().unwrap_or(Path::new("")).join("bin");
    let source = given.cloned().unwrap_or_else(beside);
    let name = resource_type.name();
    let help =
        format!("say where they are with --methods {}", if given.is_some() { "…=DIR" } else { "OLD=DIR or NEW=DIR" });
    let source = fs::canonicalize(&source).map_err(|error| {
        CliError::io(format!("the methods of {name} are expected in {}: {error}", source.display())).help(help.clone())
    })?;
    let paths: Vec<&str> = resource_type.methods.values().map(|path| path.absolute.as_str()).collect();
    let basedir = resource_type.rt_basedir.as_ref().map(|folder| PathBuf::from(&folder.value));
    let targets = basedir
        .into_iter()
        .chain(common_folder(&paths))
        .filter(|target| target.is_absolute() && target.parent().is_some());
    let mut missing = Vec::new();
    for target in targets {
        if SYSTEM_FOLDERS.iter().any(|folder| target == Path::new(folder)) {
            let message =
                format!("the methods of {name} are in {}, which methods cannot have for themselves", target.display());
            let help = "rtreg try puts DIR in the place of that folder, and programs would be missing; give the methods a \
                        folder of their own in the RTR file";
            return Err(CliError::usage(message).help(help));
        }
        let place = Place { source: source.clone(), target };
        let is_there =
            |path: &&&str| Path::new(path).starts_with(&place.target) && is_program(&below_source(&place, path));
        match paths.iter().find(|path| !is_there(path)) {
            None => return Ok(place),
            Some(path) => missing.push(below_source(&place, path).display().to_string()),
        }
    }
    let message =
        format!("expected the methods of {name} in {} as executable files, and not all are there", source.display());
    Err(CliError::io(message).details(missing).help(help))
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// The deepest folder that holds all of these files.
fn common_folder(paths: &[&str]) -> Option<PathBuf> {
    let mut folders = paths.iter().map(|path| Path::new(path).parent());
    let mut common = folders.next()??.to_path_buf();
    for folder in folders {
        while !folder?.starts_with(&common) {
            common = common.parent()?.to_path_buf();
        }
    }
    Some(common)
}

/// The digests of a version.
fn tried(resource_type: &ResourceType, rtr_sha256: String, place: &Place) -> Result<TriedVersion, CliError> {
    let digest = |path: &Path| {
        regular::sha256(path).map_err(|error| CliError::io(format!("{} cannot be read: {error}", path.display())))
    };
    let mut version = TriedVersion::new(resource_type.name().to_string(), rtr_sha256);
    let mut methods: Vec<PathBuf> = Vec::new();
    for (method, path) in &resource_type.methods {
        let path = below_source(place, &path.absolute);
        version.methods.insert(*method, digest(&path)?);
        methods.push(path);
    }
    let mut walk = ignore::WalkBuilder::new(&place.source);
    walk.standard_filters(false).sort_by_file_path(Path::cmp);
    for entry in walk.build() {
        let entry = entry.map_err(|error| CliError::io(format!("{}: {error}", place.source.display())))?;
        let path = entry.path();
        let is_beside = fs::metadata(path).is_ok_and(|found| found.is_file()) && !methods.iter().any(|it| it == path);
        if is_beside && let Ok(below) = path.strip_prefix(&place.source) {
            version.beside.insert(below.display().to_string(), digest(path)?);
        }
    }
    Ok(version)
}

/// A property behind `-p`.
struct Assignment {
    /// Only for this version, if it says so.
    side: Option<Side>,
    name: String,
    value: String,
}

fn assignments(given: &[String]) -> Result<Vec<Assignment>, CliError> {
    let read = |text: &String| {
        let wrong = || {
            CliError::usage(format!("expected NAME=VALUE behind -p, found `{text}`"))
                .help("where the versions differ: -p OLD:NAME=VALUE -p NEW:NAME=VALUE")
        };
        let (name, value) = text.split_once('=').ok_or_else(wrong)?;
        let (side, name) = match name.split_once(':') {
            None => (None, name),
            Some((side, name)) if side.eq_ignore_ascii_case("old") => (Some(Side::Old), name),
            Some((side, name)) if side.eq_ignore_ascii_case("new") => (Some(Side::New), name),
            Some(_) => return Err(wrong()),
        };
        Ok(Assignment { side, name: name.to_owned(), value: value.to_owned() })
    };
    given.iter().map(read).collect()
}

fn is(declared: &PropertyDecl, name: &str) -> bool {
    declared.name.value.eq_ignore_ascii_case(name)
}

/// A property that neither version has is a slip.
fn known_in_one(assignments: &[Assignment], old: &ResourceType, new: &ResourceType) -> Result<(), CliError> {
    for assignment in assignments {
        let wanted = [(Side::Old, old), (Side::New, new)]
            .into_iter()
            .filter(|(side, _)| assignment.side.is_none_or(|it| it == *side));
        let properties: Vec<PropertyDecl> = wanted.flat_map(|(_, version)| effective_properties(version)).collect();
        if !properties.iter().any(|declared| is(declared, &assignment.name)) {
            let names = properties.iter().map(|declared| declared.name.value.as_str());
            let near = rtreg_model::suggest::nearest(&assignment.name, names);
            let error =
                CliError::usage(format!("expected a property of the type behind -p, found `{}`", assignment.name));
            return Err(match near {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error,
            });
        }
    }
    Ok(())
}

/// A version with the values that the resource has under it. What has no default must be given, as when it is created.
fn version(
    resource_type: ResourceType,
    side: Side,
    assignments: &[Assignment],
    notes: &mut Vec<String>,
) -> Result<Version, CliError> {
    let mut given = BTreeMap::new();
    let mut required = Vec::new();
    for declared in effective_properties(&resource_type) {
        let name = &declared.name.value;
        let fits = |it: &&Assignment| is(&declared, &it.name) && it.side.is_none_or(|it| it == side);
        // What is said of one version goes before what is said of both.
        let own = assignments.iter().filter(fits).max_by_key(|assignment| assignment.side.is_some());
        if let Some(assignment) = own {
            given.insert(name.clone(), value(&declared, &assignment.value, side)?);
        } else if PROBE_INTERVALS.iter().any(|interval| is(&declared, interval)) {
            let seconds = declared.min.as_ref().map_or(PROBE_INTERVAL, |min| min.value.max(PROBE_INTERVAL));
            given.insert(name.clone(), PropertyValue::Int(seconds));
            notes.push(format!("{name} was {seconds}, so that monitors are seen at work; -p {name}=… sets another"));
        } else if declared.is_required() {
            required.push(name.clone());
        }
    }
    if !required.is_empty() {
        let names = required.join(", ");
        let message = format!("{} needs values that have no default: {names}", resource_type.name());
        return Err(CliError::usage(message)
            .help("give each with -p NAME=VALUE; what must be there besides, --prepare can make"));
    }
    Ok(Version { resource_type, given })
}

fn value(declared: &PropertyDecl, text: &str, side: Side) -> Result<PropertyValue, CliError> {
    let name = &declared.name.value;
    let wrong = |why: String| {
        let version = side.as_str();
        CliError::usage(format!("the property {name} of the {version} version: {why}"))
            .help(format!("give each version its own: -p OLD:{name}=… -p NEW:{name}=…"))
    };
    let value = PropertyValue::parse(&declared.kind, text).map_err(wrong)?;
    declared.check(&value).map_err(wrong)?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_that_paths_have_in_common() {
        let common = |paths: &[&str]| common_folder(paths).map(|folder| folder.display().to_string());
        assert_eq!(common(&["/opt/a/bin/start", "/opt/a/bin/stop"]).as_deref(), Some("/opt/a/bin"));
        assert_eq!(common(&["/opt/a/bin/start", "/opt/a/sbin/stop"]).as_deref(), Some("/opt/a"));
        assert_eq!(common(&["/opt/ab/start", "/opt/a/stop"]).as_deref(), Some("/opt"));
        assert_eq!(common(&["/opt/a/start", "/usr/stop"]).as_deref(), Some("/"));
        assert_eq!(common(&[]), None);
    }
}
