//! A thousand versions: the search finds what can be said by hand.

mod thousand;

use rtreg_model::Tunability;
use thousand::{COUNT, Lines, Thousand};

fn hops(lines: Lines) -> (Tunability, usize, usize) {
    let types = Thousand::new(lines);
    let versions = types.versions();
    let paths = types.find(&types.graph(&versions), &versions);
    (paths.best.strictest, paths.best.hops.len(), paths.alternatives.len())
}

#[test]
fn a_thousand_versions() {
    // Three versions a hop with WHEN_OFFLINE; the alternatives: ten a hop with WHEN_DISABLED, and the direct one.
    assert_eq!(COUNT, 1000);
    assert_eq!(hops(Lines::Ten), (Tunability::WhenOffline, 333, 2));
    assert_eq!(hops(Lines::All), (Tunability::WhenOffline, 333, 2));
    // The last version takes whatever comes, in an unmanaged group only.
    assert_eq!(hops(Lines::Empty), (Tunability::WhenUnmanaged, 1, 0));
}
