//! Throughput of parsing and all rules together: bytes per second on one large type, files per second on small ones.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use rtreg_checker::{LintOptions, lint};
use rtreg_model::FileId;

const HEAD: &str = "\
# A service with a monitor.
Resource_type = \"web\";
Vendor_id = ACME;
RT_version = \"2.0\";
RT_description = \"A web server\";
API_version = 2;
Failover = TRUE;
RT_basedir = /opt/ACMEweb/bin;
Start = start;
Stop = stop;
Validate = validate;
Monitor_start = monitor_start;
Monitor_stop = monitor_stop;

#$upgrade
#$upgrade_from \"1.0\" WHEN_OFFLINE
#$upgrade_from \"1.1\" ANYTIME

{
    PROPERTY = Start_timeout;
    MIN = 60;
    DEFAULT = 300;
}
{
    PROPERTY = Failover_mode;
    DEFAULT = SOFT;
    TUNABLE = ANYTIME;
}
";

fn main() {
    divan::main();
}

fn extension(number: usize) -> String {
    format!(
        "# Limit number {number}.\n{{\n    PROPERTY = Limit_{number};\n    EXTENSION;\n    INT;\n    MIN = 0;\n    MAX = 100;\n    \
         DEFAULT = {};\n    TUNABLE = WHEN_DISABLED;\n    DESCRIPTION = \"A limit of the service\";\n}}\n",
        number % 100
    )
}

fn findings(source: &str) -> usize {
    lint(&rtreg_parser::parse(source.as_bytes(), FileId(0)), &LintOptions::default()).len()
}

/// One type with 20,000 entries, without a finding.
#[divan::bench]
fn large_file(bencher: Bencher<'_, '_>) {
    let source: String = std::iter::once(HEAD.to_owned()).chain((0..20_000).map(extension)).collect();
    assert_eq!(findings(&source), 0);
    bencher.counter(BytesCount::of_str(&source)).bench_local(|| findings(black_box(&source)));
}

/// A hundred types of usual size.
#[divan::bench]
fn small_files(bencher: Bencher<'_, '_>) {
    let files: Vec<String> = (0..100).map(|number| format!("{HEAD}{}", extension(number))).collect();
    assert!(files.iter().all(|file| findings(file) == 0));
    bencher
        .counter(ItemsCount::new(files.len()))
        .bench_local(|| files.iter().map(|file| findings(black_box(file))).sum::<usize>());
}
