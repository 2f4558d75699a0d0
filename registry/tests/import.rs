//! Reading what the vendor's commands print: any bytes give findings or a cluster, never a panic, and a line that was
//! changed never gives another cluster without a finding.

use proptest::prelude::*;
use rtreg_model::{FileId, Finding};
use rtreg_registry::import::{Cluster, parse, read};

const SHOWN: &str = include_str!("../../tests/import/ok/one_failover_group/shown.txt");

fn shown(text: &[u8]) -> (Cluster, Vec<Finding>) {
    let (lines, mut findings) = parse(text, FileId(0));
    let (cluster, more) = read(&lines);
    findings.extend(more);
    for finding in &findings {
        let span = finding.primary.span;
        assert!(span.start <= span.end && span.end as usize <= text.len(), "{finding:?} in {} bytes", text.len());
    }
    (cluster, findings)
}

/// Lines that may stand where others do not, in any order.
fn any_lines() -> impl Strategy<Value = String> {
    let lines: Vec<&'static str> = SHOWN.lines().collect();
    let line = prop_oneof![
        8 => prop::sample::select(lines).prop_map(str::to_owned),
        1 => "[ -~]{0,40}",
        1 => prop::sample::select(vec!["=== Resources ===", "--- x ---", "---", "a  b  c", "Resource: r", "{", "x{: 1", "=== ==="])
            .prop_map(str::to_owned),
    ];
    prop::collection::vec(line, 0..60).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        shown(&bytes);
    }

    #[test]
    fn any_order_of_lines(text in any_lines()) {
        shown(text.as_bytes());
    }

    #[test]
    fn one_byte_changed(at in 0..SHOWN.len(), byte in any::<u8>()) {
        let mut bytes = SHOWN.as_bytes().to_vec();
        bytes[at] = byte;
        shown(&bytes);
    }

    /// A line too many is noticed wherever it stands.
    #[test]
    fn one_line_too_many(at in 0..SHOWN.lines().count(), words in "[a-z]{3,9} [a-z]{3,9}") {
        let mut lines: Vec<&str> = SHOWN.lines().collect();
        lines.insert(at, &words);
        let (_, findings) = shown(lines.join("\n").as_bytes());
        prop_assert!(!findings.is_empty(), "{words} in line {at}");
    }
}

#[test]
fn the_text_itself_has_no_fault() {
    let (cluster, findings) = shown(SHOWN.as_bytes());
    assert_eq!(findings, []);
    assert_eq!((cluster.nodes.len(), cluster.types.len(), cluster.groups.len(), cluster.resources.len()), (2, 1, 1, 1));
}

/// Lines of another system's editor, and blanks in front of all lines, as in a mail.
#[test]
fn line_ends_and_indentation_do_not_matter() {
    let plain = shown(SHOWN.as_bytes()).0;
    for text in [SHOWN.replace('\n', "\r\n"), SHOWN.lines().map(|line| format!("    {line}\n")).collect()] {
        let (cluster, findings) = shown(text.as_bytes());
        assert_eq!(findings, []);
        let states = |cluster: &Cluster| cluster.resources.iter().map(|it| it.nodes.clone()).collect::<Vec<_>>();
        assert_eq!(states(&cluster), states(&plain));
    }
}
