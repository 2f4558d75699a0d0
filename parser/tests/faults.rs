//! Every fault of the syntax: exactly one finding, of the right rule, at the right place. In each input `‸` marks the start
//! of the finding's span, and, where there are two, the second its end; the marks are no part of the text.

use std::collections::BTreeSet;

use rtreg_model::{FileId, Finding, Level};
use rtreg_parser::{SYNTAX_RULES, invariants, parse};

const MARK: &str = "‸";

/// A file around the text of an entry, all of it right.
fn in_file(entries: &str) -> String {
    format!("Resource_type = web;\nStart = /start;\n#$upgrade\n{entries}")
}

struct Case {
    rule: &'static str,
    input: String,
}

fn file(rule: &'static str, input: &str) -> Case {
    Case { rule, input: input.to_owned() }
}

fn entries(rule: &'static str, input: &str) -> Case {
    Case { rule, input: in_file(input) }
}

fn attributes(rule: &'static str, input: &str) -> Case {
    Case { rule, input: in_file(&format!("{{\n\tPROPERTY = X;\n{input}\n}}\n{{ PROPERTY = Y; INT; }}\n")) }
}

fn directives(rule: &'static str, input: &str) -> Case {
    Case { rule, input: format!("Resource_type = web;\n{input}\n{{ PROPERTY = Y; INT; }}\n") }
}

/// The text without marks, and the marked span.
fn unmark(input: &str) -> (String, usize, Option<usize>) {
    let parts: Vec<&str> = input.split(MARK).collect();
    let start = parts[0].len();
    let end = match parts.len() {
        2 => None,
        3 => Some(start + parts[1].len()),
        other => panic!("{} marks in {input:?}", other - 1),
    };
    (parts.concat(), start, end)
}

fn check(case: &Case) {
    let (text, start, end) = unmark(&case.input);
    invariants::check(text.as_bytes()).unwrap();
    let rtr = parse(text.as_bytes(), FileId(0));
    let show = || format!("{text}\n{:#?}", rtr.findings);
    assert_eq!(rtr.findings.len(), 1, "{} expected alone in\n{}", case.rule, show());
    let finding = &rtr.findings[0];
    assert_eq!((finding.rule, finding.primary.span.start as usize), (case.rule, start), "{}", show());
    if let Some(end) = end {
        assert_eq!(finding.primary.span.end as usize, end, "{}", show());
    }
    assert!(finding.message.starts_with("expected "), "{}", finding.message);
    assert!(finding.help.is_some(), "{}", show());
    check_fix(&text, finding);
}

/// A fix leaves no finding, unless it is only a proposal.
fn check_fix(text: &str, finding: &Finding) {
    let Some(fix) = &finding.fix else {
        return;
    };
    let mut fixed = String::new();
    let mut end = 0;
    for edit in &fix.edits {
        fixed.push_str(&text[end..edit.span.start as usize]);
        fixed.push_str(&edit.text);
        end = edit.span.end as usize;
    }
    fixed.push_str(&text[end..]);
    let again = parse(fixed.as_bytes(), FileId(0));
    assert!(again.findings.is_empty(), "fixed:\n{fixed}\n{:#?}", again.findings);
}

