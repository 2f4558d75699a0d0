//! The formatter: its style by hand-written pairs, and what must hold for any file by seeded random ones: formatted twice is
//! formatted once, the type and the comments are the same.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use rtreg_model::FileId;
use rtreg_parser::{FormatFault, TokenKind, format, lower, parse};

fn formatted(source: &str) -> String {
    let text = format(&parse(source.as_bytes(), FileId(0))).unwrap_or_else(|fault| panic!("{fault}:\n{source}"));
    String::from_utf8(text).unwrap()
}

#[track_caller]
fn gives(source: &str, wanted: &str) {
    let once = formatted(source);
    assert_eq!(once, wanted, "of\n{source}");
    assert_eq!(formatted(&once), once, "formatted twice");
}

#[test]
fn words_of_the_language_are_spelled_as_the_vendor_spells_them() {
    gives(
        "RESOURCE_TYPE=\"Web\";vendor_ID = sunw ;failover=true;single_instance;Init_Nodes=rt_installed_nodes;START=/opt/Start;\n",
        "Resource_type = \"Web\";\nVendor_id = sunw;\nFailover = TRUE;\nSingle_instance;\n\
         Init_nodes = RT_INSTALLED_NODES;\nStart = /opt/Start;\n",
    );
    gives(
        "Resource_type=w;\n#$Upgrade\n#$UPGRADE_FROM  \"1.0 b\"\tanytime  \n",
        "Resource_type = w;\n\n#$upgrade\n#$upgrade_from \"1.0 b\" ANYTIME\n",
    );
    gives(
        "Resource_type=w;{Property=FailOver_Mode;default=soft;Tunable=when_disabled;}\
         {property=\"retry_count\";max=5;}{property=scalable;default=\"false\";}",
        "Resource_type = w;\n\n{\n    PROPERTY = Failover_mode;\n    DEFAULT = SOFT;\n    TUNABLE = WHEN_DISABLED;\n}\n\
         {\n    PROPERTY = \"Retry_count\";\n    MAX = 5;\n}\n{\n    PROPERTY = Scalable;\n    DEFAULT = \"FALSE\";\n}\n",
    );
}

#[test]
fn words_of_the_author_are_kept() {
    gives(
        "Resource_type=w;{PROPERTY=my_Flag;extension=true;boolean;default=False;description=\"True\";}\
         {PROPERTY=Mode;extension;enum{auto,None};default=AUTO;tunable=sometimes;}\
         {PROPERTY=scalable;EXTENSION;string;default=true;}",
        "Resource_type = w;\n\n{\n    PROPERTY = my_Flag;\n    EXTENSION = TRUE;\n    BOOLEAN;\n    DEFAULT = FALSE;\n    \
         DESCRIPTION = \"True\";\n}\n{\n    PROPERTY = Mode;\n    EXTENSION;\n    ENUM { auto, None };\n    DEFAULT = AUTO;\n    \
         TUNABLE = sometimes;\n}\n{\n    PROPERTY = scalable;\n    EXTENSION;\n    STRING;\n    DEFAULT = true;\n}\n",
    );
    gives("Resource_type=w;Sysdefined_type=shared_address;", "Resource_type = w;\nSysdefined_type = shared_address;\n");
}

#[test]
fn blank_lines_part_the_sections_and_are_kept_singly_elsewhere() {
    gives(
        "\n\n# head\n\n\n# more\nResource_type = w;\n\n\nStart = s;\n#$upgrade\n\n#$upgrade_from \"1\" ANYTIME\n{PROPERTY=A;\n\nEXTENSION;\n\n}\n\n\n{PROPERTY=B;}\n{PROPERTY=C;}\n\n",
        "# head\n\n# more\nResource_type = w;\n\nStart = s;\n\n#$upgrade\n#$upgrade_from \"1\" ANYTIME\n\n\
         {\n    PROPERTY = A;\n\n    EXTENSION;\n}\n\n{\n    PROPERTY = B;\n}\n{\n    PROPERTY = C;\n}\n",
    );
    gives("Start = s;\n# about upgrades\n#$upgrade\n", "Start = s;\n\n# about upgrades\n#$upgrade\n");
    gives("Start = s;\n# end of the methods\n\n#$upgrade\n", "Start = s;\n# end of the methods\n\n#$upgrade\n");
    gives(
        "#$upgrade\n# a\n#$upgrade_from \"\" ANYTIME\n\n# b\n{}",
        "#$upgrade\n# a\n#$upgrade_from \"\" ANYTIME\n\n# b\n{\n}\n",
    );
}

#[test]
fn comments_stay_where_they_belong() {
    gives(
        "Resource_type = w;# of the type   \n{# of the entry\n# before PROPERTY\nPROPERTY = A; EXTENSION; # of EXTENSION\n\n  # before the end\n} # behind\n# last",
        "Resource_type = w;  # of the type\n\n{  # of the entry\n    # before PROPERTY\n    PROPERTY = A;\n    EXTENSION;  # of EXTENSION\n\n    # before the end\n}  # behind\n# last\n",
    );
    gives("{\n# a\n\n# b\n}", "{\n    # a\n\n    # b\n}\n");
    gives("", "");
    gives(" \n\n", "");
    gives("\n# only\n\n\n# this", "# only\n\n# this\n");
    gives("#\n#  drawn:   /\\ \n#\n", "#\n#  drawn:   /\\\n#\n");
}

