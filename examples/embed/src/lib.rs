//! How a tool of your own lints an RTR file: parse a text, ask the rules, print what they found. Only `rtreg-parser` and
//! `rtreg-checker` are needed; neither reads a file, so the text may come from an editor, a package or a test.
//!
//! The test below is all that it takes to hold the diagnostics of your own RTR files in a snapshot:
//! `cargo test -p rtreg-example-embed`, then look at the snapshot and keep it beside the test.

use rtreg_checker::report::{Sources, text};
use rtreg_checker::{LintOptions, lint};

/// The findings about a text, as a person reads them; empty if there are none.
pub fn diagnose(name: &str, rtr: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add(name, rtr.into());
    let findings = lint(&rtreg_parser::parse(rtr.as_bytes(), file), &LintOptions::default());
    text::render(&findings, &sources, &text::TextOptions::default())
}

#[cfg(test)]
mod tests {
    #[test]
    fn diagnostic_of_a_misspelt_method() {
        let rtr =
            "Resource_type = web;\nRT_version = \"1\";\nStrat = /opt/web/start;\nStop = /opt/web/stop;\n#$upgrade\n";
        insta::assert_snapshot!(super::diagnose("ACME.web", rtr));
    }
}