fn missing_cases() -> Vec<Case> {
    vec![
        file("missing_semicolon", "Resource_type = web‸\nRT_version = \"1\";"),
        file("missing_semicolon", "Resource_type = web;\nRT_version = \"1\"‸\n#$upgrade\n"),
        file(
            "missing_semicolon",
            "Resource_type = web;\nRT_version = \"1\"‸\n# about the table\n{ PROPERTY = Y; INT; }",
        ),
        file("missing_semicolon", "Resource_type = web;\nRT_version = \"1\"‸"),
        file("missing_semicolon", "Resource_type = web;\nFailover‸\nStart = /start;"),
        file("missing_semicolon", "Resource_type = web;\nFailover‸\n{ PROPERTY = Y; INT; }"),
        file("missing_semicolon", "Resource_type = web;\nPkglist = a, b‸,‸\nStart = /start;"),
        attributes("missing_semicolon", "\tMIN = 5‸\n\tMAX = 10;"),
        attributes("missing_semicolon", "\tMIN = 5‸ MAX = 10;"),
        attributes("missing_semicolon", "\tINT‸\n\tTUNABLE;"),
        attributes("missing_semicolon", "\tINT‸\n\tMAX = 10;"),
        attributes("missing_semicolon", "\tEXTENSION‸\n\tINT;"),
        attributes("missing_semicolon", "\tEXTENSION‸ INT;"),
        attributes("missing_semicolon", "\tDEFAULT = 5‸\n\tEXTENSION;"),
        attributes("missing_semicolon", "\tDEFAULT =‸\n\tTUNABLE = ANYTIME;"),
        attributes("missing_semicolon", "\tDEFAULT = a‸\n\tENUM { a, b };"),
        attributes("missing_semicolon", "\tENUM { a, b }‸\n\tDEFAULT = a;"),
        attributes("missing_semicolon", "\tDEFAULT = 300‸"),
        attributes("missing_semicolon", "\tDEFAULT = 300‸ # the default"),
        attributes("missing_close_brace", "\tENUM { a, b‸\n\tDEFAULT = a;"),
        attributes("missing_close_brace", "\tENUM { a, b‸;"),
        // A file that is cut off.
        entries("missing_close_brace", "{\n\tPROPERTY = X;\n\tDEFA‸"),
        entries("missing_close_brace", "{\n\tPROPERTY = X;\n\tDEFAULT =‸ "),
        entries("missing_close_brace", "{\n\tPROPERTY = X;\n\tDEFAULT = 30‸"),
        entries("missing_close_brace", "{\n\tPROPERTY = X;\n\tDEFAULT = a,‸\n"),
        entries("missing_close_brace", "{\n\tPROPERTY = X;\n\tDEFAULT = \"thi‸"),
        entries("missing_close_brace", "{\n\tPROPERTY = X;\n\tENUM { a, b‸"),
        entries("missing_close_brace", "{\n\tPROPERTY = X;\n\tINT;‸ # and"),
        entries("missing_close_brace", "{\n\tPROPERTY‸"),
        entries("missing_close_brace", "{\n\tPROPERTY = X;\n\tDEFAULT = 300;‸\n{\n\tPROPERTY = Y;\n}\n"),
        entries("missing_close_brace", "{ PROPERTY = X; INT;‸"),
        entries("missing_close_brace", "{ PROPERTY = X; INT;‸\n# the end\n"),
        entries("missing_open_brace", "‸PROPERTY‸ = X;\n\tINT;\n}\n{ PROPERTY = Y; }"),
        entries("missing_open_brace", "{ PROPERTY = Y; INT; }\n‸PROPERTY‸ = X;\nDEFAULT = 5;\n"),
        entries(
            "missing_open_brace",
            "{ PROPERTY = Y; MIN = 5; }\n\t‸DEFAULT‸ = 6;\n\tTUNABLE = NONE;\n}\n{ PROPERTY = Z; }",
        ),
        attributes("missing_open_brace", "\tENUM‸ a, b;"),
        attributes("missing_open_brace", "\tENUM ‸=‸ a, b;"),
        file("missing_equals", "Resource_type‸ web;"),
        file("missing_equals", "Resource_type = web;\nRT_description‸ \"a b\";\nPkglist = a;"),
        attributes("missing_equals", "\tMIN‸ 5;"),
        attributes("missing_equals", "\tTUNABLE‸ ANYTIME;\n\tMIN = 5;"),
        file("missing_equals", "Resource_type‸:‸ web;"),
        file("missing_equals", "Resource_type ‸:‸ web;\nStart = /start;"),
        attributes("missing_equals", "\tDESCRIPTION‸:‸ \"a\";"),
        attributes("missing_comma", "\tDESCRIPTION = \"say \"‸hello\" now\";"),
        file("missing_comma", "Resource_type = web;\nPkglist = SUNWa‸ SUNWb;"),
        file("missing_comma", "Resource_type = web;\nPkglist = \"SUNWa\"‸\n\"SUNWb\", SUNWc;"),
        file("missing_comma", "Resource_type = web;\nRT_description = one‸ two three;"),
        attributes("missing_comma", "\tENUM { a‸ b, c };"),
        file("empty_list_element", "Resource_type = web;\nPkglist = A,‸,‸B;"),
        file("empty_list_element", "Resource_type = web;\nPkglist = A‸,‸ ;"),
        file("empty_list_element", "Resource_type = web;\nPkglist = ‸,‸ A;"),
        attributes("empty_list_element", "\tENUM { a, b‸,‸ };"),
    ]
}

