//! A type property is declared twice.
//!
//! # What
//!
//! The same name is declared more than once outside of braces; case does not count.
//!
//! # Why
//!
//! Which of the two counts is not defined by the manuals. Source: our reading of rt_reg(4), "Resource Type Declarations".
//!
//! # Example
//!
//! ```text
//! Failover = TRUE;
//! FAILOVER = FALSE;
//! ```
//!
//! # Instead
//!
//! ```text
//! Failover = TRUE;
//! ```

use std::collections::BTreeMap;

use rtreg_model::{Applicability, Level};
use rtreg_parser::Declaration;

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let mut seen = BTreeMap::new();
    for (declaration, property) in context.sound() {
        let first: &Declaration<'_> = seen.entry(property.name).or_insert(declaration.node);
        if first.span != declaration.node.span {
            let message = format!("expected {} once, found a second declaration", property.name);
            report.add(declaration.node.span, message, |draft| {
                let draft = draft.also(first.span, "the first declaration is here").help("remove one of the two");
                match first.says(declaration.node) {
                    true => {
                        let delete = context.delete(declaration.node.span);
                        draft.fix("delete the second one", Applicability::Safe, vec![delete])
                    }
                    false => draft,
                }
            });
        }
    }
}
