//! Many files on several threads: what is printed, written and returned is the same, whatever the number of threads.

mod common;

use std::fs;

use common::{Answer, Cluster, rtr};

/// So many files that several threads are used, each third with findings, some that cannot be read or have other settings.
fn folder() -> Cluster {
    let cluster = Cluster::new();
    let good = rtr("web", "1.0", &["Start", "Stop"], &[]);
    for number in 0..120 {
        let folder = cluster.path().join(format!("types/{}", number % 7));
        fs::create_dir_all(&folder).expect("a folder");
        let text = match number % 6 {
            0 => good.replace("Vendor_id = XMPL;", "Vendor_id = XMPL"),
            3 => good.replace("MIN = 5;", "MIN = 0;").repeat(1 + number % 4),
            5 => format!("# {}\n{good}", "long ".repeat(number * 100)),
            _ => good.clone(),
        };
        fs::write(folder.join(format!("{number}.rtr")), text).expect("a file");
    }
    fs::write(cluster.path().join("types/3/rtreg.toml"), "ignore = [\"missing_semicolon\"]\n").expect("a file");
    for number in [2, 5] {
        let link = cluster.path().join(format!("types/{number}/gone.rtr"));
        std::os::unix::fs::symlink("nowhere", link).expect("a link");
    }
    cluster
}

fn same(one: &Answer, other: &Answer, words: &str) {
    assert_eq!(one.code, other.code, "{words}");
    assert!(one.out == other.out, "{words}: standard output differs");
    assert!(one.err == other.err, "{words}: standard error differs:\n{}\n{}", one.err, other.err);
}

#[test]
fn reports_are_the_same_on_any_number_of_threads() {
    let cluster = folder();
    for words in [
        "lint types",
        "lint types --format json",
        "lint types --format sarif",
        "lint types --format concise",
        "lint types --diff --unsafe-fixes",
        "fmt types --check",
    ] {
        let one = cluster.run(&format!("{words} --threads 1"));
        assert!(one.out.len() + one.err.len() > 100, "{words}: {one:?}");
        for threads in ["2", "5", "64"] {
            same(&one, &cluster.run(&format!("{words} --threads {threads}")), words);
        }
        same(&one, &cluster.run(words), words);
    }
    let lint = cluster.run("lint types --format concise");
    assert!(lint.code == 3 && lint.err.matches("gone.rtr cannot be read").count() == 2, "{}", lint.err);
    assert!(lint.out.lines().count() > 40, "{}", lint.out);
}

#[test]
fn files_are_rewritten_the_same_on_any_number_of_threads() {
    let texts = |cluster: &Cluster| -> Vec<Vec<u8>> {
        let path = |number: usize| cluster.path().join(format!("types/{}/{number}.rtr", number % 7));
        (0..120).map(|number| fs::read(path(number)).expect("a file")).collect()
    };
    let runs = ["1", "4"].map(|threads| {
        let cluster = folder();
        let before = texts(&cluster);
        for number in [2, 5] {
            fs::remove_file(cluster.path().join(format!("types/{number}/gone.rtr"))).expect("a link");
        }
        let commands = ["lint types --fix --unsafe-fixes", "fmt types"];
        let answers = commands.map(|command| cluster.run(&format!("{command} --threads {threads}")));
        assert_ne!(before, texts(&cluster));
        (answers, texts(&cluster))
    });
    let [(one, left), (other, right)] = runs;
    one.iter().zip(&other).for_each(|(one, other)| same(one, other, "--threads 1 and 4"));
    assert!(left == right, "the files differ");
}

#[test]
fn the_number_of_threads_may_come_from_the_environment_and_is_at_least_one() {
    let cluster = folder();
    let run = |threads: &str| {
        let output = cluster.command().args(["lint", "types/1"]).env("RTREG_THREADS", threads).output();
        output.expect("the binary runs")
    };
    assert_eq!(run("3").stdout, run("1").stdout);
    assert_eq!(run("0").status.code(), Some(2));
    let answer = cluster.run("lint types --threads none");
    assert!(answer.code == 2 && answer.err.contains("--threads"), "{}", answer.err);
}