#[test]
fn a_comment_that_goes_on_below_stays_in_its_column() {
    gives(
        "API_version = 7;    # first\n                    # second\n# not part of it\nFailover;\n",
        "API_version = 7;  # first\n                  # second\n# not part of it\nFailover;\n",
    );
    gives(
        "{ PROPERTY=A;\tMIN=1;\t# 1\n\t\t\t# 2\n}",
        "{\n    PROPERTY = A;\n    MIN = 1;  # 1\n              # 2\n}\n",
    );
    gives("{ # a\n  # b\n}", "{  # a\n    # b\n}\n");
    gives("Start = \"ö\"; # a\n             # b\n", "Start = \"ö\";  # a\n              # b\n");
}

#[test]
fn a_list_is_broken_where_it_is_long_or_commented() {
    let package = "SUNWpackage".to_owned() + &"x".repeat(40);
    gives(&format!("Pkglist={package}a,{package}b;"), &format!("Pkglist =\n    {package}a,\n    {package}b;\n"));
    gives(
        &format!("{{PROPERTY=M;EXTENSION;ENUM{{{package}a,{package}b}};}}"),
        &format!(
            "{{\n    PROPERTY = M;\n    EXTENSION;\n    ENUM {{\n        {package}a,\n        {package}b\n    }};\n}}\n"
        ),
    );
    gives("Pkglist = a, # first\n b # second\n ;", "Pkglist =\n    a,  # first\n    b  # second\n    ;\n");
    gives(
        "{PROPERTY=M;ENUM { # all\n a, # first\n    # goes on\n # own\n b };}",
        "{\n    PROPERTY = M;\n    ENUM {  # all\n        a,  # first\n            # goes on\n        # own\n        b\n    };\n}\n",
    );
    gives("Start # why\n = # how\n s;", "Start  # why\n    =  # how\n    s;\n");
    gives("Pkglist = a,\n b,\n c;", "Pkglist = a, b, c;\n");
    let long = "x".repeat(200);
    gives(&format!("Start={long};"), &format!("Start = {long};\n"));
}

#[test]
fn forms_of_statements_are_kept() {
    gives(
        "{PROPERTY=Port_list;DEFAULT=;TUNABLE;ENUM{};}",
        "{\n    PROPERTY = Port_list;\n    DEFAULT = ;\n    TUNABLE;\n    ENUM { };\n}\n",
    );
    gives(
        "\u{feff}Resource_type = w;\r\n# a\r\n\r\n{PROPERTY=A;}\r\n",
        "Resource_type = w;\n# a\n\n{\n    PROPERTY = A;\n}\n",
    );
    gives("Vendor_id = (VENDOR);\nStart = \"a # b\";\n", "Vendor_id = (VENDOR);\nStart = \"a # b\";\n");
}

#[test]
fn bytes_that_are_no_text_are_kept() {
    let source = b"# caf\xe9 \nRT_description=\"\xff\";";
    let wanted = b"# caf\xe9\nRT_description = \"\xff\";\n";
    assert_eq!(format(&parse(source, FileId(0))).as_deref(), Ok(&wanted[..]));
}

#[test]
fn a_broken_file_is_left_alone_with_a_reason() {
    let fault = format(&parse(b"Resource_type = web\nVendor_id = SUNW;\n}", FileId(0))).unwrap_err();
    assert!(matches!(&fault, FormatFault::Syntax { first, count: 2 } if first.rule == "missing_semicolon"));
    assert_eq!(fault.to_string(), "the file has 2 errors; the first: expected `;` behind `web`, found `Vendor_id`");
}

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, b"rtreg format: one fixed seed 001"))
}

/// What may stand between two tokens.
fn gap() -> impl Strategy<Value = String> {
    let piece = select(vec![
        " ",
        "  ",
        "\t",
        "\n",
        "\n",
        "\r\n",
        "\n\n\n",
        "# a\n",
        " # b \n",
        "#\n",
        "\n    # c\n",
        "\n\t\t# d\r\n",
        "  # e\n       # f\n",
        "#{;}\"= \u{e9}\n",
    ]);
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// A word in some case.
fn word(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    (select(words), 0..3_u8).prop_map(|(word, case)| match case {
        0 => word.to_owned(),
        1 => word.to_ascii_lowercase(),
        _ => word.to_ascii_uppercase(),
    })
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9_./:@+()-]{1,12}",
        "[A-Za-z0-9_./:@+()-]{1,60}",
        "\"[ -!#-~]{0,20}\"",
        word(&["TRUE", "FALSE", "ANYTIME", "SOFT", "Auto", "RT_installed_nodes", "-1"]),
        word(&["Start_timeout", "Retry_count", "Failover_mode", "Scalable", "Mine"]),
    ]
}

