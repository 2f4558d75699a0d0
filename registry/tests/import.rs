//! Reading what the vendor's commands print: any bytes give findings or a cluster, never a panic, and a line that was
//! changed never gives another cluster without a finding.

mod common;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use rtreg_model::{FileId, Finding, Release};
use rtreg_registry::commands::import::{Request, prepare, run};
use rtreg_registry::import::{Cluster, parse, read};
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::records::ImportOrigins;
use rtreg_registry::{CommandError, Commit, Outcome, Revision, Snapshot, Store, StoreError};

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

/// A store in which somebody else is faster a few times: before a commit he writes a key.
struct Busy {
    store: MemoryStore,
    left: AtomicU64,
}

impl Store for Busy {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
        self.store.snapshot()
    }

    fn commit(&self, commit: &Commit) -> Result<Outcome, StoreError> {
        if self.left.load(Ordering::SeqCst) > 0 {
            let left = self.left.fetch_sub(1, Ordering::SeqCst);
            common::put(&self.store, &format!("meddled/{left}"), "{}");
        }
        self.store.commit(commit)
    }

    fn wait(&self, prefix: &str, since: Revision, timeout: Duration) -> Result<Option<Revision>, StoreError> {
        self.store.wait(prefix, since, timeout)
    }
}

fn gateway() -> Request {
    let text = include_bytes!("../../rtr-examples/gateway/1.0/XMPL.gateway.rtr");
    let text = String::from_utf8_lossy(text).into_owned();
    let (cluster, findings) = shown(SHOWN.as_bytes());
    assert_eq!(findings, []);
    let types = prepare(vec![common::file("gateway.rtr", &text)], &cluster, Release::V4).expect("a good file");
    let (as_of, origins) = ("2026-01-01T00:00:00Z".to_owned(), ImportOrigins::Unknown);
    Request { cluster, as_of, origins, types, preview: false }
}

#[test]
fn who_is_faster_makes_it_decide_anew() {
    let request = gateway();
    for left in [0, 1, 5] {
        let store = Busy { store: MemoryStore::default(), left: AtomicU64::new(left) };
        let report = run(&store, &common::context(None), &request).expect("an import");
        assert_eq!(report.commits, 1, "{report:#?}");
        let revision = store.store.snapshot().expect("a snapshot").revision();
        assert_eq!(revision, left + 1, "the others' commits, and one");
    }
    let store = Busy { store: MemoryStore::default(), left: AtomicU64::new(u64::MAX) };
    let busy = run(&store, &common::context(None), &request).expect_err("never alone");
    assert!(matches!(busy, CommandError::Busy { .. }), "{busy}");
}
