//! The comments for rtreg in a file: what they say and which part of the file they cover. It judges no finding.

use rtreg_model::{Span, suggest};
use rtreg_parser::{Item, Rtr, Token, TokenKind};

use crate::report::item_span;

/// A comment that was understood.
pub(super) struct Comment {
    /// The whole comment.
    pub(super) span: Span,
    /// `allow(…)` as it is written.
    pub(super) what: String,
    pub(super) names: Vec<Name>,
    /// What stands in the brackets.
    pub(super) list: Span,
    pub(super) scope: Scope,
    /// Whether a reason is given.
    pub(super) reason: bool,
    /// What to delete to be rid of it: its line where nothing else stands there, else it and the blanks before it.
    pub(super) removal: Span,
}

/// A rule that a comment names.
pub(super) struct Name {
    pub(super) text: String,
    pub(super) span: Span,
}

/// What a comment covers.
#[derive(Clone, Copy)]
pub(super) enum Scope {
    File,
    Range(Span),
    Nothing,
}

/// A comment for rtreg that was not understood.
pub(super) struct Fault {
    pub(super) span: Span,
    pub(super) found: String,
    pub(super) meant: Option<&'static str>,
}

const VERBS: [&str; 2] = ["allow", "allow-file"];

/// All comments for rtreg.
pub(super) fn read(rtr: &Rtr<'_>) -> (Vec<Comment>, Vec<Fault>) {
    let (mut comments, mut faults) = (Vec::new(), Vec::new());
    if !rtr.comments.iter().any(|comment| Line::new(rtr, comment.span).is_some()) {
        return (comments, faults);
    }
    // The first token of the present line that is neither blank nor comment, and the last one before the comment.
    let (mut on_line, mut last): (bool, Option<Token>) = (false, None);
    for token in &rtr.tokens {
        match token.kind {
            TokenKind::White => on_line &= !rtr.text(token.span).contains(&b'\n'),
            TokenKind::Comment => {
                let before = last.filter(|_| on_line);
                match Line::new(rtr, without_return(rtr, token.span)).and_then(|line| line.parse(rtr, before)) {
                    Some(Ok(comment)) => comments.push(comment),
                    Some(Err(fault)) => faults.push(fault),
                    None => {}
                }
            }
            _ => (on_line, last) = (true, Some(*token)),
        }
    }
    (comments, faults)
}

/// A comment without the carriage return of a line end of Windows.
fn without_return(rtr: &Rtr<'_>, span: Span) -> Span {
    let end = span.end - u32::from(rtr.text(span).ends_with(b"\r"));
    Span::new(span.start, end)
}

/// The text of a comment behind `rtreg:`, and where it starts.
struct Line<'s> {
    comment: Span,
    text: &'s str,
    start: u32,
}

impl<'s> Line<'s> {
    fn new(rtr: &Rtr<'s>, comment: Span) -> Option<Self> {
        let bytes = rtr.text(comment);
        let behind = bytes.strip_prefix(b"#")?.trim_ascii_start().strip_prefix(b"rtreg:")?;
        let text = behind.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let start = comment.start.saturating_add(number(bytes.len() - behind.len()));
        Some(Self { comment, text, start })
    }

    fn parse(&self, rtr: &Rtr<'_>, before: Option<Token>) -> Option<Result<Comment, Fault>> {
        Some(self.read(rtr, before).ok_or_else(|| self.fault()))
    }