fn stray_cases() -> Vec<Case> {
    vec![
        file("stray_token", "Resource_type = web;‸;‸"),
        entries("stray_token", "{ PROPERTY = X; INT; }‸;‸\n{ PROPERTY = Y; INT; };"[..].trim_end_matches(';')),
        file("stray_token", "Resource_type = web;\n‸= 5;‸\nStart = /start;"),
        file("stray_token", "Resource_type = web;\n‸\"Start\" = /start;‸\nStop = /stop;"),
        attributes("stray_token", "\tMIN = ‸=‸ 5;"),
        attributes("stray_token", "\tDEFAULT = a‸=‸b;"),
        attributes("stray_token", "\tENUM ‸=‸ { a, b };"),
        attributes("stray_token", "\t‸, 5;‸\n\tMIN = 5;"),
        entries("stray_brace", "{ PROPERTY = X; INT; }\n‸}‸\n{ PROPERTY = Y; INT; }"),
        file("stray_brace", "Resource_type = web;\n‸}‸\nStart = /start;"),
        entries("stray_brace", "{\n‸{‸\n\tPROPERTY = X;\n\tINT;\n}\n{ PROPERTY = Y; INT; }"),
        attributes("stray_brace", "\tDEFAULT = ‸{‸ a, b };"),
        entries(
            "stray_words",
            "# The lease policy decides whether the new\n‸server waits for all hosts‸\n{ PROPERTY = X; INT; }",
        ),
        entries(
            "stray_words",
            "# The policy decides whether the\n‸server waits for all\n# hosts, or\nnot‸\n{ PROPERTY = X; INT; }",
        ),
        entries(
            "stray_words",
            "# The policy decides; the\n‸server waits, and then;\nit does not‸\n{ PROPERTY = X; INT; }",
        ),
        entries("stray_words", "# it waits before the\n‸start of the server‸\n{ PROPERTY = X; INT; }"),
        attributes("stray_words", "\tMIN = 5; # the least, because the\n‸server's “probe” is slow‸\n\tMAX = 10;"),
        file("stray_words", "Resource_type = web;\n# wrapped\n‸words‸\nStart = /start;"),
        file("stray_words", "Resource_type = web;\n‸wrapped‸ Start = /start;"),
        attributes("stray_words", "\tMIN = 5; ‸// the least; = {‸\n\tMAX = 10;"),
        file("stray_words", "‸/* About\n * the = type;\n */‸\nResource_type = web;"),
        attributes("stray_words", "\tINT;\n\t‸five‸"),
        // Comments of C's within statements; all of a file are one finding.
        file("stray_words", "Resource_type ‸/* the name */‸ = web;"),
        file("stray_words", "Resource_type = ‸/* the\n name */‸ web;\nStart = // the method; = {\n/start; //here"),
        attributes("stray_words", "\tDEFAULT = ‸/* ten; */‸ 300; /* seconds */\n\tMIN = 5; // at least"),
        file(
            "misplaced_declaration",
            "Resource_type = web;\n{ PROPERTY = Y; INT; }\n‸Start = /start;\nStop = /stop;‸\n",
        ),
        file("misplaced_directive", "‸#$upgrade‸\nResource_type = web;\n{ PROPERTY = Y; INT; }"),
        file(
            "misplaced_directive",
            "Resource_type = web;\n‸#$upgrade\n#$upgrade_from \"1\" ANYTIME‸\nStart = /start;\nStop = /stop;",
        ),
        file(
            "misplaced_directive",
            "Resource_type = web;\n{ PROPERTY = Y; INT; }\n‸#$upgrade\n#$upgrade_from \"1\" ANYTIME‸\n",
        ),
        attributes("misplaced_directive", "‸#$upgrade‸\n\tINT;"),
    ]
}

