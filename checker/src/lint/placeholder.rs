//! A template's placeholder was not replaced.
//!
//! # What
//!
//! A value has `(NAME)`, `@NAME@` or `${NAME}` in it, in capitals, where an installer was to put in a real value; the last one
//! only in quotes, because braces are tokens outside of them.
//!
//! # Why
//!
//! The file is a template; registered as it is, paths and names would not exist. Shipped templates of agents have
//! `(INSTALL_DIRECTORY)` in RT_basedir. The rules about paths and names do not judge such a value.
//!
//! # Example
//!
//! ```text
//! RT_basedir = (INSTALL_DIRECTORY)/bin;
//! ```
//!
//! # Instead
//!
//! ```text
//! RT_basedir = /opt/ACMEweb/bin;
//! ```

use std::collections::BTreeMap;

use rtreg_model::{Keyword, Level, Span};
use rtreg_parser::Value;

use crate::context::{Context, find_placeholder, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let mut places: BTreeMap<&[u8], Vec<Span>> = BTreeMap::new();
    for value in values(context) {
        let Some(span) = find_placeholder(value) else { continue };
        let start = (span.start - value.span.start - u32::from(value.quoted)) as usize;
        let name = value.text.get(start..start + span.len() as usize).unwrap_or_default();
        places.entry(name).or_default().push(span);
    }
    for (name, spans) in places {
        let Some((first, others)) = spans.split_first() else { continue };
        let found = quote(name);
        let message = match others.len() {
            0 => format!("expected a real value, found the placeholder {found}"),
            1 => format!("expected real values, found the placeholder {found} here and in one more place"),
            count => format!("expected real values, found the placeholder {found} here and in {count} more places"),
        };
        report.add(*first, message, |draft| draft.help("let the installer replace it before the type is registered"));
    }
}

fn values<'c>(context: &'c Context<'_>) -> impl Iterator<Item = &'c Value<'c>> {
    let declared = context.sound().filter(|(_, property)| property.name != "RT_description");
    let declared = declared.filter_map(|(declaration, _)| declaration.node.values.as_ref());
    let attributes = context.entries.iter().flat_map(|entry| &entry.attributes);
    let wanted = attributes.filter(|attribute| attribute.sound && attribute.keyword != Some(Keyword::Description));
    declared.chain(wanted.filter_map(|attribute| attribute.values())).flat_map(|values| &values.list)
}
