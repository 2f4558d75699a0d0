//! `rtreg setting list` and `set`: choices that hold for a whole store. Each change needs a reason and stays in the history.

use rtreg_model::suggest;
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::{CommandError, Refusal};
use crate::gate::{EmptyUpgradeFrom, Settings};
use crate::history::Object;
use crate::keys;
use crate::records::SettingRecord;
use crate::store::StoreError;
use crate::transaction::Transaction;
use crate::view::View;

/// A setting that rtreg knows.
struct Known {
    name: &'static str,
    meaning: &'static str,
    values: fn() -> Vec<&'static str>,
    default: &'static str,
}

const EMPTY_UPGRADE_FROM: Known = Known {
    name: "empty-upgrade-from",
    meaning: "which versions `#$upgrade_from \"\"` means: no version or any that is not listed (3.1 8/05 and later), or no \
              version only",
    values: || EmptyUpgradeFrom::ALL.iter().map(|reading| reading.as_str()).collect(),
    default: EmptyUpgradeFrom::CatchAll.as_str(),
};

/// All settings; a new one is one line here and one in [`read_settings`].
const KNOWN: [Known; 1] = [EMPTY_UPGRADE_FROM];

/// All settings with their values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// Version of this form: 1.
    pub version: u32,
    /// By name.
    pub settings: Vec<Setting>,
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether that is the default, never changed.
    pub default: bool,
    /// The values that it may have.
    pub values: Vec<String>,
    /// What it decides.
    pub meaning: String,
}

/// What was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SetReport {
    /// Version of this form: 1.
    pub version: u32,
    /// The setting.
    pub name: String,
    /// Its value before.
    pub before: String,
    /// Its value now.
    pub after: String,
}

/// What the gate needs to know of the settings; that they are so becomes a condition.
///
/// # Errors
/// [`CommandError::Store`]; [`StoreError::Corrupt`] for a value that this version of rtreg does not know.
pub fn read_settings(view: &View<'_>) -> Result<Settings, CommandError> {
    let key = keys::setting(EMPTY_UPGRADE_FROM.name);
    let mut settings = Settings::default();
    if let Some(record) = view.record::<SettingRecord>(&key)? {
        settings.empty_upgrade_from = EmptyUpgradeFrom::parse(&record.value).ok_or_else(|| StoreError::Corrupt {
            place: key,
            reason: format!("`{}` is no value of this setting; was it set by a newer rtreg?", record.value),
        })?;
    }
    Ok(settings)
}

/// Lists all settings.
///
/// # Errors
/// [`CommandError::Store`].
pub fn list(view: &View<'_>) -> Result<Report, CommandError> {
    let setting = |known: &Known| {
        let record: Option<SettingRecord> = view.record(&keys::setting(known.name))?;
        Ok::<_, CommandError>(Setting {
            name: known.name.to_owned(),
            default: record.is_none(),
            value: record.map_or_else(|| known.default.to_owned(), |record| record.value),
            values: (known.values)().into_iter().map(str::to_owned).collect(),
            meaning: known.meaning.to_owned(),
        })
    };
    Ok(Report { version: 1, settings: KNOWN.iter().map(setting).collect::<Result<_, _>>()? })
}

/// Sets a setting; the reason is that of the context.
///
/// # Errors
/// Refusals `unknown_setting` and `bad_value`; [`CommandError::Usage`] without a reason; [`CommandError::Store`].
pub fn set(tx: &mut Transaction<'_>, name: &str, value: &str) -> Result<SetReport, CommandError> {
    let known = KNOWN.iter().find(|known| known.name == name).ok_or_else(|| unknown(name))?;
    let values = (known.values)();
    let Some(after) = values.iter().copied().find(|word| word.eq_ignore_ascii_case(value)) else {
        let near = suggest::nearest(value, values.iter().copied());
        let refusal =
            Refusal::new("bad_value", format!("expected {} as value of {name}, found `{value}`", values.join(" or ")));
        return Err(match near {
            Some(near) => refusal.help(format!("did you mean `{near}`?")).into(),
            None => refusal.help("`rtreg setting list` shows what each value means").into(),
        });
    };
    if tx.context().why.as_deref().is_none_or(|why| why.trim().is_empty()) {
        return Err(CommandError::usage(
            Refusal::new("no_reason", format!("expected a reason for setting {name}, found none")).help(
                "a setting changes what upgrades are allowed: say why with `--reason TEXT`, it is kept in the history",
            ),
        ));
    }
    let key = keys::setting(known.name);
    let before = tx.view.record::<SettingRecord>(&key)?.map_or_else(|| known.default.to_owned(), |record| record.value);
    if before != after {
        tx.put(key, &SettingRecord { value: after.to_owned() });
        let detail = serde_json::json!({ "before": before, "after": after });
        tx.log(Object::new("setting", known.name), "set", detail)?;
    }
    Ok(SetReport { version: 1, name: known.name.to_owned(), before, after: after.to_owned() })
}

fn unknown(name: &str) -> Refusal {
    let refusal = Refusal::new("unknown_setting", format!("there is no setting `{name}`"));
    match suggest::nearest(name, KNOWN.iter().map(|known| known.name)) {
        Some(near) => refusal.help(format!("did you mean `{near}`?")),
        None => refusal.help("`rtreg setting list` shows all settings"),
    }
}

impl Report {
    /// The report in words.
    pub fn text(&self) -> String {
        let lines = |setting: &Setting| {
            let default = if setting.default { " (default)" } else { "" };
            format!(
                "{} = {}{default}\n  {}\n  values: {}\n",
                setting.name,
                setting.value,
                setting.meaning,
                setting.values.join(", ")
            )
        };
        self.settings.iter().map(lines).collect()
    }
}

impl SetReport {
    /// The report in words.
    pub fn text(&self) -> String {
        if self.before == self.after {
            format!("{} is {} already: nothing was changed\n", self.name, self.after)
        } else {
            format!("{} is now {} (was {})\n", self.name, self.after, self.before)
        }
    }
}
