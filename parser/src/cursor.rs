//! The parser's place in the tokens, what it looks ahead, and how it reports. Knows nothing of statements.

use rtreg_model::{Applicability, Edit, FileId, Finding, Level, Span};

use crate::syntax::{Stray, Token, TokenKind, Word};

/// Most characters of a word of the file that a message repeats.
const QUOTED_LENGTH_MAX: usize = 40;

/// The parser: one pass over the tokens that statements are made of.
pub(crate) struct Cursor<'s> {
    pub source: &'s [u8],
    pub file: FileId,
    pub findings: Vec<Finding>,
    code: Vec<Token>,
    position: usize,
    /// The last token taken; empty and at 0 before the first.
    pub last: Span,
}

impl<'s> Cursor<'s> {
    pub fn new(source: &'s [u8], file: FileId, code: Vec<Token>) -> Self {
        Self { source, file, findings: Vec::new(), code, position: 0, last: Span::at(0) }
    }

    /// The token `ahead` tokens away; the next one is 0 away.
    pub fn ahead(&self, ahead: usize) -> Option<Token> {
        self.code.get(self.position + ahead).copied()
    }

    /// Puts other tokens in place of the two that are `ahead` and `ahead + 1` tokens away.
    pub fn put(&mut self, ahead: usize, tokens: [Token; 2]) {
        let at = self.position + ahead;
        for (place, token) in self.code.iter_mut().skip(at).zip(tokens) {
            *place = token;
        }
    }

    /// Takes the token `ahead` tokens away for another kind of token.
    pub fn retag(&mut self, ahead: usize, kind: TokenKind) {
        if let Some(token) = self.code.get_mut(self.position + ahead) {
            token.kind = kind;
        }
    }

    /// Cuts the token `ahead` tokens away in two of the same kind.
    pub fn split(&mut self, ahead: usize, cut: u32) {
        let at = self.position + ahead;
        if let Some(token) = self.code.get_mut(at) {
            let behind = Token { span: Span::new(cut, token.span.end), ..*token };
            token.span.end = cut;
            self.code.insert(at + 1, behind);
        }
    }

    pub fn peek(&self) -> Option<Token> {
        self.ahead(0)
    }

    pub fn kind(&self, ahead: usize) -> Option<TokenKind> {
        self.ahead(ahead).map(|token| token.kind)
    }

    pub fn bump(&mut self) -> Option<Token> {
        let token = self.peek()?;
        self.position += 1;
        self.last = token.span;
        Some(token)
    }

    /// Takes the next token if it is of this kind.
    pub fn take(&mut self, kind: TokenKind) -> bool {
        let taken = self.kind(0) == Some(kind);
        if taken {
            self.bump();
        }
        taken
    }

    pub fn text(&self, span: Span) -> &'s [u8] {
        span.slice(self.source)
    }

    pub fn word(&self, token: Token) -> Word<'s> {
        Word { text: self.text(token.span), span: token.span }
    }

    /// Whether a line ends between the token `ahead` tokens away and the one before it; also at the start of the file.
    pub fn on_new_line(&self, ahead: usize) -> bool {
        let Some(token) = self.ahead(ahead) else {
            return true;
        };
        let before = match (self.position + ahead).checked_sub(1).and_then(|at| self.code.get(at)) {
            Some(before) => before.span.end,
            None => return true,
        };
        self.text(Span::new(before, token.span.start)).contains(&b'\n')
    }

    /// Whether a comment stands between the next token and the one before it.
    pub fn behind_comment(&self) -> bool {
        let start = if self.position == 0 { 0 } else { self.last.end };
        self.peek().is_some_and(|token| self.text(Span::new(start, token.span.start)).contains(&b'#'))
    }

    /// Takes the next `count` tokens as a stray; `count` is at least 1 and there are as many.
    pub fn take_stray(&mut self, count: usize) -> Stray {
        let start = self.peek().map_or(self.last, |token| token.span);
        for _ in 0..count {
            self.bump();
        }
        Stray { span: start.to(self.last) }
    }

    pub fn error(&self, rule: &'static str, span: Span, message: impl Into<String>) -> Finding {
        Finding::new(rule, Level::Error, self.file, span, message)
    }

    pub fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// The next token in words, for "found …".
    pub fn found(&self) -> String {
        match self.peek() {
            None => "the end of the file".to_owned(),
            Some(Token { kind: TokenKind::Directive, .. }) => "a directive".to_owned(),
            Some(token) => self.quote(token.span),
        }
    }

    /// Text of the file for a message: on one line, shortened.
    pub fn quote(&self, span: Span) -> String {
        shorten(self.text(span))
    }
}

/// Text of a file for a message: in backticks, on one line, shortened.
pub(crate) fn shorten(bytes: &[u8]) -> String {
    let head = bytes.get(..QUOTED_LENGTH_MAX * 4).unwrap_or(bytes);
    let text = String::from_utf8_lossy(head);
    let mut characters = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let short: String = characters.by_ref().take(QUOTED_LENGTH_MAX).collect();
    let dots = if characters.next().is_some() || head.len() < bytes.len() { "…" } else { "" };
    format!("`{short}{dots}`")
}

/// A fix with one edit.
pub(crate) trait OneEdit {
    fn insert(self, title: &str, at: u32, text: &str, applicability: Applicability) -> Self;
    fn replace(self, title: &str, span: Span, text: impl Into<String>, applicability: Applicability) -> Self;
    fn delete(self, title: &str, span: Span, applicability: Applicability) -> Self;
}

impl OneEdit for Finding {
    fn insert(self, title: &str, at: u32, text: &str, applicability: Applicability) -> Self {
        self.replace(title, Span::at(at), text, applicability)
    }

    fn replace(self, title: &str, span: Span, text: impl Into<String>, applicability: Applicability) -> Self {
        self.fix(title, applicability, vec![Edit::new(span, text.into())])
    }

    fn delete(self, title: &str, span: Span, applicability: Applicability) -> Self {
        self.replace(title, span, "", applicability)
    }
}