/// The tokens of a list of values.
fn list(least: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(value(), least..5).prop_map(|values| {
        let mut tokens: Vec<String> = values.into_iter().flat_map(|value| [value, ",".to_owned()]).collect();
        tokens.pop();
        tokens
    })
}

fn statement(names: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    (word(names), list(0), any::<bool>()).prop_map(|(name, values, flag)| {
        let equals = (!flag || !values.is_empty()).then(|| "=".to_owned());
        [name].into_iter().chain(equals).chain(values).chain([";".to_owned()]).collect()
    })
}

fn entry() -> impl Strategy<Value = Vec<String>> {
    let names: &[&str] =
        &["EXTENSION", "PER_NODE", "TUNABLE", "STRING", "BOOLEAN", "INT", "DEFAULT", "MIN", "DESCRIPTION", "Other"];
    let literals = (word(&["ENUM"]), list(0)).prop_map(|(name, values)| {
        let open = [name, "{".to_owned()];
        open.into_iter().chain(values).chain(["}".to_owned(), ";".to_owned()]).collect()
    });
    let attribute = prop_oneof![4 => statement(names), 1 => literals];
    (value(), prop::collection::vec(attribute, 0..6)).prop_map(|(name, attributes)| {
        let open = ["{", "PROPERTY", "="].map(str::to_owned);
        let tokens = open.into_iter().chain([name, ";".to_owned()]).chain(attributes.into_iter().flatten());
        tokens.chain(["}".to_owned()]).collect()
    })
}

/// A file of right syntax with comments and blanks anywhere.
fn file() -> impl Strategy<Value = String> {
    let names: &[&str] = &["Resource_type", "Vendor_id", "Failover", "Pkglist", "Start", "Init_nodes", "API_version"];
    let declarations = prop::collection::vec(statement(names), 0..6);
    let directive =
        (word(&["upgrade_from"]), "[a-z0-9. -]{0,6}", word(&["ANYTIME", "WHEN_OFFLINE"]), select(vec![" ", "\t  "]))
            .prop_map(|(word, version, tunability, blank)| {
                vec![format!("\n#${word}{blank}\"{version}\"{blank}{tunability}{blank}\n")]
            });
    let directives = prop::collection::vec(directive, 0..4);
    let entries = prop::collection::vec(entry(), 0..5);
    (declarations, directives, entries, prop::collection::vec(gap(), 40)).prop_map(
        |(declarations, directives, entries, gaps)| {
            let head = ["Resource_type", "=", "web", ";"].map(str::to_owned).to_vec();
            let tokens = [head].into_iter().chain(declarations).chain(directives).chain(entries).flatten();
            let mut text = String::new();
            for (token, gap) in tokens.zip(gaps.iter().cycle()) {
                text.push_str(gap);
                let apart = text.ends_with(|c: char| !c.is_whitespace() && !"{};=,".contains(c));
                text.push_str(if apart && !"{};=,".contains(&token) { " " } else { "" });
                text.push_str(&token);
            }
            text + gaps.first().map_or("", String::as_str)
        },
    )
}

fn comments(source: &[u8]) -> Vec<Vec<u8>> {
    let rtr = parse(source, FileId(0));
    let comments = rtr.tokens.iter().filter(|token| token.kind == TokenKind::Comment);
    comments.map(|token| rtr.text(token.span).trim_ascii_end().to_vec()).collect()
}

#[test]
fn any_file_is_formatted_once_and_says_the_same() {
    let (formatted, commented) = (Cell::new(0_u32), Cell::new(0_u32));
    let cases = 3000;
    let outcome = runner(cases).run(&file(), |source| {
        let rtr = parse(source.as_bytes(), FileId(0));
        let text = match format(&rtr) {
            Ok(text) => text,
            Err(FormatFault::Syntax { .. }) => return Ok(()),
            Err(fault) => return Err(TestCaseError::fail(format!("{fault}"))),
        };
        formatted.set(formatted.get() + 1);
        let again = parse(&text, FileId(0));
        let shown = String::from_utf8_lossy(&text);
        prop_assert_eq!(lower(&rtr), lower(&again), "{}", shown);
        let before = comments(source.as_bytes());
        commented.set(commented.get() + u32::from(before.len() > 1));
        prop_assert_eq!(before, comments(&text), "{}", shown);
        prop_assert!(text.ends_with(b"\n") && !text.ends_with(b"\n\n") && !text.starts_with(b"\n"), "{}", shown);
        prop_assert!(!shown.contains("\n\n\n") && !shown.contains(" \n") && !shown.contains('\r'), "{}", shown);
        let twice = format(&again).map_err(|fault| TestCaseError::fail(format!("{fault}\n{shown}")))?;
        prop_assert_eq!(shown, String::from_utf8_lossy(&twice));
        Ok(())
    });
    outcome.unwrap_or_else(|fault| panic!("{fault}"));
    let (formatted, commented) = (formatted.get(), commented.get());
    assert!(formatted > cases / 2 && commented > cases / 4, "{formatted} formatted, {commented} with comments");
}
