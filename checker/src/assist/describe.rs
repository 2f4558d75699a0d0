//! What the word at a place means.

use rtreg_model::standard::{ATTRIBUTES, KIND_KEYWORDS, standard_property, type_property};
use rtreg_model::{PropertyTunable, Span, Tunability};
use rtreg_parser::{Attribute, Declaration, Directive, DirectiveKind, Entry, Item, Rtr, TokenKind};

use super::{Description, about};
use crate::catalogue;
use crate::report::item_span;
use crate::suppress;

/// What the word at a byte means; none where nothing is known of it.
///
/// ```
/// use rtreg_checker::assist::describe;
/// let rtr = rtreg_parser::parse(b"#$upgrade\n#$upgrade_from \"1.0\" WHEN_OFFLINE\n", rtreg_model::FileId(0));
/// let text = describe(&rtr, 40).unwrap().text;
/// assert!(text.contains("while it is offline"), "{text}");
/// ```
pub fn describe(rtr: &Rtr<'_>, at: u32) -> Option<Description> {
    let holds = |span: Span| span.start <= at && at <= span.end;
    let comment = rtr.tokens.iter().find(|token| token.kind == TokenKind::Comment && holds(token.span));
    if let Some(comment) = comment {
        return of_comment(rtr, comment.span);
    }
    let behind = rtr.items.partition_point(|item| item_span(item).start <= at);
    let item = rtr.items.get(behind.checked_sub(1)?).filter(|item| holds(item_span(item)))?;
    match item {
        Item::Declaration(declaration) => of_declaration(declaration),
        Item::Directive(directive) => of_directive(rtr, directive),
        Item::Entry(entry) => {
            let attribute = entry.attributes.iter().find(|attribute| holds(attribute.span))?;
            of_attribute(rtr, entry, attribute, at)
        }
        _ => None,
    }
}

fn description(span: Span, text: String) -> Option<Description> {
    Some(Description { span, text })
}

/// A comment for rtreg: the rules that it names.
fn of_comment(rtr: &Rtr<'_>, comment: Span) -> Option<Description> {
    let rules = suppress::rules_of(rtr, comment)?;
    let line = |rule: &String| match catalogue::find(rule) {
        Some(known) => format!("- `{rule}`: {}", known.summary),
        None => format!("- `{rule}` is no rule"),
    };
    let lines: Vec<String> = rules.iter().map(line).collect();
    description(comment, format!("takes out findings of\n\n{}", lines.join("\n")))
}

fn of_declaration(declaration: &Declaration<'_>) -> Option<Description> {
    let row = type_property(&declaration.name.to_text())?;
    description(declaration.name.span, about::type_property(row))
}

fn of_directive(rtr: &Rtr<'_>, directive: &Directive<'_>) -> Option<Description> {
    let text = match &directive.kind {
        DirectiveKind::Upgrade => format!("**#$upgrade**: {}", about::UPGRADE),
        DirectiveKind::UpgradeFrom { version, tunability } => {
            let word = tunability.and_then(|word| Tunability::parse(&word.to_text()));
            let target = rtr.declaration("RT_version").and_then(|it| it.text()).map(|text| text.value);
            let target = target.map_or_else(|| "this version".to_owned(), |target| format!("version `{target}`"));
            match (version, word) {
                (Some(version), Some(word)) => {
                    let who = match version.text {
                        b"" => "no version, or one that is not listed,".to_owned(),
                        _ => format!("version `{}`", version.to_text()),
                    };
                    let when = about::tunability(word);
                    format!("**{word}**: a resource of {who} may be moved to {target} {when}. {}.", about::ORIGINS)
                }
                _ => format!("**#$upgrade_from**: {}", about::UPGRADE_FROM),
            }
        }
        _ => return None,
    };
    description(directive.span, text)
}

fn of_attribute(rtr: &Rtr<'_>, entry: &Entry<'_>, attribute: &Attribute<'_>, at: u32) -> Option<Description> {
    if attribute.name.is("PROPERTY") {
        let name = entry.property()?;
        return description(name.span, property(rtr, entry, &name.to_text()));
    }
    let value = attribute.single().filter(|value| value.span.start <= at);
    if let Some(value) = value.filter(|_| attribute.name.is("TUNABLE")) {
        let word = PropertyTunable::parse(&value.to_text())?;
        return description(value.span, format!("**{word}**: {}", about::tunable(word)));
    }
    let keyword = ATTRIBUTES.into_iter().chain(KIND_KEYWORDS).find(|keyword| attribute.name.is(keyword))?;
    description(attribute.name.span, format!("**{keyword}**: {}", about::attribute(keyword)))
}

