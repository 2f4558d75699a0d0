//! The file does not begin with Resource_type.
//!
//! # What
//!
//! The first declaration is not Resource_type, or the file has none.
//!
//! # Why
//!
//! Registration fails if Resource_type is not the first entry of the file. Source: rt_reg(4); the developer's guides of 3.0 to
//! 3.2, the comments of the sample RTR file.
//!
//! # Example
//!
//! ```text
//! Vendor_id = ACME;
//! Resource_type = "web";
//! ```
//!
//! # Instead
//!
//! ```text
//! Resource_type = "web";
//! Vendor_id = ACME;
//! ```

use rtreg_model::{Applicability, Level};

use crate::context::{Context, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

const NAME: &str = "Resource_type";

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let is_it = |name: Option<&'static str>| name == Some(NAME);
    let index = context.declarations.iter().position(|declaration| is_it(declaration.property.map(|property| property.name)));
    match index {
        Some(0) => {}
        Some(at) => {
            let Some((first, own)) = context.declarations.first().zip(context.declarations.get(at)) else { return };
            if first.sound && own.sound && !is_it(first.meant) {
                let found = quote(first.node.name.text);
                let message = format!("expected {NAME} as the first declaration, found {found}");
                report.add(first.node.name.span, message, |draft| {
                    let draft = draft
                        .also(own.node.span, "Resource_type is here")
                        .help("move the declaration of Resource_type to the top");
                    match context.move_before(own.node.span, first.node.span) {
                        Some(edits) => draft.fix("move it to the top", Applicability::Safe, edits),
                        None => draft,
                    }
                });
            }
        }
        None if !context.may_declare(NAME) => {
            report.add(context.start, "expected a declaration of Resource_type, found none", |draft| {
                draft.help("begin the file with the name of the type: `Resource_type = \"name\";`")
            });
        }
        None => {}
    }
}
