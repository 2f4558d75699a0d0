//! Two neighbouring tokens in the wrong order: `name value = ;`, `value name ; = value`, `{ }` for `} {`. Tried only where a
//! statement cannot be read as it stands, and believed only if both the statement and what follows it are right after the
//! exchange, so that no other fault is explained away.

use rtreg_model::{Applicability, Edit, Span};

use crate::cursor::Cursor;
use crate::statement::Place;
use crate::syntax::{Token, TokenKind, Word};

/// The tokens as they would be after an exchange.
struct Reading<'c, 's> {
    cursor: &'c Cursor<'s>,
    /// The first of the two that are exchanged.
    exchanged: Option<usize>,
    /// How far the reading got: the first token that cannot stand where it does.
    at: usize,
}

impl<'s> Cursor<'s> {
    /// Puts two neighbouring tokens of the next statement, entry's brace or closing brace into the right order, if that
    /// cures it, and reports them.
    pub fn transpose(&mut self, place: Place) {
        let mut reading = Reading { cursor: self, exchanged: None, at: 0 };
        if reading.unit(place).is_some() {
            return;
        }
        let fault = reading.at;
        let candidates = [fault.checked_sub(1), Some(fault)];
        if let Some(first) = candidates.into_iter().flatten().find(|&first| self.is_cured_by(first, place)) {
            self.exchange(first);
        }
    }

    fn is_cured_by(&self, first: usize, place: Place) -> bool {
        let (Some(one), Some(other)) = (self.ahead(first), self.ahead(first + 1)) else { return false };
        let is_word = |token: Token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted);
        if one.kind == other.kind || (is_word(one) && is_word(other)) || other.kind == TokenKind::Directive {
            return false;
        }
        let mut reading = Reading { cursor: self, exchanged: Some(first), at: 0 };
        let behind = reading.unit(place);
        let (read, followed) =
            (reading.at, behind.is_some_and(|place| reading.at_end() || reading.unit(place).is_some()));
        behind.is_some() && followed && (read > first + 1 || reading.at > first + 1)
    }

    fn exchange(&mut self, first: usize) {
        let (Some(one), Some(other)) = (self.ahead(first), self.ahead(first + 1)) else { return };
        let span = one.span.to(other.span);
        let message = format!("expected {} before {}, found it behind", self.quote(other.span), self.quote(one.span));
        let texts = [other.span, one.span].map(|span| String::from_utf8_lossy(self.text(span)).into_owned());
        let finding =
            self.error("swapped_tokens", span, message).help(format!("exchange the two: `{} {}`", texts[0], texts[1]));
        let edits = [(one.span, &texts[0]), (other.span, &texts[1])];
        let edits = edits.map(|(span, text)| Edit::new(span, format!(" {text} "))).to_vec();
        self.report(finding.fix("exchange the two", Applicability::Unsafe, edits));
        let is_mark = |token: Token| !matches!(token.kind, TokenKind::Word | TokenKind::Quoted | TokenKind::Directive);
        // What carries text keeps its place; a mark is thought on the other side of it.
        let tokens = match (is_mark(one), is_mark(other)) {
            (true, true) => [Token { span: one.span, ..other }, Token { span: other.span, ..one }],
            (true, false) => [other, Token { span: Span::at(other.span.end), ..one }],
            _ => [Token { span: Span::at(one.span.start), ..other }, one],
        };
        self.put(first, tokens);
    }
}

impl Reading<'_, '_> {
    fn token(&self, at: usize) -> Option<Token> {
        let source = match self.exchanged {
            Some(first) if at == first => at + 1,
            Some(first) if at == first + 1 => at - 1,
            _ => at,
        };
        self.cursor.ahead(source)
    }

    fn at_end(&self) -> bool {
        self.token(self.at).is_none()
    }

    fn take(&mut self, kind: TokenKind) -> bool {
        let taken = self.token(self.at).is_some_and(|token| token.kind == kind);
        self.at += usize::from(taken);
        taken
    }

    fn take_value(&mut self) -> bool {
        self.take(TokenKind::Word) || self.take(TokenKind::Quoted)
    }

    /// One statement, directive or brace; where what follows it stands. None if it cannot be read.
    fn unit(&mut self, place: Place) -> Option<Place> {
        match (place, self.token(self.at)?.kind) {
            (Place::File, TokenKind::Directive) => {
                self.at += 1;
                Some(Place::File)
            }
            (Place::File, TokenKind::OpenBrace) => {
                self.at += 1;
                let first = self.token(self.at).filter(|token| self.cursor.word(*token).is("PROPERTY"));
                (first.is_some() && self.statement(Place::Entry)).then_some(Place::Entry)
            }
            (Place::Entry, TokenKind::CloseBrace) => {
                self.at += 1;
                let behind = self.token(self.at).map(|token| token.kind);
                let is_end = self.exchanged.is_none() || matches!(behind, None | Some(TokenKind::OpenBrace));
                is_end.then_some(Place::File)
            }
            (_, TokenKind::Word) => self.statement(place).then_some(place),
            _ => None,
        }
    }

    fn statement(&mut self, place: Place) -> bool {
        let start = self.at;
        let Some(name) = self.token(start).map(|token| self.cursor.word(token)) else { return false };
        if !self.take(TokenKind::Word) {
            return false;
        }
        let read = if place == Place::Entry && name.is("ENUM") {
            self.take(TokenKind::OpenBrace)
                && self.list()
                && self.take(TokenKind::CloseBrace)
                && self.take(TokenKind::Semicolon)
        } else if self.take(TokenKind::Equals) {
            self.take(TokenKind::Semicolon) || (self.list() && self.take(TokenKind::Semicolon))
        } else {
            self.take(TokenKind::Semicolon)
        };
        read && (!self.is_exchanged(start) || place.knows(&name)) && self.is_used_well(start, name, place)
    }

    /// Whether one of the exchanged tokens stands between `start` and here.
    fn is_exchanged(&self, start: usize) -> bool {
        self.exchanged.is_some_and(|first| start <= first + 1 && first < self.at)
    }

    /// A statement of which an exchange made the inside has a value where it needs one: `name = ;` is no cure.
    fn is_used_well(&self, start: usize, name: Word<'_>, place: Place) -> bool {
        let inside = self.exchanged.is_some_and(|first| start <= first && first + 1 < self.at);
        let flag = self.at == start + 2;
        let empty = self.at == start + 3;
        !inside || !(empty || (flag && !place.knows_flag(&name)))
    }

    fn list(&mut self) -> bool {
        if !self.take_value() {
            return false;
        }
        while self.take(TokenKind::Comma) {
            if !self.take_value() {
                return false;
            }
        }
        true
    }
}
