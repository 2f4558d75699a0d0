//! Lists of values: behind `=` and in the braces of ENUM, with or without quotes. Words the findings about them.

use rtreg_model::standard::{ATTRIBUTES, TypePropertyKind, type_property};
use rtreg_model::{Applicability, Edit, Fix, Span};

use crate::cursor::{Cursor, OneEdit};
use crate::quotes::{self, Quoting};
use crate::statement::{Place, empty_values};
use crate::syntax::{Token, TokenKind, Value, Values, Word};

/// A list that is being read.
struct List<'s> {
    values: Values<'s>,
    /// The comma behind the last value.
    comma: Option<Span>,
    /// The finding about a missing comma.
    gap: Option<usize>,
    /// What it belongs to has one value: there a gap is a blank without quotes.
    single: bool,
    /// A fault of this list that makes further ones likely was reported.
    reported: bool,
}

impl<'s> List<'s> {
    fn new(at: u32) -> Self {
        Self { values: empty_values(at), comma: None, gap: None, single: false, reported: false }
    }

    fn is_empty(&self) -> bool {
        self.values.list.is_empty()
    }

    fn push(&mut self, value: Value<'s>) {
        self.values.span = if self.is_empty() { value.span } else { self.values.span.to(value.span) };
        match self.is_empty() {
            // Nearly every list has one value: room for more would be the larger part of the tree.
            true => self.values.list = vec![value],
            false => self.values.list.push(value),
        }
        self.comma = None;
    }
}

impl<'s> Cursor<'s> {
    /// `value-list = [ value , { "," , value } ] , ";"`; up to the semicolon, or to where it is missing.
    pub fn values(&mut self, name: Word<'s>, place: Place) -> Values<'s> {
        let mut list = List { single: has_one_value(&name, place), ..List::new(self.last.end) };
        let mut braced = false;
        if let Some(value) = self.split_value(&name) {
            list.push(value);
        }
        loop {
            match self.kind(0) {
                Some(TokenKind::Semicolon) => {
                    self.bump();
                    if list.is_empty() || !self.list_goes_on(&name, place) {
                        self.trailing_comma(&list);
                        break;
                    }
                    self.report_semicolon_in_list();
                    list.comma = Some(self.last);
                }
                Some(TokenKind::Comma) if list.is_empty() && self.wrong_end(place) => break,
                Some(TokenKind::Comma) => self.comma(&mut list),
                Some(TokenKind::Equals) => self.second_equals(&mut list),
                Some(TokenKind::Word) if !list.is_empty() && list.comma.is_none() && self.wrong_end(place) => break,
                Some(TokenKind::OpenBrace) if list.is_empty() && !self.entry_follows() => {
                    braced = true;
                    self.braces_around_values();
                }
                Some(TokenKind::CloseBrace) if braced => {
                    braced = false;
                    self.bump();
                }
                Some(TokenKind::Word | TokenKind::Quoted) if !self.next_statement(&list, place) => {
                    self.list_value(&mut list);
                }
                _ => {
                    self.unfinished(&list, name, place);
                    break;
                }
            }
        }
        self.quote_all(&list);
        list.values
    }

    /// `literals = value , { "," , value } , "}" , ";"`; behind `{`.
    pub fn literals(&mut self) -> Values<'s> {
        let open = self.last;
        let mut list = List::new(open.end);
        let doubled = self.doubled_brace(open);
        let closed = loop {
            self.close_bracket(open, [TokenKind::Comma, TokenKind::CloseBrace]);
            match self.kind(0) {
                Some(TokenKind::CloseBrace) => {
                    self.trailing_comma(&list);
                    self.bump();
                    break true;
                }
                Some(TokenKind::Semicolon) if self.literals_go_on(1) => {
                    self.bump();
                    self.report_semicolon_in_list();
                    list.comma = Some(self.last);
                }
                Some(TokenKind::Comma) => self.comma(&mut list),
                Some(TokenKind::Equals) => self.second_equals(&mut list),
                Some(TokenKind::Word | TokenKind::Quoted) if !self.next_statement(&list, Place::Entry) => {
                    self.list_value(&mut list);
                }
                _ => break false,
            }
        };
        if closed {
            self.doubled_close(doubled);
            if !self.take(TokenKind::Semicolon) && !self.wrong_end(Place::Entry) {
                let name = Word { text: b"}", span: self.last };
                self.report_missing_semicolon(name, Place::Entry);
            }
            return list.values;
        }
        let at = Span::at(self.last.end);
        let semicolon = self.kind(0) == Some(TokenKind::Semicolon);
        let message = format!("expected `}}` behind the literals, found {}", self.found());
        let finding = self
            .error("missing_close_brace", at, message)
            .also(self.file, open, "the literals start here")
            .help("write `ENUM { literal, literal };`")
            .insert("insert `}`", at.start, if semicolon { " }" } else { " };" }, Applicability::Safe);
        self.report(finding);
        self.take(TokenKind::Semicolon);
        list.values
    }

