//! `make mutate`: wounds every good example at every token, checks each mutant, and prints what was found by kind of wound.
//! Words after the command name the verdicts or mutations whose mutants are listed, and folders of other good files to wound.
//! Never writes a file.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use rtreg_model::{Finding, Level};
use rtreg_tests::mutate::{MUTATIONS, Mutant, Verdict, judge, mutants};
use rtreg_tests::{example_options, good_examples, lint_text, rtr_files};

fn main() -> ExitCode {
    let (folders, wanted): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|word| Path::new(word).is_dir());
    let files = if folders.is_empty() {
        good_examples()
    } else {
        folders.iter().flat_map(|folder| rtr_files(Path::new(folder))).collect()
    };
    let mut counts: BTreeMap<(&str, Verdict), usize> = BTreeMap::new();
    let mut warned = 0;
    let mut meant = [0_usize; 2];
    for path in files {
        let source = std::fs::read(&path).expect("an example can be read");
        let options = example_options(&path);
        let before = lint_text("", &source, &options).0.len();
        for (mutation, mutant) in mutants(&source) {
            let (verdict, findings) = judge(&mutant, &options);
            *counts.entry((mutation.name, verdict)).or_default() += 1;
            let warnings = findings.iter().filter(|finding| finding.level != Level::Error).count();
            warned += usize::from(verdict == Verdict::One && warnings > before);
            if mutant.is_wrong {
                meant[0] += 1;
                meant[1] += usize::from(findings.iter().any(says_what_is_meant));
            }
            let listed = wanted.iter().any(|word| *word == mutation.name || *word == format!("{verdict:?}"));
            let both = wanted.len() < 2 || wanted.contains(&format!("{verdict:?}"));
            if listed && both && !matches!(verdict, Verdict::One) {
                show(mutation.name, verdict, &mutant, &path.display().to_string(), &options);
            }
        }
    }
    println!("{} of {} misspelt keywords are answered with the word that is meant", meant[1], meant[0]);
    summary(&counts, warned)
}

fn says_what_is_meant(finding: &Finding) -> bool {
    finding.rule == "split_name" || finding.help.as_ref().is_some_and(|help| help.contains("did you mean"))
}

fn show(name: &str, verdict: Verdict, mutant: &Mutant, file: &str, options: &rtreg_checker::LintOptions) {
    let line_start =
        mutant.text[..mutant.wound.start as usize].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let end = mutant.wound.end as usize;
    let line_end = mutant.text[end..].iter().position(|&byte| byte == b'\n').map_or(mutant.text.len(), |at| at + end);
    let lines = String::from_utf8_lossy(&mutant.text[line_start..line_end]);
    println!("--- {name} {verdict:?} {file}\n{}", lines.replace('\n', "\n    "));
    for finding in lint_text("", &mutant.text, options).0 {
        let span = finding.primary.span;
        let text = String::from_utf8_lossy(span.slice(&mutant.text)).replace('\n', " ");
        let short: String = text.chars().take(50).collect();
        println!("    {} {}: {} @`{short}`", finding.level.as_str(), finding.rule, finding.message);
    }
}

fn summary(counts: &BTreeMap<(&str, Verdict), usize>, warned: usize) -> ExitCode {
    let columns = [Verdict::One, Verdict::Nothing, Verdict::TooMany, Verdict::Elsewhere, Verdict::Valid];
    println!(
        "{:<22}{:>8}{:>8}{:>9}{:>10}{:>8}{:>9}",
        "mutation", "one", "none", "too many", "elsewhere", "valid", "share"
    );
    let mut total = [0_usize; 5];
    for mutation in MUTATIONS {
        let row = columns.map(|verdict| counts.get(&(mutation.name, verdict)).copied().unwrap_or_default());
        print_row(mutation.name, row);
        total.iter_mut().zip(row).for_each(|(total, count)| *total += count);
    }
    print_row("all", total);
    println!("{warned} mutants with one error have a warning or note besides; none made the checker panic");
    if share(total) < 98.0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn print_row(name: &str, row: [usize; 5]) {
    let [one, none, many, elsewhere, valid] = row;
    println!("{name:<22}{one:>8}{none:>8}{many:>9}{elsewhere:>10}{valid:>8}{:>8.2}%", share(row));
}

/// Exactly one, in percent of the mutants that are wrong.
fn share([one, none, many, elsewhere, _]: [usize; 5]) -> f64 {
    100.0 * one as f64 / (one + none + many + elsewhere).max(1) as f64
}
