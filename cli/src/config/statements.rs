//! The tables `[compat."VERSION"]` of `rtreg.toml`: what people say about two versions, word by word. Unknown keys and words
//! are errors; what a statement counts for is decided by the checker.

use rtreg_checker::promise::statement_words;
use rtreg_model::evidence::Question;
use rtreg_model::suggest;
use schemars::JsonSchema;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::read::{At, Reader};

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The old version: its RT_version, or `VENDOR.TYPE:RT_version`.
    pub from: String,
    /// The new version, where the table is about one only.
    pub to: Option<String>,
    /// The question.
    pub question: Question,
    /// Whether it works.
    pub good: bool,
}

/// What is said of an old version, and of one new version or of all.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "the fields are the schema; the reader below keeps the place of each")]
pub struct CompatSchema {
    /// The new version that the table is about; without it, it is about all.
    to: Option<String>,
    /// Whether the new Stop ends what the old Prenet_start and Start began.
    stop: Option<StartWord>,
    /// Whether the new Postnet_stop clears away what the old Prenet_start and Start began.
    postnet_stop: Option<StartWord>,
    /// Whether the new Update works on what the old Prenet_start and Start began.
    update: Option<StartWord>,
    /// Whether the new Monitor_check works beside what the old Prenet_start and Start began.
    monitor_check: Option<StartWord>,
    /// Whether the new Fini undoes what the old Init did.
    fini: Option<InitWord>,
    /// Whether the new Monitor_stop ends what the old Monitor_start began.
    monitor_stop: Option<MonitorWord>,
    /// Whether the old monitor, still running, can live beside the new version's methods.
    old_monitor: Option<BesideWord>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
#[allow(dead_code, reason = "the variants are the schema")]
enum StartWord {
    UnderstandsStart,
    DoesNotUnderstandStart,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
#[allow(dead_code, reason = "the variants are the schema")]
enum InitWord {
    UnderstandsInit,
    DoesNotUnderstandInit,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
#[allow(dead_code, reason = "the variants are the schema")]
enum MonitorWord {
    UnderstandsMonitorStart,
    DoesNotUnderstandMonitorStart,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
#[allow(dead_code, reason = "the variants are the schema")]
enum BesideWord {
    LivesBesideNewMethods,
    DoesNotLiveBesideNewMethods,
}

impl Reader<'_> {
    /// Reads the table `compat`, in the order of the file.
    pub(super) fn statements(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<At<Said>> {
        let DeValue::Table(versions) = value.get_ref() else {
            self.wrong_kind(value, "a table of versions such as [compat.\"1.0\"]");
            return Vec::new();
        };
        let mut said = Vec::new();
        for (version, table) in versions {
            match table.get_ref() {
                DeValue::Table(table) => self.of_version(version.get_ref(), table, &mut said),
                _ => self.wrong_kind(table, "a table of statements such as stop = \"understands-start\""),
            }
        }
        said.sort_by_key(|at| at.line);
        said
    }

    fn of_version(&mut self, from: &str, table: &DeTable<'_>, said: &mut Vec<At<Said>>) {
        let to = table.iter().find(|(key, _)| key.get_ref() == "to").map(|(_, value)| value);
        let to = to.and_then(|value| self.string(value, "a version in quotes")).map(|word| word.value);
        for (key, value) in table.iter().filter(|(key, _)| key.get_ref() != "to") {
            let Some(question) = Question::parse(key.get_ref()) else {
                let names = || Question::ALL.iter().map(|question| question.as_str()).chain(["to"]);
                let message = format!("expected a question about two versions, found `{}`", key.get_ref());
                self.report("unknown_key", key.span(), message);
                let near = suggest::nearest(key.get_ref(), names()).map(|near| format!("did you mean `{near}`?"));
                let all = || format!("the keys are {}", names().collect::<Vec<_>>().join(", "));
                self.help(near.or_else(|| Some(all())));
                continue;
            };
            let words = statement_words(question);
            let [good, bad] = words;
            let Some(word) = self.string(value, &format!("\"{good}\" or \"{bad}\"")) else { continue };
            if let Some(at) = words.iter().position(|known| *known == word.value) {
                let (from, to, good) = (from.to_owned(), to.clone(), at == 0);
                said.push(At { value: Said { from, to, question, good }, line: word.line });
                continue;
            }
            let message = format!("expected {good} or {bad}, found `{}`", word.value);
            self.report("unknown_statement", value.span(), message);
            self.help(suggest::nearest(&word.value, words).map(|near| format!("did you mean `{near}`?")));
        }
    }
}

impl Said {
    /// Whether it is about these two versions of the type with this base name. The versions are empty for a file without
    /// RT_version.
    pub fn is_about(&self, base: &str, old: &str, new: &str) -> bool {
        let is = |name: &str, version: &str| name == version || name == format!("{base}:{version}");
        is(&self.from, old) && self.to.as_deref().is_none_or(|to| is(to, new))
    }
}
