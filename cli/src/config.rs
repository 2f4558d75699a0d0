//! Settings of lint, compat and plan: defaults, `rtreg.toml` (the nearest one upwards from each file, or `--config`), the command line; each
//! over the one before, and each value with where it comes from. Levels are put together by the checker.

mod marks;
mod read;
mod statements;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rtreg_checker::LintOptions;
use rtreg_checker::levels::{Layer, Levels, Setting};
use rtreg_checker::promise::{Statement, statement_words};
use rtreg_model::{Release, ResourceType, suggest};
use rtreg_upgrade::plan::Irreversible;

use crate::completed::{self, any_word, completed};
use crate::error::CliError;
pub use read::Schema;
use read::{At, ConfigFile};
use statements::Said;

/// The name of the file that is looked for.
pub const FILE_NAME: &str = "rtreg.toml";

/// The settings on the command line.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings")]
pub struct SettingArguments {
    /// The file with settings; without it the nearest `rtreg.toml` upwards from each file.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The release that the files are meant for: 3.0, 3.1, 3.2 or 4.x (the default).
    #[arg(long, value_name = "RELEASE", value_parser = completed(release, completed::releases), hide_possible_values = true)]
    pub target: Option<Release>,
    /// The root of a zone: files below it are registered in that zone.
    #[arg(long, value_name = "DIR")]
    pub zone_root: Option<PathBuf>,
    /// What is wanted: rules, sets (errors, recommended, all), beginnings of rules (missing_).
    #[arg(
        long,
        value_name = "RULE[,RULE]",
        value_delimiter = ',',
        value_parser = any_word(completed::selectors),
        hide_possible_values = true
    )]
    pub select: Option<Vec<String>>,
    /// What is not wanted, named as with --select.
    #[arg(
        long,
        value_name = "RULE[,RULE]",
        value_delimiter = ',',
        value_parser = any_word(completed::selectors),
        hide_possible_values = true
    )]
    pub ignore: Vec<String>,
    /// The level of a rule, a set or the beginning of rules: error, warning, note or off.
    #[arg(long = "level", value_name = "RULE=LEVEL", value_parser = level)]
    pub levels: Vec<(String, Setting)>,
    /// The baseline: findings in it are not counted.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
}

/// Reads a release.
///
/// # Errors
/// The word is none.
pub fn release(word: &str) -> Result<Release, String> {
    Release::parse(word).ok_or_else(|| "expected 3.0, 3.1, 3.2 or 4.x".to_owned())
}

fn level(text: &str) -> Result<(String, Setting), String> {
    let (rule, word) = text.split_once('=').ok_or("expected RULE=LEVEL such as timeout_max=warning")?;
    match Setting::parse(word) {
        Some(level) => Ok((rule.to_owned(), level)),
        None => Err(match suggest::nearest(word, rtreg_checker::levels::LEVELS) {
            Some(near) => format!("expected error, warning, note or off, found `{word}`; did you mean `{near}`?"),
            None => format!("expected error, warning, note or off, found `{word}`"),
        }),
    }
}

/// What holds for a file.
#[derive(Debug)]
pub struct Settings {
    /// The release.
    pub target: Release,
    /// The root of a zone, without links.
    zone_root: Option<PathBuf>,
    /// Which rules are wanted, at which level.
    pub levels: Levels,
    /// The baseline.
    pub baseline: Option<PathBuf>,
    /// What is left out, and the folder that the patterns are relative to.
    exclude: Option<(PathBuf, Gitignore)>,
    /// Statements about two versions, and the file that they stand in.
    statements: Vec<At<Said>>,
    /// Changes of version that nothing leads back from.
    pub irreversible: Vec<Irreversible>,
    file: PathBuf,
    /// Each value and where it comes from.
    pub rows: Vec<Row>,
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Row {
    /// The key; `levels.RULE` for a level.
    pub key: String,
    /// The value, in words.
    pub value: String,
    /// `default`, `FILE:LINE` or `command line`.
    pub origin: String,
}

impl Settings {
    /// What the rules are asked for a file.
    pub fn lint_options(&self, path: &Path) -> LintOptions {
        let below = |root: &PathBuf| path.canonicalize().is_ok_and(|path| path.starts_with(root));
        LintOptions::default().target(self.target).zone_root(self.zone_root.as_ref().is_some_and(below))
    }

    /// What people say about two versions of a type.
    pub fn statements(&self, old: &ResourceType, new: &ResourceType) -> Vec<Statement> {
        let name = new.name();
        let version = |it: &ResourceType| it.version.value.as_str().unwrap_or_default().to_owned();
        let (from, to) = (version(old), version(new));
        let about = self.statements.iter().filter(|at| at.value.is_about(name.base(), &from, &to));
        let origin = |line| format!("{}:{line}", shown(&self.file));
        about.map(|at| Statement::new(at.value.question, at.value.good, origin(at.line))).collect()
    }

