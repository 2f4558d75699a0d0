//! The words that could stand at a place: names that are not declared yet, and values of what is closed.

use rtreg_model::standard::{
    ATTRIBUTES, Category, KIND_KEYWORDS, Presence, STANDARD_PROPERTIES, TYPE_PROPERTIES, TypeProperty,
    TypePropertyKind, standard_property, type_property,
};
use rtreg_model::{Method, PropertyKind, PropertyTunable, Release, Span, Tunability};
use rtreg_parser::{Entry, Rtr, TokenKind, read};

use super::statement::{self, Statement};
use super::{Candidate, CandidateKind, about};
use crate::catalogue;

/// The words that could stand at a byte, in the order of the tables; those that the target release does not know are left
/// out, and names that the file or the entry has already.
///
/// ```
/// use rtreg_checker::assist::complete;
/// use rtreg_model::Release;
/// let rtr = rtreg_parser::parse(b"Resource_type = web;\nFail", rtreg_model::FileId(0));
/// assert!(complete(&rtr, Release::V4, 25).iter().any(|candidate| candidate.text == "Failover"));
/// ```
pub fn complete(rtr: &Rtr<'_>, target: Release, at: u32) -> Vec<Candidate> {
    let line = line_before(rtr, at);
    let hash = line.iter().position(|&byte| byte == b'#');
    let in_word = |kind| rtr.tokens.iter().any(|it| it.kind == kind && it.span.start < at && at <= it.span.end);
    if in_word(TokenKind::Comment) || in_word(TokenKind::Directive) {
        let text = hash.and_then(|hash| line.get(hash..)).unwrap_or_default();
        return if text.starts_with(b"#$") || text == b"#" { directives(text, at) } else { comments(text, at) };
    }
    let Some(statement) = statement::at(rtr, at) else { return Vec::new() };
    if statement.literals {
        return Vec::new();
    }
    let quoted = rtr.text(statement.word).starts_with(b"\"");
    let list = List { span: statement.word, target, quoted };
    match (statement.entry, statement.name) {
        (None, None) => list.type_properties(rtr),
        (None, Some(name)) => list.type_values(rtr, name),
        (Some(start), name) => {
            let entry = rtr.entries().find(|entry| entry.span.start == start);
            match name {
                None => list.attributes(entry),
                Some(name) => list.attribute_values(rtr, entry, &statement, name),
            }
        }
    }
}

/// The line up to the place.
fn line_before<'s>(rtr: &Rtr<'s>, at: u32) -> &'s [u8] {
    let before = Span::new(0, at).slice(rtr.source);
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    before.get(start..).unwrap_or_default()
}

/// The end of the text that is a word.
fn word_before(text: &[u8], at: u32) -> Span {
    let letters = text.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_' || **byte == b'-');
    let length = u32::try_from(letters.count()).unwrap_or(0);
    Span::new(at.saturating_sub(length), at)
}

/// What could stand in a line that starts with `#$`.
fn directives(text: &[u8], at: u32) -> Vec<Candidate> {
    let words: Vec<&[u8]> = text.split(|byte| b" \t".contains(byte)).filter(|word| !word.is_empty()).collect();
    let is_new = text.ends_with(b" ") || text.ends_with(b"\t");
    let number = words.len() + usize::from(is_new);
    let span = word_before(text, at);
    let candidate = |text: &str, detail: &str, kind| Candidate {
        text: text.to_owned(),
        span,
        kind,
        detail: detail.to_owned(),
        about: String::new(),
    };
    if number <= 1 {
        let span = Span::new(at.saturating_sub(u32::try_from(text.len()).unwrap_or(0)), at);
        let both = [("#$upgrade", about::UPGRADE), ("#$upgrade_from", about::UPGRADE_FROM)];
        let both = both.map(|(word, about)| candidate(word, about, CandidateKind::Directive));
        return both.into_iter().map(|candidate| Candidate { span, ..candidate }).collect();
    }
    let is_from = words.first().is_some_and(|word| word.eq_ignore_ascii_case(b"#$upgrade_from"));
    match number {
        3 if is_from => {
            let words = Tunability::ALL.into_iter();
            words.map(|word| candidate(word.as_str(), about::tunability(word), CandidateKind::Value)).collect()
        }
        _ => Vec::new(),
    }
}

/// What could stand in a comment for rtreg.
fn comments(text: &[u8], at: u32) -> Vec<Candidate> {
    let Some(behind) = text.strip_prefix(b"#").and_then(|text| text.trim_ascii_start().strip_prefix(b"rtreg:")) else {
        return Vec::new();
    };
    let span = word_before(text, at);
    let candidate = |text: String, detail: &str| Candidate {
        text,
        span,
        kind: CandidateKind::Comment,
        detail: detail.to_owned(),
        about: String::new(),
    };
    let opened = behind.contains(&b'(');
    if opened && !behind.contains(&b')') {
        return catalogue::all().into_iter().map(|known| candidate(known.id.to_owned(), known.summary)).collect();
    }
    if opened {
        return vec![candidate("because".to_owned(), "and then the reason")];
    }
    vec![
        candidate("allow".to_owned(), "takes out findings of rules, for what stands below or on this line"),
        candidate("allow-file".to_owned(), "takes out findings of rules, for the whole file"),
    ]
}

