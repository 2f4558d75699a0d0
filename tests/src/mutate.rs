//! One wound at a time: every mutation of a fixed list at every token of a good RTR file, and what the checker says of each
//! mutant. Holds the list; reads and prints nothing.

use rtreg_checker::{LintOptions, lint};
use rtreg_model::standard::{ATTRIBUTES, KIND_KEYWORDS, STANDARD_PROPERTIES, TYPE_PROPERTIES};
use rtreg_model::{FileId, Finding, Level, Span, Tunability};
use rtreg_parser::{TokenKind, lower, parse};

use crate::grammar;

/// A part of the file that a mutation can hit: a token, or a part of a directive's line.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its bytes.
    pub span: Span,
}

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// An unquoted word, also of a directive.
    Word,
    /// A quoted value, also of a directive.
    Quoted,
    /// `#$upgrade` or `#$upgrade_from`.
    Directive,
    /// One of `{ } ; = ,`
    Mark(u8),
}

/// A mutation: its name, what it does, and how.
pub struct Mutation {
    /// What the report and the floor call it.
    pub name: &'static str,
    /// What it does.
    pub what: &'static str,
    apply: fn(&Place<'_>) -> Option<Mutant>,
}

/// Every mutation there is. What the list leaves out, nobody has tried.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { name: "drop_semicolon", what: "a `;` is left out", apply: |at| at.drop_mark(b';') },
    Mutation { name: "drop_equals", what: "a `=` is left out", apply: |at| at.drop_mark(b'=') },
    Mutation { name: "drop_comma", what: "a `,` is left out", apply: |at| at.drop_mark(b',') },
    Mutation { name: "drop_open_brace", what: "a `{` is left out", apply: |at| at.drop_mark(b'{') },
    Mutation { name: "drop_close_brace", what: "a `}` is left out", apply: |at| at.drop_mark(b'}') },
    Mutation {
        name: "drop_opening_quote",
        what: "the first `\"` of a value is left out",
        apply: |at| at.drop_quote(0),
    },
    Mutation { name: "drop_closing_quote", what: "the last `\"` of a value is left out", apply: |at| at.drop_quote(1) },
    Mutation {
        name: "drop_word",
        what: "a name, a value or the word of a directive is left out",
        apply: |at| at.drop_word(),
    },
    Mutation { name: "double_semicolon", what: "`;;`", apply: |at| at.double_mark(b';') },
    Mutation { name: "double_equals", what: "`==`", apply: |at| at.double_mark(b'=') },
    Mutation { name: "double_comma", what: "`,,`", apply: |at| at.double_mark(b',') },
    Mutation { name: "double_open_brace", what: "`{{`", apply: |at| at.double_mark(b'{') },
    Mutation { name: "double_close_brace", what: "`}}`", apply: |at| at.double_mark(b'}') },
    Mutation { name: "double_opening_quote", what: "`\"\"a\"`", apply: |at| at.double_quote(0) },
    Mutation { name: "double_closing_quote", what: "`\"a\"\"`", apply: |at| at.double_quote(1) },
    Mutation {
        name: "double_word",
        what: "a name, a value or a directive's word stands twice",
        apply: |at| at.double_word(),
    },
    Mutation { name: "swap_neighbours", what: "two neighbouring tokens change places", apply: |at| at.swap() },
    Mutation {
        name: "swap_letters",
        what: "two letters of a keyword change places",
        apply: |at| at.misspell(swap_letters),
    },
    Mutation { name: "drop_letter", what: "a keyword lacks a letter", apply: |at| at.misspell(drop_letter) },
    Mutation { name: "change_letter", what: "a keyword has a wrong letter", apply: |at| at.misspell(change_letter) },
    Mutation { name: "split_keyword", what: "a blank stands inside a keyword", apply: |at| at.misspell(split) },
    Mutation { name: "other_bracket", what: "`[` or `]` in place of a brace", apply: |at| at.other_bracket() },
    Mutation { name: "comma_for_semicolon", what: "`,` in place of `;`", apply: |at| at.replace_mark(b';', b",") },
    Mutation { name: "semicolon_for_comma", what: "`;` in place of `,`", apply: |at| at.replace_mark(b',', b";") },
    Mutation { name: "colon_for_equals", what: "`:` in place of `=`", apply: |at| at.replace_mark(b'=', b":") },
    Mutation { name: "colon_for_semicolon", what: "`:` in place of `;`", apply: |at| at.replace_mark(b';', b":") },
];

/// A wounded text.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// The text.
    pub text: Vec<u8>,
    /// The changed bytes; for what was left out, from the end of the part before to the start of the part behind.
    pub wound: Span,
    /// No reading of the mutant is right: a silent checker is wrong.
    pub is_wrong: bool,
}

/// What the checker made of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// One error, at the wound.
    One,
    /// No error, and none is due: the mutant is another right file.
    Valid,
    /// No error, though the file is wrong.
    Nothing,
    /// Several errors.
    TooMany,
    /// One error, away from the wound.
    Elsewhere,
}