fn directive_cases() -> Vec<Case> {
    vec![
        directives("unknown_directive", "#$‸upgrade_form‸ \"1.0\" ANYTIME"),
        directives("unknown_directive", "#$‸Revision:‸ 1.11 $"),
        directives("unknown_directive", "‸#$‸"),
        directives("unknown_directive", "‸#$ upgrade‸"),
        directives("text_after_directive", "#$upgrade ‸# now aware‸"),
        directives("text_after_directive", "#$upgrade‸;‸"),
        directives("text_after_directive", "#$upgrade\n#$upgrade_from \"1.0\" ANYTIME ‸# tested‸"),
        directives("incomplete_directive", "#$upgrade\n#$upgrade_from‸"),
        directives("incomplete_directive", "#$upgrade\n#$upgrade_from \"1.0\"‸"),
        directives("incomplete_directive", "#$upgrade\n#$upgrade_from‸ ANYTIME"),
        directives("unquoted_version", "#$upgrade\n#$upgrade_from ‸1.0‸ ANYTIME"),
        directives("quoted_tunability", "#$upgrade\n#$upgrade_from \"1.0\" ‸\"ANYTIME\"‸"),
        directives("typographic_quotes", "#$upgrade\n#$upgrade_from ‸“1.0”‸ ANYTIME"),
        directives("single_quotes", "#$upgrade\n#$upgrade_from ‸'1.0'‸ ANYTIME"),
        directives("unterminated_string", "#$upgrade\n#$upgrade_from \"1.0‸ ANYTIME"),
        directives("stray_token", "#$upgrade\n#$upgrade_from \"1.0\"‸,‸ ANYTIME"),
    ]
}

fn quote_cases() -> Vec<Case> {
    vec![
        file("unterminated_string", "Resource_type = web;\nStart = \"/start‸"),
        file("unterminated_string", "Resource_type = web;\nStart = \"/start‸\nStop = /stop;"),
        attributes("unterminated_string", "\tDESCRIPTION = \"no end‸;\n\tTUNABLE = NONE;"),
        attributes("unterminated_string", "\tDESCRIPTION = \"no end‸; # why\n\tTUNABLE = NONE;"),
        attributes("unterminated_string", "\tDESCRIPTION = \"no end‸; DEFAULT = \"\";\n\tTUNABLE = NONE;"),
        attributes("unterminated_string", "\tDESCRIPTION = \"no end‸; DEFAULT = \"a\";\n\tTUNABLE = NONE;"),
        attributes("unterminated_string", "\tDEFAULT = \"a‸, \"b\";\n\tTUNABLE = NONE;"),
        attributes("unterminated_string", "\tDESCRIPTION = ‸\"two\n\t\tlines\"‸;\n\tTUNABLE = NONE;"),
        entries("unterminated_string", "{ PROPERTY = X; DEFAULT = \"a‸; TUNABLE = NONE; }"),
        attributes("typographic_quotes", "\tDESCRIPTION = ‸“the server’s way; and so on”‸;"),
        attributes("typographic_quotes", "\tDEFAULT = ‸““‸;"),
        attributes("typographic_quotes", "\tDESCRIPTION = ‸“Child monitoring level\"‸;\n\tMIN = 5;"),
        attributes("typographic_quotes", "\tDESCRIPTION = ‸\"Child monitoring level”‸;\n\tMIN = 5;"),
        attributes("typographic_quotes", "\tDESCRIPTION = ‸\"a”‸; DEFAULT = \"b\";"),
        attributes("typographic_quotes", "\tDESCRIPTION = ‸„unten“‸;"),
        attributes("typographic_quotes", "\tDESCRIPTION = ‸‘single’‸;"),
        attributes("typographic_quotes", "\tDESCRIPTION = ‸“no end‸;\n\tMIN = 5;"),
        attributes("typographic_quotes", "\tDEFAULT = ‸a”‸;"),
        attributes("typographic_quotes", "\tENUM { ‸“a”‸, b };"),
        attributes("single_quotes", "\tDESCRIPTION = ‸'a, b; c'‸;"),
        attributes("single_quotes", "\tDEFAULT = ‸'a‸;"),
        attributes("single_quotes", "\tDEFAULT = ‸''‸;"),
        file("nul_byte", "Resource_type = web;\n‸\0\0‸"),
        file("nul_byte", "Resource_type = web;\nStart = ‸/st\0art‸;\nStop = /st\0op;"),
        file("dos_end_of_file", "Resource_type = web;\n# end\n‸\u{1a}\u{1a}‸\n"),
        file("unusual_space", "Resource_type‸\u{a0}‸= web;\nStart =\u{2003}/start;\nStop\u{c} = \u{3000}/stop;"),
        file("windows_line_ends", "Resource_type = web;‸\r\n‸# comment\r\n#$upgrade\r\n{\r\n\tPROPERTY = Y;\r\n}\r\n"),
        file("windows_line_ends", "Resource_type = web;‸\r‸Start = /start;\r"),
        file("windows_line_ends", "Resource_type = web;\n# comment‸\r‸goes on\n"),
        file("byte_order_mark", "‸\u{feff}‸Resource_type = web;\n"),
    ]
}

