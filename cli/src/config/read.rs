//! The text of `rtreg.toml`: its keys, each with its place. What is wrong is a finding in that text; nothing is guessed.

use std::ops::Range;
use std::path::{Path, PathBuf};

use rtreg_checker::levels::{self, LEVELS, Setting};
use rtreg_checker::report::Sources;
use rtreg_checker::report::text::{TextOptions, render};
use rtreg_model::{FileId, Finding, Level, Release, Span, suggest};
use rtreg_upgrade::plan::Irreversible;
use schemars::JsonSchema;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::marks::IrreversibleSchema;
use super::shown;
use super::statements::{CompatSchema, Said};
use crate::error::CliError;

/// The form of `rtreg.toml`, for editors: `rtreg config schema`.
#[derive(JsonSchema)]
#[schemars(title = "rtreg.toml", rename_all = "kebab-case", deny_unknown_fields)]
#[allow(dead_code, reason = "the fields are the schema; the reader below keeps the place of each")]
pub struct Schema {
    /// The release that the files are meant for; the default is 4.x.
    target: Option<TargetWord>,
    /// The root of a zone, from the folder of this file: files below it are registered in that zone.
    zone_root: Option<String>,
    /// What is wanted: rules, sets (errors, recommended, all), beginnings of rules (missing_); the default is recommended.
    select: Option<Vec<String>>,
    /// What is not wanted: rules, sets, beginnings of rules.
    ignore: Option<Vec<String>>,
    /// The level of rules, sets, beginnings of rules.
    levels: Option<std::collections::BTreeMap<String, LevelWord>>,
    /// Files and folders that are left out, as in .gitignore, from the folder of this file.
    exclude: Option<Vec<String>>,
    /// The baseline, from the folder of this file.
    baseline: Option<String>,
    /// What is known of two versions, by the old one: its RT_version, or `VENDOR.TYPE:RT_version`.
    compat: Option<std::collections::BTreeMap<String, CompatSchema>>,
    /// Changes of version that nothing leads back from: plans mark the point of no return.
    irreversible: Option<Vec<IrreversibleSchema>>,
}

#[derive(JsonSchema)]
#[allow(dead_code, reason = "the variants are the schema")]
enum TargetWord {
    #[schemars(rename = "3.0")]
    V30,
    #[schemars(rename = "3.1")]
    V31,
    #[schemars(rename = "3.2")]
    V32,
    #[schemars(rename = "4.x")]
    V4,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[allow(dead_code, reason = "the variants are the schema")]
enum LevelWord {
    Error,
    Warning,
    Note,
    Off,
}

/// The keys, in the order of the manual.
const KEYS: [&str; 9] =
    ["target", "zone-root", "select", "ignore", "levels", "exclude", "baseline", "compat", "irreversible"];

/// A value and the line it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// The line, from 1.
    pub line: u32,
}

/// What a file says. Paths are joined to its folder.
#[derive(Debug, Clone, Default)]
pub struct ConfigFile {
    /// The file, as it was found.
    pub path: PathBuf,
    /// The release.
    pub target: Option<At<Release>>,
    /// The root of a zone.
    pub zone_root: Option<At<PathBuf>>,
    /// Selectors of what is wanted.
    pub select: Option<At<Vec<String>>>,
    /// Selectors of what is not wanted.
    pub ignore: Option<At<Vec<String>>>,
    /// Levels of rules, in the order of the file.
    pub levels: Vec<At<(String, Setting)>>,
    /// Patterns of what is left out.
    pub exclude: Option<At<Vec<String>>>,
    /// The baseline.
    pub baseline: Option<At<PathBuf>>,
    /// Statements about two versions, in the order of the file.
    pub statements: Vec<At<Said>>,
    /// Changes of version that nothing leads back from, in the order of the file.
    pub irreversible: Vec<At<Irreversible>>,
}

/// Reads a file.
///
/// # Errors
/// It cannot be read; it has keys or values that are not known (usage), all of them with their places.
pub fn read(path: &Path) -> Result<ConfigFile, CliError> {
    let text = std::fs::read(path)
        .map_err(|error| CliError::usage(format!("the settings in {} cannot be read: {error}", path.display())))?;
    let text = String::from_utf8(text).map_err(|error| {
        CliError::usage(format!("expected UTF-8 in {}, found a byte that is none", path.display()))
            .help(format!("look at byte {}", error.utf8_error().valid_up_to()))
    })?;
    let mut reader = Reader::new(path, &text);
    match DeTable::parse(&text) {
        Ok(table) => reader.table(table.get_ref()),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            reader.report("toml", span, format!("expected TOML, found something else: {}", error.message()));
        }
    }
    reader.finish(path)
}

pub(super) struct Reader<'t> {
    text: &'t str,
    folder: PathBuf,
    file: ConfigFile,
    findings: Vec<Finding>,
}

impl<'t> Reader<'t> {
    fn new(path: &Path, text: &'t str) -> Self {
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let file = ConfigFile { path: path.to_path_buf(), ..ConfigFile::default() };
        Self { text, folder, file, findings: Vec::new() }
    }

