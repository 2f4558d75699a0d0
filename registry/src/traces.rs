//! Traces of Init and Boot: what initialised a resource on a node without a Fini since, possibly several versions. The first
//! word has `initialised_by`, as the design's event table says; whatever else ran there stands beside it. It decides nothing.

use std::collections::BTreeSet;

use rtreg_model::{Origin, RtVersion};

/// The traces on a node, wherever they are kept. `also` is empty where the origin is none, and never names the origin.
#[derive(Debug)]
pub struct Traces<'r> {
    /// `initialised_by`.
    pub origin: &'r mut Origin,
    /// `also_initialised_by`.
    pub also: &'r mut BTreeSet<RtVersion>,
}

impl Traces<'_> {
    /// Boot of the version has run, or Init on a node that joins: what was there before keeps the first word.
    pub fn run_on_top(self, version: &RtVersion) {
        match self.origin {
            Origin::None => *self.origin = Origin::Version(version.clone()),
            Origin::Version(first) if first == version => {}
            Origin::Version(_) | Origin::Unknown => {
                self.also.insert(version.clone());
            }
        }
    }

    /// Init of the version has run because the group is managed now: it has the first word, unless what was there before
    /// is unknown, which is the stricter one.
    pub fn run(self, version: &RtVersion) {
        match self.origin {
            Origin::Unknown => {
                self.also.insert(version.clone());
            }
            Origin::None => *self.origin = Origin::Version(version.clone()),
            Origin::Version(first) => {
                let before = std::mem::replace(first, version.clone());
                self.also.insert(before);
                self.also.remove(version);
            }
        }
    }

    /// Fini has run, or somebody knows it all: this is all that is left.
    pub fn set(self, origin: Origin) {
        *self.origin = origin;
        self.also.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(origin: &str, also: &[&str], change: impl Fn(Traces<'_>)) -> String {
        let version = |text: &&str| RtVersion::new(*text);
        let mut origin = match origin {
            "none" => Origin::None,
            "unknown" => Origin::Unknown,
            text => Origin::Version(RtVersion::new(text)),
        };
        let mut also: BTreeSet<RtVersion> = also.iter().map(version).collect();
        change(Traces { origin: &mut origin, also: &mut also });
        let also: Vec<String> = also.iter().map(ToString::to_string).collect();
        format!("{origin} + {}", also.join(","))
    }

    #[test]
    fn nothing_that_ran_is_forgotten() {
        let v2 = RtVersion::new("2.0");
        for (origin, also, on_top, managed) in [
            ("none", &[][..], "2.0 + ", "2.0 + "),
            ("2.0", &[], "2.0 + ", "2.0 + "),
            ("1.0", &[], "1.0 + 2.0", "2.0 + 1.0"),
            ("1.0", &["2.0"], "1.0 + 2.0", "2.0 + 1.0"),
            ("1.0", &["3.0"], "1.0 + 2.0,3.0", "2.0 + 1.0,3.0"),
            ("2.0", &["1.0"], "2.0 + 1.0", "2.0 + 1.0"),
            ("unknown", &[], "unknown + 2.0", "unknown + 2.0"),
            ("unknown", &["1.0"], "unknown + 1.0,2.0", "unknown + 1.0,2.0"),
        ] {
            assert_eq!(after(origin, also, |traces| traces.run_on_top(&v2)), on_top, "{origin} {also:?}");
            assert_eq!(after(origin, also, |traces| traces.run(&v2)), managed, "{origin} {also:?}");
            assert_eq!(after(origin, also, |traces| traces.set(Origin::None)), "none + ", "{origin} {also:?}");
        }
    }
}
