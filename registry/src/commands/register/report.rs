//! What `rtreg register` says: the report and its words.

use std::collections::BTreeSet;

use rtreg_checker::report::json::JsonFinding;
use rtreg_model::{Finding, RtVersion};
use schemars::JsonSchema;
use serde::Serialize;

use crate::records::NameRecord;

/// What was registered.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// Version of this form: 1.
    pub version: u32,
    /// The types, in the order of the files.
    pub types: Vec<Registered>,
    /// Findings of all files; none is at error level.
    #[serde(rename = "findings")]
    pub json_findings: Vec<JsonFinding>,
    /// The same as data, for a renderer; files are numbered as in the request.
    #[serde(skip)]
    pub findings: Vec<Finding>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Registered now.
    Registered,
    /// Registered already, with the same content: nothing was changed.
    Unchanged,
}

/// A type of the command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Registered {
    /// The file.
    pub file: String,
    /// What became of it.
    pub effect: Effect,
    /// The full name.
    pub name: String,
    /// RT_version; null if the file declares none.
    pub rt_version: Option<String>,
    /// Whether the file has `#$upgrade`, so that resources can be upgraded to this version.
    pub upgrade_aware: bool,
    /// SHA-256 of the file.
    pub rtr_sha256: String,
    /// Installed_nodes; null means all nodes.
    pub installed_nodes: Option<Vec<String>>,
    /// RT_system.
    pub rt_system: bool,
    /// The declared methods.
    pub methods: Vec<RegisteredMethod>,
    /// Registered versions of the same type that name the same method files.
    pub shared_paths: Vec<SharedPaths>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
}

/// A method of a type of the command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RegisteredMethod {
    /// Name of the method.
    pub method: String,
    /// Absolute path.
    pub path: String,
    /// SHA-256 of the file on this node; null where it does not exist.
    pub digest: Option<String>,
}

/// Method files that two versions of a type have in common: who overwrites one changes both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SharedPaths {
    /// Full name of the other version.
    pub name: String,
    /// Its RT_version.
    pub rt_version: Option<String>,
    /// The paths.
    pub paths: Vec<String>,
}

impl Report {
    /// The report in words.
    pub fn text(&self) -> String {
        // What two files of the command share is said once.
        let mut said = BTreeSet::new();
        self.types.iter().map(|registered| registered.text(&mut said)).collect()
    }
}

impl Registered {
    fn text<'r>(&'r self, said: &mut BTreeSet<(&'r str, &'r str)>) -> String {
        let version = version_words(self.rt_version.as_deref());
        if self.effect == Effect::Unchanged {
            let mut text =
                format!("`{}` is registered already, with the same content: nothing was changed\n", self.name);
            self.notes.iter().for_each(|note| text.push_str(&format!("  {note}\n")));
            return text;
        }
        let mut text = format!("registered `{}` ({version}) from {}\n", self.name, self.file);
        if !self.upgrade_aware {
            text.push_str(
                "  not upgrade-aware: the file has no `#$upgrade`, no resource can be upgraded to this version\n",
            );
        }
        if let Some(nodes) = &self.installed_nodes {
            text.push_str(&format!("  Installed_nodes: {}\n", nodes.join(", ")));
        }
        let seen = self.methods.iter().filter(|method| method.digest.is_some()).count();
        text.push_str(&format!("  {} methods, of which {seen} exist on this node\n", self.methods.len()));
        for shared in &self.shared_paths {
            if said.contains(&(shared.name.as_str(), self.name.as_str())) {
                continue;
            }
            said.insert((&self.name, &shared.name));
            text.push_str(&shared.text(self.rt_version.as_deref()));
        }
        self.notes.iter().for_each(|note| text.push_str(&format!("  {note}\n")));
        text
    }
}

impl SharedPaths {
    pub(crate) fn new(other: &NameRecord, paths: Vec<String>) -> Self {
        Self { name: other.name.to_string(), rt_version: other.version.as_str().map(str::to_owned), paths }
    }

    /// The paths in words, for the version `own`.
    pub fn text(&self, own: Option<&str>) -> String {
        let word = |version: Option<&str>| version.unwrap_or("unversioned").to_owned();
        let mut versions =
            [RtVersion::new(self.rt_version.clone().unwrap_or_default()), RtVersion::new(own.unwrap_or_default())];
        versions.sort();
        let [older, newer] = versions;
        let paths = if self.paths.len() == 1 { "path" } else { "paths" };
        let mut text = format!(
            "  {} and {} share {} {paths}: who overwrites one of these files changes both versions\n",
            word(older.as_str()),
            word(newer.as_str()),
            self.paths.len()
        );
        self.paths.iter().for_each(|path| text.push_str(&format!("    {path}\n")));
        text
    }
}

/// A version in words: `version 4.6`, `unversioned`.
pub(crate) fn version_words(version: Option<&str>) -> String {
    version.map_or_else(|| "unversioned".to_owned(), |version| format!("version {version}"))
}