    /// Whether a file that was found in a folder is left out.
    pub fn excludes(&self, path: &Path) -> bool {
        let Some((folder, patterns)) = &self.exclude else { return false };
        let path = normal(path);
        path.strip_prefix(folder).is_ok_and(|path| patterns.matched_path_or_any_parents(path, false).is_ignore())
    }
}

/// Finds the settings of files; each file with settings is read once.
pub struct Resolver<'a> {
    arguments: &'a SettingArguments,
    /// Settings by the file they come from.
    by_file: BTreeMap<Option<PathBuf>, Arc<Settings>>,
    /// The file with settings by folder.
    by_folder: BTreeMap<PathBuf, Option<PathBuf>>,
    /// Settings by the folder of a file, as it is written in the file's path.
    by_parent: BTreeMap<PathBuf, Arc<Settings>>,
}

impl<'a> Resolver<'a> {
    /// With the settings of the command line, which are checked at once.
    ///
    /// # Errors
    /// An unknown rule; a `--config` that cannot be used; a zone root that is not there.
    pub fn new(arguments: &'a SettingArguments) -> Result<Self, CliError> {
        let mut resolver = Self::empty(arguments);
        resolver.settings(arguments.config.clone())?;
        Ok(resolver)
    }

    fn empty(arguments: &'a SettingArguments) -> Self {
        Self { arguments, by_file: BTreeMap::new(), by_folder: BTreeMap::new(), by_parent: BTreeMap::new() }
    }

    /// What holds for a file, which is not asked whether it is a folder.
    ///
    /// # Errors
    /// The file with settings cannot be used.
    pub fn of_file(&mut self, path: &Path) -> Result<Arc<Settings>, CliError> {
        let parent = path.parent().unwrap_or(path);
        if let Some(settings) = self.by_parent.get(parent) {
            return Ok(Arc::clone(settings));
        }
        let settings = self.of(path)?;
        self.by_parent.insert(parent.to_path_buf(), Arc::clone(&settings));
        Ok(settings)
    }

    /// What holds for a file, or for a folder that is to be searched.
    ///
    /// # Errors
    /// The file with settings cannot be used.
    pub fn of(&mut self, path: &Path) -> Result<Arc<Settings>, CliError> {
        if self.arguments.config.is_some() {
            return self.settings(self.arguments.config.clone());
        }
        let path = normal(path);
        let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(&path) };
        let file = self.nearest(folder);
        self.settings(file)
    }

    /// The file with settings that [`Resolver::of`] a file reads, looked for anew.
    pub fn file_of(arguments: &SettingArguments, path: &Path) -> Option<PathBuf> {
        let mut resolver = Resolver::empty(arguments);
        let above = || normal(path).parent().and_then(|folder| resolver.nearest(folder));
        arguments.config.clone().or_else(above)
    }

    fn nearest(&mut self, folder: &Path) -> Option<PathBuf> {
        if let Some(known) = self.by_folder.get(folder) {
            return known.clone();
        }
        let candidate = folder.join(FILE_NAME);
        let found = match folder.parent() {
            _ if candidate.is_file() => Some(candidate),
            Some(parent) => self.nearest(parent),
            None => None,
        };
        self.by_folder.insert(folder.to_path_buf(), found.clone());
        found
    }

    fn settings(&mut self, path: Option<PathBuf>) -> Result<Arc<Settings>, CliError> {
        if let Some(settings) = self.by_file.get(&path) {
            return Ok(Arc::clone(settings));
        }
        let file = path.as_deref().map(read::read).transpose()?.unwrap_or_default();
        let settings = Arc::new(settle(&file, self.arguments)?);
        self.by_file.insert(path, Arc::clone(&settings));
        Ok(settings)
    }
}

