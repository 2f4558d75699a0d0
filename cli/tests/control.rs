//! `rtreg control`: what is printed is the golden table.

mod common;

use common::{Cluster, valid};

const GOLDEN: &str = include_str!("../../tests/conformance/rgm/callbacks.tsv");

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn the_table_is_the_golden_one() {
    let printed = Cluster::new().ok("control show rgm --format tsv");
    assert!(GOLDEN.lines().count() > 30);
    assert_eq!(sorted(&printed), sorted(GOLDEN));
}

#[test]
fn text_and_json_tell_the_same() {
    let cluster = Cluster::new();
    let report = valid(&cluster, "control-show", "control show rgm");
    let rows = report["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), GOLDEN.lines().count() - 1);
    let text = cluster.ok("control show rgm");
    for row in rows {
        let line = format!("  {}. {}", row["order"], row["action"].as_str().expect("words"));
        assert!(text.lines().any(|found| found == line), "{line}");
    }
}