fn slip_cases() -> Vec<Case> {
    vec![
        file("swapped_tokens", "Resource_type ‸web =‸;\nStart = /start;"),
        file("swapped_tokens", "‸= Resource_type‸ web;\nStart = /start;"),
        file("swapped_tokens", "Resource_type = web ‸Start\n;‸ = /start;"),
        file("swapped_tokens", "Resource_type = web;\nStart = /start ‸#$upgrade\n;‸"),
        entries("swapped_tokens", "‸PROPERTY\n{‸ = X; INT; }\n{ PROPERTY = Y; INT; }"),
        entries("swapped_tokens", "{ PROPERTY = X; INT; ‸{\n}‸ PROPERTY = Y; INT; }"),
        entries("swapped_tokens", "{ PROPERTY = X; DEFAULT = 5 ‸};‸\n{ PROPERTY = Y; INT; }"),
        attributes("swapped_tokens", "\tEXTENSION; ‸; INT‸\n\tMIN = 5;"),
        attributes("swapped_tokens", "\tENUM ‸a {‸, b };\n\tTUNABLE;"),
        attributes("swapped_tokens", "\tENUM { a, ‸} b‸;\n\tTUNABLE;"),
        directives("swapped_tokens", "#$upgrade\n#$upgrade_from ‸ANYTIME \"1.0\"‸"),
        directives("swapped_tokens", "#$upgrade\n‸\"1.0\" #$upgrade_from ANYTIME‸"),
        attributes("missing_semicolon", "\tEXTENSION‸,‸\n\tINT;"),
        attributes("missing_semicolon", "\tINT‸:‸\n\tMIN = 5;"),
        attributes("missing_semicolon", "\tDEFAULT = \"a\"‸:‸\n\tMIN = 5;"),
        attributes("missing_semicolon", "\tDEFAULT = ‸,‸\n\tMIN = 5;"),
        attributes("missing_semicolon", "\tENUM { a, b }‸,‸\n\tTUNABLE;"),
        attributes("missing_comma", "\tDEFAULT = \"a\"‸;‸ \"b\", \"c\";"),
        attributes("missing_comma", "\tENUM { a‸;‸ b, c };"),
        file("missing_comma", "Resource_type = web;\nPkglist = SUNWa‸;‸ SUNWb;"),
        attributes("wrong_bracket", "\tENUM { a, b ‸]‸;\n\tTUNABLE;"),
        attributes("wrong_bracket", "\tENUM ‸(‸a, b };\n\tTUNABLE;"),
        attributes("wrong_bracket", "\tENUM ‸[‸a, b];\n\tTUNABLE;"),
        entries("wrong_bracket", "‸[‸ PROPERTY = X; INT; }\n{ PROPERTY = Y; INT; }"),
        entries("wrong_bracket", "{ PROPERTY = X; INT; ‸)‸\n{ PROPERTY = Y; INT; }"),
        attributes("split_name", "\t‸TUN ABLE‸ = ANYTIME;"),
        attributes("split_name", "\t‸EN UM‸ { a, b };"),
        attributes("split_name", "\tTUNABLE = ‸ANY TIME‸;"),
        entries("split_name", "{ PROPERTY = ‸Retry _count‸; MIN = 0; }"),
        directives("split_name", "#$‸up grade‸"),
        directives("split_name", "#$upgrade\n#$‸upgrade _from‸ \"1.0\" ANYTIME"),
        directives("split_name", "#$upgrade\n#$upgrade_from \"1.0\" ‸ANY TIME‸"),
        file("split_name", "‸Resource_ type‸ = web;"),
        attributes("stray_brace", "\tENUM {‸{‸ a, b };\n\tTUNABLE;"),
        attributes("stray_brace", "\tENUM { a, b }‸}‸;\n\tTUNABLE;"),
        attributes("stray_brace", "\tINT;\n\t‸{‸ a, b };\n\tTUNABLE;"),
        attributes("missing_open_brace", "\tENUM‸ a, b };\n\tTUNABLE;"),
        attributes("doubled_quote", "\tDESCRIPTION = ‸\"\"‸a b\";\n\tTUNABLE;"),
        attributes("doubled_quote", "\tDESCRIPTION = \"a b‸\"\"‸;\n\tTUNABLE;"),
        attributes("missing_opening_quote", "\tDESCRIPTION = ‸a b‸\";\n\tTUNABLE;"),
        attributes("missing_opening_quote", "\tDEFAULT = ‸a‸\", \"b\";\n\tTUNABLE;"),
        directives("missing_opening_quote", "#$upgrade\n#$upgrade_from ‸1.0‸\" ANYTIME"),
        directives("doubled_quote", "#$upgrade\n#$upgrade_from ‸\"\"‸1.0\" ANYTIME"),
        directives("stray_token", "#$upgrade\n#$upgrade_from \"1.0\" ‸\"1.0\"‸ ANYTIME"),
    ]
}

