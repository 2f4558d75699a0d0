//! What each word is, for colours: the syntax knows more than a grammar of regular expressions.

use std::collections::BTreeMap;

use gen_lsp_types::{SemanticToken, SemanticTokens, SemanticTokensLegend};
use rtreg_model::standard::{ATTRIBUTES, KIND_KEYWORDS, standard_property, type_property};
use rtreg_model::{Method, PropertyTunable, Span, Tunability};
use rtreg_parser::{Attribute, Declaration, Directive, DirectiveKind, Entry, Item, Rtr, TokenKind, Value, Word, read};

use crate::document::Document;

/// The types of tokens, all of the protocol's own; the numbers on the wire are places in this list.
const TYPES: [&str; 9] =
    ["comment", "macro", "keyword", "type", "property", "method", "string", "number", "enumMember"];

/// The modifiers; a bit each.
const MODIFIERS: [&str; 2] = ["declaration", "defaultLibrary"];

const DECLARATION: u32 = 1;
const VENDORS: u32 = 2;

/// What the numbers mean.
pub(crate) fn legend() -> SemanticTokensLegend {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    SemanticTokensLegend { token_types: words(&TYPES), token_modifiers: words(&MODIFIERS) }
}

/// The tokens of a document.
pub(crate) fn tokens(document: &Document) -> SemanticTokens {
    let rtr = document.rtr();
    let mut marks = Marks::default();
    rtr.items.iter().for_each(|item| marks.item(item));
    for token in &rtr.tokens {
        match token.kind {
            TokenKind::Comment => marks.add(token.span, "comment", 0),
            TokenKind::Quoted => marks.add_new(token.span, "string"),
            TokenKind::Directive => marks.add_rest(&rtr, token.span),
            _ => {}
        }
    }
    SemanticTokens { result_id: None, data: encode(document, &marks.0) }
}

/// Type and modifiers of spans, by their first byte.
#[derive(Default)]
struct Marks(BTreeMap<u32, (u32, &'static str, u32)>);

impl Marks {
    fn add(&mut self, span: Span, kind: &'static str, modifiers: u32) {
        self.0.insert(span.start, (span.end, kind, modifiers));
    }

    /// Where nothing is known yet.
    fn add_new(&mut self, span: Span, kind: &'static str) {
        self.0.entry(span.start).or_insert((span.end, kind, 0));
    }

    /// A directive that the syntax does not know is one token.
    fn add_rest(&mut self, rtr: &Rtr<'_>, span: Span) {
        if self.0.range(span.start..span.end).next().is_none() {
            let length = u32::try_from(rtr.text(span).trim_ascii_end().len()).unwrap_or(0);
            self.add(Span::new(span.start, span.start + length), "macro", 0);
        }
    }

    fn item(&mut self, item: &Item<'_>) {
        match item {
            Item::Declaration(declaration) => self.declaration(declaration),
            Item::Directive(directive) => self.directive(directive),
            Item::Entry(entry) => self.entry(entry),
            _ => {}
        }
    }

    fn declaration(&mut self, declaration: &Declaration<'_>) {
        let name = declaration.name.to_text();
        let is_method = Method::parse(&name).is_some();
        let modifiers = if type_property(&name).is_some() { VENDORS } else { 0 };
        self.add(declaration.name.span, if is_method { "method" } else { "property" }, modifiers);
        for value in declaration.values.iter().flat_map(|values| &values.list) {
            match declaration.name.is("Resource_type") {
                true => self.add(value.span, "type", DECLARATION),
                false => self.value(value),
            }
        }
    }

    fn directive(&mut self, directive: &Directive<'_>) {
        let word = Span::new(directive.span.start, directive.word.span.end);
        match &directive.kind {
            DirectiveKind::Upgrade => self.add(word, "macro", 0),
            DirectiveKind::UpgradeFrom { version, tunability } => {
                self.add(word, "macro", 0);
                version.iter().for_each(|version| self.add(version.span, "string", 0));
                let known = |word: &&Word<'_>| Tunability::parse(&word.to_text()).is_some();
                tunability
                    .as_ref()
                    .filter(known)
                    .into_iter()
                    .for_each(|word| self.add(word.span, "enumMember", VENDORS));
            }
            _ => {}
        }
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        entry.attributes.iter().for_each(|attribute| self.attribute(entry, attribute));
    }

    fn attribute(&mut self, entry: &Entry<'_>, attribute: &Attribute<'_>) {
        let is_known = ATTRIBUTES.iter().chain(&KIND_KEYWORDS).any(|keyword| attribute.name.is(keyword));
        self.add(attribute.name.span, if is_known { "keyword" } else { "property" }, 0);
        let values = match &attribute.value {
            rtreg_parser::AttributeValue::Values(values) | rtreg_parser::AttributeValue::Literals(values) => {
                &values.list
            }
            _ => return,
        };
        for value in values {
            let text = value.to_text();
            if attribute.name.is("PROPERTY") {
                let vendors = !entry.is_extension() && standard_property(&text).is_some();
                self.add(value.span, "property", DECLARATION | if vendors { VENDORS } else { 0 });
            } else if attribute.name.is("ENUM") {
                self.add(value.span, "enumMember", DECLARATION);
            } else if attribute.name.is("TUNABLE") && PropertyTunable::parse(&text).is_some() {
                self.add(value.span, "enumMember", VENDORS);
            } else {
                self.value(value);
            }
        }
    }

    fn value(&mut self, value: &Value<'_>) {
        let is_number = std::str::from_utf8(value.text).is_ok_and(|text| text.parse::<i64>().is_ok());
        let kind = match () {
            () if value.quoted => "string",
            () if read::boolean_text(value.text).is_some() => "enumMember",
            () if is_number => "number",
            () => "string",
        };
        self.add(value.span, kind, 0);
    }
}

/// Places relative to the one before. A token that overlaps the one before or goes over a line end is cut.
fn encode(document: &Document, marks: &BTreeMap<u32, (u32, &'static str, u32)>) -> Vec<SemanticToken> {
    let (mut line, mut character) = (0, 0);
    let mut tokens = Vec::new();
    let mut reached = 0;
    for (&start, &(end, kind, modifiers)) in marks {
        let text = document.text.as_str().get(start as usize..end as usize).unwrap_or_default();
        let text = text.split(['\r', '\n']).next().unwrap_or_default();
        let Some(number) = TYPES.iter().position(|name| *name == kind) else { continue };
        if start < reached || text.is_empty() {
            continue;
        }
        let position = document.text.position(start as usize);
        let delta_line = position.line - line;
        tokens.push(SemanticToken {
            delta_line,
            delta_start: if delta_line == 0 { position.character - character } else { position.character },
            length: document.text.encoding().length(text),
            token_type: u32::try_from(number).unwrap_or(0),
            token_modifiers_bitset: modifiers,
        });
        (line, character, reached) = (position.line, position.character, end);
    }
    tokens
}
