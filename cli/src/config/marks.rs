//! The list `[[irreversible]]` of `rtreg.toml`: changes of version that nothing leads back from, each with the reason. Unknown
//! keys and words are errors; what an entry is about is decided by the planner.

use rtreg_model::{RtVersion, suggest};
use rtreg_upgrade::plan::Irreversible;
use schemars::JsonSchema;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::read::{At, Reader};
use super::shown;

/// A change of version that nothing leads back from: a plan with it marks the point of no return.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "the fields are the schema; the reader below keeps the place of each")]
pub struct IrreversibleSchema {
    /// The type without version: VENDOR.TYPE, or TYPE for that of any vendor.
    r#type: String,
    /// Only from this RT_version (or unversioned); without it, from any.
    from: Option<String>,
    /// Only to this RT_version (or unversioned); without it, to any.
    to: Option<String>,
    /// Why, for whoever is asked to accept it: "the Start of 5.0 converts the data files".
    because: String,
}

const KEYS: [&str; 4] = ["type", "from", "to", "because"];

impl Reader<'_> {
    /// Reads the list `irreversible`, in the order of the file.
    pub(super) fn irreversible(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<At<Irreversible>> {
        const EXPECTED: &str = "a list of tables, each below a line [[irreversible]]";
        let DeValue::Array(entries) = value.get_ref() else {
            self.wrong_kind(value, EXPECTED);
            return Vec::new();
        };
        let mut said = Vec::new();
        for entry in entries.iter() {
            match entry.get_ref() {
                DeValue::Table(table) => said.extend(self.change(entry, table)),
                _ => self.wrong_kind(entry, EXPECTED),
            }
        }
        said
    }

    fn change(&mut self, entry: &Spanned<DeValue<'_>>, table: &DeTable<'_>) -> Option<At<Irreversible>> {
        let [mut resource_type, mut from, mut to, mut because] = [const { None }; 4];
        for (key, value) in table {
            let word = key.get_ref().as_ref();
            let (place, expected) = match word {
                "type" => (&mut resource_type, "a type without version such as \"XMPL.web\""),
                "from" => (&mut from, "an RT_version in quotes"),
                "to" => (&mut to, "an RT_version in quotes"),
                "because" => (&mut because, "the reason in quotes"),
                _ => {
                    let message = format!("expected a key of [[irreversible]], found `{word}`");
                    self.report("unknown_key", key.span(), message);
                    let near = suggest::nearest(word, KEYS).map(|near| format!("did you mean `{near}`?"));
                    self.help(near.or_else(|| Some(format!("the keys are {}", KEYS.join(", ")))));
                    continue;
                }
            };
            *place = self.filled(value, expected);
        }
        for key in ["type", "because"].into_iter().filter(|key| !table.iter().any(|(known, _)| known.get_ref() == *key))
        {
            self.report(
                "missing_key",
                entry.span(),
                format!("expected `{key}` in this entry of [[irreversible]], found none"),
            );
            self.help(Some(match key {
                "type" => "write the type that it is about: type = \"XMPL.web\"".to_owned(),
                _ => {
                    "write why, for whoever is asked to accept it: because = \"the new Start converts the data files\""
                        .to_owned()
                }
            }));
        }
        let (resource_type, because) = (resource_type?, because?);
        if let Some((bare, version)) = resource_type.value.split_once(':') {
            let span =
                table.iter().find(|(key, _)| key.get_ref() == "type").map_or(entry.span(), |(_, value)| value.span());
            self.report(
                "type_with_version",
                span,
                format!("expected a type without version, found `{}`", resource_type.value),
            );
            self.help(Some(format!("write type = \"{bare}\" and to = \"{version}\"")));
            return None;
        }
        let version =
            |at: At<String>| if at.value == "unversioned" { RtVersion::UNVERSIONED } else { RtVersion::new(at.value) };
        let line = resource_type.line;
        let origin = format!("{}:{line}", shown(self.path_read()));
        let because = Some(because.value);
        let value = Irreversible {
            resource_type: resource_type.value,
            from: from.map(version),
            to: to.map(version),
            because,
            origin,
        };
        Some(At { value, line })
    }

    /// A word that says something.
    fn filled(&mut self, value: &Spanned<DeValue<'_>>, expected: &str) -> Option<At<String>> {
        let word = self.string(value, expected)?;
        if !word.value.trim().is_empty() {
            return Some(word);
        }
        self.report("empty_value", value.span(), format!("expected {expected}, found nothing between the quotes"));
        None
    }
}
