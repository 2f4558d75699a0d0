//! Lines of the vendor's `show` and `status` as blocks and rows. A line that is none of what its section can hold is a
//! finding with what was expected there; the next line is read as if nothing had been.

use rtreg_model::standard::type_property;
use rtreg_model::{FileId, Finding, Level, Span, suggest};

use super::words::{ATTRIBUTE_KEYS, GROUP_KEYS, HEADINGS, HEADS, RESOURCE_KEYS, SUBHEADINGS, Section, TABLE_HEADS};
use super::{Block, Field, Kind, Lines, Row, Text};

/// Reads what the vendor's commands have printed into a file.
pub fn parse(text: &[u8], file: FileId) -> (Lines, Vec<Finding>) {
    let mut reader = Reader {
        file,
        lines: Lines::default(),
        findings: Vec::new(),
        section: None,
        is_lost: false,
        row: None,
        indent: 0,
    };
    let mut start = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        reader.line(start, line);
        start += line.len();
    }
    if reader.lines.blocks.is_empty() && reader.lines.rows.is_empty() && reader.findings.is_empty() {
        let finding = Finding::new(
            RULE,
            Level::Error,
            file,
            Span::at(0),
            "expected what a vendor's command printed, found nothing",
        );
        reader.findings.push(finding.help(format!("put the output of `clresource show -v` into the file; {KNOWN}")));
    }
    (reader.lines, reader.findings)
}

const RULE: &str = "import_line";

const KNOWN: &str = "known are `clresource show -v`, `clresourcegroup show -v`, `clresourcetype show -v`, `clresource \
                     status`, `clresourcegroup status` and `clnode status`";

struct Reader {
    file: FileId,
    lines: Lines,
    findings: Vec<Finding>,
    section: Option<Section>,
    /// That there is no known heading above has been said.
    is_lost: bool,
    /// The object of the row before, where a row leaves it out; none before the heads of the table.
    row: Option<Option<Text>>,
    /// How far the heads of the table, or the property above, are indented.
    indent: usize,
}

/// A line of text: where it starts in the file, and how far it is indented.
struct Line<'t> {
    at: usize,
    indent: usize,
    text: &'t str,
}

impl Line<'_> {
    /// A part of the line as a text.
    fn part(&self, file: FileId, part: &str) -> Text {
        // The part is a slice of the line: how far into it follows from the lengths before it.
        let into = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize).min(self.text.len());
        Text { text: part.to_owned(), file, span: span(self.at + into, part.len()) }
    }
}

fn span(at: usize, length: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(at), offset(at + length))
}

impl Reader {
    fn line(&mut self, start: usize, line: &[u8]) {
        let Ok(text) = std::str::from_utf8(line) else {
            return self.wrong(span(start, line.len()), "text in UTF-8", "bytes that are none".to_owned());
        };
        let content = text.trim_start();
        let indent = text.len() - content.len();
        let line = Line { at: start + indent, indent, text: content.trim_end() };
        if line.text.is_empty() {
            return;
        }
        if let Some(title) = between(line.text, "===") {
            return self.heading(&line, title, HEADINGS, "===");
        }
        if let Some(title) = between(line.text, "---") {
            return self.heading(&line, title, SUBHEADINGS, "---");
        }
        match self.section {
            None if self.is_lost => {}
            None => {
                self.is_lost = true;
                self.unknown(&line, &format!("a heading such as `=== Resources ===` ({KNOWN})"));
            }
            Some(Section::Table(kind)) => self.row(&line, kind),
            Some(section) => self.field(&line, section == Section::Properties),
        }
    }

