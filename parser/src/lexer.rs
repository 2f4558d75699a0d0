//! Bytes to tokens (rt_reg(4)). The tokens cover the source without gap; nothing is copied. Faults are only noted here: the
//! statements know whether a token belongs to one and word the findings.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while, take_while1};
use nom::combinator::recognize;
use nom::{IResult, Parser};
use rtreg_model::Span;

use crate::quotes;
use crate::syntax::{Token, TokenKind};

/// What the lexer found, and the odd bytes outside of comments and quotes.
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    /// All tokens.
    pub tokens: Vec<Token>,
    /// The tokens that statements are made of.
    pub code: Vec<Token>,
    /// The comments.
    pub comments: Vec<Token>,
    /// The carriage returns of Windows line ends.
    pub carriage_returns: Vec<u32>,
    /// Carriage returns alone, as line ends of an old Mac; those in comments and directives too.
    pub lone_returns: Vec<u32>,
    /// Some of these stand in a comment or directive, which goes on behind them.
    pub returns_in_lines: bool,
    /// The control characters that ended a file of DOS.
    pub dos_end: Option<Span>,
    /// Runs of bytes that look like blanks and are none.
    pub unusual_spaces: Vec<Span>,
    /// Runs of NUL bytes and words with one inside.
    pub nuls: Vec<Span>,
    /// Comments as C has them.
    pub c_comments: Vec<Span>,
    /// The byte order mark.
    pub byte_order_mark: Option<Span>,
    /// The text is UTF-16.
    pub utf16: bool,
    /// It is no text.
    pub binary: bool,
    /// The source has a carriage return, or a NUL byte: only then a token may have one.
    has_return: bool,
    has_nul: bool,
}

/// The UTF-8 byte order mark.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What ends a file of DOS: Ctrl-Z.
const DOS_END: u8 = 0x1A;

/// About how many bytes a token has, and how many there are for each token of a statement, in files as people write them.
const TOKEN_LENGTH: usize = 3;
const CODE_TOKEN_LENGTH: usize = 5;

/// How far a quoted value that runs over its line is looked for.
const LINES_LENGTH_MAX: usize = 4096;

/// How much of a source is looked at to say whether it is text.
const BINARY_LENGTH: usize = 8192;

/// What a byte may start or be part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Blank, tab, line end.
    White,
    /// `{ } ; = , # "`
    Delimiter,
    /// Perhaps the first byte of a space that is not ASCII, or a vertical tab or form feed.
    Suspect,
    /// All else.
    Word,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Word; 256];
    let white = b" \t\r\n";
    let delimiters = b"{};=,#\"";
    let suspects = b"\x0B\x0C\xC2\xE2\xE3\xEF";
    let mut i = 0;
    while i < white.len() {
        classes[white[i] as usize] = Class::White;
        i += 1;
    }
    i = 0;
    while i < delimiters.len() {
        classes[delimiters[i] as usize] = Class::Delimiter;
        i += 1;
    }
    i = 0;
    while i < suspects.len() {
        classes[suspects[i] as usize] = Class::Suspect;
        i += 1;
    }
    classes
};

fn class(byte: u8) -> Class {
    CLASSES[byte as usize]
}

fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Splits the source into tokens; it must be shorter than 4 GiB.
pub(crate) fn lex(source: &[u8]) -> Lexed {
    let tokens = Vec::with_capacity(source.len() / TOKEN_LENGTH);
    let code = Vec::with_capacity(source.len() / CODE_TOKEN_LENGTH);
    let (has_return, has_nul) = (source.contains(&b'\r'), source.contains(&0));
    let mut lexed = Lexed { tokens, code, has_return, has_nul, ..Lexed::default() };
    let mut rest = source;
    if source.starts_with(b"\xFF\xFE") || source.starts_with(b"\xFE\xFF") {
        lexed.utf16 = true;
        lexed.push(TokenKind::Unknown, Span::new(0, offset(source.len())));
        return lexed;
    }
    if has_nul && is_binary(source) {
        lexed.binary = true;
        lexed.push(TokenKind::Unknown, Span::new(0, offset(source.len())));
        return lexed;
    }
    if let Some(behind) = source.strip_prefix(BYTE_ORDER_MARK) {
        let span = Span::new(0, offset(BYTE_ORDER_MARK.len()));
        lexed.byte_order_mark = Some(span);
        lexed.push(TokenKind::Unknown, span);
        rest = behind;
    }
    let start = source.len() - rest.len();
    let trimmed = rest.trim_ascii_end();
    let ends = trimmed.iter().rev().take_while(|&&byte| byte == DOS_END).count();
    let (text, ends) = match ends {
        0 => (rest, Span::at(0)),
        _ => {
            let text = rest.get(..trimmed.len() - ends).unwrap_or_default();
            (text, Span::new(offset(start + text.len()), offset(start + trimmed.len())))
        }
    };
    lexed.run(text, start);
    if !ends.is_empty() {
        lexed.dos_end = Some(ends);
        lexed.push(TokenKind::Unknown, ends);
        lexed.run(rest.get(trimmed.len()..).unwrap_or_default(), start + trimmed.len());
    }
    lexed
}

