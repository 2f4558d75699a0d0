//! The file: type properties, directives, property table, in this order; entries and their braces. One loop over
//! statements that goes on behind every fault. Words the findings about order and braces, and about the file as a whole.

use rtreg_model::standard;
use rtreg_model::{Applicability, Edit, Finding, Level, Span};

use crate::cursor::{Cursor, OneEdit};
use crate::lexer::Lexed;
use crate::misplaced;
use crate::statement::{Place, Statement, is_attribute};
use crate::syntax::{
    Attribute, AttributeValue, Declaration, Directive, DirectiveKind, Entry, Item, Stray, Token, TokenKind, Word,
};
use crate::values::replace_all;

/// The file while it is read.
pub(crate) struct FileParser<'s> {
    cursor: Cursor<'s>,
    items: Vec<Item<'s>>,
    /// The last run of directives that no type property followed yet.
    directives: Option<Span>,
    /// The first brace of the property table.
    table: Option<Span>,
    /// The run of items in the wrong place that the last item belongs to.
    misplaced: Option<Misplaced>,
}

/// A run of items in the wrong place: one finding.
#[derive(Clone, Copy)]
struct Misplaced {
    finding: usize,
    rule: &'static str,
}

impl<'s> FileParser<'s> {
    pub fn new(cursor: Cursor<'s>) -> Self {
        Self { cursor, items: Vec::new(), directives: None, table: None, misplaced: None }
    }

    /// `rtr-file = { declaration } , { directive } , { entry }`
    pub fn parse(mut self) -> (Vec<Item<'s>>, Vec<Finding>) {
        while self.cursor.peek().is_some() {
            self.cursor.open_bracket(false);
            self.cursor.transpose(Place::File);
            let Some(token) = self.cursor.peek() else { break };
            let item = match token.kind {
                TokenKind::Directive => {
                    self.cursor.bump();
                    let directive = self.cursor.directive(token);
                    self.place_directive(&directive);
                    Item::Directive(directive)
                }
                TokenKind::OpenBrace => {
                    self.cursor.bump();
                    self.table.get_or_insert(token.span);
                    Item::Entry(self.entry(token))
                }
                TokenKind::CloseBrace => Item::Stray(self.stray_close()),
                TokenKind::Word if self.is_attribute_outside(token) => self.unopened_entry(token),
                TokenKind::Word => match self.cursor.lost_directive() {
                    Some(stray) => Item::Stray(stray),
                    None => self.declaration(),
                },
                TokenKind::Quoted
                    if self.cursor.kind(1) == Some(TokenKind::Directive) && !self.cursor.on_new_line(1) =>
                {
                    Item::Stray(self.version_before_directive())
                }
                _ => Item::Stray(self.cursor.stray_run(Place::File)),
            };
            if !matches!(item, Item::Directive(_) | Item::Declaration(_)) {
                self.misplaced = None;
            }
            self.items.push(item);
        }
        misplaced::add_fixes(self.cursor.source, &self.items, self.table, &mut self.cursor.findings);
        (self.items, self.cursor.findings)
    }

    /// `"1.0" #$upgrade_from ANYTIME`: takes both as what belongs to nothing.
    fn version_before_directive(&mut self) -> Stray {
        let stray = self.cursor.take_stray(1);
        let Some(directive) = self.cursor.bump() else { return stray };
        let message = format!("expected {} behind the directive, found it before", self.cursor.quote(stray.span));
        let finding = self
            .cursor
            .error("swapped_tokens", stray.span.to(directive.span), message)
            .help("write it as `#$upgrade_from \"1.0\" WHEN_OFFLINE`, on a line of its own");
        self.cursor.report(finding);
        Stray { span: stray.span.to(directive.span) }
    }

    /// Whether the next word is an attribute's keyword and used as one. A type with a value behind it is none: it is rather
    /// a misspelt type property.
    fn is_attribute_outside(&self, token: Token) -> bool {
        let word = self.cursor.word(token);
        let is_kind = standard::KIND_KEYWORDS.iter().any(|keyword| word.is(keyword));
        let assigned = self.cursor.kind(1) == Some(TokenKind::Equals);
        is_attribute(&word) && self.is_named() && !(is_kind && assigned)
    }

