//! Statements: `name;`, `name = value, …;`, `ENUM { literal, … };`, the same inside of an entry and outside; and where
//! parsing goes on behind what is no statement. Words the findings of all that.

use rtreg_model::standard::{self, TypePropertyKind};
use rtreg_model::{Applicability, Edit, Finding, Keyword, Span};

use crate::cursor::{Cursor, OneEdit};
use crate::syntax::{AttributeValue, Stray, TokenKind, Values, Word};

/// Most tokens that are looked at to tell a sentence from a statement.
const SENTENCE_TOKENS_MAX: usize = 256;

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Outside of braces: a declaration.
    File,
    /// In an entry: an attribute.
    Entry,
}

/// What a statement turned out to be.
pub(crate) enum Statement<'s> {
    /// A declaration or an attribute.
    Named { span: Span, name: Word<'s>, value: AttributeValue<'s> },
    /// No statement; reported.
    Stray(Stray),
}

impl Place {
    /// Whether the language has this name here.
    pub fn knows(self, name: &Word<'_>) -> bool {
        match self {
            Self::File => standard::type_property_of_bytes(name.text).is_some(),
            Self::Entry => is_attribute(name),
        }
    }

    /// Whether the name alone, with no value, is usual.
    pub fn knows_flag(self, name: &Word<'_>) -> bool {
        match self {
            Self::File => standard::type_property_of_bytes(name.text)
                .is_some_and(|property| property.kind == TypePropertyKind::Boolean),
            Self::Entry => Keyword::parse(name.text).is_some_and(|keyword| {
                keyword.is_kind() || matches!(keyword, Keyword::Extension | Keyword::PerNode | Keyword::Tunable)
            }),
        }
    }

    pub fn statement(self) -> &'static str {
        match self {
            Self::File => "declaration",
            Self::Entry => "attribute",
        }
    }
}

/// Whether the word is a keyword of entries.
pub(crate) fn is_attribute(name: &Word<'_>) -> bool {
    Keyword::parse(name.text).is_some()
}