impl Lexed {
    /// Splits a text that starts at `start`.
    fn run(&mut self, mut rest: &[u8], mut start: usize) {
        loop {
            let c_comment = rest.starts_with(b"/").then(|| c_comment_length(rest, self.begins_statement())).flatten();
            let next = match c_comment {
                Some(length) => as_kind(TokenKind::Unknown, Ok(cut(rest, length))),
                None => token(rest),
            };
            let Ok((behind, (kind, text))) = next else { break };
            let span = Span::new(offset(start), offset(start + text.len()));
            self.note(kind, text, span);
            self.push(kind, span);
            start += text.len();
            rest = behind;
        }
    }

    /// Whether the next token is the first of a statement.
    fn begins_statement(&self) -> bool {
        use TokenKind::{CloseBrace, Directive, OpenBrace, Semicolon};
        self.code.last().is_none_or(|last| matches!(last.kind, Semicolon | OpenBrace | CloseBrace | Directive))
    }

    fn push(&mut self, kind: TokenKind, span: Span) {
        let token = Token { kind, span };
        self.tokens.push(token);
        match kind {
            TokenKind::White | TokenKind::Unknown => {}
            TokenKind::Comment => self.comments.push(token),
            _ => self.code.push(token),
        }
    }

    fn note(&mut self, kind: TokenKind, text: &[u8], span: Span) {
        match kind {
            TokenKind::White if self.has_return && text.contains(&b'\r') => {
                let pairs = text.windows(2).enumerate().filter(|(_, pair)| pair == b"\r\n");
                self.carriage_returns.extend(pairs.map(|(i, _)| span.start + offset(i)));
                self.note_lone_returns(text, span);
            }
            TokenKind::Comment | TokenKind::Directive if self.has_return && text.contains(&b'\r') => {
                self.returns_in_lines = true;
                self.note_lone_returns(text, span);
            }
            TokenKind::Word if self.has_nul && text.contains(&0) => self.nuls.push(span),
            TokenKind::Unknown if text.first() == Some(&0) => self.nuls.push(span),
            TokenKind::Unknown if text.first() == Some(&b'/') => self.c_comments.push(span),
            TokenKind::Unknown => self.unusual_spaces.push(span),
            _ => {}
        }
    }
}

impl Lexed {
    fn note_lone_returns(&mut self, text: &[u8], span: Span) {
        let is_lone = |&(at, &byte): &(usize, &u8)| byte == b'\r' && text.get(at + 1) != Some(&b'\n');
        self.lone_returns.extend(text.iter().enumerate().filter(is_lone).map(|(at, _)| span.start + offset(at)));
    }
}

/// The rest of the input, and the bytes of a lexeme.
type Bytes<'s> = IResult<&'s [u8], &'s [u8]>;

/// The rest of the input, and a token.
type Lexeme<'s> = IResult<&'s [u8], (TokenKind, &'s [u8])>;

/// `token = white | comment | directive | quoted | word | "{" | "}" | ";" | "=" | "," | unknown`; fails at the end only.
fn token(input: &[u8]) -> Lexeme<'_> {
    let Some(&first) = input.first() else {
        return tag("\0").map(|text| (TokenKind::Unknown, text)).parse(input);
    };
    let kind = match first {
        b' ' | b'\t' | b'\r' | b'\n' => return as_kind(TokenKind::White, white(input)),
        b'{' => TokenKind::OpenBrace,
        b'}' => TokenKind::CloseBrace,
        b';' => TokenKind::Semicolon,
        b'=' => TokenKind::Equals,
        b',' => TokenKind::Comma,
        b'#' if input.starts_with(b"#$") => return as_kind(TokenKind::Directive, to_line_end(input)),
        b'#' => return as_kind(TokenKind::Comment, to_line_end(input)),
        b'"' => return as_kind(TokenKind::Quoted, straight(input)),
        b'\'' => return single(input),
        0 => return as_kind(TokenKind::Unknown, nuls(input)),
        _ if class(first) == Class::Suspect => return suspect(input),
        _ => return as_kind(TokenKind::Word, word(input)),
    };
    let (text, rest) = input.split_at(1);
    Ok((rest, (kind, text)))
}