    /// Whether the next word is used as a name.
    fn is_named(&self) -> bool {
        let behind = self.cursor.kind(1);
        matches!(behind, Some(TokenKind::Equals | TokenKind::Semicolon)) || self.cursor.literals_follow(Place::Entry)
    }

    /// `declaration = statement`
    fn declaration(&mut self) -> Item<'s> {
        let before = self.cursor.findings.len();
        match self.cursor.statement(Place::File) {
            Statement::Stray(stray) => Item::Stray(stray),
            Statement::Named { span, name, value } => {
                let values = match value {
                    AttributeValue::Flag => None,
                    AttributeValue::Values(values) | AttributeValue::Literals(values) => Some(values),
                };
                if Place::File.knows(&name) || before == self.cursor.findings.len() {
                    self.place_declaration(span, name);
                }
                Item::Declaration(Declaration { span, name, values })
            }
        }
    }

    fn place_declaration(&mut self, span: Span, name: Word<'s>) {
        if let Some(table) = self.table {
            let message = format!(
                "expected {} before the property table, found it behind an entry",
                self.cursor.quote(name.span)
            );
            let finding = self
                .cursor
                .error("misplaced_declaration", span, message)
                .also(self.cursor.file, table, "the property table starts here")
                .help("move the type properties to the top of the file, before the first `{`");
            self.misplace(span, finding);
        } else if let Some(run) = self.directives.filter(|_| Place::File.knows(&name)) {
            self.directives = None;
            let finding = self
                .cursor
                .error(
                    "misplaced_directive",
                    run,
                    "expected a directive behind all type properties, found it before one",
                )
                .also(self.cursor.file, span, "this type property stands behind it")
                .help("move the directives between the type properties and the first `{`");
            self.cursor.report(finding);
        } else {
            self.misplaced = None;
        }
    }

    fn place_directive(&mut self, directive: &Directive<'s>) {
        match self.table {
            _ if directive.kind == DirectiveKind::Unknown => self.misplaced = None,
            None => self.directives = Some(self.directives.map_or(directive.span, |run| run.to(directive.span))),
            Some(table) => {
                let finding = self
                    .cursor
                    .error(
                        "misplaced_directive",
                        directive.span,
                        "expected a directive before the property table, found it behind an entry",
                    )
                    .also(self.cursor.file, table, "the property table starts here")
                    .help("move the directives between the type properties and the first `{`");
                self.misplace(directive.span, finding);
            }
        }
    }

    /// Reports an item in the wrong place, or makes it part of the run that was reported.
    fn misplace(&mut self, span: Span, finding: Finding) {
        let run = self.misplaced.filter(|run| run.rule == finding.rule);
        if let Some(first) = run.and_then(|run| self.cursor.findings.get_mut(run.finding)) {
            first.primary.span = first.primary.span.to(span);
            return;
        }
        self.misplaced = Some(Misplaced { finding: self.cursor.findings.len(), rule: finding.rule });
        self.cursor.report(finding);
    }

    fn stray_close(&mut self) -> Stray {
        let stray = self.cursor.take_stray(1);
        let finding = self.cursor.error("stray_brace", stray.span, "expected a declaration or an entry, found `}`");
        let finding = match self.items.last() {
            Some(Item::Entry(entry)) => {
                let end = Span::new(entry.span.end.saturating_sub(1).max(entry.span.start), entry.span.end);
                finding.also(self.cursor.file, end, "the entry before ends here")
            }
            _ => finding,
        };
        let finding = finding.help("delete it, or add the `{` that it is to close");
        self.cursor.report(finding.delete("delete `}`", stray.span, Applicability::Unsafe));
        stray
    }

    /// `entry = "{" , { attribute } , "}"`; behind `{`.
    fn entry(&mut self, open: Token) -> Entry<'s> {
        // As many attributes as an entry of one's own usually has.
        let mut entry = Entry { span: open.span, attributes: Vec::with_capacity(8), strays: Vec::new() };
        let mut doubled = 0_u32;
        loop {
            self.cursor.close_bracket(open.span, [TokenKind::Equals, TokenKind::Semicolon]);
            self.cursor.transpose(Place::Entry);
            match self.cursor.kind(0) {
                Some(TokenKind::CloseBrace) => {
                    self.cursor.bump();
                    while doubled > 0 && self.cursor.take(TokenKind::CloseBrace) {
                        doubled -= 1;
                    }
                    break;
                }
                Some(TokenKind::OpenBrace) if self.cursor.last.end == last_brace(&entry, open, doubled) => {
                    doubled += 1;
                    let stray = self.doubled_brace(open, doubled);
                    entry.strays.push(stray);
                }
                Some(TokenKind::Directive) => entry.strays.push(self.directive_in_entry(open)),
                Some(TokenKind::Word) => self.attribute(&mut entry),
                Some(TokenKind::OpenBrace) if self.cursor.literals_go_on(1) => {
                    entry.strays.push(self.literals_alone());
                }
                None | Some(TokenKind::OpenBrace) => {
                    self.missing_close(open);
                    break;
                }
                Some(_) => entry.strays.push(self.cursor.stray_run(Place::Entry)),
            }
        }
        entry.span = open.span.to(self.cursor.last);
        entry
    }

    /// `attribute = statement`
    fn attribute(&mut self, entry: &mut Entry<'s>) {
        match self.cursor.statement(Place::Entry) {
            Statement::Named { span, name, value } => entry.attributes.push(Attribute { span, name, value }),
            Statement::Stray(stray) => entry.strays.push(stray),
        }
    }

    /// `{ literal, literal };` without a keyword before it.
    fn literals_alone(&mut self) -> Stray {
        let Some(open) = self.cursor.bump().map(|token| token.span) else { return self.cursor.take_stray(1) };
        let finding = self
            .cursor
            .error("stray_brace", open, "expected `ENUM` before the literals, found `{` alone")
            .help("write `ENUM { literal, literal };`")
            .insert("insert `ENUM`", open.start, "ENUM ", Applicability::Unsafe);
        self.cursor.report(finding);
        self.cursor.literals();
        Stray { span: open.to(self.cursor.last) }
    }

    /// Takes a brace directly behind that of the entry; only the first of them is reported.
    fn doubled_brace(&mut self, open: Token, doubled: u32) -> Stray {
        let stray = self.cursor.take_stray(1);
        if doubled == 1 {
            let finding = self
                .cursor
                .error("stray_brace", stray.span, "expected `PROPERTY` behind `{`, found a second `{`")
                .also(self.cursor.file, open.span, "the entry starts here")
                .help("delete one of the two braces, and one `}` if that is doubled too")
                .delete("delete `{`", stray.span, Applicability::Unsafe);
            self.cursor.report(finding);
        }
        stray
    }

    fn directive_in_entry(&mut self, open: Token) -> Stray {
        let stray = self.cursor.take_stray(1);
        let finding = self
            .cursor
            .error(
                "misplaced_directive",
                stray.span,
                "expected a directive before the property table, found it in an entry",
            )
            .also(self.cursor.file, open.span, "the entry starts here")
            .help("move the directives between the type properties and the first `{`");
        self.cursor.report(finding);
        stray
    }

    /// At the end of the file what is missing of the last attribute is missing with the rest: one finding.
    fn missing_close(&mut self, open: Token) {
        let at = Span::at(self.cursor.last.end);
        if self.cursor.peek().is_none() && self.cut_off(open, at) {
            return;
        }
        let message = format!("expected `}}` at the end of the entry, found {}", self.cursor.found());
        let finding = self
            .cursor
            .error("missing_close_brace", at, message)
            .also(self.cursor.file, open.span, "the entry starts here")
            .help("close the entry with `}`")
            .insert("insert `}`", at.start, "\n}", Applicability::Safe);
        self.cursor.report(finding);
    }

    /// Puts one finding in place of those that the end of the file has made in an attribute; false if there are none.
    fn cut_off(&mut self, open: Token, at: Span) -> bool {
        let is_at_end = |finding: &Finding| {
            let is_cut = matches!(
                finding.rule,
                "missing_semicolon" | "missing_close_brace" | "missing_equals" | "stray_words" | "unterminated_string"
            );
            is_cut && finding.primary.span.end >= at.start && finding.primary.span.start > open.span.start
        };
        let before = self.cursor.findings.len();
        while self.cursor.findings.last().is_some_and(is_at_end) {
            self.cursor.findings.pop();
        }
        if self.cursor.findings.len() == before {
            return false;
        }
        let message = "expected the rest of the attribute and `}`, found the end of the file";
        let finding = self
            .cursor
            .error("missing_close_brace", at, message)
            .also(self.cursor.file, open.span, "the entry starts here")
            .help("the file is cut off: bring back its end, or end the attribute with `;` and the entry with `}`");
        self.cursor.report(finding);
        true
    }

    /// Attributes outside of braces, to the `}` or to where they end: an entry if PROPERTY is among them.
    fn unopened_entry(&mut self, first: Token) -> Item<'s> {
        self.table.get_or_insert(first.span);
        let before = self.cursor.findings.len();
        let start = Span::at(first.span.start);
        let message = format!("expected `{{` before {}, found it outside of an entry", self.cursor.quote(first.span));
        let mut finding = self.cursor.error("missing_open_brace", first.span, message);
        if let Some(Item::Entry(entry)) = self.items.last() {
            let end = Span::new(entry.span.end.saturating_sub(1).max(entry.span.start), entry.span.end);
            finding = finding.also(self.cursor.file, end, "the entry before ends here");
        }
        self.cursor.report(finding.help("put the attributes of a property between `{` and `}`, PROPERTY first"));
        let mut entry = Entry { span: first.span, attributes: Vec::new(), strays: Vec::new() };
        let mut closed = false;
        while let Some(token) = self.cursor.peek() {
            match token.kind {
                TokenKind::CloseBrace => {
                    self.cursor.bump();
                    closed = true;
                    break;
                }
                TokenKind::Word if !Place::File.knows(&self.cursor.word(token)) => self.attribute(&mut entry),
                TokenKind::Word | TokenKind::OpenBrace | TokenKind::Directive => break,
                _ => entry.strays.push(self.cursor.stray_run(Place::Entry)),
            }
        }
        entry.span = first.span.to(self.cursor.last);
        if entry.property().is_none() {
            return Item::Stray(Stray { span: entry.span });
        }
        if let Some(finding) = self.cursor.findings.get_mut(before) {
            let mut edits = vec![Edit::new(start, "{ ".to_owned())];
            if !closed {
                edits.push(Edit::new(Span::at(entry.span.end), " }".to_owned()));
            }
            *finding = finding.clone().fix("put the attributes into braces", Applicability::Unsafe, edits);
        }
        Item::Entry(entry)
    }
}

