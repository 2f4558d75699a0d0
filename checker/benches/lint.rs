//! Throughput of parsing and all rules together: bytes per second on one large type, files per second on small ones.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use rtreg_checker::levels::Levels;
use rtreg_checker::{LintOptions, check};
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

/// What the command does for each file: all rules, comments that allow, levels.
fn findings(source: &str, levels: &Levels) -> usize {
    check(&rtreg_parser::parse(source.as_bytes(), FileId(0)), &LintOptions::default(), levels).len()
}

fn type_with(entries: usize) -> String {
    std::iter::once(HEAD.to_owned()).chain((0..entries).map(extension)).collect()
}

/// One type with 20,000 entries, without a finding.
#[divan::bench]
fn large_file(bencher: Bencher<'_, '_>) {
    let (source, levels) = (type_with(20_000), Levels::default());
    assert_eq!(findings(&source, &levels), 0);
    bencher.counter(BytesCount::of_str(&source)).bench_local(|| findings(black_box(&source), &levels));
}

/// The same, only parsed.
#[divan::bench]
fn large_file_parsed(bencher: Bencher<'_, '_>) {
    let source = type_with(20_000);
    bencher
        .counter(BytesCount::of_str(&source))
        .bench_local(|| rtreg_parser::parse(black_box(source.as_bytes()), FileId(0)).items.len());
}

/// What an editor asks for behind each keystroke: a file of 20 kB, a letter of a keyword missing, parsed and checked anew.
#[divan::bench]
fn keystroke(bencher: Bencher<'_, '_>) {
    let (source, levels) = (type_with(103).replacen("TUNABLE = WHEN", "TUNABE = WHEN", 1), Levels::default());
    assert!((20_000..21_000).contains(&source.len()), "{}", source.len());
    assert_eq!(findings(&source, &levels), 1);
    bencher.counter(BytesCount::of_str(&source)).bench_local(|| findings(black_box(&source), &levels));
}

/// A hundred types of usual size.
#[divan::bench]
fn small_files(bencher: Bencher<'_, '_>) {
    let (files, levels): (Vec<String>, _) =
        ((0..100).map(|number| format!("{HEAD}{}", extension(number))).collect(), Levels::default());
    assert!(files.iter().all(|file| findings(file, &levels) == 0));
    bencher
        .counter(ItemsCount::new(files.len()))
        .bench_local(|| files.iter().map(|file| findings(black_box(file), &levels)).sum::<usize>());
}
