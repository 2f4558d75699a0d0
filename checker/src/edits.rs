//! The edits that cures are made of: statements deleted, moved and inserted with their lines, comments spared. It judges
//! nothing.

use rtreg_model::{Edit, Span, suggest};

use crate::context::Context;

/// The whole lines of a span, when nothing else is on them but perhaps a comment behind it.
struct Lines {
    /// With the line end.
    span: Span,
    /// A comment stands behind the span.
    commented: bool,
}

impl<'a> Context<'a> {
    /// Deletes a statement or entry: its lines, if nothing else is on them.
    pub(crate) fn delete(&self, span: Span) -> Edit {
        let span = match self.lines_of(span) {
            Some(lines) if !lines.commented => lines.span,
            _ => self.with_blanks(span),
        };
        Edit::new(span, String::new())
    }

    /// Deletes the span, and the blanks on one side of it.
    fn with_blanks(&self, span: Span) -> Span {
        let behind = blanks_at_start(self.slice(span.end, u32::MAX));
        let before = blanks_at_end(self.slice(0, span.start));
        let ends = self.slice(span.end + behind, u32::MAX).first().is_none_or(|byte| b"\r\n".contains(byte));
        let starts = self.slice(0, span.start - before).last().is_none_or(|&byte| byte == b'\n');
        match (starts, ends) {
            // What stands before on the line is at its end then.
            (false, true) => Span::new(span.start - before, span.end),
            _ => Span::new(span.start, span.end + behind),
        }
    }

    /// Moves a statement to a line of its own before another that stands before it, with the comment behind it; none if its
    /// text is no UTF-8.
    pub(crate) fn move_before(&self, what: Span, before: Span) -> Option<Vec<Edit>> {
        let (taken, text) = match self.lines_of(what) {
            Some(lines) => (lines.span, self.slice(what.start, lines.span.end).trim_ascii_end()),
            None => (self.with_blanks(what), what.slice(self.source)),
        };
        let text = std::str::from_utf8(text).ok()?;
        let delete = Edit::new(taken, String::new());
        Some(vec![self.insert_before(before, text), delete])
    }

    /// Inserts a line before a statement, indented as that.
    pub(crate) fn insert_before(&self, statement: Span, text: &str) -> Edit {
        Edit::new(Span::at(statement.start), format!("{text}{}", self.line_end(statement)))
    }

    /// Inserts a line behind a statement and the comment behind that, indented as the statement.
    pub(crate) fn insert_behind(&self, statement: Span, text: &str) -> Edit {
        match self.lines_of(statement) {
            Some(lines) => {
                let line = self.slice(lines.span.start, lines.span.end);
                let end = lines.span.start + length(line.trim_ascii_end());
                Edit::new(Span::at(end), format!("{}{text}", self.line_end(statement)))
            }
            None => Edit::new(Span::at(statement.end), format!(" {text}")),
        }
    }

    /// Inserts a line that must not share it, such as a directive, behind a statement.
    pub(crate) fn insert_line_behind(&self, statement: Span, text: &str) -> Edit {
        match self.lines_of(statement) {
            Some(_) => self.insert_behind(statement, text),
            None => Edit::new(Span::at(statement.end), format!("\n{text}\n")),
        }
    }

    /// A line end and the indentation of the statement's line.
    fn line_end(&self, statement: Span) -> String {
        let before = self.slice(0, statement.start);
        let blanks = blanks_at_end(before);
        let indent = before.get(before.len() - blanks as usize..).unwrap_or_default();
        let alone = before.len() == indent.len() || before.get(before.len() - indent.len() - 1) == Some(&b'\n');
        format!("\n{}", if alone { String::from_utf8_lossy(indent) } else { "".into() })
    }

    fn lines_of(&self, span: Span) -> Option<Lines> {
        let start = span.start - blanks_at_end(self.slice(0, span.start));
        let behind = self.slice(span.end, u32::MAX);
        let rest = behind.get(blanks_at_start(behind) as usize..).unwrap_or_default();
        let starts = start == 0 || self.slice(0, start).last() == Some(&b'\n');
        let commented = rest.first() == Some(&b'#');
        if !starts || !(commented || rest.is_empty() || rest.starts_with(b"\n") || rest.starts_with(b"\r\n")) {
            return None;
        }
        let line = behind.iter().position(|&byte| byte == b'\n').map_or(behind.len(), |end| end + 1);
        Some(Lines { span: Span::new(start, span.end + number(line)), commented })
    }

    fn slice(&self, start: u32, end: u32) -> &'a [u8] {
        Span::new(start, end).slice(self.source)
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn length(text: &[u8]) -> u32 {
    number(text.len())
}

fn blanks_at_start(text: &[u8]) -> u32 {
    number(text.iter().take_while(|byte| b" \t".contains(byte)).count())
}

fn blanks_at_end(text: &[u8]) -> u32 {
    number(text.iter().rev().take_while(|byte| b" \t".contains(byte)).count())
}

/// What is said about a number with a character that only looks like a minus.
pub(crate) const NO_MINUS: &str = "the character before the digits is a dash of typesetting: write the minus `-`";

/// The number that is meant by digits behind a dash or minus sign that is not ASCII.
pub(crate) fn meant_number(text: &str) -> Option<String> {
    let digits = text.strip_prefix(['\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2212}'])?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("-{digits}"))
}

/// TRUE or FALSE, if the word is another usual way to say it or is misspelt.
pub(crate) fn meant_boolean(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "y" | "on" | "1" | "t" | "enabled" => Some("TRUE"),
        "no" | "n" | "off" | "0" | "f" | "disabled" => Some("FALSE"),
        word => suggest::nearest(word, ["TRUE", "FALSE"]),
    }
}

/// Whether the text has only letters, digits and underscores: a misspelt word, and not two that grew together.
pub(crate) fn is_one_word(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