fn all_cases() -> Vec<Case> {
    let mut cases = missing_cases();
    cases.extend(slip_cases());
    cases.extend(stray_cases());
    cases.extend(directive_cases());
    cases.extend(quote_cases());
    cases
}

#[test]
fn each_fault_is_one_finding_at_its_place() {
    let cases = all_cases();
    assert!(cases.len() > 80);
    cases.iter().for_each(check);
}

#[test]
fn each_rule_is_produced_and_known() {
    let mut seen: BTreeSet<&str> = all_cases().iter().map(|case| case.rule).collect();
    let utf16 = parse(b"\xFF\xFER\0e\0", FileId(0));
    assert_eq!(utf16.findings.len(), 1);
    seen.insert(utf16.findings[0].rule);
    // Made by a unit test of the crate: it would take 4 GiB here.
    seen.insert("file_too_large");
    let known: BTreeSet<&str> = SYNTAX_RULES.iter().map(|(id, _)| *id).collect();
    assert_eq!(seen, known);
    assert!(SYNTAX_RULES.is_sorted());
}

#[test]
fn only_warnings_are_about_line_ends_and_the_mark() {
    for case in all_cases() {
        let (text, ..) = unmark(&case.input);
        let rtr = parse(text.as_bytes(), FileId(0));
        let warns = matches!(case.rule, "windows_line_ends" | "byte_order_mark");
        let expected = if warns { Level::Warning } else { Level::Error };
        assert!(rtr.findings.iter().all(|finding| finding.level == expected), "{:?}", rtr.findings);
    }
}

#[test]
fn two_faults_are_two_findings() {
    let text = in_file("{\n\tPROPERTY = X;\n\tDEFAULT = 300\n{\n\tPROPERTY = Y;\n\tMIN 5;\n}\n}\n");
    let rules: Vec<&str> = parse(text.as_bytes(), FileId(0)).findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["missing_semicolon", "missing_close_brace", "missing_equals", "stray_brace"]);
}