/// Where the last of the braces that open the entry ends, while nothing else is in the entry.
fn last_brace(entry: &Entry<'_>, open: Token, doubled: u32) -> u32 {
    match entry.strays.last() {
        Some(stray) if doubled > 0 && entry.attributes.is_empty() => stray.span.end,
        _ => open.span.end,
    }
}

/// Findings about the bytes of the file as a whole, one for each kind.
pub(crate) fn report_bytes(cursor: &mut Cursor<'_>, lexed: &Lexed) {
    if lexed.utf16 {
        let finding = cursor
            .error("wrong_encoding", Span::new(0, 2), "expected ASCII text, found UTF-16")
            .help("save the file as ASCII or UTF-8");
        cursor.report(finding);
    }
    if lexed.binary {
        let finding = cursor
            .error("wrong_encoding", Span::new(0, 1), "expected text, found a file that is none")
            .help("is this an RTR file? Programs, archives and UTF-16 text are none");
        cursor.report(finding);
    }
    report_c_comments(cursor, &lexed.c_comments);
    if let Some(mark) = lexed.byte_order_mark {
        let message = "expected a name or a comment at the start of the file, found a byte order mark";
        let finding = Finding::new("byte_order_mark", Level::Warning, cursor.file, mark, message)
            .help("save the file without a byte order mark")
            .delete("delete the mark", mark, Applicability::Safe);
        cursor.report(finding);
    }
    if let Some(&first) = lexed.nuls.first() {
        let count = lexed.nuls.len();
        let message = format!("expected text, found NUL bytes here and in {} more places", count - 1);
        let message = if count == 1 { "expected text, found NUL bytes".to_owned() } else { message };
        let finding =
            cursor.error("nul_byte", first, message).help("the file may be damaged: write it again, without NUL bytes");
        cursor.report(finding);
    }
    if let Some(&first) = lexed.unusual_spaces.first() {
        let message = format!(
            "expected blanks, tabs or newlines between words, found {} other space character{}",
            lexed.unusual_spaces.len(),
            if lexed.unusual_spaces.len() == 1 { "" } else { "s" }
        );
        let finding = cursor
            .error("unusual_space", first, message)
            .help("text copied from a web page or a PDF may have no-break spaces: replace them by blanks")
            .fix("replace by blanks", Applicability::Safe, replace_all(&lexed.unusual_spaces, " "));
        cursor.report(finding);
    }
    if let Some(span) = lexed.dos_end {
        let finding = cursor
            .error("dos_end_of_file", span, "expected the file to end, found the end-of-file character of DOS (Ctrl-Z)")
            .help("delete the last character: no statement can use it")
            .delete("delete it", span, Applicability::Safe);
        cursor.report(finding);
    }
    report_line_ends(cursor, lexed);
}

