//! Where a finding is in the structure of its file: a name that stays when lines move. It reads no line numbers.

use rtreg_model::Span;
use rtreg_model::standard::{ATTRIBUTES, KIND_KEYWORDS, standard_property, type_property};
use rtreg_parser::{DirectiveKind, Entry, Item, Rtr, Value, Word};

/// The structure of a file, made once for all places in it.
#[derive(Debug)]
pub struct Outline<'r, 's> {
    rtr: &'r Rtr<'s>,
}

/// The structural path of a place: `Start`, `#$upgrade_from "1.0"`, `entry Retry_interval / MIN`, `file` for what is in
/// nothing. Two places may have the same path.
///
/// ```
/// use rtreg_checker::report::path;
/// use rtreg_model::{FileId, Span};
///
/// let text = b"Start = start;\n{ PROPERTY = retry_interval; MIN = 1; }";
/// let rtr = rtreg_parser::parse(text, FileId(0));
/// assert_eq!(path(&rtr, Span::new(8, 13)), "Start");
/// assert_eq!(path(&rtr, Span::at(50)), "entry Retry_interval / MIN");
/// ```
pub fn path(rtr: &Rtr<'_>, span: Span) -> String {
    Outline::new(rtr).path(span)
}

impl<'r, 's> Outline<'r, 's> {
    /// The structure of a file.
    pub fn new(rtr: &'r Rtr<'s>) -> Self {
        Self { rtr }
    }

    /// The path of a place: of what it starts in, or else at whose end it is, or else what comes next.
    pub fn path(&self, span: Span) -> String {
        match innermost(&self.rtr.items, span.start, item_span) {
            Some(Item::Declaration(node)) => type_property_name(&node.name),
            Some(Item::Directive(node)) => match &node.kind {
                DirectiveKind::Upgrade => "#$upgrade".to_owned(),
                DirectiveKind::UpgradeFrom { version: Some(version), .. } => {
                    format!("#$upgrade_from \"{}\"", clean(version.text))
                }
                DirectiveKind::UpgradeFrom { .. } => "#$upgrade_from".to_owned(),
                _ => format!("#${}", clean(node.word.text)),
            },
            Some(Item::Entry(entry)) => self.path_in(entry, span.start),
            Some(_) => "text".to_owned(),
            None => "file".to_owned(),
        }
    }

    fn path_in(&self, entry: &Entry<'_>, at: u32) -> String {
        let name = match entry.property() {
            Some(value) => format!("entry {}", property_name(value)),
            None => "entry".to_owned(),
        };
        match innermost(&entry.attributes, at, |attribute| attribute.span) {
            // The value of PROPERTY is the entry's name: what is said there is said of the entry.
            Some(attribute) if !attribute.name.is("PROPERTY") => format!("{name} / {}", keyword(&attribute.name)),
            _ => name,
        }
    }
}

/// The node that a place is in or at whose end it is; between two nodes, the next one.
fn innermost<N>(nodes: &[N], at: u32, span: impl Fn(&N) -> Span) -> Option<&N> {
    let behind = nodes.partition_point(|node| span(node).start <= at);
    let before = behind.checked_sub(1).and_then(|index| nodes.get(index));
    before.filter(|node| at <= span(node).end).or_else(|| nodes.get(behind))
}

pub(crate) fn item_span(item: &Item<'_>) -> Span {
    match item {
        Item::Declaration(node) => node.span,
        Item::Directive(node) => node.span,
        Item::Entry(node) => node.span,
        Item::Stray(node) => node.span,
        _ => Span::at(u32::MAX),
    }
}

fn type_property_name(word: &Word<'_>) -> String {
    let text = clean(word.text);
    type_property(&text).map_or(text, |property| property.name.to_owned())
}

fn property_name(value: &Value<'_>) -> String {
    let text = clean(value.text);
    standard_property(&text).map_or(text, |property| property.name.to_owned())
}

fn keyword(word: &Word<'_>) -> String {
    let known = ATTRIBUTES.iter().chain(&KIND_KEYWORDS).find(|keyword| word.is(keyword));
    known.map_or_else(|| clean(word.text), |keyword| (*keyword).to_owned())
}

/// A name of the file on one line and not too long.
fn clean(text: &[u8]) -> String {
    const LONGEST: usize = 80;
    let text = String::from_utf8_lossy(text.get(..4 * LONGEST).unwrap_or(text));
    text.chars().take(LONGEST).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtreg_model::FileId;

    const TEXT: &str = "# head\nresource_type = web;\nzebra = 1;\n#$upgrade\n#$upgrade_from \"1.0\" ANYTIME\n\
        {\n  PROPERTY = Start_timeout;\n  MIN = 5;\n  # between\n  DEFAULT = 60 }\n";

    fn path_of(needle: &str) -> String {
        let rtr = rtreg_parser::parse(TEXT.as_bytes(), FileId(0));
        let at = u32::try_from(TEXT.find(needle).expect("the needle is in the text")).unwrap();
        path(&rtr, Span::at(at))
    }

    #[test]
    fn every_place_has_the_path_of_what_it_is_in() {
        for (needle, expected) in [
            ("# head", "Resource_type"),
            ("web", "Resource_type"),
            ("zebra", "zebra"),
            (";\n#$", "zebra"),
            ("#$upgrade\n", "#$upgrade"),
            ("ANYTIME", "#$upgrade_from \"1.0\""),
            ("{", "entry Start_timeout"),
            ("Start_timeout", "entry Start_timeout"),
            ("MIN", "entry Start_timeout / MIN"),
            ("# between", "entry Start_timeout / DEFAULT"),
            ("60", "entry Start_timeout / DEFAULT"),
            ("}", "entry Start_timeout"),
        ] {
            assert_eq!(path_of(needle), expected, "{needle:?}");
        }
        assert_eq!(path(&rtreg_parser::parse(b"", FileId(0)), Span::at(0)), "file");
    }

    #[test]
    fn lines_that_move_and_white_space_do_not_change_a_path() {
        let rtr = rtreg_parser::parse(TEXT.as_bytes(), FileId(0));
        let moved = format!("\n\n# more\n{}", TEXT.replace("  MIN", "\t\n  min"));
        let other = rtreg_parser::parse(moved.as_bytes(), FileId(0));
        let place = |text: &str| Span::at(u32::try_from(text.find("5;").unwrap()).unwrap());
        assert_eq!(path(&rtr, place(TEXT)), path(&other, place(&moved)));
    }
}
