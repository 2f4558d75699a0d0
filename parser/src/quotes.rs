//! The quotes that people write around values: straight ones, and those of typesetting, which the printed manuals have and
//! the language has not. Only looks at bytes; findings are worded by the statements.

use std::ops::Range;

/// Bytes of a typographic quote in UTF-8.
pub(crate) const TYPOGRAPHIC_LENGTH: usize = 3;

/// A typographic quote: which straight one it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typographic {
    /// U+201C, U+201D, U+201E, U+201F
    Double,
    /// U+2018, U+2019, U+201A, U+201B
    Single,
}

/// How a value is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// As the language wants it.
    Straight,
    /// Straight, but the closing one stands on a later line.
    OverLines,
    /// The opening or the closing one stands twice.
    Doubled,
    /// The closing one is missing.
    Unterminated,
    /// One of the two is typographic, or there is only one, which is.
    Typographic,
    /// `'…'`
    Single,
}

/// The typographic quote that the bytes start with.
pub(crate) fn typographic(bytes: &[u8]) -> Option<Typographic> {
    match bytes {
        [0xE2, 0x80, 0x9C..=0x9F, ..] => Some(Typographic::Double),
        [0xE2, 0x80, 0x98..=0x9B, ..] => Some(Typographic::Single),
        _ => None,
    }
}

/// The place of the first typographic quote at or behind `from`.
pub(crate) fn find_typographic(text: &[u8], from: usize) -> Option<(usize, Typographic)> {
    let tail = text.get(from..)?;
    tail.windows(TYPOGRAPHIC_LENGTH)
        .enumerate()
        .find_map(|(i, bytes)| typographic(bytes).map(|quote| (from + i, quote)))
}

/// The end of the value that starts with a quote of `from` bytes: behind the next quote of the same kind on the line,
/// typographic or straight. Does not look further than that quote: a line may have very many.
pub(crate) fn find_closing(text: &[u8], from: usize, opening: Typographic) -> Option<usize> {
    let straight = if opening == Typographic::Double { b'"' } else { b'\'' };
    for at in from..text.len() {
        match text.get(at..)? {
            [b'\n', ..] => return None,
            [first, ..] if *first == straight => return Some(at + 1),
            tail if typographic(tail) == Some(opening) => return Some(at + TYPOGRAPHIC_LENGTH),
            _ => {}
        }
    }
    None
}

/// The end of the first typographic double quote in the content of a straight pair, if that one plausibly closes the value:
/// a `;`, `,` or `}` follows.
pub(crate) fn find_typographic_end(content: &[u8]) -> Option<usize> {
    if !content.contains(&0xE2) {
        return None;
    }
    let (at, quote) = find_typographic(content, 0)?;
    let end = at + TYPOGRAPHIC_LENGTH;
    let next = content.get(end..)?.trim_ascii_start().first()?;
    (quote == Typographic::Double && matches!(next, b';' | b',' | b'}')).then_some(end)
}

/// The end of the line without blanks, if its last character is a typographic double quote.
pub(crate) fn find_typographic_at_end(line: &[u8]) -> Option<usize> {
    let line = line.trim_ascii_end();
    let at = line.len().checked_sub(TYPOGRAPHIC_LENGTH)?;
    (typographic(line.get(at..)?) == Some(Typographic::Double)).then_some(line.len())
}

/// The length of a straight value of which the opening or closing quote stands twice, if the text starts with one: `""a"`,
/// `"a""`. `""` alone is the empty value.
pub(crate) fn doubled_length(text: &[u8]) -> Option<usize> {
    let ends = |at: usize| text.get(at).is_none_or(|byte| b" \t\r\n;,}".contains(byte));
    // The next quote on the line, with nothing before it that ends a statement. Looks no further: a line may have very many.
    let quote = |from: usize| {
        let at = text.iter().skip(from).position(|byte| b"\";\n".contains(byte)).map(|at| from + at)?;
        (text.get(at) == Some(&b'"')).then_some(at)
    };
    let first = quote(1).filter(|_| text.first() == Some(&b'"'))?;
    if first > 1 || text.get(2) == Some(&b'"') {
        return (text.get(first + 1) == Some(&b'"') && ends(first + 2)).then_some(first + 2);
    }
    quote(2).filter(|&close| !ends(2) && ends(close + 1)).map(|close| close + 1)
}

/// The bytes between the quotes of a quoted token, and how it is quoted.
pub(crate) fn unquote(text: &[u8]) -> (Range<usize>, Quoting) {
    if doubled_length(text) == Some(text.len()) {
        let opening = text.starts_with(b"\"\"");
        return if opening { (2..text.len() - 1, Quoting::Doubled) } else { (1..text.len() - 2, Quoting::Doubled) };
    }
    let opening = typographic(text);
    let start = if opening.is_some() { TYPOGRAPHIC_LENGTH } else { 1 };
    let behind = text.len().checked_sub(TYPOGRAPHIC_LENGTH).filter(|&at| at >= start);
    let closing = behind.and_then(|at| typographic(text.get(at..)?).map(|quote| (at, quote)));
    let last = text.len().checked_sub(1).filter(|&at| at >= start);
    let straight_end =
        last.filter(|&at| matches!((text.first(), text.get(at)), (Some(b'\''), Some(b'\'')) | (_, Some(b'"'))));
    let single_end = last.filter(|&at| opening == Some(Typographic::Single) && text.get(at) == Some(&b'\''));
    match (opening, straight_end.or(single_end), closing) {
        (Some(_), Some(end), _) => (start..end, Quoting::Typographic),
        (Some(opening), None, Some((end, closing))) if opening == closing => (start..end, Quoting::Typographic),
        (Some(_), None, _) => (start..text.len().max(start), Quoting::Typographic),
        (None, Some(end), _) if text.first() == Some(&b'\'') => (start..end, Quoting::Single),
        (None, Some(end), _) if text.contains(&b'\n') => (start..end, Quoting::OverLines),
        (None, Some(end), _) => (start..end, Quoting::Straight),
        (None, None, Some((end, Typographic::Double))) => (start..end, Quoting::Typographic),
        (None, None, _) => (start..text.len().max(start), Quoting::Unterminated),
    }
}