impl<'s> Cursor<'s> {
    /// `statement = name , [ "=" , [ value-list ] ] , ";" | "ENUM" , "{" , [ value-list ] , "}" , ";"`; the next token is a
    /// word.
    pub fn statement(&mut self, place: Place) -> Statement<'s> {
        let name = match self.split_name(place) {
            Some(name) => name,
            None => {
                if let Some(stray) = self.prose(place) {
                    return Statement::Stray(stray);
                }
                let Some(token) = self.bump() else {
                    return Statement::Stray(Stray { span: self.last });
                };
                self.word(token)
            }
        };
        if let Some(name) = self.flag_with_wrong_end(name, place) {
            return Statement::Named { span: name.span.to(self.last), name, value: AttributeValue::Flag };
        }
        let name = self.colon(name);
        if place == Place::Entry && name.is("ENUM") {
            self.open_bracket(true);
        }
        let value = match self.kind(0) {
            Some(TokenKind::Semicolon) => {
                self.bump();
                Some(AttributeValue::Flag)
            }
            Some(TokenKind::Equals) => {
                self.bump();
                Some(self.behind_equals(name, place))
            }
            Some(TokenKind::OpenBrace) if place == Place::Entry && !self.entry_follows() => {
                self.bump();
                Some(AttributeValue::Literals(self.literals()))
            }
            // A colon was taken in place of the equals sign.
            Some(TokenKind::Word | TokenKind::Quoted) if self.last.end > name.span.end => {
                Some(AttributeValue::Values(self.values(name, place)))
            }
            Some(TokenKind::Word | TokenKind::Quoted) => self.without_equals(name, place),
            Some(TokenKind::Comma) => {
                self.report_missing_equals(name);
                Some(AttributeValue::Values(self.values(name, place)))
            }
            _ => self.alone(name, place),
        };
        match value {
            Some(value) => Statement::Named { span: name.span.to(self.last), name, value },
            None => Statement::Stray(Stray { span: name.span }),
        }
    }

    /// `name: value` or `name : value`: reports the colon, takes it, and gives the name without it.
    fn colon(&mut self, name: Word<'s>) -> Word<'s> {
        let apart = self.peek().filter(|&token| token.kind == TokenKind::Word && self.text(token.span) == b":");
        let (text, colon) = match (name.text.strip_suffix(b":"), apart) {
            (Some(text), None)
                if !text.is_empty() && matches!(self.kind(0), Some(TokenKind::Word | TokenKind::Quoted)) =>
            {
                (text, Span::new(name.span.end - 1, name.span.end))
            }
            (None, Some(token)) => {
                self.bump();
                (name.text, token.span)
            }
            _ => return name,
        };
        let name = Word { text, span: Span::new(name.span.start, name.span.end.min(colon.start)) };
        let message = format!("expected `=` behind {}, found `:`", self.quote(name.span));
        let finding = self.error("missing_equals", colon, message).help("put `=` between the name and its value");
        self.report(finding.replace("replace `:` by `=`", colon, " =", Applicability::Safe));
        name
    }

    /// Whether the next token is the `{` of an entry, not of literals.
    pub fn entry_follows(&self) -> bool {
        let property = self.ahead(1).map(|token| self.word(token));
        self.kind(0) == Some(TokenKind::OpenBrace) && property.is_some_and(|word| word.is("PROPERTY"))
    }

    fn behind_equals(&mut self, name: Word<'s>, place: Place) -> AttributeValue<'s> {
        if place == Place::File || !name.is("ENUM") {
            return AttributeValue::Values(self.values(name, place));
        }
        let equals = self.last;
        if self.take(TokenKind::OpenBrace) {
            let message = "expected `{` directly behind ENUM, found `=`";
            let finding = self.error("stray_token", equals, message).help("write `ENUM { literal, literal };`");
            self.report(finding.delete("delete `=`", equals, Applicability::Safe));
            return AttributeValue::Literals(self.literals());
        }
        if matches!(self.kind(0), Some(TokenKind::Word | TokenKind::Quoted)) {
            return self.literals_without_braces(equals);
        }
        AttributeValue::Values(self.values(name, place))
    }

    /// `name value`: `=` is missing, or the `;` of a flag, or the name is a stray word.
    fn without_equals(&mut self, name: Word<'s>, place: Place) -> Option<AttributeValue<'s>> {
        let assigned = self.kind(1) == Some(TokenKind::Equals);
        let flag_follows = self.flag_follows(place) && (self.on_new_line(0) || place.knows_flag(&name));
        let next = self.peek().map(|token| self.word(token));
        let next_line = self.on_new_line(0) && next.is_some_and(|next| place.knows(&next));
        if assigned || flag_follows || next_line || self.literals_follow(place) {
            return self.alone(name, place);
        }
        if place == Place::Entry && name.is("ENUM") {
            return Some(self.literals_without_braces(Span::at(name.span.end)));
        }
        self.report_missing_equals(name);
        Some(AttributeValue::Values(self.values(name, place)))
    }

    /// A name with neither `=` nor `;` behind it: a flag without its semicolon, or a stray word.
    fn alone(&mut self, name: Word<'s>, place: Place) -> Option<AttributeValue<'s>> {
        if place.knows(&name) {
            self.report_missing_semicolon(name, place);
            return Some(AttributeValue::Flag);
        }
        let message = format!(
            "expected {} {}, found {} alone",
            if place == Place::File { "a" } else { "an" },
            place.statement(),
            self.quote(name.span)
        );
        let finding = self.error("stray_words", name.span, message);
        self.report(comment_out(finding, vec![name.span.start]));
        None
    }

    fn report_missing_equals(&mut self, name: Word<'s>) {
        let at = Span::at(name.span.end);
        let message = format!("expected `=` behind {}, found {}", self.quote(name.span), self.found());
        let finding = self.error("missing_equals", at, message).help("put `=` between the name and its value");
        self.report(finding.insert("insert `=`", at.start, " =", Applicability::Safe));
    }

    /// The `;` is missing behind the last token; `name` starts the statement.
    pub fn report_missing_semicolon(&mut self, name: Word<'s>, place: Place) {
        let at = Span::at(self.last.end);
        let unterminated =
            self.findings.last_mut().filter(|it| it.rule == "unterminated_string" && it.primary.span == at);
        if let Some(fix) = unterminated.and_then(|finding| finding.fix.as_mut()) {
            // The value runs to the line end: that its semicolon is missing too is the same slip.
            "insert `\";`".clone_into(&mut fix.title);
            fix.edits = vec![Edit::new(at, "\";".to_owned())];
            return;
        }
        let message = format!("expected `;` behind {}, found {}", self.quote(self.last), self.found());
        let finding = self
            .error("missing_semicolon", at, message)
            .help(format!("end the {} with `;`", place.statement()))
            .insert("insert `;`", at.start, ";", Applicability::Safe);
        let starts_here = format!("the {} starts here", place.statement());
        self.report(if name.span == self.last { finding } else { finding.also(self.file, name.span, starts_here) });
    }

    /// Whether the next token is a flag with its semicolon, as `EXTENSION;`.
    pub fn flag_follows(&self, place: Place) -> bool {
        let flag = self.peek().map(|token| self.word(token));
        let ends = matches!(self.kind(1), Some(TokenKind::Semicolon | TokenKind::CloseBrace));
        ends && flag.is_some_and(|flag| place.knows_flag(&flag))
    }

    /// Whether the next tokens are `ENUM {`.
    pub fn literals_follow(&self, place: Place) -> bool {
        let keyword = self.peek().map(|token| self.word(token));
        let braced = self.kind(1) == Some(TokenKind::OpenBrace);
        place == Place::Entry && braced && keyword.is_some_and(|keyword| keyword.is("ENUM"))
    }

    fn literals_without_braces(&mut self, at: Span) -> AttributeValue<'s> {
        let start = self.peek().map_or(self.last.end, |token| token.span.start);
        let known = Word { text: b"ENUM", span: at };
        let before = self.findings.len();
        let values = self.values(known, Place::Entry);
        let closed = self.kind(0) == Some(TokenKind::CloseBrace) && self.kind(1) == Some(TokenKind::Semicolon);
        if closed {
            self.findings.truncate(before);
            self.bump();
            self.bump();
        }
        let message = "expected `{` before the literals of ENUM, found them without braces";
        let mut finding = self.error("missing_open_brace", at, message).help("write `ENUM { literal, literal };`");
        if before == self.findings.len() && !values.list.is_empty() {
            let open = Edit::new(Span::new(at.start, start), " { ".to_owned());
            let close = Edit::new(Span::at(values.span.end), " }".to_owned());
            let edits = if closed { vec![open] } else { vec![open, close] };
            finding = finding.fix("put the literals in braces", Applicability::Safe, edits);
        }
        self.report(finding);
        AttributeValue::Literals(values)
    }

    /// Words that are no statement: whole lines without `=` and `;`, as they come from a comment that was wrapped, or
    /// several words before a `;` of which the first is no name of the language. None if the next token starts a statement.
    fn prose(&mut self, place: Place) -> Option<Stray> {
        let foreign = self.foreign_comment().is_some();
        if !foreign && matches!(self.kind(1), Some(TokenKind::Semicolon | TokenKind::Equals)) {
            return None;
        }
        let mut count = self.prose_piece(place, true)?;
        let first = self.peek()?.span;
        let mut lines = vec![first.start];
        let mut stray = self.take_stray(count);
        while self.kind(0) == Some(TokenKind::Word) {
            let new_line = self.on_new_line(0);
            match self.prose_piece(place, new_line) {
                Some(more) => count = more,
                None => break,
            }
            lines.extend(self.peek().filter(|_| new_line).map(|token| token.span.start));
            stray.span = stray.span.to(self.take_stray(count).span);
        }
        let message = format!(
            "expected {} or a comment, found the words {}",
            if place == Place::File { "a declaration" } else { "an attribute" },
            self.quote(stray.span)
        );
        let finding = self.error("stray_words", stray.span, message);
        self.report(comment_out(finding, lines));
        Some(stray)
    }

    /// The number of tokens of the line or sentence of prose that starts here.
    fn prose_piece(&self, place: Place, new_line: bool) -> Option<usize> {
        self.foreign_comment().or_else(|| self.prose_line(place, new_line)).or_else(|| self.prose_sentence(place))
    }

    /// The number of tokens from here to the line end, if a comment of another language starts here.
    fn foreign_comment(&self) -> Option<usize> {
        let word = self.word(self.peek().filter(|token| token.kind == TokenKind::Word)?);
        let foreign = [&b"//"[..], b"/*"].iter().any(|start| word.text.starts_with(start))
            || [&b"--"[..], b"*", b"*/"].contains(&word.text);
        foreign.then(|| (1..).find(|&count| self.on_new_line(count)).unwrap_or(1))
    }

    /// The number of tokens from here to the line end, if they are a line of prose.
    fn prose_line(&self, place: Place, new_line: bool) -> Option<usize> {
        let name = self.word(self.peek()?);
        let starts_line = !new_line || self.on_new_line(0);
        let mut count = 0;
        let mut words = 0;
        loop {
            match self.kind(count) {
                Some(_) if count > 0 && self.on_new_line(count) => break,
                Some(TokenKind::Word | TokenKind::Quoted) => words += 1,
                Some(TokenKind::Comma) => {}
                None => break,
                Some(_) => return None,
            }
            count += 1;
        }
        let goes_on = matches!(self.kind(count), Some(TokenKind::Equals | TokenKind::Semicolon | TokenKind::Comma));
        let enough = match (place.knows(&name), self.behind_comment()) {
            (true, commented) => commented && words >= 3,
            (false, commented) => words >= if commented { 1 } else { 2 },
        };
        (starts_line && enough && !goes_on).then_some(count)
    }

    /// The number of tokens from here to the next `;`, if they are words of which the first is no name of the language and
    /// two more stand behind it without a comma.
    fn prose_sentence(&self, place: Place) -> Option<usize> {
        if place.knows(&self.word(self.peek()?)) {
            return None;
        }
        let mut pairs = 0;
        for count in 0..SENTENCE_TOKENS_MAX {
            match self.kind(count)? {
                TokenKind::Semicolon => return (pairs >= 2).then_some(count + 1),
                TokenKind::Word | TokenKind::Quoted => {
                    let follows_word = count > 0 && self.kind(count - 1) != Some(TokenKind::Comma);
                    pairs += usize::from(follows_word);
                }
                TokenKind::Comma => {}
                _ => return None,
            }
        }
        None
    }

    /// Takes tokens that start no statement, up to where one may start, and reports them once.
    pub fn stray_run(&mut self, place: Place) -> Stray {
        let mut count = 1;
        let only_semicolons = self.kind(0) == Some(TokenKind::Semicolon);
        loop {
            match self.kind(count) {
                Some(TokenKind::Semicolon) if only_semicolons => count += 1,
                Some(TokenKind::Semicolon) => {
                    count += 1;
                    break;
                }
                _ if only_semicolons => break,
                None | Some(TokenKind::OpenBrace | TokenKind::CloseBrace | TokenKind::Directive) => break,
                Some(TokenKind::Word) if self.on_new_line(count) => break,
                Some(_) => count += 1,
            }
        }
        let found = self.found();
        let stray = self.take_stray(count);
        let finding = if only_semicolons {
            self.error("stray_token", stray.span, format!("expected {}, found {found} behind nothing", expected(place)))
                .help("delete it: a `;` ends a declaration or attribute and never stands behind `}` of an entry")
                .delete("delete `;`", stray.span, Applicability::Safe)
        } else {
            let help = "start with a name without quotes, as in `name = value;`";
            self.error("stray_token", stray.span, format!("expected {}, found {found}", expected(place))).help(help)
        };
        self.report(finding);
        stray
    }
}

fn expected(place: Place) -> &'static str {
    match place {
        Place::File => "a declaration or an entry",
        Place::Entry => "an attribute or `}`",
    }
}

fn comment_out(finding: Finding, lines: Vec<u32>) -> Finding {
    let edits = lines.into_iter().map(|at| Edit::new(Span::at(at), "# ".to_owned())).collect();
    finding.help("put `#` in front of each line if this is a comment").fix(
        "make it a comment",
        Applicability::Unsafe,
        edits,
    )
}

/// The values of a list, for what is behind `=`; see [`Cursor::values`].
pub(crate) fn empty_values<'s>(at: u32) -> Values<'s> {
    Values { span: Span::at(at), list: Vec::new() }
}
