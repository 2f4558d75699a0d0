//! `rtreg explain`: the text about one rule. The words stand in the rule's own file.

use clap::Args;
use rtreg_checker::{Explanation, explanation};
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::completed::{self, any_word};
use crate::error::{CliError, Exit};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Identifier of the rule, as findings have it in brackets; `rtreg rules` lists all.
    #[arg(value_name = "RULE", value_parser = any_word(completed::rules), hide_possible_values = true)]
    rule: String,
}

/// The answer as JSON, version 1.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleReport {
    /// Of this form: 1.
    version: u32,
    /// The rule.
    #[serde(flatten)]
    rule: RuleLine,
    /// The explanation in Markdown.
    text: String,
}

/// A rule as lists have it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleLine {
    /// What findings carry.
    id: String,
    /// `error`, `warning` or `note`.
    level: String,
    /// The smallest set that the rule is in: `errors`, `recommended` or `all`.
    set: String,
    /// Whether it is a fault of the syntax; these are found whatever the set.
    syntax: bool,
    /// What it is about: `syntax`, `lint` (one file), `compat` (two versions) or `other`.
    kind: String,
    /// One sentence.
    summary: String,
    /// Its page, relative to the root of the project.
    page: String,
}

impl RuleLine {
    /// The line of a rule.
    pub fn new(rule: &Explanation) -> Self {
        Self {
            id: rule.id.to_owned(),
            level: rule.level.as_str().to_owned(),
            set: rule.set().as_str().to_owned(),
            syntax: rule.syntax,
            kind: rule.kind.as_str().to_owned(),
            summary: rule.summary().to_owned(),
            page: rule.page(),
        }
    }
}

/// Prints the explanation.
///
/// # Errors
/// An unknown rule (usage).
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    let rule = explanation(&arguments.rule).map_err(|near| {
        let hint = match near {
            Some(near) => format!("did you mean `{near}`? `rtreg rules` lists all"),
            None => "`rtreg rules` lists all".to_owned(),
        };
        CliError::usage(format!("expected the identifier of a rule, found `{}`", arguments.rule)).help(hint)
    })?;
    let report = RuleReport { version: 1, rule: RuleLine::new(&rule), text: rule.text.clone() };
    output::answer(app, &report, |report| {
        let RuleLine { id, level, set, .. } = &report.rule;
        format!("{id} ({level}, set {set})\n\n{}", report.text)
    })
}