    /// Whether the token `ahead` tokens away is a literal with more behind it.
    pub fn literals_go_on(&self, ahead: usize) -> bool {
        matches!(self.kind(ahead), Some(TokenKind::Word | TokenKind::Quoted))
            && matches!(self.kind(ahead + 1), Some(TokenKind::Comma | TokenKind::CloseBrace))
    }

    /// `ENUM {{`: takes and reports the second.
    fn doubled_brace(&mut self, open: Span) -> bool {
        let doubled = self.kind(0) == Some(TokenKind::OpenBrace) && self.literals_go_on(1);
        if doubled {
            self.bump();
            let finding = self
                .error("stray_brace", self.last, "expected the literals behind `{`, found a second `{`")
                .also(self.file, open, "the literals start here")
                .help("delete one of the two braces, and one `}` if that is doubled too")
                .delete("delete `{`", self.last, Applicability::Unsafe);
            self.report(finding);
        }
        doubled
    }

    /// `ENUM { a }};` before a further attribute: takes the second, and reports it if no `{` was doubled.
    fn doubled_close(&mut self, reported: bool) {
        let doubled = self.kind(0) == Some(TokenKind::CloseBrace) && self.kind(1) == Some(TokenKind::Semicolon);
        if !doubled || self.kind(2) == Some(TokenKind::OpenBrace) || self.kind(2).is_none() {
            return;
        }
        self.bump();
        if !reported {
            let finding = self
                .error("stray_brace", self.last, "expected `;` behind the literals, found a second `}`")
                .help("delete one of the two braces")
                .delete("delete `}`", self.last, Applicability::Unsafe);
            self.report(finding);
        }
    }

    fn list_value(&mut self, list: &mut List<'s>) {
        if !list.is_empty() && list.comma.is_none() {
            self.missing_comma(list);
        } else if let Some(value) = self.unopened_value().or_else(|| self.braced_placeholder()) {
            list.push(value);
            return;
        }
        if let Some(token) = self.bump() {
            let value = self.value(token);
            list.push(value);
        }
    }

