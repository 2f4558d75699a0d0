//! A comment has characters that are not ASCII.
//!
//! # What
//!
//! A comment has bytes above 127. Values with such bytes are another rule's matter, and an error.
//!
//! # Why
//!
//! The manual calls the file an ASCII file. Comments are skipped as white space, so nothing fails, and printed Japanese
//! manuals have such comments; but a tool that shows the file in another encoding shows something else. Source: rt_reg(4).
//!
//! # Example
//!
//! ```text
//! # Größe des Speichers
//! Failover = TRUE;
//! ```
//!
//! # Instead
//!
//! ```text
//! # Groesse des Speichers
//! Failover = TRUE;
//! ```

use rtreg_model::{Level, Span};

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let mut places = context.comments.iter().filter_map(|token| {
        let text = token.span.slice(context.source);
        if text.is_ascii() {
            return None;
        }
        let start = text.iter().position(|byte| !byte.is_ascii())?;
        let length = text.iter().skip(start).take_while(|byte| !byte.is_ascii()).count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let at = token.span.start.saturating_add(number(start));
        Some(Span::new(at, at.saturating_add(number(length))))
    });
    let Some(first) = places.next() else { return };
    let message = match places.count() {
        0 => "expected ASCII, found other characters in a comment".to_owned(),
        more => format!("expected ASCII, found other characters in this comment and in {more} more"),
    };
    report.add(first, message, |draft| draft.help("write the comment with ASCII characters"));
}
