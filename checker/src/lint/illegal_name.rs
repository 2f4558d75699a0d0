//! The name of a property or a literal breaks the rules for names.
//!
//! # What
//!
//! The name of an extension property or the literal of an ENUM does not start with a letter, has other characters than
//! letters, digits, `-` and `_`, is not ASCII or has more than 255 characters.
//!
//! # Why
//!
//! Such a name cannot be used in a command. Source: r_properties(5), "RGM Legal Names".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = 2nd_port; EXTENSION; INT; DEFAULT = 81; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = second_port; EXTENSION; INT; DEFAULT = 81; }
//! ```

use rtreg_model::{Applicability, Level};
use rtreg_model::name::check_name;
use rtreg_parser::Value;

use crate::context::{Context, TableEntry, has_placeholder, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    if let Some(name) = entry.name.filter(|_| entry.extension) {
        judge(name, "the name of a property", report);
    }
    let sound = entry.attributes.iter().filter(|attribute| attribute.sound);
    for literals in sound.filter_map(|attribute| attribute.literals()) {
        let named = literals.list.iter().filter(|literal| literals.list.len() > 1 || !literal.text.is_empty());
        named.for_each(|literal| judge(literal, "a literal", report));
    }
}

fn judge(name: &Value<'_>, what: &str, report: &mut Report<'_>) {
    if has_placeholder(name) {
        return;
    }
    if let Err(rule) = check_name(&name.as_text()) {
        report.add(name.span, format!("{} cannot be {what}: {rule}", quote(name.text)), |draft| {
            let draft = draft.help("choose a name of ASCII letters, digits, `-` and `_` that starts with a letter");
            let legal = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
            let fixed: String = name.to_text().chars().map(legal).collect();
            match check_name(&fixed) {
                Ok(()) => draft.replace(format!("write `{fixed}`"), Applicability::Unsafe, name.span, fixed),
                Err(_) => draft,
            }
        });
    }
}