fn as_kind<'s>(kind: TokenKind, lexeme: Bytes<'s>) -> Lexeme<'s> {
    lexeme.map(|(rest, text)| (rest, (kind, text)))
}

/// The first `length` bytes as a lexeme.
fn cut(input: &[u8], length: usize) -> (&[u8], &[u8]) {
    let (text, rest) = input.split_at(length.min(input.len()));
    (rest, text)
}

/// `white = { " " | tab | carriage return | newline }`, at least one.
fn white(input: &[u8]) -> Bytes<'_> {
    take_while1(|byte| class(byte) == Class::White).parse(input)
}

/// `comment = "#" , { any byte but newline }` and `directive = "#$" , { any byte but newline }`, without the carriage
/// return of a Windows line end.
fn to_line_end(input: &[u8]) -> Bytes<'_> {
    let (rest, line) = take_till(|byte| byte == b'\n').parse(input)?;
    match line.split_last() {
        Some((b'\r', text)) if !rest.is_empty() => Ok(cut(input, text.len())),
        _ => Ok((rest, line)),
    }
}

/// `word = { any byte but white space, { } ; = , # " }`, at least one; a space that is not ASCII ends it too.
fn word(input: &[u8]) -> Bytes<'_> {
    let mut length = 0;
    while let Some(tail) = input.get(length..).filter(|tail| !tail.is_empty()) {
        let (_, plain) = take_while(|byte| class(byte) == Class::Word).parse(tail)?;
        length += plain.len();
        match tail.get(plain.len()..) {
            Some(stop @ [first, ..]) if class(*first) == Class::Suspect && unusual_space(stop).is_err() => length += 1,
            _ => break,
        }
    }
    Ok(cut(input, length))
}

/// The length of a comment of C's: `/*` to the next `*/`, which must not be far; `//` to the line end where a statement may begin or a
/// blank follows, because elsewhere it may be the path of a value.
fn c_comment_length(input: &[u8], begins_statement: bool) -> Option<usize> {
    if let Some(inner) = input.strip_prefix(b"/*") {
        let window = inner.get(..inner.len().min(LINES_LENGTH_MAX))?;
        return window.windows(2).position(|pair| pair == b"*/").map(|at| at + 4);
    }
    let behind = input.strip_prefix(b"//")?;
    let is_comment = begins_statement || behind.first().is_none_or(|&byte| class(byte) == Class::White);
    is_comment.then(|| line(input).trim_ascii_end().len())
}

/// Whether the source is no text: of its start at least every twentieth byte is a control character, runs of NUL bytes taken as one,
/// as a text may have them that a crash has damaged.
fn is_binary(source: &[u8]) -> bool {
    let (mut controls, mut bytes, mut last) = (0_usize, 0_usize, 1);
    for &byte in source.iter().take(BINARY_LENGTH) {
        if byte != 0 || last != 0 {
            bytes += 1;
            controls += usize::from(byte < 0x20 && !matches!(byte, b'\t'..=b'\r' | DOS_END));
        }
        last = byte;
    }
    controls >= 8 && controls * 20 >= bytes
}

/// Runs of NUL bytes at the start of a token.
fn nuls(input: &[u8]) -> Bytes<'_> {
    take_while1(|byte| byte == 0).parse(input)
}

/// Vertical tab, form feed, and the spaces of other scripts and of typesetting, which look like blanks on paper.
fn unusual_space(input: &[u8]) -> Bytes<'_> {
    let general = recognize((tag(&b"\xE2\x80"[..]), nom::bytes::complete::take_while_m_n(1, 1, is_general_space)));
    alt((
        tag(&b"\x0B"[..]),
        tag(&b"\x0C"[..]),
        tag(&b"\xC2\xA0"[..]),
        tag(&b"\xE3\x80\x80"[..]),
        tag(BYTE_ORDER_MARK),
        general,
    ))
    .parse(input)
}

/// The last byte of U+2000 to U+200B and of U+202F.
fn is_general_space(byte: u8) -> bool {
    matches!(byte, 0x80..=0x8B | 0xAF)
}

/// A token that starts with a space that is not ASCII, with a typographic quote, or else a word.
fn suspect(input: &[u8]) -> Lexeme<'_> {
    if let Ok((rest, text)) = unusual_space(input) {
        return Ok((rest, (TokenKind::Unknown, text)));
    }
    match quotes::typographic(input) {
        Some(quote) => as_kind(TokenKind::Quoted, typographic(input, quote)),
        None => as_kind(TokenKind::Word, word(input)),
    }
}

/// The rest of the line, without its end.
fn line(input: &[u8]) -> &[u8] {
    let line: Bytes<'_> = take_till(|byte| byte == b'\n').parse(input);
    line.map_or(input, |(_, line)| line)
}

