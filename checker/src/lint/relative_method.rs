//! The path of a method is relative, and there is no RT_basedir.
//!
//! # What
//!
//! A method is declared with a path that does not begin with `/`, and the file has no RT_basedir to complete it.
//!
//! # Why
//!
//! The cluster could not find the method. Source: rt_properties(5), RT_basedir: required unless all method paths are
//! absolute.
//!
//! # Example
//!
//! ```text
//! Start = bin/start;
//! ```
//!
//! # Instead
//!
//! ```text
//! RT_basedir = /opt/ACMEweb;
//! Start = bin/start;
//! ```

use rtreg_model::Level;
use rtreg_parser::Value;

use crate::context::{Context, has_placeholder, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    if context.may_declare("RT_basedir") {
        return;
    }
    let methods = context.sound().filter_map(|(declaration, _)| declaration.method().zip(declaration.single()));
    let is_relative = |value: &Value<'_>| !value.text.is_empty() && !value.text.starts_with(b"/") && !has_placeholder(value);
    let mut relative = methods.filter(|(_, value)| is_relative(value));
    let Some((method, value)) = relative.next() else { return };
    let message = format!("expected an absolute path for {method} or an RT_basedir, found {}", quote(value.text));
    report.add(value.span, message, |draft| {
        relative
            .fold(draft, |draft, (method, value)| draft.also(value.span, format!("the path of {method} is relative, too")))
            .help("declare the folder of the methods with `RT_basedir = /path;`, or write absolute paths")
    });
}
