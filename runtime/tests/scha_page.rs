//! `docs/scha.md` lists exactly the tags that the commands have. `make docs-rules` writes the list; without that a page that
//! differs fails.

use std::path::Path;

use rtreg_runtime::scha::{Command, table};

/// The last line that is written by hand.
const MARK: &str = "<!-- What follows is made by `make docs-rules` from runtime/src/scha/table.rs. -->\n";

#[test]
fn the_page_has_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scha.md");
    let text = std::fs::read_to_string(&path).expect("docs/scha.md is there");
    let (head, _) = text.split_once(MARK).expect("the page says where the table begins");
    let page = format!("{head}{MARK}{}", table::page());
    if std::env::var("RTREG_DOCS").is_ok_and(|value| value == "write") {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let found = std::fs::read_to_string(&path).expect("docs/scha.md is there");
    assert!(found == page, "docs/scha.md differs from the table: run `make docs-rules`");
    for command in Command::ALL {
        assert!(page.contains(&format!("\n## {}\n", command.as_str())), "{}", command.as_str());
    }
}

#[test]
fn the_table_is_what_the_commands_know() {
    let mut looked_at = 0;
    for command in Command::ALL {
        let tags = table::tags(command);
        let mut names: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
        names.dedup();
        assert_eq!(names.len(), tags.len(), "{}: a tag stands there twice", command.as_str());
        for tag in &tags {
            assert!(table::has(command, &tag.name), "{} {}", command.as_str(), tag.name);
            assert!(!table::is_not_kept(command, &tag.name), "{} {}", command.as_str(), tag.name);
            assert!(!tag.about.is_empty() && !tag.prints.is_empty());
            looked_at += 1;
        }
    }
    assert!(looked_at > 90, "{looked_at}");
}