/// `quoted = '"' , { any byte but '"' and newline } , '"'`; see the recovery below for what is not closed.
fn straight(input: &[u8]) -> Bytes<'_> {
    if let Some(length) = quotes::doubled_length(input) {
        return Ok(cut(input, length));
    }
    let content = take_till(|byte| byte == b'"' || byte == b'\n');
    let closed: Bytes<'_> = recognize((tag("\""), content, tag("\""))).parse(input);
    match closed {
        Ok((rest, text)) => match swallowed(text, rest) {
            Some(length) => Ok(cut(input, length)),
            None => Ok((rest, text)),
        },
        Err(_) => Ok(cut(input, unclosed_length(input, 1))),
    }
}

/// `typographic = quote , { any byte but its kind of quote and newline } , quote`; no token of the language.
fn typographic(input: &[u8], quote: quotes::Typographic) -> Bytes<'_> {
    let length = match quotes::find_closing(input, quotes::TYPOGRAPHIC_LENGTH, quote) {
        Some(end) => end,
        None => unclosed_length(input, quotes::TYPOGRAPHIC_LENGTH),
    };
    Ok(cut(input, length))
}

/// `single = "'" , { any byte but "'" and newline } , "'"`; no token of the language. Without a second one it is a word.
fn single(input: &[u8]) -> Lexeme<'_> {
    let content = take_till(|byte| byte == b'\'' || byte == b'\n');
    let closed: Bytes<'_> = recognize((tag("'"), content, tag("'"))).parse(input);
    match closed {
        Ok((rest, text)) => Ok((rest, (TokenKind::Quoted, text))),
        Err(_) => as_kind(TokenKind::Word, word(input)),
    }
}

/// Where a quoted value ends that took the opening quote of the next one for its own end: `"a; B = "b";` or `"a, "b";`,
/// or that a typographic quote ends: `"a”;`. None if it is what it seems to be.
fn swallowed(text: &[u8], rest: &[u8]) -> Option<usize> {
    let content = text.get(1..text.len().checked_sub(1)?)?;
    let next = *rest.first()?;
    if next != b'"' && matches!(class(next), Class::White | Class::Delimiter) {
        return None;
    }
    if let Some(end) = quotes::find_typographic_end(content) {
        return Some(1 + end);
    }
    let trimmed = content.trim_ascii_end();
    if let Some(before) = trimmed.strip_suffix(b",") {
        return Some(1 + before.len());
    }
    trimmed.strip_suffix(b"=")?;
    let mut ends = content.iter().enumerate().filter(|&(_, &byte)| byte == b';').map(|(at, _)| at);
    ends.find(|&at| content.get(at + 1..).is_some_and(ends_statement)).map(|at| 1 + at)
}

/// The length of a quoted value whose closing quote is missing: up to a `;` that plausibly ends the statement, or over the
/// following lines if it was broken there, or else the rest of the line.
fn unclosed_length(input: &[u8], quote_length: usize) -> usize {
    let line = line(input);
    let ends = line.iter().enumerate().skip(quote_length).filter(|&(_, &byte)| byte == b';');
    for (at, _) in ends {
        if line.get(at + 1..).is_some_and(ends_statement) {
            return at;
        }
    }
    if let Some(end) = quotes::find_typographic_at_end(line).filter(|&end| end > quote_length) {
        return end;
    }
    broken_over_lines(input, line.len()).unwrap_or_else(|| line.trim_ascii_end().len().max(quote_length))
}

/// Whether what stands behind a `;` looks as if that ended the statement.
fn ends_statement(behind: &[u8]) -> bool {
    let behind = behind.trim_ascii_start();
    match behind.first() {
        None | Some(b'}' | b'#') => true,
        Some(_) => {
            let name = behind.iter().take_while(|&&byte| class(byte) == Class::Word).count();
            let next = behind.get(name..).unwrap_or_default().trim_ascii_start().first();
            name > 0 && matches!(next, Some(b'=' | b';' | b'{'))
        }
    }
}

/// The length of a quoted value that runs on over the next lines: its closing quote is the next one, ends a value, and
/// nothing before it looks like a statement.
fn broken_over_lines(input: &[u8], line_length: usize) -> Option<usize> {
    let window = input.get(line_length..input.len().min(line_length + LINES_LENGTH_MAX))?;
    let stop = window.iter().position(|byte| b"\"=;{}".contains(byte))?;
    let behind = window.get(stop..)?.strip_prefix(b"\"")?;
    let next = behind.trim_ascii_start().first();
    matches!(next, Some(b';' | b',')).then_some(line_length + stop + 1)
}