#[test]
fn what_looks_odd_but_is_right_has_no_finding() {
    let clean = [
        "",
        "# only a comment",
        "Resource_type=web;{PROPERTY=X;EXTENSION;ENUM{a,b};DEFAULT=;TUNABLE;}",
        "resource_TYPE = \"web\" ; # comment; with = { and \"\n",
        "Resource_type = web;#comment behind a word\nStart = bin/x#comment\n;",
        "Resource_type\n=\nweb\n;\nFailover\n;",
        "Resource_type = web;\n##\n#pragma ident \"x\"\n#NOTE: $\n#$UPGRADE\n#$Upgrade_From \"\" anytime   \n{ # c\n PROPERTY = X; }",
        "Resource_type = web; RT_description = \"quoted; } # , = text\"; Port_list = 80/tcp, \"443/tcp\";",
        "Resource_type = don't;",
        "# caf\u{e9} \u{201c}quoted\u{201d} \0 in a comment\nResource_type = web;",
        "Resource_type = \"\u{201c}web\u{201d}\";",
        "Resource_type = web; Pkglist = \"\", \"\";",
        "Resource_type = web; RT_basedir = (DIRECTORY)/bin;",
    ];
    for text in clean {
        invariants::check(text.as_bytes()).unwrap();
        let rtr = parse(text.as_bytes(), FileId(0));
        assert!(rtr.findings.is_empty(), "{text}\n{:#?}", rtr.findings);
    }
}

/// What only looks like a comment of C's.
#[test]
fn paths_with_two_slashes_are_values() {
    for text in ["RT_basedir = //opt/web;", "RT_basedir = /opt//web;", "RT_basedir=/opt/*/web;", "Pkglist = a, //b;"] {
        let text = format!("Resource_type = web;\n{text}\n");
        let rtr = parse(text.as_bytes(), FileId(0));
        assert!(rtr.findings.is_empty(), "{text}{:#?}", rtr.findings);
    }
}

#[test]
fn what_is_no_text_is_one_finding() {
    let mut program = b"\x7fELF\x02\x01\x01\0\0\0".to_vec();
    program.extend((0..4000_u32).flat_map(|n| (n.wrapping_mul(2_654_435_761)).to_be_bytes()));
    let wide: Vec<u8> = in_file("{ PROPERTY = X; INT; }\n").bytes().flat_map(|byte| [byte, 0]).collect();
    for bytes in [program, wide] {
        invariants::check(&bytes).unwrap();
        let rtr = parse(&bytes, FileId(0));
        let rules: Vec<_> = rtr.findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, ["wrong_encoding"]);
        assert!(rtr.findings[0].message.contains("found a file that is none"));
    }
    // A text that a crash has left with a run of NUL bytes stays a text.
    let mut damaged = in_file("{ PROPERTY = X; INT; }\n").into_bytes();
    damaged.extend([0; 4096]);
    let rtr = parse(&damaged, FileId(0));
    assert_eq!(rtr.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["nul_byte"]);
    assert_eq!(rtr.items.len(), 4);
}

/// Comments that end their line become comments of the language, and mean nothing else.
#[test]
fn comments_of_c_are_rewritten() {
    let text = "// the type\nResource_type = web; //$upgrade\n/* The\n * start;\n */\nStart = /start; /* method */\n/* a\n b */\n";
    let rtr = parse(text.as_bytes(), FileId(0));
    let [finding] = rtr.findings.as_slice() else { panic!("{:#?}", rtr.findings) };
    assert_eq!(finding.message, "expected comments that begin with `#`, found `// the type` here and in 4 more places");
    let fix = finding.fix.as_ref().expect("a fix");
    let mut cured = text.to_owned();
    for edit in fix.edits.iter().rev() {
        cured.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    let expected = "# the type\nResource_type = web; # $upgrade\n# The\n# start;\nStart = /start; # method\n# a\n# b\n";
    assert_eq!(cured, expected);
    assert!(parse(cured.as_bytes(), FileId(0)).findings.is_empty());
}