    fn read(&self, rtr: &Rtr<'_>, before: Option<Token>) -> Option<Comment> {
        let (verb, rest) = self.text.split_once('(')?;
        let (list, rest) = rest.split_once(')')?;
        let list_start = number(verb.len() + 1);
        let is_file = match verb.trim() {
            "allow" => false,
            "allow-file" => true,
            _ => return None,
        };
        let names = self.names(list, list_start)?;
        let reason = rest.trim_start().strip_prefix("because");
        let reason = reason.is_some_and(|text| text.starts_with([' ', '\t']) && !text.trim().is_empty());
        let scope = match before {
            _ if is_file => Scope::File,
            Some(token) => behind(rtr, self.comment, token),
            None => below(rtr, self.comment),
        };
        let removal = match before {
            Some(token) => Span::new(token.span.end, self.comment.end),
            None => whole_line(rtr.source, self.comment),
        };
        let start = self.start.saturating_add(list_start);
        let list_span = Span::new(start, start.saturating_add(number(list.len())));
        let what = format!("{}({})", verb.trim(), list.trim());
        Some(Comment { span: self.comment, what, names, list: list_span, scope, reason, removal })
    }

    /// The names between the brackets; none where one is empty.
    fn names(&self, list: &str, list_start: u32) -> Option<Vec<Name>> {
        let mut names = Vec::new();
        let mut at = self.start.saturating_add(list_start);
        for part in list.split(',') {
            let text = part.trim();
            if text.is_empty() {
                return None;
            }
            let start = at.saturating_add(number(part.len() - part.trim_start().len()));
            names
                .push(Name { text: text.to_owned(), span: Span::new(start, start.saturating_add(number(text.len()))) });
            at = at.saturating_add(number(part.len() + 1));
        }
        Some(names)
    }

    fn fault(&self) -> Fault {
        const LONGEST: usize = 60;
        let text = self.text.trim();
        let verb = text.split([' ', '\t', '(', ':']).next().unwrap_or_default();
        let meant = suggest::nearest(verb, VERBS).filter(|meant| *meant != verb);
        Fault { span: self.comment, found: text.chars().take(LONGEST).filter(|c| !c.is_control()).collect(), meant }
    }
}

/// Behind something: the line, and behind the `{` or `}` of an entry the entry.
fn behind(rtr: &Rtr<'_>, comment: Span, before: Token) -> Scope {
    let line = line_start(rtr.source, comment.start);
    // The last item that does not start behind the token.
    let item = rtr.items.partition_point(|item| item_span(item).start <= before.span.start).checked_sub(1);
    let (start, end) = match item.and_then(|item| rtr.items.get(item)) {
        Some(Item::Entry(entry)) if entry.span.start == before.span.start => (line, entry.span.end),
        Some(Item::Entry(entry)) if before.kind == TokenKind::CloseBrace && entry.span.end == before.span.end => {
            (entry.span.start, comment.end)
        }
        _ => (line, comment.end),
    };
    Scope::Range(Span::new(line.min(start), end.max(comment.end)))
}

/// Alone on its line: the next thing below, or the rest of what it is in.
fn below(rtr: &Rtr<'_>, comment: Span) -> Scope {
    let to = |end: u32| Scope::Range(Span::new(comment.end, end));
    let next = rtr.items.partition_point(|item| item_span(item).start < comment.start);
    match next.checked_sub(1).and_then(|index| rtr.items.get(index)).filter(|item| item_span(item).end > comment.start)
    {
        Some(Item::Entry(entry)) => {
            let attributes = entry.attributes.iter().map(|attribute| attribute.span);
            let strays = entry.strays.iter().map(|stray| stray.span);
            let nodes = attributes.chain(strays).filter(|span| span.end > comment.start);
            nodes.min().map_or(Scope::Nothing, |span| to(span.end))
        }
        Some(item) => to(item_span(item).end),
        None => rtr.items.get(next).map_or(Scope::Nothing, |item| to(item_span(item).end)),
    }
}

fn line_start(source: &[u8], at: u32) -> u32 {
    let before = Span::new(0, at).slice(source);
    number(before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1))
}

/// The line of a comment that stands alone, with its line end.
fn whole_line(source: &[u8], comment: Span) -> Span {
    let blanks = Span::new(0, comment.start).slice(source).iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t'));
    let start = comment.start.saturating_sub(number(blanks.count()));
    let rest = Span::new(comment.end, u32::MAX).slice(source);
    let end = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |newline| newline + 1);
    Span::new(start, comment.end.saturating_add(number(end)))
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
