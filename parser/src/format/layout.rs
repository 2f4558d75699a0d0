//! Where lines begin and end. Works on the tokens of a file without faults of syntax; what a token says is not its matter.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::spelling::Spelling;
use super::{WIDTH, comment};
use crate::syntax::{Directive, DirectiveKind, Rtr, Token, TokenKind};

/// Blanks of one step of indentation.
const INDENT: usize = 4;

/// Blanks before a comment behind something.
const BEFORE_COMMENT: usize = 2;

/// Columns from one tab stop to the next, in the text that is read and in quotes.
const TAB: usize = 8;

/// What stands outside of braces, or in them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Start,
    Declaration,
    Directive,
    Entry,
    OpenBrace,
    Attribute,
    CloseBrace,
    End,
}

/// A token or comment and what was between it and the one before.
struct Piece<'s> {
    token: Token,
    text: &'s [u8],
    /// Line ends before it.
    lines: usize,
    /// Where it starts in its line, from 0.
    column: usize,
}

impl Piece<'_> {
    fn is_comment(&self) -> bool {
        self.token.kind == TokenKind::Comment
    }
}

/// The file in the one style.
pub(super) fn print(rtr: &Rtr<'_>, spelling: &Spelling) -> Vec<u8> {
    let directives: Vec<&Directive<'_>> = rtr.directives().collect();
    let mut printer = Printer {
        spelling,
        directives: directives.into_iter(),
        pieces: pieces(rtr).into_iter().peekable(),
        out: Out { text: Vec::with_capacity(rtr.source.len() * 2), line: 0 },
        last: Part::Start,
    };
    printer.file();
    printer.out.text
}

/// The tokens that matter. The byte order mark, the only other one in a file without faults, is left out.
fn pieces<'s>(rtr: &Rtr<'s>) -> Vec<Piece<'s>> {
    let mut pieces = Vec::with_capacity(rtr.tokens.len());
    let mut lines = 0;
    let mut line_start = 0;
    for token in &rtr.tokens {
        let text = rtr.text(token.span);
        match token.kind {
            TokenKind::White => {
                lines += text.iter().filter(|&&byte| byte == b'\n').count();
                if let Some(last) = text.iter().rposition(|&byte| byte == b'\n') {
                    line_start = token.span.start as usize + last + 1;
                }
            }
            TokenKind::Unknown => line_start = token.span.end as usize,
            _ => {
                let before = rtr.source.get(line_start..token.span.start as usize).unwrap_or_default();
                let text = if token.kind == TokenKind::Comment { comment(rtr, token) } else { text };
                pieces.push(Piece { token: *token, text, lines, column: width(before) });
                lines = 0;
            }
        }
    }
    pieces
}

/// Columns of a text: one for each character, tabs to the next stop.
fn width(text: &[u8]) -> usize {
    text.iter().fold(0, |column, byte| match byte {
        b'\t' => column - column % TAB + TAB,
        // The second and further bytes of a character.
        0x80..=0xBF => column,
        _ => column + 1,
    })
}

/// The text that is written.
struct Out {
    text: Vec<u8>,
    /// Where the last line starts.
    line: usize,
}

impl Out {
    fn put(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    fn blanks(&mut self, count: usize) {
        self.text.resize(self.text.len() + count, b' ');
    }

    fn end_line(&mut self) {
        self.text.push(b'\n');
        self.line = self.text.len();
    }

    fn column(&self) -> usize {
        width(self.text.get(self.line..).unwrap_or_default())
    }
}

struct Printer<'s, 'p> {
    spelling: &'p Spelling,
    directives: IntoIter<&'p Directive<'s>>,
    pieces: Peekable<IntoIter<Piece<'s>>>,
    out: Out,
    /// What was printed last, comments not counted.
    last: Part,
}

impl<'s> Printer<'s, '_> {
    fn file(&mut self) {
        loop {
            let comments = self.comments();
            let inside = matches!(self.last, Part::OpenBrace | Part::Attribute);
            let next = self.pieces.next();
            let part = match next.as_ref().map(|piece| piece.token.kind) {
                None => Part::End,
                Some(TokenKind::Directive) => Part::Directive,
                Some(TokenKind::CloseBrace) if inside => Part::CloseBrace,
                Some(_) if inside => Part::Attribute,
                Some(TokenKind::OpenBrace) => Part::Entry,
                Some(_) => Part::Declaration,
            };
            self.gap(comments, part, next.as_ref().map_or(0, |piece| piece.lines));
            let Some(piece) = next else {
                return;
            };
            self.last = self.part(part, piece);
        }
    }

    /// Prints what is no comment, without the line end behind it.
    fn part(&mut self, part: Part, piece: Piece<'s>) -> Part {
        match part {
            Part::Entry => {
                self.out.put(b"{");
                return Part::OpenBrace;
            }
            Part::CloseBrace => self.out.put(b"}"),
            Part::Directive => self.directive(),
            _ => {
                let indent = if part == Part::Attribute { INDENT } else { 0 };
                self.out.blanks(indent);
                self.statement(piece, indent);
            }
        }
        part
    }

