//! `rtreg rules`: all rules with their levels and sets.

use clap::Args;
use rtreg_checker::{Set, explanations};
use schemars::JsonSchema;
use serde::Serialize;

use super::explain::RuleLine;
use crate::app::App;
use crate::completed::{self, completed};
use crate::error::{CliError, Exit};
use crate::output;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only the rules of this set: errors, recommended or all.
    #[arg(
        long,
        value_name = "SET",
        default_value = "all",
        value_parser = completed(set, completed::sets),
        hide_possible_values = true
    )]
    set: Set,
}

fn set(word: &str) -> Result<Set, String> {
    Set::parse(word).ok_or_else(|| "expected errors, recommended or all".to_owned())
}

/// The answer as JSON, version 1.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RulesReport {
    /// Of this form: 1.
    version: u32,
    /// The rules, by identifier.
    rules: Vec<RuleLine>,
}

/// Prints the rules.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    let all: Vec<_> = explanations().into_iter().filter(|rule| rule.set() <= arguments.set).collect();
    let report = RulesReport { version: 1, rules: all.iter().map(RuleLine::new).collect() };
    output::answer(app, &report, |_| {
        let width = all.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
        let line = |rule: &rtreg_checker::Explanation| {
            format!("{:<width$}  {:<7}  {:<11}  {}", rule.id, rule.level.as_str(), rule.set().as_str(), rule.summary())
        };
        all.iter().map(line).collect::<Vec<_>>().join("\n")
    })
}