/// An absolute path without `.` and `..`; links stay.
pub fn normal(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut normal = PathBuf::new();
    for part in absolute.components() {
        match part {
            std::path::Component::ParentDir => drop(normal.pop()),
            std::path::Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}

/// A path as people see it: from the working folder where it is below it.
pub fn shown(path: &Path) -> String {
    let short = std::env::current_dir().ok().and_then(|folder| path.strip_prefix(folder).ok().map(Path::to_path_buf));
    short.unwrap_or_else(|| path.to_path_buf()).display().to_string()
}

/// Puts the layers together.
fn settle(file: &ConfigFile, line: &SettingArguments) -> Result<Settings, CliError> {
    let below = Layer {
        select: file.select.as_ref().map(|select| select.value.clone()),
        ignore: file.ignore.as_ref().map(|ignore| ignore.value.clone()).unwrap_or_default(),
        levels: file.levels.iter().map(|level| level.value.clone()).collect(),
    };
    let above = Layer { select: line.select.clone(), ignore: line.ignore.clone(), levels: line.levels.clone() };
    let levels = Levels::default().with(&below).and_then(|levels| levels.with(&above));
    let levels = levels.map_err(|unknown| CliError::usage(unknown.to_string()).help(unknown.help()))?;
    let zone_root = line.zone_root.as_ref().or(file.zone_root.as_ref().map(|root| &root.value));
    let zone_root = zone_root.map(|root| {
        root.canonicalize()
            .map_err(|error| CliError::usage(format!("the zone root {} cannot be found: {error}", root.display())))
    });
    let folder = file.path.parent().map(normal).unwrap_or_default();
    let patterns = |patterns: &Vec<String>| -> Result<Gitignore, ignore::Error> {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            builder.add_line(None, pattern)?;
        }
        builder.build()
    };
    let exclude = match file.exclude.as_ref().map(|at| patterns(&at.value)) {
        Some(patterns) => Some((folder, patterns.map_err(|error| CliError::usage(error.to_string()))?)),
        None => None,
    };
    let target = line.target.or(file.target.as_ref().map(|target| target.value));
    Ok(Settings {
        target: target.unwrap_or(LintOptions::default().target),
        zone_root: zone_root.transpose()?,
        levels,
        baseline: line.baseline.clone().or(file.baseline.as_ref().map(|baseline| baseline.value.clone())),
        exclude,
        statements: file.statements.clone(),
        irreversible: file.irreversible.iter().map(|at| at.value.clone()).collect(),
        file: file.path.clone(),
        rows: rows(file, line),
    })
}

/// Each value with where it comes from. A `select` of the command line replaces `select` and `ignore` of the file.
fn rows(file: &ConfigFile, line: &SettingArguments) -> Vec<Row> {
    let mut rows = Rows { rows: Vec::new(), name: shown(&file.path) };
    let path = |path: &PathBuf| shown(path);
    let target = file.target.as_ref().map(|at| (at.value.to_string(), at.line));
    rows.single("target", line.target.map(|target| target.to_string()), target, "4.x");
    let root = file.zone_root.as_ref().map(|at| (path(&at.value), at.line));
    rows.single("zone-root", line.zone_root.as_ref().map(path), root, "none");
    let select = file.select.as_ref().map(|at| (list(&at.value), at.line));
    rows.single("select", line.select.as_ref().map(|select| list(select)), select, "recommended");
    if let (Some(ignore), None) = (&file.ignore, &line.select) {
        rows.of_file("ignore", list(&ignore.value), ignore.line);
    }
    if !line.ignore.is_empty() {
        rows.of_line("ignore", list(&line.ignore));
    }
    for level in &file.levels {
        let (rule, setting) = &level.value;
        if !line.levels.iter().any(|(other, _)| other == rule) {
            rows.of_file(&format!("levels.{rule}"), word(*setting), level.line);
        }
    }
    for (rule, setting) in &line.levels {
        rows.of_line(&format!("levels.{rule}"), word(*setting));
    }
    rows.single("exclude", None, file.exclude.as_ref().map(|at| (list(&at.value), at.line)), "none");
    let baseline = file.baseline.as_ref().map(|at| (path(&at.value), at.line));
    rows.single("baseline", line.baseline.as_ref().map(path), baseline, "none");
    for at in &file.statements {
        let Said { from, to, question, good } = &at.value;
        let [yes, no] = statement_words(*question);
        let to = to.as_ref().map(|to| format!(" (to {to})")).unwrap_or_default();
        let word = if *good { yes } else { no };
        rows.of_file(&format!("compat.\"{from}\".{}", question.as_str()), format!("{word}{to}"), at.line);
    }
    for at in &file.irreversible {
        let Irreversible { resource_type, from, to, because, .. } = &at.value;
        let side =
            |word: &str, version: &Option<_>| version.as_ref().map(|it| format!(" {word} {it}")).unwrap_or_default();
        let key = format!("irreversible.\"{resource_type}{}{}\"", side("from", from), side("to", to));
        rows.of_file(&key, because.clone().unwrap_or_default(), at.line);
    }
    rows.rows
}

struct Rows {
    rows: Vec<Row>,
    name: String,
}

impl Rows {
    fn single(&mut self, key: &str, line: Option<String>, file: Option<(String, u32)>, default: &str) {
        match (line, file) {
            (Some(value), _) => self.of_line(key, value),
            (None, Some((value, number))) => self.of_file(key, value, number),
            (None, None) => self.push(key, default.to_owned(), "default".to_owned()),
        }
    }

    fn of_line(&mut self, key: &str, value: String) {
        self.push(key, value, "command line".to_owned());
    }

    fn of_file(&mut self, key: &str, value: String, line: u32) {
        let origin = format!("{}:{line}", self.name);
        self.push(key, value, origin);
    }

    fn push(&mut self, key: &str, value: String, origin: String) {
        self.rows.push(Row { key: key.to_owned(), value, origin });
    }
}

fn list(words: &[String]) -> String {
    words.join(", ")
}

fn word(setting: Setting) -> String {
    match setting {
        Setting::Off => "off".to_owned(),
        Setting::At(level) => level.as_str().to_owned(),
    }
}
