//! Pairs of versions per second in one process: both files parsed, all rules asked, the promise derived and judged.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use rtreg_checker::promise::{Knowledge, derive};
use rtreg_checker::{Version, compare};
use rtreg_model::FileId;

const METHODS: [&str; 8] =
    ["Start", "Stop", "Validate", "Update", "Monitor_start", "Monitor_stop", "Monitor_check", "Postnet_stop"];

fn main() {
    divan::main();
}

/// A type of usual size: eight methods with their timeouts, and six extension properties, which depend on the version.
fn version(number: usize) -> String {
    let mut text = format!(
        "Resource_type = \"web\";\nVendor_id = ACME;\nRT_version = \"{number}.0\";\nRT_basedir = /opt/ACMEweb/{number}/bin;\nFailover = TRUE;\n"
    );
    for method in METHODS {
        text.push_str(&format!("{method} = {};\n", method.to_lowercase()));
    }
    text.push_str("\n#$upgrade\n");
    for older in 1..number {
        text.push_str(&format!("#$upgrade_from \"{older}.0\" WHEN_OFFLINE\n"));
    }
    for method in METHODS {
        text.push_str(&format!(
            "{{\n    PROPERTY = {method}_timeout;\n    MIN = 5;\n    DEFAULT = {};\n}}\n",
            60 * number
        ));
    }
    for limit in number..number + 6 {
        text.push_str(&format!(
            "{{\n    PROPERTY = Limit_{limit};\n    EXTENSION;\n    INT;\n    MIN = 0;\n    MAX = {};\n    DEFAULT = 1;\n    TUNABLE = ANYTIME;\n}}\n",
            100 - number
        ));
    }
    text
}

fn judge(old: &str, new: &str) -> usize {
    let (old, new) = (rtreg_parser::parse(old.as_bytes(), FileId(0)), rtreg_parser::parse(new.as_bytes(), FileId(1)));
    let Some((old, new)) = Version::new(&old).zip(Version::new(&new)) else { return 0 };
    let promise = derive(&old, &new, &Knowledge::default());
    compare(&old, &new).len() + promise.map_or(0, |promise| promise.findings(&new).len())
}

/// A hundred pairs of neighbouring versions, from their texts.
#[divan::bench]
fn pairs(bencher: Bencher<'_, '_>) {
    let texts: Vec<(String, String)> = (0..100).map(|_| (version(2), version(3))).collect();
    assert!(texts.iter().all(|(old, new)| judge(old, new) > 10));
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench_local(|| texts.iter().map(|(old, new)| judge(black_box(old), black_box(new))).sum::<usize>());
}

/// One pair that is parsed already: the rules and the promise alone.
#[divan::bench]
fn differences(bencher: Bencher<'_, '_>) {
    let (old, new) = (version(2), version(3));
    let (old, new) = (rtreg_parser::parse(old.as_bytes(), FileId(0)), rtreg_parser::parse(new.as_bytes(), FileId(1)));
    let (Some(old), Some(new)) = (Version::new(&old), Version::new(&new)) else { return };
    bencher.counter(ItemsCount::new(1usize)).bench_local(|| {
        let promise = derive(black_box(&old), black_box(&new), &Knowledge::default());
        compare(black_box(&old), black_box(&new)).len() + promise.map_or(0, |promise| promise.findings(&new).len())
    });
}
