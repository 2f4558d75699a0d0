//! The rules of the syntax: their names and what each is about. The message of a finding is written where the fault is
//! found.

/// Identifier and one-line summary of every finding that [`crate::parse`] makes, sorted by identifier.
pub const SYNTAX_RULES: &[(&str, &str)] = &[
    ("byte_order_mark", "the file starts with a UTF-8 byte order mark"),
    ("dos_end_of_file", "the file ends with the end-of-file character of DOS"),
    ("doubled_quote", "a value has two quotes side by side before or behind it"),
    ("empty_list_element", "two commas, or a comma at the end of a list, with no value between"),
    ("file_too_large", "the file has 4 GiB or more; the rest of it is not read"),
    ("incomplete_directive", "`#$upgrade_from` lacks the version or the tunability"),
    ("misplaced_declaration", "a type property stands behind the first entry of the property table"),
    ("misplaced_directive", "a directive does not stand between the type properties and the property table"),
    ("missing_close_brace", "an entry or a list of literals lacks its `}`"),
    ("missing_comma", "two values stand side by side without a comma"),
    ("missing_equals", "a name and its value stand side by side without `=`"),
    ("missing_open_brace", "attributes stand outside of an entry, or literals outside of braces"),
    ("missing_opening_quote", "a value has a closing `\"` and no opening one"),
    ("missing_semicolon", "a declaration or attribute lacks its `;`"),
    ("nul_byte", "the file has NUL bytes outside of comments and quotes"),
    ("quoted_tunability", "the tunability of `#$upgrade_from` is quoted"),
    ("single_quotes", "a value has single quotes; only double quotes are quotes"),
    ("split_name", "a blank stands inside a name"),
    ("stray_brace", "a brace opens or closes nothing"),
    ("stray_token", "a character or value stands where no statement can use it"),
    ("stray_words", "words that are no statement, as of a comment wrapped without `#`"),
    ("swapped_tokens", "two neighbouring tokens stand in the wrong order"),
    ("text_after_directive", "text stands behind a complete directive"),
    ("typographic_quotes", "a value has typographic quotes, as the printed manuals have them"),
    ("unknown_directive", "a directive is neither `#$upgrade` nor `#$upgrade_from`"),
    ("unquoted_version", "the version of `#$upgrade_from` is not quoted"),
    ("unterminated_string", "a quoted value does not end on its line"),
    ("unusual_space", "a character looks like a blank and is none"),
    ("windows_line_ends", "lines end with carriage return and newline, or with carriage return alone"),
    ("wrong_bracket", "a bracket or parenthesis stands in place of a brace"),
    ("wrong_encoding", "the file is UTF-16 or no text at all; RTR files are ASCII"),
];

/// Those of [`SYNTAX_RULES`] that are warnings; all others are errors.
pub const SYNTAX_WARNINGS: [&str; 2] = ["byte_order_mark", "windows_line_ends"];

/// The explanation of a rule of the syntax in Markdown: the summary, then the sections What, Why (with the source), Example,
/// Instead. None for any other word.
///
/// ```
/// assert!(rtreg_parser::syntax_doc("missing_semicolon").is_some_and(|doc| doc.contains("# Why")));
/// assert!(rtreg_parser::syntax_doc("missing_stop_method").is_none());
/// ```
pub fn syntax_doc(id: &str) -> Option<&'static str> {
    SYNTAX_DOCS.iter().find(|(rule, _)| *rule == id).map(|(_, doc)| *doc)
}

macro_rules! docs {
    ($($name:ident,)+) => {
        const SYNTAX_DOCS: &[(&str, &str)] =
            &[$((stringify!($name), include_str!(concat!("faults/", stringify!($name), ".md"))),)+];
    };
}

docs! {
    byte_order_mark,
    dos_end_of_file,
    doubled_quote,
    empty_list_element,
    file_too_large,
    incomplete_directive,
    misplaced_declaration,
    misplaced_directive,
    missing_close_brace,
    missing_comma,
    missing_equals,
    missing_open_brace,
    missing_opening_quote,
    missing_semicolon,
    nul_byte,
    quoted_tunability,
    single_quotes,
    split_name,
    stray_brace,
    stray_token,
    stray_words,
    swapped_tokens,
    text_after_directive,
    typographic_quotes,
    unknown_directive,
    unquoted_version,
    unterminated_string,
    unusual_space,
    windows_line_ends,
    wrong_bracket,
    wrong_encoding,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_its_explanation() {
        let ids = |(id, _): &(&'static str, &'static str)| *id;
        assert!(SYNTAX_RULES.iter().map(ids).eq(SYNTAX_DOCS.iter().map(ids)));
        for (id, summary) in SYNTAX_RULES {
            let first = syntax_doc(id).and_then(|doc| doc.lines().next()).unwrap_or_default();
            assert_eq!(first.to_lowercase(), format!("{summary}.").to_lowercase(), "{id}");
        }
        assert!(SYNTAX_WARNINGS.iter().all(|id| syntax_doc(id).is_some()));
    }
}