/// One finding for all of them. Those that end their line become comments; where one stands within a statement, its place for a
/// comment only the author knows.
fn report_c_comments(cursor: &mut Cursor<'_>, spans: &[Span]) {
    let Some(&first) = spans.first() else { return };
    let more = match spans.len() - 1 {
        0 => String::new(),
        more => format!(" here and in {more} more place{}", if more == 1 { "" } else { "s" }),
    };
    let message = format!("expected comments that begin with `#`, found {}{more}", cursor.quote(first));
    let finding = cursor.error("stray_words", first, message).help("a comment begins with `#` and ends with its line");
    let ends_line = |span: &Span| {
        let behind = cursor.source.get(span.end as usize..).unwrap_or_default();
        let blank = behind.iter().find(|byte| !b" \t\r".contains(byte));
        blank.is_none_or(|&byte| byte == b'\n')
    };
    let finding = match spans.iter().all(ends_line) {
        true => {
            let edits = spans.iter().map(|&span| Edit::new(span, commented(cursor.text(span)))).collect();
            finding.fix("write them with `#`", Applicability::Safe, edits)
        }
        false => finding,
    };
    cursor.report(finding);
}

/// A comment of C's in the language's own form, a line each.
fn commented(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let inner = match text.strip_prefix("/*").and_then(|inner| inner.strip_suffix("*/")) {
        Some(inner) => inner,
        None => text.trim_start_matches('/'),
    };
    let lines = inner.lines().map(|line| line.trim().trim_start_matches('*').trim());
    let lines: Vec<String> = lines.map(|line| format!("# {line}").trim_end().to_owned()).collect();
    // What only opened or closed it is no line of it.
    let begin = lines.iter().position(|line| line != "#").unwrap_or(0);
    let end = lines.iter().rposition(|line| line != "#").map_or(lines.len(), |last| last + 1);
    lines.get(begin..end).unwrap_or_default().join("\n")
}