    /// Words of one line with a quote directly behind the last of them: one value that lacks its opening quote.
    fn unopened_value(&mut self) -> Option<Value<'s>> {
        let first = self.peek().filter(|token| token.kind == TokenKind::Word)?.span;
        let words = (1..).find(|&count| self.kind(count) != Some(TokenKind::Word) || self.on_new_line(count))?;
        let quote = self.ahead(words).filter(|token| token.kind == TokenKind::Quoted)?.span;
        if self.text(quote) != b"\"" || self.ahead(words - 1)?.span.end != quote.start {
            return None;
        }
        self.take_stray(words + 1);
        let inner = Span::new(first.start, quote.start);
        self.report_unopened(inner);
        Some(Value { text: self.text(inner), span: first.to(quote), quoted: true })
    }

    /// `/opt/${NAME}/bin` without quotes, where braces are tokens: one value all the same.
    fn braced_placeholder(&mut self) -> Option<Value<'s>> {
        let first = self.peek().filter(|token| token.kind == TokenKind::Word)?.span;
        let (mut count, mut end) = (1, first.end);
        let mut before = first;
        while self.text(before).ends_with(b"$") {
            let kinds = [TokenKind::OpenBrace, TokenKind::Word, TokenKind::CloseBrace];
            for kind in kinds {
                end = self.ahead(count).filter(|token| token.kind == kind && token.span.start == end)?.span.end;
                count += 1;
            }
            let Some(rest) = self.ahead(count).filter(|token| token.kind == TokenKind::Word && token.span.start == end)
            else {
                break;
            };
            (before, end, count) = (rest.span, rest.span.end, count + 1);
        }
        if count == 1 {
            return None;
        }
        self.take_stray(count);
        let span = Span::new(first.start, end);
        let message = format!("expected quotes around a value with braces, found {} without", self.quote(span));
        let quotes = [span.start, span.end].map(|at| Edit::new(Span::at(at), "\"".to_owned()));
        let finding = self.error("stray_brace", span, message).help("put the value into double quotes").fix(
            "put it into double quotes",
            Applicability::Safe,
            quotes.to_vec(),
        );
        self.report(finding);
        Some(Value { text: self.text(span), span, quoted: false })
    }

    /// The opening quote is missing before this text.
    pub fn report_unopened(&mut self, inner: Span) {
        let message = format!("expected `\"` before {}, found one only behind it", self.quote(inner));
        let finding = self.error("missing_opening_quote", inner, message).help("open the value with `\"`").insert(
            "insert `\"`",
            inner.start,
            "\"",
            Applicability::Safe,
        );
        self.report(finding);
    }

    /// One finding for all the gaps of a list, with one edit each.
    fn missing_comma(&mut self, list: &mut List<'s>) {
        let at = Span::at(self.last.end);
        let first = list.gap.and_then(|gap| self.findings.get_mut(gap));
        if let Some(fix) = first.and_then(|finding| finding.fix.as_mut()).filter(|_| !list.single) {
            fix.edits.push(Edit::new(at, ",".to_owned()));
        } else if !list.reported {
            let adjacent = self.peek().is_some_and(|next| next.span.start == at.start);
            let expected = if list.single && !adjacent { "`;`" } else { "`,` or `;`" };
            let message = format!("expected {expected} behind {}, found {}", self.quote(self.last), self.found());
            let help = if adjacent {
                "separate two values with `,`; a value cannot have `\"` in it"
            } else if list.single {
                "put a value that has blanks into double quotes"
            } else {
                "separate two values with `,`; put one value that has blanks into double quotes"
            };
            let finding = self.error("missing_comma", at, message).help(help).insert(
                "insert `,`",
                at.start,
                ",",
                Applicability::Unsafe,
            );
            list.gap = Some(self.findings.len());
            list.reported = true;
            self.report(finding);
        }
    }

    /// Words side by side where one value belongs: they are cured by quotes around all of them, if they stand on one line and
    /// have none yet; otherwise what is meant cannot be known.
    fn quote_all(&mut self, list: &List<'s>) {
        let Some(gap) = list.gap.filter(|_| list.single) else { return };
        let all = list.values.span;
        let plain = !self.text(all).iter().any(|byte| b"\n\r\",#".contains(byte));
        if let Some(finding) = self.findings.get_mut(gap) {
            finding.fix = plain.then(|| {
                let quotes = [all.start, all.end].map(|at| Edit::new(Span::at(at), "\"".to_owned()));
                Fix::new("put it into double quotes", Applicability::Unsafe, quotes.to_vec())
            });
        }
    }

    fn comma(&mut self, list: &mut List<'s>) {
        let comma = self.bump().map_or(self.last, |token| token.span);
        if list.is_empty() || list.comma.is_some() {
            self.report_empty_element(comma, list);
            list.reported = true;
        }
        list.comma = Some(comma);
    }

    fn trailing_comma(&mut self, list: &List<'s>) {
        if let Some(comma) = list.comma.filter(|_| !list.is_empty()) {
            self.report_empty_element(comma, list);
        }
    }

    fn report_empty_element(&mut self, comma: Span, list: &List<'s>) {
        if list.reported {
            return;
        }
        let finding = self
            .error("empty_list_element", comma, "expected a value on either side of `,`, found none")
            .help("delete the comma; an empty value is written `\"\"`")
            .delete("delete `,`", comma, Applicability::Unsafe);
        self.report(finding);
    }

    /// `a = b = c`, `a == b`
    fn second_equals(&mut self, list: &mut List<'s>) {
        let equals = self.bump().map_or(self.last, |token| token.span);
        if !list.reported {
            list.reported = true;
            let expected = if list.is_empty() { "a value" } else { "`,` or `;`" };
            let finding = self
                .error("stray_token", equals, format!("expected {expected}, found `=`"))
                .help("put a value that has `=` in it into double quotes");
            self.report(finding);
        }
    }

    fn braces_around_values(&mut self) {
        let Some(brace) = self.bump() else {
            return;
        };
        let finding = self
            .error("stray_brace", brace.span, "expected a value, found `{`")
            .help("write the values without braces, separated by `,`");
        self.report(finding);
    }

    /// Whether the next word starts the next statement, so that this one has no semicolon.
    fn next_statement(&self, list: &List<'s>, place: Place) -> bool {
        let Some(token) = self.peek().filter(|token| token.kind == TokenKind::Word) else {
            return false;
        };
        if self.kind(1) == Some(TokenKind::Equals) {
            return !list.is_empty() || self.on_new_line(0);
        }
        if list.is_empty() || list.comma.is_some() {
            return false;
        }
        let on_new_line = self.on_new_line(0);
        let flag = self.flag_follows(place) && (on_new_line || place == Place::Entry);
        flag || self.literals_follow(place) || (on_new_line && place.knows(&self.word(token)))
    }

    /// The list ends without a semicolon.
    fn unfinished(&mut self, list: &List<'s>, name: Word<'s>, place: Place) {
        match list.comma {
            Some(comma) if !list.reported => {
                let message = format!("expected `;` at the end of the values, found `,` and then {}", self.found());
                let finding = self
                    .error("missing_semicolon", comma, message)
                    .also(self.file, name.span, format!("the {} starts here", place.statement()))
                    .help(format!("end the {} with `;`", place.statement()))
                    .replace("replace `,` by `;`", comma, ";", Applicability::Safe);
                self.report(finding);
            }
            _ => self.report_missing_semicolon(name, place),
        }
    }

    /// `value = quoted | word`
    pub fn value(&mut self, token: Token) -> Value<'s> {
        let text = self.text(token.span);
        if token.kind != TokenKind::Quoted {
            self.check_word(text, token.span);
            return Value { text, span: token.span, quoted: false };
        }
        let (range, quoting) = quotes::unquote(text);
        let inner = text.get(range).unwrap_or_default();
        self.check_quotes(inner, token.span, quoting);
        Value { text: inner, span: token.span, quoted: true }
    }

    /// An unquoted value may have quotes inside; those that look like a half pair are faults.
    fn check_word(&mut self, text: &[u8], span: Span) {
        if text.first() == Some(&b'\'') {
            let message = format!("expected a value in double quotes, found {} with a single quote", self.quote(span));
            let finding = self.error("single_quotes", span, message).help("only `\"` is a quote");
            self.report(finding);
        } else if quotes::find_typographic(text, 0).is_some() {
            let message = format!("expected a value without quotes, found a typographic quote in {}", self.quote(span));
            let finding =
                self.error("typographic_quotes", span, message).help("delete it, or use straight quotes: `\"`");
            self.report(finding);
        }
    }

    /// Reports quotes that are not as the language wants them. `inner` is the value, `span` has the quotes too.
    pub fn check_quotes(&mut self, inner: &[u8], span: Span, quoting: Quoting) {
        let straight =
            || std::str::from_utf8(inner).ok().filter(|text| !text.contains('"')).map(|text| format!("\"{text}\""));
        let finding = match quoting {
            Quoting::Straight => return,
            Quoting::OverLines => self
                .error(
                    "unterminated_string",
                    span,
                    "expected the closing `\"` on the same line, found it on a later one",
                )
                .help("write the value on one line; a value cannot have a line end in it"),
            Quoting::Doubled => {
                let opening = self.text(span).starts_with(b"\"\"");
                let doubled =
                    if opening { Span::new(span.start, span.start + 2) } else { Span::new(span.end - 2, span.end) };
                let side = if opening { "before" } else { "behind" };
                self.error("doubled_quote", doubled, format!("expected one `\"` {side} the value, found two"))
                    .help("delete one of the two; an empty value is written `\"\"`")
                    .replace("delete one quote", doubled, "\"", Applicability::Safe)
            }
            Quoting::Unterminated => {
                let at = Span::at(span.end);
                let place = if span.len() == 1 { span } else { at };
                self.error(
                    "unterminated_string",
                    place,
                    format!("expected `\"` at the end of the value, found {}", self.found_at(at)),
                )
                .also(self.file, Span::new(span.start, span.start + 1), "the value starts here")
                .help("close the value with `\"`")
                .insert("insert `\"`", at.start, "\"", Applicability::Safe)
            }
            Quoting::Typographic => {
                let message = "expected straight quotes around the value, found typographic ones";
                let finding = self.error("typographic_quotes", span, message).help("use straight double quotes: `\"`");
                match straight() {
                    Some(text) => finding.replace("use straight quotes", span, text, Applicability::Safe),
                    None => finding,
                }
            }
            Quoting::Single => {
                let message = "expected double quotes around the value, found single ones";
                let finding = self.error("single_quotes", span, message).help("use straight double quotes: `\"`");
                match straight() {
                    Some(text) => finding.replace("use double quotes", span, text, Applicability::Safe),
                    None => finding,
                }
            }
        };
        self.report(finding);
    }

    /// The next byte in words: that of a token, or the end of the line.
    fn found_at(&self, at: Span) -> String {
        match self.text(Span::new(at.start, at.start.saturating_add(1))).first() {
            Some(byte) if byte.is_ascii_graphic() => format!("`{}`", char::from(*byte)),
            Some(b' ' | b'\t') => "a blank".to_owned(),
            Some(_) => "the end of the line".to_owned(),
            None => "the end of the file".to_owned(),
        }
    }
}

/// Edits that replace each of these places by the same text.
pub(crate) fn replace_all(places: &[Span], text: &str) -> Vec<Edit> {
    places.iter().map(|&span| Edit::new(span, text.to_owned())).collect()
}

/// Whether what has this name has no list: a known type property that is none, and all attributes but DEFAULT.
fn has_one_value(name: &Word<'_>, place: Place) -> bool {
    match place {
        Place::File => {
            type_property(&name.to_text()).is_some_and(|property| property.kind != TypePropertyKind::StringArray)
        }
        Place::Entry => ATTRIBUTES.iter().any(|attribute| *attribute != "DEFAULT" && name.is(attribute)),
    }
}
