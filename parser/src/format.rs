//! The formatter: the same file in the one style that `docs/format.md` describes. It changes white space and the case of the
//! language's own words, nothing else: nothing is reordered, added or left out, and that is checked on every file that is
//! formatted. A file with a fault of syntax is left alone.

mod layout;
mod spelling;

use std::fmt;

use rtreg_model::{FileId, Finding, Level};

use crate::syntax::{Directive, DirectiveKind, Rtr, Token, TokenKind};
use crate::{lower, parse};

/// Most columns of a statement on one line, if its values can be put on lines of their own.
pub const WIDTH: usize = 100;

/// Why a file is not formatted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatFault {
    /// The file has faults of syntax: what belongs together is not certain. The first of them, and how many there are.
    Syntax {
        /// The first fault.
        first: Box<Finding>,
        /// How many there are.
        count: usize,
    },
    /// The formatted text would say something else; a fault of this crate.
    Changed(&'static str),
}

impl fmt::Display for FormatFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { first, count: 1 } => write!(f, "the file has an error: {}", first.message),
            Self::Syntax { first, count } => write!(f, "the file has {count} errors; the first: {}", first.message),
            Self::Changed(what) => write!(f, "formatting would change {what}"),
        }
    }
}

impl std::error::Error for FormatFault {}

/// The file in the one style. Formatting the result again gives the result.
///
/// # Errors
/// [`FormatFault::Syntax`] if the file has a fault of syntax. [`FormatFault::Changed`] if the result would not have the same
/// tokens, the same comments at the same places between them, and the same resource type.
///
/// ```
/// use rtreg_model::FileId;
/// let rtr = rtreg_parser::parse(b"RESOURCE_TYPE=web;# name\n{property = start_timeout; Min=5;}", FileId(0));
/// let text = rtreg_parser::format(&rtr).unwrap();
/// let wanted = "Resource_type = web;  # name\n\n{\n    PROPERTY = Start_timeout;\n    MIN = 5;\n}\n";
/// assert_eq!(String::from_utf8(text).unwrap(), wanted);
/// ```
pub fn format(rtr: &Rtr<'_>) -> Result<Vec<u8>, FormatFault> {
    let mut errors = rtr.findings.iter().filter(|finding| finding.level == Level::Error);
    if let Some(first) = errors.next() {
        return Err(FormatFault::Syntax { first: Box::new(first.clone()), count: 1 + errors.count() });
    }
    let text = layout::print(rtr, &spelling::Spelling::new(rtr));
    check(rtr, &parse(&text, FileId(0)))?;
    Ok(text)
}

/// Whether two files say the same: the same tokens and comments in the same order, and the same resource type.
fn check(before: &Rtr<'_>, after: &Rtr<'_>) -> Result<(), FormatFault> {
    if after.findings.iter().any(|finding| finding.level == Level::Error) {
        return Err(FormatFault::Changed("the syntax"));
    }
    let matter = |token: &&Token| !matches!(token.kind, TokenKind::White | TokenKind::Unknown);
    let mut old = before.tokens.iter().filter(matter);
    let mut new = after.tokens.iter().filter(matter);
    loop {
        match (old.next(), new.next()) {
            (None, None) => break,
            (Some(old), Some(new)) if old.kind == new.kind => match old.kind {
                TokenKind::Comment if comment(before, old) != comment(after, new) => {
                    return Err(FormatFault::Changed("a comment"));
                }
                TokenKind::Comment | TokenKind::Directive => {}
                _ if !before.text(old.span).eq_ignore_ascii_case(after.text(new.span)) => {
                    return Err(FormatFault::Changed("a word"));
                }
                _ => {}
            },
            _ => return Err(FormatFault::Changed("the order of the parts")),
        }
    }
    if !before.directives().map(directive).eq(after.directives().map(directive)) {
        return Err(FormatFault::Changed("a directive"));
    }
    if lower(before) != lower(after) {
        return Err(FormatFault::Changed("the resource type"));
    }
    Ok(())
}

/// A comment without the white space at its end.
fn comment<'s>(rtr: &Rtr<'s>, token: &Token) -> &'s [u8] {
    let text = rtr.text(token.span);
    let end = text.iter().rposition(|byte| !b" \t\r".contains(byte)).map_or(0, |last| last + 1);
    text.get(..end).unwrap_or_default()
}

/// What a directive says.
fn directive<'s>(it: &Directive<'s>) -> (Vec<u8>, Option<&'s [u8]>, Option<Vec<u8>>) {
    let (version, tunability) = match &it.kind {
        DirectiveKind::UpgradeFrom { version, tunability } => (version.as_ref(), tunability.as_ref()),
        DirectiveKind::Upgrade | DirectiveKind::Unknown => (None, None),
    };
    let tunability = tunability.map(|word| word.text.to_ascii_uppercase());
    (it.word.text.to_ascii_lowercase(), version.map(|version| version.text), tunability)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rtr(text: &str) -> Rtr<'_> {
        parse(text.as_bytes(), FileId(0))
    }

    #[test]
    fn a_text_that_says_something_else_is_found_out() {
        let before = "Resource_type = web; # a\n#$upgrade\n#$upgrade_from \"1\" ANYTIME\n{ PROPERTY = Start_timeout; }";
        let same = "resource_type=web;# a  \n#$Upgrade\n#$upgrade_from  \"1\" anytime\n{property=start_timeout;}";
        assert_eq!(check(&rtr(before), &rtr(same)), Ok(()));
        let others = [
            ("web;", "web2;", "a word"),
            ("# a", "# b", "a comment"),
            ("# a", "#", "a comment"),
            ("; # a", " # a\n;", "the order of the parts"),
            (" # a", "", "the order of the parts"),
            ("\"1\"", "\"2\"", "a directive"),
            ("ANYTIME", "WHEN_OFFLINE", "a directive"),
            (" }", "", "the syntax"),
        ];
        for (from, to, what) in others {
            let after = before.replacen(from, to, 1);
            assert_eq!(check(&rtr(before), &rtr(&after)), Err(FormatFault::Changed(what)), "{after}");
        }
    }
}