/// Candidates for one place.
struct List {
    span: Span,
    target: Release,
    /// Whether the word is written in quotes.
    quoted: bool,
}

impl List {
    fn candidate(&self, kind: CandidateKind, text: &str, detail: impl Into<String>, about: String) -> Candidate {
        let text = if self.quoted { format!("\"{text}\"") } else { text.to_owned() };
        Candidate { text, span: self.span, kind, detail: detail.into(), about }
    }

    fn values<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> Vec<Candidate> {
        words.into_iter().map(|word| self.candidate(CandidateKind::Value, word, "", String::new())).collect()
    }

    fn type_properties(&self, rtr: &Rtr<'_>) -> Vec<Candidate> {
        let declared = |row: &&TypeProperty| {
            let mut others = rtr.declarations().filter(|it| !it.name.span.touches(self.span));
            others.any(|declaration| declaration.name.is(row.name))
        };
        let wanted = |row: &&TypeProperty| row.category != Category::QueryOnly && row.since <= self.target;
        let rows = TYPE_PROPERTIES.iter().filter(wanted).filter(|row| !declared(row));
        rows.map(|row| {
            let kind = match Method::parse(row.name) {
                Some(_) => CandidateKind::Method,
                None => CandidateKind::TypeProperty,
            };
            self.candidate(kind, row.name, "type property", about::type_property(row))
        })
        .collect()
    }

    fn type_values(&self, rtr: &Rtr<'_>, name: Span) -> Vec<Candidate> {
        let row = type_property(&String::from_utf8_lossy(rtr.text(name)));
        match row.map(|row| row.kind) {
            Some(TypePropertyKind::Boolean) => self.values(["TRUE", "FALSE"]),
            Some(TypePropertyKind::Enum(words)) => self.values(words.iter().copied()),
            _ => Vec::new(),
        }
    }

    fn attributes(&self, entry: Option<&Entry<'_>>) -> Vec<Candidate> {
        let has = |keyword: &str| {
            let mut others = entry.into_iter().flat_map(|entry| &entry.attributes);
            others.any(|it| it.name.is(keyword) && !it.name.span.touches(self.span))
        };
        let words = ATTRIBUTES.into_iter().chain(KIND_KEYWORDS).filter(|keyword| !has(keyword));
        let candidate =
            |keyword| self.candidate(CandidateKind::Attribute, keyword, about::attribute(keyword), String::new());
        words.map(candidate).collect()
    }

    fn attribute_values(
        &self,
        rtr: &Rtr<'_>,
        entry: Option<&Entry<'_>>,
        statement: &Statement,
        name: Span,
    ) -> Vec<Candidate> {
        let keyword = rtr.text(name).to_ascii_uppercase();
        match keyword.as_slice() {
            b"PROPERTY" => self.properties(rtr, statement),
            b"TUNABLE" => self.tunables(),
            b"EXTENSION" | b"PER_NODE" | b"STRING" | b"BOOLEAN" | b"INT" | b"STRINGARRAY" => {
                self.values(["TRUE", "FALSE"])
            }
            b"DEFAULT" => self.defaults(entry),
            _ => Vec::new(),
        }
    }

    fn properties(&self, rtr: &Rtr<'_>, statement: &Statement) -> Vec<Candidate> {
        let others: Vec<String> = rtr
            .entries()
            .filter(|entry| Some(entry.span.start) != statement.entry)
            .filter_map(|entry| Some(entry.property()?.to_text().to_ascii_lowercase()))
            .collect();
        let rows = STANDARD_PROPERTIES.iter().filter(|row| row.presence != Presence::QueryOnly);
        let rows = rows.filter(|row| row.since <= self.target);
        let rows = rows.filter(|row| !others.contains(&row.name.to_ascii_lowercase()));
        let kind = CandidateKind::Property;
        rows.map(|row| self.candidate(kind, row.name, about::standard_kind(row.kind), about::standard_property(row)))
            .collect()
    }

    fn tunables(&self) -> Vec<Candidate> {
        let words = ["ANYTIME", "WHEN_DISABLED", "AT_CREATION", "NONE", "TRUE", "FALSE"];
        let about = |word: &str| PropertyTunable::parse(word).map_or("", about::tunable);
        words.into_iter().map(|word| self.candidate(CandidateKind::Value, word, about(word), String::new())).collect()
    }