/// Every mutant of a text that is no longer the text: name of the mutation, and mutant.
pub fn mutants(source: &[u8]) -> impl Iterator<Item = (&'static Mutation, Mutant)> + '_ {
    let parts = parts(source);
    let places = (0..parts.len()).collect::<Vec<_>>();
    places.into_iter().flat_map(move |index| {
        let place = Place { source, parts: &parts, index };
        let made = MUTATIONS.iter().filter_map(|mutation| Some((mutation, (mutation.apply)(&place)?)));
        made.filter(|(_, mutant)| mutant.text != source).collect::<Vec<_>>()
    })
}

/// What the checker says of a mutant, and all its findings.
pub fn judge(mutant: &Mutant, options: &LintOptions) -> (Verdict, Vec<Finding>) {
    let rtr = parse(&mutant.text, FileId(0));
    let findings = lint(&rtr, options);
    let mut errors =
        findings.iter().filter(|finding| finding.level == Level::Error).map(|finding| finding.primary.span);
    let verdict = match (errors.next(), errors.next()) {
        (None, _) if mutant.is_wrong || !grammar::accepts(&mutant.text) || lower(&rtr).is_none() => Verdict::Nothing,
        (None, _) => Verdict::Valid,
        (Some(_), Some(_)) => Verdict::TooMany,
        (Some(span), None) if span.start <= mutant.wound.end && mutant.wound.start <= span.end => Verdict::One,
        (Some(_), None) => Verdict::Elsewhere,
    };
    (verdict, findings)
}

/// The tokens of a good file, the lines of directives in their parts.
pub fn parts(source: &[u8]) -> Vec<Part> {
    let rtr = parse(source, FileId(0));
    let mut parts = Vec::new();
    for token in &rtr.tokens {
        let kind = match token.kind {
            TokenKind::Word => PartKind::Word,
            TokenKind::Quoted => PartKind::Quoted,
            TokenKind::Directive => {
                parts.extend(directive_parts(rtr.text(token.span), token.span.start));
                continue;
            }
            TokenKind::White | TokenKind::Comment | TokenKind::Unknown => continue,
            _ => PartKind::Mark(rtr.text(token.span).first().copied().unwrap_or_default()),
        };
        parts.push(Part { kind, span: token.span });
    }
    parts
}

fn directive_parts(line: &[u8], start: u32) -> Vec<Part> {
    let mut at = 0;
    let words = line.split(|byte| byte.is_ascii_whitespace()).map(|word| {
        let span = Span::new(start + at, start + at + length(word));
        at += length(word) + 1;
        let kind = match word.first() {
            Some(b'#') => PartKind::Directive,
            Some(b'"') => PartKind::Quoted,
            _ => PartKind::Word,
        };
        Part { kind, span }
    });
    words.filter(|part| !part.span.is_empty()).collect()
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// Where a mutation is tried.
struct Place<'s> {
    source: &'s [u8],
    parts: &'s [Part],
    index: usize,
}

impl Place<'_> {
    fn part(&self) -> Part {
        self.parts[self.index]
    }

    fn text(&self) -> &[u8] {
        self.part().span.slice(self.source)
    }

    /// The source with these bytes in place of those of the span; the wound is what was put in.
    fn replace(&self, span: Span, bytes: &[u8]) -> Mutant {
        let mut text = Span::new(0, span.start).slice(self.source).to_vec();
        text.extend_from_slice(bytes);
        text.extend_from_slice(Span::new(span.end, u32::MAX).slice(self.source));
        let mut wound = Span::new(span.start, span.start + length(bytes));
        if bytes.is_empty() {
            let before = self.parts.iter().rev().map(|part| part.span.end.min(span.start));
            let before = before.filter(|&end| end < span.start).max().unwrap_or(0);
            let behind = self.parts.iter().map(|part| part.span.start).filter(|&start| start >= span.end).min();
            let inside = self.part().span.start < span.start || self.part().span.end > span.end;
            let end = behind.unwrap_or(length(self.source)) - span.len();
            wound = if inside { Span::at(span.start) } else { Span::new(before, end) };
        }
        Mutant { text, wound, is_wrong: false }
    }

    fn drop_mark(&self, mark: u8) -> Option<Mutant> {
        (self.part().kind == PartKind::Mark(mark)).then(|| self.replace(self.part().span, b""))
    }

    fn double_mark(&self, mark: u8) -> Option<Mutant> {
        self.replace_mark(mark, &[mark, mark])
    }

    fn replace_mark(&self, mark: u8, by: &[u8]) -> Option<Mutant> {
        (self.part().kind == PartKind::Mark(mark)).then(|| self.replace(self.part().span, by))
    }

    fn other_bracket(&self) -> Option<Mutant> {
        self.replace_mark(b'{', b"[").or_else(|| self.replace_mark(b'}', b"]"))
    }

    /// The first or the last quote of a quoted value.
    fn quote(&self, end: u32) -> Option<Span> {
        let span = self.part().span;
        let at = if end == 0 { span.start } else { span.end - 1 };
        (self.part().kind == PartKind::Quoted).then(|| Span::new(at, at + 1))
    }

    fn drop_quote(&self, end: u32) -> Option<Mutant> {
        Some(self.replace(self.quote(end)?, b""))
    }

    fn double_quote(&self, end: u32) -> Option<Mutant> {
        Some(self.replace(self.quote(end)?, b"\"\""))
    }

    fn drop_word(&self) -> Option<Mutant> {
        let is_mark = matches!(self.part().kind, PartKind::Mark(_));
        (!is_mark).then(|| self.replace(self.part().span, b""))
    }

    fn double_word(&self) -> Option<Mutant> {
        let is_mark = matches!(self.part().kind, PartKind::Mark(_));
        (!is_mark).then(|| self.replace(self.part().span, &[self.text(), b" ", self.text()].concat()))
    }

    fn swap(&self) -> Option<Mutant> {
        let (first, second) = (self.part(), *self.parts.get(self.index + 1)?);
        let between = Span::new(first.span.end, second.span.start).slice(self.source);
        let mut swapped = [second.span.slice(self.source), between, self.text()].concat();
        // Two words stay two: what is swapped is tokens, not letters.
        let is_word = |part: Part| !matches!(part.kind, PartKind::Mark(_));
        if is_word(second)
            && self.index.checked_sub(1).is_some_and(|index| self.parts[index].span.end == first.span.start)
        {
            swapped.insert(0, b' ');
        }
        if is_word(first) && self.parts.get(self.index + 2).is_some_and(|next| next.span.start == second.span.end) {
            swapped.push(b' ');
        }
        Some(self.replace(Span::new(first.span.start, second.span.end), &swapped))
    }

    /// A word of a closed vocabulary, misspelt; only where the file uses it as such.
    fn misspell(&self, how: fn(&str) -> String) -> Option<Mutant> {
        let text = std::str::from_utf8(self.text()).ok()?;
        let keyword = self.keyword(text)?;
        let (head, word) = text.split_at(text.len() - keyword.len());
        let misspelt = how(word);
        if misspelt.eq_ignore_ascii_case(word) {
            return None;
        }
        let mutant = self.replace(self.part().span, format!("{head}{misspelt}").as_bytes());
        Some(Mutant { is_wrong: !is_known(&misspelt), ..mutant })
    }

    fn keyword<'t>(&self, text: &'t str) -> Option<&'t str> {
        let before = self.index.checked_sub(1).map(|index| self.parts[index]);
        let word = text.strip_prefix("#$").unwrap_or(text);
        let is_name = match before.map(|part| part.kind) {
            None | Some(PartKind::Mark(b';' | b'{' | b'}')) => true,
            Some(PartKind::Mark(b'=')) => {
                let name = self.parts[self.index - 2].span.slice(self.source);
                [&b"PROPERTY"[..], b"TUNABLE"].iter().any(|keyword| name.eq_ignore_ascii_case(keyword))
            }
            Some(PartKind::Quoted | PartKind::Word | PartKind::Directive) => true,
            Some(PartKind::Mark(_)) => false,
        };
        (is_name && self.part().kind != PartKind::Quoted && is_known(word)).then_some(word)
    }
}

