//! The file declares a type property that does not exist.
//!
//! # What
//!
//! The name of a declaration outside of braces is none of the type properties.
//!
//! # Why
//!
//! The cluster refuses the file. Source: rt_properties(5).
//!
//! # Example
//!
//! ```text
//! Strat = bin/start;
//! ```
//!
//! # Instead
//!
//! ```text
//! Start = bin/start;
//! ```

use rtreg_model::standard::{ATTRIBUTES, KIND_KEYWORDS, Presence, TYPE_PROPERTIES, standard_property};
use rtreg_model::{Applicability, Level, suggest};

use crate::context::{Context, TypeDeclaration, quote};
use crate::edits::is_one_word;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let unknown = context.declarations.iter().filter(|declaration| declaration.sound && declaration.property.is_none());
    for declaration in unknown {
        let message = format!("expected a type property, found {}", quote(declaration.node.name.text));
        report.add(declaration.node.name.span, message, |draft| {
            let help = cure(declaration);
            let draft = draft.help(help.as_deref().unwrap_or("remove the declaration, or see rt_properties(5) for the names"));
            match misspelt(context, declaration) {
                Some(meant) => {
                    draft.replace(format!("write `{meant}`"), Applicability::Safe, declaration.node.name.span, meant)
                }
                None => draft,
            }
        });
    }
}

/// The type property that is surely meant: no other is as near, and the file does not declare it.
fn misspelt(context: &Context<'_>, declaration: &TypeDeclaration<'_>) -> Option<&'static str> {
    let name = declaration.node.name;
    let text = name.to_text();
    let other_meaning = standard_property(&text).is_some() || text.eq_ignore_ascii_case("Prenet_stop");
    let declared = |meant: &str| {
        context.declarations.iter().any(|other| other.property.is_some_and(|property| property.name == meant))
    };
    suggest::only_nearest(&text, TYPE_PROPERTIES.iter().map(|property| property.name))
        .filter(|meant| declaration.meant == Some(meant) && is_one_word(name.text) && !other_meaning)
        .filter(|meant| !declared(meant))
}

fn cure(declaration: &TypeDeclaration<'_>) -> Option<String> {
    let name = declaration.node.name.to_text();
    if name.eq_ignore_ascii_case("Prenet_stop") {
        return Some("there is no such method; Prenet_start starts and Postnet_stop stops".to_owned());
    }
    if let Some(property) = standard_property(&name) {
        let name = property.name;
        if property.presence == Presence::QueryOnly {
            return Some(format!("{name} is a resource property that an RTR file cannot set: remove the declaration"));
        }
        return Some(format!("{name} is a resource property: give it an entry `{{ PROPERTY = {name}; … }}` in the table"));
    }
    if ATTRIBUTES.iter().chain(&KIND_KEYWORDS).any(|keyword| keyword.eq_ignore_ascii_case(&name)) {
        return Some("this is an attribute: it belongs between the braces of an entry".to_owned());
    }
    declaration.meant.map(|meant| format!("did you mean `{meant}`?"))
}
