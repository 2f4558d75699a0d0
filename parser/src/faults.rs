//! The rules of the syntax: their names and what each is about. The message of a finding is written where the fault is
//! found.

/// Identifier and one-line summary of every finding that [`crate::parse`] makes, sorted by identifier.
pub const SYNTAX_RULES: &[(&str, &str)] = &[
    ("byte_order_mark", "the file starts with a UTF-8 byte order mark"),
    ("empty_list_element", "two commas, or a comma at the end of a list, with no value between"),
    ("file_too_large", "the file has 4 GiB or more; the rest of it is not read"),
    ("incomplete_directive", "`#$upgrade_from` lacks the version or the tunability"),
    ("misplaced_declaration", "a type property stands behind the first entry of the property table"),
    ("misplaced_directive", "a directive does not stand between the type properties and the property table"),
    ("missing_close_brace", "an entry or a list of literals lacks its `}`"),
    ("missing_comma", "two values stand side by side without a comma"),
    ("missing_equals", "a name and its value stand side by side without `=`"),
    ("missing_open_brace", "attributes stand outside of an entry, or literals outside of braces"),
    ("missing_semicolon", "a declaration or attribute lacks its `;`"),
    ("nul_byte", "the file has NUL bytes outside of comments and quotes"),
    ("quoted_tunability", "the tunability of `#$upgrade_from` is quoted"),
    ("single_quotes", "a value has single quotes; only double quotes are quotes"),
    ("stray_brace", "a brace opens or closes nothing"),
    ("stray_token", "a character or value stands where no statement can use it"),
    ("stray_words", "words that are no statement, as of a comment wrapped without `#`"),
    ("text_after_directive", "text stands behind a complete directive"),
    ("typographic_quotes", "a value has typographic quotes, as the printed manuals have them"),
    ("unknown_directive", "a directive is neither `#$upgrade` nor `#$upgrade_from`"),
    ("unquoted_version", "the version of `#$upgrade_from` is not quoted"),
    ("unterminated_string", "a quoted value does not end on its line"),
    ("unusual_space", "a character looks like a blank and is none"),
    ("windows_line_ends", "lines end with carriage return and newline"),
    ("wrong_encoding", "the file is UTF-16; RTR files are ASCII"),
];