/// Whether a word stands in one of the closed vocabularies.
fn is_known(word: &str) -> bool {
    let types = TYPE_PROPERTIES.iter().map(|row| row.name);
    let properties = STANDARD_PROPERTIES.iter().map(|row| row.name);
    let attributes = ATTRIBUTES.iter().chain(&KIND_KEYWORDS).copied();
    let tunabilities = Tunability::ALL.iter().map(|word| word.as_str());
    let others = ["upgrade", "upgrade_from", "NONE", "TRUE", "FALSE"];
    let mut all = types.chain(properties).chain(attributes).chain(tunabilities).chain(others);
    all.any(|known| known.eq_ignore_ascii_case(word))
}

/// The middle of a word: where it is wounded.
fn middle(word: &str) -> usize {
    word.len() / 2
}

fn swap_letters(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = middle(word);
    let from = at.saturating_sub(1);
    letters.swap(from, at);
    letters.into_iter().collect()
}

fn drop_letter(word: &str) -> String {
    let (head, tail) = word.split_at(middle(word));
    head.chars().chain(tail.chars().skip(1)).collect()
}

fn change_letter(word: &str) -> String {
    let (head, tail) = word.split_at(middle(word));
    let wrong = if tail.starts_with(['x', 'X']) { 'q' } else { 'x' };
    head.chars().chain([wrong]).chain(tail.chars().skip(1)).collect()
}

fn split(word: &str) -> String {
    let (head, tail) = word.split_at(middle(word));
    format!("{head} {tail}")
}
