//! A seeded sample of what `make mutate` tries in full: one wound, one finding at the wound. The floor is where the full run
//! stands, so that recovery cannot get worse unseen.

use std::collections::BTreeMap;

use rtreg_tests::mutate::{MUTATIONS, Verdict, judge, mutants};
use rtreg_tests::{example_options, good_examples};

/// One mutant of so many is tried.
const SAMPLE: u64 = 23;

/// In percent. `tests/mutate/README.md` explains the rest.
const FLOOR: f64 = 99.7;

#[test]
fn one_wound_is_one_finding() {
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seed = 20;
    let mut missed = String::new();
    for path in good_examples() {
        let source = std::fs::read(&path).expect("an example can be read");
        for (mutation, mutant) in mutants(&source).filter(|_| random(&mut seed).is_multiple_of(SAMPLE)) {
            let (verdict, findings) = judge(&mutant, &example_options(&path));
            *counts.entry(verdict).or_default() += 1;
            *tried.entry(mutation.name).or_default() += 1;
            if !matches!(verdict, Verdict::One | Verdict::Valid) {
                let rules: Vec<&str> = findings.iter().map(|finding| finding.rule).collect();
                missed.push_str(&format!("{} of {}: {verdict:?} {rules:?}\n", mutation.name, path.display()));
            }
        }
    }
    let count = |verdict| counts.get(&verdict).copied().unwrap_or_default();
    let wrong = counts.values().sum::<usize>() - count(Verdict::Valid);
    assert!(wrong > 1000, "{wrong} mutants are too few to say anything");
    assert!(tried.len() >= MUTATIONS.len() - 3, "mutations that were hardly tried: {tried:?}");
    assert_eq!(count(Verdict::Nothing), 0, "a wrong file without an error:\n{missed}");
    let share = 100.0 * count(Verdict::One) as f64 / wrong as f64;
    assert!(share >= FLOOR, "{share:.2} % of {wrong} mutants have exactly one error at the wound:\n{missed}");
}

/// Xorshift: the same sample in every run.
fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}