    fn heading(&mut self, line: &Line<'_>, title: &str, table: &[(&str, Section)], marks: &str) {
        let is = |known: &&(&str, Section)| {
            let rest = title.strip_prefix(known.0);
            rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with(' ') && known.0.ends_with("Group")))
        };
        match table.iter().find(is).map(|(_, section)| *section) {
            Some(Section::Same) => {}
            Some(Section::Properties) if !self.in_resource() => {
                self.unknown(line, "a resource before its properties");
            }
            Some(section) => {
                self.section = Some(section);
                self.row = None;
            }
            None => {
                // What stands below it is said with it.
                (self.section, self.is_lost) = (None, true);
                let known: Vec<String> = table.iter().map(|(words, _)| format!("`{marks} {words} {marks}`")).collect();
                self.unknown(line, &format!("one of the headings {}", known.join(", ")));
            }
        }
    }

    fn in_resource(&self) -> bool {
        self.lines.blocks.last().is_some_and(|block| block.kind == Kind::Resource)
    }

    fn field(&mut self, line: &Line<'_>, in_properties: bool) {
        let Some((left, value)) = line.text.split_once(':') else {
            return self.unknown(line, "a line `Name: value`");
        };
        let (left, value) = (left.trim_end(), value.trim());
        if let Some((_, kind)) = HEADS.iter().find(|(words, _)| *words == left) {
            return self.head(line, *kind, value);
        }
        let (key, node) = match left.split_once('{').map(|(key, rest)| (key, rest.strip_suffix('}'))) {
            None => (left, None),
            Some((key, Some(node))) if is_node(node) => (key, Some(node.to_owned())),
            Some(_) => return self.unknown(line, "the name of a node between `{` and `}`"),
        };
        let Some(kind) = self.lines.blocks.last().map(|block| block.kind) else {
            return self.unknown(line, "the first line of an object, such as `Resource: NAME`");
        };
        let is_attribute = in_properties && line.indent > self.indent && ATTRIBUTE_KEYS.contains(&key);
        if is_attribute && self.lines.blocks.last().is_some_and(|block| block.fields.iter().any(|field| field.property))
        {
            return;
        }
        if let Some(expected) = expected(kind, key, node.is_some(), in_properties) {
            return self.unknown(line, &expected);
        }
        self.indent = line.indent;
        let (key, value) = (line.part(self.file, key), line.part(self.file, value));
        if let Some(block) = self.lines.blocks.last_mut() {
            block.fields.push(Field { key, node, value, property: in_properties });
        }
    }

    fn head(&mut self, line: &Line<'_>, kind: Kind, name: &str) {
        let fits = match (self.section, kind) {
            (Some(Section::Blocks(Kind::Group)), Kind::Resource) => true,
            (Some(Section::Blocks(section)), kind) if section == kind => true,
            // Behind the resources of a group comes the next group.
            (Some(Section::Blocks(Kind::Resource) | Section::Properties), Kind::Group | Kind::Resource) => true,
            _ => false,
        };
        if !fits {
            return self.unknown(line, "an object of the kind that the heading names");
        }
        if name.is_empty() || name.contains(char::is_whitespace) {
            return self.unknown(line, "one name");
        }
        self.section = Some(Section::Blocks(kind));
        let name = line.part(self.file, name);
        self.lines.blocks.push(Block { kind, name, fields: Vec::new() });
    }

    fn row(&mut self, line: &Line<'_>, kind: Kind) {
        let Some(object) = self.row.clone() else {
            match TABLE_HEADS.iter().find(|(words, _)| line.text.starts_with(words)) {
                Some((_, head)) if *head == kind => {
                    self.row = Some(None);
                    self.indent = line.indent;
                }
                _ => {
                    let heads = TABLE_HEADS.iter().find(|(_, head)| *head == kind).map_or("", |(words, _)| words);
                    self.unknown(line, &format!("the heads of the table, `{heads}` first"));
                }
            }
            return;
        };
        if line.text.chars().all(|c| c == '-' || c.is_whitespace()) {
            return;
        }
        let mut words = line.text;
        let object = if line.indent > self.indent && kind != Kind::Node {
            object
        } else {
            next_word(&mut words).map(|word| line.part(self.file, word))
        };
        let node =
            if kind == Kind::Node { object.as_ref().map(|object| object.text.clone()) } else { word(&mut words) };
        let suspended = kind == Kind::Group && !matches!(word(&mut words).as_deref(), Some("Yes" | "No"));
        let state = words.split("  ").next().unwrap_or_default().trim();
        let (Some(object), Some(node), false, false) = (object, node, suspended, state.is_empty()) else {
            let columns = match kind {
                Kind::Group => "a group (or none: the one above), a node, `Yes` or `No`, and a status",
                Kind::Node => "a node and its status",
                _ => "a resource (or none: the one above), a node and a state",
            };
            return self.unknown(line, columns);
        };
        self.row = Some(Some(object.clone()));
        let state = line.part(self.file, state);
        self.lines.rows.push(Row { kind, object, node, state });
    }

    fn unknown(&mut self, line: &Line<'_>, expected: &str) {
        let shown: String = line.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect();
        self.wrong(span(line.at, line.text.len()), expected, format!("`{shown}`"));
    }

    fn wrong(&mut self, at: Span, expected: &str, found: String) {
        let message = format!("expected {expected}, found {found}");
        let finding = Finding::new(RULE, Level::Error, self.file, at, message);
        self.findings
            .push(finding.help("give the output as the command printed it; take out lines that are not its own"));
    }
}

/// What was expected, if an object of this kind has no such line.
fn expected(kind: Kind, key: &str, has_node: bool, in_properties: bool) -> Option<String> {
    let names = match (kind, in_properties) {
        (Kind::Resource, true) => {
            let is_name = rtreg_model::name::check_name(key).is_ok();
            return (!is_name).then(|| "a property and its value".to_owned());
        }
        (Kind::Resource, false) => RESOURCE_KEYS.to_vec(),
        (Kind::Group, _) => GROUP_KEYS.iter().map(|(key, _)| *key).collect(),
        (Kind::Type, _) if type_property(key).is_some() && !has_node => return None,
        (Kind::Type, _) => return Some("a type property".to_owned()),
        (Kind::Node, _) => Vec::new(),
    };
    let is_per_node = matches!(key, "Enabled" | "Monitored");
    let is_known = names.iter().any(|name| name.eq_ignore_ascii_case(key));
    (!is_known || (has_node && !is_per_node)).then(|| match suggest::nearest(key, names.iter().copied()) {
        Some(near) if !is_known => format!("a line such as `{near}`"),
        _ => format!("one of {}", names.join(", ")),
    })
}

/// The title between two marks.
fn between<'t>(line: &'t str, mark: &str) -> Option<&'t str> {
    let title = line.strip_prefix(mark)?.strip_suffix(mark)?;
    let trimmed = title.trim();
    (title.starts_with(' ') && !trimmed.is_empty()).then_some(trimmed)
}

fn is_node(node: &str) -> bool {
    !node.is_empty() && node.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// Takes the next word off a text.
fn next_word<'t>(text: &mut &'t str) -> Option<&'t str> {
    let rest = text.trim_start();
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (word, rest) = rest.split_at_checked(end)?;
    *text = rest.trim_start();
    (!word.is_empty()).then_some(word)
}

fn word(text: &mut &str) -> Option<String> {
    next_word(text).map(str::to_owned)
}