    fn defaults(&self, entry: Option<&Entry<'_>>) -> Vec<Candidate> {
        let Some(entry) = entry else { return Vec::new() };
        let name = entry.property().map(|name| name.to_text()).unwrap_or_default();
        let kind = match standard_property(&name).filter(|_| !entry.is_extension()) {
            Some(row) => Some(row.kind.to_kind()),
            None => read::kinds(entry).into_iter().next().map(|kind| kind.value),
        };
        match kind {
            Some(PropertyKind::Boolean) => self.values(["TRUE", "FALSE"]),
            Some(PropertyKind::Enum(words)) => self.values(words.iter().map(String::as_str)),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtreg_model::FileId;

    /// The candidates at the mark `|`.
    fn at(marked: &str) -> Vec<Candidate> {
        let at = u32::try_from(marked.find('|').expect("a mark")).unwrap();
        let text = marked.replacen('|', "", 1);
        complete(&rtreg_parser::parse(text.as_bytes(), FileId(0)), Release::V3_1, at)
    }

    fn words(marked: &str) -> Vec<String> {
        at(marked).into_iter().map(|candidate| candidate.text).collect()
    }

    #[test]
    fn names_that_are_there_already_or_too_new_are_left_out() {
        let found = words("Resource_type = web;\nStart = a;\nSt|");
        assert!(found.contains(&"Stop".to_owned()) && found.contains(&"Failover".to_owned()));
        for word in ["Start", "Resource_type", "Proxy", "Installed_nodes", "PROPERTY"] {
            assert!(!found.contains(&word.to_owned()), "{word}");
        }
        let found = words("{ PROPERTY = Stop_timeout; }\n{ PROPERTY = St|");
        assert!(found.contains(&"Start_timeout".to_owned()) && !found.contains(&"Stop_timeout".to_owned()));
        assert!(!found.contains(&"Status".to_owned()) && !found.contains(&"Pre_evict".to_owned()));
        let found = words("{ PROPERTY = Delay; EXTENSION; | }");
        assert!(found.contains(&"DEFAULT".to_owned()) && found.contains(&"INT".to_owned()));
        assert!(!found.contains(&"EXTENSION".to_owned()) && !found.contains(&"Failover".to_owned()));
    }

    #[test]
    fn values_are_those_of_the_name_before_them() {
        assert_eq!(words("Failover = |"), ["TRUE", "FALSE"]);
        assert_eq!(words("Init_nodes = RG|;"), ["RG_PRIMARIES", "RT_INSTALLED_NODES"]);
        assert_eq!(words("Start = |"), [""; 0]);
        assert_eq!(
            words("{ PROPERTY = Failover_mode; DEFAULT = S|"),
            ["NONE", "SOFT", "HARD", "LOG_ONLY", "RESTART_ONLY"]
        );
        assert_eq!(words("{ PROPERTY = Own; EXTENSION; ENUM { Fast, Safe }; DEFAULT = |; }"), ["Fast", "Safe"]);
        assert_eq!(words("{ PROPERTY = Own; EXTENSION; ENUM { Fast, |"), [""; 0]);
        assert_eq!(words("{ PROPERTY = Own; TUNABLE = |").first().map(String::as_str), Some("ANYTIME"));
        assert_eq!(words("{ PROPERTY = Own; EXTENSION = |"), ["TRUE", "FALSE"]);
        assert_eq!(words("Failover = \"T|\";"), ["\"TRUE\"", "\"FALSE\""]);
    }

    #[test]
    fn a_missing_semicolon_does_not_hide_the_next_line() {
        assert!(words("Failover = TRUE\nSt|").contains(&"Stop".to_owned()));
        assert!(words("{ PROPERTY = Start_timeout\n  MI|").contains(&"MIN".to_owned()));
        assert_eq!(words("Failover =\n  |"), ["TRUE", "FALSE"]);
        assert!(words("{ PROPERTY = Start_timeout;\n{ PROP|").contains(&"PROPERTY".to_owned()));
    }

    #[test]
    fn directives_and_comments_have_their_own_words() {
        assert_eq!(words("#$upg|"), ["#$upgrade", "#$upgrade_from"]);
        assert_eq!(at("Failover;\n#$up|").first().map(|candidate| candidate.span), Some(Span::new(10, 14)));
        assert_eq!(words("#$upgrade_from \"1.0\" W|").len(), 6);
        assert_eq!(words("#$upgrade_from \"1.0\" |").first().map(String::as_str), Some("ANYTIME"));
        assert_eq!(words("#$upgrade_from \"1|"), [""; 0]);
        assert_eq!(words("# rtreg: al|"), ["allow", "allow-file"]);
        assert!(words("# rtreg: allow(time|").contains(&"timeout_max".to_owned()));
        assert_eq!(words("# rtreg: allow(timeout_max) b|"), ["because"]);
        assert_eq!(words("# a comment |"), [""; 0]);
    }
}
