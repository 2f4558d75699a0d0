//! The gate against the truth: a cluster is played with, rtreg is told all of it by an honest administrator, and no yes of
//! the gate may break a promise that is needed (never a wrong yes).

mod admin;
mod events;
#[path = "../cluster/fixture.rs"]
#[allow(dead_code, reason = "the parser of command lines is used here, not the rest")]
mod fixture;
mod walks;
mod world;

use walks::{Counts, Random, Walk, Wrong};

/// Sets of versions, and walks with each.
const FAMILIES: u64 = 100;
const WALKS: u64 = 20;
const THREADS: u64 = 2;
/// Wrong yeses that are made small and shown.
const SHOWN: usize = 4;

/// Walks with each of a part of the families.
fn walk_families(seeds: impl Iterator<Item = u64>) -> (Counts, Vec<Wrong>) {
    let (mut counts, mut found) = (Counts::default(), Vec::new());
    for family_seed in seeds {
        let family = walks::family(&mut Random(family_seed));
        let registered = admin::register(&family);
        for seed in 0..WALKS {
            let mut random = Random(family_seed * 1_000 + seed);
            let walk = Walk::new(&family, &mut random);
            found.extend(walks::walk(&walk, &registered, &mut counts).err().map(|wrong| *wrong));
        }
    }
    (counts, found)
}

#[test]
fn no_yes_is_wrong() {
    let (mut counts, mut found) = (Counts::default(), Vec::new());
    std::thread::scope(|scope| {
        let start = |thread| scope.spawn(move || walk_families((thread..FAMILIES).step_by(THREADS as usize)));
        for thread in (0..THREADS).map(start).collect::<Vec<_>>() {
            let (more, wrong) = thread.join().expect("a thread ends");
            counts.add(&more);
            found.extend(wrong);
        }
    });
    println!("{}", counts.text());
    found.sort_by_key(|wrong| (!wrong.walk.before.is_empty(), wrong.lines.len()));
    let number = found.len();
    let texts: Vec<String> = found.into_iter().take(SHOWN).map(|wrong| walks::shrink(wrong).text()).collect();
    assert!(texts.is_empty(), "{number} wrong yeses, some of them made small:\n\n{}", texts.join("\n"));
    // Who always refuses is never wrong.
    assert!(counts.allowed * 10 >= counts.asked, "the gate hardly ever says yes: {}", counts.text());
    assert!(counts.safe_allowed[0] * 2 >= counts.safe[0], "the gate refuses what is safe: {}", counts.text());
    assert!(counts.dangers > 1_000 && counts.outside > 100, "the walks miss what they are for: {}", counts.text());
}
