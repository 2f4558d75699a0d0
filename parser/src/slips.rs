//! One wrong character or blank where the right one can be told from what stands around: `,` or `:` for `;`, `;` for `,`, a
//! bracket for a brace, a name in two parts. Words the findings about them and lets the statement go on as it is meant.

use rtreg_model::standard::{self, TypePropertyKind};
use rtreg_model::{Applicability, Edit, PropertyTunable, Span, suggest};

use crate::cursor::{Cursor, OneEdit};
use crate::statement::Place;
use crate::syntax::{Token, TokenKind, Value, Word};

impl<'s> Cursor<'s> {
    /// Whether the token `ahead` tokens away starts something new, so that the statement before it is over.
    fn starts_anew(&self, ahead: usize, place: Place) -> bool {
        let Some(token) = self.ahead(ahead) else { return true };
        let behind = self.kind(ahead + 1);
        match token.kind {
            TokenKind::CloseBrace | TokenKind::Directive => true,
            TokenKind::OpenBrace => place == Place::File,
            TokenKind::Word if place.knows(&self.word(token)) => {
                matches!(
                    behind,
                    Some(TokenKind::Equals | TokenKind::Semicolon | TokenKind::OpenBrace | TokenKind::Comma)
                ) || (self.on_new_line(ahead) && self.word(token).text.ends_with(b":"))
            }
            TokenKind::Word => self.on_new_line(ahead) && behind == Some(TokenKind::Equals),
            _ => false,
        }
    }

