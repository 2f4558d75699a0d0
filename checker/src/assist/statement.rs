//! What is being written at a place: read from the tokens before it, so that it is known also where the statement has no end
//! yet and the tree has no node for it.

use rtreg_model::Span;
use rtreg_parser::{Rtr, Token, TokenKind};

/// The statement at a place, as far as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// The word at the place; empty where there is none.
    pub(super) word: Span,
    /// Where its entry starts, inside of one.
    pub(super) entry: Option<u32>,
    /// The name before `=`, where the place is behind one.
    pub(super) name: Option<Span>,
    /// Between the braces of ENUM.
    pub(super) literals: bool,
}

/// Reads the tokens before a place; none in a comment, a directive or a quoted value that ends before it.
pub(super) fn at(rtr: &Rtr<'_>, at: u32) -> Option<Statement> {
    let mut reader = Reader::default();
    let mut word = Span::at(at);
    for token in &rtr.tokens {
        if token.span.start >= at {
            break;
        }
        if token.span.end >= at {
            match token.kind {
                TokenKind::Comment | TokenKind::Directive => return None,
                TokenKind::Word | TokenKind::Quoted => {
                    word = token.span;
                    break;
                }
                _ => {}
            }
        }
        reader.token(rtr, token);
    }
    Some(reader.finish(rtr, word))
}

#[derive(Default)]
struct Reader {
    entry: Option<u32>,
    literals: bool,
    /// The tokens of the statement so far.
    tokens: Vec<Token>,
}

impl Reader {
    fn token(&mut self, rtr: &Rtr<'_>, token: &Token) {
        match token.kind {
            TokenKind::White | TokenKind::Comment => {}
            TokenKind::OpenBrace if self.is_enum(rtr) => self.literals = true,
            TokenKind::OpenBrace => self.start(Some(token.span.start)),
            TokenKind::CloseBrace if self.literals => self.literals = false,
            TokenKind::CloseBrace => self.start(None),
            TokenKind::Semicolon => self.start(self.entry),
            TokenKind::Directive => self.start(None),
            _ => self.tokens.push(*token),
        }
    }

    fn start(&mut self, entry: Option<u32>) {
        self.entry = entry;
        self.literals = false;
        self.tokens.clear();
    }

    fn is_enum(&self, rtr: &Rtr<'_>) -> bool {
        let last = self.tokens.last();
        self.entry.is_some() && last.is_some_and(|token| rtr.text(token.span).eq_ignore_ascii_case(b"ENUM"))
    }

    fn finish(self, rtr: &Rtr<'_>, word: Span) -> Statement {
        let is_value = match self.tokens.as_slice() {
            [name, equals, values @ ..] if name.kind == TokenKind::Word && equals.kind == TokenKind::Equals => {
                // A value, and then a word on a line of its own: the semicolon between them is missing.
                let is_whole = values.last().is_some_and(|last| last.kind != TokenKind::Comma);
                !is_whole || !has_line_end(rtr, self.tokens.last(), word)
            }
            _ => false,
        };
        let name = self.tokens.first().filter(|_| is_value).map(|name| name.span);
        Statement { word, entry: self.entry, name, literals: self.literals }
    }
}

fn has_line_end(rtr: &Rtr<'_>, last: Option<&Token>, word: Span) -> bool {
    last.is_some_and(|last| Span::new(last.span.end, word.start).slice(rtr.source).contains(&b'\n'))
}
