//! A text and the positions of the protocol in it: lines, and characters in the units that client and server agreed on. Every
//! position has a byte, however wrong it is; edits never fail.

use gen_lsp_types::{Position, Range};
use rtreg_model::Span;

/// What a position counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16; what the protocol has where nothing is agreed.
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

impl Encoding {
    fn units(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    /// The length of a text in these units.
    pub fn length(self, text: &str) -> u32 {
        number(match self {
            Self::Utf8 => text.len(),
            _ => text.chars().map(|character| self.units(character)).sum(),
        })
    }
}

/// A text with its lines. A line ends with `\n`, `\r\n` or `\r`, as the protocol has it.
///
/// ```
/// use gen_lsp_types::{Position, Range};
/// use rtreg_lsp::{Encoding, Text};
/// let mut text = Text::new("a = \"😀\";\r\nb", Encoding::Utf16);
/// assert_eq!(text.position(9), Position { line: 0, character: 7 });
/// assert_eq!(text.offset(Position { line: 1, character: 99 }), 14);
/// let end = Position { line: 9, character: 9 };
/// text.edit(Range { start: end, end }, ";");
/// assert_eq!(text.as_str(), "a = \"😀\";\r\nb;");
/// ```
#[derive(Debug, Clone)]
pub struct Text {
    text: String,
    /// First byte of each line; never empty.
    starts: Vec<usize>,
    encoding: Encoding,
}

impl Text {
    /// A text whose positions are in `encoding`.
    pub fn new(text: impl Into<String>, encoding: Encoding) -> Self {
        let text = text.into();
        Self { starts: line_starts(&text), text, encoding }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What positions count in.
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The position of a byte; inside of a character that of the character, inside of a line end that of the line's end.
    pub fn position(&self, at: usize) -> Position {
        let at = self.text.floor_char_boundary(at);
        let line = self.starts.partition_point(|&start| start <= at).saturating_sub(1);
        let (start, end) = self.line(line);
        let before = self.text.get(start..at.min(end)).unwrap_or_default();
        Position { line: number(line), character: self.encoding.length(before) }
    }

    /// The byte at a position: a character behind the end of its line is the end of the line, a line behind the last one the
    /// end of the text, a unit inside of a character its start.
    pub fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        if line >= self.starts.len() {
            return self.text.len();
        }
        let (start, end) = self.line(line);
        let wanted = position.character as usize;
        let mut units = 0;
        let mut at = start;
        for character in self.text.get(start..end).unwrap_or_default().chars() {
            units += self.encoding.units(character);
            if units > wanted {
                break;
            }
            at += character.len_utf8();
        }
        at
    }

    /// The byte at a position, as places in a file are counted.
    pub fn at(&self, position: Position) -> u32 {
        number(self.offset(position))
    }

    /// The range of a span.
    pub fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start as usize), end: self.position(span.end as usize) }
    }

    /// The span of a range, whichever end comes first.
    pub fn span(&self, range: Range) -> Span {
        let (start, end) = (self.at(range.start), self.at(range.end));
        Span::new(start.min(end), start.max(end))
    }

    /// Puts a text in the place of a range.
    pub fn edit(&mut self, range: Range, new: &str) {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        self.text.replace_range(start.min(end)..start.max(end), new);
        self.starts = line_starts(&self.text);
    }

    /// First byte of a line and the first of its end.
    fn line(&self, line: usize) -> (usize, usize) {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let next = self.starts.get(line + 1).copied();
        let whole = self.text.get(start..next.unwrap_or(self.text.len())).unwrap_or_default();
        let content = match next {
            Some(_) => whole.strip_suffix("\r\n").or_else(|| whole.strip_suffix(['\n', '\r'])).unwrap_or(whole),
            None => whole,
        };
        (start, start + content.len())
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate().filter(|&(at, &byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn the_three_units_differ_only_where_they_must() {
        let text = "é😀x\n";
        for (encoding, expected) in
            [(Encoding::Utf8, [0, 2, 6, 7]), (Encoding::Utf16, [0, 1, 3, 4]), (Encoding::Utf32, [0, 1, 2, 3])]
        {
            let text = Text::new(text, encoding);
            let bytes = [0, 2, 6, 7];
            assert_eq!(bytes.map(|at| text.position(at).character), expected, "{encoding:?}");
            assert_eq!(expected.map(|character| text.offset(position(0, character))), bytes, "{encoding:?}");
        }
    }

    #[test]
    fn wrong_places_are_the_nearest_right_ones() {
        let text = Text::new("a😀\r\nb\rc\n", Encoding::Utf16);
        // Between the two halves of a character.
        assert_eq!(text.offset(position(0, 2)), 1);
        assert_eq!(text.position(3), position(0, 1));
        // Behind the end of a line, and between the two bytes of its end.
        assert_eq!(text.offset(position(0, 99)), 5);
        assert_eq!(text.position(6), position(0, 3));
        assert_eq!((text.offset(position(1, 1)), text.offset(position(2, 0))), (8, 9));
        assert_eq!(text.position(9), position(2, 0));
        // The line behind the last line end, and all lines behind that.
        assert_eq!(
            (text.offset(position(3, 0)), text.offset(position(3, 5)), text.offset(position(4, 0))),
            (11, 11, 11)
        );
        assert_eq!((text.position(11), text.position(99)), (position(3, 0), position(3, 0)));
    }

    #[test]
    fn edits_at_the_end_in_empty_texts_and_backwards() {
        let mut text = Text::new("", Encoding::Utf16);
        text.edit(Range { start: position(0, 0), end: position(0, 0) }, "a\nb");
        text.edit(Range { start: position(1, 1), end: position(1, 1) }, "\n");
        assert_eq!(text.as_str(), "a\nb\n");
        text.edit(Range { start: position(2, 0), end: position(0, 1) }, ";");
        assert_eq!(text.as_str(), "a;");
        text.edit(Range { start: position(0, 0), end: position(7, 7) }, "");
        assert_eq!(text.as_str(), "");
    }
}