    fn table(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "target" => self.file.target = self.target(value),
                "zone-root" => self.file.zone_root = self.path(value),
                "select" => self.file.select = self.selectors(value),
                "ignore" => self.file.ignore = self.selectors(value),
                "levels" => self.file.levels = self.levels(value),
                "exclude" => self.file.exclude = self.patterns(value),
                "baseline" => self.file.baseline = self.path(value),
                "compat" => self.file.statements = self.statements(value),
                "irreversible" => self.file.irreversible = self.irreversible(value),
                word => {
                    self.report("unknown_key", key.span(), format!("expected a key of rtreg.toml, found `{word}`"));
                    let near = suggest::nearest(word, KEYS).map(|near| format!("did you mean `{near}`?"));
                    self.help(near.or_else(|| Some(format!("the keys are {}", KEYS.join(", ")))));
                }
            }
        }
    }

    fn target(&mut self, value: &Spanned<DeValue<'_>>) -> Option<At<Release>> {
        let word = self.string(value, "a release such as \"4.x\"")?;
        let release = Release::parse(&word.value);
        if release.is_none() {
            self.report(
                "unknown_release",
                value.span(),
                format!("expected 3.0, 3.1, 3.2 or 4.x, found `{}`", word.value),
            );
        }
        release.map(|release| At { value: release, line: word.line })
    }

    fn path(&mut self, value: &Spanned<DeValue<'_>>) -> Option<At<PathBuf>> {
        let word = self.string(value, "a path in quotes")?;
        Some(At { value: self.folder.join(word.value), line: word.line })
    }

    fn selectors(&mut self, value: &Spanned<DeValue<'_>>) -> Option<At<Vec<String>>> {
        let line = self.line(value.span().start);
        let words = self.strings(value, "a list of rules such as [\"missing_rt_version\"]")?;
        for (word, span) in &words {
            self.selector(word, span.clone());
        }
        Some(At { value: words.into_iter().map(|(word, _)| word).collect(), line })
    }

    fn selector(&mut self, word: &str, span: Range<usize>) {
        if let Err(unknown) = levels::check_selector(word) {
            self.report("unknown_rule", span, unknown.to_string());
            self.help(Some(unknown.help()));
        }
    }

    fn levels(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<At<(String, Setting)>> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_kind(value, "a table of levels such as { timeout_max = \"warning\" }");
            return Vec::new();
        };
        let mut rows: Vec<(&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)> = table.iter().collect();
        rows.sort_by_key(|(key, _)| key.span().start);
        let mut levels = Vec::new();
        for (key, value) in rows {
            self.selector(key.get_ref(), key.span());
            let Some(word) = self.string(value, "\"error\", \"warning\", \"note\" or \"off\"") else { continue };
            match Setting::parse(&word.value) {
                Some(level) => levels.push(At { value: (key.get_ref().to_string(), level), line: word.line }),
                None => {
                    let message = format!("expected error, warning, note or off, found `{}`", word.value);
                    self.report("unknown_level", value.span(), message);
                    self.help(suggest::nearest(&word.value, LEVELS).map(|near| format!("did you mean `{near}`?")));
                }
            }
        }
        levels
    }

    fn patterns(&mut self, value: &Spanned<DeValue<'_>>) -> Option<At<Vec<String>>> {
        let line = self.line(value.span().start);
        let words = self.strings(value, "a list of patterns such as [\"old/\"]")?;
        for (word, span) in &words {
            let mut builder = ignore::gitignore::GitignoreBuilder::new("");
            if let Err(error) = builder.add_line(None, word) {
                self.report("bad_pattern", span.clone(), format!("expected a pattern as in .gitignore: {error}"));
            }
        }
        Some(At { value: words.into_iter().map(|(word, _)| word).collect(), line })
    }

    pub(super) fn path_read(&self) -> &Path {
        &self.file.path
    }

    pub(super) fn string(&mut self, value: &Spanned<DeValue<'_>>, expected: &str) -> Option<At<String>> {
        match value.get_ref() {
            DeValue::String(word) => Some(At { value: word.to_string(), line: self.line(value.span().start) }),
            _ => {
                self.wrong_kind(value, expected);
                None
            }
        }
    }

    fn strings(&mut self, value: &Spanned<DeValue<'_>>, expected: &str) -> Option<Vec<(String, Range<usize>)>> {
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_kind(value, expected);
            return None;
        };
        let words: Vec<_> = array.iter().map(|value| (self.string(value, "a word in quotes"), value.span())).collect();
        Some(words.into_iter().filter_map(|(word, span)| Some((word?.value, span))).collect())
    }

    pub(super) fn wrong_kind(&mut self, value: &Spanned<DeValue<'_>>, expected: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a word in quotes",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.report("wrong_value", value.span(), format!("expected {expected}, found {found}"));
    }

    pub(super) fn report(&mut self, rule: &'static str, span: Range<usize>, message: String) {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let span = Span::new(number(span.start), number(span.end));
        self.findings.push(Finding::new(rule, Level::Error, FileId(0), span, message));
    }

    /// What to do next, of the last finding.
    pub(super) fn help(&mut self, words: Option<String>) {
        if let (Some(finding), Some(words)) = (self.findings.last_mut(), words) {
            finding.help = Some(words);
        }
    }

    fn line(&self, at: usize) -> u32 {
        let newlines = self.text.bytes().take(at).filter(|&byte| byte == b'\n').count();
        u32::try_from(newlines + 1).unwrap_or(u32::MAX)
    }

    fn finish(mut self, path: &Path) -> Result<ConfigFile, CliError> {
        if self.findings.is_empty() {
            return Ok(self.file);
        }
        self.findings.sort_by_key(|finding| finding.primary.span);
        let mut sources = Sources::default();
        sources.add(shown(path), self.text.into());
        let text = render(&self.findings, &sources, &TextOptions::default());
        Err(CliError::usage(format!("the settings in {} cannot be used", shown(path)))
            .details(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned))
            .help("`rtreg config schema` prints the JSON Schema of the file"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_and_the_reader_know_the_same_keys() {
        let schema = serde_json::to_value(schemars::schema_for!(Schema)).unwrap();
        let mut keys: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = KEYS.to_vec();
        keys.sort_unstable();
        known.sort_unstable();
        assert_eq!(keys, known);
        assert_eq!(schema["additionalProperties"], false);
    }
}