/// A property: the vendor's row or the extension, and what its entry says.
fn property(rtr: &Rtr<'_>, entry: &Entry<'_>, name: &str) -> String {
    let mut text = match standard_property(name).filter(|_| !entry.is_extension()) {
        Some(row) => about::standard_property(row),
        None if entry.is_extension() => format!("**{name}** (extension property)"),
        None => format!("**{name}** is no system-defined property, and the entry has no EXTENSION"),
    };
    let said = entry.attributes.iter().filter(|attribute| !attribute.name.is("PROPERTY"));
    let said: Vec<String> = said.map(|attribute| said_once(rtr, attribute)).collect();
    if !said.is_empty() {
        text.push_str(&format!("\n\nThis entry says:\n\n```rtr\n{}\n```", said.join("\n")));
    }
    text
}

/// An attribute on one line, and not too long.
fn said_once(rtr: &Rtr<'_>, attribute: &Attribute<'_>) -> String {
    const LONGEST: usize = 200;
    let text = String::from_utf8_lossy(rtr.text(attribute.span)).replace('`', "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtreg_model::FileId;

    const TEXT: &str = "Resource_type = web; RT_version = \"2.0\"; Start = start; Zebra = 1;\n\
        # rtreg: allow(timeout_max, zebra) because it is right\n#$upgrade\n#$upgrade_from \"1.0\" anytime\n\
        #$upgrade_from \"\" WHEN_UNMANAGED\n#$upgrade_from \"1.1\"\n\
        { PROPERTY = Retry_count; MIN = 1; TUNABLE = AT_CREATION; }\n{ PROPERTY = Own; EXTENSION; INT; DEFAULT = 3; }\n";

    fn at(needle: &str) -> Option<String> {
        let rtr = rtreg_parser::parse(TEXT.as_bytes(), FileId(0));
        let at = u32::try_from(TEXT.find(needle).expect("the needle is in the text")).unwrap();
        describe(&rtr, at).map(|description| description.text)
    }

    #[test]
    fn each_word_is_described_by_its_own_table() {
        for (needle, expected) in [
            ("Resource_type", "required: a file must give it a value"),
            ("Start", "- method: starts the service"),
            ("start;", "limited by `Start_timeout`"),
            ("zebra)", "- `zebra` is no rule"),
            ("timeout_max", "- `timeout_max`: "),
            ("#$upgrade\n", "the name of the type carries its RT_version"),
            (
                "\"1.0\"",
                "**ANYTIME**: a resource of version `1.0` may be moved to version `2.0` in whatever state it is",
            ),
            ("WHEN_UNMANAGED", "a resource of no version, or one that is not listed, may be moved"),
            ("\"1.1\"", "the state that a resource of that version must be in"),
            ("Retry_count", "- exists: only if the file has an entry for it"),
            ("PROPERTY = Retry", "- tunable: WHEN_DISABLED, it may be changed while the resource is disabled"),
            ("Retry_count", "MIN = 1;\nTUNABLE = AT_CREATION;"),
            ("MIN", "**MIN**: the smallest value of an INT"),
            ("AT_CREATION", "it may be set only when the resource is created"),
            ("Own", "(extension property)"),
        ] {
            let text = at(needle).unwrap_or_default();
            assert!(text.contains(expected), "{needle}: {text}");
        }
        assert_eq!(at("Zebra"), None);
        assert_eq!(at("{ PROPERTY"), None);
    }

    #[test]
    fn every_word_of_the_tables_has_a_sentence() {
        for keyword in ATTRIBUTES.into_iter().chain(KIND_KEYWORDS) {
            assert!(!about::attribute(keyword).is_empty(), "{keyword}");
        }
        for row in rtreg_model::standard::TYPE_PROPERTIES {
            let text = about::type_property(row);
            assert!(!text.contains("it has a default where"), "{text}");
        }
    }
}