    /// A flag that ends in `,` or `:`; takes both.
    pub fn flag_with_wrong_end(&mut self, name: Word<'s>, place: Place) -> Option<Word<'s>> {
        let flag = match name.text.strip_suffix(b":") {
            Some(text) => Word { text, span: Span::new(name.span.start, name.span.end - 1) },
            None => name,
        };
        let attached = flag.span != name.span;
        if !attached && !matches!(self.kind(0), Some(TokenKind::Comma | TokenKind::Word)) {
            return None;
        }
        let is_flag = place.knows_flag(&flag) && self.starts_anew(usize::from(!attached), place);
        if attached && is_flag {
            self.report_wrong_end(Span::new(flag.span.end, name.span.end), place);
            return Some(flag);
        }
        (is_flag && self.wrong_end(place)).then_some(flag)
    }

    /// Takes a `,` or a lone `:` in place of the `;` of a statement that is over, and reports it.
    pub fn wrong_end(&mut self, place: Place) -> bool {
        let is_wrong = self.peek().is_some_and(|token| token.kind == TokenKind::Comma || self.text(token.span) == b":");
        if !is_wrong || !(self.starts_anew(1, place) || (self.on_new_line(1) && self.kind(0) == Some(TokenKind::Word)))
        {
            return false;
        }
        self.bump();
        self.report_wrong_end(self.last, place);
        true
    }

    fn report_wrong_end(&mut self, end: Span, place: Place) {
        let found = self.quote(end);
        let message = format!("expected `;` at the end of the {}, found {found}", place.statement());
        let finding = self
            .error("missing_semicolon", end, message)
            .help(format!("end the {} with `;`", place.statement()))
            .replace(&format!("replace {found} by `;`"), end, ";", Applicability::Safe);
        self.report(finding);
    }

    /// Whether the values of `name` go on behind the `;` that was taken: a value stands on the same line that can be nothing
    /// else.
    pub fn list_goes_on(&self, name: &Word<'_>, place: Place) -> bool {
        let Some(token) = self.peek().filter(|_| !self.on_new_line(0)) else { return false };
        if !matches!(self.kind(1), Some(TokenKind::Comma | TokenKind::Semicolon)) {
            return false;
        }
        let known = std::str::from_utf8(name.text).ok().and_then(standard::type_property);
        let takes_list = match place {
            Place::File => known.is_some_and(|property| property.kind == TypePropertyKind::StringArray),
            Place::Entry => name.is("DEFAULT"),
        };
        let word = self.word(token);
        takes_list && (token.kind == TokenKind::Quoted || (token.kind == TokenKind::Word && !place.may_mean(&word)))
    }

    /// The last token is a `;` in place of a `,`.
    pub fn report_semicolon_in_list(&mut self) {
        let at = self.last;
        let message = format!("expected `,` before {}, found `;`", self.found());
        let finding = self
            .error("missing_comma", at, message)
            .help("separate two values with `,`; the `;` stands behind the last")
            .replace("replace `;` by `,`", at, ",", Applicability::Unsafe);
        self.report(finding);
    }

    /// The kind of brace that the bracket or parenthesis at the start or end of the word `ahead` tokens away stands for. One
    /// that is part of a longer word is cut off from it.
    fn bracket(&mut self, ahead: usize, wanted: TokenKind) -> bool {
        let Some(token) = self.ahead(ahead).filter(|token| token.kind == TokenKind::Word) else { return false };
        let text = self.text(token.span);
        let at_edge = match wanted {
            TokenKind::OpenBrace => matches!(text.first(), Some(b'[' | b'(')),
            _ => matches!(text.last(), Some(b']' | b')')) && !text.iter().any(|byte| b"[(".contains(byte)),
        };
        if !at_edge {
            return false;
        }
        if text.len() > 1 {
            let cut = if wanted == TokenKind::OpenBrace { token.span.start + 1 } else { token.span.end - 1 };
            self.split(ahead, cut);
        }
        true
    }

    /// Takes a bracket that opens an entry or literals for the brace that it stands for; the next token is then `{`.
    pub fn open_bracket(&mut self, literals: bool) {
        let Some(token) = self.peek().filter(|token| token.kind == TokenKind::Word) else { return };
        let text = self.text(token.span);
        let behind = match text {
            b"[" | b"(" => self.ahead(1).map(|token| self.text(token.span)),
            [_, behind @ ..] => Some(behind),
            [] => None,
        };
        let fits = literals || behind.is_some_and(|word| word.eq_ignore_ascii_case(b"PROPERTY"));
        if fits && self.bracket(0, TokenKind::OpenBrace) {
            self.retag(0, TokenKind::OpenBrace);
            self.report_bracket(0, "{");
        }
    }

    /// Takes a bracket that closes what `open` opened for the brace that it stands for; the next token is then `}`, or a
    /// literal and `}`. It is not reported where the opening one was. `behind` are the tokens that would make it a name or
    /// value of its own.
    pub fn close_bracket(&mut self, open: Span, behind: [TokenKind; 2]) {
        let Some(text) = self.peek().map(|token| self.text(token.span)) else { return };
        let alone = matches!(text, b"]" | b")");
        let is_own = self.kind(1).is_some_and(|kind| behind.contains(&kind));
        if is_own || (!alone && self.text(open) == b"{") || !self.bracket(0, TokenKind::CloseBrace) {
            return;
        }
        let ahead = usize::from(!alone);
        self.retag(ahead, TokenKind::CloseBrace);
        if self.text(open) == b"{" {
            self.report_bracket(ahead, "}");
            return;
        }
        let close = self.ahead(ahead);
        let opened = self.findings.iter_mut().rev().find(|it| it.rule == "wrong_bracket" && it.primary.span == open);
        let fix = opened.and_then(|finding| finding.fix.as_mut());
        if let (Some(fix), Some(close)) = (fix, close) {
            fix.edits.push(Edit::new(close.span, "}".to_owned()));
        }
    }

    fn report_bracket(&mut self, ahead: usize, brace: &str) {
        let Some(span) = self.ahead(ahead).map(|token| token.span) else { return };
        let found = self.quote(span);
        let finding = self
            .error("wrong_bracket", span, format!("expected `{brace}`, found {found}"))
            .help("entries and the literals of ENUM stand between `{` and `}`")
            .replace(&format!("replace {found} by `{brace}`"), span, brace, Applicability::Unsafe);
        self.report(finding);
    }

    /// A name or word that is known, with a blank inside.
    pub fn report_split(&mut self, span: Span, joined: &str) {
        let finding = self
            .error("split_name", span, format!("expected `{joined}`, found it with a blank inside"))
            .help("delete the blank")
            .replace("delete the blank", span, joined, Applicability::Safe);
        self.report(finding);
    }

    /// The value of PROPERTY or TUNABLE with a blank inside: takes and reports both parts.
    pub fn split_value(&mut self, name: &Word<'_>) -> Option<Value<'s>> {
        if self.kind(1) != Some(TokenKind::Word) {
            return None;
        }
        let is_known: fn(&str) -> bool = match () {
            () if name.is("PROPERTY") => |word| standard::standard_property(word).is_some(),
            () if name.is("TUNABLE") => |word| PropertyTunable::parse(word).is_some(),
            () => return None,
        };
        let is_word = |token: &Token| token.kind == TokenKind::Word;
        let (first, second) = (self.peek().filter(is_word)?, self.ahead(1).filter(is_word)?);
        let joined = format!("{}{}", self.word(first).to_text(), self.word(second).to_text());
        if self.on_new_line(1) || is_known(&self.word(first).to_text()) || !is_known(&joined) {
            return None;
        }
        let span = first.span.to(second.span);
        self.report_split(span, &joined);
        self.bump();
        self.bump();
        Some(Value { text: self.text(span), span, quoted: false })
    }

    /// A name with a blank inside: takes and reports both parts.
    pub fn split_name(&mut self, place: Place) -> Option<Word<'s>> {
        let (first, second) = (self.peek()?, self.ahead(1).filter(|token| token.kind == TokenKind::Word)?);
        if self.on_new_line(1) || place.knows(&self.word(first)) || place.knows(&self.word(second)) {
            return None;
        }
        let joined = [self.text(first.span), self.text(second.span)].concat();
        let name = Word { text: &joined, span: first.span.to(second.span) };
        if !place.knows(&name) {
            return None;
        }
        let span = name.span;
        self.report_split(span, &String::from_utf8_lossy(&joined));
        self.bump();
        self.bump();
        Some(Word { text: self.text(span), span })
    }
}

impl Place {
    /// Whether the word is, or nearly is, a name of the language.
    fn may_mean(self, word: &Word<'_>) -> bool {
        let text = word.to_text();
        let near = match self {
            Self::File => suggest::nearest(&text, standard::TYPE_PROPERTIES.iter().map(|property| property.name)),
            Self::Entry => {
                suggest::nearest(&text, standard::ATTRIBUTES.iter().chain(&standard::KIND_KEYWORDS).copied())
            }
        };
        near.is_some()
    }
}
