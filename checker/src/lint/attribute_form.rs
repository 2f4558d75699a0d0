//! An attribute does not have the form that its keyword asks for.
//!
//! # What
//!
//! A keyword that takes a value stands alone (`DEFAULT;`), or a type keyword that takes none has one (`STRING = 5;`).
//!
//! # Why
//!
//! The vendor's grammar knows three forms of attribute: flags, values, and the type of an extension property. What another
//! form means is not defined. Source: rt_reg(4), "Resource Property Declarations"; property_attributes(5).
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; INT; DEFAULT; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; }
//! ```

use rtreg_model::{Applicability, Keyword, Level};
use rtreg_parser::AttributeValue;

use crate::context::{Context, TableAttribute, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

const FLAGS: [Keyword; 3] = [Keyword::Extension, Keyword::PerNode, Keyword::Tunable];

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    for attribute in entry.sound() {
        let Some((message, help)) = fault(attribute) else { continue };
        report.add(attribute.node.span, message, |draft| {
            let draft = draft.help(help);
            match (attribute.keyword, attribute.flag()) {
                // `INT = TRUE;` is read as the type; with another value it is not clear what is meant.
                (Some(keyword), Some(true)) if takes_none(keyword) => {
                    draft.replace("delete the value", Applicability::Safe, attribute.node.span, format!("{keyword};"))
                }
                _ => draft,
            }
        });
    }
}

/// A type that stands alone.
fn takes_none(keyword: Keyword) -> bool {
    keyword.is_kind() && keyword != Keyword::Enum
}

fn fault(attribute: &TableAttribute<'_>) -> Option<(String, String)> {
    let keyword = attribute.keyword?;
    match &attribute.node.value {
        AttributeValue::Flag if keyword == Keyword::Enum => None,
        AttributeValue::Flag if takes_none(keyword) || FLAGS.contains(&keyword) => None,
        AttributeValue::Flag => Some((
            format!("expected a value for {keyword}, found none"),
            format!("write `{keyword} = value;`"),
        )),
        AttributeValue::Values(_) if keyword == Keyword::Enum => Some((
            "expected literals in braces behind ENUM, found `=`".to_owned(),
            "write `ENUM { first, second };`".to_owned(),
        )),
        AttributeValue::Values(values) if keyword == Keyword::Property && values.list.is_empty() => Some((
            "expected the name of a property behind PROPERTY, found none".to_owned(),
            "write `PROPERTY = name;`".to_owned(),
        )),
        AttributeValue::Values(_) if takes_none(keyword) => Some((
            format!("expected `;` behind the type {keyword}, found a value"),
            format!("write `{keyword};` for the type and `DEFAULT = value;` for the value"),
        )),
        AttributeValue::Literals(_) if keyword != Keyword::Enum => Some((
            format!("expected no braces behind {keyword}: only ENUM has literals"),
            "write `ENUM { first, second };` for an enumeration".to_owned(),
        )),
        _ => None,
    }
}