    fn comments(&mut self) -> Vec<Piece<'s>> {
        let mut comments = Vec::new();
        while let Some(piece) = self.pieces.next_if(Piece::is_comment) {
            comments.push(piece);
        }
        comments
    }

    /// Ends the line of what was printed last, with the comment behind it; prints the comments on lines of their own, and
    /// the blank lines. `next` comes next, `lines` line ends behind the last comment.
    fn gap(&mut self, comments: Vec<Piece<'s>>, next: Part, lines: usize) {
        let mut comments = comments.into_iter().peekable();
        if self.last != Part::Start {
            if let Some(behind) = comments.next_if(|comment| comment.lines == 0) {
                self.out.blanks(BEFORE_COMMENT);
                self.comment_behind(&behind, &mut comments);
            }
            self.out.end_line();
        }
        let own: Vec<Piece<'s>> = comments.collect();
        let indent = if matches!(self.last, Part::OpenBrace | Part::Attribute) { INDENT } else { 0 };
        let separated = own.iter().map(|comment| comment.lines).chain([lines]).any(|lines| lines > 1);
        let mut separate = !separated && is_section(self.last, next);
        let first = matches!(self.last, Part::Start | Part::OpenBrace);
        for (number, comment) in own.iter().enumerate() {
            if separate || (comment.lines > 1 && !(first && number == 0)) {
                self.out.end_line();
            }
            separate = false;
            self.out.blanks(indent);
            self.out.put(comment.text);
            self.out.end_line();
        }
        let never = matches!(next, Part::CloseBrace | Part::End)
            || (own.is_empty() && (first || (self.last == Part::Directive && next == Part::Directive)));
        if separate || (lines > 1 && !never) {
            self.out.end_line();
        }
    }

    /// A comment behind something, and those below it that start in the same column: they go on with what it says.
    fn comment_behind(&mut self, behind: &Piece<'s>, comments: &mut Peekable<IntoIter<Piece<'s>>>) {
        let column = self.out.column();
        self.out.put(behind.text);
        let goes_on = |comment: &Piece<'_>| comment.lines == 1 && comment.column == behind.column;
        while self.last != Part::OpenBrace
            && let Some(comment) = comments.next_if(goes_on)
        {
            self.out.end_line();
            self.out.blanks(column);
            self.out.put(comment.text);
        }
    }

    fn directive(&mut self) {
        let Some(directive) = self.directives.next() else {
            return;
        };
        self.out.put(b"#$");
        self.out.put(self.spelling.of(directive.word.span).unwrap_or(directive.word.text));
        if let DirectiveKind::UpgradeFrom { version: Some(version), tunability: Some(word) } = &directive.kind {
            self.out.put(b" \"");
            self.out.put(version.text);
            self.out.put(b"\" ");
            self.out.put(self.spelling.of(word.span).unwrap_or(word.text));
        }
    }

    /// A declaration or attribute, up to its semicolon.
    fn statement(&mut self, first: Piece<'s>, indent: usize) {
        let mut pieces = vec![first];
        while pieces.last().is_some_and(|piece| piece.token.kind != TokenKind::Semicolon)
            && let Some(piece) = self.pieces.next()
        {
            pieces.push(piece);
        }
        let commas = pieces.iter().any(|piece| piece.token.kind == TokenKind::Comma);
        let commented = pieces.iter().any(Piece::is_comment);
        let broken = commas && (commented || indent + flat_width(&pieces) > WIDTH);
        let mut pieces = pieces.into_iter().peekable();
        let mut before: Option<TokenKind> = None;
        while let Some(piece) = pieces.next() {
            let kind = piece.token.kind;
            let behind = before.is_some() && kind == TokenKind::Comment && piece.lines == 0;
            let deeper = if broken && kind == TokenKind::CloseBrace { indent } else { indent + INDENT };
            if let Some(before) = before {
                if behind {
                    self.out.blanks(BEFORE_COMMENT);
                } else if breaks(before, kind, broken) {
                    self.out.end_line();
                    self.out.blanks(deeper);
                } else {
                    self.out.blanks(usize::from(is_apart(before, kind)));
                }
            }
            if behind {
                self.comment_in_statement(&piece, &mut pieces);
            } else {
                self.out.put(self.spelling.of(piece.token.span).unwrap_or(piece.text));
            }
            before = Some(kind);
        }
    }

    fn comment_in_statement(&mut self, piece: &Piece<'s>, pieces: &mut Peekable<IntoIter<Piece<'s>>>) {
        let mut comments = Vec::new();
        while let Some(comment) =
            pieces.next_if(|next| next.is_comment() && next.lines == 1 && next.column == piece.column)
        {
            comments.push(comment);
        }
        let last = std::mem::replace(&mut self.last, Part::Attribute);
        self.comment_behind(piece, &mut comments.into_iter().peekable());
        self.last = last;
    }
}

/// Whether a blank line must be between the two.
fn is_section(last: Part, next: Part) -> bool {
    let section = |part| match part {
        Part::Declaration => 1,
        Part::Directive => 2,
        Part::Entry | Part::CloseBrace => 3,
        _ => 0,
    };
    let (last, next) = (section(last), section(next));
    last != next && last != 0 && next != 0
}

/// Columns of a statement on one line.
fn flat_width(pieces: &[Piece<'_>]) -> usize {
    let apart = pieces.windows(2).filter(|pair| match pair {
        [before, next] => is_apart(before.token.kind, next.token.kind),
        _ => false,
    });
    apart.count() + pieces.iter().map(|piece| width(piece.text)).sum::<usize>()
}

/// Whether a line ends between two pieces of a statement.
fn breaks(before: TokenKind, next: TokenKind, broken: bool) -> bool {
    let list = match (before, next) {
        (_, TokenKind::Semicolon) => false,
        (TokenKind::Equals | TokenKind::Comma | TokenKind::OpenBrace, _) | (_, TokenKind::CloseBrace) => true,
        _ => false,
    };
    before == TokenKind::Comment || next == TokenKind::Comment || (broken && list)
}

/// Whether a blank stands between two pieces of a statement on one line.
fn is_apart(before: TokenKind, next: TokenKind) -> bool {
    match next {
        TokenKind::Comma => false,
        TokenKind::Semicolon => before == TokenKind::Equals,
        _ => true,
    }
}
