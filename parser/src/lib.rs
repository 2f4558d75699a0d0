//! RTR text (rt_reg(4)) → lossless syntax with byte spans → resource type; and back to text,
//! or to the same file in one style.
//!
//! Parsing never fails and never panics: each fault of the text is one [`rtreg_model::Finding`], and parsing goes on
//! behind it. This crate never does IO.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod cursor;
mod directive;
mod faults;
mod file;
mod format;
#[doc(hidden)]
pub mod invariants;
mod lexer;
mod lower;
mod misplaced;
mod print;
mod quotes;
pub mod read;
mod slips;
mod statement;
pub mod syntax;
mod transpose;
mod values;

use rtreg_model::FileId;

pub use faults::{SYNTAX_RULES, SYNTAX_WARNINGS, syntax_doc};
pub use format::{FormatFault, format};
pub use lower::lower;
pub use print::print;
pub use syntax::{
    Attribute, AttributeValue, Declaration, Directive, DirectiveKind, Entry, Item, Rtr, Stray, Token, TokenKind, Value,
    Values, Word,
};

/// Parses any bytes. What is wrong is in [`Rtr::findings`], under the identifiers of [`SYNTAX_RULES`]; what the file means
/// is not looked at. Of a file of 4 GiB or more only the first 4 GiB - 1 are read, and a finding says so.
///
/// ```
/// use rtreg_model::FileId;
/// let rtr = rtreg_parser::parse(b"Resource_type = web\nRT_version = \"1\";", FileId(0));
/// assert_eq!(rtr.findings.len(), 1);
/// assert_eq!(rtr.findings[0].rule, "missing_semicolon");
/// assert_eq!(rtr.findings[0].primary.span.start, 19);
/// assert_eq!(rtr.declarations().count(), 2);
/// ```
pub fn parse(source: &[u8], file: FileId) -> Rtr<'_> {
    parse_up_to(source, file, u32::MAX)
}

/// [`parse`], reading at most `limit` bytes.
fn parse_up_to(source: &[u8], file: FileId, limit: u32) -> Rtr<'_> {
    let whole = source;
    let source = rtreg_model::Span::new(0, limit).slice(whole);
    let mut lexed = lexer::lex(source);
    let mut cursor = cursor::Cursor::new(source, file, std::mem::take(&mut lexed.code));
    file::report_bytes(&mut cursor, &lexed);
    if source.len() < whole.len() {
        let end = rtreg_model::Span::at(limit);
        let message = format!("expected a file of at most {limit} bytes, found {}", whole.len());
        let finding = cursor.error("file_too_large", end, message);
        cursor.report(finding.help("is this an RTR file? The part behind this place was not read"));
    }
    let (items, mut findings) = file::FileParser::new(cursor).parse();
    findings.sort_by_key(|finding| finding.primary.span.start);
    Rtr { source, file, tokens: lexed.tokens, comments: lexed.comments, items, findings }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_not_read() {
        let rtr = parse_up_to(b"Resource_type = web; {", FileId(0), 20);
        let rules: Vec<_> = rtr.findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, ["file_too_large"]);
        assert_eq!(rtr.to_bytes(), b"Resource_type = web;");
        assert!(SYNTAX_RULES.iter().any(|(id, _)| *id == "file_too_large"));
    }
}