fn report_line_ends(cursor: &mut Cursor<'_>, lexed: &Lexed) {
    if let Some(&first) = lexed.lone_returns.first() {
        let returns: Vec<Span> = lexed.lone_returns.iter().map(|&at| Span::new(at, at + 1)).collect();
        let message = "expected lines that end with a newline, found a carriage return alone";
        let finding =
            Finding::new("windows_line_ends", Level::Warning, cursor.file, Span::new(first, first + 1), message)
                .help("save the file with Unix line ends: a comment ends only at a newline");
        // What a comment swallowed is not surely meant as something else.
        let finding = match lexed.returns_in_lines {
            true => finding,
            false => finding.fix("replace by newlines", Applicability::Safe, replace_all(&returns, "\n")),
        };
        cursor.report(finding);
    }
    if let Some(&first) = lexed.carriage_returns.first() {
        let returns: Vec<Span> = lexed.carriage_returns.iter().map(|&at| Span::new(at, at + 1)).collect();
        let message = "expected lines that end with a newline, found carriage return and newline";
        let span = Span::new(first, first + 2);
        let finding = Finding::new("windows_line_ends", Level::Warning, cursor.file, span, message)
            .help("save the file with Unix line ends")
            .fix("delete the carriage returns", Applicability::Safe, replace_all(&returns, ""));
        cursor.report(finding);
    }
}
