//! Directives: the lines that start with `#$` (rt_reg(4), "Upgrading a Resource Type"). Words the findings about one
//! line; whether the line stands in the right place is the file's matter, what it means the checker's.

use nom::Parser;
use nom::bytes::complete::{take_till, take_while};
use rtreg_model::{Applicability, Edit, Span, Tunability, suggest};

use crate::cursor::{Cursor, OneEdit};
use crate::quotes;
use crate::syntax::{Directive, DirectiveKind, Stray, Token, TokenKind, Value, Word};

/// The words of directives.
const DIRECTIVES: [&str; 2] = ["upgrade", "upgrade_from"];

/// The rest of a directive's line.
struct Line<'s> {
    rest: &'s [u8],
    /// Where the rest starts.
    at: u32,
}

/// What stands where a version may be, in a directive.
type Versioned<'s> = (Option<Value<'s>>, Option<Word<'s>>);

impl<'s> Line<'s> {
    /// Takes as many bytes.
    fn take(&mut self, length: usize) -> Word<'s> {
        let (text, rest) = self.rest.split_at(length.min(self.rest.len()));
        let end = self.at.saturating_add(u32::try_from(text.len()).unwrap_or(u32::MAX));
        let span = Span::new(self.at, end);
        (self.rest, self.at) = (rest, end);
        Word { text, span }
    }

    fn skip_blanks(&mut self) {
        let blanks: nom::IResult<&[u8], &[u8]> = take_while(|byte| b" \t\r".contains(&byte)).parse(self.rest);
        if let Ok((_, blanks)) = blanks {
            self.take(blanks.len());
        }
    }

    /// Takes the bytes up to a blank, a delimiter or a quote; perhaps none.
    fn word(&mut self) -> Word<'s> {
        let word: nom::IResult<&[u8], &[u8]> = take_till(|byte| b" \t\r\n{};=,#\"".contains(&byte)).parse(self.rest);
        let length = word.map_or(0, |(_, word)| word.len());
        self.take(length)
    }

    fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The span of all that is left.
    fn whole(&self) -> Span {
        Span::new(self.at, self.at.saturating_add(u32::try_from(self.rest.len()).unwrap_or(u32::MAX)))
    }
}

impl<'s> Cursor<'s> {
    /// `directive = "#$" , ( "upgrade" | "upgrade_from" , version , tunability ) , EOL`
    pub fn directive(&mut self, token: Token) -> Directive<'s> {
        let text = self.text(token.span).trim_ascii_end();
        let mut line = Line { rest: text, at: token.span.start };
        let marker = line.take(2);
        let word = line.word();
        let word =
            self.split_word(&mut line, word, |joined| DIRECTIVES.iter().any(|it| it.eq_ignore_ascii_case(joined)));
        let span = marker.span.to(line.whole());
        let joined: Vec<u8> = word.text.iter().copied().filter(|byte| !b" \t".contains(byte)).collect();
        let means = |name: &str| joined.eq_ignore_ascii_case(name.as_bytes());
        let kind = if means("upgrade") {
            DirectiveKind::Upgrade
        } else if means("upgrade_from") {
            let (version, tunability) = self.upgrade_from(&mut line, word);
            DirectiveKind::UpgradeFrom { version, tunability }
        } else {
            self.unknown_directive(word, span);
            DirectiveKind::Unknown
        };
        let complete = matches!(
            kind,
            DirectiveKind::Upgrade | DirectiveKind::UpgradeFrom { version: Some(_), tunability: Some(_) }
        );
        if complete {
            self.text_behind(line, word);
        }
        Directive { span, word, kind }
    }

    /// `$upgrade` or `$upgrade_from` without its `#`: takes the line and reports it.
    pub fn lost_directive(&mut self) -> Option<Stray> {
        let token = self.peek().filter(|token| token.kind == TokenKind::Word)?;
        let text = self.text(token.span);
        let name = text.strip_prefix(b"$")?;
        let word = DIRECTIVES.into_iter().find(|word| name.eq_ignore_ascii_case(word.as_bytes()))?;
        let is_over = |count: &usize| {
            self.on_new_line(*count)
                || matches!(self.kind(*count), None | Some(TokenKind::OpenBrace | TokenKind::Equals))
        };
        let count = (1..).find(is_over).unwrap_or(1);
        let message = format!("expected `#${word}`, found {} without `#`", self.quote(token.span));
        let stray = self.take_stray(count);
        let finding = self.error("stray_words", stray.span, message).help("a directive starts with `#$`").insert(
            "write `#` before it",
            stray.span.start,
            "#",
            Applicability::Unsafe,
        );
        self.report(finding);
        Some(stray)
    }

    fn unknown_directive(&mut self, word: Word<'s>, span: Span) {
        let message = format!("expected `#$upgrade` or `#$upgrade_from`, found {}", self.quote(span));
        let finding = self.error("unknown_directive", if word.span.is_empty() { span } else { word.span }, message);
        let opposite = word.to_text().to_ascii_lowercase().starts_with("down");
        let finding = match suggest::nearest(&word.to_text(), DIRECTIVES) {
            // The opposite is no misspelling.
            Some(near) if opposite => finding.help(format!("did you mean `#${near}`?")),
            Some(near) => finding.help(format!("did you mean `#${near}`?")).replace(
                &format!("write `{near}`"),
                word.span,
                near,
                Applicability::Unsafe,
            ),
            None if word.span.is_empty() => finding.help("write the word of the directive directly behind `#$`"),
            None => finding.help("put a blank behind `#` if this is a comment").insert(
                "make it a comment",
                span.start + 1,
                " ",
                Applicability::Unsafe,
            ),
        };
        self.report(finding);
    }

    fn text_behind(&mut self, mut line: Line<'s>, word: Word<'s>) {
        let end = line.at;
        line.skip_blanks();
        if line.is_empty() {
            return;
        }
        let text = line.whole();
        let message = format!("expected the line to end behind `#${}`, found {}", word.to_text(), self.quote(text));
        let finding = self
            .error("text_after_directive", text, message)
            .help("a directive has its line for itself; put a comment on a line of its own");
        let delete = Edit::new(Span::new(end, text.end), String::new());
        let before = Span::at(word.span.start - 2);
        let (title, mark, sure) = match self.text(text).first() {
            Some(b'#') => ("move the comment to the line before", "", Applicability::Safe),
            _ => ("make it a comment on the line before", "# ", Applicability::Unsafe),
        };
        self.report(match std::str::from_utf8(self.text(text)) {
            Ok(text) => {
                let comment = Edit::new(before, format!("{mark}{text}\n"));
                finding.fix(title, sure, vec![comment, delete])
            }
            Err(_) => finding,
        });
    }

    /// `upgrade-from = version , tunability`
    fn upgrade_from(&mut self, line: &mut Line<'s>, word: Word<'s>) -> Versioned<'s> {
        line.skip_blanks();
        if let Some(both) = self.swapped(line) {
            return both;
        }
        let version = self.version(line);
        line.skip_blanks();
        if let Some(comma @ (b"," | b"=")) = line.rest.get(..1).filter(|_| version.is_some()) {
            let place = line.take(1).span;
            let found = String::from_utf8_lossy(comma).into_owned();
            let finding = self
                .error("stray_token", place, format!("expected a tunability behind the version, found `{found}`"))
                .help("separate version and tunability with a blank")
                .replace(&format!("delete `{found}`"), place, " ", Applicability::Safe);
            self.report(finding);
            line.skip_blanks();
        }
        let tunability = self.tunability(line);
        match (version, tunability) {
            (Some(version), None) if !version.quoted && is_tunability(version.text) => {
                let at = Span::at(word.span.end);
                self.incomplete(at, "expected the version being upgraded from, in quotes, found the tunability");
                (None, Some(Word { text: version.text, span: version.span }))
            }
            (Some(version), None) => {
                self.incomplete(
                    Span::at(version.span.end),
                    "expected a tunability behind the version, found the end of the line",
                );
                self.check_unquoted(version);
                (Some(version), None)
            }
            (None, None) => {
                let message = "expected a version in quotes and a tunability, found the end of the line";
                self.incomplete(Span::at(word.span.end), message);
                (None, None)
            }
            (version, tunability) => {
                version.into_iter().for_each(|version| self.check_unquoted(version));
                (version, tunability)
            }
        }
    }

    fn incomplete(&mut self, at: Span, message: &str) {
        let help = "write it as `#$upgrade_from \"1.0\" WHEN_OFFLINE`; `\"\"` stands for no version";
        let finding = self.error("incomplete_directive", at, message).help(help);
        self.report(finding);
    }

    fn check_unquoted(&mut self, version: Value<'s>) {
        if version.quoted {
            return;
        }
        let message = format!("expected the version in quotes, found {} without", self.quote(version.span));
        let finding = self.error("unquoted_version", version.span, message).help("put the version into double quotes");
        let fixed = format!("\"{}\"", version.to_text());
        self.report(finding.replace("quote the version", version.span, fixed, Applicability::Safe));
    }

    /// `version = quoted`; a word is taken too, and any quotes.
    fn version(&mut self, line: &mut Line<'s>) -> Option<Value<'s>> {
        if line.is_empty() {
            return None;
        }
        match quoted_length(line.rest) {
            Some(length) => {
                let token = line.take(length);
                let (range, quoting) = quotes::unquote(token.text);
                let text = token.text.get(range).unwrap_or_default();
                self.check_quotes(text, token.span, quoting);
                Some(Value { text, span: token.span, quoted: true })
            }
            None => {
                let word = line.word();
                if word.text.is_empty() {
                    return None;
                }
                let unopened = line.rest.first() == Some(&b'"');
                if unopened {
                    self.report_unopened(word.span);
                }
                let span = if unopened { word.span.to(line.take(1).span) } else { word.span };
                Some(Value { text: word.text, span, quoted: unopened })
            }
        }
    }

    /// `tunability = word`; quotes are taken too, and before it a second version.
    fn tunability(&mut self, line: &mut Line<'s>) -> Option<Word<'s>> {
        if let Some(second) = self.second_version(line) {
            line.take(second);
            line.skip_blanks();
        }
        let Some(length) = quoted_length(line.rest) else {
            let word = line.word();
            let word = self.split_word(line, word, |joined| Tunability::parse(joined).is_some());
            return (!word.text.is_empty()).then_some(word);
        };
        let token = line.take(length);
        let (range, _) = quotes::unquote(token.text);
        let text = token.text.get(range.clone()).unwrap_or_default();
        let start = token.span.start.saturating_add(u32::try_from(range.start).unwrap_or(u32::MAX));
        let word = Word { text, span: Span::new(start, start + u32::try_from(text.len()).unwrap_or(0)) };
        let message = format!("expected the tunability without quotes, found {}", self.quote(token.span));
        let finding = self.error("quoted_tunability", token.span, message).help("write the word alone");
        self.report(finding.replace("delete the quotes", token.span, word.to_text(), Applicability::Safe));
        Some(word)
    }
}

impl<'s> Cursor<'s> {
    /// The word and the next one, reported, if they are one word with a blank inside; else the word.
    fn split_word(&mut self, line: &mut Line<'s>, word: Word<'s>, is_known: impl Fn(&str) -> bool) -> Word<'s> {
        let mut behind = Line { rest: line.rest, at: line.at };
        behind.skip_blanks();
        let second = behind.word();
        let joined = format!("{}{}", word.to_text(), second.to_text());
        if word.text.is_empty() || second.text.is_empty() || !is_known(&joined) {
            return word;
        }
        *line = behind;
        let span = word.span.to(second.span);
        self.report_split(span, &joined);
        Word { text: self.text(span), span }
    }

    /// The length of a second version, before the tunability; reported.
    fn second_version(&mut self, line: &Line<'s>) -> Option<usize> {
        let length = quoted_length(line.rest)?;
        let behind = line.rest.get(length..)?.trim_ascii();
        if !is_tunability(behind) {
            return None;
        }
        let span = Span::new(line.at, line.at + u32::try_from(length).unwrap_or(0));
        let message = format!("expected a tunability behind the version, found {}", self.quote(span));
        let finding = self
            .error("stray_token", span, message)
            .help("a line has one version; write a line for each")
            .delete("delete the second version", span, Applicability::Unsafe);
        self.report(finding);
        Some(length)
    }

    /// `ANYTIME "1.0"`: reports the exchange and gives both in the right order.
    fn swapped(&mut self, line: &mut Line<'s>) -> Option<Versioned<'s>> {
        let blanks = line.rest.iter().position(|byte| b" \t".contains(byte))?;
        let (word, behind) = line.rest.split_at(blanks);
        let quoted = behind.trim_ascii();
        if !is_tunability(word) || quoted_length(quoted) != Some(quoted.len()) {
            return None;
        }
        let tunability = line.word();
        line.skip_blanks();
        let version = line.take(quoted.len());
        let span = tunability.span.to(version.span);
        let message = format!("expected the version before {}, found it behind", self.quote(tunability.span));
        let finding = self
            .error("swapped_tokens", span, message)
            .help("write it as `#$upgrade_from \"1.0\" WHEN_OFFLINE`")
            .replace(
                "exchange the two",
                span,
                format!("{} {}", String::from_utf8_lossy(version.text), tunability.to_text()),
                Applicability::Safe,
            );
        self.report(finding);
        let (range, _) = quotes::unquote(version.text);
        let text = version.text.get(range).unwrap_or_default();
        Some((Some(Value { text, span: version.span, quoted: true }), Some(tunability)))
    }
}

fn is_tunability(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| Tunability::parse(text).is_some())
}

/// The length of what is quoted at the start of the text, to its closing quote or, if that is missing, to the next blank;
/// none if it does not start with a quote.
fn quoted_length(text: &[u8]) -> Option<usize> {
    if let Some(length) = quotes::doubled_length(text) {
        return Some(length);
    }
    let closed = match (text.first()?, quotes::typographic(text)) {
        (_, Some(quote)) => quotes::find_closing(text, quotes::TYPOGRAPHIC_LENGTH, quote),
        (quote @ (b'"' | b'\''), None) => {
            let straight = text.iter().skip(1).position(|byte| byte == quote).map(|at| at + 2);
            straight.or_else(|| {
                let (at, _) = quotes::find_typographic(text, 1)?;
                Some(at + quotes::TYPOGRAPHIC_LENGTH)
            })
        }
        _ => return None,
    };
    let blank = || text.iter().position(|byte| b" \t".contains(byte)).unwrap_or(text.len());
    Some(closed.unwrap_or_else(blank))
}
